//! Badges from a panel's result, rings, blind review, and endorsements put into a badge afterwards.

use badge_schemas::evaluation::{Finding, Standing};
use badge_verifier::evaluation::digest;
use badge_verifier::snapshot::{Resource, Retrieval};
use badge_verifier::verify::Expectations;
use badge_verifier::{Outcome, Report, Snapshot, TrustPolicy, Verdict, verify};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::evaluations::{aim, is_set, offering, post};
use crate::harness::{Answer, Service, achievement, codes, run};
use crate::peers::{ADA, Aim, BOB, CYD, Course, GUILD, Person, SKILL, found_met, own_badge};

/// A badge that needs a panel of two, as it is defined.
pub(crate) fn with_panel(review: &str) -> Value {
    let mut badge = achievement();
    badge["panel"] = json!({"quorum": 2, "standingIssuers": [GUILD.did()], "review": review});
    badge
}

/// A badge that needs so many.
pub(crate) fn with_quorum(quorum: u8) -> Value {
    let mut badge = achievement();
    badge["panel"] = json!({"quorum": quorum, "standingIssuers": [GUILD.did()]});
    badge
}

/// Defines it; gives its id and what evaluators aim at.
pub(crate) fn defined(service: &Service, badge: &Value) -> (String, Aim) {
    let answer = service.admin("POST", "/api/badges", Some(badge)).expect(201);
    assert_eq!(answer["panel"]["quorum"], badge["panel"]["quorum"]);
    let id = answer["id"].as_str().unwrap().to_owned();
    let published = service.get(&format!("/badges/{id}")).expect(200);
    assert!(published.get("panel").is_none(), "the rules are not part of the achievement");
    (id, Aim::template(&published))
}

/// The same as [`found_met`], under a status entry that the issuer keeps for it.
pub(crate) fn found_met_under_entry(
    service: &Service,
    candidate: Person,
    evaluator: Person,
    aim: &Aim,
) -> Course {
    let mut course = Course::accepted(candidate, evaluator, aim.clone());
    let given = post(service, "/evaluations/entries", &course.thread()).expect(201);
    let status = given["entries"][0]["credentialStatus"].clone();
    course.submit(Some(&status), Some(own_badge(evaluator, GUILD, "6")));
    course
}

pub(crate) fn award(service: &Service, badge: &str, key: &str, to: Person, evaluations: &[Value]) -> Answer {
    let body = json!({"recipient": {"id": to.did()}, "evaluations": evaluations});
    service.award(badge, key, &body)
}

/// Codes of all findings, the first first.
pub(crate) fn told(answer: &Answer, status: u16) -> Vec<String> {
    codes(&answer.expect(status)).into_iter().map(|(code, _)| code).collect()
}

/// Verifies as somebody would who wants a panel.
pub(crate) fn verified(service: &Service, badge: &Value, policy: &str) -> Report {
    let policy = TrustPolicy::from_toml(policy).unwrap();
    let text = badge.as_str().map_or_else(|| badge.to_string(), str::to_owned);
    let mut snapshot = Snapshot::default();
    for _ in 0..4 {
        let now = Timestamp::now();
        let report = verify(text.as_bytes(), &Expectations::default(), &policy, now, &snapshot);
        let missing = report.missing();
        if missing.is_empty() {
            return report;
        }
        for Resource { kind, url } in missing {
            let path = url.strip_prefix(&service.own_url()).unwrap();
            let outcome = Ok(service.get(path).body);
            snapshot.insert(Resource { kind, url: url.clone() }, Retrieval { fetched_at: now, outcome });
        }
    }
    panic!("resources are missing for ever");
}

fn panel_policy(more: &str) -> String {
    format!("[panel]\nquorum = 2\nstanding-issuers = ['{}']\n{more}", GUILD.did())
}

fn panel_of(report: &Report) -> &Outcome {
    report.outcome(badge_verifier::report::CheckId::Panel)
}

