//! Sealed evaluations with a status: what an evaluator takes back no longer counts, though nobody learns who it was.

use badge_schemas::evaluation::{Evaluation, SealedEvaluation, Standing};
use badge_verifier::evaluation::digest;
use serde_json::{Value, json};

use super::documents::{entry, list};
use super::evaluate::{
    A, B, CARRIED, EVALUATION_V1, FIRST, SECOND, assessed, met, own_badge, panel, said, verify,
};
use super::keys::{ENDORSER, GUILD, HOLDER, ISSUER, Key, SECOND_EVALUATOR, STRANGER};
use super::{Case, Differences, Expected, expected};

const WITHDRAWN: (&str, &str) = ("endorsements", "warn ENDORSEMENT_WITHDRAWN");
const DOUBTED: (&str, &str) = ("endorsements", "warn ENDORSEMENT_INDETERMINATE");

/// The entry of one evaluation among others.
fn entry_at(index: &str, purpose: &str) -> Value {
    let mut entry = entry(purpose);
    entry["statusListIndex"] = index.into();
    entry
}

/// A sound evaluation with a status entry.
fn listed(by: Key, organisation: &str, index: &str, purpose: &str) -> Value {
    let standing = vec![Standing::carrying(GUILD.seal(&own_badge(by, GUILD, "6")))];
    let evaluation = Evaluation { standing, ..met() };
    let mut endorsement = said(by, organisation, &evaluation, &HOLDER.did());
    endorsement["credentialStatus"] = entry_at(index, purpose);
    by.seal(&endorsement)
}

fn seal(endorsement: &Value, entry: Option<&Value>) -> Value {
    let seal = SealedEvaluation::new(&met(), digest::of_record(endorsement).unwrap());
    json!(match entry {
        Some(entry) => seal.with_status(entry.clone()),
        None => seal,
    })
}

fn badge_with(seals: &[Value], endorsements: &[Value]) -> Value {
    let mut badge = assessed();
    badge["@context"].as_array_mut().unwrap().push(EVALUATION_V1.into());
    badge["sealedEvaluation"] = seals.into();
    if !endorsements.is_empty() {
        badge["endorsement"] = endorsements.into();
    }
    ISSUER.seal(&badge)
}

fn on_word(quorum: u8) -> String {
    let issuer = ISSUER.did();
    format!("[panel]\nquorum = {quorum}\nsealed = 'on-issuers-word'\nstanding-issuers = ['{issuer}']\n")
}

