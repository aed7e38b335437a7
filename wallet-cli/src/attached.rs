//! Endorsements that were gathered after a badge was issued: kept beside it, unchanged, and judged as a verifier will judge them.

use badge_schemas::credential::{CREDENTIALS_V2, has_type, issuer_id};
use badge_schemas::evaluation::{Evaluation, Record as _};
use badge_schemas::lang::Lang;
use badge_schemas::presentation::envelop_jwt;
use badge_schemas::problem::{Code, Problem};
use badge_verifier::checks::endorsement;
use badge_verifier::content::{Container, Content};
use badge_verifier::securing::vc_jwt;
use badge_verifier::{Report, Snapshot, TrustPolicy, Verdict};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::check::{self, Network};
use crate::store::short_id;

/// Largest endorsement we read: 1 MiB, as any document.
pub(crate) const MAX_ENDORSEMENT_LEN: usize = 1 << 20;

/// Most endorsements beside one badge: 64, two for every skill of a large badge. A verifier reads 256 credentials at most.
pub(crate) const MAX_ATTACHED: usize = 64;

/// An endorsement as a document of its own.
#[derive(Clone, Debug)]
pub(crate) struct Attached {
    /// The bytes as received.
    pub(crate) bytes: Vec<u8>,
    /// As it travels in a presentation: the object itself, or a token in its envelope.
    pub(crate) item: Value,
    /// The credential as data.
    pub(crate) value: Value,
    /// `json` or `jwt`.
    pub(crate) extension: &'static str,
}

/// What a verifier will find of an endorsement beside a badge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    /// It is sound and speaks of this badge.
    Sound,
    /// Something could not be looked at.
    Open(Vec<Problem>),
    /// It is not sound, or speaks of something else, or was withdrawn.
    Unfit(Vec<Problem>),
}

impl Attached {
    /// Reads an endorsement; nothing where the bytes are something else.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        if bytes.len() > MAX_ENDORSEMENT_LEN {
            return None;
        }
        let (item, value, extension) = match Content::open(bytes).ok()? {
            (Container::Json, Content::Json(document)) => {
                let value = document.into_value();
                (value.clone(), value, "json")
            }
            (Container::Jwt, Content::Jws(jws)) => {
                let token = std::str::from_utf8(bytes).ok()?.trim();
                (envelop_jwt(token), vc_jwt::credential(jws.payload().value()), "jwt")
            }
            _ => return None,
        };
        has_type(&value, "EndorsementCredential").then(|| Self {
            bytes: bytes.to_vec(),
            item,
            value,
            extension,
        })
    }

    /// Reads an endorsement that is a record of a thread.
    pub(crate) fn of_record(record: &Value) -> Option<Self> {
        match record {
            Value::String(token) => Self::read(token.as_bytes()),
            record => Self::read(record.to_string().as_bytes()),
        }
    }

    /// Its name beside a badge: the first 16 hexadecimal digits of its SHA-256.
    pub(crate) fn id(&self) -> String {
        short_id(&self.bytes)
    }

    /// Since when it holds, as it says itself.
    pub(crate) fn valid_from(&self) -> Option<&str> {
        self.value.get("validFrom").and_then(Value::as_str)
    }

    /// Who endorses.
    pub(crate) fn endorser(&self) -> Option<&str> {
        issuer_id(&self.value)
    }

    /// The name they give themselves.
    pub(crate) fn endorser_name(&self) -> Option<&str> {
        self.value.pointer("/issuer/name").and_then(Value::as_str)
    }

    /// What it speaks of.
    pub(crate) fn target(&self) -> &str {
        self.value.pointer("/credentialSubject/id").and_then(Value::as_str).unwrap_or("–")
    }

    /// What they say in words.
    pub(crate) fn comment(&self) -> Option<&str> {
        self.value.pointer("/credentialSubject/endorsementComment").and_then(Value::as_str)
    }

    /// The evaluation in it, where it has one.
    pub(crate) fn evaluation(&self) -> Option<Evaluation> {
        Evaluation::read(&self.value).ok()
    }

    /// The digests of badges that it names as its evaluator's standing, to travel beside it.
    pub(crate) fn standing(&self) -> Vec<String> {
        let grounds = self.evaluation().map(|evaluation| evaluation.standing).unwrap_or_default();
        grounds.into_iter().filter_map(|ground| ground.digest_multibase).collect()
    }

    /// As `list` and `show` tell it.
    pub(crate) fn describe(&self) -> Value {
        let mut value = json!({
            "id": self.id(),
            "validFrom": self.valid_from(),
            "attachedBy": "holder",
            "endorser": self.endorser(),
            "endorserName": self.endorser_name(),
            "comment": self.comment(),
            "evaluation": self.evaluation().map(|evaluation| json!({
                "skill": evaluation.evaluated_skill.target_url,
                "skillName": evaluation.evaluated_skill.target_name,
                "outcome": evaluation.finding,
                "targetLevel": evaluation.target_level,
                "level": evaluation.level(),
            })),
        });
        if let Some(members) = value.as_object_mut() {
            members.retain(|_, member| !member.is_null());
        }
        value
    }
}

/// Judges an endorsement beside a badge as it is shown, in a presentation that nobody has signed yet. `against` is the badge in full, where it is
/// not to be judged by what is shown of it. What was not at hand is named in this language.
///
/// # Errors
/// [`Code::FetchFailed`] where the network library cannot even start.
pub(crate) fn judge(
    shown: &Value,
    against: Option<&Value>,
    endorsement: &Attached,
    network: Network,
    clock: fn() -> Timestamp,
    snapshot: &mut Snapshot,
    lang: Lang,
) -> Result<Fit, Problem> {
    let presentation = json!({
        "@context": [CREDENTIALS_V2],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [shown, endorsement.item],
    });
    let report = check::verify(presentation.to_string().as_bytes(), network, clock, snapshot)?;
    let open = |report: &Report| Fit::Open(check::findings(report, lang));
    let mut presented = report.credentials().iter();
    let Some(host) = presented.next() else { return Ok(open(&report)) };
    let attached = host.endorsements().iter().find(|one| one.is_attached());
    let (Some(attached), Some(document)) = (attached, against.or_else(|| host.document())) else {
        // It stands there by itself: it speaks of something else.
        if presented.next().is_some() {
            let problem = Problem::new(Code::EndorsementTargetMismatch).with("target", endorsement.target());
            return Ok(Fit::Unfit(vec![problem]));
        }
        // Of a badge that is not proven nothing is looked at; a forged endorsement is none all the same.
        let alone = check::verify(&endorsement.bytes, network, clock, snapshot)?;
        return Ok(match alone.verdict() {
            Verdict::Invalid => Fit::Unfit(check::findings(&alone, lang)),
            Verdict::Valid | Verdict::Indeterminate => open(host),
        });
    };
    let skew = SignedDuration::from_secs(i64::from(TrustPolicy::default().clock_skew_seconds));
    Ok(match endorsement::sound(document, attached, skew) {
        Ok(_) => Fit::Sound,
        Err(problem) if problem.code == Code::EndorsementIndeterminate => open(attached),
        Err(problem) => {
            // Where it stands in our makeshift presentation tells nobody anything.
            let mut own = problem;
            own.pointer = None;
            let why = check::findings(attached, lang).into_iter();
            Fit::Unfit(std::iter::once(own).chain(why).collect())
        }
    })
}
