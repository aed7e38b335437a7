//! The words in which a report speaks to people, in English and French. Codes and JSON never pass through here.

pub mod evaluation;
pub mod file;
pub mod reasons;

use badge_schemas::lang::Lang;
use badge_schemas::problem::{Code, Problem};
use jiff::Timestamp;

use crate::report::{CheckId, NotRun, Outcome, Recognition, Verdict};
use crate::snapshot::{Resource, ResourceKind};

/// The question that a check answers, as a person would ask it; "yes" is always the good answer.
pub fn check_question(id: CheckId, lang: Lang) -> &'static str {
    let (en, fr) = match id {
        CheckId::Container => ("Can the file be read?", "Le fichier est-il lisible\u{a0}?"),
        CheckId::Conformance => ("Does it follow the standards?", "Respecte-t-il les normes\u{a0}?"),
        CheckId::CredentialSchema => {
            ("Does it follow the schemas it names?", "Respecte-t-il les schémas qu’il désigne\u{a0}?")
        }
        CheckId::RelatedResource => (
            "Are the resources it names the ones meant?",
            "Les ressources qu’il cite sont-elles les bonnes\u{a0}?",
        ),
        CheckId::Signature => {
            ("Does the signature match the content?", "La signature correspond-elle au contenu\u{a0}?")
        }
        CheckId::ProofPurpose => {
            ("May this key sign such a thing?", "Cette clé peut-elle signer ce type de document\u{a0}?")
        }
        CheckId::Controller => {
            ("Does the key belong to whom it claims?", "La clé appartient-elle à qui elle le prétend\u{a0}?")
        }
        CheckId::Validity => ("Is it within its dates?", "Est-il dans ses dates de validité\u{a0}?"),
        CheckId::Status => (
            "Is it still in force (not revoked, not suspended)?",
            "Est-il toujours en vigueur (ni révoqué, ni suspendu)\u{a0}?",
        ),
        CheckId::Issuer => (
            "Does a registry recognise the issuer for this badge?",
            "Un registre reconnaît-il l’émetteur pour ce badge\u{a0}?",
        ),
        CheckId::Challenge => (
            "Does the presentation answer the challenge sent?",
            "La présentation répond-elle au défi envoyé\u{a0}?",
        ),
        CheckId::Domain => (
            "Was the presentation made for this verifier?",
            "La présentation a-t-elle été faite pour ce vérificateur\u{a0}?",
        ),
        CheckId::Presenter => (
            "Is it presented by the one it was given to?",
            "Est-il présenté par la personne à qui il a été remis\u{a0}?",
        ),
        CheckId::Recipient => {
            ("Was it given to the expected recipient?", "A-t-il été remis au destinataire attendu\u{a0}?")
        }
        CheckId::Endorsements => ("Are its endorsements sound?", "Ses endossements sont-ils fiables\u{a0}?"),
        CheckId::Credentials => {
            ("Are the presented badges valid?", "Les badges présentés sont-ils valides\u{a0}?")
        }
        CheckId::Refresh => ("Is it the latest version?", "Est-ce la version la plus récente\u{a0}?"),
        CheckId::Panel => (
            "Does a panel as the policy wants it (quorum) stand behind it?",
            "Un jury tel que le veut la politique (quorum) le soutient-il\u{a0}?",
        ),
    };
    lang.pick(en, fr)
}

/// The answer to a check in a word or two; the reasons follow from [`not_run`] and from the problem.
pub fn answer(outcome: &Outcome, lang: Lang) -> &'static str {
    let (en, fr) = match outcome {
        Outcome::Pass => ("yes", "oui"),
        Outcome::Warn(_) => ("to note", "à noter"),
        Outcome::Fail(_) => ("no", "non"),
        Outcome::NotRun(NotRun::Absent) => ("not asked", "sans objet"),
        Outcome::NotRun(_) => ("not known", "non établi"),
    };
    lang.pick(en, fr)
}

/// Why a check gave no answer, as a phrase.
pub fn not_run(id: CheckId, reason: &NotRun, lang: Lang) -> String {
    match reason {
        NotRun::Absent => absent(id, lang).to_owned(),
        NotRun::Blocked(by) => {
            let question = check_question(*by, lang);
            lang.pick(
                format!("first to be settled: “{question}”"),
                format!("à établir d’abord\u{a0}: «\u{a0}{question}\u{a0}»"),
            )
        }
        NotRun::Missing(resource) => {
            let what = self::resource(resource, lang);
            lang.pick(format!("{what} is not at hand"), format!("{what}\u{a0}: indisponible"))
        }
        NotRun::Undetermined(problem) => localise(problem, lang).sentence(lang),
    }
}

