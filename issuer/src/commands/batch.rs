//! `badge-issuer batch`: one badge for every line of a table or of JSON lines, without a running service.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use badge_schemas::document::{Document, MAX_BYTES};
use badge_schemas::lang::Lang;
use badge_schemas::problem::{Audience, Code, Problem};
use clap::ArgMatches;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::args::{path_of, text_of};
use crate::award::{Awarded, DC_SD_JWT, JSON, JWT, SD_JWT, StatusEntry, Subject};
use crate::batch::report::Report;
use crate::batch::run::{self, Listener};
use crate::batch::{Batch, Counts, Delimiter, End, Kind, Line, Mode, OnError, Outcome, Source};
use crate::commands::{Console, keygen, publish};
use crate::data_directory;
use crate::draft::{Format, Signed};
use crate::files;
use crate::issuer::{Act, Issuer, OPERATOR};
use crate::keys::Protection;
use crate::offline;
use crate::refusal::Refusal;
use crate::template::Template;

/// Refused lines that are shown on the terminal; the report has them all.
const SHOWN: u64 = 10;

/// The code of a run after which some lines are not awarded.
const SOME_REFUSED: u8 = 1;

/// Reads the lines, awards, and says what became of each.
pub(super) fn run(matches: &ArgMatches, console: &mut Console<'_>) -> Result<(), Refusal> {
    let settings = console.settings(matches, false)?;
    let file = path_of(matches, "file").unwrap_or_default();
    let kind = kind(matches, &file)?;
    let mode = if matches.get_flag("dry-run") { Mode::DryRun } else { Mode::Award };
    let on_error = match text_of(matches, "on-error").as_deref() {
        Some("skip") => OnError::Skip,
        None if mode == Mode::DryRun => OnError::Skip,
        Some(_) | None => OnError::Stop,
    };
    let named = text_of(matches, "batch").or_else(|| Some(file.file_name()?.to_string_lossy().into_owned()));
    let named = named.filter(|_| file.as_os_str() != "-" || matches.contains_id("batch")).unwrap_or_default();
    let name = run::name(&named)?;
    let format = text_of(matches, "format").as_deref().and_then(Format::parse);
    let signed = if matches.get_flag("only-format") { Signed::Asked } else { Signed::Every };
    let entry = if matches.get_flag("no-status") { StatusEntry::None } else { StatusEntry::Kept };
    // Opened first: what fails should fail before there is anything to lose.
    let (input, length) = open(&file)?;
    let mut out = Out::open(matches, mode, format, console.lang)?;

    let opened = data_directory::open(&settings, None)?;
    let issuer = &opened.issuer;
    if entry == StatusEntry::Kept && issuer.identity().public_url().is_none() {
        return Err(needs_public_url().into());
    }
    keygen::encrypted_keys(console, &opened.encrypted_keys);
    if opened.protection == Protection::Plain && !opened.created_keys.is_empty() {
        keygen::plain_keys(console);
    }
    let subject = subject(matches, console, issuer, mode)?;
    let read = Arc::new(AtomicU64::new(0));
    let result = subject.template.only_result();
    let source = Source::open(Counted { inner: input, read: Arc::clone(&read) }, kind, result)?;
    let bar = progress(length, console.lang);
    let batch = Batch {
        subject: &subject,
        name,
        mode,
        on_error,
        entry,
        format,
        signed,
        actor: OPERATOR,
        clock: Timestamp::now,
    };
    let mut listener = Listening { issuer, out: &mut out, console, bar: &bar, read: &read, refused: 0 };
    let ran = run::run(issuer, &batch, source, &mut listener);
    bar.finish_and_clear();
    out.finish(console)?;
    let (counts, end) = ran?;
    summary(console, &counts, end, name);
    if counts.refused > 0 || end != End::Complete {
        console.exit = SOME_REFUSED;
    }
    if mode == Mode::Award && entry == StatusEntry::Kept {
        publish::write(console, &settings, issuer, Timestamp::now())?;
    }
    Ok(())
}

fn summary(console: &mut Console<'_>, counts: &Counts, end: End, name: &str) {
    let Counts { lines, awarded, already, ready, refused } = counts;
    console.say(
        format!("batch {name}: {lines} lines: {awarded} awarded, {already} there already, {ready} ready, {refused} refused"),
        format!("lot {name}\u{a0}: {lines} lignes\u{a0}: {awarded} attribuées, {already} déjà là, {ready} prêtes, {refused} refusées"),
    );
    if let End::Stopped(line) = end {
        console.say(
            format!("stopped at line {line}: nothing after it was awarded. Correct it and run the same command again: it goes on there. (--on-error skip leaves bad lines out.)"),
            format!("arrêté à la ligne {line}\u{a0}: rien après elle n’a été attribué. Corrigez-la et relancez la même commande\u{a0}: elle reprendra là. (--on-error skip laisse de côté les lignes fautives.)"),
        );
    }
}

