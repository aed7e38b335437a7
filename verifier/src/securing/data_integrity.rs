//! Data Integrity proofs, written and read through the same transformation; what is particular to a suite stands in `cryptosuite`.

use std::cell::RefCell;

use badge_schemas::data_model::DataModel;
use badge_schemas::problem::{Code, Problem};
use badge_schemas::timestamp::DateTimeStamp;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::cryptosuite::{self, Canonicalization, Cryptosuite};
use super::keys::PublicKey;
use super::rdfc::{HashFunction, Rdf};
use super::{Audience, Existing, ProofOptions, disclosure};
use crate::work::{Exhausted, SIGNATURE, Work};

/// Most proofs we read on one document: 16; proof sets in use have two or three.
pub const MAX_PROOFS: usize = 16;

/// The members of a proof we act on ([Data Integrity §2.1](https://www.w3.org/TR/vc-data-integrity/#proofs)); all members are signed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Proof {
    /// Its name, for proofs that follow it.
    pub id: Option<String>,
    /// `DataIntegrityProof`, or the name of an older suite.
    #[serde(rename = "type")]
    pub kind: String,
    /// The cryptosuite.
    pub cryptosuite: Option<String>,
    /// What the proof is for.
    pub proof_purpose: Option<String>,
    /// The key's URL.
    pub verification_method: Option<String>,
    /// When it was made.
    pub created: Option<DateTimeStamp>,
    /// Until when it may be relied on.
    pub expires: Option<DateTimeStamp>,
    /// The verifier's challenge.
    pub challenge: Option<String>,
    /// The verifier's domain, one or several.
    #[serde(default, deserialize_with = "badge_schemas::lenient::one_or_many")]
    pub domain: Vec<String>,
    /// The proofs this one follows in a chain, by their ids.
    #[serde(default, deserialize_with = "badge_schemas::lenient::one_or_many")]
    pub previous_proof: Vec<String>,
    /// The signature.
    pub proof_value: Option<String>,
}

impl Proof {
    /// The suite it was made with; `None` for one that this program does not read.
    pub fn suite(&self) -> Option<Cryptosuite> {
        Cryptosuite::named(&self.kind, self.cryptosuite.as_deref())
    }

    /// The name of what secures the document, for messages.
    pub fn suite_name(&self) -> &str {
        self.cryptosuite.as_deref().unwrap_or(&self.kind)
    }
}

/// A proof as it stands in a document.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundProof {
    /// Its JSON Pointer.
    pub pointer: String,
    /// The members we act on.
    pub proof: Proof,
    /// All members: what is signed.
    pub members: Map<String, Value>,
}

/// The proofs of a document, each with its pointer and its raw object.
///
/// # Errors
/// [`Code::NoProof`], [`Code::TooManyProofs`], [`Code::ProofMalformed`].
pub fn proofs(document: &Value) -> Result<Vec<FoundProof>, Problem> {
    let items: Vec<(String, &Value)> = match document.get("proof") {
        None => return Err(Problem::new(Code::NoProof)),
        Some(Value::Array(items)) => {
            items.iter().enumerate().map(|(index, item)| (format!("/proof/{index}"), item)).collect()
        }
        Some(single) => vec![("/proof".to_owned(), single)],
    };
    if items.is_empty() {
        return Err(Problem::new(Code::NoProof).at("/proof"));
    }
    if items.len() > MAX_PROOFS {
        return Err(Problem::new(Code::TooManyProofs)
            .at("/proof")
            .with("count", items.len())
            .with("limit", MAX_PROOFS));
    }
    items
        .into_iter()
        .map(|(pointer, item)| {
            let Value::Object(members) = item else {
                return Err(malformed(&pointer, "a proof is an object"));
            };
            let proof = Proof::deserialize(item).map_err(|error| malformed(&pointer, error))?;
            Ok(FoundProof { pointer, proof, members: members.clone() })
        })
        .collect()
}

/// A document under verification, with its proofs; each of its canonical forms is hashed once, however many proofs want it.
#[derive(Debug)]
pub struct SecuredDocument<'d> {
    document: &'d Value,
    /// The RDF of the document without its proofs, where it has been asked for elsewhere too.
    rdf: Option<&'d Rdf<'d>>,
    /// The work of a document that is no part of a larger input.
    own_work: Work,
    proofs: Vec<FoundProof>,
    hashes: RefCell<Hashes>,
}

