//! Erasing what is personal about an award, with a receipt: what was erased, when, on which ground, and where the record says so.

use badge_schemas::timestamp::DateTimeStamp;
use badge_verifier::securing::SigningRequest;
use badge_verifier::securing::jws;
use serde_json::{Value, json};

use crate::issuer::{Act, Issuer};
use crate::refusal::Refusal;
use crate::store::{Award, ChainEntry, ChainHead, Erasure, StoreError};

/// The `typ` of a receipt: of its own, so that it can never stand for a badge or a status list.
pub const RECEIPT_TYPE: &str = "erasure-receipt+jwt";

/// Why something is erased ([GDPR, art. 17](https://eur-lex.europa.eu/eli/reg/2016/679/oj#art_17)); stands in the chain, so it is a code and never about
/// the person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ground {
    /// The holder asked for it.
    #[default]
    HolderRequest,
    /// The time for which it was to be kept is over.
    RetentionEnded,
    /// A court or an authority ordered it.
    LegalOrder,
    /// It should never have been recorded.
    IssuedInError,
}

impl Ground {
    /// Every ground.
    pub const ALL: [Self; 4] =
        [Self::HolderRequest, Self::RetentionEnded, Self::LegalOrder, Self::IssuedInError];

    /// The code.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HolderRequest => "holder-request",
            Self::RetentionEnded => "retention-ended",
            Self::LegalOrder => "legal-order",
            Self::IssuedInError => "issued-in-error",
        }
    }

    /// Reads the code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ground| ground.as_str() == code)
    }
}

/// An award whose personal data is erased, and the receipt for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erased {
    /// The award, as it is recorded now.
    pub award: Award,
    /// What the receipt says.
    pub claims: Value,
    /// The receipt, a compact JWS of the issuer's.
    pub receipt: String,
}

impl Issuer {
    /// Erases everything personal about an award; ids, times and status stay, and the status stays published. Erasing again erases
    /// nothing more, and gives a receipt for the first time.
    ///
    /// # Errors
    /// [`Code::NotFound`](badge_schemas::problem::Code::NotFound).
    pub fn erase(&self, award: &str, ground: Ground, act: Act<'_>) -> Result<Erased, Refusal> {
        let before = self.find_award(award)?;
        let head = self.store.head()?;
        let erased = self.store.erase_payload(Erasure {
            award: award.to_owned(),
            only_intent: false,
            code: ground.as_str().to_owned(),
            actor: act.actor.to_owned(),
            at: act.at,
        })?;
        // What was erased long ago is looked for from the award on, what was erased now among the last entries.
        let from = if before.erased_at.is_some() { before.sequence } else { head.sequence } + 1;
        let Entry { head: entry, code, actor } = self.erasure_of(award, from)?;
        let claims = json!({
            "iss": self.identity.id(),
            "iat": act.at.as_second(),
            "award": erased.id,
            "credential": erased.credential_id,
            "erasedAt": erased.erased_at.map(DateTimeStamp::from),
            "ground": code,
            "by": actor,
            "erased": ["recipient", "request", "signed badge in every form", "reasons for changes of status", "idempotency key"],
            "kept": ["ids", "times", "status and its place in the status list"],
            "record": {"entry": entry.sequence, "hash": entry.hash},
        });
        let receipt = self.sign_receipt(&claims)?;
        Ok(Erased { award: erased, claims, receipt })
    }

    /// The entry of the chain that records the erasure of an award.
    fn erasure_of(&self, award: &str, from: u64) -> Result<Entry, Refusal> {
        let mut found = None;
        let until = self.store.head()?.sequence;
        self.store.entries(from, until, &mut |entry: ChainEntry| -> Result<(), StoreError> {
            // Entries are small, and most are of another kind: only those that can be it are read.
            if found.is_none() && entry.body.contains(award) {
                let record: Value = serde_json::from_str(&entry.body).unwrap_or_default();
                let text =
                    |name: &str| record.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
                if text("kind") == "erased" && text("award") == award {
                    found = Some(Entry { head: entry.head, code: text("code"), actor: text("actor") });
                }
            }
            Ok(())
        })?;
        found.ok_or_else(|| Refusal::Failure(format!("award {award}: its erasure is not in the chain")))
    }

    fn sign_receipt(&self, claims: &Value) -> Result<String, Refusal> {
        let key = self.identity.jwt_key();
        let public = key.signer.public_key();
        let algorithm = public.algorithm();
        let header = json!({"alg": algorithm.as_str(), "kid": key.method, "typ": RECEIPT_TYPE});
        let input = jws::signing_input(&header, claims);
        let signature = key.signer.sign(SigningRequest::Bytes(input.as_bytes()))?;
        public
            .verify(algorithm, input.as_bytes(), &signature)
            .map_err(|error| Refusal::Failure(format!("an erasure receipt: {error}")))?;
        Ok(jws::compact(&input, &signature))
    }
}

struct Entry {
    head: ChainHead,
    code: String,
    actor: String,
}
