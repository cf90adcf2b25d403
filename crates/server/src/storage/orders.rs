//! An order's blobs, its state, its manifests and receipts.

use std::num::NonZeroU32;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use satchel_cloud::{Blocks, CreateError, ETag, Metadata, Properties, Ticket};
use satchel_sign::{Manifest, Receipt, Signed, Statement as _};
use satchel_terms::{BlobName, Hash, OrderId, Revision, parse, write};
use satchel_wire::limits::{
    LOG_ENTRIES_MAX, LOG_SEALED_BYTES_MAX, MANIFEST_COMPACT_BYTES_MAX, RETURN_TICKET_SECONDS, SEALED_ENTRY_BYTES_MAX,
    TICKET_SECONDS_MAX,
};
use satchel_wire::{Compact, SealedEntry};

use super::{FirmScope, StorageError, Written, write_over};
use satchel_wire::stored::{OrderState, STATE_BYTES_MAX, receipt_path, state_path};

/// Whether a write that must not overwrite anything took place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    /// It is there now, or was there already.
    Yes,
    /// Something else is there.
    OtherIsThere,
}

impl FirmScope {
    /// Reads an order's state.
    pub(crate) async fn order_state(&self, order: OrderId) -> Result<Option<(OrderState, ETag)>, StorageError> {
        let at = self.live(&state_path(order))?;
        let Some(blob) = self.store().read(&at, STATE_BYTES_MAX as u64).await? else { return Ok(None) };
        let state: OrderState = parse(&blob.bytes, STATE_BYTES_MAX).map_err(|_| StorageError::Damaged("state"))?;
        let own = (state.firm, state.order) == (self.firm().id(), order) && state.holds();
        if own { Ok(Some((state, blob.etag))) } else { Err(StorageError::Damaged("state")) }
    }

    /// Writes an order's first state, or the one after `expected`.
    pub(crate) async fn write_order_state(
        &self,
        state: &OrderState,
        expected: Option<&ETag>,
    ) -> Result<Written, StorageError> {
        let at = self.live(&state_path(state.order))?;
        write_over(self.store(), &at, write(state)?, expected).await
    }

    /// Returns what is known of an order's blob.
    pub(crate) async fn properties(&self, order: OrderId, name: BlobName) -> Result<Option<Properties>, StorageError> {
        Ok(self.store().properties(&self.sealed(&blob_path(order, name))?).await?)
    }

    /// Returns the blocks of an order's blob.
    pub(crate) async fn blocks(&self, order: OrderId, name: BlobName) -> Result<Option<Blocks>, StorageError> {
        Ok(self.store().blocks(&self.sealed(&blob_path(order, name))?).await?)
    }

    /// Makes a ticket that writes an order's blob.
    pub(crate) async fn upload_ticket(&self, order: OrderId, name: BlobName) -> Result<Ticket, StorageError> {
        let lifetime = Duration::from_secs(TICKET_SECONDS_MAX);
        Ok(self.store().upload_ticket(&self.sealed(&blob_path(order, name))?, lifetime).await?)
    }

    /// Makes a ticket that reads a returned document. Nothing: there is none of this number.
    pub(crate) async fn return_ticket(
        &self,
        order: OrderId,
        number: NonZeroU32,
    ) -> Result<Option<Ticket>, StorageError> {
        let name = BlobName::Return(number);
        if self.properties(order, name).await?.is_none() {
            return Ok(None);
        }
        let lifetime = Duration::from_secs(RETURN_TICKET_SECONDS);
        Ok(Some(self.store().download_ticket(&self.sealed(&blob_path(order, name))?, lifetime).await?))
    }

    /// Reads the entries of an order's log behind number `after`, as they are sealed: at most [`LOG_ENTRIES_MAX`] with at
    /// most [`LOG_SEALED_BYTES_MAX`]. The log ends where an entry is missing.
    pub(crate) async fn log_after(&self, order: OrderId, after: u32) -> Result<Vec<SealedEntry>, StorageError> {
        let mut entries = Vec::new();
        let mut room = LOG_SEALED_BYTES_MAX;
        let mut number = NonZeroU32::MIN.checked_add(after);
        while let Some(next) = number.filter(|_| entries.len() < LOG_ENTRIES_MAX) {
            let Some(entry) = self.log_entry(order, next).await? else { break };
            let Some(left) = room.checked_sub(entry.sealed.as_bytes().len()) else { break };
            entries.push(entry);
            (room, number) = (left, next.checked_add(1));
        }
        Ok(entries)
    }

