//! Badges whose holder chooses what to show: the SD-JWT forms of an award, signed where they are asked for.

use badge_schemas::did::Did;
use badge_schemas::problem::{Code, Problem};
use badge_verifier::securing::Secured;
use badge_verifier::securing::keys::PublicKey;
use badge_verifier::securing::sd_jwt::hash::HashAlgorithm;
use badge_verifier::securing::sd_jwt::issue::{self, IssueOptions, Seed, conceal};
use badge_verifier::securing::sd_jwt::processing::process;
use badge_verifier::securing::sd_jwt::profile::Profile;
use badge_verifier::securing::sd_jwt::skills_badge;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::credential::{Plan, status_claim};
use crate::draft::Format;
use crate::issuer::Issuer;
use crate::lint;
use crate::recipient::Recipient;
use crate::refusal::Refusal;
use crate::store::StatusSlot;

/// Decoys beside the digests of each object or array: a reader cannot tell two hidden results from four.
const DECOYS: usize = 2;

/// Most claims that one badge lets its holder hide: as many as a badge has, and far fewer than a verifier reads.
pub(crate) const MAX_DISCLOSABLE: usize = 256;

/// What the holder can hide where nobody says: what is about the person rather than about the skill.
const BY_DEFAULT: [&str; 4] = [
    "/credentialSubject/identifier",
    "/credentialSubject/narrative",
    "/credentialSubject/result",
    "/evidence",
];

/// The SD-JWT form that a format asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Selective {
    /// `vc+sd-jwt`: the Open Badge itself.
    Credential,
    /// `dc+sd-jwt`: its claims, as an SD-JWT VC.
    SdJwtVc,
}

impl Selective {
    /// The form of a format, if it is one of these.
    pub(crate) fn of(format: Format) -> Option<Self> {
        match format {
            Format::SdJwt => Some(Self::Credential),
            Format::DcSdJwt => Some(Self::SdJwtVc),
            Format::Json | Format::Jwt | Format::Png | Format::Svg | Format::EcdsaSd2023 => None,
        }
    }

    fn profile(self) -> Profile {
        match self {
            Self::Credential => Profile::Credential,
            Self::SdJwtVc => Profile::SdJwtVc,
        }
    }

    /// The claims that are signed for a badge, and how.
    fn claims(
        self,
        badge: &Value,
        plan: &Plan,
        status: Option<Value>,
        at: Timestamp,
    ) -> Result<(Value, IssueOptions), Problem> {
        let pointers = pointers(badge, plan);
        let (claims, disclosable) = match self {
            Self::Credential => (badge.clone(), pointers),
            Self::SdJwtVc => {
                let mut claims = skills_badge::claims(badge)?;
                if let Value::Object(claims) = &mut claims {
                    claims.insert("iat".to_owned(), json!(at.as_second()));
                    claims.extend(status.map(|status| ("status".to_owned(), status)));
                }
                let renamed = pointers.iter().map(|pointer| skills_badge::claim_pointer(pointer));
                (claims, renamed.collect())
            }
        };
        let options = IssueOptions {
            profile: self.profile(),
            disclosable,
            decoys: DECOYS,
            hash: HashAlgorithm::Sha256,
            holder: holder_key(&plan.draft.recipient.clone().into())?,
            seed: plan.seed()?,
        };
        Ok((claims, options))
    }
}

/// What the holder can hide: what the request says, else what is about the person.
fn pointers(badge: &Value, plan: &Plan) -> Vec<String> {
    if let Some(chosen) = &plan.draft.disclosable {
        return chosen.clone();
    }
    let mut pointers = Vec::new();
    for pointer in BY_DEFAULT {
        let Some(value) = badge.pointer(pointer) else { continue };
        pointers.push(pointer.to_owned());
        let items = value.as_array().map_or(0, Vec::len);
        pointers.extend((0..items).map(|index| format!("{pointer}/{index}")));
    }
    pointers
}

/// The key that a recipient's DID is, so that presentations can be bound to it; other recipients have none that we know.
fn holder_key(recipient: &Recipient) -> Result<Option<PublicKey>, Problem> {
    let Recipient::Did(did) = recipient else { return Ok(None) };
    match Did::parse(did) {
        Ok(Did::Key(key)) => PublicKey::from_multikey(&key).map(Some).map_err(|error| error.to_problem(did)),
        Ok(Did::Jwk(jwk)) => issue::holder_key(&jwk).map(Some),
        Ok(Did::Web { .. }) | Err(_) => Ok(None),
    }
}

/// Finds what keeps a badge from being made, before anything is recorded: pointers that lead nowhere or hide too much, and a badge
/// that would no longer be one with everything hidden.
pub(crate) fn check(form: Selective, badge: &Value, plan: &Plan, now: Timestamp) -> Result<(), Refusal> {
    let (claims, options) = form.claims(badge, plan, None, now)?;
    let (payload, _) = conceal(claims, &options).map_err(|problem| match problem.code {
        Code::DisclosureRefused => problem.at("/disclosable"),
        _ => problem,
    })?;
    let shown = process(&payload, &[], options.hash)?.payload;
    let barest = match form {
        Selective::Credential => shown,
        Selective::SdJwtVc => skills_badge::credential(&shown),
    };
    let errors = lint::badge(&barest, now).errors;
    if errors.is_empty() { Ok(()) } else { Err(Refusal::Request(errors)) }
}

impl Issuer {
    /// Signs a badge in an SD-JWT form, with all its disclosures.
    pub(crate) fn secure_selective(
        &self,
        form: Selective,
        badge: &Value,
        plan: &Plan,
        slot: Option<&StatusSlot>,
        at: Timestamp,
    ) -> Result<Secured, Refusal> {
        let status = self.identity.public_url().zip(slot).map(|(url, slot)| status_claim(url, slot));
        let (claims, options) = form.claims(badge, plan, status, at)?;
        let key = self.identity.jwt_key();
        let prepared = issue::prepare(claims, &options, &key.method, key.signer.public_key().clone())?;
        let signature = key.signer.sign(prepared.request())?;
        Ok(prepared.seal(&signature)?)
    }
}

impl Plan {
    /// What the salts are drawn from; the same for the same award, so that signing it again after a crash gives the same badge.
    fn seed(&self) -> Result<Seed, Problem> {
        let broken = || Problem::new(Code::DataUnusable).with("reason", "the award has no seed for salts");
        let hex = self.seed.as_deref().filter(|hex| hex.len() == 64 && hex.is_ascii()).ok_or_else(broken)?;
        let mut bytes = [0; 32];
        for (index, byte) in bytes.iter_mut().enumerate() {
            let digits = hex.get(2 * index..2 * index + 2).ok_or_else(broken)?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| broken())?;
        }
        Ok(Seed::new(bytes))
    }
}
