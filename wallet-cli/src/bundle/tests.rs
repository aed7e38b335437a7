//! Bundles that must open, and everything that must not.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use badge_schemas::achievement::Alignment;
use badge_schemas::controller::Relationship;
use badge_schemas::evaluation::{
    Answer, ConflictOfInterest, Evaluator, EvidenceCommitment, Mandate, Record, RecordHead, Response,
    SkillLevel, SoughtSkill, Withdrawal,
};
use badge_schemas::profile::ProfileRef;
use badge_schemas::timestamp::DateTimeStamp;
use badge_verifier::evaluation::{digest, thread};
use badge_verifier::securing::keys::PublicKey;
use badge_verifier::securing::{Cryptosuite, Mechanism, ProofOptions, SigningRequest, prepare};
use serde_json::{Value, json};

use super::make::encrypt;
use super::*;
use crate::holder::OpenHolder;

const PHOTO: &[u8] = b"a photograph of a weld";
const FILM: &[u8] = b"a film of it";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    at("2026-11-10T10:00:00Z")
}

fn end() -> Timestamp {
    at("2026-11-20T10:00:00Z")
}

fn candidate() -> OpenHolder {
    OpenHolder::of(1)
}

fn evaluator() -> OpenHolder {
    OpenHolder::of(2)
}

fn stranger() -> OpenHolder {
    OpenHolder::of(3)
}

fn seal(record: Value, by: &OpenHolder) -> Value {
    let options = ProofOptions::new(
        by.verification_method(),
        PublicKey::from_multikey(by.public()).unwrap(),
        Relationship::AssertionMethod,
        at("2026-11-01T00:00:00Z"),
    );
    let prepared = prepare(record, Mechanism::DataIntegrity(Cryptosuite::EddsaRdfc2022), &options).unwrap();
    let SigningRequest::Bytes(bytes) = prepared.request();
    let signature = by.sign(bytes);
    serde_json::from_str(prepared.seal(&signature).unwrap().as_str()).unwrap()
}

fn head(number: u8, by: &OpenHolder) -> RecordHead {
    RecordHead {
        id: format!("urn:uuid:5b6f1c1e-6a0f-4f0e-9a53-0c2f5d7a4b{number:02x}"),
        name: "Évaluation".to_owned(),
        issuer: ProfileRef::Uri(by.did()),
        valid_from: DateTimeStamp::parse("2026-11-01T00:00:00Z").unwrap(),
        valid_until: Some(DateTimeStamp::parse("2026-11-30T00:00:00Z").unwrap()),
    }
}

/// A mandate of `by` to `to`, with a photograph and a film.
fn mandate(by: &OpenHolder, to: Evaluator) -> Value {
    let skill: Alignment = serde_json::from_value(
        json!({"type": ["Alignment"], "targetName": "soudage", "targetUrl": "https://example.org/skill/1"}),
    )
    .unwrap();
    let sought = vec![SoughtSkill::new(skill, SkillLevel::new("DigComp 2.2", "5"))];
    let mut mandate = Mandate::new(to, sought, ConflictOfInterest::none());
    mandate.claim = Some("Dix ans de chaudronnerie.".to_owned());
    mandate.offered_evidence = vec![
        EvidenceCommitment::new("../cordon.jpg", None, digest::of_bytes(PHOTO)),
        EvidenceCommitment::new("film.mp4", None, digest::of_bytes(FILM)),
    ];
    seal(mandate.to_credential(&head(1, by)).unwrap(), by)
}

fn thread_of(records: &[Value]) -> Vec<u8> {
    thread::thread(records).to_string().into_bytes()
}

fn asked() -> Vec<u8> {
    thread_of(&[mandate(&candidate(), Evaluator::Did(evaluator().did()))])
}

fn evidence(bytes: &[u8]) -> Evidence {
    Evidence { name: "mine.jpg".to_owned(), bytes: bytes.to_vec() }
}

fn request(thread: &[u8], evidence: Vec<Evidence>) -> Request<'_> {
    Request { thread, evidence, expires: end(), now: now() }
}

fn bundle() -> Vec<u8> {
    make(&request(&asked(), vec![evidence(PHOTO)]), &candidate()).unwrap().0
}

fn code(bundle: &[u8], holder: &OpenHolder) -> Code {
    open(bundle, holder, now()).unwrap_err().code
}

/// A bundle whose maker keeps to no rule.
fn forge(by: &OpenHolder, recipient: &str, thread: &[u8], listed: (&str, &[u8]), data: &[u8]) -> Vec<u8> {
    let header = Header { recipient: recipient.to_owned(), expires: end().to_string() };
    let listed =
        Listed { name: listed.0.to_owned(), digest_multibase: digest::of_bytes(listed.1), size: data.len() };
    let thread = String::from_utf8(thread.to_vec()).unwrap();
    encrypt(&header, &Manifest { thread, files: vec![listed] }, &[data], by).unwrap()
}

