//! The ledger: what the other side confirmed, kept by the caller.

use std::collections::BTreeSet;
use std::error::Error;

use satchel_terms::BlobName;

use crate::item::OrderRevision;
use crate::rejection::Rejection;

/// Says that the ledger could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("the ledger could not be read or written")]
pub struct LedgerError(#[source] Box<dyn Error + Send + Sync>);

impl LedgerError {
    /// Takes the cause.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

/// How a revision ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// Received: the provider's verified receipt, as compact text.
    Received(String),
    /// Ended without being received.
    Rejected(Rejection),
}

/// What the other side confirmed. A call that writes has it on disk when it returns, so that a kill at any moment sends no
/// confirmed block again; each may be repeated. Calls are made one at a time, on the task that drives.
pub trait Ledger: Send {
    /// Returns the numbers of the blocks of a blob that were confirmed.
    ///
    /// # Errors
    /// [`LedgerError`].
    fn confirmed(&self, at: OrderRevision, blob: BlobName) -> Result<BTreeSet<u32>, LedgerError>;

    /// Keeps that a block was confirmed.
    ///
    /// # Errors
    /// [`LedgerError`]; the block is sent again then.
    fn confirm(&mut self, at: OrderRevision, blob: BlobName, block: u32) -> Result<(), LedgerError>;

    /// Tells whether the block list of a blob was committed.
    ///
    /// # Errors
    /// [`LedgerError`].
    fn is_committed(&self, at: OrderRevision, blob: BlobName) -> Result<bool, LedgerError>;

    /// Keeps that the block list of a blob was committed. Its blocks need not be kept any longer.
    ///
    /// # Errors
    /// [`LedgerError`]; the block list is sent again then.
    fn commit(&mut self, at: OrderRevision, blob: BlobName) -> Result<(), LedgerError>;

    /// Returns how the revision ended, if it did.
    ///
    /// # Errors
    /// [`LedgerError`].
    fn settled(&self, at: OrderRevision) -> Result<Option<Settled>, LedgerError>;

    /// Keeps how the revision ended. The first word counts; nothing is sent for it afterwards.
    ///
    /// # Errors
    /// [`LedgerError`]; it is not shown as ended then, and tried again.
    fn settle(&mut self, at: OrderRevision, settled: &Settled) -> Result<(), LedgerError>;
}
