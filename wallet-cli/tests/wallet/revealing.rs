//! Badges that are shown in part.

use badge_schemas::controller::Relationship;
use badge_schemas::did::{did_key, did_key_method};
use badge_schemas::multikey::{KeyKind, Multikey};
use badge_verifier::report::CheckId;
use badge_verifier::securing::bbs;
use badge_verifier::securing::disclosure::{HmacKey, Secrets};
use badge_verifier::securing::keys::PublicKey;
use badge_verifier::securing::{ProofOptions, SigningRequest, prepare_base, prepare_bbs_base};
use badge_verifier::{Expectations, Report, Snapshot, TrustPolicy, Verdict, verify};
use jiff::Timestamp;
use p256::ecdsa::signature::Signer as _;
use serde_json::{Value, json};

use crate::support::{Issuer, Said, Wallet};

const MANDATORY: [&str; 6] = [
    "/issuer",
    "/validFrom",
    "/credentialSubject/id",
    "/credentialSubject/achievement/name",
    "/credentialSubject/achievement/description",
    "/credentialSubject/achievement/criteria",
];

/// The draft of a badge for this subject by the holder of a key, and how it is signed.
fn unsigned(subject: &str, public: &Multikey) -> (Value, ProofOptions) {
    let mut draft = Issuer::new(1).draft(subject);
    draft["issuer"]["id"] = json!(did_key(public));
    draft["credentialSubject"]["narrative"] = json!("Première de sa promotion.");
    let options = ProofOptions::new(
        did_key_method(public),
        PublicKey::from_multikey(public).unwrap(),
        Relationship::AssertionMethod,
        "2020-01-01T00:00:00Z".parse().unwrap(),
    );
    (draft, options)
}

/// A badge for this subject with a base proof of `bbs-2023`.
fn bbs_base(subject: &str) -> String {
    let key = bbs::SecretKey::from_randomness([9; 32]).unwrap();
    let public = Multikey::new(KeyKind::Bls12381G2, key.public_key().bytes().to_vec()).unwrap();
    let (draft, options) = unsigned(subject, &public);
    let mandatory = MANDATORY.map(str::to_owned);
    let prepared = prepare_bbs_base(&draft, &options, &mandatory, &HmacKey::new([3; 32])).unwrap();
    let signature = key.sign(prepared.header(), prepared.messages()).unwrap();
    // The bit that tells a point from its opposite: another point, whatever the signature is.
    let mut opposite = signature;
    opposite[0] ^= 0x20;
    assert!(prepared.clone().seal(&opposite).is_err(), "nothing unsound is sealed");
    prepared.seal(&signature).unwrap().as_str().to_owned()
}

/// A badge for this subject with a base proof of `ecdsa-sd-2023`.
fn base(subject: &str) -> String {
    let key = p256::ecdsa::SigningKey::from_slice(&[9; 32]).unwrap();
    let point = key.verifying_key().to_sec1_point(true);
    let public = Multikey::new(KeyKind::P256, point.as_bytes()).unwrap();
    let (draft, options) = unsigned(subject, &public);
    let secrets = Secrets::from_randomness([3; 32], [4; 32]);
    let prepared = prepare_base(&draft, &options, &MANDATORY.map(str::to_owned), &secrets).unwrap();
    let SigningRequest::Bytes(message) = prepared.request();
    let signature: p256::ecdsa::Signature = key.sign(message);
    prepared.seal(&signature.to_bytes()).unwrap().as_str().to_owned()
}

fn present(wallet: &Wallet, ids: &[&str], reveal: &[&str]) -> Said {
    let mut args = vec!["present"];
    args.extend(ids);
    args.extend(["--challenge", "c", "--domain", "rh.example", "-o", "-"]);
    for pointer in reveal {
        args.extend(["--reveal", pointer]);
    }
    wallet.run(&args)
}

fn judge(presentation: &str) -> Report {
    let expect = Expectations {
        challenge: Some("c".to_owned()),
        domain: Some("rh.example".to_owned()),
        ..Expectations::default()
    };
    verify(presentation.as_bytes(), &expect, &TrustPolicy::default(), Timestamp::now(), &Snapshot::default())
}