    async fn log_entry(&self, order: OrderId, number: NonZeroU32) -> Result<Option<SealedEntry>, StorageError> {
        let at = self.sealed(&blob_path(order, BlobName::LogEntry(number)))?;
        let Some(mut blob) = self.store().read(&at, SEALED_ENTRY_BYTES_MAX as u64).await? else { return Ok(None) };
        let damaged = || StorageError::Damaged("log");
        let encryption_data = blob.metadata.remove("encryptiondata").ok_or_else(damaged)?;
        let sealed = blob.bytes.try_into().map_err(|_| damaged())?;
        Ok(Some(SealedEntry { number, encryption_data, sealed }))
    }

    /// Keeps a revision's manifest. The first one that is kept is the revision's, for ever.
    pub(crate) async fn keep_manifest(&self, manifest: &Signed<Manifest>) -> Result<Kept, StorageError> {
        let stated = manifest.statement();
        let at = self.sealed(&blob_path(stated.order, BlobName::Manifest(stated.revision)))?;
        match self.store().create(&at, manifest.compact().as_bytes().to_vec(), Metadata::new()).await {
            Ok(_) => return Ok(Kept::Yes),
            Err(CreateError::Exists) => {}
            Err(CreateError::Cloud(error)) => return Err(error.into()),
        }
        let known = self.store().read(&at, MANIFEST_COMPACT_BYTES_MAX as u64).await?;
        let known = known.ok_or(StorageError::Damaged("manifest"))?;
        // One manifest has several signatures that are right; what counts is what was signed.
        let input = |compact: &[u8]| compact.rsplitn(2, |byte| *byte == b'.').nth(1).map(Hash::of);
        Ok(if input(&known.bytes) == Some(manifest.hash()) { Kept::Yes } else { Kept::OtherIsThere })
    }

    /// Reads a revision's manifest, as the device signed it: its hash is the one that the state names.
    pub(crate) async fn manifest(
        &self,
        order: OrderId,
        revision: Revision,
        hash: Hash,
    ) -> Result<Manifest, StorageError> {
        let damaged = || StorageError::Damaged("manifest");
        let at = self.sealed(&blob_path(order, BlobName::Manifest(revision)))?;
        let blob = self.store().read(&at, MANIFEST_COMPACT_BYTES_MAX as u64).await?.ok_or_else(damaged)?;
        let text = str::from_utf8(&blob.bytes).map_err(|_| damaged())?;
        let (input, _signature) = text.rsplit_once('.').ok_or_else(damaged)?;
        if Hash::of(input.as_bytes()) != hash {
            return Err(damaged());
        }
        let payload = input.split_once('.').and_then(|(_, payload)| BASE64_URL_SAFE_NO_PAD.decode(payload).ok());
        let manifest = Manifest::from_payload(&payload.ok_or_else(damaged)?).map_err(|_| damaged())?;
        let own = (manifest.firm, manifest.order, manifest.revision) == (self.firm().id(), order, revision);
        if own { Ok(manifest) } else { Err(damaged()) }
    }

    /// Keeps a receipt, before a state says that it counts.
    pub(crate) async fn keep_receipt(&self, receipt: &Signed<Receipt>) -> Result<(), StorageError> {
        let stated = receipt.statement();
        let at = self.live(&receipt_path(stated.order, stated.revision, receipt.hash()))?;
        match self.store().create(&at, receipt.compact().as_bytes().to_vec(), Metadata::new()).await {
            Ok(_) | Err(CreateError::Exists) => Ok(()),
            Err(CreateError::Cloud(error)) => Err(error.into()),
        }
    }

    /// Reads the receipt that a state names.
    pub(crate) async fn receipt(
        &self,
        order: OrderId,
        revision: Revision,
        hash: Hash,
    ) -> Result<Compact, StorageError> {
        let at = self.live(&receipt_path(order, revision, hash))?;
        let damaged = || StorageError::Damaged("receipt");
        let blob = self.store().read(&at, MANIFEST_COMPACT_BYTES_MAX as u64).await?.ok_or_else(damaged)?;
        let text = String::from_utf8(blob.bytes).map_err(|_| damaged())?;
        Compact::try_from(text).map_err(|_| damaged())
    }
}

fn blob_path(order: OrderId, name: BlobName) -> String {
    format!("orders/{order}/{name}")
}
