//! The command line is a contract: exit codes, options, what goes to which stream, both languages.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use std::fs;

use badge_schemas::json_schema::{SchemaName, validate};
use badge_verifier::securing::{Cryptosuite, Mechanism};
use serde_json::{Value, json};
use support::{Issuer, Server, badge, run, run_with, status_entry};
use tempfile::TempDir;

fn directory() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn assert_schema(report: &Value) {
    let violations = validate(SchemaName::Report, report);
    assert!(violations.is_empty(), "{violations:?} in {report:#}");
}

#[test]
fn an_unsigned_badge_is_invalid() {
    let home = directory();
    fs::write(home.path().join("badge.json"), badge(&Issuer::new(1).did()).to_string()).unwrap();
    let answer = run(home.path(), &["check", "badge.json", "--offline", "--json"]);
    assert_eq!((answer.code, answer.err.as_str()), (1, ""));
    let report = answer.json();
    assert_eq!((&report["verdict"], &report["verified"]), (&json!("invalid"), &json!(false)));
    assert_eq!(answer.check("signature"), ("fail".into(), "NO_PROOF".into()));
    assert!(report.get("document").is_none());
    assert_schema(&report);

    let answer = run(home.path(), &["check", "badge.json", "--offline"]);
    assert!(answer.out.starts_with("INVALID — "), "{}", answer.out);
    assert!(answer.out.contains("Chambre des métiers"));
    let answer = run(home.path(), &["--lang", "fr", "check", "badge.json", "--offline"]);
    assert!(answer.out.starts_with("INVALIDE — "), "{}", answer.out);
    assert!(
        answer.out.contains("Émetteur")
            && answer.out.contains("La signature correspond-elle au contenu\u{a0}?")
    );
}

#[test]
fn what_is_no_badge_is_invalid_and_not_a_failure_to_run() {
    let home = directory();
    for input in [&b"hello"[..], b"", b"{", b"[]", b"\x89PNG\r\n\x1a\n", b"\xff\xfe\0", b"a.b.c"] {
        let answer = run_with(home.path(), &["check", "-", "--offline", "--json"], input);
        assert_eq!(answer.code, 1, "{input:?}");
        assert_eq!(answer.check("container").0, "fail", "{input:?}");
        assert_schema(&answer.json());
    }
}

#[test]
fn a_signed_badge_is_valid_until_something_changes() {
    let home = directory();
    let signed = Issuer::new(1).badge(|_| ());
    let answer = run_with(home.path(), &["check", "-", "--offline", "--json", "--strict"], signed.as_bytes());
    assert_eq!(answer.code, 0, "{}", answer.out);
    let report = answer.json();
    assert_eq!((&report["verdict"], &report["strict"]), (&json!("valid"), &json!(true)));
    assert_schema(&report);
    let answer = run_with(home.path(), &["check", "-", "--offline", "--json"], signed.as_bytes());
    assert_eq!(answer.json()["document"]["name"], "Tailleur de pierre");
    assert_schema(&answer.json());

    let text = run_with(home.path(), &["check", "-", "--offline"], signed.as_bytes()).out;
    assert!(text.starts_with("VALID — "), "{text}");
    assert!(text.contains("does not judge the skill"));
    assert!(!text.contains('\u{1b}'), "no colour in a pipe");

    let changed = signed.replace("Tailleur de pierre", "Architecte");
    let answer = run_with(home.path(), &["check", "-", "--offline", "--json"], changed.as_bytes());
    assert_eq!((answer.code, answer.check("signature").0.as_str()), (1, "fail"));
}

