//! A badge inside an SVG image: one `<openbadges:credential>` element
//! ([Open Badges 3.0 §5.3.2](https://www.imsglobal.org/spec/ob/v3p0/#svgs)).
//!
//! A compact JWS stands in the attribute `verify`, JSON in a CDATA section. The drawing is never rendered: scripts,
//! foreign objects and links in it mean nothing here. Baking works on byte positions, so the rest of the file stays as it is.

use std::ops::Range;

use roxmltree::{Document, Node, ParsingOptions};

use super::markup::{self, StartTag, Stop, Survey};
use super::{Existing, MAX_TEXT_LEN, compact_jws};

/// The namespace of the `credential` element, bound to the prefix `openbadges` on `<svg>`.
pub const NAMESPACE: &str = "https://purl.imsglobal.org/ob/v3p0";

/// The namespace that Open Badges 1.0 and 2.0 used for their `assertion` element.
pub const NAMESPACE_OB2: &str = "http://openbadges.org";

/// Largest SVG read or written: 2 MiB, one for the drawing and one for the badge ([`MAX_TEXT_LEN`]).
pub const MAX_SVG_LEN: usize = 2 << 20;

/// Most nodes in an SVG: 10,000; a badge has some hundred, and each costs about a hundred bytes.
pub const MAX_NODES: u32 = 10_000;