#[test]
fn the_evaluator_finds_what_the_candidate_put_in() {
    let thread = asked();
    let (bundle, recipient, expires, absent) =
        make(&request(&thread, vec![evidence(PHOTO)]), &candidate()).unwrap();
    assert_eq!((recipient, expires), (evaluator().did(), end()));
    let clear = String::from_utf8_lossy(&bundle);
    for hidden in [candidate().did().as_str(), "cordon", "chaudronnerie"] {
        assert!(!clear.contains(hidden), "{hidden} stands in the clear");
    }
    assert!(!bundle.windows(PHOTO.len()).any(|window| window == PHOTO));
    let opened = open(&bundle, &evaluator(), now()).unwrap();
    assert_eq!(opened.thread, thread, "byte for byte");
    assert_eq!(absent, opened.absent);
    assert_eq!((opened.candidate, opened.expires), (candidate().did(), end()));
    assert_eq!(
        opened.files,
        [File { name: "cordon.jpg".to_owned(), offered: "../cordon.jpg".to_owned(), bytes: PHOTO.to_vec() }]
    );
    assert_eq!(opened.absent, ["film.mp4"]);
    let again = make(&request(&thread, vec![evidence(PHOTO)]), &candidate()).unwrap().0;
    assert_ne!(again, bundle, "two bundles are never alike");
}

#[test]
fn a_bundle_for_somebody_else_is_refused_by_its_own_code() {
    assert_eq!(code(&bundle(), &stranger()), Code::BundleOfAnother);
    assert_eq!(code(&bundle(), &candidate()), Code::BundleOfAnother, "its maker cannot open it either");
    // Readdressed in the clear, it still does not open.
    let text = bundle();
    let (from, to) = (evaluator().did(), stranger().did());
    let at = text.windows(from.len()).position(|window| window == from.as_bytes()).unwrap();
    let mut readdressed = text;
    readdressed.splice(at..at + from.len(), to.bytes());
    assert_eq!(code(&readdressed, &stranger()), Code::BundleDamaged);
}

#[test]
fn a_bundle_has_an_end_that_nobody_can_move() {
    let bundle = bundle();
    let just_before = end() - jiff::SignedDuration::from_nanos(1);
    assert!(open(&bundle, &evaluator(), just_before).is_ok());
    for late in [end(), at("2027-01-01T00:00:00Z")] {
        assert_eq!(open(&bundle, &evaluator(), late).unwrap_err().code, Code::BundleExpired);
    }
    let text = String::from_utf8_lossy(&bundle).find("2026-11-20").unwrap();
    let mut prolonged = bundle;
    prolonged.splice(text..text + 10, *b"2036-11-20");
    assert_eq!(code(&prolonged, &evaluator()), Code::BundleDamaged);
}

#[test]
fn a_bundle_ends_with_its_mandate_at_the_latest() {
    let thread = asked();
    let late = Request { expires: at("2027-06-01T00:00:00Z"), ..request(&thread, Vec::new()) };
    assert_eq!(make(&late, &candidate()).unwrap().2, at("2026-11-30T00:00:00Z"));
    let over = Request { expires: now(), ..request(&thread, Vec::new()) };
    assert_eq!(make(&over, &candidate()).unwrap_err().code, Code::BundleExpired);
}

#[test]
fn no_byte_can_be_changed_left_out_or_added() {
    let bundle = bundle();
    let me = evaluator();
    for index in 0..bundle.len() {
        let mut changed = bundle.clone();
        changed[index] ^= 1;
        assert!(open(&changed, &me, now()).is_err(), "byte {index} was changed unnoticed");
    }
    for length in (0..bundle.len()).step_by(7) {
        assert!(open(&bundle[..length], &me, now()).is_err(), "cut to {length} bytes");
    }
    let longer = [bundle.as_slice(), b"x"].concat();
    assert_eq!(code(&longer, &me), Code::BundleDamaged);
    for nonsense in
        [&b""[..], b"{}", b"skills-badge evaluation bundle v2\n", BUNDLE_LINE.as_bytes(), &[0xff; 200]]
    {
        assert_eq!(code(nonsense, &me), Code::BundleMalformed);
    }
}

