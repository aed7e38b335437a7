//! Adding, listing, showing, exporting and removing badges.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::Stdio;

use crate::support::{Issuer, Said, Wallet};
use badge_verifier::container::{Existing, png, svg};
use badge_verifier::snapshot::sha256_hex;
use serde_json::{Value, json};

const OTHER: &str = "did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2";

#[test]
fn exact_bytes_are_kept_in_every_container() {
    let (wallet, did) = Wallet::made();
    let issuer = Issuer::new(1);
    let draft = |n: usize| {
        let mut draft = issuer.draft(&did);
        draft["id"] = json!(format!("urn:uuid:7d0f9d5e-1d5b-4f0e-9c1b-2a7c3c1a9b0{n}"));
        draft
    };
    let pretty =
        serde_json::to_string_pretty(&serde_json::from_str::<Value>(&issuer.json(draft(1))).unwrap())
            .unwrap();
    let given = [
        ("a.json", format!("\u{feff}\n {pretty}\r\n\n").into_bytes()),
        ("b.jwt", format!("{}\n", issuer.jwt(draft(2))).into_bytes()),
        (
            "c.png",
            png::bake(include_bytes!("../../assets/badge.png"), &issuer.json(draft(3)), Existing::Refuse)
                .unwrap(),
        ),
        (
            "d.svg",
            svg::bake(include_bytes!("../../assets/badge.svg"), &issuer.jwt(draft(4)), Existing::Refuse)
                .unwrap(),
        ),
    ];
    for (name, bytes) in &given {
        let id = wallet.add(name, bytes);
        assert_eq!(id, sha256_hex(bytes)[..16]);
        let extension = name.split_once('.').unwrap().1;
        let stored =
            std::fs::read(wallet.dir().join("credentials").join(format!("{id}.{extension}"))).unwrap();
        assert_eq!(sha256_hex(&stored), sha256_hex(bytes), "{name}");
        let out = wallet.beside("out");
        wallet.ok(&["export", &id, "--format", "original", "-o", out.to_str().unwrap()]);
        assert_eq!(&std::fs::read(&out).unwrap(), bytes, "{name}");
    }
    let listed = wallet.list();
    assert_eq!(listed.len(), 4);
    assert!(
        listed
            .iter()
            .all(|badge| badge["lastCheck"]["verdict"] == "valid" && badge["lastCheck"]["proven"] == true)
    );
}

#[test]
fn what_is_invalid_is_refused_and_nothing_is_written() {
    let (wallet, did) = Wallet::made();
    let issuer = Issuer::new(1);
    let good = issuer.json(issuer.draft(&did));
    let before = wallet.files();
    let mut expired = issuer.draft(&did);
    expired["validUntil"] = json!("2020-06-01T00:00:00Z");
    let mut unsigned: Value = serde_json::from_str(&good).unwrap();
    unsigned.as_object_mut().unwrap().remove("proof");
    for (bad, code) in [
        (good.replace("Taille la pierre", "Sculpte la pierre"), "SIGNATURE_INVALID"),
        (unsigned.to_string(), "NO_PROOF"),
        (issuer.json(expired), "EXPIRED"),
        ("{\"a\":1,\"a\":2}".to_owned(), "JSON_DUPLICATE_KEY"),
        (String::new(), "INPUT_EMPTY"),
        ("%PDF-1.7".to_owned(), "UNSUPPORTED_CONTAINER"),
    ] {
        let path = wallet.file("bad", bad);
        let said = wallet.run(&["add", "--offline", &path]);
        assert_eq!((said.code, said.out.as_str()), (1, ""), "{code}: {}", said.err);
        assert!(said.err.contains(code) && said.err.contains("INVALID"), "{code}: {}", said.err);
        assert_eq!(wallet.files(), before, "{code}");
    }
}

#[test]
fn what_is_no_badge_is_not_kept() {
    let (wallet, did) = Wallet::made();
    let id = wallet.add("b.json", Issuer::new(1).json(Issuer::new(1).draft(&did)));
    let out = wallet.beside("vp.json");
    let out = out.to_str().unwrap();
    wallet.ok(&["present", &id, "--challenge", "c", "--domain", "d", "-o", out]);
    let before = wallet.files();
    let said = wallet.run(&["add", "--offline", out]);
    assert!(said.code == 2 && said.err.contains("NOT_KEPT_IN_WALLET"), "{}", said.err);
    let missing = wallet.run(&["add", "nowhere.json"]);
    assert!(missing.code == 2 && missing.err.contains("FILE_UNREADABLE"), "{}", missing.err);
    assert_eq!(wallet.files(), before);
}

