#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::*;

const JSON: &str = "{\"name\":\"Médiation numérique — œuvre 🏅 <&\\\" ]]> \u{202E}\"}";
const JWS: &str = "eyJhbGciOiJFZERTQSJ9.eyJpZCI6IngifQ.c2ln";
const NS: &str = "xmlns:openbadges=\"https://purl.imsglobal.org/ob/v3p0\"";
const PLAIN: &str = "<?xml version='1.0' encoding='UTF-8'?>\r\n<!-- <svg> -->\n<svg xmlns='http://www.w3.org/2000/svg'\n  \
                     viewBox=\"0 0 1 1\" >\n\t<title>Œuvre &amp; &#233;</title><g a='>'/></svg>\n<!-- end -->";

fn svg(body: &str) -> String {
    format!("<svg xmlns=\"http://www.w3.org/2000/svg\" {NS}>{body}</svg>")
}

fn badge(body: &str) -> String {
    format!("<openbadges:credential>{body}</openbadges:credential>")
}

#[test]
fn gives_back_what_was_baked() {
    for text in
        [JSON, JWS, "x", "]]>", "]]]]>>", "]]>]]>", "]]", "a\r\nb\rc\n", "\r", "&amp;", "<![CDATA[x]]>", "é"]
    {
        for image in
            [PLAIN, "<svg/>", "\u{FEFF}<svg />", "<s:svg xmlns:s='http://www.w3.org/2000/svg'></s:svg>"]
        {
            match bake(image.as_bytes(), text, Existing::Refuse) {
                Ok(baked) => assert_eq!(String::from_utf8(extract(&baked).unwrap()).unwrap(), text),
                Err(error) => assert_eq!((error, text), (SvgError::Empty, "\r")),
            }
        }
    }
}

#[test]
fn writes_the_form_of_the_standard_and_leaves_the_rest() {
    let baked = String::from_utf8(bake(PLAIN.as_bytes(), JWS, Existing::Refuse).unwrap()).unwrap();
    let element = format!("<openbadges:credential verify=\"{JWS}\"></openbadges:credential>");
    assert!(baked.contains(&format!("viewBox=\"0 0 1 1\" >{element}\n\t<title>")));
    assert_eq!(baked.replacen(&element, "", 1).replacen(&format!(" {NS}"), "", 1), PLAIN);

    let baked = String::from_utf8(bake(b"<svg/>", "{\"a\":\"]]>\"}", Existing::Refuse).unwrap()).unwrap();
    assert_eq!(
        baked,
        format!(
            "<svg {NS}><openbadges:credential><![CDATA[{{\"a\":\"]]]]><![CDATA[>\"}}]]></openbadges:credential></svg>"
        )
    );
}

#[test]
fn replaces_only_when_asked() {
    let once = bake(PLAIN.as_bytes(), JSON, Existing::Refuse).unwrap();
    assert!(matches!(bake(&once, JWS, Existing::Refuse), Err(SvgError::AlreadyBaked { .. })));
    let twice = bake(&once, JWS, Existing::Replace).unwrap();
    assert_eq!(twice, bake(PLAIN.as_bytes(), JWS, Existing::Refuse).unwrap());

    let crowded = svg(&format!("{}<g/>{}", badge(&badge("{}")), badge("[]")));
    let alone = bake(crowded.as_bytes(), JSON, Existing::Replace).unwrap();
    assert_eq!(alone, bake(svg("<g/>").as_bytes(), JSON, Existing::Refuse).unwrap());
}

#[test]
fn an_old_badge_is_named_and_can_be_replaced() {
    let old = "<svg xmlns:openbadges='http://openbadges.org'><openbadges:assertion verify='https://x.example/'/></svg>";
    assert_eq!(extract(old.as_bytes()), Err(SvgError::Ob2Badge { offset: 46 }));
    assert_eq!(bake(old.as_bytes(), JWS, Existing::Refuse), Err(SvgError::AlreadyBaked { offset: 46 }));
    for text in [JSON, JWS] {
        let new = bake(old.as_bytes(), text, Existing::Replace).unwrap();
        assert_eq!(extract(&new).unwrap(), text.as_bytes());
        assert!(!String::from_utf8(new).unwrap().contains("assertion"));
    }
}

