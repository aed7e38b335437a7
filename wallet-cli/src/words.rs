//! What the wallet says to its holder, in English and French. Problems bring their own words; JSON never passes through here.

use badge_schemas::lang::Lang;
use badge_verifier::Verdict;
use badge_verifier::evaluation::thread::{Evaluated, Force};
use badge_verifier::render::{MAX_TEXT_CHARS, sanitise};
use badge_verifier::words::evaluation::{force, found};
use badge_verifier::words::{verdict, verdict_meaning};

use crate::ask::Occasion;
use crate::attached::{Attached, Fit};
use crate::store::Kept;

/// Digits of an identifier that people are shown: enough to be told apart in any wallet, short enough to type.
pub(crate) const SHORT: usize = 8;

/// Asks for the passphrase.
pub(crate) fn passphrase_prompt(occasion: Occasion, lang: Lang) -> &'static str {
    match occasion {
        Occasion::Choose => lang.pick("Choose a passphrase: ", "Choisissez une phrase secrète\u{a0}: "),
        Occasion::Open => lang.pick("Passphrase: ", "Phrase secrète\u{a0}: "),
    }
}

/// Asks for it again.
pub(crate) fn passphrase_again(lang: Lang) -> &'static str {
    lang.pick("The same once more: ", "La même encore une fois\u{a0}: ")
}

/// After a passphrase that does not open the key, before it is asked for again.
pub(crate) fn passphrase_wrong(lang: Lang) -> &'static str {
    lang.pick("This passphrase does not open the key.", "Cette phrase secrète n’ouvre pas la clé.")
}

/// After `init`.
pub(crate) fn created(path: &str, lang: Lang) -> String {
    lang.pick(
        format!("Wallet made in {path}. Give the identifier below to whoever awards you badges."),
        format!(
            "Portefeuille créé dans {path}. Donnez l’identifiant ci-dessous à qui vous remet des badges."
        ),
    )
}

/// What follows from a key and its passphrase, said once.
pub(crate) fn created_advice(lang: Lang) -> &'static str {
    lang.pick(
        "Keep a copy of that directory and remember the passphrase: nobody can make either again.",
        "Gardez une copie de ce répertoire et retenez la phrase secrète\u{a0}: personne ne peut les refaire.",
    )
}

/// After `init --danger-no-passphrase`.
pub(crate) fn created_in_clear(lang: Lang) -> &'static str {
    lang.pick(
        "The key is not encrypted: whoever reads the file can present your badges.",
        "La clé n’est pas chiffrée\u{a0}: quiconque lit le fichier peut présenter vos badges.",
    )
}

/// What became of a badge that was added.
pub(crate) fn kept(kept: &Kept, name: &str, lang: Lang) -> String {
    match kept {
        Kept::Added | Kept::Older { .. } => {
            lang.pick(format!("Kept: {name}."), format!("Gardé\u{a0}: {name}."))
        }
        Kept::Already => lang.pick(
            format!("Already in the wallet: {name}. Its check is fresh now."),
            format!("Déjà dans le portefeuille\u{a0}: {name}. Son contrôle est désormais à jour."),
        ),
        Kept::Replaced { old } => lang.pick(
            format!("Kept: {name}. It replaces an older version of the same badge ({old})."),
            format!("Gardé\u{a0}: {name}. Il remplace une version plus ancienne du même badge ({old})."),
        ),
        Kept::Beside { other } => lang.pick(
            format!("Kept: {name}. Another file of the same badge stays beside it ({other})."),
            format!("Gardé\u{a0}: {name}. Un autre fichier du même badge reste à côté ({other})."),
        ),
    }
}

/// Of an endorsement that was added.
pub(crate) fn attached(endorsement: &Attached, badge: &str, lang: Lang) -> String {
    let who = endorsement_line(endorsement, lang);
    lang.pick(
        format!("Kept beside {badge}, attached by you, not by its issuer: {who}."),
        format!("Gardé à côté de {badge}, ajouté par vous et non par son émetteur\u{a0}: {who}."),
    )
}

