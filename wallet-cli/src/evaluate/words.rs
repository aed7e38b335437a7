//! The words of peer evaluation, in English and French, for terminal and page alike. What a state, a reason or a decision is called stands in
//! `badge_verifier::words::evaluation`.

use badge_schemas::evaluation::{ConflictOfInterest, Finding, Reason, Relation, SkillLevel};
use badge_schemas::frameworks::{Framework, eqf};
use badge_schemas::lang::Lang;

use crate::bundle;

use super::moves::{Findings, SkillFinding, Verb};
use super::sheet::{Role, Sheet};

/// The title of a request.
pub(crate) fn request_title(lang: Lang) -> &'static str {
    lang.pick("Request for evaluation", "Demande d’évaluation")
}

/// The title of an answer.
pub(crate) fn answer_title(lang: Lang) -> &'static str {
    lang.pick("Answer to a request for evaluation", "Réponse à une demande d’évaluation")
}

/// The title of an evaluation.
pub(crate) fn evaluation_title(skill: &str, lang: Lang) -> String {
    lang.pick(format!("Evaluation: {skill}"), format!("Évaluation\u{a0}: {skill}"))
}

/// The title of a withdrawal.
pub(crate) fn withdrawal_title(lang: Lang) -> &'static str {
    lang.pick("Withdrawal", "Retrait")
}

/// The title of an appeal.
pub(crate) fn appeal_title(lang: Lang) -> &'static str {
    lang.pick("Appeal against an evaluation", "Recours contre une évaluation")
}

/// The title of a decision.
pub(crate) fn decision_title(lang: Lang) -> &'static str {
    lang.pick("Decision on an appeal", "Décision sur un recours")
}

/// What a move does, as it stands in a refusal: English and French.
pub(crate) fn verb(verb: Verb) -> [&'static str; 2] {
    match verb {
        Verb::Answer => ["answer", "répondre"],
        Verb::Evaluate => ["evaluate", "évaluer"],
        Verb::TakeBack => ["take this back", "retirer cela"],
        Verb::Appeal => ["appeal", "former un recours"],
        Verb::Decide => ["decide an appeal", "trancher un recours"],
    }
}

/// The same of evaluating a request that is not accepted yet: what is missing is named.
pub(crate) fn evaluate_unaccepted() -> [&'static str; 2] {
    [
        "evaluate before you have accepted (badge-wallet evaluate accept)",
        "évaluer avant d’avoir accepté (badge-wallet evaluate accept)",
    ]
}

/// A finding.
pub(crate) fn finding(finding: Finding, lang: Lang) -> &'static str {
    match finding {
        Finding::Met => lang.pick("met", "acquis"),
        Finding::PartiallyMet => lang.pick("met in part", "partiellement acquis"),
        Finding::NotMet => lang.pick("not met", "non acquis"),
        Finding::Abstained => lang.pick("no judgement (abstention)", "sans avis (abstention)"),
    }
}

/// A finding as a choice, with its meaning.
pub(crate) fn finding_meaning(finding: Finding, lang: Lang) -> &'static str {
    match finding {
        Finding::Met => {
            lang.pick("the candidate has the skill at this level", "le candidat a la compétence à ce niveau")
        }
        Finding::PartiallyMet => {
            lang.pick("some of it, or a lower level", "une partie, ou un niveau inférieur")
        }
        Finding::NotMet => lang.pick("the candidate does not show it", "le candidat ne la montre pas"),
        Finding::Abstained => lang.pick("I do not judge", "je ne me prononce pas"),
    }
}

/// A finding and its meaning, on one line.
pub(crate) fn finding_choice(found: Finding, lang: Lang) -> String {
    let (word, meaning) = (finding(found, lang), finding_meaning(found, lang));
    lang.pick(format!("{word}: {meaning}"), format!("{word}\u{a0}: {meaning}"))
}

/// After a line that is none of the choices.
pub(crate) fn type_a_number(lang: Lang) -> &'static str {
    lang.pick("Type one of the numbers.", "Tapez l’un des numéros.")
}

/// A tie.
pub(crate) fn relation(relation: Relation, lang: Lang) -> &'static str {
    badge_verifier::words::evaluation::tie(relation, lang)
}

