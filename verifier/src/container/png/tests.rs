#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::*;

const JSON: &str = "{\"name\":\"Médiation numérique — œuvre 🏅 ]]> \u{202E}\r\n\"}";
const JWS: &str = "eyJhbGciOiJFZERTQSJ9.eyJpZCI6IngifQ.c2ln";

fn raw_chunk(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
    let len = u32::try_from(data.len()).unwrap().to_be_bytes();
    [&len[..], &kind, data, &crc32(kind, data).to_be_bytes()].concat()
}

fn header(side: u32) -> Vec<u8> {
    let side = side.to_be_bytes();
    raw_chunk(*b"IHDR", &[&side[..], &side, &[8, 6, 0, 0, 0]].concat())
}

/// A PNG with these chunks between `IHDR` and `IEND`; its pixel data is no zlib stream, which must not matter.
fn image(middle: &[Vec<u8>]) -> Vec<u8> {
    [SIGNATURE.to_vec(), header(1), middle.concat(), raw_chunk(*b"IDAT", b"pixels"), raw_chunk(*b"IEND", b"")]
        .concat()
}

fn itxt(keyword: &[u8], flag: u8, text: &[u8]) -> Vec<u8> {
    raw_chunk(*b"iTXt", &[keyword, &[0, flag, 0], b"fr\0mot\0", text].concat())
}

#[test]
fn gives_back_what_was_baked() {
    for text in [JSON, JWS, "x", "]]>", "\0", "\u{FFFF}", "é\n\n", &"é".repeat(MAX_TEXT_LEN / 2)] {
        let baked = bake(&image(&[]), text, Existing::Refuse).unwrap();
        assert_eq!(extract(&baked).unwrap(), text.as_bytes());
    }
}

#[test]
fn leaves_every_other_byte_and_stands_before_the_pixels() {
    let plain = image(&[raw_chunk(*b"pHYs", &[0; 9])]);
    let baked = bake(&plain, JSON, Existing::Refuse).unwrap();
    let added = baked.len() - plain.len();
    let at = SIGNATURE.len() + header(1).len();
    assert_eq!(baked[..at], plain[..at]);
    assert_eq!(baked[at + added..], plain[at..]);
    assert_eq!(&baked[at + 4..at + 8 + KEYWORD.len() + 5], b"iTXtopenbadgecredential\0\0\0\0\0");
}

#[test]
fn replaces_only_when_asked() {
    let plain = image(&[]);
    let once = bake(&plain, JSON, Existing::Refuse).unwrap();
    assert_eq!(bake(&once, JWS, Existing::Refuse), Err(PngError::AlreadyBaked { offset: 33 }));
    assert_eq!(bake(&once, JWS, Existing::Replace), bake(&plain, JWS, Existing::Refuse));
    // Old, doubled and misshapen badges are all badges.
    let crowded = image(&[
        itxt(KEYWORD, 0, b"a"),
        itxt(KEYWORD, 1, b"b"),
        raw_chunk(*b"tEXt", b"openbadges\0c"),
        raw_chunk(*b"zTXt", b"openbadgecredential"),
    ]);
    assert_eq!(bake(&crowded, JWS, Existing::Replace), bake(&plain, JWS, Existing::Refuse));
    let old = image(&[raw_chunk(*b"tEXt", b"openbadges\0c")]);
    assert_eq!(bake(&old, JWS, Existing::Refuse), Err(PngError::AlreadyBaked { offset: 33 }));
}

#[test]
fn never_decodes_pixels() {
    // 60,000 × 60,000 pixels would be 14.4 GB.
    let huge =
        [SIGNATURE.to_vec(), header(60_000), itxt(KEYWORD, 0, b"{}"), raw_chunk(*b"IEND", b"")].concat();
    assert_eq!(extract(&huge).unwrap(), b"{}");
}

#[test]
fn refuses_what_is_not_one_plain_badge() {
    let at = 33;
    let one = itxt(KEYWORD, 0, b"{}");
    for (middle, error) in [
        (vec![], PngError::NoBadge),
        (vec![itxt(b"Comment", 0, b"openbadgecredential")], PngError::NoBadge),
        (vec![itxt(b"OpenBadgeCredential", 0, b"{}")], PngError::NoBadge),
        (vec![itxt(KEYWORD_OB2, 0, b"{}")], PngError::Ob2Badge { offset: at }),
        (vec![raw_chunk(*b"tEXt", b"openbadges\0{}")], PngError::Ob2Badge { offset: at }),
        (vec![one.clone(), one.clone()], PngError::Multiple { first: at, second: at + one.len() }),
        (
            vec![one.clone(), raw_chunk(*b"tEXt", b"openbadgecredential\0{}")],
            PngError::Multiple { first: at, second: at + one.len() },
        ),
        (vec![itxt(KEYWORD, 1, b"{}")], PngError::Compressed { offset: at }),
        (vec![itxt(KEYWORD, 2, b"{}")], PngError::MalformedText { offset: at }),
        (
            vec![raw_chunk(*b"iTXt", b"openbadgecredential\0\0\0fr\0{}")],
            PngError::MalformedText { offset: at },
        ),
        (vec![raw_chunk(*b"iTXt", b"openbadgecredential")], PngError::MalformedText { offset: at }),
        (
            vec![raw_chunk(*b"tEXt", b"openbadgecredential\0{}")],
            PngError::WrongChunk { offset: at, chunk: *b"tEXt" },
        ),
        (
            vec![raw_chunk(*b"zTXt", b"openbadgecredential\0\0x")],
            PngError::WrongChunk { offset: at, chunk: *b"zTXt" },
        ),
        (vec![itxt(KEYWORD, 0, b"")], PngError::Empty),
        (vec![itxt(KEYWORD, 0, b"{\xFF}")], PngError::NotUtf8 { offset: at + 8 + 19 + 3 + 7 + 1 }),
    ] {
        assert_eq!(extract(&image(&middle)), Err(error));
    }
    // An old badge beside a new one is only an old badge.
    assert_eq!(extract(&image(&[itxt(KEYWORD_OB2, 0, b"old"), one])).unwrap(), b"{}");
}

