#![expect(clippy::unwrap_used, reason = "a test may panic")]
#![expect(clippy::needless_pass_by_value, reason = "literals are handed over where they stand")]
use serde_json::{Value, json};

use super::disclosure::Disclosure;
use super::hash::HashAlgorithm;
use super::issue::{IssueOptions, Seed, conceal, prepare};
use super::key_binding::{KeyBinding, KeyBindingJwt};
use super::present::{self, Selection};
use super::profile::Profile;
use super::{SdJwt, skills_badge};
use crate::securing::jws::{self, CompactJws};
use crate::securing::keys::testing::TestKey;
use crate::securing::{Prepared, SealError, SigningRequest};
use badge_schemas::problem::{Code, Problem};

// ── What must be refused ──

/// An SD-JWT with this payload, header and rest; the signature is nothing that is looked at here.
fn assembled(payload: &Value, rest: &[&str]) -> String {
    let header = json!({"alg": "EdDSA", "typ": "dc+sd-jwt"});
    let jwt = jws::compact(&jws::signing_input(&header, payload), &[0; 64]);
    rest.iter().fold(format!("{jwt}~"), |text, part| text + part + "~")
}

fn claims(more: Value) -> Value {
    let mut claims = json!({"vct": "urn:example:1", "iss": "did:example:1"});
    claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    claims
}

fn encoded(disclosure: &Value) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(disclosure.to_string())
}

fn digest(disclosure: &str) -> String {
    HashAlgorithm::Sha256.digest(disclosure)
}

fn refused(payload: &Value, disclosures: &[&str]) -> Code {
    SdJwt::parse(&assembled(payload, disclosures)).unwrap_err().code
}

#[test]
fn every_must_of_the_processing_steps_is_held_to() {
    let member = encoded(&json!(["c2FsdA", "name", "Zoé"]));
    let element = encoded(&json!(["c2FsdA", "FR"]));
    let (m, e) = (digest(&member), digest(&element));
    let sound = claims(json!({"_sd": [m], "countries": [{"...": e}]}));
    let read = SdJwt::parse(&assembled(&sound, &[&member, &element])).unwrap();
    assert_eq!(read.claims(), &claims(json!({"name": "Zoé", "countries": ["FR"]})));
    let hidden = SdJwt::parse(&assembled(&sound, &[])).unwrap();
    assert_eq!(hidden.claims(), &claims(json!({"countries": []})));
    assert_eq!(hidden.hidden(), ["/countries", ""]);

    // Step 3.3.2.1 and 3.3.3.1: the kind of the disclosure fits its place.
    assert_eq!(refused(&claims(json!({"_sd": [e]})), &[&element]), Code::DisclosureMisplaced);
    assert_eq!(refused(&claims(json!({"a": [{"...": m}]})), &[&member]), Code::DisclosureMisplaced);
    // Step 3.3.2.2: no claim is named like the machinery.
    for name in ["_sd", "...", "_sd_alg"] {
        let disclosure = encoded(&json!(["c2FsdA", name, ["x"]]));
        let payload = claims(json!({"_sd": [digest(&disclosure)]}));
        assert_eq!(refused(&payload, &[&disclosure]), Code::DisclosedNameForbidden, "{name}");
    }
    // Step 3.3.2.3: no claim twice, in plain sight or by two disclosures.
    assert_eq!(refused(&claims(json!({"name": "Ana", "_sd": [m]})), &[&member]), Code::DisclosedNameTaken);
    let again = encoded(&json!(["b3RoZXI", "name", "Ana"]));
    let payload = claims(json!({"_sd": [m, digest(&again)]}));
    assert_eq!(refused(&payload, &[&member, &again]), Code::DisclosedNameTaken);
    // Step 4: no digest twice, whether or not anything answers to it, at one level, at two, or in a disclosure.
    assert_eq!(refused(&claims(json!({"_sd": ["x", "x"]})), &[]), Code::DigestRepeated);
    assert_eq!(refused(&claims(json!({"_sd": [m], "a": {"_sd": [m]}})), &[&member]), Code::DigestRepeated);
    assert_eq!(refused(&claims(json!({"_sd": ["x"], "a": [{"...": "x"}]})), &[]), Code::DigestRepeated);
    let outer = encoded(&json!(["c2FsdA", "outer", {"_sd": [m]}]));
    let payload = claims(json!({"_sd": [m, digest(&outer)]}));
    assert_eq!(refused(&payload, &[&member, &outer]), Code::DigestRepeated);
    // Step 5: no disclosure that nothing refers to, none without the one around it, none twice.
    assert_eq!(refused(&claims(json!({})), &[&member]), Code::DisclosureUnreferenced);
    assert_eq!(refused(&claims(json!({"_sd": [digest(&outer)]})), &[&member]), Code::DisclosureUnreferenced);
    assert_eq!(refused(&sound, &[&member, &member, &element]), Code::DisclosureRepeated);
    // §4.1, rule 7: the machinery's names convey digests or do not stand at all.
    for misplaced in [
        json!({"_sd": m}),
        json!({"_sd": {"x": m}}),
        json!({"_sd": [1]}),
        json!({"a": {"_sd": [null]}}),
        json!({"...": m}),
        json!({"a": {"...": m}}),
        json!({"a": [{"...": 1}]}),
        json!({"a": [{"...": m, "b": 1}]}),
        json!({"a": {"_sd_alg": "sha-256"}}),
    ] {
        assert_eq!(refused(&claims(misplaced.clone()), &[]), Code::SdMemberMisplaced, "{misplaced}");
    }
    let nested = encoded(&json!(["c2FsdA", {"...": m}]));
    let payload = claims(json!({"a": [{"...": digest(&nested)}]}));
    assert_eq!(refused(&payload, &[&nested, &member]), Code::SdMemberMisplaced);
    // Step 2.5: the hash function.
    for named in
        [json!("sha-1"), json!("SHA-256"), json!("sha256"), json!("md5"), json!(""), json!(256), json!(null)]
    {
        assert_eq!(refused(&claims(json!({"_sd_alg": named})), &[]), Code::SdAlgUnsupported, "{named}");
    }
    // A digest made with another function than the one named.
    assert_eq!(
        refused(&claims(json!({"_sd_alg": "sha-512", "_sd": [m]})), &[&member]),
        Code::DisclosureUnreferenced
    );
}

