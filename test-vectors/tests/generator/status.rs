//! Status: revoked, suspended, unknown, and every way in which a list cannot be relied on.

use badge_verifier::snapshot::ResourceKind;
use badge_verifier::status_list::StatusList;
use serde_json::{Value, json};

use super::documents::{
    BADGE_ID, EXTENSIONS, LIST_URL, OB, V2, badge, badge_with, badge_with_status, entry, list, list_of,
};
use super::keys::{ISSUER, LIST_KEEPER, STRANGER};
use super::{Case, case, expected};
use crate::support::{Body, Expected, Input};

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    meanings(&mut cases);
    unknown(&mut cases);
    unreliable(&mut cases);
    entries(&mut cases);
    legacy(&mut cases);
    cases
}

/// The verdict that follows from the outcome of this check alone.
fn status(words: &str) -> Expected {
    let verdict = match words.split(' ').next() {
        Some("fail") => "invalid",
        Some("missing" | "undetermined") => "indeterminate",
        _ => "valid",
    };
    expected(verdict, &[&[("status", words)]])
}

fn verify(name: &str, lesson: &str, badge: &Value, words: &str) -> Case {
    case("verify", name, lesson, Input::Json(ISSUER.seal(badge)), status(words))
}

/// A badge with the usual entry, and this list.
fn with_list(name: &str, lesson: &str, list: Value, words: &str) -> Case {
    verify(name, lesson, &badge_with_status(), words).list(list)
}

fn with_entry(name: &str, lesson: &str, entry: Value, list: Value, words: &str) -> Case {
    verify(name, lesson, &badge_with(|badge| badge["credentialStatus"] = entry), words).list(list)
}

fn meanings(cases: &mut Vec<Case>) {
    let good = || ISSUER.seal(&list("revocation", &[93, 95]));
    let revoked = || ISSUER.seal(&list("revocation", &[94]));
    cases.push(with_list(
        "status-good",
        "A badge whose place in the list is not set is in force.",
        good(),
        "pass",
    ));
    cases.push(with_list("status-revoked", "A revoked badge is invalid.", revoked(), "fail REVOKED"));
    cases.push(
        with_list(
            "status-revoked-at-past",
            "As of an earlier moment, a revoked badge is still revoked.",
            revoked(),
            "fail REVOKED",
        )
        .at("2026-11-02T00:00:00Z"),
    );
    cases.push(with_entry(
        "status-suspended",
        "A suspended badge is invalid while it is suspended.",
        entry("suspension"),
        ISSUER.seal(&list("suspension", &[94])),
        "fail SUSPENDED",
    ));
    cases.push(with_entry(
        "status-not-suspended",
        "A badge that can be suspended and is not is in force.",
        entry("suspension"),
        ISSUER.seal(&list("suspension", &[])),
        "pass",
    ));
    let mut number = entry("revocation");
    number["statusListIndex"] = 94.into();
    cases.push(with_entry(
        "status-index-integer",
        "An index written as a number is read.",
        number.clone(),
        revoked(),
        "fail REVOKED",
    ));
    cases.push(with_entry(
        "status-index-integer-good",
        "An index written as a number is read where nothing is set, too.",
        number,
        good(),
        "pass",
    ));
    cases.push(
        verify("status-list-jwt", "A status list may be a token.", &badge_with_status(), "fail REVOKED")
            .at_hand(
                ResourceKind::StatusList,
                LIST_URL,
                Body::Text(ISSUER.vc_jwt(&list("revocation", &[94]))),
            ),
    );
    let mut both = list("revocation", &[94]);
    both["credentialSubject"]["statusPurpose"] = json!(["suspension", "revocation"]);
    cases.push(with_list(
        "status-several-purposes",
        "A list may serve several purposes.",
        ISSUER.seal(&both),
        "fail REVOKED",
    ));
    let mut pointing = list("revocation", &[]);
    pointing["credentialStatus"] = entry("revocation");
    cases.push(with_list(
        "status-list-with-status",
        "The status of a status list is not followed: one level only.",
        ISSUER.seal(&pointing),
        "pass",
    ));

    let mut message = entry("message");
    message["statusListIndex"] = "47".into();
    message["statusSize"] = 2.into();
    message["statusMessage"] = json!([{"status": "0x0", "message": "en cours"}, {"status": "0x1", "message": "dossier complété"},
        {"status": "0x2", "message": "recours"}, {"status": "0x3", "message": "clos"}]);
    let wide = |set: &[u64]| {
        let mut bits = StatusList::empty(262_144);
        set.iter().for_each(|bit| bits.set(*bit, true).unwrap());
        ISSUER.seal(&list_of("message", &bits.encode()))
    };
    cases.push(with_entry(
        "status-message",
        "Entries of two bits carry messages: they are told, and decide nothing.",
        message.clone(),
        wide(&[95]),
        "warn STATUS_MESSAGE",
    ));
    message.as_object_mut().unwrap().remove("statusMessage");
    cases.push(with_entry(
        "status-message-zero",
        "Zero without a message says nothing.",
        message,
        wide(&[93, 96]),
        "pass",
    ));
    cases.push(
        case(
            "verify",
            "status-missing-entry",
            "A policy may insist on a status.",
            Input::Json(ISSUER.seal(&badge())),
            status("fail STATUS_MISSING"),
        )
        .policy("require-status = true\n"),
    );
    cases.push(
        with_list(
            "status-required",
            "A badge with a status satisfies a policy that insists on one.",
            good(),
            "pass",
        )
        .policy("require-status = true\n"),
    );
}

