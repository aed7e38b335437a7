//! What people and programs are told of evaluations: in both languages, by the report's schema, and never as one score.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use badge_schemas::json_schema::{self, SchemaName};
use badge_schemas::lang::Lang;
use badge_verifier::render::{Strictness, Style, report_text, thread_text};
use badge_verifier::report::{CheckId, Outcome};
use serde_json::{Value, json};
use support::Vector;
use support::threads::ThreadVector;

fn vector(name: &str) -> Vector {
    Vector::read(&badge_test_vectors::folder().join(format!("{name}.json")))
}

fn text(name: &str, lang: Lang) -> String {
    report_text(&vector(name).run(), Strictness::Lenient, lang, Style::Plain)
}

#[test]
fn a_reader_sees_who_counts_and_why() {
    for (name, en, fr) in [
        ("verify/panel", "2 of 2 evaluators (quorum)", "2 évaluateurs sur 2 (quorum)"),
        (
            "verify/panel-level-not-claimed",
            "(quorum) at level DigComp 2.2 4",
            "(quorum) au niveau DigComp 2.2 4",
        ),
        (
            "verify/panel-level-claimed-above",
            "0 of 2 evaluators (quorum) at level DigComp 2.2 6",
            "0 évaluateur sur 2 (quorum) au niveau DigComp 2.2 6",
        ),
        ("verify/panel", "audited-assessment — a panel", "évaluation collégiale — un jury"),
        ("verify/panel", "met (DigComp 2.2 5)", "acquis (DigComp 2.2 5)"),
        ("verify/panel", "standing: badge", "légitimité\u{a0}: badge"),
        (
            "verify/panel-fresh-keys",
            "there is neither a badge nor a listing",
            "il n’y a ni badge ni inscription",
        ),
        ("verify/panel-fresh-keys", "self-asserted", "auto-déclarée"),
        ("verify/panel-of-one", "third-party-assessed", "évaluée par un tiers"),
        ("verify/evaluation-withdrawn", "was withdrawn", "a été retiré"),
        (
            "present/attached",
            "attached by the holder, not by the issuer",
            "ajoutée par le détenteur, et non par l’émetteur",
        ),
        (
            "present/panel-beside",
            "In support (/verifiableCredential/2)",
            "À l’appui (/verifiableCredential/2)",
        ),
        ("verify/sealed", "sealed by the issuer", "scellée par l’émetteur"),
        ("verify/panel", "cannot be seen in one file", "ne permet pas de voir"),
    ] {
        for (lang, words) in [(Lang::En, en), (Lang::Fr, fr)] {
            let text = text(name, lang);
            assert!(text.contains(words), "{name}: {words} in\n{text}");
        }
    }
}

#[test]
fn three_axes_are_never_one() {
    // Authentic, and nobody of standing behind it; authentic, and one evaluator short of the quorum that makes it invalid.
    for (name, verdict, assurance, counted) in [
        ("verify/evaluation", "valid", "self-asserted", 0),
        ("verify/panel", "valid", "audited-assessment", 2),
        ("verify/panel-of-one", "invalid", "third-party-assessed", 1),
        ("verify/panel-colleagues", "invalid", "third-party-assessed", 1),
        ("verify/panel-level-claimed-reached", "valid", "audited-assessment", 2),
        ("verify/panel-level-claimed-above", "invalid", "self-asserted", 0),
        ("verify/panel-level-claimed-by-one", "invalid", "third-party-assessed", 1),
        ("verify/panel-level-not-claimed", "valid", "audited-assessment", 2),
        ("verify/panel-level-scales-apart", "invalid", "third-party-assessed", 1),
        ("verify/panel-level-found-later", "valid", "audited-assessment", 2),
        ("verify/panel-one-twice", "invalid", "third-party-assessed", 1),
        ("verify/panel-reciprocal", "invalid", "third-party-assessed", 1),
        ("verify/panel-fresh-keys", "invalid", "self-asserted", 0),
        ("verify/sealed-on-issuers-word", "valid", "audited-assessment", 2),
    ] {
        let report = json!(vector(name).run());
        let problems = json_schema::validate(SchemaName::Report, &report);
        assert!(problems.is_empty(), "{name}: {problems:?}");
        assert_eq!(report["verdict"], verdict, "{name}");
        let skill = &report["assessment"]["skills"][0];
        assert_eq!((&skill["assurance"], &skill["counted"]), (&json!(assurance), &json!(counted)), "{name}");
        assert!(!report.to_string().contains("score"), "{name}");
    }
    let plain = json!(vector("verify/eddsa-did-key").run());
    assert_eq!(plain.get("assessment"), None, "a badge that nobody evaluated has nothing to say of it");
}

