//! Who may do what: every route with every role, and with every token that does not count.

use badge_issuer::access::Role;
use badge_issuer::routes::{Audience, TABLE};
use serde_json::{Value, json};

use crate::harness::{Answer, HOLDER, Service, achievement, run};

/// Makes a token over HTTP, and gives its text and its id.
fn token(service: &Service, account: &str, roles: &[Role], badges: &[&str]) -> (String, String) {
    let roles: Vec<_> = roles.iter().map(|role| role.as_str()).collect();
    let asked = json!({"account": account, "roles": roles, "badges": badges});
    let made = service.admin("POST", "/api/tokens", Some(&asked)).expect(201);
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    (text("token"), text("id"))
}

fn send(service: &Service, token: &str, method: &str, path: &str, body: &Value) -> Answer {
    let bearer = format!("Bearer {token}");
    let headers = [
        ("Authorization", bearer.as_str()),
        ("Content-Type", "application/json"),
        ("Idempotency-Key", "key"),
    ];
    service.send(method, path, &headers, body.to_string().as_bytes())
}

/// Begins a batch over HTTP, and gives the job's id.
fn batch(service: &Service, token: &str, badge: &str) -> String {
    let bearer = format!("Bearer {token}");
    let headers =
        [("Authorization", bearer.as_str()), ("Content-Type", "text/csv"), ("Idempotency-Key", "batch")];
    let path = format!("/api/badges/{badge}/batches?batch=promotion");
    let begun = service.send("POST", &path, &headers, b"email\npersonne@exemple.fr\n").expect(202);
    begun["id"].as_str().unwrap().to_owned()
}

/// The path of a route with ids that name nothing.
fn filled(path: &str) -> String {
    path.replace("{id}", "x").replace("{list}", "1")
}

#[test]
fn every_route_opens_to_the_roles_of_the_table_and_to_no_other() {
    let service = Service::start();
    let tokens = Role::ALL.map(|role| (role, token(&service, role.as_str(), &[role], &[]).0));
    let mut cells = 0;
    for route in TABLE {
        // What is asked for does not exist or is no JSON object, so that an open door changes nothing behind it.
        let path = filled(route.path);
        for (role, token) in &tokens {
            let answer = send(&service, token, route.method, &path, &json!([]));
            let open = match route.audience {
                Audience::Roles(roles) => roles.contains(role),
                Audience::Everyone => true,
            };
            let what = format!("{} {path} as {}", route.method, role.as_str());
            if open {
                assert!(
                    !matches!(answer.status, 401 | 403 | 405) && answer.status < 500,
                    "{what}: {}",
                    answer.text()
                );
            } else {
                let refused = answer.expect(403);
                assert_eq!(refused["code"], "ROLE_INSUFFICIENT", "{what}");
                assert_eq!(refused["values"]["held"], role.as_str());
                assert!(refused["hint"].is_string());
                assert_eq!(answer.headers["www-authenticate"], "Bearer error=\"insufficient_scope\"");
                assert_eq!(answer.headers["content-type"], "application/problem+json");
            }
            cells += 1;
        }
    }
    assert_eq!(cells, TABLE.len() * 4);
}

#[test]
fn nobody_acts_without_a_token_that_counts() {
    let service = Service::start();
    let (revoked, id) = token(&service, "gone", &Role::ALL, &[]);
    assert_eq!(send(&service, &revoked, "GET", "/api/badges", &json!({})).status, 200);
    let first = service.admin("DELETE", &format!("/api/tokens/{id}"), None).expect(200);
    assert_eq!(first["revokedBy"], "administrator");
    assert_eq!(service.admin("DELETE", &format!("/api/tokens/{id}"), None).expect(200), first);
    service.admin("DELETE", "/api/tokens/none", None).expect(404);
    let expired = expired_token(&service);
    let mut cut = service.token.clone();
    cut.pop();
    let cut_bearer = format!("Bearer {cut}");
    let headers = |text: &str| vec![("Authorization".to_owned(), text.to_owned())];
    let cases = [
        (vec![], "TOKEN_REQUIRED", "Bearer"),
        (headers("Bearer x"), "TOKEN_REQUIRED", "Bearer"),
        (headers("Basic x"), "TOKEN_REQUIRED", "Bearer"),
        (headers(&cut_bearer), "TOKEN_REQUIRED", "Bearer"),
        (headers(&format!("Bearer {revoked}")), "TOKEN_REVOKED", "Bearer error=\"invalid_token\""),
        (headers(&format!("Bearer {expired}")), "TOKEN_EXPIRED", "Bearer error=\"invalid_token\""),
    ];
    for route in TABLE {
        let path = filled(route.path);
        for (headers, code, challenge) in &cases {
            let headers: Vec<_> =
                headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            // A body that would be refused: it is not read before the token.
            let answer = service.send(route.method, &path, &headers, b"{\"a\":1,\"a\":1}");
            if route.audience == Audience::Everyone {
                assert_ne!(answer.status, 401, "{path}");
                continue;
            }
            let refused = answer.expect(401);
            assert_eq!(refused["code"], *code, "{} {path}", route.method);
            assert_eq!(answer.headers["www-authenticate"], *challenge);
            assert_eq!(answer.headers["content-type"], "application/problem+json");
            assert!(!answer.text().contains(&cut[10..30]), "what was sent is not repeated");
        }
    }
    let answer = service.send("GET", "/api/badges", &[("Authorization", &cut_bearer)], b"");
    assert!(answer.json()["detail"].as_str().unwrap().contains("checksum"), "{}", answer.text());
}

