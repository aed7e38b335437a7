//! `ecdsa-sd-2023`: ECDSA over P-256, one signature for what is always shown and one for each other statement
//! ([vc-di-ecdsa §3.6](https://www.w3.org/TR/vc-di-ecdsa/#ecdsa-sd-2023)).
//!
//! The issuer makes a *base proof*, for the holder alone. The holder *derives* from it a document with fewer statements and a proof for
//! those. Only derived proofs are shown to verifiers. What is hidden is not hidden from two verifiers who compare: the
//! signatures are the same every time.

use std::collections::BTreeMap;

use badge_schemas::problem::{Code, Problem};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::{Canonicalization, Suite, UseFor};
use crate::securing::data_integrity::without_proof;
use crate::securing::disclosure::cbor::{self, Components, ProofValue, ProofValueError};
use crate::securing::disclosure::statements::{Statements, malformed, proof_hash, proof_value, reason};
use crate::securing::disclosure::{
    DisclosureError, HMAC_KEY_BYTES, HmacKey, LabelReplacement, canonicalize_and_group, select_json_ld,
};
use crate::securing::keys::{Algorithm, ProofScopedKey, PublicKey, proof_scoped_multikey};
use crate::work::{Exhausted, SIGNATURE, Work};

pub(super) const SUITE: Suite = Suite {
    proof_type: "DataIntegrityProof",
    cryptosuite: Some("ecdsa-sd-2023"),
    canonicalization: Canonicalization::Rdfc,
    algorithms: &[Algorithm::Es256],
    use_for: UseFor::SigningAndVerifying,
};

/// How a base proof begins: for the holder.
pub const BASE_PREFIX: [u8; 3] = [0xd9, 0x5d, 0x00];

/// How a derived proof begins: for verifiers.
pub const DERIVED_PREFIX: [u8; 3] = [0xd9, 0x5d, 0x01];

const SIGNATURE_BYTES: usize = 64;
/// Two bytes that say P-256, one for the sign of y, and x.
const MULTIKEY_BYTES: usize = 35;

/// What makes a base proof unguessable, from fresh randomness: never used for two proofs.
#[derive(Debug)]
pub struct Secrets {
    /// Hides how many nodes are hidden, and where.
    pub hmac_key: HmacKey,
    /// Signs the statements, then is forgotten.
    pub proof_key: ProofScopedKey,
}

impl Secrets {
    /// Takes twice 32 bytes from a cryptographically secure source.
    pub fn from_randomness(hmac_key: [u8; 32], proof_key: [u8; 32]) -> Self {
        Self { hmac_key: HmacKey::new(hmac_key), proof_key: ProofScopedKey::from_randomness(proof_key) }
    }
}

/// A base proof without the issuer's signature.
#[derive(Clone, Debug)]
pub struct UnsignedBase {
    message: Vec<u8>,
    public_key: Vec<u8>,
    hmac_key: HmacKey,
    signatures: Vec<[u8; SIGNATURE_BYTES]>,
    mandatory_pointers: Vec<String>,
}

/// Prepares a base proof: [Create Base Proof](https://www.w3.org/TR/vc-di-ecdsa/#create-base-proof-ecdsa-sd-2023), but for the issuer's signature.
///
/// `proof` is the proof without `proofValue`; what `mandatory_pointers` select is in every derived document.
///
/// # Errors
/// [`Code::DisclosurePointer`] for a pointer that leads nowhere; what keeps the document from being canonicalised.
pub fn prepare(
    document: &Value,
    proof: &Map<String, Value>,
    mandatory_pointers: &[String],
    secrets: &Secrets,
) -> Result<UnsignedBase, Problem> {
    let document = without_proof(document);
    let base =
        Statements::for_base(&document, LabelReplacement::HmacId(&secrets.hmac_key), mandatory_pointers)?;
    if base.non_mandatory.len() as u64 > cbor::MAX_ITEMS {
        return Err(too_many_items());
    }
    let public_key = secrets.proof_key.multikey_bytes();
    let signatures = base.non_mandatory.iter().map(|line| secrets.proof_key.sign(line.as_bytes())).collect();
    let message = serialize_sign_data(
        &proof_hash(&document, proof, &Work::default())?,
        &public_key,
        &base.mandatory_hash,
    );
    Ok(UnsignedBase {
        message,
        public_key,
        hmac_key: secrets.hmac_key.clone(),
        signatures,
        mandatory_pointers: mandatory_pointers.to_vec(),
    })
}

