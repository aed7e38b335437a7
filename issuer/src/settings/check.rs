//! Looks at settings without starting anything, and tells every finding with its file and line.
//!
//! What they name is looked at too: certificates are read, the directory of a checkpoint is written to, and another machine asked for it, a
//! signer asked for its keys, a module loaded and its token looked for. No PIN is sent, no record and no database opened.
//!
//! A setting that does not fit is taken out of the text and the rest is read again, so that one mistake does not hide the next. After
//! a mistake of TOML's own syntax nothing can be said of the rest of that file.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use badge_schemas::problem::{Code, Problem};

use super::refused::Misfit;
use super::{DEFAULT_DATA, Options, Scope, Settings, SettingsFile, french, unkeyed};
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
    let (file, text) = parse(&path, text, &mut findings);
    let data = file.data.as_ref().map(|data| path.parent().unwrap_or(Path::new("")).join(data));
    let data = options.data.clone().or(data).unwrap_or_else(|| DEFAULT_DATA.into());
    let look = Look { path: &path, text: &text, findings: &mut findings };
    look.file(file, options);
    findings.sort_by_key(|finding| finding.line);
    if findings.is_empty()
        && let Err(problem) = Settings::resolve(options.clone())
    {
        // What only the whole can show; nothing of it is repeated above.
        findings.push(Finding { path, line: None, problem });
    }
    of_data(&data, &mut findings);
    Ok(findings)
}

fn read(path: &Path) -> Result<String, Problem> {
    let bytes = files::read_up_to(path, super::MAX_FILE)?;
    String::from_utf8(bytes).map_err(|_| super::refused::not_utf8(path))
}

/// Reads the settings, telling everything that does not fit and leaving it out; gives back the text that was left, line for line as it was.
fn parse(path: &Path, mut text: String, findings: &mut Vec<Finding>) -> (SettingsFile, String) {
    let sound = |text: &str| text.parse::<toml::Table>().is_ok();
    let begun_sound = sound(&text);
    loop {
        let error = match toml::from_str(&text) {
            Ok(file) => return (file, text),
            Err(error) => error,
        };
        let place = error.span().unwrap_or_default();
        if begun_sound && !sound(&text) {
            // We took out a part of something longer: what is left says nothing of what was written.
            return (SettingsFile::default(), text);
        }
        findings.push(Finding {
            path: path.to_owned(),
            line: Some(line_at(&text, place.start)),
            problem: Problem::new(Code::SettingsInvalid).with("path", path.display()).with_words(
                "reason",
                &error.message().replace('\n', " "),
                french::of(&error.message().replace('\n', " ")),
            ),
        });
        if !begun_sound || findings.len() >= MAX_FINDINGS || !take_out(&mut text, place.start, place.end) {
            return (SettingsFile::default(), text);
        }
    }
}

