//! VC-JOSE-COSE: presentations as `vp+jwt`, credentials with the other algorithms.

use serde_json::{Value, json};

use super::documents::{badge, badge_from, presentation};
use super::keys::{HOLDER, ISSUER, Key, STRANGER, base64url, claims, multibase, rs256, rsa_jwk, rsa_secret};
use super::{Case, Differences, case, expected, forged, not_authentic, valid};
use crate::support::{Body, Expected, Input};
use badge_verifier::snapshot::ResourceKind;

const CHALLENGE: &str = "7d1f6a90-défi";
const DOMAIN: &str = "recruteur.example";
const FIRST: &str = "/verifiableCredential/0";
/// 2026-11-22T09:59:00Z.
const SIGNED: i64 = 1_795_341_540;
/// 2026-11-22T10:09:00Z.
const EXPIRES: i64 = 1_795_342_140;

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    presentations(&mut cases);
    claims_of_presentations(&mut cases);
    algorithms(&mut cases);
    cases
}

fn payload() -> Value {
    let mut payload = presentation(&json!([ISSUER.seal(&badge())]));
    payload["holder"] = HOLDER.did().into();
    for (claim, value) in
        [("nonce", CHALLENGE.into()), ("aud", DOMAIN.into()), ("iat", SIGNED.into()), ("exp", json!(EXPIRES))]
    {
        payload[claim] = value;
    }
    payload
}

fn payload_with(change: impl Fn(&mut Value)) -> Value {
    let mut payload = payload();
    change(&mut payload);
    payload
}

fn token(key: Key, typ: &str, payload: &Value) -> String {
    key.token(&json!({"alg": "EdDSA", "kid": key.method(), "typ": typ}), payload)
}

fn shown(name: &str, lesson: &str, token: String, outcome: Expected, inside: Expected) -> Case {
    case("present", name, lesson, Input::Text(token), outcome)
        .challenge(CHALLENGE)
        .domain(DOMAIN)
        .embedded(FIRST, inside)
}

fn outcome(verdict: &str, differences: Differences<'_>) -> Expected {
    expected(verdict, &[&[("challenge", "pass"), ("domain", "pass"), ("credentials", "pass")], differences])
}

fn sound() -> Expected {
    expected("valid", &[&[("presenter", "pass")]])
}

fn presentations(cases: &mut Vec<Case>) {
    cases.push(shown(
        "jwt",
        "A presentation as vp+jwt answers a challenge with nonce and names the verifier in aud.",
        token(HOLDER, "vp+jwt", &payload()),
        outcome("valid", &[]),
        sound(),
    ));
    let several = payload_with(|payload| payload["aud"] = json!(["autre.example", DOMAIN]));
    cases.push(shown(
        "jwt-audiences",
        "One of several audiences is enough.",
        token(HOLDER, "vp+jwt", &several),
        outcome("valid", &[]),
        sound(),
    ));
    let unnamed = payload_with(|payload| {
        payload.as_object_mut().unwrap().remove("holder");
        payload["iss"] = HOLDER.did().into();
    });
    cases.push(shown(
        "jwt-holder-in-iss",
        "Where a vp+jwt names no holder, iss does.",
        token(HOLDER, "vp+jwt", &unnamed),
        outcome("valid", &[]),
        sound(),
    ));
    let enveloped = json!({
        "@context": "https://www.w3.org/ns/credentials/v2",
        "id": format!("data:application/vc+jwt,{}", ISSUER.vc_jwt(&badge())),
        "type": "EnvelopedVerifiableCredential",
    });
    let inside = payload_with(|payload| payload["verifiableCredential"] = json!([enveloped]));
    cases.push(shown(
        "jwt-of-jwt",
        "A badge as a token travels in a presentation as a token.",
        token(HOLDER, "vp+jwt", &inside),
        outcome("valid", &[]),
        sound(),
    ));
    let stolen = payload_with(|payload| payload["holder"] = STRANGER.did().into());
    cases.push(shown(
        "jwt-stolen",
        "Somebody else's badge in a well-signed vp+jwt is refused.",
        token(STRANGER, "vp+jwt", &stolen),
        outcome("invalid", &[("credentials", "fail CREDENTIAL_INVALID")]),
        expected("invalid", &[&[("presenter", "fail PRESENTER_NOT_SUBJECT")]]),
    ));
}