/// Why there was nothing to check.
pub fn absent(id: CheckId, lang: Lang) -> &'static str {
    let (en, fr) = match id {
        CheckId::Container
        | CheckId::Conformance
        | CheckId::Signature
        | CheckId::ProofPurpose
        | CheckId::Controller => ("nothing to check", "rien à vérifier"),
        CheckId::CredentialSchema => ("it names none", "il n’en désigne aucun"),
        CheckId::RelatedResource => ("it states no digests", "il ne donne pas d’empreintes"),
        CheckId::Validity => ("it has no dates", "il ne porte pas de dates"),
        CheckId::Status => ("it has no status to look up", "il n’a pas de statut à consulter"),
        CheckId::Issuer => ("no registry was given", "aucun registre n’a été donné"),
        CheckId::Domain => ("no domain was expected or named", "aucun domaine n’était attendu ni indiqué"),
        CheckId::Challenge | CheckId::Presenter | CheckId::Credentials => {
            ("not a presentation", "ce n’est pas une présentation")
        }
        CheckId::Recipient => {
            ("no recipient was given to compare with", "aucun destinataire n’a été donné pour comparer")
        }
        CheckId::Endorsements => ("it has none", "il n’en a pas"),
        CheckId::Panel => ("the policy asks for none", "la politique n’en demande pas"),
        CheckId::Refresh => (
            "no newer version was looked for, or none is offered",
            "aucune version plus récente n’a été cherchée, ou aucune n’est proposée",
        ),
    };
    lang.pick(en, fr)
}

/// The verdict in one word, in capitals.
pub fn verdict(verdict: Verdict, lang: Lang) -> &'static str {
    let (en, fr) = match verdict {
        Verdict::Valid => ("VALID", "VALIDE"),
        Verdict::Invalid => ("INVALID", "INVALIDE"),
        Verdict::Indeterminate => ("INDETERMINATE", "INDÉTERMINÉ"),
    };
    lang.pick(en, fr)
}

/// What the verdict means, as a sentence without its full stop.
pub fn verdict_meaning(verdict: Verdict, lang: Lang) -> &'static str {
    let (en, fr) = match verdict {
        Verdict::Valid => (
            "authentic, in force, and nothing that was asked failed",
            "authentique, en vigueur, et rien de ce qui a été demandé n’a échoué",
        ),
        Verdict::Invalid => (
            "do not rely on it: at least one check failed",
            "ne vous y fiez pas\u{a0}: au moins un contrôle a échoué",
        ),
        Verdict::Indeterminate => (
            "neither confirmed nor refuted: something could not be looked at",
            "ni confirmé ni infirmé\u{a0}: un élément n’a pas pu être examiné",
        ),
    };
    lang.pick(en, fr)
}

/// What `--strict` made of a verdict that would be valid.
pub fn strict_meaning(lang: Lang) -> &'static str {
    lang.pick("a warning counts as a failure (--strict)", "un avertissement compte comme un échec (--strict)")
}

/// What a valid verdict says, and what it does not.
pub fn limits(lang: Lang) -> &'static str {
    lang.pick(
        "A verdict is about authenticity: who issued it, to whom, and whether it still counts. It does not judge the skill.",
        "Le verdict porte sur l’authenticité\u{a0}: qui l’a délivré, à qui, et s’il compte encore. Il ne juge pas la compétence.",
    )
}

/// What a registry answered about the issuer.
pub fn recognition(recognition: &Recognition, lang: Lang) -> String {
    let (en, fr) = match recognition {
        Recognition::Listed => ("lists the issuer for this badge", "reconnaît l’émetteur pour ce badge"),
        Recognition::OutOfScope { dimension } => {
            let (en, fr) = scope(dimension);
            return lang.pick(
                format!("lists the issuer, but not for this badge ({en})"),
                format!("reconnaît l’émetteur, mais pas pour ce badge ({fr})"),
            );
        }
        Recognition::NotListed => ("does not list the issuer", "ne mentionne pas l’émetteur"),
        Recognition::Unchecked => ("could not be consulted", "n’a pas pu être consulté"),
        Recognition::ListExpired => ("is out of date", "est périmé"),
        Recognition::ListInvalid => {
            ("is not authentic or not well formed", "n’est pas authentique ou est mal formé")
        }
    };
    lang.pick(en, fr).to_owned()
}

