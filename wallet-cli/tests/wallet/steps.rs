//! What the wallet says comes next, and what it says of a step that cannot be taken.

use crate::evaluating::{Case, Service, noted, records, refused};
use crate::support::Said;

fn says(said: &Said, words: &[&str]) {
    for words in words {
        assert!(said.err.contains(words), "{words}: {}", said.err);
    }
}

#[test]
fn each_move_says_where_the_thread_goes_and_what_comes_next() {
    let case = Case::new();
    let thread = case.ask(&[]);
    // Where the evidence lies, only the evaluator knows: it is not beside the thread.
    std::fs::remove_file(case.zoé.beside("schéma réseau.txt")).unwrap();
    let quoted = format!("'{thread}'");
    let said = case.ève.run(&["evaluate", "accept", &thread, "--tie", "none", "--lang", "fr"]);
    says(
        &said,
        &[
            &format!("Envoyez {thread} à Zoé Lefèvre ({})", case.zoé_did),
            &format!("évaluez\u{a0}: badge-wallet evaluate {quoted} --lang fr (avec --evidence-dir"),
        ],
    );
    let said =
        case.ève.run(&["evaluate", &thread, "--skill", "1.1", "--outcome", "met", "--yes", "--lang", "en"]);
    says(
        &said,
        &[
            &format!("1 to go: badge-wallet evaluate {quoted} --lang en"),
            &format!("Send {thread} to Zoé Lefèvre ({}), who hands it to the body", case.zoé_did),
            &format!("badge-wallet evaluate status {quoted} --lang en"),
        ],
    );
    let said = case.ève.run(&["evaluate", "withdraw", &thread, "--reason", "error-found"]);
    says(&said, &[&format!("Send {thread} to Zoé Lefèvre")]);
    // Without --lang the commands have none; with it every one has.
    let plain = case.zoé.ok(&["evaluate", "status", &thread]);
    assert!(plain.contains("badge-wallet evaluate") && !plain.contains("--lang"), "{plain}");
    let french = case.zoé.ok(&["evaluate", "status", &thread, "--lang", "fr"]);
    assert_eq!(
        french.matches("badge-wallet evaluate").count(),
        french.matches("--lang fr").count(),
        "{french}"
    );
    let printed = case.ève.run(&["evaluate", "decline", &case.ask_anew(), "--reason", "no-time", "-o", "-"]);
    says(&printed, &["Send this thread to Zoé Lefèvre"]);
}

#[test]
fn what_stands_for_a_value_in_a_printed_command_is_never_signed() {
    let case = Case::new();
    let thread = case.ask(&[]);
    let accept = ["evaluate", "accept", &thread, "--tie"];
    refused(&case.ève, &thread, &[accept.as_slice(), &["TIE"]].concat(), "none, employment");
    let with = [accept.as_slice(), &["none", "--organisation", "URI"]].concat();
    refused(&case.ève, &thread, &with, "OPTION_INVALID");
    let said =
        refused(&case.ève, &thread, &["evaluate", &thread, "--outcome", "met", "--yes"], "MOVE_NOT_NOW");
    says(&said, &["before you have accepted (badge-wallet evaluate accept)"]);
    case.ève.ok(&["evaluate", "accept", &thread, "--tie", "none"]);
    case.ève.ok(&["evaluate", &thread, "--outcome", "met", "--yes"]);
    let lodge = ["evaluate", "appeal", "lodge", &thread, "--skill", "1.1", "--reason", "bias", "--to"];
    let said = refused(&case.zoé, &thread, &[lodge.as_slice(), &["DID"]].concat(), "OPTION_INVALID");
    says(&said, &["--to DID", "did:web:body.example"]);
    for (party, role) in [(&case.zoé_did, "the candidate"), (&case.ève_did, "the evaluator")] {
        let said = refused(&case.zoé, &thread, &[lodge.as_slice(), &[party]].concat(), "APPEAL_TO_PARTY");
        says(&said, &[party, role, "Name somebody else with --to"]);
    }
}

#[test]
fn days_are_taken_in_french_too() {
    let case = Case::new();
    let thread = case.ask(&["--valid", "30j"]);
    let mandate = &records(&thread)[0];
    let [from, until] =
        ["validFrom", "validUntil"].map(|member| mandate[member].as_str().unwrap().parse().unwrap());
    let (from, until): (jiff::Timestamp, jiff::Timestamp) = (from, until);
    assert_eq!(until.duration_since(from).as_hours(), 30 * 24);
}

/// Whoever keeps no status of an evaluation is not sent it: another address is refused before anything is signed, and the keeper named.
#[test]
fn an_evaluation_goes_to_its_own_keeper_alone() {
    let case = Case::new();
    let thread = case.accepted();
    let service = Service::keeping(noted);
    let stranger = Service::keeping(noted);
    let at = ["--at", &service.base, "--danger-allow-loopback"];
    case.ève.ok(&[["evaluate", &thread, "--outcome", "met", "--yes"].as_slice(), &at].concat());
    let withdraw = ["evaluate", "withdraw", &thread, "--reason", "error-found", "--danger-allow-loopback"];
    let wrong = ["--at", &stranger.base, "--lang", "fr"];
    let keeper = format!("Qui en tient un\u{a0}: --at {}", service.base);
    for also in [&[][..], &["--at", &service.base]] {
        let args = [withdraw.as_slice(), &wrong, also].concat();
        says(&refused(&case.ève, &thread, &args, "OPTION_INVALID"), &[&keeper, &stranger.base]);
    }
    // The service cannot be reached: it is named with the command that is left to run.
    case.ève.ok(&withdraw);
    let tell = ["evaluate", "withdraw", &thread, "--tell", "--danger-allow-loopback"];
    for again in [&tell[..], &withdraw] {
        let said = refused(&case.ève, &thread, &[again, &wrong[..]].concat(), "OPTION_INVALID");
        says(&said, &[&keeper]);
    }
    assert!(stranger.asked().is_empty(), "nothing was sent");
    assert_eq!(service.asked().len(), 1, "the entries alone");
    case.ève.ok(&[tell.as_slice(), &at[..2]].concat());
}

