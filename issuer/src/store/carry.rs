//! Carrying the record out of the journal and into it.
//!
//! While an import goes on, a file `importing` in the store's directory says where it will end; with it there the store opens for
//! that import only.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;

use super::Store;
use super::committer::Submission;
use super::data::{ChainHead, StatusSlot};
use super::digest::Digest;
use super::embedded::EmbeddedStore;
use super::error::StoreError;
use super::open::Options;
use super::payload::Sealed;
use super::record::{Private, Record};
use super::slots::Slots;
use super::transfer::{Arrived, Carried, Payload, Transfer, TransferError};
use super::view::{KeyRow, Row, Signed, State, View, number};

/// The file that says where an import will end: the hash in hexadecimal.
const IMPORTING: &str = "importing";

/// Makes a new or removed name in a directory durable.
fn sync_directory(directory: &Path) -> Result<(), StoreError> {
    fs::File::open(directory)
        .and_then(|file| file.sync_all())
        .map_err(|error| StoreError::io(directory, error))
}

/// Where the mark of an import is, in a store's directory.
pub(super) fn mark(directory: &Path) -> PathBuf {
    directory.join(IMPORTING)
}

impl EmbeddedStore {
    /// Opens the store for an import, be it one that has begun and not ended.
    ///
    /// # Errors
    ///
    /// As [`EmbeddedStore::open`].
    pub fn open_for_import(directory: &Path) -> Result<Self, StoreError> {
        Self::open_with(directory, &Options { importing: true, ..Options::default() })
    }

    /// What is recorded about everything that these entries name.
    fn view(&self, entries: &[Arrived]) -> Result<View, StoreError> {
        let index = self.index();
        let mut view = View::new(self.list_length);
        let mut awards: BTreeSet<String> = BTreeSet::new();
        for entry in entries {
            match &entry.record {
                Record::Badge { badge, .. } => view.load_badge(badge.clone(), index.latest_version(badge)?),
                Record::Intent { award, credential_id, badge, slot, .. } => {
                    awards.insert(award.clone());
                    awards.extend(index.award_of_credential(credential_id)?);
                    let private = entry.private.as_ref().and_then(Private::intent);
                    let key = private.and_then(|private| private.idempotency.as_ref());
                    if let Some(key) = key {
                        awards.extend(index.idempotency(&key.key)?.map(|known| known.award));
                    }
                    view.load_badge(badge.clone(), index.latest_version(badge)?);
                    if let Some(slot) = slot {
                        self.view_slot(&mut view, slot)?;
                    }
                }
                Record::Issued { award, .. }
                | Record::Status { award, .. }
                | Record::Erased { award, .. }
                | Record::Reissued { award, .. }
                | Record::Revealed { award, .. } => {
                    awards.insert(award.clone());
                }
                Record::Seat { seat, slot, .. } => {
                    self.view_seat(&mut view, seat)?;
                    self.view_slot(&mut view, slot)?;
                }
                Record::SeatWithdrawn { seat, .. } => self.view_seat(&mut view, seat)?,
                Record::TokenMade { token, .. } => {
                    let private = entry.private.as_ref().and_then(Private::token);
                    let known = private.map(|private| index.token_of(&private.digest)).transpose()?.flatten();
                    for token in [Some(token), known.as_ref()].into_iter().flatten() {
                        index.token(token)?.into_iter().for_each(|token| view.load_token(token));
                    }
                }
                Record::TokenRevoked { token, .. } => {
                    index.token(token)?.into_iter().for_each(|token| view.load_token(token));
                }
            }
        }
        for award in awards {
            let Some(row) = index.row(&award)? else { continue };
            if let Some(slot) = &row.award.slot
                && let Some(list) = index.list(&slot.list)?
            {
                view.load_list(list)?;
            }
            let forms = row.forms.map(|commitment| Signed { sequence: 0, commitment });
            let key = row.key_hash().map(|name| KeyRow { name, request: name });
            let earlier =
                row.earlier.iter().map(|commitment| Signed { sequence: 0, commitment: *commitment });
            let state = State { award: row.award, request: row.request, forms, earlier: earlier.collect() };
            view.load_award(Row { state, recipient: None, key });
        }
        Ok(view)
    }

