//! `evaluate status`: how far a thread has come.

use std::fmt::Write as _;
use std::path::Path;

use badge_schemas::problem::Problem;
use badge_verifier::render::{Strictness, Style, json_text, thread_json, thread_text};
use badge_verifier::{Snapshot, TrustPolicy};
use serde_json::{Value, json};

use super::{clean, whole};
use crate::args::evaluate::Status;
use crate::check::{self, Network};
use crate::commands::Session;
use crate::console;
use crate::evaluate::next;
use crate::evaluate::sheet::{Open, Sheet};
use crate::exit::Exit;
use crate::holder::Holder;

/// Says what a thread is and what can be done next; needs no wallet.
pub(super) fn run(asked: &Status, wallet: &Path, session: &Session<'_>) -> Result<Exit, Problem> {
    let lang = session.console.lang();
    let bytes = super::file(&asked.thread)?;
    let policy = TrustPolicy::default();
    let now = (session.clock)();
    let network = Network::of(!asked.online, asked.network.danger_allow_loopback);
    let report = check::judge(&bytes, &policy, network, session.clock, &mut Snapshot::default())?;
    let sheet = Sheet::of(report.clone(), now);
    // There is nothing to tell of a file that is no thread, or an empty one, but what it is.
    let nothing = sheet.as_ref().err().filter(|_| report.records.is_empty()).cloned();
    let own = Holder::read(wallet).ok().map(|holder| holder.did().to_owned());
    let open = sheet.as_ref().map(Sheet::open).unwrap_or_default();
    if asked.json {
        let mut value: Value =
            serde_json::from_str(&thread_json(&report, Strictness::Lenient)).unwrap_or_default();
        value["open"] = json!(open.iter().map(named).collect::<Vec<_>>());
        if let (Ok(sheet), Some(own)) = (&sheet, &own) {
            value["role"] = json!(sheet.role(own).as_str());
        }
        console::data(format!("{}\n", json_text(&value)))?;
    } else if nothing.is_none() {
        let mut text = thread_text(&report, Strictness::Lenient, lang, Style::Plain);
        if let Ok(sheet) = &sheet {
            let path = clean(&asked.thread.to_string_lossy());
            // Writing to a String cannot fail.
            let _ = writeln!(text, "\n{}", next::heading(lang));
            for one in &open {
                let _ =
                    writeln!(text, "  {}", whole(&next::open(one, sheet, &path, session.console.reader())));
            }
            if open.is_empty() {
                let _ = writeln!(text, "  {}", next::nothing(lang));
            }
        }
        console::data(text)?;
    }
    match (sheet, nothing) {
        (Ok(_), _) => Ok(report.verdict().into()),
        (Err(_), Some(problem)) => Err(problem),
        // What keeps the thread from being one stands in the report already.
        (Err(_), None) => Ok(Exit::Invalid),
    }
}

/// An open move as a code, for programs.
fn named(open: &Open) -> Value {
    match open {
        Open::Answer => json!({"move": "answer", "by": "evaluator"}),
        Open::Evaluate(skills) => json!({"move": "evaluate", "by": "evaluator", "skills": skills}),
        Open::TellService(index) => {
            json!({"move": "tell-service", "by": "evaluator", "evaluation": index})
        }
        Open::TakeRequestBack => json!({"move": "withdraw", "by": "candidate"}),
        Open::TakeEvaluationBack(index) => {
            json!({"move": "withdraw", "by": "evaluator", "evaluation": index})
        }
        Open::Appeal(index) => json!({"move": "appeal", "by": "candidate", "evaluation": index}),
        Open::Decide(index, addressee) => json!({"move": "decide", "by": addressee, "evaluation": index}),
        Open::AskAnew => json!({"move": "request", "by": "candidate"}),
    }
}
