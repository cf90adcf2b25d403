//! Outbox and resumable upload: what was submitted is sent when there is a connection, block by block, and counts as
//! received when the provider's receipt is verified.
//!
//! [`plan`] is the pure part: a machine for each order that says what comes next. [`drive`] carries its steps out over HTTP.
//! What the other side confirmed is kept in a [`Ledger`] of the caller, so a kill at any moment costs the blocks that were on
//! their way, and nothing else. Being offline is a state and no error.
//!
//! **Invariant.** A block that the ledger holds as confirmed is sent again only if the storage lost it; an order counts as
//! received only with a receipt that verifies against its manifest (`tests/api/model.rs`).

pub mod drive;
mod item;
mod ledger;
mod moment;
pub mod plan;
mod progress;
mod rejection;

pub use item::{
    BLOCK_BYTES_MAX, BlobSource, BlockCheck, ENCRYPTION_DATA_BYTES_MAX, ItemError, OrderRevision, OutboxBlob,
    OutboxItem, block_count, block_range,
};
pub use ledger::{Ledger, LedgerError, Settled};
pub use moment::{Clock, Moment};
pub use progress::{Progress, State};
pub use rejection::{Rejection, UnknownRejection};
