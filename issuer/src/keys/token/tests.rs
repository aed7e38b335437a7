//! Against SoftHSM2, with a token directory of the test's own. The module reads its environment once for a process, so each test runs itself again in one
//! that has it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use std::path::Path;
use std::process::Command;

use super::super::keeper::{Holding, KeyKeeper, Known};
use super::super::{KeyHistory, Wanted};
use super::*;

const INSIDE: &str = "BADGE_ISSUER_TEST_TOKEN";
const PIN: &str = "987654";

/// The module, from Debian's package `softhsm2`.
fn module() -> PathBuf {
    let places = ["/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"];
    let found = places.iter().map(PathBuf::from).find(|path| path.exists());
    found.unwrap_or_else(|| {
        panic!("no SoftHSM2: .ci/setup demo installs it (Debian: apt-get install softhsm2)")
    })
}

/// Runs the test of this name again with a new token; true where this already is that run.
fn inside(name: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let directory = tempfile::tempdir().unwrap();
    let tokens = directory.path().join("tokens");
    std::fs::create_dir(&tokens).unwrap();
    let configuration = directory.path().join("softhsm2.conf");
    std::fs::write(
        &configuration,
        format!("directories.tokendir = {}\nlog.level = ERROR\n", tokens.display()),
    )
    .unwrap();
    let initialized = Command::new("softhsm2-util")
        .args(["--init-token", "--free", "--label", "badges", "--so-pin", "12345678", "--pin", PIN])
        .env("SOFTHSM2_CONF", &configuration)
        .output()
        .unwrap();
    assert!(initialized.status.success(), "{initialized:?}");
    let test = format!("keys::token::tests::{name}");
    let again = Command::new(std::env::current_exe().unwrap())
        .args([test.as_str(), "--exact", "--nocapture"])
        .env("SOFTHSM2_CONF", &configuration)
        .env(INSIDE, directory.path())
        .output()
        .unwrap();
    let talk = String::from_utf8_lossy(&again.stdout);
    assert!(
        again.status.success() && talk.contains("1 passed"),
        "{talk}\n{}",
        String::from_utf8_lossy(&again.stderr)
    );
    false
}

fn settings(pin: &str) -> TokenSettings {
    let pin = Passphrase::new(pin.into(), "pin").unwrap();
    TokenSettings { module: module(), label: "badges".into(), pin }
}

fn checked(signer: &dyn Signer, message: &[u8]) {
    let signature = signer.sign(SigningRequest::Bytes(message)).unwrap();
    let key = signer.public_key();
    key.verify(key.algorithm(), message, &signature).unwrap();
    assert!(key.verify(key.algorithm(), b"other", &signature).is_err());
}

#[test]
fn keys_are_made_on_the_token_and_sign_there() {
    if !inside("keys_are_made_on_the_token_and_sign_there") {
        return;
    }
    let token = Token::open(settings(PIN)).unwrap();
    for (label, kind) in [("ed25519", KeyKind::Ed25519), ("p256", KeyKind::P256)] {
        assert!(token.find(label, kind).unwrap().is_none());
        let made = token.generate(label, kind).unwrap();
        checked(made.as_ref(), "é".as_bytes());
        checked(made.as_ref(), &vec![7; 100_000]);
        let found = token.find(label, kind).unwrap().unwrap();
        assert!(found.public_key().is(made.public_key()));
        assert_eq!(token.generate(label, kind).err().unwrap().code, Code::TokenUnusable, "never replaced");
        // The private half cannot be read.
        let secret = token.with_session(|session| {
            let private = one_object(session, label, ObjectClass::PRIVATE_KEY)?.unwrap();
            let wanted = [AttributeType::Value, AttributeType::Extractable, AttributeType::Sensitive];
            Ok(session.get_attributes(private, &wanted)?)
        });
        let secret = secret.ok().unwrap();
        assert!(!secret.iter().any(|attribute| matches!(attribute, Attribute::Value(_))));
        assert!(
            secret.contains(&Attribute::Extractable(false)) && secret.contains(&Attribute::Sensitive(true))
        );
    }
    assert_eq!(token.find("p256", KeyKind::Ed25519).err().unwrap().code, Code::TokenUnusable, "another kind");
    assert_eq!(token.generate("rsa", KeyKind::Rsa).err().unwrap().code, Code::TokenUnusable);
}