#[test]
fn a_badge_is_awarded_from_a_panels_result_and_verifies_as_such() {
    let (_directory, service) = offering("");
    let (id, aim) = defined(&service, &with_panel("open"));
    // One evaluator with a status entry, in a thread; one as a JWT by itself.
    let mut first = Course::accepted(ADA, BOB, aim.clone());
    let given = post(&service, "/evaluations/entries", &first.thread()).expect(201);
    let status = given["entries"][0]["credentialStatus"].clone();
    first.submit(Some(&status), Some(own_badge(BOB, GUILD, "6")));
    let second = Course::accepted(ADA, CYD, aim);
    let mut evaluation = second.evaluation(SKILL);
    evaluation.standing = vec![Standing::carrying(own_badge(CYD, GUILD, "5"))];
    let token = json!(CYD.jwt(&second.endorsement(&evaluation, None)));
    let answer = award(&service, &id, "k", ADA, &[first.thread(), token.clone()]);
    let awarded = answer.expect(201);
    let badge = &awarded["credential"];
    assert_eq!(badge["endorsement"].as_array().unwrap().len(), 1);
    assert_eq!(badge["endorsementJwt"], json!([token]));
    assert_eq!(badge["credentialSubject"]["source"]["type"], json!(["Profile"]));
    assert!(badge["credentialSubject"]["source"]["id"].as_str().unwrap().ends_with("#panel"));
    let again = award(&service, &id, "k", ADA, &[first.thread(), token]).expect(200);
    assert_eq!(again["credential"], *badge);

    for form in ["json", "jwt"] {
        let path = format!("/api/awards/{}/file?format={form}", awarded["id"].as_str().unwrap());
        let text = service.admin("GET", &path, None).text();
        let report = verified(&service, &json!(text), &panel_policy(""));
        assert_eq!(report.verdict(), Verdict::Valid, "{form}: {report:?}");
        assert_eq!(*panel_of(&report), Outcome::Pass, "{form}");
        assert_eq!(report.assessment().unwrap().skills[0].counted, 2);
    }

    // One of them takes it back: the badge is what it was, and no panel stands behind it any more.
    first.withdraw(BOB);
    post(&service, "/evaluations/withdrawals", &first.thread()).expect(200);
    assert!(is_set(&service, &status));
    let report = verified(&service, badge, &panel_policy(""));
    assert_eq!(report.verdict(), Verdict::Invalid);
    assert_eq!(panel_of(&report).problem().unwrap().code.as_str(), "PANEL_QUORUM_NOT_MET");
    // With it no new award is made.
    let late = award(&service, &id, "late", ADA, &[first.thread(), json!(badge["endorsementJwt"][0])]);
    assert_eq!(told(&late, 422), ["ENDORSEMENT_WITHDRAWN"]);
    let bare = award(&service, &id, "bare", ADA, &[badge["endorsement"][0].clone()]);
    assert_eq!(told(&bare, 422), ["ENDORSEMENT_WITHDRAWN"]);
}

