#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::time::Duration;

use badge_schemas::did::did_key;
use badge_schemas::evaluation::{
    Answer as Said, ConflictOfInterest, MAX_TEXT_CHARS, Record as _, RecordHead, Response,
};
use badge_schemas::lang::Lang;
use badge_schemas::problem::{Code, Problem};
use badge_schemas::profile::ProfileRef;
use badge_verifier::evaluation::thread::records;
use badge_verifier::{Snapshot, TrustPolicy};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::desk::{Desk, Entries};
use super::serve;
use super::visit::{Answer, Visit};
use crate::evaluate::extend::extend;
use crate::evaluate::moves::{self, Asked, Findings, Kept, Request};
use crate::evaluate::{Mover, Seed, sought};
use crate::holder::OpenHolder;

const LIST: &str = "https://issuer.example/status/1";
const KEEPER: &str = "did:web:issuer.example";

fn now() -> Timestamp {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

/// A request for two skills before an evaluator, in a folder of its own.
fn desk(at: Option<Entries>) -> (Desk, TempDir) {
    let (candidate, evaluator) = (OpenHolder::of_seed([1; 32]), OpenHolder::of_seed([2; 32]));
    let request = Request {
        evaluator: Asked::Did(did_key(evaluator.public())),
        skills: ["digcomp:1.1@5", "digcomp:1.2@5"]
            .map(|text| sought::skill(text, Lang::En).unwrap())
            .to_vec(),
        claim: Some("Ten years.".to_owned()),
        target: None,
        template: None,
        evidence: Vec::new(),
        conflict: Some(ConflictOfInterest::none()),
        valid: SignedDuration::from_hours(24),
    };
    let issuer = ProfileRef::Uri(did_key(candidate.public()));
    let mover = Mover { issuer, now: now(), lang: Lang::En, seed: Seed::new([3; 32]) };
    let mandate = moves::propose(&request, &mover).unwrap();
    let (policy, snapshot) = (TrustPolicy::default(), Snapshot::default());
    let extended = extend(None, vec![mandate], &candidate, now(), &policy, &snapshot).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("thread.json");
    std::fs::write(&path, &extended.text).unwrap();
    let desk = Desk {
        output: path.clone(),
        path,
        bytes: extended.text.into_bytes(),
        sheet: extended.sheet,
        lock: folder.path().join("lock"),
        issuer: ProfileRef::Uri(did_key(evaluator.public())),
        holder: evaluator,
        evidence: Vec::new(),
        badges: Vec::new(),
        at: at.map(|ask| ("https://issuer.example".to_owned(), ask)),
        kept: std::collections::BTreeMap::new(),
        clock: now,
        policy,
        snapshot,
    };
    (desk, folder)
}

/// Sends a form.
fn send(visit: &mut Visit, step: &str, fields: &[(&str, &str)]) -> Answer {
    let fields: Vec<_> =
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    visit.post(step, &fields)
}

fn page(visit: &mut Visit, step: &str) -> String {
    match visit.get(step) {
        Answer::Page(page) => page,
        other => unreachable!("{step}: {other:?}"),
    }
}

/// Signs what is shown at a step.
fn sign(visit: &mut Visit, step: &str) -> Answer {
    let page = page(visit, step);
    let shown = page.split_once("name=\"shown\" value=\"").unwrap().1.split('"').next().unwrap().to_owned();
    send(visit, step, &[("go", "sign"), ("shown", &shown)])
}

fn accepted(at: Option<Entries>) -> (Visit, TempDir) {
    let (desk, folder) = desk(at);
    let mut visit = Visit::new(desk, Lang::En);
    let next = send(&mut visit, "answer", &[("answer", "accepted"), ("tie", "none"), ("go", "next")]);
    assert_eq!(next, Answer::GoTo("confirm".to_owned()));
    assert_eq!(sign(&mut visit, "confirm"), Answer::GoTo(String::new()));
    (visit, folder)
}

fn goes_on(visit: &mut Visit, step: &str, fields: &[(&str, &str)], next: &str) {
    let fields = [fields, &[("go", "next")]].concat();
    assert_eq!(send(visit, step, &fields), Answer::GoTo(next.to_owned()), "{}", page(visit, step));
}

/// Finds both skills met.
fn both_met(visit: &mut Visit) {
    goes_on(visit, "skill-0", &[("finding", "met")], "skill-1");
    goes_on(visit, "skill-1", &[("finding", "met")], "standing");
    goes_on(visit, "standing", &[], "review");
}

fn written(folder: &TempDir) -> Vec<Value> {
    records(&std::fs::read(folder.path().join("thread.json")).unwrap()).unwrap()
}

#[test]
fn a_page_that_is_left_alone_ends() {
    let (desk, folder) = desk(None);
    let before = written(&folder);
    let mut told = String::new();
    let ended = serve(desk, Lang::En, Duration::ZERO, |url| url.clone_into(&mut told)).unwrap();
    assert!(ended.is_idle && ended.signed.is_empty());
    assert!(told.starts_with("http://127.0.0.1:"), "{told}");
    assert_eq!(written(&folder), before);
}

#[test]
fn an_entry_that_the_issuer_gives_stands_in_the_evaluation() {
    let ask = |_: &[u8], findings: &mut Findings| {
        for (index, one) in findings.skills.iter_mut().enumerate() {
            let entry = json!({"id": format!("{LIST}#{index}"), "type": "BitstringStatusListEntry", "statusPurpose": "revocation",
                "statusListIndex": index.to_string(), "statusListCredential": LIST});
            one.status = Some(Kept { entry, keeper: Some(KEEPER.to_owned()) });
        }
        Ok(())
    };
    let (mut visit, folder) = accepted(Some(Box::new(ask)));
    both_met(&mut visit);
    let before = page(&mut visit, "review");
    assert!(before.contains("https://issuer.example") && !before.contains("value=\"sign\""), "{before}");
    // What was not seen cannot be signed.
    let digest = crate::page::view::review(&visit, crate::page::draft::Step::Review)
        .map(|review| Visit::digest(review.as_str()))
        .unwrap();
    let early = send(&mut visit, "review", &[("go", "sign"), ("shown", &digest)]);
    assert_eq!((early, written(&folder).len()), (Answer::GoTo("review".to_owned()), 2));
    assert_eq!(send(&mut visit, "review", &[("go", "ask")]), Answer::GoTo("review".to_owned()));
    let shown = page(&mut visit, "review");
    assert!(shown.contains(LIST) && shown.contains(KEEPER) && !shown.contains("value=\"ask\""), "{shown}");
    assert!(matches!(sign(&mut visit, "review"), Answer::Ended(_)));
    let records = written(&folder);
    assert_eq!([2, 3].map(|index| records[index]["credentialStatus"]["statusListIndex"].clone()), ["0", "1"]);
    assert_eq!(records[2]["credentialSubject"]["evaluation"]["statusKeeper"], KEEPER);
}

#[test]
fn an_issuer_that_gives_no_entry_leaves_everything_as_it_was() {
    let ask = |_: &[u8], _: &mut Findings| {
        Err(Problem::new(Code::FetchFailed).with("url", LIST).with("reason", "down"))
    };
    let (mut visit, folder) = accepted(Some(Box::new(ask)));
    both_met(&mut visit);
    let before = written(&folder);
    assert_eq!(send(&mut visit, "review", &[("go", "ask")]), Answer::GoTo("review".to_owned()));
    let page = page(&mut visit, "review");
    assert!(page.contains("Nothing was signed") && page.contains("FETCH_FAILED"), "{page}");
    assert!(page.contains("value=\"ask\"") && !page.contains("value=\"sign\""), "{page}");
    assert_eq!((written(&folder), before.len()), (before, 2));
}

#[test]
fn what_is_left_for_another_day_is_not_signed() {
    let (mut visit, folder) = accepted(None);
    goes_on(&mut visit, "skill-0", &[("finding", "later")], "skill-1");
    goes_on(&mut visit, "skill-1", &[("finding", "later")], "standing");
    goes_on(&mut visit, "standing", &[], "review");
    let nothing = page(&mut visit, "review");
    assert!(nothing.contains("there is nothing to sign") && !nothing.contains("value=\"sign\""), "{nothing}");
    assert_eq!(
        send(&mut visit, "review", &[("go", "sign"), ("shown", "")]),
        Answer::GoTo("review".to_owned())
    );
    goes_on(&mut visit, "skill-1", &[("finding", "met")], "standing");
    assert!(matches!(sign(&mut visit, "review"), Answer::Ended(_)));
    assert_eq!(written(&folder).len(), 3);
}

#[test]
fn a_review_waits_for_every_answer_and_no_step_is_passed_over() {
    let (desk, _folder) = desk(None);
    let mut visit = Visit::new(desk, Lang::En);
    assert_eq!(visit.get("confirm"), Answer::GoTo("answer".to_owned()));
    assert!(page(&mut visit, "answer").contains("Say whether you will evaluate."));
    for later in ["review", "skill-0", "standing"] {
        assert_eq!(visit.get(later), Answer::GoTo("answer".to_owned()), "{later}");
        assert_eq!(
            send(&mut visit, later, &[("go", "sign"), ("finding", "met")]),
            Answer::GoTo(String::new())
        );
    }
    let (mut visit, _folder) = accepted(None);
    assert_eq!(visit.get("review"), Answer::GoTo("skill-0".to_owned()));
    assert_eq!(visit.get("confirm"), Answer::GoTo("skill-0".to_owned()), "the answer is signed and over");
    assert_eq!(visit.signed(), [super::Signed::Answer(Said::Accepted)]);
}

#[test]
fn who_will_read_a_reason_in_words_is_said_where_it_is_typed() {
    let (mut visit, folder) = accepted(None);
    let shown = page(&mut visit, "skill-0");
    assert!(
        shown.contains("It is signed into the evaluation: whoever receives that can read it."),
        "{shown}"
    );
    assert!(!shown.contains("stays in the file of the request"), "{shown}");
    let why = [("finding", "not-met"), ("reason", "other"), ("statement", "No radio.")];
    goes_on(&mut visit, "skill-0", &why, "skill-1");
    goes_on(&mut visit, "skill-1", &[("finding", "later")], "standing");
    goes_on(&mut visit, "standing", &[], "review");
    assert!(matches!(sign(&mut visit, "review"), Answer::Ended(_)));
    assert_eq!(written(&folder)[2]["credentialSubject"]["evaluation"]["statement"], "No radio.");
    // The reason of a refusal is in the answer alone.
    let (desk, _folder) = desk(None);
    let mut visit = Visit::new(desk, Lang::En);
    assert!(page(&mut visit, "answer").contains("stays in the file of the request"));
}

#[test]
fn a_text_that_is_too_long_is_said_and_kept() {
    let (mut visit, _folder) = accepted(None);
    let long = format!("{}é", "a".repeat(MAX_TEXT_CHARS));
    let fields = [("finding", "met"), ("comment", long.as_str()), ("go", "next")];
    assert_eq!(send(&mut visit, "skill-0", &fields), Answer::GoTo("skill-0".to_owned()));
    let shown = page(&mut visit, "skill-0");
    assert!(shown.contains("This text has 4001 characters") && shown.contains(&long));
    assert_eq!(visit.get("review"), Answer::GoTo("skill-0".to_owned()), "and it is not signed");
}

fn ties(record: &Value) -> Value {
    record["credentialSubject"]["evaluation"]["conflictOfInterest"].clone()
}

#[test]
fn an_acceptance_says_which_ties_there_are_and_none_is_chosen_beforehand() {
    let (desk, folder) = desk(None);
    let mut visit = Visit::new(desk, Lang::En);
    assert!(!page(&mut visit, "answer").contains(" checked"));
    let on = [("answer", "accepted"), ("go", "next")];
    assert_eq!(send(&mut visit, "answer", &on), Answer::GoTo("answer".to_owned()));
    assert!(page(&mut visit, "answer").contains("Say which ties there are, or that there are none."));
    assert_eq!(written(&folder).len(), 1);
}

#[test]
fn an_evaluation_says_the_ties_of_the_acceptance_and_what_is_new() {
    for (fields, said) in [
        (&[][..], json!(["none"])),
        (&[("tie", "family"), ("tie-words", "Married since.")], json!(["family"])),
    ] {
        let (mut visit, folder) = accepted(None);
        goes_on(&mut visit, "skill-0", &[("finding", "met")], "skill-1");
        goes_on(&mut visit, "skill-1", &[("finding", "later")], "standing");
        let standing = page(&mut visit, "standing");
        assert!(standing.contains("When you accepted you declared: none.") && !standing.contains("tie-none"));
        goes_on(&mut visit, "standing", fields, "review");
        assert!(matches!(sign(&mut visit, "review"), Answer::Ended(_)));
        assert_eq!(ties(&written(&folder)[2])["relation"], said);
    }
}

/// An acceptance that another program wrote may say nothing of ties: then all of them are asked for before an evaluation is signed.
#[test]
fn where_the_acceptance_says_nothing_all_ties_are_asked_for() {
    let (desk, folder) = desk(None);
    let given = &desk.sheet.given;
    let answer = Response::new(given.id.as_deref().unwrap(), &given.digest, Said::Accepted);
    let head = RecordHead {
        id: "urn:uuid:00000000-0000-4000-8000-000000000009".to_owned(),
        name: "Answer".to_owned(),
        issuer: desk.issuer.clone(),
        valid_from: now().into(),
        valid_until: None,
    };
    let records = vec![answer.to_credential(&head).unwrap()];
    let extended =
        extend(Some(&desk.bytes), records, &desk.holder, now(), &desk.policy, &desk.snapshot).unwrap();
    std::fs::write(&desk.path, &extended.text).unwrap();
    let desk = Desk { bytes: extended.text.into_bytes(), sheet: extended.sheet, ..desk };
    let mut visit = Visit::new(desk, Lang::En);
    goes_on(&mut visit, "skill-0", &[("finding", "met")], "skill-1");
    goes_on(&mut visit, "skill-1", &[("finding", "later")], "standing");
    assert_eq!(send(&mut visit, "standing", &[("go", "next")]), Answer::GoTo("standing".to_owned()));
    let asked = page(&mut visit, "standing");
    assert!(asked.contains("#tie-none") && asked.contains("Say which ties there are"), "{asked}");
    goes_on(&mut visit, "standing", &[("tie", "none")], "review");
    assert!(matches!(sign(&mut visit, "review"), Answer::Ended(_)));
    assert_eq!(ties(&written(&folder)[2])["relation"], json!(["none"]));
}

#[test]
fn an_organisation_is_named_by_its_address_and_can_be_taken_out_again() {
    let (desk, folder) = desk(None);
    let mut visit = Visit::new(desk, Lang::En);
    let on = |more: &[(&'static str, &'static str)]| {
        [&[("answer", "accepted"), ("tie", "none"), ("go", "next")][..], more].concat()
    };
    for bad in [&[("organisation", "Lycée Condé")][..], &[("organisation-name", "Lycée Condé")]] {
        assert_eq!(send(&mut visit, "answer", &on(bad)), Answer::GoTo("answer".to_owned()));
        assert!(page(&mut visit, "answer").contains("organisation-fault"));
    }
    let named = [("organisation", "did:web:lycee.example"), ("organisation-name", "Lycée Condé")];
    assert_eq!(send(&mut visit, "answer", &on(&named)), Answer::GoTo("confirm".to_owned()));
    assert!(page(&mut visit, "confirm").contains("You speak for: Lycée Condé (did:web:lycee.example)"));
    assert_eq!(send(&mut visit, "answer", &on(&[])), Answer::GoTo("confirm".to_owned()));
    assert!(!page(&mut visit, "confirm").contains("You speak for"));
    assert_eq!(send(&mut visit, "answer", &on(&named)), Answer::GoTo("confirm".to_owned()));
    assert_eq!(sign(&mut visit, "confirm"), Answer::GoTo(String::new()));
    assert_eq!(written(&folder)[1]["issuer"]["parentOrg"]["id"], "did:web:lycee.example");
}
