//! Two services over one database share the tokens of its record.

use serde_json::{Value, json};

use crate::cluster::Cluster;
use crate::harness::{Answer, Service, run};
use crate::load::{settings, start, twin};

fn with(service: &Service, token: &str) -> Answer {
    service.send("GET", "/api/awards", &[("Authorization", &format!("Bearer {token}"))], b"")
}

#[test]
fn a_token_revoked_at_one_service_is_refused_at_the_other_with_the_next_request() {
    let cluster = Cluster::start();
    let directory = settings(&cluster.url(), "");
    let one = start(directory.path());
    let twin = twin(directory.path());
    let two = start(twin.path());
    assert_eq!(one.token, two.token);
    let asked = json!({"account": "lms", "roles": ["awarder"]});
    for (maker, revoker) in [(&one, &two), (&two, &one)] {
        let made = maker.admin("POST", "/api/tokens", Some(&asked)).expect(201);
        let token = made["token"].as_str().unwrap();
        for service in [&one, &two] {
            assert_eq!(with(service, token).status, 200);
        }
        revoker.admin("DELETE", &format!("/api/tokens/{}", made["id"].as_str().unwrap()), None).expect(200);
        for service in [&one, &two] {
            assert_eq!(with(service, token).expect(401)["code"], "TOKEN_REVOKED");
        }
    }
    assert_eq!(one.admin("GET", "/api/tokens", None).json(), two.admin("GET", "/api/tokens", None).json());

    // The command line works beside them, over the database.
    let config = directory.path().join("issuer.toml");
    let line = |arguments: &[&str]| {
        let options = ["--data", "data", "--config", config.to_str().unwrap(), "--lang", "en"];
        run(&[&["token"], arguments, &options].concat(), directory.path())
    };
    let made = line(&["create", "--account", "lms", "--role", "awarder"]);
    let token = String::from_utf8(made.stdout).unwrap().trim_end().to_owned();
    assert_eq!(with(&two, &token).status, 200, "{}", String::from_utf8_lossy(&made.stderr));
    let listed = String::from_utf8(line(&["list"]).stdout).unwrap();
    let rows: Vec<Value> = listed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(two.admin("GET", "/api/tokens", None).expect(200)["tokens"], json!(rows));
    assert!(line(&["revoke", rows[3]["id"].as_str().unwrap()]).status.success());
    assert_eq!(with(&two, &token).expect(401)["code"], "TOKEN_REVOKED");
    let told = one.admin("GET", "/api/audit", None).expect(200);
    let told = told["entries"].as_array().unwrap().last().unwrap()["entry"].clone();
    assert_eq!((&told["kind"], &told["actor"]), (&json!("token-revoked"), &json!("operator")));

    // Nobody is let in while the database does not say who may, nor over tables that a newer program has changed.
    cluster.sql("UPDATE issuer_migration SET step = step + 1");
    for service in [&one, &two] {
        assert_eq!(with(service, &one.token).status, 500);
    }
    cluster.sql("UPDATE issuer_migration SET step = step - 1");
    assert_eq!(with(&two, &one.token).status, 200);
    drop(cluster);
    assert_eq!(with(&two, &one.token).expect(503)["code"], "DATABASE_UNAVAILABLE");
}
