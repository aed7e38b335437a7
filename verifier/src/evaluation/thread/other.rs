//! What a file is that was taken for a thread: whoever gave it should hear that, and not where it stops being JSON.

use badge_schemas::credential::has_type;
use badge_schemas::problem::{Code, Problem};
use serde_json::Value;

use crate::checks::conformance::DocumentKind;
use crate::container::{Kind, sniff};

/// What is wrong with a file that is no JSON; nothing where it may be some.
pub(super) fn file(bytes: &[u8]) -> Option<Problem> {
    Some(match sniff(bytes) {
        Kind::Json => return None,
        Kind::EvidenceBundle => Problem::new(Code::EvidenceBundleGiven),
        Kind::Png => no_thread("a PNG image", "une image PNG"),
        Kind::Svg => no_thread("an SVG image", "une image SVG"),
        Kind::CompactJws => no_thread("a token (JWT)", "un jeton (JWT)"),
        Kind::SdJwt => no_thread("a token (SD-JWT)", "un jeton (SD-JWT)"),
        Kind::NotBakeable { format } => {
            let name = format.name();
            no_thread(
                &format!("a file of another kind ({name})"),
                &format!("un fichier d’une autre sorte ({name})"),
            )
        }
        Kind::Unknown if bytes.trim_ascii().is_empty() => no_thread("an empty file", "un fichier vide"),
        Kind::Unknown => no_thread("a file of another kind", "un fichier d’une autre sorte"),
    })
}

/// What a JSON document is that is no thread.
pub(super) fn document(document: &Value) -> Problem {
    match DocumentKind::of(document) {
        Some(DocumentKind::Badge) => no_thread("a badge", "un badge"),
        Some(DocumentKind::Endorsement) => no_thread("an endorsement", "un endossement"),
        Some(DocumentKind::Credential) => {
            no_thread("a credential of another kind", "un justificatif d’une autre sorte")
        }
        Some(DocumentKind::Presentation) => no_thread("a presentation", "une présentation"),
        None if has_type(document, "Achievement") => {
            no_thread("the template of a badge", "le modèle d’un badge")
        }
        None => no_thread("JSON of another kind", "du JSON d’une autre sorte"),
    }
}

fn no_thread(en: &str, fr: &str) -> Problem {
    Problem::new(Code::NotAThread).with_words("found", en, fr.to_owned())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use badge_schemas::lang::Lang;

    use super::super::records;
    use super::*;

    #[test]
    fn what_was_taken_for_a_thread_is_named() {
        let badge = r#"{"type":["VerifiableCredential","OpenBadgeCredential"]}"#;
        let endorsement = r#"{"type":["VerifiableCredential","EndorsementCredential"]}"#;
        for (bytes, en, fr) in [
            (&b"%PDF-1.7\n\0"[..], "another kind (PDF)", "d’une autre sorte (PDF)"),
            (b"\x89PNG\r\n\x1a\n", "a PNG image", "une image PNG"),
            (b"eyJh.bGci.OiJF", "a token (JWT)", "un jeton (JWT)"),
            (b"", "an empty file", "un fichier vide"),
            (b"PK\x03\x04", "a file of another kind", "un fichier d’une autre sorte"),
            (b"{}", "JSON of another kind", "du JSON d’une autre sorte"),
            (br#"{"type":"Achievement"}"#, "the template of a badge", "le modèle d’un badge"),
            (br#"{"type":"VerifiablePresentation"}"#, "a presentation", "une présentation"),
            (badge.as_bytes(), "a badge", "un badge"),
            (endorsement.as_bytes(), "an endorsement", "un endossement"),
        ] {
            let problem = records(bytes).unwrap_err();
            assert_eq!(problem.code, Code::NotAThread);
            for (lang, said) in [(Lang::En, en), (Lang::Fr, fr)] {
                let sentence = problem.sentence(lang);
                assert!(sentence.contains(said), "{sentence}");
            }
        }
        let bundle = b"skills-badge evaluation bundle v1\n{}\n";
        assert_eq!(records(bundle).unwrap_err().code, Code::EvidenceBundleGiven);
        assert_eq!(records(b"{\"type\":").unwrap_err().code, Code::JsonSyntax, "broken JSON stays that");
    }
}
