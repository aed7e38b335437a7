#![expect(clippy::unwrap_used, reason = "a test may panic")]

use serde_json::json;

use super::*;

/// The token of [Token Status List §8.2](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list#section-8.2).
const TOKEN: &str = "eyJhbGciOiJFUzI1NiIsImtpZCI6IjEyIiwidHlwIjoic3RhdHVzbGlzdCtqd3QifQ.\
    eyJleHAiOjIyOTE3MjAxNzAsImlhdCI6MTY4NjkyMDE3MCwiaXNzIjoiaHR0cHM6Ly9leGFtcGxlLmNvbSIsInN0YXR1c19saXN0Ijp7ImJpdHMi\
    OjEsImxzdCI6ImVOcmJ1UmdBQWhjQlhRIn0sInN1YiI6Imh0dHBzOi8vZXhhbXBsZS5jb20vc3RhdHVzbGlzdHMvMSIsInR0bCI6NDMyMDB9.\
    2lKUUNG503R9htu4aHAYi7vjmr3sgApbfoDvPrl65N3URUO1EYqqQl45Jfzd-Av4QzlKa3oVALpLwOEUOq-U_g";

const LIST: &str = "https://example.com/statuslists/1";

/// What the example's list says of its sixteen entries ([§4.1](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list#section-4.1)).
const STATUSES: [u8; 16] = [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1];

fn example() -> Snapshot {
    let key = json!({
        "kty": "EC", "crv": "P-256", "kid": "12", "alg": "ES256", "use": "sig",
        "x": "I3HWm_0Ds1dPMI-IWmf4mBmH-YaeAVbPVu7vB27CxXo", "y": "6N_d5Elj9bs1htgV3okJKIdbHEpkgTmAluYKJemzn1M",
    });
    let keys = json!({"keys": [key]}).to_string();
    let mut snapshot = Snapshot::default();
    for (kind, url, body) in [
        (ResourceKind::StatusListToken, LIST, TOKEN),
        (ResourceKind::Jwks, "https://example.com/.well-known/jwks.json", keys.as_str()),
    ] {
        let retrieval = Retrieval { fetched_at: now(), outcome: Ok(body.as_bytes().to_vec()) };
        snapshot.insert(Resource { kind, url: url.to_owned() }, retrieval);
    }
    snapshot
}

fn now() -> Timestamp {
    "2026-11-22T10:00:00Z".parse().unwrap()
}

fn ask(issuer: &str, index: u64) -> Outcome {
    let claims = json!({"iss": issuer, "status": {"status_list": {"idx": index, "uri": LIST}}});
    check(&Stated::by_claims(issuer, &claims), &TrustPolicy::default(), now(), &example())
}

fn code(outcome: &Outcome) -> &'static str {
    outcome.problem().unwrap().code.as_str()
}

#[test]
fn the_token_of_the_standard_says_what_the_standard_says() {
    for (index, status) in (0..).zip(STATUSES) {
        let outcome = ask("https://example.com", index);
        match status {
            0 => assert_eq!(outcome, Outcome::Pass, "{index}"),
            _ => assert!(
                matches!(&outcome, Outcome::Fail(problem) if problem.code == Code::Revoked),
                "{index}"
            ),
        }
    }
    assert_eq!(code(&ask("https://example.com", 16)), "STATUS_RANGE_ERROR");
}

#[test]
fn it_says_it_of_nobody_elses_tokens() {
    assert_eq!(code(&ask("https://example.org", 1)), "STATUS_ISSUER_MISMATCH");
}
