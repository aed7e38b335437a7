//! A first, bounded look at XML: where tags start and end, how deep they nest, how many attributes they have
//! ([XML 1.0 §3.1](https://www.w3.org/TR/xml/#sec-starttags)).
//!
//! A real parser follows; this one makes sure that nothing costly reaches it, in one pass, without recursion and without
//! memory of its own. Whatever it cannot follow is an error, so that the parser never sees a byte that was not counted.

use std::ops::Range;

/// Deepest nesting of elements: 256; drawing programs stay below 50, and neither a parser's nor a viewer's stack should decide.
pub(super) const MAX_DEPTH: usize = 256;

/// Most attributes on one element: 256, because comparing their names is quadratic (20,000 took half a second).
pub(super) const MAX_ATTRIBUTES: usize = 256;

/// Most namespace declarations in a file: 256, because each element that declares one copies all that are in scope.
pub(super) const MAX_NAMESPACES: usize = 256;

/// Most `<`, and most `=`, in a file, text included: 100,000, because the parser reserves some 100 bytes for each.
pub(super) const MAX_MARKS: usize = 100_000;

/// Why the first look stopped. Offsets are bytes from the start of the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    Doctype { offset: usize },
    TooDeep { offset: usize },
    TooManyAttributes { offset: usize },
    TooManyNamespaces { offset: usize },
    TooManyMarks,
    Malformed { offset: usize },
}

/// The start tag of the first element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StartTag {
    /// Where `<` is.
    pub(super) start: usize,
    /// The name as written, prefix included.
    pub(super) name: Range<usize>,
    /// Where `>` or `/>` is.
    pub(super) close: usize,
    /// Whether it is an empty-element tag (`/>`).
    pub(super) empty: bool,
    attributes: usize,
    namespaces: usize,
}

/// What the first look saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Survey {
    /// The first element's start tag.
    pub(super) root: StartTag,
    /// The value of `encoding` in the XML declaration.
    pub(super) encoding: Option<Range<usize>>,
    /// Start tags in all.
    pub(super) elements: usize,
}

/// Walks over all markup and holds it to the limits.
pub(super) fn survey(text: &str) -> Result<Survey, Stop> {
    let bytes = text.as_bytes();
    for mark in ['<', '='] {
        if text.matches(mark).count() > MAX_MARKS {
            return Err(Stop::TooManyMarks);
        }
    }
    let mut at = if text.starts_with('\u{FEFF}') { 3 } else { 0 };
    let (mut root, mut encoding) = (None, None);
    let (mut depth, mut namespaces, mut elements) = (0_usize, 0_usize, 0_usize);
    if rest(bytes, at).starts_with(b"<?xml ") {
        (at, encoding) = declaration(bytes, at)?;
    }
    while let Some(distance) = rest(bytes, at).iter().position(|&b| b == b'<') {
        at += distance;
        let here = rest(bytes, at);
        if here.starts_with(b"<!--") {
            at = after(bytes, at, 4, b"-->")?;
        } else if here.starts_with(b"<![CDATA[") {
            at = after(bytes, at, 9, b"]]>")?;
        } else if here.starts_with(b"<!DOCTYPE") {
            return Err(Stop::Doctype { offset: at });
        } else if here.starts_with(b"<?") {
            at = after(bytes, at, 2, b"?>")?;
        } else if here.starts_with(b"</") {
            at = after(bytes, at, 2, b">")?;
            depth = depth.checked_sub(1).ok_or(Stop::Malformed { offset: at })?;
        } else {
            let tag = start_tag(bytes, at)?;
            namespaces += tag.namespaces;
            if namespaces > MAX_NAMESPACES {
                return Err(Stop::TooManyNamespaces { offset: tag.start });
            }
            if !tag.empty {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(Stop::TooDeep { offset: tag.start });
                }
            }
            at = tag.close + if tag.empty { 2 } else { 1 };
            elements += 1;
            root.get_or_insert(tag);
        }
    }
    Ok(Survey { root: root.ok_or(Stop::Malformed { offset: bytes.len() })?, encoding, elements })
}