/// What an SVG did wrong. Offsets are in bytes from its start; lines and columns count from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SvgError {
    /// Longer than [`MAX_SVG_LEN`], or it would be after baking.
    #[error("SVG of {len} bytes, limit {limit}")]
    TooLarge {
        /// Length in bytes.
        len: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// A badge text longer than [`MAX_TEXT_LEN`].
    #[error("badge text of {len} bytes, limit {limit}")]
    TextTooLarge {
        /// Length in bytes.
        len: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// The bytes are not UTF-8.
    #[error("not UTF-8 at byte {offset}")]
    NotUtf8 {
        /// The first byte that is wrong.
        offset: usize,
    },
    /// The XML declaration names another encoding than UTF-8.
    #[error("declared encoding {declared:?}, not UTF-8")]
    NotDeclaredUtf8 {
        /// The encoding as written.
        declared: String,
    },
    /// A document type declaration, which could define entities.
    #[error("document type declaration at byte {offset}")]
    DtdForbidden {
        /// Where it starts.
        offset: usize,
    },
    /// Elements nested deeper than the limit.
    #[error("elements nested deeper than {limit} at byte {offset}")]
    TooDeep {
        /// The first element beyond the limit.
        offset: usize,
        /// The limit.
        limit: usize,
    },
    /// An element with more attributes than the limit.
    #[error("more than {limit} attributes on the element at byte {offset}")]
    TooManyAttributes {
        /// Where the element starts.
        offset: usize,
        /// The limit.
        limit: usize,
    },
    /// More namespace declarations than the limit.
    #[error("more than {limit} namespace declarations, at byte {offset}")]
    TooManyNamespaces {
        /// The element with one too many.
        offset: usize,
        /// The limit.
        limit: usize,
    },
    /// More nodes than [`MAX_NODES`], or more `<` or `=` than the parser should reserve memory for.
    #[error("more than {limit} nodes")]
    NodeLimit {
        /// The limit.
        limit: usize,
    },
    /// Not well-formed XML.
    #[error("not well-formed XML at line {line}, column {column}")]
    Xml {
        /// Line, from 1.
        line: u32,
        /// Column in characters, from 1.
        column: u32,
    },
    /// The root element is not `svg`.
    #[error("root element {root:?}, not svg")]
    NotSvg {
        /// Its local name.
        root: String,
    },
    /// An SVG without a badge.
    #[error("no badge in this SVG")]
    NoBadge,
    /// The badge is of Open Badges 1.0 or 2.0 (element in [`NAMESPACE_OB2`]).
    #[error("Open Badges 2.0 badge at byte {offset}")]
    Ob2Badge {
        /// Where its element starts.
        offset: usize,
    },
    /// More than one badge: two elements, or one that uses both the attribute and the body.
    #[error("two badges, at bytes {first} and {second}")]
    Multiple {
        /// Where the first one starts.
        first: usize,
        /// Where the second one starts (the same element when it holds both).
        second: usize,
    },
    /// The element is not a child of `<svg>`, so it belongs to some part of the drawing.
    #[error("badge element at byte {offset} is not a child of <svg>")]
    Misplaced {
        /// Where it starts.
        offset: usize,
    },
    /// The element holds something else than text.
    #[error("unexpected markup in the badge, at byte {offset}")]
    UnexpectedMarkup {
        /// Where that starts.
        offset: usize,
    },
    /// The element is there but empty, or an empty text was to be baked.
    #[error("empty badge")]
    Empty,
    /// The text to bake holds a character that XML cannot carry, however it is escaped.
    #[error("character U+{:04X} at byte {offset} of the badge cannot stand in XML", u32::from(*.character))]
    NotXmlChar {
        /// The character.
        character: char,
        /// Its place in the text, in bytes.
        offset: usize,
    },
    /// The image has a badge already and [`Existing::Refuse`] was asked.
    #[error("badge already present at byte {offset}")]
    AlreadyBaked {
        /// Where it starts.
        offset: usize,
    },
}

/// Reads the one badge of an SVG: the value of `verify`, or the text of the body exactly as XML delivers it
/// ([Open Badges 3.0 §5.3.2.2](https://www.imsglobal.org/spec/ob/v3p0/#extracting-1)).
///
/// The standard lets a reader take the first badge of several; here several are refused, so that no two readers see
/// different ones. An Open Badges 2.0 badge beside it is passed over.
///
/// # Errors
/// [`SvgError`]: too large or too complex, not an SVG, or without exactly one Open Badges 3.0 badge.
pub fn extract(svg: &[u8]) -> Result<Vec<u8>, SvgError> {
    let text = utf8(svg)?;
    let survey = look(text)?;
    read(&parse(text, &survey)?)
}

/// Puts a badge into an SVG, directly after the `<svg>` start tag
/// ([Open Badges 3.0 §5.3.2.1](https://www.imsglobal.org/spec/ob/v3p0/#baking-1)).
///
/// A compact JWS goes into `verify`; anything else into CDATA, where `]]>` and carriage returns are written so that
/// [`extract`] gives back the same bytes. Every other byte of the image stays as it was. When `<svg>` binds the prefix
/// `openbadges` to something else (an Open Badges 2.0 image), the element declares the namespace itself.
///
/// # Errors
/// [`SvgError`]: the image or the text is one that [`extract`] would refuse, or a badge is there and must not be replaced.
pub fn bake(svg: &[u8], badge: &str, existing: Existing) -> Result<Vec<u8>, SvgError> {
    check_text_len(badge.len())?;
    let text = utf8(svg)?;
    let survey = look(text)?;
    let document = parse(text, &survey)?;
    let earlier = badges(&document);
    if let (Existing::Refuse, Some(range)) = (existing, earlier.first()) {
        return Err(SvgError::AlreadyBaked { offset: range.start });
    }

    let root = &survey.root;
    let bound = document
        .root_element()
        .namespaces()
        .find(|ns| ns.name() == Some("openbadges"))
        .map(roxmltree::Namespace::uri);
    let declaration = format!(" xmlns:openbadges=\"{NAMESPACE}\"");
    let (on_root, on_badge) = match bound {
        Some(NAMESPACE) => ("", ""),
        Some(_) => ("", declaration.as_str()),
        None => (declaration.as_str(), ""),
    };
    let element = element(badge, on_badge)?;

    let slice = |range: Range<usize>| text.get(range).unwrap_or_default();
    let StartTag { name, close, empty, .. } = root.clone();
    let mut baked = String::with_capacity(text.len() + element.len() + declaration.len() + 16);
    baked.push_str(slice(0..name.end));
    baked.push_str(on_root);
    baked.push_str(slice(name.end..close));
    baked.push('>');
    baked.push_str(&element);
    let mut at = close + if empty { "/>".len() } else { ">".len() };
    if empty {
        baked.push_str("</");
        baked.push_str(slice(name));
        baked.push('>');
    }
    for range in earlier {
        baked.push_str(slice(at..range.start));
        at = range.end;
    }
    baked.push_str(slice(at..text.len()));

    extract(baked.as_bytes())?; // what we write, we can read
    Ok(baked.into_bytes())
}

fn utf8(svg: &[u8]) -> Result<&str, SvgError> {
    if svg.len() > MAX_SVG_LEN {
        return Err(SvgError::TooLarge { len: svg.len(), limit: MAX_SVG_LEN });
    }
    std::str::from_utf8(svg).map_err(|error| SvgError::NotUtf8 { offset: error.valid_up_to() })
}

/// Everything that must hold before the parser sees the text.
fn look(text: &str) -> Result<Survey, SvgError> {
    let survey = markup::survey(text).map_err(|stop| match stop {
        Stop::Doctype { offset } => SvgError::DtdForbidden { offset },
        Stop::TooDeep { offset } => SvgError::TooDeep { offset, limit: markup::MAX_DEPTH },
        Stop::TooManyAttributes { offset } => {
            SvgError::TooManyAttributes { offset, limit: markup::MAX_ATTRIBUTES }
        }
        Stop::TooManyNamespaces { offset } => {
            SvgError::TooManyNamespaces { offset, limit: markup::MAX_NAMESPACES }
        }
        Stop::TooManyMarks => SvgError::NodeLimit { limit: markup::MAX_MARKS },
        Stop::Malformed { offset } => {
            let (line, column) = position(text, offset);
            SvgError::Xml { line, column }
        }
    })?;
    if survey.elements > MAX_NODES as usize {
        return Err(SvgError::NodeLimit { limit: MAX_NODES as usize });
    }
    match survey.encoding.clone().and_then(|range| text.get(range)) {
        Some(declared) if !declared.eq_ignore_ascii_case("utf-8") => {
            Err(SvgError::NotDeclaredUtf8 { declared: declared.to_owned() })
        }
        _ => Ok(survey),
    }
}

fn parse<'a>(text: &'a str, survey: &Survey) -> Result<Document<'a>, SvgError> {
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, entity_resolver: None };
    let document = Document::parse_with_options(text, options).map_err(|error| match error {
        roxmltree::Error::NodesLimitReached => SvgError::NodeLimit { limit: MAX_NODES as usize },
        roxmltree::Error::NoRootNode
        | roxmltree::Error::UnclosedRootNode
        | roxmltree::Error::UnexpectedEndOfStream => {
            let (line, column) = position(text, text.len());
            SvgError::Xml { line, column }
        }
        other => SvgError::Xml { line: other.pos().row, column: other.pos().col },
    })?;
    let name = document.root_element().tag_name();
    let drawing = matches!(name.namespace(), None | Some("http://www.w3.org/2000/svg"));
    if name.name() != "svg" || !drawing {
        return Err(SvgError::NotSvg { root: name.name().to_owned() });
    }
    if document.root_element().range().start != survey.root.start {
        let (line, column) = position(text, survey.root.start);
        return Err(SvgError::Xml { line, column });
    }
    Ok(document)
}