/// A token whose end has come: made with an end in the near future, and waited for.
fn expired_token(service: &Service) -> String {
    let end = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(1);
    let asked = json!({"account": "short", "roles": ["administrator"], "expiresAt": end.to_string()});
    let made = service.admin("POST", "/api/tokens", Some(&asked)).expect(201);
    let token = made["token"].as_str().unwrap().to_owned();
    while jiff::Timestamp::now() < end {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    token
}

#[test]
fn the_record_names_the_account_and_keys_are_each_accounts_own() {
    let service = Service::start();
    let (designer, _) = token(&service, "studio", &[Role::BadgeDesigner], &[]);
    let (awarder, _) = token(&service, "lms", &[Role::Awarder], &[]);
    let (other, _) = token(&service, "other-lms", &[Role::Awarder], &[]);
    let badge = send(&service, &designer, "POST", "/api/badges", &achievement()).expect(201);
    let awards = format!("/api/badges/{}/awards", badge["id"].as_str().unwrap());
    let body = json!({"recipient": {"id": HOLDER}});
    let award = send(&service, &awarder, "POST", &awards, &body).expect(201);
    assert_eq!(send(&service, &awarder, "POST", &awards, &body).expect(200)["id"], award["id"]);
    let another = send(&service, &other, "POST", &awards, &body).expect(201);
    assert_ne!(another["id"], award["id"], "another account's key is another key");
    let status = format!("/api/awards/{}/status", award["id"].as_str().unwrap());
    let change = json!({"status": "revoked", "reason": "x"});
    let changed = send(&service, &other, "POST", &status, &change).expect(200);
    assert_eq!(changed["changes"][0]["actor"], "other-lms");
}

#[test]
fn a_token_for_one_badge_sees_and_changes_the_awards_of_that_badge_alone() {
    let service = Service::start();
    let (mine, other) = (service.define(""), service.define(""));
    let (token, _) = token(&service, "lms", &[Role::Awarder], &[&mine]);
    let body = json!({"recipient": {"id": HOLDER}});
    let made = send(&service, &token, "POST", &format!("/api/badges/{mine}/awards"), &body).expect(201);
    let foreign = service.award(&other, "k", &body).expect(201)["id"].as_str().unwrap().to_owned();
    let change = json!({"status": "revoked", "reason": "x"});
    for (method, path) in [
        ("POST", format!("/api/badges/{other}/awards")),
        ("GET", format!("/api/awards?badge={other}")),
        ("GET", format!("/api/awards/{foreign}")),
        ("GET", format!("/api/awards/{foreign}/file")),
        ("GET", format!("/api/awards/{foreign}/receipt")),
        ("POST", format!("/api/awards/{foreign}/status")),
    ] {
        let body = if path.ends_with("status") { &change } else { &body };
        let refused = send(&service, &token, method, &path, body).expect(403);
        assert_eq!(refused["code"], "BADGE_OUT_OF_SCOPE", "{method} {path}");
    }
    assert_eq!(service.admin("GET", &format!("/api/awards/{foreign}"), None).expect(200)["status"], "active");
    let listed = send(&service, &token, "GET", "/api/awards", &json!({})).expect(200);
    assert_eq!(listed["awards"].as_array().unwrap().len(), 1);
    assert_eq!(listed["awards"][0]["id"], made["id"]);
    let listed = send(&service, &token, "GET", "/api/badges", &json!({})).expect(200);
    assert_eq!((listed["badges"].as_array().unwrap().len(), &listed["badges"][0]["id"]), (1, &json!(mine)));
    // Jobs of another badge are neither listed nor shown, whoever began them.
    let job = batch(&service, &service.token, &other);
    let own = batch(&service, &token, &mine);
    let listed = send(&service, &token, "GET", "/api/batches", &json!({})).expect(200);
    assert_eq!((listed["batches"].as_array().unwrap().len(), &listed["batches"][0]["id"]), (1, &json!(own)));
    for path in [
        format!("/api/batches/{job}"),
        format!("/api/batches/{job}/results"),
        format!("/api/batches/{job}/errors"),
    ] {
        let refused = send(&service, &token, "GET", &path, &json!({})).expect(403);
        assert_eq!(refused["code"], "BADGE_OUT_OF_SCOPE", "{path}");
    }
}

#[test]
fn the_command_line_makes_lists_and_revokes_beside_the_running_service() {
    let service = Service::start();
    let data = service.data.to_str().unwrap().to_owned();
    let here = service.data.clone();
    let line = |arguments: &[&str]| {
        let mut all = vec!["token"];
        all.extend_from_slice(arguments);
        all.extend_from_slice(&["--data", &data, "--lang", "fr"]);
        run(&all, &here)
    };
    let made = line(&["create", "--account", "lms", "--role", "awarder", "--role", "auditor"]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let token = String::from_utf8(made.stdout).unwrap().trim_end().to_owned();
    assert!(token.starts_with("bdgi_") && token.len() == 77);
    assert_eq!(send(&service, &token, "GET", "/api/awards", &json!({})).status, 200);

    let listed = String::from_utf8(line(&["list"]).stdout).unwrap();
    let rows: Vec<Value> = listed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 2);
    assert_eq!((&rows[1]["account"], &rows[1]["createdBy"]), (&json!("lms"), &json!("operator")));
    assert!(!listed.contains(&token) && !listed.contains("digest"));
    assert_eq!(service.admin("GET", "/api/tokens", None).expect(200)["tokens"], json!(rows));

    let audited = service.admin("GET", "/api/audit", None).expect(200);
    let last = &audited["entries"].as_array().unwrap().last().unwrap()["entry"];
    assert_eq!(
        (&last["kind"], &last["token"], &last["actor"]),
        (&json!("token-made"), &rows[1]["id"], &json!("operator"))
    );

    let revoked = line(&["revoke", rows[1]["id"].as_str().unwrap()]);
    assert!(String::from_utf8_lossy(&revoked.stderr).contains("est révoqué"));
    assert_eq!(send(&service, &token, "GET", "/api/awards", &json!({})).expect(401)["code"], "TOKEN_REVOKED");
    for wrong in [
        &["create", "--account", "Zoé Martin", "--role", "awarder"][..],
        &["create", "--account", "a", "--role", "owner"],
        &["create", "--account", "a", "--role", "auditor", "--badge", "b"],
        &["create", "--account", "a", "--role", "auditor", "--expires", "2001-01-01T00:00:00Z"],
        &["revoke", "none"],
    ] {
        let answer = line(wrong);
        assert_eq!(answer.status.code(), Some(2), "{wrong:?}");
        assert!(
            answer.stdout.is_empty() && String::from_utf8_lossy(&answer.stderr).contains("erreur"),
            "{wrong:?}"
        );
    }
}

/// The operator's way in: at the socket of each data directory, however long its path, and at the record itself where nobody holds it.
#[test]
fn the_operator_is_heard_at_the_socket_alone_and_without_a_service() {
    use std::io::{Read as _, Write as _};
    use std::os::unix::fs::PermissionsExt as _;
    use std::os::unix::net::UnixStream;

    let directory = tempfile::tempdir().unwrap();
    let name = "d".repeat(90);
    let own = directory.path().join(&name).join("organisations/lycee");
    std::fs::create_dir_all(&own).unwrap();
    let service = Service::start_in_named(directory.path(), &name, &[]);
    let list = |data: &std::path::Path| {
        let output =
            run(&["token", "list", "--data", data.to_str().unwrap(), "--lang", "en"], directory.path());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let (root, other) = (list(&service.data), list(&own));
    assert_eq!((root.lines().count(), other.lines().count()), (1, 1));
    assert_ne!(root, other, "each organisation has its own");

    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let store = service.data.join("store");
    assert_eq!((mode(&store), mode(&store.join("operator.sock"))), (0o700, 0o600));
    // What is no question is answered and does no harm; who says nothing holds up nobody for ever.
    let link = directory.path().join("s");
    std::os::unix::fs::symlink(&store, &link).unwrap();
    for noise in ["", "\n", "{}\n", "{\"revoke\":{\"id\":1}}\n", "GET / HTTP/1.1\r\n\r\n"] {
        let mut stream = UnixStream::connect(link.join("operator.sock")).unwrap();
        stream.write_all(noise.as_bytes()).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.contains("refused"), "{noise:?}: {answer}");
    }
    assert_eq!(list(&service.data), root);

    // Without a service: a killed one leaves its socket behind, which is in nobody's way.
    let data = service.data.clone();
    service.kill();
    assert_eq!(list(&data), root);
    let held = badge_issuer::store::EmbeddedStore::open(&data.join("store")).unwrap();
    let busy = run(&["token", "list", "--data", data.to_str().unwrap(), "--lang", "en"], directory.path());
    assert!(String::from_utf8_lossy(&busy.stderr).contains("DATA_IN_USE"));
    drop(held);
    let again = Service::start_in_named(directory.path(), &name, &[]);
    assert_eq!(list(&again.data), root);
    again.stop();
    assert!(!store.join("operator.sock").exists(), "a stopped one leaves none");
}

#[test]
fn the_audit_log_names_who_did_what_and_can_be_computed_again() {
    let mut service = Service::start();
    let (designer, _) = token(&service, "studio", &[Role::BadgeDesigner], &[]);
    let (awarder, _) = token(&service, "lms", &[Role::Awarder], &[]);
    let (auditor, _) = token(&service, "audit", &[Role::Auditor], &[]);
    let badge = send(&service, &designer, "POST", "/api/badges", &achievement()).expect(201);
    let badge = badge["id"].as_str().unwrap();
    let body = json!({"recipient": {"email": "zoe.secret@exemple.fr"}});
    let award = send(&service, &awarder, "POST", &format!("/api/badges/{badge}/awards"), &body).expect(201);
    let award = award["id"].as_str().unwrap();
    let change = json!({"status": "revoked", "reason": "raison-intime"});
    send(&service, &awarder, "POST", &format!("/api/awards/{award}/status"), &change).expect(200);
    service.admin("DELETE", &format!("/api/awards/{award}/personal-data"), None).expect(200);

    let read =
        |query: &str| send(&service, &auditor, "GET", &format!("/api/audit{query}"), &json!({})).expect(200);
    let all = read("");
    let entries = all["entries"].as_array().unwrap();
    let told: Vec<_> = entries
        .iter()
        .map(|line| (line["entry"]["kind"].as_str().unwrap(), line["entry"]["actor"].as_str().unwrap_or("-")))
        .collect();
    assert_eq!(
        told,
        [
            ("token-made", "operator"),
            ("token-made", "administrator"),
            ("token-made", "administrator"),
            ("token-made", "administrator"),
            ("badge", "studio"),
            ("intent", "lms"),
            ("issued", "-"),
            ("status", "lms"),
            ("erased", "administrator")
        ]
    );
    assert!(!all.to_string().contains("secret") && !all.to_string().contains("intime"));
    // Anyone who keeps the lines can compute the chain again, with SHA-256 and nothing of ours.
    let mut previous = vec![0; 32];
    for (line, number) in entries.iter().zip(1_u64..) {
        use sha2::Digest as _;
        let hash = sha2::Sha256::new()
            .chain_update(b"badge-issuer journal entry\n")
            .chain_update(number.to_be_bytes())
            .chain_update(&previous)
            .chain_update(line["body"].as_str().unwrap())
            .finalize();
        let written = hash.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
        assert!(line["hash"].as_str().unwrap().ends_with(&written), "{line}");
        assert_eq!(line["sequence"], number);
        previous = hash.to_vec();
    }
    let first = read("?limit=2");
    assert_eq!((first["entries"].as_array().unwrap().len(), &first["next"]), (2, &json!("2")));
    let rest = read("?limit=1000&after=2");
    assert_eq!((rest["entries"].as_array().unwrap().len(), rest.get("next")), (7, None));
    assert_eq!(read("?actor=lms")["entries"].as_array().unwrap().len(), 2);
    assert_eq!(read("?after=99")["entries"], json!([]));
    assert_eq!(send(&service, &auditor, "GET", "/api/audit?limit=0", &json!({})).status, 400);

    // Without a service, the same lines from the command.
    let data = service.data.to_str().unwrap().to_owned();
    let here = service.data.clone();
    let busy = run(&["audit", "--data", &data, "--lang", "en"], &here);
    assert!(String::from_utf8_lossy(&busy.stderr).contains("DATA_IN_USE"));
    service.signal("TERM");
    while !service.ended() {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let printed = String::from_utf8(run(&["audit", "--data", &data], &here).stdout).unwrap();
    let printed: Vec<Value> = printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(&printed, entries);
    let mine =
        String::from_utf8(run(&["audit", "--data", &data, "--actor", "studio"], &here).stdout).unwrap();
    assert_eq!(mine.lines().count(), 1);
}
