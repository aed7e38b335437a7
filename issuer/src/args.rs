//! The command line, in both languages.

use std::ffi::OsString;
use std::path::PathBuf;

use badge_schemas::lang::Lang;
use badge_verifier::usage;
use clap::{Arg, ArgAction, ArgGroup, ArgMatches, Command, value_parser};

use crate::access::Role;
use crate::keys::Encryption;
use crate::settings::{DEFAULT_DATA, DEFAULT_LISTEN};

/// The language to speak: `--lang`, wherever it stands, else the locale (the values of `LC_ALL`, `LC_MESSAGES`, `LANG`).
///
/// Read before the command line itself, so that its help and its errors are in that language too.
pub fn language(arguments: &[OsString], locale: [Option<&str>; 3]) -> Lang {
    let texts: Vec<&str> = arguments.iter().map(|argument| argument.to_str().unwrap_or_default()).collect();
    let given = texts.iter().enumerate().find_map(|(index, text)| match text.strip_prefix("--lang=") {
        Some(tag) => Some(tag),
        None if *text == "--lang" => texts.get(index + 1).copied(),
        None => None,
    });
    given.map_or_else(|| Lang::from_locale(locale), Lang::from_tag)
}

/// The whole command line.
#[expect(
    clippy::too_many_lines,
    reason = "a command line in two languages reads best from top to bottom, in one piece"
)]
pub fn command(lang: Lang) -> Command {
    let t = |en: &'static str, fr: &'static str| lang.pick(en, fr);
    let template = t(
        "{about-with-newline}\nUsage: {usage}\n\n{all-args}",
        "{about-with-newline}\nUtilisation\u{a0}: {usage}\n\n{all-args}",
    );
    let finish = |command: Command| {
        command.help_template(template).disable_help_flag(true).disable_help_subcommand(true).arg(
            Arg::new("help")
                .long("help")
                .short('h')
                .action(ArgAction::Help)
                .help(t("Print this help", "Affiche cette aide")),
        )
    };
    let common = |command: Command| {
        finish(command)
            .arg(path("data", "DIR").help(format!(
                "{} [{DEFAULT_DATA}]",
                t("Directory that keeps everything", "Répertoire où tout est conservé")
            )))
            .arg(path("config", "FILE").help(t("Settings file (TOML)", "Fichier de réglages (TOML)")))
            .arg(path("passphrase-file", "FILE").help(t(
                "File whose first line is the passphrase of the key files; or set BADGE_ISSUER_PASSPHRASE",
                "Fichier dont la première ligne est la phrase secrète des clés\u{a0}; ou définissez BADGE_ISSUER_PASSPHRASE",
            )))
            .arg(text("public-url", "URL").help(t(
                "Address at which the world reaches this issuer; https gives a did:web",
                "Adresse par laquelle le monde atteint cet émetteur\u{a0}; https donne un did:web",
            )))
    };
    let rsa = || {
        flag("rsa").help(t(
            "Also make an RSA key, for validators that accept only RS256",
            "Crée aussi une clé RSA, pour les validateurs qui n’acceptent que RS256",
        ))
    };
    let encryption = || {
        text("encryption", "FORMAT").value_parser(Encryption::ALL.map(Encryption::as_str)).help(t(
            "How key files that are made now are encrypted: pkcs8, or age [pkcs8]",
            "Comment sont chiffrés les fichiers de clés créés maintenant\u{a0}: pkcs8, ou age [pkcs8]",
        ))
    };
    let output = || path("output", "FILE").short('o').required(true);

    let serve = common(Command::new("serve"))
        .about(t("Runs the service", "Lance le service"))
        .arg(text("listen", "ADDR").help(format!(
            "{} [{DEFAULT_LISTEN}]",
            t(
                "Address and port to listen on; port 0 takes a free one",
                "Adresse et port d’écoute\u{a0}; le port 0 en prend un libre"
            )
        )))
        .arg(rsa())
        .arg(encryption())
        .arg(text("profile", "NAME").value_parser(["standard", "conformance"]).help(t(
            "Which routes: standard, or conformance for official test suites (HTTPS on loopback, no authentication, nothing kept) [standard]",
            "Quelles routes\u{a0}: standard, ou conformance pour les suites de tests officielles (HTTPS en boucle locale, sans authentification, rien n’est conservé) [standard]",
        )));
    let issue = common(Command::new("issue"))
        .about(t("Issues one badge without a running service", "Émet un badge sans service en marche"))
        .arg(positional("draft", "DRAFT.json").help(t(
            "The award, with its achievement in it",
            "L’attribution, avec sa réalisation (achievement) dedans",
        )))
        .arg(text("to", "DID|EMAIL").help(t("To whom", "À qui")))
        .arg(text("format", "FORMAT").value_parser(["json", "jwt", "png", "svg", "ecdsa-sd-2023", "sd-jwt", "dc+sd-jwt"]).help(t(
            "Form of the file; ecdsa-sd-2023, sd-jwt and dc+sd-jwt let the holder show parts of it [json]",
            "Forme du fichier\u{a0}; ecdsa-sd-2023, sd-jwt et dc+sd-jwt permettent au titulaire d’en montrer des parties [json]",
        )))
        .arg(output().help(t("File to write the badge to", "Fichier où écrire le badge")))
        .arg(flag("no-status").help(t(
            "Without a status entry: the badge can never be revoked",
            "Sans entrée de statut\u{a0}: le badge ne pourra jamais être révoqué",
        )));
    let batch = common(Command::new("batch"))
        .about(t(
            "Awards a badge to everyone in a table or in JSON lines; run again, it goes on where it ended",
            "Attribue un badge à tous ceux d’un tableau ou de lignes JSON\u{a0}; relancé, il reprend où il s’était arrêté",
        ))
        .arg(positional("file", "FILE").help(t(
            "Table (.csv, UTF-8) whose first line names its columns, or JSON lines (.jsonl); - reads the standard input",
            "Tableau (.csv, UTF-8) dont la première ligne nomme les colonnes, ou lignes JSON (.jsonl)\u{a0}; - lit l’entrée standard",
        )))
        .arg(text("badge", "ID|BADGE.json").required(true).help(t(
            "The badge: its id, or a file with its achievement",
            "Le badge\u{a0}: son identifiant, ou un fichier avec sa réalisation (achievement)",
        )))
        .arg(path("out", "DIR|-").help(t(
            "Directory for the badges and the report; - writes them as lines to the standard output",
            "Répertoire des badges et du rapport\u{a0}; - les écrit en lignes sur la sortie standard",
        )))
        .arg(flag("dry-run").help(t(
            "Looks at every line and records nothing",
            "Examine chaque ligne et n’enregistre rien",
        )))
        .arg(text("on-error", "WHAT").value_parser(["stop", "skip"]).help(t(
            "At a bad line: stop, or skip it [stop; skip with --dry-run]",
            "À une ligne fautive\u{a0}: s’arrêter (stop) ou la laisser de côté (skip) [stop\u{a0}; skip avec --dry-run]",
        )))
        .arg(text("batch", "NAME").help(t(
            "Name of the batch: the same line under the same name is awarded once [the file's name]",
            "Nom du lot\u{a0}: la même ligne sous le même nom n’est attribuée qu’une fois [le nom du fichier]",
        )))
        .arg(text("format", "FORMAT").value_parser(["json", "jwt", "png", "svg", "ecdsa-sd-2023", "sd-jwt", "dc+sd-jwt"]).help(t(
            "Form of the badges [json]",
            "Forme des badges [json]",
        )))
        .arg(flag("only-format").help(t(
            "Signs that form alone: with jwt several times faster, and the badges can then be had in no other",
            "Ne signe que cette forme\u{a0}: avec jwt, plusieurs fois plus rapide, et les badges n’existent alors sous aucune autre",
        )))
        .arg(text("input", "KIND").value_parser(["csv", "jsonl"]).help(t(
            "What the file is [as its name ends]",
            "Ce qu’est le fichier [d’après la fin de son nom]",
        )))
        .arg(text("delimiter", "CHAR").value_parser(["auto", ";", ",", "tab"]).help(t(
            "Between the cells of a table [auto]",
            "Entre les cellules d’un tableau [auto]",
        )))
        .arg(path("report", "FILE").help(t(
            "What became of each line, as NDJSON, or as a table where the name ends in .csv [DIR/report.ndjson]",
            "Ce qu’il est advenu de chaque ligne, en NDJSON, ou en tableau si le nom finit par .csv [DIR/report.ndjson]",
        )))
        .arg(flag("no-status").help(t(
            "Without status entries: the badges can never be revoked",
            "Sans entrées de statut\u{a0}: les badges ne pourront jamais être révoqués",
        )));
    let erase = common(Command::new("erase"))
        .about(t(
            "Erases what is personal about an award, and writes a signed receipt",
            "Efface ce qui est personnel dans une attribution, et écrit un reçu signé",
        ))
        .arg(word("award", "AWARD").help(t(
            "The award: its id, or the id in the badge itself",
            "L’attribution\u{a0}: son identifiant, ou celui («\u{a0}id\u{a0}») qui figure dans le badge",
        )))
        .arg(
            text("ground", "GROUND")
                .value_parser(["holder-request", "retention-ended", "legal-order", "issued-in-error"])
                .help(t(
                    "Why; stands in the record [holder-request]",
                    "Pourquoi\u{a0}; figure au registre [holder-request]",
                )),
        )
        .arg(path("output", "FILE").short('o').help(t(
            "File to write the receipt to [the standard output]",
            "Fichier où écrire le reçu [la sortie standard]",
        )))
        .arg(flag("yes").help(t("Yes, for good", "Oui, définitivement")));
    let doctor = common(Command::new("doctor"))
        .about(t(
            "Explains what is wrong with a draft, a badge or the whole catalogue, and how to put it right",
            "Explique ce qui ne va pas dans un brouillon, un badge ou tout le catalogue, et comment y remédier",
        ))
        .arg(Arg::new("file").value_name("FILE").value_parser(value_parser!(PathBuf)).help(t(
            "A draft, an achievement, or a signed badge in any form",
            "Un brouillon, une réalisation (achievement) ou un badge signé, sous toute forme",
        )))
        .arg(text("badge", "ID").help(t("A badge of the catalogue", "Un badge du catalogue")))
        .arg(flag("catalogue").help(t("Every badge of the catalogue", "Tous les badges du catalogue")))
        .group(ArgGroup::new("what").args(["file", "badge", "catalogue"]).required(true))
        .arg(
            text("profile", "NAME")
                .action(ArgAction::Append)
                .value_parser(["open-badges", "eu-microcredential", "fr", "plain-language"])
                .help(t(
                    "What to look for; may be given several times [those of the settings, or open-badges and plain-language]",
                    "Ce qu’il faut chercher\u{a0}; peut être donné plusieurs fois [ceux des réglages, ou open-badges et plain-language]",
                )),
        )
        .arg(flag("json").help(t("Findings as JSON", "Constats en JSON")));
    let status = common(Command::new("status"))
        .about(t(
            "Revokes, suspends or restores an award without a running service",
            "Révoque, suspend ou rétablit une attribution sans service en marche",
        ))
        .arg(word("award", "AWARD").help(t(
            "The award: its id, or the id in the badge itself",
            "L’attribution\u{a0}: son identifiant, ou celui («\u{a0}id\u{a0}») qui figure dans le badge",
        )))
        .arg(word("to", "STATUS").value_parser(["revoked", "suspended", "active"]).help(t(
            "The status to give it: revoked (for good), suspended, or active again",
            "L’état à lui donner\u{a0}: revoked (révoqué, définitivement), suspended (suspendu) ou active (rétabli)",
        )))
        .arg(text("reason", "TEXT").required(true).help(t(
            "Why; kept with the record, never published",
            "Pourquoi\u{a0}; conservé avec le dossier, jamais publié",
        )));
    let publish = common(Command::new("publish")).about(t(
        "Writes again what an issuer without a running service hosts: status lists, keys, badges",
        "Récrit ce qu’un émetteur sans service en marche doit héberger\u{a0}: listes de statut, clés, badges",
    ));
    let keygen = common(Command::new("keygen"))
        .about(t(
            "Makes the signing keys that are not there yet, and prints the public ones",
            "Crée les clés de signature qui manquent, et affiche les clés publiques",
        ))
        .arg(rsa())
        .arg(encryption());
    let signer = common(Command::new("signer"))
        .about(t(
            "Holds the keys and signs for a service of another process, over a Unix socket",
            "Détient les clés et signe pour un service d’un autre processus, par une socket Unix",
        ))
        .arg(path("socket", "PATH").required(true).help(t(
            "Where to listen; the service's settings name it: [keys] socket",
            "Où écouter\u{a0}; les réglages du service la nomment\u{a0}: [keys] socket",
        )))
        .arg(text("allow-uid", "UID").action(ArgAction::Append).help(t(
            "User who may ask, by number; may be repeated [this process's]",
            "Utilisateur qui peut demander, par numéro\u{a0}; peut être répété [celui de ce processus]",
        )))
        .arg(text("mode", "MODE").value_parser(["0600", "0660"]).help(t(
            "Mode of the socket; 0660 where the service runs as another user of its group [0600]",
            "Mode de la socket\u{a0}; 0660 quand le service tourne sous un autre utilisateur de son groupe [0600]",
        )))
        .arg(text("rate", "N").help(format!(
            "{} [{}]",
            t("Signatures a second at most", "Signatures par seconde au plus"),
            crate::keys::service::DEFAULT_RATE
        )))
        .arg(rsa())
        .arg(encryption());
    let key_name = || {
        word("key", "KEY").help(t(
            "Its name, as badge-issuer key list gives it",
            "Son nom, tel que le donne badge-issuer key list",
        ))
    };
    let key = finish(Command::new("key"))
        .about(t(
            "Shows the keys, and changes their states; the service must be stopped",
            "Montre les clés et change leur état\u{a0}; le service doit être arrêté",
        ))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(common(Command::new("list")).about(t(
            "Every key with its state, as JSON",
            "Toutes les clés avec leur état, en JSON",
        )))
        .subcommand(
            common(Command::new("rotate"))
                .about(t(
                    "Makes new keys that sign from now on; the old ones are retired, and what they signed stays valid",
                    "Crée de nouvelles clés qui signent désormais\u{a0}; les anciennes sont retirées, et ce qu’elles ont signé reste valide",
                ))
                .arg(
                    Arg::new("kind")
                        .value_name("KIND")
                        .value_parser(["ed25519", "p256", "rsa"])
                        .help(t("Only the key of this kind [all]", "Seulement la clé de ce genre [toutes]")),
                )
                .arg(encryption()),
        )
        .subcommand(
            common(Command::new("retire"))
                .about(t(
                    "Retires a key without a successor (an RSA key)",
                    "Retire une clé sans lui donner de successeur (une clé RSA)",
                ))
                .arg(key_name()),
        )
        .subcommand(
            common(Command::new("compromise"))
                .about(t(
                    "Declares that somebody else may have signed with a key; a key that signs gets a successor at once",
                    "Déclare que quelqu’un d’autre a pu signer avec une clé\u{a0}; une clé active reçoit aussitôt un successeur",
                ))
                .arg(key_name())
                .arg(text("since", "RFC3339").required(true).help(t(
                    "Since when that cannot be excluded; can be moved back later, never forward",
                    "Depuis quand on ne peut l’exclure\u{a0}; pourra être reculé, jamais avancé",
                )))
                .arg(encryption()),
        );
    let sign = common(Command::new("sign"))
        .about(t("Signs a registry of recognised issuers", "Signe un registre d’émetteurs reconnus"))
        .arg(positional("list", "LIST.json").help(t(
            "The entries as an array, or the whole credential without proof",
            "Les entrées en tableau, ou le justificatif entier sans preuve",
        )))
        .arg(output().help(t("File to write the registry to", "Fichier où écrire le registre")))
        .arg(text("valid-until", "RFC3339").help(t(
            "Until when an array's registry counts [90 days from now]",
            "Jusqu’à quand compte le registre fait d’un tableau [dans 90 jours]",
        )));
    let token = finish(Command::new("token"))
        .about(t(
            "Makes, lists and revokes the tokens of those who use the service; it may be running",
            "Crée, liste et révoque les jetons de ceux qui utilisent le service, même en marche",
        ))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            common(Command::new("create"))
                .about(t("Makes a token and prints it, once", "Crée un jeton et l’affiche, une seule fois"))
                .arg(text("account", "NAME").required(true).help(t(
                    "Whose it is; stays in the record for ever: a function or a program, not a person",
                    "À qui il est\u{a0}; reste à jamais dans le registre\u{a0}: une fonction ou un programme, pas une personne",
                )))
                .arg(
                    text("role", "ROLE")
                        .required(true)
                        .action(ArgAction::Append)
                        .value_parser(Role::ALL.map(Role::as_str))
                        .help(t("What it may do; may be given again", "Ce qu’il permet\u{a0}; peut être répété")),
                )
                .arg(text("badge", "ID").action(ArgAction::Append).help(t(
                    "Limits an awarder to the awards of this badge; may be given again",
                    "Limite un awarder aux attributions de ce badge\u{a0}; peut être répété",
                )))
                .arg(text("expires", "RFC3339").help(t(
                    "Until when it counts [a year from now]",
                    "Jusqu’à quand il compte [dans un an]",
                ))),
        )
        .subcommand(
            common(Command::new("list"))
                .about(t("Lists the tokens, one JSON object a line", "Liste les jetons, un objet JSON par ligne")),
        )
        .subcommand(
            common(Command::new("revoke"))
                .about(t("Revokes a token at once", "Révoque un jeton aussitôt"))
                .arg(word("id", "ID").help(t(
                    "The token's id, as token list shows it",
                    "L’identifiant du jeton, tel que token list le montre",
                ))),
        );
    let registry = finish(Command::new("registry"))
        .about(t(
            "Works on registries of recognised issuers",
            "Travaille sur les registres d’émetteurs reconnus",
        ))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(sign);
    let store = finish(Command::new("store"))
        .about(t("Checks and repairs the record", "Contrôle et répare le registre"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(common(Command::new("verify")).about(t(
            "Reads the whole record and says whether it is whole",
            "Lit tout le registre et dit s’il est intact",
        )))
        .subcommand(
            common(Command::new("export"))
                .about(t(
                    "Writes the whole record, for a backup or for another store; it holds personal data",
                    "Écrit tout le registre, pour une sauvegarde ou un autre dépôt\u{a0}; il contient des données personnelles",
                ))
                .arg(output().help(t("File to write it to; - for the standard output", "Fichier où l’écrire\u{a0}; - pour la sortie standard"))),
        )
        .subcommand(
            common(Command::new("import"))
                .about(t(
                    "Records what an export holds and the record does not yet; goes on where it was interrupted",
                    "Enregistre ce qu’un export contient et que le registre n’a pas encore\u{a0}; reprend là où il a été interrompu",
                ))
                .arg(positional("file", "FILE").help(t("The export", "L’export"))),
        )
        .subcommand(common(Command::new("rebuild")).about(t(
            "Sets the index aside and makes it anew from journal and payloads",
            "Met l’index de côté et le refait depuis le journal et les contenus",
        )))
        .subcommand(
            common(Command::new("checkpoint"))
                .about(t(
                    "Compares the record with its signed checkpoint, then signs a new one",
                    "Compare le registre à son point de contrôle signé, puis en signe un nouveau",
                ))
                .arg(flag("accept-loss").help(t(
                    "Take the record as it is, even if it is behind its checkpoint or the checkpoint is gone",
                    "Prend le registre tel qu’il est, même en retard sur son point de contrôle ou si celui-ci a disparu",
                ))),
        );

    let log = finish(Command::new("log"))
        .about(t(
            "Shows the record as a transparency log that anybody can check",
            "Montre le registre comme un journal de transparence que chacun peut contrôler",
        ))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            common(Command::new("export"))
                .about(t(
                    "Writes the log, or what is new of it, into a folder to be published (C2SP tlog-tiles)",
                    "Écrit le journal, ou ce qu’il a de nouveau, dans un dossier à publier (C2SP tlog-tiles)",
                ))
                .arg(positional("directory", "DIR").help(t("The folder", "Le dossier"))),
        )
        .subcommand(
            common(Command::new("receipt"))
                .about(t(
                    "Writes the proof that an award's signature is in the log",
                    "Écrit la preuve que la signature d’une attribution est au journal",
                ))
                .arg(word("award", "AWARD").help(t(
                    "The award: its id, or the id in the badge itself",
                    "L’attribution\u{a0}: son identifiant, ou celui («\u{a0}id\u{a0}») qui figure dans le badge",
                )))
                .arg(output().help(t("File to write the receipt to", "Fichier où écrire le reçu")))
                .arg(path("checkpoint", "FILE").help(t(
                    "Prove it for this checkpoint of the log, which witnesses may have signed [one signed now]",
                    "Prouver pour ce point de contrôle du journal, que des témoins ont pu signer [un nouveau]",
                ))),
        );

    let command = finish(Command::new("badge-issuer"))
        .version(env!("CARGO_PKG_VERSION"))
        .about(t(
            "Issues skills badges (Open Badges 3.0), for training bodies.",
            "Émet des badges de compétences (Open Badges 3.0), pour les organismes de formation.",
        ))
        .disable_version_flag(true)
        .arg(
            Arg::new("version")
                .long("version")
                .short('V')
                .action(ArgAction::Version)
                .help(t("Print the version", "Affiche la version")),
        )
        .arg(
            text("lang", "LANG")
                .global(true)
                .value_parser(["en", "fr"])
                .help(t("Language: en or fr [the locale's]", "Langue\u{a0}: en ou fr [celle du système]")),
        )
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(serve)
        .subcommand(issue)
        .subcommand(batch)
        .subcommand(doctor)
        .subcommand(erase)
        .subcommand(status)
        .subcommand(publish)
        .subcommand(keygen)
        .subcommand(key)
        .subcommand(signer)
        .subcommand(registry)
        .subcommand(token)
        .subcommand(
            common(Command::new("check-config"))
                .about(t(
                    "Tells everything that is wrong with the settings; ends with 1 where there is something",
                    "Dit tout ce qui ne va pas dans les réglages\u{a0}; se termine par 1 s’il y a quelque chose",
                ))
                .arg(text("listen", "ADDR").help(t("Address to listen on", "Adresse d’écoute"))),
        )
        .subcommand(
            common(Command::new("audit"))
                .about(t(
                    "Prints the audit log, one JSON object a line, without a running service",
                    "Affiche le journal d’audit, un objet JSON par ligne, sans service en marche",
                ))
                .arg(
                    text("after", "NUMBER")
                        .help(t("Only entries after this number", "Seulement les entrées après ce numéro")),
                )
                .arg(
                    text("actor", "NAME")
                        .help(t("Only what this account did", "Seulement ce qu’a fait ce compte")),
                ),
        )
        .subcommand(store)
        .subcommand(log);
    if lang == Lang::Fr { usage::in_french(command) } else { command }
}