/// A tie, as a choice of the one whose tie it is.
pub(crate) fn own_tie(tie: Relation, lang: Lang) -> &'static str {
    match tie {
        Relation::Colleague => {
            lang.pick("you work for the same body", "vous travaillez pour le même organisme")
        }
        other => relation(other, lang),
    }
}

/// A reason, as a choice of the evaluator whose reason it is.
pub(crate) fn own_reason(reason: Reason, lang: Lang) -> &'static str {
    match reason {
        Reason::OutsideExpertise => lang.pick("outside your expertise", "hors de votre domaine"),
        other => badge_verifier::words::evaluation::reason(other, lang),
    }
}

/// How many evaluations.
fn evaluations(count: usize, lang: Lang) -> String {
    let word = if count == 1 { "evaluation" } else { "evaluations" };
    let french = if count == 1 { "évaluation" } else { "évaluations" };
    format!("{count} {}", lang.pick(word, french))
}

/// A level, such as “DigComp 3.0, level 5 (Advanced)”.
pub(crate) fn level(level: &SkillLevel, lang: Lang) -> String {
    let framework = match Framework::from_target_framework(&level.framework) {
        Some((Framework::Eqf, _)) if level.framework == eqf::TARGET_FRAMEWORK => lang.pick("EQF", "CEC"),
        _ => &level.framework,
    };
    let word = lang.pick("level", "niveau");
    match &level.name {
        Some(name) => format!("{framework}, {word} {} ({name})", level.code),
        None => format!("{framework}, {word} {}", level.code),
    }
}

/// What an evaluation without a status lacks.
pub(crate) fn without_status(lang: Lang) -> &'static str {
    lang.pick(
        "Without --at this evaluation has no status: it can be taken back only by a record that others may not see.",
        "Sans --at, cette évaluation n’a pas de statut\u{a0}: elle ne peut être retirée que par un enregistrement que d’autres peuvent ne pas voir.",
    )
}

/// What a service is sent, before it is.
pub(crate) fn status_telling(base: &str, count: usize, lang: Lang) -> String {
    match count {
        1 => lang.pick(
            format!("The evaluation taken back is sent to {base}, as you signed it, with its withdrawal; nothing else of the thread."),
            format!("L’évaluation retirée est envoyée à {base}, telle que vous l’avez signée, avec son retrait\u{a0}; rien d’autre du dossier."),
        ),
        _ => lang.pick(
            format!("The {count} evaluations taken back are sent to {base}, as you signed them, with their withdrawals; nothing else of the thread."),
            format!("Les {count} évaluations retirées sont envoyées à {base}, telles que vous les avez signées, avec leurs retraits\u{a0}; rien d’autre du dossier."),
        ),
    }
}

/// The service has set the status of what was taken back.
pub(crate) fn status_set(base: &str, count: usize, lang: Lang) -> String {
    let count = evaluations(count, lang);
    lang.pick(
        format!("{base} has noted it for {count}: nobody can hide it."),
        format!("{base} l’a noté pour {count}\u{a0}: personne ne peut le cacher."),
    )
}

/// The service has not set the status of one evaluation that was taken back.
pub(crate) fn status_not_set(base: &str, what: &str, why: Option<&str>, lang: Lang) -> String {
    let why = why.unwrap_or_else(|| lang.pick("no reason is given", "aucune raison n’est donnée"));
    lang.pick(
        format!("{base} has not noted it for the evaluation of {what}, which can still be shown as if it stood: {why}"),
        format!(
            "{base} ne l’a pas noté pour l’évaluation de {what}, qui peut encore être montrée comme si elle tenait\u{a0}: {why}"
        ),
    )
}

/// What was taken back has no status: nobody can be told but by the file.
pub(crate) fn taken_back_without_status(lang: Lang) -> &'static str {
    lang.pick(
        "No status is kept of what was taken back: only this file says so. Give it to those who have the earlier one.",
        "Aucun statut n’est tenu de ce qui a été retiré\u{a0}: seul ce fichier le dit. Remettez-le à qui possède le précédent.",
    )
}