/// The local name of the first element, or the name in the document type declaration; `None` when there is neither.
pub(super) fn first_name(bytes: &[u8]) -> Option<&[u8]> {
    const DOCTYPE: &[u8] = b"<!DOCTYPE";
    let mut at = 0;
    loop {
        at += rest(bytes, at).iter().position(|b| !b.is_ascii_whitespace())?;
        let here = rest(bytes, at);
        if here.starts_with(b"<!--") {
            at = after(bytes, at, 4, b"-->").ok()?;
        } else if here.starts_with(b"<?") {
            at = after(bytes, at, 2, b"?>").ok()?;
        } else if here.get(..DOCTYPE.len()).is_some_and(|start| start.eq_ignore_ascii_case(DOCTYPE)) {
            let name = rest(bytes, at + DOCTYPE.len()).trim_ascii_start();
            return Some(local_name(name.get(..name_len(name))?));
        } else if here.starts_with(b"<") {
            let name = rest(bytes, at + 1);
            return Some(local_name(name.get(..name_len(name))?));
        } else {
            return None;
        }
    }
}

/// The part of a qualified name after the colon.
pub(super) fn local_name(name: &[u8]) -> &[u8] {
    name.splitn(2, |&b| b == b':').last().unwrap_or(name)
}

/// `<?xml …?>`: the only instruction in which quotes hide a `?>`.
fn declaration(bytes: &[u8], start: usize) -> Result<(usize, Option<Range<usize>>), Stop> {
    let mut at = start + "<?xml ".len();
    let mut encoding = None;
    loop {
        at += space_len(bytes, at);
        if rest(bytes, at).starts_with(b"?>") {
            return Ok((at + 2, encoding));
        }
        let (name, value, end) = attribute(bytes, at)?;
        if bytes.get(value.clone()).is_some_and(|value| value.contains(&b'<')) {
            return Err(Stop::Malformed { offset: value.start });
        }
        if bytes.get(name) == Some(b"encoding") {
            encoding = Some(value);
        }
        at = end;
    }
}

fn start_tag(bytes: &[u8], start: usize) -> Result<StartTag, Stop> {
    let name = start + 1..start + 1 + name_len(rest(bytes, start + 1));
    if name.is_empty() {
        return Err(Stop::Malformed { offset: start });
    }
    let mut at = name.end;
    let (mut attributes, mut namespaces) = (0, 0);
    loop {
        at += space_len(bytes, at);
        let empty = rest(bytes, at).starts_with(b"/>");
        if empty || rest(bytes, at).starts_with(b">") {
            return Ok(StartTag { start, name, close: at, empty, attributes, namespaces });
        }
        let (attribute_name, _, end) = attribute(bytes, at)?;
        attributes += 1;
        if attributes > MAX_ATTRIBUTES {
            return Err(Stop::TooManyAttributes { offset: start });
        }
        namespaces += usize::from(bytes.get(attribute_name).is_some_and(|name| name.starts_with(b"xmlns")));
        at = end;
    }
}

/// `name = "value"`: the name, the value inside the quotes, and where the next thing starts.
fn attribute(bytes: &[u8], start: usize) -> Result<(Range<usize>, Range<usize>, usize), Stop> {
    let name = start..start + name_len(rest(bytes, start));
    let mut at = name.end + space_len(bytes, name.end);
    if name.is_empty() || bytes.get(at) != Some(&b'=') {
        return Err(Stop::Malformed { offset: at });
    }
    at += 1 + space_len(bytes, at + 1);
    let Some(&quote @ (b'"' | b'\'')) = bytes.get(at) else {
        return Err(Stop::Malformed { offset: at });
    };
    let value = at + 1;
    let len = rest(bytes, value).iter().position(|&b| b == quote).ok_or(Stop::Malformed { offset: at })?;
    Ok((name, value..value + len, value + len + 1))
}

/// Bytes up to something no name contains. More than XML allows in a name; the parser is stricter.
fn name_len(bytes: &[u8]) -> usize {
    let ends = |b: &u8| b.is_ascii_whitespace() || b"=<>/\"'?[".contains(b);
    bytes.iter().position(ends).unwrap_or(bytes.len())
}

fn space_len(bytes: &[u8], at: usize) -> usize {
    rest(bytes, at).iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r')).count()
}

/// The offset just past the next `end`, looked for `skip` bytes after `start`.
fn after(bytes: &[u8], start: usize, skip: usize, end: &[u8]) -> Result<usize, Stop> {
    let from = start + skip;
    rest(bytes, from)
        .windows(end.len())
        .position(|window| window == end)
        .map(|distance| from + distance + end.len())
        .ok_or(Stop::Malformed { offset: start })
}

fn rest(bytes: &[u8], at: usize) -> &[u8] {
    bytes.get(at..).unwrap_or_default()
}

#[cfg(test)]
mod tests;
