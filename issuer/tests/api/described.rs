//! What the description of the service says is what it takes and refuses: each of these was found by schemathesis
//! (`issuer/tests/schemathesis/run`).

use serde_json::{Value, json};

use crate::harness::{Service, achievement};

#[test]
fn a_report_is_empty_beyond_its_end_and_no_answer_names_a_file() {
    let service = Service::start();
    let badge = service.define("");
    let headers = [
        ("Authorization", format!("Bearer {}", service.token)),
        ("Idempotency-Key", "k".to_owned()),
        ("Content-Type", "text/csv".to_owned()),
    ];
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let path = format!("/api/badges/{badge}/batches?batch=b&dryRun=true");
    let job = service.send("POST", &path, &headers, b"email\nana@exemple.fr\n").expect(202);
    let at = format!("/api/batches/{}", job["id"].as_str().unwrap());
    for report in ["results", "errors"] {
        for from in ["22563049051534", "9007199254740991"] {
            let answer = service.admin("GET", &format!("{at}/{report}?from={from}"), None);
            assert_eq!((answer.status, answer.text()), (200, String::new()), "{report} {from}");
        }
        for from in ["9007199254740992", "18446744073709551615", "-1", "+1", "01", "", "x"] {
            let refused = service.admin("GET", &format!("{at}/{report}?from={from}"), None);
            assert_eq!(refused.expect(400)["code"], "PARAMETER_INVALID", "{report} {from}");
            assert!(!refused.text().contains(service.data.to_str().unwrap()));
        }
    }
}

#[test]
fn an_address_with_a_control_character_is_refused_before_it_reaches_the_record() {
    let service = Service::start();
    let badge = service.define("");
    for (number, email) in ["\u{19}a@b.example", "a@b.ex\u{7f}ample", "a@b\u{85}.example", "a\0@b.example"]
        .into_iter()
        .enumerate()
    {
        let body = json!({"recipient": {"email": email}});
        let refused = service.award(&badge, &number.to_string(), &body).expect(422);
        assert_eq!(refused["code"], "RECIPIENT_INVALID", "{email:?}");
    }
    let listed = service.admin("GET", "/api/awards?status=intended", None).expect(200);
    assert_eq!(listed["awards"], json!([]), "nothing was begun");
}

#[test]
fn a_token_that_makes_no_sense_says_where_and_why() {
    let service = Service::start();
    let ask = |body: &Value, status: u16| {
        let refused = service.admin("POST", "/api/tokens", Some(body)).expect(status);
        (refused["code"].as_str().unwrap().to_owned(), refused["pointer"].as_str().unwrap().to_owned())
    };
    let token = |badge: &str| json!({"account": "lms", "roles": ["awarder"], "badges": [badge]});
    for badge in ["a\u{7}b", "a\nb", "é", "a b", "", &"x".repeat(101)] {
        assert_eq!(
            ask(&token(badge), 400),
            ("MALFORMED_VALUE".to_owned(), "/badges".to_owned()),
            "{badge:?}"
        );
    }
    let past = json!({"account": "lms", "roles": ["awarder"], "expiresAt": "2001-01-01T00:00:00Z"});
    assert_eq!(ask(&past, 422), ("TOKEN_END_PAST".to_owned(), "/expiresAt".to_owned()));
    assert_eq!(service.admin("GET", "/api/tokens", None).expect(200)["tokens"].as_array().unwrap().len(), 1);
}

#[test]
fn a_number_in_an_address_is_digits_and_whoever_cannot_be_has_no_awards() {
    let service = Service::start();
    for query in ["limit=+5", "limit=05", "limit=1e2", "after=1234567890123456789", "after=+1", "after="] {
        for path in ["/api/awards", "/api/audit"] {
            let refused = service.admin("GET", &format!("{path}?{query}"), None).expect(400);
            assert_eq!(refused["code"], "PARAMETER_INVALID", "{path} {query}");
        }
    }
    for nobody in ["did:key:z", "did:", "a%40b", "%40", "a%00%40b.example"] {
        let page = service.admin("GET", &format!("/api/awards?recipient={nobody}"), None).expect(200);
        assert_eq!(page, json!({"awards": []}), "{nobody}");
    }
}

#[test]
fn translations_are_some_and_each_language_is_given_once() {
    let service = Service::start();
    let with = |translations: Value| {
        let mut badge = achievement();
        badge["inLanguage"] = json!("fr");
        badge["translations"] = translations;
        badge
    };
    let empty = service.admin("POST", "/api/badges", Some(&with(json!([])))).expect(400);
    assert_eq!((&empty["code"], &empty["pointer"]), (&json!("MALFORMED_VALUE"), &json!("/translations")));
    let again =
        json!([{"inLanguage": "fr", "name": "x", "description": "x", "criteria": {"narrative": "x"}}]);
    let twice = service.admin("POST", "/api/badges", Some(&with(again))).expect(422);
    assert_eq!(
        (&twice["code"], &twice["pointer"]),
        (&json!("LANGUAGE_TWICE"), &json!("/translations/0/inLanguage"))
    );
}