    fn view_slot(&self, view: &mut View, slot: &StatusSlot) -> Result<(), StoreError> {
        let Ok(list) = number(&slot.list) else { return Ok(()) };
        if let Some(list) = self.index().list(&slot.list)? {
            view.load_list(list)?;
        }
        if self.index().is_reserved(slot)? {
            view.load_taken(list, slot.index);
        }
        Ok(())
    }

    fn view_seat(&self, view: &mut View, seat: &Digest) -> Result<(), StoreError> {
        let Some(seat) = self.index().seat(seat)? else { return Ok(()) };
        self.view_slot(view, &seat.slot)?;
        view.load_seat(seat);
        Ok(())
    }

    /// Records one run of entries, none of which erases what another of them records.
    fn carry_run(&self, entries: &[Arrived]) -> Result<(), StoreError> {
        let submissions = entries
            .iter()
            .map(|entry| {
                let payload = entry.record.commitment().map(|commitment| match &entry.payload {
                    Payload::Salted(salted) => Sealed::of(*commitment, salted.clone()),
                    Payload::None | Payload::Erased => Sealed::blank(*commitment),
                });
                Submission { record: entry.record.clone(), payload, private: entry.private.clone() }
            })
            .collect();
        self.committer.commit_all(submissions)
    }
}

#[expect(private_interfaces, reason = "as the trait's")]
impl Transfer for EmbeddedStore {
    fn carry_out(
        &self,
        visit: &mut dyn FnMut(Carried) -> Result<(), TransferError>,
    ) -> Result<ChainHead, TransferError> {
        let head = Store::head(self)?;
        let mut failed = None;
        let shown = self.journal.scan(1, head.sequence, &mut |entry| {
            let record = super::open::parse(&entry)?;
            let payload = match record.commitment() {
                None => Payload::None,
                Some(commitment) => {
                    let location = self.index().location(commitment)?;
                    let location = location.ok_or_else(|| StoreError::index("payload without location"))?;
                    match self.payloads().salted(location, commitment)? {
                        Some(salted) => Payload::Salted(salted),
                        None => Payload::Erased,
                    }
                }
            };
            visit(Carried { head: entry.head, body: entry.body.to_vec(), payload }).map_err(|error| {
                failed = Some(error);
                StoreError::Closed
            })
        });
        match failed {
            Some(error) => Err(error),
            None => Ok(shown.map(|_| head)?),
        }
    }

    fn begin(&self, end: ChainHead) -> Result<(), StoreError> {
        let path = mark(&self.directory);
        let fail = |error| StoreError::io(&path, error);
        match fs::read_to_string(&path) {
            Ok(text) if text.trim() == end.hash.to_string() => return Ok(()),
            // One that was being written when the machine stopped: nothing was recorded under it.
            Ok(text) if text.trim().len() == 64 => return Err(StoreError::ImportUnfinished),
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(fail(error)),
        }
        let mut file = fs::File::create(&path).map_err(fail)?;
        writeln!(file, "{}", end.hash).and_then(|()| file.sync_all()).map_err(fail)?;
        sync_directory(&self.directory)
    }

    fn carry_in(&self, entries: &[Arrived]) -> Result<(), TransferError> {
        let mut head = Store::head(self)?;
        let mut view = self.view(entries)?;
        for entry in entries {
            let sequence = entry.head.sequence;
            let follows = super::frame::hash(head.sequence + 1, &head.hash, &entry.body) == entry.head.hash;
            if !follows || sequence != head.sequence + 1 {
                return Err(TransferError::Unlawful { sequence, reason: "it does not follow the record" });
            }
            view.fits(&entry.record, entry.private.as_ref())
                .map_err(|reason| TransferError::Unlawful { sequence, reason })?;
            view.apply(sequence, &entry.record, entry.private.as_ref())?;
            head = entry.head;
        }
        // An erasure finds what it erases through the index: that must know everything before it.
        for run in entries.chunk_by(|_, next| !matches!(next.record, Record::Erased { .. })) {
            self.carry_run(run)?;
        }
        Ok(())
    }

    fn carried_in(&self) -> Result<(), StoreError> {
        let slots = Slots::load(self.index(), self.list_length)?;
        *self.slots.lock().unwrap_or_else(PoisonError::into_inner) = slots;
        let path = mark(&self.directory);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(StoreError::io(&path, error)),
            _ => sync_directory(&self.directory),
        }
    }
}
