//! The French of `evaluate` and its verbs.

use super::{JSON, LOOPBACK, TEMPLATE};

/// What each verb does; those of `appeal` too.
const VERBS: [(&str, &str); 11] = [
    ("request", "Demander une évaluation à la personne de votre choix\u{a0}: ouvre un dossier"),
    ("accept", "Accepter une demande"),
    ("decline", "Décliner une demande"),
    ("recuse", "Se récuser\u{a0}: quelque chose vous lie au candidat"),
    ("withdraw", "Retirer une demande, une acceptation ou une évaluation"),
    ("appeal", "Contester une évaluation, ou trancher une contestation"),
    ("bundle", "Chiffrer les preuves pour l’évaluateur, avec une fin"),
    ("open", "Ouvrir les preuves qu’un candidat a chiffrées pour vous"),
    ("status", "Dire où en est un dossier, et ce qui peut être fait ensuite"),
    ("lodge", "Contester une évaluation vous concernant, en tant que candidat"),
    ("resolve", "Trancher, en tant que destinataire du recours"),
];

/// What each argument means: the verb (empty for all of them), the argument, its help.
const ARGUMENTS: [(&str, &str, &str); 52] = [
    ("", "thread", "Le dossier, un fichier"),
    ("", "name", "Votre nom, tel que l’enregistrement le montrera"),
    ("", "organisation", "L’organisme au nom duquel vous parlez\u{a0}: son DID ou son adresse"),
    ("", "organisation_name", "Le nom de cet organisme"),
    (
        "",
        "ties",
        "Ce qui vous lie à l’autre\u{a0}: none (rien), employment (emploi), colleague (collègue), teaching (enseignement), family (famille), business (affaires) ou other (autre)\u{a0}; peut être répété",
    ),
    ("", "tie_statement", "La même chose en vos mots"),
    (
        "",
        "thread_output",
        "Écrire le dossier ici et laisser le fichier tel quel\u{a0}; - pour la sortie standard [par défaut\u{a0}: sur place]",
    ),
    (
        "",
        "passphrase_file",
        "Lire la phrase secrète dans ce fichier [par défaut\u{a0}: $BADGE_WALLET_PASSPHRASE, sinon demandée]",
    ),
    (
        "",
        "at",
        "Le service de l’émetteur qui tient le statut des évaluations\u{a0}: une évaluation retirée ne peut alors plus être montrée comme si elle tenait",
    ),
    ("", "danger_allow_loopback", LOOPBACK),
    ("", "json", JSON),
    ("", "output", "Où l’écrire\u{a0}; - pour la sortie standard"),
    ("", "statement", "La même chose en vos mots"),
    ("", "email", "L’adresse à laquelle la demande vous est parvenue, si elle a été envoyée à une adresse"),
    ("", "skill", "La compétence dont l’évaluation est contestée [par défaut\u{a0}: la seule]"),
    ("request", "evaluator", "L’identifiant (DID) de l’évaluateur, tel qu’affiché par badge-wallet did"),
    (
        "request",
        "evaluator_email",
        "À la place, l’adresse électronique où vous envoyez la demande\u{a0}; seule une empreinte salée y figure",
    ),
    (
        "request",
        "skills",
        "Une compétence et le niveau visé\u{a0}: digcomp:1.1@5, ou 'URI NOM@RÉFÉRENTIEL:NIVEAU'\u{a0}; peut être répété",
    ),
    ("request", "claim", "Ce que vous dites de vous"),
    ("request", "badge", "Le badge à évaluer\u{a0}: un fichier, ou son identifiant dans le portefeuille"),
    ("request", "template", "Le modèle du badge visé\u{a0}: son «\u{a0}achievement\u{a0}» en JSON"),
    (
        "request",
        "evidence",
        "Un fichier que vous montrerez à l’évaluateur\u{a0}; seuls son nom et son empreinte figurent dans la demande\u{a0}; peut être répété",
    ),
    (
        "request",
        "valid",
        "Durée de la demande\u{a0}: un nombre suivi de s, m, h ou j (jours) [par défaut\u{a0}: 30j]",
    ),
    ("decline", "reason", REFUSAL),
    (
        "recuse",
        "reason",
        "Pourquoi : conflict-of-interest (conflit d’intérêts), ou other (autre) avec --statement [par défaut : conflict-of-interest]",
    ),
    (
        "withdraw",
        "reason",
        "Pourquoi\u{a0}: error-found (erreur), evidence-changed (preuves modifiées), conflict-of-interest (conflit d’intérêts), key-compromised (clé compromise), candidate-request (à la demande du candidat), no-longer-needed (devenu inutile) ou other (autre)",
    ),
    (
        "withdraw",
        "tell",
        "Seulement dire au service ce que ce dossier dit retiré par vous\u{a0}: rien n’est retiré ni signé",
    ),
    (
        "withdraw",
        "skills",
        "Seulement l’évaluation de cette compétence [par défaut\u{a0}: toutes les vôtres qui tiennent]\u{a0}; peut être répété",
    ),
    ("lodge", "to", "Qui doit trancher, par son DID\u{a0}: par exemple l’organisme derrière le badge"),
    (
        "lodge",
        "reason",
        "Pourquoi\u{a0}: error-found (erreur), procedure (règles non respectées), bias (partialité), new-evidence (preuves nouvelles) ou other (autre)",
    ),
    (
        "resolve",
        "decision",
        "upheld (admis\u{a0}: l’évaluation ne compte plus) ou dismissed (rejeté\u{a0}: elle tient)",
    ),
    ("bundle", "evidence", "Un fichier que la demande offre comme preuve\u{a0}; peut être répété"),
    (
        "bundle",
        "expires",
        "Combien de temps il peut être ouvert, au plus aussi longtemps que court la demande\u{a0}: un nombre suivi de s, m, h ou j (jours) [par défaut\u{a0}: 14j]",
    ),
    ("open", "bundle", "Le paquet, un fichier"),
    ("open", "folder", "Un nouveau dossier pour le dossier d’évaluation et les fichiers"),
    ("status", "online", "Chercher en ligne si une évaluation a été retirée"),
    (
        "evaluate",
        "skills",
        "Une compétence de la demande, par son URI, son code ou des mots de son nom [par défaut\u{a0}: toutes celles qui restent]\u{a0}; peut être répété",
    ),
    (
        "evaluate",
        "outcome",
        "Votre constat\u{a0}: met (acquis), partially-met (partiellement), not-met (non acquis) ou abstained (abstention) [par défaut\u{a0}: demandé, compétence par compétence]",
    ),
    ("evaluate", "reached", "Le niveau atteint, s’il est inférieur\u{a0}: son code sur la même échelle"),
    (
        "evaluate",
        "reason",
        "Pourquoi ce n’est pas acquis\u{a0}: evidence-insufficient (preuves insuffisantes), evidence-outdated (trop anciennes), evidence-not-authentic (pas du candidat), level-not-reached (niveau non atteint), outside-expertise (hors de votre domaine), conflict-of-interest (conflit d’intérêts) ou other (autre)",
    ),
    ("evaluate", "comment", "Un commentaire pour quiconque verra l’évaluation"),
    ("evaluate", "statement", "La raison en vos mots"),
    (
        "evaluate",
        "answers",
        "Prendre plutôt les réponses dans ce fichier\u{a0}: {\"skills\": [{\"skill\", \"outcome\", \"reached\", \"reason\", \"comment\", \"statement\"}]}",
    ),
    (
        "evaluate",
        "standing",
        "Un badge à vous, par son identifiant dans le portefeuille, qui montre que vous pouvez évaluer\u{a0}; peut être répété",
    ),
    (
        "evaluate",
        "evidence_dir",
        "Le répertoire des preuves du candidat\u{a0}: chaque fichier est comparé à la demande, et nommé comme vu",
    ),
    ("evaluate", "template", "Le modèle visé, un fichier\u{a0}: sa grille est montrée"),
    ("evaluate", "badge", "Le badge en question, un fichier\u{a0}: sa grille est montrée"),
    ("evaluate", "yes", "Signer sans demander"),
    (
        "evaluate",
        "page",
        "Répondre et évaluer sur une page de votre navigateur, servie sur cette seule machine",
    ),
    ("", "wallet", "Répertoire du portefeuille"),
    ("", "lang", "Langue des messages\u{a0}: en ou fr"),
    ("", "help", "Afficher l’aide"),
];