#[test]
fn nothing_less_than_the_panel_makes_the_badge() {
    let (_directory, service) = offering("");
    let (id, aim) = defined(&service, &with_panel("open"));
    let before = service.admin("GET", "/api/audit?limit=1000", None).text();
    let met = |evaluator| found_met(ADA, evaluator, &aim);
    let sound = met(BOB).thread();
    let mut number = 0;
    let mut refused = |evaluations: &[Value], to| {
        number += 1;
        told(&award(&service, &id, &format!("k{number}"), to, evaluations), 422)
    };
    assert_eq!(refused(&[], ADA), ["PANEL_QUORUM_NOT_MET"]);
    assert_eq!(refused(std::slice::from_ref(&sound), ADA), ["PANEL_QUORUM_NOT_MET"]);
    assert_eq!(refused(&[sound.clone(), sound.clone()], ADA), ["PANEL_QUORUM_NOT_MET"], "twice is once");
    // Keys that somebody has just made have no standing: none of their own, one's own word, another's badge, a lower level.
    for standing in [
        None,
        Some(own_badge(CYD, CYD, "6")),
        Some(own_badge(BOB, GUILD, "6")),
        Some(own_badge(CYD, GUILD, "4")),
    ] {
        let mut course = Course::accepted(ADA, CYD, aim.clone());
        course.submit(None, standing);
        let codes = refused(&[sound.clone(), course.thread()], ADA);
        assert_eq!(codes, ["PANEL_QUORUM_NOT_MET", "ENDORSER_UNQUALIFIED"]);
    }
    // Two of one organisation.
    let course = Course::accepted(ADA, CYD, aim.clone());
    let mut evaluation = course.evaluation(SKILL);
    evaluation.standing = vec![Standing::carrying(own_badge(CYD, GUILD, "6"))];
    let mut colleague = course.endorsement(&evaluation, None);
    colleague["issuer"]["parentOrg"]["id"] = format!("https://org{}.example/", BOB.0).into();
    let codes = refused(&[sound.clone(), CYD.seal(&colleague)], ADA);
    assert_eq!(codes, ["PANEL_QUORUM_NOT_MET", "EVALUATOR_ORGANISATION"]);
    // One finds it not met.
    let mut course = Course::accepted(ADA, CYD, aim.clone());
    let mut evaluation = course.evaluation(SKILL);
    evaluation.finding = Finding::NotMet;
    evaluation.standing = vec![Standing::carrying(own_badge(CYD, GUILD, "6"))];
    let signed = CYD.seal(&course.endorsement(&evaluation, None));
    course.records.push(signed);
    assert_eq!(refused(&[sound.clone(), course.thread()], ADA), ["PANEL_QUORUM_NOT_MET"]);
    // Somebody else's evaluations.
    let codes = refused(&[sound.clone(), met(CYD).thread()], Person(40));
    assert_eq!(codes, ["ENDORSEMENT_TARGET_MISMATCH", "ENDORSEMENT_TARGET_MISMATCH"]);
    // Towards another version of the badge, or a badge of another issuer.
    let mut other = aim.clone();
    other.template.as_mut().unwrap().digest_multibase = digest::of_bytes(b"another");
    let codes = refused(&[sound.clone(), found_met(ADA, CYD, &other).thread()], ADA);
    assert_eq!(codes, ["ENDORSEMENT_STALE_VERSION"]);
    // Made after the mandate was over.
    let mut late = Course::lasting(ADA, CYD, aim.clone(), -24);
    late.submit(None, Some(own_badge(CYD, GUILD, "6")));
    assert_eq!(refused(&[sound.clone(), late.thread()], ADA), ["MANDATE_EXPIRED"]);
    // Accepted, and not evaluated yet.
    let waiting = Course::accepted(ADA, CYD, aim.clone());
    assert_eq!(refused(&[sound.clone(), waiting.thread()], ADA), ["THREAD_WITHOUT_EVALUATION"]);
    // Changed after it was signed.
    let mut forged = met(CYD);
    let last = forged.records.last_mut().unwrap();
    last["credentialSubject"]["endorsementComment"] = "Parfait.".into();
    assert_eq!(
        refused(&[sound.clone(), forged.records.last().unwrap().clone()], ADA),
        ["ENDORSEMENT_INVALID"]
    );
    assert_eq!(refused(&[sound.clone(), forged.thread()], ADA), ["RECORD_UNSOUND"]);
    assert_eq!(refused(&[sound.clone(), met(ADA).thread()], ADA)[0], "EVALUATOR_IS_CANDIDATE");
    let many = vec![sound; 65];
    assert_eq!(refused(&many, ADA), ["EVALUATION_TOO_LARGE"]);
    // To an address: nobody knows whether it is the candidate's.
    let body = json!({"recipient": {"email": "ada@exemple.fr"}, "evaluations": [met(BOB).thread(), met(CYD).thread()]});
    assert_eq!(told(&service.award(&id, "mail", &body), 422), ["RECIPIENT_INVALID"]);
    let after = service.admin("GET", "/api/audit?limit=1000", None).text();
    assert_eq!(after, before, "a refusal records nothing");

    // Who does not count beside a panel that is there is told, and does not stand in the badge.
    let mut unknown = Course::accepted(ADA, Person(41), aim.clone());
    unknown.submit(None, None);
    let answer = award(&service, &id, "k", ADA, &[met(BOB).thread(), met(CYD).thread(), unknown.thread()]);
    let awarded = answer.expect(201);
    let warned = awarded["warnings"].as_array().unwrap();
    assert!(warned.iter().any(|one| one["code"] == "ENDORSER_UNQUALIFIED"), "{warned:?}");
    assert_eq!(awarded["credential"]["endorsement"].as_array().unwrap().len(), 2);
}

