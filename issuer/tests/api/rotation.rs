//! Keys that change: what was signed before stays valid, what a compromised key signed does not.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use badge_schemas::problem::Code;
use badge_verifier::TrustPolicy;
use badge_verifier::report::{CheckId, Verdict};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::harness::{HOLDER, Service, run};
use crate::log::cosigned;

const PUBLIC: &str = "https://badges.exemple.example";

fn key(arguments: &[&str], at: &Path) -> (Option<i32>, Value, String) {
    let output = run(&[&["key"], arguments, &["--lang", "en", "--data", "data"]].concat(), at);
    let talk = String::from_utf8(output.stderr).unwrap();
    (output.status.code(), serde_json::from_slice(&output.stdout).unwrap_or_default(), talk)
}

fn state<'k>(keys: &'k Value, name: &str) -> &'k Value {
    &keys.as_array().unwrap().iter().find(|key| key["name"] == name).unwrap()["state"]
}

/// A badge as JWT and one as JSON.
fn awarded(service: &Service, badge: &str, request: &str) -> [Vec<u8>; 2] {
    let jwt =
        service.award(badge, request, &json!({"recipient": {"id": HOLDER}, "format": "jwt"})).expect(201);
    let json =
        service.award(badge, &format!("{request}-json"), &json!({"recipient": {"id": HOLDER}})).expect(201);
    [jwt["credential"].as_str().unwrap().as_bytes().to_vec(), json["credential"].to_string().into_bytes()]
}

#[test]
fn badges_outlive_a_rotation_and_not_a_compromise() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    // The checkpoints of the record are signed as well, and open after every change.
    std::fs::write(at.join("issuer.toml"), "[store]\ncheckpoint = 'elsewhere/head'\n").unwrap();
    std::fs::create_dir(at.join("elsewhere")).unwrap();
    let settings = at.join("issuer.toml");
    let options = ["--public-url", PUBLIC, "--config", settings.to_str().unwrap(), "--rsa"];
    let service = Service::start_in(at, &options);
    let badge = service.define("");
    let old = awarded(&service, &badge, "old");
    let (code, _, talk) = key(&["rotate"], at);
    assert_eq!(code, Some(2));
    assert!(talk.contains("DATA_IN_USE"), "{talk}");
    drop(service);

    let (code, keys, talk) = key(&["rotate"], at);
    assert_eq!(code, Some(0), "{talk}");
    for kind in ["ed25519", "p256", "rsa"] {
        assert!(state(&keys, &format!("{kind}.pem"))["retired"]["since"].is_string(), "{keys:#}");
        assert_eq!(state(&keys, &format!("{kind}-2.pem")), "active");
    }
    let service = Service::start_in(at, &options);
    let new = awarded(&service, &badge, "new");
    for badge in old.iter().chain(&new) {
        let report = service.verify(badge, PUBLIC);
        assert_eq!(report.verdict(), Verdict::Valid, "{:?}", report.checks());
    }
    let method = |badge: &[u8]| service.verify(badge, PUBLIC).securing().verification_method.clone();
    for (old, new) in old.iter().zip(&new) {
        assert_ne!(method(old), method(new));
    }
    let document = service.get("/.well-known/did.json").expect(200);
    assert_eq!(document["assertionMethod"].as_array().unwrap().len(), 6);
    assert_eq!(service.get("/.well-known/jwks.json").expect(200)["keys"].as_array().unwrap().len(), 6);
    drop(service);

    let long_ago = "2020-01-01T00:00:00Z";
    let (code, keys, talk) = key(&["compromise", "ed25519.pem", "--since", long_ago], at);
    assert_eq!(code, Some(0), "{talk}");
    assert!(state(&keys, "ed25519.pem")["compromised"]["declared"].is_string());
    let (_, keys, _) = key(&["compromise", "rsa-2.pem", "--since", long_ago], at);
    assert_eq!(state(&keys, "rsa-3.pem"), "active");
    assert_eq!(key(&["compromise", "p256.pem", "--since", "2999-01-01T00:00:00Z"], at).0, Some(2));

    let service = Service::start_in(at, &options);
    let document = service.get("/.well-known/did.json").expect(200);
    assert_eq!(document["assertionMethod"].as_array().unwrap().len(), 5);
    assert_eq!(document["formerAssertionMethod"].as_array().unwrap().len(), 2);
    assert_eq!(service.get("/.well-known/jwks.json").expect(200)["keys"].as_array().unwrap().len(), 5);
    for (badge, verdict) in [
        (&old[1], Verdict::Invalid),
        (&new[0], Verdict::Invalid),
        (&old[0], Verdict::Valid),
        (&new[1], Verdict::Valid),
    ] {
        let report = service.verify(badge, PUBLIC);
        assert_eq!(report.verdict(), verdict, "{:?}", report.checks());
        if verdict == Verdict::Invalid {
            assert_eq!(report.outcome(CheckId::Signature).problem().unwrap().code.as_str(), "KEY_REVOKED");
        }
    }
    let latest = awarded(&service, &badge, "latest");
    assert_eq!(service.verify(&latest[0], PUBLIC).verdict(), Verdict::Valid);
    drop(service);

    let (code, keys, _) = key(&["retire", "rsa-3.pem"], at);
    assert_eq!((code, state(&keys, "rsa-3.pem")["retired"].is_object()), (Some(0), true));
    let service = Service::start_in(at, &options[..4]);
    assert_eq!(service.verify(&latest[0], PUBLIC).verdict(), Verdict::Valid);
    let without = awarded(&service, &badge, "without");
    let report = service.verify(&without[0], PUBLIC);
    assert_eq!(report.securing().mechanism.as_deref(), Some("vc-jwt ES256"));
}

