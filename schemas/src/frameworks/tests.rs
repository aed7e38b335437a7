#![expect(clippy::unwrap_used, reason = "a test may panic")]

use serde_json::{Value, json};

use super::digcomp::Edition;
use super::*;
use crate::identifiers::{IdentifierKind, check};
use crate::json_schema::{SchemaName, validate};
use crate::problem::Code;

const IDENTITY: &str = "http://data.europa.eu/esco/skill/bc0b0b5d-f6be-405a-b224-b6902a4dbe97";

#[expect(clippy::needless_pass_by_value, reason = "every caller writes the members in place")]
fn read(members: Value) -> Alignment {
    let mut all = json!({"type": ["Alignment"], "targetName": "x", "targetUrl": "https://x.example"});
    all.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    serde_json::from_value(all).unwrap()
}

fn member(alignment: &Alignment) -> &'static str {
    match look_up(alignment) {
        LookUp::Malformed(Fault::Member { member, .. }) => member,
        other => panic_with(&other),
    }
}

#[expect(clippy::panic, reason = "a test may panic")]
fn panic_with(found: &LookUp) -> ! {
    panic!("not malformed: {found:?}")
}

#[test]
fn the_tables_are_complete() {
    for edition in Edition::ALL {
        let table = edition.table();
        assert_eq!((table.areas.len(), table.competences.len()), (5, 21));
        assert_eq!((table.bands.len(), table.levels.len()), (4, 8));
        for entry in &table.competences {
            assert!(digcomp::is_competence(&entry.code), "{}", entry.code);
            assert!(edition.entry(entry.area.as_deref().unwrap()).is_some());
        }
        for concept in table.competences.iter().chain(&table.areas).filter_map(|entry| entry.esco.as_ref()) {
            assert_eq!(check(IdentifierKind::EscoSkill, &concept.uri), Ok(()));
        }
        assert!(table.bands.iter().flat_map(|band| &band.levels).eq([1_u8, 2, 3, 4, 5, 6, 7, 8].iter()));
        let without: Vec<&str> = table
            .competences
            .iter()
            .filter(|entry| entry.esco.is_none())
            .map(|entry| entry.code.as_str())
            .collect();
        assert_eq!(without, ["2.5"]);
        let file: Value = serde_json::from_str(match edition {
            Edition::V2_2 => include_str!("../../frameworks/digcomp-2.2.json"),
            Edition::V3_0 => include_str!("../../frameworks/digcomp-3.0.json"),
        })
        .unwrap();
        assert_eq!(file["version"], edition.version());
        assert_eq!(file["targetFramework"], edition.target_framework());
        if edition == Edition::V3_0 {
            assert_eq!(file["targetUrlBase"], edition.url_base());
        }
    }
    assert_eq!(eqf::levels().len(), 8);
    for (level, number) in eqf::levels().iter().zip(1_u8..) {
        assert_eq!((level.level, &level.uri), (number, &format!("{}{number}", eqf::URL_BASE)));
    }
}

#[test]
fn the_list_of_frameworks_is_the_one_in_the_file() {
    let file: Value = serde_json::from_str(include_str!("../../frameworks/frameworks.json")).unwrap();
    let listed = file["frameworks"].as_array().unwrap();
    assert_eq!(listed.len(), Framework::ALL.len());
    for (entry, framework) in listed.iter().zip(Framework::ALL.iter().copied()) {
        assert_eq!(entry["name"], framework.name());
        assert_eq!(entry["en"], framework.full_name());
        for name in entry["targetFramework"].as_array().unwrap().iter().chain(entry.get("versioned")) {
            let read = Framework::from_target_framework(name.as_str().unwrap()).unwrap();
            assert_eq!(read.0, framework, "{name}");
        }
        for name in entry["targetType"].as_array().into_iter().flatten() {
            let kind = AlignmentTargetType::Ext(name.as_str().unwrap().to_owned());
            assert_eq!(Framework::from_target_type(&kind), Some(framework), "{name}");
        }
        for prefix in entry["urlPrefix"].as_array().into_iter().flatten() {
            assert_eq!(Framework::from_target_url(prefix.as_str().unwrap()), Some(framework), "{prefix}");
        }
    }
}