/// A withdrawal that the service was not told of, though a status exists.
pub(crate) fn status_not_told(base: &str, count: usize, again: &str, lang: Lang) -> String {
    let (shown, shown_fr) = match count {
        1 => ("it can be shown as if it stood", "elle peut être montrée comme si elle tenait"),
        _ => ("they can be shown as if they stood", "elles peuvent être montrées comme si elles tenaient"),
    };
    let count = evaluations(count, lang);
    lang.pick(
        format!("{base} keeps the status of {count} and was not told: until it is, {shown}. Tell it: {again}"),
        format!(
            "{base} tient le statut de {count} et n’en sait rien\u{a0}: d’ici là, {shown_fr}. Prévenez-le\u{a0}: {again}"
        ),
    )
}

/// Of evidence that is too large for a bundle, when it is committed to.
pub(crate) fn beyond_a_bundle(name: &str, bytes: usize, lang: Lang) -> String {
    let (size, limit) = (bundle::size(bytes, lang), bundle::size(bundle::MAX_BUNDLE_BYTES, lang));
    lang.pick(
        format!(
            "{name} has {size}: an encrypted bundle takes {limit}. Hand it to the evaluator in another way, or ask with a smaller file; what it holds is committed to either way."
        ),
        format!(
            "{name} fait {size}\u{a0}: un paquet chiffré prend {limit}. Remettez-le autrement à l’évaluateur, ou faites la demande avec un fichier plus petit\u{a0}; son contenu est engagé dans les deux cas."
        ),
    )
}

/// Where the withdrawal was made before, and only the service is to be told now.
pub(crate) fn only_told(lang: Lang) -> &'static str {
    lang.pick(
        "The thread says already that it was taken back; what is left is to tell the service.",
        "Le retrait figure déjà dans le dossier\u{a0}; il reste à prévenir le service.",
    )
}

/// The state that a move led to.
pub(crate) fn state_line(state: &str, meaning: &str, lang: Lang) -> String {
    lang.pick(format!("State: {state} ({meaning})."), format!("État\u{a0}: {state} ({meaning})."))
}

/// Who asks for what, line by line.
pub(crate) fn introduction(sheet: &Sheet, lang: Lang) -> Vec<String> {
    let mandate = sheet.mandate();
    let candidate = &sheet.candidate;
    let name = candidate.name.as_deref().unwrap_or("–");
    let mut lines = vec![lang.pick(
        format!("{name} ({}) asks for your evaluation.", candidate.did),
        format!("{name} ({}) demande votre évaluation.", candidate.did),
    )];
    if let Some(claim) = &mandate.claim {
        lines.push(
            lang.pick(format!("Their claim: {claim}"), format!("Ce que dit la personne\u{a0}: {claim}")),
        );
    }
    if let Some(target) = &mandate.target {
        lines
            .push(lang.pick(format!("About the badge {}", target.id), format!("Sur le badge {}", target.id)));
    }
    if let Some(template) = &mandate.template {
        lines.push(lang.pick(
            format!("For the badge template {}", template.id),
            format!("Pour le modèle de badge {}", template.id),
        ));
    }
    for one in &mandate.offered_evidence {
        lines.push(lang.pick(format!("Evidence: {}", one.name), format!("Preuve\u{a0}: {}", one.name)));
    }
    let ties: Vec<_> = mandate.conflict_of_interest.relation.iter().map(|one| relation(*one, lang)).collect();
    let ties = ties.join(", ");
    lines.push(lang.pick(
        format!("Ties the candidate declares: {ties}"),
        format!("Liens que déclare le candidat\u{a0}: {ties}"),
    ));
    if let Some(until) = sheet.given.until {
        lines.push(lang.pick(format!("Until {until}"), format!("Jusqu’au {until}")));
    }
    lines
}

/// Asks for the ties of the candidate, or of the evaluator.
pub(crate) fn ties_question(own: Role, lang: Lang) -> &'static str {
    match own {
        Role::Candidate => {
            lang.pick("What ties you to the evaluator?", "Qu’est-ce qui vous lie à l’évaluateur\u{a0}?")
        }
        _ => lang.pick("What ties you to this person?", "Qu’est-ce qui vous lie à cette personne\u{a0}?"),
    }
}

