#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::*;

fn badge() -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
        "id": "urn:uuid:1",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": "https://issuer.example", "type": ["Profile"], "iss": "not a claim here"},
        "validFrom": "2026-11-22T10:00:00.750+01:00",
        "validUntil": "2027-11-22T10:00:00Z",
        "credentialSubject": {"id": "did:example:subject", "type": ["AchievementSubject"], "exp": 1, "sub": "x"}
    })
}

fn changed(value: &Value, pointer: &str, new: Value) -> Value {
    let mut value = value.clone();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = value.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    parent.insert(name.to_owned(), new);
    value
}

fn without(value: &Value, name: &str) -> Value {
    let mut value = value.clone();
    value.as_object_mut().unwrap().remove(name);
    value
}

/// The one finding of these rules, as code, claim, found, expected.
fn only(payload: &Value, rules: ClaimRules) -> (Code, String, String, String) {
    let problems = check_claims(payload, rules);
    assert_eq!(problems.len(), 1, "{problems:?}");
    let value = |name| problems[0].value(name).unwrap_or_default().to_owned();
    (problems[0].code, value("claim"), value("found"), value("expected"))
}

#[test]
fn claims_repeat_the_credential() {
    let payload = payload(&badge()).unwrap();
    assert_eq!(payload["iss"], "https://issuer.example");
    assert_eq!(payload["jti"], "urn:uuid:1");
    assert_eq!(payload["sub"], "did:example:subject");
    // date -u -d 2026-11-22T09:00:00Z +%s
    assert_eq!(payload["nbf"], 1_795_338_000);
    assert_eq!(payload["exp"], 1_826_877_600);
    assert_eq!(credential(&payload), badge(), "and deeper members of these names stay");
    for rules in [ClaimRules::OpenBadges, ClaimRules::JoseCose] {
        assert_eq!(check_claims(&payload, rules), vec![]);
    }
    assert_eq!(
        header(Algorithm::Es256, "did:example:i#k"),
        json!({"alg": "ES256", "kid": "did:example:i#k", "typ": "JWT"})
    );
}

#[test]
fn what_the_credential_lacks_has_no_claim() {
    let mut small = badge();
    small["issuer"] = json!("https://issuer.example");
    small["credentialSubject"].as_object_mut().unwrap().remove("id");
    let small = without(&without(&small, "id"), "validUntil");
    let payload = payload(&small).unwrap();
    for claim in ["jti", "sub", "exp", "iat", "aud"] {
        assert!(payload.get(claim).is_none(), "{claim}");
    }
    assert_eq!(check_claims(&payload, ClaimRules::OpenBadges), vec![]);
}

#[test]
fn a_credential_that_cannot_become_a_payload_is_refused() {
    for (pointer, new) in [
        ("/iss", json!("https://issuer.example")),
        ("/exp", json!(1)),
        ("/aud", json!("x")),
        ("/vc", json!({})),
        ("/issuer", json!({"name": "no id"})),
        ("/issuer", json!(null)),
        ("/validFrom", json!("2026-11-22")),
        ("/validUntil", json!(1)),
        ("/validFrom", json!(null)),
    ] {
        let problem = payload(&changed(&badge(), pointer, new)).unwrap_err();
        assert_eq!((problem.code, problem.pointer.as_deref()), (Code::MalformedValue, Some(pointer)));
    }
    for other in [json!([]), json!("x"), json!(null)] {
        assert_eq!(payload(&other).unwrap_err().code, Code::NotACredential);
    }
}

