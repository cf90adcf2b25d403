//! An order's log: what the operator tells the firm. Entries are sealed to the order's reply key, so not even operators read
//! them again.

mod entry;
mod message;
mod returns;
mod tell;

use std::num::NonZeroU32;
use std::path::PathBuf;

use rand_core::CryptoRng;
use satchel_cloud::CloudError;
use satchel_seal::SealError;
use satchel_sign::{LogEntry, LogEvent, Operator, OperatorKey, Signed, Unsigned, WorkStatus};
use satchel_terms::{BlobName, EcPublicKey, FileNameError, Hash, OrderId, Revision, Timestamp, V1};

pub use message::{Message, MessageError};

use crate::audit::{self, Reason};
use crate::desk::Desk;
use crate::firm::ReadError;
use crate::open::OpenError;

/// The most entries of a log.
const ENTRIES_MAX: u32 = 4_000;
/// How far the last entry may be dated ahead, in seconds: the clocks of two operators may differ.
const AHEAD_SECONDS_MAX: u64 = 24 * 60 * 60;
/// How often something is tried that others write beside.
const ATTEMPTS_MAX: u32 = 16;

/// Says why nothing was written to the log, or what was not done behind it.
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
    /// The last entry is dated far ahead, or something beside it lies. The next one would have to be dated as far ahead.
    #[error("the log's last entry is dated ahead of this computer's clock; look at both")]
    Ahead,
    /// The firm would not take an entry that this operator signs now.
    #[error("the firm's bundle does not name this operator for this time")]
    Operator,
    /// Others wrote all the time.
    #[error("others write to this order all the time; try again")]
    Busy,
    /// No file is to be returned, or more than an entry lists.
    #[error("an entry returns 1 to 500 files")]
    Count,
    /// A file's name is none that every computer takes.
    #[error("{0} cannot be returned under its name; rename it")]
    Name(PathBuf, #[source] FileNameError),
    /// A file cannot be read and sent.
    #[error("{0} was not returned")]
    File(PathBuf, #[source] SealError),
    /// What is to be returned is no file.
    #[error("{0} is not a file")]
    NoFile(PathBuf),
    /// The storage holds something else than was sent to it.
    #[error("the storage does not hold {0} as it was sent")]
    NotKept(BlobName),
    /// The entry is written and counts, but the order's state does not say so yet.
    #[error(
        "entry {0} is written and must not be written again, but the firm was not told of it; the next entry tells it"
    )]
    Untold(NonZeroU32, #[source] Box<LogError>),
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

/// An order that was opened to answer in its log.
struct Answering {
    order: OrderId,
    /// What the first entry follows.
    manifest: Hash,
    reply_key: EcPublicKey,
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
        let answering = self.answer(order, &format!("to answer in the log: {}", word(status))).await?;
        self.append(&answering, &|| LogEvent::Status { status }, rng).await
    }

    /// Writes a message to the firm into an order's log, and tells the server that there is one.
    ///
    /// # Errors
    /// [`LogError`].
    pub async fn message(
        &self,
        order: OrderId,
        message: &Message,
        rng: &mut (impl CryptoRng + Send),
    ) -> Result<Logged, LogError> {
        let answering = self.answer(order, "to write a message in the log").await?;
        self.append(&answering, &|| LogEvent::Message { text: message.as_str().to_owned() }, rng).await
    }

    /// Returns files to the firm: seals and sends them, and lists them in an entry of the order's log when all are there. What
    /// was sent before something failed is in no entry, and counts for nothing.
    ///
    /// # Errors
    /// [`LogError`].
    pub async fn return_files(
        &self,
        order: OrderId,
        paths: &[PathBuf],
        mut rng: impl CryptoRng + Send + 'static,
    ) -> Result<Logged, LogError> {
        let files = returns::outgoing(paths)?;
        let answering = self.answer(order, &format!("to return files in the log: {}", files.len())).await?;
        let returned;
        (returned, rng) = self.send(&answering, files, rng).await?;
        let event = || LogEvent::Returns { files: returned.iter().map(returns::Returned::entry).collect() };
        self.append(&answering, &event, &mut rng).await
    }

    /// Writes down why, and opens an order's first revision for its reply key: a later one cannot lead answers elsewhere.
    async fn answer(&self, order: OrderId, reason: &str) -> Result<Answering, LogError> {
        let (state, _) = self.state(order).await?;
        let roster = self.firm.roster(&*self.blobs).await?;
        let first = self.received(&roster, &state, Revision::MIN).await?;
        let reason = Reason::try_from(reason.to_owned()).map_err(|_| LogError::Seal)?;
        audit::note(self, order, &reason).await.map_err(OpenError::from)?;
        let reply_key = self.open_document(&first).await?.statement().0.reply_key.clone();
        Ok(Answering { order, manifest: first.manifest.hash(), reply_key })
    }

    /// Writes the next entry of a log: the one way to do so. Whoever writes the number first has it; others take the next.
    async fn append(
        &self,
        answering: &Answering,
        event: &(dyn Fn() -> LogEvent + Sync),
        rng: &mut (impl CryptoRng + Send),
    ) -> Result<Logged, LogError> {
        let order = answering.order;
        for _ in 0..ATTEMPTS_MAX {
            let entries = self.entries(order).await?;
            let event = event();
            if entry::says_already(&entries, &event) {
                self.tell(order, &entries).await?;
                return Err(LogError::Already);
            }
            let last = entries.last();
            let entry = LogEntry {
                version: V1,
                firm: self.firm.id(),
                order,
                number: next_number(&entries)?,
                previous: match last {
                    Some(last) => self.hash_of(last).await?,
                    None => answering.manifest,
                },
                at: self.time_behind(last)?,
                event,
            };
            let signed = self.sign(entry).await?;
            let number = signed.statement().number;
            if self.keep_entry(&signed, &answering.reply_key, rng).await? {
                let told = async { self.tell(order, &self.entries(order).await?).await };
                told.await.map_err(|error| LogError::Untold(number, Box::new(error)))?;
                return Ok(Logged { number, sha256: signed.hash() });
            }
        }
        Err(LogError::Busy)
    }

    /// Returns when the entry behind this one is written: now, but not before it.
    fn time_behind(&self, last: Option<&entry::Noted>) -> Result<Timestamp, LogError> {
        let now = self.clock.now();
        let at = now.max(last.map_or(Timestamp::EPOCH, entry::Noted::at));
        if at.seconds() - now.seconds() > AHEAD_SECONDS_MAX {
            return Err(LogError::Ahead);
        }
        // An entry that the firm refuses has its number for ever, and no other could follow it.
        let own = |operator: &&OperatorKey| operator.key == *self.operator.public();
        let covers = self.firm.bundle().operators.iter().find(own).is_some_and(|operator| operator.covers(at));
        if covers { Ok(at) } else { Err(LogError::Operator) }
    }

    async fn sign(&self, entry: LogEntry) -> Result<Signed<LogEntry>, LogError> {
        let unsigned = Unsigned::<Operator, _>::prepare(entry, self.operator.public()).map_err(|_| LogError::Seal)?;
        let signature = self.operator.sign_es256(*unsigned.digest().as_bytes()).await?;
        unsigned.complete(&signature).map_err(|_| LogError::Seal)
    }
}

/// Returns the number of the entry behind these.
fn next_number(entries: &[entry::Noted]) -> Result<NonZeroU32, LogError> {
    let number = u32::try_from(entries.len()).ok().and_then(|count| NonZeroU32::MIN.checked_add(count));
    number.filter(|number| number.get() <= ENTRIES_MAX).ok_or(LogError::Full)
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
