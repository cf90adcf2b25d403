//! The bodies of requests and answers.

use std::num::NonZeroU32;

use satchel_sign::WorkStatus;
use satchel_terms::{BlobName, BoundedBytes, FixedBytes, OrderId, Revision, Timestamp, required};
use serde::{Deserialize, Serialize};

use crate::block_numbers::BlockNumbers;
use crate::checkout_url::CheckoutUrl;
use crate::compact::Compact;
use crate::encryption_data;
use crate::limits::{SEALED_ENTRY_BYTES_MAX, WRAPPED_WORKSPACE_KEY_BYTES};
use crate::ticket_url::TicketUrl;

/// What the provider says about the firm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BundleAnswer {
    /// A bundle, signed by the provider's identity key.
    pub bundle: Compact,
}

/// A new roster of the firm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RosterRequest {
    /// The roster, signed by the firm's admin or an approver.
    pub roster: Compact,
}

/// A roster of the firm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RosterAnswer {
    /// The roster, as its signer sent it.
    pub roster: Compact,
}

/// A workspace key as it is wrapped to a device or the recovery key.
pub type WrappedWorkspaceKey = FixedBytes<WRAPPED_WORKSPACE_KEY_BYTES>;

/// A wrapped workspace key to keep.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WorkspaceKeyRequest {
    /// The wrapped key.
    pub wrapped: WrappedWorkspaceKey,
}

/// A wrapped workspace key that was kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WorkspaceKeyAnswer {
    /// The wrapped key, as it was sent.
    pub wrapped: WrappedWorkspaceKey,
}

/// Asks for tickets to upload a revision's blobs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TicketsRequest {
    /// The revision's manifest, signed by the device.
    pub manifest: Compact,
}

/// What is still to be uploaded of a revision, and with what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TicketsAnswer {
    /// The blobs to upload, in the manifest's order.
    pub tickets: Vec<UploadTicket>,
    /// The blobs that are there already, in the manifest's order.
    pub committed: Vec<BlobName>,
}

/// Opens one blob for writing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UploadTicket {
    /// The blob.
    pub name: BlobName,
    /// Where its blocks and its block list are put.
    pub url: TicketUrl,
    /// When the ticket ends, by the server's clock.
    pub expires_at: Timestamp,
    /// The blocks that the storage holds whole, and keeps for a week after the last one came.
    pub uncommitted: BlockNumbers,
}

/// Says that all blobs of a revision were uploaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CommitRequest {
    /// The revision's manifest, as for the tickets.
    pub manifest: Compact,
}

/// The provider's word that a revision is whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CommitAnswer {
    /// The receipt; the same one for the same manifest.
    pub receipt: Compact,
}

/// How far the newest revision that the server knows has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transfer {
    /// All of it is there, and the receipt is signed.
    Received,
}

/// How an order is paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Payment {
    /// It costs nothing.
    None,
    /// The price is agreed, and nobody asked for a payment yet.
    Quoted,
    /// A payment page is open.
    Awaiting,
    /// The payment was made, and the bank has not confirmed it.
    Processing,
    /// It is paid.
    Paid,
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
    /// The payment page closed without a payment, or the bank refused it.
    Expired,
    /// A payment came that does not fit the price. The provider looks at it; nothing more can be paid until then.
    Held,
}

/// Where an order is paid for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CheckoutAnswer {
    /// The payment page. A desktop opens it only if it is on the origin that the firm's bundle names
    /// ([`CheckoutUrl::is_on`]).
    pub url: CheckoutUrl,
    /// When the page closes.
    pub expires_at: Timestamp,
}

/// What the server knows of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OrderAnswer {
    /// The order.
    pub order: OrderId,
    /// The newest revision that was received.
    pub revision: Revision,
    /// How far it has come.
    pub transfer: Transfer,
    /// How it is paid for.
    pub payment: Payment,
    /// When that last changed. `null` where it is as it was when the order was received.
    #[serde(deserialize_with = "required")]
    pub payment_at: Option<Timestamp>,
    /// How far the work is, as a hint: what counts is the log that operators sign. `null` where the server was not told.
    #[serde(deserialize_with = "required")]
    pub work: Option<WorkStatus>,
    /// Counts the changes of the order, from 1; the feed names it.
    pub sequence: u64,
    /// The receipt of the newest revision.
    pub receipt: Compact,
}

/// A hint that an order changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FeedEntry {
    /// The entry's number in the firm's feed, from 1 without a gap.
    pub n: u64,
    /// The order.
    pub order: OrderId,
    /// Which of the order's changes.
    pub sequence: u64,
}

/// A part of the firm's feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FeedAnswer {
    /// The entries behind the one that was asked for, at most [`FEED_ENTRIES_MAX`](crate::limits::FEED_ENTRIES_MAX). None at
    /// the end of the feed.
    pub entries: Vec<FeedEntry>,
    /// What to ask for next: the number of the last entry here, or what was asked for.
    pub next: u64,
}

/// The bytes of a sealed log entry. Nobody on the way can open them.
pub type SealedEntryBytes = BoundedBytes<SEALED_ENTRY_BYTES_MAX>;

/// An entry of an order's log, as it lies in the storage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SealedEntry {
    /// Its number, from 1.
    pub number: NonZeroU32,
    /// How its content key is wrapped to the order's reply key: the blob's `encryptiondata`, read again by whoever unwraps.
    #[serde(deserialize_with = "encryption_data::deserialize")]
    pub encryption_data: String,
    /// The sealed entry.
    pub sealed: SealedEntryBytes,
}

/// A part of an order's log. It says nothing that counts before each entry was opened and verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LogAnswer {
    /// The entries behind the one that was asked for, in their order and without a gap, at most
    /// [`LOG_ENTRIES_MAX`](crate::limits::LOG_ENTRIES_MAX) with at most
    /// [`LOG_SEALED_BYTES_MAX`](crate::limits::LOG_SEALED_BYTES_MAX). None at the end of the log.
    pub entries: Vec<SealedEntry>,
}

/// Opens one returned document for reading. It is sealed to the order's reply key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReturnedAnswer {
    /// Where the sealed document is read.
    pub url: TicketUrl,
    /// When the ticket ends, by the server's clock.
    pub expires_at: Timestamp,
}
