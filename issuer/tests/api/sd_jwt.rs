//! Badges whose holder chooses what to show: awarded over HTTP and without a service.

use badge_verifier::report::{CheckId, Outcome, Verdict};
use badge_verifier::securing::sd_jwt::SdJwt;
use badge_verifier::securing::sd_jwt::present::Selection;
use badge_verifier::securing::sd_jwt::profile::Profile;
use badge_verifier::{Expectations, Snapshot, TrustPolicy, verify};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::harness::{HOLDER, Service, run};

fn body() -> Value {
    json!({
        "recipient": {"id": HOLDER},
        "narrative": "Reçue avec mention.",
        "result": [{"value": "17/20"}],
        "format": "sd-jwt",
    })
}

/// The badge's address stands in every part that is shown: what was hidden is not to be had there.
fn nothing_at_its_address(service: &Service, award: &Value, url: &str) {
    let path = award["credentialId"].as_str().unwrap().strip_prefix(url).unwrap();
    for format in ["", "?format=json", "?format=jwt", "?format=png", "?format=sd-jwt", "?format=dc%2Bsd-jwt"]
    {
        assert_eq!(service.get(&format!("{path}{format}")).status, 404, "{format}");
    }
}

#[test]
fn an_award_as_sd_jwt_can_be_shown_in_part_and_revoked_as_a_whole() {
    let service = Service::start();
    let url = service.own_url();
    let badge = service.define("");
    let award = service.award(&badge, "a", &body()).expect(201);
    let text = award["credential"].as_str().unwrap();
    let whole = SdJwt::parse(text).unwrap();
    assert_eq!(whole.profile(), Profile::Credential);
    assert!(whole.confirmation_key().unwrap().is_some(), "the key of the recipient's did:key");
    let places: Vec<&str> = whole.disclosures().map(|(place, _)| place).collect();
    for place in ["/credentialSubject/narrative", "/credentialSubject/result", "/credentialSubject/result/0"]
    {
        assert!(places.contains(&place), "{place}");
    }
    let again = service.award(&badge, "a", &body()).expect(200);
    assert_eq!(again["credential"], award["credential"]);

    let id = award["id"].as_str().unwrap();
    let file = |format: &str| service.admin("GET", &format!("/api/awards/{id}/file?format={format}"), None);
    let answer = file("sd-jwt");
    assert_eq!(answer.headers["content-type"], "application/vc+sd-jwt");
    assert_eq!(answer.body, text.as_bytes());
    assert_eq!(file("json").status, 200, "the other forms are there too");
    assert_eq!(file("dc%2Bsd-jwt").status, 404);
    nothing_at_its_address(&service, &award, &url);

    let barest = whole.select(&Selection::Claims(Vec::new())).unwrap();
    for shown in [text, &barest] {
        let report = service.verify(shown.as_bytes(), &url);
        assert_eq!(report.verdict(), Verdict::Valid, "{:?}", report.checks());
        assert_eq!(*report.outcome(CheckId::Status), Outcome::Pass);
    }
    assert!(!barest.contains("mention"));
    let revoke = json!({"status": "revoked", "reason": "x"});
    service.admin("POST", &format!("/api/awards/{id}/status"), Some(&revoke)).expect(200);
    let report = service.verify(barest.as_bytes(), &url);
    assert_eq!(report.outcome(CheckId::Status).problem().unwrap().code.as_str(), "REVOKED");
}

#[test]
fn an_award_as_sd_jwt_vc_is_revoked_by_its_status_list_token() {
    let service = Service::start();
    let url = service.own_url();
    let badge = service.define("");
    let mut body = body();
    body["format"] = "dc+sd-jwt".into();
    let award = service.award(&badge, "a", &body).expect(201);
    let text = award["credential"].as_str().unwrap();
    let whole = SdJwt::parse(text).unwrap();
    assert_eq!(whole.profile(), Profile::SdJwtVc);
    nothing_at_its_address(&service, &award, &url);
    assert!(whole.claims()["status"]["status_list"]["uri"].as_str().unwrap().starts_with(&url));
    let report = service.verify(text.as_bytes(), &url);
    assert_eq!(report.verdict(), Verdict::Valid, "{:?}", report.checks());
    assert_eq!(*report.outcome(CheckId::Status), Outcome::Pass);
    let revoke = json!({"status": "revoked", "reason": "x"});
    let id = award["id"].as_str().unwrap();
    service.admin("POST", &format!("/api/awards/{id}/status"), Some(&revoke)).expect(200);
    let report = service.verify(text.as_bytes(), &url);
    assert_eq!(report.verdict(), Verdict::Invalid);
    assert_eq!(report.outcome(CheckId::Status).problem().unwrap().code.as_str(), "REVOKED");
}