fn claims_of_presentations(cases: &mut Vec<Case>) {
    let blocked = || {
        expected(
            "invalid",
            &[&[("challenge", "pass"), ("domain", "pass"), ("credentials", "blocked conformance")]],
        )
    };
    let refused = |name: &str, lesson: &str, payload: &Value, code: &str| {
        let outcome = blocked().and(&[("conformance", code)]);
        case("present", name, lesson, Input::Text(token(HOLDER, "vp+jwt", payload)), outcome)
            .challenge(CHALLENGE)
            .domain(DOMAIN)
    };
    for (name, lesson, claim, value, code) in [
        (
            "jwt-iss",
            "iss must not contradict the holder.",
            "iss",
            STRANGER.did().into(),
            "fail CLAIM_MISMATCH",
        ),
        (
            "jwt-sub",
            "sub has no meaning in a presentation.",
            "sub",
            HOLDER.did().into(),
            "fail CLAIM_MISMATCH",
        ),
        ("jwt-jti", "jti must not contradict the id.", "jti", json!(7), "fail CLAIM_MISMATCH"),
        (
            "jwt-vp",
            "A presentation in a vp claim is of another data model.",
            "vp",
            json!({}),
            "fail VCDM_VARIANT_MISMATCH",
        ),
    ] {
        cases.push(refused(name, lesson, &payload_with(|payload| payload[claim] = value.clone()), code));
    }
    cases.push(shown(
        "jwt-iat",
        "When a vp+jwt was made decides nothing: a text in iat is worth a warning.",
        token(HOLDER, "vp+jwt", &payload_with(|payload| payload["iat"] = "2026-11-22T09:59:00Z".into())),
        outcome("valid", &[("conformance", "warn ISSUED_AT_UNREADABLE")]),
        sound(),
    ));
    cases.push(shown(
        "jwt-iat-expired",
        "An iat that cannot be read takes nothing away from exp.",
        token(
            HOLDER,
            "vp+jwt",
            &payload_with(|payload| {
                payload["iat"] = "2026-11-22T09:59:00Z".into();
                payload["exp"] = (SIGNED - 3600).into();
            }),
        ),
        outcome(
            "invalid",
            &[("conformance", "warn ISSUED_AT_UNREADABLE"), ("validity", "fail PROOF_EXPIRED")],
        ),
        sound(),
    ));
    let enclosed = |change: fn(&mut Value)| {
        let mut token_payload =
            json!({"iss": HOLDER.did(), "nonce": CHALLENGE, "aud": DOMAIN, "iat": SIGNED});
        token_payload["vp"] = presentation(&json!([ISSUER.seal(&badge())]));
        change(&mut token_payload);
        token_payload
    };
    cases.push(shown(
        "jwt-enclosed",
        "A presentation in the claim vp of a token of the type JWT is read.",
        token(
            HOLDER,
            "JWT",
            &enclosed(|payload| drop(payload["vp"].as_object_mut().unwrap().remove("holder"))),
        ),
        outcome("valid", &[]),
        sound(),
    ));
    cases.push(shown(
        "jwt-enclosed-nonce",
        "nonce of an enclosing token is the answer to the challenge.",
        token(HOLDER, "JWT", &enclosed(|payload| payload["nonce"] = "autre".into())),
        outcome("invalid", &[("challenge", "fail CHALLENGE_MISMATCH")]),
        sound(),
    ));
    for (name, lesson, payload, code) in [
        (
            "jwt-enclosed-beside",
            "Nothing of a presentation stands beside vp: nobody would read it.",
            enclosed(|payload| payload["holder"] = STRANGER.did().into()),
            "fail VCDM_VARIANT_MISMATCH",
        ),
        (
            "jwt-enclosed-iss",
            "iss of an enclosing token must not contradict the holder.",
            enclosed(|payload| payload["iss"] = STRANGER.did().into()),
            "fail CLAIM_MISMATCH",
        ),
    ] {
        let outcome = blocked().and(&[("conformance", code)]);
        cases.push(
            case("present", name, lesson, Input::Text(token(HOLDER, "JWT", &payload)), outcome)
                .challenge(CHALLENGE)
                .domain(DOMAIN),
        );
    }
    let outcome_of_type = blocked().and(&[("conformance", "fail JWT_MALFORMED")]);
    cases.push(
        case(
            "present",
            "jwt-enclosed-type",
            "A vp+jwt encloses nothing in vp.",
            Input::Text(token(HOLDER, "vp+jwt", &enclosed(|_| ()))),
            outcome_of_type,
        )
        .challenge(CHALLENGE)
        .domain(DOMAIN),
    );
    cases.push(shown(
        "jwt-nonce",
        "A vp+jwt that answers another challenge is a replay.",
        token(HOLDER, "vp+jwt", &payload_with(|payload| payload["nonce"] = "autre".into())),
        outcome("invalid", &[("challenge", "fail CHALLENGE_MISMATCH")]),
        sound(),
    ));
    cases.push(shown(
        "jwt-aud",
        "A vp+jwt for another audience is not for us.",
        token(HOLDER, "vp+jwt", &payload_with(|payload| payload["aud"] = "autre.example".into())),
        outcome("invalid", &[("domain", "fail DOMAIN_MISMATCH")]),
        sound(),
    ));
    cases.push(shown(
        "jwt-expired",
        "exp of a vp+jwt is the end of its signature.",
        token(HOLDER, "vp+jwt", &payload_with(|payload| payload["exp"] = (SIGNED - 3600).into())),
        outcome("invalid", &[("validity", "fail PROOF_EXPIRED")]),
        sound(),
    ));
    let unanswered: Differences<'_> =
        &[("challenge", "fail CHALLENGE_MISMATCH"), ("domain", "fail DOMAIN_MISMATCH")];
    // nonce and aud mean nothing in the type of credentials.
    for (name, typ, answers) in [("jwt-typ-credential", "vc+jwt", unanswered), ("jwt-typ-plain", "JWT", &[])]
    {
        let lesson = format!("A presentation's token has the type vp+jwt, not {typ}.");
        let outcome = blocked().and(&[("conformance", "fail JWT_MALFORMED")]).and(answers);
        cases.push(
            case("present", name, &lesson, Input::Text(token(HOLDER, typ, &payload())), outcome)
                .challenge(CHALLENGE)
                .domain(DOMAIN),
        );
    }
    cases.push(case(
        "verify",
        "jwt-typ-presentation",
        "A badge in a token of the type of presentations is refused.",
        Input::Text(token(ISSUER, "vp+jwt", &badge())),
        expected("invalid", &[&[("conformance", "fail JWT_MALFORMED")]]),
    ));
}

