//! Selective disclosure with `bbs-2023`: what a holder may show, and what holders and strangers may try. The proofs are made with known
//! randomness, so that they can be made again.

use std::collections::BTreeMap;

use badge_schemas::controller::Relationship;
use badge_schemas::multikey::{KeyKind, Multikey};
use badge_verifier::securing::bbs::{self, SecretKey};
use badge_verifier::securing::cryptosuite::bbs_2023::{self, BASE_PREFIX, DERIVED_PREFIX};
use badge_verifier::securing::disclosure::HmacKey;
use badge_verifier::securing::disclosure::cbor::{self, Components, ProofValue};
use badge_verifier::securing::keys::PublicKey;
use badge_verifier::securing::{ProofOptions, Secured, prepare_bbs_base};
use serde_json::{Value, json};

use super::bbs_prover::{Claim, forge, mocked_scalars, prove};
use super::documents::{badge_with, presentation};
use super::keys::{HOLDER, multibase, p256_did};
use super::selective::{MANDATORY, authentication, changed, refused, shown};
use super::{Case, case, no_key, valid};
use crate::support::Input;

fn secret(seed: u8) -> SecretKey {
    SecretKey::from_randomness([seed; 32]).unwrap()
}

fn multikey(key: &bbs::PublicKey) -> Multikey {
    Multikey::new(KeyKind::Bls12381G2, key.bytes().to_vec()).unwrap()
}

/// The BLS12-381 key: its did:key, and the name of its key.
fn bbs_did() -> (String, String) {
    let key = multikey(secret(7).public_key());
    (format!("did:key:{key}"), format!("did:key:{key}#{key}"))
}

/// A badge with more in it than everyone needs to see.
fn badge() -> Value {
    badge_with(|badge| {
        badge["issuer"]["id"] = bbs_did().0.into();
        badge["credentialSubject"]["narrative"] = "Seule de sa promotion à braser en aveugle.".into();
        badge["credentialSubject"]["achievement"]["tag"] = json!(["brasage", "cuivre"]);
        badge["evidence"] = json!([
            {"type": ["Evidence"], "name": "Éprouvette pliée"},
            {"type": ["Evidence"], "name": "Radiographie", "description": "Sans défaut."},
        ]);
    })
}

/// A badge with its base proof, and what was signed.
struct Base {
    document: Value,
    header: Vec<u8>,
    messages: Vec<Vec<u8>>,
    signature: [u8; 80],
}

impl Base {
    fn new(badge: &Value, mandatory: &[&str]) -> Self {
        let secret = secret(7);
        let options = ProofOptions::new(
            bbs_did().1,
            PublicKey::from_multikey(&multikey(secret.public_key())).unwrap(),
            Relationship::AssertionMethod,
            "2026-11-02T09:00:00Z".parse().unwrap(),
        );
        let mandatory: Vec<String> = mandatory.iter().map(ToString::to_string).collect();
        let unsigned = prepare_bbs_base(badge, &options, &mandatory, &HmacKey::new([0x31; 32])).unwrap();
        let (header, messages) = (unsigned.header().to_vec(), unsigned.messages().to_vec());
        let signature = secret.sign(&header, &messages).unwrap();
        let Secured::Json(text) = unsigned.seal(&signature).unwrap() else { panic!("not JSON") };
        Self { document: serde_json::from_str(&text).unwrap(), header, messages, signature }
    }

    /// What a holder derives from it.
    fn show(&self, pointers: &[&str], presentation_header: &[u8]) -> Value {
        self.show_document(&self.document, pointers, presentation_header)
    }

    /// The same, from a document that may say otherwise than what was signed.
    fn show_document(&self, document: &Value, pointers: &[&str], presentation_header: &[u8]) -> Value {
        let pointers: Vec<String> = pointers.iter().map(ToString::to_string).collect();
        let proof = document["proof"].as_object().unwrap();
        let derived = bbs_2023::derive(document, proof, &pointers, presentation_header).unwrap();
        with_parts(&derived, |parts| {
            let hidden = self.messages.len() - parts.selective.len();
            parts.proof = prove(
                &self.claim(presentation_header),
                &self.signature,
                &self.messages,
                &parts.selective,
                &mocked_scalars(5 + hidden),
            );
        })
    }

