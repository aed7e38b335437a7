//! Images with a badge, written without the code that reads them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::support::Input;

/// One transparent pixel, compressed as PNG wants it.
const PIXEL: &[u8] = &[0x78, 0x01, 0x63, 0x00, 0x01, 0x00, 0x00, 0x05, 0x00, 0x01];

/// A chunk: length, name, data, checksum.
pub fn chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let named = [name.as_slice(), data].concat();
    [&u32::try_from(data.len()).unwrap().to_be_bytes()[..], &named, &crc(&named).to_be_bytes()].concat()
}

/// The checksum of PNG, bit by bit.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 },
        )
    })
}

/// A PNG of this size with these chunks between header and pixels.
pub fn png_of(width: u32, height: u32, chunks: &[Vec<u8>]) -> Vec<u8> {
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 6, 0, 0, 0]].concat();
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    png.extend(chunk(b"IHDR", &header));
    chunks.iter().for_each(|chunk| png.extend(chunk));
    png.extend(chunk(b"IDAT", PIXEL));
    png.extend(chunk(b"IEND", b""));
    png
}

pub fn png(chunks: &[Vec<u8>]) -> Vec<u8> {
    png_of(1, 1, chunks)
}

/// The chunk that carries a badge.
pub fn badge_chunk(badge: &str) -> Vec<u8> {
    chunk(b"iTXt", &[b"openbadgecredential\0\0\0\0\0", badge.as_bytes()].concat())
}

/// A zlib stream (RFC 1950) of so many spaces, and a few more: 1,032 of them in a byte, which is as dense as DEFLATE (RFC 1951) becomes.
/// Written by hand, so that no library's version changes a bit of it.
pub fn bomb(length: usize) -> Vec<u8> {
    let matches = length / 258;
    let mut bits: Vec<bool> = Vec::new();
    let mut number = |value: u32, width: u32| bits.extend((0..width).map(|bit| value >> bit & 1 == 1));
    // The last block, with its own codes: 286 literals and lengths, one distance, lengths of 18 code lengths.
    for (value, width) in [(1, 1), (2, 2), (29, 5), (0, 5), (14, 4)] {
        number(value, width);
    }
    // Code lengths are written in the order 16 17 18 0 8 7 9 6 10 5 11 4 12 3 13 2 14 1: 18 has one bit, 2 and 1 have two.
    for index in 0..18 {
        number([0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 2][index], 3);
    }
    // 18 is 0, 1 is 10, 2 is 11; the space and the end have two bits, the length 258 and the one distance have one.
    let zeros = |run: u32| [(0, 1), (run - 11, 7)];
    let two = (3, 2);
    let one = (1, 2);
    let runs =
        [zeros(32).as_slice(), &[two], &zeros(138), &zeros(85), &[two], &zeros(28), &[one, one]].concat();
    for (value, width) in runs {
        number(value, width);
    }
    // A space is 10, then each repetition 0 and distance one 0, then the end 11.
    number(1, 2);
    bits.extend(std::iter::repeat_n(false, 2 * matches));
    bits.extend([true, true]);
    let packed = bits.chunks(8).map(|bits| bits.iter().rev().fold(0, |byte, bit| byte << 1 | u8::from(*bit)));
    // The checksum Adler-32.
    let spaces = 1 + 258 * matches as u64;
    let first = (1 + 32 * spaces) % 65_521;
    let second = (spaces + 16 * spaces * (spaces + 1)) % 65_521;
    let checksum = u32::try_from(second << 16 | first).unwrap();
    [0x78, 0xda].into_iter().chain(packed).chain(checksum.to_be_bytes()).collect()
}

/// An SVG with a badge as text, and something else drawn beside it.
pub fn svg(badge: &str, drawing: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:openbadges=\"https://purl.imsglobal.org/ob/v3p0\" width=\"1\" height=\"1\">\
         <openbadges:credential><![CDATA[{badge}]]></openbadges:credential>{drawing}</svg>"
    )
}

pub fn bytes(bytes: &[u8]) -> Input {
    Input::Base64(STANDARD.encode(bytes))
}
