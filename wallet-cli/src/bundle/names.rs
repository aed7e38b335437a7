//! Names of files that a stranger chose, made safe to write on any system.

use std::collections::BTreeSet;

/// The file that holds the thread, beside the evidence.
pub(super) const THREAD_FILE: &str = "thread.json";

/// Longest name, in bytes: below the 255 of common file systems, with room for a number.
const MAX_NAME_BYTES: usize = 120;

/// Longest ending that is kept when a name is cut, in bytes with its dot.
const MAX_ENDING_BYTES: usize = 16;

/// Names that Windows keeps for devices, whatever their ending.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];

/// Signs that mean nothing in a name on any system; a shell that reads a name without quotes would stumble over a space too.
const PUNCTUATION: &str = " -_.()’',+&#@=;![]{}%$«»“”–—°€§";

/// Names given so far; compared without regard to case, as some systems do.
#[derive(Debug)]
pub(super) struct Names(BTreeSet<String>);

impl Default for Names {
    fn default() -> Self {
        Self(BTreeSet::from([THREAD_FILE.to_owned()]))
    }
}

impl Names {
    /// A safe name like this one that no other file has.
    pub(super) fn take(&mut self, named: &str) -> String {
        let name = safe(named);
        let (stem, ending) = split(&name);
        let numbered = (2_usize..).map(|number| format!("{stem} ({number}){ending}"));
        let mut free =
            std::iter::once(name.clone()).chain(numbered).filter(|one| self.0.insert(one.to_lowercase()));
        free.next().unwrap_or(name)
    }
}

/// One part of a path, visible, that no system takes for anything else.
fn safe(named: &str) -> String {
    let last = named.rsplit(['/', '\\']).next().unwrap_or_default();
    let harmless = |character: char| {
        let known = character.is_alphanumeric() || is_accent(character) || PUNCTUATION.contains(character);
        if known { character } else { '_' }
    };
    let name: String = last.chars().map(harmless).collect();
    // A leading dot hides a file, a leading dash makes it an option, and Windows drops what stands at the end.
    let name = name.trim_start_matches([' ', '.', '-']).trim_end_matches([' ', '.']);
    let name = if name.is_empty() { "_" } else { name };
    let (stem, ending) = split(name);
    let bare = stem.split('.').next().unwrap_or_default().trim_end().to_lowercase();
    let bare = bare.trim_end_matches(|character: char| character.is_numeric());
    let device = if DEVICES.contains(&bare) { "_" } else { "" };
    format!("{device}{}{ending}", cut(stem, MAX_NAME_BYTES - ending.len()))
}

/// A mark of its own over or under the letter before it: how some systems write accents.
fn is_accent(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36f}')
}

/// A name and its ending, which keeps its dot; a long ending is no ending.
fn split(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(at) if at > 0 && name.len() - at <= MAX_ENDING_BYTES => name.split_at(at),
        _ => (name, ""),
    }
}

fn cut(text: &str, limit: usize) -> &str {
    let end = (0..=limit.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_anywhere_else() {
        for (named, expected) in [
            ("cordon.jpg", "cordon.jpg"),
            ("Présentation d’été (2).pdf", "Présentation d’été (2).pdf"),
            ("../../etc/passwd", "passwd"),
            ("..\\..\\Windows\\x.exe", "x.exe"),
            ("/etc/passwd", "passwd"),
            ("C:\\a.txt", "a.txt"),
            ("C:a.txt", "C_a.txt"),
            ("a.txt:stream", "a.txt_stream"),
            ("..", "_"),
            (".", "_"),
            ("", "_"),
            ("dir/", "_"),
            (".bashrc", "bashrc"),
            ("a\0b\n\u{202e}gpj.exe", "a_b__gpj.exe"),
            ("-rf", "rf"),
            ("nul", "_nul"),
            ("CON.txt", "_CON.txt"),
            ("com1.tar.gz", "_com1.tar.gz"),
            ("a. ", "a"),
            ("~", "_"),
            ("R&D #3 [v2] — 50 % à 3 €.pdf", "R&D #3 [v2] — 50 % à 3 €.pdf"),
            ("E\u{301}te\u{301}.jpg", "E\u{301}te\u{301}.jpg"),
            ("a<b>|c?*\"`.txt", "a_b__c____.txt"),
        ] {
            assert_eq!(safe(named), expected, "{named:?}");
        }
        let long = safe(&format!("{}.jpeg", "é".repeat(500)));
        assert!(long.len() <= MAX_NAME_BYTES && long.ends_with("é.jpeg"), "{long}");
    }

    #[test]
    fn no_two_files_have_one_name_on_any_system() {
        let mut names = Names::default();
        let taken: Vec<String> = ["a.jpg", "b/a.jpg", "A.JPG", "thread.json", "Thread.JSON", "a (2).jpg"]
            .into_iter()
            .map(|name| names.take(name))
            .collect();
        let expected =
            ["a.jpg", "a (2).jpg", "A (3).JPG", "thread (2).json", "Thread (3).JSON", "a (2) (2).jpg"];
        assert_eq!(taken, expected);
        assert!(!taken.iter().any(|name| name.eq_ignore_ascii_case(THREAD_FILE)));
    }
}
