//! Endorsements gathered after issuing: kept beside an unchanged badge, shown, sent along, and judged by the verifier.

use crate::support::{Issuer, Said, Wallet};
use badge_schemas::evaluation::{
    Answer, Appeal, ConflictOfInterest, Decision, Evaluation, Evaluator, Finding, Mandate, Reason, Record,
    RecordHead, Response, SkillLevel, SoughtSkill, Standing, Withdrawal,
};
use badge_schemas::profile::ProfileRef;
use badge_schemas::timestamp::DateTimeStamp;
use badge_verifier::evaluation::{digest, thread};
use badge_verifier::{Expectations, Report, Snapshot, TrustPolicy, Verdict, verify};
use jiff::Timestamp;
use serde_json::{Value, json};

const SKILL: &str = "http://data.europa.eu/esco/skill/1f1d2ff8-c4c1-45a2-9812-6a7ea84b7f0b";
const ATTACHED: &str = "Endorsements attached by the holder, not by the issuer";

fn head(number: u8, by: &Issuer) -> RecordHead {
    RecordHead {
        id: format!("urn:uuid:5b6f1c1e-6a0f-4f0e-9a53-0c2f5d7a5b{number:02x}"),
        name: "Évaluation".to_owned(),
        issuer: ProfileRef::Uri(by.did()),
        valid_from: DateTimeStamp::parse("2026-01-10T00:00:00Z").unwrap(),
        valid_until: None,
    }
}

fn skill() -> badge_schemas::achievement::Alignment {
    serde_json::from_value(
        json!({"type": ["Alignment"], "targetName": "Épanneler un bloc", "targetUrl": SKILL}),
    )
    .unwrap()
}

fn level() -> SkillLevel {
    SkillLevel::new("DigComp 2.2", "5")
}

/// What `by` says of a badge: the skill, met; `change` has the last word.
fn evaluation(by: &Issuer, badge: &Value, change: impl FnOnce(&mut Evaluation)) -> Value {
    let subject = badge["credentialSubject"]["id"].as_str().unwrap();
    let mut evaluation = Evaluation::new(subject, skill(), level(), Finding::Met);
    evaluation.target_digest = Some(digest::of_badge(badge).unwrap());
    change(&mut evaluation);
    let about = badge["id"].as_str().unwrap();
    let draft = evaluation.to_endorsement(&head(3, by), about, Some("Travail soigné.")).unwrap();
    serde_json::from_str(&by.json(draft)).unwrap()
}

fn present(wallet: &Wallet, ids: &[&str], more: &[&str]) -> Said {
    let asked = ["--challenge", "défi-7f3a", "--domain", "https://rh.example", "-o", "-"];
    wallet.run(&[&["present"], ids, &asked, more].concat())
}

fn judge(presentation: &str, policy: &TrustPolicy) -> Report {
    let expect = Expectations {
        challenge: Some("défi-7f3a".to_owned()),
        domain: Some("https://rh.example".to_owned()),
        ..Expectations::default()
    };
    verify(presentation.as_bytes(), &expect, policy, Timestamp::now(), &Snapshot::default())
}

/// A wallet with one badge: the badge, its identifier, its issuer, and the evaluator.
fn with_badge() -> (Wallet, Value, String, Issuer) {
    let (wallet, did) = Wallet::made();
    let issuer = Issuer::new(1);
    let text = issuer.json(issuer.draft(&did));
    let id = wallet.add("a.json", &text);
    (wallet, serde_json::from_str(&text).unwrap(), id, Issuer::new(7))
}

fn add(wallet: &Wallet, name: &str, value: &Value) -> Said {
    let path = wallet.file(name, value.to_string());
    wallet.run(&["add", "--offline", &path])
}

