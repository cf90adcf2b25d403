//! A received order: its receipt, its payment, and what the provider's operators say of it.

use serde::Serialize;

/// A received order, as its page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ReceivedView {
    /// The provider's number for it.
    pub number: String,
    /// When it was submitted, in milliseconds since 1970-01-01T00:00:00Z.
    pub submitted_at_ms: u64,
    /// When the provider had all of it, by the provider's clock.
    pub received_at_ms: u64,
    /// The provider's name.
    pub provider: String,
    /// SHA-256 of the manifest, 64 hexadecimal digits.
    pub manifest_sha256: String,
    /// How it stands in the lists.
    pub state: super::orders::OrderStateView,
    /// How it is paid for.
    pub payment: PaymentView,
    /// What happened, the newest first. What operators did stands here only if one of them signed it.
    pub timeline: Vec<TimelineItemView>,
    /// Documents that came back, in the order in which they came.
    pub returned: Vec<ReturnedView>,
    /// When the provider last answered about it, in milliseconds since 1970; none since it was received.
    pub heard_at_ms: Option<u64>,
    /// What the provider's server said of it that does not hold: a sentence of its own. It is not believed, and nothing of it is
    /// shown.
    pub disbelieved: Option<String>,
}

/// How an order is paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PaymentView {
    /// How far it is.
    pub state: PaymentStateView,
    /// The price that the firm signed, in cents of US dollars.
    pub amount_cents: u64,
    /// Since when it is so, by the provider's clock, in milliseconds since 1970; none where the provider did not say.
    pub since_ms: Option<u64>,
    /// When the payment page was last opened from this computer, in milliseconds since 1970.
    pub opened_at_ms: Option<u64>,
    /// When that page closes. Another one is made when it is asked for again.
    pub page_ends_at_ms: Option<u64>,
}

/// How far the payment of an order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum PaymentStateView {
    /// It costs nothing.
    Nothing,
    /// It is to be paid.
    Due,
    /// A payment page is open, from here or elsewhere.
    Awaiting,
    /// The payment was made, and the bank has not confirmed it.
    Processing,
    /// It is paid.
    Paid,
    /// The page closed without a payment, or the bank refused it: it is to be paid.
    Expired,
    /// A payment came that does not fit the price; the provider looks at it.
    Held,
    /// It goes on the firm's account.
    OnAccount,
    /// An amendment costs more than was paid.
    BalanceDue,
    /// A part was paid back.
    PartlyRefunded,
    /// All was paid back.
    Refunded,
    /// The payer disputes it.
    Disputed,
}

/// Something that happened to an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TimelineItemView {
    /// When, in milliseconds since 1970-01-01T00:00:00Z.
    pub at_ms: u64,
    /// What.
    pub event: TimelineEventView,
}

/// What happened to an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "is", rename_all = "kebab-case", rename_all_fields = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum TimelineEventView {
    /// It was submitted on this computer.
    Submitted,
    /// The provider had all of it, and the receipt was verified.
    Received {
        /// How many files are on the receipt, beside the order itself.
        files: usize,
    },
    /// The payment page was opened from this computer.
    PaymentOpened,
    /// It is paid for in another way than before, as the provider's server says.
    Payment {
        /// How.
        state: PaymentStateView,
        /// How much, in cents of US dollars.
        amount_cents: u64,
    },
    /// The work went on.
    Work {
        /// How far.
        status: WorkStatusView,
    },
    /// The operator wrote to the firm.
    Message {
        /// What.
        text: String,
    },
    /// Documents came back.
    Returned {
        /// Their names.
        names: Vec<String>,
    },
}

/// How far the work on an order is, as an operator signed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum WorkStatusView {
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

/// A document that came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ReturnedView {
    /// Its number among all that came back.
    pub number: u32,
    /// Its name.
    pub name: String,
    /// Bytes.
    pub length: u64,
    /// SHA-256, 64 hexadecimal digits, as the operator signed it.
    pub sha256: String,
    /// When it came back, in milliseconds since 1970.
    pub at_ms: u64,
}
