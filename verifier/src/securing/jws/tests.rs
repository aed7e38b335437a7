#![expect(clippy::unwrap_used, reason = "a test may panic")]

use serde_json::json;

use super::super::keys::testing::{A2_N, A2_SIGNATURE, RFC_7515_PAYLOAD, TestKey};
use super::*;

fn encode(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

/// A token with this header text, signed by the Ed25519 test key.
fn token(header: &str, payload: &str) -> String {
    let input = format!("{}.{}", encode(header), encode(payload));
    compact(&input, &TestKey::ed25519(1).sign(input.as_bytes()))
}

fn with_header(header: &Value) -> Result<CompactJws, Problem> {
    CompactJws::parse(&token(&header.to_string(), "{}"))
}

fn refused(text: &str) -> Problem {
    CompactJws::parse(text).unwrap_err()
}

#[test]
fn what_was_written_is_read_back() {
    let (header, payload) =
        (json!({"alg": "EdDSA", "kid": "did:key:z6Mk#z6Mk", "typ": "JWT"}), json!({"id": "é"}));
    let key = TestKey::ed25519(1);
    let input = signing_input(&header, &payload);
    let text = compact(&input, &key.sign(input.as_bytes()));
    let jws = CompactJws::parse(&text).unwrap();
    assert_eq!(jws.as_str(), text);
    assert_eq!(jws.signing_input(), input);
    assert_eq!(jws.payload().value(), &payload);
    assert_eq!(jws.signature().len(), 64);
    let expected = Header {
        alg: Algorithm::EdDsa,
        kid: Some("did:key:z6Mk#z6Mk".to_owned()),
        jwk: None,
        typ: Some(TokenType::Jwt),
        cty: None,
    };
    assert_eq!(jws.header(), &expected);
    assert_eq!(jws.verify(&key.public), Ok(()));
    assert_eq!(jws.verify(&TestKey::ed25519(2).public).unwrap_err().code, Code::SignatureInvalid);
    assert_eq!(jws.verify(&TestKey::p256(1).public).unwrap_err().code, Code::AlgForbidden);
}

#[test]
fn the_payload_is_verified_as_it_was_received() {
    // RFC 7515 A.2: line breaks and spaces in the payload, RS256.
    let text = format!("eyJhbGciOiJSUzI1NiJ9.{RFC_7515_PAYLOAD}.{A2_SIGNATURE}");
    let jws = CompactJws::parse(&text).unwrap();
    let jwk = serde_json::from_value(json!({"kty": "RSA", "n": A2_N, "e": "AQAB"})).unwrap();
    assert_eq!(jws.verify(&PublicKey::from_jwk(&jwk).unwrap()), Ok(()));
    assert_eq!(jws.header().kid, None);
}

#[test]
fn algorithms_that_protect_nothing_are_refused() {
    for alg in ["none", "None", "nOnE", "", "HS256", "HS512", "ES256K", "RS512", "eddsa"] {
        let problem = with_header(&json!({"alg": alg})).unwrap_err();
        assert_eq!((problem.code, problem.value("alg")), (Code::AlgForbidden, Some(alg)));
    }
    assert_eq!(with_header(&json!({"kid": "k"})).unwrap_err().code, Code::JwtMalformed);
    for alg in [json!(null), json!(["EdDSA"]), json!({"EdDSA": 1}), json!(1)] {
        assert_eq!(with_header(&json!({"alg": alg})).unwrap_err().code, Code::JwtMalformed);
    }
    // Unsecured, whatever the header says.
    let unsecured = format!("{}.{}.", encode(r#"{"alg":"none"}"#), encode("{}"));
    assert_eq!(refused(&unsecured).code, Code::AlgForbidden);
    let stripped = format!("{}.{}.", encode(r#"{"alg":"EdDSA"}"#), encode("{}"));
    assert_eq!(refused(&stripped).code, Code::NoProof);
}

#[test]
fn every_other_header_member_is_refused_by_name() {
    for name in [
        "crit",
        "b64",
        "jku",
        "x5u",
        "x5c",
        "x5t",
        "x5t#S256",
        "zip",
        "enc",
        "epk",
        "p2c",
        "p2s",
        "iss",
        "iat",
        "exp",
        "nonce",
        "ALG",
        "Kid",
        "vc",
        "https://example.org/",
        "",
    ] {
        for value in [json!(["exp"]), json!(true), json!("x"), Value::Null] {
            let mut header = json!({"alg": "EdDSA", "kid": "k"});
            header[name] = value;
            let problem = with_header(&header).unwrap_err();
            assert_eq!((problem.code, problem.value("name")), (Code::JoseHeaderUnexpected, Some(name)));
        }
    }
    assert_eq!(
        with_header(&json!({"alg": "EdDSA", "typ": "JWT", "cty": "JWT"})).unwrap_err().code,
        Code::JoseHeaderUnexpected,
        "a nested token"
    );
}

#[test]
fn types_are_compared_as_media_types() {
    for (typ, expected) in [
        ("JWT", TokenType::Jwt),
        ("jwt", TokenType::Jwt),
        ("vc+jwt", TokenType::VcJwt),
        ("application/vc+jwt", TokenType::VcJwt),
        ("Application/VC+JWT", TokenType::VcJwt),
        ("vc+ld+json+jwt", TokenType::VcJwt),
        ("vp+jwt", TokenType::VpJwt),
    ] {
        let header = with_header(&json!({"alg": "EdDSA", "typ": typ})).unwrap().header().clone();
        assert_eq!(header.typ, Some(expected), "{typ}");
    }
    for typ in
        ["", "at+jwt", "kb+jwt", "dc+sd-jwt", "JOSE", "application/", "application/application/jwt", "JWT "]
    {
        assert_eq!(
            with_header(&json!({"alg": "EdDSA", "typ": typ})).unwrap_err().code,
            Code::JwtMalformed,
            "{typ}"
        );
    }
    assert!(with_header(&json!({"alg": "EdDSA", "typ": null})).is_err());
    for (typ, cty, fits) in [
        ("vc+jwt", "vc", true),
        ("vc+jwt", "application/vc", true),
        ("vp+jwt", "vp", true),
        ("vc+jwt", "vp", false),
        ("vp+jwt", "vc", false),
        ("vc+jwt", "", false),
        ("vc+jwt", "JWT", false),
    ] {
        let read = with_header(&json!({"alg": "EdDSA", "typ": typ, "cty": cty}));
        assert_eq!(read.is_ok(), fits, "{typ} {cty}");
    }
}

#[test]
fn names_of_keys_are_texts() {
    for kid in [json!(""), json!(1), json!(null), json!(["k"])] {
        let header = json!({"alg": "EdDSA", "kid": kid});
        assert_eq!(with_header(&header).unwrap_err().code, Code::JwtMalformed);
    }
    let long = "k".repeat(MAX_KID_BYTES);
    assert!(with_header(&json!({"alg": "EdDSA", "kid": long})).is_ok());
    let problem = with_header(&json!({"alg": "EdDSA", "kid": long + "k"})).unwrap_err();
    assert_eq!(problem.code, Code::InputTooLarge);
    // A path is only a name here: it is carried as it stands, and opens nothing.
    let path = "../../etc/passwd\0";
    assert_eq!(
        with_header(&json!({"alg": "EdDSA", "kid": path})).unwrap().header().kid.as_deref(),
        Some(path)
    );
}

#[test]
fn a_carried_key_is_public_and_the_one_that_is_used() {
    let (key, other) = (TestKey::ed25519(1), TestKey::ed25519(2));
    let carrying = |jwk: Value| with_header(&json!({"alg": "EdDSA", "kid": "k", "jwk": jwk}));
    let jwk = |key: &TestKey| serde_json::to_value(key.public.to_jwk().unwrap()).unwrap();
    let jws = carrying(jwk(&key)).unwrap();
    assert_eq!(jws.header().jwk, key.public.to_jwk());
    assert_eq!(jws.verify(&key.public), Ok(()));
    assert_eq!(jws.check_jwk_agrees(&other.public).unwrap_err().code, Code::KidJwkDisagree);
    // The signature fits the key that kid names, and the header carries another.
    let jws = carrying(jwk(&other)).unwrap();
    assert_eq!(jws.verify(&key.public).unwrap_err().code, Code::KidJwkDisagree);
    let jws = carrying(json!({"kty": "OKP", "crv": "Ed25519", "x": "AA"})).unwrap();
    assert_eq!(jws.verify(&key.public).unwrap_err().code, Code::KeyMalformed);
    for name in PRIVATE_MEMBERS {
        let mut private = jwk(&key);
        private[name] = json!("AA");
        assert_eq!(carrying(private).unwrap_err().code, Code::JwkPrivateKeyExposed, "{name}");
    }
    // A complete RSA private key has several private members at once.
    let private = json!({"kty": "RSA", "n": "AA", "e": "AQAB", "d": "AA", "p": "AA", "q": "AA"});
    assert_eq!(carrying(private).unwrap_err().code, Code::JwkPrivateKeyExposed);
    for broken in [json!(null), json!("key"), json!([]), json!({"kty": 1}), json!({})] {
        assert_eq!(carrying(broken).unwrap_err().code, Code::KeyMalformed);
    }
}

#[test]
fn ambiguous_json_is_refused_in_both_parts() {
    let problem = refused(&token(r#"{"alg":"EdDSA","alg":"none"}"#, "{}"));
    assert_eq!((problem.code, problem.value("part")), (Code::JsonDuplicateKey, Some("header")));
    assert_eq!(problem.pointer, None);
    let problem = refused(&token(r#"{"alg":"EdDSA"}"#, r#"{"a":{"b":1,"\u0062":2}}"#));
    assert_eq!((problem.code, problem.pointer.as_deref()), (Code::JsonDuplicateKey, Some("/a/b")));
    assert_eq!(refused(&token(r#"{"alg":"EdDSA"}"#, r#"{"exp":1e300}"#)).code, Code::JsonNumber);
    for payload in ["[]", "\"text\"", "null", "1"] {
        assert_eq!(refused(&token(r#"{"alg":"EdDSA"}"#, payload)).code, Code::JwtMalformed, "{payload}");
    }
    for payload in ["", "{} {}", "{"] {
        assert_eq!(refused(&token(r#"{"alg":"EdDSA"}"#, payload)).code, Code::JsonSyntax, "{payload}");
    }
    for header in ["[]", "null", "\"EdDSA\""] {
        assert_eq!(refused(&token(header, "{}")).code, Code::JwtMalformed, "{header}");
    }
}

#[test]
fn a_token_has_one_spelling() {
    let good = token(r#"{"alg":"EdDSA"}"#, "{}");
    assert!(CompactJws::parse(&good).is_ok());
    let (input, signature) = good.rsplit_once('.').unwrap();
    let (header, payload) = input.split_once('.').unwrap();
    let mut others = vec![
        format!(" {good}"),
        format!("{good}\n"),
        format!("{good}="),
        format!("{good}=="),
        format!("{good}."),
        format!(".{good}"),
        format!("{good}~"),
        format!("{header}==.{payload}.{signature}"),
        format!("{header}.{payload}\r\n.{signature}"),
        format!("{header}..{signature}"),
        format!(".{payload}.{signature}"),
        format!("{header}.{payload}"),
        header.to_owned(),
        String::new(),
        "..".to_owned(),
        ".".repeat(100_000),
        good.replace('.', "．"),
    ];
    // 64 bytes leave 4 unused bits in the last character: every other character of the same value is refused.
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let last = good.chars().last().unwrap();
    let value = alphabet.find(last).unwrap();
    assert_eq!(value % 16, 0);
    let start = good.len() - 1;
    others.extend(alphabet[value + 1..value + 16].chars().map(|c| format!("{}{c}", &good[..start])));
    for other in others {
        let problem = refused(&other);
        assert!(
            matches!(problem.code, Code::JwtMalformed | Code::JsonSyntax),
            "{:?} for {:.80}",
            problem.code,
            other
        );
    }
    // The alphabet of plain base64 is another one.
    let plain = good.replace('-', "+").replace('_', "/");
    assert!(plain == good || CompactJws::parse(&plain).is_err());
}

#[test]
fn sizes_are_limits() {
    let good = token(r#"{"alg":"EdDSA"}"#, "{}");
    assert!(CompactJws::parse_up_to(&good, good.len()).is_ok());
    let problem = CompactJws::parse_up_to(&good, good.len() - 1).unwrap_err();
    assert_eq!(problem.code, Code::InputTooLarge);
    assert_eq!(refused(&"A".repeat(MAX_BYTES + 1)).code, Code::InputTooLarge);
    let header = encode(&format!(r#"{{"alg":"EdDSA"{}}}"#, " ".repeat(MAX_HEADER_CHARS)));
    assert_eq!(refused(&format!("{header}.e30.AA")).code, Code::InputTooLarge);
    let signature = "A".repeat(MAX_SIGNATURE_CHARS + 4);
    assert_eq!(
        refused(&format!("{}.e30.{signature}", encode(r#"{"alg":"EdDSA"}"#))).code,
        Code::InputTooLarge
    );
    // A document of the largest size fits, and a larger token is read where a larger limit is given.
    let payload = |size: usize| format!(r#"{{"a":"{}"}}"#, "x".repeat(size - 8));
    assert!(CompactJws::parse(&token(r#"{"alg":"EdDSA"}"#, &payload(document::MAX_BYTES))).is_ok());
    let large = token(r#"{"alg":"EdDSA"}"#, &payload(2 * document::MAX_BYTES));
    assert_eq!(refused(&large).code, Code::InputTooLarge);
    assert!(CompactJws::parse_up_to(&large, 4 * document::MAX_BYTES).is_ok());
}

#[test]
fn no_change_of_a_token_verifies_and_none_panics() {
    let key = TestKey::ed25519(1);
    let good =
        token(r#"{"alg":"EdDSA","kid":"k","typ":"JWT"}"#, r#"{"iss":"did:x:y","nbf":1,"a":["é",2.5]}"#);
    assert!(CompactJws::parse(&good).is_ok_and(|jws| jws.verify(&key.public).is_ok()));
    let verifies = |text: &str| CompactJws::parse(text).is_ok_and(|jws| jws.verify(&key.public).is_ok());
    let mut readable = 0;
    for at in 0..good.len() {
        assert!(!verifies(&good[..at]), "cut at {at}");
        assert!(!verifies(&good[at + 1..]), "from {at}");
        assert!(!verifies(&[&good[..at], &good[at + 1..]].concat()), "without {at}");
        for bit in 0..8 {
            let mut bytes = good.clone().into_bytes();
            bytes[at] ^= 1 << bit;
            let text = String::from_utf8_lossy(&bytes);
            readable += usize::from(CompactJws::parse(&text).is_ok());
            assert!(!verifies(&text), "bit {bit} of {at}");
        }
    }
    assert!(readable > 100, "many changes reach the signature check: {readable}");
}

#[test]
fn status_lists_are_read_as_such_and_as_nothing_else() {
    let with_typ = |typ: Option<&str>| {
        let mut header = json!({"alg": "EdDSA", "kid": "k"});
        if let Some(typ) = typ {
            header["typ"] = typ.into();
        }
        token(&header.to_string(), "{}")
    };
    for typ in ["statuslist+jwt", "application/statuslist+jwt", "StatusList+JWT"] {
        let text = with_typ(Some(typ));
        assert!(CompactJws::parse_status_list(&text, text.len()).is_ok(), "{typ}");
        assert_eq!(refused(&text).code, Code::JwtMalformed, "{typ}");
        assert_eq!(CompactJws::parse_up_to(&text, text.len()).unwrap_err().code, Code::JwtMalformed, "{typ}");
    }
    for typ in [None, Some("JWT"), Some("vc+jwt"), Some("vp+jwt"), Some("statuslist+cwt"), Some("at+jwt")] {
        let problem = CompactJws::parse_status_list(&with_typ(typ), MAX_BYTES).unwrap_err();
        assert_eq!(problem.code, Code::JwtMalformed, "{typ:?}");
    }
    let text = with_typ(Some("statuslist+jwt"));
    assert_eq!(CompactJws::parse_status_list(&text, text.len() - 1).unwrap_err().code, Code::InputTooLarge);
}
