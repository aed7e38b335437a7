//! What a status entry can say, and how the list goes out.

use badge_verifier::checks::status::{Stated, check};
use badge_verifier::report::{CheckId, Verdict};
use badge_verifier::snapshot::{Resource, ResourceKind, Retrieval};
use badge_verifier::{Outcome, Snapshot, TrustPolicy};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::harness::{HOLDER, Service};

fn change(service: &Service, award: &Value, status: &str) -> (u16, Value) {
    let path = format!("/api/awards/{}/status", award["id"].as_str().unwrap());
    let answer = service.admin("POST", &path, Some(&json!({"status": status, "reason": "raison"})));
    (answer.status, answer.json())
}

#[test]
fn revocation_is_final_and_says_nothing_else() {
    let service = Service::start();
    let badge = service.define("?statusPurpose=revocation");
    let award = service.award(&badge, "k", &json!({"recipient": {"id": HOLDER}})).expect(201);
    let (status, body) = change(&service, &award, "suspended");
    assert_eq!((status, body["code"].as_str().unwrap()), (409, "STATUS_NOT_EXPRESSIBLE"));
    assert_eq!(change(&service, &award, "active").0, 200, "it is active already");
    assert_eq!(change(&service, &award, "revoked").0, 200);
    assert_eq!(change(&service, &award, "revoked").0, 200, "the same again changes nothing");
    assert_eq!(change(&service, &award, "active").0, 409, "final");
    let shown =
        service.admin("GET", &format!("/api/awards/{}", award["id"].as_str().unwrap()), None).expect(200);
    assert_eq!(shown["changes"].as_array().unwrap().len(), 1);
}

#[test]
fn suspension_is_reversible_and_never_final() {
    let service = Service::start();
    let url = service.own_url();
    let badge = service.define("?statusPurpose=suspension");
    let award = service.award(&badge, "k", &json!({"recipient": {"id": HOLDER}})).expect(201);
    let text = award["credential"].to_string();
    let verdict = || service.verify(text.as_bytes(), &url);
    assert_eq!(verdict().verdict(), Verdict::Valid);
    assert_eq!(change(&service, &award, "revoked").0, 409);
    assert_eq!(change(&service, &award, "suspended").0, 200);
    assert_eq!(verdict().outcome(CheckId::Status).problem().unwrap().code.as_str(), "SUSPENDED");
    assert_eq!(change(&service, &award, "active").0, 200);
    assert_eq!(verdict().verdict(), Verdict::Valid);
}

#[test]
fn the_list_is_cacheable_and_changes_its_tag_with_its_content() {
    let service = Service::start();
    let badge = service.define("");
    let award = service.award(&badge, "k", &json!({"recipient": {"id": HOLDER}})).expect(201);
    let first = service.get("/status/1");
    assert_eq!(first.status, 200);
    assert_eq!(first.headers["cache-control"], "public, max-age=300");
    let etag = first.headers["etag"].clone();
    let list = first.json();
    assert_eq!(list["credentialSubject"]["statusPurpose"], "revocation");
    assert!(list["credentialSubject"]["encodedList"].as_str().unwrap().starts_with('u'));
    let conditional = |tag: &str| service.send("GET", "/status/1", &[("If-None-Match", tag)], b"");
    let unchanged = conditional(&etag);
    assert_eq!((unchanged.status, unchanged.body.len()), (304, 0));
    assert_eq!(unchanged.headers["etag"], etag);
    assert_eq!(conditional(&format!("\"x\", W/{etag}")).status, 304);
    assert_eq!(conditional("\"x\"").status, 200);
    service.award(&badge, "k2", &json!({"recipient": {"id": HOLDER}})).expect(201);
    assert_eq!(conditional(&etag).status, 304, "an award changes no bit");
    change(&service, &award, "revoked");
    let changed = conditional(&etag);
    assert_eq!(changed.status, 200);
    assert_ne!(changed.headers["etag"], etag);
    let head = service.send("HEAD", "/status/1", &[], b"");
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(service.get("/status/2").status, 404);
}

