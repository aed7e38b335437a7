//! SIGKILL at random moments, under 1, 16 and 64 clients over real sockets.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use badge_issuer::inspection::inspect;
use badge_issuer::store::{AwardQuery, AwardStatus, EmbeddedStore, MAX_PAGE, Store as _};
use badge_verifier::report::{CheckId, Verdict};
use badge_verifier::snapshot::{Resource, Retrieval};
use badge_verifier::{Expectations, Report, Snapshot, TrustPolicy, verify};
use jiff::Timestamp;

use crate::client::{Client, Home, PUBLIC_URL, no_start};
use crate::random::Random;
use crate::runs;

/// Longest time under load before the kill, in milliseconds: some group commits. It begins with the first answer, or, once in four
/// times, with the first request.
const LOAD: usize = 400;

/// How long a first answer may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long a start may take that is cut short.
const START: usize = 250;

#[test]
fn one_client() {
    kills("kill, 1 client", 1, runs(2, 20, 80));
}

#[test]
fn sixteen_clients() {
    kills("kill, 16 clients", 16, runs(2, 20, 80));
}

#[test]
fn sixty_four_clients() {
    kills("kill, 64 clients", 64, runs(2, 20, 80));
}

/// What was answered.
#[derive(Default)]
struct Acknowledged {
    /// Award id to its badge.
    awards: BTreeMap<String, String>,
    revoked: BTreeSet<String>,
    /// Whose revocation was asked for and not answered.
    unsure: BTreeSet<String>,
}

/// What one client knows when the service is gone.
struct Told {
    acknowledged: Acknowledged,
    /// Asked for and not answered.
    pending: Option<String>,
    asked: Vec<String>,
}