#[test]
fn a_lost_session_is_opened_again() {
    if !inside("a_lost_session_is_opened_again") {
        return;
    }
    let token = Token::open(settings(PIN)).unwrap();
    let signer = token.generate("ed25519", KeyKind::Ed25519).unwrap();
    token.lose();
    checked(signer.as_ref(), b"after the loss of everything");
    let logged_out = token.with_session(|session| Ok(session.logout()?));
    assert!(logged_out.is_ok());
    checked(signer.as_ref(), b"after the loss of the login");
    // With the token gone it fails, and with the token back it signs.
    let tokens = Path::new(&std::env::var_os(INSIDE).unwrap()).join("tokens");
    let away = tokens.with_file_name("away");
    token.lose();
    std::fs::rename(&tokens, &away).unwrap();
    std::fs::create_dir(&tokens).unwrap();
    assert_eq!(signer.sign(SigningRequest::Bytes(b"x")), Err(SigningFailed::Unavailable));
    token.lose();
    std::fs::remove_dir(&tokens).unwrap();
    std::fs::rename(&away, &tokens).unwrap();
    checked(signer.as_ref(), b"with the token back");
}

#[test]
fn a_wrong_pin_is_said_once_and_never_tried_again() {
    if !inside("a_wrong_pin_is_said_once_and_never_tried_again") {
        return;
    }
    let refused = Token::open(settings("000000")).err().unwrap();
    assert_eq!((refused.code, refused.value("reason")), (Code::TokenUnusable, Some("the PIN is wrong")));
    let nowhere = TokenSettings { label: "others".into(), ..settings(PIN) };
    assert_eq!(Token::open(nowhere).err().unwrap().value("reason"), Some("no token has this label"));
    assert_eq!(Token::look(&settings("000000")), Ok(()), "no PIN is sent");
    let looked = Token::look(&TokenSettings { label: "others".into(), ..settings(PIN) }).unwrap_err();
    assert_eq!((looked.code, looked.value("reason")), (Code::TokenAbsent, Some("no token has this label")));
    let missing = TokenSettings { module: "/nonexistent.so".into(), ..settings(PIN) };
    assert_eq!(Token::open(missing).err().unwrap().code, Code::TokenUnusable);
    let mut inner = Inner { library: Pkcs11::new(module()).unwrap(), session: None, refused: false };
    assert!(inner.connect(&settings("000000")).is_err());
    assert!(inner.connect(&settings(PIN)).is_err(), "not tried again");
}

#[test]
fn a_keeper_finds_on_the_token_what_it_published() {
    if !inside("a_keeper_finds_on_the_token_what_it_published") {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let web = Wanted { p256: true, rsa: false };
    let token = Token::open(settings(PIN)).unwrap();
    let keeper = || KeyKeeper::new(directory.path(), Holding::Token(Arc::clone(&token), None)).unwrap();
    let first = keeper().open(web, &Known::default()).unwrap();
    assert_eq!(first.created.len(), 2);
    let now = "2026-11-22T10:00:00Z".parse().unwrap();
    assert_eq!(keeper().rotate(KeyKind::Ed25519, now).unwrap().new, "ed25519-2");
    let known = Known { thumbprints: first.history.thumbprints(), ..Known::default() };
    let again = keeper().open(web, &known).unwrap();
    assert!(again.created.is_empty());
    assert!(!again.ed25519.public_key().is(first.ed25519.public_key()));
    checked(again.ed25519.as_ref(), b"x");
    assert!(again.p256.unwrap().public_key().is(first.p256.unwrap().public_key()));
    // Another key under the same label is not the one that was published.
    let replaced = token.with_session(|session| {
        for class in [ObjectClass::PRIVATE_KEY, ObjectClass::PUBLIC_KEY] {
            session.destroy_object(one_object(session, "ed25519-2", class)?.unwrap())?;
        }
        Ok(())
    });
    assert!(replaced.is_ok());
    assert_eq!(keeper().open(web, &known).err().unwrap().code, Code::DataFileMissing);
    token.generate("ed25519-2", KeyKind::Ed25519).unwrap();
    assert_eq!(keeper().open(web, &known).err().unwrap().code, Code::KeyFileUnusable);
    assert!(KeyHistory::read(directory.path()).unwrap().is_some());
    assert!(!directory.path().join("ed25519.pem").exists());
}