#[test]
fn refuses_damaged_files() {
    let good = image(&[itxt(KEYWORD, 0, b"{}")]);
    let end = good.len() - 12;

    let mut crc = good.clone();
    crc[33 + 8 + 20] ^= 1;
    assert_eq!(extract(&crc), Err(PngError::BadCrc { offset: 33 }));

    let mut lies = good.clone();
    lies[33] = 0x7F;
    let available = good.len() - 33 - 12;
    assert!(matches!(
        extract(&lies),
        Err(PngError::LengthLies { offset: 33, declared: 0x7F00_0000.., available: a }) if a == available
    ));
    lies[33] = 0xFF;
    assert!(matches!(extract(&lies), Err(PngError::LengthLies { offset: 33, .. })));

    assert_eq!(extract(&good[..end]), Err(PngError::NoIend { offset: end }));
    let trailing = [good.clone(), itxt(KEYWORD, 0, b"[]")].concat();
    assert_eq!(
        extract(&trailing),
        Err(PngError::AfterIend { offset: good.len(), len: trailing.len() - good.len() })
    );
    let mut kind = good.clone();
    kind[33 + 4] = b'1';
    assert_eq!(extract(&kind), Err(PngError::BadChunkType { offset: 33 }));
    let headless = [&SIGNATURE[..], &good[33..]].concat();
    assert_eq!(extract(&headless), Err(PngError::NotPng));
    assert_eq!(extract(b"\xFF\xD8\xFF\xE0"), Err(PngError::NotPng));
    // What cannot be read cannot be baked onto.
    assert_eq!(bake(&crc, "{}", Existing::Replace), Err(PngError::BadCrc { offset: 33 }));
}

#[test]
fn refuses_what_is_too_large() {
    let big = itxt(KEYWORD, 0, &vec![b' '; MAX_TEXT_LEN + 1]);
    let too_long = PngError::TextTooLarge { len: MAX_TEXT_LEN + 1, limit: MAX_TEXT_LEN };
    assert_eq!(extract(&image(&[big])), Err(too_long.clone()));
    assert_eq!(bake(&image(&[]), &" ".repeat(MAX_TEXT_LEN + 1), Existing::Refuse), Err(too_long));
    assert_eq!(bake(&image(&[]), "", Existing::Refuse), Err(PngError::Empty));

    let frame = image(&[]).len() + 12;
    let full = image(&[raw_chunk(*b"fiLl", &vec![0; MAX_PNG_LEN - frame])]);
    assert_eq!(extract(&full), Err(PngError::NoBadge));
    assert!(matches!(bake(&full, "{}", Existing::Refuse), Err(PngError::TooLarge { .. })));
    assert!(matches!(extract(&[full, vec![0]].concat()), Err(PngError::TooLarge { .. })));

    let crowd = image(&vec![raw_chunk(*b"fiLl", b""); MAX_CHUNKS - 3]);
    assert_eq!(extract(&crowd), Err(PngError::NoBadge));
    assert_eq!(bake(&crowd, "{}", Existing::Refuse), Err(PngError::TooManyChunks { limit: MAX_CHUNKS }));
}

#[test]
fn no_truncation_and_no_flipped_bit_passes() {
    let good = bake(&image(&[]), JSON, Existing::Refuse).unwrap();
    for len in 0..good.len() {
        extract(&good[..len]).unwrap_err();
        bake(&good[..len], JWS, Existing::Replace).unwrap_err();
    }
    for at in 0..good.len() {
        for bit in 0..8 {
            let mut bad = good.clone();
            bad[at] ^= 1 << bit;
            extract(&bad).unwrap_err();
        }
    }
}

#[test]
fn errors_say_where() {
    let error = PngError::WrongChunk { offset: 33, chunk: *b"zTXt" };
    assert_eq!(error.to_string(), "badge in a zTXt chunk at byte 33, not iTXt");
}