#[test]
fn a_claim_that_differs_is_found() {
    let good = payload(&badge()).unwrap();
    for (claim, wrong) in [
        ("iss", json!("https://issuer.example/")),
        ("jti", json!("urn:uuid:2")),
        ("sub", json!("did:example:other")),
        ("iss", json!(["https://issuer.example"])),
        ("jti", json!(null)),
        ("sub", json!({"id": "did:example:subject"})),
    ] {
        for rules in [ClaimRules::OpenBadges, ClaimRules::JoseCose] {
            let (code, found, ..) = only(&changed(&good, &format!("/{claim}"), wrong.clone()), rules);
            assert_eq!((code, found.as_str()), (Code::ClaimMismatch, claim));
        }
    }
    for (claim, member) in [("nbf", "validFrom"), ("exp", "validUntil")] {
        let wrong = good[claim].as_i64().unwrap() + 1;
        let (code, found, shown, expected) =
            only(&changed(&good, &format!("/{claim}"), json!(wrong)), ClaimRules::OpenBadges);
        assert_eq!((code, found.as_str()), (Code::ClaimMismatch, claim));
        assert!(shown.starts_with("202") && shown.ends_with(":00:01Z"), "readable: {shown}");
        assert_eq!(expected, good[member]);
    }
    // And from the other side: the credential was changed, the claims were not.
    for (pointer, claim) in [
        ("/issuer", "iss"),
        ("/id", "jti"),
        ("/validFrom", "nbf"),
        ("/credentialSubject", "sub"),
        ("/validUntil", "exp"),
    ] {
        let (.., expected) = only(&without(&good, &pointer[1..]), ClaimRules::OpenBadges);
        assert_eq!(expected, "null", "{claim} without counterpart");
        for new in [json!("did:example:x"), json!(7), json!([])] {
            let (code, found, ..) = only(&changed(&good, pointer, new), ClaimRules::OpenBadges);
            assert_eq!((code, found.as_str()), (Code::ClaimMismatch, claim));
        }
    }
}

#[test]
fn open_badges_wants_every_claim_and_vc_jose_cose_none() {
    let good = payload(&badge()).unwrap();
    for claim in ["iss", "jti", "nbf", "sub", "exp"] {
        let lacking = without(&good, claim);
        let (code, name, found, _) = only(&lacking, ClaimRules::OpenBadges);
        assert_eq!((code, name.as_str(), found.as_str()), (Code::ClaimMismatch, claim, "null"));
        assert_eq!(check_claims(&lacking, ClaimRules::JoseCose), vec![]);
    }
    assert_eq!(check_claims(&badge(), ClaimRules::JoseCose), vec![]);
    assert_eq!(check_claims(&badge(), ClaimRules::OpenBadges).len(), 5);
    assert_eq!(ClaimRules::of(None), ClaimRules::OpenBadges);
    assert_eq!(ClaimRules::of(Some(TokenType::Jwt)), ClaimRules::OpenBadges);
    assert_eq!(ClaimRules::of(Some(TokenType::VcJwt)), ClaimRules::JoseCose);
}

#[test]
fn vc_jose_cose_times_are_about_the_signature() {
    let mut payload = badge();
    payload["iat"] = json!(1_700_000_000);
    payload["exp"] = json!(1_700_000_600.9);
    assert_eq!(check_claims(&payload, ClaimRules::JoseCose), vec![]);
    let period = signature_period(&payload).unwrap();
    assert_eq!(
        period,
        SignaturePeriod { issued_at: Some(1_700_000_000), not_before: None, expires: Some(1_700_000_600) }
    );
    payload["exp"] = json!("tomorrow");
    assert_eq!(check_claims(&payload, ClaimRules::JoseCose)[0].code, Code::MalformedValue);
    assert_eq!(signature_period(&payload).unwrap_err().pointer.as_deref(), Some("/exp"));
    assert_eq!(signature_period(&json!([])), Ok(SignaturePeriod::default()));
}