#[test]
fn what_cannot_run_says_what_where_and_what_to_do() {
    let home = directory();
    let path = home.path();
    fs::write(path.join("ok.json"), "{}").unwrap();
    fs::write(path.join("policy.toml"), "clock-skew-seconds = 5\nrequire-staus = true\n").unwrap();
    fs::write(path.join("latin1.toml"), b"# \xe9\n").unwrap();
    fs::write(path.join("remote.toml"), "[[registries]]\nsource = 'https://a.example/r'\n").unwrap();
    fs::write(path.join("snapshot.json"), "{\"version\": 9, \"resources\": []}").unwrap();
    for (arguments, code, part) in [
        (&["check", "absent.json"][..], "FILE_UNREADABLE", "absent.json"),
        (&["check", "."], "FILE_UNREADABLE", "directory"),
        (&["inspect", "absent.json"], "FILE_UNREADABLE", "no such file"),
        (&["check", "ok.json", "--policy", "policy.toml"], "POLICY_INVALID", "line 2, column 1"),
        (&["check", "ok.json", "--policy", "latin1.toml"], "POLICY_INVALID", "byte 2"),
        (&["check", "ok.json", "--policy", "remote.toml"], "POLICY_INVALID", "https://a.example/r"),
        (&["check", "ok.json", "--policy", "absent.toml"], "FILE_UNREADABLE", "absent.toml"),
        (&["check", "ok.json", "--registry", "absent.jwt"], "FILE_UNREADABLE", "absent.jwt"),
        (&["check", "ok.json", "--registry", "https://a.example/r"], "OPTION_INVALID", "policy"),
        (&["check", "ok.json", "--snapshot", "snapshot.json"], "SNAPSHOT_INVALID", "version 9"),
        (&["check", "ok.json", "--at", "2026-11-22 10:00"], "TIME_INVALID", "2026-11-22 10:00"),
        (&["check", "https://a.example/b", "--offline"], "OPTION_INVALID", "--offline"),
        (&["check", "http://127.0.0.1:1/b"], "FETCH_REFUSED", "only https"),
        (&["check", "https://127.0.0.1/b"], "FETCH_REFUSED", "not public"),
        (&["serve", "--listen", "127.0.0.1:0", "--policy", "policy.toml"], "POLICY_INVALID", "require-staus"),
    ] {
        let answer = run(path, arguments);
        assert_eq!((answer.code, answer.out.as_str()), (2, ""), "{arguments:?}: {}", answer.err);
        assert!(
            answer.err.starts_with("error: ") && answer.err.contains("\nhint: "),
            "{arguments:?}: {}",
            answer.err
        );
        assert!(answer.err.contains(code) && answer.err.contains(part), "{arguments:?}: {}", answer.err);
        let french = run(path, &[arguments, &["--lang", "fr"]].concat());
        assert!(
            french.err.starts_with("erreur\u{a0}: ") && french.err.contains("\nconseil\u{a0}: "),
            "{arguments:?}: {}",
            french.err
        );
        assert!(french.err.contains(code), "{arguments:?}: {}", french.err);
    }
    for arguments in [
        &[][..],
        &["check"],
        &["check", "a", "--recipient", "nobody"],
        &["check", "a", "--wrong"],
        &["check", "a", "--lang", "de"],
        &["serve"],
    ] {
        let answer = run(path, arguments);
        assert_eq!((answer.code, answer.out.as_str()), (2, ""), "{arguments:?}");
        assert!(!answer.err.is_empty());
    }
}

#[test]
fn an_endless_input_is_refused() {
    let home = directory();
    let answer = run_with(home.path(), &["check", "-", "--offline"], &vec![b' '; (16 << 20) + 1]);
    assert_eq!(answer.code, 2);
    assert!(answer.err.contains("INPUT_TOO_LARGE") && answer.err.contains("16777216"), "{}", answer.err);
}

#[test]
fn help_speaks_both_languages() {
    let home = directory();
    let help = |arguments: &[&str]| {
        let answer = run(home.path(), arguments);
        assert_eq!((answer.code, answer.err.as_str()), (0, ""), "{arguments:?}");
        answer.out
    };
    assert!(help(&["--help"]).contains("Exit codes of check"));
    assert!(help(&["--help", "--lang", "fr"]).contains("Codes de sortie de check"));
    assert!(help(&["check", "--help", "--lang=fr"]).contains("Le défi que vous avez envoyé au détenteur"));
    for option in [
        "--policy",
        "--registry",
        "--challenge",
        "--domain",
        "--recipient",
        "--at",
        "--offline",
        "--refresh",
        "--snapshot",
        "--save-snapshot",
        "--json",
        "--lang",
        "--strict",
        "--danger-allow-loopback",
    ] {
        for lang in ["en", "fr"] {
            assert!(help(&["check", "--help", "--lang", lang]).contains(option), "{option}");
        }
    }
    assert!(help(&["--version"]).starts_with("badge-verifier "));
}

