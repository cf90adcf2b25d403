//! What the caller is told while orders are sent.

use satchel_terms::BlobName;

use crate::item::OrderRevision;
use crate::moment::Moment;
use crate::plan::Why;
use crate::rejection::Rejection;

/// How far an order has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nothing was sent yet.
    Queued,
    /// It is being sent.
    Uploading,
    /// It goes on at a moment, or by a nudge. Nothing that was confirmed is lost.
    Waiting {
        /// Why.
        why: Why,
        /// Until when; until somebody did something about it, where there is no moment.
        until: Option<Moment>,
    },
    /// The provider's receipt is verified and in the ledger.
    Received,
    /// It cannot be sent as it is.
    Rejected(Rejection),
}

/// One piece of news.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// An order has come to another state.
    State {
        /// Which order.
        at: OrderRevision,
        /// The state.
        state: State,
    },
    /// More of a blob is confirmed, or less: the storage may lose what was not committed for a week.
    Bytes {
        /// Which order.
        at: OrderRevision,
        /// The blob.
        blob: BlobName,
        /// Its bytes that are confirmed.
        confirmed: u64,
        /// All its bytes.
        all: u64,
    },
}