/// Who endorses, and what they found.
pub(crate) fn endorsement_line(endorsement: &Attached, lang: Lang) -> String {
    let clean = |text: &str| sanitise(text, MAX_TEXT_CHARS);
    let who = match (endorsement.endorser_name(), endorsement.endorser()) {
        (Some(name), Some(did)) => format!("{} ({})", clean(name), clean(did)),
        (name, did) => name.or(did).map_or_else(|| "–".to_owned(), clean),
    };
    let Some(evaluation) = endorsement.evaluation() else {
        return format!("{who} — {}", lang.pick("a comment", "un avis"));
    };
    let level = evaluation.level().unwrap_or(&evaluation.target_level);
    let found = clean(&found(evaluation.finding, Some(level), lang));
    format!("{who} — {}, {found}", clean(&evaluation.evaluated_skill.target_name))
}

/// The heading of endorsements that the holder attached.
pub(crate) fn attached_heading(lang: Lang) -> &'static str {
    lang.pick(
        "Endorsements attached by the holder, not by the issuer",
        "Endossements ajoutés par le détenteur, et non par l’émetteur",
    )
}

/// What became of an attached endorsement when it was looked at again.
pub(crate) fn fit(fit: &Fit, lang: Lang) -> &'static str {
    match fit {
        Fit::Sound => lang.pick("sound", "fiable"),
        Fit::Open(_) => lang.pick("not known", "non établi"),
        Fit::Unfit(_) => lang.pick("does not count", "ne compte pas"),
    }
}

/// Of an evaluation in a thread that is not kept.
pub(crate) fn evaluation_left_out(evaluation: &Evaluated, lang: Lang) -> String {
    let skill = sanitise(&evaluation.evaluation.evaluated_skill.target_name, MAX_TEXT_CHARS);
    let force = force(evaluation.force(), lang);
    lang.pick(format!("Left out: {skill} — {force}."), format!("Laissé de côté\u{a0}: {skill} — {force}."))
}

/// Of a kept evaluation that fell since.
pub(crate) fn taken_away(endorsement: &Attached, fallen: Force, badge: &str, lang: Lang) -> String {
    let (who, force) = (endorsement_line(endorsement, lang), force(fallen, lang));
    lang.pick(
        format!("Taken away from beside {badge}: {who} — {force}."),
        format!("Retiré d’à côté de {badge}\u{a0}: {who} — {force}."),
    )
}

/// An endorsement as it is named beside its badge: its identifier's beginning, its date, who, and what they found.
pub(crate) fn endorsement_entry(endorsement: &Attached, lang: Lang) -> String {
    let id: String = endorsement.id().chars().take(SHORT).collect();
    let date: String =
        sanitise(endorsement.valid_from().unwrap_or("–"), MAX_TEXT_CHARS).chars().take(10).collect();
    format!("{id}  {date}  {}", endorsement_line(endorsement, lang))
}

/// What an endorser says in words.
pub(crate) fn comment(text: &str, lang: Lang) -> String {
    lang.pick(format!("comment: “{text}”"), format!("commentaire\u{a0}: «\u{a0}{text}\u{a0}»"))
}

/// One endorsement beside a badge, before and after it is removed.
pub(crate) fn endorsement_beside(endorsement: &Attached, badge: &str, lang: Lang) -> String {
    let who = endorsement_line(endorsement, lang);
    lang.pick(
        format!("the endorsement [{who}] beside {badge}"),
        format!("l’endossement [{who}] à côté de {badge}"),
    )
}

/// Of an endorsement that does not go with what is shown.
pub(crate) fn endorsement_left_out(endorsement: &Attached, lang: Lang) -> String {
    let who = endorsement_line(endorsement, lang);
    lang.pick(format!("Not sent along: {who}."), format!("Non joint\u{a0}: {who}."))
}