/// Everything we write we find again, and it follows the schema of Open Badges.
#[test]
fn what_we_build_is_found() {
    let mut ours = vec![
        (esco::skill(IDENTITY, "manage digital identity", "1.2.1").unwrap(), "ESCO", false),
        (esco::occupation(&IDENTITY.replace("skill", "occupation"), "x", "1.2.1").unwrap(), "ESCO", false),
        (french::rncp("RNCP38596", "x").unwrap(), "RNCP", false),
        (french::rncp_bloc("RNCP38596BC02", "x").unwrap(), "RNCP", false),
        (french::rs("RS5875", "Pix").unwrap(), "RS", false),
        (french::rome("M1805", "Études et développement informatique").unwrap(), "ROME", false),
        (isced::alignment("0613", "Software").unwrap(), "ISCED-F", false),
        (Edition::V3_0.learning_outcome("LO1.1.01", "x").unwrap(), "DigComp", false),
    ];
    for lang in [Lang::En, Lang::Fr] {
        ours.extend((1..=8).map(|level| (eqf::alignment(level, lang).unwrap(), "EQF", true)));
        for edition in Edition::ALL {
            let table = edition.table();
            let entries = table.competences.iter().chain(&table.areas);
            ours.extend(
                entries.map(|entry| (edition.alignment(&entry.code, lang).unwrap(), "DigComp", true)),
            );
        }
    }
    for (alignment, name, found) in &ours {
        assert_eq!(family(alignment), Some(*name), "{alignment:?}");
        let answer = look_up(alignment);
        assert_eq!(matches!(answer, LookUp::Found { .. }), *found, "{alignment:?} {answer:?}");
        assert_eq!(
            matches!(answer, LookUp::NotLookedUp { framework: Some(_) }),
            !found,
            "{alignment:?} {answer:?}"
        );
    }
    let badge = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
        "id": "urn:uuid:91537dba-56cb-11ec-bf63-0242ac130002", "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "x", "issuer": {"id": "did:web:cfa.example.fr", "type": ["Profile"], "name": "CFA Exemple"},
        "validFrom": "2026-11-22T10:00:00Z",
        "credentialSubject": {"id": "did:example:holder", "type": ["AchievementSubject"], "achievement": {
            "id": "https://cfa.example.fr/1", "type": ["Achievement"], "name": "x", "description": "x", "criteria": {"narrative": "x"},
            "alignment": ours.iter().map(|(alignment, ..)| alignment).collect::<Vec<_>>()}}
    });
    assert_eq!(validate(SchemaName::AchievementCredential, &badge), []);
}

#[test]
fn builders_refuse_what_does_not_exist() {
    assert_eq!(Edition::V3_0.alignment("2.7", Lang::En), None);
    assert_eq!(Edition::V3_0.learning_outcome("LO2.7.01", "x"), None);
    assert_eq!(Edition::V3_0.learning_outcome("LO1.1.1", "x"), None);
    assert_eq!(Edition::V2_2.learning_outcome("LO1.1.01", "x"), None);
    assert_eq!((eqf::alignment(0, Lang::En), eqf::alignment(9, Lang::En)), (None, None));
    assert_eq!(isced::alignment("6", "x"), None);
    assert!(esco::skill(&IDENTITY.replace("http:", "https:"), "x", "1.2.1").is_err());
    assert!(esco::occupation(IDENTITY, "x", "1.2.1").is_err());
    assert!(french::rncp("RNCP38596BC02", "x").is_err() && french::rncp_bloc("RNCP38596", "x").is_err());
    assert!(french::rs("RNCP1", "x").is_err() && french::rome("1805", "x").is_err());
}

#[test]
fn addresses_are_those_of_the_reference() {
    let alignment = Edition::V3_0.alignment("2.6", Lang::En).unwrap();
    assert_eq!(alignment.target_url, "https://data.europa.eu/doi/10.2760/0001149#2.6");
    assert_eq!(alignment.target_name, "Managing digital identity");
    assert_eq!(
        Edition::V2_2.alignment("2.6", Lang::Fr).unwrap().target_url,
        "https://data.europa.eu/doi/10.2760/115376#2.6"
    );
    assert_eq!(
        french::rncp_bloc("RNCP38596BC02", "x").unwrap().target_url,
        "https://www.francecompetences.fr/recherche/rncp/38596/#RNCP38596BC02"
    );
    assert_eq!(eqf::alignment(6, Lang::En).unwrap().target_url, "http://data.europa.eu/snb/eqf/6");
}

