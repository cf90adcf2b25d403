//! Orders on their way, and the provider they go to.

use serde::Serialize;

/// A submitted order that the provider has not received yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct OutboxItemView {
    /// The order's id.
    pub order: String,
    /// The service's name.
    pub service: String,
    /// The case in one line; empty where no side is named.
    pub caption: String,
    /// When it was submitted, in milliseconds since 1970-01-01T00:00:00Z.
    pub submitted_at_ms: u64,
    /// How far it is.
    pub state: TransferView,
    /// The order itself first, then its files.
    pub parts: Vec<OutboxPartView>,
    /// Whether it can be taken back: nothing of it has been sent, or it cannot be sent as it is.
    pub can_be_taken_back: bool,
}

/// A part of an order on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct OutboxPartView {
    /// The file's name; none for the order itself.
    pub name: Option<String>,
    /// Sealed bytes.
    pub bytes: u64,
    /// Of these, how many the storage confirmed.
    pub sent: u64,
}

/// How far an order on its way is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "is", rename_all = "kebab-case", rename_all_fields = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum TransferView {
    /// Its turn has not come.
    Queued,
    /// It is being sent.
    Uploading,
    /// It goes on by itself. Nothing that was sent is lost.
    Waiting {
        /// Why.
        why: WaitView,
        /// When it is tried again, in milliseconds since 1970-01-01T00:00:00Z; none where it waits for somebody.
        until_ms: Option<u64>,
    },
    /// It cannot be sent as it is. It is safe on this computer.
    Rejected {
        /// Why, as the window may branch on it: `price_changed`, `source_missing`, ….
        code: String,
        /// What happened, what is safe, what to do.
        message: String,
    },
}

/// Why an order waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum WaitView {
    /// The vault was restored from a file, and nobody said yet that the order is still to be sent.
    Restored,
    /// This computer was not connected with a provider yet.
    NoProvider,
    /// What the provider said does not hold, so nothing is sealed or sent.
    Refused,
    /// The provider's keys ended; newer ones are asked for.
    KeysEnded,
    /// It could not be signed and sealed.
    NotSealed,
    /// There is no connection.
    Offline,
    /// The other side's certificate is none that this computer trusts.
    Untrusted,
    /// No byte moved for a while, or the connection broke.
    Stalled,
    /// The provider asks for patience.
    Busy,
    /// The provider's side failed.
    ServerFault,
    /// Somebody has to sign in.
    NeedsSignIn,
    /// The firm's admin or the provider has to allow this computer or person first.
    NotAllowed,
    /// The provider's receipt does not match the order, so it does not count.
    ReceiptRefused,
    /// This computer's disk does not answer as it should.
    Disk,
}

/// The provider, as far as this computer is connected with one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "is", rename_all = "kebab-case", rename_all_fields = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum ConnectionView {
    /// There is none to talk to. Orders can be filled in and submitted; they are sent once there is one.
    NoProvider,
    /// There is one, and its keys are not verified yet.
    Connecting,
    /// What the provider said does not hold against what this Satchel trusts. Nothing is sent.
    Refused {
        /// What happened, what is safe, what to do.
        message: String,
    },
    /// The provider's keys are verified.
    Bound {
        /// The provider's name.
        provider: String,
        /// The firm's name.
        firm: String,
        /// The fingerprint of the key that orders are sealed to, in groups of four: what a person compares.
        fingerprint: String,
        /// When the keys were last checked with the provider, in milliseconds since 1970; none since Satchel started.
        checked_at_ms: Option<u64>,
    },
}