#[test]
fn reads_other_peoples_badges() {
    for (body, expected) in [
        (badge("\n <![CDATA[{\"a\":1}]]>\n"), "\n {\"a\":1}\n"),
        (badge("{&quot;a&quot;:1}"), "{\"a\":1}"),
        (format!("\n<title/>{}", badge("{}")), "{}"),
        ("<openbadges:credential verify='a.b.c'/>".to_owned(), "a.b.c"),
        ("<openbadges:credential verify='a.b.c'>\n</openbadges:credential>".to_owned(), "a.b.c"),
        (format!("<ob:credential xmlns:ob='{NAMESPACE}'>{{}}</ob:credential>"), "{}"),
        (format!("<script>alert(1)</script>{}<a href='http://127.0.0.1/'/>", badge("{}")), "{}"),
    ] {
        assert_eq!(extract(svg(&body).as_bytes()).unwrap(), expected.as_bytes());
    }
}

#[test]
fn refuses_what_is_not_one_plain_badge() {
    let at = svg("").len() - "</svg>".len();
    let one = badge("{}");
    for (body, error) in [
        (String::new(), SvgError::NoBadge),
        ("<credential>{}</credential>".to_owned(), SvgError::NoBadge),
        (format!("<!-- {one} -->"), SvgError::NoBadge),
        (format!("<g><![CDATA[{one}]]></g>"), SvgError::NoBadge),
        (one.repeat(2), SvgError::Multiple { first: at, second: at + one.len() }),
        (badge(&one), SvgError::Multiple { first: at, second: at + 23 }),
        (
            "<openbadges:credential verify='a.b.c'>{}</openbadges:credential>".to_owned(),
            SvgError::Multiple { first: at, second: at },
        ),
        (format!("<foreignObject>{one}</foreignObject>"), SvgError::Misplaced { offset: at + 15 }),
        (badge("{<g/>}"), SvgError::UnexpectedMarkup { offset: at + 24 }),
        (badge("{<!-- -->}"), SvgError::UnexpectedMarkup { offset: at + 24 }),
        (badge(" \n"), SvgError::Empty),
        ("<openbadges:credential verify=''/>".to_owned(), SvgError::Empty),
    ] {
        assert_eq!(extract(svg(&body).as_bytes()), Err(error), "{body}");
    }
    assert_eq!(extract(b"<html/>"), Err(SvgError::NotSvg { root: "html".to_owned() }));
    assert_eq!(extract(b"<svg xmlns='urn:x'/>"), Err(SvgError::NotSvg { root: "svg".to_owned() }));
}

#[test]
fn refuses_document_types() {
    let laughs = "<!DOCTYPE svg [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]><svg>&b;</svg>";
    let external = "<?xml version='1.0'?><!DOCTYPE svg SYSTEM 'file:///etc/passwd'><svg/>";
    assert_eq!(extract(laughs.as_bytes()), Err(SvgError::DtdForbidden { offset: 0 }));
    assert_eq!(extract(external.as_bytes()), Err(SvgError::DtdForbidden { offset: 21 }));
    assert_eq!(bake(laughs.as_bytes(), JWS, Existing::Refuse), Err(SvgError::DtdForbidden { offset: 0 }));
    assert!(matches!(extract(svg(&badge("&lol;")).as_bytes()), Err(SvgError::Xml { line: 1, .. })));
}

