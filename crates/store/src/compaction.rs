//! Writing what is live into a new journal, so that the file does not grow with everything that was ever typed.

use std::io;

use satchel_seal::{RecordAddress, RecordError, RecordKind};

use crate::index::{Index, Mark, Place, Written};
use crate::journal::{HEADER_BYTES, Table};
use crate::journal_file::AppendError;
use crate::keys::Shelf;
use crate::record::RecordId;
use crate::rewrite::Rewrite;
use crate::vault::{ReadError, Vault};

/// A shorter journal is not worth the trouble.
pub const COMPACT_BYTES_MIN: u64 = 4 * 1024 * 1024;
/// A journal is compacted on opening when it is more than so many times as long as what is live in it.
pub const COMPACT_FACTOR: u64 = 2;
/// The same while the vault is open, when whoever writes waits for it.
pub const COMPACT_FACTOR_OPEN: u64 = 3;

/// Says why a journal was not compacted. It is as it was, and goes on.
#[derive(Debug, thiserror::Error)]
pub enum CompactError {
    /// A record could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The new journal could not be written, for instance on a full disk.
    #[error("the vault could not be tidied up on disk")]
    Write(#[source] io::Error),
    /// A record that was put together is longer than one may be, which writing does not allow.
    #[error("a record of the vault is too long")]
    TooLong,
}

impl Vault {
    /// Writes what is live into a new journal and puts it in the place of the old one. A crash leaves one or the other.
    ///
    /// # Errors
    /// [`CompactError`].
    pub fn compact(&mut self) -> Result<(), CompactError> {
        let mut rewrite = self.journal.begin_rewrite().map_err(CompactError::Write)?;
        let done = self.write_live(&mut rewrite, Self::whole_record).and_then(|index| {
            self.journal.finish_rewrite(rewrite).map_err(CompactError::Write)?;
            self.index = index;
            // A snapshot of the old file fits no more, and nothing of it is left to be read.
            (self.snapshot_sequence, self.verification) = (0, None);
            Ok(())
        });
        if done.is_err() {
            // The next one begins by truncating what stays.
            self.journal.drop_rewrite().ok();
        }
        done
    }

    /// Tells whether most of the journal is history.
    pub(crate) fn is_worth_compacting(&self, factor: u64) -> bool {
        let length = self.journal.end().offset;
        length > COMPACT_BYTES_MIN && length > factor.saturating_mul(self.index.live_bytes() + HEADER_BYTES as u64)
    }

    /// Writes every live record into a new journal, sealed as a whole by `sealed`.
    pub(crate) fn write_live(
        &mut self,
        rewrite: &mut Rewrite,
        sealed: impl Fn(&mut Self, (Table, RecordId), &Place, &RecordAddress) -> Result<Vec<u8>, CompactError>,
    ) -> Result<Index, CompactError> {
        let live: Vec<(Table, RecordId, Place)> =
            self.index.all().map(|(table, id, place)| (table, id, place.clone())).collect();
        let mut index = Index::default();
        for (table, id, place) in live {
            let address = RecordAddress { kind: RecordKind::Put, id: *id.as_bytes(), revision: place.revision };
            let record = sealed(self, (table, id), &place, &address)?;
            let mark = Mark::of(&record);
            let (offset, end) = rewrite.append(table, address, record)?;
            index.take(table, &address, Written { offset, bytes: end - offset, mark });
        }
        Ok(index)
    }

    /// Returns a record sealed as a whole. What was written so is copied, with its mark, so that the cache stays good.
    fn whole_record(
        &mut self,
        (table, id): (Table, RecordId),
        place: &Place,
        address: &RecordAddress,
    ) -> Result<Vec<u8>, CompactError> {
        // Read from the journal also where the cache has it: this proves what is going to be the only copy.
        let json = self.json_from_journal(table, id, place)?;
        if place.deltas.is_empty() {
            return Ok(self.journal.read_at(place.put).map_err(ReadError::from)?.record);
        }
        Ok(self.keys.seal((Shelf::Journal, table), address, &json, &mut self.random)?)
    }
}

impl From<AppendError> for CompactError {
    fn from(error: AppendError) -> Self {
        match error {
            AppendError::TooLong(_) => Self::TooLong,
            AppendError::NotWritten(error) | AppendError::Broken(error) => Self::Write(error),
        }
    }
}

impl From<RecordError> for CompactError {
    fn from(error: RecordError) -> Self {
        match error {
            RecordError::TooLong => Self::TooLong,
            RecordError::DeleteNotEmpty | RecordError::NotAuthentic => Self::Read(ReadError::Damaged),
        }
    }
}
