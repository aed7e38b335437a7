#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::testing::{
    A2_N, A2_SIGNATURE, A3_SIGNATURE, TestKey, a2_input, a2_private_operation, a3_input, base64url, hex,
    pkcs1_blocks, unchecked_ed25519,
};
use badge_schemas::problem::Code;

use super::*;

fn jwk(json: &str) -> Jwk {
    serde_json::from_str(json).unwrap()
}

fn a2_key() -> PublicKey {
    PublicKey::from_jwk(&jwk(&format!(r#"{{"kty":"RSA","n":"{A2_N}","e":"AQAB"}}"#))).unwrap()
}

const A3_JWK: &str = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
const RFC_8037_JWK: &str =
    r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;

/// Every encoding of a point of small order: the 8 points, and the 6 other spellings that decoders take for one of them.
const SMALL_ORDER: [&str; 14] = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
];

#[test]
fn only_asymmetric_algorithms_have_a_name() {
    for algorithm in Algorithm::ALL {
        assert_eq!(Algorithm::parse(algorithm.as_str()), Some(algorithm));
    }
    for other in [
        "none", "None", "NONE", "", "HS256", "HS384", "HS512", "ES256K", "RS384", "RS512", "RS1", "PS384",
        "PS512", "Ed25519", "Ed448", "eddsa", "es256", "RS256 ", "RS256\0",
    ] {
        assert_eq!(Algorithm::parse(other), None, "{other:?}");
    }
}

#[test]
fn ed25519_vectors_of_rfc_8032() {
    // Section 7.1, tests 1 and 2: key, message, signature.
    for (key, message, signature) in [
        (
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
    ] {
        let key = PublicKey::from_multikey(&Multikey::new(KeyKind::Ed25519, hex(key)).unwrap()).unwrap();
        let (message, signature) = (hex(message), hex(signature));
        assert_eq!(key.verify(Algorithm::EdDsa, &message, &signature), Ok(()));
        assert_eq!(key.verify(Algorithm::EdDsa, b"other", &signature), Err(SignatureRefused::Mismatch));
    }
}

#[test]
fn jose_vectors_of_rfc_7515_and_rfc_8037() {
    let a2 = base64url(A2_SIGNATURE);
    assert_eq!(a2_key().verify(Algorithm::Rs256, &a2_input(), &a2), Ok(()));
    let a3 = PublicKey::from_jwk(&jwk(A3_JWK)).unwrap();
    assert_eq!(a3.verify(Algorithm::Es256, &a3_input(), &base64url(A3_SIGNATURE)), Ok(()));
    let a4 = PublicKey::from_jwk(&jwk(RFC_8037_JWK)).unwrap();
    let signature =
        base64url("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
    let input = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    assert_eq!(a4.verify(Algorithm::EdDsa, input, &signature), Ok(()));
}

#[test]
fn thumbprints_are_those_of_the_standards_and_of_the_jwk() {
    let ed25519 = PublicKey::from_jwk(&jwk(RFC_8037_JWK)).unwrap();
    assert_eq!(ed25519.thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", "RFC 8037 A.3");
    let rsa = jwk(
        r#"{"kty":"RSA","e":"AQAB","alg":"RS256","kid":"2011-04-29","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"}"#,
    );
    let rsa = PublicKey::from_jwk(&rsa).unwrap();
    assert_eq!(rsa.thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", "RFC 7638 3.1");
    for key in [ed25519, rsa, TestKey::p256(7).public] {
        let input = key.to_jwk().unwrap().thumbprint_input().unwrap();
        assert_eq!(key.thumbprint(), URL_SAFE_NO_PAD.encode(Sha256::digest(input)));
    }
}

#[test]
fn keys_survive_every_form_they_have() {
    for key in [TestKey::ed25519(1).public, TestKey::p256(1).public, a2_key()] {
        assert_eq!(PublicKey::from_jwk(&key.to_jwk().unwrap()), Ok(key.clone()));
        match key.to_multikey() {
            Some(multikey) => assert_eq!(PublicKey::from_multikey(&multikey), Ok(key)),
            None => assert_eq!(key.algorithm(), Algorithm::Rs256),
        }
    }
    assert_eq!(format!("{:?}", a2_key()).len(), "PublicKey(RS256 )".len() + 43);
}

#[test]
fn keys_of_small_order_are_refused_in_every_spelling() {
    let good = TestKey::ed25519(3);
    let (mut forgeries, mut decoded) = (0, 0);
    for key in SMALL_ORDER {
        let bytes: [u8; 32] = hex(key).try_into().unwrap();
        let refused = PublicKey::from_jwk(&Jwk::ed25519(&bytes)).unwrap_err();
        assert!(matches!(refused, KeyError::SmallOrder | KeyError::NotCanonical), "{key}: {refused}");
        let multikey = Multikey::new(KeyKind::Ed25519, bytes.to_vec()).unwrap();
        assert_eq!(PublicKey::from_multikey(&multikey), Err(refused));
        // And were such a key to slip in, or such a point to stand in the signature, the signature would still fail.
        let unchecked = unchecked_ed25519(&bytes);
        decoded += usize::from(unchecked.is_some());
        for r in SMALL_ORDER {
            let signature = [hex(r), vec![0; 32]].concat();
            for message in 0..8u8 {
                for key in unchecked.iter().chain([&good.public]) {
                    forgeries += usize::from(key.verify(Algorithm::EdDsa, &[message], &signature).is_ok());
                }
            }
        }
    }
    assert_eq!(forgeries, 0);
    assert!(decoded >= 8, "the points are decodable, so the refusals above mean something: {decoded}");
}

#[test]
fn other_spellings_of_large_order_keys_are_refused() {
    // y = p + k for every k that fits in 255 bits: the same points as y = k.
    for first in 0xed..=0xff {
        for last in [0x7f, 0xff] {
            let mut bytes = [0xff; 32];
            (bytes[0], bytes[31]) = (first, last);
            assert_eq!(PublicKey::from_jwk(&Jwk::ed25519(&bytes)), Err(KeyError::NotCanonical));
        }
    }
    let mut largest = [0xff; 32];
    (largest[0], largest[31]) = (0xeb, 0x7f);
    assert_ne!(PublicKey::from_jwk(&Jwk::ed25519(&largest)), Err(KeyError::NotCanonical), "p - 2");
}

#[test]
fn ed25519_signatures_have_one_form() {
    let key = TestKey::ed25519(5);
    let signature = key.sign(b"message");
    assert_eq!(key.public.verify(Algorithm::EdDsa, b"message", &signature), Ok(()));
    // S + L: the same number modulo the group's order.
    let order = hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    let mut shifted = signature.clone();
    let mut carry = 0;
    for (byte, add) in shifted[32..].iter_mut().zip(order) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        *byte = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
    assert_eq!(carry, 0);
    assert_eq!(key.public.verify(Algorithm::EdDsa, b"message", &shifted), Err(SignatureRefused::Mismatch));
    for at in 0..signature.len() * 8 {
        let mut changed = signature.clone();
        changed[at / 8] ^= 1 << (at % 8);
        assert!(key.public.verify(Algorithm::EdDsa, b"message", &changed).is_err(), "bit {at}");
    }
}

#[test]
fn wrong_lengths_are_refused_by_every_algorithm() {
    let keys = [(TestKey::ed25519(1).public, 64), (TestKey::p256(1).public, 64), (a2_key(), 256)];
    for (key, expected) in keys {
        for found in (0..=expected + 70).filter(|found| *found != expected) {
            assert_eq!(
                key.verify(key.algorithm(), b"message", &vec![1; found]),
                Err(SignatureRefused::Length { found, expected })
            );
        }
    }
    // RSA: the same number with a leading zero, or without its leading zero.
    let longer = [vec![0], base64url(A2_SIGNATURE)].concat();
    assert!(a2_key().verify(Algorithm::Rs256, &a2_input(), &longer).is_err());
}

#[test]
fn a_key_verifies_with_its_own_algorithm_only() {
    let (p256, p384, p521) = (TestKey::p256(1).public, TestKey::p384(1).public, TestKey::p521(1).public);
    let keys = [TestKey::ed25519(1).public, p256, p384, p521, a2_key()];
    for key in &keys {
        for asked in Algorithm::ALL.into_iter().filter(|asked| !key.accepts(*asked)) {
            for length in [64, 256] {
                assert_eq!(
                    key.verify(asked, b"", &vec![0; length]),
                    Err(SignatureRefused::Algorithm { asked, key: key.algorithm() })
                );
            }
        }
    }
}

#[test]
fn es256_accepts_both_halves_and_no_number_out_of_range() {
    let key = TestKey::p256(9);
    let signature = key.sign(b"message");
    let verify = |signature: &[u8]| key.public.verify(Algorithm::Es256, b"message", signature);
    assert_eq!(verify(&signature), Ok(()));
    let order = hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    let mut other_half = signature.clone();
    let mut borrow = 0;
    for (at, n) in order.iter().enumerate().rev() {
        let difference = i16::from(*n) - i16::from(signature[32 + at]) - borrow;
        borrow = i16::from(difference < 0);
        other_half[32 + at] = difference.rem_euclid(256).to_le_bytes()[0];
    }
    assert_ne!(other_half, signature);
    assert_eq!(verify(&other_half), Ok(()), "RFC 7518 does not choose a half");
    for half in [0, 32] {
        for bad in [vec![0; 32], order.clone(), vec![0xff; 32]] {
            let mut changed = signature.clone();
            changed[half..half + 32].copy_from_slice(&bad);
            assert_eq!(verify(&changed), Err(SignatureRefused::Mismatch));
        }
    }
    assert_eq!(verify(&[0; 64]), Err(SignatureRefused::Mismatch));
}

#[test]
fn rs256_knows_one_padding() {
    let (right, wrong) = pkcs1_blocks(b"message");
    let verify = |block: &[u8]| a2_key().verify(Algorithm::Rs256, b"message", &a2_private_operation(block));
    assert_eq!(verify(&right), Ok(()), "the forger's tool works");
    for (number, block) in wrong.iter().enumerate() {
        assert_eq!(block.len(), 256);
        assert_eq!(verify(block), Err(SignatureRefused::Mismatch), "block {number}");
    }
}

#[test]
fn rsa_numbers_are_limited() {
    let rsa = |n: &[u8], e: &[u8]| {
        let (n, e) = (URL_SAFE_NO_PAD.encode(n), URL_SAFE_NO_PAD.encode(e));
        PublicKey::from_jwk(&jwk(&format!(r#"{{"kty":"RSA","n":"{n}","e":"{e}"}}"#)))
    };
    let n = base64url(A2_N);
    for e in [&[3][..], &[1, 0, 1], &[255, 255, 255, 255]] {
        assert!(rsa(&n, e).is_ok(), "{e:?}");
    }
    for e in [&[][..], &[1], &[2], &[1, 0, 0], &[1, 0, 0, 0, 1]] {
        assert_eq!(rsa(&n, e), Err(KeyError::Exponent), "{e:?}");
    }
    assert_eq!(rsa(&n, &[0, 3]), Err(KeyError::LeadingZero("e")));
    assert_eq!(rsa(&[vec![0], n.clone()].concat(), &[3]), Err(KeyError::LeadingZero("n")));
    let modulus = |first: u8, length: usize| {
        let mut n = vec![0xff; length];
        n[0] = first;
        n
    };
    assert_eq!(rsa(&modulus(0x7f, 256), &[3]), Err(KeyError::ModulusSize { bits: 2047 }));
    assert!(rsa(&modulus(0xff, 1024), &[3]).is_ok());
    assert_eq!(rsa(&modulus(0x01, 1025), &[3]), Err(KeyError::ModulusSize { bits: 8200 }));
    assert_eq!(rsa(&modulus(0xff, 100_000), &[3]), Err(KeyError::ModulusSize { bits: 800_000 }));
    assert_eq!(rsa(&[], &[3]), Err(KeyError::ModulusSize { bits: 0 }));
    let mut even = n;
    *even.last_mut().unwrap() = 0xfe;
    assert_eq!(rsa(&even, &[3]), Err(KeyError::EvenModulus));
}

#[test]
fn points_off_the_curve_and_in_other_forms_are_refused() {
    let (_, x, y) = TestKey::p256(4).public.coordinates().unwrap();
    assert!(PublicKey::from_jwk(&Jwk::ec("P-256", &x, &y)).is_ok());
    let mut off = y.clone();
    off[31] ^= 1;
    let (zero, all) = (vec![0; 32], vec![0xff; 32]);
    for (x, y) in [(&x, &off), (&zero, &zero), (&all, &y), (&y, &x)] {
        assert_eq!(PublicKey::from_jwk(&Jwk::ec("P-256", x, y)), Err(KeyError::NotOnCurve("P-256")));
    }
    for tag in (0..=255u8).filter(|tag| !matches!(tag, 2 | 3)) {
        let multikey = Multikey::new(KeyKind::P256, [&[tag][..], &x].concat()).unwrap();
        assert_eq!(PublicKey::from_multikey(&multikey), Err(KeyError::NotOnCurve("P-256")), "{tag}");
    }
}

/// The key and signature of RFC 7515 appendix A.4 (P-521), and keys of our own on the other curves.
#[test]
fn each_curve_has_its_algorithm_and_no_other() {
    let a4 = jwk(
        r#"{"kty":"EC","crv":"P-521","x":"AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk","y":"ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2"}"#,
    );
    let key = PublicKey::from_jwk(&a4).unwrap();
    let signature = base64url(
        "AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn",
    );
    key.verify(Algorithm::Es512, b"eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA", &signature).unwrap();
    assert_eq!(
        key.verify(Algorithm::Es512, b"eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZB", &signature),
        Err(SignatureRefused::Mismatch)
    );
    assert_eq!(key.to_jwk().unwrap(), a4);

    for (test, algorithm, kind, length) in [
        (TestKey::p256(9), Algorithm::Es256, KeyKind::P256, 64),
        (TestKey::p384(9), Algorithm::Es384, KeyKind::P384, 96),
        (TestKey::p521(9), Algorithm::Es512, KeyKind::P521, 132),
    ] {
        let key = test.public.clone();
        let signature = test.sign("compétence".as_bytes());
        assert_eq!(signature.len(), length);
        key.verify(algorithm, "compétence".as_bytes(), &signature).unwrap();
        for other in Algorithm::ALL.into_iter().filter(|other| *other != algorithm) {
            assert_eq!(
                key.verify(other, "compétence".as_bytes(), &signature),
                Err(SignatureRefused::Algorithm { asked: other, key: algorithm })
            );
        }
        for at in 0..length {
            let mut bad = signature.clone();
            bad[at] ^= 1;
            assert!(key.verify(algorithm, "compétence".as_bytes(), &bad).is_err());
        }
        assert!(key.verify(algorithm, "compétence".as_bytes(), &signature[1..]).is_err());
        assert!(key.verify(algorithm, "compétence".as_bytes(), &vec![0; length]).is_err());
        let multikey = key.to_multikey().unwrap();
        assert_eq!(multikey.kind(), kind);
        assert!(PublicKey::from_multikey(&Multikey::parse(&multikey.to_string()).unwrap()).unwrap().is(&key));
        assert!(PublicKey::from_jwk(&key.to_jwk().unwrap()).unwrap().is(&key));
        // A point of this curve under the name of another.
        for crv in ["P-256", "P-384", "P-521"]
            .into_iter()
            .filter(|crv| Some(*crv) != key.to_jwk().unwrap().crv.as_deref())
        {
            let mut moved = key.to_jwk().unwrap();
            moved.crv = Some(crv.to_owned());
            assert!(PublicKey::from_jwk(&moved).is_err());
        }
    }
}

#[test]
fn an_rsa_key_is_for_both_schemes_unless_its_jwk_names_one() {
    let plain = format!(r#"{{"kty":"RSA","n":"{A2_N}","e":"AQAB"}}"#);
    let named = |alg: &str| jwk(&plain.replace("{\"kty\"", &format!("{{\"alg\":\"{alg}\",\"kty\"")));
    let both = PublicKey::from_jwk(&jwk(&plain)).unwrap();
    assert!(
        both.accepts(Algorithm::Rs256) && both.accepts(Algorithm::Ps256) && !both.accepts(Algorithm::Es256)
    );
    let pss = PublicKey::from_jwk(&named("PS256")).unwrap();
    assert!(pss.accepts(Algorithm::Ps256) && !pss.accepts(Algorithm::Rs256));
    assert_eq!(
        pss.verify(Algorithm::Rs256, &a2_input(), &base64url(A2_SIGNATURE)),
        Err(SignatureRefused::Algorithm { asked: Algorithm::Rs256, key: Algorithm::Ps256 })
    );
    let pkcs1 = PublicKey::from_jwk(&named("RS256")).unwrap();
    assert!(pkcs1.accepts(Algorithm::Rs256) && !pkcs1.accepts(Algorithm::Ps256));
    assert!(pkcs1.is(&pss) && both.is(&pss), "an algorithm is no part of a key");
    assert_eq!(
        both.verify(Algorithm::Ps256, &a2_input(), &base64url(A2_SIGNATURE)),
        Err(SignatureRefused::Mismatch)
    );
    assert!(PublicKey::from_jwk(&named("RS512")).is_err());
}

#[test]
fn the_members_of_a_jwk_must_agree() {
    let with =
        |member: &str| PublicKey::from_jwk(&jwk(&A3_JWK.replace("{\"kty\"", &format!("{{{member},\"kty\""))));
    for fine in [r#""alg":"ES256""#, r#""use":"sig""#, r#""key_ops":["verify"]"#, r#""kid":"x""#] {
        assert!(with(fine).is_ok(), "{fine}");
    }
    for (bad, error) in [
        (
            r#""alg":"EdDSA""#,
            KeyError::AlgorithmMismatch { found: "EdDSA".to_owned(), expected: Algorithm::Es256 },
        ),
        (
            r#""alg":"Ed25519""#,
            KeyError::AlgorithmMismatch { found: "Ed25519".to_owned(), expected: Algorithm::Es256 },
        ),
        (r#""use":"enc""#, KeyError::Use("enc".to_owned())),
        (r#""key_ops":["sign"]"#, KeyError::KeyOps),
        (r#""key_ops":[]"#, KeyError::KeyOps),
        (r#""d":"AA""#, KeyError::PrivateExposed),
        (r#""k":"AA""#, KeyError::PrivateExposed),
    ] {
        assert_eq!(with(bad), Err(error), "{bad}");
    }
    let refused = |json: &str| PublicKey::from_jwk(&jwk(json)).unwrap_err();
    assert_eq!(
        refused(&RFC_8037_JWK.replace("OKP", "EC")),
        KeyError::Unsupported { name: "crv", value: "Ed25519".to_owned() }
    );
    assert_eq!(
        refused(&A3_JWK.replace("P-256", "secp256k1")),
        KeyError::Unsupported { name: "crv", value: "secp256k1".to_owned() }
    );
    assert_eq!(refused(r#"{"kty":"oct"}"#), KeyError::Unsupported { name: "kty", value: "oct".to_owned() });
    assert_eq!(refused(r#"{"kty":"OKP","x":"AA"}"#), KeyError::Missing("crv"));
    assert_eq!(refused(r#"{"kty":"OKP","crv":"Ed25519"}"#), KeyError::Missing("x"));
    assert_eq!(
        refused(r#"{"kty":"OKP","crv":"Ed25519","x":"AA"}"#),
        KeyError::Length { name: "x", found: 1, expected: 32 }
    );
    assert_eq!(refused(&RFC_8037_JWK.replace("HURo", "HURo=")), KeyError::Base64("x"));
    assert_eq!(refused(&RFC_8037_JWK.replace("HURo", "HURp")), KeyError::Base64("x"), "trailing bits");
    let problem = KeyError::PrivateExposed.to_problem("m");
    assert_eq!(problem.code, Code::JwkPrivateKeyExposed);
    let problem = refused(r#"{"kty":"oct"}"#).to_problem("https://example.org/key");
    assert_eq!(problem.code, Code::KeyMalformed);
    assert_eq!(problem.value("method"), Some("https://example.org/key"));
    assert!(problem.value("reason").unwrap().contains("oct"));
}

#[test]
fn a_bls_key_verifies_no_single_message_and_has_no_jwk() {
    let secret = crate::securing::bbs::SecretKey::from_randomness([7; 32]).unwrap();
    let multikey = Multikey::new(KeyKind::Bls12381G2, secret.public_key().bytes().to_vec()).unwrap();
    assert!(multikey.to_string().starts_with("zUC7"));
    let key = PublicKey::from_multikey(&multikey).unwrap();
    assert_eq!(key.to_multikey(), Some(multikey));
    assert_eq!((key.algorithm(), key.to_jwk()), (Algorithm::Bbs, None));
    assert_eq!(Algorithm::parse(Algorithm::Bbs.as_str()), None, "no token may name it");
    for algorithm in Algorithm::ALL.into_iter().chain([Algorithm::Bbs]) {
        assert!(!key.accepts(algorithm));
        let refused = key.verify(algorithm, b"", &secret.sign(b"", &[]).unwrap());
        assert_eq!(refused, Err(SignatureRefused::Algorithm { asked: algorithm, key: Algorithm::Bbs }));
    }
    let other = crate::securing::bbs::SecretKey::from_randomness([8; 32]).unwrap();
    let other = Multikey::new(KeyKind::Bls12381G2, other.public_key().bytes().to_vec()).unwrap();
    assert!(!PublicKey::from_multikey(&other).unwrap().is(&key));
}