#[test]
fn a_panel_that_nobody_could_sit_on_is_not_defined() {
    let (_directory, service) = offering("");
    let refused = |panel: Value, pointer: &str| {
        let mut badge = achievement();
        badge["panel"] = panel;
        let answer = service.admin("POST", "/api/badges", Some(&badge)).json();
        assert_eq!(codes(&answer)[0], ("MALFORMED_VALUE".to_owned(), pointer.to_owned()), "{answer}");
    };
    refused(json!({"quorum": 2}), "/panel");
    refused(
        json!({"quorum": 2, "standingIssuers": ["did:example:g"], "skills": ["https://other.example/"]}),
        "/panel/skills/0",
    );
    refused(json!({"quorum": 2, "standingRegistries": ["unknown.jwt"]}), "/panel/standingRegistries/0");
}

#[test]
fn who_vouches_for_each_other_gets_no_badge() {
    let (_directory, service) = offering("");
    let (id, aim) = defined(&service, &with_quorum(1));
    let by = |candidate, evaluator| [found_met(candidate, evaluator, &aim).thread()];
    let first = award(&service, &id, "1", ADA, &by(ADA, BOB)).expect(201);
    let source = &first["credential"]["credentialSubject"]["source"];
    assert_eq!((&source["id"], &source["name"]), (&BOB.did().into(), &"Un pair".into()));
    let ring = award(&service, &id, "2", BOB, &by(BOB, ADA));
    assert_eq!(told(&ring, 422), ["ENDORSEMENT_RECIPROCAL"]);
    // Nor three in a circle.
    award(&service, &id, "3", CYD, &by(CYD, ADA)).expect(201);
    let circle = award(&service, &id, "4", BOB, &by(BOB, CYD));
    assert_eq!(told(&circle, 422), ["ENDORSEMENT_RECIPROCAL"]);
    // Who stands outside is none of it; the circle is known after a restart too.
    award(&service, &id, "5", BOB, &by(BOB, Person(42))).expect(201);
    // What is erased is forgotten, rings with it.
    let path = format!("/api/awards/{}/personal-data", first["id"].as_str().unwrap());
    service.admin("DELETE", &path, None).expect(200);
    award(&service, &id, "6", BOB, &by(BOB, ADA)).expect(201);
}

#[test]
fn of_two_who_are_awarded_for_each_other_at_once_one_at_most_is() {
    let (_directory, service) = offering("");
    let (id, aim) = defined(&service, &with_quorum(1));
    for round in 0..6_u8 {
        let pair = [Person(100 + 2 * round), Person(101 + 2 * round)];
        let threads =
            [[found_met(pair[0], pair[1], &aim).thread()], [found_met(pair[1], pair[0], &aim).thread()]];
        let answers: Vec<u16> = std::thread::scope(|scope| {
            let asked: Vec<_> = (0..2)
                .map(|one| {
                    let (service, id, threads) = (&service, &id, &threads);
                    scope.spawn(move || {
                        award(service, id, &format!("{round}-{one}"), pair[one], &threads[one]).status
                    })
                })
                .collect();
            asked.into_iter().map(|asked| asked.join().unwrap()).collect()
        });
        let made = answers.iter().filter(|status| **status == 201).count();
        assert!(made == 1 && answers.contains(&422), "{answers:?}");
    }
    let pending = service.admin("GET", "/api/awards?status=intended", None).expect(200);
    let whose: Vec<&Value> =
        pending["awards"].as_array().unwrap().iter().map(|award| &award["recipient"]).collect();
    assert!(whose.iter().all(|recipient| recipient.is_null()), "what was refused keeps nobody: {whose:?}");
}

