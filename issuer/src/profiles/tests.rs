#![expect(clippy::unwrap_used, reason = "a test may panic")]

use badge_schemas::problem::Code;
use serde_json::json;

use super::*;

/// A badge in which no profile finds anything.
fn good() -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
        "issuer": {
            "id": "did:web:cfa.example.fr", "type": ["Profile"], "name": "CFA Exemple",
            "address": {"type": ["Address"], "addressCountryCode": "FR"},
            "otherIdentifier": [
                {"type": "IdentifierEntry", "identifierType": "ext:frSiren", "identifier": "732829320"},
                {"type": "IdentifierEntry", "identifierType": "ext:frSiret", "identifier": "73282932000074"},
            ],
        },
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {
            "id": "did:example:h",
            "achievement": {
                "name": "Évaluer des données",
                "inLanguage": "fr",
                "description": "Sait évaluer des données, des informations et des contenus numériques.",
                "criteria": {"narrative": "Trois mises en situation réussies."},
                "alignment": [
                    {"targetName": "x", "targetUrl": "http://data.europa.eu/esco/skill/1d6c7de4-350e-4868-a47b-333b4b0d9650"},
                    {"targetName": "6", "targetType": "ext:EQFLevel", "targetUrl": "http://data.europa.eu/snb/eqf/6"},
                ],
                "notionalWorkload": {"value": "25", "unit": "hours"},
                "typeOfAssessment": "Mise en situation",
                "formOfParticipation": "En présence",
                "qualityAssurance": "Qualiopi",
            },
        },
    })
}

fn codes(profile: Profile, badge: &Value) -> Vec<(bool, Code)> {
    let linting = Linting { profiles: vec![profile], certifications: vec!["RNCP38596".to_owned()] };
    let Findings { errors, warnings } = linting.findings(badge, Stage::Badge);
    let errors = errors.iter().map(|problem| (true, problem.code));
    errors.chain(warnings.iter().map(|problem| (false, problem.code))).collect()
}

/// The findings after a change: of a member to a value, or away.
fn after(profile: Profile, pointer: &str, value: Option<Value>) -> Vec<(bool, Code)> {
    let mut badge = good();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let members = badge.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    match value {
        Some(value) => drop(members.insert(name.to_owned(), value)),
        None => drop(members.remove(name)),
    }
    codes(profile, &badge)
}

#[test]
fn nothing_is_found_in_a_good_badge() {
    for profile in Profile::ALL {
        assert_eq!(codes(profile, &good()), [], "{}", profile.as_str());
        assert_eq!(Profile::parse(profile.as_str()), Some(profile));
    }
}

#[test]
fn each_element_of_a_microcredential_is_missed_by_its_own_code() {
    let a = |member: &str| format!("{ACHIEVEMENT}/{member}");
    for (pointer, code) in [
        ("/credentialSubject/id".to_owned(), Code::McLearner),
        (a("name"), Code::McTitle),
        ("/issuer/address".to_owned(), Code::McCountry),
        ("/issuer/name".to_owned(), Code::McAwardingBody),
        ("/validFrom".to_owned(), Code::McDate),
        (a("criteria"), Code::McLearningOutcomes),
        (a("notionalWorkload"), Code::McWorkload),
        (a("typeOfAssessment"), Code::McAssessment),
        (a("formOfParticipation"), Code::McParticipation),
        (a("qualityAssurance"), Code::McQualityAssurance),
    ] {
        assert_eq!(after(Profile::EuMicrocredential, &pointer, None), [(true, code)], "{pointer}");
        assert_eq!(
            after(Profile::EuMicrocredential, &pointer, Some(json!(" "))),
            [(true, code)],
            "{pointer}: an empty text"
        );
    }
    let only_level = json!([{"targetName": "6", "targetUrl": "http://data.europa.eu/snb/eqf/6"}]);
    let found = after(Profile::EuMicrocredential, &a("alignment"), Some(only_level));
    assert_eq!(found, [(true, Code::McLearningOutcomes)], "a level is no outcome");
    let only_skill = json!({"targetName": "x", "targetUrl": "https://x.example"});
    let found = after(Profile::EuMicrocredential, &a("alignment"), Some(only_skill));
    assert_eq!(found, [(false, Code::McLevel)], "a level only if applicable");
    for (workload, fits) in [
        (json!({"value": 0, "unit": "hours"}), false),
        (json!({"value": 3, "unit": "jours"}), false),
        (json!({"value": 1.5, "unit": "ECTS"}), true),
        (json!("25 h"), false),
    ] {
        let found = after(Profile::EuMicrocredential, &a("notionalWorkload"), Some(workload.clone()));
        assert_eq!(found.is_empty(), fits, "{workload}");
    }
    let template = Linting { profiles: vec![Profile::EuMicrocredential], ..Linting::default() };
    let mut nobody = good();
    nobody["credentialSubject"].as_object_mut().unwrap().remove("id");
    assert_eq!(
        template.findings(&nobody, Stage::Template),
        Findings::default(),
        "a template names nobody yet"
    );
}