fn scope(dimension: &'static str) -> (&'static str, &'static str) {
    match dimension {
        "action" => ("what it may do", "ce qu’il peut faire"),
        "skill" => ("skill", "compétence"),
        "framework" => ("framework", "référentiel"),
        "achievementType" => ("type of achievement", "type de réalisation"),
        "territory" => ("territory", "territoire"),
        "date" => ("date", "date"),
        other => (other, other),
    }
}

/// A resource, by what it is and where.
pub fn resource(resource: &Resource, lang: Lang) -> String {
    format!("{} {}", resource_kind(resource.kind, lang), resource.url)
}

/// What kind of resource it is.
pub fn resource_kind(kind: ResourceKind, lang: Lang) -> &'static str {
    let (en, fr) = match kind {
        ResourceKind::ControllerDocument => ("keys of", "clés de"),
        ResourceKind::Jwks => ("key set", "jeu de clés"),
        ResourceKind::JwtVcIssuer => ("issuer’s key metadata", "métadonnées de clés de l’émetteur"),
        ResourceKind::StatusList | ResourceKind::StatusListToken => ("status list", "liste de statuts"),
        ResourceKind::Registry => ("registry", "registre"),
        ResourceKind::Credential => ("newer version", "version plus récente"),
        ResourceKind::Schema => ("schema", "schéma"),
        ResourceKind::RelatedResource => ("resource", "ressource"),
    };
    lang.pick(en, fr)
}

/// What kind of document a report is about.
pub fn kind(kind: Option<&str>, lang: Lang) -> &'static str {
    let (en, fr) = match kind {
        Some("badge") => ("Badge", "Badge"),
        Some("endorsement") => ("Endorsement", "Endossement"),
        Some("presentation") => ("Presentation", "Présentation"),
        Some("credential") => ("Credential", "Justificatif"),
        _ => ("Document", "Document"),
    };
    lang.pick(en, fr)
}

/// Somebody after the French “de”, which loses its vowel before another one.
pub fn of_in_french(name: &str) -> String {
    let vowel = |first: char| "aeiouàâäéèêëîïôöùûüœæ".contains(first);
    match name.chars().next().and_then(|first| first.to_lowercase().next()) {
        Some(first) if vowel(first) => format!("d’{name}"),
        _ => format!("de {name}"),
    }
}

/// How long before `now` something was, roughly: "3 minutes ago". The future is "just now": clocks differ.
pub fn age(then: Timestamp, now: Timestamp, lang: Lang) -> String {
    const MINUTE: i64 = 60;
    const HOUR: i64 = 60 * MINUTE;
    const DAY: i64 = 24 * HOUR;
    let seconds = now.as_second().saturating_sub(then.as_second());
    let (count, one, many) = match seconds {
        ..MINUTE => return lang.pick("just now", "à l’instant").to_owned(),
        MINUTE..HOUR => (seconds / MINUTE, lang.pick("minute", "minute"), lang.pick("minutes", "minutes")),
        HOUR..DAY => (seconds / HOUR, lang.pick("hour", "heure"), lang.pick("hours", "heures")),
        _ => (seconds / DAY, lang.pick("day", "jour"), lang.pick("days", "jours")),
    };
    let unit = if count == 1 { one } else { many };
    lang.pick(format!("{count} {unit} ago"), format!("il y a {count} {unit}"))
}

/// A problem with its `reason` in the reader's words, where it is a retrieval code or one that is known in French.
#[must_use]
pub fn localise(problem: &Problem, lang: Lang) -> Problem {
    let mut problem = problem.clone();
    for (name, value) in &mut problem.values {
        let french = || (lang == Lang::Fr).then(|| reasons::french(value)).flatten();
        if *name == "reason"
            && let Some(words) = retrieval(value, lang).or_else(french)
        {
            *value = words;
        }
    }
    problem
}

/// The problem of a resource that is not at hand.
pub fn missing(resource: &Resource, lang: Lang) -> Problem {
    Problem::new(Code::ResourceMissing).with("resource", self::resource(resource, lang))
}

