//! Presentations as SD-JWT (`vp+sd-jwt`): who presents, to whom, when, and what may be left out.

use badge_schemas::presentation::envelop;
use badge_verifier::securing::sd_jwt::hash::HashAlgorithm;
use serde_json::{Value, json};

use super::documents::{badge, presentation};
use super::keys::{HOLDER, ISSUER, Key, STRANGER, base64url};
use super::sd_jwt::{CHALLENGE, DOMAIN, bound_by, joined, signed, vc};
use super::{Case, Differences, case, expected, unreadable, valid};
use crate::support::{Expected, Input};

const JWT: &str = "/verifiableCredential/0";
const SD_JWT: &str = "/verifiableCredential/1";

/// Two badges, one as JWT and one as SD-JWT, and what ties them to the transaction.
fn claims() -> Value {
    let (sd_jwt, _) = vc();
    let mut claims = presentation(&json!([
        envelop("vc+jwt", &ISSUER.vc_jwt(&badge())),
        envelop("vc+sd-jwt", &joined(&sd_jwt, &[])),
    ]));
    claims["iat"] = json!(1_795_341_540);
    claims["nonce"] = CHALLENGE.into();
    claims["aud"] = DOMAIN.into();
    claims
}

fn claims_with(change: impl FnOnce(&mut Value)) -> Value {
    let mut claims = claims();
    change(&mut claims);
    claims
}

/// Without nonce and audience, for the key binding to say; the holder names the key.
fn to_be_bound() -> Value {
    claims_with(|claims| {
        let members = claims.as_object_mut().unwrap();
        members.remove("nonce");
        members.remove("aud");
        members.insert("cnf".to_owned(), json!({"jwk": HOLDER.jwk()}));
    })
}

fn by(key: Key, claims: &Value) -> String {
    joined(&signed(key, "vp+sd-jwt", claims), &[])
}

fn outcome(verdict: &str, differences: Differences<'_>) -> Expected {
    expected(verdict, &[&[("challenge", "pass"), ("domain", "pass"), ("credentials", "pass")], differences])
}

fn present(name: &str, lesson: &str, text: String, outcome: Expected) -> Case {
    case("present", name, lesson, Input::Text(text), outcome).challenge(CHALLENGE).domain(DOMAIN)
}

fn sound(case: Case) -> Case {
    let inside = || valid(&[("presenter", "pass")]);
    case.embedded(JWT, inside()).embedded(SD_JWT, inside())
}

/// Nobody is known to present what is in it.
fn unpresented(case: Case) -> Case {
    let inside = || expected("indeterminate", &[&[("presenter", "blocked signature")]]);
    case.embedded(JWT, inside()).embedded(SD_JWT, inside())
}

pub fn cases() -> Vec<Case> {
    let mut cases = answers();
    cases.extend(presenters());
    cases.extend(contents());
    cases
}

