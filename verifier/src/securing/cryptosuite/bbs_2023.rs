//! `bbs-2023`: one BBS signature over what is always shown and over each other statement
//! ([vc-di-bbs §3.4](https://www.w3.org/TR/vc-di-bbs/#bbs-2023)), without the optional features: they rest on drafts that still change.
//!
//! The issuer makes a *base proof*, for the holder alone. The holder *derives* from it a document with fewer statements and a proof of
//! knowing the signature, another one each time: two verifiers who compare see only what both were shown. Whoever names the
//! holder or the badge in what is shown gives that up.

use std::collections::BTreeMap;

use badge_schemas::problem::{Code, Problem};
use serde_json::{Map, Value};

use super::{Canonicalization, Suite, UseFor};
use crate::securing::bbs::{self, BbsError, PUBLIC_KEY_BYTES, PublicKey, SIGNATURE_BYTES};
use crate::securing::data_integrity::without_proof;
use crate::securing::disclosure::cbor::{self, Components, ProofValue, ProofValueError};
use crate::securing::disclosure::statements::{Statements, malformed, proof_hash, proof_value, reason};
use crate::securing::disclosure::{
    DisclosureError, HMAC_KEY_BYTES, HmacKey, LabelReplacement, canonicalize_and_group, select_json_ld,
};
use crate::securing::keys::Algorithm;
use crate::work::{Exhausted, Work};

pub(super) const SUITE: Suite = Suite {
    proof_type: "DataIntegrityProof",
    cryptosuite: Some("bbs-2023"),
    canonicalization: Canonicalization::Rdfc,
    algorithms: &[Algorithm::Bbs],
    use_for: UseFor::SigningAndVerifying,
};

/// How a base proof begins: for the holder.
pub const BASE_PREFIX: [u8; 3] = [0xd9, 0x5d, 0x02];

/// How a derived proof begins: for verifiers.
pub const DERIVED_PREFIX: [u8; 3] = [0xd9, 0x5d, 0x03];

/// The last byte of how proofs with an optional feature begin, base and derived, and the feature
/// ([vc-di-bbs §3.5](https://www.w3.org/TR/vc-di-bbs/#optional-features)). None is read.
const FEATURES: [([u8; 2], &str); 3] = [
    ([0x04, 0x05], "anonymous_holder_binding"),
    ([0x06, 0x07], "pseudonym"),
    ([0x08, 0x09], "holder_binding_pseudonym"),
];

/// The header is two hashes: of the proof's configuration, and of the mandatory statements.
const HEADER_BYTES: usize = 64;

/// A base proof without the issuer's signature.
#[derive(Clone, Debug)]
pub struct UnsignedBase {
    header: Vec<u8>,
    messages: Vec<Vec<u8>>,
    public_key: PublicKey,
    hmac_key: HmacKey,
    mandatory_pointers: Vec<String>,
}

/// Prepares a base proof: [Create Base Proof](https://www.w3.org/TR/vc-di-bbs/#create-base-proof-bbs-2023), but for the issuer's signature.
///
/// `proof` is the proof without `proofValue`; what `mandatory_pointers` select is in every derived document; `hmac_key` is fresh randomness.
///
/// # Errors
/// [`Code::DisclosurePointer`] for a pointer that leads nowhere; what keeps the document from being canonicalised; too many statements.
pub fn prepare(
    document: &Value,
    proof: &Map<String, Value>,
    mandatory_pointers: &[String],
    hmac_key: &HmacKey,
    key: &PublicKey,
) -> Result<UnsignedBase, Problem> {
    let document = without_proof(document);
    let statements =
        Statements::for_base(&document, LabelReplacement::ShuffledId(hmac_key), mandatory_pointers)?;
    if statements.non_mandatory.len() > bbs::MAX_MESSAGES {
        return Err(to_problem(BbsError::TooManyMessages));
    }
    Ok(UnsignedBase {
        header: [proof_hash(&document, proof, &Work::default())?, statements.mandatory_hash].concat(),
        messages: messages(statements.non_mandatory),
        public_key: key.clone(),
        hmac_key: hmac_key.clone(),
        mandatory_pointers: mandatory_pointers.to_vec(),
    })
}

impl UnsignedBase {
    /// The header that the issuer's key signs with the messages.
    pub fn header(&self) -> &[u8] {
        &self.header
    }

    /// The messages that the issuer's key signs: the statements that are not mandatory, in order.
    pub fn messages(&self) -> &[Vec<u8>] {
        &self.messages
    }