#[test]
fn what_is_indeterminate_is_kept_and_says_why() {
    let (wallet, did) = Wallet::made();
    let issuer = Issuer::new(1);
    let mut draft = issuer.draft(&did);
    draft["credentialStatus"] = json!({
        "id": "https://cfa.example/status/1#7",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "7",
        "statusListCredential": "https://cfa.example/status/1",
    });
    let path = wallet.file("b.json", issuer.json(draft));
    let said = wallet.run(&["add", "--offline", &path]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(
        said.err.contains("INDETERMINATE") && said.err.contains("https://cfa.example/status/1"),
        "{}",
        said.err
    );
    let listed = wallet.list();
    assert_eq!(listed[0]["lastCheck"]["verdict"], "indeterminate");
    assert_eq!(listed[0]["lastCheck"]["problems"], json!(["RESOURCE_MISSING"]));
    let table = wallet.in_french().ok(&["list"]);
    assert!(
        table.contains("INDÉTERMINÉ") && table.contains("École de Besançon") && table.contains("2019-12-24"),
        "{table}"
    );
}

#[test]
fn a_badge_of_another_is_kept_with_a_warning() {
    let (wallet, did) = Wallet::made();
    let issuer = Issuer::new(1);
    let mine = wallet.file("mine.json", issuer.json(issuer.draft(&did)));
    assert!(!wallet.run(&["add", "--offline", &mine]).err.contains("BADGE_OF_ANOTHER"));
    let theirs = wallet.file("theirs.json", issuer.json(issuer.draft(OTHER)));
    let said = wallet.run(&["add", "--offline", &theirs]);
    assert!(
        said.code == 0 && said.err.contains("BADGE_OF_ANOTHER") && said.err.contains(OTHER),
        "{}",
        said.err
    );
}

#[test]
fn a_badge_for_an_email_address_says_that_it_is_not_bound_to_the_holder() {
    let (wallet, _) = Wallet::made();
    let issuer = Issuer::new(1);
    let mut draft = issuer.draft("");
    let subject = draft["credentialSubject"].as_object_mut().unwrap();
    subject.remove("id");
    subject.insert(
        "identifier".into(),
        json!([{"type": "IdentityObject", "hashed": false, "identityHash": "a@b.example", "identityType": "emailAddress"}]),
    );
    let path = wallet.file("b.json", issuer.json(draft));
    let said = wallet.run(&["add", "--offline", &path]);
    assert!(said.code == 0 && said.err.contains("BADGE_NOT_BOUND"), "{}", said.err);
    let said = wallet.run(&["present", said.out.trim(), "--challenge", "c", "--domain", "d", "-o", "-"]);
    assert!(said.code == 0 && said.err.contains("PRESENTER_UNPROVABLE"), "{}", said.err);
}

#[test]
#[cfg(unix)]
fn a_symbolic_link_is_written_through() {
    let (wallet, did) = Wallet::made();
    let text = Issuer::new(1).json(Issuer::new(1).draft(&did));
    let id = wallet.add("b.json", &text);
    let (target, link) = (wallet.file("target", "old"), wallet.beside("link"));
    std::os::unix::fs::symlink(&target, &link).unwrap();
    wallet.ok(&["export", &id, "--format", "original", "-o", link.to_str().unwrap()]);
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(std::fs::read_to_string(target).unwrap(), text);
    let directory =
        wallet.run(&["export", &id, "--format", "original", "-o", wallet.dir().to_str().unwrap()]);
    assert!(directory.code == 2 && directory.err.contains("FILE_UNWRITABLE"), "{}", directory.err);
}

#[test]
fn the_same_badge_is_kept_once_and_a_newer_version_takes_its_place() {
    let (wallet, did) = Wallet::made();
    let issuer = Issuer::new(1);
    let version = |day: &str| {
        let mut draft = issuer.draft(&did);
        draft["validFrom"] = json!(format!("{day}T00:00:00Z"));
        draft
    };
    let first = wallet.add("1.json", issuer.json(version("2020-01-01")));
    assert_eq!(wallet.add("again.json", issuer.json(version("2020-01-01"))), first);
    assert_eq!(wallet.list().len(), 1);

    let jwt = wallet.add("1.jwt", issuer.jwt(version("2020-01-01")));
    assert_ne!(jwt, first, "the same award in another form stands beside it");
    assert_eq!(wallet.list().len(), 2);

    let mut newer = version("2021-01-01");
    newer["id"] = json!(" urn:uuid:7d0f9d5e-1d5b-4f0e-9c1b-2a7c3c1a9b01".trim());
    let newer = wallet.add("2.json", issuer.json(newer));
    let listed = wallet.list();
    assert_eq!(
        listed.iter().map(|badge| badge["id"].as_str().unwrap()).collect::<Vec<_>>(),
        [newer.as_str()]
    );

    let old = wallet.file("old.json", issuer.json(version("2020-01-01")));
    let said = wallet.run(&["add", "--offline", &old]);
    assert!(said.code == 0 && said.err.contains("BADGE_OLDER_THAN_KEPT"), "{}", said.err);
    assert_eq!(said.out.trim(), newer);
    assert_eq!(wallet.list().len(), 1);
}

#[test]
fn a_forgery_that_cannot_be_checked_replaces_nothing() {
    let (wallet, did) = Wallet::made();
    // Both name the same did:web issuer. Nothing proves either of them offline, and the later one comes from another key.
    let named = |issuer: &Issuer, day: &str| {
        let mut draft = issuer.draft(&did);
        draft["issuer"]["id"] = json!("did:web:cfa.example");
        draft["validFrom"] = json!(format!("{day}T00:00:00Z"));
        let mut signed: Value = serde_json::from_str(&issuer.json(draft)).unwrap();
        signed["proof"]["verificationMethod"] = json!("did:web:cfa.example#key-1");
        signed.to_string()
    };
    let first = wallet.add("1.json", named(&Issuer::new(1), "2020-01-01"));
    let forged = wallet.add("2.json", named(&Issuer::new(2), "2021-01-01"));
    let listed = wallet.list();
    assert!(listed.iter().all(|badge| badge["lastCheck"]["proven"] == false));
    assert_eq!(listed.len(), 2, "{first} must still be there beside {forged}");
    let later = wallet.add("3.json", named(&Issuer::new(1), "2020-06-01"));
    assert!(
        wallet.list().iter().any(|badge| badge["id"] == json!(later)),
        "an unproven newer one blocks nothing either"
    );
}

#[test]
fn skills_are_found_without_accents_and_by_uri() {
    let (wallet, did) = Wallet::made();
    wallet.add("b.json", Issuer::new(1).json(Issuer::new(1).draft(&did)));
    let found = |text: &str| wallet.ok(&["list", "--skill", text]).contains("Tailleur de pierre");
    assert!(found("epanneler") && found("ÉPANNELER UN") && found("s6.1"));
    assert!(found("http://data.europa.eu/esco/skill/1f1d2ff8-c4c1-45a2-9812-6a7ea84b7f0b"));
    assert!(
        !found("soudure") && !found("http://data.europa.eu/esco/skill/1f1d2ff8"),
        "a part of a URI is another URI"
    );
    assert!(wallet.run(&["list", "--skill", " "]).code == 2);
}

#[test]
fn a_badge_is_shown_with_a_fresh_report_by_the_beginning_of_its_identifier() {
    let (wallet, did) = Wallet::made();
    let id = wallet.add("b.json", Issuer::new(1).json(Issuer::new(1).draft(&did)));
    let text = wallet.ok(&["show", &id[..4]]);
    assert!(text.contains(&id) && text.contains("VALID — ") && text.contains("Épanneler un bloc"), "{text}");
    let json: Value = serde_json::from_str(&wallet.ok(&["show", &id, "--json"])).unwrap();
    assert_eq!((&json["id"], &json["report"]["verdict"]), (&json!(id), &json!("valid")));
    for bad in ["", "zz", "0000000000000000000"] {
        let said = wallet.run(&["show", bad]);
        assert!(said.code == 2 && said.err.contains("BADGE_NOT_FOUND"), "{bad}: {}", said.err);
    }
    // Badges until two begin alike: at most 17 are needed.
    let issuer = Issuer::new(1);
    let mut first = vec![id.chars().next().unwrap()];
    let shared = (0..17)
        .find_map(|n| {
            let mut draft = issuer.draft(&did);
            draft["id"] = json!(format!("urn:uuid:00000000-0000-4000-8000-0000000000{n:02}"));
            let digit = wallet.add("more.json", issuer.json(draft)).chars().next().unwrap();
            let twice = first.contains(&digit);
            first.push(digit);
            twice.then_some(digit)
        })
        .unwrap();
    let said = wallet.run(&["show", &shared.to_string()]);
    assert!(said.code == 2 && said.err.contains("BADGE_ID_AMBIGUOUS"), "{}", said.err);
}

#[test]
fn an_export_as_image_carries_the_same_signed_text() {
    let (wallet, did) = Wallet::made();
    let issuer = Issuer::new(1);
    for (name, text) in
        [("b.json", issuer.json(issuer.draft(&did))), ("b.jwt", issuer.jwt(issuer.draft(&did)))]
    {
        let id = wallet.add(name, &text);
        for format in ["png", "svg"] {
            let out = wallet.beside(&format!("out.{format}"));
            wallet.ok(&["export", &id, "--format", format, "-o", out.to_str().unwrap()]);
            let image = std::fs::read(&out).unwrap();
            let inside =
                if format == "png" { png::extract(&image).unwrap() } else { svg::extract(&image).unwrap() };
            assert_eq!(String::from_utf8(inside).unwrap(), text);
            let (reader, _) = Wallet::made();
            reader.add("baked", &image);
        }
    }
}

#[test]
fn a_badge_brings_its_own_picture() {
    use base64::Engine as _;
    let (wallet, did) = Wallet::made();
    let issuer = Issuer::new(1);
    let picture = br#"<svg xmlns="http://www.w3.org/2000/svg"><title>Burin</title></svg>"#;
    let mut draft = issuer.draft(&did);
    let data =
        format!("data:image/svg+xml;base64,{}", base64::engine::general_purpose::STANDARD.encode(picture));
    draft["credentialSubject"]["achievement"]["image"] = json!({"id": data, "type": "Image"});
    let id = wallet.add("b.json", issuer.json(draft));
    assert!(wallet.ok(&["export", &id, "--format", "svg", "-o", "-"]).contains("<title>Burin</title>"));
    let out = wallet.beside("b.png");
    wallet.ok(&["export", &id, "--format", "png", "-o", out.to_str().unwrap()]);
    assert!(
        png::extract(&std::fs::read(out).unwrap()).is_ok(),
        "an SVG picture does not keep a PNG from being made"
    );
}

#[test]
fn removing_asks_or_is_told() {
    let (wallet, did) = Wallet::made();
    let before = wallet.files();
    let id = wallet.add("b.json", Issuer::new(1).json(Issuer::new(1).draft(&did)));
    let kept = wallet.files();
    let said = wallet.run(&["remove", &id]);
    assert!(said.code == 2 && said.err.contains("CONFIRMATION_NEEDED"), "{}", said.err);
    assert_eq!(wallet.files(), kept);
    wallet.ok(&["remove", &id, "--yes"]);
    assert_eq!(
        wallet.files().into_iter().filter(|name| name != "lock").collect::<Vec<_>>(),
        before.into_iter().filter(|name| name != "lock").collect::<Vec<_>>()
    );
    assert!(wallet.list().is_empty());
}

#[test]
fn damage_is_named_passed_over_and_left_alone() {
    let (wallet, did) = Wallet::made();
    let issuer = Issuer::new(1);
    let text = issuer.json(issuer.draft(&did));
    let id = wallet.add("b.json", &text);
    let mut other = issuer.draft(&did);
    other["id"] = json!("urn:uuid:00000000-0000-4000-8000-000000000001");
    let sound = wallet.add("c.json", issuer.json(other));
    let file = wallet.dir().join("credentials").join(format!("{id}.json"));
    std::fs::write(&file, text.replace("Épreuve", "Épreuvf")).unwrap();
    std::fs::write(wallet.dir().join("credentials").join(format!("{sound}.meta.json")), "{").unwrap();
    let said = wallet.run(&["list"]);
    assert_eq!(said.code, 0);
    assert!(
        said.err.contains("STORED_BADGE_DAMAGED") && said.err.contains(&format!("{id}.json")),
        "{}",
        said.err
    );
    assert!(
        said.err.contains("STORED_NOTE_DAMAGED")
            && said.out.contains(&sound[..8])
            && !said.out.contains(&id[..8])
    );
    assert!(std::fs::read_to_string(&file).unwrap().contains("Épreuvf"), "never deleted");
    for args in [vec!["show", id.as_str()], vec!["export", &id, "--format", "original", "-o", "-"]] {
        let said = wallet.run(&args);
        assert!(
            said.code == 2 && said.out.is_empty() && said.err.contains("STORED_BADGE_DAMAGED"),
            "{args:?}"
        );
    }
    assert_eq!(wallet.add("b.json", &text), id, "adding it again repairs it");
    assert_eq!(wallet.list().len(), 2);
}

#[test]
fn what_a_crash_left_unfinished_is_no_badge_and_goes_away() {
    let (wallet, did) = Wallet::made();
    let issuer = Issuer::new(1);
    let text = issuer.json(issuer.draft(&did));
    wallet.add("b.json", &text);
    let left = wallet.dir().join("credentials/.tmp-99999-0123456789abcdef.json");
    std::fs::write(&left, &text[..100]).unwrap();
    let said = wallet.run(&["list"]);
    assert!(said.code == 0 && !said.err.contains("DAMAGED"), "{}", said.err);
    assert!(left.exists(), "reading changes nothing");
    wallet.add("b.json", &text);
    assert!(!left.exists());
    // Killed between the badge and its notes: the badge is there, not checked yet.
    let id = &sha256_hex(text.as_bytes())[..16];
    std::fs::remove_file(wallet.dir().join("credentials").join(format!("{id}.meta.json"))).unwrap();
    assert!(wallet.ok(&["list"]).contains("not checked"));
    assert_eq!(wallet.ok(&["show", id, "--online"]).lines().filter(|line| line.contains("VALID")).count(), 2);
    assert_eq!(wallet.list()[0]["lastCheck"]["verdict"], "valid");
}

#[test]
fn many_at_once_lose_nothing() {
    let (wallet, did) = Wallet::made();
    let issuer = Issuer::new(1);
    let running: Vec<_> = (0..8)
        .map(|n| {
            let mut draft = issuer.draft(&did);
            draft["id"] = json!(format!("urn:uuid:00000000-0000-4000-8000-00000000000{n}"));
            let path = wallet.file(&format!("{n}.json"), issuer.json(draft));
            wallet
                .command(&["add", "--offline", &path])
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    for child in running {
        let said = Said::of(&child.wait_with_output().unwrap());
        assert_eq!(said.code, 0, "{}", said.err);
    }
    assert_eq!(wallet.list().len(), 8);
    assert!(wallet.files().iter().all(|name| !name.starts_with(".tmp-")));
}

#[test]
fn a_badge_comes_from_standard_input_or_a_url() {
    let (wallet, did) = Wallet::made();
    let text = Issuer::new(1).json(Issuer::new(1).draft(&did));
    let mut child = wallet
        .command(&["add", "--offline", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let out = child.wait_with_output().unwrap();
    let id = String::from_utf8(out.stdout).unwrap();
    assert_eq!(id.trim(), &sha256_hex(text.as_bytes())[..16]);
    wallet.ok(&["remove", id.trim(), "--yes"]);

    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/credentials/1", server.local_addr().unwrap());
    for (args, code) in [
        (vec!["add", url.as_str()], "FETCH_REFUSED"),
        (vec!["add", "--offline", &url], "OPTION_INVALID"),
        (vec!["add", "--offline", "--danger-allow-loopback", &url], "OPTION_INVALID"),
    ] {
        let said = wallet.run(&args);
        assert!(said.code == 2 && said.err.contains(code), "{args:?}: {}", said.err);
    }
    let body = text.clone();
    let serving = std::thread::spawn(move || {
        let (mut stream, _) = server.accept().unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            request.push(byte[0]);
        }
        let length = body.len();
        write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")
            .unwrap();
    });
    let said = wallet.run(&["add", "--danger-allow-loopback", &url]);
    assert_eq!(said.code, 0, "{}", said.err);
    serving.join().unwrap();
    assert_eq!(wallet.list()[0]["source"], json!(url));
}

#[test]
fn a_hostile_name_cannot_write_on_the_terminal() {
    let (wallet, did) = Wallet::made();
    let issuer = Issuer::new(1);
    let mut draft = issuer.draft(&did);
    draft["credentialSubject"]["achievement"]["name"] = json!("x\u{1b}[2J\u{202e}y\nVALID");
    let path = wallet.file("b.json", issuer.json(draft));
    let said = wallet.run(&["add", "--offline", &path]);
    let id = said.out.trim();
    for text in
        [said.err.clone(), wallet.ok(&["list"]), wallet.ok(&["list", "--json"]), wallet.ok(&["show", id])]
    {
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text:?}");
    }
}
