//! `evaluate bundle` and `evaluate open`: evidence from the candidate to the evaluator, encrypted and with an end.

use std::path::Path;

use badge_schemas::document::MAX_BYTES;
use badge_schemas::problem::{Code, Problem};
use badge_schemas::timestamp::DateTimeStamp;
use badge_verifier::{Snapshot, TrustPolicy};

use super::{clean, file, given, open_holder, say_next};
use crate::args::evaluate::{Bundle, Open};
use crate::bundle::{self, Evidence, MAX_BUNDLE_BYTES, Request};
use crate::commands::{Session, write_new};
use crate::console;
use crate::evaluate::sheet::Sheet;
use crate::exit::Exit;
use crate::files;
use crate::holder::Holder;
use crate::words;

/// Encrypts the thread and the files to the evaluator of its mandate.
pub(super) fn make(asked: &Bundle, wallet: &Path, session: &Session<'_>) -> Result<Exit, Problem> {
    let lang = session.console.lang();
    let holder = Holder::read(wallet)?;
    let thread = file(&asked.thread)?;
    let mut evidence = Vec::with_capacity(asked.evidence.len());
    for path in &asked.evidence {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let bytes =
            std::fs::metadata(path).map_or(0, |file| usize::try_from(file.len()).unwrap_or(usize::MAX));
        if bytes > MAX_BUNDLE_BYTES {
            return Err(bundle::too_large(&clean(&name), &clean(&name), bytes, MAX_BUNDLE_BYTES));
        }
        evidence.push(Evidence { name, bytes: files::read(path, MAX_BUNDLE_BYTES)? });
    }
    let now = (session.clock)();
    let too_long =
        |_| Problem::new(Code::OptionInvalid).with("option", "--expires").with("reason", asked.expires);
    let expires = now.checked_add(asked.expires).map_err(too_long)?;
    let holder = open_holder(&holder, &asked.passphrase, session)?;
    let request = Request { thread: &thread, evidence, expires, now };
    let (bundle, evaluator, expires, absent) = bundle::make(&request, &holder)?;
    write_new(&asked.output, &bundle, session.console)?;
    let until = DateTimeStamp::from(expires);
    console::note(&words::bundled(&clean(&evaluator), until.as_str(), lang));
    let absent: Vec<_> = absent.iter().map(|name| clean(name)).collect();
    console::note(&words::in_bundle(asked.evidence.len(), &absent.join(", "), lang));
    Ok(Exit::Done)
}

/// Opens a bundle into a new folder: the thread, and the files beside it.
pub(super) fn open(asked: &Open, wallet: &Path, session: &Session<'_>) -> Result<Exit, Problem> {
    let lang = session.console.lang();
    let holder = Holder::read(wallet)?;
    let bytes = given::bundle("evaluate open", &asked.bundle)?;
    let holder = open_holder(&holder, &asked.passphrase, session)?;
    let opened = bundle::open(&bytes, &holder, (session.clock)())?;
    let thread = bundle::write(&opened, &asked.folder)?;
    let until = DateTimeStamp::from(opened.expires);
    let (candidate, count) = (clean(&opened.candidate), opened.files.len());
    console::note(&words::unbundled(&candidate, count, until.as_str(), lang));
    for file in opened.files.iter().filter(|file| file.name != file.offered) {
        console::note(&words::renamed(&clean(&file.offered), &clean(&file.name), lang));
    }
    for name in &opened.absent {
        console::note(&words::not_in_bundle(&clean(name), lang));
    }
    let sheet = Sheet::read(
        &files::read(&thread, MAX_BYTES)?,
        (session.clock)(),
        &TrustPolicy::default(),
        &Snapshot::default(),
    )?;
    say_next(&sheet, &thread, session);
    console::data(format!("{}\n", clean(&thread.to_string_lossy())))?;
    Ok(Exit::Done)
}
