//! What waits in the outbox: a frozen order, signed and sealed.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use satchel_sign::{Manifest, Signed};
use satchel_terms::sealed_length::{REGION_BYTES, REGION_OVERHEAD_BYTES};
use satchel_terms::{BlobName, OrderId, Revision};

/// The most bytes of a block of the upload: a region in its sealed form. All blocks of a blob but the last have so many.
pub const BLOCK_BYTES_MAX: u64 = REGION_BYTES + REGION_OVERHEAD_BYTES;
/// The most bytes of a blob's `encryptiondata`, as docs/FORMATS.md says.
pub const ENCRYPTION_DATA_BYTES_MAX: usize = 8 * 1024;

/// Names one revision of an order: what is sent and received as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderRevision {
    /// The order.
    pub order: OrderId,
    /// Its revision.
    pub revision: Revision,
}

impl fmt::Display for OrderRevision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/r{}", self.order, self.revision)
    }
}

/// Tells whether bytes are the block of that number, from 0, as it was sealed. Whoever has the blob's key can; nobody here has.
#[derive(Clone)]
pub struct BlockCheck(Arc<Check>);

type Check = dyn Fn(u32, &[u8]) -> bool + Send + Sync;

impl BlockCheck {
    /// Takes what tells it. It may take a while: it is asked where that holds nobody up.
    pub fn new(is_as_sealed: impl Fn(u32, &[u8]) -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(is_as_sealed))
    }

    pub(crate) fn is_as_sealed(&self, block: u32, bytes: &[u8]) -> bool {
        (self.0)(block, bytes)
    }
}

impl fmt::Debug for BlockCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BlockCheck(..)")
    }
}

/// Where the sealed bytes of a blob are.
#[derive(Clone)]
pub enum BlobSource {
    /// A file that holds them and nothing else. Disks and people change files, so each block is checked before it is sent.
    File(PathBuf, BlockCheck),
    /// The bytes themselves, for the small ones.
    Bytes(Arc<[u8]>),
}

/// Neither bytes nor paths are printed: a path may hold a person's name.
impl fmt::Debug for BlobSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(..) => f.write_str("File(..)"),
            Self::Bytes(bytes) => write!(f, "Bytes({})", bytes.len()),
        }
    }
}

/// A sealed blob of an order.
#[derive(Debug, Clone)]
pub struct OutboxBlob {
    /// Its name, as the manifest has it.
    pub name: BlobName,
    /// Its `encryptiondata`: JSON in printable ASCII.
    pub encryption_data: String,
    /// Its bytes.
    pub source: BlobSource,
}

/// Says why a manifest and blobs are no item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ItemError {
    /// The blobs are not those of the manifest, in its order.
    #[error("the blobs are not those that the manifest lists")]
    Blobs,
    /// Metadata that no header can carry, or too much of it.
    #[error("the metadata of {0} cannot be sent")]
    EncryptionData(BlobName),
}

/// A revision of an order that is ready to be sent.
#[derive(Debug, Clone)]
pub struct OutboxItem {
    manifest: Signed<Manifest>,
    blobs: Vec<OutboxBlob>,
}

impl OutboxItem {
    /// Takes a signed manifest and the blobs that it lists, in its order.
    ///
    /// # Errors
    /// [`ItemError`] where they do not fit together.
    pub fn new(manifest: Signed<Manifest>, blobs: Vec<OutboxBlob>) -> Result<Self, ItemError> {
        let listed = manifest.statement().blobs.iter().map(|blob| blob.name);
        if !listed.eq(blobs.iter().map(|blob| blob.name)) {
            return Err(ItemError::Blobs);
        }
        let is_sendable = |text: &str| {
            text.len() <= ENCRYPTION_DATA_BYTES_MAX && text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
        };
        match blobs.iter().find(|blob| !is_sendable(&blob.encryption_data)) {
            Some(blob) => Err(ItemError::EncryptionData(blob.name)),
            None => Ok(Self { manifest, blobs }),
        }
    }

    /// Returns which order it is.
    #[must_use]
    pub fn id(&self) -> OrderRevision {
        let manifest = self.manifest.statement();
        OrderRevision { order: manifest.order, revision: manifest.revision }
    }

    /// Returns the manifest.
    #[must_use]
    pub fn manifest(&self) -> &Signed<Manifest> {
        &self.manifest
    }

    /// Returns the blobs, in the manifest's order.
    #[must_use]
    pub fn blobs(&self) -> &[OutboxBlob] {
        &self.blobs
    }

    /// Returns each blob with its bytes by the manifest.
    pub fn blobs_with_lengths(&self) -> impl Iterator<Item = (&OutboxBlob, u64)> {
        self.blobs.iter().zip(self.manifest.statement().blobs.iter().map(|blob| blob.sealed_length))
    }
}

/// Returns how many blocks a blob of so many bytes has.
#[must_use]
pub fn block_count(sealed_length: u64) -> u32 {
    // No manifest lists a blob of more than 50,000 regions.
    u32::try_from(sealed_length.div_ceil(BLOCK_BYTES_MAX)).unwrap_or(u32::MAX)
}

/// Returns where a block lies in a blob: its first byte and its length.
#[must_use]
pub fn block_range(sealed_length: u64, block: u32) -> (u64, u64) {
    let start = u64::from(block).saturating_mul(BLOCK_BYTES_MAX).min(sealed_length);
    (start, (sealed_length - start).min(BLOCK_BYTES_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_cover_a_blob_without_gap_or_overlap() {
        for (length, ranges) in [
            (0, vec![]),
            (29, vec![(0, 29)]),
            (BLOCK_BYTES_MAX, vec![(0, BLOCK_BYTES_MAX)]),
            (BLOCK_BYTES_MAX + 29, vec![(0, BLOCK_BYTES_MAX), (BLOCK_BYTES_MAX, 29)]),
        ] {
            let blocks: Vec<_> = (0..block_count(length)).map(|block| block_range(length, block)).collect();
            assert_eq!(blocks, ranges, "{length}");
        }
        assert_eq!(block_range(29, 1), (29, 0), "behind the end is nothing");
    }
}