#[test]
fn an_endorsement_is_kept_beside_its_badge_and_travels_with_it() {
    let (wallet, badge, id, evaluator) = with_badge();
    let before = std::fs::read(wallet.dir().join(format!("credentials/{id}.json"))).unwrap();
    let said = add(&wallet, "e.json", &evaluation(&evaluator, &badge, |_| ()));
    assert_eq!((said.code, said.out.trim()), (0, id.as_str()), "{}", said.err);
    assert!(said.err.contains("Tailleur de pierre") && said.err.contains("attached by you"), "{}", said.err);
    let after = std::fs::read(wallet.dir().join(format!("credentials/{id}.json"))).unwrap();
    assert_eq!(after, before, "the badge is unchanged");

    let listed = wallet.ok(&["list"]);
    assert!(listed.contains(&evaluator.did()) && listed.contains("attached by you"), "{listed}");
    let one = &wallet.list()[0]["endorsements"][0];
    assert_eq!((&one["attachedBy"], &one["evaluation"]["outcome"]), (&json!("holder"), &json!("met")));
    let shown = wallet.ok(&["show", &id]);
    assert!(shown.contains(ATTACHED) && shown.contains("met (DigComp 2.2 5) — sound"), "{shown}");
    assert!(shown.contains("comment: “Travail soigné.”"), "{shown}");

    let said = present(&wallet, &[&id], &[]);
    assert_eq!(said.code, 0, "{}", said.err);
    let report = judge(&said.out, &TrustPolicy::default());
    assert_eq!(report.verdict(), Verdict::Valid);
    let attached = &report.credentials()[0].endorsements()[0];
    assert!(attached.is_attached() && attached.verdict() == Verdict::Valid);
    assert_eq!(report.credentials().len(), 1);

    let without = present(&wallet, &[&id], &["--without-endorsements"]);
    assert!(judge(&without.out, &TrustPolicy::default()).credentials()[0].endorsements().is_empty());
    assert!(!without.out.contains(&evaluator.did()));
}

#[test]
fn french_readers_are_told_the_same() {
    let (wallet, badge, id, evaluator) = with_badge();
    let wallet = wallet.in_french();
    let said = add(&wallet, "e.json", &evaluation(&evaluator, &badge, |_| ()));
    assert!(said.err.contains("ajouté par vous et non par son émetteur"), "{}", said.err);
    let shown = wallet.ok(&["show", &id]);
    assert!(shown.contains("Endossements ajoutés par le détenteur, et non par l’émetteur"), "{shown}");
    assert!(shown.contains("acquis (DigComp 2.2 5) — fiable"), "{shown}");
    assert!(shown.contains("commentaire\u{a0}: «\u{a0}Travail soigné.\u{a0}»"), "{shown}");
}

#[test]
fn what_does_not_fit_is_refused_and_nothing_is_written() {
    let (wallet, badge, _, evaluator) = with_badge();
    let files = wallet.files();
    let sound = evaluation(&evaluator, &badge, |_| ());
    let mut forged = sound.clone();
    forged["credentialSubject"]["evaluation"]["outcome"] = json!("not-met");
    let stale = evaluation(&evaluator, &badge, |one| one.target_digest = Some(digest::of_bytes(b"older")));
    let mut elsewhere_badge = badge.clone();
    elsewhere_badge["id"] = json!("urn:uuid:7d0f9d5e-1d5b-4f0e-9c1b-2a7c3c1a9bff");
    elsewhere_badge["credentialSubject"]["id"] =
        json!("did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2");
    let elsewhere = evaluation(&evaluator, &elsewhere_badge, |_| ());
    let unasked =
        evaluation(&evaluator, &badge, |one| one.evaluated_skill.target_url = "https://example.org/x".into());
    let own_word = evaluation(&Issuer::new(1), &badge, |_| ());
    for (name, endorsement, code) in [
        ("forged.json", forged, "ENDORSEMENT_INVALID"),
        ("stale.json", stale, "ENDORSEMENT_STALE_VERSION"),
        ("elsewhere.json", elsewhere, "ENDORSEMENT_WITHOUT_BADGE"),
        ("unasked.json", unasked, "SKILL_NOT_IN_BADGE"),
        ("own.json", own_word, "ENDORSER_SELF"),
    ] {
        let said = add(&wallet, name, &endorsement);
        assert_eq!((said.code, said.out.as_str()), (1, ""), "{name}: {}", said.err);
        assert!(said.err.contains(code), "{name}: {}", said.err);
    }
    assert_eq!(wallet.files(), files);
}

