//! The driver: carries the steps of [`plan`](crate::plan) out over HTTP, several at a time, one sealed region in memory for
//! each put.
//!
//! It never ends by an error. It can be cancelled at any moment by dropping its future: what was under way is cut off, and
//! the ledger holds what was confirmed.

mod account;
mod firm;
mod order;
mod outbox;
#[cfg(feature = "practice")]
mod practice;
mod remote;
mod returned;
mod run;
mod server;
mod source;
mod storage;
mod watched;

pub use account::{AccessToken, Account, NoToken};
pub use firm::Unanswered;
pub use outbox::{Inbox, ItemRefused, OUTBOX_ITEMS_MAX, Outbox, outbox};
#[cfg(feature = "practice")]
pub use practice::{PracticeProvider, PracticeToken};
pub use remote::{CONNECT_TIMEOUT, Remote, RemoteError, STALL};
pub use returned::ReturnedBody;
pub use run::{Driver, drive};