/// Signs with one of the algorithms that our own keys lack.
fn signed(header: &Value, payload: &Value, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let part = |value: &Value| base64url(value.to_string().as_bytes());
    let input = format!("{}.{}", part(header), part(payload));
    format!("{input}.{}", base64url(&sign(input.as_bytes())))
}

fn es384(message: &[u8]) -> Vec<u8> {
    let key = p384::ecdsa::SigningKey::from_slice(&[7; 48]).unwrap();
    let signature: p384::ecdsa::Signature = p384::ecdsa::signature::Signer::sign(&key, message);
    signature.to_bytes().to_vec()
}

fn p521() -> p521::ecdsa::SigningKey {
    let mut secret = [7; 66];
    secret[0] = 0;
    p521::ecdsa::SigningKey::from_slice(&secret).unwrap()
}

fn es512(message: &[u8]) -> Vec<u8> {
    let signature: p521::ecdsa::Signature = p521::ecdsa::signature::Signer::sign(&p521(), message);
    signature.to_bytes().to_vec()
}

/// A signature whose salt is fixed, as everything in a vector is.
fn ps256(message: &[u8]) -> Vec<u8> {
    use rsa::sha2::Digest as _;
    let digest = rsa::sha2::Sha256::digest(message);
    rsa_secret().sign_with_rng(&mut Salt, rsa::Pss::new::<rsa::sha2::Sha256>(), &digest).unwrap()
}

