//! The key ceremony, run as it is written, against SoftHSM2; then a service that signs on the token of the ceremony.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use badge_verifier::report::Verdict;
use serde_json::{Value, json};

use crate::harness::{HOLDER, Service, program};

const PUBLIC: &str = "https://badges.exemple.example";

fn ceremony(arguments: &[&str], locale: &str, at: &Path) -> Output {
    let programs = Path::new(env!("CARGO_BIN_EXE_badge-issuer")).parent().unwrap();
    assert!(programs.join("badge-verifier").exists(), "cargo build --workspace --bins");
    let mut command = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/ceremony/ceremony"));
    for name in ["BADGE_ISSUER_PASSPHRASE", "BADGE_ISSUER_PIN", "MODULE", "SOFTHSM2_CONF"] {
        command.env_remove(name);
    }
    command.args(arguments).env("BIN", programs).env("LC_ALL", locale).current_dir(at).output().unwrap()
}

#[test]
fn the_ceremony_runs_as_it_is_written_and_its_token_serves() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let output = ceremony(&["room", PUBLIC], "fr_FR.UTF-8", at);
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{shown}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(
        shown.contains("La première signature") && shown.contains("une copie modifiée est refusée"),
        "{shown}"
    );
    let room = at.join("room");
    let keys: Value = serde_json::from_slice(&std::fs::read(room.join("keys.json")).unwrap()).unwrap();
    let record = std::fs::read_to_string(room.join("record.txt")).unwrap();
    for key in keys.as_array().unwrap() {
        assert_eq!(key["held"], "token");
        assert!(record.contains(key["thumbprint"].as_str().unwrap()));
    }
    let pin = std::fs::read_to_string(room.join("pin")).unwrap();
    assert!(!shown.contains(pin.trim()), "no PIN is shown");

    // A second ceremony does not overwrite the first, and no address without TLS has one.
    assert!(!ceremony(&["room", PUBLIC], "C", at).status.success());
    let plain = ceremony(&["other", "http://badges.exemple.example"], "C", at);
    assert!(String::from_utf8_lossy(&plain.stderr).contains("https://"), "{plain:?}");
    assert!(!at.join("other").exists());

    // The service signs on the token, and so does a signer in front of it.
    std::fs::rename(room.join("issuer"), at.join("data")).unwrap();
    let configuration = room.join("softhsm2.conf");
    let settings = room.join("issuer.toml");
    let options = ["--config", settings.to_str().unwrap()];
    let service = Service::start_with(at, "data", &options, &[("SOFTHSM2_CONF", configuration.as_path())]);
    let did = service.get("/.well-known/did.json").expect(200);
    let published: Value = serde_json::from_slice(&std::fs::read(room.join("did.json")).unwrap()).unwrap();
    assert_eq!(did, published);
    let badge = service.define("");
    let request = json!({"recipient": {"id": HOLDER}, "format": "jwt"});
    let award = service.award(&badge, "one", &request).expect(201);
    let report = service.verify(award["credential"].as_str().unwrap().as_bytes(), PUBLIC);
    assert_eq!(report.verdict(), Verdict::Valid, "{:?}", report.checks());
    drop(service);

    let rotated = program()
        .args(["key", "rotate", "p256", "--lang", "en", "--data", "data", "--config"])
        .arg(&settings)
        .env("SOFTHSM2_CONF", &configuration)
        .current_dir(at)
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&rotated.stderr).contains("p256-2"), "{rotated:?}");
    let service = Service::start_with(at, "data", &options, &[("SOFTHSM2_CONF", configuration.as_path())]);
    let again = service.award(&badge, "two", &request).expect(201);
    for award in [award, again] {
        let report = service.verify(award["credential"].as_str().unwrap().as_bytes(), PUBLIC);
        assert_eq!(report.verdict(), Verdict::Valid, "{:?}", report.checks());
    }
    drop(service);

    // A token that is another than that of the ceremony is refused, and so is a wrong PIN.
    let refused = |change: &dyn Fn()| {
        change();
        let output = program()
            .args(["serve", "--lang", "en", "--listen", "127.0.0.1:0", "--data", "data", "--config"])
            .arg(&settings)
            .env("SOFTHSM2_CONF", &configuration)
            .current_dir(at)
            .output()
            .unwrap();
        String::from_utf8(output.stderr).unwrap()
    };
    let wrong = refused(&|| std::fs::write(room.join("pin"), "000000").unwrap());
    assert!(wrong.contains("TOKEN_UNUSABLE") && wrong.contains("the PIN is wrong"), "{wrong}");
    assert!(!wrong.contains("000000"));
    std::fs::write(room.join("pin"), &pin).unwrap();
    let empty: PathBuf = at.join("gone");
    let gone = refused(&|| std::fs::rename(room.join("tokens"), &empty).unwrap());
    assert!(gone.contains("TOKEN_UNUSABLE"), "{gone}");
}
