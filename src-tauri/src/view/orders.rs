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
    /// Discarded drafts.
    Trash,
}

/// What is asked of a list: which orders, in which order, and which stretch of them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct OrderQueryView {
    /// The words that have to be found; all where there are none.
    pub text: String,
    /// The service's name; any where there is none.
    pub service: Option<String>,
    /// How far the order is; any where there is none.
    pub state: Option<OrderStateView>,
    /// The column by which they are sorted.
    pub column: OrderColumnView,
    /// Whether what is small or early comes last.
    pub descending: bool,
    /// The place of the first row that is wanted, from 0.
    pub from: usize,
    /// How many rows are wanted; at most 200 are answered.
    pub rows: usize,
    /// An order whose place is wanted.
    pub at: Option<String>,
}

/// A column of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum OrderColumnView {
    /// The provider's number.
    Number,
    /// The service.
    Service,
    /// The case.
    Caption,
    /// The client-matter number.
    Matter,
    /// Whom or what it is about.
    Subject,
    /// When it is due.
    Due,
    /// How far it is: what needs somebody comes first.
    State,
    /// How many things are to finish.
    Finish,
    /// How many files are attached.
    Files,
    /// What it costs.
    Amount,
    /// When it changed.
    Changed,
    /// When it is deleted for good.
    Deletes,
}

/// A stretch of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct OrderPageView {
    /// How many orders the list has, found or not.
    pub total: usize,
    /// How many of them were found.
    pub found: usize,
    /// How many of those need somebody.
    pub asking: usize,
    /// The place of the first row among those that were found, from 0.
    pub from: usize,
    /// The rows that stand there.
    pub rows: Vec<OrderRow>,
    /// The place of the order that was asked for; nothing where it was not found.
    pub place: Option<usize>,
    /// The services that the list has, found or not.
    pub services: Vec<String>,
    /// How far the orders of the list are, found or not.
    pub states: Vec<OrderStateView>,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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
