//! Digests that a document states of resources elsewhere ([VC Data Model 2.0 §5.3](https://www.w3.org/TR/vc-data-model-2.0/#integrity-of-related-resources)).

use badge_schemas::problem::{Code, Problem};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::Value;
use sha2::{Sha256, Sha384, Sha512};
use sha3::{Digest as _, Sha3_256, Sha3_384};

/// Most digests we read of one resource: three algorithms in two notations, and room for two editions of a file.
pub const MAX_DIGESTS: usize = 16;

/// Longest digest we decode, in bytes of text: SHA-512 takes 95, and base58 is quadratic.
const MAX_DIGEST_TEXT: usize = 128;

/// SRI writes base64 in either alphabet, and not everyone writes the padding ([CSP3 §2.3.1](https://www.w3.org/TR/CSP3/#grammardef-base64-value)).
const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// A hash function that a digest may use: those of [SRI](https://www.w3.org/TR/SRI/#cryptographic-hash-functions) and of
/// [CID §2.5](https://www.w3.org/TR/cid-1.0/#multihash), the weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Algorithm {
    Sha256,
    Sha3_256,
    Sha384,
    Sha3_384,
    Sha512,
}

impl Algorithm {
    fn digest(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha384 => Sha384::digest(bytes).to_vec(),
            Self::Sha512 => Sha512::digest(bytes).to_vec(),
            Self::Sha3_256 => Sha3_256::digest(bytes).to_vec(),
            Self::Sha3_384 => Sha3_384::digest(bytes).to_vec(),
        }
    }

    fn len(self) -> usize {
        match self {
            Self::Sha256 | Self::Sha3_256 => 32,
            Self::Sha384 | Self::Sha3_384 => 48,
            Self::Sha512 => 64,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Digest {
    algorithm: Algorithm,
    value: Vec<u8>,
}

impl Digest {
    fn new(algorithm: Algorithm, value: Vec<u8>) -> Option<Self> {
        (value.len() == algorithm.len()).then_some(Self { algorithm, value })
    }

    fn is_of(&self, bytes: &[u8]) -> bool {
        self.algorithm.digest(bytes) == self.value
    }
}

/// The digests that an object states of the resource named by its `id`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Digests {
    sri: Vec<Digest>,
    multibase: Vec<Digest>,
}

impl Digests {
    /// Reads `digestSRI` and `digestMultibase` of an object; `None` where it has neither.
    ///
    /// # Errors
    /// [`Code::DigestAlgorithmForbidden`] for another algorithm than SHA-2 or SHA-3 of 256 bits or more; [`Code::MalformedValue`] for
    /// what is no digest.
    pub fn of(object: &Value) -> Result<Option<Self>, Problem> {
        let sri = texts(object, "digestSRI")?;
        let multibase = texts(object, "digestMultibase")?;
        if sri.is_empty() && multibase.is_empty() {
            return Ok(None);
        }
        // One attribute may list several hash expressions, separated by blanks.
        let sri = sri.iter().flat_map(|text| text.split_ascii_whitespace());
        let digests = Self {
            sri: sri.map(of_sri).collect::<Result<_, _>>()?,
            multibase: multibase.into_iter().map(of_multibase).collect::<Result<_, _>>()?,
        };
        if digests.sri.is_empty() && digests.multibase.is_empty() {
            return Err(malformed("digestSRI", "it is empty"));
        }
        if digests.sri.len() + digests.multibase.len() > MAX_DIGESTS {
            return Err(malformed("digestSRI", "there are too many digests"));
        }
        Ok(Some(digests))
    }

    /// Whether these are digests of `bytes`.
    ///
    /// Of several `digestSRI`, those of the strongest algorithm count, and one must fit
    /// ([SRI §3.3.4](https://www.w3.org/TR/SRI/#does-response-match-metadatalist)); every `digestMultibase` must fit.
    pub fn are_of(&self, bytes: &[u8]) -> bool {
        let strongest = self.sri.iter().map(|digest| digest.algorithm).max();
        let sri = self.sri.is_empty()
            || self
                .sri
                .iter()
                .filter(|digest| Some(digest.algorithm) == strongest)
                .any(|digest| digest.is_of(bytes));
        sri && self.multibase.iter().all(|digest| digest.is_of(bytes))
    }
}

/// The strings of a member, one or several.
fn texts<'v>(object: &'v Value, member: &'static str) -> Result<Vec<&'v str>, Problem> {
    let items = match object.get(member) {
        None => return Ok(Vec::new()),
        Some(Value::Array(items)) => items.as_slice(),
        Some(one) => std::slice::from_ref(one),
    };
    if items.is_empty() {
        return Err(malformed(member, "it is empty"));
    }
    items.iter().map(|item| item.as_str().ok_or_else(|| malformed(member, "it is not a string"))).collect()
}

/// `hash-expression` of [SRI §3.5](https://www.w3.org/TR/SRI/#the-integrity-attribute): an algorithm, a hyphen, base64; options are ignored.
fn of_sri(text: &str) -> Result<Digest, Problem> {
    let member = "digestSRI";
    let refused = || malformed(member, "it is not an algorithm, a hyphen and the digest in base64");
    let expression = text.split_once('?').map_or(text, |(expression, _options)| expression);
    if expression.len() > MAX_DIGEST_TEXT {
        return Err(refused());
    }
    let (name, encoded) = expression.split_once('-').ok_or_else(refused)?;
    let algorithm = match name.to_ascii_lowercase().as_str() {
        "sha256" => Algorithm::Sha256,
        "sha384" => Algorithm::Sha384,
        "sha512" => Algorithm::Sha512,
        _ => return Err(forbidden(member, name)),
    };
    let value = STANDARD.decode(encoded).or_else(|_| URL_SAFE.decode(encoded)).map_err(|_| refused())?;
    Digest::new(algorithm, value).ok_or_else(refused)
}

/// A [Multihash](https://www.w3.org/TR/cid-1.0/#multihash) in [Multibase](https://www.w3.org/TR/cid-1.0/#multibase-0): base64url or base58btc.
fn of_multibase(text: &str) -> Result<Digest, Problem> {
    let member = "digestMultibase";
    let refused = || malformed(member, "it is not a multihash in base64url (u…) or base58btc (z…)");
    if text.len() > MAX_DIGEST_TEXT {
        return Err(refused());
    }
    let bytes = match (text.strip_prefix('u'), text.strip_prefix('z')) {
        (Some(encoded), _) => URL_SAFE.decode(encoded).map_err(|_| refused())?,
        (_, Some(encoded)) => bs58::decode(encoded).into_vec().map_err(|_| refused())?,
        _ => return Err(refused()),
    };
    let (header, value) = bytes.split_at_checked(2).ok_or_else(refused)?;
    // One-byte code and length; every code below 0x80 is one byte as a varint.
    let algorithm = match header {
        [0x12, _] => Algorithm::Sha256,
        [0x20, _] => Algorithm::Sha384,
        [0x13, _] => Algorithm::Sha512,
        [0x16, _] => Algorithm::Sha3_256,
        [0x15, _] => Algorithm::Sha3_384,
        [code, len] if *code < 0x80 && usize::from(*len) == value.len() => {
            return Err(forbidden(member, &format!("multihash 0x{code:02x}")));
        }
        _ => return Err(refused()),
    };
    let whole = header.get(1).is_some_and(|len| usize::from(*len) == value.len());
    Digest::new(algorithm, value.to_vec()).filter(|_| whole).ok_or_else(refused)
}

fn malformed(member: &str, reason: &str) -> Problem {
    Problem::new(Code::MalformedValue).at(format!("/{member}")).with("member", member).with("reason", reason)
}

fn forbidden(member: &str, algorithm: &str) -> Problem {
    Problem::new(Code::DigestAlgorithmForbidden).at(format!("/{member}")).with("algorithm", algorithm)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use serde_json::json;

    use super::*;

    /// Digests of `abc`, from [FIPS 180-4](https://csrc.nist.gov/csrc/media/projects/cryptographic-standards-and-guidelines/documents/examples/sha_all.pdf).
    const ABC_256: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    const ABC_384: &str =
        "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7";

    fn bytes(hex: &str) -> Vec<u8> {
        (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
    }

    fn fits(object: &Value) -> bool {
        Digests::of(object).unwrap().unwrap().are_of(b"abc")
    }

    fn code(object: &Value) -> Code {
        Digests::of(object).unwrap_err().code
    }

    #[test]
    fn both_notations_are_read_in_every_spelling() {
        let sri = format!("sha384-{}", STANDARD.encode(bytes(ABC_384)));
        assert!(fits(&json!({"digestSRI": sri})));
        assert!(fits(&json!({"digestSRI": format!("sha384-{}?x", URL_SAFE.encode(bytes(ABC_384)))})));
        let multihash = [vec![0x12, 0x20], bytes(ABC_256)].concat();
        let base64 = format!("u{}", URL_SAFE.encode(&multihash).trim_end_matches('='));
        let base58 = format!("z{}", bs58::encode(&multihash).into_string());
        assert!(fits(&json!({"digestMultibase": base64, "digestSRI": sri})));
        assert!(fits(&json!({"digestMultibase": [base64, base58]})));
        let other = format!("sha384-{}", STANDARD.encode([0; 48]));
        assert!(!fits(&json!({"digestSRI": other})));
        assert!(!fits(&json!({"digestMultibase": base64, "digestSRI": other})), "both must fit");
        assert!(fits(&json!({"digestSRI": format!("{other} {sri}")})), "either edition");
        let weaker = format!("sha256-{}", STANDARD.encode(bytes(ABC_256)));
        assert!(!fits(&json!({"digestSRI": [weaker, other]})), "the strongest counts");
        // Digest of `abc`, from [FIPS 202](https://csrc.nist.gov/CSRC/media/Projects/Cryptographic-Standards-and-Guidelines/documents/examples/SHA3-256_Msg0.pdf).
        let sha3 = bytes("3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532");
        let sha3 = format!("z{}", bs58::encode([vec![0x16, 0x20], sha3].concat()).into_string());
        assert!(fits(&json!({"digestMultibase": sha3})));
        assert!(Digests::of(&json!({"id": "urn:x"})).unwrap().is_none());
    }

    #[test]
    fn what_is_no_digest_or_a_weak_one_is_refused() {
        let raw = URL_SAFE.encode(bytes(ABC_256));
        for object in [
            json!({"digestSRI": ""}),
            json!({"digestSRI": " "}),
            json!({"digestSRI": []}),
            json!({"digestSRI": 5}),
            json!({"digestSRI": "sha384-"}),
            json!({"digestSRI": "sha384-YWJj"}),
            json!({"digestSRI": format!("sha256-{}*", &raw[..43])}),
            json!({"digestSRI": format!("sha512-{}", "A".repeat(1 << 16))}),
            json!({"digestMultibase": "mYWJj"}),
            json!({"digestMultibase": "uEiA"}),
            json!({"digestMultibase": format!("u{raw}")}),
            json!({"digestMultibase": format!("z{}", "1".repeat(1 << 16))}),
            json!({"digestMultibase": [null]}),
        ] {
            assert_eq!(code(&object), Code::MalformedValue, "{object}");
        }
        let sha1 = [vec![0x11, 0x14], vec![0; 20]].concat();
        for object in [
            json!({"digestSRI": "md5-YWJj"}),
            json!({"digestSRI": "sha1-qZk+NkcGgWq6PiVxeFDCbJzQ2J0="}),
            json!({"digestMultibase": format!("z{}", bs58::encode(sha1).into_string())}),
        ] {
            assert_eq!(code(&object), Code::DigestAlgorithmForbidden, "{object}");
        }
    }
}