#[test]
fn a_blind_review_names_nobody_until_it_is_shown() {
    let (_directory, service) = offering("");
    let (id, aim) = defined(&service, &with_panel("blind"));
    let mut course = found_met_under_entry(&service, ADA, BOB, &aim);
    let threads = [course.thread(), found_met_under_entry(&service, ADA, CYD, &aim).thread()];
    let awarded = award(&service, &id, "k", ADA, &threads).expect(201);
    let badge = &awarded["credential"];
    let text = badge.to_string();
    assert!(!text.contains(&BOB.did()) && !text.contains(&CYD.did()) && badge.get("endorsement").is_none());
    assert_eq!(badge["sealedEvaluation"].as_array().unwrap().len(), 2);
    let issuer = badge["issuer"]["id"].as_str().unwrap();
    let word = format!("[panel]\nquorum = 2\nsealed = 'on-issuers-word'\nstanding-issuers = ['{issuer}']");
    let report = verified(&service, badge, &word);
    assert_eq!((report.verdict(), panel_of(&report)), (Verdict::Valid, &Outcome::Pass), "{report:?}");
    assert_eq!(verified(&service, badge, &panel_policy("")).verdict(), Verdict::Invalid);
    // The entry is the one of the endorsement: a number in a list.
    let entry = &badge["sealedEvaluation"][0]["credentialStatus"];
    assert_eq!(*entry, course.records.last().unwrap()["credentialStatus"]);
    assert!(!is_set(&service, entry));

    let award_id = awarded["id"].as_str().unwrap();
    let path = format!("/api/awards/{award_id}/evaluations/reveal");
    let reveal = |ground: &Value| service.admin("POST", &path, Some(ground));
    let before = service.admin("GET", "/api/audit?limit=1000", None).text();
    assert_eq!(service.admin("GET", &path, None).status, 405, "what appends to the record is no GET");
    assert_eq!(codes(&reveal(&json!({})).expect(400))[0].0, "MEMBER_MISSING");
    assert_eq!(codes(&reveal(&json!({"ground": "curiosity"})).expect(400))[0].0, "MALFORMED_VALUE");
    assert_eq!(service.admin("GET", "/api/audit?limit=1000", None).text(), before, "nothing was shown");
    for (role, status) in [("awarder", 403), ("badge-designer", 403), ("auditor", 200)] {
        let token = json!({"account": role, "roles": [role], "badges": []});
        let made = service.admin("POST", "/api/tokens", Some(&token)).expect(201);
        let bearer = format!("Bearer {}", made["token"].as_str().unwrap());
        let answer = service.send(
            "POST",
            &path,
            &[("Authorization", &bearer), ("Content-Type", "application/json")],
            br#"{"ground": "dispute"}"#,
        );
        assert_eq!(answer.status, status, "{role}: {}", answer.text());
    }
    assert_eq!(service.send("POST", &path, &[], b"{}").status, 401);
    let shown = reveal(&json!({"ground": "legal-order"})).expect(200);
    assert_eq!(shown["evaluations"], json!(threads));
    assert_eq!(shown["evaluators"], json!([BOB.did(), CYD.did()]));
    let log = service.admin("GET", "/api/audit?limit=1000", None).expect(200);
    let told: Vec<_> = log["entries"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|line| line["entry"]["kind"] == "revealed")
        .map(|line| (line["entry"]["actor"].as_str().unwrap(), line["entry"]["code"].as_str().unwrap()))
        .collect();
    assert_eq!(told, [("auditor", "dispute"), ("administrator", "legal-order")]);

    // Opened, each endorsement is the one that was sealed.
    let sealed: Vec<&str> = badge["sealedEvaluation"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["recordDigest"].as_str().unwrap())
        .collect();
    for thread in shown["evaluations"].as_array().unwrap() {
        let endorsement = thread["verifiableCredential"].as_array().unwrap().last().unwrap();
        assert!(sealed.contains(&digest::of_record(endorsement).unwrap().as_str()));
    }
    // One of them takes it back: whoever holds the badge sees it, and still does not learn who it was.
    course.withdraw(BOB);
    post(&service, "/evaluations/withdrawals", &course.thread()).expect(200);
    let report = verified(&service, badge, &word);
    assert_eq!(report.verdict(), Verdict::Invalid);
    assert_eq!(panel_of(&report).problem().unwrap().code.as_str(), "PANEL_QUORUM_NOT_MET");
    let endorsements = report.outcome(badge_verifier::report::CheckId::Endorsements);
    assert_eq!(endorsements.problem().unwrap().code.as_str(), "ENDORSEMENT_WITHDRAWN");
    assert_eq!(verified(&service, badge, "").verdict(), Verdict::Valid, "it stands on its issuer's word");
    assert!(!serde_json::to_string(&report.assessment()).unwrap().contains(&BOB.did()));
    // None is put into it afterwards, and erasing erases who evaluated.
    let more = json!({"endorsements": [found_met(ADA, Person(43), &aim).records.last().unwrap()]});
    let refused = service.admin("POST", &format!("/api/awards/{award_id}/endorsements"), Some(&more));
    assert_eq!(told_codes(&refused), ["ENDORSEMENT_WOULD_REVEAL"]);
    service.admin("DELETE", &format!("/api/awards/{award_id}/personal-data"), None).expect(200);
    assert_eq!(reveal(&json!({"ground": "dispute"})).status, 410);
}

