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
