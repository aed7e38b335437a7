//! URIs, told from what is only relative.

/// Whether this is an absolute URI, as an `id` must be: a scheme, a colon, and something after it, without blanks or controls
/// ([RFC 3986 §3](https://www.rfc-editor.org/rfc/rfc3986#section-3)).
///
/// Letters beyond ASCII pass ([RFC 3987](https://www.rfc-editor.org/rfc/rfc3987)); a pass says nothing about what is found there.
pub fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let mut scheme = scheme.bytes();
    scheme.next().is_some_and(|first| first.is_ascii_alphabetic())
        && scheme.all(|c| c.is_ascii_alphanumeric() || matches!(c, b'+' | b'-' | b'.'))
        && !rest.is_empty()
        && !rest.chars().any(|c| {
            c.is_whitespace()
                || c.is_control()
                || matches!(c, '<' | '>' | '"' | '{' | '}' | '|' | '\\' | '^' | '`')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_are_told_from_relative_references() {
        for uri in ["did:web:école.example", "urn:uuid:1", "https://a.example/x?y#z", "mailto:a@b.example"] {
            assert!(is_uri(uri), "{uri}");
        }
        for text in ["", "x", "/x", ":x", "https:", "1a:b", "a b:c", "https://a b", "did:web:<x>", "a\n:b"] {
            assert!(!is_uri(text), "{text}");
        }
    }
}
