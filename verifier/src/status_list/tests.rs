#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use serde_json::Value;

use super::token::Bits;
use super::*;

const MINIMUM: u64 = badge_schemas::status::MIN_ENTRIES;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn multibase(packed: &[u8]) -> String {
    format!("u{}", URL_SAFE_NO_PAD.encode(packed))
}

fn width(bits: u64) -> Width {
    Width::new(bits).unwrap()
}

/// The figures of a specification.
fn figures(name: &str) -> Value {
    let path = badge_test_vectors::folder().join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn the_figures_of_the_token_status_list_are_read_entry_by_entry() {
    for name in ["1-bit-short", "2-bit-short", "1-bit", "2-bit", "4-bit", "8-bit"] {
        let figures = figures(&format!("ietf/status-list-{name}.json"));
        let number = |value: &Value| value.as_u64().unwrap();
        let bits = Bits::new(number(&figures["bits"])).unwrap();
        let entries = number(&figures["entries"]);
        let lst = figures["lst"].as_str().unwrap();
        let mut model = vec![0; usize::try_from(entries).unwrap()];
        let mut written = StatusIndex::empty(entries, bits.width());
        for pair in figures["statuses"].as_array().unwrap() {
            let (index, value) = (number(&pair[0]), u8::try_from(number(&pair[1])).unwrap());
            model[usize::try_from(index).unwrap()] = value;
            written.set(index, bits.width(), value).unwrap();
        }
        let read = token::decode(lst, bits).unwrap();
        assert_eq!(read.length(bits.width()), entries, "{name}");
        let values: Vec<u8> = (0..entries).map(|index| read.get(index, bits.width()).unwrap()).collect();
        assert!(values == model, "{name}");
        assert!(read == written, "{name}");
        // The compressor is free to choose; what it writes reads the same. For the short ones there is one choice only.
        let ours = token::encode(&written, bits);
        assert!(token::decode(&ours, bits).unwrap() == read, "{name}");
        assert!(ours.len() <= lst.len() + lst.len() / 4, "{name}: {} for {}", ours.len(), lst.len());
        if entries < 100 {
            assert_eq!(ours, lst, "{name}");
        }
    }
}

#[test]
fn the_example_of_the_bitstring_status_list_is_read_and_written() {
    let figures = figures("w3c/bitstring-status-list.json");
    let encoded = figures["encodedList"].as_str().unwrap();
    let list = bitstring::decode(encoded).unwrap();
    assert!(list == StatusIndex::empty(MINIMUM, Width::ONE));
    assert!(bitstring::decode(&bitstring::encode(&list)).unwrap() == list);
    // The header is the example's; the compressor is free to choose among streams for the rest.
    assert_eq!(bitstring::encode(&list)[..14], encoded[..14]);
}

#[test]
fn the_first_entry_is_the_most_significant_bit_of_a_bitstring_and_the_least_of_a_token_list() {
    let bytes = [0b1000_0010, 0];
    let bitstring = bitstring::decode(&multibase(&gzip(&bytes))).unwrap();
    let token = token::decode(&URL_SAFE_NO_PAD.encode(zlib(&bytes)), Bits::One).unwrap();
    let values =
        |list: &StatusIndex| (0..8).map(|index| list.get(index, Width::ONE).unwrap()).collect::<Vec<_>>();
    assert_eq!(values(&bitstring), [1, 0, 0, 0, 0, 0, 1, 0]);
    assert_eq!(values(&token), [0, 1, 0, 0, 0, 0, 0, 1]);
}

#[test]
fn entries_of_a_bitstring_span_bytes() {
    let mut list = StatusIndex::empty(MINIMUM, width(3));
    for (index, value) in [(0, 1), (1, 2), (2, 7), (5, 6), (MINIMUM - 1, 5)] {
        list.set(index, width(3), value).unwrap();
    }
    assert_eq!(list.packed[..3], [0b0010_1011, 0b1000_0001, 0b1000_0000]);
    let back = bitstring::decode(&bitstring::encode(&list)).unwrap();
    assert_eq!(
        [0, 1, 2, 3, 5, MINIMUM - 1].map(|index| back.get(index, width(3)).unwrap()),
        [1, 2, 7, 0, 6, 5]
    );
    list.set(2, width(3), 0).unwrap();
    assert_eq!([1, 2, 3].map(|index| list.get(index, width(3)).unwrap()), [2, 0, 0]);
    assert_eq!(list.set(0, width(3), 8), Err(StatusListError::Value { value: 8, bits: 3 }));
}

#[test]
fn widths_are_one_to_eight_and_those_of_tokens_divide_a_byte() {
    assert!(Width::new(0).is_none() && Width::new(9).is_none() && Width::new(257).is_none());
    let accepted: Vec<u64> = (0..300).filter(|bits| Bits::new(*bits).is_some()).collect();
    assert_eq!(accepted, [1, 2, 4, 8]);
    for bits in [Bits::One, Bits::Two, Bits::Four, Bits::Eight] {
        assert_eq!(Bits::new(bits.width().bits()), Some(bits));
    }
}

#[test]
fn what_lies_beyond_the_end_is_out_of_range() {
    let list = StatusIndex::empty(MINIMUM, Width::ONE);
    for index in [MINIMUM, u64::MAX] {
        let error = Err(StatusListError::Range { index, length: MINIMUM });
        assert_eq!(bitstring::look_up(&list, index, Width::ONE), error);
        assert_eq!(list.get(index, Width::ONE), error);
    }
    let error = StatusListError::TooShort { length: MINIMUM / 2, minimum: MINIMUM };
    assert_eq!(bitstring::look_up(&list, 0, width(2)), Err(error));
    // Seven bytes have 18 whole entries of three bits.
    assert_eq!(
        StatusIndex { packed: vec![0; 7] }.get(18, width(3)),
        Err(StatusListError::Range { index: 18, length: 18 })
    );
}

#[test]
fn bombs_short_lists_and_hidden_members_of_a_bitstring_are_refused() {
    let refused = Err(StatusListError::Compression { form: "GZIP" });
    let bomb = multibase(&gzip(&vec![0; MAX_UNPACKED + 1]));
    assert_eq!(bitstring::decode(&bomb), Err(StatusListError::TooLarge { limit: MAX_UNPACKED }));
    assert!(bitstring::decode(&multibase(&gzip(&vec![0; MAX_UNPACKED]))).is_ok());
    let short = bitstring::decode(&multibase(&gzip(&[0; 16_383]))).unwrap();
    assert!(matches!(
        bitstring::look_up(&short, 0, Width::ONE),
        Err(StatusListError::TooShort { length: 131_064, .. })
    ));
    let sound = gzip(&[0; 16_384]);
    let changed = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut packed = sound.clone();
        change(&mut packed);
        bitstring::decode(&multibase(&packed))
    };
    assert!(changed(&|_| {}).is_ok());
    assert_eq!(changed(&|packed| packed.extend(gzip(&[0xff; 16_384]))), refused, "a second member");
    assert_eq!(changed(&|packed| packed.push(0)), refused, "a byte after it");
    assert_eq!(changed(&|packed| packed.truncate(packed.len() - 4)), refused, "without its length");
    assert_eq!(changed(&|packed| packed.truncate(packed.len() / 2)), refused, "half of it");
    assert_eq!(changed(&|packed| *packed.last_mut().unwrap() ^= 1), refused, "another length");
    assert_eq!(changed(&|packed| packed.clear()), refused, "nothing");
    assert_eq!(bitstring::decode(&multibase(&zlib(&[0; 16_384]))), refused, "ZLIB");
    let good = multibase(&sound);
    for text in [&good[1..], &format!("{good}="), &format!("m{}", &good[1..]), "u", ""] {
        assert!(bitstring::decode(text).is_err(), "{text}");
    }
}

