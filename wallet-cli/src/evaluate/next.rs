//! What can be done next: who does it, and the command for it, which can be typed as it stands.

use std::path::Path;

use badge_schemas::evaluation::{Answer, Decision, Evaluator, Reason, Relation};
use badge_schemas::lang::Lang;

use badge_verifier::evaluation::thread::State;

use super::sheet::{Open, Party, Role, Sheet, base_of};
use crate::console::Reader;

/// A command of this program, as it is typed in a shell.
pub(crate) struct Typed(String);

impl Typed {
    /// These words of the command line, such as `evaluate accept`.
    pub(crate) fn new(words: &str) -> Self {
        Self(format!("badge-wallet {words}"))
    }

    /// With a word more.
    pub(crate) fn word(self, text: &str) -> Self {
        Self(format!("{} {}", self.0, shell(text)))
    }

    /// With an option.
    pub(crate) fn option(self, name: &str, value: &str) -> Self {
        self.flag(name).word(value)
    }

    /// With an option, where there is a value for it.
    pub(crate) fn maybe(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.option(name, value),
            None => self,
        }
    }

    /// With an option that takes no value.
    pub(crate) fn flag(self, name: &str) -> Self {
        Self(format!("{} {name}", self.0))
    }

    /// The whole line; in the reader's language, where they named it.
    pub(crate) fn line(self, reader: Reader) -> String {
        if reader.named { self.option("--lang", reader.lang.tag()).0 } else { self.0 }
    }
}

/// A text as one word of a shell's command line.
fn shell(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-:@%+=,~".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

/// The heading over the moves that are open.
pub(crate) fn heading(lang: Lang) -> &'static str {
    lang.pick("What can be done next", "Ce qui peut être fait ensuite")
}

/// Nothing is open.
pub(crate) fn nothing(lang: Lang) -> &'static str {
    lang.pick("Nothing is open.", "Il n’y a plus rien à faire.")
}

/// A move that is open, as a sentence: who, what, and with which command.
pub(crate) fn open(open: &Open, sheet: &Sheet, thread: &str, reader: Reader) -> String {
    let lang = reader.lang;
    let skill = |index: usize| {
        let one = sheet.evaluations().get(index);
        one.map_or("–", |one| one.evaluation.evaluated_skill.target_name.as_str())
    };
    let of_skill = |verb: &str, index: usize| {
        let one = sheet.evaluations().get(index);
        let url = one.map_or("–", |one| one.evaluation.evaluated_skill.target_url.as_str());
        Typed::new(verb).word(thread).option("--skill", url)
    };
    match open {
        Open::Answer => answer(sheet, thread, reader),
        Open::Evaluate(skills) => evaluate(sheet, skills.len(), thread, reader),
        Open::TellService(index) => {
            let base = sheet.status_list(*index).map_or("–", base_of);
            let command = tell_at(thread, base).line(reader);
            lang.pick(
                format!("The evaluator tells {base} of the withdrawal, unless that is done: {command}"),
                format!("L’évaluateur prévient {base} du retrait, si ce n’est pas fait\u{a0}: {command}"),
            )
        }
        Open::TakeRequestBack => {
            let command = Typed::new("evaluate withdraw").word(thread).option("--reason", "no-longer-needed");
            let command = command.line(reader);
            lang.pick(
                format!("The candidate can take the request back: {command}"),
                format!("Le candidat peut retirer sa demande\u{a0}: {command}"),
            )
        }
        Open::TakeEvaluationBack(index) => {
            let command = of_skill("evaluate withdraw", *index).option("--reason", "error-found");
            let command = command.maybe("--at", sheet.status_list(*index).map(base_of)).line(reader);
            let (skill, others) = (skill(*index), typed(&Reason::OF_WITHDRAWAL));
            lang.pick(
                format!("The evaluator can take back “{skill}”: {command} (reasons: {others})"),
                format!(
                    "L’évaluateur peut retirer «\u{a0}{skill}\u{a0}»\u{a0}: {command} (motifs\u{a0}: {others})"
                ),
            )
        }
        Open::Appeal(index) => {
            let command = of_skill("evaluate appeal lodge", *index).option("--to", "DID");
            let command = command.option("--reason", "procedure").line(reader);
            let (skill, others) = (skill(*index), typed(&Reason::OF_APPEAL));
            lang.pick(
                format!(
                    "The candidate can contest “{skill}”: {command} (DID: of the one who decides, for instance the body behind the badge; reasons: {others})"
                ),
                format!(
                    "Le candidat peut contester «\u{a0}{skill}\u{a0}»\u{a0}: {command} (DID\u{a0}: de qui tranche, par exemple l’organisme derrière le badge\u{a0}; motifs\u{a0}: {others})"
                ),
            )
        }
        Open::Decide(index, addressee) => {
            let command =
                of_skill("evaluate appeal resolve", *index).option("--decision", "upheld").line(reader);
            let skill = skill(*index);
            lang.pick(
                format!("{addressee} decides the appeal about “{skill}”: {command} (or dismissed)"),
                format!(
                    "{addressee} tranche le recours sur «\u{a0}{skill}\u{a0}»\u{a0}: {command} (ou dismissed)"
                ),
            )
        }
        Open::AskAnew => {
            let command = Typed::new("evaluate request").line(reader);
            match sheet.state {
                State::Recused | State::Declined => lang.pick(
                    format!("The candidate may ask somebody else: {command}"),
                    format!("Le candidat peut demander à quelqu’un d’autre\u{a0}: {command}"),
                ),
                _ => lang.pick(
                    format!("The candidate may ask anew: {command}"),
                    format!("Le candidat peut renouveler sa demande\u{a0}: {command}"),
                ),
            }
        }
    }
}

