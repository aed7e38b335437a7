#![expect(clippy::unwrap_used, reason = "a test may panic")]

use serde_json::{Value, json};

use super::*;
use crate::achievement::Alignment;
use crate::problem::{Code, Problem};
use crate::profile::ProfileRef;

fn head() -> RecordHead {
    RecordHead {
        id: "urn:uuid:6f1b7c9e-6a0e-4c89-9d7a-1f6f1d9f1f00".into(),
        name: "Demande d’évaluation".into(),
        issuer: ProfileRef::Uri("did:example:zoé".into()),
        valid_from: crate::timestamp::DateTimeStamp::parse("2026-11-01T10:00:00Z").unwrap(),
        valid_until: None,
    }
}

fn skill(url: &str) -> Alignment {
    serde_json::from_value(json!({"type": ["Alignment"], "targetName": "Naviguer", "targetUrl": url}))
        .unwrap()
}

fn mandate(skills: usize) -> Mandate {
    let sought = (0..skills)
        .map(|n| {
            SoughtSkill::new(
                skill(&format!("https://example.org/skill/{n}")),
                SkillLevel::new("DigComp 2.2", "5"),
            )
        })
        .collect();
    let mut mandate =
        Mandate::new(Evaluator::Did("did:example:ève".into()), sought, ConflictOfInterest::none());
    mandate.claim = Some("Dix ans de réseau".into());
    mandate
}

#[test]
fn what_is_built_is_read_back() {
    let asked = mandate(2);
    let credential = asked.to_credential(&head()).unwrap();
    assert_eq!(Mandate::read(&credential), Ok(asked));
    assert_eq!(RecordKind::of(&credential), Some(RecordKind::Mandate));
    let response = Response::new("urn:uuid:1", "uEi", Answer::Recused);
    let credential = response.to_credential(&head()).unwrap();
    assert_eq!(Response::read(&credential), Ok(response));
    assert!(Mandate::read(&credential).is_err(), "one record is not read as another");
    let level = SkillLevel::new("DigComp 2.2", "5");
    let evaluation =
        Evaluation::new("did:example:zoé", skill("https://example.org/skill/1"), level, Finding::Met);
    let credential = evaluation.to_endorsement(&head(), "did:example:zoé", Some("Bien")).unwrap();
    assert_eq!(Evaluation::read(&credential), Ok(evaluation.clone()));
    assert_eq!(RecordKind::of(&credential), Some(RecordKind::Evaluation));
    assert!(evaluation.to_credential(&head()).is_err(), "an evaluation is an endorsement");
    let plain = json!({"type": ["VerifiableCredential", "EndorsementCredential"], "credentialSubject": {"id": "x:y"}});
    assert_eq!(RecordKind::of(&plain), None, "an endorsement of somebody else's");
}

#[test]
fn ten_thousand_skills_are_refused_unread() {
    let too_large = |problem: Problem| (problem.code, problem.pointer);
    let pointer = Some("/credentialSubject/soughtSkill".to_owned());
    assert!(mandate(MAX_SKILLS).to_credential(&head()).is_ok());
    let refused = mandate(MAX_SKILLS + 1).to_credential(&head()).unwrap_err();
    assert_eq!(too_large(refused), (Code::EvaluationTooLarge, pointer.clone()));
    let mut credential = mandate(1).to_credential(&head()).unwrap();
    credential["credentialSubject"]["soughtSkill"] = Value::Array(vec![json!(null); 10_000]);
    assert_eq!(too_large(Mandate::read(&credential).unwrap_err()), (Code::EvaluationTooLarge, pointer));
}

#[test]
fn a_mandate_asks_for_something_once() {
    let with = |change: fn(&mut Mandate)| {
        let mut mandate = mandate(2);
        change(&mut mandate);
        mandate.to_credential(&head()).map_err(|problem| problem.pointer.unwrap())
    };
    assert_eq!(with(|mandate| mandate.sought_skill.clear()), Err("/credentialSubject/soughtSkill".into()));
    assert_eq!(with(|mandate| mandate.claim = None), Err("/credentialSubject/claim".into()));
    let twice = with(|mandate| mandate.sought_skill[1] = mandate.sought_skill[0].clone());
    assert_eq!(twice, Err("/credentialSubject/soughtSkill".into()));
    let long = with(|mandate| mandate.claim = Some("é".repeat(MAX_TEXT_CHARS + 1)));
    assert_eq!(long, Err("/credentialSubject/claim".into()));
}

#[test]
fn levels_compare_on_one_scale_only() {
    let level = |framework: &str, code: &str| SkillLevel::new(framework, code);
    for (own, other, reaches) in [
        (level("DigComp 2.2", "6"), level("DigComp 3.0", "5"), Some(true)),
        (level("DigComp 2.2", "10"), level("digcomp", "9"), Some(true)),
        (level("DigComp 2.2", "4"), level("DigComp 2.2", "5"), Some(false)),
        (level("CECRL", "b2"), level("CECRL", "C1"), Some(false)),
        (level("CECRL", "C2"), level("DigComp 2.2", "1"), None),
        (level("DigComp 2.2", "expert"), level("DigComp 2.2", "1"), None),
        (level("DigComp 2.2", "expert"), level("DigComp 3.0", "Expert "), Some(true)),
        (level("CECRL", "expert"), level("DigComp 2.2", "expert"), None),
        (level("DigComp 2.2", "99999999999"), level("DigComp 2.2", "1"), None),
    ] {
        assert_eq!(own.reaches(&other), reaches, "{own:?} {other:?}");
    }
}

#[test]
fn met_and_a_lower_level_contradict_each_other() {
    let level = SkillLevel::new("DigComp 2.2", "5");
    let mut evaluation =
        Evaluation::new("did:example:zoé", skill("https://example.org/s"), level, Finding::Met);
    evaluation.reached_level = Some(SkillLevel::new("DigComp 2.2", "4"));
    assert!(evaluation.to_endorsement(&head(), "did:example:zoé", None).is_err());
    evaluation.finding = Finding::PartiallyMet;
    assert!(evaluation.to_endorsement(&head(), "did:example:zoé", None).is_ok());
    assert_eq!(evaluation.level().map(|level| level.code.as_str()), Some("4"));
}
