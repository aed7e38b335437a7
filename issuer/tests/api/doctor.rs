//! The doctor: what it says of drafts, badges and the catalogue; and what the settings make of it before anything is signed.

use serde_json::{Value, json};

use crate::harness::{HOLDER, Service, achievement, codes, run};

fn found(output: &std::process::Output) -> (Vec<String>, Vec<String>) {
    let answer: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    let list = |name: &str| {
        let problems = answer["looked"][0][name].as_array().unwrap();
        problems.iter().map(|problem| problem["code"].as_str().unwrap().to_owned()).collect()
    };
    (list("errors"), list("warnings"))
}

#[test]
fn the_doctor_explains_a_draft_a_badge_and_the_catalogue() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let mut bare = achievement();
    bare["name"] = json!("Évaluer des données (RNCP38596)");
    std::fs::write(
        at.join("draft.json"),
        json!({"achievement": bare, "recipient": {"id": HOLDER}}).to_string(),
    )
    .unwrap();

    let micro =
        run(&["doctor", "draft.json", "--profile", "eu-microcredential", "--json", "--data", "d"], at);
    assert_eq!(micro.status.code(), Some(1));
    let (errors, warnings) = found(&micro);
    let expected = [
        "MC_COUNTRY",
        "MC_AWARDING_BODY",
        "MC_WORKLOAD",
        "MC_ASSESSMENT",
        "MC_PARTICIPATION",
        "MC_QUALITY_ASSURANCE",
    ];
    assert_eq!(errors, expected);
    assert!(warnings.contains(&"MC_LEVEL".to_owned()), "{warnings:?}");
    let french = run(&["doctor", "draft.json", "--profile", "fr", "--lang", "fr", "--data", "d"], at);
    let words = String::from_utf8(french.stdout).unwrap();
    assert!(words.contains("erreur: Le badge se donne RNCP38596 pour identifiant"), "{words}");
    assert!(words.contains("    → Nommez-le dans alignment"), "{words}");
    assert!(!at.join("d").exists(), "to look makes nothing");

    std::fs::write(at.join("s.toml"), "data = 'd'\n[lint]\ncertifications = ['RNCP38596']\n").unwrap();
    let may = run(&["doctor", "draft.json", "--profile", "fr", "--json", "--config", "s.toml"], at);
    assert_eq!(may.status.code(), Some(0), "whoever may is not kept from it: {:?}", found(&may));
    let made = run(
        &["issue", "draft.json", "--config", "s.toml", "--no-status", "-o", "b.png", "--format", "png"],
        at,
    );
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let signed = run(&["doctor", "b.png", "--profile", "open-badges", "--json", "--config", "s.toml"], at);
    assert_eq!((signed.status.code(), found(&signed).0), (Some(0), vec![]));
    let damaged =
        String::from_utf8_lossy(&std::fs::read(at.join("d/store/journal/00000001.journal")).unwrap()).len();
    assert!(damaged > 0);
    let catalogue = run(
        &["doctor", "--catalogue", "--profile", "plain-language", "--lang", "en", "--config", "s.toml"],
        at,
    );
    assert_eq!(catalogue.status.code(), Some(0), "advice keeps nothing from being signed");
    let words = String::from_utf8(catalogue.stdout).unwrap();
    assert!(words.starts_with("Évaluer des données (RNCP38596) ("), "{words}");
    assert_eq!(run(&["doctor", "--badge", "none", "--config", "s.toml"], at).status.code(), Some(2));
    assert_eq!(run(&["doctor"], at).status.code(), Some(2));
}

