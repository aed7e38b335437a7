//! What the reader of TOML says, in French. Its own words are never repeated: whoever reads French is not to read half of it in English.

use crate::limits::NOT_A_NETWORK;

/// The most common mistakes of TOML's own syntax: how the message begins, and what it means.
const SYNTAX: [(&str, &str); 15] = [
    ("duplicate key", "ce nom est donné deux fois"),
    ("unclosed table", "il manque un crochet fermant au nom de la table"),
    ("unclosed array table", "il manque les crochets fermants au nom de la table"),
    ("unclosed array", "la liste n’est pas fermée, il manque ]"),
    ("unclosed inline table", "la table n’est pas fermée, il manque }"),
    ("key with no value", "ce nom n’a pas de valeur\u{a0}; on écrit nom = valeur"),
    ("missing value", "il manque une valeur\u{a0}; on écrit nom = valeur"),
    ("missing assignment", "il manque le signe =\u{a0}; on écrit nom = valeur"),
    ("missing comma", "il manque une virgule"),
    ("extra comma", "il y a une virgule de trop"),
    ("extra `=`", "il y a un signe = de trop"),
    ("string values must be quoted", "un texte se met entre guillemets"),
    ("invalid basic string", "un texte entre guillemets n’est pas fermé, ou contient un caractère interdit"),
    ("missing opening quote", "il manque le guillemet ouvrant"),
    ("unexpected key or value", "il y a là plus qu’un nom et sa valeur"),
];

/// A message in French.
pub(super) fn of(message: &str) -> String {
    let named = |from: &str| message.strip_prefix(from).and_then(|rest| rest.split('`').next());
    let expected = message.split_once("expected ").map_or("", |(_, rest)| rest);
    if let Some(name) = named("unknown field `") {
        format!("il n’y a pas de réglage {name} ici\u{a0}; il y a\u{a0}: {}", names(expected))
    } else if let Some(name) = named("missing field `") {
        format!("il manque {name}")
    } else if let Some(name) = named("unknown variant `") {
        format!("{name} n’est aucun de {}", names(expected))
    } else if message.starts_with("invalid type") || message.starts_with("invalid value") {
        match kind(expected) {
            Some(kind) => format!("la valeur n’est pas de la bonne sorte\u{a0}; il faut {kind}"),
            None => "la valeur n’est pas de la bonne sorte".to_owned(),
        }
    } else if let Some(text) = message.strip_suffix(NOT_A_NETWORK) {
        format!("{text} n’est ni une adresse, ni un réseau comme 10.0.0.0/8")
    } else if message.contains("socket address") {
        "ce n’est pas ADRESSE:PORT".to_owned()
    } else {
        match SYNTAX.into_iter().find(|(begins, _)| message.starts_with(begins)) {
            Some((_, meaning)) => format!("le texte n’est pas du TOML correct\u{a0}: {meaning}"),
            None => "le texte n’est pas du TOML correct à cet endroit".to_owned(),
        }
    }
}

/// The names in an English list of them: each stands between grave accents.
fn names(list: &str) -> String {
    list.split('`').skip(1).step_by(2).collect::<Vec<_>>().join(", ")
}

/// What is expected, where it is something that settings have.
fn kind(expected: &str) -> Option<&'static str> {
    let begins = |words: &[&str]| words.iter().any(|word| expected.starts_with(word));
    if begins(&["a boolean"]) {
        Some("true ou false")
    } else if begins(&["a nonzero"]) {
        Some("un nombre entier plus grand que 0")
    } else if begins(&["usize", "u8", "u16", "u32", "u64", "i64"]) {
        Some("un nombre entier")
    } else if begins(&["a sequence"]) {
        Some("une liste entre crochets")
    } else if begins(&["struct", "a map", "a table", "map"]) {
        Some("une table")
    } else if begins(&["a string", "path string", "string", "a borrowed string"]) {
        Some("un texte entre guillemets")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use badge_schemas::lang::Lang;

    use crate::settings::{Options, Settings};

    /// Words of English that are none of French, and no names of settings.
    const ENGLISH: [&str; 22] = [
        "is",
        "not",
        "expected",
        "invalid",
        "key",
        "missing",
        "unclosed",
        "string",
        "duplicate",
        "unexpected",
        "neither",
        "nor",
        "with",
        "no",
        "must",
        "be",
        "line",
        "one",
        "of",
        "syntax",
        "boolean",
        "found",
    ];

    #[test]
    fn a_mistake_is_told_wholly_in_french() {
        for (text, part) in [
            ("listn = 'x'", "il n’y a pas de réglage listn ici\u{a0}; il y a\u{a0}: data, listen"),
            ("listen = 'x'\nlisten = 'y'", "deux fois"),
            ("listen = ", "entre guillemets"),
            ("listen", "nom = valeur"),
            ("[tls", "crochet fermant"),
            ("listen = x", "entre guillemets"),
            ("listen = 'x", "TOML"),
            ("listen = \"x", "guillemets"),
            ("listen = 'x' 'y'", "TOML"),
            ("a = [1, 2", "]"),
            ("a = { b = 1", "TOML"),
            ("= 'x'", "TOML"),
            ("a = 1__2", "TOML"),
            ("listen = 1", "un texte entre guillemets"),
            ("data = 1", "un texte entre guillemets"),
            ("[keys]\nrsa = 'oui'", "true ou false"),
            ("keys = 1", "une table"),
            ("[lint]\nprofiles = 'fr'", "une liste"),
            ("[lint]\nprofiles = [1]", "un texte entre guillemets"),
            ("[tls]\ncertificate = 'x'", "il manque key"),
            ("[limits]\naddress-burst = 0", "plus grand que 0"),
            ("[limits]\naddress-burst = 'x'", "un nombre entier"),
            ("[limits]\ntrusted-proxies = ['voisin']", "voisin n’est ni une adresse, ni un réseau"),
            ("[operation]\nmetrics-listen = 'voisin'", "ADRESSE:PORT"),
            ("[store]\nconnections = 'x'", "un nombre entier"),
            ("[evaluations]\nfetch = 'parfois'", "parfois n’est aucun de never, for-awards, always"),
            ("[issuer]\nidentifiers = [{type = 'a', valeu = 'x'}]", "réglage valeu"),
        ] {
            let directory = tempfile::tempdir().unwrap();
            let config = directory.path().join("é.toml");
            std::fs::write(&config, text).unwrap();
            let refused =
                Settings::resolve(Options { config: Some(config), ..Options::default() }).unwrap_err();
            let (said, english) = (refused.sentence(Lang::Fr), refused.sentence(Lang::En));
            let reason = said.split_once("ligne ").unwrap().1;
            assert!(reason.contains(part), "{text}: {said} / {english}");
            let names = ["key", "listen"];
            let words = reason.split(|c: char| !c.is_alphanumeric());
            for word in words.filter(|word| !(names.contains(word) && part.contains(*word))) {
                assert!(!ENGLISH.contains(&word), "{word:?} in {said}");
            }
        }
    }
}