    fn claim<'c>(&'c self, presentation_header: &'c [u8]) -> Claim<'c> {
        Claim { key: public(), header: &self.header, presentation_header }
    }
}

fn public() -> &'static [u8; 96] {
    static KEY: std::sync::OnceLock<[u8; 96]> = std::sync::OnceLock::new();
    KEY.get_or_init(|| *secret(7).public_key().bytes())
}

/// The parts of a derived proof.
struct Parts {
    proof: Vec<u8>,
    labels: BTreeMap<u64, u64>,
    mandatory: Vec<usize>,
    selective: Vec<usize>,
    presentation_header: Vec<u8>,
}

impl Parts {
    fn of(document: &Value) -> Self {
        let bytes = cbor::decode(document["proof"]["proofValue"].as_str().unwrap(), DERIVED_PREFIX).unwrap();
        let mut components = Components::new(&bytes, 5).unwrap();
        Self {
            proof: components.bytes().unwrap().to_vec(),
            labels: components.map(Components::integer).unwrap(),
            mandatory: components.places().unwrap(),
            selective: components.places().unwrap(),
            presentation_header: components.bytes().unwrap().to_vec(),
        }
    }

    fn write(&self) -> String {
        ProofValue::new(DERIVED_PREFIX, 5)
            .bytes(&self.proof)
            .integer_map(&self.labels)
            .places(&self.mandatory)
            .places(&self.selective)
            .bytes(&self.presentation_header)
            .text()
    }
}

/// The derived document with another proof value.
fn with_parts(derived: &Value, change: impl FnOnce(&mut Parts)) -> Value {
    let mut parts = Parts::of(derived);
    change(&mut parts);
    changed(derived, |badge| badge["proof"]["proofValue"] = parts.write().into())
}

/// The derived document with other octets at a place of its BBS proof.
fn with_octets(derived: &Value, at: usize, octets: &[u8]) -> Value {
    with_parts(derived, |parts| parts.proof[at..at + octets.len()].copy_from_slice(octets))
}

/// The base proof with other mandatory pointers, as a holder might rewrite it.
fn with_pointers(base: &Value, pointers: &[&str]) -> Value {
    let bytes = cbor::decode(base["proof"]["proofValue"].as_str().unwrap(), BASE_PREFIX).unwrap();
    let mut components = Components::new(&bytes, 5).unwrap();
    let fixed: [Vec<u8>; 4] = std::array::from_fn(|_| components.bytes().unwrap().to_vec());
    let pointers: Vec<String> = pointers.iter().map(ToString::to_string).collect();
    let value = fixed.iter().fold(ProofValue::new(BASE_PREFIX, 5), |value, part| value.bytes(part));
    changed(base, |badge| badge["proof"]["proofValue"] = value.texts(&pointers).text().into())
}

/// The derived document with another beginning of its proof value.
fn with_start(derived: &Value, start: &str) -> Value {
    changed(derived, |badge| {
        let value = badge["proof"]["proofValue"].as_str().unwrap().replacen("u2V0D", start, 1);
        badge["proof"]["proofValue"] = value.into();
    })
}

/// The identity, as a compressed point.
fn identity(bytes: usize) -> Vec<u8> {
    let mut octets = vec![0; bytes];
    octets[0] = 0xc0;
    octets
}

/// A point of the curve that is not in the subgroup of order r: x is 4.
fn outside_the_subgroup() -> Vec<u8> {
    let mut octets = vec![0; 48];
    (octets[0], octets[47]) = (0x80, 4);
    octets
}

