//! `evaluate`: the moves of a peer evaluation, one file for each.

mod answer;
mod answers;
mod appeal;
mod bundle;
mod evidence;
mod given;
mod guide;
mod judge;
mod page;
mod request;
mod service;
mod status;
mod withdraw;

use std::io::{self, BufReader, IsTerminal as _};
use std::path::{Path, PathBuf};

use badge_schemas::did::{Did, DidError};
use badge_schemas::document::MAX_BYTES;
use badge_schemas::evaluation::{ConflictOfInterest, MAX_TEXT_CHARS, Relation};
use badge_schemas::lang::Lang;
use badge_schemas::problem::{Code, Problem};
use badge_schemas::profile::{Profile, ProfileRef};
use badge_verifier::render::sanitise;
use badge_verifier::{Snapshot, TrustPolicy};
use jiff::Timestamp;
use serde_json::Value;

use super::{Session, clean, open_holder, write_new, write_with};
use crate::args::evaluate::{AppealVerb, Evaluate, EvaluateVerb, Me, Onward, Ties};
use crate::bundle::MAX_BUNDLE_BYTES;
use crate::console;
use crate::evaluate::extend::{Extended, extend};
use crate::evaluate::sheet::{Role, Sheet, SoughtLine};
use crate::evaluate::{Mover, Organisation, Seed, moves, next, sought, words};
use crate::exit::Exit;
use crate::files::{self, Access, WriteLock};
use crate::holder::{Holder, OpenHolder};
use crate::skill;

/// Carries out one move.
pub(super) fn run(asked: &Evaluate, wallet: &Path, session: &Session<'_>) -> Result<Exit, Problem> {
    match &asked.verb {
        None => judge::run(&asked.judge, wallet, session),
        Some(EvaluateVerb::Request(asked)) => request::run(asked, wallet, session),
        Some(EvaluateVerb::Accept(asked)) => answer::accept(asked, wallet, session),
        Some(EvaluateVerb::Decline(asked)) => answer::decline(asked, wallet, session),
        Some(EvaluateVerb::Recuse(asked)) => answer::recuse(asked, wallet, session),
        Some(EvaluateVerb::Withdraw(asked)) => withdraw::run(asked, wallet, session),
        Some(EvaluateVerb::Appeal(asked)) => match &asked.step {
            AppealVerb::Lodge(asked) => appeal::lodge(asked, wallet, session),
            AppealVerb::Resolve(asked) => appeal::resolve(asked, wallet, session),
        },
        Some(EvaluateVerb::Bundle(asked)) => bundle::make(asked, wallet, session),
        Some(EvaluateVerb::Open(asked)) => bundle::open(asked, wallet, session),
        Some(EvaluateVerb::Status(asked)) => status::run(asked, wallet, session),
    }
}

/// A thread in a file, as it was when it was read.
struct Thread {
    path: PathBuf,
    bytes: Vec<u8>,
    sheet: Sheet,
    now: Timestamp,
}

impl Thread {
    /// Reads and judges it.
    fn open(path: &Path, session: &Session<'_>) -> Result<Self, Problem> {
        let bytes = file(path)?;
        let now = (session.clock)();
        let sheet = Sheet::read(&bytes, now, &TrustPolicy::default(), &Snapshot::default())?;
        Ok(Self { path: path.to_owned(), bytes, sheet, now })
    }

    /// Who makes a move: the wallet's holder, as the options or an earlier record of theirs in the thread names them.
    fn mover(&self, did: &str, me: &Me, session: &Session<'_>) -> Result<Mover, Problem> {
        let earlier = self.sheet.lines.iter().find(|line| line.problem.is_none() && line.by.did == did);
        mover(did, me, earlier.map(|line| &line.by.profile), self.now, session)
    }

