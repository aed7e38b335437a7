//! One key is one person, under whatever DID it speaks.

use badge_schemas::evaluation::{Evaluation, Standing};
use serde_json::Value;

use super::documents::endorsement;
use super::evaluate::{
    A, B, CARRIED, FAILS, FIRST, SECOND, assessed, carrying, met, own_badge, panel, said, sound, supported,
    verify,
};
use super::keys::{ENDORSER, GUILD, HOLDER, ISSUER, Key, base64url};
use super::{Case, expected, valid};

/// The key as did:jwk, with more members than it needs.
fn jwk_did(of: Key) -> String {
    let mut jwk = of.jwk();
    jwk["use"] = "sig".into();
    format!("did:jwk:{}", base64url(jwk.to_string().as_bytes()))
}

fn signed_as(did: &str, by: Key, document: &Value) -> Value {
    let mut document = document.clone();
    document["issuer"]["id"] = did.into();
    let mut proof = by.proof();
    proof["verificationMethod"] = format!("{did}#0").into();
    proof["created"] = "2026-11-05T09:00:00Z".into();
    by.seal_with(&document, proof)
}

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let did = jwk_did(ENDORSER);
    let mut own = own_badge(ENDORSER, GUILD, "6");
    own["credentialSubject"]["id"] = did.as_str().into();
    let evaluation = Evaluation { standing: vec![Standing::carrying(GUILD.seal(&own))], ..met() };
    let mut again = said(ENDORSER, B, &evaluation, &HOLDER.did());
    again["id"] = "urn:uuid:5b6f1c1e-6a0f-4f0e-9a53-0c2f5d7a1b77".into();
    let again = signed_as(&did, ENDORSER, &again);
    cases.push(
        verify(
            "panel-one-key-two-names",
            "Who speaks under did:key and under did:jwk of one key is one voice.",
            carrying(&assessed(), &[sound(ENDORSER, A), again]),
            expected("invalid", &[FAILS]),
        )
        .embedded(FIRST, supported())
        .embedded(SECOND, valid(&[]).with_embedded(CARRIED, valid(&[])))
        .policy(panel("")),
    );
    let mut one = |name: &str, lesson: &str, endorsement: Value, words: &str| {
        let outcome = expected("valid", &[&[("endorsements", words)]]);
        cases.push(
            verify(name, lesson, carrying(&assessed(), &[endorsement]), outcome).embedded(FIRST, valid(&[])),
        );
    };
    one(
        "evaluation-of-oneself-under-another-name",
        "Nobody is their own evaluator by writing their key otherwise.",
        signed_as(&jwk_did(HOLDER), HOLDER, &said(HOLDER, A, &met(), &HOLDER.did())),
        "warn EVALUATOR_IS_CANDIDATE",
    );
    one(
        "endorsement-by-issuer-under-another-name",
        "An issuer that writes its key otherwise is still the issuer.",
        signed_as(&jwk_did(ISSUER), ISSUER, &endorsement()),
        "warn ENDORSER_SELF",
    );
    cases
}
