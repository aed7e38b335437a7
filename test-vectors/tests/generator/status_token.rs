//! Status by the IETF's lists, in tokens that carry the claim `status`; and what holds for both kinds of lists together.

use badge_verifier::snapshot::ResourceKind;
use badge_verifier::status_list::StatusIndex;
use badge_verifier::status_list::token::{self, Bits};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::documents::{LIST_URL, badge, badge_with, badge_with_status, entry, list};
use super::keys::{ISSUER, Key, LIST_KEEPER, STRANGER, base64url, claims};
use super::{Case, case, expected, unreadable};
use crate::support::{Body, Expected, Input};

pub const TOKEN_URL: &str = "https://cfa.example/status-tokens/1";

/// Place of the badge; read from the other end of its byte it would be 89.
const PLACE: u64 = 94;

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    meanings(&mut cases);
    ages(&mut cases);
    unreliable(&mut cases);
    references(&mut cases);
    both(&mut cases);
    compressed(&mut cases);
    cases
}

/// The badge with a claim `status`.
fn referring_to(claim: Value) -> Value {
    badge_with(|badge| badge["status"] = claim)
}

fn reference() -> Value {
    json!({"status_list": {"idx": PLACE, "uri": TOKEN_URL}})
}

fn referring() -> Input {
    Input::Text(ISSUER.vc_jwt(&referring_to(reference())))
}

/// The claims of a list with some statuses, of a thousand entries.
fn claims_of(bits: Bits, statuses: &[(u64, u8)]) -> Value {
    let mut index = StatusIndex::empty(1000, bits.width());
    statuses.iter().for_each(|(place, status)| index.set(*place, bits.width(), *status).unwrap());
    claims_with(bits.width().bits(), &token::encode(&index, bits))
}

fn claims_with(bits: u64, lst: &str) -> Value {
    json!({
        "sub": TOKEN_URL,
        "iat": second("2026-11-22T08:00:00Z"),
        "exp": second("2026-11-23T08:00:00Z"),
        "ttl": 43_200,
        "status_list": {"bits": bits, "lst": lst},
    })
}

fn second(time: &str) -> i64 {
    time.parse::<jiff::Timestamp>().unwrap().as_second()
}

fn signed(key: Key, claims: &Value) -> String {
    typed(key, "statuslist+jwt", claims)
}