/// `badge-verifier log RECEIPT` with this witness: its exit code, and what it prints.
fn checked(receipt: &str, witness: &str, at: &Path) -> (Option<i32>, String) {
    let verifier = Path::new(env!("CARGO_BIN_EXE_badge-issuer")).with_file_name("badge-verifier");
    assert!(verifier.exists(), "cargo build --workspace --bins");
    let arguments = [
        "log",
        receipt,
        "--badge",
        "badge",
        "--witness",
        witness,
        "--did-document",
        "did.json",
        "--lang",
        "en",
    ];
    let output = Command::new(verifier).args(arguments).current_dir(at).output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

/// Whether or not it is the key that signs the log.
#[test]
fn what_a_witness_saw_before_a_compromise_still_counts() {
    witnessed("p256.pem", 0);
    witnessed("ed25519.pem", 1);
}

/// One form of a badge, and the key that signed it.
fn witnessed(compromised: &str, form: usize) {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let options = ["--public-url", PUBLIC];
    let service = Service::start_in(at, &options);
    let badge = service.define("");
    let signed = &awarded(&service, &badge, "one")[form];
    let list = service.admin("GET", "/api/awards", None).expect(200);
    let award = list["awards"][form]["id"].as_str().unwrap().to_owned();
    std::fs::write(at.join("badge"), signed).unwrap();
    drop(service);

    // Two witnesses' times: before the key was compromised, and after.
    let exported = run(&["log", "export", "journal", "--data", "data", "--lang", "en"], at);
    assert!(exported.status.success(), "{}", String::from_utf8_lossy(&exported.stderr));
    let note = std::fs::read_to_string(at.join("journal/checkpoint")).unwrap();
    let seen = Timestamp::now().as_second();
    let since = Timestamp::from_second(seen + 1).unwrap();
    let receipts = [("before", seen), ("after", seen + 2)].map(|(name, time)| {
        let (note, witness) = cosigned(&note, u64::try_from(time).unwrap());
        std::fs::write(at.join(name), note).unwrap();
        let receipt = format!("{name}.json");
        let arguments = [
            "log",
            "receipt",
            &award,
            "--data",
            "data",
            "--checkpoint",
            name,
            "-o",
            &receipt,
            "--lang",
            "en",
        ];
        let output = run(&arguments, at);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        (receipt, witness)
    });
    std::thread::sleep(Duration::from_secs(3));
    let (code, _, talk) = key(&["compromise", compromised, "--since", &since.to_string()], at);
    assert_eq!(code, Some(0), "{talk}");

    // Everybody learns of it only now: the receipt is checked against what the issuer publishes by then.
    let service = Service::start_in(at, &options);
    std::fs::write(at.join("did.json"), service.get("/.well-known/did.json").body).unwrap();
    let verdict = |policy: &str| {
        let policy = TrustPolicy::from_toml(policy).unwrap();
        let report = service.verify_under(signed, PUBLIC, &policy);
        (report.verdict(), report.outcome(CheckId::Signature).problem().map(|problem| problem.code))
    };
    assert_eq!(verdict(""), (Verdict::Invalid, Some(Code::KeyRevoked)));
    let [before, after] = &receipts;
    let (code, told) = checked(&before.0, &before.1, at);
    assert_eq!(code, Some(0), "{told}");
    let entry = told.find("[[trusted-times]]").unwrap_or_else(|| panic!("{told}"));
    assert_eq!(verdict(&told[entry..]), (Verdict::Valid, None), "{told}");
    // A time after the compromise says nothing of what the key signed, the log included.
    let (code, told) = checked(&after.0, &after.1, at);
    if compromised == "p256.pem" {
        let entry = told.find("[[trusted-times]]").unwrap_or_else(|| panic!("{told}"));
        assert_eq!(verdict(&told[entry..]), (Verdict::Invalid, Some(Code::KeyRevoked)), "{told}");
    } else {
        assert_eq!(code, Some(1));
        assert!(told.contains(Code::KeyRevoked.as_str()), "{told}");
    }
    // Nor does one of a witness that is not named, or of none.
    let stranger = before.1.replacen("témoin", "autre", 1);
    let (_, told) = checked(&before.0, &stranger, at);
    assert!(!told.contains("[[trusted-times]]"), "{told}");
}

#[test]
fn a_did_key_has_no_other_key() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    assert!(run(&["keygen", "--data", "data"], at).status.success());
    let before = std::fs::read(at.join("data/keys/history.json")).unwrap();
    for arguments in [&["rotate"][..], &["compromise", "ed25519.pem", "--since", "2020-01-01T00:00:00Z"]] {
        let (code, _, talk) = key(arguments, at);
        assert_eq!(code, Some(2));
        assert!(talk.contains("OPTION_INVALID") && talk.contains("did:key:z6Mk"), "{talk}");
    }
    assert_eq!(std::fs::read(at.join("data/keys/history.json")).unwrap(), before);
    let (code, keys, _) = key(&["list"], at);
    assert_eq!((code, keys[0]["state"].clone()), (Some(0), json!("active")));
}

