//! Presentations: who presents, to whom, when, and what.

use serde_json::{Value, json};

use super::documents::{V2, badge, badge_with, badge_with_status, list, presentation};
use super::keys::{HOLDER, ISSUER, Key, STRANGER};
use super::{Case, Differences, case, expected};
use crate::support::{Expected, Input};

const CHALLENGE: &str = "7d1f6a90-défi";
const DOMAIN: &str = "recruteur.example";
const FIRST: &str = "/verifiableCredential/0";

fn proof(key: Key) -> Value {
    let mut proof = key.proof();
    proof["created"] = "2026-11-22T09:59:00Z".into();
    proof["proofPurpose"] = "authentication".into();
    proof["challenge"] = CHALLENGE.into();
    proof["domain"] = DOMAIN.into();
    proof
}

pub(super) fn presented(credentials: &Value) -> Value {
    HOLDER.seal_with(&presentation(credentials), proof(HOLDER))
}

/// A sound presentation to the one who asked for it.
pub(super) fn outcome(verdict: &str, differences: Differences<'_>) -> Expected {
    expected(verdict, &[&[("challenge", "pass"), ("domain", "pass"), ("credentials", "pass")], differences])
}

/// A sound badge, presented by its holder.
pub(super) fn inside(verdict: &str, differences: Differences<'_>) -> Expected {
    expected(verdict, &[&[("presenter", "pass")], differences])
}

/// The proof of the presentation does not hold: nothing in it is looked at.
fn unopened(differences: Differences<'_>) -> Expected {
    let blocked = "blocked signature";
    outcome(
        "invalid",
        &[("challenge", blocked), ("domain", blocked), ("validity", blocked), ("credentials", blocked)],
    )
    .and(differences)
}

/// The presentation is not the holder's: neither challenge nor domain is looked at, and nobody presents.
fn not_the_holders(differences: Differences<'_>) -> Expected {
    let blocked = "blocked signature";
    outcome(
        "invalid",
        &[
            ("challenge", blocked),
            ("domain", blocked),
            ("credentials", "undetermined CREDENTIAL_INDETERMINATE"),
        ],
    )
    .and(differences)
}

fn unpresented() -> Expected {
    expected("indeterminate", &[&[("presenter", "blocked signature")]])
}

pub(super) fn present(name: &str, lesson: &str, document: Value, outcome: Expected) -> Case {
    case("present", name, lesson, Input::Json(document), outcome).challenge(CHALLENGE).domain(DOMAIN)
}

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    bindings(&mut cases);
    signers(&mut cases);
    contents(&mut cases);
    cases
}