#[test]
fn an_evaluators_own_badge_travels_beside_what_names_it() {
    let (wallet, badge, id, evaluator) = with_badge();
    let guild = Issuer::new(9);
    let mut standing = guild.draft(&evaluator.did());
    standing["id"] = json!("urn:uuid:7d0f9d5e-1d5b-4f0e-9c1b-2a7c3c1a9b77");
    let standing: Value = serde_json::from_str(&guild.json(standing)).unwrap();
    let named = Standing::beside(standing["id"].as_str().unwrap(), digest::of_record(&standing).unwrap());
    let endorsement = evaluation(&evaluator, &badge, |one| one.standing = vec![named]);
    assert_eq!(add(&wallet, "e.json", &endorsement).code, 0);
    assert_eq!(add(&wallet, "s.json", &standing).code, 0);
    let said = present(&wallet, &[&id], &[]);
    let policy = TrustPolicy::from_toml(&format!(
        "[panel]\nquorum = 1\nstanding-issuers = ['{}']\nevaluator-level = 'danger-any'\norganisations = 'danger-any'\n",
        guild.did()
    ));
    let report = judge(&said.out, &policy.unwrap());
    assert_eq!(report.verdict(), Verdict::Valid, "{}", said.err);
    assert_eq!(report.credentials().len(), 1, "it is not presented as the holder's");
    assert_eq!(report.credentials()[0].endorsements()[0].credentials().len(), 1);
}

