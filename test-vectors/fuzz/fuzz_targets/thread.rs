#![no_main]

#[path = "../entry.rs"]
#[expect(dead_code, reason = "each target uses a part of it")]
mod entry;

libfuzzer_sys::fuzz_target!(|data: &[u8]| entry::thread(data));
