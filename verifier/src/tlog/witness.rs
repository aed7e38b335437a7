//! A witness: somebody who has seen a checkpoint, and says when ([C2SP tlog-cosignature](https://c2sp.org/tlog-cosignature)).

use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::VerifyingKey;
use jiff::Timestamp;

use super::note::{COSIGNATURE, Note, id};

/// A witness whose times the caller trusts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    name: String,
    key: VerifyingKey,
}

/// The text is not a verifier key of a witness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not NAME+ID+KEY of a witness with an Ed25519 key")]
pub struct NotAWitness;

impl FromStr for Witness {
    type Err = NotAWitness;

    /// Reads a [verifier key](https://c2sp.org/signed-note): name, id in hexadecimal, and type 0x04 with the Ed25519 key in base64, joined by `+`.
    fn from_str(text: &str) -> Result<Self, NotAWitness> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(hex), Some(encoded)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NotAWitness);
        };
        let bytes = STANDARD.decode(encoded).map_err(|_| NotAWitness)?;
        let (&[COSIGNATURE, ref raw @ ..], false) = (bytes.as_slice(), name.is_empty()) else {
            return Err(NotAWitness);
        };
        let raw: &[u8; 32] = raw.try_into().map_err(|_| NotAWitness)?;
        let key = VerifyingKey::from_bytes(raw).ok().filter(|key| !key.is_weak()).ok_or(NotAWitness)?;
        let expected = u32::from_be_bytes(id(name, COSIGNATURE, raw));
        let named = hex.len() == 8 && u32::from_str_radix(hex, 16) == Ok(expected);
        if named { Ok(Self { name: name.to_owned(), key }) } else { Err(NotAWitness) }
    }
}

impl Witness {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// When it saw this checkpoint, at the earliest; `None` where it has not signed it, or a time that is still to come.
    pub fn saw(&self, note: &Note<'_>, now: Timestamp) -> Option<Timestamp> {
        let id = id(&self.name, COSIGNATURE, self.key.as_bytes());
        note.by(&self.name, id).filter_map(|signature| self.time(note.text, signature, now)).min()
    }

    fn time(&self, text: &str, signature: &[u8], now: Timestamp) -> Option<Timestamp> {
        let (seconds, signature) = signature.split_first_chunk::<8>()?;
        let seconds = i64::try_from(u64::from_be_bytes(*seconds)).ok()?;
        let time = Timestamp::from_second(seconds).ok().filter(|time| *time <= now)?;
        let signature = ed25519_dalek::Signature::from_slice(signature).ok()?;
        let message = format!("cosignature/v1\ntime {seconds}\n{text}");
        self.key.verify_strict(message.as_bytes(), &signature).ok().map(|()| time)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use ed25519_dalek::{Signer as _, SigningKey};

    use super::super::note::line;
    use super::*;

    const TEXT: &str = "did:web:a.example/log\n3\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    const TIME: i64 = 1_700_000_000;

    fn key() -> SigningKey {
        SigningKey::from_bytes(&[3; 32])
    }

    fn vkey(name: &str, kind: u8) -> String {
        let raw = key().verifying_key().to_bytes();
        let id = u32::from_be_bytes(id(name, kind, &raw));
        format!("{name}+{id:08x}+{}", STANDARD.encode([&[kind], raw.as_slice()].concat()))
    }

    fn cosigned(name: &str, said: i64, signed: i64) -> String {
        let message = format!("cosignature/v1\ntime {signed}\n{TEXT}");
        let mut bytes = u64::try_from(said).unwrap().to_be_bytes().to_vec();
        bytes.extend(key().sign(message.as_bytes()).to_bytes());
        format!("{TEXT}\n{}", line(name, id(name, COSIGNATURE, &key().verifying_key().to_bytes()), &bytes))
    }

    #[test]
    fn a_time_counts_when_the_witness_signed_it_with_the_text() {
        let witness: Witness = vkey("témoin.example/w1", COSIGNATURE).parse().unwrap();
        let now = Timestamp::from_second(TIME + 10).unwrap();
        let saw = |note: &str| witness.saw(&Note::parse(note).unwrap(), now);
        let good = cosigned("témoin.example/w1", TIME, TIME);
        assert_eq!(saw(&good), Some(Timestamp::from_second(TIME).unwrap()));
        assert_eq!(saw(&cosigned("other", TIME, TIME)), None, "another name");
        assert_eq!(saw(&cosigned("témoin.example/w1", TIME - 1, TIME)), None, "another time");
        assert_eq!(saw(&cosigned("témoin.example/w1", TIME + 11, TIME + 11)), None, "still to come");
        assert_eq!(saw(&good.replacen("\n3\n", "\n4\n", 1)), None, "another text");
    }

    #[test]
    fn a_witness_is_named_with_the_type_of_a_cosigner() {
        assert!(vkey("w", COSIGNATURE).parse::<Witness>().is_ok());
        let wrong_id = vkey("w", COSIGNATURE).replacen("w+", "x+", 1);
        for bad in ["", "w", "w+00000000", &vkey("w", 1), &vkey("", COSIGNATURE), &wrong_id] {
            assert_eq!(bad.parse::<Witness>(), Err(NotAWitness), "{bad}");
        }
    }
}
