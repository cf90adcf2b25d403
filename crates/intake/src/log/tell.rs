//! Telling the server that there are entries in a log: by the order's state, behind which its feed is written.

use std::num::NonZeroU32;

use satchel_cloud::{BlobAddress, CreateError, Metadata, PAGE_COUNT_MAX, SwapError};
use satchel_terms::{OrderId, write};
use satchel_wire::stored::{FEED_PREFIX, OrderState, state_path, work_path};

use super::entry::Noted;
use super::{ATTEMPTS_MAX, LogError};
use crate::desk::Desk;
use crate::firm::ReadError;

impl Desk {
    /// Notes in the order's state what its log has, if that is not noted yet. The server's sweep writes the feed.
    pub(super) async fn tell(&self, order: OrderId, entries: &[Noted]) -> Result<(), LogError> {
        for _ in 0..ATTEMPTS_MAX {
            let (state, etag) = self.state(order).await?;
            let feed_since = self.feed_end().await?;
            let mut next: OrderState = state.clone();
            for (number, entry) in (1..).zip(entries).skip(usize::try_from(state.entries_noted()).unwrap_or(usize::MAX))
            {
                let number = NonZeroU32::new(number).ok_or(LogError::Full)?;
                next = next.logged(entry.at(), (number, entry.kind()), feed_since).ok_or(LogError::Full)?;
            }
            if next == state {
                return Ok(());
            }
            self.note_work(&state).await?;
            let at = self.firm.in_live(&state_path(order)).map_err(ReadError::from)?;
            let bytes = write(&next).map_err(|_| LogError::Seal)?;
            match self.blobs.swap(&at, bytes, &etag).await {
                Ok(_) => return Ok(()),
                Err(SwapError::Changed) => {}
                Err(SwapError::Cloud(error)) => return Err(error.into()),
            }
        }
        Err(LogError::Busy)
    }

    /// Says in the work index that the order changes in this hour, so that the sweep looks at it.
    async fn note_work(&self, state: &OrderState) -> Result<(), LogError> {
        let newest = state.revisions.last().ok_or(ReadError::Damaged("state"))?.revision;
        let path = work_path(self.clock.now().seconds(), state.firm, state.order, newest);
        let at = BlobAddress::new(self.provider.clone(), path.parse().map_err(ReadError::from)?);
        match self.blobs.create(&at, Vec::new(), Metadata::new()).await {
            Ok(_) | Err(CreateError::Exists) => Ok(()),
            Err(CreateError::Cloud(error)) => Err(error.into()),
        }
    }

    /// Returns the number of the feed's newest file, 1 where there is none.
    async fn feed_end(&self) -> Result<u32, LogError> {
        let mut newest = 1;
        let mut next: Option<String> = None;
        loop {
            let page = self.blobs.list(self.firm.live(), FEED_PREFIX, next.as_deref(), PAGE_COUNT_MAX).await?;
            if let Some(last) = page.paths.last() {
                let number = last.as_str().strip_prefix(FEED_PREFIX).and_then(|number| number.parse().ok());
                newest = number.ok_or(ReadError::Damaged("feed"))?;
            }
            next = page.next;
            if next.is_none() {
                return Ok(newest);
            }
        }
    }
}
