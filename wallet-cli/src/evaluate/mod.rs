//! Peer evaluation as a wallet takes part in it: what a thread says to a person, and the moves they can make.
//!
//! Nothing here reads a file, a clock or a network: time and randomness are arguments. Terminal, page and files are built on this.

pub(crate) mod extend;
pub(crate) mod moves;
pub(crate) mod next;
pub(crate) mod scale;
pub(crate) mod sheet;
pub(crate) mod sought;
#[cfg(test)]
mod tests;
pub(crate) mod words;

use badge_schemas::lang::Lang;
use badge_schemas::profile::ProfileRef;
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Who makes a move, when, in which language its title is written, and the randomness it takes.
pub(crate) struct Mover {
    /// Who makes it, as the record will name them.
    pub(crate) issuer: ProfileRef,
    /// When.
    pub(crate) now: Timestamp,
    /// The language of the record's title and of names that we add.
    pub(crate) lang: Lang,
    /// Randomness, drawn for this move alone.
    pub(crate) seed: Seed,
}

impl Mover {
    /// The mover's DID.
    pub(crate) fn did(&self) -> &str {
        self.issuer.id()
    }
}

/// The body that somebody says they speak for, as `parentOrg` of their profile. Nobody else vouches for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Organisation {
    /// Its DID or address.
    pub(crate) id: String,
    /// Its name.
    pub(crate) name: Option<String>,
}

impl Organisation {
    /// The one that an issuer names.
    pub(crate) fn of(issuer: &ProfileRef) -> Option<Self> {
        let ProfileRef::Profile(profile) = issuer else { return None };
        let parent = profile.parent_org.as_ref()?;
        let text = |member: &str| parent.get(member).and_then(Value::as_str).map(str::to_owned);
        let id = parent.as_str().map(str::to_owned).or_else(|| text("id"))?;
        Some(Self { id, name: text("name") })
    }

    /// As it stands in the profile.
    pub(crate) fn to_profile(&self) -> Value {
        let mut parent = json!({"id": self.id, "type": ["Profile"]});
        if let Some(name) = &self.name {
            parent["name"] = json!(name);
        }
        parent
    }
}

/// Fresh randomness for one move, from which its ids and salt follow. Used for two moves, both would have the same ids.
pub(crate) struct Seed([u8; 32]);

impl Seed {
    /// Takes 32 bytes that the operating system drew.
    pub(crate) fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The id of the move's `index`th record: `urn:uuid`, version 4 ([RFC 9562 §5.4](https://www.rfc-editor.org/rfc/rfc9562#section-5.4)).
    fn id(&self, index: usize) -> String {
        let mut bytes = [0; 16];
        let derived = self.derive("id", &index.to_string());
        bytes.copy_from_slice(&derived[..16]);
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let hex = hex(&bytes);
        format!("urn:uuid:{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }

    /// The salt of an e-mail address: 128 bits, so that no table of addresses helps.
    fn salt(&self) -> String {
        hex(&self.derive("salt", "")[..16])
    }

    fn derive(&self, purpose: &str, index: &str) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.0);
        hash.update(purpose);
        hash.update(":");
        hash.update(index);
        hash.finalize().into()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}
