//! Every refusal names what was wrong and where.

use serde_json::{Value, json};

use crate::harness::{HOLDER, Service, achievement, codes};

#[test]
fn a_badge_that_would_not_be_sound_is_refused_with_every_reason() {
    let service = Service::start();
    let refused = |change: &dyn Fn(&mut Value)| {
        let mut body = achievement();
        change(&mut body);
        let answer = service.admin("POST", "/api/badges", Some(&body));
        assert!((400..500).contains(&answer.status), "{}", answer.text());
        codes(&answer.json())
    };
    let has = |found: &[(String, String)], code: &str, pointer: &str| {
        assert!(
            found.iter().any(|(c, p)| c == code && p.starts_with(pointer)),
            "{code} {pointer}: {found:?}"
        );
    };
    has(
        &refused(&|body| body["alignment"][0]["targetType"] = json!("ESCO")),
        "SCHEMA_VIOLATION",
        "/alignment/0",
    );
    has(&refused(&|body| body["coulour"] = json!("red")), "JSONLD_UNDEFINED_TERM", "/coulour");
    has(&refused(&|body| body["criteria"] = json!({})), "CRITERIA_EMPTY", "/criteria");
    has(&refused(&|body| drop(body.as_object_mut().unwrap().remove("name"))), "SCHEMA_VIOLATION", "");
    has(&refused(&|body| body["id"] = json!("relative")), "JSONLD_RELATIVE_IRI", "/id");
    has(
        &refused(&|body| {
            body["otherIdentifier"] = json!([{"type": "IdentifierEntry", "identifier": "123456789", "identifierType": "ext:frSiren"}]);
        }),
        "IDENTIFIER_CHECK_DIGIT",
        "/otherIdentifier/0/identifier",
    );
    has(
        &refused(&|body| {
            body["alignment"][0] = json!({"type": ["Alignment"], "targetName": "x", "targetCode": "9.9",
                "targetUrl": "https://example.org/x", "targetFramework": "DigComp 2.2", "targetType": "ext:DigCompCompetence"});
        }),
        "ALIGNMENT_UNKNOWN",
        "/alignment/0",
    );
    has(
        &refused(&|body| body["image"] = json!({"id": "data:image/png;base64,AA", "type": "Image"})),
        "MALFORMED_VALUE",
        "/image/id",
    );
    assert_eq!(
        service.admin("GET", "/api/badges", None).expect(200)["badges"],
        json!([]),
        "nothing was recorded"
    );
}