#[test]
fn inspect_shows_and_says_that_it_verified_nothing() {
    let home = directory();
    let mut document = badge("did:example:issuer");
    document["name"] = json!("x\u{202e}y");
    document["credentialSubject"]["achievement"]["name"] = json!("a\nVALID\u{1b}[2J");
    fs::write(home.path().join("badge.json"), document.to_string()).unwrap();
    for (lang, notice) in [("en", "NOTHING WAS VERIFIED"), ("fr", "RIEN N’A ÉTÉ VÉRIFIÉ")] {
        let answer = run(home.path(), &["inspect", "badge.json", "--lang", lang]);
        assert_eq!(answer.code, 0, "{}", answer.err);
        assert!(answer.out.starts_with(notice) && answer.out.matches(notice).count() == 2);
        assert!(answer.out.contains("did:example:issuer"));
        assert!(!answer.out.contains('\u{202e}') && !answer.out.contains('\u{1b}'));
        assert!(!answer.out.lines().any(|line| line.starts_with("VALID")));
    }
    let answer = run_with(home.path(), &["inspect", "-"], b"not a badge");
    assert_eq!((answer.code, answer.out.as_str()), (2, ""));
    assert!(answer.err.contains("UNSUPPORTED_CONTAINER"), "{}", answer.err);
}

#[test]
fn a_saved_snapshot_gives_the_same_verdict_with_the_server_gone() {
    let home = directory();
    let issuer = Issuer::new(1);
    let server = Server::start();
    let list = server.url("/status/1");
    server.say("/status/1", issuer.status_list(&list, &[]));
    let signed = issuer.badge(|document| document["credentialStatus"] = status_entry(&list, 42));
    fs::write(home.path().join("badge.json"), &signed).unwrap();
    let check = |more: &[&str]| run(home.path(), &[&["check", "badge.json", "--json"], more].concat());

    let answer = check(&["--offline"]);
    assert_eq!((answer.code, answer.check("status").0.as_str()), (3, "not-run"));
    assert_schema(&answer.json());
    assert!(server.asked().is_empty(), "offline asks nobody");
    let answer = check(&[]);
    assert_eq!(answer.code, 3, "an address of this machine is not fetched unasked");
    assert!(server.asked().is_empty());

    let answer = check(&["--danger-allow-loopback", "--save-snapshot", "saved.json"]);
    assert_eq!(answer.code, 0, "{}", answer.out);
    assert_schema(&answer.json());
    assert_eq!(answer.json()["used"][0]["url"], json!(list));
    assert_eq!(server.asked(), ["/status/1"]);
    let left: Vec<_> = fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "nothing but the badge and the snapshot: {left:?}");

    server.say("/status/1", issuer.status_list(&list, &[42]));
    assert_eq!(
        check(&["--danger-allow-loopback", "--snapshot", "saved.json"]).code,
        0,
        "only what is missing is fetched"
    );
    let revoked = check(&["--danger-allow-loopback"]);
    assert_eq!((revoked.code, revoked.check("status")), (1, ("fail".into(), "REVOKED".into())));
    assert_eq!(server.asked().len(), 2);
    drop(server);

    assert_eq!(check(&["--offline", "--snapshot", "saved.json"]).code, 0);
    let gone = check(&["--danger-allow-loopback", "--save-snapshot", "failed.json"]);
    assert_eq!(
        (gone.code, gone.check("status").0.as_str()),
        (3, "not-run"),
        "could not look is not: not revoked"
    );
    assert_eq!(check(&["--offline", "--snapshot", "failed.json"]).code, 3);

    let answer = check(&["--offline", "--snapshot", "saved.json", "--save-snapshot", "no/such/place.json"]);
    assert_eq!(answer.code, 2);
    assert_eq!(answer.json()["verdict"], "valid", "the report is not lost");
    assert!(answer.err.contains("FILE_UNWRITABLE"), "{}", answer.err);
}