/// Bytes that are no secret.
struct Salt;

impl rsa::rand_core::RngCore for Salt {
    fn next_u32(&mut self) -> u32 {
        0x5a5a_5a5a
    }

    fn next_u64(&mut self) -> u64 {
        0x5a5a_5a5a_5a5a_5a5a
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        bytes.fill(0x5a);
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rsa::rand_core::Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

impl rsa::rand_core::CryptoRng for Salt {}

fn algorithms(cases: &mut Vec<Case>) {
    let key = p384::ecdsa::SigningKey::from_slice(&[7; 48]).unwrap();
    let p384_key =
        multibase(&[&[0x81, 0x24][..], key.verifying_key().to_sec1_point(true).as_bytes()].concat());
    let p521_key =
        multibase(&[&[0x82, 0x24][..], p521().verifying_key().to_sec1_point(true).as_bytes()].concat());
    let es512 = es512 as fn(&[u8]) -> Vec<u8>;
    for (alg, multikey, sign) in
        [("ES384", p384_key, es384 as fn(&[u8]) -> Vec<u8>), ("ES512", p521_key, es512)]
    {
        let did = format!("did:key:{multikey}");
        let header = json!({"alg": alg, "kid": format!("{did}#{multikey}"), "typ": "vc+jwt"});
        let good = signed(&header, &badge_from(&did), sign);
        let name = format!("jwt-{}", alg.to_lowercase());
        let lesson = format!("A token signed with {alg} by a did:key is valid.");
        cases.push(case("verify", &name, &lesson, Input::Text(good), valid(&[])));
        let mut other = header.clone();
        other["alg"] = "ES256".into();
        cases.push(case(
            "verify",
            &format!("{name}-as-es256"),
            &format!("A key for {alg} verifies no ES256."),
            Input::Text(signed(&other, &badge_from(&did), sign)),
            not_authentic(&[("signature", "fail ALG_FORBIDDEN")]),
        ));
    }

    const ISSUER_URL: &str = "https://cfa.example/issuer";
    const KID: &str = "https://cfa.example/keys#rsa-1";
    let jwks = |alg: Option<&str>| {
        let mut key = rsa_jwk();
        key["kid"] = KID.into();
        if let Some(alg) = alg {
            key["alg"] = alg.into();
        }
        Body::Json(json!({"keys": [key]}))
    };
    let payload = claims(&badge_from(ISSUER_URL));
    let header = |alg: &str| json!({"alg": alg, "kid": KID, "typ": "JWT"});
    let pss = signed(&header("PS256"), &payload, ps256);
    let url = "https://cfa.example/.well-known/jwks.json";
    let with_keys = |name: &str, lesson: &str, token: String, alg: Option<&str>, outcome: Expected| {
        case("verify", name, lesson, Input::Text(token), outcome).at_hand(ResourceKind::Jwks, url, jwks(alg))
    };
    cases.push(with_keys("jwt-ps256", "A token signed with PS256 is valid.", pss.clone(), None, valid(&[])));
    cases.push(with_keys(
        "jwt-ps256-forbidden",
        "An RSA key published for RS256 verifies no PS256.",
        pss.clone(),
        Some("RS256"),
        not_authentic(&[("signature", "fail ALG_FORBIDDEN")]),
    ));
    cases.push(with_keys(
        "jwt-rs256-forbidden",
        "An RSA key published for PS256 verifies no RS256.",
        rs256(&header("RS256"), &payload),
        Some("PS256"),
        not_authentic(&[("signature", "fail ALG_FORBIDDEN")]),
    ));
    let renamed =
        format!("{}.{}", base64url(header("RS256").to_string().as_bytes()), pss.split_once('.').unwrap().1);
    cases.push(with_keys(
        "jwt-ps256-as-rs256",
        "A PS256 signature is none under RS256.",
        renamed,
        None,
        forged(),
    ));
    cases.push(with_keys(
        "jwt-rs512",
        "An algorithm that we do not accept is refused by name.",
        signed(&header("RS512"), &payload, ps256),
        None,
        super::unreadable("ALG_FORBIDDEN"),
    ));
}
