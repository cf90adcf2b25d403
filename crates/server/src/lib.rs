//! The provider's server: it hands out tickets for uploads, commits orders, signs receipts, and tells a firm's desktops what
//! changed. It cannot read an order: it links no code and holds no key that opens one.
//!
//! [`app`] is the HTTP side, [`sweep`] the job that finishes what a crash left, [`reconcile`] the
//! one that looks after payments of which nobody told. All work on [`Deps`], which say where blobs
//! lie, who signs, who is a client, and what time it is.
//!
//! **Invariant.** Blobs of a firm are reached through a `FirmScope` and nothing else. One is made from a caller whose token
//! verified, from a session that Stripe answered to our key and its stored binding, or by a named job, never from an id that stood in a request (`storage/`, `tests/api/isolation.rs`).
//!
//! **Invariant.** `orders/{order}/state` is the only truth about an order. What follows from it (the feed) is written after
//! it, can be written twice, and is swept (`tests/api/crashes.rs`).

mod auth;
mod effects;
mod error;
mod firm;
mod numbers;
mod payments;
mod pricing;
mod receive;
mod rosters;
mod routes;
mod server;
mod storage;
mod sweep;
mod time;
mod uploads;

pub use auth::{JwksSource, JwksUnavailable, TokenSettings, TokenVerifier};
pub use firm::{Firm, FirmConflict, FirmList, FirmRegistry};
pub use payments::{
    Invoices, Payments, PaymentsSettings, PaymentsSettingsError, RETRY_WAIT, ReconcileError, Reconciled,
    STRIPE_EVENT_BYTES_MAX, STRIPE_WEBHOOK_PATH, reconcile,
};
pub use routes::app;
pub use server::Deps;
pub use storage::make_containers;
pub use sweep::{SweepError, Swept, sweep};
