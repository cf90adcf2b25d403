//! The operator's desk: it lists a firm's orders, opens one after it verified everything about it, and answers in its log.
//!
//! **Invariant.** Nothing is unwrapped before the opening stands in the firm's audit, and nothing is written before every
//! signature holds, every blob is the one that was committed, and every key is the one that the signed document lists.
//!
//! Nobody is trusted for where a blob came from: not the store, not the server. The state of an order, which the server
//! writes, says only what to look at.

mod audit;
mod compare;
mod deliver;
mod desk;
mod edges;
mod firm;
mod log;
mod open;
mod received;

pub use audit::{AuditError, Reason, ReasonError};
pub use compare::{Mismatch, QuoteCheck};
pub use deliver::DeliverError;
pub use desk::{Desk, Listed, Operator, Places};

pub use edges::{Download, Unwrap, Upload};
pub use firm::ReadError;
pub use log::{LogError, Logged, Message, MessageError};
pub use open::{OpenError, OpenedOrder};
