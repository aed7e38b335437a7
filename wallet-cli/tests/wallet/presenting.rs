//! Presentations, judged by the verifier.

use crate::support::{Issuer, Said, Wallet};
use badge_verifier::report::{CheckId, Outcome};
use badge_verifier::{Expectations, Report, Snapshot, TrustPolicy, Verdict, verify};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

const OTHER: &str = "did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2";

fn judge(presentation: &str, challenge: &str, domain: &str, later: SignedDuration) -> Report {
    let expect = Expectations {
        challenge: Some(challenge.to_owned()),
        domain: Some(domain.to_owned()),
        ..Expectations::default()
    };
    let now = Timestamp::now().checked_add(later).unwrap();
    verify(presentation.as_bytes(), &expect, &TrustPolicy::default(), now, &Snapshot::default())
}

fn present(wallet: &Wallet, ids: &[&str]) -> Said {
    let mut args = vec!["present"];
    args.extend(ids);
    args.extend(["--challenge", "défi-7f3a", "--domain", "https://rh.example", "-o", "-"]);
    wallet.run(&args)
}

#[test]
fn json_jwt_and_baked_badges_are_presented_and_verify() {
    let (wallet, did) = Wallet::made();
    let issuer = Issuer::new(1);
    let draft = |n: usize| {
        let mut draft = issuer.draft(&did);
        draft["id"] = json!(format!("urn:uuid:00000000-0000-4000-8000-00000000000{n}"));
        draft
    };
    let signed = issuer.json(draft(0));
    let json = wallet.add("a.json", &signed);
    let jwt = wallet.add("b.jwt", issuer.jwt(draft(1)));
    let baked = badge_verifier::container::png::bake(
        include_bytes!("../../assets/badge.png"),
        &issuer.jwt(draft(2)),
        badge_verifier::container::Existing::Refuse,
    );
    let png = wallet.add("c.png", baked.unwrap());
    let said = present(&wallet, &[&json, &jwt, &png[..6], &json]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(!said.err.contains("warning"), "{}", said.err);

    let presentation: Value = serde_json::from_str(&said.out).unwrap();
    let badges = presentation["verifiableCredential"].as_array().unwrap();
    assert_eq!(badges.len(), 3, "named twice, presented once");
    assert_eq!(badges[0], serde_json::from_str::<Value>(&signed).unwrap(), "the very object that was issued");
    assert_eq!(badges[1]["type"], "EnvelopedVerifiableCredential");
    assert_eq!(presentation["holder"], json!(did));
    assert_eq!(presentation["proof"]["proofPurpose"], "authentication");

    let report = judge(&said.out, "défi-7f3a", "https://rh.example", SignedDuration::ZERO);
    for id in
        [CheckId::Signature, CheckId::Conformance, CheckId::Challenge, CheckId::Domain, CheckId::Credentials]
    {
        assert_eq!(report.outcome(id), &Outcome::Pass, "{id:?}");
    }
    assert_eq!(report.verdict(), Verdict::Valid);
    assert_eq!(report.credentials().len(), 3);
    for inner in report.credentials() {
        assert_eq!(inner.outcome(CheckId::Presenter), &Outcome::Pass);
        assert_eq!(inner.verdict(), Verdict::Valid);
    }
}

#[test]
fn a_presentation_serves_one_challenge_one_verifier_and_for_a_time() {
    let (wallet, did) = Wallet::made();
    let id = wallet.add("a.json", Issuer::new(1).json(Issuer::new(1).draft(&did)));
    let said = present(&wallet, &[&id]);
    let code = |report: &Report, id| report.outcome(id).problem().map(|problem| problem.code.as_str());
    let replayed = judge(&said.out, "autre", "https://rh.example", SignedDuration::ZERO);
    assert_eq!(code(&replayed, CheckId::Challenge), Some("CHALLENGE_MISMATCH"));
    let elsewhere = judge(&said.out, "défi-7f3a", "https://evil.example", SignedDuration::ZERO);
    assert_eq!(code(&elsewhere, CheckId::Domain), Some("DOMAIN_MISMATCH"));
    let late = judge(&said.out, "défi-7f3a", "https://rh.example", SignedDuration::from_hours(1));
    assert_eq!(code(&late, CheckId::Validity), Some("PROOF_EXPIRED"), "ten minutes, unless said otherwise");
    assert!([replayed, elsewhere, late].iter().all(|report| report.verdict() == Verdict::Invalid));

    let long =
        wallet.ok(&["present", &id, "--challenge", "c", "--domain", "d", "--expires", "2h", "-o", "-"]);
    assert_eq!(judge(&long, "c", "d", SignedDuration::from_hours(1)).verdict(), Verdict::Valid);
}

#[test]
fn a_stolen_badge_is_presented_with_a_warning_and_refused() {
    let (wallet, _) = Wallet::made();
    for (name, text) in [
        ("s.json", Issuer::new(1).json(Issuer::new(1).draft(OTHER))),
        ("s.jwt", Issuer::new(2).jwt(Issuer::new(2).draft(OTHER))),
    ] {
        let id = wallet.add(name, text);
        let said = present(&wallet, &[&id]);
        assert!(said.code == 0 && said.err.contains("PRESENTER_NOT_SUBJECT"), "{}", said.err);
        let report = judge(&said.out, "défi-7f3a", "https://rh.example", SignedDuration::ZERO);
        assert!(matches!(report.credentials()[0].outcome(CheckId::Presenter), Outcome::Fail(_)));
        assert_eq!(report.verdict(), Verdict::Invalid);
    }
}

#[test]
fn a_changed_presentation_is_not_valid() {
    let (wallet, did) = Wallet::made();
    let id = wallet.add("a.json", Issuer::new(1).json(Issuer::new(1).draft(&did)));
    let said = present(&wallet, &[&id]);
    for (from, to) in [
        ("défi-7f3a", "défi-7f3b"),
        ("Tailleur de pierre", "Maître tailleur"),
        ("https://rh.example", "https://rj.example"),
    ] {
        let changed = said.out.replace(from, to);
        assert_ne!(changed, said.out);
        let expect = |text: &str| if changed.contains(text) { text.to_owned() } else { to.to_owned() };
        let report =
            judge(&changed, &expect("défi-7f3a"), &expect("https://rh.example"), SignedDuration::ZERO);
        assert_eq!(report.verdict(), Verdict::Invalid, "{from}");
    }
}

#[test]
fn what_was_slipped_into_the_wallet_is_not_presented_as_sound() {
    let (wallet, did) = Wallet::made();
    let issuer = Issuer::new(1);
    wallet.add("a.json", issuer.json(issuer.draft(&did)));
    // Past `add`, straight into the directory, under the right name for its bytes.
    let slip = |text: &str| {
        let id = badge_verifier::snapshot::sha256_hex(text.as_bytes())[..16].to_owned();
        std::fs::write(wallet.dir().join("credentials").join(format!("{id}.json")), text).unwrap();
        id
    };
    let forged = slip(&issuer.json(issuer.draft(&did)).replace("Taille la pierre", "Sculpte la pierre"));
    let out = wallet.beside("vp.json");
    let said =
        wallet.run(&["present", &forged, "--challenge", "c", "--domain", "d", "-o", out.to_str().unwrap()]);
    assert_eq!(said.code, 1, "{}", said.err);
    assert!(
        said.err.contains("PRESENTATION_UNSOUND") && said.err.contains("SIGNATURE_INVALID"),
        "{}",
        said.err
    );
    assert!(!out.exists());

    let mut draft = issuer.draft(&did);
    draft["validUntil"] = json!("2020-06-01T00:00:00Z");
    let expired = slip(&issuer.json(draft));
    let said = present(&wallet, &[&expired]);
    assert!(
        said.code == 0 && said.err.contains("EXPIRED"),
        "its holder may show it, and is told: {}",
        said.err
    );
    let report = judge(&said.out, "défi-7f3a", "https://rh.example", SignedDuration::ZERO);
    assert_eq!(report.verdict(), Verdict::Invalid);
}

#[test]
fn nothing_is_written_when_no_presentation_can_be_made() {
    let (wallet, did) = Wallet::made();
    let id = wallet.add("a.json", Issuer::new(1).json(Issuer::new(1).draft(&did)));
    let out = wallet.file("vp.json", "what was there");
    let mut wrong = wallet.command(&["present", &id, "--challenge", "c", "--domain", "d", "-o", &out]);
    let wrong = Said::of(&wrong.env("BADGE_WALLET_PASSPHRASE", "faux").output().unwrap());
    assert!(wrong.code == 2 && wrong.err.contains("PASSPHRASE_WRONG"), "{}", wrong.err);
    let unknown = wallet.run(&["present", &id, "ffff", "--challenge", "c", "--domain", "d", "-o", &out]);
    assert!(unknown.code == 2 && unknown.err.contains("BADGE_NOT_FOUND"), "{}", unknown.err);
    assert_eq!(std::fs::read_to_string(&out).unwrap(), "what was there");
    wallet.ok(&["present", &id, "--challenge", "c", "--domain", "d", "-o", &out]);
    let written = std::fs::read_to_string(&out).unwrap();
    assert_eq!(judge(&written, "c", "d", SignedDuration::ZERO).verdict(), Verdict::Valid);
    let nowhere =
        wallet.run(&["present", &id, "--challenge", "c", "--domain", "d", "-o", "/nowhere/vp.json"]);
    assert!(nowhere.code == 2 && nowhere.err.contains("FILE_UNWRITABLE"), "{}", nowhere.err);
}

#[test]
fn the_private_key_goes_nowhere() {
    let (wallet, did) = Wallet::made();
    let id = wallet.add("a.json", Issuer::new(1).json(Issuer::new(1).draft(&did)));
    let said = present(&wallet, &[&id]);
    let shown = wallet.ok(&["show", &id, "--json"]);
    for text in [&said.out, &said.err, &shown] {
        assert!(!text.contains("PRIVATE KEY") && !text.contains(crate::support::PASSPHRASE));
    }
}
