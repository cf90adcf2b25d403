//! What the vault keeps of orders on their way, and of those that were received.

use std::collections::{BTreeMap, BTreeSet};

use satchel_sign::{Receipt, Statement as _};
use satchel_store::{ReadError, Table, Vault, WriteError};
use satchel_sync::{Rejection, Settled, block_range};
use satchel_terms::{BlobName, KeyBytes, OrderId, V1};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::frozen::{Frozen, SealedOrder};
use crate::following::Followed;

/// A submitted order on its way.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct OutboxRecord {
    version: V1,
    /// When it was submitted, in milliseconds since 1970.
    pub(crate) submitted_at_ms: u64,
    /// What it says.
    pub(crate) frozen: Frozen,
    /// What is sent of it, once it is signed and sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sealed: Option<SealedOrder>,
    /// Why it cannot be sent as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rejected: Option<String>,
    /// The draft that it becomes again. Nothing of it is sent from then on, whatever else is on disk yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) taken_back_as: Option<OrderId>,
}

impl OutboxRecord {
    pub(crate) fn new(frozen: Frozen, now_ms: u64) -> Self {
        Self { version: V1, submitted_at_ms: now_ms, frozen, sealed: None, rejected: None, taken_back_as: None }
    }

    /// Returns why it cannot be sent as it is.
    pub(crate) fn rejection(&self) -> Option<Rejection> {
        self.rejected.as_deref()?.parse().ok()
    }

    /// Returns the change that notes which draft it becomes again.
    pub(super) fn taken_back(draft: OrderId) -> Value {
        json!({ "takenBackAs": draft })
    }

    /// Returns the change that notes what is sent of it.
    pub(crate) fn sealed(sealed: &SealedOrder) -> serde_json::Result<Value> {
        Ok(json!({ "sealed": serde_json::to_value(sealed)? }))
    }
}

/// An order that the provider received.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct OrderRecord {
    version: V1,
    pub(crate) submitted_at_ms: u64,
    pub(crate) frozen: Frozen,
    /// Who received it.
    pub(crate) provider: String,
    /// The manifest, as compact text.
    pub(crate) manifest: String,
    /// The provider's verified receipt, as compact text.
    pub(crate) receipt: String,
    /// Opens what comes back.
    pub(crate) reply_private_key: KeyBytes,
    /// What was heard of it since.
    #[serde(default)]
    pub(crate) followed: Followed,
}

impl OrderRecord {
    /// Returns what the receipt says. It was verified before it was kept, and the vault vouches for it since.
    pub(crate) fn receipt(&self) -> Option<Receipt> {
        Receipt::from_payload(&payload(&self.receipt)?).ok()
    }
}

/// Returns the payload of a compact text that was verified before.
pub(crate) fn payload(compact: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(compact.split('.').nth(1)?).ok()
}

/// What the storage confirmed of an order on its way.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LedgerRecord {
    blobs: BTreeMap<BlobName, BlobLedger>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BlobLedger {
    /// The confirmed blocks. A map, since a change of the vault adds to a map and replaces a list.
    #[serde(default)]
    blocks: BTreeMap<u32, bool>,
    #[serde(default)]
    committed: bool,
}

impl LedgerRecord {
    pub(crate) fn of(vault: &mut Vault, order: OrderId) -> Result<Self, ReadError> {
        Ok(vault.read(Table::Ledger, order)?.unwrap_or_default())
    }

    pub(crate) fn confirmed(&self, blob: BlobName) -> BTreeSet<u32> {
        self.blobs.get(&blob).map(|blob| blob.blocks.keys().copied().collect()).unwrap_or_default()
    }

    pub(crate) fn is_committed(&self, blob: BlobName) -> bool {
        self.blobs.get(&blob).is_some_and(|blob| blob.committed)
    }

    /// Returns how many bytes of a blob were confirmed.
    pub(crate) fn confirmed_bytes(&self, blob: BlobName, bytes: u64) -> u64 {
        if self.is_committed(blob) {
            return bytes;
        }
        self.confirmed(blob).into_iter().map(|block| block_range(bytes, block).1).sum()
    }