#[test]
fn a_certification_is_ones_own_only_for_who_may() {
    let a = |member: &str| format!("{ACHIEVEMENT}/{member}");
    let own = |kind: &str, code: &str| json!([{"type": "IdentifierEntry", "identifierType": kind, "identifier": code}]);
    let found = |value: Value| after(Profile::Fr, &a("otherIdentifier"), Some(value));
    assert_eq!(found(own("ext:frRncp", "RNCP38596")), []);
    assert_eq!(found(own("ext:frRncpBloc", "RNCP38596BC02")), [], "a bloc of what one holds");
    assert_eq!(found(own("ext:frRncp", "RNCP3859")), [(true, Code::FrCertificationNotHeld)]);
    assert_eq!(found(own("ext:frRs", "RS5875")), [(true, Code::FrCertificationNotHeld)]);
    assert_eq!(found(own("ext:frRncp", "38596")), [(true, Code::FrCertificationMalformed)]);
    let coded = |code: &str| after(Profile::Fr, &a("humanCode"), Some(json!(code)));
    assert_eq!(coded("RS5875"), [(true, Code::FrCertificationNotHeld)]);
    assert_eq!(coded("RNCP38596BC2"), [(true, Code::FrCertificationMalformed)]);
    assert_eq!(coded("M-12"), []);
    let titled = |name: &str| after(Profile::Fr, &a("name"), Some(json!(name)));
    assert_eq!(titled("Développeur (rncp1234)"), [(true, Code::FrCertificationNotHeld)]);
    assert_eq!(titled("RS 5875 et RNCP"), []);
    let aligned = json!([{"targetName": "b", "targetType": "ext:RNCPBloc", "targetCode": "RNCP1BC01", "targetUrl": "https://x.example"}]);
    assert_eq!(
        after(Profile::Fr, &a("alignment"), Some(aligned)),
        [],
        "what it prepares for is anybody's to say"
    );
    let other = own("ext:frSiret", "35600000000048");
    let mut both = other.as_array().unwrap().clone();
    both.extend(own("ext:frSiren", "732829320").as_array().unwrap().clone());
    assert_eq!(
        after(Profile::Fr, "/issuer/otherIdentifier", Some(json!(both))),
        [(true, Code::FrSiretOfAnother)]
    );
    assert_eq!(after(Profile::Fr, "/issuer/otherIdentifier", None), [(false, Code::FrBodyUnidentified)]);
    assert_eq!(after(Profile::Fr, &a("inLanguage"), None), [(false, Code::FrLanguageMissing)]);
}

#[test]
fn what_the_validator_of_1edtech_would_say_is_said_before() {
    let found = |pointer: &str, value: Value| after(Profile::OpenBadges, pointer, Some(value));
    let schema = json!({"id": "https://x.example", "type": "1EdTechJsonSchemaValidator2019"});
    assert_eq!(found("/credentialSchema", schema), [(true, Code::LintExtensionsContext)]);
    assert_eq!(
        found("/evidence", json!([{"type": ["Evidence"], "name": "x"}])),
        [(false, Code::LintEvidenceEmpty)]
    );
    assert_eq!(
        found("/proof", json!({"type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022"})),
        [(false, Code::LintSuiteNotCertified)]
    );
    assert_eq!(
        found("/proof", json!([{"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022"}])),
        []
    );
    assert_eq!(found("/issuer", json!({"id": "did:ebsi:z"})), [(false, Code::LintIssuerNotFound)]);
    let entry = json!([{"identifierType": "ext:fr-siret", "identifier": "x"}]);
    assert_eq!(
        found(&format!("{ACHIEVEMENT}/otherIdentifier"), entry),
        [(true, Code::LintIdentifierTypeHyphen)]
    );
}

#[test]
fn texts_get_hints_and_no_errors() {
    let a = |member: &str| format!("{ACHIEVEMENT}/{member}");
    let found = |member: &str, value: &str| after(Profile::PlainLanguage, &a(member), Some(json!(value)));
    let long = "mot ".repeat(31);
    assert_eq!(found("description", &long), [(false, Code::PlainSentenceLong)]);
    assert_eq!(found("description", &format!("{}. {}", "mot ".repeat(30), "mot ".repeat(30))), []);
    let bare = "Sait evaluer des données et des données numeriques, de façon sûre.";
    assert_eq!(
        found("description", bare),
        [(false, Code::PlainAccentsMissing), (false, Code::PlainAccentsMissing)]
    );
    let short = "Sait évaluer les données par la méthode QSE, partout.";
    assert_eq!(found("description", short), [(false, Code::PlainAbbreviation)]);
    let explained = "Sait évaluer les données par la méthode QSE (qualité, sécurité, environnement).";
    assert_eq!(found("description", explained), []);
    assert_eq!(found("description", "Des données."), [(false, Code::PlainDescriptionShort)]);
    assert_eq!(found("name", &"x".repeat(81)), [(false, Code::PlainTitleLong)]);
    let mut english = good();
    let achievement = english.pointer_mut(ACHIEVEMENT).unwrap();
    achievement["inLanguage"] = json!("en");
    achievement["description"] = json!("Can assess experience and evaluation of the quality of data.");
    assert_eq!(codes(Profile::PlainLanguage, &english), [], "English words have no accents");
}