#[test]
fn the_evaluations_of_a_thread_that_stand_are_kept() {
    let (wallet, badge, id, evaluator) = with_badge();
    let did = badge["credentialSubject"]["id"].as_str().unwrap().to_owned();
    // The candidate's own key is in the wallet; another key stands for it in a thread that must then be refused.
    let candidate = Issuer::new(11);
    let asked = |by: &Issuer| -> Value {
        let sought = vec![SoughtSkill::new(skill(), level())];
        let none = ConflictOfInterest::none();
        let mut mandate = Mandate::new(Evaluator::Did(evaluator.did()), sought, none);
        mandate.claim = Some("Dix ans.".to_owned());
        serde_json::from_str(&by.json(mandate.to_credential(&head(1, by)).unwrap())).unwrap()
    };
    let mandate = asked(&candidate);
    let mut response = Response::new(
        mandate["id"].as_str().unwrap(),
        digest::of_record(&mandate).unwrap(),
        Answer::Accepted,
    );
    response.conflict_of_interest = Some(ConflictOfInterest::none());
    let accepted: Value =
        serde_json::from_str(&evaluator.json(response.to_credential(&head(2, &evaluator)).unwrap())).unwrap();
    let mut evaluation = Evaluation::new(candidate.did(), skill(), level(), Finding::Met);
    evaluation.previous = Some(digest::of_record(&accepted).unwrap());
    evaluation.mandate = Some(mandate["id"].as_str().unwrap().to_owned());
    evaluation.mandate_digest = Some(digest::of_record(&mandate).unwrap());
    let draft = evaluation.to_endorsement(&head(3, &evaluator), &candidate.did(), None).unwrap();
    let submitted: Value = serde_json::from_str(&evaluator.json(draft)).unwrap();
    let records = [mandate, accepted, submitted];

    // About a claim of somebody else's: no badge here is theirs.
    let said = add(&wallet, "t.json", &thread::thread(&records));
    assert!(said.code == 1 && said.err.contains("THREAD_ABOUT_A_CLAIM"), "{}", said.err);
    assert!(said.err.contains("may award a badge") && !said.err.contains("WITHOUT_BADGE"), "{}", said.err);
    assert_ne!(did, candidate.did());

    // With that candidate's badge in the wallet, the evaluation goes beside it.
    let issuer = Issuer::new(1);
    let mut theirs = issuer.draft(&candidate.did());
    theirs["id"] = json!("urn:uuid:7d0f9d5e-1d5b-4f0e-9c1b-2a7c3c1a9b55");
    let their_id = wallet.add("b.json", issuer.json(theirs));
    let said = add(&wallet, "t.json", &thread::thread(&records));
    assert_eq!((said.code, said.out.trim()), (0, their_id.as_str()), "{}", said.err);
    assert_ne!(their_id, id);

    // A withdrawal or a decision that does not count takes nothing away.
    let own = digest::of_record(&records[2]).unwrap();
    let withdrawal = Withdrawal::new(own.clone(), own.clone(), Reason::ErrorFound);
    let signed = |by: &Issuer, draft: Value| -> Value { serde_json::from_str(&by.json(draft)).unwrap() };
    let taken_back = |by: &Issuer| {
        let withdrawn = signed(by, withdrawal.to_credential(&head(4, by)).unwrap());
        thread::thread(&[&records[..], &[withdrawn]].concat())
    };
    let kept = || wallet.files().iter().any(|name| name.contains("endorsement"));
    add(&wallet, "f.json", &taken_back(&Issuer::new(12)));
    let body = Issuer::new(13);
    let appeal = Appeal::lodged(&own, &own, body.did(), Reason::Procedure);
    let lodged = signed(&candidate, appeal.to_credential(&head(5, &candidate)).unwrap());
    let decided = |by: &Issuer, decision| {
        let appeal = Appeal::resolved(digest::of_record(&lodged).unwrap(), &own, decision);
        let resolved = signed(by, appeal.to_credential(&head(6, by)).unwrap());
        thread::thread(&[&records[..], &[lodged.clone(), resolved]].concat())
    };
    add(&wallet, "s.json", &decided(&candidate, Decision::Upheld));
    add(&wallet, "d.json", &decided(&body, Decision::Dismissed));
    assert!(kept());

    // Once an appeal is upheld, or it is withdrawn, what was kept is taken away; then there is nothing to keep.
    let upheld = decided(&body, Decision::Upheld);
    let said = add(&wallet, "u.json", &upheld);
    assert_eq!((said.code, said.out.as_str()), (0, ""), "{}", said.err);
    assert!(said.err.contains("Taken away from beside “Tailleur de pierre”"), "{}", said.err);
    assert!(said.err.contains("overturned: the appeal was upheld") && !kept(), "{}", said.err);
    assert!(!wallet.ok(&["show", &their_id]).contains(ATTACHED));
    assert_eq!(add(&wallet, "t.json", &thread::thread(&records)).code, 0);
    assert!(kept());
    let taken_back = taken_back(&evaluator);
    let said = add(&wallet, "w.json", &taken_back);
    assert!(said.code == 0 && said.err.contains("Taken away from beside") && !kept(), "{}", said.err);
    let said = add(&wallet, "w.json", &taken_back);
    assert!(said.code == 1 && said.err.contains("THREAD_HAS_NOTHING_TO_KEEP"), "{}", said.err);
    assert!(said.err.contains("withdrawn by the evaluator"), "{}", said.err);
    // The evaluator's withdrawal was seen: an older thread, or the endorsement alone, does not bring it back; nor does a newer version of the badge.
    for again in 0..2 {
        for (name, older) in [("t.json", &thread::thread(&records)), ("alone.json", &records[2])] {
            let said = add(&wallet, name, older);
            assert!(
                said.code == 1 && said.err.contains("ENDORSEMENT_WITHDRAWN"),
                "{again} {name}: {}",
                said.err
            );
            assert!(!kept());
        }
        let mut newer = issuer.draft(&candidate.did());
        newer["id"] = json!("urn:uuid:7d0f9d5e-1d5b-4f0e-9c1b-2a7c3c1a9b55");
        newer["validFrom"] = json!("2021-01-01T00:00:00Z");
        wallet.add("newer.json", issuer.json(newer));
    }
    let nothing = add(&wallet, "n.json", &thread::thread(&[]));
    assert!(nothing.code == 1 && nothing.err.contains("THREAD_WITHOUT_MANDATE"), "{}", nothing.err);
}

#[test]
fn the_same_endorsement_is_kept_once() {
    let (wallet, badge, id, evaluator) = with_badge();
    let one = evaluation(&evaluator, &badge, |_| ());
    let beside = || wallet.files().iter().filter(|name| name.contains("endorsement")).count();
    for (name, text) in [
        ("e.json", one.to_string()),
        ("copy.json", serde_json::to_string_pretty(&one).unwrap()),
        ("end.json", format!("{one}\n")),
    ] {
        let path = wallet.file(name, text);
        let said = wallet.run(&["add", &path, "--offline"]);
        assert_eq!((said.code, said.out.trim(), beside()), (0, id.as_str(), 1), "{name}: {}", said.err);
    }
    let other = evaluation(&Issuer::new(8), &badge, |_| ());
    assert_eq!((add(&wallet, "o.json", &other).code, beside()), (0, 2));
}

