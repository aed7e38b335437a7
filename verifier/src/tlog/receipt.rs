//! What an issuer hands out about one act of its record: the entry, the proof that it is logged, and what opens its commitment.

use std::collections::BTreeMap;

use badge_schemas::credential::issuer_id;
use badge_schemas::problem::{Code, Problem};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::checkpoint::{self, Signed, signed};
use super::merkle::{leaf, root_of_inclusion};
use super::note::Note;
use super::proof::InclusionProof;
use super::witness::Witness;
use crate::content::Content;
use crate::did::SigningTime;
use crate::snapshot::{Snapshot, sha256_hex};
use crate::trusted_time::content_sha256;

/// Length of a salt, in bytes: fixed, so that nobody can move the border between salt and payload.
const SALT: usize = 32;

/// One act of an issuer's record, with its proof. JSON; unknown members are refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Receipt {
    /// The entry, exactly as it stands in the log.
    pub entry: String,
    /// Its proof ([`InclusionProof`]), with the checkpoint.
    pub proof: String,
    /// What opens the entry's commitment; left out where it is not to be shown, or erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opening: Option<Opening>,
}

/// Salt and payload, whose SHA-256 together the entry holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Opening {
    /// The salt, base64url.
    pub salt: String,
    /// The payload, as text.
    pub payload: String,
}

/// What a receipt proves.
#[derive(Clone, Debug, PartialEq)]
pub struct Proven {
    /// The checkpoint, and the key that signed it.
    pub signed: Signed,
    /// The entry's number in the record, from 1.
    pub number: u64,
    /// What the entry says.
    pub entry: Value,
    /// Which witnesses saw the log with this entry in it, and when.
    pub seen: Vec<(String, Timestamp)>,
    /// The digest of the badge (`contentSha256` of its report) that the entry is proved to be about.
    pub badge: Option<String>,
}

impl Proven {
    /// The earliest time at which somebody else than the issuer saw the entry.
    pub fn existed(&self) -> Option<Timestamp> {
        self.seen.iter().map(|(_, time)| *time).min()
    }
}

impl Receipt {
    /// Reads one.
    ///
    /// # Errors
    /// [`Code::LogMalformed`].
    pub fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        serde_json::from_slice(bytes).map_err(|_| malformed("receipt"))
    }

    /// Verifies that the entry stands in a log signed by its issuer; and, where a badge is given, that the entry records this very
    /// badge as issued.
    ///
    /// # Errors
    /// [`Code::LogMalformed`], [`Code::LogNotSigned`], [`Code::LogProofWrong`], [`Code::LogOtherBadge`].
    pub fn verify(
        &self,
        badge: Option<&Content>,
        witnesses: &[Witness],
        now: Timestamp,
        snapshot: &Snapshot,
    ) -> Result<Proven, Problem> {
        let proof = InclusionProof::parse(&self.proof).ok_or_else(|| malformed("proof"))?;
        let note = Note::parse(&proof.checkpoint).map_err(|_| malformed("checkpoint"))?;
        let seen: Vec<_> = witnesses
            .iter()
            .filter_map(|witness| Some((witness.name().to_owned(), witness.saw(&note, now)?)))
            .collect();
        let when = SigningTime::unknown(now);
        let signed = signed(&note, &when, snapshot).or_else(|problem| {
            // What a badge's entry commits to, and the witness saw below that root, existed then, whatever became of the log's key since.
            // Of an act alone nothing would be left but the word of a key that is anybody's.
            let existed = seen.iter().map(|(_, time)| *time).min().filter(|_| badge.is_some());
            existed.map_or(Err(problem), |time| {
                checkpoint::signed(&note, &SigningTime { existed: Some(time), ..when }, snapshot)
            })
        })?;
        let found =
            root_of_inclusion(proof.index, signed.checkpoint.size, leaf(self.entry.as_bytes()), &proof.path);
        if found != Some(signed.checkpoint.root) {
            return Err(Problem::new(Code::LogProofWrong).with("origin", &signed.checkpoint.origin));
        }
        let entry: Value = serde_json::from_str(&self.entry).map_err(|_| malformed("entry"))?;
        let badge = match badge {
            // Anybody may log anybody's badge: only its own issuer's log says that it was issued.
            Some(badge) if issuer_of(badge).as_deref() != signed.checkpoint.issuer() => {
                return Err(Problem::new(Code::LogOtherBadge));
            }
            Some(badge) => Some(self.records(&entry, badge)?),
            None => None,
        };
        Ok(Proven { signed, number: proof.index + 1, entry, seen, badge })
    }

    /// The digest of a badge that this entry records as issued.
    fn records(&self, entry: &Value, badge: &Content) -> Result<String, Problem> {
        let other = || Problem::new(Code::LogOtherBadge);
        let digest = content_sha256(badge).ok_or_else(other)?;
        let forms = self.forms(entry).ok_or_else(other)?;
        let recorded = forms.values().any(|form| {
            Content::open(form.as_bytes())
                .is_ok_and(|(_, content)| content_sha256(&content).as_deref() == Some(&digest))
        });
        if recorded { Ok(digest) } else { Err(other()) }
    }

    /// The forms of the badge that an entry records as issued, if its opening is here and right.
    fn forms(&self, entry: &Value) -> Option<BTreeMap<String, String>> {
        let issued = matches!(entry.get("kind").and_then(Value::as_str), Some("issued" | "reissued"));
        let commitment = entry.get("forms").and_then(Value::as_str).filter(|_| issued)?;
        let opening = self.opening.as_ref()?;
        let salt = URL_SAFE_NO_PAD.decode(&opening.salt).ok().filter(|salt| salt.len() == SALT)?;
        let salted = [salt.as_slice(), opening.payload.as_bytes()].concat();
        (sha256_hex(&salted) == commitment).then_some(())?;
        serde_json::from_str(&opening.payload).ok()
    }
}

/// Who says that it issued this badge.
fn issuer_of(badge: &Content) -> Option<String> {
    let named = |document: &Value| issuer_id(document).map(str::to_owned);
    let claimed = |claims: &Value| claims.get("iss").and_then(Value::as_str).map(str::to_owned);
    match badge {
        Content::Json(document) => named(document.value()),
        Content::Jws(jws) => {
            let claims = jws.payload().value();
            claimed(claims).or_else(|| named(claims)).or_else(|| named(claims.get("vc")?))
        }
        Content::SdJwt(sd_jwt) => claimed(sd_jwt.claims()).or_else(|| named(sd_jwt.claims())),
    }
}

fn malformed(part: &str) -> Problem {
    Problem::new(Code::LogMalformed).with("part", part)
}