/// The order of the subgroup, which is no scalar.
const ORDER: [u8; 32] = [
    0x73, 0xed, 0xa7, 0x53, 0x29, 0x9d, 0x7d, 0x48, 0x33, 0x39, 0xd8, 0x08, 0x09, 0xa1, 0xd8, 0x05, 0x53,
    0xbd, 0xa4, 0x02, 0xff, 0xfe, 0x5b, 0xfe, 0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x01,
];

pub fn cases() -> Vec<Case> {
    let base = Base::new(&badge(), &MANDATORY);
    let derived = base.show(&["/credentialSubject/narrative", "/evidence/1"], b"");
    let mut cases = vec![
        shown(
            "bbs-derived",
            "A bbs-2023 badge of which the holder shows what is mandatory and two things more is valid.",
            derived.clone(),
        ),
        shown(
            "bbs-mandatory-alone",
            "A bbs-2023 badge of which the holder shows nothing but what is mandatory is valid.",
            base.show(&[], b""),
        ),
        shown(
            "bbs-everything",
            "A bbs-2023 badge of which the holder shows everything is valid.",
            base.show(&[""], b""),
        ),
        shown(
            "bbs-presentation-header",
            "A presentation header is signed with what is shown.",
            base.show(&["/credentialSubject/narrative"], b"employeur.example"),
        ),
        case(
            "present",
            "bbs-derived-presented",
            "A derived bbs-2023 badge is presented like any other.",
            Input::Json(HOLDER.seal_with(&presentation(&json!([derived])), authentication())),
            valid(&[("challenge", "pass"), ("domain", "pass"), ("credentials", "pass")]),
        )
        .challenge("c3f1")
        .domain("employeur.example")
        .embedded("/verifiableCredential/0", valid(&[("presenter", "pass")])),
    ];
    forgeries(&mut cases, &base, &derived);
    octets(&mut cases, &derived);
    indexes_and_labels(&mut cases, &derived);
    contents(&mut cases, &base, &derived);
    kinds(&mut cases, &base, &derived);
    keys(&mut cases, &derived);
    cases
}

const MALFORMED: [(&str, &str); 1] = [("signature", "fail PROOF_MALFORMED")];
const INVALID: [(&str, &str); 1] = [("signature", "fail SIGNATURE_INVALID")];

fn forgeries(cases: &mut Vec<Case>, base: &Base, derived: &Value) {
    let shown_messages = |parts: &Parts| -> Vec<(usize, Vec<u8>)> {
        parts.selective.iter().map(|index| (*index, base.messages[*index].clone())).collect()
    };
    cases.extend([
        refused(
            "bbs-forged-without-signature",
            "With two of its points the identity, anyone can make a proof under any key: such points are refused before any arithmetic.",
            with_parts(derived, |parts| {
                let hidden = base.messages.len() - parts.selective.len();
                parts.proof = forge(&base.claim(b""), &shown_messages(parts), hidden);
            }),
            &MALFORMED,
        ),
        refused(
            "bbs-proof-of-another-header",
            "A proof made for another header, that of another badge for instance, does not fit.",
            with_parts(derived, |parts| {
                let claim = Claim { key: public(), header: &[7; 64], presentation_header: b"" };
                let hidden = base.messages.len() - parts.selective.len();
                let random = mocked_scalars(5 + hidden);
                parts.proof = prove(&claim, &base.signature, &base.messages, &parts.selective, &random);
            }),
            &INVALID,
        ),
        refused(
            "bbs-signature-of-another-key",
            "A proof of a signature by another key than the one it names does not hold.",
            with_parts(derived, |parts| {
                let signature = secret(8).sign(&base.header, &base.messages).unwrap();
                let hidden = base.messages.len() - parts.selective.len();
                let random = mocked_scalars(5 + hidden);
                parts.proof = prove(&base.claim(b""), &signature, &base.messages, &parts.selective, &random);
            }),
            &INVALID,
        ),
    ]);
}