fn answers() -> Vec<Case> {
    let shown = |name: &str, lesson: &str, text: String, verdict: &str, differences: Differences<'_>| {
        sound(present(name, lesson, text, outcome(verdict, differences)))
    };
    let changed = |change: &dyn Fn(&mut Value)| by(HOLDER, &claims_with(change));
    let bound_with = |change: &dyn Fn(&mut Value)| {
        bound_by(HOLDER, &by(HOLDER, &to_be_bound()), |_, payload| change(payload))
    };
    let without =
        |name: &'static str| changed(&move |claims| drop(claims.as_object_mut().unwrap().remove(name)));
    let with_key = claims_with(|claims| claims["cnf"] = json!({"jwk": HOLDER.jwk()}));
    vec![
        shown(
            "vp-sd-jwt",
            "A presentation as SD-JWT says in its own claims for whom and in answer to what it was made.",
            by(HOLDER, &claims()),
            "valid",
            &[],
        ),
        shown(
            "vp-sd-jwt-wrong-nonce",
            "A presentation as SD-JWT that answers something else is a replay.",
            changed(&|claims| claims["nonce"] = "autre".into()),
            "invalid",
            &[("challenge", "fail CHALLENGE_MISMATCH")],
        ),
        shown(
            "vp-sd-jwt-wrong-audience",
            "A presentation as SD-JWT for another verifier was passed on.",
            changed(&|claims| claims["aud"] = "autre.example".into()),
            "invalid",
            &[("domain", "fail DOMAIN_MISMATCH")],
        ),
        shown(
            "vp-sd-jwt-without-nonce",
            "A presentation as SD-JWT that answers nothing may be any copy.",
            without("nonce"),
            "invalid",
            &[("challenge", "fail CHALLENGE_MISMATCH")],
        ),
        shown(
            "vp-sd-jwt-expired",
            "The exp of a presentation as SD-JWT ends it.",
            changed(&|claims| claims["exp"] = json!(1_795_341_539)),
            "invalid",
            &[("validity", "fail PROOF_EXPIRED")],
        ),
        shown(
            "vp-sd-jwt-bound",
            "The key that the holder names may answer in its place, in a key binding JWT.",
            bound_with(&|_| {}),
            "valid",
            &[("presenter", "pass")],
        ),
        shown(
            "vp-sd-jwt-bound-twice",
            "Claims and key binding may both answer, if they answer the same.",
            bound_by(HOLDER, &by(HOLDER, &with_key), |_, _| {}),
            "valid",
            &[("presenter", "pass")],
        ),
        shown(
            "vp-sd-jwt-bound-anew",
            "A key binding for this transaction does not make good claims for another.",
            bound_by(
                HOLDER,
                &by(
                    HOLDER,
                    &claims_with(|claims| {
                        claims["cnf"] = json!({"jwk": HOLDER.jwk()});
                        claims["nonce"] = "autre".into();
                    }),
                ),
                |_, _| {},
            ),
            "invalid",
            &[("presenter", "pass"), ("challenge", "fail CHALLENGE_MISMATCH")],
        ),
        shown(
            "vp-sd-jwt-bound-elsewhere",
            "Claims for this transaction do not make good a key binding for another.",
            bound_by(HOLDER, &by(HOLDER, &with_key), |_, payload| payload["nonce"] = "autre".into()),
            "invalid",
            &[("presenter", "pass"), ("challenge", "fail CHALLENGE_MISMATCH")],
        ),
        shown(
            "vp-sd-jwt-bound-long-ago",
            "A key binding over a presentation is as old as any other may be.",
            bound_with(&|payload| payload["iat"] = json!(1_795_340_739)),
            "invalid",
            &[("presenter", "pass"), ("validity", "fail KEY_BINDING_STALE")],
        ),
    ]
}