/// What was hashed so far.
type Hashes = Vec<(HashKey, Result<Vec<u8>, Problem>)>;

/// What the hash of a document depends on, beside the document.
#[derive(Clone, Debug, PartialEq, Eq)]
struct HashKey {
    canonicalization: Canonicalization,
    function: HashFunction,
    context: Option<Value>,
    previous: Vec<usize>,
}

impl<'d> SecuredDocument<'d> {
    /// Reads the proofs of a document; nothing is verified yet.
    ///
    /// # Errors
    /// As [`proofs`].
    pub fn new(document: &'d Value) -> Result<Self, Problem> {
        Ok(Self {
            document,
            rdf: None,
            own_work: Work::default(),
            proofs: proofs(document)?,
            hashes: RefCell::default(),
        })
    }

    /// The same for a part of an input, within its work; `rdf` is that of the document without its proofs.
    ///
    /// # Errors
    /// As [`proofs`].
    pub(crate) fn within(document: &'d Value, rdf: &'d Rdf<'d>) -> Result<Self, Problem> {
        Ok(Self { rdf: Some(rdf), ..Self::new(document)? })
    }

    /// What pays for the work of this document.
    pub(crate) fn work(&self) -> &Work {
        self.rdf.map_or(&self.own_work, Rdf::work)
    }

    /// The proofs, in the order of the document.
    pub fn proofs(&self) -> &[FoundProof] {
        &self.proofs
    }

    /// Verifies one proof of this document ([Data Integrity §4.4](https://www.w3.org/TR/vc-data-integrity/#verify-proof)); in a chain, with the proofs it follows in the document
    /// ([§4.5](https://www.w3.org/TR/vc-data-integrity/#verify-proof-sets-and-chains)), whose own signatures are for the caller to verify.
    ///
    /// A pass means that this key signed this content; not that the key is the issuer's.
    ///
    /// # Errors
    /// [`Code::SignatureInvalid`], [`Code::ProofMalformed`], [`Code::KeyCryptosuiteMismatch`], [`Code::ProofContextMismatch`],
    /// [`Code::PreviousProofUnresolved`], or what keeps the document from being canonicalised.
    pub fn verify(&self, found: &FoundProof, suite: Cryptosuite, key: &PublicKey) -> Result<(), Problem> {
        self.verify_for(Audience::Verifier, found, suite, key)
    }

    /// The same, for someone in particular: a base proof of selective disclosure is for the holder alone.
    ///
    /// # Errors
    /// As [`Self::verify`], and [`Code::BaseProofPresented`].
    pub fn verify_for(
        &self,
        audience: Audience,
        found: &FoundProof,
        suite: Cryptosuite,
        key: &PublicKey,
    ) -> Result<(), Problem> {
        if !suite.accepts(key) {
            return Err(cryptosuite::wrong_key(suite, key));
        }
        if suite.is_selective() {
            return disclosure::verify(self.document, found, audience, key, self.work());
        }
        let signature = proof_value(found, key)?;
        let context = self.signed_context(found, suite)?;
        let wanted = HashKey {
            canonicalization: suite.canonicalization(),
            function: Cryptosuite::hash_function(key),
            context,
            previous: self.previous(found)?,
        };
        let configuration = configuration(self.document, &found.members, suite);
        self.work().spend(SIGNATURE).map_err(Exhausted::to_problem)?;
        let configuration = hash_configuration(&configuration, &found.pointer, &wanted, self.work())?;
        let message = [configuration, self.hash(wanted)?].concat();
        key.verify(key.algorithm(), &message, &signature)
            .map_err(|_| Problem::new(Code::SignatureInvalid).at(format!("{}/proofValue", found.pointer)))
    }

