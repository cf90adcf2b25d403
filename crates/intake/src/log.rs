//! An order's log: what the operator tells the firm. Entries are sealed to the order's reply key, so not even operators read
//! them again; the metadata of each says what its hash is, so that the next one can name it.

use std::num::NonZeroU32;

use rand_core::CryptoRng;
use satchel_cloud::{CloudError, CreateError, Metadata as BlobMetadata, PAGE_COUNT_MAX, SwapError};
use satchel_seal::{Context, Metadata, NoProgress, RecipientKey, seal_blob};
use satchel_sign::{LogEntry, LogEvent, Operator, Signed, Unsigned, WorkStatus};
use satchel_terms::{BlobName, EcPublicKey, Hash, OrderId, Revision, Timestamp, V1, parse, write};
use satchel_wire::stored::{FEED_PREFIX, OrderState, state_path, work_path};
use serde::{Deserialize, Serialize};

use crate::audit::{self, Reason};
use crate::desk::Desk;
use crate::firm::ReadError;
use crate::open::OpenError;
use crate::received::blob_path;

/// The name under which a blob's metadata says what its entry is.
const ENTRY: &str = "logentry";
const ENTRY_BYTES_MAX: usize = 512;
/// The most entries of a log.
const ENTRIES_MAX: u32 = 4_000;
/// How often something is tried that others write beside.
const ATTEMPTS_MAX: u32 = 16;

/// Says why nothing was written to the log.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The order could not be opened, which has to be for its reply key.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// It is as far as that already.
    #[error("the order's log says that already")]
    Already,
    /// The log is full.
    #[error("the order's log takes no more entries")]
    Full,
    /// The entry cannot be signed or sealed.
    #[error("the entry cannot be signed and sealed")]
    Seal,
    /// Others wrote all the time.
    #[error("others write to this order all the time; try again")]
    Busy,
}

impl From<ReadError> for LogError {
    fn from(error: ReadError) -> Self {
        Self::Open(error.into())
    }
}

impl From<CloudError> for LogError {
    fn from(error: CloudError) -> Self {
        Self::Open(error.into())
    }
}

/// An entry that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Logged {
    /// Its number.
    pub number: NonZeroU32,
    /// Its hash.
    pub sha256: Hash,
}

/// What the metadata of an entry's blob says of it.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Noted {
    sha256: Hash,
    at: Timestamp,
    status: WorkStatus,
}

impl Desk {
    /// Writes into an order's log how far the work is, and tells the server.
    ///
    /// # Errors
    /// [`LogError`].
    pub async fn status(
        &self,
        order: OrderId,
        status: WorkStatus,
        rng: &mut (impl CryptoRng + Send),
    ) -> Result<Logged, LogError> {
        let (state, _) = self.state(order).await?;
        let roster = self.firm.roster(&*self.blobs).await?;
        let first = self.received(&roster, &state, Revision::MIN).await?;
        let reason = Reason::try_from(format!("to answer in the log: {}", word(status)));
        audit::note(self, order, &reason.map_err(|_| LogError::Seal)?).await.map_err(OpenError::from)?;
        // Of the first revision: a later one cannot lead answers elsewhere.
        let reply_key = self.open_document(&first).await?.statement().0.reply_key.clone();
        for _ in 0..ATTEMPTS_MAX {
            let entries = self.entries(order).await?;
            if entries.last().is_some_and(|last| last.status == status) {
                self.tell(order, &entries).await?;
                return Err(LogError::Already);
            }
            let number = u32::try_from(entries.len()).ok().and_then(|count| NonZeroU32::MIN.checked_add(count));
            let number = number.filter(|number| number.get() <= ENTRIES_MAX).ok_or(LogError::Full)?;
            let last = entries.last();
            let entry = LogEntry {
                version: V1,
                firm: self.firm.id(),
                order,
                number,
                previous: last.map_or(first.manifest.hash(), |last| last.sha256),
                at: self.clock.now().max(last.map_or(Timestamp::EPOCH, |last| last.at)),
                event: LogEvent::Status { status },
            };
            let signed = self.sign(entry).await?;
            if self.keep_entry(&signed, status, &reply_key, rng).await? {
                self.tell(order, &self.entries(order).await?).await?;
                return Ok(Logged { number, sha256: signed.hash() });
            }
        }
        Err(LogError::Busy)
    }