    /// Signs the moves, judges the whole again and writes it: to the file itself, whole or not at all, unless told otherwise.
    fn go_on(
        &self,
        moves: Vec<Value>,
        holder: &OpenHolder,
        onward: &Onward,
        wallet: &Path,
        session: &Session<'_>,
    ) -> Result<Extended, Problem> {
        let (policy, snapshot) = (TrustPolicy::default(), Snapshot::default());
        let extended = extend(Some(&self.bytes), moves, holder, self.now, &policy, &snapshot)?;
        if let Some(elsewhere) = &onward.output {
            write_new(elsewhere, extended.text.as_bytes(), session.console)?;
        } else {
            // Two commands of this wallet do not overwrite each other, and what was not read is not lost.
            let _lock = WriteLock::take(&wallet.join("lock"))?;
            if files::read(&self.path, MAX_BYTES)? != self.bytes {
                return Err(Problem::new(Code::ThreadChanged).with("path", self.path.display()));
            }
            write_with(&self.path, extended.text.as_bytes(), Access::Owner, session.console)?;
        }
        say_state(&extended.sheet, session);
        Ok(extended)
    }

    /// Whether a move can be written, before anybody is asked anything for it.
    fn is_writable(&self, onward: &Onward) -> Result<(), Problem> {
        match &onward.output {
            Some(elsewhere) => new_file(elsewhere),
            None => files::is_writable(&self.path),
        }
    }

    /// Where a move writes it.
    fn written<'p>(&'p self, onward: &'p Onward) -> &'p Path {
        onward.output.as_deref().unwrap_or(&self.path)
    }

    /// The skill that was meant: by its address, or words of its name or code.
    fn skill(&self, wanted: &str) -> Result<&SoughtLine, Problem> {
        let lines = &self.sheet.skills;
        if let Some(exact) = lines.iter().find(|line| line.skill.target_url == wanted.trim()) {
            return Ok(exact);
        }
        let exact = |line: &&SoughtLine| line.skill.target_code.as_deref() == Some(wanted.trim());
        let mut found: Vec<&SoughtLine> = lines.iter().filter(exact).collect();
        if let Some(address) = sought::address(wanted) {
            found.extend(lines.iter().filter(|line| line.skill.target_url == address));
        }
        if found.is_empty() {
            found = lines.iter().filter(|line| skill::matches(&line.skill, wanted)).collect();
        }
        if let [one] = found.as_slice() {
            return Ok(*one);
        }
        let named = |line: &SoughtLine| {
            let skill = &line.skill;
            format!("{} ({})", skill.target_name, skill.target_code.as_ref().unwrap_or(&skill.target_url))
        };
        let sought: Vec<String> = lines.iter().map(named).collect();
        Err(Problem::new(Code::SkillNotSought).with("skill", wanted).with_words(
            "sought",
            &sought.join("; "),
            sought.join("\u{a0}; "),
        ))
    }
}

/// Refuses a path at which no new file can be made; standard output is none.
fn new_file(path: &Path) -> Result<(), Problem> {
    if files::stream(path, "stdout").is_some() {
        return Ok(());
    }
    files::is_new(path)?;
    files::is_writable(path)
}

/// What is given as a thread. A bundle may be larger than any thread, and is to be told from one.
fn file(path: &Path) -> Result<Vec<u8>, Problem> {
    files::read(path, MAX_BUNDLE_BYTES)
}

/// The wallet's holder, key still closed.
fn own(wallet: &Path) -> Result<(Holder, String), Problem> {
    let holder = Holder::read(wallet)?;
    let did = holder.did().to_owned();
    Ok((holder, did))
}

fn mover(
    did: &str,
    me: &Me,
    earlier: Option<&ProfileRef>,
    now: Timestamp,
    session: &Session<'_>,
) -> Result<Mover, Problem> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|_| Problem::new(Code::RandomnessMissing))?;
    let mut profile = match earlier {
        Some(ProfileRef::Profile(profile)) => (**profile).clone(),
        _ => Profile { id: did.to_owned(), kind: vec!["Profile".to_owned()], ..Profile::default() },
    };
    if me.name.is_some() {
        profile.name.clone_from(&me.name);
    }
    if let Some(organisation) = &me.organisation {
        if !badge_schemas::uri::is_uri(organisation) {
            return Err(Problem::new(Code::OptionInvalid).with("option", "--organisation").with_words(
                "reason",
                "it is no DID and no address",
                "ce n’est ni un DID ni une adresse",
            ));
        }
        let organisation = Organisation { id: organisation.clone(), name: me.organisation_name.clone() };
        profile.parent_org = Some(organisation.to_profile());
    }
    let bare = profile.name.is_none() && profile.parent_org.is_none();
    let issuer = if bare { ProfileRef::Uri(did.to_owned()) } else { ProfileRef::Profile(Box::new(profile)) };
    Ok(Mover { issuer, now, lang: session.console.lang(), seed: Seed::new(seed) })
}

