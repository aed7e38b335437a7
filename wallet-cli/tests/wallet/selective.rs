//! Badges whose holder chooses what to show.

use badge_verifier::report::{CheckId, Outcome};
use badge_verifier::securing::sd_jwt::SdJwt;
use badge_verifier::securing::sd_jwt::profile::Profile;
use badge_verifier::{Expectations, Report, Snapshot, TrustPolicy, Verdict, verify};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::support::{Issuer, Said, Wallet};

const OTHER: &str = "did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2";
const NARRATIVE: &str = "/credentialSubject/narrative";
const RESULT: &str = "/credentialSubject/result";
const FIRST: &str = "/credentialSubject/result/0";

fn told(issuer: &Issuer, holder: &str) -> Value {
    let mut draft = issuer.draft(holder);
    draft["credentialSubject"]["narrative"] = "Reçu avec mention.".into();
    draft["credentialSubject"]["result"] = json!([{"type": ["Result"], "value": "17/20"}]);
    draft
}

fn present(wallet: &Wallet, ids: &[&str], more: &[&str]) -> Said {
    let mut args = vec!["present"];
    args.extend(ids);
    args.extend(["--challenge", "défi-7f3a", "--domain", "https://rh.example", "-o", "-"]);
    args.extend(more);
    wallet.run(&args)
}

fn judge(presentation: &str, challenge: &str) -> Report {
    let expect = Expectations {
        challenge: Some(challenge.to_owned()),
        domain: Some("https://rh.example".to_owned()),
        ..Expectations::default()
    };
    verify(presentation.as_bytes(), &expect, &TrustPolicy::default(), Timestamp::now(), &Snapshot::default())
}

#[test]
fn a_badge_is_presented_with_what_was_chosen_and_nothing_else() {
    for profile in [Profile::Credential, Profile::SdJwtVc] {
        let (wallet, did) = Wallet::made();
        let issuer = Issuer::new(1);
        let text = issuer.sd_jwt(profile, &told(&issuer, &did), &did, &[NARRATIVE, RESULT, FIRST]);
        let id = wallet.add("a.sd-jwt", &text);
        assert_eq!(wallet.list()[0]["id"], json!(id));
        let pointer = |pointer: &str| match profile {
            Profile::SdJwtVc => pointer.trim_start_matches("/credentialSubject").to_owned(),
            _ => pointer.to_owned(),
        };
        let shown: Value = serde_json::from_str(&wallet.ok(&["show", &id, "--json"])).unwrap();
        assert_eq!(shown["disclosable"], json!([pointer(NARRATIVE), pointer(RESULT), pointer(FIRST)]));

        for (chosen, visible) in [
            (vec![], vec![]),
            (vec!["--disclose-all"], vec![NARRATIVE, RESULT, FIRST]),
            (vec!["--disclose", NARRATIVE], vec![NARRATIVE]),
            (vec!["--disclose", FIRST], vec![RESULT, FIRST]),
        ] {
            let chosen: Vec<String> = chosen.into_iter().map(&pointer).collect();
            let chosen: Vec<&str> = chosen.iter().map(String::as_str).collect();
            let said = present(&wallet, &[&id], &chosen);
            assert_eq!(said.code, 0, "{}", said.err);
            let report = judge(&said.out, "défi-7f3a");
            assert_eq!(report.verdict(), Verdict::Valid, "{report:?}");
            assert_eq!(report.outcome(CheckId::Presenter), &Outcome::Pass);
            assert_eq!(judge(&said.out, "autre").verdict(), Verdict::Invalid);
            let presented = SdJwt::parse(said.out.trim()).unwrap();
            for all in [NARRATIVE, RESULT, FIRST] {
                let found = presented.claims().pointer(&pointer(all)).is_some();
                assert_eq!(found, visible.contains(&all), "{chosen:?} {all}");
            }
            for secret in ["Reçu avec mention", "17/20"] {
                let all: Vec<&str> = presented.disclosures().map(|(_, one)| one.as_str()).collect();
                assert!(!presented.issuer_signed().payload().value().to_string().contains(secret));
                assert!(visible.is_empty() == all.is_empty());
            }
        }
    }
}