#[test]
fn an_award_that_would_not_be_sound_is_refused_before_anything_is_recorded() {
    let service = Service::start();
    let badge = service.define("");
    let recipient = json!({"id": HOLDER});
    for (number, (body, status, code, pointer)) in [
        (json!({}), 400, "MEMBER_MISSING", "/recipient"),
        (json!({"recipient": {}}), 422, "RECIPIENT_INVALID", "/recipient"),
        (json!({"recipient": {"email": "x"}}), 422, "RECIPIENT_INVALID", "/recipient/email"),
        (json!({"recipient": recipient, "achievement": {}}), 400, "MEMBER_UNKNOWN", "/achievement"),
        (json!({"recipient": recipient, "validFrom": "2026-01-01T00:00:00"}), 400, "MALFORMED_VALUE", "/validFrom"),
        (json!({"recipient": recipient, "validUntil": "2001-01-01T00:00:00Z"}), 422, "EXPIRED", "/validUntil"),
        (
            json!({"recipient": recipient, "validFrom": "2098-01-01T00:00:00Z", "validUntil": "2097-01-01T00:00:00Z"}),
            422,
            "VALIDITY_REVERSED",
            "/validUntil",
        ),
        (json!({"recipient": recipient, "evidence": [{"color": "red"}]}), 422, "JSONLD_UNDEFINED_TERM", "/evidence/0/color"),
        (
            json!({"recipient": recipient, "result": [{"resultDescription": "urn:x:y", "value": "1"}]}),
            422,
            "RESULT_DESCRIPTION_DANGLING",
            "/result/0",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let answer = service.award(&badge, &format!("k{number}"), &body).expect(status);
        let found = codes(&answer);
        assert!(
            found.iter().any(|(c, p)| c == code && p.starts_with(pointer)),
            "{body}: {found:?} where {code} at {pointer} is due"
        );
        assert!(answer["hint"].is_string() && answer["requestId"].is_string());
    }
    assert_eq!(service.admin("GET", "/api/awards", None).expect(200)["awards"], json!([]));
    service.award("none", "k", &json!({"recipient": recipient})).expect(404);
}

#[test]
fn a_badge_for_later_is_awarded_now() {
    let service = Service::start();
    let badge = service.define("");
    let body = json!({"recipient": {"id": HOLDER}, "validFrom": "2098-01-01T00:00:00Z"});
    let award = service.award(&badge, "k", &body).expect(201);
    let report = service.verify(award["credential"].to_string().as_bytes(), &service.own_url());
    let problem = report.outcome(badge_verifier::report::CheckId::Validity).problem().unwrap();
    assert_eq!(problem.code.as_str(), "NOT_YET_VALID");
}

#[test]
fn bodies_are_read_strictly() {
    let service = Service::start();
    let bearer = format!("Bearer {}", service.token);
    let post = |media_type: &str, body: &[u8]| {
        let headers = [("Authorization", bearer.as_str()), ("Content-Type", media_type)];
        service.send("POST", "/api/badges", &headers, body)
    };
    let json = "application/json; charset=utf-8";
    let deep = [b"[".repeat(70), b"]".repeat(70)].concat();
    for (body, status, code) in [
        (&b""[..], 400, "INPUT_EMPTY"),
        (b"{", 400, "JSON_SYNTAX"),
        (b"{\"a\":1,\"a\":2}", 400, "JSON_DUPLICATE_KEY"),
        (b"{\"a\":1e400}", 422, "JSON_NUMBER"),
        (b"\"\xff\"", 400, "JSON_INVALID_UTF8"),
        (&deep, 400, "JSON_TOO_DEEP"),
        (b"[]", 400, "MALFORMED_VALUE"),
        (&vec![b' '; (1 << 20) + 1], 413, "INPUT_TOO_LARGE"),
    ] {
        assert_eq!(post(json, body).expect(status)["code"], code);
    }
    assert_eq!(post("text/html", b"{}").expect(415)["code"], "MEDIA_TYPE_UNSUPPORTED");
    assert_eq!(post(json, b"{\"a\":{\"b\":1,\"b\":2}}").json()["pointer"], "/a/b");
}

#[test]
fn addresses_methods_and_parameters_are_told_apart() {
    let service = Service::start();
    assert_eq!(service.get("/nowhere").expect(404)["code"], "NOT_FOUND");
    let answer = service.send("DELETE", "/api/badges", &[], b"").expect(405);
    assert_eq!(answer["values"]["allowed"], "POST, GET, HEAD");
    let refused = service.send("DELETE", "/api/badges", &[], b"");
    assert_eq!(refused.headers.get("allow").map(String::as_str), Some("POST, GET, HEAD"));
    for path in [
        "/api/awards?limit=0",
        "/api/awards?limit=1001",
        "/api/awards?after=x",
        "/api/awards?status=gone",
        "/api/awards?recipient=x",
        "/api/awards?limt=1",
        "/api/awards?limit=1&limit=2",
        "/api/badges?x=1",
    ] {
        assert_eq!(service.admin("GET", path, None).expect(400)["code"], "PARAMETER_INVALID", "{path}");
    }
    assert_eq!(service.get("/credentials/x?format=gif").expect(400)["code"], "PARAMETER_INVALID");
    let body = achievement();
    assert_eq!(service.admin("POST", "/api/badges?statusPurpose=message", Some(&body)).status, 400);
    assert_eq!(
        service.get("/credentials/00000000-0000-4000-8000-000000000000").expect(404)["code"],
        "NOT_FOUND"
    );
    assert_eq!(service.get("/badges/x").expect(404)["code"], "NOT_FOUND");
    assert_eq!(service.get("/healthz").expect(200), json!({"status": "ok"}));
    assert_eq!(service.get("/healthz").headers["access-control-allow-origin"], "*");
}
