//! An open vault: records are written to the journal, and read through the cache.

use std::fmt;
use std::io;
use std::path::PathBuf;

use rand_core::CryptoRng;
use satchel_seal::{RecordAddress, RecordError, RecordKind};
use satchel_terms::{JsonError, VaultId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::attachment::AttachmentFolder;
use crate::cache::Cache;
use crate::compaction::COMPACT_FACTOR_OPEN;
use crate::index::{Index, Mark, Place, Written};
use crate::journal::{Stop, Table};
use crate::journal_file::{AppendError, JournalFile, Verification};
use crate::keys::{Keys, Shelf};
use crate::reading;
use crate::record::{Object, RecordId, RecordRuleError};
use crate::summaries::Summaries;
use crate::unlocking::Access;

/// How many changes may follow the whole of a record, before the whole is written again.
pub const DELTAS_MAX: usize = 32;

/// From how many changes on the whole of a record is cached. With fewer, reading it from the journal is no slower, and the cache's own
/// writing would delay the next save (docs/benchmarks.md).
pub const CACHED_DELTAS_MIN: usize = 8;

/// Randomness that the vault was given.
pub(crate) type Random = Box<dyn CryptoRng + Send>;

/// The vault of one computer, open in this process and in no other.
pub struct Vault {
    pub(crate) id: VaultId,
    pub(crate) folder: PathBuf,
    pub(crate) access: Access,
    pub(crate) journal: JournalFile,
    pub(crate) keys: Keys,
    pub(crate) index: Index,
    pub(crate) cache: Cache,
    pub(crate) summaries: Summaries,
    /// The sequence up to which a snapshot was kept.
    pub(crate) snapshot_sequence: u64,
    /// What is to be read of the journal that opening did not read.
    pub(crate) verification: Option<Verification>,
    pub(crate) random: Random,
}

/// Says why a record was not written. What was there before is safe.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// It is not what a record may be.
    #[error(transparent)]
    Rule(#[from] RecordRuleError),
    /// There is no such record to change.
    #[error("what was to be changed is not in the vault any more")]
    Missing,
    /// What it is now could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The journal did not take it.
    #[error(transparent)]
    Journal(#[from] AppendError),
}

/// Says why a record could not be read. It is left as it is.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The journal could not be read.
    #[error("the vault could not be read from disk")]
    Io(#[source] io::Error),
    /// It changed on disk since the vault was opened.
    #[error("a record of the vault was damaged on disk; close Satchel and start it again")]
    Damaged,
    /// It is not of the type that was asked for.
    #[error("a record of the vault is not in a form that this version of Satchel reads")]
    Form(#[source] JsonError),
}

impl From<Stop> for ReadError {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Read(error) => Self::Io(error),
            Stop::Cut | Stop::Damaged => Self::Damaged,
        }
    }
}

impl From<RecordError> for WriteError {
    fn from(error: RecordError) -> Self {
        match error {
            RecordError::TooLong => Self::Rule(RecordRuleError::TooLong),
            RecordError::DeleteNotEmpty | RecordError::NotAuthentic => Self::Read(ReadError::Damaged),
        }
    }
}

impl Vault {
    /// Returns the vault's id.
    #[must_use]
    pub const fn id(&self) -> VaultId {
        self.id
    }

    /// Returns the folder that the vault is in.
    #[must_use]
    pub fn folder(&self) -> &std::path::Path {
        &self.folder
    }

    /// Writes the whole of a record and returns its revision. Then it is on disk, and no power cut takes it away.
    ///
    /// # Errors
    /// [`WriteError`].
    pub fn put(&mut self, table: Table, id: impl Into<RecordId>, value: &impl Serialize) -> Result<u64, WriteError> {
        let id = allowed(table, id.into())?;
        self.put_whole(table, id, value)
    }

    /// As [`Self::put`], also for the vault's own record.
    pub(crate) fn put_whole(&mut self, table: Table, id: RecordId, value: &impl Serialize) -> Result<u64, WriteError> {
        let json = Object::of(value)?.to_bytes()?;
        let revision = self.next_revision(table, id);
        let mark = self.append(table, RecordAddress { kind: RecordKind::Put, id: *id.as_bytes(), revision }, &json)?;
        self.written((table, id), (revision, mark), &json);
        Ok(revision)
    }

    /// Changes a record by a JSON merge patch (RFC 7396), in which a null takes a member away, and returns its new revision.
    /// Then the change is on disk, and no power cut takes it away.
    ///
    /// # Errors
    /// [`WriteError`].
    pub fn change(&mut self, table: Table, id: impl Into<RecordId>, patch: &Value) -> Result<u64, WriteError> {
        let id = allowed(table, id.into())?;
        let patch = Object::of_patch(patch)?;
        let change = patch.to_bytes()?;
        let place = self.index.place(table, id).cloned().ok_or(WriteError::Missing)?;
        let mut object = Object::from_bytes(&self.json(table, id, &place)?).ok_or(ReadError::Damaged)?;
        object.merge(patch);
        // The whole must fit as well, or it could never be written again.
        let json = object.to_bytes()?;
        let revision = self.next_revision(table, id);
        let whole = place.deltas.len() >= DELTAS_MAX || change.len() >= json.len();
        let (kind, plaintext) = if whole { (RecordKind::Put, &json) } else { (RecordKind::Delta, &change) };
        let mark = self.append(table, RecordAddress { kind, id: *id.as_bytes(), revision }, plaintext)?;
        self.written((table, id), (revision, mark), &json);
        Ok(revision)
    }

    /// Notes what a record is now, and tidies up where most of the journal has become history.
    fn written(&mut self, (table, id): (Table, RecordId), (revision, mark): (u64, Mark), json: &[u8]) {
        if self.index.place(table, id).is_some_and(is_worth_caching) {
            self.cache.keep(&self.keys, (table, id), (revision, mark), json, &mut self.random);
        }
        self.summaries.take((table, id), revision, json);
        if self.is_worth_compacting(COMPACT_FACTOR_OPEN) {
            // The journal is as good as before if this fails; the next writing tries again.
            self.compact().ok();
        }
    }

    /// Deletes a record, on disk when this returns, and tells whether there was one. Its ciphertext stays in the journal until
    /// the next compaction.
    ///
    /// # Errors
    /// [`WriteError`].
    pub fn delete(&mut self, table: Table, id: impl Into<RecordId>) -> Result<bool, WriteError> {
        let id = allowed(table, id.into())?;
        if self.index.place(table, id).is_none() {
            return Ok(false);
        }
        let revision = self.next_revision(table, id);
        self.append(table, RecordAddress { kind: RecordKind::Delete, id: *id.as_bytes(), revision }, b"")?;
        self.cache.forget(&self.keys, table, id);
        self.summaries.forget(table, id);
        Ok(true)
    }

    /// Reads a record; nothing where there is none.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn read<T: DeserializeOwned>(&mut self, table: Table, id: impl Into<RecordId>) -> Result<Option<T>, ReadError> {
        let id = id.into();
        let Some(place) = self.index.place(table, id).cloned() else { return Ok(None) };
        let json = self.json(table, id, &place)?;
        let form = |error: serde_json::Error| JsonError::Form { line: error.line(), column: error.column() };
        serde_json::from_slice(&json).map(Some).map_err(|error| ReadError::Form(form(error)))
    }

    /// Reads every record of a table, by id. One that cannot be read does not hide the others.
    pub fn read_all<T: DeserializeOwned>(&mut self, table: Table) -> Vec<(RecordId, Result<T, ReadError>)> {
        let ids = self.ids(table);
        let read = |id| (id, self.read(table, id).and_then(|value| value.ok_or(ReadError::Damaged)));
        ids.into_iter().map(read).collect()
    }

    /// Lists the records of a table, by id.
    #[must_use]
    pub fn ids(&self, table: Table) -> Vec<RecordId> {
        self.index.ids(table).collect()
    }

    /// Returns the revision of a record; nothing where there is none.
    #[must_use]
    pub fn revision(&self, table: Table, id: impl Into<RecordId>) -> Option<u64> {
        self.index.place(table, id.into()).map(|place| place.revision)
    }

    /// Returns what is to be read of the journal, on a thread of its own, where opening relied on a snapshot; once.
    pub fn take_verification(&mut self) -> Option<Verification> {
        self.verification.take()
    }

    /// Returns a handle to the sealed files. It needs no lock on the vault, since sealing a large file takes its time.
    #[must_use]
    pub fn attachments(&self) -> AttachmentFolder {
        AttachmentFolder::of_vault(&self.folder)
    }

    fn next_revision(&self, table: Table, id: RecordId) -> u64 {
        // A record that is written a thousand times a second gets there in 584 million years.
        self.index.place(table, id).map_or(1, |place| place.revision.saturating_add(1))
    }

    fn append(&mut self, table: Table, address: RecordAddress, plaintext: &[u8]) -> Result<Mark, WriteError> {
        let record = self.keys.seal((Shelf::Journal, table), &address, plaintext, &mut self.random)?;
        let (mark, offset) = (Mark::of(&record), self.journal.end().offset);
        self.journal.append(table, address, record)?;
        let bytes = self.journal.end().offset - offset;
        self.index.take(table, &address, Written { offset, bytes, mark });
        Ok(mark)
    }

    /// Returns a record's JSON: from the cache, or else put together from the journal.
    pub(crate) fn json(&mut self, table: Table, id: RecordId, place: &Place) -> Result<Zeroizing<Vec<u8>>, ReadError> {
        if !is_worth_caching(place) {
            return self.json_from_journal(table, id, place);
        }
        if let Some(json) = self.cache.find(&self.keys, table, id, place) {
            return Ok(json);
        }
        let json = self.json_from_journal(table, id, place)?;
        self.cache.keep(&self.keys, (table, id), (place.revision, place.mark), &json, &mut self.random);
        Ok(json)
    }

    pub(crate) fn json_from_journal(
        &mut self,
        table: Table,
        id: RecordId,
        place: &Place,
    ) -> Result<Zeroizing<Vec<u8>>, ReadError> {
        reading::json_at(&mut self.journal.file, &self.keys, (table, id), place)
    }
}

const fn is_worth_caching(place: &Place) -> bool {
    place.deltas.len() >= CACHED_DELTAS_MIN
}

fn allowed(table: Table, id: RecordId) -> Result<RecordId, RecordRuleError> {
    let reserved = table == Table::Settings && id == RecordId::VAULT;
    if reserved { Err(RecordRuleError::Reserved) } else { Ok(id) }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vault({})", self.id)
    }
}
