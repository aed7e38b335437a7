//! Whole visits in a real browser, by keyboard alone.

use badge_schemas::evaluation::Finding;
use badge_verifier::evaluation::thread::{Evaluated, State};
use serde_json::json;

use super::browser::{Browser, ENTER, HOME};
use super::{Case, HOSTILE, Served, judged, records};

const WIDE: u32 = 1280;

/// The narrowest screen of the accessibility rules ([WCAG 2.2, 1.4.10](https://www.w3.org/TR/WCAG22/#reflow)).
const NARROW: u32 = 320;

/// What holds on every page: its language, one heading, labels, no sideways scrolling, nothing from elsewhere, a quiet console.
fn is_sound(browser: &Browser, served: &Served, lang: &str) {
    assert_eq!(browser.script("return document.documentElement.lang", &[]), json!(lang));
    assert_eq!(browser.script("return document.querySelectorAll('h1').length", &[]), json!(1));
    let unlabelled = "return [...document.querySelectorAll('input:not([type=hidden]), select, textarea')] \
         .filter(e => e.labels.length !== 1 || !e.labels[0].innerText.trim()).map(e => e.outerHTML)";
    assert_eq!(browser.script(unlabelled, &[]), json!([]));
    let dangling = "return [...document.querySelectorAll('[aria-describedby]')].flatMap(e => e.getAttribute('aria-describedby').split(' ')) \
         .filter(id => !document.getElementById(id))";
    assert_eq!(browser.script(dangling, &[]), json!([]));
    let twice = "const ids = [...document.querySelectorAll('[id]')].map(e => e.id); return ids.filter((id, i) => ids.indexOf(id) !== i)";
    assert_eq!(browser.script(twice, &[]), json!([]));
    let wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
    assert_eq!(browser.script(wide, &[]), json!(0), "it scrolls sideways: {}", browser.page());
    assert_eq!(browser.console(), Vec::<String>::new());
    let elsewhere: Vec<String> =
        browser.asked().into_iter().filter(|url| !url.starts_with(&served.url) && url != "data:,").collect();
    assert_eq!(elsewhere, Vec::<String>::new());
    assert_eq!(browser.script(CONTRAST, &[]), json!([]), "text that is too faint: {}", browser.page());
}

/// Texts whose contrast with what is behind them is under 4.5 ([WCAG 2.2, 1.4.3](https://www.w3.org/TR/WCAG22/#contrast-minimum)).
const CONTRAST: &str = "
    const parts = c => c.match(/[\\d.]+/g).map(Number);
    const light = c => { const [r, g, b] = parts(c).map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
        return .2126 * r + .7152 * g + .0722 * b; };
    const behind = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
        if (parts(c).length < 4 || parts(c)[3] > 0) return c; } return 'rgb(255, 255, 255)'; };
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), faint = [];
    for (let n; n = walk.nextNode();) { const e = n.parentElement;
        if (!n.data.trim() || !e.checkVisibility()) continue;
        const [a, b] = [light(getComputedStyle(e).color), light(behind(e))].sort((x, y) => y - x);
        if ((a + .05) / (b + .05) < 4.5) faint.push(n.data.trim().slice(0, 40) + ' ' + (a + .05) / (b + .05)); }
    return faint;";

