//! Status: revoked, suspended, unknown, and every way in which a list cannot be relied on.

use badge_verifier::snapshot::ResourceKind;
use badge_verifier::status_list::{StatusIndex, Width, bitstring};
use serde_json::{Value, json};

use super::documents::{
    BADGE_ID, EXTENSIONS, LIST_URL, OB, V2, badge, badge_with, badge_with_status, entry, list, list_of,
};
use super::keys::{HOLDER, ISSUER, LIST_KEEPER, STRANGER};
use super::{Case, case, expected, not_authentic};
use crate::support::{Body, Expected, Input};

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    meanings(&mut cases);
    unknown(&mut cases);
    unreliable(&mut cases);
    entries(&mut cases);
    several(&mut cases);
    hidden(&mut cases);
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
    pointing["credentialStatus"]["statusListCredential"] = "https://cfa.example/status/2".into();
    cases.push(with_list(
        "status-list-with-status",
        "The status of a status list is not followed: one level only.",
        ISSUER.seal(&pointing),
        "pass",
    ));
    let mut own = list("revocation", &[]);
    own["credentialStatus"] = entry("revocation");
    cases.push(with_list(
        "status-list-points-to-itself",
        "A list that has its own place in itself is read like any other.",
        ISSUER.seal(&own),
        "pass",
    ));
    let mut sized = list("revocation", &[]);
    sized["credentialSubject"]["statusSize"] = 2.into();
    cases.push(
        verify(
            "status-list-other-size",
            "A list that counts in other steps than the entry says nothing about it.",
            &badge_with_status(),
            "undetermined STATUS_VERIFICATION_ERROR",
        )
        .at_hand(ResourceKind::StatusList, LIST_URL, Body::Text(ISSUER.vc_jwt(&sized))),
    );

    cases.push(with_entry(
        "status-message",
        "Entries of two bits carry messages: they are told, and decide nothing.",
        message(&["en cours", "dossier complété", "recours", "clos"]),
        wide("message", &[(94, 1)]),
        "warn STATUS_MESSAGE",
    ));
    cases.push(with_entry(
        "status-message-zero",
        "Zero may carry a message, too.",
        message(&["en cours", "dossier complété", "recours", "clos"]),
        wide("message", &[(93, 3), (95, 3)]),
        "warn STATUS_MESSAGE",
    ));
    cases.push(with_entry(
        "status-message-undefined",
        "Zero with a message that is left undefined says nothing.",
        message(&["undefined", "dossier complété", "recours", "clos"]),
        wide("message", &[(93, 3), (95, 3)]),
        "pass",
    ));
    cases.push(with_entry(
        "status-message-one-bit",
        "A message of one bit is set or unset; set is told.",
        entry("message"),
        ISSUER.seal(&list("message", &[94])),
        "warn STATUS_MESSAGE",
    ));
    cases.push(with_entry(
        "status-message-one-bit-unset",
        "A message of one bit that is not set says nothing.",
        entry("message"),
        ISSUER.seal(&list("message", &[93])),
        "pass",
    ));
    let mut two_bits = message(&["actif", "en appel", "retiré", "undefined"]);
    two_bits["statusPurpose"] = "revocation".into();
    cases.push(with_entry(
        "status-revoked-with-message",
        "Whatever message a value has, for revocation every value but zero is a revocation.",
        two_bits,
        wide("revocation", &[(94, 2)]),
        "fail REVOKED",
    ));
    cases.push(with_entry(
        "status-refresh",
        "That there is a newer badge does not invalidate this one.",
        entry("refresh"),
        ISSUER.seal(&list("refresh", &[94])),
        "warn STATUS_REFRESH",
    ));
    cases.push(with_entry(
        "status-purpose-unknown",
        "A set bit for a purpose that is not known means something to somebody: no pass.",
        entry("embargo"),
        ISSUER.seal(&list("embargo", &[94])),
        "undetermined STATUS_MEANING_UNKNOWN",
    ));
    cases.push(with_entry(
        "status-purpose-unknown-unset",
        "A purpose that is not known and not set is no obstacle.",
        entry("embargo"),
        ISSUER.seal(&list("embargo", &[])),
        "pass",
    ));
    let mut kind_in_array = entry("revocation");
    kind_in_array["type"] = json!(["BitstringStatusListEntry"]);
    cases.push(
        verify(
            "status-type-in-array",
            "An array of one type is that type.",
            &plain(&kind_in_array),
            "fail REVOKED",
        )
        .list(revoked()),
    );
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

/// Place 94 of a list with entries of two bits.
fn message(texts: &[&str]) -> Value {
    let mut entry = entry("message");
    entry["statusSize"] = 2.into();
    entry["statusMessage"] = texts
        .iter()
        .enumerate()
        .map(|(status, text)| json!({"status": format!("0x{status:x}"), "message": text}))
        .collect();
    entry["statusReference"] = "https://cfa.example/statuts".into();
    entry
}

