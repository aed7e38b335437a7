//! Hints for texts that anybody understands: sentences that end, abbreviations that are spelt out, accents that are there.

use std::collections::BTreeSet;

use badge_schemas::problem::{Code, Problem};
use serde_json::Value;

use super::{ACHIEVEMENT, items, text};
use crate::lint::Findings;

/// Longest sentence that most people take in at first reading, in words.
const MAX_WORDS: usize = 30;

/// Longest title, in characters: what fits beside the picture of a badge.
const MAX_TITLE: usize = 80;

/// Shortest description that says more than the title, in characters.
const MIN_DESCRIPTION: usize = 40;

/// Abbreviations that everybody reads, and names.
const READ_BY_ALL: [&str; 16] = [
    "PDF", "CV", "UE", "EU", "URL", "USB", "TV", "SMS", "ESCO", "EQF", "CEC", "ECTS", "ISO", "OK", "PME",
    "SME",
];

/// French words that are often typed without their accents and are none without them.
const ACCENTS: [(&str, &str); 44] = [
    ("activite", "activité"),
    ("acquerir", "acquérir"),
    ("ameliorer", "améliorer"),
    ("apres", "après"),
    ("competence", "compétence"),
    ("competences", "compétences"),
    ("creer", "créer"),
    ("creation", "création"),
    ("decrire", "décrire"),
    ("deja", "déjà"),
    ("developpement", "développement"),
    ("developper", "développer"),
    ("difficulte", "difficulté"),
    ("donnee", "donnée"),
    ("donnees", "données"),
    ("ecole", "école"),
    ("ecrit", "écrit"),
    ("eleve", "élève"),
    ("eleves", "élèves"),
    ("equipe", "équipe"),
    ("etape", "étape"),
    ("etre", "être"),
    ("evaluation", "évaluation"),
    ("evaluer", "évaluer"),
    ("experience", "expérience"),
    ("gerer", "gérer"),
    ("materiel", "matériel"),
    ("methode", "méthode"),
    ("metier", "métier"),
    ("metiers", "métiers"),
    ("numerique", "numérique"),
    ("numeriques", "numériques"),
    ("preparer", "préparer"),
    ("presenter", "présenter"),
    ("probleme", "problème"),
    ("problemes", "problèmes"),
    ("qualite", "qualité"),
    ("realiser", "réaliser"),
    ("regle", "règle"),
    ("responsabilite", "responsabilité"),
    ("reussir", "réussir"),
    ("reussite", "réussite"),
    ("securite", "sécurité"),
    ("systeme", "système"),
];

pub(super) fn look(badge: &Value, findings: &mut Findings) {
    let at = |member: &str| format!("{ACHIEVEMENT}/{member}");
    let mut places = vec![at("name"), at("description"), at("criteria/narrative")];
    places.extend(items(badge, &at("resultDescription")).into_iter().map(|(at, _)| format!("{at}/name")));
    let texts: Vec<(&String, &str)> =
        places.iter().filter_map(|place| text(badge, place).map(|text| (place, text))).collect();
    let whole: String = texts.iter().map(|(_, text)| *text).collect::<Vec<_>>().join("\n");
    let french = match text(badge, &at("inLanguage")) {
        Some(language) => language.starts_with("fr"),
        None => is_french(&whole),
    };
    let mut told = BTreeSet::new();
    for (place, text) in &texts {
        for sentence in sentences(text) {
            let words = sentence.split_whitespace().count();
            if words > MAX_WORDS {
                let beginning: Vec<&str> = sentence.split_whitespace().take(6).collect();
                findings.warning(
                    Problem::new(Code::PlainSentenceLong)
                        .at(place.as_str())
                        .with("words", words)
                        .with("limit", MAX_WORDS)
                        .with("beginning", beginning.join(" ")),
                );
            }
        }
        for word in words(text).filter(|word| is_abbreviation(word) && !is_explained(word, &whole)) {
            if told.insert(word.to_owned()) {
                findings.warning(
                    Problem::new(Code::PlainAbbreviation).at(place.as_str()).with("abbreviation", word),
                );
            }
        }
        for word in words(text).filter(|_| french) {
            let lower = word.to_lowercase();
            let expected = ACCENTS.iter().find(|(bare, _)| *bare == lower);
            if let Some((_, expected)) = expected.filter(|_| told.insert(lower.clone())) {
                findings.warning(
                    Problem::new(Code::PlainAccentsMissing)
                        .at(place.as_str())
                        .with("word", word)
                        .with("expected", expected),
                );
            }
        }
    }
    let length = |place: &str| text(badge, place).map(|text| text.trim().chars().count());
    if let Some(length) = length(&at("name")).filter(|length| *length > MAX_TITLE) {
        findings.warning(
            Problem::new(Code::PlainTitleLong).at(at("name")).with("length", length).with("limit", MAX_TITLE),
        );
    }
    if let Some(length) = length(&at("description")).filter(|length| *length < MIN_DESCRIPTION) {
        findings
            .warning(Problem::new(Code::PlainDescriptionShort).at(at("description")).with("length", length));
    }
}

/// The sentences of a text; items of a list and lines count as such.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n')
        .flat_map(|line| line.split(['.', '!', '?', ';', ':', '…']))
        .filter(|part| !part.trim().is_empty())
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// Two to six capitals and nothing else.
fn is_abbreviation(word: &str) -> bool {
    (2..=6).contains(&word.chars().count())
        && word.chars().all(char::is_uppercase)
        && !READ_BY_ALL.contains(&word)
        // Roman numerals.
        && !word.chars().all(|c| "IVXLC".contains(c))
}

/// Whether the text spells an abbreviation out, before or after it.
fn is_explained(word: &str, whole: &str) -> bool {
    whole.contains(&format!("({word})")) || whole.contains(&format!("{word} ("))
}

/// Whether a text has more of the small words of French than of those of English.
fn is_french(text: &str) -> bool {
    let count =
        |list: &[&str]| words(text).filter(|word| list.contains(&word.to_lowercase().as_str())).count();
    count(&["le", "la", "les", "des", "et", "une", "un", "en", "du", "pour", "dans", "de"])
        > count(&["the", "of", "and", "to", "in", "for", "a", "with", "is"])
}