/// Accepts, evaluates two skills and signs, in a language, on a screen of this width.
fn whole_journey(lang: &'static str, width: u32) {
    let french = lang == "fr";
    let case = Case::new();
    let thread = case.ask(&[]);
    let folder = case.evidence("un réseau");
    let served = case.serve(&thread, &["--evidence-dir", &folder, "--lang", lang]);
    let browser = Browser::start(width);
    let see = |words: &str| assert!(browser.page().contains(words), "{words}: {}", browser.page());
    let sound = || is_sound(&browser, &served, lang);

    browser.open(&served.url);
    see(HOSTILE);
    see(if french { "On vous demande une évaluation" } else { "You are asked for an evaluation" });
    sound();
    browser.choose("answer", "accepted");
    browser.write("name", "Ève Müller");
    browser.write("organisation", "lycee.example");
    browser.write("organisation-name", "Lycée Condé");
    browser.tick("tie-none");
    browser.push("next");
    // What tells organisations apart is an address.
    see(if french { "Ce n’est ni une adresse ni un DID" } else { "This is no address and no DID" });
    sound();
    browser.tab_to("#organisation");
    browser.press(HOME);
    browser.press("https://");
    browser.push("next");
    see("Lycée Condé (https://lycee.example)");
    see(if french {
        "Vous acceptez d’évaluer Zoé Lefèvre"
    } else {
        "You accept to evaluate Zoé Lefèvre"
    });
    sound();
    assert_eq!(judged(&thread).state, Some(State::Proposed), "nothing is signed before it is signed");
    browser.push("sign");
    assert_eq!(judged(&thread).state, Some(State::Accepted));

    see(if french { "Votre acceptation est signée" } else { "Your acceptance is signed" });
    see(if french { "présent et inchangé" } else { "here, and unchanged" });
    sound();
    browser.tick("seen-0");
    browser.push("next");
    sound();
    browser.choose("finding", "met");
    browser.write("comment", "Très sûre d’elle.\nVue à l’œuvre.");
    browser.push("next");
    sound();
    browser.choose("finding", "partially-met");
    browser.pick("reached", "3");
    browser.pick("reason", "evidence-insufficient");
    browser.write("statement", "Il manque un exemple.");
    browser.push("next");
    sound();
    browser.write("standing", "Vingt ans de métier.");
    browser.push("next");
    for words in [
        "Très sûre d’elle.",
        "Vue à l’œuvre.",
        "Il manque un exemple.",
        "Vingt ans de métier.",
        "schéma réseau.txt",
    ] {
        see(words);
    }
    sound();
    browser.push("sign");
    see(if french { "Renvoyez ce fichier à Zoé Lefèvre" } else { "Send this file back to Zoé Lefèvre" });
    assert_eq!(browser.text("#file"), thread);
    sound();
    let said = served.ended();
    assert!(
        said.code == 0 && said.err.contains(if french { "2 évaluations." } else { "2 evaluations." }),
        "{}",
        said.err
    );

    let report = judged(&thread);
    assert_eq!((report.state, report.evaluations.len()), (Some(State::Submitted), 2));
    assert!(report.problems().next().is_none() && report.evaluations.iter().all(Evaluated::stands));
    assert_eq!(report.evaluator, Some(case.evaluator_did.clone()));
    let [met, partly] = [0, 1].map(|index| &report.evaluations[index].evaluation);
    assert_eq!((met.finding, partly.finding), (Finding::Met, Finding::PartiallyMet));
    assert_eq!(partly.reached_level.as_ref().unwrap().code, "4");
    assert_eq!(
        (partly.statement.as_deref(), met.statement.as_deref()),
        (Some("Il manque un exemple."), None)
    );
    assert_eq!(met.seen_evidence[0].name, "schéma réseau.txt");
    assert_eq!(met.standing[0].statement.as_deref(), Some("Vingt ans de métier."));
    let records = records(&thread);
    assert_eq!(records[2]["credentialSubject"]["endorsementComment"], "Très sûre d’elle.\nVue à l’œuvre.");
    assert!(records[1..].iter().all(|record| record["issuer"]["name"] == "Ève Müller"));
    let parent = json!({"id": "https://lycee.example", "type": ["Profile"], "name": "Lycée Condé"});
    assert!(records[1..].iter().all(|record| record["issuer"]["parentOrg"] == parent));
}

#[test]
fn an_evaluator_accepts_evaluates_and_signs_in_french_by_keyboard_alone() {
    whole_journey("fr", WIDE);
}

#[test]
fn an_evaluator_accepts_evaluates_and_signs_in_english_on_a_narrow_screen() {
    whole_journey("en", NARROW);
}

#[test]
fn who_declines_or_recuses_says_why() {
    for (answer, reason, state) in [
        ("declined", "outside-expertise", State::Declined),
        ("recused", "conflict-of-interest", State::Recused),
    ] {
        let case = Case::new();
        let thread = case.ask(&[]);
        let served = case.serve(&thread, &[]);
        let browser = Browser::start(WIDE);
        browser.open(&served.url);
        browser.choose("answer", answer);
        browser.pick("reason", reason);
        browser.write("statement", "Je l’ai formée en 2019.");
        browser.tick("tie-teaching");
        browser.push("next");
        is_sound(&browser, &served, "en");
        browser.push("sign");
        assert!(browser.page().contains("Send this file back to"), "{}", browser.page());
        assert_eq!(served.ended().code, 0);
        assert_eq!(judged(&thread).state, Some(state));
        let answer = &records(&thread)[1]["credentialSubject"]["response"];
        let answer = if answer.is_null() { &records(&thread)[1]["credentialSubject"] } else { answer };
        assert!(
            answer.to_string().contains("Je l’ai formée en 2019.") && answer.to_string().contains("teaching"),
            "{answer}"
        );
    }
}