    /// The contexts that a JCS proof was made in, where they are not simply the document's. They must be those the document begins with
    /// ([vc-di-eddsa §3.3.2](https://www.w3.org/TR/vc-di-eddsa/#verify-proof-eddsa-jcs-2022)): contexts added at the end change no word that was signed.
    fn signed_context(&self, found: &FoundProof, suite: Cryptosuite) -> Result<Option<Value>, Problem> {
        let Some(signed) = found.members.get("@context") else { return Ok(None) };
        let received = self.document.get("@context").unwrap_or(&Value::Null);
        match suite.canonicalization() {
            // Not signed there: the document's take its place.
            Canonicalization::Rdfc if signed == received => Ok(None),
            Canonicalization::Jcs if begins_with(received, signed) => {
                Ok((signed != received).then(|| signed.clone()))
            }
            _ => Err(Problem::new(Code::ProofContextMismatch).at(format!("{}/@context", found.pointer))),
        }
    }

    /// The places of the proofs that a proof names in `previousProof`.
    fn previous(&self, found: &FoundProof) -> Result<Vec<usize>, Problem> {
        let mut places = Vec::new();
        for id in &found.proof.previous_proof {
            let unresolved = |reason: &str| {
                Problem::new(Code::PreviousProofUnresolved)
                    .at(format!("{}/previousProof", found.pointer))
                    .with("previous", id)
                    .with("reason", reason)
            };
            let mut named =
                self.proofs.iter().enumerate().filter(|(_, one)| one.proof.id.as_ref() == Some(id));
            let (place, previous) = named.next().ok_or_else(|| unresolved("no proof has this id"))?;
            if named.next().is_some() {
                return Err(unresolved("two proofs have this id"));
            }
            if self.follows(previous, found) {
                return Err(unresolved("the proofs follow each other in a circle"));
            }
            if previous.proof.suite().is_none() {
                return Err(unresolved("it uses a cryptosuite that this program does not read"));
            }
            if places.contains(&place) {
                return Err(unresolved("it is named twice"));
            }
            places.push(place);
        }
        Ok(places)
    }

    /// Whether `later` is `earlier`, or comes after it in a chain.
    fn follows(&self, later: &FoundProof, earlier: &FoundProof) -> bool {
        let mut reached = vec![later];
        let mut next = 0;
        // Each proof is looked at once, whatever circles the chains make.
        while let Some(one) = reached.get(next).copied() {
            if std::ptr::eq(one, earlier) {
                return true;
            }
            for candidate in &self.proofs {
                let named =
                    candidate.proof.id.as_ref().is_some_and(|id| one.proof.previous_proof.contains(id));
                if named && !reached.iter().any(|known| std::ptr::eq(*known, candidate)) {
                    reached.push(candidate);
                }
            }
            next += 1;
        }
        false
    }

    fn hash(&self, wanted: HashKey) -> Result<Vec<u8>, Problem> {
        if let Some((_, hash)) = self.hashes.borrow().iter().find(|(key, _)| *key == wanted) {
            return hash.clone();
        }
        if let (Some(rdf), Canonicalization::Rdfc, true) =
            (self.rdf, wanted.canonicalization, wanted.previous.is_empty())
        {
            return cryptosuite::hash_rdf(rdf, wanted.function);
        }
        let mut body = without_proof(self.document);
        if let (Some(members), Some(context)) = (body.as_object_mut(), &wanted.context) {
            members.insert("@context".to_owned(), context.clone());
        }
        let previous: Vec<&Map<String, Value>> = wanted
            .previous
            .iter()
            .filter_map(|place| self.proofs.get(*place))
            .map(|one| &one.members)
            .collect();
        let hash = hash_body(&mut body, &previous, wanted.canonicalization, wanted.function, self.work());
        self.hashes.borrow_mut().push((wanted, hash.clone()));
        hash
    }
}

/// The signature's bytes.
fn proof_value(found: &FoundProof, key: &PublicKey) -> Result<Vec<u8>, Problem> {
    let value = found.proof.proof_value.as_deref().unwrap_or_default();
    let encoded = value
        .strip_prefix('z')
        .ok_or_else(|| malformed(&found.pointer, "proofValue must be base58btc, beginning with z"))?;
    if encoded.len() > MAX_PROOF_VALUE {
        return Err(malformed(
            &found.pointer,
            format_args!("proofValue is longer than any {} signature", key.algorithm()),
        ));
    }
    bs58::decode(encoded).into_vec().map_err(|_| malformed(&found.pointer, "proofValue is not base58btc"))
}