fn kills(name: &str, clients: usize, kills: usize) {
    let mut random = Random::seeded(name);
    let directory = tempfile::tempdir().unwrap();
    let home = Home::new(directory.path());
    let service = home.start();
    let badge = service.client().define();
    service.stop();
    let mut all = Acknowledged::default();
    let mut fresh: Vec<String> = Vec::new();
    let mut pending: Vec<String> = Vec::new();
    let mut asked: BTreeSet<String> = BTreeSet::new();
    let (mut done, mut starts) = (0, 0);
    while done < kills {
        if done > 0 && random.one_in(5) {
            // Killed while it starts.
            let mut child = home.spawn();
            thread::sleep(Duration::from_millis(random.below(START) as u64));
            child.kill().unwrap();
            child.wait().unwrap();
            let mut said = String::new();
            child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
            (done, starts) = (done + 1, starts + 1);
            offline(&home, &all, &asked);
            continue;
        }
        let mut service = home.start();
        online(&mut service.client(), &std::mem::take(&mut fresh), &all);
        // Who got no answer asks again: the same award, once.
        for key in pending.drain(..) {
            let mut client = service.client();
            let first = client.award(&badge, &key).unwrap();
            assert!(matches!(first.status, 200 | 201), "{}", first.head);
            let second = client.award(&badge, &key).unwrap();
            assert_eq!(second.status, 200);
            let (first, second) = (first.json(), second.json());
            assert_eq!((&first["id"], &first["credential"]), (&second["id"], &second["credential"]));
            acknowledge(&mut all.awards, &first);
        }
        let answers = AtomicUsize::new(0);
        let at_once = done > 0 && random.one_in(4);
        let told: Vec<Told> = thread::scope(|scope| {
            let threads: Vec<_> = (0..clients)
                .map(|number| {
                    let (client, seed, badge) = (service.client(), random.next(), badge.as_str());
                    let prefix = format!("r{done}c{number}");
                    let answers = &answers;
                    scope.spawn(move || load(client, badge, &prefix, Random::from(seed), answers))
                })
                .collect();
            let begun = Instant::now();
            while !at_once && answers.load(Ordering::Relaxed) == 0 && begun.elapsed() < PATIENCE {
                thread::sleep(Duration::from_millis(1));
            }
            thread::sleep(Duration::from_millis(random.below(LOAD) as u64));
            service.kill();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        done += 1;
        for told in told {
            fresh.extend(told.acknowledged.awards.keys().cloned());
            all.awards.extend(told.acknowledged.awards);
            all.revoked.extend(told.acknowledged.revoked);
            all.unsure.extend(told.acknowledged.unsure);
            pending.extend(told.pending);
            asked.extend(told.asked);
        }
        offline(&home, &all, &asked);
    }
    let service = home.start();
    online(&mut service.client(), &fresh, &all);
    service.stop();
    println!(
        "{name}: {kills} kills ({starts} of them during a start), {} awards acknowledged, {} of them revoked, {} asked for",
        all.awards.len(),
        all.revoked.len(),
        asked.len()
    );
    assert!(!all.awards.is_empty(), "no award was ever acknowledged: nothing was tried");
}

/// Awards, asks twice, and revokes, until nobody answers.
fn load(mut client: Client, badge: &str, prefix: &str, mut random: Random, answers: &AtomicUsize) -> Told {
    let mut told = Told { acknowledged: Acknowledged::default(), pending: None, asked: Vec::new() };
    for number in 0.. {
        let key = format!("{prefix}n{number}");
        told.asked.push(key.clone());
        let Ok(answer) = client.award(badge, &key) else {
            told.pending = Some(key);
            return told;
        };
        assert_eq!(answer.status, 201, "{}: {}", answer.head, String::from_utf8_lossy(&answer.body));
        let id = acknowledge(&mut told.acknowledged.awards, &answer.json());
        answers.fetch_add(1, Ordering::Relaxed);
        if random.one_in(6) {
            let Ok(answer) = client.award(badge, &key) else { return told };
            assert_eq!(answer.status, 200);
            assert_eq!(acknowledge(&mut told.acknowledged.awards, &answer.json()), id);
        }
        if random.one_in(6) {
            let Ok(answer) = client.revoke(&id) else {
                told.acknowledged.unsure.insert(id);
                return told;
            };
            assert_eq!(answer.status, 200);
            told.acknowledged.revoked.insert(id);
        }
    }
    told
}

fn acknowledge(awards: &mut BTreeMap<String, String>, answer: &serde_json::Value) -> String {
    let text = |member: &str| answer[member].as_str().unwrap().to_owned();
    let (id, jwt) = (text("id"), text("credential"));
    if let Some(before) = awards.insert(id.clone(), jwt.clone()) {
        assert_eq!(before, jwt, "award {id} has two badges");
    }
    id
}

/// With nobody running: the record as it lies on the disk.
fn offline(home: &Home, all: &Acknowledged, asked: &BTreeSet<String>) {
    let _open = no_start();
    let store = EmbeddedStore::open(&home.data.join("store")).unwrap();
    // Whole chain, every payload, no index twice, nothing signed that was not intended.
    inspect(&store).unwrap_or_else(|refusal| panic!("{:?}", refusal.into_problems()));
    for (id, jwt) in &all.awards {
        let forms = store.forms(id).unwrap_or_else(|error| panic!("acknowledged, and now: {error}"));
        assert_eq!(forms.unwrap().get("jwt"), Some(jwt), "award {id}");
    }
    for id in &all.revoked {
        assert_eq!(store.award(id).unwrap().unwrap().status, AwardStatus::Revoked);
    }
    let mut query = AwardQuery { limit: MAX_PAGE, ..AwardQuery::default() };
    let mut recipients = BTreeSet::new();
    loop {
        let page = store.awards(&query).unwrap();
        for award in page.awards {
            let recipient = award.recipient.unwrap();
            let key = recipient.strip_suffix("@example.org").unwrap().to_owned();
            assert!(asked.contains(&key), "nobody asked for {key}");
            assert!(recipients.insert(recipient), "two awards for one key: {key}");
        }
        match page.next {
            Some(next) => query.after = Some(next),
            None => break,
        }
    }
}

/// With the service running again: each badge is served as it was answered, and a stranger can verify it.
fn online(client: &mut Client, fresh: &[String], all: &Acknowledged) {
    let now = Timestamp::now();
    let mut snapshot = Snapshot::default();
    for id in fresh {
        let jwt = &all.awards[id];
        let served = client.get(&format!("/api/awards/{id}/file?format=jwt"));
        assert_eq!((served.status, served.body.as_slice()), (200, jwt.as_bytes()), "award {id}");
        let report = verified(client, jwt, &mut snapshot, now);
        if all.revoked.contains(id) {
            assert_eq!(report.outcome(CheckId::Status).problem().unwrap().code.as_str(), "REVOKED");
        } else if !all.unsure.contains(id) {
            assert_eq!(report.verdict(), Verdict::Valid, "{:?}", report.checks());
        }
        assert!(report.outcome(CheckId::Signature).passed());
    }
}

fn verified(client: &mut Client, jwt: &str, snapshot: &mut Snapshot, now: Timestamp) -> Report {
    loop {
        let report = verify(jwt.as_bytes(), &Expectations::default(), &TrustPolicy::default(), now, snapshot);
        let missing = report.missing();
        if missing.is_empty() {
            return report;
        }
        for Resource { kind, url } in missing {
            let answer = client.get(url.strip_prefix(PUBLIC_URL).unwrap());
            assert_eq!(answer.status, 200, "{url}");
            let outcome = Ok(answer.body);
            snapshot.insert(Resource { kind, url: url.clone() }, Retrieval { fetched_at: now, outcome });
        }
    }
}
