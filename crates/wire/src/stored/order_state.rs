//! The state of an order: what server and intake know of it, and what is still to be done.

use std::num::NonZeroU32;

use satchel_sign::{Manifest, Signed, WorkStatus};
use satchel_terms::{Cents, DeviceId, FirmId, Hash, OrderId, Revision, Timestamp, V1, required};

use serde::{Deserialize, Serialize};

use super::checkout::Checkout;
use crate::bodies::Payment;

/// The most bytes of a state.
pub const STATE_BYTES_MAX: usize = 1024 * 1024;
/// The most revisions of an order.
pub const REVISIONS_MAX: usize = 1_000;
/// The most changes of an order.
const CHANGES_MAX: usize = 5_000;

/// An order, as the server knows it. It is written as a whole, by compare-and-swap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OrderState {
    /// Version of the format.
    pub version: V1,
    /// Whose order it is.
    pub firm: FirmId,
    /// The order.
    pub order: OrderId,
    /// The number under which people speak of it.
    pub order_number: String,
    /// The revisions that were received, from 1 without a gap.
    pub revisions: Vec<ReceivedRevision>,
    /// How it is paid for.
    pub payment: Payment,
    /// The attempts to pay for it. Not written where nobody tried.
    #[serde(default, skip_serializing_if = "Checkout::is_empty")]
    pub checkout: Checkout,
    /// How far the work is, as somebody told the server.
    #[serde(deserialize_with = "required")]
    pub work: Option<WorkStatus>,
    /// What happened to it, from sequence 1 without a gap.
    pub history: Vec<Change>,
    /// What follows from it and may not be done yet.
    pub pending: Vec<Effect>,
}

/// A revision that is whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReceivedRevision {
    /// Which revision.
    pub revision: Revision,
    /// Hash of its manifest.
    pub manifest_sha256: Hash,
    /// The device that sent it.
    pub device: DeviceId,
    /// What it costs.
    pub total_cents: Cents,
    /// When it was whole.
    pub received_at: Timestamp,
    /// Names the one receipt that counts.
    pub receipt_sha256: Hash,
}

/// Something that happened to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Change {
    /// Counts up by one, from 1.
    pub sequence: u64,
    /// When.
    pub at: Timestamp,
    /// What.
    pub event: Event,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Event {
    /// A revision was received.
    Received {
        /// Which.
        revision: Revision,
    },
    /// An operator wrote how far the work is, in the order's log.
    Work {
        /// How far.
        status: WorkStatus,
        /// The entry of the log that says so, and counts.
        entry: NonZeroU32,
    },
    /// An operator wrote to the firm, in the order's log.
    Message {
        /// The entry of the log. Nobody here can read it.
        entry: NonZeroU32,
    },
    /// An operator returned documents, in the order's log.
    Returns {
        /// The entry of the log that lists them.
        entry: NonZeroU32,
    },
    /// It is paid for in another way than before.
    Payment {
        /// How.
        payment: Payment,
    },
}

/// What an entry of an order's log is, as far as the server may know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// It says how far the work is.
    Status(WorkStatus),
    /// It is a message.
    Message,
    /// It returns documents.
    Returns,
}

impl EntryKind {
    /// Returns what happened when the entry of this number was written.
    const fn event(self, entry: NonZeroU32) -> Event {
        match self {
            Self::Status(status) => Event::Work { status, entry },
            Self::Message => Event::Message { entry },
            Self::Returns => Event::Returns { entry },
        }
    }
}

/// What follows from a change. It can be done twice with the effect of once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Effect {
    /// The firm's feed names the change.
    Feed {
        /// Which change.
        sequence: u64,
        /// The file of the feed from which on its line can stand.
        since: u32,
    },
}

impl OrderState {
    /// Begins an order with its first revision, or goes on with the next one.
    #[must_use]
    pub fn received(
        before: Option<&Self>,
        manifest: &Signed<Manifest>,
        order_number: String,
        received: ReceivedRevision,
        feed_since: u32,
    ) -> Self {
        let stated = manifest.statement();
        let mut state = before.cloned().unwrap_or_else(|| Self {
            version: V1,
            firm: stated.firm,
            order: stated.order,
            order_number,
            revisions: Vec::new(),
            payment: Payment::None,
            checkout: Checkout::default(),
            work: Some(WorkStatus::New),
            history: Vec::new(),
            pending: Vec::new(),
        });
        let sequence = state.sequence().saturating_add(1);
        state.revisions.push(received);
        state.payment = state.payment_for(received.total_cents);
        let event = Event::Received { revision: received.revision };
        state.history.push(Change { sequence, at: received.received_at, event });
        state.pending.push(Effect::Feed { sequence, since: feed_since });
        state
    }