fn octets(cases: &mut Vec<Case>, derived: &Value) {
    for (at, name) in [(0, "first"), (48, "second"), (96, "third")] {
        cases.push(refused(
            &format!("bbs-identity-as-{name}-point"),
            &format!("No point of a BBS proof is the identity: the {name} one."),
            with_octets(derived, at, &identity(48)),
            &MALFORMED,
        ));
    }
    let scalars = Parts::of(derived).proof.len() - 32;
    cases.extend([
        refused(
            "bbs-point-outside-the-subgroup",
            "A point of a BBS proof that is on the curve, and not in the subgroup, is refused.",
            with_octets(derived, 0, &outside_the_subgroup()),
            &MALFORMED,
        ),
        refused(
            "bbs-point-not-reduced",
            "A point whose x is no element of the field is refused.",
            with_octets(derived, 48, &[0x9f; 48]),
            &MALFORMED,
        ),
        refused(
            "bbs-point-not-compressed",
            "A point that is not marked as compressed is refused.",
            with_octets(derived, 96, &[Parts::of(derived).proof[96] & 0x7f]),
            &MALFORMED,
        ),
        refused(
            "bbs-scalar-zero",
            "No scalar of a BBS proof is zero.",
            with_octets(derived, 144, &[0; 32]),
            &MALFORMED,
        ),
        refused(
            "bbs-scalar-not-reduced",
            "A scalar that is the order of the group would be zero spelt otherwise.",
            with_octets(derived, scalars, &ORDER),
            &MALFORMED,
        ),
        refused(
            "bbs-proof-empty",
            "A BBS proof of no octets is refused, and nothing panics.",
            with_parts(derived, |parts| parts.proof.clear()),
            &MALFORMED,
        ),
        refused(
            "bbs-proof-short",
            "A BBS proof that ends in the middle of a scalar is refused.",
            with_parts(derived, |parts| {
                parts.proof.pop();
            }),
            &MALFORMED,
        ),
        refused(
            "bbs-proof-below-the-least",
            "A BBS proof has at least three points and four scalars.",
            with_parts(derived, |parts| parts.proof.truncate(3 * 48 + 3 * 32)),
            &MALFORMED,
        ),
        refused(
            "bbs-proof-with-octets-after",
            "Octets after the last scalar are refused.",
            with_parts(derived, |parts| parts.proof.extend([0; 5])),
            &MALFORMED,
        ),
        refused(
            "bbs-proof-with-one-scalar-more",
            "A proof with a scalar more claims another number of signed statements.",
            with_parts(derived, |parts| {
                let scalar = parts.proof[scalars..].to_vec();
                parts.proof.extend(scalar);
            }),
            &INVALID,
        ),
        refused(
            "bbs-proof-of-too-many-messages",
            "A proof that claims more than a thousand signed statements is refused before any arithmetic.",
            with_parts(derived, |parts| {
                let scalar = parts.proof[scalars..].to_vec();
                parts.proof.extend(scalar.repeat(1_000));
            }),
            &MALFORMED,
        ),
    ]);
}