/// What follows “Utilisation” in the help; the second line stands under the first.
const USAGE: &str = "badge-wallet evaluate <THREAD> [OPTIONS]\n              badge-wallet evaluate <ACTE>";

const REFUSAL: &str = "Pourquoi\u{a0}: conflict-of-interest (conflit d’intérêts), outside-expertise (hors de votre domaine), no-time (pas le temps), scope-unclear (demande peu claire) ou other (autre)";

/// The same command, explained in French, with the verbs beneath it.
pub(super) fn command(command: clap::Command) -> clap::Command {
    explain("evaluate", command).override_usage(USAGE).subcommand_help_heading("Autres actes\u{a0}")
}

fn explain(verb: &str, command: clap::Command) -> clap::Command {
    let command =
        command.help_template(TEMPLATE).mut_args(|arg| match argument(verb, arg.get_id().as_str()) {
            Some(help) => arg.help(help),
            None => arg,
        });
    let command = match VERBS.iter().find(|(name, _)| *name == verb) {
        Some((_, about)) => command.about(*about),
        None => command,
    };
    let verbs: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    verbs.into_iter().fold(command, |command, name| {
        let told = name.clone();
        command.mut_subcommand(name, move |sub| explain(&told, sub))
    })
}

fn argument(verb: &str, id: &str) -> Option<&'static str> {
    let known = |wanted: &str| {
        ARGUMENTS.iter().find(|(of, name, _)| *of == wanted && *name == id).map(|(_, _, help)| *help)
    };
    known(verb).or_else(|| known(""))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use clap::CommandFactory as _;

    use crate::args::Args;

    /// Compares a command and everything beneath it.
    fn compare(english: &clap::Command, french: &clap::Command) {
        let about = |command: &clap::Command| command.get_about().unwrap().to_string();
        assert_ne!(about(english), about(french), "{}", english.get_name());
        for (one, other) in english.get_arguments().zip(french.get_arguments()) {
            let help = |arg: &clap::Arg| arg.get_help().unwrap().to_string();
            assert_ne!(help(one), help(other), "{} {}", english.get_name(), one.get_id());
        }
        for sub in english.get_subcommands() {
            compare(sub, french.find_subcommand(sub.get_name()).unwrap());
        }
    }

    #[test]
    fn every_move_is_explained_in_french() {
        let (english, french) = (Args::command(), crate::french::command(Args::command()));
        let of = |command: &clap::Command| command.find_subcommand("evaluate").unwrap().clone();
        compare(&of(&english), &of(&french));
    }
}
