//! Looks at settings without starting anything, and tells every finding with its file and line.
//!
//! A setting that does not fit is taken out of the text and the rest is read again, so that one mistake does not hide the next. After
//! a mistake of TOML's own syntax nothing can be said of the rest of that file.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use badge_schemas::problem::{Code, Problem};

use super::{Options, Scope, Settings, SettingsFile};
use crate::access::former;
use crate::files;
use crate::organisations;
use crate::passphrase::Passphrase;
use crate::public_url::PublicUrl;
use crate::tls::Certificate;

/// Most findings told of one file: someone who sees as many has named the wrong file.
const MAX_FINDINGS: usize = 100;

/// What is wrong, and where.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1, where it is about one.
    pub line: Option<usize>,
    /// What.
    pub problem: Problem,
}

/// Looks at a settings file, and at everything it names: files, certificates, organisations.
///
/// # Errors
/// [`Code::FileUnreadable`] where the file itself cannot be read.
pub fn check(options: &Options) -> Result<Vec<Finding>, Problem> {
    let mut findings = Vec::new();
    let path = options.config.clone().unwrap_or_default();
    let text = if options.config.is_some() { read(&path)? } else { String::new() };
    let file = parse(&path, &text, &mut findings);
    let look = Look { path: &path, text: &text, findings: &mut findings };
    look.file(file, options);
    findings.sort_by_key(|finding| finding.line);
    if findings.is_empty() {
        // What only the whole can show; nothing of it is repeated above.
        match Settings::resolve(options.clone()) {
            Ok(settings) => of_data(&settings, &mut findings),
            Err(problem) => findings.push(Finding { path, line: None, problem }),
        }
    }
    Ok(findings)
}

fn read(path: &Path) -> Result<String, Problem> {
    let bytes = files::read_up_to(path, super::MAX_FILE)?;
    String::from_utf8(bytes).map_err(|_| super::refused::not_utf8(path))
}

/// Reads the settings, telling everything that does not fit and leaving it out.
fn parse(path: &Path, text: &str, findings: &mut Vec<Finding>) -> SettingsFile {
    let mut text = text.to_owned();
    let sound = |text: &str| text.parse::<toml::Table>().is_ok();
    let begun_sound = sound(&text);
    loop {
        let error = match toml::from_str(&text) {
            Ok(file) => return file,
            Err(error) => error,
        };
        let place = error.span().unwrap_or_default();
        if begun_sound && !sound(&text) {
            // We took out a part of something longer: what is left says nothing of what was written.
            return SettingsFile::default();
        }
        findings.push(Finding {
            path: path.to_owned(),
            line: Some(line_at(&text, place.start)),
            problem: Problem::new(Code::SettingsInvalid).with("path", path.display()).with_words(
                "reason",
                &error.message().replace('\n', " "),
                french(error.message()),
            ),
        });
        if !begun_sound || findings.len() >= MAX_FINDINGS || !take_out(&mut text, place.start, place.end) {
            return SettingsFile::default();
        }
    }
}

/// The common messages of the TOML reader, in French; its own words stand in quotes.
pub(super) fn french(message: &str) -> String {
    let message = message.replace('\n', " ");
    let named =
        |from: &str| message.strip_prefix(from).and_then(|rest| rest.split('`').next()).map(str::to_owned);
    let expected = || message.split_once("expected ").map_or("?", |(_, rest)| rest).replace("one of ", "");
    if let Some(name) = named("unknown field `") {
        format!("il n’y a pas de réglage {name} ici ; il y a : {}", expected())
    } else if let Some(name) = named("missing field `") {
        format!("il manque {name}")
    } else if message.starts_with("invalid type") || message.starts_with("invalid value") {
        format!("la valeur n’est pas de la bonne sorte ; attendu : « {} »", expected())
    } else {
        format!("le texte n’est pas du TOML correct : « {message} »")
    }
}

pub(super) fn line_at(text: &str, offset: usize) -> usize {
    text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count() + 1
}

