//! What may be asked of the record, and what each act comes to: the entry to record and the answer, from what is recorded already.

use std::collections::HashMap;

use jiff::Timestamp;

use super::super::checks::{can_say, check_intent, check_names, check_token, may_erase};
use super::super::data::{
    Award, AwardStatus, BadgeVersion, Erasure, Forms, Intended, Intent, Issued, NewBadge, NewSeat, NewToken,
    Purpose, Reissue, Revelation, Seat, SeatWithdrawal, Seated, StatusChange, Token, TokenRevocation,
};
use super::super::digest::Digest;
use super::super::entropy::Entropy;
use super::super::error::StoreError;
use super::super::index::day_of;
use super::super::payload::Sealed;
use super::super::record::{IntentPayload, Private, Record, TokenPayload, to_json};
use super::super::slots::MAX_DRAWS;
use super::super::view::{Row, View};

/// An act, checked as far as it can be without the record, with its payload sealed.
pub(super) enum Act {
    Badge { new: NewBadge, sealed: Sealed },
    Intent { intent: Box<Intent>, private: Private, sealed: Sealed, entropy: Entropy },
    Issued { award: String, forms: Forms, vouched: Option<Digest>, at: Timestamp, sealed: Sealed },
    Status { change: StatusChange, sealed: Sealed, blank: Sealed },
    Erase(Erasure),
    Reissue { reissue: Box<Reissue>, sealed: Sealed },
    Reveal(Revelation),
    Seat { new: NewSeat, entropy: Entropy },
    Withdraw(SeatWithdrawal),
    MakeToken { new: Box<NewToken>, private: Private, sealed: Sealed },
    RevokeToken(TokenRevocation),
}

/// What an act came to.
#[derive(Clone)]
pub(super) enum Answer {
    Badge(BadgeVersion),
    Intended(Intended),
    Issued(Issued),
    Award(Award),
    Seated(Seated),
    Seat(Seat),
    Token(Token),
}

/// An entry to record.
pub(super) struct Entry<'a> {
    pub(super) record: Record,
    pub(super) payload: Option<&'a Sealed>,
}

/// What is recorded about everything that a batch names.
pub(super) struct Desk {
    pub(super) view: View,
    /// Award to recipient, where it is not erased.
    pub(super) recipients: HashMap<String, String>,
    /// Award to signed forms, where an act may answer with them.
    pub(super) forms: HashMap<String, Forms>,
    /// What [`Store::vouched`](super::super::Store::vouched) would answer, where an act turns on it.
    pub(super) vouched: Digest,
}

impl Act {
    pub(super) fn badge(new: NewBadge, entropy: &Entropy) -> Result<Self, StoreError> {
        check_names(&[("badge", &new.badge), ("actor", &new.actor)])?;
        let sealed = Sealed::new(&to_json(&new.definition)?, entropy)?;
        Ok(Self::Badge { new, sealed })
    }

    pub(super) fn intent(mut intent: Intent, entropy: Entropy) -> Result<Self, StoreError> {
        check_intent(&intent)?;
        let private = IntentPayload {
            recipient: std::mem::take(&mut intent.recipient),
            request: std::mem::take(&mut intent.request),
            idempotency: intent.idempotency.take(),
        };
        let sealed = Sealed::new(&to_json(&private)?, &entropy)?;
        let private = Private::Intent(private);
        Ok(Self::Intent { intent: Box::new(intent), private, sealed, entropy })
    }

    pub(super) fn issued(
        award: &str,
        forms: Forms,
        vouched: Option<Digest>,
        at: Timestamp,
        entropy: &Entropy,
    ) -> Result<Self, StoreError> {
        let sealed = Sealed::new(&to_json(&forms)?, entropy)?;
        Ok(Self::Issued { award: award.to_owned(), forms, vouched, at, sealed })
    }