#[test]
fn bombs_and_streams_that_are_not_one_whole_stream_are_refused_in_a_token_list() {
    let refused = Err(StatusListError::Compression { form: "ZLIB" });
    let decode = |packed: &[u8]| token::decode(&URL_SAFE_NO_PAD.encode(packed), Bits::One);
    let bomb = zlib(&vec![0; MAX_UNPACKED + 1]);
    assert_eq!(decode(&bomb), Err(StatusListError::TooLarge { limit: MAX_UNPACKED }));
    assert!(decode(&zlib(&vec![0; MAX_UNPACKED])).is_ok());
    let sound = zlib(&[0x5a; 100]);
    let changed = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut packed = sound.clone();
        change(&mut packed);
        decode(&packed)
    };
    assert!(changed(&|_| {}).is_ok());
    assert_eq!(changed(&|packed| packed.push(0)), refused, "a byte after it");
    assert_eq!(changed(&|packed| packed.extend(zlib(&[0xff; 100]))), refused, "a second stream");
    assert_eq!(changed(&|packed| packed.truncate(packed.len() - 1)), refused, "an unfinished checksum");
    assert_eq!(changed(&|packed| packed.truncate(packed.len() - 4)), refused, "no checksum");
    assert_eq!(changed(&|packed| packed.truncate(3)), refused, "the beginning");
    assert_eq!(changed(&|packed| *packed.last_mut().unwrap() ^= 1), refused, "another checksum");
    assert_eq!(changed(&|packed| packed.clear()), refused, "nothing");
    assert_eq!(decode(&gzip(&[0; 100])), refused, "GZIP");
    assert_eq!(decode(&sound[2..]), refused, "bare DEFLATE");
    // Compressed against a dictionary that both sides would have to know (RFC 1950, FDICT): header, Adler-32 of it, stream.
    let mut preset = vec![0x78, 0xbb, 0x05, 0x8c, 0x01, 0xf5];
    preset.extend(&sound[2..]);
    assert_eq!(decode(&preset), refused, "a preset dictionary");
    let text = URL_SAFE_NO_PAD.encode(&sound);
    assert_eq!(token::decode(&format!("{text}="), Bits::One), Err(StatusListError::Encoding));
    assert!(token::decode(&format!("u{text}"), Bits::One).is_err(), "multibase");
}
