//! BBS gives the figures of its draft, and `bbs-2023` those of the W3C at every stage; what the library would accept or die of is refused.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test may panic")]

#[path = "generator/bbs_prover.rs"]
mod bbs_prover;

use std::collections::BTreeMap;

use badge_schemas::multikey::{KeyKind, Multikey};
use badge_schemas::problem::Code;
use badge_verifier::securing::bbs::{self, BbsError, PublicKey, SecretKey};
use badge_verifier::securing::cryptosuite::bbs_2023;
use badge_verifier::securing::disclosure::cbor::{self, Components};
use badge_verifier::securing::disclosure::{
    HmacKey, LabelReplacement, canonicalize_and_group, label_replacement_canonicalize,
};
use badge_verifier::securing::{keys, rdfc};
use badge_verifier::work::{MAX_STEPS, Work};
use bbs_prover::{Claim, forge, mocked_scalars, prove, seeded_scalars};
use bls12_381_plus::{G1Affine, G2Affine, Scalar};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use zkryptium::bbsplus::keys::BBSplusPublicKey;
use zkryptium::schemes::algorithms::BbsBls12381Sha256;
use zkryptium::schemes::generics::PoKSignature;

/// The domain separation tag of the scalars in the figures of the W3C: not the one of the draft's.
const W3C_DST: &[u8] = b"BBS_BLS12381G1_XMD:SHA-256_SSWU_RO_H2G_HM2S_";