fn read(document: &Document<'_>) -> Result<Vec<u8>, SvgError> {
    let mut found: Option<Node<'_, '_>> = None;
    for node in document.descendants().filter(|&node| is_badge(node)) {
        if let Some(first) = found {
            return Err(SvgError::Multiple { first: first.range().start, second: node.range().start });
        }
        found = Some(node);
    }
    let Some(badge) = found else {
        let earlier = document.descendants().find(|&node| is_ob2(node));
        return Err(
            earlier.map_or(SvgError::NoBadge, |node| SvgError::Ob2Badge { offset: node.range().start })
        );
    };
    let offset = badge.range().start;
    if badge.parent() != Some(document.root_element()) {
        return Err(SvgError::Misplaced { offset });
    }
    if let Some(other) = badge.children().find(|child| !child.is_text()) {
        return Err(SvgError::UnexpectedMarkup { offset: other.range().start });
    }
    let body: String = badge.children().filter_map(|child| child.text()).collect();
    let verify = badge.attribute("verify").unwrap_or_default();
    match (verify.trim().is_empty(), body.trim().is_empty()) {
        (true, true) => Err(SvgError::Empty),
        (false, false) => Err(SvgError::Multiple { first: offset, second: offset }),
        (false, true) => check_text_len(verify.len()).map(|()| verify.as_bytes().to_vec()),
        (true, false) => check_text_len(body.len()).map(|()| body.into_bytes()),
    }
}

/// Where badges of any version stand, in document order, none inside another.
fn badges(document: &Document<'_>) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for node in document.descendants().filter(|&node| is_badge(node) || is_ob2(node)) {
        let range = node.range();
        if ranges.last().is_none_or(|last| range.start >= last.end) {
            ranges.push(range);
        }
    }
    ranges
}

fn is_badge(node: Node<'_, '_>) -> bool {
    node.has_tag_name((NAMESPACE, "credential"))
}

fn is_ob2(node: Node<'_, '_>) -> bool {
    node.is_element() && node.tag_name().namespace() == Some(NAMESPACE_OB2)
}

fn element(badge: &str, declaration: &str) -> Result<String, SvgError> {
    if compact_jws(badge.as_bytes()) == Some(badge) {
        return Ok(format!(
            "<openbadges:credential{declaration} verify=\"{badge}\"></openbadges:credential>"
        ));
    }
    let illegal = |&(_, c): &(usize, char)| {
        (c < ' ' && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{FFFE}' | '\u{FFFF}')
    };
    if let Some((offset, character)) = badge.char_indices().find(illegal) {
        return Err(SvgError::NotXmlChar { character, offset });
    }
    // `]]>` would end the section: end it between the brackets. A carriage return would be read as a line feed: refer to it.
    let body = badge.replace("]]>", "]]]]><![CDATA[>").replace('\r', "]]>&#13;<![CDATA[");
    Ok(format!("<openbadges:credential{declaration}><![CDATA[{body}]]></openbadges:credential>"))
}

fn check_text_len(len: usize) -> Result<(), SvgError> {
    match len {
        0 => Err(SvgError::Empty),
        1..=MAX_TEXT_LEN => Ok(()),
        _ => Err(SvgError::TextTooLarge { len, limit: MAX_TEXT_LEN }),
    }
}

/// Line and column of an offset, both from 1.
fn position(text: &str, offset: usize) -> (u32, u32) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |tail| tail.chars().count()) + 1;
    (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests;

/// Elements the parser finds with no limit, for the comparison with [`markup::survey`].
#[cfg(test)]
pub(super) fn count_elements(text: &str) -> Result<usize, roxmltree::Error> {
    let document = Document::parse(text)?;
    Ok(document.descendants().filter(Node::is_element).count())
}
