#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::super::keys::PublicKey;
use super::super::keys::testing::{
    A2_N, A2_SIGNATURE, A3_SIGNATURE, TestKey, a2_input, a2_private_operation, a3_input, base64url, hex,
    pkcs1_blocks,
};
use super::*;

fn jwk(json: &str) -> Jwk {
    serde_json::from_str(json).unwrap()
}

fn a2_jwk() -> Jwk {
    jwk(&format!(r#"{{"kty":"RSA","n":"{A2_N}","e":"AQAB"}}"#))
}

/// The verdict that both implementations give.
fn agreed(algorithm: Algorithm, jwk: &Jwk, message: &[u8], signature: &[u8]) -> bool {
    let ours = PublicKey::from_jwk(jwk).unwrap().verify(algorithm, message, signature);
    let theirs = verify(algorithm, jwk, message, signature);
    assert_eq!(ours.is_ok(), theirs.is_ok(), "{ours:?} {theirs:?} for {signature:02x?}");
    ours.is_ok()
}

/// A bit flipped in every byte, each of the eight in turn; every length near the right one, and nothing at all.
fn mutations(signature: &[u8]) -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = (0..signature.len())
        .map(|at| {
            let mut changed = signature.to_vec();
            changed[at] ^= 1 << (at % 8);
            changed
        })
        .collect();
    for cut in 1..8 {
        all.push(signature[cut..].to_vec());
        all.push(signature[..signature.len() - cut].to_vec());
        all.push([signature, &vec![0; cut]].concat());
        all.push([&vec![0; cut], signature].concat());
    }
    all.extend([vec![], vec![0], vec![0; signature.len()], vec![0xff; signature.len()]]);
    all
}

#[test]
fn both_accept_the_vectors_of_rfc_7515() {
    let a3 = jwk(
        r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#,
    );
    assert!(agreed(Algorithm::Es256, &a3, &a3_input(), &base64url(A3_SIGNATURE)));
    assert!(agreed(Algorithm::Rs256, &a2_jwk(), &a2_input(), &base64url(A2_SIGNATURE)));
}

#[test]
fn both_judge_es384_es512_and_ps256_alike() {
    let pair = josekit::jwk::alg::rsa::RsaKeyPair::generate(2048).unwrap();
    let rsa: Jwk = serde_json::from_value(serde_json::to_value(pair.to_jwk_public_key()).unwrap()).unwrap();
    let pss = PS256.signer_from_jwk(&pair.to_jwk_private_key()).unwrap();
    let ps256 = josekit::jws::JwsSigner::sign(&pss, b"badge").unwrap();
    let (p384, p521) = (TestKey::p384(5), TestKey::p521(5));
    for (algorithm, jwk, signature) in [
        (Algorithm::Ps256, rsa, ps256),
        (Algorithm::Es384, p384.public.to_jwk().unwrap(), p384.sign(b"badge")),
        (Algorithm::Es512, p521.public.to_jwk().unwrap(), p521.sign(b"badge")),
    ] {
        assert!(agreed(algorithm, &jwk, b"badge", &signature));
        assert!(!agreed(algorithm, &jwk, b"badges", &signature));
        for bad in mutations(&signature) {
            assert!(!agreed(algorithm, &jwk, b"badge", &bad), "{algorithm} {bad:02x?}");
        }
    }
}

#[test]
fn both_refuse_the_same_es256_signatures() {
    let order = hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    let above = hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632552");
    for seed in 1..4 {
        let key = TestKey::p256(seed);
        let jwk = key.public.to_jwk().unwrap();
        let signature = key.sign(b"message");
        assert!(agreed(Algorithm::Es256, &jwk, b"message", &signature));
        assert!(!agreed(Algorithm::Es256, &jwk, b"massage", &signature));
        for changed in mutations(&signature) {
            assert!(!agreed(Algorithm::Es256, &jwk, b"message", &changed));
        }
        for half in [0, 32] {
            for bad in [&vec![0; 32], &order, &above, &vec![0xff; 32]] {
                let mut changed = signature.clone();
                changed[half..half + 32].copy_from_slice(bad);
                assert!(!agreed(Algorithm::Es256, &jwk, b"message", &changed));
            }
        }
    }
}

#[test]
fn both_read_numbers_with_leading_zeros_and_high_bits() {
    // r and s of every size: OpenSSL gets them as DER, where leading zeros and high bits matter.
    let key = TestKey::p256(11);
    let jwk = key.public.to_jwk().unwrap();
    let (mut short, mut high) = (0, 0);
    for message in 0..600_u16 {
        let signature = key.sign(&message.to_be_bytes());
        short += usize::from(signature[0] == 0 || signature[32] == 0);
        high += usize::from(signature[0] >= 0x80 && signature[32] >= 0x80);
        if signature[0] == 0 || signature[32] == 0 || message < 20 {
            assert!(agreed(Algorithm::Es256, &jwk, &message.to_be_bytes(), &signature));
        }
    }
    assert!(short > 0 && high > 0, "{short} {high}");
}

#[test]
fn both_refuse_the_same_rs256_signatures() {
    let (jwk, input) = (a2_jwk(), a2_input());
    for changed in mutations(&base64url(A2_SIGNATURE)) {
        assert!(!agreed(Algorithm::Rs256, &jwk, &input, &changed));
    }
    let (right, wrong) = pkcs1_blocks(b"message");
    assert!(agreed(Algorithm::Rs256, &jwk, b"message", &a2_private_operation(&right)));
    for block in wrong {
        assert!(!agreed(Algorithm::Rs256, &jwk, b"message", &a2_private_operation(&block)));
    }
}

#[test]
fn a_key_is_for_its_own_algorithm() {
    let ed25519 = TestKey::ed25519(1).public.to_jwk().unwrap();
    let signature = TestKey::ed25519(1).sign(b"message");
    assert_eq!(verify(Algorithm::EdDsa, &ed25519, b"message", &signature), Err(SignatureRefused::Key));
    let keys = [ed25519, TestKey::p256(1).public.to_jwk().unwrap(), a2_jwk(), Jwk::default()];
    for (at, jwk) in keys.iter().enumerate() {
        for algorithm in Algorithm::ALL {
            let own =
                matches!((at, algorithm), (1, Algorithm::Es256) | (2, Algorithm::Rs256 | Algorithm::Ps256));
            let expected = if own { SignatureRefused::Mismatch } else { SignatureRefused::Key };
            assert_eq!(verify(algorithm, jwk, b"message", &[1; 64]), Err(expected));
        }
    }
}