fn indexes_and_labels(cases: &mut Vec<Case>, derived: &Value) {
    cases.extend([
        refused(
            "bbs-index-repeated",
            "An index of a shown statement that stands twice is refused.",
            with_parts(derived, |parts| parts.selective[1] = parts.selective[0]),
            &MALFORMED,
        ),
        refused(
            "bbs-indexes-descending",
            "The indexes of shown statements ascend, as the draft says: the library would sort them without their statements.",
            with_parts(derived, |parts| parts.selective.swap(0, 1)),
            &MALFORMED,
        ),
        refused(
            "bbs-index-out-of-range",
            "An index beyond the last signed statement is refused.",
            with_parts(derived, |parts| *parts.selective.last_mut().unwrap() = 1_000),
            &MALFORMED,
        ),
        refused(
            "bbs-index-too-few",
            "A shown statement without an index is refused.",
            with_parts(derived, |parts| {
                parts.selective.pop();
            }),
            &MALFORMED,
        ),
        refused(
            "bbs-index-of-another",
            "A shown statement under the index of a hidden one is not what was signed there.",
            with_parts(derived, |parts| {
                let all = parts.selective.len() + bbs::hidden_messages(&parts.proof).unwrap();
                let (place, free) = (0..parts.selective.len())
                    .map(|place| (place, parts.selective[place] + 1))
                    .find(|(place, next)| next < parts.selective.get(place + 1).unwrap_or(&all))
                    .unwrap();
                parts.selective[place] = free;
            }),
            &INVALID,
        ),
        refused(
            "bbs-mandatory-index-out-of-range",
            "In bbs-2023 too, a mandatory index beyond the last statement is refused.",
            with_parts(derived, |parts| *parts.mandatory.last_mut().unwrap() = 1_000),
            &MALFORMED,
        ),
        refused(
            "bbs-one-label-for-two-nodes",
            "In bbs-2023 too, two nodes under one label would be one thing torn apart.",
            with_parts(derived, |parts| {
                let first = parts.labels[&0];
                parts.labels.insert(1, first);
            }),
            &MALFORMED,
        ),
        refused(
            "bbs-labels-swapped",
            "In bbs-2023 too, what was said of one node is not signed of another.",
            with_parts(derived, |parts| {
                let (first, second) = (parts.labels[&0], parts.labels[&1]);
                parts.labels.extend([(0, second), (1, first)]);
            }),
            &INVALID,
        ),
    ]);
}

fn contents(cases: &mut Vec<Case>, base: &Base, derived: &Value) {
    let fewer: Vec<&str> = MANDATORY.into_iter().filter(|one| *one != "/validUntil").collect();
    cases.extend([
        refused(
            "bbs-mandatory-statement-hidden",
            "A holder who takes the end of validity off the mandatory pointers of a bbs-2023 badge cannot hide it: the issuer signed the hash of all.",
            {
                // The derived proof is as good as this holder can make it: over the statements that were signed.
                let rewritten = with_pointers(&base.document, &fewer);
                let pointers: [String; 0] = [];
                bbs_2023::derive(&rewritten, rewritten["proof"].as_object().unwrap(), &pointers, b"").map(|shown| {
                    with_parts(&shown, |parts| {
                        let hidden = base.messages.len() - parts.selective.len();
                        let random = mocked_scalars(5 + hidden);
                        parts.proof = prove(&base.claim(b""), &base.signature, &base.messages, &parts.selective, &random);
                    })
                }).unwrap()
            },
            &INVALID,
        ),
        refused(
            "bbs-statement-made-mandatory",
            "A statement of a bbs-2023 badge moved among the mandatory ones changes their hash.",
            with_parts(derived, |parts| {
                let free = (0..=parts.mandatory.len()).find(|place| !parts.mandatory.contains(place)).unwrap();
                parts.mandatory.push(free);
                parts.mandatory.sort_unstable();
                parts.selective.remove(0);
                // Signed statements stay as many.
                let scalar = parts.proof[parts.proof.len() - 32..].to_vec();
                parts.proof.extend(scalar);
            }),
            &INVALID,
        ),
        refused(
            "bbs-value-changed",
            "A shown value of a bbs-2023 badge that was changed is not signed.",
            changed(derived, |badge| badge["credentialSubject"]["narrative"] = "Première de sa promotion.".into()),
            &INVALID,
        ),
        refused(
            "bbs-mandatory-value-changed",
            "A mandatory value of a bbs-2023 badge that was changed is not signed.",
            changed(derived, |badge| badge["validUntil"] = "2039-11-01T00:00:00Z".into()),
            &INVALID,
        ),
        refused(
            "bbs-statement-added",
            "A statement added to a bbs-2023 badge has no index.",
            changed(derived, |badge| badge["name"] = "Badge d’or".into()),
            &MALFORMED,
        ),
        refused(
            "bbs-presentation-header-changed",
            "Another presentation header than the holder's does not fit the proof.",
            with_parts(derived, |parts| parts.presentation_header = b"autre.example".to_vec()),
            &INVALID,
        ),
        refused(
            "bbs-proof-options-changed",
            "The members of a derived bbs-2023 proof are those that the issuer signed.",
            changed(derived, |badge| badge["proof"]["created"] = "2026-11-03T09:00:00Z".into()),
            &INVALID,
        ),
    ]);
}

