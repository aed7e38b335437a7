//! What a file is that was taken for another: whoever gave it should hear that, and not where it stops being what was wanted.

use badge_schemas::credential::has_type;
use badge_schemas::document::Document;
use badge_schemas::lang::Lang;
use serde_json::Value;

use crate::checks::conformance::DocumentKind;
use crate::container::{Kind, sniff};
use crate::evaluation::thread::is_thread;

/// What a file is, from its bytes: “a badge”, “an encrypted bundle of evidence”, “a file of another kind (PDF)”. Nothing is verified by it.
pub fn file(bytes: &[u8], lang: Lang) -> String {
    let (en, fr) = match sniff(bytes) {
        Kind::Json if is_thread(bytes) => ("a thread of an evaluation", "un dossier d’évaluation"),
        Kind::Json => {
            return Document::parse(bytes).map_or_else(
                |_| lang.pick("broken JSON", "du JSON incorrect").to_owned(),
                |read| document(read.value(), lang).to_owned(),
            );
        }
        Kind::EvidenceBundle => ("an encrypted bundle of evidence", "un paquet de preuves chiffré"),
        Kind::Png => ("a PNG image", "une image PNG"),
        Kind::Svg => ("an SVG image", "une image SVG"),
        Kind::CompactJws => ("a token (JWT)", "un jeton (JWT)"),
        Kind::SdJwt => ("a token (SD-JWT)", "un jeton (SD-JWT)"),
        Kind::NotBakeable { format } => {
            let name = format.name();
            return lang.pick(
                format!("a file of another kind ({name})"),
                format!("un fichier d’une autre sorte ({name})"),
            );
        }
        Kind::Unknown if bytes.trim_ascii().is_empty() => ("an empty file", "un fichier vide"),
        Kind::Unknown => ("a file of another kind", "un fichier d’une autre sorte"),
    };
    lang.pick(en, fr).to_owned()
}

/// What a JSON document is.
fn document(document: &Value, lang: Lang) -> &'static str {
    let (en, fr) = match DocumentKind::of(document) {
        Some(DocumentKind::Badge) => ("a badge", "un badge"),
        Some(DocumentKind::Endorsement) => ("an endorsement", "un endossement"),
        Some(DocumentKind::Credential) => {
            ("a credential of another kind", "un justificatif d’une autre sorte")
        }
        Some(DocumentKind::Presentation) => ("a presentation", "une présentation"),
        None if has_type(document, "Achievement") => ("the template of a badge", "le modèle d’un badge"),
        None => ("JSON of another kind", "du JSON d’une autre sorte"),
    };
    lang.pick(en, fr)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::thread::thread;

    #[test]
    fn a_file_is_named_for_what_it_is() {
        let badge = r#"{"type":["VerifiableCredential","OpenBadgeCredential"]}"#;
        let endorsement = r#"{"type":["VerifiableCredential","EndorsementCredential"]}"#;
        let thread = thread(&[]).to_string();
        for (bytes, en, fr) in [
            (&b"%PDF-1.7\n\0"[..], "a file of another kind (PDF)", "un fichier d’une autre sorte (PDF)"),
            (b"\x89PNG\r\n\x1a\n", "a PNG image", "une image PNG"),
            (b"eyJh.bGci.OiJF", "a token (JWT)", "un jeton (JWT)"),
            (b"", "an empty file", "un fichier vide"),
            (b"PK\x03\x04", "a file of another kind", "un fichier d’une autre sorte"),
            (b"{}", "JSON of another kind", "du JSON d’une autre sorte"),
            (b"{", "broken JSON", "du JSON incorrect"),
            (br#"{"type":"Achievement"}"#, "the template of a badge", "le modèle d’un badge"),
            (br#"{"type":"VerifiablePresentation"}"#, "a presentation", "une présentation"),
            (badge.as_bytes(), "a badge", "un badge"),
            (endorsement.as_bytes(), "an endorsement", "un endossement"),
            (thread.as_bytes(), "a thread of an evaluation", "un dossier d’évaluation"),
            (
                b"skills-badge evaluation bundle v1\n{}\n",
                "an encrypted bundle of evidence",
                "un paquet de preuves chiffré",
            ),
        ] {
            assert_eq!([file(bytes, Lang::En), file(bytes, Lang::Fr)], [en, fr]);
        }
    }
}