    pub(super) fn status(change: StatusChange, entropy: &Entropy) -> Result<Self, StoreError> {
        check_names(&[("code", &change.code), ("actor", &change.actor)])?;
        let sealed = Sealed::new(change.reason.as_bytes(), entropy)?;
        // After an erasure no new personal data may be kept about the award: the change goes on record, its words do not.
        Ok(Self::Status { change, sealed, blank: Sealed::new(b"", entropy)? })
    }

    pub(super) fn erase(erasure: Erasure) -> Result<Self, StoreError> {
        check_names(&[("code", &erasure.code), ("actor", &erasure.actor)])?;
        Ok(Self::Erase(erasure))
    }

    pub(super) fn reissue(reissue: Reissue, entropy: &Entropy) -> Result<Self, StoreError> {
        check_names(&[("actor", &reissue.actor)])?;
        let sealed = Sealed::new(&to_json(&reissue.forms)?, entropy)?;
        Ok(Self::Reissue { reissue: Box::new(reissue), sealed })
    }

    pub(super) fn reveal(revelation: Revelation) -> Result<Self, StoreError> {
        check_names(&[("code", &revelation.code), ("actor", &revelation.actor)])?;
        Ok(Self::Reveal(revelation))
    }

    pub(super) fn withdraw(withdrawal: SeatWithdrawal) -> Result<Self, StoreError> {
        check_names(&[("code", &withdrawal.code)])?;
        Ok(Self::Withdraw(withdrawal))
    }

    pub(super) fn make_token(mut new: NewToken, entropy: &Entropy) -> Result<Self, StoreError> {
        check_token(&new)?;
        let private = TokenPayload { digest: new.digest, badges: std::mem::take(&mut new.badges) };
        let sealed = Sealed::new(&to_json(&private)?, entropy)?;
        Ok(Self::MakeToken { new: Box::new(new), private: Private::Token(private), sealed })
    }

    pub(super) fn revoke_token(revocation: TokenRevocation) -> Result<Self, StoreError> {
        check_names(&[("token", &revocation.token), ("actor", &revocation.actor)])?;
        Ok(Self::RevokeToken(revocation))
    }

    /// The purpose of the status index that it draws, and what it draws it from.
    pub(super) fn draws(&self) -> Option<(Purpose, &Entropy)> {
        match self {
            Self::Intent { intent, entropy, .. } => Some((intent.purpose?, entropy)),
            Self::Seat { entropy, .. } => Some((Purpose::Revocation, entropy)),
            _ => None,
        }
    }

    /// Whether somebody vouches for somebody in what it records.
    pub(super) fn vouches(&self) -> bool {
        matches!(self, Self::Issued { vouched: Some(_), .. } | Self::Reissue { .. })
    }

    /// How many bytes it will write, about.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Badge { sealed, .. }
            | Self::Intent { sealed, .. }
            | Self::Issued { sealed, .. }
            | Self::Reissue { sealed, .. }
            | Self::Status { sealed, .. }
            | Self::MakeToken { sealed, .. } => sealed.length(),
            Self::Erase(_)
            | Self::Reveal(_)
            | Self::Seat { .. }
            | Self::Withdraw(_)
            | Self::RevokeToken(_) => 0,
        }
    }
}

impl Desk {
    /// An award with its recipient.
    fn complete(&self, row: &Row) -> Award {
        let award = row.state.award.clone();
        let recipient =
            if award.erased_at.is_some() { None } else { self.recipients.get(&award.id).cloned() };
        Award { recipient, ..award }
    }

    fn award(&self, id: &str) -> Result<Award, StoreError> {
        self.view.known(id).map(|row| self.complete(row))
    }

    /// Has nobody vouched since `looked`?
    fn still(&self, looked: Option<Digest>) -> Result<(), StoreError> {
        if looked.is_none_or(|looked| looked == self.vouched) {
            Ok(())
        } else {
            Err(StoreError::VouchedMeanwhile)
        }
    }

