//! Fills a record with awards of the usual size, and says how long it takes to open, and how much memory.
//!
//! ```sh
//! cargo run --release --example fill -- DIRECTORY [AWARDS]     fills (a million, unless said otherwise) and opens again
//! cargo run --release --example fill -- DIRECTORY open         opens what is there, and waits for nothing
//! ```
//!
//! The directory is the `store` of a data directory. The credentials are of the size of a VC-JWT and are not signed: what is measured is
//! the store.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a program for the person who runs it")]

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use std::{env, fs, process, thread};

use badge_issuer::store::{
    Digest, EmbeddedStore, Entropy, Forms, Idempotency, Intent, NewBadge, Purpose, Store as _,
};
use jiff::Timestamp;

/// Callers at once: enough for full batches.
const CALLERS: usize = 128;

/// Bytes of a VC-JWT of a small badge.
const JWT: usize = 1800;

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let Some(directory) = arguments.first().map(Path::new) else {
        println!("fill DIRECTORY [AWARDS | open]");
        process::exit(2);
    };
    if arguments.get(1).is_none_or(|word| word != "open") {
        fill(directory, arguments.get(1).map_or(1_000_000, |count| count.parse().unwrap()));
    }
    let begun = Instant::now();
    let store = EmbeddedStore::open(directory).unwrap();
    let seconds = begun.elapsed().as_secs_f32();
    let head = store.head().unwrap();
    println!("opened in {seconds:.2} s: {} entries, {}", head.sequence, memory());
    let begun = Instant::now();
    intend(&store, u64::MAX);
    println!("first award {:.1} ms later", begun.elapsed().as_secs_f64() * 1000.0);
}

fn fill(directory: &Path, awards: u64) {
    let store = EmbeddedStore::open(directory).unwrap();
    if store.badge("badge", None).unwrap().is_none() {
        let badge = NewBadge {
            badge: "badge".to_owned(),
            replaces: 0,
            definition: serde_json::json!({"name": "Soudeuse"}),
            actor: "designer".to_owned(),
            at: Timestamp::UNIX_EPOCH,
        };
        store.put_badge(badge, entropy(0, b"badge")).unwrap();
    }
    let next = AtomicU64::new(0);
    let begun = Instant::now();
    thread::scope(|scope| {
        for _ in 0..CALLERS {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= awards {
                        return;
                    }
                    let id = intend(&store, number);
                    let forms = Forms::from([("jwt".to_owned(), "x".repeat(JWT))]);
                    store
                        .record_issued(&id, forms, None, Timestamp::UNIX_EPOCH, entropy(number, b"issued"))
                        .unwrap();
                    if number > 0 && number.is_multiple_of(100_000) {
                        println!("{number} awards, {:.0} s, {}", begun.elapsed().as_secs_f32(), memory());
                    }
                }
            });
        }
    });
    println!("{awards} awards in {:.0} s", begun.elapsed().as_secs_f32());
}

fn intend(store: &EmbeddedStore, number: u64) -> String {
    let uuid = uuid::Uuid::from_u128((u128::from(process::id()) << 64) | u128::from(number));
    let intent = Intent {
        award: uuid.to_string(),
        credential_id: format!("https://badges.example.org/credentials/{uuid}"),
        badge: "badge".to_owned(),
        badge_version: 1,
        purpose: Some(Purpose::Revocation),
        recipient: format!("{number}@example.org"),
        request: format!(
            "{{\"recipient\":{{\"email\":\"{number}@example.org\"}},\"salt\":\"0123456789abcdef0123456789abcdef\"}}"
        ),
        idempotency: Some(Idempotency { key: uuid.to_string(), digest: Digest::of(&[uuid.as_bytes()]) }),
        actor: "awarder".to_owned(),
        at: Timestamp::UNIX_EPOCH,
    };
    store.record_intent(intent, entropy(number, b"intent")).unwrap().award().id.clone()
}

fn entropy(number: u64, act: &[u8]) -> Entropy {
    let seed = Digest::of(&[b"fill", &process::id().to_be_bytes(), &number.to_be_bytes(), act]);
    Entropy::new(*seed.as_bytes())
}

/// What the operating system says this process holds.
fn memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = |name: &str| {
        let found = status.lines().find_map(|line| line.strip_prefix(name));
        found.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) / 1024
    };
    format!("memory {} MiB (highest {} MiB)", line("VmRSS:"), line("VmHWM:"))
}
