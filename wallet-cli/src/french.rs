//! The French of the command line's help.

mod evaluate;

use badge_verifier::usage;

/// Help in clap's own layout, with our headings.
const TEMPLATE: &str =
    "{before-help}{about-with-newline}\nUtilisation\u{a0}: {usage}\n\n{all-args}{after-help}";

const ABOUT: &str = "Garde et présente vos badges de compétences, sans dépendre d’aucune plateforme.";

/// What each verb does.
const VERBS: [(&str, &str); 9] = [
    ("init", "Créer un portefeuille\u{a0}: une clé à vous, et son identifiant (DID)"),
    ("did", "Afficher votre identifiant, à donner à qui vous remet des badges"),
    (
        "add",
        "Vérifier un badge et le garder, octet pour octet\u{a0}; un endossement, ou les évaluations d’un dossier, à côté du badge dont ils parlent",
    ),
    ("list", "Lister les badges"),
    ("show", "Montrer un badge et un rapport frais à son sujet"),
    ("present", "Présenter des badges à un vérificateur qui vous a envoyé un défi"),
    ("export", "Sortir un badge, tel qu’il est arrivé ou dans une image"),
    ("remove", "Retirer un badge définitivement, ou un endossement à côté de lui"),
    (
        "evaluate",
        "Évaluation par les pairs\u{a0}: évaluer ce qu’un candidat vous demande, ou demander à l’expert de votre choix",
    ),
];

/// What each argument means: the verb (empty for all of them), the argument, its help.
const ARGUMENTS: [(&str, &str, &str); 28] = [
    (
        "",
        "wallet",
        "Répertoire du portefeuille [par défaut\u{a0}: $BADGE_WALLET_DIR, sinon badge-wallet dans votre répertoire de données]",
    ),
    ("", "lang", "Langue des messages\u{a0}: en ou fr [par défaut\u{a0}: celle du système]"),
    ("", "help", "Afficher l’aide"),
    ("", "version", "Afficher la version"),
    (
        "init",
        "passphrase_file",
        "Lire la phrase secrète dans ce fichier [par défaut\u{a0}: $BADGE_WALLET_PASSPHRASE, sinon demandée]",
    ),
    (
        "init",
        "danger_no_passphrase",
        "Laisser la clé sans chiffrement\u{a0}: quiconque lit le fichier peut présenter vos badges",
    ),
    (
        "add",
        "input",
        "Le badge, l’endossement ou le dossier\u{a0}: un fichier (.json, .jwt, .sd-jwt, .png, .svg), une URL https, ou - pour l’entrée standard",
    ),
    ("add", "offline", "N’utiliser aucun réseau\u{a0}; ce qui ne peut pas être examiné est indiqué"),
    ("add", "danger_allow_loopback", LOOPBACK),
    (
        "list",
        "skill",
        "Seulement les badges pour cette compétence\u{a0}: son URI, ou des mots de son nom ou de son code\u{a0}; accents et majuscules ne comptent pas",
    ),
    ("list", "json", JSON),
    ("show", "id", ID),
    (
        "show",
        "online",
        "Contrôler à nouveau en ligne, noter le résultat et finir avec son code de sortie (0 valide, 1 invalide, 3 indéterminé)",
    ),
    ("show", "danger_allow_loopback", LOOPBACK),
    ("show", "json", JSON),
    ("present", "ids", "Les identifiants des badges dans le portefeuille, ou leurs débuts"),
    ("present", "challenge", "Le défi envoyé par le vérificateur"),
    ("present", "domain", "Le domaine du vérificateur"),
    (
        "present",
        "disclose",
        "Une affirmation à montrer que le badge permet de cacher, en JSON Pointer, par exemple /credentialSubject/result\u{a0}; show les énumère",
    ),
    (
        "present",
        "disclose_all",
        "Montrer toutes les affirmations que les badges permettent de cacher\u{a0}; sans --disclose ni ceci, aucune n’est montrée",
    ),
    (
        "present",
        "expires",
        "Combien de temps elle peut servir\u{a0}: un nombre suivi de s, m, h ou j (jours) [par défaut\u{a0}: 10m]",
    ),
    (
        "present",
        "reveal",
        "Ce qu’il faut montrer des badges montrables en partie, outre ce que leur émetteur rend obligatoire\u{a0}: un pointeur JSON comme /credentialSubject/narrative\u{a0}; peut être répété",
    ),
    (
        "present",
        "passphrase_file",
        "Lire la phrase secrète dans ce fichier [par défaut\u{a0}: $BADGE_WALLET_PASSPHRASE, sinon demandée]",
    ),
    ("present", "without_endorsements", "Laisser de côté les endossements que vous avez ajoutés aux badges"),
    ("export", "format", "original (les octets ajoutés), png ou svg (le même badge signé, dans une image)"),
    (
        "remove",
        "endorsement",
        "Ne retirer que cet endossement ajouté par vous\u{a0}: son identifiant, tel que badge-wallet show l’affiche, ou son début",
    ),
    ("remove", "yes", "Ne pas demander"),
    ("", "output", "Où l’écrire\u{a0}; - pour la sortie standard"),
];

const LOOPBACK: &str =
    "Consulter aussi cette machine elle-même en http\u{a0}: seulement pour des essais et démonstrations";
const JSON: &str = "Écrire du JSON";
const ID: &str = "L’identifiant du badge dans le portefeuille, ou son début";

/// The same command line, explained in French.
pub(crate) fn command(command: clap::Command) -> clap::Command {
    let command = explain("", command.about(ABOUT).help_template(TEMPLATE));
    let command = VERBS.into_iter().fold(command, |command, (verb, about)| {
        command.mut_subcommand(verb, |sub| explain(verb, sub.about(about).help_template(TEMPLATE)))
    });
    usage::in_french(command.mut_subcommand("evaluate", evaluate::command))
}

fn explain(verb: &str, command: clap::Command) -> clap::Command {
    command.mut_args(|arg| {
        let id = arg.get_id().as_str();
        match argument(verb, id) {
            Some(help) => arg.help(help),
            None => arg,
        }
    })
}

fn argument(verb: &str, id: &str) -> Option<&'static str> {
    let known = |wanted: &str| {
        ARGUMENTS.iter().find(|(of, name, _)| *of == wanted && *name == id).map(|(_, _, help)| *help)
    };
    known(verb).or_else(|| known("")).or_else(|| (id == "id").then_some(ID))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use clap::CommandFactory as _;

    use super::*;
    use crate::args::Args;

    #[test]
    fn every_verb_and_argument_is_explained_in_french() {
        let english = Args::command();
        let french = command(Args::command());
        let compare = |en: &clap::Command, fr: &clap::Command| {
            assert_ne!(
                en.get_about().unwrap().to_string(),
                fr.get_about().unwrap().to_string(),
                "{}",
                en.get_name()
            );
            for (one, other) in en.get_arguments().zip(fr.get_arguments()) {
                assert_eq!(one.get_id(), other.get_id());
                let help = |arg: &clap::Arg| arg.get_help().unwrap().to_string();
                assert_ne!(help(one), help(other), "{} {}", en.get_name(), one.get_id());
            }
        };
        compare(&english, &french);
        assert_eq!(english.get_subcommands().count(), VERBS.len());
        for sub in english.get_subcommands() {
            compare(sub, french.find_subcommand(sub.get_name()).unwrap());
        }
    }
}