impl UnsignedBase {
    /// What the issuer's key signs: [serializeSignData](https://www.w3.org/TR/vc-di-ecdsa/#serializesigndata).
    pub fn message(&self) -> &[u8] {
        &self.message
    }

    /// The proof value with the issuer's signature: [serializeBaseProofValue](https://www.w3.org/TR/vc-di-ecdsa/#serializebaseproofvalue).
    pub fn proof_value(&self, base_signature: &[u8]) -> String {
        ProofValue::new(BASE_PREFIX, 5)
            .bytes(base_signature)
            .bytes(&self.public_key)
            .bytes(self.hmac_key.bytes())
            .byte_strings(self.signatures.iter().map(<[u8; SIGNATURE_BYTES]>::as_slice))
            .texts(&self.mandatory_pointers)
            .text()
    }
}

/// The components of a base proof: [parseBaseProofValue](https://www.w3.org/TR/vc-di-ecdsa/#parsebaseproofvalue).
#[derive(Clone, Debug)]
struct BaseProofValue {
    base_signature: [u8; SIGNATURE_BYTES],
    public_key: [u8; MULTIKEY_BYTES],
    hmac_key: HmacKey,
    signatures: Vec<[u8; SIGNATURE_BYTES]>,
    mandatory_pointers: Vec<String>,
}

impl BaseProofValue {
    fn parse(proof_value: &str) -> Result<Self, ProofValueError> {
        let bytes = cbor::decode(proof_value, BASE_PREFIX)?;
        let mut components = Components::new(&bytes, 5)?;
        let base = Self {
            base_signature: components.bytes_of()?,
            public_key: components.bytes_of()?,
            hmac_key: HmacKey::new(components.bytes_of::<HMAC_KEY_BYTES>()?),
            signatures: components.list(Components::bytes_of)?,
            mandatory_pointers: components.list(Components::text)?,
        };
        components.end().map(|()| base)
    }
}

/// The components of a derived proof: [parseDerivedProofValue](https://www.w3.org/TR/vc-di-ecdsa/#parsederivedproofvalue).
#[derive(Clone, Debug)]
struct DerivedProofValue {
    base_signature: [u8; SIGNATURE_BYTES],
    public_key: [u8; MULTIKEY_BYTES],
    signatures: Vec<[u8; SIGNATURE_BYTES]>,
    label_map: BTreeMap<String, String>,
    mandatory_indexes: Vec<usize>,
}

impl DerivedProofValue {
    fn parse(proof_value: &str) -> Result<Self, ProofValueError> {
        let bytes = cbor::decode(proof_value, DERIVED_PREFIX)?;
        let mut components = Components::new(&bytes, 5)?;
        let derived = Self {
            base_signature: components.bytes_of()?,
            public_key: components.bytes_of()?,
            signatures: components.list(Components::bytes_of)?,
            label_map: decompress_label_map(&components.map(Components::bytes_of)?),
            mandatory_indexes: components.places()?,
        };
        components.end().map(|()| derived)
    }

    /// [serializeDerivedProofValue](https://www.w3.org/TR/vc-di-ecdsa/#serializederivedproofvalue).
    fn text(&self) -> Option<String> {
        Some(
            ProofValue::new(DERIVED_PREFIX, 5)
                .bytes(&self.base_signature)
                .bytes(&self.public_key)
                .byte_strings(self.signatures.iter().map(<[u8; SIGNATURE_BYTES]>::as_slice))
                .byte_map(&compress_label_map(&self.label_map)?)
                .places(&self.mandatory_indexes)
                .text(),
        )
    }
}

