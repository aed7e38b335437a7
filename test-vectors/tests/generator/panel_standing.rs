//! Panels and the badges that show an evaluator's standing: each must hold as a badge on its own does.

use serde_json::{Value, json};

use super::documents::{endorsement_of, entry, list};
use super::evaluate::{
    A, B, CARRIED, DID_WEB, DID_WEB_KEY, FAILS, FIRST, MEETS, SECOND, assessed, carrying, own_badge, panel,
    qualified, sound, supported, verify,
};
use super::keys::{ENDORSER, GUILD, SECOND_EVALUATOR};
use super::{Case, Differences, expected, no_key, not_authentic, valid};
use crate::support::Expected;

/// A badge beside which stand one sound evaluation, and one by an evaluator with this standing.
fn one(name: &str, lesson: &str, standing: Value, outcome: (&str, Differences<'_>), inner: Expected) -> Case {
    let endorsements = [sound(ENDORSER, A), qualified(SECOND_EVALUATOR, B, standing)];
    let (verdict, differences) = outcome;
    verify(name, lesson, carrying(&assessed(), &endorsements), expected(verdict, &[differences]))
        .embedded(FIRST, supported())
        .embedded(SECOND, valid(&[]).with_embedded(CARRIED, inner))
        .policy(panel(""))
}

fn own() -> Value {
    own_badge(SECOND_EVALUATOR, GUILD, "6")
}

fn listed(purpose: &str) -> Value {
    let mut own = own();
    own["credentialStatus"] = entry(purpose);
    GUILD.seal(&own)
}

fn of_guild(purpose: &str, set: &[u64]) -> Value {
    let mut list = list(purpose, set);
    list["issuer"] = GUILD.did().into();
    GUILD.seal(&list)
}

pub fn cases() -> Vec<Case> {
    let fails = ("invalid", FAILS);
    vec![
        one(
            "panel-standing-in-force",
            "A badge whose status says that it is in force shows standing.",
            listed("revocation"),
            ("valid", MEETS),
            valid(&[("status", "pass")]),
        )
        .list(of_guild("revocation", &[])),
        one(
            "panel-standing-revoked",
            "A badge that was revoked shows no standing.",
            listed("revocation"),
            fails,
            expected("invalid", &[&[("status", "fail REVOKED")]]),
        )
        .list(of_guild("revocation", &[94])),
        one(
            "panel-standing-suspended",
            "A badge that is suspended shows no standing.",
            listed("suspension"),
            fails,
            expected("invalid", &[&[("status", "fail SUSPENDED")]]),
        )
        .list(of_guild("suspension", &[94])),
        one(
            "panel-standing-status-missing",
            "An evaluator whose badge may have been revoked might have made the quorum.",
            listed("revocation"),
            ("indeterminate", &[("endorsements", "pass"), ("panel", "missing status-list")]),
            expected("indeterminate", &[&[("status", "missing status-list")]]),
        ),
        one(
            "panel-standing-issuer-claimed",
            "A badge that names an issuer whose key did not sign it shows no standing.",
            SECOND_EVALUATOR.seal(&own()),
            fails,
            not_authentic(&[("controller", "fail CONTROLLER_NOT_ISSUER")]),
        ),
        one(
            "panel-standing-endorsement",
            "An endorsement of an evaluator is no badge of theirs.",
            {
                let mut praise = endorsement_of(&SECOND_EVALUATOR.did());
                praise["id"] = "urn:uuid:5b6f1c1e-6a0f-4f0e-9a53-0c2f5d7a2b61".into();
                praise["issuer"]["id"] = GUILD.did().into();
                GUILD.seal(&praise)
            },
            fails,
            valid(&[]),
        ),
        issuer_key_stolen(),
    ]
}

/// The policy names the issuer; what its stolen key signed is still nothing.
fn issuer_key_stolen() -> Case {
    let mut own = own();
    own["issuer"]["id"] = DID_WEB.into();
    let mut proof = GUILD.proof();
    proof["verificationMethod"] = DID_WEB_KEY.into();
    proof["created"] = "2026-11-05T09:00:00Z".into();
    let key = json!({"id": DID_WEB_KEY, "type": "Multikey", "controller": DID_WEB,
        "publicKeyMultibase": GUILD.multibase(), "revoked": "2026-11-10T00:00:00Z"});
    one(
        "panel-standing-issuer-key-stolen",
        "A badge by a stolen key of an issuer that the policy names shows no standing.",
        GUILD.seal_with(&own, proof),
        ("invalid", FAILS),
        no_key("invalid", "fail KEY_REVOKED"),
    )
    .policy(format!("[panel]\nquorum = 2\nstanding-issuers = ['{}', '{DID_WEB}']\n", GUILD.did()))
    .document(
        "https://atelier.example/.well-known/did.json",
        json!({"@context": ["https://www.w3.org/ns/did/v1"], "id": DID_WEB, "verificationMethod": [key], "assertionMethod": [DID_WEB_KEY]}),
    )
}