fn presenters() -> Vec<Case> {
    let not_bound = |code: &str| {
        let blocked = "blocked presenter";
        outcome(
            "invalid",
            &[
                ("challenge", blocked),
                ("domain", blocked),
                ("presenter", &format!("fail {code}")),
                ("credentials", "undetermined CREDENTIAL_INDETERMINATE"),
            ],
        )
    };
    let blocked = "blocked signature";
    let not_the_holders = |differences: Differences<'_>| {
        outcome(
            "invalid",
            &[
                ("challenge", blocked),
                ("domain", blocked),
                ("credentials", "undetermined CREDENTIAL_INDETERMINATE"),
            ],
        )
        .and(differences)
    };
    let (jwt, ()) = (signed(HOLDER, "vp+sd-jwt", &claims()), ());
    let (head, signature) = jwt.rsplit_once('.').unwrap();
    let first = if signature.starts_with('A') { 'B' } else { 'A' };
    let stolen = claims_with(|claims| claims["holder"] = STRANGER.did().into());
    let taken = || expected("invalid", &[&[("presenter", "fail PRESENTER_NOT_SUBJECT")]]);
    let named = claims_with(|claims| claims["cnf"] = json!({"jwk": STRANGER.jwk()}));
    vec![
        unpresented(present(
            "vp-sd-jwt-bound-by-another",
            "Only the key that the holder names binds a presentation.",
            bound_by(STRANGER, &by(HOLDER, &to_be_bound()), |_, _| {}),
            not_bound("SIGNATURE_INVALID"),
        )),
        unpresented(present(
            "vp-sd-jwt-bound-without-cnf",
            "Where the holder names no key, no key binding counts.",
            bound_by(HOLDER, &by(HOLDER, &claims()), |_, _| {}),
            not_bound("CONFIRMATION_UNUSABLE"),
        )),
        unpresented(present(
            "vp-sd-jwt-of-another",
            "A presentation as SD-JWT that names somebody else as its holder is not that one's.",
            by(STRANGER, &claims()),
            not_the_holders(&[("controller", "fail CONTROLLER_NOT_HOLDER")]),
        )),
        unpresented(present(
            "vp-sd-jwt-of-another-bound",
            "Nor is it when the stranger's own key, confirmed by the stranger, binds it.",
            bound_by(STRANGER, &by(STRANGER, &named), |_, _| {}),
            not_the_holders(&[("controller", "fail CONTROLLER_NOT_HOLDER"), ("presenter", blocked)]),
        )),
        present(
            "vp-sd-jwt-stolen",
            "Somebody else's badges in a well-signed presentation as SD-JWT are refused.",
            by(STRANGER, &stolen),
            outcome("invalid", &[("credentials", "fail CREDENTIAL_INVALID")]),
        )
        .embedded(JWT, taken())
        .embedded(SD_JWT, taken()),
        present(
            "vp-sd-jwt-tampered",
            "What is in a presentation as SD-JWT that nobody signed is not looked at.",
            joined(&format!("{head}.{first}{}", &signature[1..]), &[]),
            outcome(
                "invalid",
                &[
                    ("signature", "fail SIGNATURE_INVALID"),
                    ("validity", blocked),
                    ("challenge", blocked),
                    ("domain", blocked),
                    ("credentials", blocked),
                ],
            ),
        ),
    ]
}

