//! What both suites of selective disclosure sign: the mandatory statements as one hash, the others one by one.

use std::collections::{BTreeMap, BTreeSet};

use badge_schemas::problem::{Code, Problem};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::cbor::ProofValueError;
use super::{Group, LabelReplacement, canonicalize_and_group, relabel};
use crate::securing::rdfc::{HashFunction, Rdf};
use crate::work::Work;

/// The statements of a document in the groups that its proof makes of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::securing) struct Statements {
    /// Those that are not mandatory: N-Quads with their line feeds, in code point order.
    pub(in crate::securing) non_mandatory: Vec<String>,
    /// The others' hash ([hashMandatoryNQuads](https://www.w3.org/TR/vc-di-ecdsa/#hashmandatorynquads)).
    pub(in crate::securing) mandatory_hash: Vec<u8>,
}

impl Statements {
    /// As the issuer groups them for a base proof.
    pub(in crate::securing) fn for_base(
        document: &Value,
        replacement: LabelReplacement<'_>,
        mandatory: &[String],
    ) -> Result<Self, Problem> {
        let pointers: Vec<&str> = mandatory.iter().map(String::as_str).collect();
        let grouped =
            canonicalize_and_group(document, replacement, [&pointers]).map_err(|error| error.to_problem())?;
        let [Group { matching, .. }] = &grouped.groups;
        Ok(Self {
            non_mandatory: grouped.not_at(matching).into_iter().map(str::to_owned).collect(),
            mandatory_hash: hash_mandatory(&grouped.at(matching)),
        })
    }

    /// As a derived proof groups them for its verifier
    /// ([createVerifyData](https://www.w3.org/TR/vc-di-ecdsa/#createverifydata)).
    pub(in crate::securing) fn as_derived(
        document: &Value,
        label_map: &BTreeMap<String, String>,
        mandatory_indexes: &[usize],
        work: &Work,
    ) -> Result<Self, Problem> {
        let rdf = Rdf::new(document, work);
        let form = rdf.canonical(HashFunction::Sha256).map_err(|error| error.to_problem())?;
        let statements =
            relabel(form, LabelReplacement::Given(label_map)).map_err(|error| error.to_problem())?.nquads;
        let mandatory: BTreeSet<usize> = mandatory_indexes.iter().copied().collect();
        if mandatory.last().is_some_and(|last| *last >= statements.len()) {
            return Err(reason(
                "a mandatory index lies beyond the last statement",
                "un index obligatoire dépasse la dernière assertion",
            ));
        }
        let (mandatory, non_mandatory): (Vec<_>, Vec<_>) =
            statements.into_iter().enumerate().partition(|(index, _)| mandatory.contains(index));
        let mandatory: Vec<&str> = mandatory.iter().map(|(_, line)| line.as_str()).collect();
        Ok(Self {
            mandatory_hash: hash_mandatory(&mandatory),
            non_mandatory: non_mandatory.into_iter().map(|(_, line)| line).collect(),
        })
    }
}

fn hash_mandatory(mandatory: &[&str]) -> Vec<u8> {
    Sha256::digest(mandatory.concat()).to_vec()
}

/// Hash of the canonical proof configuration: the proof without its value, in the document's contexts
/// ([vc-di-ecdsa §3.6.4](https://www.w3.org/TR/vc-di-ecdsa/#base-proof-configuration-ecdsa-sd-2023)).
pub(in crate::securing) fn proof_hash(
    document: &Value,
    proof: &Map<String, Value>,
    work: &Work,
) -> Result<Vec<u8>, Problem> {
    let mut config = proof.clone();
    config.remove("proofValue");
    if let Some(context) = document.get("@context") {
        config.insert("@context".to_owned(), context.clone());
    }
    let config = Value::Object(config);
    let rdf = Rdf::new(&config, work);
    let canonical = rdf.canonical(HashFunction::Sha256).map_err(|error| error.to_problem())?;
    Ok(Sha256::digest(canonical.n_quads()).to_vec())
}

/// `proofValue`, empty where there is none.
pub(in crate::securing) fn proof_value(proof: &Map<String, Value>) -> &str {
    proof.get("proofValue").and_then(Value::as_str).unwrap_or_default()
}

/// A proof value that cannot be read.
pub(in crate::securing) fn malformed(error: ProofValueError) -> Problem {
    error.to_problem().at("/proofValue")
}

/// A proof value that does not fit its document.
pub(in crate::securing) fn reason(en: &str, fr: &'static str) -> Problem {
    Problem::new(Code::ProofMalformed).at("/proofValue").with_words("reason", en, fr)
}
