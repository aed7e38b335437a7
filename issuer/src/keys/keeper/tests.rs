#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::os::unix::fs::PermissionsExt as _;

use badge_verifier::securing::SigningRequest;
use pkcs8::der::SecretDocument;

use super::super::file::Encryption;
use super::*;
use crate::passphrase::Passphrase;

fn passphrase(text: &str) -> Passphrase {
    Passphrase::new(text.into(), "test").unwrap()
}

fn sealing(passphrase: Passphrase) -> Sealing {
    Sealing { passphrase, encryption: Encryption::Pkcs8 }
}

fn keeper(directory: &Path, passphrase: Option<&Passphrase>) -> KeyKeeper {
    KeyKeeper::new(directory, Holding::Files(passphrase.cloned().map(sealing))).unwrap()
}

fn open(directory: &Path, passphrase: Option<&Passphrase>, wanted: Wanted) -> Result<KeyRing, Problem> {
    keeper(directory, passphrase).open(wanted, &Known::default())
}

fn code<T>(result: Result<T, Problem>) -> Code {
    result.err().unwrap().code
}

fn at(text: &str) -> DateTimeStamp {
    DateTimeStamp::parse(text).unwrap()
}

fn now() -> Timestamp {
    "2026-11-22T10:00:00.25Z".parse().unwrap()
}

const WEB: Wanted = Wanted { p256: true, rsa: false };

