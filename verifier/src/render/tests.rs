use badge_schemas::problem::Code;

use super::*;
use crate::report::{CheckId, Recognition, RegistryAnswer};
use crate::snapshot::{Resource, ResourceKind, Used};

fn report(outcomes: &[(CheckId, Outcome)]) -> Report {
    let outcome = |id| {
        outcomes.iter().find(|(known, _)| *known == id).map_or(Outcome::Pass, |(_, outcome)| outcome.clone())
    };
    Report {
        checks: CheckId::ALL.iter().map(|id| Check { id: *id, outcome: outcome(*id) }).collect(),
        summary: Summary {
            kind: Some("badge"),
            name: Some("Tailleur de pierre".into()),
            issuer: Some("did:web:a.example".into()),
            issuer_name: Some("Chambre des métiers".into()),
            skills: vec![Skill {
                name: "Tailler la pierre".into(),
                url: "https://a.example/s".into(),
                framework: Some("ESCO".into()),
                code: Some("7113.1".into()),
            }],
            ..Summary::default()
        },
        securing: crate::report::Securing::default(),
        registries: Vec::new(),
        pointer: None,
        credentials: Vec::new(),
        seals: Vec::new(),
        endorsements: Vec::new(),
        assessment: None,
        attached: false,
        input_sha256: None,
        checked_at: "2026-11-22T10:00:00Z".into(),
        as_of: None,
        used: Vec::new(),
        document: Some(json!({"a": "b"})),
    }
}

fn warning() -> (CheckId, Outcome) {
    (CheckId::Issuer, Outcome::Warn(Problem::new(Code::IssuerUnknown).with("issuer", "did:web:a.example")))
}

#[test]
fn what_an_endorser_says_is_shown_whatever_it_holds() {
    let mut endorsement = report(&[]);
    endorsement.summary.kind = Some("endorsement");
    let comment = format!("Soigné.\u{1b}[2J\nVALIDE{}", "é".repeat(5_000));
    endorsement.document = Some(json!({"credentialSubject": {"endorsementComment": comment}}));
    let mut badge = report(&[]);
    badge.endorsements.push(endorsement);
    for (lang, label) in [(Lang::En, "Comment           Soigné."), (Lang::Fr, "Commentaire       Soigné.")]
    {
        let text = report_text(&badge, Strictness::Lenient, lang, Style::Plain);
        let line = text.lines().find(|line| line.contains("Soigné.")).unwrap_or_default();
        assert!(line.contains(label) && line.ends_with("é…") && line.chars().count() < 250, "{line}");
        assert!(!text.contains('\u{1b}'));
    }
}

#[test]
fn the_verdict_comes_first_in_words() {
    let text = |report: &Report, strictness, lang| report_text(report, strictness, lang, Style::Plain);
    let failed = (CheckId::Signature, Outcome::Fail(Problem::new(Code::SignatureInvalid)));
    let open = (CheckId::Status, Outcome::NotRun(NotRun::Blocked(CheckId::Signature)));
    for (outcomes, strictness, en, fr) in [
        (vec![], Strictness::Lenient, "VALID — ", "VALIDE — "),
        (vec![warning()], Strictness::Lenient, "VALID — ", "VALIDE — "),
        (vec![warning()], Strictness::Strict, "INVALID — a warning", "INVALIDE — un avertissement"),
        (vec![failed], Strictness::Lenient, "INVALID — ", "INVALIDE — "),
        (vec![open], Strictness::Lenient, "INDETERMINATE — ", "INDÉTERMINÉ — "),
    ] {
        let report = report(&outcomes);
        assert!(text(&report, strictness, Lang::En).starts_with(en));
        assert!(text(&report, strictness, Lang::Fr).starts_with(fr));
    }
}