/// A list with entries of two bits.
fn wide(purpose: &str, statuses: &[(u64, u8)]) -> Value {
    let width = Width::new(2).unwrap();
    let mut index = StatusIndex::empty(131_072, width);
    statuses.iter().for_each(|(place, status)| index.set(*place, width, *status).unwrap());
    ISSUER.seal(&list_of(purpose, &bitstring::encode(&index)))
}

/// A credential that is no badge and may have several entries, which Open Badges does not allow.
fn plain(status: &Value) -> Value {
    json!({
        "@context": [V2],
        "id": BADGE_ID,
        "type": ["VerifiableCredential"],
        "issuer": ISSUER.did(),
        "validFrom": "2026-11-02T09:00:00Z",
        "credentialSubject": {"id": HOLDER.did()},
        "credentialStatus": status,
    })
}

/// Two entries, each in its own list.
fn several(cases: &mut Vec<Case>) {
    let other_url = "https://cfa.example/status/2";
    let other_list = |set: &[u64]| {
        let mut other = list("suspension", set);
        other["id"] = other_url.into();
        ISSUER.seal(&other)
    };
    let mut suspension = entry("suspension");
    suspension["statusListCredential"] = other_url.into();
    let two = plain(&json!([entry("revocation"), suspension]));
    let good = ISSUER.seal(&list("revocation", &[]));
    let with = |name: &str, lesson: &str, second: Option<Body>, words: &str| {
        let case = verify(name, lesson, &two, words).list(good.clone());
        match second {
            Some(body) => case.at_hand(ResourceKind::StatusList, other_url, body),
            None => case,
        }
    };
    cases.push(with(
        "status-two-entries",
        "Of two entries that are not set, neither stands in the way.",
        Some(Body::Json(other_list(&[]))),
        "pass",
    ));
    cases.push(with(
        "status-two-entries-suspended",
        "Of two entries, the worse one counts.",
        Some(Body::Json(other_list(&[94]))),
        "fail SUSPENDED",
    ));
    cases.push(with(
        "status-two-entries-one-missing",
        "Of two lists, both must be at hand.",
        None,
        "missing status-list",
    ));
    cases.push(with(
        "status-two-entries-one-unreachable",
        "Of two lists, one that says nothing against the badge does not make up for one that cannot be had.",
        Some(Body::Failure("time-out".into())),
        "undetermined STATUS_RETRIEVAL_ERROR",
    ));
    cases.push(
        verify(
            "status-entry-twice",
            "An entry given twice is looked up twice.",
            &plain(&json!([entry("revocation"), entry("revocation")])),
            "fail REVOKED",
        )
        .list(ISSUER.seal(&list("revocation", &[94]))),
    );
    let mut next = entry("revocation");
    next["statusListIndex"] = "95".into();
    cases.push(
        verify(
            "status-entries-disagree",
            "Two entries for the same purpose that disagree: the worse one counts.",
            &plain(&json!([next, entry("revocation")])),
            "fail REVOKED",
        )
        .list(ISSUER.seal(&list("revocation", &[94]))),
    );
    cases.push(
        verify(
            "status-five-entries",
            "More entries than anybody needs are not followed.",
            &plain(&json!([1, 2, 3, 4, 5].map(|n| {
                let mut entry = entry("revocation");
                entry["statusListIndex"] = n.to_string().into();
                entry
            }))),
            "fail STATUS_ENTRY_MALFORMED",
        )
        .list(good.clone()),
    );
}

