//! What ties two people is signed by the one who says it, and never by a program for them.

use serde_json::{Value, json};

use crate::evaluating::{Case, records, refused};
use crate::support::{Issuer, Wallet};

const KNOWN: &str = "--tie none where nothing does, else --tie with one of employment, colleague, teaching, family, business, other";

fn ties(record: &Value) -> &Value {
    let subject = &record["credentialSubject"];
    let evaluation = &subject["evaluation"]["conflictOfInterest"]["relation"];
    if evaluation.is_null() { &subject["conflictOfInterest"]["relation"] } else { evaluation }
}

#[test]
fn nothing_is_asked_accepted_or_evaluated_with_ties_unsaid() {
    let case = Case::new();
    let out = case.thread();
    let request = [
        "evaluate",
        "request",
        "--evaluator",
        &case.ève_did,
        "--skill",
        "digcomp:1.1@5",
        "--claim",
        "Dix ans.",
    ];
    let said = case.zoé.run(&[request.as_slice(), &["-o", &out]].concat());
    assert!(said.code == 2 && said.err.contains("TIES_UNSAID") && said.err.contains(KNOWN), "{}", said.err);
    assert!(!std::path::Path::new(&out).exists());
    let words = case.zoé.run(&[request.as_slice(), &["--tie-statement", "Rien.", "-o", &out]].concat());
    assert!(
        words.code == 2 && words.err.contains("--tie <TIE>"),
        "words alone are no declaration: {}",
        words.err
    );

    let thread = case.ask(&[]);
    let said = refused(&case.ève, &thread, &["evaluate", "accept", &thread], "TIES_UNSAID");
    assert!(said.err.contains(KNOWN), "{}", said.err);
    refused(&Wallet::open().0, &thread, &["evaluate", "accept", &thread], "MOVE_NOT_YOURS");
    // Which other tie, only they can say.
    let other = ["evaluate", "accept", &thread, "--tie", "other"];
    let said = refused(&case.ève, &thread, &other, "OPTION_INVALID");
    assert!(said.err.contains("with --tie-statement"), "{}", said.err);
    // Who recuses over ties says which; at a terminal they are asked.
    let recused = case.ève.beside("récusé.json");
    let recuse = ["evaluate", "recuse", &thread, "-o", recused.to_str().unwrap()];
    refused(&case.ève, &thread, &recuse, "TIES_UNSAID");
    let typed =
        [("What ties you to this person?", "7"), ("Which other tie", ""), ("Which other tie", "Voisins.")];
    let said = case.ève.at_terminal(&recuse, &typed);
    assert_eq!(said.code, 0, "{}", said.err);
    let answer = &records(recused.to_str().unwrap())[1];
    assert_eq!(
        (ties(answer), &answer["credentialSubject"]["conflictOfInterest"]["statement"]),
        (&json!(["other"]), &json!("Voisins."))
    );
    // Who declines says nothing of ties, and none are signed.
    let declined = case.ève.beside("décliné.json");
    case.ève.ok(&["evaluate", "decline", &thread, "--reason", "no-time", "-o", declined.to_str().unwrap()]);
    assert!(ties(&records(declined.to_str().unwrap())[1]).is_null());
    let french = case.ève.in_french();
    let said = refused(&french, &thread, &["evaluate", "accept", &thread], "TIES_UNSAID");
    assert!(
        said.err.contains("--tie none si rien ne vous lie") && said.err.contains("Rien n’a été signé"),
        "{}",
        said.err
    );
}

#[test]
fn an_evaluation_repeats_the_ties_of_its_acceptance_and_says_so() {
    let case = Case::new();
    let thread = case.ask(&[]);
    let accept = ["evaluate", "accept", &thread, "--tie", "teaching", "--tie-statement", "Un cours en 2019."];
    case.ève.ok(&accept);
    let one = ["evaluate", &thread, "--skill", "1.1", "--outcome", "met", "--yes"];
    let said = case.ève.run(&one);
    assert!(said.code == 0, "{}", said.err);
    assert!(
        said.err.contains("as you declared when you accepted: one taught the other — Un cours en 2019."),
        "{}",
        said.err
    );
    assert_eq!(ties(&records(&thread)[2]), &json!(["teaching"]));
    let answers = json!({"skills": [{"skill": "réseau", "outcome": "met"}]});
    let answers = case.ève.file("réponses.json", answers.to_string());
    case.ève.ok(&["evaluate", &thread, "--answers", &answers, "--tie", "family", "--yes"]);
    assert_eq!(ties(&records(&thread)[3]), &json!(["family"]), "said anew, it is what was said");
    // Whoever reads the thread reads it there.
    let told = case.zoé.ok(&["evaluate", "status", &thread]);
    assert_eq!(
        told.matches("ties: one taught the other\n      in their words: “Un cours en 2019.”").count(),
        2,
        "{told}"
    );
    assert!(told.contains("ties: family"), "{told}");
}

/// An acceptance that another program wrote may say nothing of ties; then the evaluator is asked, or nothing is signed.
#[test]
fn where_the_acceptance_says_nothing_the_evaluation_has_to() {
    let case = Case::new();
    let thread = case.ask(&[]);
    case.ève.ok(&["evaluate", "accept", &thread, "--tie", "none"]);
    let mut all = records(&thread);
    let silent = all[1].as_object_mut().unwrap();
    silent.remove("proof");
    silent["credentialSubject"].as_object_mut().unwrap().remove("conflictOfInterest");
    let signed = Issuer::of(&case.ève).json(Value::Object(silent.clone()));
    all[1] = serde_json::from_str(&signed).unwrap();
    let thread = case.ève.file("muet.json", badge_verifier::evaluation::thread::thread(&all).to_string());

    let told = case.zoé.ok(&["evaluate", "status", &thread, "--lang", "fr"]);
    assert!(told.contains("liens\u{a0}: rien n’en est dit"), "{told}");
    let met = ["evaluate", &thread, "--outcome", "met", "--yes"];
    refused(&case.ève, &thread, &met, "TIES_UNSAID");
    let answers = json!({"skills": [{"skill": "réseau", "outcome": "met"}]});
    let file = case.ève.file("réponses.json", answers.to_string());
    refused(&case.ève, &thread, &["evaluate", &thread, "--answers", &file, "--yes"], "TIES_UNSAID");
    let said = case.ève.at_terminal(&met, &[("What ties you to this person?", "1")]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(ties(&records(&thread)[2]), &json!(["none"]));
}

#[test]
fn at_a_terminal_it_is_asked_and_nothing_is_chosen_beforehand() {
    let case = Case::new();
    let out = case.thread();
    let request = [
        "evaluate",
        "request",
        "--evaluator",
        &case.ève_did,
        "--skill",
        "digcomp:1.1@5",
        "--claim",
        "Dix ans.",
    ];
    let request = [request.as_slice(), &["-o", &out]].concat();
    let said = case
        .zoé
        .at_terminal(&request, &[("What ties you to the evaluator?", ""), ("Type one of the numbers.", "1")]);
    assert!(said.code == 0 && said.err.contains("1. none"), "{}", said.err);
    assert_eq!(ties(&records(&out)[0]), &json!(["none"]));
    let answers = [("What ties you to this person?", "3"), ("In your words", "Même garage.")];
    let said = case.ève.at_terminal(&["evaluate", "accept", &out], &answers);
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(ties(&records(&out)[1]), &json!(["colleague"]));
    assert_eq!(records(&out)[1]["credentialSubject"]["conflictOfInterest"]["statement"], "Même garage.");
}
