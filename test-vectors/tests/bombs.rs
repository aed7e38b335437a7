//! What stands in the vectors as a bomb is one: its compressed text does unpack to 200 MiB.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use std::io::Read as _;

use support::Vector;

#[test]
fn the_compressed_texts_unpack_to_200_mib() {
    for (name, kind, head) in [("png-bomb", b"iTXt", 4), ("png-bomb-in-latin-1", b"zTXt", 1)] {
        let path = badge_test_vectors::folder().join(format!("hostile/{name}.json"));
        let image = Vector::read(&path).input_bytes();
        assert!(image.len() < 256 << 10, "{name}: {} bytes", image.len());
        let at = image.windows(4).position(|bytes| bytes == kind).unwrap();
        let compressed = &image[at + 4 + b"openbadgecredential\0".len() + head..];
        let mut text = flate2::read::ZlibDecoder::new(compressed);
        let mut buffer = vec![0; 1 << 20];
        let mut length = 0;
        loop {
            let read = text.read(&mut buffer).unwrap();
            if read == 0 {
                break;
            }
            length += read;
        }
        assert!((199 << 20..201 << 20).contains(&length), "{name}: {length} bytes");
    }
}
