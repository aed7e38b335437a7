//! A badge in several languages: one Achievement for each, awarded and signed in one of them.

use badge_verifier::report::Verdict;
use serde_json::json;

use crate::harness::{HOLDER, Service, achievement, codes, run};

#[test]
fn each_language_is_an_achievement_and_a_badge_is_signed_in_one() {
    let service = Service::start();
    let mut french = achievement();
    french["inLanguage"] = json!("fr");
    french["translations"] = json!([{
        "inLanguage": "en",
        "name": "Evaluating data",
        "description": "Can evaluate data, information and digital content.",
        "criteria": {"narrative": "Passed three practical tests."},
    }]);
    let made = service.admin("POST", "/api/badges", Some(&french)).expect(201);
    let id = made["id"].as_str().unwrap();
    let own = service.get(&format!("/badges/{id}")).expect(200);
    let english = service.get(&format!("/badges/{id}.en")).expect(200);
    assert_eq!((&own["inLanguage"], &english["inLanguage"]), (&json!("fr"), &json!("en")));
    assert_eq!(english["id"], format!("{}/badges/{id}.en", service.own_url()));
    assert_eq!((&own["related"][0]["id"], &english["related"][0]["id"]), (&english["id"], &own["id"]));
    assert_eq!(english["alignment"], own["alignment"]);
    assert_eq!(service.get(&format!("/badges/{id}.de")).status, 404);

    for (language, name) in [(None, "Évaluer des données"), (Some("en"), "Evaluating data")] {
        let mut body = json!({"recipient": {"id": HOLDER}});
        if let Some(language) = language {
            body["language"] = json!(language);
        }
        let award = service.award(id, &format!("k{language:?}"), &body).expect(201);
        let badge = &award["credential"];
        assert_eq!(
            (&badge["name"], &badge["credentialSubject"]["achievement"]["name"]),
            (&json!(name), &json!(name))
        );
        let report = service.verify(badge.to_string().as_bytes(), &service.own_url());
        assert_eq!(report.verdict(), Verdict::Valid, "{:?}", report.checks());
    }
    let unknown =
        service.award(id, "k3", &json!({"recipient": {"id": HOLDER}, "language": "de"})).expect(422);
    assert_eq!(codes(&unknown), [("LANGUAGE_UNKNOWN".to_owned(), "/language".to_owned())]);

    french["translations"][0]["alignment"] = json!("x");
    let refused = service.admin("POST", "/api/badges", Some(&french)).expect(422);
    assert!(codes(&refused)[0].1.starts_with("/translations/0/alignment"), "{refused}");
    french["translations"] = json!([{"inLanguage": "en"}]);
    let refused = service.admin("POST", "/api/badges", Some(&french)).expect(400);
    assert_eq!(codes(&refused), [("MEMBER_MISSING".to_owned(), "/translations/0/name".to_owned())]);
}

#[test]
fn a_table_says_the_language_of_each_line() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let mut badge = achievement();
    badge["inLanguage"] = json!("fr");
    badge["translations"] = json!([{"inLanguage": "en", "name": "Evaluating data", "description": "d", "criteria": {"narrative": "n"}}]);
    std::fs::write(at.join("b.json"), json!({"achievement": badge}).to_string()).unwrap();
    std::fs::write(at.join("t.csv"), "courriel;langue\na@b.fr;en\nb@b.fr;\nc@b.fr;de\n").unwrap();
    let url = "https://badges.exemple.example";
    let arguments = [
        "batch",
        "t.csv",
        "--badge",
        "b.json",
        "--data",
        "d",
        "--public-url",
        url,
        "--out",
        "-",
        "--on-error",
        "skip",
    ];
    let output = run(&arguments, at);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        (&lines[0]["badge"]["name"], &lines[1]["badge"]["name"]),
        (&json!("Evaluating data"), &json!("Évaluer des données"))
    );
    let problem = &lines[2]["problems"][0];
    assert_eq!((&problem["code"], &problem["column"]), (&json!("LANGUAGE_UNKNOWN"), &json!("langue")));
    let published = std::fs::read_dir(at.join("d/public/badges")).unwrap();
    let english =
        published.filter(|file| file.as_ref().unwrap().path().extension().is_some_and(|e| e == "en"));
    assert_eq!(english.count(), 1);
}
