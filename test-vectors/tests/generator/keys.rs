//! Keys made from fixed seeds, and what they sign. They protect nothing: their secrets stand here.

use badge_verifier::securing::rdfc::HashFunction;
use badge_verifier::securing::{Cryptosuite, data_integrity};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::Signer as _;
use rsa::signature::SignatureEncoding as _;
use serde_json::{Value, json};

/// An Ed25519 key with its did:key.
#[derive(Clone, Copy, Debug)]
pub struct Key(u8);

/// Signs badges.
pub const ISSUER: Key = Key(1);
/// To whom badges are given.
pub const HOLDER: Key = Key(2);
/// Who has no business here.
pub const STRANGER: Key = Key(3);
/// Endorses badges.
pub const ENDORSER: Key = Key(4);
/// Keeps status lists for others.
pub const LIST_KEEPER: Key = Key(5);
/// Keeps the registry.
pub const AUTHORITY: Key = Key(6);
/// Evaluates badges beside the endorser.
pub const SECOND_EVALUATOR: Key = Key(8);
/// Gives evaluators their own badges.
pub const GUILD: Key = Key(9);

impl Key {
    fn secret(self) -> ed25519_dalek::SigningKey {
        ed25519_dalek::SigningKey::from_bytes(&[self.0; 32])
    }

    pub fn public_bytes(self) -> [u8; 32] {
        self.secret().verifying_key().to_bytes()
    }

    pub fn multibase(self) -> String {
        multibase(&[&[0xed, 0x01][..], &self.public_bytes()].concat())
    }

    pub fn did(self) -> String {
        format!("did:key:{}", self.multibase())
    }

    pub fn method(self) -> String {
        format!("{}#{}", self.did(), self.multibase())
    }

    pub fn jwk(self) -> Value {
        json!({"kty": "OKP", "crv": "Ed25519", "x": base64url(&self.public_bytes())})
    }

    pub fn sign(self, message: &[u8]) -> Vec<u8> {
        self.secret().sign(message).to_bytes().to_vec()
    }

    /// A signature whose point R is the neutral one, in this spelling: S = H(R, A, M) · a mod L, the equation of RFC 8032, §5.1.7, with r = 0.
    pub fn sign_with_neutral_point(self, message: &[u8], point: [u8; 32]) -> Vec<u8> {
        use rsa::BigUint;
        use rsa::sha2::{Digest as _, Sha512};
        let order = (BigUint::from(1_u8) << 252)
            + BigUint::parse_bytes(b"27742317777372353535851937790883648493", 10).unwrap();
        let s = |point: &[u8]| {
            let mut scalar: [u8; 32] = Sha512::digest([self.0; 32])[..32].try_into().unwrap();
            scalar[0] &= 0xf8;
            scalar[31] = scalar[31] & 0x7f | 0x40;
            let hash = Sha512::digest([point, &self.public_bytes(), message].concat());
            let product = BigUint::from_bytes_le(&hash) * BigUint::from_bytes_le(&scalar) % &order;
            let mut s = product.to_bytes_le();
            s.resize(32, 0);
            [point, &s].concat()
        };
        // A reader that is not strict takes it in the usual spelling: the arithmetic is right.
        let mut usual = [0; 32];
        usual[0] = 1;
        let lenient = ed25519_dalek::Signature::from_slice(&s(&usual)).unwrap();
        ed25519_dalek::Verifier::verify(&self.secret().verifying_key(), message, &lenient).unwrap();
        s(&point)
    }

    /// A proof for a credential, all but its signature.
    pub fn proof(self) -> Value {
        json!({
            "type": "DataIntegrityProof",
            "cryptosuite": "eddsa-rdfc-2022",
            "created": "2026-11-02T09:00:00Z",
            "verificationMethod": self.method(),
            "proofPurpose": "assertionMethod",
        })
    }