#[test]
fn the_token_always_says_what_the_list_says() {
    for (purpose, to, code) in
        [("revocation", "revoked", "REVOKED"), ("suspension", "suspended", "SUSPENDED")]
    {
        let service = Service::start();
        let url = service.own_url();
        let badge = service.define(&format!("?statusPurpose={purpose}"));
        let award = service.award(&badge, "k", &json!({"recipient": {"id": HOLDER}})).expect(201);
        let credential = &award["credential"];
        let index: u64 = credential["credentialStatus"]["statusListIndex"].as_str().unwrap().parse().unwrap();
        let list_url = format!("{url}/status-tokens/1");
        let ask = |index: u64| -> Outcome {
            let claims = json!({"status": {"status_list": {"idx": index, "uri": list_url}}});
            let stated = Stated::by_claims(credential["issuer"]["id"].as_str().unwrap(), &claims);
            let mut snapshot = Snapshot::default();
            let now = Timestamp::now();
            let outcome = Ok(service.get("/status-tokens/1").body);
            let resource = Resource { kind: ResourceKind::StatusListToken, url: list_url.clone() };
            snapshot.insert(resource, Retrieval { fetched_at: now, outcome });
            check(&stated, &TrustPolicy::default(), now, &snapshot)
        };
        let text = credential.to_string();
        let by_list = || service.verify(text.as_bytes(), &url).outcome(CheckId::Status).clone();
        assert_eq!((ask(index), by_list()), (Outcome::Pass, Outcome::Pass));
        assert_eq!(change(&service, &award, to).0, 200);
        for outcome in [ask(index), by_list()] {
            assert_eq!(outcome.problem().unwrap().code.as_str(), code);
        }
        assert_eq!(ask((index + 1) % 131_072), Outcome::Pass, "nobody else");
        assert_eq!(ask(131_072).problem().unwrap().code.as_str(), "STATUS_RANGE_ERROR");
        if to == "suspended" {
            assert_eq!(change(&service, &award, "active").0, 200);
            assert_eq!((ask(index), by_list()), (Outcome::Pass, Outcome::Pass));
        }
    }
}

#[test]
fn the_token_is_cacheable_and_everyones() {
    let service = Service::start();
    let badge = service.define("");
    assert_eq!(service.get("/status-tokens/1").status, 404);
    let award = service.award(&badge, "k", &json!({"recipient": {"id": HOLDER}})).expect(201);
    let first = service.get("/status-tokens/1");
    assert_eq!(first.status, 200);
    assert_eq!(first.headers["content-type"], "application/statuslist+jwt");
    assert_eq!(first.headers["cache-control"], "public, max-age=300");
    assert_eq!(first.headers["access-control-allow-origin"], "*");
    let etag = first.headers["etag"].clone();
    let conditional = |tag: &str| service.send("GET", "/status-tokens/1", &[("If-None-Match", tag)], b"");
    assert_eq!(conditional(&etag).status, 304);
    change(&service, &award, "revoked");
    let changed = conditional(&etag);
    assert_eq!(changed.status, 200);
    assert_ne!(changed.headers["etag"], etag);
    assert_ne!(changed.headers["etag"], service.get("/status/1").headers["etag"]);
    assert_eq!(service.send("HEAD", "/status-tokens/1", &[], b"").status, 200);
    assert_eq!(service.send("POST", "/status-tokens/1", &[], b"").status, 405);
}

#[test]
fn a_bad_change_names_what_is_wrong() {
    let service = Service::start();
    let badge = service.define("");
    let award = service.award(&badge, "k", &json!({"recipient": {"id": HOLDER}})).expect(201);
    let path = format!("/api/awards/{}/status", award["id"].as_str().unwrap());
    for (body, code, pointer) in [
        (json!({"status": "revoked"}), "MEMBER_MISSING", "/reason"),
        (json!({"reason": "x"}), "MEMBER_MISSING", "/status"),
        (json!({"status": "gone", "reason": "x"}), "MALFORMED_VALUE", "/status"),
        (json!({"status": "revoked", "reason": " "}), "MALFORMED_VALUE", "/reason"),
        (json!({"status": "revoked", "reason": "x", "raison": 1}), "MEMBER_UNKNOWN", "/raison"),
    ] {
        let answer = service.admin("POST", &path, Some(&body)).expect(400);
        assert_eq!(
            (answer["code"].as_str(), answer["pointer"].as_str()),
            (Some(code), Some(pointer)),
            "{body}"
        );
    }
    let nobody = json!({"status": "revoked", "reason": "x"});
    assert_eq!(
        service.admin("POST", "/api/awards/none/status", Some(&nobody)).expect(404)["code"],
        "NOT_FOUND"
    );
}
