//! The record as a transparency log: what `log` writes, checked by nothing but the verifier's own code.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Output;

use badge_schemas::problem::Code;
use badge_verifier::Snapshot;
use badge_verifier::content::Content;
use badge_verifier::snapshot::sha256_hex;
use badge_verifier::tlog::note::{self, COSIGNATURE, Note};
use badge_verifier::tlog::tiles::{CHECKPOINT, WIDTH, bundle_path, entries, tiles};
use badge_verifier::tlog::{Checkpoint, Receipt, Tree, Witness};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, SigningKey};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::harness::{Answer, HOLDER, Service, achievement, run};
use crate::signer::Signing;

fn done(output: &Output) -> String {
    let talk = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{talk}");
    talk
}

fn issue(directory: &Path, file: &str) {
    let draft = json!({"achievement": achievement(), "narrative": "Très bien."});
    fs::write(directory.join("draft.json"), draft.to_string()).unwrap();
    done(&run(
        &["issue", "draft.json", "--data", "d", "--to", HOLDER, "--format", "jwt", "--no-status", "-o", file],
        directory,
    ));
}

fn id_of(directory: &Path, file: &str) -> String {
    let badge = fs::read(directory.join(file)).unwrap();
    match Content::open(&badge).unwrap().1 {
        Content::Jws(jws) => {
            let claims = jws.payload().value();
            claims["jti"].as_str().unwrap().to_owned()
        }
        _ => panic!("not a token"),
    }
}

fn receipt(directory: &Path, award: &str, options: &[&str]) -> Receipt {
    let mut arguments = vec!["log", "receipt", award, "--data", "d", "-o", "receipt.json"];
    arguments.extend_from_slice(options);
    done(&run(&arguments, directory));
    Receipt::parse(&fs::read(directory.join("receipt.json")).unwrap()).unwrap()
}

/// Every file of a folder, by its path.
fn files(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![directory.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(directory).unwrap().to_str().unwrap().to_owned();
                found.insert(name, fs::read(path).unwrap());
            }
        }
    }
    found
}

#[test]
fn the_log_is_whole_grows_and_is_never_written_over_by_another() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    issue(at, "a.jwt");
    done(&run(&["log", "export", "log", "--data", "d"], at));
    let first = fs::read(at.join("log/checkpoint")).unwrap();
    let size = |bytes: &[u8]| {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Checkpoint::parse(Note::parse(&text).unwrap().text).unwrap().size
    };
    let before = size(&first);
    issue(at, "b.jwt");
    done(&run(&["log", "export", "log", "--data", "d"], at));
    let exported = files(&at.join("log"));
    let checkpoint =
        Checkpoint::parse(Note::parse(std::str::from_utf8(&exported[CHECKPOINT]).unwrap()).unwrap().text)
            .unwrap();
    assert!(checkpoint.size > before);
    let bundle = &exported[&format!("tile/entries/000.p/{}", checkpoint.size)];
    let mut tree = Tree::default();
    for entry in entries(bundle).unwrap() {
        let record: Value = serde_json::from_slice(entry).unwrap();
        assert!(record["kind"].is_string() && !record.to_string().contains(HOLDER), "{record}");
        tree.push(entry);
    }
    assert_eq!((tree.size(), tree.root(tree.size())), (checkpoint.size, Some(checkpoint.root)));
    // What the log says instead of a badge's address finds the badge only for whoever has it: nobody is led to it.
    for file in ["a.jwt", "b.jwt"] {
        let id = id_of(at, file);
        let unguessable = id.strip_prefix("urn:uuid:").unwrap();
        for (path, bytes) in &exported {
            assert!(!String::from_utf8_lossy(bytes).contains(unguessable), "{path} names {id}");
        }
        let said = format!("\"credential_id\":\"sha256:{}\"", sha256_hex(id.as_bytes()));
        assert!(String::from_utf8_lossy(bundle).contains(&said), "{said}");
    }
    for (path, bytes) in tiles(&tree) {
        assert_eq!(exported[&path], bytes, "{path}");
    }

    // Another issuer's record, or a shorter one, never replaces it.
    let talk = run(&["log", "export", "log", "--data", "other", "--lang", "en"], at);
    assert_eq!(talk.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&talk.stderr).contains(Code::LogRewritten.as_str()));
    assert_eq!(files(&at.join("log")), exported, "left alone");
}

