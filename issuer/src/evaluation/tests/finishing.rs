//! Awards that are finished later than they were begun, and the rings that are looked for when they are.

use super::*;
use crate::store::Erasure;

#[test]
fn an_interrupted_award_is_weighed_again_before_it_is_signed() {
    let directory = tempfile::tempdir().unwrap();
    let (issuer, subject, aim) = issuing(directory.path());
    let now = Timestamp::now();
    let mut course = kept(&issuer, ADA, BOB, &aim);
    let first = awarded(&issuer, &subject, &course, "first", now).unwrap();
    // Nothing has changed: it is finished, under the index that its intent reserved.
    let begun = interrupted(&issuer, &first, "again", now);
    let finished = awarded(&issuer, &subject, &course, "again", now).unwrap();
    assert_eq!(
        (&finished.id, &finished.slot, finished.status),
        (&begun.id, &begun.slot, AwardStatus::Active)
    );

    // Its evaluations come to something else by now: what was meant is not signed, and the next request is weighed anew.
    let mut meant: Value = serde_json::from_str(&issuer.store.request(&first.id).unwrap()).unwrap();
    meant["result"]["voices"][0]["level"]["code"] = "7".into();
    let begun = interrupted_with(&issuer, &first, "other", now, meant.to_string());
    assert_eq!(awarded(&issuer, &subject, &course, "other", now).unwrap_err(), ["EVALUATIONS_CHANGED"]);
    let anew = awarded(&issuer, &subject, &course, "other", now).unwrap();
    assert!(anew.id != begun.id && anew.slot != begun.slot);

    // Taken back in between: it is not signed, and nothing of the people in it stays.
    let begun = interrupted(&issuer, &first, "late", now);
    course.withdraw(BOB);
    let thread = course.thread().to_string();
    issuer.withdraw_evaluations(thread.as_bytes(), now).unwrap();
    course.records.pop();
    assert_eq!(awarded(&issuer, &subject, &course, "late", now).unwrap_err(), ["ENDORSEMENT_WITHDRAWN"]);
    let left = issuer.store.award(&begun.id).unwrap().unwrap();
    assert_eq!((left.status, left.recipient), (AwardStatus::Intended, None));
    assert!(issuer.store.forms(&first.id).unwrap().is_some(), "what was signed stays signed");
}

#[test]
fn an_intent_closes_no_ring_and_is_looked_at_when_it_is_signed() {
    let directory = tempfile::tempdir().unwrap();
    let (issuer, subject, aim) = issuing(directory.path());
    let now = Timestamp::now();
    let ada = kept(&issuer, ADA, BOB, &aim);
    let first = awarded(&issuer, &subject, &ada, "first", now).unwrap();
    let begun = interrupted(&issuer, &first, "begun", now);
    let revoked = StatusChange {
        award: first.id.clone(),
        from: AwardStatus::Active,
        to: AwardStatus::Revoked,
        code: "c".to_owned(),
        reason: "r".to_owned(),
        actor: OPERATOR.to_owned(),
        at: now,
    };
    issuer.store.record_status_change(revoked, crate::randomness::entropy().unwrap()).unwrap();
    // Nobody holds a badge of what was only begun.
    let bob = kept(&issuer, BOB, ADA, &aim);
    awarded(&issuer, &subject, &bob, "bob", now).unwrap();
    // Gone on with, it meets what was signed since.
    assert_eq!(awarded(&issuer, &subject, &ada, "begun", now).unwrap_err(), ["ENDORSEMENT_RECIPROCAL"]);
    assert!(issuer.store.forms(&begun.id).unwrap().is_none());
}

/// What others record between looking and recording is looked at too.
#[test]
fn who_vouches_meanwhile_is_seen_before_anything_is_recorded() {
    let directory = tempfile::tempdir().unwrap();
    let (issuer, subject, aim) = issuing(directory.path());
    let now = Timestamp::now();
    let first = awarded(&issuer, &subject, &kept(&issuer, ADA, BOB, &aim), "first", now).unwrap();
    let forms = issuer.store.forms(&first.id).unwrap().unwrap();
    let [bob, eve, zoe] = ["bob", "eve", "zoé"].map(|key| interrupted(&issuer, &first, key, now));
    let issue = |award: &Award, vouched| {
        let entropy = crate::randomness::entropy().unwrap();
        issuer.store.record_issued(&award.id, forms.clone(), Some(vouched), now, entropy)
    };
    let looks = Cell::new(0);
    let record = |award: &Award, vouched, refused: bool| {
        let look = || {
            looks.set(looks.get() + 1);
            if refused {
                return Err(Problem::new(Code::EndorsementReciprocal).into());
            }
            Ok(issuer.store.vouched()?)
        };
        record_vouching(PATIENCE, vouched, look, |vouched, _| issue(award, vouched))
    };
    let before = issuer.store.vouched().unwrap();
    issue(&eve, before).unwrap();
    assert_eq!(codes(record(&bob, before, true)), ["ENDORSEMENT_RECIPROCAL"]);
    assert_eq!(issuer.store.award(&bob.id).unwrap().unwrap().status, AwardStatus::Intended);
    record(&bob, before, false).unwrap();
    assert_eq!(looks.get(), 2);
    // Where others always come first it is said, and nothing is recorded.
    let always = record_vouching(Duration::ZERO, before, || Ok(before), |vouched, _| issue(&zoe, vouched));
    assert_eq!(codes(always), ["VOUCHED_MEANWHILE"]);
    assert_eq!(issuer.store.award(&zoe.id).unwrap().unwrap().status, AwardStatus::Intended);
}

