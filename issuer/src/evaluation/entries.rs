//! Status entries for evaluations to come.
//!
//! The records' signatures are the authority: whoever holds a thread may send it, and it says what may be done. An entry is found by a digest
//! over the mandate's digest, which nobody knows who has not seen the mandate; the record holds nothing else about anybody.

use std::net::IpAddr;
use std::num::NonZeroU32;

use badge_schemas::problem::{Code, Problem};
use badge_verifier::evaluation::digest;
use badge_verifier::evaluation::thread::{Given, State, ThreadReport};
use badge_verifier::verify::Expectations;
use badge_verifier::{TrustPolicy, verify};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::judging::found_wrong;
use super::{Asker, ENTRIES_PER_PERSON, Sharer, for_one_network, for_strangers, until_tomorrow};
use crate::credential::status_entry;
use crate::issuer::Issuer;
use crate::public_url::PublicUrl;
use crate::randomness;
use crate::refusal::Refusal;
use crate::status_list::ListForm;
use crate::store::{AwardQuery, AwardStatus, Digest, NewSeat, Seat, Seated, StoreError};

/// The entries of a thread.
#[derive(Clone, Debug)]
pub struct Reserved {
    /// As the evaluator's program reads them.
    pub entries: Vec<Value>,
    /// Who keeps the list, by DID: what the evaluator signs as `statusKeeper`.
    pub keeper: String,
    /// Whether any was reserved now.
    pub fresh: bool,
}

/// Who asks for entries.
struct Asked<'a> {
    given: &'a Given,
    evaluator: &'a str,
    /// Whether the candidate holds a badge of this issuer.
    known: bool,
    network: Option<IpAddr>,
    per_day: NonZeroU32,
}

impl Issuer {
    /// Reserves a status entry for each skill that an accepted mandate seeks; asking again gives the same. `network` is where the request comes
    /// from, where that tells anything.
    ///
    /// # Errors
    /// [`Code::EvaluationsNotOffered`]; the problems of a thread that does not count, first [`Code::EvaluationKeysNotFetched`] where that is why;
    /// [`Code::ThreadNotOpen`], [`Code::EvaluationNotOurs`], [`Code::EvaluationLimit`].
    pub fn evaluation_entries(
        &self,
        thread: &[u8],
        network: Option<IpAddr>,
        now: Timestamp,
    ) -> Result<Reserved, Refusal> {
        let (per_day, url) = self.offer()?;
        let report = self.counting(thread, now)?;
        let open = matches!(report.state, Some(State::Accepted | State::Submitted));
        let (Some(given), Some(evaluator), true) = (&report.given, &report.evaluator, open) else {
            let state = report.state.map_or("–", State::as_str);
            return Err(Problem::new(Code::ThreadNotOpen).with("state", state).into());
        };
        self.is_ours(given, now)?;
        let known = self.is_known(&given.candidate)?;
        let asked = Asked { given, evaluator, known, network, per_day };
        let keeper = self.identity.id().to_owned();
        let mut reserved = Reserved { entries: Vec::new(), keeper, fresh: false };
        for sought in &given.mandate.sought_skill {
            let skill = sought.skill.target_url.as_str();
            let seated = self.reserve(&asked, skill, now)?;
            reserved.fresh |= matches!(seated, Seated::New(_));
            let seat = seated.seat();
            let mut entry = json!({"skill": skill, "credentialStatus": entry_of(url, seat)});
            if seat.withdrawn.is_some() {
                entry["withdrawn"] = true.into();
            }
            reserved.entries.push(entry);
        }
        Ok(reserved)
    }

    /// How many entries a day has, and the address under which lists are published.
    pub(super) fn offer(&self) -> Result<(NonZeroU32, &PublicUrl), Refusal> {
        let url = self.identity.public_url();
        match (self.evaluations.offer.entries_per_day, url) {
            (Some(per_day), Some(url)) => Ok((per_day, url)),
            _ => Err(Problem::new(Code::EvaluationsNotOffered).into()),
        }
    }

    /// A thread in which every record counts.
    fn counting(&self, thread: &[u8], now: Timestamp) -> Result<ThreadReport, Refusal> {
        let report = self.judge_thread(thread, Asker::Anybody, now)?;
        let mut problems = found_wrong(&report);
        if problems.is_empty() {
            return Ok(report);
        }
        let missing = report.missing();
        problems.splice(0..0, self.not_fetched(Asker::Anybody, &missing));
        Err(Refusal::Request(problems))
    }