#[test]
fn one_endorsement_is_removed_and_the_badge_and_the_others_stay() {
    let (wallet, badge, id, evaluator) = with_badge();
    for (number, by) in [(1, &evaluator), (2, &Issuer::new(8))] {
        let said = add(&wallet, &format!("{number}.json"), &evaluation(by, &badge, |_| ()));
        assert_eq!(said.code, 0, "{}", said.err);
    }
    let shown: Value = serde_json::from_str(&wallet.ok(&["show", &id, "--json"])).unwrap();
    let ids =
        ["/endorsements/0/id", "/endorsements/1/id"].map(|at| shown.pointer(at).unwrap().as_str().unwrap());
    let text = wallet.ok(&["show", &id]);
    assert!(text.contains(&format!("{}  2026-01-10  did:key:", &ids[0][..8])), "{text}");
    let remove = |endorsement: &str| wallet.run(&["remove", &id, "--endorsement", endorsement, "--yes"]);
    for none in ["zz", &id] {
        let said = remove(none);
        assert!(said.code == 2 && said.err.contains("no endorsement beside this badge"), "{}", said.err);
    }
    let said = remove(&ids[0][..8]);
    assert!(said.code == 0 && said.err.contains("Removed: the endorsement ["), "{}", said.err);
    let left = wallet.list()[0]["endorsements"].as_array().unwrap().clone();
    assert_eq!((left.len(), &left[0]["id"]), (1, &json!(ids[1])));
}

#[test]
fn endorsements_go_where_their_badge_goes() {
    let (wallet, badge, id, evaluator) = with_badge();
    assert_eq!(add(&wallet, "e.json", &evaluation(&evaluator, &badge, |_| ())).code, 0);
    // About the subject before there was a badge: it speaks of the newer version too.
    let subject = badge["credentialSubject"]["id"].as_str().unwrap();
    let lasting = Evaluation::new(subject, skill(), level(), Finding::Met);
    let draft = lasting.to_endorsement(&head(5, &evaluator), subject, None).unwrap();
    assert_eq!(add(&wallet, "l.json", &serde_json::from_str(&evaluator.json(draft)).unwrap()).code, 0);
    let issuer = Issuer::new(1);
    let mut newer = issuer.draft(subject);
    newer["validFrom"] = json!("2021-01-01T00:00:00Z");
    let new = wallet.add("newer.json", issuer.json(newer));
    assert_ne!(new, id);
    let endorsements = wallet.list()[0]["endorsements"].as_array().unwrap().len();
    assert_eq!(endorsements, 2, "none is lost when the badge is replaced");
    let shown = wallet.ok(&["show", &new]);
    assert!(shown.contains("ENDORSEMENT_STALE_VERSION") && shown.contains("— sound"), "{shown}");
    let said = present(&wallet, &[&new], &[]);
    assert!(
        said.err.contains("Not sent along") && said.err.contains("ENDORSEMENT_STALE_VERSION"),
        "{}",
        said.err
    );
    let report = judge(&said.out, &TrustPolicy::default());
    assert_eq!(
        report.credentials()[0].endorsements().len(),
        1,
        "what a verifier would not count stays at home"
    );

    wallet.ok(&["remove", &new, "--yes"]);
    assert!(!wallet.files().iter().any(|name| name.contains("endorsement")), "{:?}", wallet.files());
}

#[test]
fn a_damaged_endorsement_is_named_and_passed_over() {
    let (wallet, badge, id, evaluator) = with_badge();
    assert_eq!(add(&wallet, "e.json", &evaluation(&evaluator, &badge, |_| ())).code, 0);
    let name = wallet.files().into_iter().find(|name| name.contains("endorsement")).unwrap();
    let path = wallet.dir().join("credentials").join(name);
    let text = std::fs::read_to_string(&path).unwrap().replace("\"met\"", "\"not-met\"");
    std::fs::write(&path, text).unwrap();
    for arguments in [&["list"][..], &["show", &id]] {
        let said = wallet.run(arguments);
        assert!(said.code == 0 && said.err.contains("STORED_BADGE_DAMAGED"), "{}", said.err);
        assert!(!said.out.contains(&evaluator.did()), "{}", said.out);
    }
    let said = present(&wallet, &[&id], &[]);
    assert!(said.code == 0 && !said.out.contains(&evaluator.did()), "{}", said.err);
}