/// The line, from 1, in which a byte stands.
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
        let encryption = options.encryption.or(file.keys.encryption);
        if let Some(wanted) = encryption.filter(|_| !protected && options.scope == Scope::Process) {
            self.tell::<()>("keys", "encryption", Err(unkeyed(wanted)));
        }
        if let Some(listen) = listen.filter(|listen| !protected && !listen.ip().is_loopback()) {
            let refused = Problem::new(Code::PlainKeysLoopbackOnly).with("listen", listen);
            self.tell::<()>("", "listen", Err(refused));
        }
        if let Some(issuer) = file.issuer {
            self.misfits(issuer.profile(&config).1);
        }
        if let Some(tls) = file.tls {
            self.tell("tls", "certificate", Certificate::open(tls.beside(&beside)));
        }
        let password = options.store_password.clone();
        self.tell("store", "url", file.store.database(&beside, &config, password));
        self.misfits(file.lint.linting(&config).1);
        if let Some(Some(place)) = self.tell("store", "checkpoint", file.store.checkpoint(&beside, &config)) {
            self.tell("store", "checkpoint", place.look());
        }
        let (table, key) =
            if file.keys.pkcs11.is_some() { ("keys.pkcs11", "module") } else { ("keys", "socket") };
        if let Some(place) = self.tell(table, key, file.keys.place(&beside, &config, options.pin.clone())) {
            self.tell(table, key, place.look());
        }
    }

    /// Keeps what was found in values that know where they stand.
    fn misfits(&mut self, misfits: Vec<Misfit>) {
        for Misfit { offset, problem } in misfits {
            let line = Some(line_at(self.text, offset));
            self.findings.push(Finding { path: self.path.to_owned(), line, problem });
        }
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

/// Looks at a data directory and at the organisations in it.
fn of_data(data: &Path, findings: &mut Vec<Finding>) {
    let mut tell = |path: PathBuf, problem| findings.push(Finding { path, line: None, problem });
    if data.exists() && !data.is_dir() {
        let error = std::io::Error::from(std::io::ErrorKind::NotADirectory);
        tell(data.to_owned(), files::unwritable(data, &error));
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
    #![expect(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]
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
    fn every_value_is_looked_at_in_its_place() {
        let text = "public-url = 'ftp://x'\n[issuer]\nurl = 'www.exemple.fr'\nemail = 'contact'\nimage = 'logo.png'\n\
                    country = 'XX'\nidentifiers = [\n  {type = 'ext:frSirem', value = '732829320'},\n  \
                    {type = 'ext:frSiren', value = '123456789'},\n  {type = 'ext:frSiren', value = '732829320'},\n]\n\
                    [lint]\nprofiles = ['fr',\n  'fr-FR',\n  'eu']\ncertifications = ['38596', 'RS1']\n\
                    [store]\ncheckpoint = 'none/head'\n[keys]\nsocket = 'none'\n[limits]\nadress-burst = 1\n";
        assert_eq!(lines(text), [1, 3, 4, 5, 6, 8, 9, 14, 15, 16, 18, 20, 22]);
        let words = found(text);
        for part in [
            "Aucun pays n’a le code XX",
            "ext:frSirem ressemble à un type",
            "logo.png n’est ni une URL",
            "eu n’est aucun de",
        ] {
            assert!(words.iter().any(|(.., words)| words.contains(part)), "{part}: {words:?}");
        }
        let sound = "[issuer]\nurl = 'https://exemple.fr'\nemail = 'contact@exemple.fr'\nimage = 'data:image/png;base64,AA'\n\
                     country = 'FR'\nidentifiers = [{type = 'ext:frSiren', value = '732829320'}, {type = 'ext:own', value = '1'}]\n\
                     [lint]\nprofiles = ['fr', 'eu-microcredential']\ncertifications = ['RNCP38596', 'RS1']";
        assert_eq!(found(sound), []);
    }

    #[test]
    fn what_the_settings_name_is_looked_at_too() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("file"), "").unwrap();
        let of = |name: &str| directory.path().join(name).display().to_string();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        for (checkpoint, expected) in [
            (of("none/head"), Some(Code::FileUnwritable)),
            (of("file/head"), Some(Code::FileUnwritable)),
            (of(""), Some(Code::FileUnwritable)),
            // Nobody makes files there, root included.
            ("/proc/head".to_owned(), Some(Code::FileUnwritable)),
            (format!("http://127.0.0.1:{port}/head"), Some(Code::CheckpointUnavailable)),
            (of("head"), None),
        ] {
            let found = found(&format!("[store]\n\ncheckpoint = '{checkpoint}'"));
            let told: Vec<_> = found.iter().map(|(line, code, _)| (*line, *code)).collect();
            let expected: Vec<_> = expected.into_iter().map(|code| (Some(3), code)).collect();
            assert_eq!(told, expected, "{checkpoint}");
        }
        assert!(!directory.path().join("head").exists(), "it is looked, not written");
        let token = "[keys.pkcs11]\nmodule = 'none.so'\ntoken = 't'\n";
        assert_eq!(found(token)[0].1, Code::SettingsInvalid, "no PIN");
        std::fs::write(directory.path().join("pin"), "1234").unwrap();
        let pin = of("pin");
        let found = found(&format!("{token}pin-file = '{pin}'"));
        let [(Some(2), Code::TokenUnusable, words)] = &found[..] else { panic!("{found:?}") };
        assert!(words.contains("le module ne peut être chargé"), "{words}");
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
        assert_eq!(lines("[keys]\nencryption = 'age'"), [2], "nothing to encrypt with");
        assert_eq!(lines("[keys]\nencryption = 'rot13'"), [2]);
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
        // A mistake in the process's own settings hides none of them.
        let config = directory.path().join("issuer.toml");
        std::fs::write(&config, "listn = 'x'").unwrap();
        let all = check(&Options { config: Some(config), ..options.clone() }).unwrap();
        assert_eq!(all.len(), 4, "{all:?}");
        assert!(told[0].path.ends_with("access.json"));
        assert!(told[1..].iter().all(|finding| finding.path.ends_with("a/issuer.toml")));
        assert_eq!(told.iter().filter_map(|finding| finding.line).collect::<Vec<_>>(), [2, 3]);
    }
}