/// How many endorsements go along.
pub(crate) fn sent_along(count: usize, lang: Lang) -> String {
    lang.pick(
        format!("With endorsements that you attached: {count} (--without-endorsements leaves them out)."),
        format!("Avec les endossements que vous avez ajoutés\u{a0}: {count} (--without-endorsements les laisse de côté)."),
    )
}

/// Of the endorsements of an SD-JWT that is presented by itself.
pub(crate) fn presented_alone(lang: Lang) -> &'static str {
    lang.pick(
        "An SD-JWT is presented by itself: the endorsements beside it are not sent along.",
        "Un SD-JWT se présente seul\u{a0}: les endossements gardés à côté ne sont pas joints.",
    )
}

/// After `evaluate bundle`.
pub(crate) fn bundled(evaluator: &str, until: &str, lang: Lang) -> String {
    lang.pick(
        format!(
            "Send it to {evaluator}, who alone can open it (badge-wallet evaluate open), until {until}; what they have read by then they keep."
        ),
        format!(
            "Envoyez-le à {evaluator}, qui seul peut l’ouvrir (badge-wallet evaluate open), jusqu’au {until}\u{a0}; ce qui aura été lu d’ici là reste lu."
        ),
    )
}

/// After `evaluate bundle`: how many files are in it, and what was announced and is not.
pub(crate) fn in_bundle(files: usize, absent: &str, lang: Lang) -> String {
    if absent.is_empty() {
        return lang.pick(format!("Files: {files}."), format!("Fichiers\u{a0}: {files}."));
    }
    lang.pick(
        format!("Files: {files}; announced and absent: {absent} (--evidence)."),
        format!("Fichiers\u{a0}: {files}\u{a0}; annoncé et absent\u{a0}: {absent} (--evidence)."),
    )
}

/// After `evaluate open`.
pub(crate) fn unbundled(candidate: &str, files: usize, until: &str, lang: Lang) -> String {
    lang.pick(
        format!("Made by {candidate}; files as the request commits to them: {files}. Meant to be used until {until}."),
        format!("Fait par {candidate}\u{a0}; fichiers conformes à la demande\u{a0}: {files}. À utiliser jusqu’au {until}."),
    )
}

/// Of a file that could not keep its name.
pub(crate) fn renamed(offered: &str, name: &str, lang: Lang) -> String {
    lang.pick(
        format!("“{offered}” is written as “{name}”: its own name is not safe on every system, or another file has it."),
        format!(
            "«\u{a0}{offered}\u{a0}» est écrit sous le nom «\u{a0}{name}\u{a0}»\u{a0}: son propre nom n’est pas sûr sur tous les systèmes, ou un autre fichier le porte."
        ),
    )
}

/// Of evidence that was offered and is not in the bundle.
pub(crate) fn not_in_bundle(name: &str, lang: Lang) -> String {
    lang.pick(
        format!("Offered, and not in it: {name}"),
        format!("Proposé, et absent du paquet\u{a0}: {name}"),
    )
}

/// The verdict with its meaning.
pub(crate) fn verdict_line(found: Verdict, lang: Lang) -> String {
    format!("{} — {}.", verdict(found, lang), verdict_meaning(found, lang))
}

/// Before the findings that made a badge invalid.
pub(crate) fn not_kept(lang: Lang) -> &'static str {
    lang.pick("Not kept, because:", "Non gardé, car\u{a0}:")
}

/// Before the findings that kept a verdict open.
pub(crate) fn open_because(lang: Lang) -> &'static str {
    lang.pick(
        "It was kept all the same; what is not known:",
        "Il a tout de même été gardé\u{a0}; ce qui n’est pas établi\u{a0}:",
    )
}

