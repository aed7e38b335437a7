#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt as _;

use badge_schemas::problem::{Code, Problem};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::file::{self, Encryption, Sealing};
use super::super::{Holding, KeyKeeper, KeyKind, Known, Wanted};
use super::*;

/// Made by `age -p -a` (age 1.1.1) of a PKCS#8 PEM made by OpenSSL, with the passphrase [`SAID`].
const MADE_BY_AGE: &str = "\
-----BEGIN AGE ENCRYPTED FILE-----
YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCBBbTVTVFd0UTlVWlp5aERl
ZGZJRGNBIDE4CnFJa0MwN1RQZktWblF5RGRmbzgzd0JYVUJ0Wk5wTmdBeUxzMzdZ
SVVzZzgKLS0tIEFkM3NGblFZbFpianF4aWxGUzZZdzMyanBST3hWdDFnVVJtZXV2
K3loNkkKgCpFoxofsCvbeO0mB7YjNlYagJuPzTIiljmzZ5zBXmYcWf5hEm0YOhzv
AoK64bu88074/EVPrBlB6m+L6Ga1LaUoPT9Ak4WFWQJx6SaijpYQWKVnzh3FJFJI
TEoEHizp6+92J1POkSnixTCRZE14eMx7T8+7/uMD6k8FvWCYM0THxf7ukg9GgwL9
0pwFQmEJ3s0haxA8jg==
-----END AGE ENCRYPTED FILE-----
";

/// Made by `age -a -r age1…` (age 1.1.1): encrypted to a key.
const TO_A_KEY: &str = "\
-----BEGIN AGE ENCRYPTED FILE-----
YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBJZW9NRGVITk04aHplTHdw
bGM0QlNRYjgzeTNaV25wTVhDcVdjSVBkd0RNCjltMHZQdTVPZUFDdmVmWHd6bGFD
MkdyMzkwdmZzUHA5QUVLam1mb1g5bEUKLS0tIEhrck9kZHYwVnZsaVZraU9rZ21p
ajlheFJwcGU0YTVhNCtZOVNWR1R5QzQKNjGazDjGAexylV392kwXAuHOAo1z2+nZ
txc9hVQ0onuK2vVdZMwKuf7UQAkwqHgqsTYe75xiurLfQKBn5BMQJRQOHkzHD8Xi
UXqH/rEVWQKibDlBHQGlxC/7FvxMWs6vFfCNZOzY9TgxopEZ7EEP9PHWz7VVx2JP
MddmG5T7XhIjrWX9wZttZHNz8zFfl7Reu8DjFMQBHA==
-----END AGE ENCRYPTED FILE-----
";

const SAID: &str = "une phrase d’été";

/// The public half of the key in [`MADE_BY_AGE`], by `openssl pkey -pubout`.
const PUBLIC: &str = "5L-LLPacvLaLYD5POyylVEvQ68Go73yjAggo9P6Pt70";

const TEXT: &[u8] = b"a text of some length, so that there is something to alter";

fn passphrase(text: &str) -> Passphrase {
    Passphrase::new(text.into(), "test").unwrap()
}

fn sealing(text: &str, encryption: Encryption) -> Sealing {
    Sealing { passphrase: passphrase(text), encryption }
}

/// The bytes in an armor.
fn bare(armored: &str) -> Vec<u8> {
    let lines: String = armored.lines().filter(|line| !line.starts_with('-')).collect();
    STANDARD.decode(lines).unwrap()
}

/// An armor around bytes.
fn armored(bytes: &[u8]) -> Vec<u8> {
    let mut text = format!("{BEGINNING}\n");
    for line in STANDARD.encode(bytes).as_bytes().chunks(64) {
        writeln!(text, "{}", std::str::from_utf8(line).unwrap()).unwrap();
    }
    text.push_str("-----END AGE ENCRYPTED FILE-----\n");
    text.into_bytes()
}

/// [`MADE_BY_AGE`] with another work factor in its header.
fn asking(factor: &str) -> Vec<u8> {
    let bytes = bare(MADE_BY_AGE);
    let place = bytes.windows(4).position(|part| part == b" 18\n").unwrap();
    armored(&[&bytes[..=place], factor.as_bytes(), &bytes[place + 3..]].concat())
}

#[test]
fn a_file_of_the_program_age_opens() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ed25519.pem");
    std::fs::write(&path, MADE_BY_AGE).unwrap();
    let read = file::read(&path, Some(&sealing(SAID, Encryption::Pkcs8))).unwrap().unwrap();
    assert!(!read.encrypted_now);
    let signer = KeyKind::Ed25519.signer(&read.der).unwrap();
    assert_eq!(signer.public_key().to_jwk().unwrap().x.as_deref(), Some(PUBLIC));
    let refused =
        |result: Result<_, Problem>| -> Problem { result.map(|_: Option<file::Read>| ()).unwrap_err() };
    let other = refused(file::read(&path, Some(&sealing("une autre", Encryption::Age))));
    assert_eq!(
        (other.code, other.value("reason")),
        (Code::KeyFileUnusable, Some("it does not open with this passphrase"))
    );
    assert_eq!(refused(file::read(&path, None)).code, Code::PassphraseRequired);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), MADE_BY_AGE, "left as it is");
    // The armor is taken off and put on again without a change.
    assert_eq!(armored(&bare(MADE_BY_AGE)), MADE_BY_AGE.as_bytes());
    assert_eq!(
        *open(&asking("18"), &passphrase(SAID)).unwrap(),
        *open(MADE_BY_AGE.as_bytes(), &passphrase(SAID)).unwrap()
    );
}