fn contents() -> Vec<Case> {
    let hidden_in = |change: &dyn Fn(&mut Value, String), text: &str| {
        let disclosure = base64url(text.as_bytes());
        let mut claims = claims();
        change(&mut claims, HashAlgorithm::Sha256.digest(&disclosure));
        (signed(HOLDER, "vp+sd-jwt", &claims), disclosure)
    };
    let (named, name_disclosure) = hidden_in(
        &|claims, digest| claims["_sd"] = json!([digest]),
        r#"["c2Vs","name","Pour ma candidature"]"#,
    );
    let (typed, type_disclosure) = hidden_in(
        &|claims, digest| {
            claims.as_object_mut().unwrap().remove("type");
            claims["_sd"] = json!([digest]);
        },
        r#"["c2Vs","type",["VerifiablePresentation"]]"#,
    );
    let (partial, _) = hidden_in(
        &|claims, digest| {
            claims["verifiableCredential"].as_array_mut().unwrap().push(json!({"...": digest}));
        },
        r#"["c2Vs","x"]"#,
    );
    let (ended, end_disclosure) = hidden_in(
        &|claims, digest| {
            claims["iat"] = json!(1_795_334_400);
            claims["_sd"] = json!([digest]);
        },
        // An hour before the moment of every verification.
        r#"["c2Vs","exp",1795338000]"#,
    );
    let (emptied, _) = hidden_in(
        &|claims, digest| {
            claims.as_object_mut().unwrap().remove("verifiableCredential");
            claims["_sd"] = json!([digest]);
        },
        r#"["c2Vs","verifiableCredential",[]]"#,
    );
    let (decoyed, _) = hidden_in(&|claims, digest| claims["_sd"] = json!([digest]), "nothing");
    let (unnamed, _) = hidden_in(
        &|claims, digest| claims["holder"] = json!({"id": HOLDER.did(), "_sd": [digest]}),
        r#"["c2Vs","name","Camille"]"#,
    );
    let kept_back = |name: &str, lesson: &str, text: String| {
        let differences =
            [("conformance", "fail CLAIM_NOT_DISCLOSABLE"), ("credentials", "blocked conformance")];
        present(name, lesson, text, outcome("invalid", &differences))
    };
    let refused = |name: &str, lesson: &str, change: &dyn Fn(&mut Value), code: &str| {
        let words = format!("fail {code}");
        let differences: [(&str, &str); 2] =
            [("conformance", &words), ("credentials", "blocked conformance")];
        present(name, lesson, by(HOLDER, &claims_with(change)), outcome("invalid", &differences))
    };
    vec![
        sound(present(
            "vp-sd-jwt-disclosed",
            "A holder may show what they hid.",
            joined(&named, &[name_disclosure]),
            outcome("valid", &[]),
        )),
        kept_back(
            "vp-sd-jwt-hidden",
            "What stays hidden at the root of a presentation could be anything.",
            joined(&named, &[]),
        ),
        kept_back(
            "vp-sd-jwt-end-hidden",
            "Whoever passes a presentation on does not hide when it ends.",
            joined(&ended, &[]),
        ),
        sound(present(
            "vp-sd-jwt-end-disclosed",
            "A presentation whose end could have been hidden has ended when it is shown.",
            joined(&ended, &[end_disclosure]),
            outcome(
                "invalid",
                &[("conformance", "warn CLAIM_NOT_DISCLOSABLE"), ("validity", "fail PROOF_EXPIRED")],
            ),
        )),
        kept_back(
            "vp-sd-jwt-credentials-hidden",
            "Whoever passes a presentation on does not hide all that is presented.",
            joined(&emptied, &[]),
        ),
        kept_back(
            "vp-sd-jwt-decoy",
            "A decoy at the root of a presentation looks like a claim that is hidden.",
            joined(&decoyed, &[]),
        ),
        kept_back(
            "vp-sd-jwt-holder-hidden-in-part",
            "Nothing of the holder stays hidden in a presentation.",
            joined(&unnamed, &[]),
        ),
        sound(present(
            "vp-sd-jwt-type-disclosed",
            "A presentation whose type could have been hidden is one while it is shown.",
            joined(&typed, &[type_disclosure]),
            outcome("valid", &[("conformance", "warn CLAIM_NOT_DISCLOSABLE")]),
        )),
        present(
            "vp-sd-jwt-type-hidden",
            "Without its type it is no presentation.",
            joined(&typed, &[]),
            unreadable("NOT_A_CREDENTIAL"),
        ),
        present(
            "vp-sd-jwt-credential-hidden",
            "Whoever passes a presentation on does not choose what is presented.",
            joined(&partial, &[]),
            outcome(
                "invalid",
                &[("conformance", "fail CLAIM_NOT_DISCLOSABLE"), ("credentials", "blocked conformance")],
            ),
        ),
        refused(
            "vp-sd-jwt-sub",
            "A presentation has no subject.",
            &|claims| claims["sub"] = HOLDER.did().into(),
            "CLAIM_MISMATCH",
        ),
        refused(
            "vp-sd-jwt-iss",
            "The issuer of the token is the holder.",
            &|claims| claims["iss"] = ISSUER.did().into(),
            "CLAIM_MISMATCH",
        ),
        refused(
            "vp-sd-jwt-vp",
            "A presentation beside a presentation: two readers would read two.",
            &|claims| claims["vp"] = json!({"type": ["VerifiablePresentation"]}),
            "VCDM_VARIANT_MISMATCH",
        ),
        present(
            "vp-sd-jwt-as-credential",
            "A presentation that calls itself a credential in its media type is neither.",
            joined(&signed(HOLDER, "vc+sd-jwt", &claims()), &[]),
            unreadable("NOT_A_CREDENTIAL"),
        ),
        sound(present(
            "vp-sd-jwt-enveloped",
            "A presentation as SD-JWT may come in an envelope.",
            json!({
                "@context": "https://www.w3.org/ns/credentials/v2",
                "id": format!("data:application/vp+sd-jwt,{}", by(HOLDER, &claims())),
                "type": "EnvelopedVerifiablePresentation",
            })
            .to_string(),
            outcome("valid", &[]),
        )),
        present(
            "vp-sd-jwt-enveloped-as-credential",
            "The envelope of a credential holds no presentation as SD-JWT.",
            envelop("vp+sd-jwt", &by(HOLDER, &claims())).to_string(),
            unreadable("MALFORMED_VALUE"),
        ),
    ]
}