fn figures(name: &str) -> Value {
    let path = badge_test_vectors::folder().join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn draft() -> Value {
    figures("ietf/bbs-bls12-381-sha-256.json")
}

fn w3c() -> Value {
    figures("w3c/bbs-2023.json")
}

fn octets(value: &Value) -> Vec<u8> {
    let text = value.as_str().unwrap_or_else(|| panic!("{value}"));
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

fn list(value: &Value) -> Vec<Vec<u8>> {
    value.as_array().unwrap().iter().map(octets).collect()
}

fn texts(value: &Value) -> Vec<String> {
    serde_json::from_value(value.clone()).unwrap()
}

fn places(value: &Value) -> Vec<usize> {
    serde_json::from_value(value.clone()).unwrap()
}

fn strs(texts: &[String]) -> Vec<&str> {
    texts.iter().map(String::as_str).collect()
}

fn key(value: &Value) -> PublicKey {
    PublicKey::from_bytes(&octets(value)).unwrap()
}

/// One proof of the draft's, in the form that our functions take.
struct Proof {
    key: PublicKey,
    header: Vec<u8>,
    presentation_header: Vec<u8>,
    messages: Vec<Vec<u8>>,
    signature: Vec<u8>,
    disclosed: Vec<usize>,
    octets: Vec<u8>,
}

impl Proof {
    fn of(case: &Value) -> Self {
        Self {
            key: key(&case["publicKey"]),
            header: octets(&case["header"]),
            presentation_header: octets(&case["presentationHeader"]),
            messages: list(&case["messages"]),
            signature: octets(&case["signature"]),
            disclosed: places(&case["disclosedIndexes"]),
            octets: octets(&case["proof"]),
        }
    }

    fn shown(&self) -> Vec<Vec<u8>> {
        self.disclosed.iter().map(|index| self.messages[*index].clone()).collect()
    }

    fn verify(&self) -> Result<(), BbsError> {
        self.verify_octets(&self.octets)
    }

    fn verify_octets(&self, proof: &[u8]) -> Result<(), BbsError> {
        self.verify_with(proof, &self.shown(), &self.disclosed)
    }

    fn verify_with(&self, proof: &[u8], shown: &[Vec<u8>], indexes: &[usize]) -> Result<(), BbsError> {
        bbs::verify_proof(&self.key, proof, &self.header, &self.presentation_header, shown, indexes)
    }

    fn claim(&self) -> Claim<'_> {
        Claim { key: self.key.bytes(), header: &self.header, presentation_header: &self.presentation_header }
    }
}

/// A valid proof with ten messages, of which four are shown.
fn a_proof() -> Proof {
    Proof::of(&draft()["proofs"][2])
}

#[test]
fn keys_and_signatures_are_those_of_the_draft() {
    let figures = draft();
    let pair = &figures["keyPair"];
    let secret = SecretKey::from_bytes(&octets(&pair["secretKey"])).unwrap();
    assert_eq!(hex(secret.public_key().bytes()), pair["publicKey"]);
    let mocked = &figures["mockedRandomScalars"];
    let scalars = seeded_scalars(&octets(&mocked["seed"]), &octets(&mocked["dst"]), 10);
    let scalars: Vec<String> = scalars.iter().map(|scalar| hex(&scalar.to_be_bytes())).collect();
    assert_eq!(json!(scalars), mocked["scalars"]);

    let cases = figures["signatures"].as_array().unwrap();
    assert_eq!(cases.len(), 10);
    for case in cases {
        let (header, messages) = (octets(&case["header"]), list(&case["messages"]));
        let signature = octets(&case["signature"]);
        let verified = bbs::verify(&key(&case["publicKey"]), &signature, &header, &messages);
        assert_eq!(verified.is_ok(), case["valid"], "{}: {verified:?}", case["case"]);
        if case["valid"] == true {
            let secret = SecretKey::from_bytes(&octets(&case["secretKey"])).unwrap();
            assert_eq!(secret.sign(&header, &messages).unwrap().to_vec(), signature, "{}", case["case"]);
        }
    }
}

#[test]
fn proofs_are_those_of_the_draft() {
    let figures = draft();
    let cases = figures["proofs"].as_array().unwrap();
    assert_eq!(cases.len(), 15);
    for case in cases {
        let proof = Proof::of(case);
        let verified = proof.verify();
        assert_eq!(verified.is_ok(), case["valid"], "{}: {verified:?}", case["case"]);
        if case["valid"] != true {
            continue;
        }
        // With the draft's randomness, another implementation gives its octets; with the library's own, what verifies too.
        let hidden = proof.messages.len() - proof.disclosed.len();
        let signature = proof.signature.as_slice().try_into().unwrap();
        let made =
            prove(&proof.claim(), signature, &proof.messages, &proof.disclosed, &mocked_scalars(5 + hidden));
        assert_eq!(hex(&made), case["proof"], "{}", case["case"]);
        let derive = || {
            bbs::derive(
                &proof.key,
                &proof.signature,
                &proof.header,
                &proof.presentation_header,
                &proof.messages,
                &proof.disclosed,
            )
            .unwrap()
        };
        let (one, other) = (derive(), derive());
        assert_ne!(one, other, "a proof is never made twice");
        assert_eq!((proof.verify_octets(&one), proof.verify_octets(&other)), (Ok(()), Ok(())));
    }
}

#[test]
fn a_forgery_with_identity_points_is_one_that_the_library_accepts_and_we_refuse() {
    let proof = a_proof();
    let shown = vec![b"a doctorate".to_vec(), b"in medicine".to_vec()];
    let claims: Vec<(usize, Vec<u8>)> = [0, 2].into_iter().zip(shown.clone()).collect();
    let forged = forge(&proof.claim(), &claims, 3);
    // Why the octets are parsed before the library sees them. When this fails, a release has learnt it: then say so in DESIGN.md.
    let library = PoKSignature::<BbsBls12381Sha256>::from_bytes(&forged).unwrap().proof_verify(
        &BBSplusPublicKey::from_bytes(proof.key.bytes()).unwrap(),
        Some(&shown),
        Some(&[0, 2]),
        Some(&proof.header),
        Some(&proof.presentation_header),
    );
    assert!(library.is_ok(), "the library refuses it now");
    assert_eq!(proof.verify_with(&forged, &shown, &[0, 2]), Err(BbsError::Point));
}

#[test]
fn malformed_proofs_neither_panic_nor_pass() {
    let proof = a_proof();
    assert_eq!(proof.verify(), Ok(()));
    for length in 0..proof.octets.len() {
        let refused = proof.verify_octets(&proof.octets[..length]).unwrap_err();
        let whole = length >= bbs::MIN_PROOF_BYTES && (length - bbs::MIN_PROOF_BYTES).is_multiple_of(32);
        assert_eq!(refused != BbsError::Length { found: length }, whole, "{length}: {refused}");
    }
    let longer = [proof.octets.as_slice(), &[0; 5]].concat();
    assert_eq!(proof.verify_octets(&longer), Err(BbsError::Length { found: longer.len() }));

    let with = |at: usize, octets: &[u8]| {
        let mut changed = proof.octets.clone();
        changed[at..at + octets.len()].copy_from_slice(octets);
        proof.verify_octets(&changed)
    };
    let mut identity = [0; 48];
    identity[0] = 0xc0;
    let last = (Scalar::ZERO - Scalar::ONE).to_be_bytes();
    let mut r = last;
    r[31] += 1;
    for at in [0, 48, 96] {
        assert_eq!(with(at, &identity), Err(BbsError::Point), "the identity");
        assert_eq!(with(at, &outside_the_subgroup()), Err(BbsError::Point), "another order");
        assert_eq!(with(at, &[0xff; 48]), Err(BbsError::Point), "x is no element of the field");
        assert_eq!(with(at, &[0x80; 1]), Err(BbsError::Point), "x of another point, or none");
        assert_eq!(with(at, &[proof.octets[at] & 0x7f]), Err(BbsError::Point), "not marked as compressed");
        assert_eq!(with(at, &[proof.octets[at] | 0x40]), Err(BbsError::Point), "marked as the identity");
        assert_eq!(with(at, &[proof.octets[at] ^ 0x20]), Err(BbsError::Refused), "the point's negative");
    }
    for at in (144..proof.octets.len()).step_by(32) {
        assert_eq!(with(at, &[0; 32]), Err(BbsError::Scalar), "zero");
        assert_eq!(with(at, &r), Err(BbsError::Scalar), "the order");
        assert_eq!(with(at, &[0xff; 32]), Err(BbsError::Scalar), "more than the order");
        assert_eq!(with(at, &last), Err(BbsError::Refused), "another scalar");
    }
}

#[test]
fn indexes_ascend_and_fit() {
    let proof = a_proof();
    let shown = proof.shown();
    let refused = |indexes: &[usize]| proof.verify_with(&proof.octets, &shown, indexes);
    assert_eq!(proof.disclosed, [0, 2, 4, 6]);
    assert_eq!(refused(&[6, 4, 2, 0]), Err(BbsError::Indexes), "descending");
    assert_eq!(refused(&[0, 2, 2, 4]), Err(BbsError::Indexes), "repeated");
    assert_eq!(refused(&[0, 2, 4, 10]), Err(BbsError::Indexes), "beyond the end");
    assert_eq!(refused(&[0, 2, 4, usize::MAX]), Err(BbsError::Indexes), "far beyond the end");
    assert_eq!(refused(&[0, 2, 4]), Err(BbsError::Indexes), "too few");
    assert_eq!(refused(&[0, 2, 4, 6, 8]), Err(BbsError::Indexes), "too many");
    assert_eq!(refused(&[0, 2, 4, 7]), Err(BbsError::Refused), "another place");
    assert_eq!(proof.verify_with(&proof.octets, &[], &[]), Err(BbsError::Refused), "none");
    let derive = |indexes: &[usize]| {
        bbs::derive(&proof.key, &proof.signature, &[], &[], &proof.messages, indexes).map(drop)
    };
    assert_eq!(derive(&[1, 0]), Err(BbsError::Indexes));
    assert_eq!(derive(&[10]), Err(BbsError::Indexes));
    assert_eq!(bbs::derive(&proof.key, &proof.signature, &[], &[], &[], &[0]), Err(BbsError::Indexes));
    let many = vec![Vec::new(); bbs::MAX_MESSAGES + 1];
    assert_eq!(
        bbs::derive(&proof.key, &proof.signature, &[], &[], &many, &[]),
        Err(BbsError::TooManyMessages)
    );
    assert_eq!(bbs::verify(&proof.key, &proof.signature, &[], &many), Err(BbsError::TooManyMessages));
    let huge = [proof.octets.as_slice(), &vec![1; 32 * bbs::MAX_MESSAGES]].concat();
    assert_eq!(proof.verify_octets(&huge), Err(BbsError::TooManyMessages));
}

#[test]
fn malformed_keys_and_signatures_are_refused() {
    let proof = a_proof();
    for length in (0..96).chain(97..100) {
        assert_eq!(PublicKey::from_bytes(&vec![0x80; length]), Err(BbsError::Length { found: length }));
    }
    let mut identity = vec![0; 96];
    identity[0] = 0xc0;
    assert_eq!(PublicKey::from_bytes(&identity), Err(BbsError::Point));
    let outside = (1..=u8::MAX).find_map(|last| {
        let mut octets = [0; 96];
        (octets[0], octets[95]) = (0x80, last);
        let point = Option::<G2Affine>::from(G2Affine::from_compressed_unchecked(&octets))?;
        (!bool::from(point.is_torsion_free())).then_some(octets)
    });
    assert_eq!(PublicKey::from_bytes(&outside.unwrap()), Err(BbsError::Point));
    let multikey = Multikey::new(KeyKind::Bls12381G2, identity).unwrap();
    assert!(keys::PublicKey::from_multikey(&multikey).is_err());

    for (octets, error) in [
        (vec![0; 32], BbsError::Scalar),
        (vec![0xff; 32], BbsError::Scalar),
        (vec![1; 31], BbsError::Length { found: 31 }),
        (vec![1; 33], BbsError::Length { found: 33 }),
    ] {
        assert_eq!(SecretKey::from_bytes(&octets).map(drop), Err(error));
    }
    let with = |octets: &[u8]| bbs::verify(&proof.key, octets, &proof.header, &proof.messages);
    assert_eq!(with(&proof.signature), Ok(()));
    assert_eq!(with(&proof.signature[..79]), Err(BbsError::Length { found: 79 }));
    let mut point = proof.signature.clone();
    point[..48].copy_from_slice(&[&[0xc0][..], &[0; 47]].concat());
    assert_eq!(with(&point), Err(BbsError::Point));
    let mut scalar = proof.signature.clone();
    scalar[48..].copy_from_slice(&[0; 32]);
    assert_eq!(with(&scalar), Err(BbsError::Scalar));
}

/// A point of the curve that is not in the subgroup.
fn outside_the_subgroup() -> [u8; 48] {
    let found = (1..=u8::MAX).find_map(|last| {
        let mut octets = [0; 48];
        (octets[0], octets[47]) = (0x80, last);
        let point = Option::<G1Affine>::from(G1Affine::from_compressed_unchecked(&octets))?;
        (!bool::from(point.is_torsion_free())).then_some(octets)
    });
    found.unwrap()
}

fn document(figures: &Value, proof_value: &str) -> (Value, Map<String, Value>) {
    let mut proof = figures["proofConfiguration"].as_object().unwrap().clone();
    proof.insert("proofValue".to_owned(), figures[proof_value].clone());
    (figures["document"].clone(), proof)
}

#[test]
fn statements_and_labels_are_those_of_the_w3c() {
    let figures = w3c();
    let document = &figures["document"];
    assert_eq!(rdfc::canonicalize(document).unwrap(), texts(&figures["canonical"]).concat());
    let configuration = {
        let mut configuration = figures["proofConfiguration"].clone();
        configuration["@context"] = document["@context"].clone();
        rdfc::canonicalize(&configuration).unwrap()
    };
    assert_eq!(configuration, figures["canonicalProofConfiguration"].as_str().unwrap());
    assert_eq!(hex(&Sha256::digest(configuration)), figures["proofHash"]);

    let (mandatory, selective) = (texts(&figures["mandatoryPointers"]), texts(&figures["selectivePointers"]));
    let combined = [mandatory.clone(), selective.clone()].concat();
    let hmac_key = HmacKey::new(octets(&figures["keys"]["hmac"]).try_into().unwrap());
    let grouped = canonicalize_and_group(
        document,
        LabelReplacement::ShuffledId(&hmac_key),
        [&strs(&mandatory), &strs(&selective), &strs(&combined)],
    )
    .unwrap();
    assert_eq!(grouped.nquads, texts(&figures["canonicalShuffled"]));
    for (group, name) in
        grouped.groups.iter().zip(["mandatoryIndexes", "selectiveIndexes", "combinedIndexes"])
    {
        let found: Vec<usize> = group.matching.iter().copied().collect();
        assert_eq!(found, places(&figures["groupIndexes"][name]), "{name}");
    }
    let mandatory = grouped.at(&grouped.groups[0].matching).concat();
    assert_eq!(hex(&Sha256::digest(mandatory)), figures["mandatoryHash"]);
    let map: BTreeMap<String, String> = serde_json::from_value(figures["labelMap"].clone()).unwrap();
    assert_eq!(grouped.groups[2].label_map, map);
    let revealed = rdfc::to_quads(&figures["revealDocument"]).unwrap();
    let replaced = label_replacement_canonicalize(&revealed, LabelReplacement::Given(&map)).unwrap();
    assert_eq!(replaced.nquads, texts(&figures["verifyNQuads"]));
}

#[test]
fn a_base_proof_is_that_of_the_w3c() {
    let figures = w3c();
    let (document, proof) = document(&figures, "baseProofValue");
    let mut configuration = proof.clone();
    configuration.remove("proofValue");
    let secret = SecretKey::from_bytes(&octets(&figures["keys"]["secretKey"])).unwrap();
    assert_eq!(hex(secret.public_key().bytes()), figures["keys"]["publicKey"]);
    let hmac_key = HmacKey::new(octets(&figures["keys"]["hmac"]).try_into().unwrap());
    let unsigned = bbs_2023::prepare(
        &document,
        &configuration,
        &texts(&figures["mandatoryPointers"]),
        &hmac_key,
        secret.public_key(),
    )
    .unwrap();
    let header = [octets(&figures["proofHash"]), octets(&figures["mandatoryHash"])].concat();
    assert_eq!(unsigned.header(), header);
    let signature = secret.sign(unsigned.header(), unsigned.messages()).unwrap();
    assert_eq!(hex(&signature), figures["baseSignature"]);
    assert_eq!(unsigned.proof_value(&signature), figures["baseProofValue"]);
    bbs_2023::verify_base(&document, &proof, secret.public_key(), &Work::default()).unwrap();
}

#[test]
fn a_derived_proof_is_that_of_the_w3c() {
    let figures = w3c();
    let (document, proof) = document(&figures, "baseProofValue");
    let issuer = key(&figures["keys"]["publicKey"]);
    let mut derived_proof = proof.clone();
    derived_proof.insert("proofValue".to_owned(), figures["derivedProofValue"].clone());
    bbs_2023::verify(&figures["revealDocument"], &derived_proof, &issuer, &Work::default()).unwrap();

    // With the specification's randomness, the octets of its proof.
    let hmac_key = HmacKey::new(octets(&figures["keys"]["hmac"]).try_into().unwrap());
    let mandatory = texts(&figures["mandatoryPointers"]);
    let unsigned = bbs_2023::prepare(
        &document,
        &{
            let mut configuration = proof.clone();
            configuration.remove("proofValue");
            configuration
        },
        &mandatory,
        &hmac_key,
        &issuer,
    )
    .unwrap();
    let disclosed = places(&figures["selectiveIndexes"]);
    let presentation_header = octets(&figures["presentationHeader"]);
    let claim =
        Claim { key: issuer.bytes(), header: unsigned.header(), presentation_header: &presentation_header };
    let hidden = unsigned.messages().len() - disclosed.len();
    let random = seeded_scalars(&octets(&figures["seed"]), W3C_DST, 5 + hidden);
    let signature = octets(&figures["baseSignature"]).try_into().unwrap();
    let made = prove(&claim, &signature, unsigned.messages(), &disclosed, &random);
    assert_eq!(hex(&made), figures["bbsProof"]);

    // With the library's own, everything but that proof.
    let derived =
        bbs_2023::derive(&document, &proof, &texts(&figures["selectivePointers"]), &presentation_header)
            .unwrap();
    let mut revealed = derived.clone();
    let new_proof = revealed.as_object_mut().unwrap().remove("proof").unwrap();
    assert_eq!(revealed, figures["revealDocument"]);
    let (ours, theirs) = (parts(&new_proof["proofValue"]), parts(&figures["derivedProofValue"]));
    assert_eq!((&ours.1, &ours.2, &ours.3, &ours.4), (&theirs.1, &theirs.2, &theirs.3, &theirs.4));
    assert_eq!(ours.0.len(), theirs.0.len());
    assert_ne!(ours.0, theirs.0);
    assert_eq!(ours.2, places(&figures["mandatoryIndexes"]));
    let verify =
        |proof: &Value, work: &Work| bbs_2023::verify(&revealed, proof.as_object().unwrap(), &issuer, work);
    verify(&new_proof, &Work::default()).unwrap();

    // The price is asked for before the work.
    let work = Work::default();
    let price = bbs::steps(unsigned.messages().len());
    work.spend(MAX_STEPS - price + 1).unwrap();
    assert_eq!(verify(&new_proof, &work).unwrap_err().code, Code::WorkLimit);

    // It is for this key alone, and no base proof.
    let other = SecretKey::from_randomness([9; 32]).unwrap();
    let with_other =
        bbs_2023::verify(&revealed, new_proof.as_object().unwrap(), other.public_key(), &Work::default());
    assert_eq!(with_other.unwrap_err().code, Code::SignatureInvalid);
    let base = bbs_2023::verify(&document, &proof, &issuer, &Work::default());
    assert_eq!(base.unwrap_err().code, Code::BaseProofPresented);
}

/// A derived proof that was taken apart.
type Parts = (Vec<u8>, BTreeMap<u64, u64>, Vec<usize>, Vec<usize>, Vec<u8>);

fn parts(value: &Value) -> Parts {
    let bytes = cbor::decode(value.as_str().unwrap(), bbs_2023::DERIVED_PREFIX).unwrap();
    let mut components = Components::new(&bytes, 5).unwrap();
    (
        components.bytes().unwrap().to_vec(),
        components.map(Components::integer).unwrap(),
        components.places().unwrap(),
        components.places().unwrap(),
        components.bytes().unwrap().to_vec(),
    )
}

#[test]
fn a_base_proof_says_what_the_issuer_signed() {
    let figures = w3c();
    let (document, proof) = document(&figures, "baseProofValue");
    let issuer = key(&figures["keys"]["publicKey"]);
    let refused = |document: &Value, proof: &Map<String, Value>| {
        bbs_2023::verify_base(document, proof, &issuer, &Work::default()).unwrap_err().code
    };
    let mut changed = document.clone();
    changed["credentialSubject"]["birthCountry"] = json!("Ruritania");
    assert_eq!(refused(&changed, &proof), Code::SignatureInvalid);
    changed = document.clone();
    changed["issuer"]["id"] = json!("did:example:other");
    assert_eq!(refused(&changed, &proof), Code::SignatureInvalid);
    let other = SecretKey::from_randomness([9; 32]).unwrap();
    let with_other = bbs_2023::verify_base(&document, &proof, other.public_key(), &Work::default());
    assert_eq!(with_other.unwrap_err().code, Code::SignatureInvalid);
    // Proofs with an optional feature are refused by its name.
    for (start, feature) in
        [("u2V0E", "anonymous_holder_binding"), ("u2V0G", "pseudonym"), ("u2V0I", "holder_binding_pseudonym")]
    {
        let mut featured = proof.clone();
        let value = proof["proofValue"].as_str().unwrap().replacen("u2V0C", start, 1);
        featured.insert("proofValue".to_owned(), json!(value));
        let problem = bbs_2023::verify_base(&document, &featured, &issuer, &Work::default()).unwrap_err();
        assert_eq!(problem.code, Code::CryptosuiteUnsupported);
        assert!(problem.value("suite").unwrap().contains(feature), "{problem:?}");
    }
}