    /// Whether this is the announced key's signature.
    ///
    /// # Errors
    /// [`BbsError`].
    pub fn check(&self, signature: &[u8]) -> Result<(), BbsError> {
        bbs::verify(&self.public_key, signature, &self.header, &self.messages)
    }

    /// The proof value with the issuer's signature: [serializeBaseProofValue](https://www.w3.org/TR/vc-di-bbs/#serializebaseproofvalue).
    pub fn proof_value(&self, signature: &[u8]) -> String {
        ProofValue::new(BASE_PREFIX, 5)
            .bytes(signature)
            .bytes(&self.header)
            .bytes(self.public_key.bytes())
            .bytes(self.hmac_key.bytes())
            .texts(&self.mandatory_pointers)
            .text()
    }
}

/// The components of a base proof: [parseBaseProofValue](https://www.w3.org/TR/vc-di-bbs/#parsebaseproofvalue).
#[derive(Clone, Debug)]
struct BaseProofValue {
    signature: [u8; SIGNATURE_BYTES],
    header: [u8; HEADER_BYTES],
    public_key: [u8; PUBLIC_KEY_BYTES],
    hmac_key: HmacKey,
    mandatory_pointers: Vec<String>,
}

impl BaseProofValue {
    fn parse(value: &str) -> Result<Self, Problem> {
        named_feature(value)?;
        Self::components(value).map_err(malformed)
    }

    fn components(value: &str) -> Result<Self, ProofValueError> {
        let bytes = cbor::decode(value, BASE_PREFIX)?;
        let mut components = Components::new(&bytes, 5)?;
        let base = Self {
            signature: components.bytes_of()?,
            header: components.bytes_of()?,
            public_key: components.bytes_of()?,
            hmac_key: HmacKey::new(components.bytes_of::<HMAC_KEY_BYTES>()?),
            mandatory_pointers: components.list(Components::text)?,
        };
        components.end().map(|()| base)
    }
}

/// The components of a derived proof: [parseDerivedProofValue](https://www.w3.org/TR/vc-di-bbs/#parsederivedproofvalue).
#[derive(Clone, Debug)]
struct DerivedProofValue {
    bbs_proof: Vec<u8>,
    label_map: BTreeMap<String, String>,
    mandatory_indexes: Vec<usize>,
    selective_indexes: Vec<usize>,
    presentation_header: Vec<u8>,
}

impl DerivedProofValue {
    fn parse(value: &str) -> Result<Self, Problem> {
        named_feature(value)?;
        Self::components(value).map_err(malformed)
    }

    fn components(value: &str) -> Result<Self, ProofValueError> {
        let bytes = cbor::decode(value, DERIVED_PREFIX)?;
        let mut components = Components::new(&bytes, 5)?;
        let derived = Self {
            bbs_proof: components.bytes()?.to_vec(),
            label_map: decompress_label_map(&components.map(Components::integer)?),
            mandatory_indexes: components.places()?,
            selective_indexes: components.places()?,
            presentation_header: components.bytes()?.to_vec(),
        };
        components.end().map(|()| derived)
    }

    /// [serializeDerivedProofValue](https://www.w3.org/TR/vc-di-bbs/#serializederivedproofvalue).
    fn text(&self) -> Option<String> {
        Some(
            ProofValue::new(DERIVED_PREFIX, 5)
                .bytes(&self.bbs_proof)
                .integer_map(&compress_label_map(&self.label_map)?)
                .places(&self.mandatory_indexes)
                .places(&self.selective_indexes)
                .bytes(&self.presentation_header)
                .text(),
        )
    }
}

/// What everything derived from a base proof shows.
///
/// # Errors
/// [`Code::ProofMalformed`] where it is not a base proof.
pub fn mandatory_pointers(proof: &Map<String, Value>) -> Result<Vec<String>, Problem> {
    Ok(BaseProofValue::parse(proof_value(proof))?.mandatory_pointers)
}

/// Verifies a base proof, as the holder does on receiving it.
///
/// A pass means that this key signed this content, and that every derived proof will verify.
///
/// # Errors
/// [`Code::SignatureInvalid`], [`Code::ProofMalformed`], or what keeps the document from being canonicalised.
pub fn verify_base(
    document: &Value,
    proof: &Map<String, Value>,
    key: &PublicKey,
    work: &Work,
) -> Result<(), Problem> {
    let base = BaseProofValue::parse(proof_value(proof))?;
    let document = without_proof(document);
    let statements = Statements::for_base(
        &document,
        LabelReplacement::ShuffledId(&base.hmac_key),
        &base.mandatory_pointers,
    )?;
    let header = [proof_hash(&document, proof, work)?, statements.mandatory_hash].concat();
    // What stands in the proof is what derived proofs are made with.
    if base.header.as_slice() != header || base.public_key != *key.bytes() {
        return Err(to_problem(BbsError::Refused));
    }
    work.spend(bbs::steps(statements.non_mandatory.len())).map_err(Exhausted::to_problem)?;
    bbs::verify(key, &base.signature, &header, &messages(statements.non_mandatory)).map_err(to_problem)
}