pub fn cases() -> Vec<Case> {
    let hidden = [(ENDORSER, A, "94"), (SECOND_EVALUATOR, B, "95")]
        .map(|(by, organisation, index)| listed(by, organisation, index, "revocation"));
    let seals = hidden.each_ref().map(|one| seal(one, Some(&one["credentialStatus"])));
    let badge = badge_with(&seals, &[]);
    let none_set = || ISSUER.seal(&list("revocation", &[]));
    let first_set = || ISSUER.seal(&list("revocation", &[94]));
    let outcome = |verdict: &str, differences: Differences<'_>| expected(verdict, &[differences]);
    let mut cases = Vec::new();
    let mut one = |name: &str, lesson: &str, at_hand: Option<Value>, policy: String, outcome: Expected| {
        let case = verify(name, lesson, badge.clone(), outcome).policy(policy);
        cases.push(match at_hand {
            Some(list) => case.list(list),
            None => case,
        });
    };
    one(
        "sealed-in-force",
        "A sealed evaluation has the status of the one it stands for, on a list of the badge's issuer.",
        Some(none_set()),
        on_word(2),
        outcome("valid", &[("endorsements", "pass"), ("panel", "pass")]),
    );
    one(
        "sealed-withdrawn",
        "A sealed evaluation that its evaluator took back is none, whatever the issuer's word counts.",
        Some(first_set()),
        on_word(2),
        outcome("invalid", &[WITHDRAWN, ("panel", "fail PANEL_QUORUM_NOT_MET")]),
    );
    one(
        "sealed-withdrawn-of-enough",
        "Where enough others stand, one that was taken back is warned about.",
        Some(first_set()),
        on_word(1),
        outcome("valid", &[WITHDRAWN, ("panel", "pass")]),
    );
    one(
        "sealed-withdrawn-without-panel",
        "That a sealed evaluation was taken back is told where no panel is asked for, too.",
        Some(first_set()),
        String::new(),
        outcome("valid", &[WITHDRAWN]),
    );
    one(
        "sealed-list-missing",
        "Whether sealed evaluations still stand is not known without their list: the quorum is open.",
        None,
        on_word(2),
        outcome("indeterminate", &[DOUBTED, ("panel", "missing status-list")]),
    );
    one(
        "sealed-list-missing-not-counted",
        "The list of seals that count for nothing is not waited for.",
        None,
        panel(""),
        outcome("invalid", &[DOUBTED, ("panel", "fail PANEL_QUORUM_NOT_MET")]),
    );
    let mut by_stranger = list("revocation", &[]);
    by_stranger["issuer"] = STRANGER.did().into();
    one(
        "sealed-list-of-stranger",
        "A stranger's list does not say that sealed evaluations stand.",
        Some(STRANGER.seal(&by_stranger)),
        on_word(2),
        outcome("indeterminate", &[DOUBTED, ("panel", "undetermined PANEL_QUORUM_NOT_MET")]),
    );
    let mut stale = list("revocation", &[]);
    stale["validUntil"] = "2026-11-20T00:00:00Z".into();
    one(
        "sealed-list-ended",
        "A list whose time is over does not say that sealed evaluations stand.",
        Some(ISSUER.seal(&stale)),
        on_word(2),
        outcome("indeterminate", &[DOUBTED, ("panel", "undetermined PANEL_QUORUM_NOT_MET")]),
    );

    let suspended = [(ENDORSER, A, "94"), (SECOND_EVALUATOR, B, "95")]
        .map(|(by, organisation, index)| listed(by, organisation, index, "suspension"));
    let seals_of = suspended.each_ref().map(|one| seal(one, Some(&one["credentialStatus"])));
    let words = outcome(
        "indeterminate",
        &[("endorsements", "warn RECORD_SUSPENDED"), ("panel", "undetermined PANEL_QUORUM_NOT_MET")],
    );
    let lesson = "A sealed evaluation that is suspended does not count for the time, and who can lift it has not decided.";
    cases.push(
        verify("sealed-suspended", lesson, badge_with(&seals_of, &[]), words)
            .policy(on_word(2))
            .list(ISSUER.seal(&list("suspension", &[94]))),
    );

    let lesson = "A quorum that only lacks a suspended evaluation is open: who can lift the suspension has not decided.";
    let words = outcome(
        "indeterminate",
        &[("endorsements", "warn RECORD_SUSPENDED"), ("panel", "undetermined PANEL_QUORUM_NOT_MET")],
    );
    let mut named = verify("panel-suspended", lesson, badge_with(&[], &suspended), words)
        .policy(panel(""))
        .list(ISSUER.seal(&list("suspension", &[94])));
    for (at, status) in [(FIRST, ("invalid", "fail SUSPENDED")), (SECOND, ("valid", "pass"))] {
        let inner = expected(status.0, &[&[("status", status.1)]]);
        named = named.embedded(at, inner.with_embedded(CARRIED, super::valid(&[])));
    }
    cases.push(named);

    let mut moved = badge.clone();
    moved["sealedEvaluation"][0]["credentialStatus"]["statusListIndex"] = "96".into();
    let lesson = "The place of a sealed evaluation is signed: nobody moves it to one that is not set.";
    let words = super::forged_with(&[("panel", "blocked signature")]);
    cases.push(verify("sealed-moved", lesson, moved, words).policy(on_word(2)).list(first_set()));

    let mut split = badge.clone();
    let whole = &mut split["sealedEvaluation"][0];
    whole["id"] = "_:s".into();
    whole["evaluatedSkill"]["id"] = "_:k".into();
    whole["targetLevel"]["id"] = "_:l".into();
    let mut piece = whole.clone();
    piece.as_object_mut().unwrap().remove("credentialStatus");
    split["sealedEvaluation"].as_array_mut().unwrap().insert(0, piece);
    let lesson = "A seal that is written in two pieces, the first without the status, keeps its quads and does not count.";
    let words = outcome(
        "invalid",
        &[("conformance", "fail MALFORMED_VALUE"), WITHDRAWN, ("panel", "fail PANEL_QUORUM_NOT_MET")],
    );
    cases.push(verify("sealed-in-pieces", lesson, split, words).policy(on_word(2)).list(first_set()));

    let without = seal(&hidden[0], None);
    let lesson = "An evaluation that its issuer sealed twice, once without the status, does not count.";
    let words = outcome("invalid", &[("endorsements", "pass"), ("panel", "fail PANEL_QUORUM_NOT_MET")]);
    let contradicted = badge_with(&[without, seals[0].clone(), seals[1].clone()], &[]);
    cases.push(
        verify("sealed-twice-otherwise", lesson, contradicted, words).policy(on_word(2)).list(none_set()),
    );

    let elsewhere = seal(&hidden[0], Some(&entry_at("97", "revocation")));
    let lesson =
        "An issuer that seals an evaluation under a place of its choice is found out when it is opened.";
    let words = outcome("invalid", &[("endorsements", "pass"), ("panel", "fail PANEL_QUORUM_NOT_MET")]);
    let opened = badge_with(&[elsewhere, seals[1].clone()], &hidden);
    let mut listed =
        verify("sealed-elsewhere-opened", lesson, opened, words).policy(panel("")).list(none_set());
    for index in 0..2 {
        let inner = expected("valid", &[&[("status", "pass")]])
            .with_embedded(super::evaluate::CARRIED, super::valid(&[]));
        listed = listed.embedded(&format!("/endorsement/{index}"), inner);
    }
    cases.push(listed);
    cases
}