fn unknown(cases: &mut Vec<Case>) {
    let badge = badge_with_status();
    cases.push(verify(
        "status-missing",
        "A list that is not at hand must be fetched first.",
        &badge,
        "missing status-list",
    ));
    let unreachable = |name, lesson, words| {
        verify(name, lesson, &badge, words).at_hand(
            ResourceKind::StatusList,
            LIST_URL,
            Body::Failure("time-out".into()),
        )
    };
    cases.push(unreachable(
        "status-unreachable",
        "“We could not look” is never “not revoked”.",
        "undetermined STATUS_RETRIEVAL_ERROR",
    ));
    cases.push(
        unreachable(
            "status-unreachable-warn",
            "A policy may accept a list that cannot be had, with a warning.",
            "warn STATUS_RETRIEVAL_ERROR",
        )
        .policy("unreachable-status = \"warn\"\n"),
    );
    cases.push(
        unreachable(
            "status-unreachable-fail",
            "A policy may refuse a badge whose list cannot be had.",
            "fail STATUS_RETRIEVAL_ERROR",
        )
        .policy("unreachable-status = \"fail\"\n"),
    );
    let old = |name, lesson, words| {
        with_list(name, lesson, ISSUER.seal(&list("revocation", &[])), words).fetched("2026-11-20T00:00:00Z")
    };
    cases.push(
        with_list(
            "status-from-the-future",
            "A list said to be fetched in the future is not fresh for ever.",
            ISSUER.seal(&list("revocation", &[])),
            "undetermined STATUS_LIST_STALE",
        )
        .fetched("2099-01-01T00:00:00Z"),
    );
    cases.push(old(
        "status-stale",
        "A list fetched days ago leaves the verdict open.",
        "undetermined STATUS_LIST_STALE",
    ));
    cases.push(
        old(
            "status-stale-warn",
            "A policy may accept an old list, with a warning.",
            "warn STATUS_LIST_STALE",
        )
        .policy("stale-status = \"warn\"\n"),
    );
    cases.push(
        old("status-stale-fail", "A policy may refuse a badge whose list is old.", "fail STATUS_LIST_STALE")
            .policy("stale-status = \"fail\"\n"),
    );
    cases.push(
        old("status-stale-allowed", "A policy says how old is old.", "pass")
            .policy("status-max-age-seconds = 864000\n"),
    );
    cases.push(
        with_list(
            "status-stale-revoked",
            "A list that says “revoked” is believed even when it is old.",
            ISSUER.seal(&list("revocation", &[94])),
            "fail REVOKED",
        )
        .fetched("2026-11-20T00:00:00Z")
        .policy("stale-status = \"warn\"\n"),
    );
    let mut ended = list("revocation", &[]);
    ended["validUntil"] = "2026-11-21T00:00:00Z".into();
    cases.push(with_list(
        "status-list-expired",
        "A list past its own validUntil is out of date, however fresh the copy.",
        ISSUER.seal(&ended),
        "undetermined STATUS_LIST_STALE",
    ));
    let mut early = list("revocation", &[]);
    early["validFrom"] = "2026-11-23T00:00:00Z".into();
    cases.push(with_list(
        "status-list-not-yet-valid",
        "A list before its own validFrom cannot be relied on.",
        ISSUER.seal(&early),
        "undetermined STATUS_LIST_STALE",
    ));
    let mut short = list("revocation", &[]);
    short["credentialSubject"]["ttl"] = 300_000.into();
    cases.push(with_list(
        "status-ttl",
        "A list says how long a copy may be kept.",
        ISSUER.seal(&short),
        "undetermined STATUS_LIST_STALE",
    ));
}

