//! The event log of an order: entries signed by operators, numbered and chained.

use std::collections::BTreeSet;
use std::fmt;
use std::num::NonZeroU32;

use satchel_terms::{BlobName, FILES_MAX, FileEntry, FirmId, Hash, OrderId, Timestamp, V1, is_inert};
use serde::{Deserialize, Serialize};

use super::bundle::OperatorKey;
use super::manifest::Manifest;
use crate::jws::VerifyError;
use crate::statement::{Signed, StatementError, json_statement};

const PAYLOAD_BYTES_MAX: usize = 1024 * 1024;
const MESSAGE_BYTES_MAX: usize = 64 * 1024;

/// How far the work on an order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WorkStatus {
    /// Nobody took it yet.
    New,
    /// An operator took it.
    Claimed,
    /// It is worked on.
    InProgress,
    /// The firm is asked something.
    NeedsInformation,
    /// It is done.
    Completed,
    /// It was called off.
    Cancelled,
}

/// What happened.
#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum LogEvent {
    /// The work went on.
    Status {
        /// How far it is.
        status: WorkStatus,
    },
    /// The operator wrote to the firm.
    Message {
        /// Inert text.
        text: String,
    },
    /// Documents came back.
    Returns {
        /// The documents.
        files: Vec<FileEntry>,
    },
}

/// A message names people, so only the kind is printed.
impl fmt::Debug for LogEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status { status } => write!(f, "Status({status:?})"),
            Self::Message { text } => write!(f, "Message({} bytes)", text.len()),
            Self::Returns { files } => write!(f, "Returns({} files)", files.len()),
        }
    }
}

impl LogEvent {
    /// Returns the names of the documents that came back.
    fn returned(&self) -> impl Iterator<Item = BlobName> + Clone {
        let files = match self {
            Self::Returns { files } => files.as_slice(),
            Self::Status { .. } | Self::Message { .. } => &[],
        };
        files.iter().map(|file| file.blob)
    }

    fn check(&self) -> Result<(), StatementError> {
        let holds = match self {
            Self::Status { .. } => true,
            Self::Message { text } => !text.is_empty() && text.len() <= MESSAGE_BYTES_MAX && is_inert(text),
            Self::Returns { files } => {
                let names: BTreeSet<_> = self.returned().collect();
                let all_returned = names.iter().all(|name| matches!(name, BlobName::Return(_)));
                (1..=FILES_MAX as usize).contains(&files.len()) && all_returned && names.len() == files.len()
            }
        };
        if holds { Ok(()) } else { Err(StatementError::Rule("event")) }
    }
}

/// One entry of an order's log. Signed by an operator, sealed to the order's reply key.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogEntry {
    /// Version of the format.
    pub version: V1,
    /// Whose order it is.
    pub firm: FirmId,
    /// The order.
    pub order: OrderId,
    /// Counts up by one, from 1.
    pub number: NonZeroU32,
    /// Hash of the entry before; of the first revision's manifest for entry 1.
    pub previous: Hash,
    /// When the operator wrote it.
    pub at: Timestamp,
    /// What happened.
    pub event: LogEvent,
}

impl LogEntry {
    fn check(&self) -> Result<(), StatementError> {
        self.event.check()
    }
}

/// Says why a log entry does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LogRefused {
    /// The signature or the form is wrong, or no operator signed it.
    #[error("the entry is not signed by an operator of the provider")]
    Signature(#[from] VerifyError),
    /// It belongs to another order, or is not the next one.
    #[error("the entry does not follow the ones already known")]
    NotNext,
    /// The operator's key was not in force when the entry was written.
    #[error("the entry was signed by an operator whose time is over or has not begun")]
    OperatorTime,
    /// It returns a document under a name that an earlier entry gave to another.
    #[error("the entry returns a document that an earlier entry returned")]
    ReturnedAgain,
}

/// The end of an order's verified log: it tells whether an entry is the next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogChain {
    firm: FirmId,
    order: OrderId,
    next: Option<NonZeroU32>,
    last: Hash,
    last_at: Timestamp,
    returned: BTreeSet<BlobName>,
}

impl LogChain {
    /// Starts at the manifest of an order's first revision.
    ///
    /// # Errors
    /// [`LogRefused::NotNext`] for the manifest of a later revision.
    pub fn start(manifest: &Signed<Manifest>) -> Result<Self, LogRefused> {
        let first = manifest.statement();
        if first.revision.get() != 1 {
            return Err(LogRefused::NotNext);
        }
        let (firm, order) = (first.firm, first.order);
        let last_at = Timestamp::try_from(0).map_err(|_| LogRefused::NotNext)?;
        Ok(Self { firm, order, next: Some(NonZeroU32::MIN), last: manifest.hash(), last_at, returned: BTreeSet::new() })
    }

    /// Verifies the next entry and moves on to it. After an error the chain is where it was.
    ///
    /// # Errors
    /// [`LogRefused`].
    pub fn append(&mut self, compact: &str, operators: &[OperatorKey]) -> Result<Signed<LogEntry>, LogRefused> {
        let entry = Signed::<LogEntry>::verify(compact, operators.iter().map(|operator| &operator.key))?;
        let written = entry.statement();
        let follows = (written.firm, written.order) == (self.firm, self.order)
            && Some(written.number) == self.next
            && written.previous == self.last
            && written.at >= self.last_at;
        if !follows {
            return Err(LogRefused::NotNext);
        }
        let signer = operators.iter().find(|operator| operator.key.thumbprint() == entry.signer());
        if !signer.is_some_and(|operator| operator.covers(written.at)) {
            return Err(LogRefused::OperatorTime);
        }
        let names = written.event.returned();
        if names.clone().any(|name| self.returned.contains(&name)) {
            return Err(LogRefused::ReturnedAgain);
        }
        self.returned.extend(names);
        self.next = written.number.checked_add(1);
        self.last = entry.hash();
        self.last_at = written.at;
        Ok(entry)
    }
}

json_statement!(LogEntry, "satchel-log-entry+jws", PAYLOAD_BYTES_MAX);
