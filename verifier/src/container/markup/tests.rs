#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::*;

#[test]
fn finds_the_root_tag() {
    let text = "\u{FEFF}<?xml version='?>' encoding=\"utf-8\" ?><!--><svg--><?pi <a>?>\n<s:svg a='>' b = \"/>\" ><g/></s:svg>";
    let survey = survey(text).unwrap();
    assert_eq!(text.get(survey.root.name.clone()), Some("s:svg"));
    assert_eq!(text.get(survey.root.close..survey.root.close + 4), Some("><g/"));
    assert_eq!(survey.encoding.and_then(|range| text.get(range)), Some("utf-8"));
    assert_eq!(survey.elements, 2);
}

#[test]
fn stops_where_it_cannot_follow() {
    for text in [
        "",
        "x",
        "<",
        "<>",
        "<a",
        "<a b",
        "<a b=",
        "<a b=c>",
        "<a b='",
        "<!--",
        "<![CDATA[",
        "<?x",
        "</a>",
        "<a/></a>",
    ] {
        assert!(matches!(survey(text), Err(Stop::Malformed { .. })), "{text}");
    }
    assert_eq!(survey("<a><!DOCTYPE"), Err(Stop::Doctype { offset: 3 }));
}

#[test]
fn names_the_first_element() {
    for (text, name) in [
        (&b"<a:svg x=''>"[..], Some(&b"svg"[..])),
        (b"<svg>", Some(b"svg")),
        (b"<svg", Some(b"svg")),
        (b"<?xml version='1.0'?> <!--<b>--> <c/>", Some(b"c")),
        (b"<!doctype html>", Some(b"html")),
        (b"<!DOCTYPE svg[", Some(b"svg")),
        (b"<!--", None),
        (b"text", None),
        (b"", None),
    ] {
        assert_eq!(first_name(text), name);
    }
}

/// What the parser accepts, this look must have counted in full: otherwise a limit could be walked around.
#[test]
fn sees_every_element_that_the_parser_sees() {
    const PIECES: [&str; 26] = [
        "<svg>",
        "</svg>",
        "<g/>",
        "<g a='<'>",
        "<g a='>'>",
        "<g a=\"'\" b='\"'/>",
        "</g>",
        "<g>",
        "<!--",
        "-->",
        "--",
        "<![CDATA[",
        "]]>",
        "<?x",
        "?>",
        "<?xml ",
        "version='?><!--'",
        " ",
        "\n",
        "'",
        "\"",
        ">",
        "=",
        "&lt;",
        "é",
        "\u{FEFF}",
    ];
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 33).unwrap()
    };
    let mut accepted = 0_u32;
    for _ in 0..200_000 {
        let middle: String =
            (0..next() % 7).filter_map(|_| PIECES.get(next() % PIECES.len()).copied()).collect();
        let start = ["", "<?xml version='1.0'?>", "<?xml version='?><!--'?>", "<?xml\tx='?>"][next() % 4];
        let text = format!("{start}<svg>{middle}</svg>");
        let Ok(elements) = super::super::svg::count_elements(&text) else { continue };
        accepted += 1;
        assert_eq!(survey(&text).unwrap().elements, elements, "{text}");
    }
    assert!(accepted > 10_000, "{accepted}");
}
