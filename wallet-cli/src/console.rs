//! Where output goes: data on stdout, talk on stderr.

use std::io::{self, Write as _};

use badge_schemas::lang::Lang;
use badge_schemas::problem::{Code, Problem};
use badge_verifier::render::sanitise;
use badge_verifier::words::localise;

/// Longest sentence shown: it repeats several untrusted texts, each already cut.
const MAX_SENTENCE_CHARS: usize = 1_000;

/// Stdout and stderr, and the reader's language.
pub(crate) struct Console {
    reader: Reader,
}

/// Who reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reader {
    /// Their language.
    pub(crate) lang: Lang,
    /// Whether the command line named it: then the commands that are printed do too.
    pub(crate) named: bool,
}

/// How grave a problem is for the one who reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    /// It stopped the command.
    Error,
    /// The command went on.
    Warning,
}

impl Console {
    /// A console for this reader.
    pub(crate) fn new(reader: Reader) -> Self {
        Self { reader }
    }

    /// The reader.
    pub(crate) fn reader(&self) -> Reader {
        self.reader
    }

    /// The reader's language.
    pub(crate) fn lang(&self) -> Lang {
        self.reader.lang
    }

    /// Says what is wrong, where, and what to do about it.
    pub(crate) fn problem(&self, weight: Weight, problem: &Problem) {
        let lang = self.lang();
        let title = match weight {
            Weight::Error => lang.pick("error:", "erreur\u{a0}:"),
            Weight::Warning => lang.pick("warning:", "avertissement\u{a0}:"),
        };
        let problem = localise(problem, lang);
        let place = match problem.pointer.as_deref() {
            Some(pointer) if !pointer.is_empty() => format!(" [{}]", sanitise(pointer, MAX_SENTENCE_CHARS)),
            _ => String::new(),
        };
        let sentence = sanitise(&problem.sentence(lang), MAX_SENTENCE_CHARS);
        note(&format!("{title} {sentence}{place} ({})", problem.code.as_str()));
        note(&format!("  → {}", sanitise(&problem.hint(lang), MAX_SENTENCE_CHARS)));
    }
}

/// Writes data on stdout. A reader that has gone away (`| head`) is no error.
pub(crate) fn data(bytes: impl AsRef<[u8]>) -> Result<(), Problem> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes.as_ref()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Problem::new(Code::FileUnwritable).with("path", "stdout").with("reason", error))
        }
        _ => Ok(()),
    }
}

/// Says something on stderr. What nobody hears is not an error.
pub(crate) fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}