#[test]
fn every_check_has_its_line_and_every_finding_its_hint() {
    let resource = Resource { kind: ResourceKind::StatusList, url: "https://a.example/status/1".into() };
    let mut report = report(&[
        warning(),
        (CheckId::Status, Outcome::NotRun(NotRun::Missing(resource.clone()))),
        (CheckId::Presenter, Outcome::ABSENT),
        (CheckId::Conformance, Outcome::Fail(Problem::new(Code::CriteriaEmpty).at("/credentialSubject"))),
    ]);
    report.registries = vec![RegistryAnswer {
        registry: "régions.jwt".into(),
        signed_by: None,
        listed_as: None,
        recognition: Recognition::OutOfScope { dimension: "territory" },
        problem: None,
        missing: None,
    }];
    report.used = vec![Used { resource, fetched_at: "2026-11-22T07:00:00Z".into(), sha256: None }];
    let mut inner =
        self::report(&[(CheckId::Challenge, Outcome::ABSENT), (CheckId::Domain, Outcome::ABSENT)]);
    inner.pointer = Some("/endorsement/0".into());
    report.endorsements = vec![inner];
    for lang in [Lang::En, Lang::Fr] {
        let text = report_text(&report, Strictness::Lenient, lang, Style::Plain);
        for id in CheckId::ALL {
            let asked = if matches!(id, CheckId::Challenge | CheckId::Domain) { 1 } else { 2 };
            assert_eq!(text.matches(words::check_question(id, lang)).count(), asked, "{id:?}");
        }
        for part in [
            "✓",
            "✗",
            "!",
            "–",
            "?",
            "→",
            "[/credentialSubject] (CRITERIA_EMPTY)",
            "/endorsement/0",
            "régions.jwt",
            "ESCO 7113.1",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(text.contains(lang.pick("– 2 more questions", "– 2 autres questions")));
        assert!(text.contains(lang.pick("3 hours ago", "il y a 3 heures")));
        assert!(text.contains(lang.pick("without success", "sans succès")));
        assert!(text.contains(lang.pick("(territory)", "(territoire)")));
        assert!(text.contains(words::limits(lang)));
        assert!(!text.contains('\u{1b}'), "no colour unless asked");
    }
    assert!(
        report_text(&report, Strictness::Lenient, Lang::En, Style::Colour)
            .contains("\u{1b}[31mINVALID\u{1b}[0m")
    );
}

#[test]
fn a_hostile_name_stays_on_its_line_and_in_its_place() {
    let mut report = report(&[]);
    report.summary.name =
        Some(format!("x\nVALID\u{1b}[2J\u{9b}1m\u{202e}evil\u{2066}\u{200f}{}", "é".repeat(5_000)));
    report.summary.issuer_name = Some("a\r\u{7}b".into());
    let text = report_text(&report, Strictness::Lenient, Lang::En, Style::Plain);
    assert!(!text.lines().skip(1).any(|line| line.starts_with("VALID")));
    assert!(text.chars().all(|character| character == '\n' || !is_unsafe(character)));
    assert!(text.lines().all(|line| line.chars().count() < 400));
    assert!(text.contains("été") || text.contains("éé…"), "cut with an ellipsis");
}

#[test]
fn json_shown_is_the_same_json() {
    let value = json!({"name": "a\u{202e}b\u{9b}c\u{e0041}d\ne", "é": "👩\u{200d}🔧"});
    let text = json_text(&value);
    assert!(text.chars().all(|character| character == '\n' || !is_unsafe(character)));
    assert!(text.contains('é') && text.contains("\\u202e") && text.contains("\\udb40\\udc41"));
    assert_eq!(serde_json::from_str::<Value>(&text).ok(), Some(value));
}

#[test]
fn strict_json_says_what_the_exit_code_says() {
    let lenient: Option<Value> =
        serde_json::from_str(&report_json(&report(&[warning()]), Strictness::Lenient)).ok();
    let lenient = lenient.as_ref();
    assert_eq!(lenient.map(|json| &json["verdict"]), Some(&json!("valid")));
    assert_eq!(lenient.and_then(|json| json.get("strict")), None);
    let strict: Option<Value> =
        serde_json::from_str(&report_json(&report(&[warning()]), Strictness::Strict)).ok();
    let strict = strict.as_ref();
    assert_eq!(
        strict.map(|json| (&json["verdict"], &json["verified"], &json["strict"])),
        Some((&json!("invalid"), &json!(false), &json!(true)))
    );
    assert_eq!(
        strict.and_then(|json| json.get("document")),
        None,
        "no document beside a verdict that is not valid"
    );
}