/// Blanks the setting at a place: its lines, or, where the place is the head of a table, the whole table. Lines keep their numbers.
fn take_out(text: &mut String, start: usize, end: usize) -> bool {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let (first, last) = (line_at(text, start) - 1, line_at(text, end.saturating_sub(1).max(start)) - 1);
    let head = |line: &str| line.trim_start().starts_with('[');
    let Some(begins) = lines.get(first).map(|line| head(line)) else { return false };
    let before = lines.clone();
    for (number, line) in lines.iter_mut().enumerate().skip(first) {
        let goes_on = if begins { number == first || !head(line) } else { number <= last };
        if !goes_on {
            break;
        }
        line.clear();
    }
    *text = lines.join("\n");
    lines != before
}

/// One file under the eyes.
struct Look<'a> {
    path: &'a Path,
    text: &'a str,
    findings: &'a mut Vec<Finding>,
}

impl Look<'_> {
    /// Looks at what the settings say, each on its own.
    fn file(mut self, file: SettingsFile, options: &Options) {
        let beside = self.path.parent().unwrap_or(Path::new("")).to_owned();
        let config = self.path.to_owned();
        if options.scope == Scope::Organisation {
            let key = file.of_process().unwrap_or_default();
            self.tell("", key, file.refuse_of_process(&config));
        }
        let listen = options.listen.clone().or(file.listen);
        let listen: Option<SocketAddr> = listen.and_then(|text| {
            let parsed = text.parse().map_err(|_| {
                Problem::new(Code::OptionInvalid).with("option", format!("listen {text}")).with_words(
                    "reason",
                    "it is not ADDRESS:PORT",
                    "ce n’est pas ADRESSE:PORT",
                )
            });
            self.tell("", "listen", parsed)
        });
        if let Some(url) = options.public_url.clone().or(file.public_url) {
            self.tell("", "public-url", PublicUrl::parse(&url));
        }
        let passphrase =
            options.passphrase_file.clone().or(file.passphrase_file.map(|path| beside.join(path)));
        let protected = passphrase.is_some() || options.passphrase.is_some();
        if let Some(path) = passphrase {
            self.tell("", "passphrase-file", Passphrase::from_file(&path));
        }
        if let Some(listen) = listen.filter(|listen| !protected && !listen.ip().is_loopback()) {
            let refused = Problem::new(Code::PlainKeysLoopbackOnly).with("listen", listen);
            self.tell::<()>("", "listen", Err(refused));
        }
        if let Some(issuer) = file.issuer {
            self.tell("issuer", "identifiers", issuer.profile(&config));
        }
        if let Some(tls) = file.tls {
            self.tell("tls", "certificate", Certificate::open(tls.beside(&beside)));
        }
        let password = options.store_password.clone();
        self.tell("store", "url", file.store.database(&beside, &config, password));
        self.tell("store", "checkpoint", file.store.checkpoint(&beside, &config));
    }

    /// Keeps a finding with the line of the setting, where the file has it.
    fn tell<T>(&mut self, table: &str, key: &str, looked: Result<T, Problem>) -> Option<T> {
        match looked {
            Ok(value) => Some(value),
            Err(problem) => {
                let line = line_of(self.text, table, key);
                self.findings.push(Finding { path: self.path.to_owned(), line, problem });
                None
            }
        }
    }
}

/// The line of a setting; that of its table where it is not written out.
fn line_of(text: &str, table: &str, key: &str) -> Option<usize> {
    let mut here = "";
    let mut head = None;
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            here = name.trim();
            head = if here == table { Some(number + 1) } else { head };
        } else if here == table
            && line
                .strip_prefix(key)
                .is_some_and(|rest| !key.is_empty() && rest.trim_start().starts_with('='))
        {
            return Some(number + 1);
        }
    }
    head
}