#[test]
fn what_could_not_be_taken_back_is_not_sealed() {
    let (_directory, service) = offering("");
    let (id, aim) = defined(&service, &with_panel("blind"));
    let sound = found_met_under_entry(&service, ADA, BOB, &aim);
    let refused = |key: &str, other: &Course| {
        let answer = award(&service, &id, key, ADA, &[sound.thread(), other.thread()]);
        let told = codes(&answer.expect(422));
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].1.starts_with("/evaluations/1/"), "{told:?}");
        told[0].0.clone()
    };
    // Without a status; under the place of another evaluation, which nobody would set for this one.
    assert_eq!(refused("1", &found_met(ADA, CYD, &aim)), "EVALUATION_ENTRY_FOREIGN");
    let entry = sound.records.last().unwrap()["credentialStatus"].clone();
    for asked in [false, true] {
        let mut other = Course::accepted(ADA, CYD, aim.clone());
        if asked {
            post(&service, "/evaluations/entries", &other.thread()).expect(201);
        }
        other.submit(Some(&entry), Some(own_badge(CYD, GUILD, "6")));
        assert_eq!(refused(&format!("2{asked}"), &other), "EVALUATION_ENTRY_FOREIGN");
    }
    // What does not stand in the badge need not have one.
    let mut unknown = Course::accepted(ADA, Person(41), aim.clone());
    unknown.submit(None, None);
    let other = found_met_under_entry(&service, ADA, CYD, &aim);
    let given = [sound.thread(), other.thread(), unknown.thread()];
    award(&service, &id, "3", ADA, &given).expect(201);
    // Nobody hides the status of what is sealed.
    let hiding = json!({"recipient": {"id": ADA.did()}, "evaluations": given, "format": "sd-jwt",
        "disclosable": ["/sealedEvaluation/0/credentialStatus"]});
    assert_eq!(told(&service.award(&id, "4", &hiding), 422), ["DISCLOSURE_REFUSED"]);
}

#[test]
fn a_blind_review_needs_a_service_that_keeps_status_entries() {
    let directory = tempfile::tempdir().unwrap();
    let service = Service::start_in(directory.path(), &[]);
    let answer = service.admin("POST", "/api/badges", Some(&with_panel("blind"))).json();
    assert_eq!(codes(&answer)[0], ("MALFORMED_VALUE".to_owned(), "/panel/review".to_owned()), "{answer}");
    service.admin("POST", "/api/badges", Some(&with_panel("open"))).expect(201);
}

fn told_codes(answer: &Answer) -> Vec<String> {
    told(answer, 422)
}