/// The badge that is named by its id, or comes in a file.
fn subject(
    matches: &ArgMatches,
    console: &mut Console<'_>,
    issuer: &Issuer,
    mode: Mode,
) -> Result<Subject, Refusal> {
    let named = text_of(matches, "badge").unwrap_or_default();
    let path = Path::new(&named);
    if path.extension().is_none_or(|ending| ending != "json") {
        let (version, template) = issuer.find_badge(&named, None)?;
        return Ok(Subject { badge: version.badge, version: version.version, template });
    }
    let template = Template::parse(Document::parse(files::read_up_to(path, MAX_BYTES)?)?)?;
    let badge = offline::badge_id(&template);
    let now = Timestamp::now();
    let (subject, warnings) = match mode {
        Mode::DryRun => {
            let (template, warnings) =
                issuer.examine(&badge, template, now).map_err(offline::within_achievement)?;
            (Subject { badge, version: 0, template }, warnings)
        }
        Mode::Award => {
            let defined = issuer
                .define_as(badge, template, Act::by_operator(now))
                .map_err(offline::within_achievement)?;
            let subject =
                Subject { badge: defined.badge, version: defined.version, template: defined.template };
            (subject, defined.warnings)
        }
    };
    console.warn(&warnings);
    Ok(subject)
}

fn kind(matches: &ArgMatches, file: &Path) -> Result<Kind, Problem> {
    let delimiter = text_of(matches, "delimiter").as_deref().and_then(Delimiter::parse);
    let delimiter = delimiter.unwrap_or(Delimiter::Auto);
    let ending = file.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    match text_of(matches, "input").as_deref().or(ending.as_deref()) {
        Some("csv" | "tsv" | "txt") => Ok(Kind::Csv(delimiter)),
        Some("jsonl" | "ndjson") => Ok(Kind::JsonLines),
        _ => Err(Problem::new(Code::OptionInvalid).with("option", file.display()).with_words(
            "reason",
            "its name ends neither in .csv nor in .jsonl; say which with --input",
            "son nom ne finit ni par .csv ni par .jsonl\u{a0}; dites ce que c’est avec --input",
        )),
    }
}

fn open(file: &Path) -> Result<(Box<dyn Read + Send>, Option<u64>), Problem> {
    if file.as_os_str() == "-" {
        return Ok((Box::new(io::stdin()), None));
    }
    let opened = File::open(file).map_err(|error| files::unreadable(file, &error))?;
    let length = opened.metadata().map_err(|error| files::unreadable(file, &error))?.len();
    Ok((Box::new(opened), Some(length)))
}

pub(super) fn needs_public_url() -> Problem {
    Problem::new(Code::OptionInvalid).with("option", "batch").with_words(
        "reason",
        "--public-url is needed to publish the status; or give --no-status",
        "--public-url est nécessaire pour publier le statut\u{a0}; ou donnez --no-status",
    )
}

/// Where badges and the report go.
struct Out {
    place: Place,
    report: Option<(PathBuf, Report<BufWriter<File>>)>,
    /// The form that was asked for; where none was, each line has its own.
    format: Option<Format>,
}

enum Place {
    Directory(PathBuf),
    /// One line of the standard output for each line of the file, with the badge in it.
    Stream,
    Nowhere,
}

