//! The holder's key, and the languages in which the program speaks.

use crate::support::{Issuer, PASSPHRASE, Said, Wallet};
use badge_schemas::did::Did;

#[test]
fn a_wallet_has_a_did_key_that_needs_no_passphrase_to_be_told() {
    let (wallet, did) = Wallet::made();
    assert!(matches!(Did::parse(&did), Ok(Did::Key(_))));
    let told = wallet.command(&["did"]).env_remove("BADGE_WALLET_PASSPHRASE").output().unwrap();
    assert_eq!(Said::of(&told).out.trim(), did);
    let (_, other) = Wallet::made();
    assert_ne!(did, other, "every wallet has a key of its own");
}

#[test]
fn the_key_is_encrypted_pkcs8_and_nobody_else_may_read_it() {
    let (wallet, did) = Wallet::made();
    let pem = std::fs::read_to_string(wallet.dir().join("holder.pem")).unwrap();
    assert!(pem.starts_with(&format!("{did}\n-----BEGIN ENCRYPTED PRIVATE KEY-----\n")), "{pem}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        wallet.add("b.json", Issuer::new(1).json(Issuer::new(1).draft(&did)));
        let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&wallet.dir()), 0o700);
        assert_eq!(mode(&wallet.dir().join("credentials")), 0o700);
        assert_eq!(mode(&wallet.dir().join("holder.pem")), 0o600);
        for entry in std::fs::read_dir(wallet.dir().join("credentials")).unwrap() {
            assert_eq!(mode(&entry.unwrap().path()), 0o600);
        }
    }
}

#[test]
fn a_wallet_is_never_overwritten() {
    let (wallet, did) = Wallet::made();
    let before = std::fs::read(wallet.dir().join("holder.pem")).unwrap();
    let said = wallet.run(&["init"]);
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert!(said.err.contains("WALLET_EXISTS"), "{}", said.err);
    assert_eq!(std::fs::read(wallet.dir().join("holder.pem")).unwrap(), before);
    assert_eq!(wallet.ok(&["did"]).trim(), did);
}

#[test]
fn without_a_passphrase_no_key_is_made_unless_danger_is_named() {
    let wallet = Wallet::empty();
    let empty = Said::of(&wallet.command(&["init"]).env("BADGE_WALLET_PASSPHRASE", "").output().unwrap());
    assert!(empty.code == 2 && empty.err.contains("PASSPHRASE_EMPTY"), "{}", empty.err);
    let none = Said::of(&wallet.command(&["init"]).env_remove("BADGE_WALLET_PASSPHRASE").output().unwrap());
    assert!(none.code == 2 && none.err.contains("PASSPHRASE_NEEDED"), "{}", none.err);
    assert!(wallet.files().is_empty(), "nothing half made: {:?}", wallet.files());

    let danger = wallet.run(&["init", "--danger-no-passphrase"]);
    assert!(danger.code == 0 && danger.err.contains("not encrypted"), "{}", danger.err);
    let pem = std::fs::read_to_string(wallet.dir().join("holder.pem")).unwrap();
    assert!(pem.contains("-----BEGIN PRIVATE KEY-----"));
    let id = wallet.add("b.json", Issuer::new(1).json(Issuer::new(1).draft(danger.out.trim())));
    let presented = wallet.command(&["present", &id, "--challenge", "c", "--domain", "d", "-o", "-"]);
    let mut presented = presented;
    let presented = Said::of(&presented.env_remove("BADGE_WALLET_PASSPHRASE").output().unwrap());
    assert_eq!(presented.code, 0, "{}", presented.err);
}

#[test]
fn a_passphrase_file_counts_without_its_line_end() {
    let wallet = Wallet::empty();
    let file = wallet.file("secret", "du fichier\r\n");
    wallet.ok(&["init", "--passphrase-file", &file]);
    let did = wallet.ok(&["did"]);
    let id = wallet.add("b.json", Issuer::new(1).json(Issuer::new(1).draft(did.trim())));
    let present = |pass: &str| {
        let mut command = wallet.command(&["present", &id, "--challenge", "c", "--domain", "d", "-o", "-"]);
        Said::of(&command.env("BADGE_WALLET_PASSPHRASE", pass).output().unwrap())
    };
    assert_eq!(present("du fichier").code, 0);
    let wrong = present(PASSPHRASE);
    assert_eq!((wrong.code, wrong.out.as_str()), (2, ""));
    assert!(wrong.err.contains("PASSPHRASE_WRONG") && !wrong.err.contains(PASSPHRASE), "{}", wrong.err);
}

