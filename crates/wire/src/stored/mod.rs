//! What server and intake tell each other through the store: it never crosses HTTP. The server says in its own `storage` where
//! each of these lies.

mod checkout;
mod order_state;
mod rosters;
mod stripe_id;

pub use checkout::{ATTEMPTS_MAX, Attempt, AttemptState, Checkout, EVENTS_MAX, Seen, SessionBinding};
pub use order_state::{Change, Effect, EntryKind, Event, OrderState, REVISIONS_MAX, ReceivedRevision, STATE_BYTES_MAX};
pub use rosters::{ROSTER_INDEX_BYTES_MAX, RosterIndex, RosterName};
pub use stripe_id::{EventId, STRIPE_ID_BYTES_MAX, SessionId, StripeIdError};

use satchel_terms::{FirmId, Hash, OrderId, Revision};

/// The path of the index of rosters in a firm's *live* container.
pub const ROSTER_INDEX_PATH: &str = "devices/roster";
/// What the files of a firm's feed begin with, in its *live* container. Behind it stands the number, in ten digits.
pub const FEED_PREFIX: &str = "feed/";
/// The seconds of an hour of the work index.
const HOUR_SECONDS: u64 = 60 * 60;

/// Returns the path of an order's state in its firm's *live* container.
#[must_use]
pub fn state_path(order: OrderId) -> String {
    format!("orders/{order}/state")
}

/// Returns the path of a roster in its firm's *live* container.
#[must_use]
pub fn roster_path(name: RosterName) -> String {
    format!("devices/rosters/{}/{}", name.number, hex(name.sha256))
}

/// Returns the path of a receipt in its firm's *live* container.
#[must_use]
pub fn receipt_path(order: OrderId, revision: Revision, hash: Hash) -> String {
    format!("orders/{order}/receipts/{revision}/{}", hex(hash))
}

/// Returns what the entries of an hour of the work index begin with, in the provider's own container; the hour counted from
/// 1970.
#[must_use]
pub fn work_prefix(hour: u64) -> String {
    format!("work/{hour:010}/")
}

/// Returns the path of an entry of the work index: an order may change in the hour of this time.
#[must_use]
pub fn work_path(seconds: u64, firm: FirmId, order: OrderId, revision: Revision) -> String {
    format!("{}{firm}/{order}/r{revision}", work_prefix(seconds / HOUR_SECONDS))
}

/// Writes a hash in lower-case hexadecimal digits, which a path takes.
#[must_use]
pub fn hex(hash: Hash) -> String {
    hash.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}
