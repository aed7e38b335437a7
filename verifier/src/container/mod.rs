//! What a badge travels in: a PNG, an SVG, or nothing but its own text
//! ([Open Badges 3.0 §5.3](https://www.imsglobal.org/spec/ob/v3p0/#baking)).
//!
//! Pure functions over bytes. Pixels are never decoded, drawings are never rendered, nothing is fetched: of an image
//! only the badge's text is read. A badge that came out of an image is not verified by that.

mod markup;
pub mod png;
pub mod svg;

use badge_schemas::evaluation::BUNDLE_LINE;

/// Longest badge text taken out of, or put into, an image: 1 MiB, because a larger `Document` is refused anyway.
pub const MAX_TEXT_LEN: usize = 1 << 20;

/// What to do with a badge that the image already carries
/// ([Open Badges 3.0 §5.3](https://www.imsglobal.org/spec/ob/v3p0/#baking) lets the baker choose).
///
/// An Open Badges 2.0 badge counts too: left in place, older tools would read another award from the same picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// Fail; the image stays as it is.
    Refuse,
    /// Take every earlier badge out, then put the new one in.
    Replace,
}

/// What some bytes look like, before anything is parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Starts with the eight bytes of a PNG file.
    Png,
    /// XML whose first element is `svg` (any prefix), or that declares a document type `svg`.
    Svg,
    /// The first byte that counts is `{` or `[`.
    Json,
    /// One token in the shape of a [compact JWS](https://www.rfc-editor.org/rfc/rfc7515#section-3.1); see [`compact_jws`].
    CompactJws,
    /// Such a token with disclosures: an [SD-JWT](https://www.rfc-editor.org/rfc/rfc9901#section-4); see [`sd_jwt`].
    SdJwt,
    /// An encrypted bundle of evidence for an evaluation: only its evaluator can read it.
    EvidenceBundle,
    /// Known, but nothing a badge can be baked into or read from.
    NotBakeable {
        /// What it is, so that a message can say so.
        format: Format,
    },
    /// None of these.
    Unknown,
}

/// A format people send instead of a badge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A JPEG photograph.
    Jpeg,
    /// A GIF image.
    Gif,
    /// A WebP image.
    WebP,
    /// A PDF document.
    Pdf,
    /// A web page (often the page *about* a badge).
    Html,
    /// Text in UTF-16, as some editors save it; badges are UTF-8.
    Utf16,
}

impl Format {
    /// Its usual name, the same in every language.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "JPEG",
            Self::Gif => "GIF",
            Self::WebP => "WebP",
            Self::Pdf => "PDF",
            Self::Html => "HTML",
            Self::Utf16 => "UTF-16",
        }
    }
}

/// Says what the bytes look like, from their beginning alone (a compact JWS: from all of them).
///
/// Binary formats must start at the first byte. For text, one UTF-8 byte order mark and then JSON's white space (space,
/// tab, line feed, carriage return) are passed over; nothing is removed, so a parser that is handed the same bytes must
/// pass over them too. A pass means nothing more than "worth trying that parser".
pub fn sniff(bytes: &[u8]) -> Kind {
    if bytes.starts_with(&png::SIGNATURE) {
        return Kind::Png;
    }
    if bytes.strip_prefix(BUNDLE_LINE.as_bytes()).is_some_and(|rest| rest.starts_with(b"\n")) {
        return Kind::EvidenceBundle;
    }
    if let Some(format) = binary_format(bytes) {
        return Kind::NotBakeable { format };
    }
    let text = skip_space(skip_bom(bytes));
    match text.first() {
        Some(b'{' | b'[') => Kind::Json,
        Some(b'<') => match markup::first_name(text) {
            Some(name) if name.eq_ignore_ascii_case(b"html") => Kind::NotBakeable { format: Format::Html },
            Some(b"svg") => Kind::Svg,
            _ => Kind::Unknown,
        },
        Some(_) if compact_jws(bytes).is_some() => Kind::CompactJws,
        Some(_) if sd_jwt(bytes).is_some() => Kind::SdJwt,
        _ => Kind::Unknown,
    }
}

/// The compact JWS that the bytes consist of, without byte order mark and surrounding white space
/// ([RFC 7515 §3.1](https://www.rfc-editor.org/rfc/rfc7515#section-3.1)).
///
/// Three parts in the base64url alphabet between two dots, the first one starting like an encoded `{`. Payload and
/// signature may be empty, so that `alg: none` is refused for what it is and not as an unknown file. Shape only: nothing
/// is decoded.
pub fn compact_jws(bytes: &[u8]) -> Option<&str> {
    jws_shape(skip_space(skip_bom(bytes)).trim_ascii_end())
}