fn typed(key: Key, typ: &str, claims: &Value) -> String {
    key.token(&json!({"alg": "EdDSA", "kid": key.method(), "typ": typ}), claims)
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

fn verify(name: &str, lesson: &str, input: Input, words: &str) -> Case {
    case("verify", name, lesson, input, status(words))
}

/// The usual badge, and this token at its list's address.
fn with_token(name: &str, lesson: &str, token: impl Into<String>, words: &str) -> Case {
    verify(name, lesson, referring(), words).token(token)
}

impl Case {
    fn token(self, token: impl Into<String>) -> Self {
        self.at_hand(ResourceKind::StatusListToken, TOKEN_URL, Body::Text(token.into()))
    }
}

const REVOKED: &str = "fail REVOKED";
const STALE: &str = "undetermined STATUS_LIST_STALE";
const UNVERIFIED: &str = "undetermined STATUS_VERIFICATION_ERROR";
const MALFORMED: &str = "fail STATUS_ENTRY_MALFORMED";

fn valid_list() -> Value {
    claims_of(Bits::One, &[(89, 1), (93, 1), (95, 1)])
}

fn revoked_list() -> Value {
    claims_of(Bits::One, &[(PLACE, 1)])
}

fn meanings(cases: &mut Vec<Case>) {
    let mut with = |name: &str, lesson: &str, list: &Value, words: &str| {
        cases.push(with_token(name, lesson, signed(ISSUER, list), words));
    };
    with(
        "status-token-valid",
        "In a token's list the first entry is the least significant bit: neither the neighbours nor the mirrored place count.",
        &valid_list(),
        "pass",
    );
    with("status-token-invalid", "0x01 means revoked.", &revoked_list(), REVOKED);
    with(
        "status-token-suspended",
        "0x02 means suspended.",
        &claims_of(Bits::Two, &[(PLACE, 2)]),
        "fail SUSPENDED",
    );
    with(
        "status-token-two-bits-neighbours",
        "Entries of two bits are counted from the least significant end of each byte.",
        &claims_of(Bits::Two, &[(93, 1), (95, 3), (92, 2)]),
        "pass",
    );
    with(
        "status-token-four-bits",
        "Entries of four bits are read.",
        &claims_of(Bits::Four, &[(95, 15), (PLACE, 1)]),
        REVOKED,
    );
    with(
        "status-token-application-specific",
        "0x03 means something to somebody else: no pass.",
        &claims_of(Bits::Two, &[(PLACE, 3)]),
        "undetermined STATUS_MEANING_UNKNOWN",
    );
    with(
        "status-token-unregistered",
        "A status that nobody has defined yet is no pass.",
        &claims_of(Bits::Eight, &[(PLACE, 0x80)]),
        "undetermined STATUS_MEANING_UNKNOWN",
    );
    let mut pointing = valid_list();
    pointing["status"] = reference();
    with(
        "status-token-points-to-itself",
        "The status of a status list is not followed, not even to itself.",
        &pointing,
        "pass",
    );
    let mut open_badges = claims(&badge());
    open_badges["status"] = reference();
    let header = json!({"alg": "EdDSA", "kid": ISSUER.method(), "typ": "JWT"});
    cases.push(
        verify(
            "status-token-open-badges-jwt",
            "The claim is read in the tokens of Open Badges too.",
            Input::Text(ISSUER.token(&header, &open_badges)),
            REVOKED,
        )
        .token(signed(ISSUER, &revoked_list())),
    );
    cases.push(
        with_token(
            "status-token-required",
            "The claim satisfies a policy that insists on a status.",
            signed(ISSUER, &valid_list()),
            "pass",
        )
        .policy("require-status = true\n"),
    );
    cases.push(
        with_token(
            "status-token-revoked-at-past",
            "As of an earlier moment, a badge that a token's list revokes is still revoked.",
            signed(ISSUER, &revoked_list()),
            REVOKED,
        )
        .at("2026-11-02T12:00:00Z"),
    );
    cases.push(verify(
        "status-token-missing",
        "A token's list that is not at hand must be fetched first.",
        referring(),
        "missing status-list-token",
    ));
    cases.push(
        verify(
            "status-token-unreachable",
            "A token's list that cannot be had leaves the verdict open.",
            referring(),
            "undetermined STATUS_RETRIEVAL_ERROR",
        )
        .at_hand(ResourceKind::StatusListToken, TOKEN_URL, Body::Failure("time-out".into())),
    );
}

fn ages(cases: &mut Vec<Case>) {
    let changed = |bits, statuses: &[(u64, u8)], change: &[(&str, Option<Value>)]| {
        let mut claims = claims_of(bits, statuses);
        for (name, value) in change {
            match value {
                Some(value) => claims[*name] = value.clone(),
                None => _ = claims.as_object_mut().unwrap().remove(*name),
            }
        }
        signed(ISSUER, &claims)
    };
    let old = "2026-11-20T00:00:00Z";
    let ended = [("exp", Some(json!(second("2026-11-22T09:30:00Z"))))];
    let mut with = |name: &str, lesson: &str, token: String, words: &str| {
        cases.push(with_token(name, lesson, token, words));
    };
    with(
        "status-token-expired",
        "A token's list past its exp is out of date.",
        changed(Bits::One, &[], &ended),
        STALE,
    );
    with(
        "status-token-expired-revoked",
        "A token's list that says “revoked” is believed even past its exp.",
        changed(Bits::One, &[(PLACE, 1)], &ended),
        REVOKED,
    );
    with(
        "status-token-expired-suspended",
        "A token's list that said “suspended” does not say whether that still holds.",
        changed(Bits::Two, &[(PLACE, 2)], &ended),
        STALE,
    );
    with(
        "status-token-ttl",
        "A token's list says how long a copy may be kept, in seconds.",
        changed(Bits::One, &[], &[("ttl", Some(json!(300)))]),
        STALE,
    );
    with(
        "status-token-ttl-fraction",
        "A time to live need not be a whole number.",
        changed(Bits::One, &[], &[("ttl", Some(json!(7200.5)))]),
        "pass",
    );
    with(
        "status-token-ttl-zero",
        "A time to live is a positive number.",
        changed(Bits::One, &[], &[("ttl", Some(json!(0)))]),
        UNVERIFIED,
    );
    with(
        "status-token-ttl-text",
        "A time to live is a number.",
        changed(Bits::One, &[], &[("ttl", Some(json!("43200")))]),
        UNVERIFIED,
    );
    with(
        "status-token-without-exp",
        "A token's list without exp is as old as its signature.",
        changed(Bits::One, &[], &[("exp", None), ("iat", Some(json!(second(old))))]),
        STALE,
    );
    with(
        "status-token-without-exp-fresh",
        "A token's list without exp and ttl that was signed today is fresh.",
        changed(Bits::One, &[], &[("exp", None), ("ttl", None)]),
        "pass",
    );
    with(
        "status-token-signed-long-ago",
        "A token's list that still holds by its exp may have been signed long ago.",
        changed(Bits::One, &[], &[("iat", Some(json!(second(old))))]),
        "pass",
    );
    with(
        "status-token-signed-in-the-future",
        "A token's list said to be signed in the future is not fresh.",
        changed(Bits::One, &[], &[("iat", Some(json!(second("2026-11-22T12:00:00Z"))))]),
        STALE,
    );
    with(
        "status-token-not-before",
        "A token's list does not count before its nbf.",
        changed(Bits::One, &[], &[("nbf", Some(json!(second("2026-11-22T12:00:00Z"))))]),
        STALE,
    );
    with(
        "status-token-exp-text",
        "A time that is no number is none.",
        changed(Bits::One, &[], &[("exp", Some(json!("2027-01-01")))]),
        UNVERIFIED,
    );
    with(
        "status-token-exp-huge",
        "A time beyond the year 9999 is none.",
        changed(Bits::One, &[], &[("exp", Some(json!(1e300)))]),
        UNVERIFIED,
    );
    let fetched = |name: &str, lesson: &str, statuses: &[(u64, u8)], words: &str| {
        let token = changed(Bits::Two, statuses, &[("ttl", None)]);
        with_token(name, lesson, token, words).fetched(old)
    };
    cases.push(fetched(
        "status-token-stale",
        "A token's list fetched days ago leaves the verdict open.",
        &[],
        STALE,
    ));
    cases.push(fetched(
        "status-token-stale-revoked",
        "A token's list that says “revoked” is believed even when it was fetched days ago.",
        &[(PLACE, 1)],
        REVOKED,
    ));
    cases.push(
        fetched(
            "status-token-stale-suspended-allowed",
            "A policy that accepts old lists accepts what they say.",
            &[(PLACE, 2)],
            "fail SUSPENDED",
        )
        .policy("stale-status = \"warn\"\n"),
    );
}

fn unreliable(cases: &mut Vec<Case>) {
    let valid = valid_list();
    let without = |name: &str| {
        let mut claims = valid.clone();
        claims.as_object_mut().unwrap().remove(name);
        signed(ISSUER, &claims)
    };
    let with_claim = |name: &str, value: Value| {
        let mut claims = valid.clone();
        claims[name] = value;
        claims
    };
    let mut with = |name: &str, lesson: &str, token: String, words: &str| {
        cases.push(with_token(name, lesson, token, words));
    };
    for claim in ["sub", "iat", "status_list"] {
        with(
            &format!("status-token-without-{}", claim.replace('_', "-")),
            &format!("A token's list has a {claim}."),
            without(claim),
            UNVERIFIED,
        );
    }
    with(
        "status-token-other-sub",
        "A token's list with another sub is another list.",
        signed(ISSUER, &with_claim("sub", json!("https://cfa.example/status-tokens/2"))),
        UNVERIFIED,
    );
    with(
        "status-token-for-an-audience",
        "A list is for everyone: one with an aud is refused by whoever is not it.",
        signed(ISSUER, &with_claim("aud", json!("https://other.example"))),
        UNVERIFIED,
    );
    with(
        "status-token-typ-vc-jwt",
        "Whatever else the issuer signed is no list, even with all its claims.",
        typed(ISSUER, "vc+jwt", &valid),
        UNVERIFIED,
    );
    with(
        "status-token-typ-jwt",
        "A list is a token of its own type.",
        typed(ISSUER, "JWT", &valid),
        UNVERIFIED,
    );
    with(
        "status-token-without-typ",
        "A token without a type is no list.",
        ISSUER.token(&json!({"alg": "EdDSA", "kid": ISSUER.method()}), &valid),
        UNVERIFIED,
    );
    with(
        "status-token-typ-cwt",
        "The CBOR form is not read.",
        typed(ISSUER, "statuslist+cwt", &valid),
        UNVERIFIED,
    );
    let sound = signed(ISSUER, &valid);
    let unsigned = format!("{}.", sound.rsplit_once('.').unwrap().0);
    with("status-token-unsigned", "A token's list without a signature proves nothing.", unsigned, UNVERIFIED);
    let none = format!(
        "{}.{}.",
        base64url(br#"{"alg":"none","typ":"statuslist+jwt"}"#),
        base64url(valid.to_string().as_bytes())
    );
    with(
        "status-token-alg-none",
        "A token's list that says it is not signed proves nothing.",
        none,
        UNVERIFIED,
    );
    let revoked = signed(ISSUER, &revoked_list());
    let parts = |token: &str| token.split('.').map(str::to_owned).collect::<Vec<_>>();
    let swapped =
        [parts(&revoked)[0].clone(), parts(&sound)[1].clone(), parts(&revoked)[2].clone()].join(".");
    with("status-token-tampered", "A changed list in a token proves nothing.", swapped, UNVERIFIED);
    with(
        "status-token-forged",
        "A list signed by somebody else under the issuer's key name proves nothing.",
        STRANGER.token(&json!({"alg": "EdDSA", "kid": ISSUER.method(), "typ": "statuslist+jwt"}), &valid),
        UNVERIFIED,
    );
    with(
        "status-token-of-another",
        "Another body's list counts only where policy says so, whatever its sub.",
        signed(LIST_KEEPER, &valid),
        "undetermined STATUS_ISSUER_MISMATCH",
    );
    with(
        "status-token-revoked-by-another",
        "Another body cannot revoke either.",
        signed(LIST_KEEPER, &revoked_list()),
        "undetermined STATUS_ISSUER_MISMATCH",
    );
    with(
        "status-token-another-in-the-issuers-name",
        "A list that names the issuer and is signed with another's key proves nothing.",
        signed(STRANGER, &with_claim("iss", json!(ISSUER.did()))),
        UNVERIFIED,
    );
    with(
        "status-token-issuer-in-anothers-name",
        "A list that names another body is that body's or nobody's.",
        signed(ISSUER, &with_claim("iss", json!(LIST_KEEPER.did()))),
        "undetermined STATUS_ISSUER_MISMATCH",
    );
    with(
        "status-token-with-iss",
        "A list may name its issuer.",
        signed(ISSUER, &with_claim("iss", json!(ISSUER.did()))),
        "pass",
    );
    with(
        "status-token-bits-three",
        "Entries of three bits are not among those of a token's list.",
        signed(ISSUER, &with_claim("status_list", json!({"bits": 3, "lst": valid["status_list"]["lst"]}))),
        UNVERIFIED,
    );
    with(
        "status-token-is-a-bitstring",
        "The W3C's list in the place of the IETF's proves nothing.",
        ISSUER.seal(&list("revocation", &[])).to_string(),
        UNVERIFIED,
    );
    with(
        "status-token-is-a-page",
        "A page in the place of a token's list proves nothing.",
        "<!doctype html><title>404</title>".to_owned(),
        UNVERIFIED,
    );
    let delegation = format!(
        "[[status-issuers]]\nissuer = \"{}\"\nlist-issuer = \"{}\"\n",
        ISSUER.did(),
        LIST_KEEPER.did()
    );
    cases.push(
        with_token(
            "status-token-delegated",
            "A policy may let another body keep an issuer's lists as tokens.",
            signed(LIST_KEEPER, &revoked_list()),
            REVOKED,
        )
        .policy(delegation),
    );
    cases.push(
        verify(
            "status-list-is-a-status-token",
            "The IETF's list in the place of the W3C's proves nothing.",
            Input::Json(ISSUER.seal(&badge_with_status())),
            UNVERIFIED,
        )
        .at_hand(ResourceKind::StatusList, LIST_URL, Body::Text(signed(ISSUER, &valid))),
    );
    cases.push(case(
        "verify",
        "status-token-alone",
        "A status list is no badge.",
        Input::Text(signed(ISSUER, &valid)),
        unreadable("JWT_MALFORMED"),
    ));
    cases.push(case(
        "verify",
        "status-token-dressed-as-badge",
        "A badge typed as a status list is none either.",
        Input::Text(signed(ISSUER, &badge())),
        unreadable("JWT_MALFORMED"),
    ));
}

fn references(cases: &mut Vec<Case>) {
    let mut with = |name: &str, lesson: &str, claim: Value, words: &str| {
        let input = Input::Text(ISSUER.vc_jwt(&referring_to(claim)));
        cases.push(verify(name, lesson, input, words).token(signed(ISSUER, &valid_list())));
    };
    let place = |idx: Value| json!({"status_list": {"idx": idx, "uri": TOKEN_URL}});
    with(
        "status-token-last-index",
        "The last entry is an entry: a token's list has no minimum length.",
        place(json!(999)),
        "pass",
    );
    with(
        "status-token-out-of-range",
        "An index beyond a token's list is refused.",
        place(json!(1000)),
        "fail STATUS_RANGE_ERROR",
    );
    with(
        "status-token-index-53-bits",
        "The largest index wraps nowhere.",
        place(json!(9_007_199_254_740_991_u64)),
        "fail STATUS_RANGE_ERROR",
    );
    for (name, lesson, index) in [
        ("negative", "An index in a claim is not negative.", json!(-1)),
        ("fraction", "An index in a claim is whole.", json!(94.5)),
        ("text", "An index in a claim is a number.", json!("94")),
        ("null", "An index in a claim is there.", json!(null)),
    ] {
        with(&format!("status-token-index-{name}"), lesson, place(index), MALFORMED);
    }
    with(
        "status-token-without-uri",
        "A claim that names no list is broken.",
        json!({"status_list": {"idx": PLACE}}),
        MALFORMED,
    );
    with(
        "status-token-uri-relative",
        "A list's address is a whole URI.",
        json!({"status_list": {"idx": PLACE, "uri": "status-tokens/1"}}),
        MALFORMED,
    );
    with("status-token-claim-empty", "A status that is stated nowhere is broken.", json!({}), MALFORMED);
    with("status-token-claim-text", "The claim is an object.", json!("valid"), MALFORMED);
    with("status-token-claim-null", "A claim of nothing is no absent claim.", json!(null), MALFORMED);
    with(
        "status-token-claim-array",
        "A claim in brackets is not looked through.",
        json!([reference()]),
        MALFORMED,
    );
    with(
        "status-token-other-mechanism",
        "A status mechanism that is not read leaves the verdict open.",
        json!({"status_assertion": {"credential_hash_alg": "sha-256"}}),
        "undetermined STATUS_TYPE_UNSUPPORTED",
    );
}

fn both(cases: &mut Vec<Case>) {
    let mut with = |name: &str, lesson: &str, set: &[u64], token: &Value, words: &str| {
        let mut badge = badge_with(|badge| badge["credentialStatus"] = entry("revocation"));
        badge["status"] = reference();
        cases.push(
            verify(name, lesson, Input::Text(ISSUER.vc_jwt(&badge)), words)
                .list(ISSUER.seal(&list("revocation", set)))
                .token(signed(ISSUER, token)),
        );
    };
    with(
        "status-both-good",
        "Where both kinds of lists are named, both must be clean.",
        &[],
        &valid_list(),
        "pass",
    );
    with(
        "status-both-token-revokes",
        "Where both kinds of lists are named, the token's alone can revoke.",
        &[],
        &revoked_list(),
        REVOKED,
    );
    with(
        "status-both-bitstring-revokes",
        "Where both kinds of lists are named, the bitstring alone can revoke.",
        &[94],
        &valid_list(),
        REVOKED,
    );
    let mut expired = valid_list();
    expired["exp"] = second("2026-11-22T09:30:00Z").into();
    with(
        "status-both-token-stale",
        "Where both kinds of lists are named, one that is fresh does not make up for the other.",
        &[],
        &expired,
        STALE,
    );
    cases.push(case(
        "verify",
        "status-claim-in-json",
        "Outside of a token, the claim is a member that no context defines.",
        Input::Json({
            let mut sealed = ISSUER.seal(&badge_with_status());
            sealed["status"] = reference();
            sealed
        }),
        super::not_authentic(&[
            ("conformance", "fail JSONLD_UNDEFINED_TERM"),
            ("signature", "fail JSONLD_UNDEFINED_TERM"),
        ]),
    ));
}

fn compressed(cases: &mut Vec<Case>) {
    let mut with = |name: &str, lesson: &str, lst: &str, words: &str| {
        let token = signed(ISSUER, &claims_with(1, lst));
        let outcome = expected("indeterminate", &[&[("status", words)]]);
        cases.push(case("hostile", name, lesson, referring(), outcome).token(token));
    };
    let bomb = token::encode(&StatusIndex::empty((8 << 23) + 8, Bits::One.width()), Bits::One);
    with(
        "token-list-bomb",
        "A token's list that unpacks to more than 8 MiB is not unpacked further.",
        &bomb,
        "undetermined STATUS_LIST_TOO_LARGE",
    );
    let lst = valid_list()["status_list"]["lst"].as_str().unwrap().to_owned();
    let packed = URL_SAFE_NO_PAD.decode(&lst).unwrap();
    let trailing = base64url(&[packed.as_slice(), b"\0"].concat());
    with("token-list-trailing", "What follows a compressed list is refused.", &trailing, UNVERIFIED);
    let two = base64url(&[packed.clone(), packed.clone()].concat());
    with("token-list-two-streams", "A second compressed list after the first is refused.", &two, UNVERIFIED);
    let cut = base64url(&packed[..packed.len() - 5]);
    with("token-list-truncated", "A token's list cut off in its middle is refused.", &cut, UNVERIFIED);
    let unchecked = base64url(&packed[..packed.len() - 4]);
    with(
        "token-list-without-checksum",
        "A token's list without its checksum is refused.",
        &unchecked,
        UNVERIFIED,
    );
    let mut wrong = packed.clone();
    *wrong.last_mut().unwrap() ^= 1;
    with(
        "token-list-checksum",
        "A token's list whose checksum does not fit is refused.",
        &base64url(&wrong),
        UNVERIFIED,
    );
    let dictionary = [&[0x78, 0xbb, 0x05, 0x8c, 0x01, 0xf5], &packed[2..]].concat();
    with(
        "token-list-dictionary",
        "A list compressed against a dictionary that nobody has is refused.",
        &base64url(&dictionary),
        UNVERIFIED,
    );
    with(
        "token-list-bare-deflate",
        "A list without its ZLIB header is not guessed at.",
        &base64url(&packed[2..packed.len() - 4]),
        UNVERIFIED,
    );
    let gzip = list("revocation", &[])["credentialSubject"]["encodedList"].as_str().unwrap()[1..].to_owned();
    with("token-list-gzip", "A GZIP list in a token is not guessed at.", &gzip, UNVERIFIED);
    with(
        "token-list-multibase",
        "A multibase letter is no part of a token's list.",
        &format!("u{lst}"),
        UNVERIFIED,
    );
    with("token-list-padding", "Padding is no part of a token's list.", &format!("{lst}="), UNVERIFIED);
    with("token-list-empty", "A list of nothing is no list.", "", UNVERIFIED);
}