/// Looks at the data directory and at the organisations in it.
fn of_data(settings: &Settings, findings: &mut Vec<Finding>) {
    let data = &settings.data;
    let mut tell = |path: PathBuf, problem| findings.push(Finding { path, line: None, problem });
    if data.exists() && !data.is_dir() {
        let error = std::io::Error::from(std::io::ErrorKind::NotADirectory);
        tell(data.clone(), files::unwritable(data, &error));
        return;
    }
    if data.is_dir()
        && let Err(problem) = former::check(data)
    {
        tell(former::path(data), problem);
    }
    match organisations::files(data) {
        Err(problem) => tell(data.join(organisations::DIRECTORY), problem),
        Ok(found) => {
            for (directory, config) in found {
                let options = Options {
                    data: Some(directory),
                    config: config.clone(),
                    scope: Scope::Organisation,
                    ..Options::default()
                };
                match check(&options) {
                    Ok(found) => findings.extend(found),
                    Err(problem) => {
                        findings.push(Finding { path: config.unwrap_or_default(), line: None, problem });
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use badge_schemas::lang::Lang;

    use super::*;

    fn found(text: &str) -> Vec<(Option<usize>, Code, String)> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("issuer.toml");
        std::fs::write(&path, text).unwrap();
        let data = Some(directory.path().join("data"));
        let findings = check(&Options { config: Some(path), data, ..Options::default() }).unwrap();
        findings
            .into_iter()
            .map(|finding| (finding.line, finding.problem.code, finding.problem.sentence(Lang::Fr)))
            .collect()
    }

    fn lines(text: &str) -> Vec<usize> {
        found(text).into_iter().map(|(line, ..)| line.unwrap()).collect()
    }

    #[test]
    fn one_mistake_does_not_hide_the_next() {
        let text = "listn = '127.0.0.1:1'\npublic-url = 'ftp://x'\n\n[issuer]\nnmae = 'x'\n\
                    identifiers = [{type = 'ext:frSiren', value = '123456789'}]\n\n[keys]\nrsa = 1\n\n\
                    [tls]\ncertificate = 'none.pem'\nkey = 'none.pem'\n\n[limits]\naddress-burst = 0\n";
        assert_eq!(lines(text), [1, 2, 5, 6, 9, 12, 16]);
        let words = found(text);
        assert!(words.iter().any(|(.., words)| words.contains("il n’y a pas de réglage listn")), "{words:?}");
        assert!(words.iter().any(|(.., words)| words.contains("sorte")), "{words:?}");
    }

    #[test]
    fn a_table_that_there_is_not_goes_as_a_whole() {
        assert_eq!(lines("[tsl]\ncertificate = 'x'\n\n[keys]\nrsa = 'x'"), [1, 5]);
        assert_eq!(lines("listen = 'x'\nlisten = 'y'"), [2], "what is not TOML is told once");
        assert_eq!(lines("listen = "), [1]);
        assert_eq!(lines("[issuer]\nidentifiers = [\n  {type = 'a', valeu = 'x'},\n]\n").first(), Some(&3));
    }

    #[test]
    fn what_would_not_start_is_told_and_what_would_is_not() {
        assert_eq!(found("listen = '0.0.0.0:1'")[0].1, Code::PlainKeysLoopbackOnly);
        assert_eq!(lines("listen = '0.0.0.0:1'"), [1]);
        assert_eq!(lines("passphrase-file = 'none'"), [1]);
        assert!(found("").is_empty());
        assert!(found("public-url = 'https://a.example'\n[issuer]\nname = 'é'").is_empty());
    }

    #[test]
    fn organisations_are_looked_at_too() {
        let directory = tempfile::tempdir().unwrap();
        let own = directory.path().join("organisations/a");
        std::fs::create_dir_all(&own).unwrap();
        std::fs::write(own.join("issuer.toml"), "\nnmae = 'x'\nlisten = '127.0.0.1:1'").unwrap();
        std::fs::write(directory.path().join("access.json"), "{").unwrap();
        let options = Options { data: Some(directory.path().to_owned()), ..Options::default() };
        let told = check(&options).unwrap();
        assert_eq!(told.len(), 3, "{told:?}");
        assert!(told[0].path.ends_with("access.json"));
        assert!(told[1..].iter().all(|finding| finding.path.ends_with("a/issuer.toml")));
        assert_eq!(told.iter().filter_map(|finding| finding.line).collect::<Vec<_>>(), [2, 3]);
    }
}