#[test]
fn what_is_missing_is_said_at_its_field_and_nothing_typed_is_lost() {
    let case = Case::new();
    let thread = case.ask(&["--evaluator-email", "ève@école.example"]);
    let served = case.serve(&thread, &[]);
    let browser = Browser::start(NARROW);
    browser.open(&served.url);
    browser.choose("answer", "declined");
    browser.pick("reason", "other");
    browser.write("email", "autre@école.example");
    browser.push("next");

    // The summary has the focus, and leads to the field.
    assert!(browser.page().starts_with("Error: "), "{}", browser.page());
    browser.focus_comes_to(".wrong");
    assert!(browser.text("#statement-fault").contains("Say which other reason it is."));
    assert_eq!(
        browser.script("return document.getElementById('statement').getAttribute('aria-invalid')", &[]),
        json!("true")
    );
    is_sound(&browser, &served, "en");
    browser.tab_to(".wrong a");
    browser.press(ENTER);
    browser.focus_comes_to("#statement");
    browser.press("Je pars.\nLoin.");
    browser.push("next");
    assert!(browser.text("#email-fault").contains("autre@école.example"), "{}", browser.page());

    // Another language, and everything is as it was.
    browser.focus_comes_to(".wrong");
    browser.tab_back();
    assert!(browser.focused("#language"));
    browser.leave(ENTER);
    assert!(browser.page().starts_with("Erreur\u{a0}: "), "{}", browser.page());
    is_sound(&browser, &served, "fr");
    assert!(browser.has("#answer-declined:checked"));
    assert_eq!(
        ["reason", "email", "statement"].map(|id| browser.value(id)),
        ["other", "autre@école.example", "Je pars.\nLoin."]
    );
    browser.write("email", "ève@école.example");
    browser.push("next");
    assert!(browser.page().contains("Vous déclinez l’évaluation de Zoé Lefèvre"), "{}", browser.page());
    browser.push("sign");
    assert_eq!(served.ended().code, 0);
    assert_eq!(judged(&thread).state, Some(State::Declined));
}

#[test]
fn evidence_that_changed_can_be_neither_opened_nor_named_as_seen() {
    let case = Case::new();
    let thread = case.ask(&[]);
    case.evaluator.ok(&["evaluate", "accept", &thread, "--tie", "none"]);
    let folder = case.evidence("un autre réseau");
    let served = case.serve(&thread, &["--evidence-dir", &folder, "--lang", "fr"]);
    let browser = Browser::start(WIDE);
    browser.open(&served.url);
    assert!(
        browser.text("main").contains("modifié\u{a0}: ce n’est pas ce qui a été annoncé"),
        "{}",
        browser.page()
    );
    assert!(browser.has("#seen-0:disabled") && !browser.has(".links a"));
    is_sound(&browser, &served, "fr");
    browser.push("next");
    for _ in 0..2 {
        browser.choose("finding", "abstained");
        browser.pick("reason", "evidence-not-authentic");
        browser.push("next");
    }
    browser.push("next");
    browser.push("sign");
    assert_eq!(served.ended().code, 0);
    let report = judged(&thread);
    assert_eq!(report.evaluations.len(), 2);
    assert!(report.evaluations.iter().all(|one| one.evaluation.seen_evidence.is_empty()));
}

#[test]
fn who_stops_signs_nothing_and_both_windows_say_so() {
    let case = Case::new();
    let thread = case.ask(&[]);
    let before = std::fs::read(&thread).unwrap();
    let served = case.serve(&thread, &[]);
    let browser = Browser::start(WIDE);
    browser.open(&served.url);
    browser.choose("answer", "accepted");
    browser.tab_to("summary");
    browser.press(ENTER);
    browser.push("stop");
    assert!(browser.page().contains("Nothing was signed."), "{}", browser.page());
    is_sound(&browser, &served, "en");
    let said = served.ended();
    assert!(said.code == 0 && said.err.contains("Nothing was signed."), "{}", said.err);
    assert_eq!(std::fs::read(&thread).unwrap(), before);
}

#[test]
fn with_the_colours_of_the_night_every_page_can_still_be_read() {
    let case = Case::new();
    let thread = case.ask(&[]);
    let served = case.serve(&thread, &[]);
    let browser = Browser::start(WIDE);
    let dark = json!({"features": [{"name": "prefers-color-scheme", "value": "dark"}]});
    browser.cdp("Emulation.setEmulatedMedia", &dark);
    browser.open(&served.url);
    browser.choose("answer", "recused");
    browser.push("next");
    assert!(browser.has("#reason-fault"));
    is_sound(&browser, &served, "en");
}