/// That the evaluator answers. What stands for a value in the command is no value that is taken, so that nobody signs it.
fn answer(sheet: &Sheet, thread: &str, reader: Reader) -> String {
    let lang = reader.lang;
    let command = Typed::new("evaluate accept").word(thread);
    let command = match sheet.mandate().evaluator {
        Evaluator::Identity(_) => command.option("--email", lang.pick("ADDRESS", "ADRESSE")),
        Evaluator::Did(_) => command,
    };
    let command =
        command.option("--tie", lang.pick("TIE", "LIEN")).option("--organisation", "URI").line(reader);
    let ties = Relation::ALL.map(Relation::as_str).join(", ");
    lang.pick(
        format!(
            "The evaluator answers: {command} (TIE: {ties}; URI: the body they speak for, left out where there is none; or decline, with --reason, or recuse)"
        ),
        format!(
            "L’évaluateur répond\u{a0}: {command} (LIEN\u{a0}: {ties}\u{a0}; URI\u{a0}: l’organisme pour lequel il parle, à omettre s’il n’y en a pas\u{a0}; ou decline, avec --reason, ou recuse)"
        ),
    )
}

/// That the evaluator evaluates, and of which skills a status needs a new request.
fn evaluate(sheet: &Sheet, left: usize, thread: &str, reader: Reader) -> String {
    let lang = reader.lang;
    let spent = sheet.with_spent_entries().join(", ");
    let anew = match spent.as_str() {
        "" => String::new(),
        spent => lang.pick(
            format!(" (with --at, a new request is needed for: {spent})"),
            format!(" (avec --at, une nouvelle demande est nécessaire pour\u{a0}: {spent})"),
        ),
    };
    let command = Typed::new("evaluate")
        .word(thread)
        .maybe("--evidence-dir", beside(sheet, thread).as_deref())
        .line(reader);
    lang.pick(
        format!("The evaluator evaluates, {left} to go: {command}{anew}"),
        format!("L’évaluateur évalue, il en reste {left}\u{a0}: {command}{anew}"),
    )
}

/// The folder of a thread, where evidence that its request offers lies beside it, as in a bundle that was opened.
fn beside(sheet: &Sheet, thread: &str) -> Option<String> {
    let folder = Path::new(thread).parent().filter(|folder| !folder.as_os_str().is_empty())?;
    let offered = &sheet.mandate().offered_evidence;
    // Names are the candidate's: one with a folder in it is not looked for.
    let own = |name: &str| Path::new(name).file_name().is_some_and(|file| file == name);
    let here = offered.iter().any(|one| own(&one.name) && folder.join(&one.name).is_file());
    here.then(|| folder.to_string_lossy().into_owned())
}

/// The command that tells a service what a thread says, and takes back nothing more.
pub(crate) fn tell_at(thread: &str, base: &str) -> Typed {
    Typed::new("evaluate withdraw").word(thread).flag("--tell").option("--at", base)
}

/// After a request: to whom it goes.
pub(crate) fn asked(sheet: &Sheet, thread: &str, lang: Lang) -> String {
    let evidence = !sheet.mandate().offered_evidence.is_empty();
    let [en, fr] = if evidence { [" and the evidence", " et les preuves"] } else { [""; 2] };
    match sheet.evaluator_did() {
        Some(did) => lang.pick(
            format!("Send {thread}{en} to the evaluator, {did}."),
            format!("Envoyez {thread}{fr} à l’évaluateur, {did}."),
        ),
        None => lang.pick(
            format!("Send {thread}{en} to the address that you named."),
            format!("Envoyez {thread}{fr} à l’adresse que vous avez indiquée."),
        ),
    }
}