    /// Reads what the metadata of all entries say, in their order.
    async fn entries(&self, order: OrderId) -> Result<Vec<Noted>, LogError> {
        let damaged = || ReadError::Damaged("log");
        let prefix = format!("orders/{order}/log/");
        let at = self.firm.in_sealed(&format!("{prefix}1")).map_err(ReadError::from)?;
        let mut count = 0_u32;
        let mut next: Option<String> = None;
        loop {
            let page = self.blobs.list(&at.container, &prefix, next.as_deref(), PAGE_COUNT_MAX).await?;
            count = count.saturating_add(u32::try_from(page.paths.len()).unwrap_or(u32::MAX));
            next = page.next;
            if next.is_none() || count > ENTRIES_MAX {
                break;
            }
        }
        let mut entries = Vec::new();
        for number in (1..=count.min(ENTRIES_MAX)).filter_map(NonZeroU32::new) {
            let at = self.firm.in_sealed(&blob_path(order, BlobName::LogEntry(number))).map_err(ReadError::from)?;
            let found = self.blobs.properties(&at).await?.ok_or_else(damaged)?;
            let text = found.metadata.get(ENTRY).ok_or_else(damaged)?;
            entries.push(parse::<Noted>(text.as_bytes(), ENTRY_BYTES_MAX).map_err(|_| damaged())?);
        }
        Ok(entries)
    }

    async fn sign(&self, entry: LogEntry) -> Result<Signed<LogEntry>, LogError> {
        let unsigned = Unsigned::<Operator, _>::prepare(entry, self.operator.public()).map_err(|_| LogError::Seal)?;
        let signature = self.operator.sign_es256(*unsigned.digest().as_bytes()).await?;
        unsigned.complete(&signature).map_err(|_| LogError::Seal)
    }

    /// Seals an entry to the order's reply key. False: another entry has the number.
    async fn keep_entry(
        &self,
        entry: &Signed<LogEntry>,
        status: WorkStatus,
        reply_key: &EcPublicKey,
        rng: &mut (impl CryptoRng + Send),
    ) -> Result<bool, LogError> {
        let LogEntry { firm, order, number, at, .. } = *entry.statement();
        let name = BlobName::LogEntry(number);
        let mut bytes = Vec::new();
        let sealed = seal_blob(&mut entry.compact().as_bytes(), &mut bytes, rng, &mut NoProgress);
        let sealed = sealed.map_err(|_| LogError::Seal)?;
        let recipient = RecipientKey::new(reply_key).map_err(|_| LogError::Seal)?;
        let wrapped_key = recipient.wrap(&sealed.content_key, &Context::Blob(firm, order, name), rng);
        let metadata = Metadata { wrapped_key: wrapped_key.map_err(|_| LogError::Seal)? };
        let noted = write(&Noted { sha256: entry.hash(), at, status }).map_err(|_| LogError::Seal)?;
        let metadata = BlobMetadata::from([
            ("encryptiondata".to_owned(), metadata.to_json().map_err(|_| LogError::Seal)?),
            (ENTRY.to_owned(), String::from_utf8(noted).map_err(|_| LogError::Seal)?),
        ]);
        let at = self.firm.in_sealed(&blob_path(order, name)).map_err(ReadError::from)?;
        match self.blobs.create(&at, bytes, metadata).await {
            Ok(_) => Ok(true),
            Err(CreateError::Exists) => Ok(false),
            Err(CreateError::Cloud(error)) => Err(error.into()),
        }
    }

    /// Notes in the order's state what its log says, if that is not noted yet. The server's sweep writes the feed.
    async fn tell(&self, order: OrderId, entries: &[Noted]) -> Result<(), LogError> {
        for _ in 0..ATTEMPTS_MAX {
            let (state, etag) = self.state(order).await?;
            let feed_since = self.feed_end().await?;
            let mut next: OrderState = state.clone();
            for (number, entry) in (1..).zip(entries).skip(usize::try_from(state.entries_noted()).unwrap_or(usize::MAX))
            {
                let number = NonZeroU32::new(number).ok_or(LogError::Full)?;
                next = next.worked(entry.at, (number, entry.status), feed_since).ok_or(LogError::Full)?;
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
        let path = path.parse().map_err(ReadError::from)?;
        let at = satchel_cloud::BlobAddress::new(self.provider.clone(), path);
        match self.blobs.create(&at, Vec::new(), BlobMetadata::new()).await {
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

const fn word(status: WorkStatus) -> &'static str {
    match status {
        WorkStatus::New => "new",
        WorkStatus::Claimed => "claimed",
        WorkStatus::InProgress => "in progress",
        WorkStatus::NeedsInformation => "needs information",
        WorkStatus::Completed => "completed",
        WorkStatus::Cancelled => "cancelled",
    }
}