    /// The proof with its signature over a document.
    pub fn complete(self, document: &Value, proof: Value) -> Value {
        let hash = to_be_signed(document, &proof);
        let mut proof = proof;
        proof["proofValue"] = multibase(&self.sign(&hash)).into();
        proof
    }

    /// The document with this proof.
    pub fn seal_with(self, document: &Value, proof: Value) -> Value {
        let mut sealed = document.clone();
        sealed["proof"] = self.complete(document, proof);
        sealed
    }

    /// The credential with the usual proof.
    pub fn seal(self, document: &Value) -> Value {
        self.seal_with(document, self.proof())
    }

    /// A token with this header.
    pub fn token(self, header: &Value, payload: &Value) -> String {
        self.token_of_text(&header.to_string(), &payload.to_string())
    }

    /// A token over these exact spellings.
    pub fn token_of_text(self, header: &str, payload: &str) -> String {
        let input = format!("{}.{}", base64url(header.as_bytes()), base64url(payload.as_bytes()));
        let signature = self.sign(input.as_bytes());
        format!("{input}.{}", base64url(&signature))
    }

    /// An Open Badges VC-JWT of a credential.
    pub fn jwt(self, credential: &Value) -> String {
        self.token(&json!({"alg": "EdDSA", "kid": self.method(), "typ": "JWT"}), &claims(credential))
    }

    /// A VC-JOSE-COSE token of a credential.
    pub fn vc_jwt(self, credential: &Value) -> String {
        self.token(&json!({"alg": "EdDSA", "kid": self.method(), "typ": "vc+jwt"}), credential)
    }
}

/// What `eddsa-rdfc-2022` signs of a document and a proof.
pub fn to_be_signed(document: &Value, proof: &Value) -> Vec<u8> {
    let proof = proof.as_object().unwrap();
    data_integrity::hash_data(document, proof, Cryptosuite::EddsaRdfc2022, HashFunction::Sha256)
        .unwrap_or_else(|problem| panic!("{problem:?}: {document}"))
}

/// The P-256 key: its did:key.
pub fn p256_did() -> (String, String) {
    let point = p256_secret().verifying_key().to_sec1_point(true);
    let key = multibase(&[&[0x80, 0x24][..], point.as_bytes()].concat());
    (format!("did:key:{key}"), format!("did:key:{key}#{key}"))
}

/// An ES256 token.
pub fn es256(header: &Value, payload: &Value) -> String {
    let input =
        format!("{}.{}", base64url(header.to_string().as_bytes()), base64url(payload.to_string().as_bytes()));
    let signature: p256::ecdsa::Signature =
        p256::ecdsa::signature::Signer::sign(&p256_secret(), input.as_bytes());
    format!("{input}.{}", base64url(&signature.to_bytes()))
}

/// A raw ES256 signature.
pub fn p256_sign(message: &[u8]) -> Vec<u8> {
    let signature: p256::ecdsa::Signature = p256::ecdsa::signature::Signer::sign(&p256_secret(), message);
    signature.to_bytes().to_vec()
}

fn p256_secret() -> p256::ecdsa::SigningKey {
    p256::ecdsa::SigningKey::from_slice(&[7; 32]).unwrap()
}