/// A path that was given.
pub fn path_of(matches: &ArgMatches, name: &str) -> Option<PathBuf> {
    matches.get_one::<PathBuf>(name).cloned()
}

/// A text that was given.
pub fn text_of(matches: &ArgMatches, name: &str) -> Option<String> {
    matches.get_one::<String>(name).cloned()
}

fn path(name: &'static str, value: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).value_parser(value_parser!(PathBuf))
}

fn text(name: &'static str, value: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value)
}

fn flag(name: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue)
}

fn positional(name: &'static str, value: &'static str) -> Arg {
    word(name, value).value_parser(value_parser!(PathBuf))
}

fn word(name: &'static str, value: &'static str) -> Arg {
    Arg::new(name).value_name(value).required(true)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    #[test]
    fn the_command_line_is_sound_in_both_languages() {
        for lang in [Lang::En, Lang::Fr] {
            command(lang).debug_assert();
        }
        let help = command(Lang::Fr).render_long_help().to_string();
        assert!(help.contains("Utilisation\u{a0}:") && help.contains("Lance le service"), "{help}");
        assert!(!help.contains("Usage:") && !help.contains("Print"), "{help}");
    }

    #[test]
    fn the_language_is_found_wherever_it_stands() {
        let language = |arguments: &[&str]| {
            let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
            language(&arguments, [None, None, Some("fr_FR.UTF-8")])
        };
        assert_eq!(language(&["serve"]), Lang::Fr);
        assert_eq!(language(&["serve", "--lang", "en"]), Lang::En);
        assert_eq!(language(&["--lang=en", "serve"]), Lang::En);
    }

    #[test]
    fn the_documented_lines_parse() {
        for line in [
            "badge-issuer serve --data d --listen 127.0.0.1:0 --config c --public-url https://a.example --lang fr",
            "badge-issuer issue d.json --data d --to did:key:z --format png -o f --no-status",
            "badge-issuer batch f.csv --badge b --out d --on-error skip --format jwt --only-format --delimiter ;",
            "badge-issuer doctor f --profile fr --profile plain-language --json",
            "badge-issuer erase 1 --ground legal-order --yes -o r",
            "badge-issuer doctor --catalogue --data d",
            "badge-issuer batch - --badge b.json --dry-run --batch n --input jsonl",
            "badge-issuer status 1 revoked --reason r --data d",
            "badge-issuer publish --data d",
            "badge-issuer keygen --data d --rsa --encryption age",
            "badge-issuer serve --data d --encryption pkcs8",
            "badge-issuer signer --socket s --data d --allow-uid 33 --allow-uid 34 --mode 0660 --rate 100 --encryption age",
            "badge-issuer key list --data d",
            "badge-issuer key rotate ed25519 --data d --passphrase-file p --encryption age",
            "badge-issuer key retire rsa.pem --data d",
            "badge-issuer key compromise p256.pem --since 2026-11-01T00:00:00Z --data d --encryption age",
            "badge-issuer registry sign l.json -o f",
            "badge-issuer store export -o - --data d",
            "badge-issuer store import f --config c",
            "badge-issuer token create --data d --account lms --role awarder --badge b --badge c --expires 2027-01-01T00:00:00Z",
            "badge-issuer token list --data d",
            "badge-issuer check-config --config c",
            "badge-issuer audit --data d --after 3 --actor lms",
            "badge-issuer token revoke x --data d",
            "badge-issuer store verify --data d",
            "badge-issuer store rebuild --data d",
            "badge-issuer store checkpoint --data d --config c --accept-loss",
            "badge-issuer log export public/log --data d",
            "badge-issuer log receipt 1 --data d -o f --checkpoint c",
        ] {
            command(Lang::En).try_get_matches_from(line.split(' ')).unwrap();
        }
        for line in ["badge-issuer issue d.json", "badge-issuer serve --format png", "badge-issuer"] {
            assert!(command(Lang::En).try_get_matches_from(line.split(' ')).is_err(), "{line}");
        }
    }
}