#[test]
fn what_cannot_be_chosen_is_said() {
    let (wallet, did) = Wallet::made();
    let issuer = Issuer::new(1);
    let text = issuer.sd_jwt(Profile::Credential, &told(&issuer, &did), &did, &[NARRATIVE]);
    let id = wallet.add("a.sd-jwt", &text);
    let json = wallet.add("b.json", issuer.json(issuer.draft(&did)));
    for (ids, pointer, code) in [
        (vec![id.as_str()], "/credentialSubject/absent", "DISCLOSURE_REFUSED"),
        (vec![&id], "/issuer", "DISCLOSURE_REFUSED"),
        (vec![&json], NARRATIVE, "OPTION_INVALID"),
        (vec![&id, &json], NARRATIVE, "OPTION_INVALID"),
    ] {
        let said = present(&wallet, &ids, &["--disclose", pointer]);
        assert_eq!(said.code, 2, "{}", said.err);
        assert!(said.err.contains(pointer) || code == "OPTION_INVALID", "{}", said.err);
        assert_eq!(said.out, "");
    }
    let both = present(&wallet, &[&id], &["--disclose", NARRATIVE, "--disclose-all"]);
    assert_eq!(both.code, 2);
    let png = wallet.run(&["export", &id, "--format", "png", "-o", "-"]);
    assert_eq!(png.code, 2, "{}", png.err);
    let original = wallet.ok(&["export", &id, "--format", "original", "-o", "-"]);
    assert_eq!(original, text);
}

#[test]
fn several_badges_are_presented_together_each_with_what_may_be_seen() {
    let (wallet, did) = Wallet::made();
    let issuer = Issuer::new(1);
    let text = issuer.sd_jwt(Profile::Credential, &told(&issuer, &did), &did, &[NARRATIVE]);
    let first = wallet.add("a.sd-jwt", &text);
    let mut draft = issuer.draft(&did);
    draft["id"] = "urn:uuid:00000000-0000-4000-8000-000000000009".into();
    let second = wallet.add("b.json", issuer.json(draft));
    for (more, shown) in [(vec![], false), (vec!["--disclose-all"], true)] {
        let said = present(&wallet, &[&first, &second], &more);
        assert_eq!(said.code, 0, "{}", said.err);
        let report = judge(&said.out, "défi-7f3a");
        assert_eq!(report.verdict(), Verdict::Valid);
        let presentation: Value = serde_json::from_str(&said.out).unwrap();
        let envelope = presentation["verifiableCredential"][0]["id"].as_str().unwrap();
        let inside = SdJwt::parse(envelope.strip_prefix("data:application/vc+sd-jwt,").unwrap()).unwrap();
        assert_eq!(inside.claims().pointer(NARRATIVE).is_some(), shown);
    }
}

#[test]
fn somebody_elses_badge_is_kept_and_cannot_be_presented_and_a_presentation_is_not_kept() {
    let (wallet, did) = Wallet::made();
    let issuer = Issuer::new(1);
    let id = wallet.add("a.sd-jwt", issuer.sd_jwt(Profile::Credential, &told(&issuer, OTHER), OTHER, &[]));
    let said = present(&wallet, &[&id], &[]);
    assert_eq!(said.code, 2, "{}", said.err);
    assert!(said.err.contains("cnf"), "{}", said.err);

    let mine = wallet.add("b.sd-jwt", issuer.sd_jwt(Profile::SdJwtVc, &told(&issuer, &did), &did, &[]));
    let presented = present(&wallet, &[&mine], &[]).out;
    let path = wallet.file("presented.sd-jwt", presented);
    let said = wallet.run(&["add", "--offline", &path]);
    assert_ne!(said.code, 0, "{}", said.err);
}
