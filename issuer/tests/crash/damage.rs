//! Damaged bytes in every file of the record: flipped, cut off, zeroed. Each is told, and nothing is repaired in silence.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::badge::assert_signed;
use crate::client::Home;
use crate::random::Random;
use crate::runs;

/// A file system's page.
const PAGE: usize = 4096;

#[test]
fn damaged_files() {
    let mut random = Random::seeded("damage");
    let directory = tempfile::tempdir().unwrap();
    let home = Home::new(directory.path());
    let service = home.start();
    let mut client = service.client();
    let badge = client.define();
    for number in 0..8 {
        let answer = client.award(&badge, &format!("k{number}")).unwrap();
        assert_eq!(answer.status, 201);
        if number % 3 == 0 {
            client.revoke(answer.json()["id"].as_str().unwrap()).unwrap();
        }
    }
    service.stop();
    let sound = home.run(&["store", "verify"]);
    assert!(sound.status.success(), "{}", String::from_utf8_lossy(&sound.stderr));
    let report = untimed(&sound.stdout);
    let store = home.data.join("store");
    let original = directory.path().join("original");
    copy_tree(&home.data, &original);

    let rounds = runs(1, 8, 30);
    let (mut told, mut harmless, mut rebuilt) = (0, 0, 0);
    let mut tried = BTreeSet::new();
    for file in files(&store) {
        let name = file.strip_prefix(&home.data).unwrap().to_owned();
        let derived = name.starts_with("store/index");
        let damages: [fn(&mut Vec<u8>, &mut Random) -> String; 3] =
            [|bytes, random| flip(bytes, random), cut_off, |bytes, random| zero(bytes, random)];
        for damage in damages {
            for _ in 0..rounds {
                let mut bytes = fs::read(&file).unwrap();
                let before = bytes.clone();
                let what = damage(&mut bytes, &mut random);
                if bytes == before {
                    continue;
                }
                fs::write(&file, &bytes).unwrap();
                tried.insert(name.clone());
                let context = format!("{}: {what}", name.display());
                let output = home.run(&["store", "verify"]);
                let said = String::from_utf8_lossy(&output.stderr).into_owned();
                if derived {
                    // Derived from the rest: what it said before is what it says now, after a rebuild that is told, or without.
                    assert!(output.status.success(), "{context}: {said}");
                    assert_eq!(untimed(&output.stdout), report, "{context}");
                    if (1..9).any(|n| store.join(format!("index.broken-{n}")).exists()) {
                        assert!(said.contains("index set aside"), "{context}: {said}");
                        rebuilt += 1;
                    } else {
                        harmless += 1;
                    }
                } else {
                    assert_eq!(
                        output.status.code(),
                        Some(2),
                        "{context}: {}",
                        String::from_utf8_lossy(&output.stdout)
                    );
                    assert!(
                        said.contains("[RECORD_") && output.stdout.is_empty()
                            || said.contains("[RECORD_BEHIND"),
                        "{context}: {said}"
                    );
                    told += 1;
                }
                // From the record's files nothing was taken and nothing put right, but for a torn end that a checkpoint then told.
                if !derived && !said.contains("[RECORD_BEHIND_CHECKPOINT]") {
                    assert_eq!(fs::read(&file).unwrap(), bytes, "{context}: changed");
                }
                fs::remove_dir_all(&home.data).unwrap();
                copy_tree(&original, &home.data);
            }
        }
    }
    println!(
        "damage: {} files; {told} damages of the record told, {rebuilt} of the index told and rebuilt, {harmless} of it without effect",
        tried.len()
    );
    assert!(told > 0);
}

