//! Status entries for evaluations by peers, and their withdrawal, as evaluators ask for them over HTTP.

use std::path::Path;

use badge_verifier::status_list::{Width, bitstring};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{Answer, Service, achievement, codes};
use crate::peers::{ADA, Aim, BOB, CYD, Course, GUILD, OTHER_SKILL, SKILL, digest_of, own_badge};

pub(crate) fn settings(directory: &Path, text: &str) -> String {
    let path = directory.join("issuer.toml");
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// A service that offers status entries for evaluations.
pub(crate) fn offering(more: &str) -> (TempDir, Service) {
    let directory = tempfile::tempdir().unwrap();
    let settings = settings(directory.path(), &format!("[evaluations]\n{more}"));
    let service = Service::start_in(directory.path(), &["--config", &settings]);
    (directory, service)
}

pub(crate) fn post(service: &Service, path: &str, body: &Value) -> Answer {
    service.send("POST", path, &[("Content-Type", "application/json")], body.to_string().as_bytes())
}

fn entries(service: &Service, course: &Course) -> Answer {
    post(service, "/evaluations/entries", &course.thread())
}

fn withdrawals(service: &Service, course: &Course) -> Answer {
    post(service, "/evaluations/withdrawals", &course.thread())
}

/// What is aimed at: the tests' badge in the catalogue.
pub(crate) fn aim(service: &Service) -> Aim {
    let id = service.define("");
    let published = service.get(&format!("/badges/{id}")).expect(200);
    Aim::template(&published)
}

fn status_of(answer: &Value) -> Value {
    answer["entries"][0]["credentialStatus"].clone()
}

/// Whether the bit of an entry is set in the list that is published.
pub(crate) fn is_set(service: &Service, entry: &Value) -> bool {
    let list = entry["statusListCredential"].as_str().unwrap();
    let path = list.strip_prefix(&service.own_url()).unwrap();
    let list = service.get(path).expect(200);
    let bits = bitstring::decode(list["credentialSubject"]["encodedList"].as_str().unwrap()).unwrap();
    let place = entry["statusListIndex"].as_str().unwrap().parse().unwrap();
    bits.get(place, Width::ONE).unwrap() == 1
}

fn refused(answer: &Answer, status: u16, code: &str) {
    let body = answer.expect(status);
    assert_eq!(codes(&body)[0].0, code, "{body}");
}

#[test]
fn an_evaluator_who_accepted_gets_one_entry_for_each_skill_and_the_same_again() {
    let (_directory, service) = offering("");
    let mut aim = aim(&service);
    aim.skills = vec![SKILL.to_owned(), OTHER_SKILL.to_owned()];
    let course = Course::accepted(ADA, BOB, aim);
    let first = entries(&service, &course).expect(201);
    let given = first["entries"].as_array().unwrap();
    let skills: Vec<&str> = given.iter().map(|entry| entry["skill"].as_str().unwrap()).collect();
    assert_eq!(skills, [SKILL, OTHER_SKILL]);
    let places: Vec<&Value> = given.iter().map(|entry| &entry["credentialStatus"]["id"]).collect();
    assert_ne!(places[0], places[1]);
    let status = status_of(&first);
    assert_eq!(
        (&status["type"], &status["statusPurpose"]),
        (&"BitstringStatusListEntry".into(), &"revocation".into())
    );
    assert!(!is_set(&service, &status));
    assert_eq!(entries(&service, &course).expect(200), first, "asking again reserves nothing");
    let bytes = course.thread().to_string();
    let type_ = [("Content-Type", "application/vc")];
    let again = service.send("POST", "/evaluations/entries", &type_, bytes.as_bytes());
    assert_eq!(again.expect(200), first);

    // Another mandate between the same two has entries of its own.
    let other = Course::accepted(ADA, BOB, course.aim.clone());
    assert_ne!(entries(&service, &other).expect(201), first);
    let told = service.admin("GET", "/api/audit?limit=1000", None).text();
    assert_eq!(told.matches("\"kind\":\"seat\"").count(), 4, "{told}");
    assert!(!told.contains(&ADA.did()) && !told.contains(&BOB.did()), "the chain names nobody");
}

#[test]
fn entries_outlive_a_kill_and_are_asked_for_by_many_at_once() {
    let (directory, service) = offering("");
    let course = Course::accepted(ADA, BOB, aim(&service));
    let answers: Vec<Value> = std::thread::scope(|scope| {
        let asking: Vec<_> = (0..8).map(|_| scope.spawn(|| entries(&service, &course).json())).collect();
        asking.into_iter().map(|asked| asked.join().unwrap()).collect()
    });
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    let address = service.own_url();
    drop(service.kill());
    let settings = directory.path().join("issuer.toml");
    let options = ["--config", settings.to_str().unwrap(), "--public-url", &address];
    let service = Service::start_in(directory.path(), &options);
    assert_eq!(entries(&service, &course).expect(200), answers[0]);
}

#[test]
fn entries_are_for_badges_that_were_awarded_here_too() {
    let (_directory, service) = offering("");
    let id = service.define("");
    let award = service.award(&id, "k", &json!({"recipient": {"id": ADA.did()}})).expect(201);
    let badge = award["credential"].clone();
    entries(&service, &Course::accepted(ADA, BOB, Aim::badge(&badge))).expect(201);

    let not_ours = |aim: Aim, candidate| {
        refused(&entries(&service, &Course::accepted(candidate, BOB, aim)), 422, "EVALUATION_NOT_OURS");
    };
    not_ours(Aim::badge(&badge), CYD);
    let mut other = badge.clone();
    other["name"] = "Un autre".into();
    not_ours(Aim::badge(&other), ADA);
    other["id"] = "urn:uuid:5b6f1c1e-6a0f-4f0e-9a53-0c2f5d7a2b99".into();
    not_ours(Aim::badge(&other), ADA);
    let published = service.get(&format!("/badges/{id}")).expect(200);
    let mut easier = published.clone();
    easier["criteria"]["narrative"] = "Un entretien.".into();
    not_ours(Aim::template(&easier), ADA);
    easier["id"] = "https://other.example/badges/1".into();
    not_ours(Aim::template(&easier), ADA);
    not_ours(Aim { skills: vec![SKILL.to_owned()], ..Aim::default() }, ADA);
}

#[test]
fn a_thread_that_does_not_count_gets_no_entry() {
    let (_directory, service) = offering("");
    let aim = aim(&service);
    let before = service.admin("GET", "/api/audit?limit=1000", None).expect(200);
    // Nobody has accepted.
    let mut proposed = Course::accepted(ADA, BOB, aim.clone());
    proposed.records.truncate(1);
    refused(&entries(&service, &proposed), 422, "THREAD_NOT_OPEN");
    // The mandate is over.
    let expired = Course::lasting(ADA, BOB, aim.clone(), -24);
    refused(&entries(&service, &expired), 422, "THREAD_NOT_OPEN");
    // Somebody else accepts.
    let mut stolen = Course::accepted(ADA, BOB, aim.clone());
    let by_another = Course::accepted(ADA, CYD, aim.clone());
    stolen.records[1] = by_another.records[1].clone();
    refused(&entries(&service, &stolen), 422, "RECORD_OUT_OF_PLACE");
    // A mandate is replayed: the evaluation answers another one.
    let mut replayed = Course::accepted(ADA, BOB, aim.clone());
    let elsewhere = Course::accepted(ADA, BOB, aim.clone());
    let mut evaluation = elsewhere.evaluation(SKILL);
    evaluation.previous = Some(digest_of(replayed.records.last().unwrap()));
    replayed.records.push(BOB.seal(&replayed.endorsement(&evaluation, None)));
    refused(&entries(&service, &replayed), 422, "MANDATE_REPLAYED");
    // The evaluator answers for another version.
    let mut stale = Course::accepted(ADA, BOB, aim.clone());
    let mut evaluation = stale.evaluation(SKILL);
    evaluation.template_digest = Some(digest_of(&json!({"another": "version"})));
    stale.records.push(BOB.seal(&stale.endorsement(&evaluation, None)));
    refused(&entries(&service, &stale), 422, "ENDORSEMENT_STALE_VERSION");
    // Something was changed after it was signed.
    let mut forged = Course::accepted(ADA, BOB, aim.clone());
    forged.records[0]["credentialSubject"]["claim"] = "Vingt ans de métier.".into();
    refused(&entries(&service, &forged), 422, "MANDATE_NOT_AUTHENTIC");
    // One is one's own evaluator.
    refused(&entries(&service, &Course::accepted(ADA, ADA, aim.clone())), 422, "EVALUATOR_IS_CANDIDATE");
    // More skills than anybody evaluates: such a mandate cannot be written by the library, so it is written by hand.
    let mut vast = Course::accepted(ADA, BOB, aim);
    let of = |skills: usize| {
        let mut mandate = vast.records[0].clone();
        let one = mandate["credentialSubject"]["soughtSkill"][0].clone();
        mandate["credentialSubject"]["soughtSkill"] = vec![one; skills].into();
        mandate.as_object_mut().unwrap().remove("proof");
        mandate
    };
    let (some, thousands) = (of(33), of(10_000));
    vast.records = vec![ADA.seal(&some)];
    refused(&entries(&service, &vast), 422, "EVALUATION_TOO_LARGE");
    vast.records = vec![ADA.jwt(&thousands).into()];
    refused(&entries(&service, &vast), 413, "INPUT_TOO_LARGE");
    let many = vec!["{}"; 10_000].join(",");
    let body = format!(
        "{{\"type\":[\"VerifiablePresentation\",\"EvaluationThread\"],\"verifiableCredential\":[{many}]}}"
    );
    let answer = service.send(
        "POST",
        "/evaluations/entries",
        &[("Content-Type", "application/json")],
        body.as_bytes(),
    );
    refused(&answer, 422, "EVALUATION_TOO_LARGE");
    refused(&post(&service, "/evaluations/entries", &achievement()), 422, "NOT_A_THREAD");
    refused(&post(&service, "/evaluations/entries?x=1", &achievement()), 400, "PARAMETER_INVALID");
    let after = service.admin("GET", "/api/audit?limit=1000", None).expect(200);
    assert_eq!(after, before, "a refusal records nothing");
}

#[test]
fn who_offers_nothing_says_so() {
    let service = Service::start();
    let course = Course::accepted(ADA, BOB, aim(&service));
    refused(&entries(&service, &course), 404, "EVALUATIONS_NOT_OFFERED");
    refused(&withdrawals(&service, &course), 404, "EVALUATIONS_NOT_OFFERED");
}

#[test]
fn fresh_keys_cannot_take_more_than_half_of_what_a_day_has() {
    let (_directory, service) = offering("entries-per-day = 4\n");
    let id = service.define("");
    let aim = Aim::template(&service.get(&format!("/badges/{id}")).expect(200));
    let first = Course::accepted(ADA, BOB, aim.clone());
    entries(&service, &first).expect(201);
    entries(&service, &Course::accepted(CYD, BOB, aim.clone())).expect(201);
    let third = entries(&service, &Course::accepted(BOB, CYD, aim.clone()));
    refused(&third, 429, "EVALUATION_LIMIT");
    assert!(third.headers.contains_key("retry-after"));
    assert!(third.text().contains("No more than 2 entries") && third.text().contains("hold no badge"));
    entries(&service, &first).expect(200);

    // Whom the issuer knows still has the rest, for this very badge or for another template.
    let award = service.award(&id, "k", &json!({"recipient": {"id": ADA.did()}})).expect(201);
    entries(&service, &Course::accepted(ADA, CYD, Aim::badge(&award["credential"]))).expect(201);
    entries(&service, &Course::accepted(ADA, CYD, aim.clone())).expect(201);
    let last = entries(&service, &Course::accepted(ADA, GUILD, aim.clone()));
    refused(&last, 429, "EVALUATION_LIMIT");
    assert!(last.text().contains("No more than 4 entries"), "{}", last.text());
    let metrics = service.admin("GET", "/metrics", None).text();
    assert!(metrics.contains("code=\"EVALUATION_LIMIT\""), "{metrics}");
}

/// Behind a proxy, the address that it names counts; an IPv6 subscriber is a /64, however the last half is written.
#[test]
fn one_network_takes_a_quarter_of_a_day_and_leaves_the_rest() {
    let directory = tempfile::tempdir().unwrap();
    let text = "[evaluations]\nentries-per-day = 8\n[limits]\ntrusted-proxies = ['127.0.0.1']\n";
    let settings = settings(directory.path(), text);
    let service = Service::start_in(directory.path(), &["--config", &settings]);
    let id = service.define("");
    let aim = Aim::template(&service.get(&format!("/badges/{id}")).expect(200));
    let ask = |from: &str, course: &Course| {
        let headers = [("Content-Type", "application/json"), ("X-Forwarded-For", from)];
        service.send("POST", "/evaluations/entries", &headers, course.thread().to_string().as_bytes())
    };
    let fresh = |candidate| Course::accepted(candidate, GUILD, aim.clone());
    ask("2001:db8:1:2::1", &fresh(ADA)).expect(201);
    let second = fresh(BOB);
    ask("2001:db8:1:2:ffff::2", &second).expect(201);
    let refusal = ask("2001:db8:1:2::3", &fresh(CYD));
    refused(&refusal, 429, "EVALUATION_LIMIT");
    assert!(refusal.text().contains("one network address"), "{}", refusal.text());
    ask("2001:db8:1:2::3", &second).expect(200);
    ask("203.0.113.9, 2001:db8:1:2::3", &fresh(CYD)).expect(429);
    ask("2001:db8:1:3::1", &fresh(CYD)).expect(201);
    ask("192.0.2.7", &fresh(CYD)).expect(201);
    // Half of the day is gone, and what is kept is for whom the issuer knows, also from the network that has had its share.
    refused(&ask("192.0.2.8", &fresh(CYD)), 429, "EVALUATION_LIMIT");
    service.award(&id, "k", &json!({"recipient": {"id": CYD.did()}})).expect(201);
    ask("2001:db8:1:2::3", &fresh(CYD)).expect(201);
}

#[test]
fn a_thread_larger_than_any_mandate_is_not_read_for_entries() {
    let (_directory, service) = offering("");
    let course = Course::accepted(ADA, BOB, aim(&service));
    let mut text = course.thread().to_string();
    text.extend(std::iter::repeat_n(' ', 256 * 1024 + 1 - text.len()));
    let type_ = [("Content-Type", "application/json")];
    refused(&service.send("POST", "/evaluations/entries", &type_, text.as_bytes()), 413, "INPUT_TOO_LARGE");
    text.pop();
    service.send("POST", "/evaluations/entries", &type_, text.as_bytes()).expect(201);
    // A withdrawal is read whatever it weighs, as far as any document.
    text.extend(std::iter::repeat_n(' ', 1024));
    refused(
        &service.send("POST", "/evaluations/withdrawals", &type_, text.as_bytes()),
        422,
        "WITHDRAWAL_MISSING",
    );
}

#[test]
fn a_withdrawal_sets_the_bit_for_good() {
    let (_directory, service) = offering("");
    let aim = aim(&service);
    let mut course = Course::accepted(ADA, BOB, aim.clone());
    let given = entries(&service, &course).expect(201);
    let status = status_of(&given);
    let did = service.get("/did.json").json()["id"].clone();
    assert!(given["keeper"].is_string() && (did.is_null() || did == given["keeper"]), "{given}");
    course.keeper = given["keeper"].as_str().map(str::to_owned);
    let endorsement = course.submit(Some(&status), Some(own_badge(BOB, GUILD, "6")));
    assert_eq!(entries(&service, &course).expect(200), given, "a thread that is submitted is open still");
    refused(&withdrawals(&service, &course), 422, "WITHDRAWAL_MISSING");

    // Not by the candidate, nor by anybody else.
    for other in [ADA, CYD] {
        let mut by_another = course.clone();
        by_another.withdraw(other);
        refused(&withdrawals(&service, &by_another), 422, "RECORD_NOT_ENTITLED");
    }
    // Not of another's entry.
    let mut stealing = Course::accepted(ADA, CYD, aim.clone());
    entries(&service, &stealing).expect(201);
    stealing.submit(Some(&status), None);
    stealing.withdraw(CYD);
    refused(&withdrawals(&service, &stealing), 422, "EVALUATION_ENTRY_FOREIGN");
    // Not of one that was never given an entry.
    let mut unknown = Course::accepted(ADA, BOB, aim);
    unknown.submit(Some(&status), None);
    unknown.withdraw(BOB);
    refused(&withdrawals(&service, &unknown), 422, "EVALUATION_ENTRY_FOREIGN");
    assert!(!is_set(&service, &status));

    course.withdraw(BOB);
    let expected = json!({"withdrawn": [endorsement["id"]], "refused": []});
    assert_eq!(withdrawals(&service, &course).expect(200), expected);
    assert!(is_set(&service, &status));
    let head = service.admin("GET", "/api/audit?limit=1000", None).text();
    assert_eq!(withdrawals(&service, &course).expect(200), expected, "twice is once");
    assert_eq!(service.admin("GET", "/api/audit?limit=1000", None).text(), head);
    assert_eq!(head.matches("\"kind\":\"seat-withdrawn\"").count(), 1);
    // Asked for again, the place is told to be taken back.
    course.records.truncate(2);
    assert_eq!(entries(&service, &course).expect(200)["entries"][0]["withdrawn"], true);
}

/// Each withdrawal of a request stands or falls by itself, and the answer says which.
#[test]
fn what_is_refused_is_named_beside_what_is_taken_back() {
    let (_directory, service) = offering("");
    let aim = aim(&service);
    let mut course = Course::accepted(ADA, BOB, aim.clone());
    let status = status_of(&entries(&service, &course).expect(201));
    course.submit(Some(&status), None);
    course.withdraw(BOB);
    // Of one that has no entry here, and of another that has one and is taken back by a stranger in Bob's name.
    let mut unknown = Course::accepted(ADA, BOB, aim.clone());
    unknown.submit(Some(&status), None);
    unknown.withdraw(BOB);
    let mut forged = Course::accepted(ADA, BOB, aim);
    let kept = status_of(&entries(&service, &forged).expect(201));
    forged.submit(Some(&kept), None);
    forged.withdraw(BOB);
    let last = forged.records.last_mut().unwrap();
    last.as_object_mut().unwrap().remove("proof");
    *last = CYD.seal_as(&format!("{}#{}", BOB.did(), BOB.multibase()), last);
    let others = [&unknown.records[2..], &forged.records[2..]].concat();

    let mut all = course.clone();
    all.records.extend(others.iter().cloned());
    let answer = withdrawals(&service, &all).expect(200);
    assert_eq!(answer["withdrawn"], json!([course.records[2]["id"]]));
    let told: Vec<(String, String)> = answer["refused"].as_array().unwrap().iter().flat_map(codes).collect();
    let expected = [("EVALUATION_ENTRY_FOREIGN", 5), ("RECORD_UNSOUND", 7)]
        .map(|(code, record)| (code.to_owned(), format!("/verifiableCredential/{record}")));
    assert_eq!(told, expected);
    for problem in answer["refused"].as_array().unwrap() {
        assert!(problem["detail"].is_string() && problem["hint"].is_string(), "{problem}");
    }
    assert!(is_set(&service, &status) && !is_set(&service, &kept));

    // Where none is taken back it is no success.
    course.records = others;
    let refusal = withdrawals(&service, &course).expect(422);
    let pointers: Vec<String> = codes(&refusal).into_iter().map(|(_, pointer)| pointer).collect();
    assert_eq!(pointers, ["/verifiableCredential/1", "/verifiableCredential/3"]);
}

/// The candidate's domain may be gone, or taken down to hide a withdrawal: nothing of the candidate's is needed.
#[test]
fn a_withdrawal_needs_the_evaluators_own_records_alone() {
    let (_directory, service) = offering("");
    let aim = aim(&service);
    let evaluated = |evaluator| {
        let mut course = Course::accepted(ADA, evaluator, aim.clone());
        let status = status_of(&entries(&service, &course).expect(201));
        course.submit(Some(&status), None);
        (course, status)
    };
    let (mut course, status) = evaluated(BOB);
    let (mut other, other_status) = evaluated(BOB);

    // Said to be Bob's, and signed by another; Bob's word about another evaluation; Bob's word, changed afterwards.
    let mut forged = course.clone();
    forged.withdraw(BOB);
    let last = forged.records.last_mut().unwrap();
    last.as_object_mut().unwrap().remove("proof");
    *last = CYD.seal_as(&format!("{}#{}", BOB.did(), BOB.multibase()), last);
    refused(&withdrawals(&service, &forged), 422, "RECORD_UNSOUND");
    let mut elsewhere = course.clone();
    other.withdraw(BOB);
    elsewhere.records.push(other.records.last().unwrap().clone());
    refused(&withdrawals(&service, &elsewhere), 422, "RECORD_OUT_OF_PLACE");
    let mut redirected = other.clone();
    redirected.records[2] = course.records[2].clone();
    redirected.records[3]["credentialSubject"]["withdrawn"] = digest_of(&course.records[2]).into();
    refused(&withdrawals(&service, &redirected), 422, "RECORD_UNSOUND");
    // An endorsement that names the entry of another evaluation of Bob's own.
    let mut swapped = Course::accepted(ADA, BOB, aim.clone());
    entries(&service, &swapped).expect(201);
    swapped.submit(Some(&status), None);
    swapped.withdraw(BOB);
    refused(&withdrawals(&service, &swapped), 422, "EVALUATION_ENTRY_FOREIGN");
    assert!(!is_set(&service, &status) && !is_set(&service, &other_status));

    course.withdraw(BOB);
    course.records[0]["proof"]["proofValue"] = "z3".into();
    assert_eq!(withdrawals(&service, &course).expect(200)["withdrawn"][0], course.records[2]["id"]);
    assert!(is_set(&service, &status));
    // Of the whole thread, two records are enough.
    other.records.drain(..2);
    withdrawals(&service, &other).expect(200);
    assert!(is_set(&service, &other_status));
}

#[test]
fn a_service_that_has_moved_takes_withdrawals_of_what_it_gave_out_before() {
    let (directory, service) = offering("");
    let mut course = Course::accepted(ADA, BOB, aim(&service));
    let before = status_of(&entries(&service, &course).expect(201));
    course.submit(Some(&before), None);
    course.withdraw(BOB);
    let mut of_another = course.clone();
    let next = before["statusListIndex"].as_str().unwrap().parse::<u32>().unwrap() ^ 1;
    of_another.records.truncate(2);
    let mut status = before.clone();
    status["statusListIndex"] = next.to_string().into();
    of_another.submit(Some(&status), None);
    of_another.withdraw(BOB);
    drop(service.kill());

    let settings = directory.path().join("issuer.toml");
    // As its operator moves it: the address is recorded beside the keys.
    let record = directory.path().join("data/issuer.json");
    let text = std::fs::read_to_string(&record).unwrap();
    let address = before["statusListCredential"].as_str().unwrap().split("/status/").next().unwrap();
    assert!(text.contains(address), "{text}");
    std::fs::write(&record, text.replace(address, "http://moved.example/badges")).unwrap();
    let moved = ["--config", settings.to_str().unwrap(), "--public-url", "http://moved.example/badges"];
    let service = Service::start_in(directory.path(), &moved);
    refused(&withdrawals(&service, &of_another), 422, "EVALUATION_ENTRY_FOREIGN");
    withdrawals(&service, &course).expect(200);
    let mut here = before.clone();
    let list = before["statusListCredential"].as_str().unwrap().rsplit('/').next().unwrap();
    here["statusListCredential"] = format!("{}/status/{list}", service.own_url()).into();
    assert!(is_set(&service, &here));
}

#[test]
fn that_keys_are_not_fetched_for_anybody_is_told_with_the_setting() {
    for (text, setting) in [("", "for-awards"), ("fetch = 'never'\n", "never")] {
        let (_directory, service) = offering(text);
        let mut course = Course::accepted(ADA, BOB, aim(&service));
        let mandate = &mut course.records[0];
        mandate.as_object_mut().unwrap().remove("proof");
        mandate["issuer"] = "did:web:candidat.example".into();
        *mandate = ADA.seal_as("did:web:candidat.example#k", mandate);
        let answer = entries(&service, &course);
        refused(&answer, 422, "EVALUATION_KEYS_NOT_FETCHED");
        let told = answer.json()["detail"].to_string();
        assert!(told.contains("https://candidat.example/") && told.contains(setting), "{told}");
    }
}

#[test]
fn an_organisation_keeps_entries_of_its_own() {
    let directory = tempfile::tempdir().unwrap();
    let own = directory.path().join("data/organisations/lycee");
    std::fs::create_dir_all(&own).unwrap();
    std::fs::write(own.join("issuer.toml"), "[evaluations]\n").unwrap();
    let service = Service::start_in(directory.path(), &[]);
    let token = std::fs::read_to_string(own.join("admin-token")).unwrap();
    let bearer = format!("Bearer {token}");
    let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
    let defined = service.send("POST", "/o/lycee/api/badges", &headers, achievement().to_string().as_bytes());
    let id = defined.expect(201)["id"].as_str().unwrap().to_owned();
    let published = service.get(&format!("/o/lycee/badges/{id}")).expect(200);
    let course = Course::accepted(ADA, BOB, Aim::template(&published));
    refused(&entries(&service, &course), 404, "EVALUATIONS_NOT_OFFERED");
    let given = post(&service, "/o/lycee/evaluations/entries", &course.thread()).expect(201);
    let list = given["entries"][0]["credentialStatus"]["statusListCredential"].as_str().unwrap();
    assert!(list.starts_with(&format!("{}/o/lycee/status/", service.own_url())), "{list}");
}