/// That an evaluation will repeat what its evaluator declared with the acceptance.
pub(crate) fn ties_kept(conflict: &ConflictOfInterest, lang: Lang) -> String {
    let ties = own_ties(conflict, lang);
    lang.pick(
        format!("What ties you, as you declared when you accepted: {ties} (--tie says otherwise)."),
        format!("Ce qui vous lie, comme vous l’avez déclaré en acceptant\u{a0}: {ties} (--tie pour dire autre chose)."),
    )
}

/// Ties and their statement, in the words of whose they are.
pub(crate) fn own_ties(conflict: &ConflictOfInterest, lang: Lang) -> String {
    let ties: Vec<_> = conflict.relation.iter().map(|tie| own_tie(*tie, lang)).collect();
    let statement = conflict.statement.as_ref().map_or_else(String::new, |text| format!(" — {text}"));
    format!("{}{statement}", ties.join(", "))
}

/// Asks to say more about a tie.
pub(crate) fn ties_statement(lang: Lang) -> &'static str {
    lang.pick("In your words (Enter to skip):", "En vos mots (Entrée pour passer)\u{a0}:")
}

/// Before signing: nothing of what was offered as evidence was looked at.
pub(crate) fn no_evidence_seen(lang: Lang) -> &'static str {
    lang.pick(
        "No evidence was looked at, though the request announces some: the evaluation names none as seen. --evidence-dir FOLDER names the folder where it is.",
        "Aucune preuve regardée, alors que la demande en annonce\u{a0}: l’évaluation n’en dira aucune vue. --evidence-dir DOSSIER indique où elles se trouvent.",
    )
}

/// Asks which other tie there is.
pub(crate) fn other_tie(lang: Lang) -> &'static str {
    lang.pick("Which other tie, in your words:", "Quel autre lien, en vos mots\u{a0}:")
}

/// The level in question.
pub(crate) fn level_in_question(target: &SkillLevel, lang: Lang) -> String {
    let level = level(target, lang);
    lang.pick(format!("Level in question: {level}"), format!("Niveau visé\u{a0}: {level}"))
}

/// Asks for the level reached.
pub(crate) fn reached_question(lang: Lang) -> &'static str {
    lang.pick("Which level is reached?", "Quel niveau est atteint\u{a0}?")
}

/// No level is named.
pub(crate) fn no_level(lang: Lang) -> &'static str {
    lang.pick("none that I would name", "aucun que je nommerais")
}

/// Asks why.
pub(crate) fn reason_question(lang: Lang) -> &'static str {
    lang.pick("Why?", "Pourquoi\u{a0}?")
}

/// Asks for the reason in words.
pub(crate) fn statement_question(lang: Lang) -> &'static str {
    lang.pick(
        "The reason in your words. It is signed into the evaluation: whoever receives that can read it (Enter to skip):",
        "La raison en vos mots. Signée dans l’évaluation\u{a0}: quiconque la reçoit peut la lire (Entrée pour passer)\u{a0}:",
    )
}

/// Asks for a comment.
pub(crate) fn comment_question(lang: Lang) -> &'static str {
    lang.pick(
        "A comment for everybody who sees it (Enter to skip):",
        "Un commentaire pour quiconque la verra (Entrée pour passer)\u{a0}:",
    )
}

/// One finding, before it is signed; `target` is the level in question.
pub(crate) fn found_line(
    name: &str,
    target: Option<&SkillLevel>,
    found: &SkillFinding,
    lang: Lang,
) -> String {
    let said = finding(found.finding, lang);
    let mut line = lang.pick(format!("{name}: {said}"), format!("{name}\u{a0}: {said}"));
    if let Some(shown) = found.reached.as_ref().or(target) {
        line = format!("{line} ({})", level(shown, lang));
    }
    if let Some(reason) = found.reason {
        line = format!("{line} — {}", own_reason(reason, lang));
    }
    for text in [&found.statement, &found.comment].into_iter().flatten() {
        line += &lang.pick(format!(" — “{text}”"), format!(" — «\u{a0}{text}\u{a0}»"));
    }
    line
}