#[test]
fn keys_encrypted_by_age_sign_badges_that_verify() {
    const AGE: &str = "-----BEGIN AGE ENCRYPTED FILE-----";
    const PKCS8: &str = "-----BEGIN ENCRYPTED PRIVATE KEY-----";
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let begins = |name: &str, with: &str| {
        let text = std::fs::read_to_string(at.join("data/keys").join(name)).unwrap();
        assert!(text.starts_with(with), "{name}: {text}");
    };
    let keygen = ["keygen", "--lang", "en", "--data", "data", "--encryption", "age", "--public-url", PUBLIC];
    let refused = run(&keygen, at);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("there is no passphrase"));
    assert!(!at.join("data").exists(), "no key is left open that was to be encrypted");

    std::fs::write(at.join("passphrase"), "une phrase d’été\n").unwrap();
    let with = ["--passphrase-file", "passphrase"];
    let made = run(&[&keygen[..], &with].concat(), at);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    begins("ed25519.pem", AGE);
    begins("p256.pem", AGE);
    let passphrase = at.join("passphrase");
    let options = ["--public-url", PUBLIC, "--passphrase-file", passphrase.to_str().unwrap()];
    let service = Service::start_in(at, &options);
    let badge = service.define("");
    let valid = |service: &Service, badges: &[Vec<u8>]| {
        for badge in badges {
            let report = service.verify(badge, PUBLIC);
            assert_eq!(report.verdict(), Verdict::Valid, "{:?}", report.checks());
        }
    };
    let old = awarded(&service, &badge, "old");
    valid(&service, &old);
    service.stop();

    // One key in each form; both are read by what is in them.
    let (code, _, talk) = key(&[&["rotate", "ed25519", "--encryption", "pkcs8"][..], &with].concat(), at);
    assert_eq!(code, Some(0), "{talk}");
    begins("ed25519-2.pem", PKCS8);
    std::fs::write(at.join("issuer.toml"), "[keys]\nencryption = 'age'\n").unwrap();
    let (code, _, talk) = key(&[&["rotate", "p256", "--config", "issuer.toml"][..], &with].concat(), at);
    assert_eq!(code, Some(0), "{talk}");
    begins("p256-2.pem", AGE);
    let service = Service::start_in(at, &options);
    valid(&service, &old);
    valid(&service, &awarded(&service, &badge, "new"));
}