/// Longest base58 we decode for a signature: 96 bytes (P-384) take at most 132 characters, and decoding is quadratic.
const MAX_PROOF_VALUE: usize = 132;

/// Whether the contexts `received` start with those that were `signed`.
fn begins_with(received: &Value, signed: &Value) -> bool {
    let list = |value: &Value| match value {
        Value::Array(items) => items.clone(),
        single => vec![single.clone()],
    };
    list(received).starts_with(&list(signed))
}

/// A document ready for its signature.
#[derive(Clone, Debug)]
pub(super) struct Unsigned {
    /// Where the proof will stand: the document, with the proofs it keeps.
    pub(super) document: Value,
    /// The proof without `proofValue`.
    pub(super) proof: Value,
    /// What the key signs.
    pub(super) message: Vec<u8>,
}

/// Does everything but sign ([Data Integrity §4.2, §4.3](https://www.w3.org/TR/vc-data-integrity/#add-proof)).
pub(super) fn prepare(
    mut document: Value,
    suite: Cryptosuite,
    options: &ProofOptions,
) -> Result<Unsigned, Problem> {
    // A suite of selective disclosure makes another kind of proof: `prepare_base`.
    if !suite.signs() || suite.is_selective() {
        return Err(Problem::new(Code::CryptosuiteUnsupported).with("suite", suite.as_str()));
    }
    if !suite.accepts(&options.key) {
        return Err(cryptosuite::wrong_key(suite, &options.key));
    }
    if DataModel::of(&document) == Some(DataModel::V1) {
        return Err(Problem::new(Code::VcdmVersionUnsupported).at("/@context").with("version", "1.1"));
    }
    if let (Existing::Replace, Some(members)) = (options.existing, document.as_object_mut()) {
        members.remove("proof");
    }
    let proof = new_proof(&document, suite, options);
    let previous = previous_of(&document, options)?;
    let wanted = HashKey {
        canonicalization: suite.canonicalization(),
        function: Cryptosuite::hash_function(&options.key),
        context: None,
        previous: Vec::new(),
    };
    let configuration = configuration(&document, &proof, suite);
    let work = Work::default();
    let configuration = hash_configuration(&configuration, "/proof", &wanted, &work)?;
    let body = hash_body(
        &mut without_proof(&document),
        &previous.iter().collect::<Vec<_>>(),
        wanted.canonicalization,
        wanted.function,
        &work,
    )?;
    Ok(Unsigned { document, proof: Value::Object(proof), message: [configuration, body].concat() })
}

/// The members of a new proof, without `proofValue`.
pub(super) fn new_proof(document: &Value, suite: Cryptosuite, options: &ProofOptions) -> Map<String, Value> {
    let mut proof = Map::new();
    let mut set = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            proof.insert(name.to_owned(), Value::String(value));
        }
    };
    set("id", options.id.clone());
    set("type", Some(suite.proof_type().to_owned()));
    set("cryptosuite", suite.cryptosuite().map(str::to_owned));
    set("created", Some(DateTimeStamp::from(options.created).to_string()));
    set("expires", options.expires.map(|expires| DateTimeStamp::from(expires).to_string()));
    set("verificationMethod", Some(options.verification_method.clone()));
    set("proofPurpose", Some(options.purpose.as_str().to_owned()));
    set("challenge", options.challenge.clone());
    set("domain", options.domain.clone());
    set("nonce", options.nonce.clone());
    let previous = match options.previous_proof.as_slice() {
        [] => None,
        [single] => Some(Value::from(single.as_str())),
        several => Some(Value::from(several)),
    };
    proof.extend(previous.map(|previous| ("previousProof".to_owned(), previous)));
    // The contexts are signed with the proof where the transformation would not see them otherwise (vc-di-eddsa §3.3.1).
    if suite.canonicalization() == Canonicalization::Jcs
        && let Some(context) = document.get("@context")
    {
        proof.insert("@context".to_owned(), context.clone());
    }
    proof
}