#[test]
fn a_badge_is_checked_at_its_address() {
    let home = directory();
    let server = Server::start();
    server.say("/badge", Issuer::new(1).badge(|_| ()));
    let answer = run(home.path(), &["check", &server.url("/badge"), "--danger-allow-loopback", "--json"]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    let answer =
        run(home.path(), &["check", &server.url("/other"), "--danger-allow-loopback", "--lang", "fr"]);
    assert_eq!(answer.code, 2);
    assert!(
        answer.err.contains("FETCH_FAILED") && answer.err.contains("le serveur a répondu 404"),
        "{}",
        answer.err
    );
}

#[test]
fn registries_are_asked_and_strict_makes_a_warning_fail() {
    let home = directory();
    let (issuer, authority) = (Issuer::new(1), Issuer::new(2));
    let path = home.path();
    fs::write(path.join("badge.json"), issuer.badge(|_| ())).unwrap();
    fs::create_dir(path.join("trust")).unwrap();
    fs::write(path.join("trust/listed.jwt"), authority.registry(&issuer.did())).unwrap();
    fs::write(path.join("other.jwt"), authority.registry("did:example:other")).unwrap();
    let policy = format!("[[registries]]\nsource = 'listed.jwt'\nissuer = '{}'\n", authority.did());
    fs::write(path.join("trust/policy.toml"), policy).unwrap();
    let check = |more: &[&str]| run(path, &[&["check", "badge.json", "--offline", "--json"], more].concat());

    let listed = check(&["--strict", "--policy", "trust/policy.toml", "--save-snapshot", "saved.json"]);
    assert_eq!((listed.code, listed.check("issuer").0.as_str()), (0, "pass"), "{}", listed.out);
    assert_eq!(listed.json()["registries"][0]["answer"], "listed");
    assert_schema(&listed.json());

    let unlisted = check(&["--registry", "other.jwt"]);
    assert_eq!((unlisted.code, unlisted.check("issuer").0.as_str()), (0, "warn"), "unknown is neutral");
    assert_eq!(unlisted.json()["registries"][0]["answer"], "not-listed");
    let strict = check(&["--registry", "other.jwt", "--strict"]);
    assert_eq!((strict.code, &strict.json()["verdict"]), (1, &json!("invalid")));
    assert_schema(&strict.json());

    fs::remove_file(path.join("trust/listed.jwt")).unwrap();
    let again = check(&["--strict", "--policy", "trust/policy.toml", "--snapshot", "saved.json"]);
    assert_eq!(again.code, 0, "a saved registry stands for its file");
}

#[test]
fn a_refresh_happens_only_when_asked_and_only_within_bounds() {
    let home = directory();
    let issuer = Issuer::new(1);
    let server = Server::start();
    let service = json!({"id": server.url("/newer"), "type": "1EdTechCredentialRefresh"});
    let original = issuer.badge(|document| {
        let extensions = json!("https://purl.imsglobal.org/spec/ob/v3p0/extensions.json");
        document["@context"].as_array_mut().unwrap().push(extensions);
        document["refreshService"] = service.clone();
    });
    fs::write(home.path().join("badge.json"), &original).unwrap();
    let check = |more: &[&str]| {
        run(home.path(), &[&["check", "badge.json", "--json", "--danger-allow-loopback"], more].concat())
    };
    assert_eq!(check(&[]).check("refresh").0, "not-run");
    assert!(server.asked().is_empty(), "nobody asked");

    let dated = |date: &'static str| {
        move |document: &mut Value| {
            document["validFrom"] = json!(date);
            document["name"] = json!("Maître tailleur");
        }
    };
    for (newer, expected) in [
        (issuer.badge(dated("2026-02-01T00:00:00Z")), ("pass", "")),
        (
            issuer.badge(|document| document["id"] = json!("urn:uuid:6f0f0b3e-9e43-4b5e-8a53-3a6c2cf5afff")),
            ("warn", "REFRESH_ID_CHANGED"),
        ),
        (Issuer::new(2).badge(dated("2026-02-01T00:00:00Z")), ("warn", "REFRESH_ID_CHANGED")),
        (issuer.badge(dated("2025-12-31T23:59:59Z")), ("warn", "REFRESH_FAILED")),
        (
            issuer.badge(dated("2026-02-01T00:00:00Z")).replace("Maître", "Grand maître"),
            ("warn", "REFRESH_FAILED"),
        ),
        (
            issuer.badge(|document| document["credentialSubject"]["id"] = json!("did:example:someone-else")),
            ("warn", "REFRESH_ID_CHANGED"),
        ),
        (
            issuer.sign(plain(&issuer.did()), Mechanism::DataIntegrity(Cryptosuite::EddsaRdfc2022)),
            ("warn", "REFRESH_ID_CHANGED"),
        ),
        ("no badge".to_owned(), ("warn", "REFRESH_FAILED")),
    ] {
        server.say("/newer", newer);
        let answer = check(&["--refresh"]);
        let (outcome, code) = answer.check("refresh");
        assert_eq!(
            (answer.code, outcome.as_str(), code.as_str()),
            (0, expected.0, expected.1),
            "{}",
            answer.out
        );
        let name = if outcome == "pass" { "Maître tailleur" } else { "Tailleur de pierre" };
        assert_eq!(
            answer.json()["document"]["name"],
            name,
            "the original is reported unless it was replaced"
        );
    }
    let asked = server.asked().len();
    assert_eq!(asked, 8, "once each");

    fs::write(home.path().join("badge.json"), original.replace("Tailleur", "Sculpteur")).unwrap();
    assert_eq!(check(&["--refresh"]).code, 1);
    assert_eq!(server.asked().len(), asked, "a document that nobody signed sends us nowhere");

    fs::write(home.path().join("badge.json"), &original).unwrap();
    let answer = run(home.path(), &["check", "badge.json", "--json", "--offline", "--refresh"]);
    assert_eq!((answer.code, answer.check("refresh")), (0, ("warn".into(), "REFRESH_FAILED".into())));
}