#[test]
fn endorsements_are_put_into_a_badge_that_stays_the_same_otherwise() {
    let (directory, service) = offering("");
    let id = service.define("");
    let awarded = service.award(&id, "k", &json!({"recipient": {"id": ADA.did()}})).expect(201);
    let badge = awarded["credential"].clone();
    let award_id = awarded["id"].as_str().unwrap();
    let path = format!("/api/awards/{award_id}/endorsements");
    let fold = |items: &[&Value]| service.admin("POST", &path, Some(&json!({"endorsements": items})));
    let aimed = Aim::badge(&badge);

    // Of another version, of another badge, by oneself, forged.
    let mut older = badge.clone();
    older["validFrom"] = "2026-01-01T00:00:00Z".into();
    let stale = found_met(ADA, BOB, &Aim::badge(&older)).records.pop().unwrap();
    assert_eq!(told_codes(&fold(&[&stale])), ["ENDORSEMENT_STALE_VERSION"]);
    older["id"] = "urn:uuid:5b6f1c1e-6a0f-4f0e-9a53-0c2f5d7a2b98".into();
    let elsewhere = found_met(ADA, BOB, &Aim::badge(&older)).records.pop().unwrap();
    assert_eq!(told_codes(&fold(&[&elsewhere])), ["ENDORSEMENT_TARGET_MISMATCH"]);
    let mut forged = found_met(ADA, BOB, &aimed).records.pop().unwrap();
    forged["credentialSubject"]["endorsementComment"] = "Parfait.".into();
    assert_eq!(told_codes(&fold(&[&forged])), ["ENDORSEMENT_INVALID"]);
    assert_eq!(
        told(&service.admin("POST", &path, Some(&json!({"endorsements": []}))), 400),
        ["MEMBER_MISSING"]
    );

    let course = found_met(ADA, BOB, &aimed);
    let answer = fold(&[&course.thread()]).expect(200);
    assert_eq!(answer["added"], 1);
    let first = answer["credential"].clone();
    assert_eq!(digest::of_badge(&first).unwrap(), digest::of_badge(&badge).unwrap());
    let stripped = |badge: &Value| {
        let mut badge = badge.clone();
        for name in ["proof", "endorsement", "endorsementJwt"] {
            badge.as_object_mut().unwrap().remove(name);
        }
        badge
    };
    assert_eq!(stripped(&first), stripped(&badge), "the same id, dates and status");
    let again = fold(&[course.records.last().unwrap()]).expect(200);
    assert_eq!((&again["added"], &again["credential"]), (&json!(0), &first), "what is there is there once");

    // A second one fits the version as before.
    let second = found_met(ADA, CYD, &aimed);
    let both = fold(&[second.records.last().unwrap()]).expect(200)["credential"].clone();
    assert_eq!(both["endorsement"].as_array().unwrap().len(), 2);
    for form in ["json", "jwt"] {
        let text = service.admin("GET", &format!("/api/awards/{award_id}/file?format={form}"), None).text();
        let report = verified(&service, &json!(text), &panel_policy(""));
        assert_eq!(
            (report.verdict(), panel_of(&report)),
            (Verdict::Valid, &Outcome::Pass),
            "{form}: {report:?}"
        );
    }
    let log = service.admin("GET", "/api/audit?limit=1000", None).text();
    assert_eq!(log.matches("\"kind\":\"reissued\"").count(), 2);

    // Bob has vouched for Ada: she may not vouch for him, in a badge that is made or one that is there.
    let of_bob = service.award(&id, "b", &json!({"recipient": {"id": BOB.did()}})).expect(201);
    let course = found_met(BOB, ADA, &Aim::badge(&of_bob["credential"]));
    let path = format!("/api/awards/{}/endorsements", of_bob["id"].as_str().unwrap());
    let body = json!({"endorsements": [course.records.last().unwrap()]});
    assert_eq!(told_codes(&service.admin("POST", &path, Some(&body))), ["ENDORSEMENT_RECIPROCAL"]);

    // One that was revoked is signed no more.
    let path_of = |what: &str| format!("/api/awards/{award_id}/{what}");
    let revoke = json!({"status": "revoked", "reason": "erreur"});
    service.admin("POST", &path_of("status"), Some(&revoke)).expect(200);
    let refused = fold(&[second.records.last().unwrap()]);
    assert_eq!(told(&refused, 409), ["STATUS_CONFLICT"]);

    // The receipt is that of the badge which its holder has now.
    let award_id = award_id.to_owned();
    service.stop();
    let made = run(&["log", "receipt", &award_id, "--data", "data", "-o", "receipt.json"], directory.path());
    assert!(made.status.success(), "{made:?}");
    let receipt: Value =
        serde_json::from_slice(&std::fs::read(directory.path().join("receipt.json")).unwrap()).unwrap();
    assert!(receipt["entry"].as_str().unwrap().contains("\"kind\":\"reissued\""), "{receipt}");
}

#[test]
fn evaluations_stand_in_badges_that_ask_for_no_panel() {
    let (_directory, service) = offering("");
    let aim = aim(&service);
    let id = aim.template.as_ref().unwrap().id.rsplit('/').next().unwrap().to_owned();
    let mut course = Course::accepted(ADA, BOB, aim.clone());
    course.submit(None, None);
    let awarded = award(&service, &id, "k", ADA, &[course.thread()]).expect(201);
    assert!(awarded.get("warnings").is_none_or(|warnings| !warnings.to_string().contains("ENDORSER")));
    assert_eq!(awarded["credential"]["endorsement"][0]["issuer"]["id"], BOB.did());
    let report = verified(&service, &awarded["credential"], "");
    assert_eq!(report.verdict(), Verdict::Valid);
}