/// The proofs of the document that the new one is to follow.
fn previous_of(document: &Value, options: &ProofOptions) -> Result<Vec<Map<String, Value>>, Problem> {
    let mut found = Vec::new();
    for id in &options.previous_proof {
        let proof = proofs(document)?.into_iter().find(|one| one.proof.id.as_ref() == Some(id));
        let unresolved = || {
            Problem::new(Code::PreviousProofUnresolved)
                .with("previous", id)
                .with("reason", "no proof has this id")
        };
        found.push(proof.ok_or_else(unresolved)?.members);
    }
    Ok(found)
}

/// Puts the signature into the proof and the proof into the document, after those it has.
pub(super) fn seal(unsigned: Unsigned, signature: &[u8]) -> String {
    let Unsigned { mut document, mut proof, .. } = unsigned;
    proof["proofValue"] = Value::String(format!("z{}", bs58::encode(signature).into_string()));
    document["proof"] = match document.get_mut("proof").map(Value::take) {
        None => proof,
        Some(Value::Array(mut proofs)) => {
            proofs.push(proof);
            Value::Array(proofs)
        }
        Some(single) => Value::Array(vec![single, proof]),
    };
    document.to_string()
}

/// Hash of the canonical proof configuration followed by hash of the canonical document, as one of the suites that sign in one piece has it
/// ([vc-di-eddsa §3.2.4](https://www.w3.org/TR/vc-di-eddsa/#hashing-eddsa-rdfc-2022)).
///
/// `proof` is the proof without its value, `function` the hash that goes with the key.
///
/// # Errors
/// What keeps either from being canonicalised.
pub fn hash_data(
    document: &Value,
    proof: &Map<String, Value>,
    suite: Cryptosuite,
    function: HashFunction,
) -> Result<Vec<u8>, Problem> {
    let canonicalization = suite.canonicalization();
    let wanted = HashKey { canonicalization, function, context: None, previous: Vec::new() };
    let work = Work::default();
    let configuration = hash_configuration(&configuration(document, proof, suite), "/proof", &wanted, &work)?;
    let body = hash_body(&mut without_proof(document), &[], canonicalization, function, &work)?;
    Ok([configuration, body].concat())
}

/// The proof without its value; for RDF in the document's contexts ([vc-di-eddsa §3.2.5](https://www.w3.org/TR/vc-di-eddsa/#proof-configuration-eddsa-rdfc-2022)),
/// for JCS with those it carries itself.
fn configuration(document: &Value, proof: &Map<String, Value>, suite: Cryptosuite) -> Value {
    let mut config = proof.clone();
    config.remove("proofValue");
    if suite.canonicalization() == Canonicalization::Rdfc
        && let Some(context) = document.get("@context")
    {
        config.insert("@context".to_owned(), context.clone());
    }
    Value::Object(config)
}

fn hash_configuration(
    configuration: &Value,
    pointer: &str,
    wanted: &HashKey,
    work: &Work,
) -> Result<Vec<u8>, Problem> {
    let hash = wanted.canonicalization.hash(configuration, wanted.function, work);
    hash.map_err(|problem| problem.under(pointer))
}

/// The hash of a body; the proofs that a new one follows stand in it, as an array
/// ([Data Integrity §4.3](https://www.w3.org/TR/vc-data-integrity/#add-proof-set-chain)).
fn hash_body(
    body: &mut Value,
    previous: &[&Map<String, Value>],
    canonicalization: Canonicalization,
    function: HashFunction,
    work: &Work,
) -> Result<Vec<u8>, Problem> {
    if !previous.is_empty()
        && let Some(members) = body.as_object_mut()
    {
        let previous = previous.iter().map(|one| Value::Object((*one).clone())).collect();
        members.insert("proof".to_owned(), Value::Array(previous));
    }
    canonicalization.hash(body, function, work)
}

/// The document without its proofs.
pub fn without_proof(document: &Value) -> Value {
    let mut body = document.clone();
    if let Some(members) = body.as_object_mut() {
        members.remove("proof");
    }
    body
}

fn malformed(pointer: &str, reason: impl std::fmt::Display) -> Problem {
    Problem::new(Code::ProofMalformed).at(pointer).with("reason", reason)
}