#[test]
fn disclosures_have_one_form() {
    for malformed in [
        json!({}),
        json!("text"),
        json!([]),
        json!(["salt"]),
        json!(["salt", "name", 1, 2]),
        json!([1, "value"]),
        json!([null, "name", 1]),
        json!(["salt", 1, 2]),
        json!(["salt", null, 2]),
        json!(["salt", {}, 2]),
    ] {
        let problem = Disclosure::parse(&encoded(&malformed), 3).unwrap_err();
        assert_eq!(problem.code, Code::DisclosureMalformed, "{malformed}");
        assert_eq!(problem.value("number"), Some("4"));
    }
    for text in
        ["", "====", "W10=", "W1 0", "WyJhIiwxXR", "WyJhIiwiXHVkODAwIl0", "WyJhIix7ImIiOjEsImIiOjJ9XQ"]
    {
        assert_eq!(Disclosure::parse(text, 0).unwrap_err().code, Code::DisclosureMalformed, "{text}");
    }
}

#[test]
fn the_form_of_the_whole_is_strict() {
    let sound = assembled(&claims(json!({})), &[]);
    assert!(SdJwt::parse(&sound).is_ok());
    let jwt = sound.trim_end_matches('~');
    assert_eq!(SdJwt::parse(jwt).unwrap_err().code, Code::SdJwtMalformed, "the last ~ is not optional");
    assert_eq!(CompactJws::parse(jwt).unwrap_err().code, Code::JwtMalformed, "nor is it a token of its own");
    for (text, code) in [
        (format!("{sound}~"), Code::DisclosureMalformed),
        (format!("~{sound}"), Code::JwtMalformed),
        (format!("{sound} "), Code::JwtMalformed),
        (format!("{sound}{jwt}"), Code::KeyBindingMalformed),
        ("~".to_owned(), Code::JwtMalformed),
        (String::new(), Code::SdJwtMalformed),
        ("~".repeat(super::MAX_BYTES + 1), Code::InputTooLarge),
    ] {
        assert_eq!(
            SdJwt::parse(&text).unwrap_err().code,
            code,
            "{}",
            text.chars().take(80).collect::<String>()
        );
    }
    let many = format!("{jwt}{}", "~WyJhIiwxXQ".repeat(super::MAX_DISCLOSURES + 1)) + "~";
    assert_eq!(SdJwt::parse(&many).unwrap_err().code, Code::TooManyDisclosures);
}

