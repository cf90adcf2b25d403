//! The firm's feed: hints that an order changed, numbered without a gap.
//!
//! A file holds 4,096 lines of the same length, so a number says where its line stands. Lines are appended where the file was
//! seen to end, so two writers cannot both write, and a writer who tries again finds its line.

use satchel_cloud::{AppendError, PAGE_COUNT_MAX};
use satchel_terms::OrderId;
use satchel_wire::FeedEntry;
use satchel_wire::limits::FEED_ENTRIES_MAX;
use satchel_wire::stored::FEED_PREFIX;

use super::{ATTEMPTS_MAX, FirmScope, StorageError};

/// Lines of a file.
const FILE_LINES: u64 = 4_096;
/// Bytes of a line: an order's id, a space, the sequence in 16 digits, a line feed.
const LINE_BYTES: usize = 36 + 1 + 16 + 1;
const FILE_BYTES_MAX: u64 = FILE_LINES * LINE_BYTES as u64;

impl FirmScope {
    /// Returns the number of the newest file, 1 where there is none. What is appended from now on stands in it or behind it.
    pub(crate) async fn feed_end(&self) -> Result<u32, StorageError> {
        let mut newest = 1;
        let mut next: Option<String> = None;
        loop {
            let page = self.store().list(self.firm().live(), FEED_PREFIX, next.as_deref(), PAGE_COUNT_MAX).await?;
            if let Some(last) = page.paths.last() {
                let number = last.as_str().strip_prefix(FEED_PREFIX).and_then(|number| number.parse().ok());
                newest = number.ok_or(StorageError::Damaged("feed"))?;
            }
            next = page.next;
            if next.is_none() {
                return Ok(newest);
            }
        }
    }

    /// Appends a change, unless it stands in the file `since` or a later one.
    pub(crate) async fn append_to_feed(&self, order: OrderId, sequence: u64, since: u32) -> Result<(), StorageError> {
        let line = format!("{order} {sequence:016}\n");
        for _ in 0..ATTEMPTS_MAX {
            let newest = self.feed_end().await?.max(since);
            let mut end = 0;
            for file in since..=newest {
                let lines = self.feed_file(file).await?;
                if lines.chunks(LINE_BYTES).any(|known| known == line.as_bytes()) {
                    return Ok(());
                }
                end = lines.len() as u64;
            }
            let (file, position) = if end < FILE_BYTES_MAX { (newest, end) } else { (newest.saturating_add(1), 0) };
            let at = self.live(&path(file))?;
            match self.store().append(&at, line.clone().into_bytes(), position).await {
                Ok(_) => return Ok(()),
                Err(AppendError::Moved | AppendError::Full) => {}
                Err(AppendError::Cloud(error)) => return Err(error.into()),
            }
        }
        Err(StorageError::Busy("feed"))
    }

    /// Reads the entries behind number `after`, at most [`FEED_ENTRIES_MAX`].
    pub(crate) async fn feed_after(&self, after: u64) -> Result<Vec<FeedEntry>, StorageError> {
        let mut entries = Vec::new();
        // The first line wanted is number `after` + 1, and the first line of all is number 1.
        let Ok(mut file) = u32::try_from(after / FILE_LINES + 1) else { return Ok(entries) };
        let mut skipped = usize::try_from(after % FILE_LINES).unwrap_or(usize::MAX);
        let mut n = after;
        while entries.len() < FEED_ENTRIES_MAX {
            let lines = self.feed_file(file).await?;
            for line in lines.chunks(LINE_BYTES).skip(skipped).take(FEED_ENTRIES_MAX - entries.len()) {
                n += 1;
                entries.push(read_line(line, n).ok_or(StorageError::Damaged("feed"))?);
            }
            if (lines.len() as u64) < FILE_BYTES_MAX {
                break;
            }
            (file, skipped) = (file.saturating_add(1), 0);
        }
        Ok(entries)
    }

    async fn feed_file(&self, file: u32) -> Result<Vec<u8>, StorageError> {
        let blob = self.store().read(&self.live(&path(file))?, FILE_BYTES_MAX).await?;
        let bytes = blob.map_or_else(Vec::new, |blob| blob.bytes);
        if bytes.len().is_multiple_of(LINE_BYTES) { Ok(bytes) } else { Err(StorageError::Damaged("feed")) }
    }
}

/// Files are listed in the order of their numbers.
fn path(file: u32) -> String {
    format!("{FEED_PREFIX}{file:010}")
}

fn read_line(line: &[u8], n: u64) -> Option<FeedEntry> {
    let (order, sequence) = str::from_utf8(line).ok()?.strip_suffix('\n')?.split_once(' ')?;
    Some(FeedEntry { n, order: order.parse().ok()?, sequence: sequence.parse().ok()? })
}