    /// Tells whether nothing was sent.
    pub(crate) fn is_untouched(&self) -> bool {
        self.blobs.is_empty()
    }
}

/// Notes something in an order's ledger. Of one that was taken back meanwhile nothing is noted, so that nothing more is sent.
fn note(vault: &mut Vault, order: OrderId, change: &Value) -> Result<(), WriteError> {
    if vault.revision(Table::Outbox, order).is_none() {
        return Err(WriteError::Missing);
    }
    if vault.revision(Table::Ledger, order).is_none() {
        vault.put(Table::Ledger, order, &LedgerRecord::default())?;
    }
    vault.change(Table::Ledger, order, change)?;
    Ok(())
}

/// Notes that the storage confirmed a block.
pub(crate) fn confirm(vault: &mut Vault, order: OrderId, blob: BlobName, block: u32) -> Result<(), WriteError> {
    note(vault, order, &json!({ "blobs": { blob.to_string(): { "blocks": { block.to_string(): true } } } }))
}

/// Notes that the block list of a blob was committed.
pub(crate) fn commit(vault: &mut Vault, order: OrderId, blob: BlobName) -> Result<(), WriteError> {
    note(vault, order, &json!({ "blobs": { blob.to_string(): { "committed": true } } }))
}

/// Returns how an order ended, if it did.
pub(crate) fn settled(vault: &mut Vault, order: OrderId) -> Result<Option<Settled>, ReadError> {
    if let Some(received) = vault.read::<OrderRecord>(Table::Orders, order)? {
        return Ok(Some(Settled::Received(received.receipt)));
    }
    let waiting = vault.read::<OutboxRecord>(Table::Outbox, order)?;
    Ok(waiting.and_then(|record| record.rejection()).map(Settled::Rejected))
}

/// Keeps how an order ended.
pub(crate) fn settle(vault: &mut Vault, order: OrderId, settled: &Settled) -> Result<(), WriteError> {
    match settled {
        Settled::Rejected(rejection) => {
            vault.change(Table::Outbox, order, &json!({ "rejected": rejection.code() }))?;
        }
        // It was kept before, and what was left to do failed.
        Settled::Received(_) if vault.revision(Table::Orders, order).is_some() => tidy_received(vault, order)?,
        Settled::Received(receipt) => {
            let record: OutboxRecord = vault.read(Table::Outbox, order)?.ok_or(WriteError::Missing)?;
            let sealed = record.sealed.ok_or(WriteError::Missing)?;
            let received = OrderRecord {
                version: V1,
                submitted_at_ms: record.submitted_at_ms,
                frozen: record.frozen,
                provider: sealed.provider,
                manifest: sealed.manifest,
                receipt: receipt.clone(),
                reply_private_key: sealed.reply_private_key,
                followed: Followed::default(),
            };
            // The order is there before it leaves the outbox. Whoever is killed in between has it in both, and the outbox gives way.
            vault.put(Table::Orders, order, &received)?;
            tidy_received(vault, order)?;
        }
    }
    Ok(())
}

/// Takes a received order out of the outbox, and deletes the draft that it was: what was received does not become a draft again.
pub(crate) fn tidy_received(vault: &mut Vault, order: OrderId) -> Result<(), WriteError> {
    leave_outbox(vault, order)?;
    if vault.revision(Table::Drafts, order).is_some() {
        vault.delete(Table::Drafts, order)?;
    }
    Ok(())
}

/// Takes an order out of the outbox, with what was noted of it.
pub(crate) fn leave_outbox(vault: &mut Vault, order: OrderId) -> Result<(), WriteError> {
    vault.delete(Table::Outbox, order)?;
    vault.delete(Table::Ledger, order)?;
    Ok(())
}

/// Tells whether an order was submitted, so that nothing of it changes any more.
pub(crate) fn is_submitted(vault: &Vault, order: OrderId) -> bool {
    vault.revision(Table::Outbox, order).is_some() || vault.revision(Table::Orders, order).is_some()
}