#[test]
fn disclosures_do_not_nest_deeper_than_documents() {
    let mut disclosures = Vec::new();
    let mut value = json!("end");
    for level in 0..badge_schemas::document::MAX_DEPTH {
        let disclosure = encoded(&json!([format!("{level}"), "a", value]));
        value = json!({"_sd": [digest(&disclosure)]});
        disclosures.push(disclosure);
    }
    let shown: Vec<&str> = disclosures.iter().map(String::as_str).collect();
    let wrap = |value: &Value| claims(value.clone());
    assert!(SdJwt::parse(&assembled(&wrap(&value), &shown)).is_ok());
    assert_eq!(refused(&claims(json!({"b": value})), &shown), Code::JsonTooDeep);
}

#[test]
fn what_it_carries_decides_what_it_is() {
    let of = |typ: Option<&str>, payload: &Value| {
        let mut header = json!({"alg": "EdDSA"});
        if let Some(typ) = typ {
            header["typ"] = typ.into();
        }
        let jwt = jws::compact(&jws::signing_input(&header, payload), &[0; 64]);
        SdJwt::parse(&format!("{jwt}~")).map(|sd_jwt| sd_jwt.profile()).map_err(|problem| problem.code)
    };
    let (vct, context) = (json!({"vct": "urn:x:y"}), json!({"@context": []}));
    let both = json!({"vct": "urn:x:y", "@context": []});
    for (typ, payload, expected) in [
        (Some("dc+sd-jwt"), &vct, Ok(Profile::SdJwtVc)),
        (Some("application/DC+SD-JWT"), &vct, Ok(Profile::SdJwtVc)),
        (Some("vc+sd-jwt"), &vct, Ok(Profile::SdJwtVc)),
        (Some("vc+sd-jwt"), &context, Ok(Profile::Credential)),
        (Some("vp+sd-jwt"), &context, Ok(Profile::Presentation)),
        (Some("dc+sd-jwt"), &context, Err(Code::SdJwtProfileUndecided)),
        (Some("vp+sd-jwt"), &vct, Err(Code::SdJwtProfileUndecided)),
        (Some("dc+sd-jwt"), &both, Err(Code::SdJwtProfileUndecided)),
        (Some("vc+sd-jwt"), &both, Err(Code::SdJwtProfileUndecided)),
        (Some("vc+sd-jwt"), &json!({}), Err(Code::SdJwtProfileUndecided)),
        // A type that only a disclosure would show decides nothing.
        (Some("vc+sd-jwt"), &json!({"_sd": ["x"]}), Err(Code::SdJwtProfileUndecided)),
        (Some("vc+jwt"), &context, Err(Code::SdJwtMalformed)),
        (Some("JWT"), &vct, Err(Code::SdJwtMalformed)),
        (Some("kb+jwt"), &vct, Err(Code::SdJwtMalformed)),
        (None, &vct, Err(Code::SdJwtMalformed)),
        (Some("example+sd-jwt"), &vct, Err(Code::JwtMalformed)),
    ] {
        assert_eq!(of(typ, payload), expected, "{typ:?} {payload}");
    }
}

#[test]
fn what_decides_cannot_be_hidden() {
    for name in Profile::SdJwtVc.always_shown() {
        if *name == "vct" {
            continue;
        }
        let disclosure = encoded(&json!(["c2FsdA", name, "x"]));
        let sd_jwt = SdJwt::parse(&assembled(
            &json!({"vct": "urn:x:y", "_sd": [digest(&disclosure)]}),
            &[&disclosure],
        ))
        .unwrap();
        let (failures, _) = sd_jwt.disclosure_findings();
        assert_eq!(failures.first().map(|problem| problem.code), Some(Code::ClaimNotDisclosable), "{name}");
    }
    // A part of it, shown or hidden.
    let part = encoded(&json!(["c2FsdA", "status_list", {}]));
    let payload = claims(json!({"status": {"_sd": [digest(&part)]}}));
    for shown in [&[part.as_str()][..], &[]] {
        let (failures, _) = SdJwt::parse(&assembled(&payload, shown)).unwrap().disclosure_findings();
        assert_eq!(failures.len(), 1, "{shown:?}");
    }
}