#[test]
fn a_receipt_proves_one_badge_and_no_other() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    for file in ["a.jwt", "b.jwt", "c.jwt"] {
        issue(at, file);
    }
    let receipt = receipt(at, &id_of(at, "b.jwt"), &[]);
    let content = |file: &str| Content::open(&fs::read(at.join(file)).unwrap()).unwrap().1;
    let verify = |receipt: &Receipt, file: Option<&str>| {
        let badge = file.map(content);
        let verified = receipt.verify(badge.as_ref(), &[], Timestamp::now(), &Snapshot::default());
        verified.map_err(|problem| problem.code)
    };
    let proven = verify(&receipt, Some("b.jwt")).unwrap();
    assert!(proven.badge.is_some() && proven.existed().is_none());
    assert_eq!(proven.entry["kind"], "issued");
    assert_eq!(verify(&receipt, Some("a.jwt")), Err(Code::LogOtherBadge));
    assert!(verify(&receipt, None).is_ok());

    // Another issuer's log says nothing of it, whatever it says of its own.
    let stranger_at = at.join("elsewhere");
    fs::create_dir(&stranger_at).unwrap();
    issue(&stranger_at, "d.jwt");
    fs::copy(stranger_at.join("d.jwt"), at.join("d.jwt")).unwrap();
    let theirs = self::receipt(&stranger_at, &id_of(at, "d.jwt"), &[]);
    assert!(verify(&theirs, Some("d.jwt")).is_ok());
    let mut claimed = theirs.clone();
    let forms = fs::read_to_string(at.join("b.jwt")).unwrap();
    claimed.opening.as_mut().unwrap().payload = json!({"jwt": forms}).to_string();
    assert_eq!(verify(&claimed, Some("b.jwt")), Err(Code::LogOtherBadge));

    // Whatever is changed, it no longer proves this badge.
    let changed = |change: &dyn Fn(&mut Receipt)| {
        let mut receipt = receipt.clone();
        change(&mut receipt);
        verify(&receipt, Some("b.jwt"))
    };
    assert_eq!(changed(&|receipt| receipt.entry.push(' ')), Err(Code::LogProofWrong));
    assert_eq!(changed(&|receipt| receipt.opening = None), Err(Code::LogOtherBadge));
    assert_eq!(
        changed(&|receipt| receipt.opening.as_mut().unwrap().payload.push(' ')),
        Err(Code::LogOtherBadge)
    );
    assert_eq!(
        changed(&|receipt| {
            // The border between salt and payload moved by one byte: the same digest, another payload.
            let opening = receipt.opening.as_mut().unwrap();
            let mut salt = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(&opening.salt).unwrap();
            salt.push(opening.payload.remove(0) as u8);
            opening.salt = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(salt);
        }),
        Err(Code::LogOtherBadge)
    );
    let index = proven.number - 1;
    let elsewhere = receipt.proof.replacen(&format!("index {index}"), &format!("index {}", index - 1), 1);
    assert_eq!(changed(&|receipt| receipt.proof.clone_from(&elsewhere)), Err(Code::LogProofWrong));
    let size = proven.signed.checkpoint.size;
    let longer = receipt.proof.replacen(&format!("/log\n{size}\n"), &format!("/log\n{}\n", size + 1), 1);
    assert_eq!(changed(&|receipt| receipt.proof.clone_from(&longer)), Err(Code::LogNotSigned));
    // Signed by a stranger: a log under this issuer's name needs this issuer's key.
    let stranger = SigningKey::from_bytes(&[9; 32]);
    let text = proven.signed.checkpoint.text();
    let name = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK";
    let id = note::id(name, note::ED25519, stranger.verifying_key().as_bytes());
    let forged = format!("{text}\n{}", note::line(name, id, &stranger.sign(text.as_bytes()).to_bytes()));
    let (head, _) = receipt.proof.split_once("\n\n").unwrap();
    let forged = format!("{head}\n\n{forged}");
    assert_eq!(changed(&|receipt| receipt.proof.clone_from(&forged)), Err(Code::LogNotSigned));
}

/// A checkpoint with the signature of a witness that saw it at this time, in seconds from 1970; and the witness's key.
pub(crate) fn cosigned(note: &str, time: u64) -> (String, String) {
    let text = Note::parse(note).unwrap().text;
    let (witness, name) = (SigningKey::from_bytes(&[4; 32]), "témoin.example/w1");
    let raw = witness.verifying_key().to_bytes();
    let id = note::id(name, COSIGNATURE, &raw);
    let mut signature = time.to_be_bytes().to_vec();
    signature.extend(witness.sign(format!("cosignature/v1\ntime {time}\n{text}").as_bytes()).to_bytes());
    let number = u32::from_be_bytes(id);
    let vkey = format!("{name}+{number:08x}+{}", STANDARD.encode([&[COSIGNATURE], raw.as_slice()].concat()));
    (note.to_owned() + &note::line(name, id, &signature), vkey)
}