fn bindings(cases: &mut Vec<Case>) {
    let sound = presented(&json!([ISSUER.seal(&badge())]));
    let ok = || inside("valid", &[]);
    cases.push(
        present(
            "sound",
            "A holder presents a badge to the verifier that asked.",
            sound.clone(),
            outcome("valid", &[]),
        )
        .embedded(FIRST, ok()),
    );
    let single = presented(&ISSUER.seal(&badge()));
    cases.push(
        present("single", "One badge may be presented without an array.", single, outcome("valid", &[]))
            .embedded("/verifiableCredential", ok()),
    );
    cases.push(
        present(
            "wrong-challenge",
            "An answer to another challenge is a replay.",
            sound.clone(),
            outcome("invalid", &[("challenge", "fail CHALLENGE_MISMATCH")]),
        )
        .challenge("autre")
        .embedded(FIRST, ok()),
    );
    let mut unasked = present(
        "no-challenge-expected",
        "Without an expected challenge, a replay cannot be told from a fresh answer.",
        sound.clone(),
        outcome("indeterminate", &[("challenge", "undetermined CHALLENGE_NOT_EXPECTED")]),
    )
    .embedded(FIRST, ok());
    unasked.vector.expect.challenge = None;
    cases.push(unasked);
    cases.push(
        present(
            "wrong-domain",
            "A presentation made for another verifier is refused.",
            sound.clone(),
            outcome("invalid", &[("domain", "fail DOMAIN_MISMATCH")]),
        )
        .domain("autre.example")
        .embedded(FIRST, ok()),
    );
    let mut anywhere = present(
        "no-domain-expected",
        "A presentation that names a domain nobody compares is a warning.",
        sound,
        outcome("valid", &[("domain", "warn DOMAIN_NOT_EXPECTED")]),
    )
    .embedded(FIRST, ok());
    anywhere.vector.expect.domain = None;
    cases.push(anywhere);
    let with = |change: &dyn Fn(&mut Value)| {
        let mut proof = proof(HOLDER);
        change(&mut proof);
        HOLDER.seal_with(&presentation(&json!([ISSUER.seal(&badge())])), proof)
    };
    let without = |name: &'static str| {
        with(&move |proof| {
            proof.as_object_mut().unwrap().remove(name);
        })
    };
    cases.push(
        present(
            "without-challenge",
            "A presentation without a challenge answers none.",
            without("challenge"),
            outcome("invalid", &[("challenge", "fail CHALLENGE_MISMATCH")]),
        )
        .embedded(FIRST, ok()),
    );
    cases.push(
        present(
            "without-domain",
            "A presentation without a domain was not made for this verifier.",
            without("domain"),
            outcome("invalid", &[("domain", "fail DOMAIN_MISMATCH")]),
        )
        .embedded(FIRST, ok()),
    );
    let expired = with(&|proof| proof["expires"] = "2026-11-22T09:58:00Z".into());
    cases.push(
        present(
            "expired",
            "A presentation past its expires is refused.",
            expired,
            outcome("invalid", &[("validity", "fail PROOF_EXPIRED")]),
        )
        .embedded(FIRST, ok()),
    );
    let later = with(&|proof| proof["expires"] = "2026-11-22T10:10:00Z".into());
    cases.push(
        present("expires-later", "A presentation before its expires counts.", later, outcome("valid", &[]))
            .embedded(FIRST, ok()),
    );
    let asserted = with(&|proof| proof["proofPurpose"] = "assertionMethod".into());
    cases.push(
        present(
            "assertion",
            "A proof that asserts does not authenticate the holder.",
            asserted,
            not_the_holders(&[("proof-purpose", "fail PROOF_PURPOSE_WRONG")]),
        )
        .embedded(FIRST, unpresented()),
    );
}