fn unreliable(cases: &mut Vec<Case>) {
    let unverified = "undetermined STATUS_VERIFICATION_ERROR";
    cases.push(with_list(
        "status-list-wrong-purpose",
        "A list of suspensions says nothing about revocation.",
        ISSUER.seal(&list("suspension", &[])),
        "undetermined STATUS_PURPOSE_MISMATCH",
    ));
    let mut keepers = list("revocation", &[]);
    keepers["issuer"] = LIST_KEEPER.did().into();
    let keepers = LIST_KEEPER.seal(&keepers);
    cases.push(with_list(
        "status-list-of-another",
        "Another body's list counts only where policy says so.",
        keepers.clone(),
        "undetermined STATUS_ISSUER_MISMATCH",
    ));
    let delegation = |issuer: &str| {
        format!("[[status-issuers]]\nissuer = \"{issuer}\"\nlist-issuer = \"{}\"\n", LIST_KEEPER.did())
    };
    cases.push(
        with_list(
            "status-list-delegated",
            "A policy may let another body keep an issuer's lists.",
            keepers.clone(),
            "pass",
        )
        .policy(delegation(&ISSUER.did())),
    );
    cases.push(
        with_list(
            "status-list-delegated-by-another",
            "A delegation holds for the issuer it names and no other.",
            keepers,
            "undetermined STATUS_ISSUER_MISMATCH",
        )
        .policy(delegation(&STRANGER.did())),
    );
    let mut other = list("revocation", &[]);
    other["id"] = "https://cfa.example/status/2".into();
    cases.push(with_list(
        "status-list-other-id",
        "A list with another id is another list.",
        ISSUER.seal(&other),
        unverified,
    ));
    let mut tampered = ISSUER.seal(&list("revocation", &[94]));
    tampered["credentialSubject"]["encodedList"] =
        list("revocation", &[])["credentialSubject"]["encodedList"].clone();
    cases.push(with_list("status-list-tampered", "A changed list proves nothing.", tampered, unverified));
    cases.push(with_list(
        "status-list-unsigned",
        "An unsigned list proves nothing.",
        list("revocation", &[]),
        unverified,
    ));
    cases.push(with_list(
        "status-list-forged",
        "A list signed by somebody else in the issuer's name proves nothing.",
        STRANGER.seal(&list("revocation", &[])),
        unverified,
    ));
    cases.push(with_list(
        "status-list-is-a-badge",
        "Another signed document in the place of the list proves nothing.",
        ISSUER.seal(&badge()),
        unverified,
    ));
    cases.push(
        verify(
            "status-list-not-json",
            "A page in the place of the list proves nothing.",
            &badge_with_status(),
            unverified,
        )
        .at_hand(
            ResourceKind::StatusList,
            LIST_URL,
            Body::Text("<!doctype html><title>404</title>".into()),
        ),
    );
    let short = StatusList::empty(131_064).encode();
    cases.push(with_list(
        "status-list-too-short",
        "A list with fewer entries than privacy requires is refused.",
        ISSUER.seal(&list_of("revocation", &short)),
        "undetermined STATUS_LIST_LENGTH_ERROR",
    ));
}

