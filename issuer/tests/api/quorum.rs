//! What is left of the panel that a badge was awarded from, as its issuer is told.

use badge_verifier::Verdict;
use badge_verifier::evaluation::digest;
use serde_json::json;

use crate::evaluations::{offering, post};
use crate::harness::codes;
use crate::panels::{award, defined, found_met_under_entry, verified, with_panel};
use crate::peers::{ADA, BOB, CYD, OTHER_SKILL, Person, SKILL, found_met};

#[test]
fn an_award_that_falls_short_of_its_panel_is_told_and_stays_what_it_is() {
    let (_directory, service) = offering("");
    for review in ["open", "blind"] {
        let (id, aim) = defined(&service, &with_panel(review));
        let mut first = found_met_under_entry(&service, ADA, BOB, &aim);
        let mut second = found_met_under_entry(&service, ADA, CYD, &aim);
        let third = found_met_under_entry(&service, ADA, Person(44), &aim);
        let threads = [first.thread(), second.thread(), third.thread()];
        let awarded = award(&service, &id, review, ADA, &threads).expect(201);
        let award_id = awarded["id"].as_str().unwrap();
        let shown = || service.admin("GET", &format!("/api/awards/{award_id}"), None).expect(200);
        let panel = |counted: u8, met: bool, withdrawn: &[&String]| json!({"quorum": 2, "met": met, "skills": [{"skill": SKILL, "counted": counted}], "withdrawn": withdrawn});
        let lost = || {
            let metrics = service.admin("GET", "/metrics", None).text();
            let line =
                metrics.lines().find(|line| line.starts_with("badge_issuer_panels_lost_total")).unwrap();
            line.rsplit(' ').next().unwrap().parse::<u32>().unwrap()
        };
        let before = lost();
        assert_eq!(shown()["panel"], panel(3, true, &[]));
        let digests =
            [&first, &second].map(|course| digest::of_record(course.records.last().unwrap()).unwrap());
        first.withdraw(BOB);
        post(&service, "/evaluations/withdrawals", &first.thread()).expect(200);
        assert_eq!(shown()["panel"], panel(2, true, &[&digests[0]]));
        assert_eq!(lost(), before, "two are enough");
        second.withdraw(CYD);
        for _ in 0..2 {
            post(&service, "/evaluations/withdrawals", &second.thread()).expect(200);
            assert_eq!(shown()["panel"], panel(1, false, &[&digests[0], &digests[1]]));
            assert_eq!(lost(), before + 1, "told once");
        }
        service.wait_for_log(award_id);
        assert_eq!(shown()["status"], "active", "what follows from it is for people to decide");
        assert!(!shown().to_string().contains(&BOB.did()), "nobody is named");
    }
    // Without a panel, there is nothing to say.
    let id = service.define("");
    let plain = service.award(&id, "plain", &json!({"recipient": {"id": ADA.did()}})).expect(201);
    let path = format!("/api/awards/{}", plain["id"].as_str().unwrap());
    assert!(service.admin("GET", &path, None).expect(200).get("panel").is_none());
    // Erased, it says nothing of its evaluations.
    let (id, aim) = defined(&service, &with_panel("open"));
    let threads = [found_met(ADA, BOB, &aim).thread(), found_met(ADA, CYD, &aim).thread()];
    let erased = award(&service, &id, "erased", ADA, &threads).expect(201);
    let path = format!("/api/awards/{}", erased["id"].as_str().unwrap());
    assert_eq!(service.admin("GET", &path, None).expect(200)["panel"]["met"], true);
    service.admin("DELETE", &format!("{path}/personal-data"), None).expect(200);
    assert!(service.admin("GET", &path, None).expect(200).get("panel").is_none());
}

#[test]
fn a_translation_of_a_badge_with_a_panel_claims_the_same_skills() {
    let (_directory, service) = offering("");
    let skill = |url: &str| json!({"type": ["Alignment"], "targetName": "skill", "targetUrl": url});
    for (alignment, refused) in [
        (None, false),
        (Some(json!([skill(SKILL)])), false),
        (Some(json!([])), true),
        (Some(json!([skill(OTHER_SKILL)])), true),
        (Some(json!([skill(SKILL), skill(OTHER_SKILL)])), true),
    ] {
        let mut badge = with_panel("open");
        badge["inLanguage"] = "fr".into();
        badge["translations"] = json!([{"inLanguage": "en", "name": "A peer", "description": "Can do it.",
            "criteria": {"narrative": "By example."}}]);
        if let Some(alignment) = &alignment {
            badge["translations"][0]["alignment"] = alignment.clone();
        }
        let answer = service.admin("POST", "/api/badges", Some(&badge));
        if refused {
            let told = codes(&answer.expect(422));
            let expected = ("TRANSLATION_SKILLS_DIFFER".to_owned(), "/translations/0/alignment".to_owned());
            assert!(told.contains(&expected), "{alignment:?}: {told:?}");
        } else {
            answer.expect(201);
        }
        // Where nobody evaluates, a translation may say what it likes.
        badge.as_object_mut().unwrap().remove("panel");
        if alignment != Some(json!([])) {
            service.admin("POST", "/api/badges", Some(&badge)).expect(201);
        }
    }
}

/// Seals are counted and name nobody: whoever evaluates twice has one, or a panel would outlive the others in it.
#[test]
fn one_evaluator_has_one_seal_for_a_skill() {
    let (_directory, service) = offering("");
    let mut badge = with_panel("blind");
    badge["panel"]["organisations"] = "danger-any".into();
    let (id, aim) = defined(&service, &badge);
    let by = |evaluator| found_met_under_entry(&service, ADA, evaluator, &aim);
    let (twice, mut other) = ([by(BOB), by(BOB)], by(CYD));
    let threads = [twice[0].thread(), twice[1].thread(), other.thread()];
    let awarded = award(&service, &id, "k", ADA, &threads).expect(201)["credential"].clone();
    assert_eq!(awarded["sealedEvaluation"].as_array().unwrap().len(), 2);
    let issuer = awarded["issuer"]["id"].as_str().unwrap();
    let word = format!("[panel]\nquorum = 2\nsealed = 'on-issuers-word'\nstanding-issuers = ['{issuer}']");
    assert_eq!(verified(&service, &awarded, &word).verdict(), Verdict::Valid);
    other.withdraw(CYD);
    post(&service, "/evaluations/withdrawals", &other.thread()).expect(200);
    assert_eq!(verified(&service, &awarded, &word).verdict(), Verdict::Invalid);
}