#[test]
fn evidence_that_is_not_what_the_mandate_commits_to_is_refused() {
    let thread = asked();
    let refused = make(&request(&thread, vec![evidence(b"another photograph")]), &candidate()).unwrap_err();
    assert_eq!((refused.code, refused.value("name")), (Code::EvidenceNotOffered, Some("mine.jpg")));
    // And where the candidate's program does not ask, the evaluator's does.
    let (me, to) = (candidate(), evaluator().did());
    for (listed, data, why) in [
        (
            ("../cordon.jpg", PHOTO),
            &b"another photograph"[..],
            "other bytes under a digest that was committed to",
        ),
        (
            ("../cordon.jpg", b"another photograph"),
            b"another photograph",
            "a digest that was not committed to",
        ),
        (("film.mp4", PHOTO), PHOTO, "one piece of evidence under the name of another"),
    ] {
        let forged = forge(&me, &to, &thread, listed, data);
        assert_eq!(code(&forged, &evaluator()), Code::EvidenceChanged, "{why}");
    }
}

#[test]
fn only_the_candidate_makes_a_bundle_of_a_mandate() {
    let thread = asked();
    let theirs = make(&request(&thread, Vec::new()), &stranger()).unwrap_err();
    assert_eq!(theirs.code, Code::BundleMandateUnfit);
    let forged = forge(&stranger(), &evaluator().did(), &thread, ("../cordon.jpg", PHOTO), PHOTO);
    assert_eq!(code(&forged, &evaluator()), Code::BundleNotByCandidate);
}

#[test]
fn what_one_evaluator_was_given_cannot_be_passed_on_as_made_for_another() {
    let bundle = bundle();
    let header_len = bundle.iter().enumerate().filter(|(_, byte)| **byte == b'\n').nth(1).unwrap().0 + 1;
    let (text, rest) = bundle.split_at(header_len);
    let (encapsulated, sealed) = rest.split_at(agreement::ENCAPSULATED_LEN);
    let content = agreement::unseal(&evaluator(), text, encapsulated, sealed).unwrap();
    let elsewhere = Header { recipient: stranger().did(), expires: end().to_string() }.text();
    let passed_on = agreement::seal(&stranger().did(), &elsewhere, |_| content.clone()).unwrap();
    assert_eq!(code(&[elsewhere, passed_on].concat(), &stranger()), Code::BundleNotByCandidate);
    // Nor can it be encrypted again to the same evaluator, with the same lines.
    let again = agreement::seal(&evaluator().did(), text, |_| content.clone()).unwrap();
    assert_eq!(code(&[text, &again].concat(), &evaluator()), Code::BundleNotByCandidate);
}

#[test]
fn a_bundle_goes_to_the_evaluator_of_its_mandate() {
    let forged = forge(&candidate(), &stranger().did(), &asked(), ("../cordon.jpg", PHOTO), PHOTO);
    assert_eq!(code(&forged, &stranger()), Code::BundleMandateUnfit);
    let elsewhere = thread_of(&[mandate(&candidate(), Evaluator::Did("did:web:expert.example".to_owned()))]);
    let refused = make(&request(&elsewhere, Vec::new()), &candidate()).unwrap_err();
    assert_eq!(refused.code, Code::BundleKeyUnsuitable);
    assert_eq!(
        code(&forge(&candidate(), &evaluator().did(), b"{}", ("x", b""), b""), &evaluator()),
        Code::NotAThread
    );
}

#[test]
fn an_evaluator_asked_by_e_mail_is_known_once_they_answered() {
    let hash = badge_verifier::checks::recipient::hash("eve@atelier.example", "sel");
    let identity = json!({"type": "IdentityObject", "hashed": true, "identityHash": format!("sha256${hash}"),
        "identityType": "emailAddress", "salt": "sel"});
    let asked = mandate(&candidate(), Evaluator::Identity(serde_json::from_value(identity).unwrap()));
    let unanswered = thread_of(std::slice::from_ref(&asked));
    let refused = make(&request(&unanswered, Vec::new()), &candidate()).unwrap_err();
    assert_eq!(refused.code, Code::BundleMandateUnfit);
    let digest = digest::of_record(&asked).unwrap();
    let mut response = Response::new(asked["id"].as_str().unwrap(), digest, Answer::Accepted);
    response.conflict_of_interest = Some(ConflictOfInterest::none());
    response.evaluator_email = Some("eve@atelier.example".to_owned());
    let accepted = seal(response.to_credential(&head(2, &evaluator())).unwrap(), &evaluator());
    let answered = thread_of(&[asked, accepted]);
    let (bundle, ..) = make(&request(&answered, vec![evidence(FILM)]), &candidate()).unwrap();
    assert_eq!(open(&bundle, &evaluator(), now()).unwrap().files[0].name, "film.mp4");
}

#[test]
fn nothing_is_bundled_for_a_mandate_that_was_taken_back() {
    let asked = mandate(&candidate(), Evaluator::Did(evaluator().did()));
    let own = digest::of_record(&asked).unwrap();
    let withdrawal = Withdrawal::new(own.clone(), own, badge_schemas::evaluation::Reason::NoLongerNeeded);
    let withdrawn = seal(withdrawal.to_credential(&head(2, &candidate())).unwrap(), &candidate());
    let thread = thread_of(&[asked, withdrawn]);
    assert_eq!(make(&request(&thread, Vec::new()), &candidate()).unwrap_err().code, Code::BundleMandateUnfit);
}

