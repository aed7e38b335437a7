//! Proofs in company: sets and chains whose proofs have times of their own.

use badge_verifier::securing::{Cryptosuite, Existing, ProofOptions};
use serde_json::{Value, json};

use super::documents::{badge, badge_with, presentation};
use super::keys::{HOLDER, ISSUER, Key, STRANGER};
use super::suites::Signer;
use super::{Case, Differences, case, expected, invalid, valid};
use crate::support::Input;

const FIRST: &str = "urn:uuid:5b6f1c1e-6a0f-4f0e-9a53-0c2f5d7a1b91";

fn set(proofs: &[Value]) -> Value {
    badge_with(|badge| badge["proof"] = proofs.to_vec().into())
}

fn proof_of(key: Key, times: &[(&str, &str)]) -> Value {
    let mut proof = key.proof();
    for (name, time) in times {
        proof[*name] = (*time).into();
    }
    key.complete(&badge(), proof)
}

fn verify(name: &str, lesson: &str, document: Value, differences: Differences<'_>) -> Case {
    let outcome = if differences.is_empty() { valid(&[]) } else { invalid(differences) };
    case("verify", name, lesson, Input::Json(document), outcome)
}

pub fn cases() -> Vec<Case> {
    let good = || proof_of(ISSUER, &[]);
    let past = [("expires", "2026-11-20T00:00:00Z")];
    let expired: Differences<'_> = &[("validity", "fail PROOF_EXPIRED")];
    let mut cases = vec![
        verify(
            "proof-set-one-expired",
            "A document stands on all of its proofs: a stranger's that is past its time takes part in it no more.",
            set(&[good(), proof_of(STRANGER, &past)]),
            expired,
        ),
        verify(
            "proof-set-own-expired",
            "A stranger's proof in force does not prolong the issuer's.",
            set(&[proof_of(STRANGER, &[]), proof_of(ISSUER, &past)]),
            expired,
        ),
        verify(
            "proof-set-one-renewed",
            "An issuer that renews its proof takes the old one away.",
            set(&[proof_of(ISSUER, &past), good()]),
            expired,
        ),
        verify(
            "proof-set-one-from-the-future",
            "Every proof of a set was made before it is read.",
            set(&[good(), proof_of(STRANGER, &[("created", "2026-11-23T00:00:00Z")])]),
            &[("validity", "fail PROOF_FROM_THE_FUTURE")],
        ),
        verify(
            "proof-set-in-force",
            "Proofs of one set may end at different times.",
            set(&[good(), proof_of(STRANGER, &[("expires", "2026-12-01T00:00:00Z")])]),
            &[],
        ),
    ];
    cases.push(verify(
        "proof-chain-previous-expired",
        "A proof that follows one past its time follows none.",
        chain(),
        expired,
    ));
    cases.push(presented());
    cases
}

/// The issuer's proof follows a stranger's, which has ended.
fn chain() -> Value {
    let stranger = Signer::Ed25519(STRANGER);
    let options = ProofOptions {
        id: Some(FIRST.to_owned()),
        expires: Some("2026-11-20T00:00:00Z".parse().unwrap()),
        ..stranger.options()
    };
    let first = stranger.seal_with(badge(), Cryptosuite::EddsaRdfc2022, &options);
    let issuer = Signer::Ed25519(ISSUER);
    let options =
        ProofOptions { previous_proof: vec![FIRST.to_owned()], existing: Existing::Keep, ..issuer.options() };
    issuer.seal_with(first, Cryptosuite::EddsaRdfc2022, &options)
}

/// A presentation that somebody signed with the holder, for a time that is over.
fn presented() -> Case {
    let document = presentation(&json!([ISSUER.seal(&badge())]));
    let proof = |key: Key, more: &[(&str, &str)]| {
        let mut proof = key.proof();
        proof["created"] = "2026-11-22T09:59:00Z".into();
        proof["proofPurpose"] = "authentication".into();
        proof["challenge"] = "7d1f6a90-défi".into();
        for (name, value) in more {
            proof[*name] = (*value).into();
        }
        key.complete(&document, proof)
    };
    let mut signed = document.clone();
    signed["proof"] = json!([
        proof(HOLDER, &[]),
        proof(STRANGER, &[("created", "2026-11-22T08:00:00Z"), ("expires", "2026-11-22T09:00:00Z")]),
    ]);
    let outcome = expected(
        "invalid",
        &[&[("challenge", "pass"), ("validity", "fail PROOF_EXPIRED"), ("credentials", "pass")]],
    );
    case(
        "present",
        "proof-set-one-expired",
        "What two present together is no longer presented when one of them has ended it.",
        Input::Json(signed),
        outcome,
    )
    .challenge("7d1f6a90-défi")
    .embedded("/verifiableCredential/0", valid(&[("presenter", "pass")]))
}