/// Two requests for one award: what one of them has signed the other does not take back, whatever it finds.
#[test]
fn an_award_that_another_request_finished_is_answered_and_not_taken_back() {
    let directory = tempfile::tempdir().unwrap();
    let (issuer, subject, aim) = issuing(directory.path());
    let now = Timestamp::now();
    let mut course = kept(&issuer, ADA, BOB, &aim);
    let first = awarded(&issuer, &subject, &course, "first", now).unwrap();
    interrupted(&issuer, &first, "late", now);
    let draft = json!({"recipient": {"id": ADA.did()}, "evaluations": [course.thread()]});
    let looked = issuer
        .look(
            &subject,
            Draft::of(draft).unwrap(),
            StatusEntry::Kept,
            Some(Idempotency { key: "late".to_owned(), digest: Digest::of(&[b"late"]) }),
            Draws::fresh().unwrap(),
            Act::by_operator(now),
        )
        .unwrap();
    let finished = awarded(&issuer, &subject, &course, "late", now).unwrap();
    course.withdraw(BOB);
    issuer.withdraw_evaluations(course.thread().to_string().as_bytes(), now).unwrap();
    let answered = issuer.carry_out(looked, now).unwrap();
    assert_eq!((&answered.award.id, answered.fresh), (&finished.id, false));
    assert_eq!(issuer.store.award(&finished.id).unwrap().unwrap().recipient, finished.recipient);
    assert_eq!(Some(answered.forms), issuer.store.forms(&finished.id).unwrap());
}

/// What cannot be read could name anybody.
#[test]
fn a_badge_whose_signed_form_is_damaged_stops_the_search() {
    let directory = tempfile::tempdir().unwrap();
    let (issuer, subject, aim) = issuing(directory.path());
    let now = Timestamp::now();
    let first = awarded(&issuer, &subject, &kept(&issuer, ADA, BOB, &aim), "first", now).unwrap();
    assert_eq!(issuer.ring(&CYD.did(), &[ADA.did()]).unwrap(), None);
    let forms = issuer.store.forms(&first.id).unwrap().unwrap();
    let proof = forms["json"].split("\"proofValue\":\"").last().unwrap().as_bytes()[..24].to_vec();
    let mut damaged = 0;
    for file in std::fs::read_dir(directory.path().join("data/store/payloads")).unwrap() {
        let path = file.unwrap().path();
        let mut bytes = std::fs::read(&path).unwrap();
        if let Some(at) = bytes.windows(proof.len()).position(|window| window == proof) {
            bytes[at] ^= 1;
            std::fs::write(&path, bytes).unwrap();
            damaged += 1;
        }
    }
    assert_eq!(damaged, 1);
    let found = issuer.ring(&CYD.did(), &[ADA.did()]);
    assert!(
        matches!(&found, Err(Refusal::Request(found)) if found[0].code == Code::RecordDamaged),
        "{found:?}"
    );
}

#[test]
fn all_awards_of_a_person_are_read_or_it_is_said_that_they_are_not() {
    let directory = tempfile::tempdir().unwrap();
    let (issuer, subject, aim) = issuing(directory.path());
    let now = Timestamp::now();
    let first = awarded(&issuer, &subject, &kept(&issuer, ADA, BOB, &aim), "first", now).unwrap();
    std::thread::scope(|scope| {
        for part in 0..8 {
            let (issuer, first) = (&issuer, &first);
            scope.spawn(move || {
                for number in 0..=crate::store::MAX_PAGE / 8 {
                    interrupted(issuer, first, &format!("{part}-{number}"), now);
                }
            });
        }
    });
    let all = issuer.awards_of(&ADA.did(), &mut people::Budget::default()).unwrap();
    assert_eq!(all.len(), 1 + 8 * (crate::store::MAX_PAGE / 8 + 1));
    let Err(Refusal::Request(problems)) = issuer.awards_of(&ADA.did(), &mut people::Budget::of(1_000)) else {
        panic!("more than were allowed")
    };
    assert_eq!(problems[0].code.as_str(), "RING_NOT_SEARCHED");
}

/// Nothing is said of evaluations that an award does not have.
#[test]
fn an_award_that_is_erased_before_it_is_signed_is_said_to_be_erased() {
    let directory = tempfile::tempdir().unwrap();
    let (issuer, subject, aim) = issuing(directory.path());
    let now = Timestamp::now();
    let course = kept(&issuer, ADA, BOB, &aim);
    let first = awarded(&issuer, &subject, &course, "first", now).unwrap();
    let plain = json!({"recipient": {"id": ADA.did()}});
    let evaluated = json!({"recipient": {"id": ADA.did()}, "evaluations": [course.thread()]});
    for (key, draft, code) in
        [("plain", plain, "AWARD_ERASED"), ("evaluated", evaluated, "EVALUATIONS_CHANGED")]
    {
        let begun = interrupted(&issuer, &first, key, now);
        let idempotency = Idempotency { key: key.to_owned(), digest: Digest::of(&[key.as_bytes()]) };
        let (draft, draws) = (Draft::of(draft).unwrap(), Draws::fresh().unwrap());
        let act = Act::by_operator(now);
        let looked = issuer.look(&subject, draft, StatusEntry::Kept, Some(idempotency), draws, act).unwrap();
        let (code_of, actor) = ("holder-request".to_owned(), OPERATOR.to_owned());
        let erasure = Erasure { award: begun.id, only_intent: false, code: code_of, actor, at: now };
        issuer.store.erase_payload(erasure).unwrap();
        assert_eq!(codes(issuer.carry_out(looked, now)), [code]);
    }
}