#[test]
fn digcomp_is_looked_up_in_the_edition_named() {
    let competence = |framework: &str, code: &str, name: &str| {
        look_up(&read(json!({"targetFramework": framework, "targetCode": code, "targetName": name})))
    };
    let found = |version: &'static str, label: &'static str| LookUp::Found {
        framework: Framework::DigComp,
        version: Some(version),
        label,
    };
    assert_eq!(competence("DigComp 2.2", "2.5", "Netiquette"), found("2.2", "Netiquette"));
    assert_eq!(competence("DigComp 3.0", "2.5", "2.5 digital behaviour"), found("3.0", "Digital behaviour"));
    assert_eq!(
        competence("DigComp", "2.5", "Nétiquette"),
        found("2.2", "Netiquette"),
        "no edition named: either"
    );
    assert_eq!(
        competence("DigComp 3.0", "2.6", "Managing digital identity – level 4"),
        found("3.0", "Managing digital identity")
    );
    assert_eq!(
        competence("DigComp 3.0", "2.5", "Netiquette"),
        LookUp::LabelDiffers {
            framework: Framework::DigComp,
            expected: "Digital behaviour",
            belongs_to: None
        }
    );
    assert_eq!(
        competence("DigComp 2.2", "3.4", "Programming languages"),
        LookUp::LabelDiffers { framework: Framework::DigComp, expected: "Programming", belongs_to: None }
    );
    assert_eq!(
        competence("DigComp 3.0", "2.6", "Protecting devices"),
        LookUp::LabelDiffers {
            framework: Framework::DigComp,
            expected: "Managing digital identity",
            belongs_to: Some("4.1")
        },
        "the name of another competence is no translation"
    );
    for code in ["2.7", "6.1", "6", "0.1", "LO2.7.01"] {
        assert_eq!(
            competence("DigComp 3.0", code, "x"),
            LookUp::NotInTable { framework: Framework::DigComp },
            "{code}"
        );
    }
    let not_looked_up = LookUp::NotLookedUp { framework: Some(Framework::DigComp) };
    assert_eq!(competence("DigComp 2.1", "2.7", "x"), not_looked_up, "we carry no table of 2.1");
    assert_eq!(competence("DigComp 3.0", "LO1.1.01", "x"), not_looked_up);
    assert_eq!(
        competence("DigComp 2.2", "LO1.1.01", "x"),
        LookUp::NotInTable { framework: Framework::DigComp }
    );
    let opaque = read(
        json!({"targetUrl": "http://data.europa.eu/snb/dcf/u69o196gu6", "targetName": "Developing digital content"}),
    );
    assert_eq!(look_up(&opaque), not_looked_up);
    assert_eq!(
        competence("DigCompEdu", "2.7", "x"),
        LookUp::NotLookedUp { framework: None },
        "another framework"
    );
    assert_eq!(competence("DigComp 3.0 bis", "2.7", "x"), LookUp::NotLookedUp { framework: None });
}

#[test]
fn digcomp_members_must_agree() {
    let url = "https://data.europa.eu/doi/10.2760/0001149#2.6";
    let wrong = [
        (json!({"targetFramework": "DigComp 3.0", "targetCode": "2.6.1"}), "targetCode"),
        (json!({"targetFramework": "DigComp 3.0"}), "targetCode"),
        (json!({"targetUrl": url, "targetCode": "2.5"}), "targetCode"),
        (json!({"targetUrl": url, "targetFramework": "DigComp 2.2"}), "targetUrl"),
        (json!({"targetUrl": url, "targetType": "ext:DigCompLearningOutcome"}), "targetType"),
        (
            json!({"targetFramework": "DigComp 3.0", "targetCode": "LO1.1.01", "targetType": "ext:DigCompCompetence"}),
            "targetType",
        ),
    ];
    for (members, expected) in wrong {
        let alignment = read(members);
        assert_eq!(member(&alignment), expected, "{alignment:?}");
        assert_eq!(family(&alignment), None);
    }
}

#[test]
fn eqf_levels_are_looked_up() {
    let level = |url: &str, name: &str| look_up(&read(json!({"targetUrl": url, "targetName": name})));
    assert_eq!(
        level("http://data.europa.eu/snb/eqf/6", "CEC, niveau 6"),
        LookUp::Found { framework: Framework::Eqf, version: None, label: "EQF level 6" }
    );
    assert_eq!(
        level("http://data.europa.eu/snb/eqf/6", "EQF level 7"),
        LookUp::LabelDiffers { framework: Framework::Eqf, expected: "EQF level 6", belongs_to: Some("7") }
    );
    assert!(matches!(
        level("http://data.europa.eu/snb/eqf/6", "Bachelor"),
        LookUp::LabelDiffers { belongs_to: None, .. }
    ));
    for url in [
        "http://data.europa.eu/snb/eqf/0",
        "http://data.europa.eu/snb/eqf/9",
        "http://data.europa.eu/snb/eqf/06",
    ] {
        assert_eq!(level(url, "x"), LookUp::NotInTable { framework: Framework::Eqf }, "{url}");
    }
    for url in [
        "https://data.europa.eu/snb/eqf/6",
        "http://data.europa.eu/snb/eqf/25831c2",
        "http://data.europa.eu/snb/eqf/",
    ] {
        assert_eq!(member(&read(json!({"targetUrl": url}))), "targetUrl", "{url}");
    }
    assert_eq!(
        member(&read(json!({"targetUrl": "http://data.europa.eu/snb/eqf/6", "targetCode": "7"}))),
        "targetCode"
    );
}

