//! Two services over one database that try to collide.

use std::collections::BTreeSet;
use std::sync::Barrier;
use std::thread;

use serde_json::{Value, json};

use crate::cluster::Cluster;
use crate::harness::run;
use crate::load::{PUBLIC, award, settings, start, target, twin};
use crate::runs;

#[test]
fn two_services_never_collide() {
    let cluster = Cluster::start();
    let directory = settings(&cluster.url(), "");
    let one = start(directory.path());
    let twin = twin(directory.path());
    let two = start(twin.path());
    let badge = one.define("");
    let rounds = runs(3, 10, 30);
    let targets = [target(&one), target(&two)];
    let start = Barrier::new(16);
    let answers: Vec<_> = thread::scope(|scope| {
        let clients: Vec<_> = (0..16)
            .map(|client| {
                let (start, badge, target) = (&start, &badge, &targets[client % 2]);
                scope.spawn(move || {
                    let mut answers = Vec::new();
                    for round in 0..rounds {
                        start.wait();
                        // Each key goes to both services at the same moment; the other keys are the client's own.
                        for key in [format!("shared-{}-{round}", client / 2), format!("own-{client}-{round}")]
                        {
                            answers.push((key.clone(), award(target, badge, &key).unwrap()));
                        }
                    }
                    answers
                })
            })
            .collect();
        clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
    });
    let keys: BTreeSet<_> = answers.iter().map(|(key, _)| key).collect();
    let awards: BTreeSet<_> = answers.iter().map(|(_, award)| (&award.id, &award.credential)).collect();
    assert_eq!((keys.len(), awards.len()), (24 * rounds, 24 * rounds), "one key, one award, one credential");
    let slots: BTreeSet<(String, String)> = awards
        .iter()
        .map(|(_, credential)| {
            let credential: Value = serde_json::from_str(credential).unwrap();
            let entry = &credential["credentialStatus"];
            (entry["statusListCredential"].to_string(), entry["statusListIndex"].to_string())
        })
        .collect();
    assert_eq!(slots.len(), awards.len(), "no index twice");
    println!("two services: {} awards under {} keys, no index twice", awards.len(), keys.len());
}

#[test]
fn a_list_is_never_stale_at_either_service() {
    let cluster = Cluster::start();
    let directory = settings(&cluster.url(), "");
    let one = start(directory.path());
    let twin = twin(directory.path());
    let two = start(twin.path());
    let badge = one.define("");
    let first = award(&target(&one), &badge, "a").unwrap();
    let second = award(&target(&two), &badge, "b").unwrap();
    let list = |service: &crate::harness::Service| {
        service.get("/status/1").expect(200)["credentialSubject"]["encodedList"].clone()
    };
    // Both have it signed and kept.
    let before = list(&one);
    assert_eq!(list(&two), before);
    for (revoker, award) in [(&one, first), (&two, second)] {
        let before = list(&two);
        let body = json!({"status": "revoked", "reason": "test"});
        revoker.admin("POST", &format!("/api/awards/{}/status", award.id), Some(&body)).expect(200);
        assert_ne!(list(&two), before);
        assert_eq!(list(&one), list(&two));
    }
}

/// The same database with other keys is another issuer, and is refused.
#[test]
fn a_service_with_other_keys_is_refused() {
    let cluster = Cluster::start();
    let directory = settings(&cluster.url(), "");
    let one = start(directory.path());
    one.define("");
    let other = settings(&cluster.url(), "");
    let config = other.path().join("issuer.toml");
    let output = crate::harness::run(
        &[
            "serve",
            "--lang",
            "en",
            "--listen",
            "127.0.0.1:0",
            "--data",
            "data",
            "--config",
            config.to_str().unwrap(),
        ],
        other.path(),
    );
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("DATA_FILE_MISSING"), "{said}");
}

#[test]
fn a_service_does_not_start_with_keys_that_another_has_left_behind() {
    let cluster = Cluster::start();
    let directory = settings(&cluster.url(), "[keys]\nrsa = true\n");
    // Only an issuer with an address of its own can change its keys.
    let config = directory.path().join("issuer.toml");
    let settings = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, settings.replace(PUBLIC, "https://cfa.example")).unwrap();
    let one = start(directory.path());
    let badge = one.define("");
    award(&target(&one), &badge, "a").unwrap();
    one.stop();
    // Each twin has the keys of before the change, and the database knows what the first has published since.
    for change in [&["retire", "rsa.pem"][..], &["rotate", "p256"]] {
        let behind = twin(directory.path());
        let options = ["--config", config.to_str().unwrap(), "--data", "data"];
        let changed = run(&[&["key"][..], change, &options[..]].concat(), directory.path());
        assert!(changed.status.success(), "{}", String::from_utf8_lossy(&changed.stderr));
        let without = std::fs::read_to_string(&config).unwrap().replace("rsa = true", "");
        std::fs::write(&config, without).unwrap();
        start(directory.path()).stop();
        let older = behind.path().join("issuer.toml");
        let options = [
            "serve",
            "--config",
            older.to_str().unwrap(),
            "--data",
            "data",
            "--listen",
            "127.0.0.1:0",
            "--lang",
            "en",
        ];
        let refused = run(&options, behind.path());
        assert_eq!(refused.status.code(), Some(2));
        let talk = String::from_utf8_lossy(&refused.stderr);
        assert!(talk.contains("KEY_FILE_UNUSABLE"), "{change:?}: {talk}");
        let level = twin(directory.path());
        start(level.path()).stop();
    }
}