#[test]
fn every_evaluation_left_out_says_why() {
    for (name, place, code) in [
        ("verify/panel-fresh-keys", 0, "ENDORSER_UNQUALIFIED"),
        ("verify/panel-colleagues", 1, "EVALUATOR_ORGANISATION"),
        ("verify/panel-level-below", 1, "ENDORSER_UNQUALIFIED"),
        ("verify/panel-standing-borrowed", 1, "ENDORSER_UNQUALIFIED"),
        ("verify/panel-standing-self-made", 1, "ENDORSER_UNQUALIFIED"),
        ("verify/panel-reciprocal", 1, "ENDORSEMENT_RECIPROCAL"),
        ("verify/panel-too-old", 0, "EVALUATION_TOO_OLD"),
        ("verify/panel-forged", 1, "ENDORSEMENT_INVALID"),
        ("verify/sealed-opened-otherwise", 0, "SEALED_EVALUATION_MISMATCH"),
        ("verify/evaluation-withdrawn", 0, "ENDORSEMENT_WITHDRAWN"),
    ] {
        let report: Value = json!(vector(name).run());
        let one = &report["assessment"]["evaluations"][place];
        assert_eq!(
            (&one["problem"]["code"], &one["counted"]),
            (&json!(code), &json!(false)),
            "{name}: {one}"
        );
    }
}

#[test]
fn what_one_file_cannot_show_is_not_run() {
    let report = vector("verify/panel").run();
    let reciprocity = &report.assessment().unwrap().reciprocity;
    assert!(matches!(reciprocity, Outcome::NotRun(_)), "{reciprocity:?}");
    assert_eq!(report.outcome(CheckId::Panel), &Outcome::Pass, "and it leaves the verdict alone");
    let report = vector("verify/panel-reciprocal").run();
    assert!(matches!(report.assessment().unwrap().reciprocity, Outcome::Warn(_)));
}