#[test]
fn esco_identifiers_are_checked_as_strings() {
    let https = IDENTITY.replace("http:", "https:");
    let page = format!("https://esco.ec.europa.eu/en/classification/skill?uri={IDENTITY}");
    let upper = IDENTITY
        .to_uppercase()
        .replace("HTTP://DATA.EUROPA.EU/ESCO/SKILL/", "http://data.europa.eu/esco/skill/");
    let slash = format!("{IDENTITY}/");
    for url in [
        https.as_str(),
        &page,
        &upper,
        &slash,
        "http://data.europa.eu/esco/skill/x",
        "http://data.europa.eu/esco/isco/C2511",
    ] {
        let alignment = read(json!({"targetUrl": url}));
        assert_eq!(member(&alignment), "targetUrl", "{url}");
        assert_eq!(family(&alignment), None, "{url}");
        let problem = look_up(&alignment).problem(&alignment).unwrap();
        assert_eq!(problem.code, Code::AlignmentMalformed);
        assert_eq!(problem.value("found"), Some(url));
    }
    let claimed = read(json!({"targetFramework": "ESCO v1.2.1", "targetUrl": "https://evil.example/skill"}));
    assert_eq!(
        (member(&claimed), family(&claimed)),
        ("targetUrl", None),
        "a name alone is not within a scope"
    );
    let occupation = read(json!({"targetType": "ext:ESCOOccupation", "targetUrl": IDENTITY}));
    assert_eq!(member(&occupation), "targetUrl");
    let not_looked_up = LookUp::NotLookedUp { framework: Some(Framework::Esco) };
    let retired = "http://data.europa.eu/esco/skill/97c1895a-a890-47da-abfc-79dc272add2e";
    for (url, name) in [(IDENTITY, "renamed since"), (retired, "use online conventions of netiquette")] {
        assert_eq!(look_up(&read(json!({"targetUrl": url, "targetName": name}))), not_looked_up);
    }
    let field = read(
        json!({"targetFramework": "ESCO v1.2.0", "targetUrl": "http://data.europa.eu/esco/isced-f/0613"}),
    );
    assert_eq!((look_up(&field), family(&field)), (not_looked_up, Some("ESCO")));
}

#[test]
fn french_codes_are_checked() {
    let rncp = "https://www.francecompetences.fr/recherche/rncp/38596/";
    for members in [
        json!({"targetFramework": "RNCP", "targetCode": "RNCP38596"}),
        json!({"targetFramework": "RNCP", "targetCode": "RNCP38596BC02", "targetUrl": rncp}),
        json!({"targetFramework": "RNCP", "targetCode": "RNCP38596BC02", "targetUrl": format!("{rncp}#RNCP38596BC02")}),
        json!({"targetUrl": rncp}),
        json!({"targetType": "ext:RNCP", "targetUrl": rncp}),
        json!({"targetType": "ext:RS", "targetCode": "RS5875"}),
        json!({"targetFramework": "ROME 4.0", "targetCode": "M1805"}),
        json!({"targetUrl": "https://candidat.francetravail.fr/metierscope/fiche-metier/M1805"}),
    ] {
        let alignment = read(members);
        assert!(matches!(look_up(&alignment), LookUp::NotLookedUp { framework: Some(_) }), "{alignment:?}");
        assert!(family(&alignment).is_some());
    }
    for (members, expected) in [
        (json!({"targetFramework": "RNCP", "targetCode": "38596"}), "targetCode"),
        (json!({"targetFramework": "RNCP"}), "targetCode"),
        (json!({"targetType": "ext:RNCPBloc", "targetUrl": rncp}), "targetCode"),
        (json!({"targetType": "ext:RNCPBloc", "targetCode": "RNCP38596"}), "targetCode"),
        (json!({"targetType": "ext:RNCP", "targetCode": "RNCP38596BC02"}), "targetCode"),
        (json!({"targetCode": "RNCP38597", "targetUrl": rncp}), "targetUrl"),
        (json!({"targetCode": "RNCP38596BC02", "targetUrl": format!("{rncp}#RNCP38596BC03")}), "targetUrl"),
        (
            json!({"targetCode": "RNCP38596BC02", "targetUrl": rncp.replace("38596", "5") + "#RNCP38596BC02"}),
            "targetUrl",
        ),
        (json!({"targetFramework": "RS", "targetCode": "RNCP5875"}), "targetCode"),
        (json!({"targetFramework": "ROME 4.0", "targetCode": "Z1805"}), "targetCode"),
        (
            json!({"targetCode": "M1806", "targetUrl": "https://candidat.francetravail.fr/metierscope/fiche-metier/M1805"}),
            "targetCode",
        ),
        (
            json!({"targetType": "ext:ISCEDF", "targetUrl": "https://data.europa.eu/snb/isced-f/0613"}),
            "targetUrl",
        ),
        (json!({"targetCode": "0612", "targetUrl": "http://data.europa.eu/snb/isced-f/0613"}), "targetCode"),
    ] {
        let alignment = read(members);
        assert_eq!(member(&alignment), expected, "{alignment:?}");
    }
}