/// Changes under the signature that hide an entry from readers of the JSON.
fn hidden(cases: &mut Vec<Case>) {
    let revoked = || ISSUER.seal(&list("revocation", &[94]));
    let sealed = ISSUER.seal(&plain(&entry("revocation")));
    let moved = |change: &dyn Fn(&mut Value, Value)| {
        let mut badge = sealed.clone();
        let entry = badge.as_object_mut().unwrap().remove("credentialStatus").unwrap();
        change(&mut badge, entry);
        badge
    };
    let mut with = |name: &str, lesson: &str, badge: Value, outcome: Expected| {
        cases.push(case("hostile", name, lesson, Input::Json(badge), outcome).list(revoked()));
    };
    with(
        "status-in-one-array",
        "An array around the one entry changes nothing.",
        moved(&|badge, entry| badge["credentialStatus"] = json!([entry])),
        status("fail REVOKED"),
    );
    with(
        "status-in-two-arrays",
        "An entry in an array in an array is no absent entry.",
        moved(&|badge, entry| badge["credentialStatus"] = json!([[entry]])),
        status("fail STATUS_ENTRY_MALFORMED").and(&[("conformance", "fail MALFORMED_VALUE")]),
    );
    with(
        "status-in-a-set",
        "An entry in a set is no absent entry.",
        moved(&|badge, entry| badge["credentialStatus"] = json!({"@set": [entry]})),
        status("fail STATUS_ENTRY_MALFORMED").and(&[("conformance", "fail MALFORMED_VALUE")]),
    );
    with(
        "status-under-its-iri",
        "An entry under the IRI of its property keeps its quads and is refused all the same.",
        moved(&|badge, entry| badge["https://www.w3.org/2018/credentials#credentialStatus"] = entry),
        not_authentic(&[("conformance", "fail JSONLD_INVALID"), ("signature", "fail JSONLD_INVALID")]),
    );
    with(
        "status-nested",
        "An entry that is moved out of sight keeps its quads and is refused all the same.",
        moved(&|badge, entry| badge["@nest"] = json!({"credentialStatus": entry})),
        not_authentic(&[("conformance", "fail JSONLD_INVALID"), ("signature", "fail JSONLD_INVALID")]),
    );
    with(
        "status-removed",
        "A badge without the entry it was signed with is another badge.",
        moved(&|_, _| ()),
        not_authentic(&[("signature", "fail SIGNATURE_INVALID")]),
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
    let suspended = |name, lesson, words| {
        with_entry(name, lesson, entry("suspension"), ISSUER.seal(&list("suspension", &[94])), words)
            .fetched("2026-11-20T00:00:00Z")
    };
    cases.push(suspended(
        "status-stale-suspended",
        "A list that said “suspended” days ago does not say whether that still holds.",
        "undetermined STATUS_LIST_STALE",
    ));
    cases.push(
        suspended(
            "status-stale-suspended-allowed",
            "A policy that accepts old lists accepts that they say “suspended”.",
            "fail SUSPENDED",
        )
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
    let short = bitstring::encode(&StatusIndex::empty(131_064, Width::ONE));
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
        "Entries of more than eight bits are not read: what they say is not known.",
        with("statusSize", 9.into()),
        sound(),
        "undetermined STATUS_TYPE_UNSUPPORTED",
    ));
    cases.push(with_entry(
        "status-size-too-large-for-list",
        "A list must be long enough for the size of its entries.",
        message(&["en cours", "dossier complété", "recours", "clos"]),
        ISSUER.seal(&list("message", &[])),
        "undetermined STATUS_LIST_LENGTH_ERROR",
    ));
    cases.push(with_entry(
        "status-index-huge",
        "An index of any size is an index, and beyond every list.",
        with("statusListIndex", "99999999999999999999999999".into()),
        sound(),
        "fail STATUS_RANGE_ERROR",
    ));
    for (name, lesson, index) in [
        ("signed", "An index has no sign.", json!("+94")),
        ("fraction", "An index in an entry is whole.", json!("94.0")),
        ("hexadecimal", "An index in an entry is in base 10.", json!("0x5e")),
        ("true", "An index in an entry is a number.", json!(true)),
    ] {
        cases.push(with_entry(
            &format!("status-index-{name}"),
            lesson,
            with("statusListIndex", index),
            sound(),
            malformed,
        ));
    }
    cases.push(with_entry(
        "status-entry-id-is-list",
        "An entry is not the list it stands in.",
        with("id", LIST_URL.into()),
        sound(),
        malformed,
    ));
    cases.push(with_entry(
        "status-purpose-array",
        "An entry has one purpose.",
        with("statusPurpose", json!(["revocation", "suspension"])),
        sound(),
        malformed,
    ));
    let two_types = with("type", json!(["BitstringStatusListEntry", "https://cfa.example/ns#OtherStatus"]));
    cases.push(
        verify("status-two-types", "An entry has one type.", &plain(&two_types), malformed).list(sound()),
    );
    let messages = |name: &str, lesson: &str, change: &dyn Fn(&mut Value)| {
        let mut entry = message(&["en cours", "dossier complété", "recours", "clos"]);
        change(&mut entry);
        with_entry(name, lesson, entry, wide("message", &[]), malformed)
    };
    cases.push(messages(
        "status-message-missing",
        "Entries of more than one bit say what their values mean.",
        &|entry| _ = entry.as_object_mut().unwrap().remove("statusMessage"),
    ));
    cases.push(messages("status-message-incomplete", "There are as many messages as values.", &|entry| {
        _ = entry["statusMessage"].as_array_mut().unwrap().pop()
    }));
    cases.push(messages("status-message-ambiguous", "No value has two messages.", &|entry| {
        entry["statusMessage"][3]["status"] = "0x2".into()
    }));
    cases.push(messages(
        "status-message-beyond",
        "No message is for a value that the entry cannot have.",
        &|entry| entry["statusMessage"][3]["status"] = "0x4".into(),
    ));
    cases.push(messages("status-message-decimal", "The value of a message is hexadecimal.", &|entry| {
        entry["statusMessage"][3]["status"] = "3".into()
    }));
    cases.push(messages("status-message-without-text", "A message has a text.", &|entry| {
        _ = entry["statusMessage"][3].as_object_mut().unwrap().remove("message")
    }));
    let two_of_one_bit = json!([{"status": "0x0", "message": "actif"}]);
    cases.push(with_entry(
        "status-message-half",
        "Entries of one bit have two messages or none.",
        with("statusMessage", two_of_one_bit),
        sound(),
        malformed,
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