#[test]
fn a_bundle_that_lists_more_or_less_than_it_holds_is_refused() {
    let (me, to, thread) = (candidate(), evaluator().did(), asked());
    let listed =
        |size| Listed { name: "../cordon.jpg".to_owned(), digest_multibase: digest::of_bytes(PHOTO), size };
    let header = Header { recipient: to, expires: end().to_string() };
    let with = |files: Vec<Listed>, data: &[u8]| {
        let manifest = Manifest { thread: String::from_utf8(thread.clone()).unwrap(), files };
        code(&encrypt(&header, &manifest, &[data], &me).unwrap(), &evaluator())
    };
    assert_eq!(with(vec![listed(PHOTO.len() + 1)], PHOTO), Code::BundleMalformed);
    assert_eq!(with(vec![listed(usize::MAX)], PHOTO), Code::BundleMalformed);
    assert_eq!(with(vec![listed(PHOTO.len())], &[PHOTO, b"x"].concat()), Code::BundleMalformed);
    assert_eq!(with(Vec::new(), PHOTO), Code::BundleMalformed);
    let many = (0..=MAX_FILES).map(|_| listed(0)).collect();
    assert_eq!(with(many, b""), Code::BundleTooLarge);
}

#[test]
fn nobody_waits_for_what_is_too_large() {
    assert_eq!(code(&vec![0; MAX_BUNDLE_BYTES + 1], &evaluator()), Code::BundleTooLarge);
    let endless = [BUNDLE_LINE.as_bytes(), b"\n", &vec![b' '; 10_000]].concat();
    assert_eq!(code(&endless, &evaluator()), Code::BundleMalformed);
    let many = (0..=MAX_FILES).map(|_| evidence(PHOTO)).collect();
    let refused = make(&request(&asked(), many), &candidate()).unwrap_err();
    assert_eq!(refused.code, Code::BundleTooLarge);
}

#[test]
fn the_key_is_the_one_that_did_key_derives() {
    // The example of the did:key specification, §4.1: its `keyAgreement` is z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc.
    let did = "did:key:z6MkpTHR8VNsBxYAAWHut2Geadd9jSwuBV8xRoAnwWsdvktH";
    let expected =
        badge_schemas::multikey::Multikey::parse("z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc");
    assert!(expected.is_err(), "a multikey of agreement is none that signs");
    let multibase = [&[0xec, 0x01][..], &agreement::agreement_key(did).unwrap()].concat();
    assert_eq!(base58(&multibase), "6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc");
    // A point of small order is nobody's key.
    let weak = badge_schemas::multikey::Multikey::new(badge_schemas::multikey::KeyKind::Ed25519, [0; 32]);
    if let Ok(weak) = weak {
        let did = badge_schemas::did::did_key(&weak);
        assert_eq!(agreement::agreement_key(&did).unwrap_err().code, Code::BundleKeyUnsuitable);
    }
}

/// Base58 as Bitcoin has it, for one comparison.
fn base58(bytes: &[u8]) -> String {
    const ALPHABET: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    let mut digits: Vec<usize> = Vec::new();
    for byte in bytes {
        let mut carry = usize::from(*byte);
        for digit in &mut digits {
            carry += *digit << 8;
            *digit = carry % 58;
            carry /= 58;
        }
        while carry > 0 {
            digits.push(carry % 58);
            carry /= 58;
        }
    }
    digits.iter().rev().map(|digit| char::from(ALPHABET[*digit])).collect()
}

#[test]
fn an_opened_bundle_lands_whole_and_overwrites_nothing() {
    let home = tempfile::tempdir().unwrap();
    let opened = open(&bundle(), &evaluator(), now()).unwrap();
    let folder = home.path().join("dossier");
    let thread = write(&opened, &folder).unwrap();
    assert_eq!(std::fs::read(thread).unwrap(), opened.thread);
    assert_eq!(std::fs::read(folder.join("cordon.jpg")).unwrap(), PHOTO);
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 1, "nothing beside it");
    assert_eq!(write(&opened, &folder).unwrap_err().code, Code::FileExists);
    let file = home.path().join("file");
    std::fs::write(&file, b"mine").unwrap();
    assert_eq!(write(&opened, &file).unwrap_err().code, Code::FileExists);
    assert_eq!(std::fs::read(&file).unwrap(), b"mine");
    // A name that cannot be written leaves nothing behind.
    let broken = Opened {
        files: vec![File { name: "a/b/c".to_owned(), offered: String::new(), bytes: Vec::new() }],
        ..opened
    };
    assert!(write(&broken, &home.path().join("other")).is_err());
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 2);
}