#[test]
fn keys_are_made_once_and_read_again() {
    let directory = tempfile::tempdir().unwrap();
    let wanted = Wanted { p256: true, rsa: true };
    let first = open(directory.path(), None, wanted).unwrap();
    assert_eq!(first.created.len(), 3);
    let again = open(directory.path(), None, Wanted::default()).unwrap();
    assert!(again.created.is_empty());
    let pairs = [
        (&first.ed25519, &again.ed25519),
        (first.p256.as_ref().unwrap(), again.p256.as_ref().unwrap()),
        (first.rsa.as_ref().unwrap(), again.rsa.as_ref().unwrap()),
    ];
    for (first, again) in pairs {
        assert!(first.public_key() == again.public_key());
        let signature = again.sign(SigningRequest::Bytes("é".as_bytes())).unwrap();
        let key = first.public_key();
        key.verify(key.algorithm(), "é".as_bytes(), &signature).unwrap();
        assert!(key.verify(key.algorithm(), b"e", &signature).is_err());
    }
    // Version 1 (RFC 5208), which every tool reads: SEQUENCE, then INTEGER 0.
    let text = std::fs::read_to_string(directory.path().join("ed25519.pem")).unwrap();
    let (_, document) = SecretDocument::from_pem(&text).unwrap();
    assert_eq!(document.as_bytes().get(2..5), Some(&[2, 1, 0][..]));
    for file in std::fs::read_dir(directory.path()).unwrap() {
        assert_eq!(file.unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn an_encrypted_key_needs_its_passphrase_and_is_never_replaced() {
    let directory = tempfile::tempdir().unwrap();
    let first = open(directory.path(), Some(&passphrase("été")), Wanted::default()).unwrap();
    assert_eq!(first.protection, Protection::Encrypted);
    let file = directory.path().join("ed25519.pem");
    let bytes = std::fs::read(&file).unwrap();
    assert!(bytes.starts_with(b"-----BEGIN ENCRYPTED PRIVATE KEY-----"));
    let code = |result: Result<KeyRing, Problem>| result.err().unwrap().code;
    assert_eq!(code(open(directory.path(), None, Wanted::default())), Code::PassphraseRequired);
    assert_eq!(
        code(open(directory.path(), Some(&passphrase("ete")), Wanted::default())),
        Code::KeyFileUnusable
    );
    std::fs::write(&file, "rubbish").unwrap();
    assert_eq!(code(open(directory.path(), None, Wanted::default())), Code::KeyFileUnusable);
    assert_eq!(std::fs::read(&file).unwrap(), b"rubbish", "left alone");
    std::fs::write(&file, bytes).unwrap();
    let again = open(directory.path(), Some(&passphrase("été")), Wanted::default()).unwrap();
    assert!(first.ed25519.public_key() == again.ed25519.public_key());
}

#[test]
fn a_plain_key_is_encrypted_once_there_is_a_passphrase() {
    let directory = tempfile::tempdir().unwrap();
    let plain = open(directory.path(), None, Wanted::default()).unwrap();
    assert_eq!(plain.protection, Protection::Plain);
    let now = open(directory.path(), Some(&passphrase("été")), Wanted::default()).unwrap();
    assert!(plain.ed25519.public_key() == now.ed25519.public_key());
    assert_eq!((plain.encrypted.len(), now.encrypted.len()), (0, 1));
    let text = std::fs::read_to_string(directory.path().join("ed25519.pem")).unwrap();
    assert!(text.contains("ENCRYPTED"));
    assert!(open(directory.path(), None, Wanted::default()).is_err());
}

#[test]
fn a_rotation_leaves_the_old_key_and_signs_with_the_new() {
    let directory = tempfile::tempdir().unwrap();
    let secret = passphrase("été");
    let first = open(directory.path(), Some(&secret), WEB).unwrap();
    let rotated = keeper(directory.path(), Some(&secret)).rotate(KeyKind::Ed25519, now()).unwrap();
    assert_eq!(rotated, Rotated { old: "ed25519.pem".into(), new: "ed25519-2.pem".into() });
    let known = Known { thumbprints: first.history.thumbprints(), ..Known::default() };
    let second = keeper(directory.path(), Some(&secret)).open(WEB, &known).unwrap();
    assert!(!second.ed25519.public_key().is(first.ed25519.public_key()));
    assert!(second.p256.unwrap().public_key().is(first.p256.unwrap().public_key()));
    let old = second.history.named("ed25519.pem").unwrap();
    assert_eq!(old.state, KeyState::Retired { since: at("2026-11-22T10:00:01Z") });
    assert!(second.created.is_empty());
    let text = std::fs::read_to_string(directory.path().join("ed25519-2.pem")).unwrap();
    assert!(text.contains("ENCRYPTED"));
}

#[test]
fn a_rotation_needs_the_passphrase_and_changes_nothing_without_it() {
    let directory = tempfile::tempdir().unwrap();
    open(directory.path(), Some(&passphrase("été")), WEB).unwrap();
    let before = KeyHistory::read(directory.path()).unwrap();
    assert_eq!(code(keeper(directory.path(), None).rotate(KeyKind::P256, now())), Code::PassphraseRequired);
    let wrong = passphrase("ete");
    let rotated = keeper(directory.path(), Some(&wrong)).rotate(KeyKind::P256, now());
    assert_eq!(code(rotated), Code::KeyFileUnusable);
    assert_eq!(KeyHistory::read(directory.path()).unwrap(), before);
    assert!(!directory.path().join("p256-2.pem").exists());
    assert_eq!(code(keeper(directory.path(), None).rotate(KeyKind::Rsa, now())), Code::NotFound);
}

#[test]
fn a_rotation_cut_short_leaves_the_old_key_in_force_and_its_own_remains_alone() {
    let directory = tempfile::tempdir().unwrap();
    let first = open(directory.path(), None, WEB).unwrap();
    // The new key was written, and the power went before the history was.
    let stray = directory.path().join("ed25519-2.pem");
    let der = KeyKind::Ed25519.generate().ok().unwrap();
    file::write(&stray, &der, None).unwrap();
    let bytes = std::fs::read(&stray).unwrap();
    let again = open(directory.path(), None, WEB).unwrap();
    assert!(again.ed25519.public_key().is(first.ed25519.public_key()));
    let rotated = keeper(directory.path(), None).rotate(KeyKind::Ed25519, now()).unwrap();
    assert_eq!(rotated.new, "ed25519-3.pem");
    assert_eq!(std::fs::read(&stray).unwrap(), bytes);
}

#[test]
fn a_first_start_cut_short_takes_up_the_keys_it_made() {
    let directory = tempfile::tempdir().unwrap();
    let first = open(directory.path(), None, WEB).unwrap();
    std::fs::remove_file(history::path(directory.path())).unwrap();
    let again = open(directory.path(), None, WEB).unwrap();
    assert!(again.created.is_empty());
    assert!(again.ed25519.public_key().is(first.ed25519.public_key()));
    assert_eq!(again.history, first.history);
}

#[test]
fn a_compromised_key_has_a_successor_and_its_time_only_moves_back() {
    let directory = tempfile::tempdir().unwrap();
    open(directory.path(), None, WEB).unwrap();
    let declare =
        |name: &str, since: &str| keeper(directory.path(), None).compromise(name, &at(since), now());
    assert_eq!(code(declare("ed25519.pem", "2026-11-22T10:00:01Z")), Code::OptionInvalid);
    assert_eq!(code(declare("ed25519-9.pem", "2026-11-20T00:00:00Z")), Code::NotFound);
    let new = declare("ed25519.pem", "2026-11-20T00:00:00Z").unwrap();
    assert_eq!(new.as_deref(), Some("ed25519-2.pem"));
    assert_eq!(code(declare("ed25519.pem", "2026-11-21T00:00:00Z")), Code::OptionInvalid);
    assert_eq!(declare("ed25519.pem", "2026-11-19T00:00:00Z").unwrap(), None);
    let history = KeyHistory::read(directory.path()).unwrap().unwrap();
    let state = &history.named("ed25519.pem").unwrap().state;
    assert!(matches!(state, KeyState::Compromised { since, .. } if *since == at("2026-11-19T00:00:00Z")));
    // What was retired can be compromised too, and gets no successor.
    keeper(directory.path(), None).rotate(KeyKind::P256, now()).unwrap();
    assert_eq!(declare("p256.pem", "2026-11-01T00:00:00Z").unwrap(), None);
}

#[test]
fn only_a_key_that_nobody_needs_is_retired_without_a_successor() {
    let directory = tempfile::tempdir().unwrap();
    open(directory.path(), None, Wanted { p256: true, rsa: true }).unwrap();
    let keeper = keeper(directory.path(), None);
    assert_eq!(code(keeper.retire("p256.pem", now())), Code::OptionInvalid);
    keeper.retire("rsa.pem", now()).unwrap();
    assert_eq!(code(keeper.retire("rsa.pem", now())), Code::OptionInvalid);
    let ring = keeper.open(WEB, &Known::default()).unwrap();
    assert!(ring.rsa.is_none());
    // Asked for again, it is a new one.
    let ring = keeper.open(Wanted { p256: true, rsa: true }, &Known::default()).unwrap();
    assert_eq!(ring.created, [directory.path().join("rsa-2.pem")]);
}

#[test]
fn a_key_that_was_published_is_not_lost_or_exchanged_in_silence() {
    let directory = tempfile::tempdir().unwrap();
    let first = open(directory.path(), None, WEB).unwrap();
    keeper(directory.path(), None).rotate(KeyKind::Ed25519, now()).unwrap();
    let ring = open(directory.path(), None, WEB).unwrap();
    let known = Known { thumbprints: ring.history.thumbprints(), ..Known::default() };
    let open = || keeper(directory.path(), None).open(WEB, &known);
    open().unwrap();
    // Another process has retired or declared compromised what this history lets sign, or trusts longer.
    let declared = || at("2026-11-22T10:00:00Z");
    let since = |text: &str| KeyState::Compromised { since: at(text), declared: declared() };
    for (name, state, stands) in [
        ("ed25519.pem", KeyState::Retired { since: declared() }, true),
        ("ed25519-2.pem", KeyState::Retired { since: declared() }, false),
        ("ed25519.pem", since("2026-11-01T00:00:00Z"), false),
    ] {
        let known = Known { states: [(name.to_owned(), state)].into(), ..known.clone() };
        let opened = keeper(directory.path(), None).open(WEB, &known);
        assert_eq!(
            opened.map(drop).map_err(|problem| problem.code),
            if stands { Ok(()) } else { Err(Code::KeyFileUnusable) },
            "{name}"
        );
    }
    assert!(since("2026-11-01T00:00:00Z").is_no_earlier_than(&since("2026-11-02T00:00:00Z")));
    assert!(!since("2026-11-02T00:00:00Z").is_no_earlier_than(&since("2026-11-01T00:00:00Z")));
    // An older history, restored from a backup, has forgotten a key.
    let newer = KeyHistory::read(directory.path()).unwrap().unwrap();
    first.history.write(directory.path()).unwrap();
    assert_eq!(code(open()), Code::KeyFileUnusable);
    newer.write(directory.path()).unwrap();
    let path = directory.path().join("ed25519-2.pem");
    let bytes = std::fs::read(&path).unwrap();
    file::write(&path, &KeyKind::Ed25519.generate().ok().unwrap(), None).unwrap();
    assert_eq!(code(open()), Code::KeyFileUnusable);
    std::fs::remove_file(&path).unwrap();
    assert_eq!(code(open()), Code::DataFileMissing);
    std::fs::write(&path, bytes).unwrap();
    open().unwrap();
    // Without the history nobody can tell which of the keys signs.
    std::fs::remove_file(history::path(directory.path())).unwrap();
    assert_eq!(code(open()), Code::DataFileMissing);
    assert_eq!(code(keeper(directory.path(), None).open(WEB, &Known::default())), Code::DataFileMissing);
    std::fs::remove_file(&path).unwrap();
    assert_eq!(code(open()), Code::DataFileMissing);
}

#[test]
fn one_process_at_a_time_changes_the_keys() {
    let directory = tempfile::tempdir().unwrap();
    let first = keeper(directory.path(), None);
    assert_eq!(code(KeyKeeper::new(directory.path(), Holding::Files(None))), Code::DataInUse);
    assert_eq!(code(KeyKeeper::sharing(directory.path(), Holding::Files(None))), Code::DataInUse);
    drop(first);
    // Those that only sign share them, and nobody changes them meanwhile.
    let services: Vec<KeyKeeper> =
        (0..2).map(|_| KeyKeeper::sharing(directory.path(), Holding::Files(None)).unwrap()).collect();
    let opened = services.iter().map(|keeper| keeper.open(WEB, &Known::default()).unwrap());
    let thumbprints: Vec<_> = opened.map(|ring| ring.history.thumbprints()).collect();
    assert_eq!(thumbprints[0], thumbprints[1]);
    assert_eq!(code(KeyKeeper::new(directory.path(), Holding::Files(None))), Code::DataInUse);
    drop(services);
    assert!(KeyKeeper::new(directory.path(), Holding::Files(None)).is_ok());
}