#[test]
fn a_file_decides_neither_the_memory_nor_the_kind_of_secret() {
    for (factor, expected) in [
        ("19", NotOpened::Work(19)),
        ("30", NotOpened::Work(30)),
        ("63", NotOpened::Work(63)),
        ("64", NotOpened::Work(64)),
        ("255", NotOpened::Work(255)),
        ("256", NotOpened::Damaged),
        ("0", NotOpened::Damaged),
        ("018", NotOpened::Damaged),
        ("+18", NotOpened::Damaged),
        ("-1", NotOpened::Damaged),
        ("", NotOpened::Damaged),
        // The header is authenticated: less work gives another key.
        ("17", NotOpened::Passphrase),
    ] {
        assert_eq!(open(&asking(factor), &passphrase(SAID)), Err(expected), "{factor:?}");
    }
    assert_eq!(open(TO_A_KEY.as_bytes(), &passphrase(SAID)), Err(NotOpened::NoPassphrase));
    for nothing in ["", BEGINNING, "-----BEGIN AGE ENCRYPTED FILE-----\n-----END AGE ENCRYPTED FILE-----\n"] {
        assert_eq!(open(nothing.as_bytes(), &passphrase(SAID)), Err(NotOpened::Damaged), "{nothing:?}");
    }
}

#[test]
fn what_was_cut_or_altered_does_not_open() {
    // With little work, because it is opened a thousand times.
    let sealed = seal_with(TEXT, &passphrase("p"), 1).unwrap();
    assert_eq!(*open(sealed.as_bytes(), &passphrase("p")).unwrap(), TEXT);
    assert_eq!(open(sealed.as_bytes(), &passphrase("q")), Err(NotOpened::Passphrase));
    let bytes = bare(&sealed);
    for index in 0..bytes.len() {
        let mut altered = bytes.clone();
        altered[index] ^= 1;
        // A digit of the work factor among them: more than is done, or other work.
        assert!(open(&armored(&altered), &passphrase("p")).is_err(), "{index}");
        assert!(open(&armored(&bytes[..index]), &passphrase("p")).is_err(), "{index}");
    }
    assert!(open(&armored(&[&bytes[..], b"x"].concat()), &passphrase("p")).is_err());
    let whole = sealed.trim_end().len();
    for end in BEGINNING.len()..whole {
        assert!(open(&sealed.as_bytes()[..end], &passphrase("p")).is_err(), "{end}");
    }
    assert!(open(format!("{sealed}x").as_bytes(), &passphrase("p")).is_err());
}

#[test]
fn keys_are_made_read_and_encrypted_in_place_by_age() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ed25519.pem");
    let ring = |sealing: Option<Sealing>| {
        let keeper = KeyKeeper::new(directory.path(), Holding::Files(sealing)).unwrap();
        keeper.open(Wanted::default(), &Known::default())
    };
    // A plain key is encrypted in its place, in the form that was asked for.
    let plain = ring(None).unwrap();
    let made = ring(Some(sealing(SAID, Encryption::Age))).unwrap();
    assert_eq!(made.encrypted, std::slice::from_ref(&path));
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.starts_with(BEGINNING), "{text}");
    let header = String::from_utf8_lossy(&bare(&text)).into_owned();
    assert!(
        header.lines().nth(1).unwrap().ends_with(" 17"),
        "the work is the same on every machine: {header}"
    );
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    // What is in it is seen, not said.
    let again = ring(Some(sealing(SAID, Encryption::Pkcs8))).unwrap();
    assert!(again.encrypted.is_empty());
    for ring in [&made, &again] {
        assert!(ring.ed25519.public_key().is(plain.ed25519.public_key()));
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    assert_eq!(ring(None).err().unwrap().code, Code::PassphraseRequired);
    assert_eq!(ring(Some(sealing("other", Encryption::Age))).err().unwrap().code, Code::KeyFileUnusable);
    // A PEM inside that is encrypted itself, or no PEM at all, is no key.
    let other = directory.path().join("other.pem");
    let der = KeyKind::Ed25519.generate().ok().unwrap();
    file::write(&other, &der, Some(&sealing(SAID, Encryption::Pkcs8))).unwrap();
    let inner = std::fs::read_to_string(&other).unwrap();
    assert!(inner.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
    for inside in [inner.as_bytes(), b"no PEM", b"\xff"] {
        std::fs::write(&path, seal_with(inside, &passphrase(SAID), 1).unwrap()).unwrap();
        let refused = ring(Some(sealing(SAID, Encryption::Age))).err().unwrap();
        assert_eq!(refused.code, Code::KeyFileUnusable);
        assert!(refused.value("reason").unwrap().contains("not the PEM of a PKCS#8"), "{refused:?}");
    }
}