/// Derives, for the holder, a document with the mandatory statements and those that `selective_pointers` select:
/// [Add Derived Proof](https://www.w3.org/TR/vc-di-bbs/#add-derived-proof-bbs-2023).
///
/// `proof` is the base proof; `presentation_header` is signed with what is shown, and may be empty. The randomness is the operating system's.
/// Nothing is verified here: [`verify`] the result before it goes out.
///
/// # Errors
/// [`Code::ProofMalformed`], [`Code::DisclosurePointer`], [`Code::DisclosureEmpty`], [`Code::DisclosureImpossible`].
pub fn derive(
    document: &Value,
    proof: &Map<String, Value>,
    selective_pointers: &[String],
    presentation_header: &[u8],
) -> Result<Value, Problem> {
    let base = BaseProofValue::parse(proof_value(proof))?;
    let document = without_proof(document);
    let Disclosure { mut reveal_document, label_map, mandatory_indexes, selective_indexes, messages } =
        Disclosure::new(&document, &base, selective_pointers).map_err(|error| error.to_problem())?;
    let key = PublicKey::from_bytes(&base.public_key).map_err(to_problem)?;
    let bbs_proof =
        bbs::derive(&key, &base.signature, &base.header, presentation_header, &messages, &selective_indexes)
            .map_err(to_problem)?;
    let derived = DerivedProofValue {
        bbs_proof,
        label_map,
        mandatory_indexes,
        selective_indexes,
        presentation_header: presentation_header.to_vec(),
    };
    let value = derived.text().ok_or_else(|| DisclosureError::LabelMap.to_problem())?;
    let mut new_proof = proof.clone();
    new_proof.insert("proofValue".to_owned(), Value::String(value));
    if let Some(members) = reveal_document.as_object_mut() {
        members.insert("proof".to_owned(), Value::Object(new_proof));
    }
    Ok(reveal_document)
}

/// What a holder shows, and where it stood: [createDisclosureData](https://www.w3.org/TR/vc-di-bbs/#createdisclosuredata) but for the BBS proof.
struct Disclosure {
    reveal_document: Value,
    label_map: BTreeMap<String, String>,
    /// The places of mandatory statements among those shown.
    mandatory_indexes: Vec<usize>,
    /// The places of the other statements shown among all that are not mandatory.
    selective_indexes: Vec<usize>,
    /// All statements that are not mandatory.
    messages: Vec<Vec<u8>>,
}

impl Disclosure {
    fn new(
        document: &Value,
        base: &BaseProofValue,
        selective_pointers: &[String],
    ) -> Result<Self, DisclosureError> {
        let mandatory_pointers: Vec<&str> = base.mandatory_pointers.iter().map(String::as_str).collect();
        let selective_pointers: Vec<&str> = selective_pointers.iter().map(String::as_str).collect();
        let combined_pointers = [mandatory_pointers.as_slice(), &selective_pointers].concat();
        let reveal_document = select_json_ld(document, combined_pointers.iter().copied())?;
        let grouped = canonicalize_and_group(
            document,
            LabelReplacement::ShuffledId(&base.hmac_key),
            [&mandatory_pointers, &selective_pointers, &combined_pointers],
        )?;
        let [mandatory, selective, combined] = &grouped.groups;
        let mandatory_indexes =
            (0..).zip(&combined.matching).filter(|(_, place)| mandatory.matching.contains(*place));
        let signed = (0..grouped.nquads.len()).filter(|place| !mandatory.matching.contains(place));
        let selective_indexes = (0..).zip(signed).filter(|(_, place)| selective.matching.contains(place));
        Ok(Self {
            reveal_document,
            label_map: combined.label_map.clone(),
            mandatory_indexes: mandatory_indexes.map(|(index, _)| index).collect(),
            selective_indexes: selective_indexes.map(|(index, _)| index).collect(),
            messages: messages(grouped.not_at(&mandatory.matching)),
        })
    }
}