    /// Notes an entry of the log that an operator wrote. Nothing: the order takes no more changes.
    #[must_use]
    pub fn logged(&self, at: Timestamp, (entry, kind): (NonZeroU32, EntryKind), feed_since: u32) -> Option<Self> {
        if self.history.len() >= CHANGES_MAX {
            return None;
        }
        let mut state = self.clone();
        let sequence = state.sequence().saturating_add(1);
        if let EntryKind::Status(status) = kind {
            state.work = Some(status);
        }
        state.history.push(Change { sequence, at, event: kind.event(entry) });
        state.pending.push(Effect::Feed { sequence, since: feed_since });
        Some(state)
    }

    /// Notes attempts to pay. Money is always noted, however many changes there were.
    #[must_use]
    pub fn paying(&self, at: Timestamp, checkout: Checkout, feed_since: u32) -> Self {
        let mut state = Self { checkout, ..self.clone() };
        let total = self.revisions.last().map_or(Cents::ZERO, |newest| newest.total_cents);
        state.payment = state.payment_for(total);
        if state.payment != self.payment {
            let sequence = state.sequence().saturating_add(1);
            state.history.push(Change { sequence, at, event: Event::Payment { payment: state.payment } });
            state.pending.push(Effect::Feed { sequence, since: feed_since });
        }
        state
    }

    /// Returns when the payment last changed. Nothing: it is as it was when the order was received.
    #[must_use]
    pub fn payment_at(&self) -> Option<Timestamp> {
        let payment = |change: &Change| {
            if let Event::Payment { payment } = change.event { Some((change.at, payment)) } else { None }
        };
        let (at, noted) = self.history.iter().rev().find_map(payment)?;
        // An amendment with another price changes what is paid into what is still owed, and is noted as what it is.
        let amended = || self.revisions.last().map(|newest| newest.received_at);
        if noted == self.payment { Some(at) } else { amended() }
    }

    /// Returns the number of the last entry of the log that is noted here; 0 where there is none.
    #[must_use]
    pub fn entries_noted(&self) -> u32 {
        let entry = |change: &Change| match change.event {
            Event::Work { entry, .. } | Event::Message { entry } | Event::Returns { entry } => Some(entry.get()),
            Event::Received { .. } | Event::Payment { .. } => None,
        };
        self.history.iter().filter_map(entry).max().unwrap_or(0)
    }

    /// How it is to be paid for with this price. What no payment page leads to is left as it is.
    fn payment_for(&self, total: Cents) -> Payment {
        match self.payment {
            Payment::OnAccount | Payment::PartlyRefunded | Payment::Refunded | Payment::Disputed => self.payment,
            Payment::None
            | Payment::Quoted
            | Payment::Awaiting
            | Payment::Processing
            | Payment::Paid
            | Payment::BalanceDue
            | Payment::Expired
            | Payment::Held => self.checkout.payment(total),
        }
    }

    /// Returns the number of its last change.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        self.history.last().map_or(0, |change| change.sequence)
    }

    /// Finds a revision.
    #[must_use]
    pub fn revision(&self, revision: Revision) -> Option<&ReceivedRevision> {
        self.revisions.iter().find(|received| received.revision == revision)
    }

    /// Tells whether it can take one more revision.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.revisions.len() < REVISIONS_MAX && self.history.len() < CHANGES_MAX
    }

    /// Tells whether a state that was read is one that was written here.
    #[must_use]
    pub fn holds(&self) -> bool {
        let revisions = self.revisions.iter().map(|received| u64::from(received.revision.get()));
        let sequences = self.history.iter().map(|change| change.sequence);
        !self.revisions.is_empty()
            && revisions.eq(1..=self.revisions.len() as u64)
            && sequences.eq(1..=self.history.len() as u64)
            && self.checkout.holds()
    }
}