/// A credential that is no badge, with the id of the badge.
fn plain(issuer: &str) -> Value {
    let mut document = badge(issuer);
    document["@context"] = json!(["https://www.w3.org/ns/credentials/v2"]);
    document["type"] = json!(["VerifiableCredential"]);
    document["issuer"] = json!(issuer);
    document["credentialSubject"] = json!({"id": document["credentialSubject"]["id"]});
    document
}

#[test]
fn what_was_revoked_stays_revoked_whatever_a_newer_version_leaves_out() {
    let home = directory();
    let issuer = Issuer::new(1);
    let server = Server::start();
    let list = server.url("/status");
    server.say("/status", issuer.status_list(&list, &[94]));
    let original = issuer.badge(|document| {
        let extensions = json!("https://purl.imsglobal.org/spec/ob/v3p0/extensions.json");
        document["@context"].as_array_mut().unwrap().push(extensions);
        document["refreshService"] = json!({"id": server.url("/newer"), "type": "1EdTechCredentialRefresh"});
        document["credentialStatus"] = status_entry(&list, 94);
    });
    fs::write(home.path().join("badge.json"), &original).unwrap();
    server.say("/newer", issuer.badge(|document| document["validFrom"] = json!("2026-02-01T00:00:00Z")));
    let answer = run(home.path(), &["check", "badge.json", "--json", "--danger-allow-loopback", "--refresh"]);
    assert_eq!((answer.code, answer.check("status")), (1, ("fail".into(), "REVOKED".into())));
    assert_eq!(answer.check("refresh"), ("warn".into(), "REFRESH_FAILED".into()));
}