impl Out {
    fn open(matches: &ArgMatches, mode: Mode, format: Option<Format>, lang: Lang) -> Result<Self, Problem> {
        let out = path_of(matches, "out");
        let refuse = |en: &str, fr: &'static str| {
            Err(Problem::new(Code::OptionInvalid).with("option", "--out").with_words("reason", en, fr))
        };
        let place = match (mode, out) {
            (Mode::DryRun, None) => Place::Stream,
            (Mode::Award, None) => {
                return refuse(
                    "say where the badges go: a directory, or -",
                    "dites où vont les badges\u{a0}: un répertoire, ou -",
                );
            }
            (Mode::Award, Some(out))
                if out.as_os_str() == "-" && matches!(format, Some(Format::Png | Format::Svg)) =>
            {
                return refuse("images go into a directory", "les images vont dans un répertoire");
            }
            (_, Some(out)) if out.as_os_str() == "-" => Place::Stream,
            (mode, Some(out)) => {
                files::make_directory(&out)?;
                if mode == Mode::DryRun { Place::Nowhere } else { Place::Directory(out) }
            }
        };
        let report = path_of(matches, "report").or_else(|| match path_of(matches, "out") {
            Some(out) if out.as_os_str() != "-" => Some(out.join("report.ndjson")),
            _ => None,
        });
        let report = report
            .map(|path| {
                let begin = || {
                    let writer = BufWriter::new(File::create(&path)?);
                    if path.extension().is_some_and(|ending| ending == "csv") {
                        Report::csv(writer, lang)
                    } else {
                        Ok(Report::Ndjson(writer, lang))
                    }
                };
                let report = begin().map_err(|error| files::unwritable(&path, &error))?;
                Ok((path, report))
            })
            .transpose()?;
        Ok(Self { place, report, format })
    }

    fn line(
        &mut self,
        line: &Line,
        awarded: Option<&Awarded>,
        issuer: &Issuer,
        console: &mut Console<'_>,
    ) -> Result<(), Refusal> {
        let bytes = match (&self.place, awarded) {
            (Place::Directory(_) | Place::Stream, Some(awarded)) => {
                let format = self.format.unwrap_or_else(|| made_in(awarded));
                Some((issuer.render(&awarded.award, &awarded.forms, format)?, format))
            }
            _ => None,
        };
        match (&self.place, bytes) {
            (Place::Directory(directory), Some((bytes, format))) => {
                let name = line.award.as_deref().unwrap_or_default();
                let path = directory.join(format!("{name}.{}", format.extension()));
                put(&path, &bytes).map_err(|error| files::unwritable(&path, &error))?;
            }
            (Place::Stream, bytes) => {
                let mut object = line.to_json(console.lang);
                if let Some((bytes, format)) = bytes {
                    object["badge"] = embedded(&bytes, format);
                }
                writeln!(console.out, "{object}")
                    .map_err(|error| files::unwritable(Path::new("-"), &error))?;
            }
            _ => {}
        }
        if let Some((path, report)) = &mut self.report {
            report.line(line).map_err(|error| files::unwritable(path, &error))?;
        }
        Ok(())
    }

    fn finish(self, console: &mut Console<'_>) -> Result<(), Problem> {
        if let Some((path, mut report)) = self.report {
            report.flush().map_err(|error| files::unwritable(&path, &error))?;
            let shown = path.display();
            console.say(format!("report: {shown}"), format!("rapport\u{a0}: {shown}"));
        }
        Ok(())
    }
}

/// JSON, where there is that form; a line may have asked for another alone.
fn made_in(awarded: &Awarded) -> Format {
    let made = |(name, _): &(&str, Format)| awarded.forms.contains_key(*name);
    [(JSON, Format::Json), (JWT, Format::Jwt), (SD_JWT, Format::SdJwt), (DC_SD_JWT, Format::DcSdJwt)]
        .into_iter()
        .find(made)
        .map_or(Format::EcdsaSd2023, |(_, format)| format)
}

/// Writes a file so that it is whole where it has its name. What is written here can be written again from the record, so nothing
/// waits for the disk.
fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = path.with_extension("part");
    fs::write(&beside, bytes)?;
    fs::rename(&beside, path)
}

fn embedded(bytes: &[u8], format: Format) -> Value {
    match format {
        Format::Json | Format::EcdsaSd2023 => serde_json::from_slice(bytes).unwrap_or_default(),
        _ => json!(String::from_utf8_lossy(bytes)),
    }
}

struct Listening<'l, 'c> {
    issuer: &'l Issuer,
    out: &'l mut Out,
    console: &'l mut Console<'c>,
    bar: &'l ProgressBar,
    read: &'l AtomicU64,
    refused: u64,
}

impl Listener for Listening<'_, '_> {
    fn line(&mut self, line: &Line, awarded: Option<&Awarded>) -> Result<(), Refusal> {
        if line.outcome == Outcome::Refused {
            self.refused += 1;
            if self.refused <= SHOWN {
                let console = &mut *self.console;
                self.bar.suspend(|| show(console, line));
            }
        }
        self.out.line(line, awarded, self.issuer, self.console)
    }

    fn portion(&mut self, counts: &Counts) -> Result<bool, Refusal> {
        self.bar.set_position(self.read.load(Ordering::Relaxed));
        self.bar.set_message(counts.lines.to_string());
        Ok(true)
    }
}

/// Shows what is wrong with a line: where, what, and what to do.
fn show(console: &mut Console<'_>, line: &Line) {
    for finding in &line.findings {
        let lang = console.lang;
        let mut place = format!("{} {}", lang.pick("line", "ligne"), line.line);
        if let Some(column) = &finding.column {
            place = format!("{place}, {} {column}", lang.pick("column", "colonne"));
        } else if let Some(pointer) = finding.problem.pointer.as_deref().filter(|pointer| !pointer.is_empty())
        {
            place = format!("{place}, {pointer}");
        }
        let sentence = finding.problem.sentence(lang);
        let hint = finding.problem.hint_for(Audience::Author, lang);
        let code = finding.problem.code.as_str();
        let _ = writeln!(console.talk, "{place}: {sentence} [{code}]\n  {hint}");
    }
}

/// A bar where a terminal looks, and nothing elsewhere.
fn progress(length: Option<u64>, lang: Lang) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::stderr());
    let template = lang.pick(
        "{wide_bar} {percent}% {msg} lines, {eta} left",
        "{wide_bar} {percent} % {msg} lignes, encore {eta}",
    );
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}

struct Counted<R> {
    inner: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.read.fetch_add(u64::try_from(count).unwrap_or_default(), Ordering::Relaxed);
        Ok(count)
    }
}