/// Refuses the value of an option that is no DID, for instance the word that stood for one in a printed command.
///
/// # Errors
/// [`Code::OptionInvalid`].
fn is_did(option: &str, value: &str) -> Result<(), Problem> {
    let unfit = |error: DidError| {
        Problem::new(Code::OptionInvalid).with("option", format!("{option} {value}")).with_words(
            "reason",
            &format!("{error}; a DID looks like did:key:z6Mk… or did:web:body.example"),
            format!(
                "{}\u{a0}; un DID ressemble à did:key:z6Mk… ou à did:web:organisme.example",
                error.french()
            ),
        )
    };
    Did::parse(value).map(|_| ()).map_err(unfit)
}

/// What was declared; nothing where nothing was said.
fn declared(ties: &Ties) -> Result<Option<ConflictOfInterest>, Problem> {
    if ties.ties.is_empty() {
        return Ok(None);
    }
    if ties.ties.len() > 1 && ties.ties.contains(&Relation::None) {
        return Err(Problem::new(Code::OptionInvalid).with("option", "--tie").with_words(
            "reason",
            "none stands alone",
            "none ne se combine pas",
        ));
    }
    if ties.ties.contains(&Relation::Other) && ties.tie_statement.is_none() {
        return Err(Problem::new(Code::OptionInvalid).with("option", "--tie other").with_words(
            "reason",
            "say which other tie there is, with --tie-statement",
            "dites quel autre lien il y a, avec --tie-statement",
        ));
    }
    Ok(Some(ConflictOfInterest::declared(ties.ties.clone(), ties.tie_statement.clone())))
}

/// Asks what ties the one who signs, as candidate or as evaluator, and the other.
///
/// # Errors
/// [`Code::TiesUnsaid`] where there is no terminal to ask on: nobody says it for them.
fn ask_ties(own: Role, session: &Session<'_>) -> Result<ConflictOfInterest, Problem> {
    if !io::stdin().is_terminal() {
        return Err(moves::ties_unsaid());
    }
    let lang = session.console.lang();
    guide::Guide { input: &mut BufReader::new(io::stdin()), output: &mut io::stderr(), lang }.ties(own)
}

/// A text fit for a terminal, to its end: what is judged or signed is seen whole.
fn whole(text: &str) -> String {
    sanitise(text, 2 * MAX_TEXT_CHARS)
}

/// What can be done next with the thread in a file, as `status` says it.
fn say_next(sheet: &Sheet, thread: &Path, session: &Session<'_>) {
    let path = clean(&thread.to_string_lossy());
    console::note(next::heading(session.console.lang()));
    for one in sheet.open() {
        console::note(&format!("  {}", whole(&next::open(&one, sheet, &path, session.console.reader()))));
    }
}

/// Where the thread is after a move, as it is named to people.
fn whereabouts(file: &Path, lang: Lang) -> String {
    match files::stream(file, "stdout") {
        Some(_) => lang.pick("this thread", "ce dossier").to_owned(),
        None => clean(&file.to_string_lossy()),
    }
}

/// Says these lines to their end.
fn say(lines: impl IntoIterator<Item = String>) {
    for line in lines {
        console::note(&whole(&line));
    }
}

/// After a move: the state it led to.
fn say_state(sheet: &Sheet, session: &Session<'_>) {
    let lang = session.console.lang();
    let state = badge_verifier::words::evaluation::state(sheet.state, lang);
    let meaning = badge_verifier::words::evaluation::state_meaning(sheet.state, lang);
    console::note(&words::state_line(state, meaning, lang));
}