/// Keys, identity, checkpoints and batches: where a start finds one of them damaged it says so, or nothing that was promised has changed.
#[test]
fn damaged_files_beside_the_record() {
    let mut random = Random::seeded("damage beside");
    let directory = tempfile::tempdir().unwrap();
    let home = Home::new(directory.path());
    let service = home.start();
    let mut client = service.client();
    let badge = client.define();
    let first = client.award(&badge, "first").unwrap().json();
    let table = "email\nzoé@exemple.fr\n";
    let batch = client.send("POST", &format!("/api/badges/{badge}/batches?batch=a"), "k", table).unwrap();
    assert_eq!(batch.status, 202, "{}", String::from_utf8_lossy(&batch.body));
    let job = format!("/api/batches/{}", batch.json()["id"].as_str().unwrap());
    while matches!(client.get(&job).json()["state"].as_str(), Some("queued" | "running")) {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let jwt = first["credential"].as_str().unwrap();
    let shown = format!("/api/awards/{}/file?format=jwt", first["id"].as_str().unwrap());
    let issuer = client.get("/issuer").json()["id"].clone();
    service.stop();
    let (original, elsewhere) = (directory.path().join("original"), directory.path().join("elsewhere"));
    copy_tree(&home.data, &original);
    let kept = fs::read(elsewhere.join("head")).unwrap();

    let store = home.data.join("store");
    // The first administrator's token is handed over there and nowhere read.
    let beside = |path: &PathBuf| !path.starts_with(&store) && !path.ends_with("admin-token");
    let mut tried: Vec<PathBuf> = files(&home.data).into_iter().filter(beside).collect();
    tried.push(elsewhere.join("head"));
    let rounds = runs(2, 10, 40);
    let (mut told, mut harmless) = (0, 0);
    for file in &tried {
        let damages: [fn(&mut Vec<u8>, &mut Random) -> String; 3] =
            [|bytes, random| flip(bytes, random), cut_off, |bytes, random| zero(bytes, random)];
        for damage in damages.into_iter().cycle().take(3 * rounds) {
            let mut bytes = fs::read(file).unwrap();
            let context = format!("{}: {}", file.display(), damage(&mut bytes, &mut random));
            fs::write(file, &bytes).unwrap();
            let before = home.said().len();
            match home.try_start() {
                Err(code) => {
                    let said = home.said().split_off(before);
                    assert_eq!(code, Some(2), "{context}: {said}");
                    assert!(said.contains(" [") && !said.contains("panicked"), "{context}: {said}");
                    told += 1;
                }
                Ok(service) => {
                    let mut client = service.client();
                    assert_eq!(client.get("/issuer").json()["id"], issuer, "{context}");
                    assert_eq!(client.get(&shown).body, jwt.as_bytes(), "{context}");
                    assert_eq!(client.get("/api/batches").status, 200, "{context}");
                    let award = client.award(&badge, "next").unwrap().json();
                    assert_signed(award["credential"].as_str().unwrap(), issuer.as_str().unwrap());
                    harmless += 1;
                }
            }
            fs::remove_dir_all(&home.data).unwrap();
            copy_tree(&original, &home.data);
            fs::write(elsewhere.join("head"), &kept).unwrap();
        }
    }
    println!(
        "damage beside the record: {} files; {told} damages told, {harmless} without effect",
        tried.len()
    );
    assert!(told > 0);
}

fn flip(bytes: &mut [u8], random: &mut Random) -> String {
    let (at, bit) = (random.below(bytes.len()), random.below(8));
    bytes[at] ^= 1 << bit;
    format!("bit {bit} of byte {at} flipped")
}

fn cut_off(bytes: &mut Vec<u8>, random: &mut Random) -> String {
    let at = random.below(bytes.len());
    bytes.truncate(at);
    format!("cut off at byte {at}")
}

fn zero(bytes: &mut [u8], random: &mut Random) -> String {
    let at = random.below(bytes.len());
    let end = bytes.len().min(at + 1 + random.below(PAGE));
    bytes[at..end].fill(0);
    format!("zeros from byte {at} to {end}")
}

/// The report without the seconds it took.
fn untimed(report: &[u8]) -> String {
    let text = String::from_utf8_lossy(report);
    text.lines().filter(|line| !line.starts_with("the record is whole")).collect::<Vec<_>>().join("\n")
}

/// The files with something in them.
fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if fs::metadata(&path).unwrap().len() > 0 {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn copy_tree(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_tree(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