    /// Decides one act; the entry, if there is one, is already applied to the view when this returns.
    ///
    /// `draws` is how many draws of a status index the view was told about.
    ///
    /// # Errors
    /// [`StoreError::BrokenEntropy`] when all of `draws` are used: with fewer than [`MAX_DRAWS`] of them, ask again with more.
    pub(super) fn decide<'a>(
        &mut self,
        act: &'a Act,
        sequence: u64,
        draws: u32,
    ) -> Result<(Option<Entry<'a>>, Answer), StoreError> {
        match act {
            Act::Badge { new, sealed } => self.badge(new, sealed, sequence),
            Act::Intent { intent, private, sealed, entropy } => {
                self.intent(intent, private, (sealed, entropy), sequence, draws)
            }
            Act::Issued { award, forms, vouched, at, sealed } => {
                let row = self.view.known(award)?;
                if row.state.award.erased_at.is_some() {
                    return Err(StoreError::Erased { award: award.clone() });
                }
                if row.state.forms.is_some() {
                    let forms = self.forms.get(award).cloned();
                    let forms = forms.ok_or_else(|| StoreError::index("signed forms not read"))?;
                    return Ok((None, Answer::Issued(Issued { award: self.complete(row), forms })));
                }
                self.still(*vouched)?;
                let record = Record::Issued { award: award.clone(), forms: sealed.commitment, at: *at };
                self.view.apply(sequence, &record, None)?;
                self.forms.insert(award.clone(), forms.clone());
                let answer = Answer::Issued(Issued { award: self.award(award)?, forms: forms.clone() });
                Ok((Some(Entry { record, payload: Some(sealed) }), answer))
            }
            Act::Status { change, sealed, blank } => self.status(change, sealed, blank, sequence),
            Act::Erase(erasure) => {
                let Erasure { award, only_intent, code, actor, at } = erasure;
                let row = self.view.known(award)?;
                if row.state.award.erased_at.is_some() {
                    return Ok((None, Answer::Award(self.complete(row))));
                }
                may_erase(&row.state.award, *only_intent)?;
                let (code, actor) = (code.clone(), actor.clone());
                let record = Record::Erased { award: award.clone(), code, actor, at: *at };
                self.view.apply(sequence, &record, None)?;
                self.recipients.remove(award);
                self.forms.remove(award);
                let answer = Answer::Award(self.award(award)?);
                Ok((Some(Entry { record, payload: None }), answer))
            }
            Act::Reissue { reissue, sealed } => self.reissue(reissue, sealed, sequence),
            Act::Reveal(Revelation { award, code, actor, at }) => {
                if self.view.known(award)?.state.award.erased_at.is_some() {
                    return Err(StoreError::Erased { award: award.clone() });
                }
                let (code, actor) = (code.clone(), actor.clone());
                let record = Record::Revealed { award: award.clone(), code, actor, at: *at };
                self.view.apply(sequence, &record, None)?;
                Ok((Some(Entry { record, payload: None }), Answer::Award(self.award(award)?)))
            }
            Act::Seat { new, entropy } => self.seat(new, entropy, sequence, draws),
            Act::Withdraw(withdrawal) => self.withdraw(withdrawal, sequence),
            Act::MakeToken { new, private, sealed } => self.make_token(new, private, sealed, sequence),
            Act::RevokeToken(revocation) => self.revoke_token(revocation, sequence),
        }
    }

    fn reissue<'a>(
        &mut self,
        reissue: &Reissue,
        sealed: &'a Sealed,
        sequence: u64,
    ) -> Result<(Option<Entry<'a>>, Answer), StoreError> {
        let award = &reissue.award;
        let state = &self.view.known(award)?.state;
        if state.award.erased_at.is_some() {
            return Err(StoreError::Erased { award: award.clone() });
        }
        if state.forms.is_none() {
            return Err(StoreError::NotIssued { award: award.clone() });
        }
        if self.forms.get(award) != Some(&reissue.replaces) {
            return Err(StoreError::FormsChanged { award: award.clone() });
        }
        self.still(Some(reissue.vouched))?;
        let record = Record::Reissued {
            award: award.clone(),
            forms: sealed.commitment,
            actor: reissue.actor.clone(),
            at: reissue.at,
        };
        self.view.apply(sequence, &record, None)?;
        self.forms.insert(award.clone(), reissue.forms.clone());
        let answer = Answer::Issued(Issued { award: self.award(award)?, forms: reissue.forms.clone() });
        Ok((Some(Entry { record, payload: Some(sealed) }), answer))
    }

    fn seat(
        &mut self,
        new: &NewSeat,
        entropy: &Entropy,
        sequence: u64,
        draws: u32,
    ) -> Result<(Option<Entry<'static>>, Answer), StoreError> {
        if let Some(known) = self.view.seat(&new.seat) {
            return Ok((None, Answer::Seated(Seated::Known(known.clone()))));
        }
        if self.view.seats_on(day_of(new.at)) >= new.most_in_a_day {
            return Err(StoreError::SeatsTaken { limit: new.most_in_a_day });
        }
        let slot = self.view.draw(Purpose::Revocation, entropy, draws);
        let slot = slot.ok_or(StoreError::BrokenEntropy { draws: draws.min(MAX_DRAWS) })?;
        let record = Record::Seat { seat: new.seat, slot, at: new.at };
        self.view.apply(sequence, &record, None)?;
        let seat = self.view.seat(&new.seat).cloned().ok_or(StoreError::UnknownSeat)?;
        Ok((Some(Entry { record, payload: None }), Answer::Seated(Seated::New(seat))))
    }

    fn withdraw(
        &mut self,
        withdrawal: &SeatWithdrawal,
        sequence: u64,
    ) -> Result<(Option<Entry<'static>>, Answer), StoreError> {
        let SeatWithdrawal { seat, code, at } = withdrawal;
        let known = self.view.seat(seat).ok_or(StoreError::UnknownSeat)?;
        if known.withdrawn.is_some() {
            return Ok((None, Answer::Seat(known.clone())));
        }
        let record = Record::SeatWithdrawn { seat: *seat, code: code.clone(), at: *at };
        self.view.apply(sequence, &record, None)?;
        let seat = self.view.seat(seat).cloned().ok_or(StoreError::UnknownSeat)?;
        Ok((Some(Entry { record, payload: None }), Answer::Seat(seat)))
    }

    fn make_token<'a>(
        &mut self,
        new: &NewToken,
        private: &Private,
        sealed: &'a Sealed,
        sequence: u64,
    ) -> Result<(Option<Entry<'a>>, Answer), StoreError> {
        if let Some(known) = self.view.token_by_digest(&new.digest) {
            return Ok((None, Answer::Token(known.clone())));
        }
        if self.view.token(&new.token).is_some() {
            return Err(StoreError::IdUsed { id: new.token.clone() });
        }
        if self.view.in_force_at(new.at) >= new.most_in_force {
            return Err(StoreError::TokensFull { limit: new.most_in_force });
        }
        let NewToken { token, account, roles, expires_at, actor, at, .. } = new.clone();
        let (id, held) = (token.clone(), sealed.commitment);
        let record = Record::TokenMade { token, account, roles, expires_at, held, actor, at };
        self.view.apply(sequence, &record, Some(private))?;
        let answer = self.view.token(&id).cloned().ok_or(StoreError::UnknownToken { token: id })?;
        Ok((Some(Entry { record, payload: Some(sealed) }), Answer::Token(answer)))
    }

    fn revoke_token(
        &mut self,
        revocation: &TokenRevocation,
        sequence: u64,
    ) -> Result<(Option<Entry<'static>>, Answer), StoreError> {
        let TokenRevocation { token, actor, at } = revocation.clone();
        let unknown = || StoreError::UnknownToken { token: revocation.token.clone() };
        let known = self.view.token(&token).ok_or_else(unknown)?;
        if known.revoked.is_some() {
            return Ok((None, Answer::Token(known.clone())));
        }
        let record = Record::TokenRevoked { token, actor, at };
        self.view.apply(sequence, &record, None)?;
        let answer = self.view.token(&revocation.token).cloned().ok_or_else(unknown)?;
        Ok((Some(Entry { record, payload: None }), Answer::Token(answer)))
    }

    fn badge<'a>(
        &mut self,
        new: &NewBadge,
        sealed: &'a Sealed,
        sequence: u64,
    ) -> Result<(Option<Entry<'a>>, Answer), StoreError> {
        let NewBadge { badge, replaces, definition, actor, at } = new.clone();
        let actual = self.view.latest_version(&badge);
        if actual != replaces {
            return Err(StoreError::BadgeVersion { badge, expected: replaces, actual });
        }
        let version = actual.saturating_add(1);
        let (id, by) = (badge.clone(), actor.clone());
        let record = Record::Badge { badge: id, version, definition: sealed.commitment, actor: by, at };
        self.view.apply(sequence, &record, None)?;
        let answer = Answer::Badge(BadgeVersion { badge, version, definition, actor, at });
        Ok((Some(Entry { record, payload: Some(sealed) }), answer))
    }

    fn intent<'a>(
        &mut self,
        intent: &Intent,
        private: &Private,
        (sealed, entropy): (&'a Sealed, &Entropy),
        sequence: u64,
        draws: u32,
    ) -> Result<(Option<Entry<'a>>, Answer), StoreError> {
        let Intent { award, credential_id, badge, badge_version, purpose, actor, at, .. } = intent;
        let payload = private.intent().ok_or_else(|| StoreError::index("intent without its payload"))?;
        if let Some(key) = &payload.idempotency
            && let Some(row) = self.view.by_key(&key.key)
        {
            if row.key.is_none_or(|known| known.request != key.digest) {
                return Err(StoreError::IdempotencyConflict { award: row.state.award.id.clone() });
            }
            return Ok((None, Answer::Intended(Intended::Known(self.complete(row)))));
        }
        if self.view.is_award(award) {
            return Err(StoreError::IdUsed { id: award.clone() });
        }
        if self.view.is_credential(credential_id) {
            return Err(StoreError::IdUsed { id: credential_id.clone() });
        }
        if !(1..=self.view.latest_version(badge)).contains(badge_version) {
            return Err(StoreError::UnknownBadge { badge: badge.clone(), version: Some(*badge_version) });
        }
        let slot = match purpose {
            Some(purpose) => {
                let slot = self.view.draw(*purpose, entropy, draws);
                Some(slot.ok_or(StoreError::BrokenEntropy { draws: draws.min(MAX_DRAWS) })?)
            }
            None => None,
        };
        let record = Record::Intent {
            award: award.clone(),
            credential_id: credential_id.clone(),
            badge: badge.clone(),
            badge_version: *badge_version,
            slot,
            request: sealed.commitment,
            actor: actor.clone(),
            at: *at,
        };
        self.view.apply(sequence, &record, Some(private))?;
        self.recipients.insert(award.clone(), payload.recipient.clone());
        let answer = Answer::Intended(Intended::New(self.award(award)?));
        Ok((Some(Entry { record, payload: Some(sealed) }), answer))
    }

    fn status<'a>(
        &mut self,
        change: &StatusChange,
        sealed: &'a Sealed,
        blank: &'a Sealed,
        sequence: u64,
    ) -> Result<(Option<Entry<'a>>, Answer), StoreError> {
        let StatusChange { award, from, to, code, actor, at, .. } = change.clone();
        let row = self.view.known(&award)?;
        let actual: AwardStatus = row.state.award.status;
        if actual != from {
            return Err(StoreError::StatusConflict { award, expected: from, actual });
        }
        let purpose = row.state.award.slot.as_ref().map(|slot| slot.purpose);
        if !can_say(purpose, from, to) {
            return Err(StoreError::NotExpressible { award, purpose, from, to });
        }
        let payload = if row.state.award.erased_at.is_some() { blank } else { sealed };
        let id = award.clone();
        let record = Record::Status { award, from, to, code, reason: payload.commitment, actor, at };
        self.view.apply(sequence, &record, None)?;
        let answer = Answer::Award(self.award(&id)?);
        Ok((Some(Entry { record, payload: Some(payload) }), answer))
    }
}
