//! Keys that sign, for tests only: fixed, public and worthless.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::Signer as _;

use super::{Kind, PublicKey};

pub(crate) fn base64url(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

pub(crate) fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

/// A key pair from a seed, with the means to sign.
pub(crate) struct TestKey {
    pub(crate) public: PublicKey,
    sign: Box<Sign>,
}

type Sign = dyn Fn(&[u8]) -> Vec<u8>;

impl TestKey {
    pub(crate) fn ed25519(seed: u8) -> Self {
        let key = ed25519_dalek::SigningKey::from_bytes(&[seed; 32]);
        Self {
            public: PublicKey(Kind::Ed25519(key.verifying_key())),
            sign: Box::new(move |message| key.sign(message).to_vec()),
        }
    }

    pub(crate) fn p256(seed: u8) -> Self {
        let key = p256::ecdsa::SigningKey::from_slice(&[seed; 32]).unwrap();
        Self {
            public: PublicKey(Kind::P256(*key.verifying_key())),
            sign: Box::new(move |message| {
                let signature: p256::ecdsa::Signature = p256::ecdsa::signature::Signer::sign(&key, message);
                signature.to_bytes().to_vec()
            }),
        }
    }

    pub(crate) fn p384(seed: u8) -> Self {
        let key = p384::ecdsa::SigningKey::from_slice(&[seed; 48]).unwrap();
        Self {
            public: PublicKey(Kind::P384(*key.verifying_key())),
            sign: Box::new(move |message| {
                let signature: p384::ecdsa::Signature = p384::ecdsa::signature::Signer::sign(&key, message);
                signature.to_bytes().to_vec()
            }),
        }
    }

    pub(crate) fn p521(seed: u8) -> Self {
        let mut secret = [seed; 66];
        secret[0] = 0;
        let key = p521::ecdsa::SigningKey::from_slice(&secret).unwrap();
        Self {
            public: PublicKey(Kind::P521(*key.verifying_key())),
            sign: Box::new(move |message| {
                let signature: p521::ecdsa::Signature = p521::ecdsa::signature::Signer::sign(&key, message);
                signature.to_bytes().to_vec()
            }),
        }
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        (self.sign)(message)
    }
}

/// An Ed25519 key that skipped the checks of reading, to see what the signature check does alone.
pub(crate) fn unchecked_ed25519(bytes: &[u8; 32]) -> Option<PublicKey> {
    ed25519_dalek::VerifyingKey::from_bytes(bytes).ok().map(|key| PublicKey(Kind::Ed25519(key)))
}

/// The RSA key of RFC 7515 appendix A.2.1.
pub(crate) const A2_N: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
const A2_D: &str = "Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE-7YwVol2NXOoAJe46sui395IW_GO-pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M_V51gfpRLI9JYanrC4D4qAdGcopV_0ZHHzQlBjudU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x_jTj3ccPDVZFD9pIuhLhBOneufuBiB4cS98l2SR_RQyGWSeWjnczT0QU91p1DhOVRuOopznQ";

/// The payload that RFC 7515 signs in its appendices, encoded.
pub(crate) const RFC_7515_PAYLOAD: &str =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
pub(crate) const A2_SIGNATURE: &str = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
pub(crate) const A3_SIGNATURE: &str =
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

pub(crate) fn a2_input() -> Vec<u8> {
    format!("eyJhbGciOiJSUzI1NiJ9.{RFC_7515_PAYLOAD}").into_bytes()
}

pub(crate) fn a3_input() -> Vec<u8> {
    format!("eyJhbGciOiJFUzI1NiJ9.{RFC_7515_PAYLOAD}").into_bytes()
}

/// The RSA private operation on a block of our own making: how a forger with a faulty verifier in mind would sign.
pub(crate) fn a2_private_operation(block: &[u8]) -> Vec<u8> {
    let number = |text| rsa::BigUint::from_bytes_be(&base64url(text));
    let signature = rsa::BigUint::from_bytes_be(block).modpow(&number(A2_D), &number(A2_N)).to_bytes_be();
    [vec![0; 256 - signature.len()], signature].concat()
}

/// The one correct block for SHA-256 of `message` in 256 bytes, and others that careless verifiers have accepted.
pub(crate) fn pkcs1_blocks(message: &[u8]) -> (Vec<u8>, Vec<Vec<u8>>) {
    use sha2::Digest as _;
    let digest = sha2::Sha256::digest(message).to_vec();
    let info = hex("3031300d060960864801650304020105000420");
    let info_without_parameters = hex("302f300b06096086480165030402010420");
    let block = |kind: u8, filler: u8, info: &[u8], tail: &[u8]| {
        let content = [info, &digest, tail].concat();
        [vec![0, kind], vec![filler; 256 - 3 - content.len()], vec![0], content].concat()
    };
    let short_padding = {
        let mut block =
            [vec![0, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0], info.clone(), digest.clone()]
                .concat();
        block.resize(256, 0);
        block
    };
    let sha1_info = hex("3021300906052b0e03021a05000414");
    let wrong = vec![
        block(2, 0xff, &info, &[]),
        block(1, 0xfe, &info, &[]),
        block(1, 0xff, &info, &[0]),
        block(1, 0xff, &info_without_parameters, &[]),
        block(1, 0xff, &sha1_info, &[]),
        block(1, 0xff, &[], &[]),
        short_padding,
    ];
    (block(1, 0xff, &info, &[]), wrong)
}
