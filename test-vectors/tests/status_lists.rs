//! What holds for every status list: both forms give back what was put in, and the index agrees with a plain list of numbers.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeMap;

use badge_verifier::status_list::token::{self, Bits};
use badge_verifier::status_list::{StatusIndex, StatusListError, Width, bitstring};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::collection::vec;
use proptest::prelude::*;

/// Entries of the lists made here.
const ENTRIES: u64 = 3000;

/// A width and changes in that width, the later ones over the earlier ones.
fn changes() -> impl Strategy<Value = (Width, Vec<(u64, u8)>)> {
    (1..=8_u64).prop_flat_map(|bits| {
        let width = Width::new(bits).unwrap();
        let value = 0..u8::try_from(width.values() - 1).unwrap();
        (Just(width), vec((0..ENTRIES, value.prop_map(|value| value + 1)), 0..200))
    })
}

fn made(width: Width, changes: &[(u64, u8)]) -> (StatusIndex, BTreeMap<u64, u8>) {
    let mut index = StatusIndex::empty(ENTRIES, width);
    let mut model = BTreeMap::new();
    for (place, value) in changes {
        index.set(*place, width, *value).unwrap();
        model.insert(*place, *value);
    }
    (index, model)
}

/// The list as numbers, by arithmetic on the published bytes that shares nothing with the index.
fn naive(bytes: &[u8], bits: u64, least_first: bool) -> Vec<u8> {
    let all: Vec<u8> = bytes
        .iter()
        .flat_map(|byte| (0..8).map(move |n| byte >> if least_first { n } else { 7 - n } & 1))
        .collect();
    all.chunks_exact(usize::try_from(bits).unwrap())
        .map(|entry| {
            let value = |value: u8, bit: &u8| value << 1 | bit;
            if least_first { entry.iter().rev().fold(0, value) } else { entry.iter().fold(0, value) }
        })
        .collect()
}

fn unpacked(reader: impl std::io::Read) -> Vec<u8> {
    let mut reader = reader;
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes).unwrap();
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn every_place_reads_as_it_was_last_set((width, changes) in changes()) {
        let (index, model) = made(width, &changes);
        for place in 0..ENTRIES {
            prop_assert_eq!(index.get(place, width).unwrap(), model.get(&place).copied().unwrap_or(0));
        }
        let length = index.length(width);
        prop_assert!((ENTRIES..ENTRIES + 8).contains(&length));
        prop_assert_eq!(index.get(length, width), Err(StatusListError::Range { index: length, length }));
    }

    #[test]
    fn a_bitstring_gives_back_what_was_put_in((width, changes) in changes()) {
        let (index, _) = made(width, &changes);
        let text = bitstring::encode(&index);
        prop_assert!(bitstring::decode(&text).unwrap() == index);
        let packed = URL_SAFE_NO_PAD.decode(&text[1..]).unwrap();
        let bytes = unpacked(flate2::read::GzDecoder::new(packed.as_slice()));
        let ours: Vec<u8> = (0..index.length(width)).map(|place| index.get(place, width).unwrap()).collect();
        prop_assert_eq!(naive(&bytes, width.bits(), false), ours);
    }

    #[test]
    fn a_token_list_gives_back_what_was_put_in((width, changes) in changes()) {
        let Some(bits) = Bits::new(width.bits()) else { return Ok(()) };
        let (index, _) = made(width, &changes);
        let text = token::encode(&index, bits);
        prop_assert!(token::decode(&text, bits).unwrap() == index);
        let packed = URL_SAFE_NO_PAD.decode(&text).unwrap();
        let bytes = unpacked(flate2::read::ZlibDecoder::new(packed.as_slice()));
        let ours: Vec<u8> = (0..index.length(width)).map(|place| index.get(place, width).unwrap()).collect();
        prop_assert_eq!(naive(&bytes, width.bits(), true), ours);
    }

    #[test]
    fn arbitrary_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..200)) {
        let text = URL_SAFE_NO_PAD.encode(&bytes);
        for bits in [Bits::One, Bits::Two, Bits::Four, Bits::Eight] {
            if let Ok(index) = token::decode(&text, bits) {
                prop_assert!(token::decode(&token::encode(&index, bits), bits).unwrap() == index);
            }
        }
        if let Ok(index) = bitstring::decode(&format!("u{text}")) {
            prop_assert!(bitstring::decode(&bitstring::encode(&index)).unwrap() == index);
        }
    }
}