/// What everything derived from a base proof shows.
///
/// # Errors
/// [`Code::ProofMalformed`] where it is not a base proof.
pub fn mandatory_pointers(proof: &Map<String, Value>) -> Result<Vec<String>, Problem> {
    Ok(BaseProofValue::parse(proof_value(proof)).map_err(malformed)?.mandatory_pointers)
}

/// Verifies a base proof, as the holder does on receiving it: the issuer's signature, and that of every statement.
///
/// A pass means that this key signed this content, and that every derived proof will verify.
///
/// # Errors
/// [`Code::SignatureInvalid`], [`Code::ProofMalformed`], or what keeps the document from being canonicalised.
pub fn verify_base(document: &Value, proof: &Map<String, Value>, key: &PublicKey) -> Result<(), Problem> {
    let base = BaseProofValue::parse(proof_value(proof)).map_err(malformed)?;
    let document = without_proof(document);
    let statements =
        Statements::for_base(&document, LabelReplacement::HmacId(&base.hmac_key), &base.mandatory_pointers)?;
    let proof_hash = proof_hash(&document, proof, &Work::default())?;
    verify_signatures(
        key,
        &serialize_sign_data(&proof_hash, &base.public_key, &statements.mandatory_hash),
        &base.base_signature,
        &base.public_key,
        &base.signatures,
        &statements.non_mandatory,
    )
}

/// Derives, for the holder, a document with the mandatory statements and those that `selective_pointers` select:
/// [Add Derived Proof](https://www.w3.org/TR/vc-di-ecdsa/#add-derived-proof-ecdsa-sd-2023).
///
/// `proof` is the base proof. Nothing is verified here: [`verify`] the result before it goes out.
///
/// # Errors
/// [`Code::ProofMalformed`], [`Code::DisclosurePointer`], [`Code::DisclosureEmpty`], [`Code::DisclosureImpossible`].
pub fn derive(
    document: &Value,
    proof: &Map<String, Value>,
    selective_pointers: &[String],
) -> Result<Value, Problem> {
    let base = BaseProofValue::parse(proof_value(proof)).map_err(malformed)?;
    let document = without_proof(document);
    let (derived, mut reveal_document) =
        create_disclosure_data(&document, base, selective_pointers).map_err(|error| error.to_problem())?;
    let mut new_proof = proof.clone();
    let value = derived.text().ok_or_else(|| DisclosureError::LabelMap.to_problem())?;
    new_proof.insert("proofValue".to_owned(), Value::String(value));
    if let Some(members) = reveal_document.as_object_mut() {
        members.insert("proof".to_owned(), Value::Object(new_proof));
    }
    Ok(reveal_document)
}

/// [createDisclosureData](https://www.w3.org/TR/vc-di-ecdsa/#createdisclosuredata).
fn create_disclosure_data(
    document: &Value,
    base: BaseProofValue,
    selective_pointers: &[String],
) -> Result<(DerivedProofValue, Value), DisclosureError> {
    let mandatory_pointers: Vec<&str> = base.mandatory_pointers.iter().map(String::as_str).collect();
    let selective_pointers: Vec<&str> = selective_pointers.iter().map(String::as_str).collect();
    let combined_pointers = [mandatory_pointers.as_slice(), &selective_pointers].concat();
    let reveal_document = select_json_ld(document, combined_pointers.iter().copied())?;
    let grouped = canonicalize_and_group(
        document,
        LabelReplacement::HmacId(&base.hmac_key),
        [&mandatory_pointers, &selective_pointers, &combined_pointers],
    )?;
    let [mandatory, selective, combined] = grouped.groups;
    let mandatory_indexes =
        (0..).zip(&combined.matching).filter(|(_, place)| mandatory.matching.contains(*place));
    let signed = (0..grouped.nquads.len()).filter(|place| !mandatory.matching.contains(place));
    let signatures = signed
        .zip(base.signatures)
        .filter(|(place, _)| selective.matching.contains(place))
        .map(|(_, signature)| signature)
        .collect();
    let derived = DerivedProofValue {
        base_signature: base.base_signature,
        public_key: base.public_key,
        signatures,
        label_map: combined.label_map,
        mandatory_indexes: mandatory_indexes.map(|(index, _)| index).collect(),
    };
    Ok((derived, reveal_document))
}