/// Verifies a derived proof: [Verify Derived Proof](https://www.w3.org/TR/vc-di-bbs/#verify-derived-proof-bbs-2023).
///
/// A pass means that this key signed every statement of the document, and that everything it made mandatory is there; not that nothing
/// else was signed, nor that the key is the issuer's.
///
/// # Errors
/// [`Code::BaseProofPresented`] for a base proof; [`Code::CryptosuiteUnsupported`] for one with an optional feature;
/// [`Code::SignatureInvalid`], [`Code::ProofMalformed`], or what keeps the document from being canonicalised.
pub fn verify(
    document: &Value,
    proof: &Map<String, Value>,
    key: &PublicKey,
    work: &Work,
) -> Result<(), Problem> {
    let value = proof_value(proof);
    if cbor::prefix(value) == Some(BASE_PREFIX) {
        return Err(Problem::new(Code::BaseProofPresented).at("/proofValue"));
    }
    let derived = DerivedProofValue::parse(value)?;
    let hidden = bbs::hidden_messages(&derived.bbs_proof).map_err(to_problem)?;
    let all = hidden.saturating_add(derived.selective_indexes.len());
    if all > bbs::MAX_MESSAGES {
        return Err(to_problem(BbsError::TooManyMessages));
    }
    work.spend(bbs::steps(all)).map_err(Exhausted::to_problem)?;
    let document = without_proof(document);
    let statements = Statements::as_derived(&document, &derived.label_map, &derived.mandatory_indexes, work)?;
    if derived.selective_indexes.len() != statements.non_mandatory.len() {
        return Err(reason(
            "it has not one index for each statement that is not mandatory",
            "elle n’a pas un indice par assertion non obligatoire",
        ));
    }
    let header = [proof_hash(&document, proof, work)?, statements.mandatory_hash].concat();
    bbs::verify_proof(
        key,
        &derived.bbs_proof,
        &header,
        &derived.presentation_header,
        &messages(statements.non_mandatory),
        &derived.selective_indexes,
    )
    .map_err(to_problem)
}

/// Refuses proofs with an optional feature by its name, rather than as broken ones.
fn named_feature(value: &str) -> Result<(), Problem> {
    let Some([0xd9, 0x5d, kind]) = cbor::prefix(value) else { return Ok(()) };
    match FEATURES.into_iter().find(|(kinds, _)| kinds.contains(&kind)) {
        None => Ok(()),
        Some((_, feature)) => Err(Problem::new(Code::CryptosuiteUnsupported)
            .at("/proofValue")
            .with("suite", format!("bbs-2023 ({feature})"))),
    }
}

fn messages<L: Into<String>>(lines: impl IntoIterator<Item = L>) -> Vec<Vec<u8>> {
    lines.into_iter().map(|line| line.into().into_bytes()).collect()
}

/// [compressLabelMap](https://www.w3.org/TR/vc-di-bbs/#compresslabelmap).
fn compress_label_map(map: &BTreeMap<String, String>) -> Option<BTreeMap<u64, u64>> {
    map.iter()
        .map(|(canonical, label)| {
            let number = canonical.strip_prefix("c14n")?.parse().ok()?;
            Some((number, label.strip_prefix('b')?.parse().ok()?))
        })
        .collect()
}

/// [decompressLabelMap](https://www.w3.org/TR/vc-di-bbs/#decompresslabelmap).
fn decompress_label_map(map: &BTreeMap<u64, u64>) -> BTreeMap<String, String> {
    map.iter().map(|(number, place)| (format!("c14n{number}"), format!("b{place}"))).collect()
}

fn to_problem(error: BbsError) -> Problem {
    match error {
        BbsError::Refused => Problem::new(Code::SignatureInvalid).at("/proofValue"),
        BbsError::Length { .. } => reason(
            "its BBS part has a length that no signature or proof has",
            "sa partie BBS a une longueur qu’aucune signature ni preuve n’a",
        ),
        BbsError::Point => reason(
            "a point of its BBS part is the identity, or no point of the right subgroup in its one spelling",
            "un point de sa partie BBS est l’élément neutre, ou n’est pas un point du bon sous-groupe dans sa seule écriture",
        ),
        BbsError::Scalar => reason(
            "a number of its BBS part is zero or too large",
            "un nombre de sa partie BBS est nul ou trop grand",
        ),
        BbsError::Indexes => reason(
            "the indexes of what it shows do not ascend, or lie beyond the last statement",
            "les indices de ce qu’elle révèle ne sont pas croissants, ou dépassent la dernière assertion",
        ),
        BbsError::TooManyMessages => reason(
            "it signs more statements than this program reads",
            "elle signe plus d’assertions que ce programme n’en lit",
        ),
        BbsError::Failed => reason("no proof can be made from it", "aucune preuve ne peut en être tirée"),
    }
}