fn signers(cases: &mut Vec<Case>) {
    let badges = json!([ISSUER.seal(&badge())]);
    let mut thiefs = presentation(&badges);
    thiefs["holder"] = STRANGER.did().into();
    let stolen = STRANGER.seal_with(&thiefs, proof(STRANGER));
    cases.push(
        present(
            "stolen",
            "Someone else's badge is refused, however sound.",
            stolen.clone(),
            outcome("invalid", &[("credentials", "fail CREDENTIAL_INVALID")]),
        )
        .embedded(FIRST, inside("invalid", &[("presenter", "fail PRESENTER_NOT_SUBJECT")])),
    );
    cases.push(
        present(
            "stolen-danger-warn",
            "A dangerous policy lets someone else's badge pass with a warning.",
            stolen,
            outcome("valid", &[]),
        )
        .policy("presenter-mismatch = \"danger-warn\"\n")
        .embedded(FIRST, inside("valid", &[("presenter", "warn PRESENTER_NOT_SUBJECT")])),
    );
    let posing = STRANGER.seal_with(&presentation(&badges), proof(STRANGER));
    cases.push(
        present(
            "holder-not-key",
            "Naming the holder does not make one the holder.",
            posing,
            not_the_holders(&[("controller", "fail CONTROLLER_NOT_HOLDER")]),
        )
        .embedded(FIRST, unpresented()),
    );
    let mut anonymous = presentation(&badges);
    anonymous.as_object_mut().unwrap().remove("holder");
    cases.push(
        present(
            "holder-left-out",
            "A presentation may leave its holder out: the key says who presents.",
            HOLDER.seal_with(&anonymous, proof(HOLDER)),
            outcome("valid", &[]),
        )
        .embedded(FIRST, inside("valid", &[])),
    );
    let stolen_anonymously = STRANGER.seal_with(&anonymous, proof(STRANGER));
    cases.push(
        present(
            "stolen-holder-left-out",
            "Leaving the holder out does not hide a thief.",
            stolen_anonymously,
            outcome("invalid", &[("credentials", "fail CREDENTIAL_INVALID")]),
        )
        .embedded(FIRST, inside("invalid", &[("presenter", "fail PRESENTER_NOT_SUBJECT")])),
    );
    let blocked = "blocked signature";
    cases.push(
        present(
            "unsigned",
            "A presentation without proof presents nothing.",
            presentation(&badges),
            not_the_holders(&[
                ("signature", "fail NO_PROOF"),
                ("proof-purpose", blocked),
                ("controller", blocked),
                ("validity", blocked),
            ]),
        )
        .embedded(FIRST, unpresented()),
    );
    let mut tampered = presented(&badges);
    tampered["id"] = "urn:uuid:5b6f1c1e-6a0f-4f0e-9a53-0c2f5d7a1b20".into();
    cases.push(present(
        "tampered",
        "A presentation changed after signing is invalid, and nothing in it is looked at.",
        tampered,
        unopened(&[("signature", "fail SIGNATURE_INVALID")]),
    ));
    let at_home = badge_with(|badge| badge["credentialSubject"]["id"] = "https://zoe.example/moi".into());
    cases.push(
        present(
            "subject-with-a-web-address",
            "A badge given to someone with an https address is not another presenter's.",
            presented(&json!([ISSUER.seal(&at_home)])),
            outcome("invalid", &[("credentials", "fail CREDENTIAL_INVALID")]),
        )
        .embedded(FIRST, inside("invalid", &[("presenter", "fail PRESENTER_NOT_SUBJECT")])),
    );
    let mut object = presentation(&badges);
    object["holder"] = json!({"id": HOLDER.did()});
    cases.push(
        present(
            "holder-object",
            "The holder may be an object with an id.",
            HOLDER.seal_with(&object, proof(HOLDER)),
            outcome("valid", &[]),
        )
        .embedded(FIRST, inside("valid", &[])),
    );
}