/// A verdict as it is noted beside a badge, or that there is none.
pub(crate) fn noted_verdict(noted: Option<&str>, lang: Lang) -> &'static str {
    match noted {
        Some("valid") => verdict(Verdict::Valid, lang),
        Some("invalid") => verdict(Verdict::Invalid, lang),
        Some("indeterminate") => verdict(Verdict::Indeterminate, lang),
        _ => lang.pick("not checked", "non vérifié"),
    }
}

/// The headings of the table of badges.
pub(crate) fn headings(lang: Lang) -> [&'static str; 6] {
    lang.pick(
        ["ID", "BADGE", "ISSUER", "FORM", "AWARDED", "LAST CHECK"],
        ["ID", "BADGE", "ÉMETTEUR", "FORME", "ATTRIBUÉ LE", "DERNIER CONTRÔLE"],
    )
}

/// What follows the verdict of a badge that another form of it was found to be revoked.
pub(crate) fn as_twin(twin: &str, lang: Lang) -> String {
    lang.pick(format!("(like {twin})"), format!("(comme {twin})"))
}

/// Nothing to list.
pub(crate) fn nothing(filtered: bool, lang: Lang) -> &'static str {
    if filtered {
        lang.pick("No badge for this skill.", "Aucun badge pour cette compétence.")
    } else {
        lang.pick(
            "The wallet is empty: badge-wallet add FILE.",
            "Le portefeuille est vide\u{a0}: badge-wallet add FICHIER.",
        )
    }
}

/// The labels of `show`: identifier, file, SHA-256, added, last check.
pub(crate) fn labels(lang: Lang) -> [&'static str; 5] {
    lang.pick(
        ["In the wallet", "File", "SHA-256", "Added", "Last check"],
        ["Au portefeuille", "Fichier", "SHA-256", "Ajouté le", "Dernier contrôle"],
    )
}

/// The label of what a badge that can be shown in part always shows.
pub(crate) fn always_shown(lang: Lang) -> &'static str {
    lang.pick("Always shown", "Toujours montré")
}

/// The label before the claims that can be hidden.
pub(crate) fn disclosable(lang: Lang) -> &'static str {
    lang.pick("can be hidden", "peut être caché")
}

/// How the report that follows came about.
pub(crate) fn checked_with(online: bool, lang: Lang) -> &'static str {
    if online {
        lang.pick("Checked now, online:", "Contrôle de l’instant, en ligne\u{a0}:")
    } else {
        lang.pick(
            "Checked now, offline, with what was kept:",
            "Contrôle de l’instant, hors ligne, avec ce qui a été gardé\u{a0}:",
        )
    }
}

/// Before something that a verifier will hold against a badge.
pub(crate) fn caution(name: &str, lang: Lang) -> String {
    lang.pick(
        format!("A verifier will hold this against {name}:"),
        format!("Un vérificateur retiendra ceci contre {name}\u{a0}:"),
    )
}

/// After `present` or `export`.
pub(crate) fn written(path: &str, lang: Lang) -> String {
    lang.pick(format!("Written: {path}"), format!("Écrit\u{a0}: {path}"))
}

/// How long a presentation may be used.
pub(crate) fn usable_until(until: &str, lang: Lang) -> String {
    lang.pick(format!("It can be used until {until}."), format!("Elle est utilisable jusqu’au {until}."))
}

/// Asks before removing.
pub(crate) fn remove_question(name: &str, lang: Lang) -> String {
    lang.pick(
        format!("Remove {name} from this wallet for good? [y/N]"),
        format!("Retirer définitivement {name} de ce portefeuille\u{a0}? [o/N]"),
    )
}

/// After `remove`.
pub(crate) fn removed(name: &str, lang: Lang) -> String {
    lang.pick(format!("Removed: {name}."), format!("Retiré\u{a0}: {name}."))
}

/// After a no.
pub(crate) fn not_removed(lang: Lang) -> &'static str {
    lang.pick("Nothing was removed.", "Rien n’a été retiré.")
}
