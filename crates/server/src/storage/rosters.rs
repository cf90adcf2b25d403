//! The firm's rosters: which ones count, and their texts.

use satchel_cloud::{CreateError, ETag, Metadata};
use satchel_sign::{Roster, Signed};
use satchel_terms::{parse, write};
use satchel_wire::Compact;
use satchel_wire::limits::ROSTER_COMPACT_BYTES_MAX;
use satchel_wire::stored::{ROSTER_INDEX_BYTES_MAX, ROSTER_INDEX_PATH, RosterIndex, RosterName, roster_path};

use super::{FirmScope, StorageError, Written, write_over};

/// The most rosters of a firm.
pub(crate) const ROSTERS_MAX: usize = 10_000;

impl FirmScope {
    /// Reads which rosters count. Nothing: the firm has none yet.
    pub(crate) async fn roster_index(&self) -> Result<Option<(RosterIndex, ETag)>, StorageError> {
        let at = self.live(ROSTER_INDEX_PATH)?;
        let Some(blob) = self.store().read(&at, ROSTER_INDEX_BYTES_MAX as u64).await? else { return Ok(None) };
        let index: RosterIndex =
            parse(&blob.bytes, ROSTER_INDEX_BYTES_MAX).map_err(|_| StorageError::Damaged("roster"))?;
        if index.holds() { Ok(Some((index, blob.etag))) } else { Err(StorageError::Damaged("roster")) }
    }

    /// Says which rosters count from now on.
    pub(crate) async fn write_roster_index(
        &self,
        index: &RosterIndex,
        expected: Option<&ETag>,
    ) -> Result<Written, StorageError> {
        let at = self.live(ROSTER_INDEX_PATH)?;
        write_over(self.store(), &at, write(index)?, expected).await
    }

    /// Keeps a roster's text, before the index says that it counts.
    pub(crate) async fn keep_roster(&self, roster: &Signed<Roster>) -> Result<RosterName, StorageError> {
        let name = RosterName { number: roster.statement().number, sha256: roster.hash() };
        let at = self.live(&roster_path(name))?;
        match self.store().create(&at, roster.compact().as_bytes().to_vec(), Metadata::new()).await {
            Ok(_) | Err(CreateError::Exists) => Ok(name),
            Err(CreateError::Cloud(error)) => Err(error.into()),
        }
    }

    /// Reads a roster's text.
    pub(crate) async fn roster(&self, name: RosterName) -> Result<Compact, StorageError> {
        let at = self.live(&roster_path(name))?;
        let damaged = || StorageError::Damaged("roster");
        let blob = self.store().read(&at, ROSTER_COMPACT_BYTES_MAX as u64).await?.ok_or_else(damaged)?;
        let text = String::from_utf8(blob.bytes).map_err(|_| damaged())?;
        Compact::try_from(text).map_err(|_| damaged())
    }
}
