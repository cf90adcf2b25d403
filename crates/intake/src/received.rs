//! A revision as it was received: its manifest, signed by a device, and the receipt that says which blobs were committed.

use satchel_cloud::{BlobAddress, ETag, Metadata};
use satchel_sign::{FirmRoster, Manifest, Receipt, Signed, verify_receipt};
use satchel_terms::{BlobName, EcPublicKey, Hash, OrderId, Revision, parse};
use satchel_wire::limits::MANIFEST_COMPACT_BYTES_MAX;
use satchel_wire::stored::{OrderState, STATE_BYTES_MAX, receipt_path, state_path};

use crate::deliver::PART_BYTES;
use crate::desk::Desk;
use crate::firm::{ReadError, read_text};

/// Bytes of a region's tag.
const TAG_BYTES: u64 = 16;

/// A revision whose manifest and receipt verified and fit each other.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) manifest: Signed<Manifest>,
    pub(crate) receipt: Signed<Receipt>,
    /// The key of the device that signed.
    pub(crate) device_key: EcPublicKey,
}

/// A blob that is in the very state that was committed.
#[derive(Debug)]
pub(crate) struct Committed {
    pub(crate) at: BlobAddress,
    pub(crate) state: ETag,
    pub(crate) length: u64,
    /// What the manifest says of its tags.
    pub(crate) tags_sha256: Hash,
    pub(crate) metadata: Metadata,
}

impl Desk {
    /// Reads an order's state, as the server wrote it.
    pub(crate) async fn state(&self, order: OrderId) -> Result<(OrderState, ETag), ReadError> {
        let at = self.firm.in_live(&state_path(order))?;
        let blob = self.blobs.read(&at, STATE_BYTES_MAX as u64).await?.ok_or(ReadError::Missing("state"))?;
        let state: OrderState = parse(&blob.bytes, STATE_BYTES_MAX).map_err(|_| ReadError::Damaged("state"))?;
        let own = (state.firm, state.order) == (self.firm.id(), order) && state.holds();
        if own { Ok((state, blob.etag)) } else { Err(ReadError::Damaged("state")) }
    }

    /// Reads and verifies a revision.
    pub(crate) async fn received(
        &self,
        roster: &FirmRoster,
        state: &OrderState,
        revision: Revision,
    ) -> Result<Received, ReadError> {
        let order = state.order;
        let at = self.firm.in_sealed(&blob_path(order, BlobName::Manifest(revision)))?;
        let compact = read_text(&*self.blobs, &at, MANIFEST_COMPACT_BYTES_MAX).await?;
        let compact = compact.ok_or(ReadError::Missing("manifest"))?;
        let manifest = roster.verify_manifest(&compact).map_err(ReadError::Manifest)?;
        let stated = manifest.statement();
        if (stated.firm, stated.order, stated.revision) != (self.firm.id(), order, revision) {
            return Err(ReadError::Damaged("manifest"));
        }
        let devices = &roster.newest().statement().devices;
        let device = devices.iter().find(|device| device.signing_key.thumbprint() == manifest.signer());
        let device_key = device.map(|device| device.signing_key.clone()).ok_or(ReadError::Damaged("manifest"))?;
        let known = state.revision(revision).ok_or(ReadError::Missing("receipt"))?;
        let at = self.firm.in_live(&receipt_path(order, revision, known.receipt_sha256))?;
        let compact = read_text(&*self.blobs, &at, MANIFEST_COMPACT_BYTES_MAX).await?;
        let compact = compact.ok_or(ReadError::Missing("receipt"))?;
        let receipt = verify_receipt(&compact, &self.firm.bundle().receipt_keys, &manifest)?;
        Ok(Received { manifest, receipt, device_key })
    }

    /// Looks whether a blob of a revision is in the state that was committed.
    pub(crate) async fn committed(&self, received: &Received, name: BlobName) -> Result<Committed, ReadError> {
        let damaged = ReadError::Damaged("sealed blob");
        let stated = received.manifest.statement();
        let sent = stated.blobs.iter().find(|blob| blob.name == name);
        let noted = received.receipt.statement().blobs.iter().find(|blob| blob.name == name);
        let Some((sent, noted)) = sent.zip(noted) else { return Err(damaged) };
        let at = self.firm.in_sealed(&blob_path(stated.order, name))?;
        let found = self.blobs.properties(&at).await?.ok_or(ReadError::Missing("sealed blob"))?;
        let version = found.version.as_ref().map(|version| version.as_str());
        let same = found.length == sent.sealed_length
            && found.etag.as_str() == noted.etag
            && version == noted.version_id.as_deref();
        if !same {
            return Err(damaged);
        }
        let (length, tags_sha256) = (sent.sealed_length, sent.tags_sha256);
        Ok(Committed { at, state: found.etag, length, tags_sha256, metadata: found.metadata })
    }

    /// Reads the tags of a sealed blob and returns their hash. Nobody has to be able to open it.
    pub(crate) async fn tags_sha256(&self, at: &BlobAddress, state: &ETag, length: u64) -> Result<Hash, ReadError> {
        let mut tags = Vec::new();
        let mut from = 0;
        while from < length {
            let end = length.min(from.saturating_add(PART_BYTES));
            tags.extend(self.download.part(at, state, end.saturating_sub(TAG_BYTES), TAG_BYTES).await?);
            from = end;
        }
        Ok(Hash::of(&tags))
    }
}

pub(crate) fn blob_path(order: OrderId, name: BlobName) -> String {
    format!("orders/{order}/{name}")
}
