//! The lists of orders.

use serde::{Deserialize, Serialize};

/// A list of orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum OrderListView {
    /// Not submitted yet.
    Drafts,
    /// On their way.
    Outbox,
    /// Received and not completed.
    Active,
    /// Completed or cancelled.
    Completed,
}

/// How many orders each list has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct CountsView {
    /// Drafts.
    pub drafts: usize,
    /// Outbox.
    pub outbox: usize,
    /// Active.
    pub active: usize,
    /// Completed.
    pub completed: usize,
}

/// An order as a row of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct OrderRow {
    /// The order's id.
    pub order: String,
    /// The provider's number for it, once it was received.
    pub number: Option<String>,
    /// How far it is.
    pub state: OrderStateView,
    /// The service's name.
    pub service: String,
    /// The case in one line; empty where no side is named.
    pub caption: String,
    /// Whom or what it is about.
    pub subject: Option<String>,
    /// The client-matter number.
    pub client_matter: Option<String>,
    /// When it is due, `YYYY-MM-DD`.
    pub due: Option<String>,
    /// How many things keep it from being submitted; for drafts.
    pub to_finish: usize,
    /// How many files are attached.
    pub files: usize,
    /// What it costs, in cents of US dollars.
    pub amount_cents: Option<u64>,
    /// When it last changed, or was discarded, in milliseconds since 1970-01-01T00:00:00Z.
    pub changed_at_ms: u64,
    /// When it is deleted for good; for what is in the trash.
    pub deletes_at_ms: Option<u64>,
}

/// How far an order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum OrderStateView {
    /// It is being filled in.
    Draft,
    /// It waits to be sent.
    Queued,
    /// It is being sent.
    Uploading,
    /// It cannot be sent as it is.
    Rejected,
    /// The provider's receipt for it was verified.
    Received,
    /// It is to be paid.
    AwaitingPayment,
    /// The payment was made, and the bank has not confirmed it.
    PaymentProcessing,
    /// A payment needs the provider's people: it does not fit the price, or is disputed.
    PaymentHeld,
    /// It is paid, or needs no payment now, and an operator has not begun.
    Paid,
    /// What was paid was paid back.
    Refunded,
    /// An operator works on it.
    InProgress,
    /// The firm is asked something.
    NeedsInformation,
    /// It is done.
    Completed,
    /// It was called off.
    Cancelled,
}