#[test]
fn a_witness_gives_a_time_that_is_not_the_issuers_word() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    issue(at, "a.jwt");
    done(&run(&["log", "export", "log", "--data", "d"], at));
    let note = fs::read_to_string(at.join("log/checkpoint")).unwrap();
    let (cosigned, vkey) = cosigned(&note, 1_764_000_000);
    fs::write(at.join("cosigned"), cosigned).unwrap();
    // The log has grown meanwhile: the receipt is for the checkpoint that was seen.
    issue(at, "b.jwt");
    let receipt = receipt(at, &id_of(at, "a.jwt"), &["--checkpoint", "cosigned"]);
    let badge = Content::open(&fs::read(at.join("a.jwt")).unwrap()).unwrap().1;
    let witness: Witness = vkey.parse().unwrap();
    let proven = receipt.verify(Some(&badge), &[witness], Timestamp::now(), &Snapshot::default()).unwrap();
    assert_eq!(proven.existed(), Timestamp::from_second(1_764_000_000).ok());
    // What came after cannot be proved by it.
    let output = run(
        &["log", "receipt", &id_of(at, "b.jwt"), "--data", "d", "-o", "r.json", "--checkpoint", "cosigned"],
        at,
    );
    assert_eq!(output.status.code(), Some(2));
    assert!(!at.join("r.json").exists());
}

#[test]
fn a_service_that_runs_keeps_its_record_to_itself() {
    let directory = tempfile::tempdir().unwrap();
    let _service = Service::start_in(directory.path(), &[]);
    let output = run(&["log", "export", "log", "--data", "data", "--lang", "en"], directory.path());
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains(Code::DataInUse.as_str()));
}

/// Everything that the service shows of its log, by path.
fn shown(service: &Service) -> BTreeMap<String, Vec<u8>> {
    let get = |path: &str| {
        let answer = service.get(&format!("/log/{path}"));
        assert_eq!(answer.status, 200, "{path}: {}", String::from_utf8_lossy(&answer.body));
        assert_eq!(answer.headers["access-control-allow-origin"], "*");
        answer.body
    };
    let note = get(CHECKPOINT);
    let checkpoint =
        Checkpoint::parse(Note::parse(std::str::from_utf8(&note).unwrap()).unwrap().text).unwrap();
    let (mut tree, mut found) = (Tree::default(), BTreeMap::from([(CHECKPOINT.to_owned(), note)]));
    for number in 0.. {
        let rest = usize::try_from(checkpoint.size - tree.size()).unwrap();
        if rest == 0 {
            break;
        }
        let path = bundle_path(number, rest.min(WIDTH));
        let bundle = get(&path);
        entries(&bundle).unwrap().into_iter().for_each(|entry| tree.push(entry));
        found.insert(path, bundle);
    }
    assert_eq!((tree.size(), tree.root(tree.size())), (checkpoint.size, Some(checkpoint.root)));
    for (path, bytes) in tiles(&tree) {
        assert_eq!(get(&path), bytes, "{path}");
        found.insert(path, bytes);
    }
    found
}

#[test]
fn a_running_service_shows_what_an_export_writes_and_gives_receipts() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let config = at.join("issuer.toml");
    fs::write(&config, "[log]\npublic = true\n").unwrap();
    let options = ["--config", config.to_str().unwrap()];
    let service = Service::start_in(at, &options);
    let badge = service.define("");
    let award = |number: usize| {
        let recipient = json!({"recipient": {"email": format!("élève-{number}@exemple.fr")}});
        service.award(&badge, &format!("k{number}"), &recipient).expect(201)
    };
    let awards: Vec<Value> = (0..130).map(award).collect();
    let receipt = |award: &Value| {
        let path = format!("/api/awards/{}/receipt", award["id"].as_str().unwrap());
        Receipt::parse(&service.admin("GET", &path, None).body).unwrap()
    };
    let last = receipt(&awards[129]);
    let before = shown(&service);
    assert_eq!(
        before.keys().filter(|path| path.starts_with("tile/0/")).count(),
        2,
        "a full tile and another"
    );
    // Strangers who ask again and again do not make the keys work; an award just made is proved all the same.
    let newer = award(130);
    assert_eq!(service.get("/log/checkpoint").body, before[CHECKPOINT]);
    let newest = receipt(&newer);
    assert_ne!(service.get("/log/checkpoint").body, before[CHECKPOINT]);
    for (receipt, award) in [(&last, &awards[129]), (&newest, &newer), (&receipt(&awards[7]), &awards[7])] {
        let badge = Content::open(award["credential"].to_string().as_bytes()).unwrap().1;
        let verified = receipt.verify(Some(&badge), &[], Timestamp::now(), &Snapshot::default());
        assert!(verified.unwrap().badge.is_some());
    }
    // What never changes is kept for a year; a checkpoint as long as it is new; what is not there yet, and a receipt, not at all.
    let path = format!("/api/awards/{}/receipt", newer["id"].as_str().unwrap());
    for (answer, kept) in [
        (service.get("/log/checkpoint"), "public, max-age=10"),
        (service.get("/log/tile/0/000"), "public, max-age=31536000, immutable"),
        (service.get("/log/tile/entries/000.p/1"), "public, max-age=31536000, immutable"),
        (service.get("/log/tile/0/009"), "no-store"),
        (service.admin("GET", &path, None), "no-store"),
    ] {
        assert_eq!(answer.headers["cache-control"], kept, "{}", answer.status);
    }
    // Tiles beyond the checkpoint, other spellings, and what is none of the log's.
    for path in [
        "tile/0/009",
        "tile/9/000",
        "tile/entries/000.p/0",
        "tile/0/0",
        "tile/..%2f..%2fissuer.json",
        "tile/",
    ] {
        assert_eq!(service.get(&format!("/log/{path}")).expect(404)["code"], "NOT_FOUND", "{path}");
    }
    let all = shown(&service);
    service.stop();
    done(&run(&["log", "export", "exported", "--data", "data"], at));
    assert_eq!(files(&at.join("exported")), all);

    // Nothing is shown of a record whose operator did not say so.
    let service = Service::start_in(at, &[]);
    let path = format!("/api/awards/{}/receipt", newer["id"].as_str().unwrap());
    for answer in
        [service.get("/log/checkpoint"), service.get("/log/tile/0/000"), service.admin("GET", &path, None)]
    {
        assert_eq!(answer.expect(404)["code"], "LOG_NOT_PUBLIC");
    }
}