fn contents(cases: &mut Vec<Case>) {
    let jwt = ISSUER.jwt(&badge());
    let enveloped = json!([{"@context": V2, "id": format!("data:application/vc+jwt,{jwt}"), "type": "EnvelopedVerifiableCredential"}]);
    cases.push(
        present(
            "enveloped",
            "A badge as a token travels in an envelope.",
            presented(&enveloped),
            outcome("valid", &[]),
        )
        .embedded(FIRST, inside("valid", &[])),
    );
    let broken = json!([{"@context": V2, "id": "https://cfa.example/badge.jwt", "type": "EnvelopedVerifiableCredential"}]);
    let bad = || outcome("invalid", &[("credentials", "fail CREDENTIAL_INVALID")]);
    cases.push(
        present(
            "enveloped-elsewhere",
            "An envelope holds its badge; an address is not followed.",
            presented(&broken),
            bad(),
        )
        .embedded(FIRST, super::unreadable("MALFORMED_VALUE")),
    );
    let unshaped = |members: &[(&str, Value)]| {
        let mut document = presentation(&json!([ISSUER.seal(&badge())]));
        members.iter().for_each(|(name, value)| document[*name] = value.clone());
        document.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        HOLDER.seal_with(&document, proof(HOLDER))
    };
    let refused = || {
        outcome("invalid", &[("conformance", "fail MALFORMED_VALUE"), ("credentials", "blocked conformance")])
    };
    cases.push(present(
        "credential-token",
        "A token does not stand in a presentation as a string: nothing would sign it.",
        {
            let mut document = presented(&json!([ISSUER.seal(&badge())]));
            document["verifiableCredential"] = json!([ISSUER.vc_jwt(&badge())]);
            document
        },
        not_the_holders(&[
            ("conformance", "fail MALFORMED_VALUE"),
            ("signature", "fail JSONLD_INVALID"),
            ("validity", "blocked signature"),
            ("credentials", "blocked conformance"),
        ]),
    ));
    cases.push(present(
        "evidence-untyped",
        "What a presentation says of itself has types like what a credential says.",
        unshaped(&[("termsOfUse", json!({"id": "urn:uuid:9"}))]),
        refused(),
    ));
    let by_mail = badge_with(|badge| {
        badge["credentialSubject"].as_object_mut().unwrap().remove("id");
        badge["credentialSubject"]["identifier"] = json!([{"type": "IdentityObject", "hashed": true, "identityType": "emailAddress", "salt": "Kosher",
            "identityHash": "sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399"}]);
    });
    let by_mail = presented(&json!([ISSUER.seal(&by_mail)]));
    let open = outcome("indeterminate", &[("credentials", "undetermined CREDENTIAL_INDETERMINATE")]);
    cases.push(
        present(
            "by-email",
            "Who presents a badge given to an e-mail address cannot be proved by a key.",
            by_mail.clone(),
            open,
        )
        .embedded(FIRST, inside("indeterminate", &[("presenter", "undetermined PRESENTER_UNPROVABLE")])),
    );
    cases.push(
        present(
            "by-email-expected",
            "A badge given to the expected e-mail address counts, with a warning.",
            by_mail.clone(),
            outcome("valid", &[]),
        )
        .recipient("a@example.com")
        .embedded(
            FIRST,
            inside("valid", &[("presenter", "warn PRESENTER_UNPROVABLE"), ("recipient", "pass")]),
        ),
    );
    cases.push(
        present("by-email-other", "A badge given to another e-mail address does not count.", by_mail, bad())
            .recipient("b@example.com")
            .embedded(
                FIRST,
                inside(
                    "invalid",
                    &[
                        ("presenter", "undetermined PRESENTER_UNPROVABLE"),
                        ("recipient", "fail RECIPIENT_NOT_MATCHED"),
                    ],
                ),
            ),
    );
    let mut tampered = ISSUER
        .seal(&badge_with(|badge| badge["id"] = "urn:uuid:5b6f1c1e-6a0f-4f0e-9a53-0c2f5d7a1b40".into()));
    tampered["credentialSubject"]["achievement"]["name"] = "Autre".into();
    let forged = super::forged().and(&[("presenter", "pass")]);
    cases.push(
        present(
            "one-bad",
            "One forged badge among sound ones makes the presentation invalid.",
            presented(&json!([ISSUER.seal(&badge()), tampered])),
            bad(),
        )
        .embedded(FIRST, inside("valid", &[]))
        .embedded("/verifiableCredential/1", forged),
    );
    let mut empty = presentation(&json!([]));
    empty.as_object_mut().unwrap().remove("verifiableCredential");
    cases.push(present(
        "empty",
        "A presentation without badges shows nothing.",
        HOLDER.seal_with(&empty, proof(HOLDER)),
        outcome("invalid", &[("credentials", "fail PRESENTATION_EMPTY")]),
    ));
    let revoked = presented(&json!([ISSUER.seal(&badge_with_status())]));
    cases.push(
        present("revoked-inside", "A revoked badge makes the presentation invalid.", revoked.clone(), bad())
            .list(ISSUER.seal(&list("revocation", &[94])))
            .embedded(FIRST, inside("invalid", &[("status", "fail REVOKED")])),
    );
    let missing = outcome("indeterminate", &[("credentials", "undetermined CREDENTIAL_INDETERMINATE")]);
    cases.push(
        present(
            "status-missing-inside",
            "A badge whose list is not at hand leaves the presentation open.",
            revoked,
            missing,
        )
        .embedded(FIRST, inside("indeterminate", &[("status", "missing status-list")])),
    );
    let nested = json!([presented(&json!([ISSUER.seal(&badge())]))]);
    cases.push(
        present(
            "nested",
            "A presentation inside a presentation is no credential.",
            presented(&nested),
            bad(),
        )
        .embedded(FIRST, super::unreadable("NOT_A_CREDENTIAL")),
    );
}
