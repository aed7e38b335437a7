//! Credentials with a vocabulary of their own (`@vocab` alone in a context): what it may name, and what it must not respell.

use serde_json::{Value, json};

use super::documents::{V2, entry, list};
use super::keys::{HOLDER, ISSUER};
use super::{Case, Expected, case, expected, forged, not_authentic};
use crate::support::Input;

const OWN: &str = "https://regates.example/mots#";

/// A plain credential, no badge.
fn credential(contexts: &[Value]) -> Value {
    let contexts = [&[json!(V2)], contexts].concat();
    json!({
        "@context": contexts,
        "type": ["VerifiableCredential"],
        "issuer": ISSUER.did(),
        "validFrom": "2026-11-01T00:00:00Z",
        "credentialSubject": {"id": HOLDER.did(), "sailNumber": "Terre101", "boards": [{"boardName": "Kanaha", "year": 2019}]},
    })
}

fn vocabulary(iri: &str) -> Value {
    json!({"@vocab": iri})
}

fn hostile(name: &str, lesson: &str, document: Value, outcome: Expected) -> Case {
    case("hostile", name, lesson, Input::Json(document), outcome)
}

pub fn cases() -> Vec<Case> {
    let plain = || expected("valid", &[]);
    let refused = || {
        let words = "fail CONTEXT_INLINE_FORBIDDEN";
        not_authentic(&[("conformance", words), ("signature", words)])
    };
    let sealed = ISSUER.seal(&credential(&[vocabulary(OWN)]));
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut document = sealed.clone();
        change(&mut document);
        document
    };
    // Signed as everyone writes it, then written with other names for the same IRIs.
    let mut in_force = credential(&[]);
    in_force["credentialSubject"] = json!({"id": HOLDER.did()});
    in_force["credentialStatus"] = entry("revocation");
    let in_force = ISSUER.seal(&in_force);
    let mut hidden = in_force.clone();
    let status = hidden.as_object_mut().unwrap().remove("credentialStatus").unwrap();
    hidden["credentials#credentialStatus"] = status;
    hidden["@context"].as_array_mut().unwrap().push(vocabulary("https://www.w3.org/2018/"));
    let on_top = |iri: &str| {
        let mut document = in_force.clone();
        document["@context"].as_array_mut().unwrap().push(vocabulary(iri));
        document
    };
    let revoked = ISSUER.seal(&list("revocation", &[94]));
    vec![
        case(
            "verify",
            "vocabulary",
            "A credential may name its claims by a vocabulary of its own: nothing is dropped, and all is signed.",
            Input::Json(sealed.clone()),
            plain(),
        ),
        case(
            "verify",
            "vocabulary-added",
            "A vocabulary added to a credential that needs none changes nothing: a revocation is still found.",
            Input::Json(on_top(OWN)),
            expected("invalid", &[&[("status", "fail REVOKED")]]),
        )
        .list(revoked.clone()),
        hostile(
            "vocabulary-claim-added",
            "With a vocabulary of its own, a claim added after signing has a meaning, and no signature.",
            changed(&|document| document["credentialSubject"]["rank"] = "première".into()),
            forged(),
        ),
        hostile(
            "vocabulary-changed",
            "Under another vocabulary the same names are other claims.",
            changed(&|document| document["@context"][1] = vocabulary("https://regates.example/autres#")),
            forged(),
        ),
        hostile(
            "vocabulary-taken-away",
            "Without it they are none.",
            changed(&|document| drop(document["@context"].as_array_mut().unwrap().pop())),
            {
                let words = "fail JSONLD_UNDEFINED_TERM";
                not_authentic(&[("conformance", words), ("signature", words)])
            },
        ),
        hostile(
            "vocabulary-respells-status",
            "A vocabulary that ends within a known IRI would let the status be called by another name, under the same signature.",
            hidden,
            refused(),
        )
        .list(revoked),
        hostile(
            "vocabulary-cut-short",
            "A vocabulary that ends within a host name would let a name go on to spell any other.",
            on_top("https://w"),
            refused(),
        ),
        hostile(
            "vocabulary-compact",
            "A vocabulary is written in full: as a prefix it would be whatever another context makes of it.",
            on_top("cred:"),
            refused(),
        ),
        hostile("vocabulary-empty", "Names without a vocabulary have no meaning.", on_top(""), refused()),
        hostile(
            "vocabulary-inside",
            "A vocabulary is the whole credential's: further in, it would change words from one place to the next.",
            changed(&|document| {
                document["@context"].as_array_mut().unwrap().pop();
                document["credentialSubject"]["@context"] = vocabulary(OWN);
            }),
            refused(),
        ),
        hostile(
            "vocabulary-and-terms",
            "Beside definitions, a vocabulary would complete what they leave out.",
            changed(&|document| {
                document["@context"][1] = json!({"@vocab": OWN, "sailNumber": "https://regates.example/mots#sailNumber"});
            }),
            refused(),
        ),
    ]
}