#[test]
fn an_sd_jwt_vc_has_claims_of_the_right_kind() {
    let found = |more: Value| -> Vec<Code> {
        let sd_jwt = SdJwt::parse(&assembled(&claims(more), &[])).unwrap();
        sd_jwt.claim_findings().iter().map(|problem| problem.code).collect()
    };
    assert_eq!(found(json!({})), []);
    assert_eq!(
        found(json!({"aka_vcts": ["urn:x:2"], "nbf": 1, "exp": 2.5, "status": {}, "cnf": {}, "sub": "s",
            "vct#integrity": "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="})),
        []
    );
    for wrong in [
        json!({"vct": ""}),
        json!({"vct": 1}),
        json!({"vct": "Diploma"}),
        json!({"iss": ""}),
        json!({"iss": null}),
        json!({"sub": 1}),
        json!({"nbf": "2026-01-01"}),
        json!({"exp": 1e12}),
        json!({"iat": true}),
        json!({"status": "ok"}),
        json!({"cnf": []}),
        json!({"aka_vcts": []}),
        json!({"aka_vcts": ["urn:example:1"]}),
        json!({"aka_vcts": "urn:x:2"}),
        json!({"vct#integrity": "sha256-AAAA"}),
        json!({"vct#integrity": "md5-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}),
        json!({"vct#integrity": ""}),
    ] {
        assert_eq!(found(wrong.clone()), [Code::MalformedValue], "{wrong}");
    }
    assert_eq!(found(json!({"aud": "https://a.example"})), [Code::ClaimMismatch]);
}

// ── Issuing and presenting ──

fn badge() -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": "did:example:1",
        "credentialSubject": {
            "id": "did:example:2",
            "result": [{"value": "17"}, {"value": "oral"}, {"value": "14"}],
            "narrative": "Très bien",
            "term": {"start": "2026-01", "place": {"city": "Brest"}},
        },
    })
}

fn options(disclosable: &[&str]) -> IssueOptions {
    IssueOptions {
        profile: Profile::Credential,
        disclosable: disclosable.iter().map(|pointer| (*pointer).to_owned()).collect(),
        decoys: 2,
        hash: HashAlgorithm::Sha256,
        holder: Some(TestKey::ed25519(2).public),
        seed: Seed::new([7; 32]),
    }
}

fn signed(prepared: Prepared, key: &TestKey) -> String {
    let SigningRequest::Bytes(message) = prepared.request();
    let signature = key.sign(message);
    prepared.seal(&signature).unwrap().as_str().to_owned()
}

fn issued(options: &IssueOptions) -> String {
    let key = TestKey::p256(1);
    signed(prepare(badge(), options, "did:example:1#k", key.public.clone()).unwrap(), &key)
}

const DEEP: [&str; 6] = [
    "/credentialSubject/result/0",
    "/credentialSubject/result/2",
    "/credentialSubject/narrative",
    "/credentialSubject/term",
    "/credentialSubject/term/place",
    "/credentialSubject/term/place/city",
];

#[test]
fn what_is_issued_is_read_back_whole_and_hides_what_is_not_shown() {
    for hash in HashAlgorithm::ALL {
        let text = issued(&IssueOptions { hash, ..options(&DEEP) });
        let whole = SdJwt::parse(&text).unwrap();
        whole.issuer_signed().verify(&TestKey::p256(1).public).unwrap();
        let mut expected = badge();
        expected["cnf"] = json!({"jwk": TestKey::ed25519(2).public.to_jwk().unwrap()});
        assert_eq!(whole.claims(), &expected);
        assert_eq!(whole.document(), badge());
        assert_eq!(whole.hash(), hash);
        assert_eq!(whole.disclosures().count(), DEEP.len());
        let payload = whole.issuer_signed().payload().value().to_string();
        for secret in ["\"17\"", "\"14\"", "Très", "term", "Brest", "place", "narrative"] {
            assert!(!payload.contains(secret), "{secret}");
        }
        assert!(payload.contains("oral"), "what is not to be hidden is in plain sight");
    }
}

