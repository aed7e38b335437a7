//! What the one who *writes* a badge can do about a problem, where that is not what its holder or reader can do.

use super::Code;
use crate::lang::Lang;

/// To whom a hint is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Whoever holds or checks a document that somebody else wrote.
    Reader,
    /// Whoever writes it: an issuer's administrator.
    Author,
}

impl Code {
    /// The sentence that says what to do, for this audience.
    pub fn hint_for(self, audience: Audience, lang: Lang) -> &'static str {
        match audience {
            Audience::Reader => self.hint(lang),
            Audience::Author => self.author_hint(lang).unwrap_or_else(|| self.hint(lang)),
        }
    }

    /// Only where the general hint speaks to somebody else: “ask the issuer” helps no issuer.
    fn author_hint(self, lang: Lang) -> Option<&'static str> {
        let (en, fr) = match self {
            Self::ContextUnknown | Self::ContextInlineForbidden => (
                "Use the contexts of the VC Data Model and of Open Badges, or plain definitions of your own terms.",
                "Utilisez les contextes du modèle de données VC et d’Open Badges, ou de simples définitions de vos propres termes.",
            ),
            Self::ContextOrder | Self::VcdmVersionUnsupported | Self::VcdmVariantMismatch => (
                "Write the document by the VC Data Model 2.0, its context first.",
                "Écrivez le document selon le modèle de données VC 2.0, son contexte en premier.",
            ),
            Self::JsonldInvalid | Self::SchemaViolation | Self::MalformedValue | Self::ValidityReversed => {
                ("Correct this place and send it again.", "Corrigez cet endroit et renvoyez-le.")
            }
            Self::CanonicalizationLimit | Self::WorkLimit => (
                "Make it smaller: fewer parts, fewer embedded contexts, an id for each part that resembles another.",
                "Allégez-le\u{a0}: moins d’éléments, moins de contextes imbriqués, un id pour chaque élément qui ressemble à un autre.",
            ),
            Self::SubjectUnidentified => (
                "Say to whom it is given: a DID or an e-mail address.",
                "Indiquez à qui il est remis\u{a0}: un DID ou une adresse électronique.",
            ),
            Self::CriteriaEmpty => (
                "Say what was required, in “narrative” or at the address “id”; readers cannot judge the badge without it.",
                "Dites ce qui était exigé, dans «\u{a0}narrative\u{a0}» ou à l’adresse «\u{a0}id\u{a0}»\u{a0}; sans cela, personne ne peut juger le badge.",
            ),
            Self::ResultDescriptionDangling | Self::ResultValueOutOfRange => (
                "Correct the result, or the result description of the badge that it refers to.",
                "Corrigez le résultat, ou la description de résultat du badge à laquelle il renvoie.",
            ),
            Self::Expired => {
                ("Choose an end that is still to come.", "Choisissez une fin qui soit encore à venir.")
            }
            Self::JsonSyntax => (
                "Correct the JSON at this place; an editor that knows JSON shows it.",
                "Corrigez le JSON à cet endroit\u{a0}; un éditeur qui connaît le JSON le montre.",
            ),
            Self::JsonDuplicateKey => (
                "Readers disagree on which one counts: keep one of them.",
                "Les lecteurs ne s’accordent pas sur celui qui compte\u{a0}: gardez-en un.",
            ),
            Self::JsonNumber => (
                "Write it as a string, or keep it within ±(2^53 − 1).",
                "Écrivez-le comme une chaîne, ou restez dans ±(2^53 − 1).",
            ),
            Self::JsonTooDeep => ("Nest it less deeply.", "Imbriquez moins profondément."),
            Self::JsonInvalidUtf8 => ("Save the file as UTF-8.", "Enregistrez le fichier en UTF-8."),
            Self::InputEmpty => ("Write the document into it.", "Écrivez-y le document."),
            Self::InputTooLarge => (
                "Make it smaller; large images are better given as addresses.",
                "Réduisez-la\u{a0}; mieux vaut donner les grandes images par leur adresse.",
            ),
            _ => return None,
        };
        Some(lang.pick(en, fr))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_author_is_not_sent_to_the_issuer() {
        for code in [Code::SchemaViolation, Code::SubjectUnidentified, Code::CriteriaEmpty, Code::Expired] {
            for (lang, issuer) in [(Lang::En, "issuer"), (Lang::Fr, "émetteur")] {
                assert!(code.hint(lang).contains(issuer), "{}", code.as_str());
                assert!(!code.hint_for(Audience::Author, lang).contains(issuer), "{}", code.as_str());
            }
        }
        for code in Code::ALL {
            for lang in [Lang::En, Lang::Fr] {
                assert!(code.hint_for(Audience::Author, lang).ends_with('.'), "{}", code.as_str());
                assert_eq!(code.hint_for(Audience::Reader, lang), code.hint(lang));
            }
        }
    }
}