/// After an answer: to whom it goes, and what the evaluator does then.
pub(crate) fn answered(sheet: &Sheet, answer: Answer, thread: &str, reader: Reader) -> Vec<String> {
    let lang = reader.lang;
    let sent = told(sheet, Role::Candidate, thread, lang);
    if answer != Answer::Accepted {
        return vec![sent];
    }
    let directory = beside(sheet, thread);
    let evidence = match sheet.mandate().offered_evidence.as_slice() {
        [] => "",
        _ if directory.is_some() => "",
        _ => lang.pick(
            " (with --evidence-dir FOLDER, where what they show is)",
            " (avec --evidence-dir DOSSIER, où se trouve ce qui vous est montré)",
        ),
    };
    let command = Typed::new("evaluate").word(thread).maybe("--evidence-dir", directory.as_deref());
    let command = command.line(reader);
    let next = lang.pick(
        format!("Next, now or another day, evaluate: {command}{evidence}"),
        format!("Ensuite, maintenant ou un autre jour, évaluez\u{a0}: {command}{evidence}"),
    );
    vec![sent, next]
}

/// After evaluations: what is left, and to whom the thread goes.
pub(crate) fn evaluated(sheet: &Sheet, thread: &str, reader: Reader) -> Vec<String> {
    let lang = reader.lang;
    let mut lines = Vec::new();
    let left = sheet.left().len();
    if left > 0 {
        lines.push(evaluate(sheet, left, thread, reader));
    }
    let candidate = named(&sheet.candidate);
    let add = Typed::new("add").word(thread).line(reader);
    lines.push(match sheet.mandate().target {
        Some(_) => lang.pick(
            format!("Send {thread} to {candidate}, who keeps it beside the badge: {add}"),
            format!("Envoyez {thread} à {candidate}, pour le garder à côté du badge\u{a0}: {add}"),
        ),
        None => lang.pick(
            format!("Send {thread} to {candidate}, who hands it to the body that may award a badge from it."),
            format!("Envoyez {thread} à {candidate}, pour le remettre à l’organisme qui peut décerner un badge d’après lui."),
        ),
    });
    let status = Typed::new("evaluate status").word(thread).line(reader);
    lines.push(lang.pick(
        format!("Keep a copy: with it you can take an evaluation back. How, says {status}"),
        format!("Gardez-en une copie\u{a0}: elle permet de retirer une évaluation. Comment, le dit {status}"),
    ));
    lines
}

/// After a move that only has to be known: to whom the thread goes.
pub(crate) fn told(sheet: &Sheet, whom: Role, thread: &str, lang: Lang) -> String {
    let whom = match (whom, &sheet.evaluator, sheet.evaluator_did()) {
        (Role::Candidate, ..) => named(&sheet.candidate),
        (_, Some(evaluator), _) => named(evaluator),
        (_, None, Some(did)) => did.to_owned(),
        (_, None, None) => lang
            .pick("whoever the request was sent to", "la personne à qui la demande a été envoyée")
            .to_owned(),
    };
    lang.pick(
        format!("Send {thread} to {whom}, who does not know of this otherwise."),
        format!("Envoyez {thread} à {whom}, qui n’en sait rien autrement."),
    )
}

/// After an appeal was lodged.
pub(crate) fn appeal_lodged(addressee: &str, lang: Lang) -> String {
    lang.pick(
        format!("The appeal is lodged; send the thread to {addressee}, who decides it."),
        format!("Recours déposé\u{a0}; envoyez le dossier à {addressee}, qui tranche."),
    )
}

/// After an appeal was decided.
pub(crate) fn appeal_decided(decision: Decision, lang: Lang) -> &'static str {
    match decision {
        Decision::Upheld => lang.pick(
            "The appeal is upheld: the evaluation does not count any more. Send the thread back to candidate and evaluator.",
            "Recours admis\u{a0}: l’évaluation ne compte plus. Renvoyez le dossier au candidat et à l’évaluateur.",
        ),
        Decision::Dismissed => lang.pick(
            "The appeal is dismissed: the evaluation stays. Send the thread back to candidate and evaluator.",
            "Recours rejeté\u{a0}: l’évaluation demeure. Renvoyez le dossier au candidat et à l’évaluateur.",
        ),
    }
}

/// Somebody by name and identifier; the name is their word.
fn named(party: &Party) -> String {
    match &party.name {
        Some(name) => format!("{name} ({})", party.did),
        None => party.did.clone(),
    }
}

/// Reasons as they are typed.
fn typed(reasons: &[Reason]) -> String {
    reasons.iter().map(|reason| reason.as_str()).collect::<Vec<_>>().join(", ")
}
