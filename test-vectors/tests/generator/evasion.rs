//! Ways past the checks that a review found, each closed: what they have in common is a sound signature.

use serde_json::{Value, json};

use super::documents::{badge, badge_with};
use super::keys::ISSUER;
use super::{Case, Expected, case, invalid, not_authentic};
use crate::support::Input;

pub fn cases() -> Vec<Case> {
    let sealed = ISSUER.seal(&badge());
    let changed = |change: fn(&mut Value)| {
        let mut document = sealed.clone();
        change(&mut document);
        document
    };
    let not_matched = [("recipient", "fail RECIPIENT_NOT_MATCHED")];
    let name = badge_with(|badge| {
        badge["credentialSubject"]["identifier"] = json!([{
            "type": "IdentityObject", "hashed": false, "identityHash": "boss@corp.example", "identityType": "name",
        }]);
    });
    let respelled = |prefix: &str, pointer: &str| {
        let mut document = sealed.clone();
        let id = document.pointer(pointer).unwrap().as_str().unwrap().replacen(prefix, "q:", 1);
        *document.pointer_mut(pointer).unwrap() = id.into();
        document["@context"].as_array_mut().unwrap().push(json!({"q": prefix}));
        Input::Json(document)
    };
    let refused =
        || not_authentic(&[("conformance", "fail JSONLD_INVALID"), ("signature", "fail JSONLD_INVALID")]);
    vec![
        hostile(
            "id-respelled",
            "An id that an added context makes another spelling of the same keeps its quads and is refused: lists would not find it.",
            respelled("urn:uuid:", "/id"),
            refused(),
        ),
        hostile(
            "subject-respelled",
            "A subject that is no longer written as a DID keeps its quads and is refused: anyone could present it.",
            respelled("did:key:", "/credentialSubject/id"),
            refused(),
        ),
        hostile(
            "type-split",
            "A badge whose kind is moved from type to @type keeps its quads and is refused all the same.",
            Input::Json(changed(|badge| {
                badge["type"] = json!(["VerifiableCredential"]);
                badge["@type"] = json!(["OpenBadgeCredential"]);
            })),
            not_authentic(&[("conformance", "fail MALFORMED_VALUE"), ("signature", "fail JSONLD_INVALID")]),
        ),
        hostile(
            "subject-under-keyword",
            "A subject whose id is renamed to @id keeps its quads and is refused all the same.",
            Input::Json(changed(|badge| {
                let id = badge["credentialSubject"].as_object_mut().unwrap().remove("id").unwrap();
                badge["credentialSubject"]["@id"] = id;
            })),
            not_authentic(&[
                ("conformance", "fail SUBJECT_UNIDENTIFIED"),
                ("signature", "fail JSONLD_INVALID"),
            ]),
        ),
        hostile(
            "node-named-to-take-it-apart",
            "An object without an id that is given the label of a blank node keeps its quads and is refused: it could then be written in two pieces.",
            Input::Json(changed(|badge| {
                let criteria = &mut badge["credentialSubject"]["achievement"]["criteria"];
                criteria["id"] = "_:c".into();
                *criteria = json!([{"id": "_:c"}, criteria.clone()]);
            })),
            invalid(&[("conformance", "fail MALFORMED_VALUE")]),
        ),
        hostile(
            "node-in-two-pieces",
            "An object with an id that is written in two pieces keeps its quads and is refused: readers look at one of them.",
            Input::Json({
                let mut evidenced = ISSUER.seal(&badge_with(|badge| {
                    badge["evidence"] = json!([{"id": "https://a.example/e", "type": ["Evidence"], "name": "Pièce", "narrative": "Soudée à l’école"}]);
                }));
                let evidence = &mut evidenced["evidence"];
                let copy = evidence[0].clone();
                evidence.as_array_mut().unwrap().push(copy);
                evidence[0].as_object_mut().unwrap().remove("name");
                evidence[1].as_object_mut().unwrap().remove("narrative");
                evidenced
            }),
            invalid(&[("conformance", "fail MALFORMED_VALUE")]),
        ),
        hostile(
            "achievement-in-plain-credential",
            "A credential with an achievement that does not call itself a badge does not escape the rules for badges.",
            Input::Text(ISSUER.jwt(&badge_with(|badge| badge["type"] = json!(["VerifiableCredential"])))),
            invalid(&[("conformance", "fail MALFORMED_VALUE")]),
        ),
        hostile(
            "criteria-empty-and-undefined-term",
            "Empty criteria are only warned about, and do not switch the terms check off.",
            Input::Text(ISSUER.jwt(&badge_with(|badge| {
                badge["credentialSubject"]["achievement"]["criteria"] = json!({});
                badge["credentialSubject"]["mention"] = "très bien".into();
            }))),
            invalid(&[("conformance", "fail JSONLD_UNDEFINED_TERM")]),
        ),
        hostile(
            "badge-instead-of-presentation",
            "A badge alone answers no challenge, whoever sent it.",
            Input::Json(sealed.clone()),
            invalid(&[("challenge", "fail CHALLENGE_MISMATCH"), ("domain", "fail DOMAIN_MISMATCH")]),
        )
        .challenge("c3f1")
        .domain("employeur.example"),
        hostile(
            "recipient-by-display-name",
            "A display name that looks like an address is not an address.",
            Input::Json(ISSUER.seal(&name)),
            invalid(&not_matched),
        )
        .recipient("boss@corp.example"),
    ]
}

fn hostile(name: &str, lesson: &str, input: Input, outcome: Expected) -> Case {
    case("hostile", name, lesson, input, outcome)
}
