//! Every thread of an evaluation is in the state that its vector states, record by record.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use std::collections::BTreeSet;

use badge_schemas::evaluation::{Decision, Finding, Reason, Relation};
use badge_schemas::json_schema::{self, SchemaName};
use serde_json::{Value, json};
use support::threads::{ThreadVector, course};

#[test]
fn every_thread_is_in_the_state_it_states() {
    let mut wrong = Vec::new();
    let mut lessons = std::collections::BTreeSet::new();
    let files = badge_test_vectors::files("evaluate").unwrap();
    for path in &files {
        let vector: ThreadVector = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        assert!(lessons.insert(vector.lesson.clone()), "{} teaches nothing new", path.display());
        let report = vector.run();
        let found = course(&report);
        if found != vector.outcome {
            let reasons: Vec<_> = report.problems().collect();
            let name = path.file_stem().unwrap().to_string_lossy();
            wrong.push(format!("{name}: expected {:?}\n  found {found:?}\n  {reasons:?}", vector.outcome));
        }
    }
    assert!(wrong.is_empty(), "{} of {} threads:\n{}", wrong.len(), files.len(), wrong.join("\n"));
    assert!(!files.is_empty(), "no vector was found");
}

/// The records of every thread that are in no token, and whether they count.
fn records() -> Vec<(String, Value, bool)> {
    let mut found = Vec::new();
    for path in badge_test_vectors::files("evaluate").unwrap() {
        let vector: ThreadVector = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let records = vector.thread["verifiableCredential"].as_array().unwrap().clone();
        let counts = vector.outcome.records.iter().map(|outcome| outcome == "counts");
        found.extend(
            records
                .into_iter()
                .zip(counts)
                .filter(|(record, _)| record.is_object())
                .map(|(record, counts)| (name.clone(), record, counts)),
        );
    }
    found
}

#[test]
fn every_record_that_counts_follows_the_schema() {
    let mut kinds = BTreeSet::new();
    for (name, record, _) in records().iter().filter(|(_, _, counts)| *counts) {
        assert_eq!(json_schema::validate(SchemaName::EvaluationRecord, record), [], "{name}: {record}");
        kinds.insert(record["type"][1].as_str().unwrap().to_owned());
    }
    assert_eq!(kinds.len(), 5, "{kinds:?}");
}

/// What the typed view of a record refuses, the schema refuses.
#[test]
fn the_schema_refuses_what_is_no_record() {
    let of = |kind: &str| {
        let known = records();
        let found = known.iter().find(|(_, record, counts)| *counts && record["type"][1] == kind);
        found.unwrap().1.clone()
    };
    let mandate = of("EvaluationMandateCredential");
    let appeal = of("EvaluationAppealCredential");
    let evaluation = of("EndorsementCredential");
    let edited = |record: &Value, pointer: &str, value: Option<Value>| {
        let mut record = record.clone();
        let (parent, member) = pointer.rsplit_once('/').unwrap();
        let parent = record.pointer_mut(parent).unwrap().as_object_mut().unwrap();
        match value {
            Some(value) => drop(parent.insert(member.to_owned(), value)),
            None => drop(parent.shift_remove(member)),
        }
        record
    };
    let skill = mandate["credentialSubject"]["soughtSkill"][0].clone();
    for (record, why) in [
        (edited(&mandate, "/credentialSubject/soughtSkill", Some(json!(vec![skill; 33]))), "33 skills"),
        (edited(&mandate, "/credentialSubject/soughtSkill", Some(json!([]))), "no skill"),
        (edited(&mandate, "/credentialSubject/evaluator", None), "nobody is asked"),
        (edited(&mandate, "/credentialSubject/claim", None), "nothing to evaluate"),
        (edited(&mandate, "/credentialSubject/claim", Some(json!("é".repeat(4_001)))), "a long claim"),
        (edited(&mandate, "/type", Some(json!(["VerifiableCredential"]))), "no kind"),
        (edited(&mandate, "/@context", Some(json!(["https://www.w3.org/ns/credentials/v2"]))), "no context"),
        (edited(&evaluation, "/credentialSubject/evaluation/outcome", Some(json!("good"))), "an outcome"),
        (edited(&evaluation, "/credentialSubject/evaluation", None), "a plain endorsement"),
        (edited(&appeal, "/credentialSubject/addressee", None), "an appeal to nobody"),
        (edited(&appeal, "/credentialSubject/previous", Some(json!("u"))), "a digest"),
    ] {
        assert_ne!(json_schema::validate(SchemaName::EvaluationRecord, &record), [], "{why}");
    }
}

#[test]
fn the_codes_of_the_schema_are_those_of_the_types() {
    let schema: Value = serde_json::from_str(SchemaName::EvaluationRecord.text()).unwrap();
    let codes = |pointer: &str| -> BTreeSet<String> {
        serde_json::from_value(schema.pointer(pointer).unwrap().clone()).unwrap()
    };
    let reasons = codes("/$defs/reason/enum");
    for code in &reasons {
        assert!(serde_json::from_value::<Reason>(json!(code)).is_ok(), "{code}");
    }
    let known = [&Reason::OF_REFUSAL[..], &Reason::OF_FINDING, &Reason::OF_WITHDRAWAL, &Reason::OF_APPEAL];
    let known: BTreeSet<String> =
        known.into_iter().flatten().map(|reason| reason.as_str().to_owned()).collect();
    assert_eq!(reasons, known);
    let outcomes: BTreeSet<String> = Finding::ALL.iter().map(|one| one.as_str().to_owned()).collect();
    assert_eq!(codes("/$defs/evaluation/properties/outcome/enum"), outcomes);
    let relations: BTreeSet<String> = Relation::ALL.iter().map(|one| one.as_str().to_owned()).collect();
    assert_eq!(codes("/$defs/conflict/properties/relation/anyOf/0/enum"), relations);
    let decisions: BTreeSet<String> =
        [Decision::Upheld, Decision::Dismissed].iter().map(|one| one.as_str().to_owned()).collect();
    assert_eq!(
        codes("/$defs/appealCredential/properties/credentialSubject/properties/decision/enum"),
        decisions
    );
}