#[test]
fn a_key_under_another_name_is_not_used() {
    let (wallet, _) = Wallet::made();
    let (other, other_did) = Wallet::made();
    let id = wallet.add("b.json", Issuer::new(1).json(Issuer::new(1).draft("did:example:someone")));
    let pem = std::fs::read_to_string(wallet.dir().join("holder.pem")).unwrap();
    let (_, key) = pem.split_once('\n').unwrap();
    drop(other);
    std::fs::write(wallet.dir().join("holder.pem"), format!("{other_did}\n{key}")).unwrap();
    let said = wallet.run(&["present", &id, "--challenge", "c", "--domain", "d", "-o", "-"]);
    assert!(said.code == 2 && said.out.is_empty() && said.err.contains("WALLET_KEY_DAMAGED"), "{}", said.err);
    std::fs::write(wallet.dir().join("holder.pem"), "rubbish").unwrap();
    let said = wallet.run(&["did"]);
    assert!(said.code == 2 && said.err.contains("WALLET_KEY_DAMAGED"), "{}", said.err);
}

#[test]
fn every_verb_says_when_there_is_no_wallet() {
    let wallet = Wallet::empty();
    let file = wallet.file("b.json", "{}");
    for args in [
        vec!["did"],
        vec!["list"],
        vec!["add", file.as_str()],
        vec!["show", "ab"],
        vec!["export", "ab", "--format", "png", "-o", "-"],
        vec!["remove", "ab", "--yes"],
        vec!["present", "ab", "--challenge", "c", "--domain", "d", "-o", "-"],
    ] {
        let said = wallet.run(&args);
        assert!(said.code == 2 && said.err.contains("WALLET_MISSING"), "{args:?}: {}", said.err);
    }
    assert!(!wallet.dir().exists(), "nothing was made");
}

#[test]
fn french_is_spoken_with_its_accents_and_codes_stay() {
    let (wallet, _) = Wallet::made();
    let wallet = wallet.in_french();
    let said = wallet.run(&["init"]);
    assert!(
        said.err.contains("erreur\u{a0}: ") && said.err.contains("contient déjà un portefeuille"),
        "{}",
        said.err
    );
    assert!(said.err.contains("WALLET_EXISTS"));
    assert!(
        wallet.run(&["init", "--lang", "en"]).err.contains("already holds a wallet"),
        "--lang counts more than the locale"
    );
    let help = wallet.ok(&["--help"]);
    assert!(
        help.contains("Utilisation\u{a0}: badge-wallet") && help.contains("Vérifier un badge et le garder"),
        "{help}"
    );
    let help = wallet.ok(&["present", "--help"]);
    assert!(help.contains("Le défi envoyé par le vérificateur") && !help.contains("Usage"), "{help}");
    for (args, words) in [
        (vec!["--lang", "fr"], "il manque une commande"),
        (vec!["effacer"], "commande inconnue\u{a0}: effacer"),
        (vec!["list", "--jsn"], "argument inconnu\u{a0}: --jsn"),
        (vec!["show"], "il manque\u{a0}: <ID>"),
        (
            vec!["present", "a", "--challenge", "c", "--domain", "d", "-o", "x", "--expires", "10"],
            "la valeur «\u{a0}10\u{a0}» ne convient pas",
        ),
        (vec!["present", "a", "--challenge", "", "--domain", "d", "-o", "x"], "--challenge"),
    ] {
        let said = wallet.run(&args);
        assert!(said.code == 2 && said.err.contains(words), "{args:?}: {}", said.err);
    }
}

#[test]
fn english_is_the_default_and_a_wrong_command_line_ends_with_2() {
    let (wallet, _) = Wallet::made();
    assert!(wallet.ok(&["--help"]).contains("Verify a badge and keep it"));
    assert!(wallet.ok(&["--version"]).starts_with("badge-wallet 0."));
    for args in [vec![], vec!["nonsense"], vec!["show"], vec!["list", "--lang", "de"]] {
        let said = wallet.run(&args);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{args:?}");
        assert!(!said.err.is_empty());
    }
}