    fn reserve(&self, asked: &Asked<'_>, skill: &str, now: Timestamp) -> Result<Seated, Refusal> {
        let Asked { given, evaluator, per_day, .. } = asked;
        let seat = seat_of(&given.digest, evaluator, skill);
        if let Some(known) = self.store.seat(&seat)? {
            return Ok(Seated::Known(known));
        }
        let limit = |limit: u32, en: &str, fr: &'static str| {
            Problem::new(Code::EvaluationLimit)
                .with("limit", limit)
                .with_words("whom", en, fr)
                .with("seconds", until_tomorrow(now))
        };
        let mut sharers: Vec<Sharer> = [person(&given.candidate), person(evaluator)]
            .map(|who| Sharer { who, most: ENTRIES_PER_PERSON })
            .into();
        let network = asked.network.filter(|_| !asked.known).map(network);
        sharers.extend(network.map(|who| Sharer { who, most: for_one_network(*per_day) }));
        if let Err(full) = self.evaluations.take(&sharers, now) {
            return Err(if Some(full.who) == network {
                limit(
                    full.most,
                    "one network address, for candidates who hold no badge of this issuer",
                    "une même adresse réseau, pour des candidats sans badge de cet émetteur",
                )
            } else {
                limit(full.most, "one person", "une même personne")
            }
            .into());
        }
        let most_in_a_day = if asked.known { per_day.get() } else { for_strangers(*per_day) };
        let seated =
            self.store.reserve_seat(NewSeat { seat, at: now, most_in_a_day }, randomness::entropy()?);
        if !matches!(seated, Ok(Seated::New(_))) {
            self.evaluations.give_back(&sharers);
        }
        match seated {
            Err(StoreError::SeatsTaken { .. }) if asked.known => {
                Err(limit(most_in_a_day, "all together", "tous ensemble").into())
            }
            Err(StoreError::SeatsTaken { .. }) => Err(limit(
                most_in_a_day,
                "all candidates together who hold no badge of this issuer",
                "l’ensemble des candidats sans badge de cet émetteur",
            )
            .into()),
            seated => Ok(seated?),
        }
    }

    /// Whether somebody holds a badge of this issuer that is in force: then somebody with a token knows them.
    fn is_known(&self, candidate: &str) -> Result<bool, Refusal> {
        let query = AwardQuery {
            recipient: Some(candidate.to_owned()),
            status: Some(AwardStatus::Active),
            limit: 1,
            ..AwardQuery::default()
        };
        Ok(!self.store.awards(&query)?.awards.is_empty())
    }

    /// Whether a mandate is about a badge or a template of this issuer, in the very version that it gives out.
    fn is_ours(&self, given: &Given, now: Timestamp) -> Result<(), Refusal> {
        let not = |en: &str, fr: &'static str| {
            Err(Problem::new(Code::EvaluationNotOurs).with_words("reason", en, fr).into())
        };
        let mandate = &given.mandate;
        if mandate.target.is_none() && mandate.template.is_none() {
            return not("it names neither a badge nor a template", "il ne désigne ni badge ni modèle");
        }
        if let Some(target) = &mandate.target {
            let Some(award) = self.store.award_by_credential_id(&target.id)? else {
                return not("its badge was not awarded here", "son badge n’a pas été attribué ici");
            };
            if award.recipient.as_deref() != Some(given.candidate.as_str()) {
                return not("its badge is not the candidate's", "son badge n’est pas celui du candidat");
            }
            let forms = self.store.forms(&award.id)?.unwrap_or_default();
            let snapshot = self.identity.snapshot(now);
            let is_version = |form: &String| {
                let report = verify(
                    form.as_bytes(),
                    &Expectations::default(),
                    &TrustPolicy::default(),
                    now,
                    &snapshot,
                );
                let digest = report.document().and_then(|badge| digest::of_badge(badge).ok());
                digest.as_ref() == Some(&target.digest_multibase)
            };
            if !forms.values().any(is_version) {
                return not("it names another version of the badge", "il désigne une autre version du badge");
            }
        }
        if let Some(template) = &mandate.template {
            let Some(versions) = self.achievements(&template.id)? else {
                return not("its template is not in the catalogue", "son modèle n’est pas au catalogue");
            };
            let same = |achievement: &Value| {
                digest::of_achievement(achievement).is_ok_and(|found| found == template.digest_multibase)
            };
            if !versions.iter().any(same) {
                return not(
                    "it names another version of the template",
                    "il désigne une autre version du modèle",
                );
            }
        }
        Ok(())
    }

    /// The achievements that go by this id in the catalogue now.
    fn achievements(&self, id: &str) -> Result<Option<Vec<Value>>, Refusal> {
        let fits = |achievement: &Value| achievement.get("id").and_then(Value::as_str) == Some(id);
        for (_, template) in self.badges()? {
            let found: Vec<Value> =
                std::iter::once(template.achievement).chain(template.translations).filter(fits).collect();
            if !found.is_empty() {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
}

/// What an entry is found by.
pub(super) fn seat_of(mandate: &str, evaluator: &str, skill: &str) -> Digest {
    let parts = [mandate, evaluator, skill].map(|part| format!("{}:{part}\n", part.len()));
    let bytes = parts.each_ref().map(String::as_bytes);
    Digest::of(&[b"badge-issuer evaluation\n", bytes[0], bytes[1], bytes[2]])
}

/// A person, for counting.
fn person(did: &str) -> Digest {
    Digest::of(&[b"badge-issuer person\n", did.as_bytes()])
}

/// A network, for counting.
fn network(address: IpAddr) -> Digest {
    Digest::of(&[b"badge-issuer network\n", address.to_string().as_bytes()])
}

/// The status entry that stands in the endorsement.
pub(super) fn entry_of(url: &PublicUrl, seat: &Seat) -> Value {
    status_entry(&url.join(&ListForm::Credential.path(&seat.slot.list)), &seat.slot)
}