#[test]
fn digests_and_disclosures_are_in_no_telling_order_and_decoys_fill_up() {
    let (payload, disclosures) = conceal(badge(), &options(&DEEP)).unwrap();
    let digests: Vec<String> = disclosures.iter().map(|one| digest(one.as_str())).collect();
    assert!(digests.is_sorted());
    let subject = &payload["credentialSubject"];
    let listed: Vec<&str> = subject["_sd"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert!(listed.is_sorted());
    assert_eq!(listed.len(), 4, "two claims and two decoys");
    assert_eq!(subject["result"].as_array().unwrap().len(), 5, "three elements and two decoys");
    assert_eq!(
        conceal(badge(), &options(&DEEP)).unwrap(),
        (payload.clone(), disclosures),
        "the same seed, the same result"
    );
    let other = conceal(badge(), &IssueOptions { seed: Seed::new([8; 32]), ..options(&DEEP) }).unwrap();
    assert_ne!(other.0, payload);
    let plain = conceal(badge(), &options(&[])).unwrap();
    assert_eq!(plain, (badge(), vec![]), "nothing hidden, nothing added");
}

#[test]
fn nothing_is_hidden_that_decides_or_is_not_there() {
    let code = |pointer: &str| {
        conceal(badge(), &options(&[pointer])).map(drop).map_err(|problem: Problem| problem.code)
    };
    for pointer in [
        "",
        "/",
        "credentialSubject",
        "/credentialSubject/absent",
        "/credentialSubject/result/3",
        "/credentialSubject/result/-",
        "/credentialSubject/result/01",
        "/@context",
        "/@context/0",
        "/type",
        "/issuer",
    ] {
        assert_eq!(code(pointer), Err(Code::DisclosureRefused), "{pointer:?}");
    }
    let reserved = json!({"@context": [], "a": {"_sd": []}});
    assert_eq!(conceal(reserved, &options(&["/a"])).unwrap_err().code, Code::SdMemberMisplaced);
}

#[test]
fn a_presentation_shows_what_was_selected_and_what_it_stands_in() {
    let whole = SdJwt::parse(&issued(&options(&DEEP))).unwrap();
    let shown = |pointers: &[&str]| {
        let selection = Selection::Claims(pointers.iter().map(|pointer| (*pointer).to_owned()).collect());
        SdJwt::parse(&whole.select(&selection).unwrap()).unwrap().claims()["credentialSubject"].clone()
    };
    assert_eq!(shown(&[]), json!({"id": "did:example:2", "result": [{"value": "oral"}]}));
    assert_eq!(
        shown(&["/credentialSubject/result/2"])["result"],
        json!([{"value": "oral"}, {"value": "14"}])
    );
    assert_eq!(shown(&["/credentialSubject/term"])["term"], json!({"start": "2026-01"}));
    assert_eq!(shown(&["/credentialSubject/term/place"])["term"]["place"], json!({}));
    assert_eq!(shown(&["/credentialSubject/term/place/city"])["term"], badge()["credentialSubject"]["term"]);
    assert_eq!(shown(&["/credentialSubject/term/start"])["term"], json!({"start": "2026-01"}));
    assert_eq!(shown(&["/credentialSubject/result"])["result"], badge()["credentialSubject"]["result"]);
    assert_eq!(shown(&["/credentialSubject"]), badge()["credentialSubject"]);
    for pointer in ["/issuer", "/credentialSubject/result/1", "/x", "/credentialSubject/resul"] {
        let selection = Selection::Claims(vec![pointer.to_owned()]);
        assert_eq!(whole.select(&selection).unwrap_err().code, Code::DisclosureRefused, "{pointer}");
    }
    assert_eq!(whole.select(&Selection::All).unwrap(), whole.without_key_binding());
}

fn binding(key: &TestKey) -> KeyBinding {
    KeyBinding {
        key: key.public.clone(),
        audience: "https://v.example".to_owned(),
        nonce: "n-1".to_owned(),
        issued_at: "2026-11-22T10:00:00Z".parse().unwrap(),
        expires: None,
    }
}

#[test]
fn a_key_binding_holds_for_one_holder_one_selection_and_one_credential() {
    let whole = SdJwt::parse(&issued(&options(&DEEP))).unwrap();
    let holder = TestKey::ed25519(2);
    let selection = Selection::Claims(vec!["/credentialSubject/narrative".to_owned()]);
    let prepared = present::prepare(&whole, &selection, binding(&holder)).unwrap();
    let stranger = TestKey::ed25519(3);
    let SigningRequest::Bytes(message) = prepared.request();
    let forged = stranger.sign(message);
    assert_eq!(prepared.clone().seal(&forged), Err(SealError::SignatureRefused));
    let text = signed(prepared, &holder);
    let presented = SdJwt::parse(&text).unwrap();
    presented.verify_key_binding().unwrap();
    assert_eq!(presented.key_binding().unwrap().nonce, "n-1");
    assert_eq!(presented.claims()["credentialSubject"]["narrative"], "Très bien");

    let (before, jwt) = text.rsplit_once('~').unwrap();
    let more = whole.disclosures().find(|(place, _)| place.ends_with("/0")).unwrap().1;
    let fewer = before.split('~').next().unwrap();
    let other = issued(&IssueOptions { seed: Seed::new([9; 32]), ..options(&DEEP) });
    for (changed, code) in [
        (format!("{before}~{}~{jwt}", more.as_str()), Code::KeyBindingHashMismatch),
        (format!("{fewer}~{jwt}"), Code::KeyBindingHashMismatch),
        (format!("{other}{jwt}"), Code::KeyBindingHashMismatch),
        (format!("{before}~"), Code::KeyBindingMissing),
    ] {
        assert_eq!(SdJwt::parse(&changed).unwrap().verify_key_binding().unwrap_err().code, code);
    }
    // The key of `cnf` and no other, even where the message brings its own.
    let problem = present::prepare(&whole, &selection, binding(&stranger)).unwrap_err();
    assert_eq!(problem.code, Code::ConfirmationUnusable);
    let unbound = issued(&IssueOptions { holder: None, ..options(&DEEP) });
    let unbound = SdJwt::parse(&format!("{unbound}{jwt}")).unwrap();
    assert_eq!(unbound.verify_key_binding().unwrap_err().code, Code::ConfirmationUnusable);
    let carried = jws::signing_input(
        &json!({"alg": "EdDSA", "typ": "kb+jwt", "jwk": stranger.public.to_jwk().unwrap()}),
        &json!({"iat": 1, "aud": "a", "nonce": "n", "sd_hash": digest(&format!("{before}~"))}),
    );
    let carried = jws::compact(&carried, &stranger.sign(carried.as_bytes()));
    let carried = SdJwt::parse(&format!("{before}~{carried}")).unwrap();
    assert_eq!(carried.verify_key_binding().unwrap_err().code, Code::KidJwkDisagree);
}

#[test]
fn a_key_binding_jwt_has_its_four_claims() {
    let sound = json!({"iat": 1, "aud": "a", "nonce": "n", "sd_hash": "h"});
    let parse = |header: Value, payload: &Value| {
        let jwt = jws::compact(&jws::signing_input(&header, payload), &[0; 64]);
        KeyBindingJwt::parse(&jwt).map(drop).map_err(|problem| problem.code)
    };
    let header = json!({"alg": "EdDSA", "typ": "kb+jwt"});
    assert_eq!(parse(header.clone(), &sound), Ok(()));
    for name in ["iat", "aud", "nonce", "sd_hash"] {
        let mut without = sound.clone();
        without.as_object_mut().unwrap().remove(name);
        assert_eq!(parse(header.clone(), &without), Err(Code::KeyBindingMalformed), "{name}");
        for wrong in [json!(null), json!(["a"]), json!({}), json!(true)] {
            let mut other = sound.clone();
            other[name] = wrong;
            assert_eq!(parse(header.clone(), &other), Err(Code::KeyBindingMalformed), "{other}");
        }
    }
    for typ in ["JWT", "vc+jwt", "dc+sd-jwt"] {
        assert_eq!(parse(json!({"alg": "EdDSA", "typ": typ}), &sound), Err(Code::KeyBindingMalformed));
    }
    assert_eq!(parse(json!({"alg": "none", "typ": "kb+jwt"}), &sound), Err(Code::AlgForbidden));
    assert_eq!(parse(json!({"alg": "EdDSA"}), &sound), Err(Code::KeyBindingMalformed));
}

#[test]
fn a_skills_badge_survives_as_claims() {
    let badge = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
            "https://w3id.org/skills-badge/v1"],
        "id": "urn:uuid:1", "type": ["VerifiableCredential", "OpenBadgeCredential"], "name": "Soudure",
        "issuer": {"id": "did:example:1", "type": ["Profile"], "name": "CFA"},
        "validFrom": "2026-11-01T00:00:00Z", "validUntil": "2029-11-01T00:00:00Z", "awardedDate": "2026-11-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:2", "type": ["AchievementSubject"], "achievement": {"id": "urn:a"}, "narrative": "n"},
        "evidence": [{"id": "urn:e"}],
    });
    let claims = skills_badge::claims(&badge).unwrap();
    assert!(skills_badge::is(&claims));
    assert_eq!(claims["iss"], "did:example:1");
    assert_eq!(claims["nbf"], 1_793_491_200);
    assert_eq!(skills_badge::credential(&claims), badge);
    for (pointer, member) in [("", "termsOfUse"), ("/credentialSubject", "other")] {
        let mut more = badge.clone();
        more.pointer_mut(pointer).unwrap()[member] = json!("x");
        assert_eq!(skills_badge::claims(&more).unwrap_err().code, Code::MalformedValue, "{member}");
    }
}