fn entries(cases: &mut Vec<Case>) {
    let sound = || ISSUER.seal(&list("revocation", &[]));
    let malformed = "fail STATUS_ENTRY_MALFORMED";
    let with = |name: &str, value: Value| {
        let mut entry = entry("revocation");
        entry[name] = value;
        entry
    };
    cases.push(with_entry(
        "status-index-out-of-range",
        "An index beyond the list is an error of the badge.",
        with("statusListIndex", "131072".into()),
        sound(),
        "fail STATUS_RANGE_ERROR",
    ));
    cases.push(with_entry(
        "status-index-negative",
        "An index is not negative.",
        with("statusListIndex", "-1".into()),
        sound(),
        malformed,
    ));
    cases.push(with_entry(
        "status-size-zero",
        "Entries of no bits say nothing.",
        with("statusSize", 0.into()),
        sound(),
        malformed,
    ));
    cases.push(with_entry(
        "status-size-nine",
        "Entries of more than eight bits are not read.",
        with("statusSize", 9.into()),
        sound(),
        malformed,
    ));
    cases.push(with_entry(
        "status-size-too-large-for-list",
        "A list must be long enough for the size of its entries.",
        with("statusSize", 2.into()),
        sound(),
        "undetermined STATUS_LIST_LENGTH_ERROR",
    ));
    let other = json!({"id": "https://cfa.example/status/9", "type": "https://cfa.example/ns#OtherStatus"});
    cases.push(verify(
        "status-type-unknown",
        "A status of an unknown kind leaves the verdict open.",
        &badge_with(|badge| badge["credentialStatus"] = other),
        "undetermined STATUS_TYPE_UNSUPPORTED",
    ));
}

fn legacy(cases: &mut Vec<Case>) {
    let url = "https://cfa.example/revocations.json";
    let badge = badge_with(|badge| {
        badge["@context"] = json!([V2, OB, EXTENSIONS]);
        badge["credentialStatus"] = json!({"id": url, "type": "1EdTechRevocationList"});
    });
    let case = |name, lesson, issuer: &str, revoked: Value, words| {
        let list = json!({"@context": [V2], "id": url, "issuer": issuer, "revokedCredential": revoked});
        verify(name, lesson, &badge, words).at_hand(ResourceKind::StatusList, url, Body::Json(list))
    };
    let line = |id: &str, revoked: bool| json!([{"id": id, "revoked": revoked}]);
    let own = &ISSUER.did();
    cases.push(case(
        "legacy-revoked",
        "The older revocation list is read: what it names is revoked.",
        own,
        line(BADGE_ID, true),
        "fail REVOKED",
    ));
    cases.push(case(
        "legacy-good",
        "The older revocation list is read: what it does not name is in force.",
        own,
        line("urn:uuid:5b6f1c1e-6a0f-4f0e-9a53-0c2f5d7a1b77", true),
        "pass",
    ));
    cases.push(case(
        "legacy-reinstated",
        "The older revocation list may take a revocation back.",
        own,
        line(BADGE_ID, false),
        "pass",
    ));
    cases.push(case(
        "legacy-revoked-by-default",
        "A line without “revoked” revokes.",
        own,
        json!([{"id": BADGE_ID}]),
        "fail REVOKED",
    ));
    cases.push(case(
        "legacy-of-another",
        "Another issuer's revocation list says nothing.",
        &STRANGER.did(),
        json!([]),
        "undetermined STATUS_VERIFICATION_ERROR",
    ));
    cases.push(
        case(
            "legacy-stale",
            "An old copy of the older list is as stale as any other.",
            own,
            json!([]),
            "undetermined STATUS_LIST_STALE",
        )
        .fetched("2026-11-20T00:00:00Z"),
    );
    cases.push(
        case(
            "legacy-stale-revoked",
            "An old copy of the older list is believed when it says “revoked”.",
            own,
            line(BADGE_ID, true),
            "fail REVOKED",
        )
        .fetched("2026-11-20T00:00:00Z"),
    );
    cases.push(verify(
        "legacy-missing",
        "The older list must be fetched first, too.",
        &badge,
        "missing status-list",
    ));
}