fn thread(name: &str) -> ThreadVector {
    let path = badge_test_vectors::folder().join(format!("evaluate/{name}.json"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// A sound thread of a request that was declined is no endorsement, and its first line says so.
#[test]
fn the_first_line_of_a_thread_says_how_far_it_has_come() {
    for (name, en, fr) in [
        ("proposed", "VALID thread – proposed — ", "Dossier VALIDE – proposé — "),
        ("accepted", "VALID thread – accepted — ", "Dossier VALIDE – accepté — "),
        ("declined", "VALID thread – declined — ", "Dossier VALIDE – décliné — "),
        ("recused", "VALID thread – recused — ", "Dossier VALIDE – récusé — "),
        ("expired", "VALID thread – expired — ", "Dossier VALIDE – échu — "),
        ("expired-after-acceptance", "VALID thread – expired — ", "Dossier VALIDE – échu — "),
        ("withdrawn-by-candidate", "VALID thread – withdrawn — ", "Dossier VALIDE – retiré — "),
        ("withdrawn-by-status", "VALID thread – withdrawn — ", "Dossier VALIDE – retiré — "),
        ("submitted", "VALID thread – submitted (met: 1) — ", "Dossier VALIDE – rendu (acquis\u{a0}: 1) — "),
        (
            "abstained",
            "VALID thread – submitted (abstained: 1) — ",
            "Dossier VALIDE – rendu (abstention\u{a0}: 1) — ",
        ),
        (
            "evaluated-anew",
            "VALID thread – submitted (withdrawn: 1, not met: 1) — ",
            "Dossier VALIDE – rendu (retirée\u{a0}: 1, non acquis\u{a0}: 1) — ",
        ),
        (
            "appeal-lodged",
            "VALID thread – submitted (met: 1, contested: 1) — ",
            "Dossier VALIDE – rendu (acquis\u{a0}: 1, contestée\u{a0}: 1) — ",
        ),
        (
            "appeal-upheld",
            "VALID thread – submitted (overturned: 1) — ",
            "Dossier VALIDE – rendu (annulée\u{a0}: 1) — ",
        ),
        (
            "status-suspended",
            "INDETERMINATE thread – submitted (undetermined: 1) — ",
            "Dossier INDÉTERMINÉ – rendu (indéterminée\u{a0}: 1) — ",
        ),
        (
            "no-mandate",
            "INVALID thread – no request counts — ",
            "Dossier INVALIDE – aucune demande ne compte — ",
        ),
    ] {
        let report = thread(name).run();
        for (lang, words) in [(Lang::En, en), (Lang::Fr, fr)] {
            let text = thread_text(&report, Strictness::Lenient, lang, Style::Plain);
            assert!(text.starts_with(words), "{name}: {words} in\n{text}");
        }
    }
}

/// Who answers decides on what the request says; who asked learns why.
#[test]
fn what_the_records_of_a_thread_say_stands_in_its_report() {
    let words = |pointer: &str, document: &Value| {
        document.pointer(pointer).and_then(Value::as_str).map(str::to_owned)
    };
    let mut seen = std::collections::BTreeSet::new();
    for name in [
        "submitted",
        "declined",
        "recused",
        "abstained",
        "partially-met",
        "appeal-upheld",
        "withdrawn-by-evaluator",
    ] {
        let report = thread(name).run();
        let texts =
            [Lang::En, Lang::Fr].map(|lang| thread_text(&report, Strictness::Lenient, lang, Style::Plain));
        for record in report.records.iter().filter_map(|record| record.report.document()) {
            for pointer in [
                "/credentialSubject/claim",
                "/credentialSubject/offeredEvidence/0/name",
                "/credentialSubject/statement",
                "/credentialSubject/evaluation/statement",
                "/credentialSubject/endorsementComment",
                "/issuer/parentOrg/name",
            ] {
                if let Some(said) = words(pointer, record) {
                    seen.insert(pointer);
                    assert!(
                        texts.iter().all(|text| text.contains(&said)),
                        "{name}: {pointer}: {said} in\n{}",
                        texts[1]
                    );
                }
            }
        }
    }
    assert!(seen.len() >= 4, "what was looked for is there: {seen:?}");
}

#[test]
fn what_a_thread_does_not_prove_is_said_where_it_matters() {
    for (name, en, fr) in [
        (
            "email-bound",
            "that the mailbox is theirs is not proved",
            "rien ne prouve que cette boîte est la sienne",
        ),
        (
            "appeal-lodged",
            "the candidate chose who decides; that they may",
            "le candidat a choisi qui tranche\u{a0}; rien",
        ),
        (
            "appeal-upheld",
            "the candidate chose who decides; that they may",
            "le candidat a choisi qui tranche\u{a0}; rien",
        ),
        (
            "appeal-to-one-whose-keys-cannot-be-found",
            "no decision of theirs can count",
            "aucune décision de cette personne ne peut compter",
        ),
        ("status-suspended", "is suspended for now, not taken back", "suspendu pour le moment, non retiré"),
        ("accepted", "there is no evaluation in this file", "ce fichier ne contient pas d’évaluation"),
    ] {
        let report = thread(name).run();
        for (lang, words) in [(Lang::En, en), (Lang::Fr, fr)] {
            let text = thread_text(&report, Strictness::Lenient, lang, Style::Plain);
            assert!(text.contains(words), "{name}: {words} in\n{text}");
        }
    }
    let told = |name: &str| json!(thread(name).run());
    assert_eq!(told("email-bound")["asked"], json!({"by": "email", "mailboxProved": false}));
    assert_eq!(told("submitted")["asked"], json!({"by": "did"}));
    let appeal = |name: &str| told(name)["evaluations"][0]["appeal"].clone();
    assert_eq!(appeal("appeal-lodged")["chosenBy"], "candidate");
    assert_eq!(appeal("appeal-lodged")["resolvable"], true);
    assert_eq!(appeal("appeal-to-one-whose-keys-cannot-be-found")["resolvable"], false);
    assert_eq!(appeal("appeal-upheld")["chosenBy"], "candidate");
    let suspended = &told("status-suspended")["evaluations"][0];
    assert_eq!((&suspended["force"], &suspended["stands"]), (&json!("undetermined"), &json!(false)));
    assert_eq!(suspended["undetermined"]["code"], "RECORD_SUSPENDED");
}