/// What stands in every one of the evaluations, before they are signed; and to whom what is sent.
pub(crate) fn said_for_all(findings: &Findings, service: Option<&str>, lang: Lang) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(conflict) = &findings.conflict {
        let ties = own_ties(conflict, lang);
        lines.push(lang.pick(format!("What ties you: {ties}"), format!("Ce qui vous lie\u{a0}: {ties}")));
    }
    let names: Vec<_> = findings.seen_evidence.iter().map(|one| one.name.as_str()).collect();
    if !names.is_empty() {
        lines.push(
            lang.pick("You say that you have seen: ", "Vous dites avoir vu\u{a0}: ").to_owned()
                + &names.join(", "),
        );
    }
    let carried = findings.standing.iter().filter(|one| one.credential.is_some()).count();
    if carried > 0 {
        lines.push(lang.pick(
            format!("Badges of yours that everybody will see in it: {carried}"),
            format!("Badges à vous que chacun y verra\u{a0}: {carried}"),
        ));
    }
    if let Some(service) = service {
        lines.push(lang.pick(
            format!(
                "The request and your acceptance are sent to {service}, which will keep the status; nothing of what you found."
            ),
            format!(
                "La demande et votre acceptation sont envoyées à {service}, qui tiendra le statut\u{a0}; rien de vos constats."
            ),
        ));
    }
    lines
}

/// Who keeps the status of an evaluation, as the service says and the evaluation will.
pub(crate) fn kept_by(list: &str, keeper: Option<&str>, lang: Lang) -> String {
    let keeper = keeper.unwrap_or("–");
    lang.pick(
        format!("Its status is kept by {keeper}, in {list}."),
        format!("Son statut est tenu par {keeper}, dans {list}."),
    )
}

/// Asks before signing.
pub(crate) fn sign_question(did: &str, lang: Lang) -> String {
    lang.pick(format!("Sign this as {did}? [y/N]"), format!("Signer ceci en tant que {did}\u{a0}? [o/N]"))
}

/// Where answers that were not signed are, and the command that goes on with them.
pub(crate) fn answers_kept(path: &str, again: &str, lang: Lang) -> String {
    lang.pick(
        format!("Your answers are kept in {path}, not signed; change them there if you like. To go on: {again}"),
        format!(
            "Vos réponses sont gardées dans {path}, non signées\u{a0}; vous pouvez les y modifier. Pour continuer\u{a0}: {again}"
        ),
    )
}

/// Before answers that could not be kept.
pub(crate) fn answers_shown(lang: Lang) -> &'static str {
    lang.pick(
        "Your answers could not be kept. Copy them into a file, and give it with --answers:",
        "Vos réponses n’ont pas pu être gardées. Copiez-les dans un fichier, et donnez-le par --answers\u{a0}:",
    )
}

/// After a no.
pub(crate) fn not_signed(lang: Lang) -> &'static str {
    lang.pick("Nothing was signed.", "Rien n’a été signé.")
}

/// A piece of evidence that is what the candidate committed to.
pub(crate) fn evidence_found(name: &str, path: &str, lang: Lang) -> String {
    lang.pick(
        format!("Evidence {name} is the one that was offered: {path}"),
        format!("La preuve {name} est bien celle qui a été proposée\u{a0}: {path}"),
    )
}

/// A piece of evidence that is not there.
pub(crate) fn evidence_missing(name: &str, lang: Lang) -> String {
    lang.pick(
        format!("Evidence {name} is not there: it will not be named as seen."),
        format!("La preuve {name} n’est pas là\u{a0}: elle ne sera pas nommée comme vue."),
    )
}

/// Before the address of a page.
pub(crate) fn page_open(lang: Lang) -> &'static str {
    lang.pick(
        "Open this address in a browser on this machine. It is secret: whoever has it can sign with your key while it is served.",
        "Ouvrez cette adresse dans un navigateur de cette machine. Elle est secrète\u{a0}: qui la connaît peut signer avec votre clé tant qu’elle est servie.",
    )
}

/// While a page is served.
pub(crate) fn page_waits(lang: Lang) -> &'static str {
    lang.pick(
        "Waiting for you there. Ctrl-C stops, and signs nothing more.",
        "En attente de vous là-bas. Ctrl-C arrête, et ne signe rien de plus.",
    )
}

/// Where a page was left alone.
pub(crate) fn page_left_alone(lang: Lang) -> &'static str {
    lang.pick(
        "Nothing was done on the page for two hours: it is not served any more.",
        "Rien ne s’est passé sur la page pendant deux heures\u{a0}: elle n’est plus servie.",
    )
}
