//! Public keys as JOSE writes them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// A JSON Web Key ([RFC 7517](https://www.rfc-editor.org/rfc/rfc7517)), with the members of public keys only.
///
/// Reading one that carries private members keeps a mark of it ([`Jwk::exposes_private_key`]) and none of the secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "ReadJwk")]
pub struct Jwk {
    /// `OKP`, `EC` or `RSA`.
    pub kty: String,
    /// Curve: `Ed25519`, `P-256`, `P-384`, `P-521`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crv: Option<String>,
    /// Base64url coordinate or public key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x: Option<String>,
    /// Base64url coordinate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub y: Option<String>,
    /// Base64url RSA modulus.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n: Option<String>,
    /// Base64url RSA exponent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub e: Option<String>,
    /// Key id; for issuers with `https` ids the URL of the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// The one algorithm it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
    /// `sig` where given.
    #[serde(rename = "use", skip_serializing_if = "Option::is_none")]
    pub public_use: Option<String>,
    /// Operations it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_ops: Option<Vec<String>>,
    /// Open Badges: the issuer it belongs to, where given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iss: Option<String>,
    /// Whether private members stood beside these; never written.
    #[serde(skip)]
    private: bool,
}

impl Jwk {
    /// An Ed25519 public key ([RFC 8037](https://www.rfc-editor.org/rfc/rfc8037)).
    pub fn ed25519(public: &[u8; 32]) -> Self {
        Self {
            kty: "OKP".into(),
            crv: Some("Ed25519".into()),
            x: Some(URL_SAFE_NO_PAD.encode(public)),
            ..Self::default()
        }
    }

    /// A public key on `curve` (`P-256`, `P-384`, `P-521`) from its two coordinates, each as long as the field.
    pub fn ec(curve: &str, x: &[u8], y: &[u8]) -> Self {
        Self {
            kty: "EC".into(),
            crv: Some(curve.into()),
            x: Some(URL_SAFE_NO_PAD.encode(x)),
            y: Some(URL_SAFE_NO_PAD.encode(y)),
            ..Self::default()
        }
    }

    /// Whether private members stood beside the public ones.
    pub fn exposes_private_key(&self) -> bool {
        self.private
    }

    /// What the thumbprint is the SHA-256 of: the required members in lexical order ([RFC 7638 §3](https://www.rfc-editor.org/rfc/rfc7638#section-3)).
    ///
    /// `None` where a required member is missing.
    pub fn thumbprint_input(&self) -> Option<String> {
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let member = |name: &str, value: &Option<String>| {
            value.as_deref().map(|value| format!("\"{name}\":{}", quoted(value)))
        };
        let members = match self.kty.as_str() {
            "OKP" => {
                vec![member("crv", &self.crv)?, format!("\"kty\":{}", quoted("OKP")), member("x", &self.x)?]
            }
            "EC" => vec![
                member("crv", &self.crv)?,
                format!("\"kty\":{}", quoted("EC")),
                member("x", &self.x)?,
                member("y", &self.y)?,
            ],
            "RSA" => vec![member("e", &self.e)?, format!("\"kty\":{}", quoted("RSA")), member("n", &self.n)?],
            _ => return None,
        };
        Some(format!("{{{}}}", members.join(",")))
    }
}

/// A JWK Set ([RFC 7517 §5](https://www.rfc-editor.org/rfc/rfc7517#section-5)); keys of kinds we cannot read are passed over by their users.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JwkSet {
    /// The keys that can be read; one broken key does not hide the others.
    #[serde(deserialize_with = "readable")]
    pub keys: Vec<Jwk>,
}

fn readable<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<Jwk>, D::Error> {
    let keys = Vec::<serde_json::Value>::deserialize(deserializer)?;
    Ok(keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).collect())
}

/// What a JWK may hold as it arrives: the private members are noticed and let go.
#[derive(Deserialize)]
struct ReadJwk {
    kty: String,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    n: Option<String>,
    e: Option<String>,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    public_use: Option<String>,
    key_ops: Option<Vec<String>>,
    iss: Option<String>,
    #[serde(flatten)]
    others: std::collections::BTreeMap<String, serde_json::Value>,
}

/// The members of private and symmetric keys ([RFC 7518 §6](https://www.rfc-editor.org/rfc/rfc7518#section-6)).
const PRIVATE_MEMBERS: [&str; 8] = ["d", "k", "p", "q", "dp", "dq", "qi", "oth"];

impl From<ReadJwk> for Jwk {
    fn from(read: ReadJwk) -> Self {
        let private = PRIVATE_MEMBERS.iter().any(|name| read.others.contains_key(*name));
        let ReadJwk { kty, crv, x, y, n, e, kid, alg, public_use, key_ops, iss, .. } = read;
        Self { kty, crv, x, y, n, e, kid, alg, public_use, key_ops, iss, private }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    #[test]
    fn a_private_member_is_noticed_and_never_written() {
        let jwk: Jwk =
            serde_json::from_str(r#"{"kty":"OKP","crv":"Ed25519","x":"AA","d":"secret"}"#).unwrap();
        assert!(jwk.exposes_private_key());
        assert!(!serde_json::to_string(&jwk).unwrap().contains("secret"));
        let rsa: Jwk = serde_json::from_str(
            r#"{"kty":"RSA","n":"AA","e":"AQAB","d":"secret","p":"secret","qi":"secret"}"#,
        )
        .unwrap();
        assert!(rsa.exposes_private_key());
        let public: Jwk = serde_json::from_str(
            r#"{"kty":"RSA","n":"AA","e":"AQAB","x5t":"other members are passed over"}"#,
        )
        .unwrap();
        assert!(!public.exposes_private_key());
    }

    #[test]
    fn one_broken_key_does_not_hide_the_others() {
        let set: JwkSet =
            serde_json::from_str(r#"{"keys":[{"kty":4},{"kty":"OKP","crv":"Ed25519","x":"AA"}]}"#).unwrap();
        assert_eq!(set.keys.len(), 1);
    }

    #[test]
    fn the_thumbprint_input_of_rfc_8037() {
        // RFC 8037 appendix A.3.
        let jwk = Jwk {
            x: Some("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo".into()),
            kty: "OKP".into(),
            crv: Some("Ed25519".into()),
            ..Jwk::default()
        };
        assert_eq!(
            jwk.thumbprint_input().unwrap(),
            r#"{"crv":"Ed25519","kty":"OKP","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#
        );
    }
}