#[test]
fn what_can_be_hidden_is_chosen_and_what_may_not_be_is_refused_before_anything_is_recorded() {
    let service = Service::start();
    let badge = service.define("");
    let mut chosen = body();
    chosen["disclosable"] = json!(["/credentialSubject/narrative"]);
    let award = service.award(&badge, "chosen", &chosen).expect(201);
    let whole = SdJwt::parse(award["credential"].as_str().unwrap()).unwrap();
    let places: Vec<&str> = whole.disclosures().map(|(place, _)| place).collect();
    assert_eq!(places, ["/credentialSubject/narrative"]);
    chosen["disclosable"] = json!([]);
    let award = service.award(&badge, "nothing", &chosen).expect(201);
    assert_eq!(SdJwt::parse(award["credential"].as_str().unwrap()).unwrap().disclosures().count(), 0);

    for (disclosable, code) in [
        (json!(["/credentialSubject/absent"]), "DISCLOSURE_REFUSED"),
        (json!(["/validFrom"]), "DISCLOSURE_REFUSED"),
        (json!(["/credentialStatus/statusListIndex"]), "DISCLOSURE_REFUSED"),
        (json!(["/issuer"]), "DISCLOSURE_REFUSED"),
        (json!("/x"), "MALFORMED_VALUE"),
        (json!([1]), "MALFORMED_VALUE"),
    ] {
        let mut body = body();
        body["disclosable"] = disclosable.clone();
        let problem = service.award(&badge, "refused", &body);
        assert!((400..500).contains(&problem.status), "{}", problem.status);
        let problem = String::from_utf8(problem.body).unwrap();
        assert!(problem.contains(code), "{disclosable}: {problem}");
    }
    let mut unfit = body();
    unfit["disclosable"] = json!(["/credentialSubject/achievement/name"]);
    let problem = service.award(&badge, "refused", &unfit);
    assert!((400..500).contains(&problem.status), "{}", problem.status);
    let mut useless = body();
    useless["format"] = "jwt".into();
    useless["disclosable"] = json!([]);
    service.award(&badge, "refused", &useless).expect(400);
    let mut sound = body();
    sound["format"] = "json".into();
    service.award(&badge, "refused", &sound).expect(201);
}

#[test]
fn a_recipient_without_a_key_gets_a_badge_that_nobody_can_bind() {
    let service = Service::start();
    let badge = service.define("");
    let mut body = body();
    body["recipient"] = json!({"email": "zoe@exemple.fr"});
    let award = service.award(&badge, "a", &body).expect(201);
    let whole = SdJwt::parse(award["credential"].as_str().unwrap()).unwrap();
    assert!(whole.confirmation_key().unwrap().is_none());
    let places: Vec<&str> = whole.disclosures().map(|(place, _)| place).collect();
    assert!(places.contains(&"/credentialSubject/identifier"), "even the hash can be kept back");
}

#[test]
fn a_small_body_issues_both_forms() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let draft = json!({
        "achievement": {"name": "Évaluer", "description": "…", "criteria": {"narrative": "…"}},
        "narrative": "Reçue avec mention.",
    });
    std::fs::write(at.join("draft.json"), draft.to_string()).unwrap();
    for (format, profile) in [("sd-jwt", Profile::Credential), ("dc+sd-jwt", Profile::SdJwtVc)] {
        let arguments = [
            "issue",
            "draft.json",
            "--data",
            "d",
            "--to",
            HOLDER,
            "--no-status",
            "--format",
            format,
            "-o",
            "b",
        ];
        let output = run(&arguments, at);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = std::fs::read_to_string(at.join("b")).unwrap();
        let whole = SdJwt::parse(text.trim()).unwrap();
        assert_eq!(whole.profile(), profile);
        assert_eq!(whole.disclosures().count(), 1);
        let report = verify(
            text.as_bytes(),
            &Expectations::default(),
            &TrustPolicy::default(),
            Timestamp::now(),
            &Snapshot::default(),
        );
        assert_eq!(report.verdict(), Verdict::Valid, "{:?}", report.checks());
        assert_eq!(report.summary().kind, Some("badge"));
        assert_eq!(report.summary().name.as_deref(), Some("Évaluer"));
    }
}