#[test]
fn the_holder_chooses_what_is_shown() {
    for make in [base, bbs_base] {
        the_holder_chooses(make);
    }
}

fn the_holder_chooses(make: fn(&str) -> String) {
    let (wallet, did) = Wallet::made();
    let id = wallet.add("base.json", make(&did));
    let listed = wallet.list();
    assert_eq!(listed[0]["lastCheck"]["verdict"], "valid", "a base proof is in its place in a wallet");
    assert_eq!(listed[0]["mandatoryPointers"], json!(MANDATORY));
    assert!(wallet.ok(&["list"]).contains("ecdsa-sd"));
    for format in ["png", "svg"] {
        // No verifier would accept what is in it.
        let image = wallet.run(&["export", &id, "--format", format, "-o", "-"]);
        assert_eq!((image.code, image.out.as_str()), (2, ""), "{}", image.err);
        assert!(image.err.contains("--format original"), "{}", image.err);
    }
    let shown = wallet.ok(&["show", &id]);
    assert!(
        shown.contains("Always shown") && shown.contains("/credentialSubject/achievement/criteria"),
        "{shown}"
    );

    for (reveal, narrative, alignment) in [
        (&[][..], false, false),
        (&["/credentialSubject/narrative"], true, false),
        (&["/credentialSubject/achievement/alignment", "/credentialSubject/narrative"], true, true),
    ] {
        let said = present(&wallet, &[&id], reveal);
        assert_eq!(said.code, 0, "{}", said.err);
        let presentation: Value = serde_json::from_str(&said.out).unwrap();
        let badge = &presentation["verifiableCredential"][0];
        assert_eq!(badge.pointer("/credentialSubject/narrative").is_some(), narrative);
        assert_eq!(badge.pointer("/credentialSubject/achievement/alignment").is_some(), alignment);
        assert!(badge.get("awardedDate").is_none());
        let report = judge(&said.out);
        assert_eq!(report.verdict(), Verdict::Valid, "{:?}", report.credentials());
        assert!(report.credentials()[0].outcome(CheckId::Presenter).passed());
    }
}

#[test]
fn a_slip_shows_nothing() {
    let (wallet, did) = Wallet::made();
    let id = wallet.add("base.json", base(&did));
    let mut plain = Issuer::new(1).draft(&did);
    plain["id"] = json!("urn:uuid:00000000-0000-4000-8000-000000000001");
    let plain = wallet.add("plain.json", Issuer::new(1).json(plain));
    let said = present(&wallet, &[&id], &["/credentialSubject/narative"]);
    assert!(said.code != 0 && said.out.is_empty() && said.err.contains("DISCLOSURE_POINTER"), "{}", said.err);
    let said = present(&wallet, &[&plain], &["/credentialSubject/narrative"]);
    assert!(said.code != 0 && said.out.is_empty() && said.err.contains("NO_BASE_PROOF"), "{}", said.err);
    let said = present(&wallet, &[&id, &plain], &["/credentialSubject/narrative"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(judge(&said.out).verdict(), Verdict::Valid);
}

#[test]
fn a_base_proof_that_was_tampered_with_is_not_kept() {
    for make in [base, bbs_base] {
        tampering_is_noticed(make);
    }
}

fn tampering_is_noticed(make: fn(&str) -> String) {
    let (wallet, did) = Wallet::made();
    let text = make(&did);
    for (name, changed) in [
        ("value.json", text.replace("Première", "Dernière")),
        ("mandatory.json", text.replace("Taille la pierre", "Casse la pierre")),
        (
            "options.json",
            text.replace(
                "2020-01-01T00:00:00Z\",\"verificationMethod",
                "2020-01-02T00:00:00Z\",\"verificationMethod",
            ),
        ),
    ] {
        assert_ne!(changed, text, "{name}");
        let said = wallet.run(&["add", "--offline", &wallet.file(name, changed)]);
        assert_eq!(said.code, 1, "{name}: {}", said.err);
        assert!(said.err.contains("SIGNATURE_INVALID"), "{name}: {}", said.err);
    }

    assert!(wallet.list().is_empty());
}