#[test]
fn an_alignment_that_names_two_frameworks_belongs_to_neither() {
    for members in [
        json!({"targetFramework": "DigComp 3.0", "targetCode": "2.6", "targetUrl": IDENTITY}),
        json!({"targetType": "ext:RNCP", "targetUrl": IDENTITY}),
        json!({"targetType": "ext:ESCOSkill", "targetFramework": "RNCP", "targetUrl": IDENTITY}),
    ] {
        let alignment = read(members);
        assert!(
            matches!(look_up(&alignment), LookUp::Malformed(Fault::Contradictory { .. })),
            "{alignment:?}"
        );
        assert_eq!(family(&alignment), None);
        assert_eq!(look_up(&alignment).problem(&alignment).unwrap().code, Code::AlignmentContradictory);
    }
    assert_eq!(look_up(&read(json!({"targetType": "CTDL"}))), LookUp::NotLookedUp { framework: None });
    assert_eq!(family(&read(json!({"targetFramework": "Référentiel maison"}))), None);
}

#[test]
fn problems_have_every_value_their_sentence_needs() {
    for members in [
        json!({"targetFramework": "DigComp 3.0", "targetCode": "6.1"}),
        json!({"targetFramework": "DigComp 3.0"}),
        json!({"targetFramework": "DigComp 3.0", "targetCode": "2.6"}),
        json!({"targetFramework": "ROME 4.0", "targetUrl": IDENTITY}),
        json!({"targetUrl": IDENTITY}),
    ] {
        let alignment = read(members);
        let problem = look_up(&alignment).problem(&alignment).unwrap();
        for lang in [Lang::En, Lang::Fr] {
            for name in ["framework", "target", "member", "found", "expected", "other"] {
                let asked = problem.code.sentence(lang).contains(&format!("{{{name}}}"));
                assert_eq!(asked, problem.value(name).is_some(), "{:?} {name}", problem.code);
            }
        }
    }
}

#[test]
fn extensions_of_others_are_said_to_be_unknown() {
    let named = |kind: &str| unknown_target_type(&read(json!({"targetType": kind})));
    assert_eq!(named("ext:ESCOAlignment").unwrap().value("value"), Some("ext:ESCOAlignment"));
    assert_eq!(named("ext:ESCOAlignment").unwrap().code, Code::TargetTypeUnknown);
    assert_eq!((named("CTDL"), named("ext:ESCOSkill")), (None, None));
    assert_eq!(unknown_target_type(&read(json!({}))), None, "a target type may be absent");
}

#[test]
fn labels_are_known_in_both_languages() {
    assert_eq!(label(IDENTITY, Lang::En), Some("manage digital identity"));
    assert!(label(IDENTITY, Lang::Fr).is_some_and(|label| label != "manage digital identity"));
    assert_eq!(label("https://data.europa.eu/doi/10.2760/115376#2.5", Lang::Fr), Some("Nétiquette"));
    assert_eq!(label("http://data.europa.eu/snb/eqf/6", Lang::Fr), Some("Niveau 6 du CEC"));
    let retired = "http://data.europa.eu/esco/skill/97c1895a-a890-47da-abfc-79dc272add2e";
    assert_eq!(label(retired, Lang::En), Some("use online conventions of netiquette"));
    let renamed =
        esco::concept("http://data.europa.eu/esco/skill/16a00c69-9c74-4c37-96d7-6301d285e5ce").unwrap();
    assert_eq!(renamed.en_former["1.1.1"], "engage in citizenship through digital technologies");
    assert_eq!(label(&IDENTITY.replace("http:", "https:"), Lang::En), None);
}