/// How many entries a checkpoint covers.
fn covered(shown: &BTreeMap<String, Vec<u8>>) -> u64 {
    let note = std::str::from_utf8(&shown[CHECKPOINT]).unwrap();
    Checkpoint::parse(Note::parse(note).unwrap().text).unwrap().size
}

/// The keys are in another process that ends and comes back: what was given out holds meanwhile, and nothing contradicts it afterwards.
#[test]
fn without_its_signer_the_log_stays_what_it_was_and_goes_on_when_it_is_back() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let config = at.join("issuer.toml");
    fs::write(&config, "[keys]\nsocket = 'socket'\n[log]\npublic = true\n").unwrap();
    let signing = Signing::start(at, &[]);
    let service = Service::start_in(at, &["--config", config.to_str().unwrap()]);
    let badge = service.define("");
    let request = json!({"recipient": {"id": HOLDER}});
    let receipt = |award: &Value| {
        let path = format!("/api/awards/{}/receipt", award["id"].as_str().unwrap());
        service.admin("GET", &path, None)
    };
    let proves = |answer: &Answer, award: &Value| {
        let badge = Content::open(award["credential"].to_string().as_bytes()).unwrap().1;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let receipt = Receipt::parse(&answer.body).unwrap();
        let verified = receipt.verify(Some(&badge), &[], Timestamp::now(), &Snapshot::default());
        assert!(verified.unwrap().badge.is_some());
    };
    let first = service.award(&badge, "one", &request).expect(201);
    proves(&receipt(&first), &first);
    let second = service.award(&badge, "two", &request).expect(201);

    drop(signing);
    let before = shown(&service);
    for answer in [receipt(&second), service.award(&badge, "three", &request)] {
        let told = answer.expect(503);
        assert_eq!(told["code"], "KEYS_UNAVAILABLE");
        assert!(told["hint"].as_str().is_some_and(|hint| !hint.is_empty()), "{told}");
        assert!(answer.headers.contains_key("retry-after"));
    }
    // The record has grown by an intent; the checkpoint says what it said, and what it covers is there and proved.
    assert_eq!(shown(&service), before);
    let recorded = || {
        let audit = service.admin("GET", "/api/audit?limit=1000", None).expect(200);
        u64::try_from(audit["entries"].as_array().unwrap().len()).unwrap()
    };
    assert!(covered(&before) < recorded());
    proves(&receipt(&first), &first);

    let _signing = Signing::start(at, &[]);
    let third = service.award(&badge, "three", &request).expect(200);
    for award in [&third, &second, &first] {
        proves(&receipt(award), award);
    }
    let after = shown(&service);
    let (old, new) = (covered(&before), covered(&after));
    assert!(old < new && new <= recorded(), "{old} {new}");
    let bundle = |shown: &BTreeMap<String, Vec<u8>>, size: u64| {
        let bytes = &shown[&bundle_path(0, usize::try_from(size).unwrap())];
        entries(bytes).unwrap().into_iter().map(<[u8]>::to_vec).collect::<Vec<_>>()
    };
    assert!(bundle(&after, new).starts_with(&bundle(&before, old)), "each is the beginning of the next");
}