#[test]
fn times_are_numbers_between_the_years_0_and_9999() {
    let good = payload(&badge()).unwrap();
    for bad in [
        json!(1e300),
        json!(-1e300),
        json!(f64::MAX),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(18_446_744_073_709_551_615_u64),
        json!(MAX_NUMERIC_DATE + 1),
        json!(MIN_NUMERIC_DATE - 1),
        json!("1795338000"),
        json!("2026-11-22T10:00:00Z"),
        json!(null),
        json!(true),
        json!([1]),
        json!({}),
    ] {
        for claim in ["nbf", "exp", "iat"] {
            for rules in [ClaimRules::OpenBadges, ClaimRules::JoseCose] {
                let payload = changed(&good, &format!("/{claim}"), bad.clone());
                let problems = check_claims(&payload, rules);
                assert_eq!(problems.len(), 1, "{claim} {bad}");
                // When a token was made decides nothing where it is no member of the credential.
                let informs = claim == "iat" && rules == ClaimRules::JoseCose;
                let code = if informs { Code::IssuedAtUnreadable } else { Code::MalformedValue };
                assert_eq!(problems[0].code, code, "{claim} {bad}");
                assert_eq!(signature_period(&payload).is_err(), claim != "iat");
            }
        }
    }
    for (validity, second) in [
        ("1969-12-31T23:59:59Z", json!(-1)),
        ("1969-12-31T23:59:59.5Z", json!(-1)),
        ("1969-12-31T23:59:59.5Z", json!(-0.5)),
        ("0001-01-01T00:00:00Z", json!(-62_135_596_800_i64)),
        ("9999-12-30T00:00:00Z", json!(253_402_128_000_i64)),
        ("2026-11-22T09:00:00Z", json!(1_795_338_000.999)),
        ("2026-11-22T09:00:00.999999999Z", json!(1_795_338_000)),
    ] {
        let payload = changed(&changed(&good, "/validFrom", json!(validity)), "/nbf", second);
        assert_eq!(check_claims(&payload, ClaimRules::OpenBadges), vec![], "{validity}");
    }
    // The year 9999 has a last day that the time library does not know: still a mismatch, not a panic.
    let last = changed(&good, "/nbf", json!(MAX_NUMERIC_DATE));
    assert_eq!(only(&last, ClaimRules::OpenBadges).0, Code::ClaimMismatch);
}

#[test]
fn several_subjects_are_not_one() {
    let good = payload(&badge()).unwrap();
    let subject = good["credentialSubject"].clone();
    let one = changed(&good, "/credentialSubject", json!([subject]));
    assert_eq!(check_claims(&one, ClaimRules::OpenBadges), vec![]);
    let two = changed(&good, "/credentialSubject", json!([subject, {"id": "did:example:other"}]));
    assert_eq!(only(&two, ClaimRules::OpenBadges).1, "sub");
    assert_eq!(only(&two, ClaimRules::JoseCose).1, "sub");
}

#[test]
fn an_audience_is_refused() {
    let good = payload(&badge()).unwrap();
    for audience in [json!("https://other.example"), json!([]), json!(null)] {
        for rules in [ClaimRules::OpenBadges, ClaimRules::JoseCose] {
            let (code, claim, ..) = only(&changed(&good, "/aud", audience.clone()), rules);
            assert_eq!((code, claim.as_str()), (Code::ClaimMismatch, "aud"));
        }
    }
}

#[test]
fn the_two_data_models_are_not_mixed() {
    let good = payload(&badge()).unwrap();
    for member in ["vc", "vp"] {
        for value in [json!({}), json!(null), badge()] {
            let payload = changed(&good, &format!("/{member}"), value.clone());
            let problems = check_claims(&payload, ClaimRules::OpenBadges);
            assert!(problems.iter().all(|problem| problem.code == Code::VcdmVariantMismatch), "{problems:?}");
            // A credential in vc is the one that is read: what stands beside it is refused, member by member.
            let enclosed = member == "vc" && value.get("@context").is_some();
            let named = if enclosed { "@context" } else { member };
            assert_eq!(problems[0].value("member"), Some(named));
            assert_eq!(problems.len() > 1, enclosed);
        }
    }
    // A 2.0 credential wrapped as if it were 1.1.
    let wrapped = json!({"iss": "https://issuer.example", "vc": badge()});
    let codes: Vec<Code> =
        check_claims(&wrapped, ClaimRules::JoseCose).iter().map(|problem| problem.code).collect();
    assert!(codes.contains(&Code::VcdmVariantMismatch));
    let in_vc =
        |vc: Value| check_claims(&json!({"iss": "https://issuer.example", "vc": vc}), ClaimRules::OpenBadges);
    assert_eq!(in_vc(json!({"@context": ["https://www.w3.org/2018/credentials/v1"]})), vec![]);
    for no_credential in [json!(null), json!("x"), json!({})] {
        let codes: Vec<Code> = in_vc(no_credential).iter().map(|problem| problem.code).collect();
        assert!(codes.contains(&Code::VcdmVariantMismatch), "{codes:?}");
    }
    assert_eq!(check_claims(&json!(null), ClaimRules::OpenBadges)[0].code, Code::NotACredential);
}
