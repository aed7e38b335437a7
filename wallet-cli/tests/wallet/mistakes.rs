//! What is typed wrongly, or the wrong file: the program blames what is at fault, and says what was wanted.

use crate::evaluating::Case;
use crate::support::{Issuer, Wallet};
use badge_verifier::evaluation::thread::thread;

/// How a command line is made of an option and a file for it.
type Line<'l> = &'l dyn Fn(&'static str, &str) -> Vec<String>;

/// The wallet of an evaluator, and a thread that asks its holder.
fn asked() -> (Wallet, String) {
    let case = Case::new();
    let thread = case.ask(&[]);
    let copy = case.ève.file("dossier.json", std::fs::read(thread).unwrap());
    (case.ève, copy)
}

#[test]
fn what_every_command_takes_may_stand_before_it() {
    let (ève, thread) = asked();
    let elsewhere = ève.beside("ailleurs");
    let elsewhere = elsewhere.to_str().unwrap();
    for args in [
        &["evaluate", "--lang", "fr", "status", &thread][..],
        &["evaluate", "--lang=fr", "status", &thread],
        &["--lang", "fr", "evaluate", "status", &thread],
        &["evaluate", "--wallet", elsewhere, "--lang", "fr", "status", &thread],
    ] {
        assert!(ève.ok(args).contains("Ce qui peut"), "{args:?}");
    }
    let said = ève.run(&["evaluate", "--wallet", elsewhere, "--lang", "fr", "accept", &thread]);
    assert!(said.code == 2 && said.err.contains("ailleurs"), "{}", said.err);
}

#[test]
fn what_stands_before_its_command_is_blamed_and_not_the_file() {
    let (ève, thread) = asked();
    let before = std::fs::read(&thread).unwrap();
    let ève = ève.in_french();
    let after = |command: &str, given: &str| {
        format!(
            "{given} ne peut pas être utilisé ici\u{a0}: sa place est après la commande, comme dans badge-wallet {command} … {given}"
        )
    };
    let none = |command: &str, given: &str| {
        format!("{given} ne peut pas être utilisé ici\u{a0}: badge-wallet {command} ne le prend pas")
    };
    for (args, wanted) in [
        (&["evaluate", "--name", "X", "accept", &thread][..], after("evaluate accept", "--name")),
        (&["evaluate", "--name=X", "accept", &thread], after("evaluate accept", "--name")),
        (&["evaluate", "--output", "x", "accept", &thread], after("evaluate accept", "--output")),
        (&["evaluate", "-o", "x", "accept", &thread], after("evaluate accept", "-o")),
        (&["evaluate", "--tie", "none", "recuse", &thread], after("evaluate recuse", "--tie")),
        (&["evaluate", "--email", "a@b.example", "accept", &thread], after("evaluate accept", "--email")),
        (&["evaluate", "--reason", "other", "decline", &thread], after("evaluate decline", "--reason")),
        (
            &["evaluate", "--reason", "error-found", "withdraw", &thread],
            after("evaluate withdraw", "--reason"),
        ),
        (&["evaluate", "--at", "https://x.example", "withdraw", &thread], after("evaluate withdraw", "--at")),
        (&["evaluate", "--json", "status", &thread], after("evaluate status", "--json")),
        (&["evaluate", "--to", "x", "appeal", "lodge", &thread], after("evaluate appeal lodge", "--to")),
        (&["evaluate", "--name", "X", "status", &thread], none("evaluate status", "--name")),
        (&["evaluate", "--page", "status", &thread], none("evaluate status", "--page")),
        (&["evaluate", "--yes", "accept", &thread], none("evaluate accept", "--yes")),
        (&["evaluate", &thread, "accept"], after("evaluate accept", &thread)),
        (&["evaluate", &thread, "accept", "--name", "X"], after("evaluate accept", &thread)),
        (&["--offline", "add", &thread], after("add", "--offline")),
    ] {
        let said = ève.run(args);
        let err = said.err.replace(" : ", "\u{a0}: ");
        assert!(said.code == 2 && err.contains(&wanted), "{args:?}: {} {}", said.code, said.err);
    }
    let said = ève.run(&["evaluate", "--page", "status", &thread, "--lang", "en"]);
    assert!(
        said.err.contains("--page cannot be used here: badge-wallet evaluate status does not take it"),
        "{}",
        said.err
    );
    assert_eq!(std::fs::read(&thread).unwrap(), before, "nothing was signed");
}

#[test]
fn a_wrong_file_is_named_with_what_it_is_and_what_was_wanted() {
    let (ève, asked) = asked();
    ève.ok(&["evaluate", "accept", &asked, "--tie", "none"]);
    let ève = ève.in_french();
    let did = ève.ok(&["did"]).trim().to_owned();
    let issuer = Issuer::new(3);
    let badge = ève.file("badge.json", issuer.json(issuer.draft(&did)));
    let template =
        ève.file("modèle.json", issuer.draft(&did)["credentialSubject"]["achievement"].to_string());
    let jwt = ève.file("badge.jwt", issuer.jwt(issuer.draft(&did)));
    let pdf = ève.file("réseau.pdf", "%PDF-1.7\n\0");
    let large = ève.file("grand.pdf", [b"%PDF-1.7\n\0".as_slice(), &vec![b'a'; 17 << 20]].concat());
    let thread = ève.file("fil.json", thread(&[]).to_string());
    let bundle = ève.file("preuves.bundle", "skills-badge evaluation bundle v1\n{}\n");
    let other = ève.file("notes.json", "{}");
    let picture = ève.file("photo.png", "\u{89}PNG");
    let request = |option: &'static str, file: &str| {
        let rest = [
            "--skill",
            "digcomp:1.1@5",
            "--evaluator",
            &did,
            "--tie",
            "none",
            "-o",
            "neuf.json",
            option,
            file,
        ];
        ["evaluate", "request"].into_iter().chain(rest).map(str::to_owned).collect()
    };
    let judge = |option: &'static str, file: &str| -> Vec<String> {
        ["evaluate", &asked, "--outcome", "met", "--yes", option, file].map(str::to_owned).to_vec()
    };
    let answers = |_: &'static str, file: &str| -> Vec<String> {
        ["evaluate", &asked, "--answers", file].map(str::to_owned).to_vec()
    };
    let open = |_: &'static str, file: &str| -> Vec<String> {
        let folder = ève.beside("ouvert");
        ["evaluate", "open", file, "-o", folder.to_str().unwrap()].map(str::to_owned).to_vec()
    };
    let (in_badge, in_template) = ("un badge.", "le modèle d’un badge, ou un badge, en JSON.");
    let (in_answers, in_bundle) = ("des réponses en JSON.", "un paquet de preuves chiffré.");
    for (line, option, file, found, wanted) in [
        (&request as Line<'_>, "--badge", &asked, "un dossier d’évaluation", in_badge),
        (&request, "--badge", &thread, "un dossier d’évaluation", in_badge),
        (&request, "--badge", &other, "du JSON d’une autre sorte", in_badge),
        (&request, "--badge", &template, "le modèle d’un badge", in_badge),
        (&request, "--badge", &pdf, "un fichier d’une autre sorte (PDF)", in_badge),
        (&request, "--badge", &large, "un fichier d’une autre sorte (PDF)", in_badge),
        (&request, "--template", &pdf, "un fichier d’une autre sorte (PDF)", in_template),
        (&request, "--template", &large, "un fichier d’une autre sorte (PDF)", in_template),
        (&request, "--template", &jwt, "un jeton (JWT)", in_template),
        (&request, "--template", &other, "du JSON d’une autre sorte", in_template),
        (&request, "--template", &thread, "un dossier d’évaluation", in_template),
        (&judge, "--template", &pdf, "un fichier d’une autre sorte (PDF)", in_template),
        (&judge, "--badge", &bundle, "un paquet de preuves chiffré", in_badge),
        (&answers, "--answers", &pdf, "un fichier d’une autre sorte (PDF)", in_answers),
        (&answers, "--answers", &large, "un fichier d’une autre sorte (PDF)", in_answers),
        (&answers, "--answers", &badge, "un badge", in_answers),
        (&answers, "--answers", &thread, "un dossier d’évaluation", in_answers),
        (&open, "evaluate open", &thread, "un dossier d’évaluation", in_bundle),
        (&open, "evaluate open", &badge, "un badge", in_bundle),
        (&open, "evaluate open", &pdf, "un fichier d’une autre sorte (PDF)", in_bundle),
        (&open, "evaluate open", &picture, "un fichier d’une autre sorte", in_bundle),
    ] {
        let args = line(option, file);
        let said = ève.run(&args.iter().map(String::as_str).collect::<Vec<_>>());
        let sentence =
            format!("{option} reçoit {file}, qui est {found}\u{a0}; ce qu’il faut là est {wanted}");
        assert!(said.code == 2 && said.err.contains(&sentence), "{args:?}: {} {}", said.code, said.err);
    }
}

#[test]
fn a_file_of_the_right_kind_that_is_broken_is_named_with_what_is_wrong_in_it() {
    let (ève, asked) = asked();
    ève.ok(&["evaluate", "accept", &asked, "--tie", "none"]);
    let broken = ève.file("badge.json", "{\"type\":");
    let said = ève.run(&["evaluate", &asked, "--outcome", "met", "--yes", "--badge", &broken]);
    assert!(said.code == 2 && said.err.contains(&format!("--badge {broken} cannot be used")), "{}", said.err);
    assert!(said.err.contains("The JSON is broken at byte"), "{}", said.err);
    let answers = ève.file("réponses.json", "{\"skills\": [{\"skill\": \"1.1\", \"outcome\": \"mett\"}]}");
    let ève = ève.in_french();
    let said = ève.run(&["evaluate", &asked, "--answers", &answers]);
    assert!(said.code == 2 && said.err.contains(&format!("--answers {answers} ne peut")), "{}", said.err);
    assert!(
        said.err.contains(
            "la réponse à la ligne 1, colonne 46 ne peut pas être lue («\u{a0}unknown variant `mett`"
        ),
        "{}",
        said.err
    );
}