fn kinds(cases: &mut Vec<Case>, base: &Base, derived: &Value) {
    cases.push(refused(
        "bbs-base-proof",
        "A base proof of bbs-2023 is for the holder alone; with it a verifier could derive proofs itself.",
        base.document.clone(),
        &[("signature", "fail BASE_PROOF_PRESENTED")],
    ));
    for (start, feature) in
        [("u2V0F", "holder binding"), ("u2V0H", "pseudonyms"), ("u2V0J", "holder binding and pseudonyms")]
    {
        cases.push(refused(
            &format!("bbs-feature-{}", feature.replace(' ', "-")),
            &format!(
                "A bbs-2023 proof with {feature} is refused by that name: the drafts for it still change."
            ),
            with_start(derived, start),
            &[("signature", "fail CRYPTOSUITE_UNSUPPORTED")],
        ));
    }
    cases.extend([
        refused(
            "bbs-unknown-kind",
            "A bbs-2023 proof of an unknown kind is refused.",
            with_start(derived, "u2V0L"),
            &MALFORMED,
        ),
        refused(
            "bbs-in-a-chain",
            "A proof of bbs-2023 follows no other.",
            changed(derived, |badge| badge["proof"]["previousProof"] = "urn:x:before".into()),
            &[("signature", "fail PREVIOUS_PROOF_UNRESOLVED")],
        ),
    ]);
}

fn keys(cases: &mut Vec<Case>, derived: &Value) {
    let mismatch = [("signature", "fail KEY_CRYPTOSUITE_MISMATCH")];
    let named = |key: &[u8]| {
        let key = multibase(&[&[0xeb, 0x01][..], key].concat());
        changed(derived, |badge| {
            badge["issuer"]["id"] = format!("did:key:{key}").into();
            badge["proof"]["verificationMethod"] = format!("did:key:{key}#{key}").into();
        })
    };
    cases.extend([
        refused(
            "bbs-p256-key",
            "The issuer's key for bbs-2023 is a BLS12-381 key.",
            changed(derived, |badge| {
                let (did, method) = p256_did();
                badge["issuer"]["id"] = did.into();
                badge["proof"]["verificationMethod"] = method.into();
            }),
            &mismatch,
        ),
        refused(
            "bbs-key-for-another-suite",
            "A BLS12-381 key makes no other proofs than those of bbs-2023.",
            changed(derived, |badge| badge["proof"]["cryptosuite"] = "ecdsa-sd-2023".into()),
            &mismatch,
        ),
        refused(
            "bbs-key-of-another-issuer",
            "A derived proof holds under the key that signed, and under no other.",
            named(secret(8).public_key().bytes()),
            &INVALID,
        ),
    ]);
    for (name, lesson, key) in [
        (
            "bbs-key-identity",
            "The identity is no public key: everything would be signed with it.",
            identity(96),
        ),
        ("bbs-key-not-a-point", "Octets that are no point of G2 are no public key.", vec![0x9f; 96]),
    ] {
        let outcome = no_key("invalid", "fail KEY_MALFORMED");
        cases.push(case("hostile", name, lesson, Input::Json(named(&key)), outcome));
    }
    cases.push(case(
        "hostile",
        "bbs-key-short",
        "A did:key with a BLS12-381 key of G1 instead of G2 is none.",
        Input::Json(named(&[0x80; 48])),
        no_key("invalid", "fail DID_UNSUPPORTED"),
    ));
}