#[test]
fn a_signed_badge_that_was_changed_is_found_out() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    std::fs::write(
        at.join("draft.json"),
        json!({"achievement": achievement(), "recipient": {"id": HOLDER}}).to_string(),
    )
    .unwrap();
    assert!(run(&["issue", "draft.json", "--data", "d", "--no-status", "-o", "b.json"], at).status.success());
    let badge = std::fs::read_to_string(at.join("b.json")).unwrap().replace("Trois mises", "Deux mises");
    std::fs::write(at.join("b.json"), badge).unwrap();
    let output = run(&["doctor", "b.json", "--json", "--data", "d"], at);
    assert_eq!(output.status.code(), Some(1));
    assert!(found(&output).0.contains(&"SIGNATURE_INVALID".to_owned()), "{:?}", found(&output));
}

#[test]
fn an_issuer_has_a_country_that_exists_and_identifiers_that_are_known() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let draft = json!({"achievement": achievement(), "recipient": {"id": HOLDER}});
    std::fs::write(at.join("draft.json"), draft.to_string()).unwrap();
    assert!(run(&["issue", "draft.json", "--data", "d", "--no-status", "-o", "b.json"], at).status.success());
    let signed: Value = serde_json::from_slice(&std::fs::read(at.join("b.json")).unwrap()).unwrap();
    for (code, kind, expected) in [
        ("FR", "ext:frSiren", &[][..]),
        ("XX", "ext:frSiren", &["COUNTRY_UNKNOWN"][..]),
        ("FR", "ext:frSirem", &["IDENTIFIER_TYPE_UNKNOWN"][..]),
        ("XX", "ext:frSirem", &["COUNTRY_UNKNOWN", "IDENTIFIER_TYPE_UNKNOWN"][..]),
    ] {
        let mut badge = signed.clone();
        badge["issuer"]["address"] = json!({"type": ["Address"], "addressCountryCode": code});
        badge["issuer"]["otherIdentifier"] =
            json!([{"type": "IdentifierEntry", "identifierType": kind, "identifier": "732829320"}]);
        std::fs::write(at.join("changed.json"), badge.to_string()).unwrap();
        for profile in ["fr", "eu-microcredential", "open-badges"] {
            let output = run(&["doctor", "changed.json", "--profile", profile, "--json", "--data", "d"], at);
            let (errors, _) = found(&output);
            let of_values = |code: &&String| code.starts_with("COUNTRY") || code.starts_with("IDENTIFIER");
            let mut errors: Vec<&str> = errors.iter().filter(of_values).map(String::as_str).collect();
            errors.sort_unstable();
            assert_eq!(errors, expected, "{profile}");
        }
    }
}

#[test]
fn the_settings_name_what_is_asked_before_signing() {
    let directory = tempfile::tempdir().unwrap();
    let settings = directory.path().join("s.toml");
    std::fs::write(&settings, "[issuer]\nname = 'CFA'\n[lint]\nprofiles = ['fr', 'plain-language']\n")
        .unwrap();
    let service = Service::start_in(directory.path(), &["--config", settings.to_str().unwrap()]);
    let mut own = achievement();
    own["humanCode"] = json!("RS5875");
    let refused = service.admin("POST", "/api/badges", Some(&own)).expect(422);
    assert_eq!(codes(&refused), [("FR_CERTIFICATION_NOT_HELD".to_owned(), "/humanCode".to_owned())]);
    let mut fine = achievement();
    fine["description"] = json!("Sait evaluer les données et les contenus par la méthode QSE.");
    let made = service.admin("POST", "/api/badges", Some(&fine)).expect(201);
    let warned: Vec<&str> = made["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|problem| problem["code"].as_str().unwrap())
        .collect();
    for code in ["FR_BODY_UNIDENTIFIED", "FR_LANGUAGE_MISSING", "PLAIN_ABBREVIATION", "PLAIN_ACCENTS_MISSING"]
    {
        assert!(warned.contains(&code), "{code}: {warned:?}");
    }
    let badge = made["id"].as_str().unwrap();
    let award = service.award(badge, "k", &json!({"recipient": {"id": HOLDER}})).expect(201);
    assert!(award["warnings"].to_string().contains("PLAIN_ABBREVIATION"), "{}", award["warnings"]);
}