#[test]
fn refuses_what_would_cost_too_much() {
    let deep = format!("{}{}", "<svg>".repeat(100_000), "</svg>".repeat(100_000));
    assert_eq!(extract(deep.as_bytes()), Err(SvgError::NodeLimit { limit: markup::MAX_MARKS }));
    let deep = format!("{}{}", "<svg>".repeat(40_000), "</svg>".repeat(40_000));
    let limit = markup::MAX_DEPTH;
    assert_eq!(extract(deep.as_bytes()), Err(SvgError::TooDeep { offset: 5 * limit, limit }));
    let just = format!("{}{}", "<svg>".repeat(limit), "</svg>".repeat(limit));
    assert_eq!(extract(just.as_bytes()), Err(SvgError::NoBadge));

    let limit = MAX_NODES as usize;
    assert_eq!(extract(svg(&"<g/>".repeat(limit)).as_bytes()), Err(SvgError::NodeLimit { limit }));
    // The drawing alone is within the limit, the badge would cross it.
    let full = svg(&"<g/>".repeat(limit - 3));
    assert_eq!(extract(full.as_bytes()), Err(SvgError::NoBadge));
    assert_eq!(bake(full.as_bytes(), JSON, Existing::Refuse), Err(SvgError::NodeLimit { limit }));

    let attributes = |count: usize| (0..count).fold(String::new(), |all, n| format!("{all} a{n}=''"));
    let limit = markup::MAX_ATTRIBUTES;
    let wide = |count| format!("<svg><g{}/></svg>", attributes(count));
    assert_eq!(extract(wide(limit).as_bytes()), Err(SvgError::NoBadge));
    assert_eq!(extract(wide(20_000).as_bytes()), Err(SvgError::TooManyAttributes { offset: 5, limit }));
    let cut = &wide(20_000)[..100_000];
    assert_eq!(extract(cut.as_bytes()), Err(SvgError::TooManyAttributes { offset: 5, limit }));
    let spaces = (0..limit).fold(String::new(), |all, n| format!("{all}<g xmlns:n{n}='urn:{n}'/>"));
    assert!(matches!(extract(svg(&spaces).as_bytes()), Err(SvgError::TooManyNamespaces { .. })));

    let large = svg(&" ".repeat(MAX_SVG_LEN));
    assert_eq!(extract(large.as_bytes()), Err(SvgError::TooLarge { len: large.len(), limit: MAX_SVG_LEN }));
    let text = " ".repeat(MAX_TEXT_LEN + 1);
    let too_long = SvgError::TextTooLarge { len: text.len(), limit: MAX_TEXT_LEN };
    assert_eq!(bake(b"<svg/>", &text, Existing::Refuse), Err(too_long.clone()));
    assert_eq!(extract(svg(&badge(&text.replace(' ', "x"))).as_bytes()), Err(too_long));
}

#[test]
fn refuses_other_encodings_and_characters() {
    let latin = b"<svg><title>\xE9</title></svg>";
    assert_eq!(extract(latin), Err(SvgError::NotUtf8 { offset: 12 }));
    let declared = "<?xml version='1.0' encoding='ISO-8859-1'?><svg/>";
    let error = SvgError::NotDeclaredUtf8 { declared: "ISO-8859-1".to_owned() };
    assert_eq!(bake(declared.as_bytes(), JSON, Existing::Refuse), Err(error));
    for (text, character, offset) in
        [("é\0", '\0', 2), ("\u{FFFF}", '\u{FFFF}', 0), ("a\u{1B}[0m", '\u{1B}', 1)]
    {
        let error = SvgError::NotXmlChar { character, offset };
        assert_eq!(bake(b"<svg/>", text, Existing::Refuse), Err(error));
    }
    assert_eq!(bake(b"<svg/>", "", Existing::Refuse), Err(SvgError::Empty));
    let error = SvgError::NotXmlChar { character: '\u{1B}', offset: 1 };
    assert_eq!(error.to_string(), "character U+001B at byte 1 of the badge cannot stand in XML");
}

#[test]
fn says_the_line_of_a_fault() {
    assert_eq!(extract(b"<svg>\n  <g>\n</svg>"), Err(SvgError::Xml { line: 3, column: 1 }));
    assert_eq!(extract("<svg>\né<g a=b/></svg>".as_bytes()), Err(SvgError::Xml { line: 2, column: 7 }));
    assert_eq!(extract(b""), Err(SvgError::Xml { line: 1, column: 1 }));
    assert_eq!(extract(b"<svg>"), Err(SvgError::Xml { line: 1, column: 6 }));
}

#[test]
fn truncations_and_flips_never_panic_nor_change_the_badge_unseen() {
    for text in [JSON, JWS] {
        let good = bake(PLAIN.as_bytes(), text, Existing::Refuse).unwrap();
        let root_end = good.windows(6).position(|six| six == b"</svg>").unwrap() + 6;
        for len in 0..good.len() {
            if len < root_end {
                extract(&good[..len]).unwrap_err();
            }
            let _ = bake(&good[..len], text, Existing::Replace);
        }
        for at in 0..good.len() {
            for bit in 0..8 {
                let mut bad = good.clone();
                bad[at] ^= 1 << bit;
                let _ = extract(&bad);
                if let Ok(again) = bake(&bad, text, Existing::Replace) {
                    assert_eq!(extract(&again).unwrap(), text.as_bytes());
                }
            }
        }
    }
}
