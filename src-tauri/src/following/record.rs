//! What the vault keeps of a received order beyond its receipt.

use std::collections::BTreeMap;

use satchel_sign::{OperatorKey, WorkStatus};
use satchel_terms::Timestamp;
use satchel_wire::Payment;
use serde::{Deserialize, Serialize};

use crate::view::received::PaymentStateView;

/// What was heard of an order since it was received. Changes of it are merged, so every part of it is a map or replaced whole.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Followed {
    /// How it is paid for; none until the server was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) payment: Option<KeptPayment>,
    /// The payment page that was opened last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) page: Option<OpenedPage>,
    /// The verified entries of the log, by their numbers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) log: BTreeMap<u32, KeptEntry>,
    /// When the server last answered, as far as it was worth writing down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) heard_at_ms: Option<u64>,
    /// What the server said that does not hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) disbelieved: Option<Disbelieved>,
}

/// How an order is paid for, as the server says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeptPayment {
    pub(super) state: Payment,
    /// Written where there is none as well: a change that says nothing would leave the one before.
    #[serde(default)]
    pub(super) at: Option<Timestamp>,
}

/// A payment page that was opened from this computer.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct OpenedPage {
    pub(super) opened_at_ms: u64,
    pub(super) ends_at: Timestamp,
}

/// An entry of the log that was verified, with the key that it was verified by: the operator may be gone by now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeptEntry {
    pub(super) compact: String,
    /// As one text: a change of the vault would take its members out that are `null`.
    #[serde(with = "as_text")]
    pub(super) operator: OperatorKey,
}

/// A value as a text of JSON.
mod as_text {
    use serde::de::{DeserializeOwned, Error as _};
    use serde::ser::Error as _;
    use serde::{Deserialize as _, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(value: &impl Serialize, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&serde_json::to_string(value).map_err(S::Error::custom)?)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<T, D::Error> {
        serde_json::from_str(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// What the server said that does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Disbelieved {
    /// An entry of the log that is not sealed for this order.
    NotForThisOrder,
    /// An entry that no operator of the provider signed, or not while being one.
    NotSigned,
    /// An entry that does not follow the ones before.
    NotNext,
    /// More than a log may have.
    TooMuch,
    /// It does not know the order, though it signed a receipt.
    Unknown,
    /// Another receipt than the one that was verified.
    OtherReceipt,
}

impl Disbelieved {
    /// Says what happened, what is safe and what to do.
    pub(super) const fn sentence(self) -> &'static str {
        match self {
            Self::NotForThisOrder => {
                "The provider’s server sent news that was not written for this order. It is not shown. What stands here is \
                 verified. Tell the provider."
            }
            Self::NotSigned => {
                "The provider’s server sent news that no operator of the provider signed. It is not shown. What stands here is \
                 verified. Tell the provider."
            }
            Self::NotNext => {
                "The provider’s server left something out of this order’s log, or changed it. What came after it is not shown. \
                 What stands here is verified. Tell the provider."
            }
            Self::TooMuch => {
                "This order’s log is longer than Satchel can keep. What stands here is verified; what came after it is not \
                 shown. Ask the provider for the rest."
            }
            Self::Unknown => {
                "The provider’s server says that it does not know this order, though its receipt was verified. The receipt is \
                 kept here. Tell the provider."
            }
            Self::OtherReceipt => {
                "The provider’s server shows another receipt for this order than the one that was verified. The verified one is \
                 kept here. Tell the provider."
            }
        }
    }
}

/// Translates how an order is paid for. One that was not asked about yet is to be paid if it costs something.
pub(super) fn payment_state(known: Option<&KeptPayment>, amount_cents: u64) -> PaymentStateView {
    let Some(known) = known else {
        return if amount_cents == 0 { PaymentStateView::Nothing } else { PaymentStateView::Due };
    };
    match known.state {
        // A price that the firm signed does not vanish because the server says so.
        Payment::None if amount_cents > 0 => PaymentStateView::Due,
        Payment::None => PaymentStateView::Nothing,
        Payment::Quoted => PaymentStateView::Due,
        Payment::Awaiting => PaymentStateView::Awaiting,
        Payment::Processing => PaymentStateView::Processing,
        Payment::Paid => PaymentStateView::Paid,
        Payment::OnAccount => PaymentStateView::OnAccount,
        Payment::BalanceDue => PaymentStateView::BalanceDue,
        Payment::PartlyRefunded => PaymentStateView::PartlyRefunded,
        Payment::Refunded => PaymentStateView::Refunded,
        Payment::Disputed => PaymentStateView::Disputed,
        Payment::Expired => PaymentStateView::Expired,
        Payment::Held => PaymentStateView::Held,
    }
}

impl Followed {
    /// Tells whether the provider was heard, and what it said last holds.
    pub(crate) const fn is_settled(&self) -> bool {
        self.payment.is_some() && self.disbelieved.is_none()
    }

    /// Returns how far the work is, as the last entry says that tells of it.
    pub(super) fn work(&self) -> Option<WorkStatus> {
        let status = |entry: &KeptEntry| match entry.read()?.event {
            satchel_sign::LogEvent::Status { status } => Some(status),
            satchel_sign::LogEvent::Message { .. } | satchel_sign::LogEvent::Returns { .. } => None,
        };
        self.log.values().rev().find_map(status)
    }
}

impl KeptEntry {
    /// Returns what it says. It was verified before it was kept, and the vault vouches for it since.
    pub(super) fn read(&self) -> Option<satchel_sign::LogEntry> {
        use satchel_sign::Statement as _;
        satchel_sign::LogEntry::from_payload(&crate::sending::payload(&self.compact)?).ok()
    }
}