/// The words for a retrieval code as [`crate::online`] writes them into a snapshot; nothing for any other text.
///
/// Known whether or not the feature `net` is there: a snapshot is read anywhere.
pub fn retrieval(code: &str, lang: Lang) -> Option<String> {
    if let Some(status) =
        code.strip_prefix("http-").filter(|status| status.bytes().all(|byte| byte.is_ascii_digit()))
    {
        return Some(
            lang.pick(format!("the server answered {status}"), format!("le serveur a répondu {status}")),
        );
    }
    let (en, fr) = match code {
        "not-a-url" => ("not a URL", "ce n’est pas une URL"),
        "scheme-forbidden" => ("only https is allowed", "seul https est permis"),
        "user-info" => ("the address contains a user name", "l’adresse contient un nom d’utilisateur"),
        "port-forbidden" => ("this port is not allowed", "ce port n’est pas permis"),
        "address-forbidden" => ("this address is not public", "cette adresse n’est pas publique"),
        "dns" => ("the name is not known", "le nom est inconnu"),
        "connect" => ("no connection", "pas de connexion"),
        "tls" => ("no trustworthy TLS connection", "pas de connexion TLS digne de confiance"),
        "timeout" => ("it took too long", "délai dépassé"),
        "redirects" => ("too many or broken redirects", "redirections trop nombreuses ou défectueuses"),
        "too-large" => ("the answer is too large", "la réponse est trop volumineuse"),
        "broken" => ("the answer is broken", "la réponse est défectueuse"),
        "budget" => {
            ("this document asks for too many fetches", "ce document demande trop de téléchargements")
        }
        "not-a-file" => ("the file cannot be read", "le fichier est illisible"),
        "not-valid" => ("it is not valid", "elle n’est pas valide"),
        "not-at-hand" => ("it is not at hand", "elle n’est pas disponible"),
        "older" => ("it is older", "elle est plus ancienne"),
        "unsupported" => {
            ("this kind of refresh is not supported", "ce type de rafraîchissement n’est pas pris en charge")
        }
        _ => return None,
    };
    Some(lang.pick(en, fr).to_owned())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    #[test]
    fn every_check_asks_a_question_of_its_own_in_both_languages() {
        for lang in [Lang::En, Lang::Fr] {
            let questions: std::collections::BTreeSet<_> =
                CheckId::ALL.iter().map(|id| check_question(*id, lang)).collect();
            assert_eq!(questions.len(), CheckId::ALL.len());
            assert!(questions.iter().all(|question| question.ends_with('?')));
        }
        for id in CheckId::ALL {
            assert_ne!(check_question(id, Lang::En), check_question(id, Lang::Fr));
            assert_ne!(absent(id, Lang::En), absent(id, Lang::Fr));
        }
    }

    #[test]
    fn no_two_verdicts_read_alike() {
        for lang in [Lang::En, Lang::Fr] {
            let all = [Verdict::Valid, Verdict::Invalid, Verdict::Indeterminate];
            let words: std::collections::BTreeSet<_> =
                all.iter().flat_map(|one| [verdict(*one, lang), verdict_meaning(*one, lang)]).collect();
            assert_eq!(words.len(), 6);
        }
    }

    #[test]
    fn de_is_elided_before_a_vowel() {
        for (name, said) in [
            ("Ève Müller", "d’Ève Müller"),
            ("Œuvre", "d’Œuvre"),
            ("Zoé", "de Zoé"),
            ("did:key:z6Mk", "de did:key:z6Mk"),
            ("«", "de «"),
        ] {
            assert_eq!(of_in_french(name), said);
        }
    }

    #[test]
    fn ages_are_rounded_down_and_never_negative() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let now = at("2026-11-22T12:00:00Z");
        for (then, en, fr) in [
            ("2026-11-22T12:00:30Z", "just now", "à l’instant"),
            ("2026-11-22T11:59:01Z", "just now", "à l’instant"),
            ("2026-11-22T11:59:00Z", "1 minute ago", "il y a 1 minute"),
            ("2026-11-22T10:00:01Z", "1 hour ago", "il y a 1 heure"),
            ("2026-11-21T12:00:00Z", "1 day ago", "il y a 1 jour"),
            ("2025-11-22T12:00:00Z", "365 days ago", "il y a 365 jours"),
        ] {
            assert_eq!(age(at(then), now, Lang::En), en);
            assert_eq!(age(at(then), now, Lang::Fr), fr);
        }
    }

    #[test]
    fn a_reason_is_translated_and_anything_else_is_left_alone() {
        let problem = |reason: &str| {
            Problem::new(Code::FetchFailed).with("url", "https://a.example/").with("reason", reason)
        };
        assert!(
            localise(&problem("http-404"), Lang::Fr).sentence(Lang::Fr).contains("le serveur a répondu 404")
        );
        assert!(localise(&problem("timeout"), Lang::En).sentence(Lang::En).contains("it took too long"));
        assert_eq!(localise(&problem("http-x"), Lang::Fr), problem("http-x"));
        assert_eq!(localise(&problem("autre"), Lang::Fr), problem("autre"));
    }
}
