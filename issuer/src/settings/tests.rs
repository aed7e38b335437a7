//! Settings as an operator writes them, and what is refused.
#![expect(clippy::unwrap_used, reason = "a test may panic")]
use super::*;

fn resolve(text: &str) -> Result<Settings, Problem> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("issuer.toml");
    std::fs::write(&path, text).unwrap();
    Settings::resolve(Options { config: Some(path), ..Options::default() })
}

#[test]
fn a_misspelt_or_malformed_setting_is_refused() {
    for text in [
        "listn = '127.0.0.1:1'",
        "[issuer]\nnmae = 'x'",
        "[keys]\nrsa = 1",
        "[store]\nurl = 'mysql://u@h/b'",
        "[store]\nurl = 'postgres://u@h/b'\nconnections = 1",
        "[store]\norganisation = 'a'",
        "[lint]\nprofiles = ['fr-FR']",
        "[lint]\ncertifications = ['38596']",
        "[keys.pkcs11]\nmodule = 'm.so'\ntoken = 't'",
        "[keys.pkcs11]\nmodule = 'm.so'\ntoken = 't'\npin = '1234'",
        "[keys]\nsocket = 's'\n[keys.pkcs11]\nmodule = 'm.so'\ntoken = 't'\npin-file = 'p'",
        "[store]\ncheckpiont = 'x'",
        "[store]\ncheckpoint = 'ftp://a/b'",
        "[store]\ncheckpoint-token-file = 't'",
        "[store]\ncheckpoint = 'head'\ncheckpoint-token-file = 't'",
        "[issuer]\nidentifiers = [{type = 'ext:frSiren', value = '123456789'}]",
        "[issuer]\nidentifiers = [{type = 'siren', value = '732829320'}]",
    ] {
        assert_eq!(resolve(text).unwrap_err().code, Code::SettingsInvalid, "{text}");
    }
    assert_eq!(resolve("listen = 'localhost'").unwrap_err().code, Code::OptionInvalid);
    assert_eq!(resolve("public-url = 'ftp://x'").unwrap_err().code, Code::PublicUrlInvalid);
}

#[test]
fn what_is_wrong_with_a_database_is_said_in_both_languages() {
    use badge_schemas::lang::Lang;

    for (url, en, fr) in [
        ("mysql://u@h/b", "it does not begin with postgres://", "elle ne commence pas par postgres://"),
        ("postgres://u@h:x/b", "it is not an address", "ce n’est pas une adresse"),
        ("postgres:///b", "it names no host", "elle ne nomme aucun hôte"),
        ("postgres://u@h", "it names no database", "elle ne nomme aucune base"),
        ("postgres://u@h/b?sslmode=prefer", "sslmode is none of", "sslmode n’est ni"),
    ] {
        let refused = resolve(&format!("[store]\nurl = '{url}'")).unwrap_err();
        let (said, dit) = (refused.sentence(Lang::En), refused.sentence(Lang::Fr));
        assert!(said.contains(en) && dit.contains(fr), "{said} / {dit}");
        assert!(!said.contains("//u@"), "the address is not repeated: {said}");
    }
}

#[test]
fn options_win_over_the_file_and_the_file_over_defaults() {
    let settings = resolve(
        "data = 'd'\npublic-url = 'https://a.example'\n[issuer]\nname = 'École'\ncountry = 'FR'\n\
         identifiers = [{type = 'ext:frSiren', value = '732829320'}]\n[keys]\nrsa = true",
    )
    .unwrap();
    assert!(settings.data.is_absolute() && settings.data.ends_with("d"), "relative to the file");
    assert_eq!(settings.listen.to_string(), DEFAULT_LISTEN);
    assert!(settings.rsa && settings.checkpoint.is_none());
    let profile = Value::Object(settings.profile.unwrap());
    assert_eq!(profile["name"], "École");
    assert_eq!(profile["address"]["addressCountryCode"], "FR");
    assert_eq!(profile["otherIdentifier"][0]["identifierType"], "ext:frSiren");
    let options = Options { listen: Some("127.0.0.1:0".into()), ..Options::default() };
    let settings = Settings::resolve(options).unwrap();
    assert_eq!((settings.listen.port(), settings.data.to_str().unwrap()), (0, DEFAULT_DATA));
}