const RSA_N: &str = "tC9MUwQuGqoy7UxGvsmmJoe1xuWbNGnUEID6Bxxds3R6p4QvIbDI4guH3HrmUbWd76-M3AEcWsNlURTdhxuYmJ64DvadHDw1pq49O8Z66YKIbEDDyMuYsxgoBCIbJ3OREinNrAX8eZwa5gLf_ab2E90MVGPRdXxTg-ZaMERbqHLAffIcnVjemKPBOZpQTt_jBCfFgo8CZMeNmaAr4cKJff3kSfsUjnZoR8vJ04BlGBcoNbZuGiesqrfXwDTUSzjcyRVJmweT0z2vCEJdqqNK9yG5n8_xqM1nd8dlP4gyzkYp_V3j22LfrhKk9d3d8mxK6du641c_lNCvMYN7XoO--w";
const RSA_D: &str = "Clr_iXPfjHPEqoOsOzHOpT8-cLhoc5ozcGFhPUBhmDs1A2Si6s5EtU0RWVgM3ZxQ_-H4d_puXT8GlyLaWnX5DqhsjpuYyvMg6DvyU_mjvcDdQ09zkRo2Y_Ca-CXXpqxLJZ6WbfEIIhsZJqf6pJLQaLLXDxCPjK-BAz8dZtG-7M7WiTAVIp8vVlZgzAkzp3M9FoJF_Dd7lSLOM_LtM9eV1CaAcdbbXdGy3EcqUSLU-vTG7c42M4XfCw1wkRdTOUuiDhB8xMMHRU_Bk5aiYDNkUzjBkf33BvdLD_7fWa9njh1_7jzX4e0U5AuvnTdH-e7FzIuSshTV0lE94gQmDzdQzQ";
const RSA_P: &str = "-xO4XoenY_ZLmuOWBR2YbyixBwLANc0g4UUzbvdw6UH-tS9rWFRrIhcIkiJHWg5obQfDQWaM4W7eC1P23Xs_U4FkDSiKF_M-n86_eLjsOxdJ6TRS00V2_IYmYbILXAeXAH2aestsG85LHzKbwW2gm5gBdg_Fx5GRwURXnu5vr38";
const RSA_Q: &str = "t7e8DGdM9S2hGpVc17SIJ7d8AxRJBMJxvMK6NfKF-7yaYa612eH0HncKETxxwRHJhKnyfpYrdVyldJKVR_Ug97bIUo3CTIMvSkPcrpTRtBxCvcemgnmb8lmFmXOKaolORWrpok6H0glngeUuY0Iro6z4zc3-J9Win9BrPFlrboU";

/// The RSA key, as a JWK.
pub fn rsa_jwk() -> Value {
    json!({"kty": "RSA", "n": RSA_N, "e": "AQAB"})
}

/// The RSA key's private half.
pub fn rsa_secret() -> rsa::RsaPrivateKey {
    let number = |text: &str| rsa::BigUint::from_bytes_be(&URL_SAFE_NO_PAD.decode(text).unwrap());
    let primes = vec![number(RSA_P), number(RSA_Q)];
    rsa::RsaPrivateKey::from_components(number(RSA_N), 65_537_u32.into(), number(RSA_D), primes).unwrap()
}

/// An RS256 token.
pub fn rs256(header: &Value, payload: &Value) -> String {
    let signer = rsa::pkcs1v15::SigningKey::<rsa::sha2::Sha256>::new(rsa_secret());
    let input =
        format!("{}.{}", base64url(header.to_string().as_bytes()), base64url(payload.to_string().as_bytes()));
    let signature = rsa::signature::Signer::sign(&signer, input.as_bytes());
    format!("{input}.{}", base64url(&signature.to_vec()))
}

/// The payload of an Open Badges VC-JWT: the credential and the claims that repeat its members.
pub fn claims(credential: &Value) -> Value {
    let mut payload = credential.clone();
    let second = |name: &str| {
        credential[name]
            .as_str()
            .and_then(|text| text.parse::<jiff::Timestamp>().ok())
            .map(jiff::Timestamp::as_second)
    };
    let issuer =
        if credential["issuer"].is_string() { &credential["issuer"] } else { &credential["issuer"]["id"] };
    payload["iss"] = issuer.clone();
    payload["jti"] = credential["id"].clone();
    for (claim, member) in [("nbf", "validFrom"), ("exp", "validUntil")] {
        if let Some(second) = second(member) {
            payload[claim] = second.into();
        }
    }
    if let Some(subject) = credential["credentialSubject"].get("id") {
        payload["sub"] = subject.clone();
    }
    payload
}

pub fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub fn multibase(bytes: &[u8]) -> String {
    format!("z{}", bs58::encode(bytes).into_string())
}