/// Verifies a derived proof: [Verify Derived Proof](https://www.w3.org/TR/vc-di-ecdsa/#verify-derived-proof-ecdsa-sd-2023).
///
/// A pass means that this key signed every statement of the document, and that everything it made mandatory is there; not that nothing
/// else was signed, nor that the key is the issuer's.
///
/// # Errors
/// [`Code::BaseProofPresented`] for a base proof; [`Code::SignatureInvalid`], [`Code::ProofMalformed`], or what keeps the document from
/// being canonicalised.
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
    let derived = DerivedProofValue::parse(value).map_err(malformed)?;
    let document = without_proof(document);
    let signatures = 1 + derived.signatures.len() as u64;
    work.spend(SIGNATURE.saturating_mul(signatures)).map_err(Exhausted::to_problem)?;
    let data = Statements::as_derived(&document, &derived.label_map, &derived.mandatory_indexes, work)?;
    let proof_hash = proof_hash(&document, proof, work)?;
    verify_signatures(
        key,
        &serialize_sign_data(&proof_hash, &derived.public_key, &data.mandatory_hash),
        &derived.base_signature,
        &derived.public_key,
        &derived.signatures,
        &data.non_mandatory,
    )
}

/// The issuer's signature over the sign data, and the proof's own key's over each statement, in order.
fn verify_signatures(
    key: &PublicKey,
    sign_data: &[u8],
    base_signature: &[u8],
    public_key: &[u8],
    signatures: &[[u8; SIGNATURE_BYTES]],
    statements: &[String],
) -> Result<(), Problem> {
    if signatures.len() != statements.len() {
        return Err(reason(
            "it has not one signature for each statement that is not mandatory",
            "elle n’a pas une signature par assertion non obligatoire",
        ));
    }
    let proof_key = proof_scoped_multikey(public_key)
        .and_then(|multikey| PublicKey::from_multikey(&multikey).ok())
        .ok_or_else(|| reason("its own key is not a P-256 key", "sa propre clé n’est pas une clé P-256"))?;
    let invalid = |_| Problem::new(Code::SignatureInvalid).at("/proofValue");
    key.verify(Algorithm::Es256, sign_data, base_signature).map_err(invalid)?;
    statements
        .iter()
        .zip(signatures)
        .try_for_each(|(line, signature)| proof_key.verify(Algorithm::Es256, line.as_bytes(), signature))
        .map_err(invalid)
}

fn serialize_sign_data(proof_hash: &[u8], public_key: &[u8], mandatory_hash: &[u8]) -> Vec<u8> {
    [proof_hash, public_key, mandatory_hash].concat()
}

/// [compressLabelMap](https://www.w3.org/TR/vc-di-ecdsa/#compresslabelmap).
fn compress_label_map(map: &BTreeMap<String, String>) -> Option<BTreeMap<u64, Vec<u8>>> {
    map.iter()
        .map(|(canonical, label)| {
            let number = canonical.strip_prefix("c14n")?.parse().ok()?;
            Some((number, URL_SAFE_NO_PAD.decode(label.strip_prefix('u')?).ok()?))
        })
        .collect()
}

/// [decompressLabelMap](https://www.w3.org/TR/vc-di-ecdsa/#decompresslabelmap).
fn decompress_label_map(map: &BTreeMap<u64, [u8; 32]>) -> BTreeMap<String, String> {
    map.iter()
        .map(|(number, digest)| (format!("c14n{number}"), format!("u{}", URL_SAFE_NO_PAD.encode(digest))))
        .collect()
}

fn too_many_items() -> Problem {
    ProofValueError::TooManyItems.to_problem()
}