#[test]
fn where_nobody_keeps_a_status_nobody_is_told() {
    let case = Case::new();
    let thread = case.accepted();
    let stranger = Service::keeping(noted);
    let at = ["--reason", "other", "--statement", "x", "--at", &stranger.base, "--danger-allow-loopback"];
    let withdraw = [["evaluate", "withdraw", &thread].as_slice(), &at].concat();
    let nobody = "nobody keeps a status of what is taken back";
    says(&refused(&case.ève, &thread, &withdraw, "OPTION_INVALID"), &[nobody]);
    case.ève.ok(&["evaluate", &thread, "--outcome", "met", "--yes"]);
    says(&refused(&case.ève, &thread, &withdraw, "OPTION_INVALID"), &[nobody]);
    case.ève.ok(&withdraw[..7]);
    let tell = [["evaluate", "withdraw", &thread, "--tell"].as_slice(), &at[4..]].concat();
    says(&refused(&case.ève, &thread, &tell, "OPTION_INVALID"), &[nobody]);
    assert!(stranger.asked().is_empty(), "nothing was sent");
}

/// The keeper fails: it is named all the same, with the command that is left to run.
#[test]
fn a_withdrawal_that_reaches_nobody_names_the_keeper() {
    let case = Case::new();
    let thread = case.accepted();
    let service = Service::keeping(|_| (503, "{}".to_owned()));
    let at = ["--at", &service.base, "--danger-allow-loopback"];
    case.ève.ok(&[["evaluate", &thread, "--outcome", "met", "--yes"].as_slice(), &at].concat());
    let withdraw = ["evaluate", "withdraw", &thread, "--reason", "error-found", "--lang", "fr"];
    let said = case.ève.run(&[withdraw.as_slice(), &at].concat());
    assert_eq!(said.code, 2, "{}", said.err);
    says(
        &said,
        &[
            "SERVICE_REFUSES",
            &format!("{} tient le statut de 2 évaluations et n’en sait rien", service.base),
            &format!("--tell --at {} --danger-allow-loopback --lang fr", service.base),
        ],
    );
}

/// The blocks of one certification have one page; they are skills of their own all the same, as they are in the template aimed at.
#[test]
fn two_blocks_of_one_certification_are_two_skills() {
    let case = Case::new();
    let [second, third] = ["rncp:RNCP38596BC02 Réseaux@EQF:5", "rncp:RNCP38596BC03 Postes@EQF:5"];
    let ask = |skills: &[&str], more: &[&str]| {
        let out = case.zoé.beside("blocs.json").to_str().unwrap().to_owned();
        let _ = std::fs::remove_file(&out);
        let skills = skills.iter().flat_map(|skill| ["--skill", skill]);
        let args = [
            "evaluate",
            "request",
            "--evaluator",
            &case.ève_did,
            "--claim",
            "x",
            "--tie",
            "none",
            "-o",
            &out,
        ];
        (case.zoé.run(&[&args[..], &skills.collect::<Vec<_>>(), more].concat()), out)
    };
    let (said, thread) = ask(&[second, third], &[]);
    assert_eq!(said.code, 0, "{}", said.err);
    case.ève.ok(&["evaluate", "accept", &thread, "--tie", "none"]);
    case.ève.ok(&["evaluate", &thread, "--skill", "RNCP38596BC03", "--outcome", "met", "--yes"]);
    let found = &records(&thread)[2]["credentialSubject"]["evaluation"]["evaluatedSkill"];
    assert_eq!(found["targetCode"], "RNCP38596BC03");
    let status = case.ève.ok(&["evaluate", "status", &thread]);
    assert!(status.contains("RNCP38596BC02>") && status.contains("RNCP38596BC03>"), "{status}");

    for skills in [&[second, second][..], &["urn:s:1 A@EQF:5", "urn:s:1 B@EQF:5"]] {
        let (said, _) = ask(skills, &["--lang", "fr"]);
        assert_eq!(said.code, 2, "{}", said.err);
        says(&said, &["OPTION_INVALID", "ont la même adresse"]);
        assert!(!said.err.contains("émetteur"), "{}", said.err);
    }

    // A template of another program names the block by the page alone.
    let page = "https://www.francecompetences.fr/recherche/rncp/38596/";
    let template = serde_json::json!({"id": "urn:x:1", "type": ["Achievement"], "name": "x", "description": "x",
        "criteria": {"narrative": "x"}, "alignment": [{"type": ["Alignment"], "targetName": "Bloc 2", "targetUrl": page,
        "targetCode": "RNCP38596BC02", "targetType": "ext:RNCPBloc"}]});
    let template = case.zoé.file("modèle.json", template.to_string());
    let (said, thread) = ask(&[second, third], &["--template", &template]);
    assert_eq!(said.code, 0, "{}", said.err);
    let sought = &records(&thread)[0]["credentialSubject"]["soughtSkill"];
    assert_eq!(sought[0]["skill"]["targetUrl"], page);
    assert!(case.ève.ok(&["evaluate", "status", &thread]).contains("[RNCP38596BC02]"));
}