/// The SD-JWT that the bytes consist of, without byte order mark and surrounding white space
/// ([RFC 9901 §4](https://www.rfc-editor.org/rfc/rfc9901#section-4)).
///
/// A compact JWS, a `~`, and then base64url, dots and more `~`. Shape only: nothing is decoded.
pub fn sd_jwt(bytes: &[u8]) -> Option<&str> {
    let text = skip_space(skip_bom(bytes)).trim_ascii_end();
    let end = text.iter().position(|&b| b == b'~')?;
    let (issuer_signed, rest) = text.split_at(end);
    let plain = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~');
    jws_shape(issuer_signed)?;
    rest.iter().all(plain).then(|| std::str::from_utf8(text).ok()).flatten()
}

fn jws_shape(token: &[u8]) -> Option<&str> {
    let mut parts = token.split(|&b| b == b'.');
    let (header, payload, signature) = (parts.next()?, parts.next()?, parts.next()?);
    let base64url = |part: &[u8]| part.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    // 0x7B is `e` and the two high bits of the next character; after `{` comes `"` or a space (y), or a line end (w).
    let opens = header.starts_with(b"ey") || header.starts_with(b"ew");
    (opens && parts.next().is_none() && [header, payload, signature].into_iter().all(base64url))
        .then(|| std::str::from_utf8(token).ok())
        .flatten()
}

fn binary_format(bytes: &[u8]) -> Option<Format> {
    match bytes {
        [0xFF, 0xD8, 0xFF, ..] => Some(Format::Jpeg),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Format::Gif),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Format::WebP),
        [b'%', b'P', b'D', b'F', b'-', ..] => Some(Format::Pdf),
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => Some(Format::Utf16),
        _ => None,
    }
}

fn skip_bom(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)
}

fn skip_space(bytes: &[u8]) -> &[u8] {
    let space = bytes.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r')).count();
    bytes.get(space..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const JWS: &str = "eyJhbGciOiJFZERTQSJ9.eyJpZCI6IngifQ.c2ln";

    #[test]
    fn tells_the_kinds_apart() {
        for (bytes, kind) in [
            (&b"\x89PNG\r\n\x1a\n...."[..], Kind::Png),
            (b"{}", Kind::Json),
            (b"\xEF\xBB\xBF \r\n\t{\"a\":1}", Kind::Json),
            (b"[1]", Kind::Json),
            (b"<svg/>", Kind::Svg),
            (b"<svg:svg xmlns:svg='http://www.w3.org/2000/svg'/>", Kind::Svg),
            (b"\xEF\xBB\xBF<?xml version=\"1.0\"?>\n<!-- <html> -->\n<svg>", Kind::Svg),
            (b"<!DOCTYPE svg [<!ENTITY a 'b'>]><svg/>", Kind::Svg),
            (JWS.as_bytes(), Kind::CompactJws),
            (b"eyJhbGciOiJub25lIn0.e30.", Kind::CompactJws),
            (b"eyJhbGciOiJub25lIn0.e30.~", Kind::SdJwt),
            (b"\xEF\xBB\xBF\neyJh.bGci.OiJF~WyJh~eyJh.bGci.OiJF\n", Kind::SdJwt),
            (b"eyJh.bGci.OiJF~WyJh ~", Kind::Unknown),
            (b"eyJh.bGci~WyJh~", Kind::Unknown),
            (b"~", Kind::Unknown),
            (b"", Kind::Unknown),
            (b"   ", Kind::Unknown),
            (b"skills-badge evaluation bundle v1\n{}\n\0", Kind::EvidenceBundle),
            (b"skills-badge evaluation bundle v1", Kind::Unknown),
            (b"<rss/>", Kind::Unknown),
            (b"<svgx/>", Kind::Unknown),
            (b"hello", Kind::Unknown),
            (b"example.org.fr", Kind::Unknown),
            (b"eyJh.bGci.OiJF.ZERT.QSJ9", Kind::Unknown),
            (b"eyJh.b Gci.OiJF", Kind::Unknown),
            (b" \x89PNG\r\n\x1a\n", Kind::Unknown),
        ] {
            assert_eq!(sniff(bytes), kind, "{}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn names_formats_that_carry_no_badge() {
        for (bytes, format) in [
            (&b"\xFF\xD8\xFF\xE0"[..], Format::Jpeg),
            (b"GIF89a", Format::Gif),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Format::WebP),
            (b"%PDF-1.7", Format::Pdf),
            (b"\n<!doctype HTML><html>", Format::Html),
            (b"<html lang='fr'>", Format::Html),
            (b"\xFF\xFE{\0", Format::Utf16),
        ] {
            assert_eq!(sniff(bytes), Kind::NotBakeable { format });
            assert!(!format.name().is_empty());
        }
    }

    #[test]
    fn a_token_keeps_no_line_end() {
        assert_eq!(compact_jws(format!("\n{JWS}\r\n").as_bytes()), Some(JWS));
        assert_eq!(compact_jws(format!("{JWS} {JWS}").as_bytes()), None);
    }
}
