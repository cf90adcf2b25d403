//! A store of blobs.

use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;

use crate::{
    AppendError, BlobAddress, Blocks, CloudError, ContainerName, CreateError, ETag, Metadata, Page, Properties,
    ReadBlob, Stored, SwapError, Ticket,
};

/// The most paths of a page (Azure's limit).
pub const PAGE_COUNT_MAX: u32 = 5_000;

/// Blobs in containers. A write is durable when it returns; what failed with `Unavailable` may have happened all the same,
/// so whoever tries again expects [`CreateError::Exists`], [`SwapError::Changed`] and [`AppendError::Moved`], and looks.
#[async_trait]
pub trait BlobStore: Send + Sync + Debug {
    /// Makes a container, where there is none yet.
    async fn make_container(&self, container: &ContainerName) -> Result<(), CloudError>;

    /// Reads a whole blob. Nothing: there is none.
    ///
    /// # Errors
    /// [`CloudError::TooLarge`] for one of more than `bytes_max` bytes, before they are read.
    async fn read(&self, at: &BlobAddress, bytes_max: u64) -> Result<Option<ReadBlob>, CloudError>;

    /// Returns what is known of a blob. Nothing: there is none, though blocks may be staged.
    async fn properties(&self, at: &BlobAddress) -> Result<Option<Properties>, CloudError>;

    /// Returns a blob's blocks. Nothing: nothing is staged and nothing is committed.
    async fn blocks(&self, at: &BlobAddress) -> Result<Option<Blocks>, CloudError>;

    /// Writes a blob where there is none. At most [`crate::WRITE_BYTES_MAX`] bytes.
    ///
    /// # Errors
    /// [`CreateError::Exists`], also where the same bytes are there.
    async fn create(&self, at: &BlobAddress, bytes: Vec<u8>, metadata: Metadata) -> Result<Stored, CreateError>;

    /// Writes over a blob that is in the expected state; it has no metadata afterwards. At most
    /// [`crate::WRITE_BYTES_MAX`] bytes.
    ///
    /// # Errors
    /// [`SwapError::Changed`] where it is in another state, or is gone.
    async fn swap(&self, at: &BlobAddress, bytes: Vec<u8>, expected: &ETag) -> Result<Stored, SwapError>;

    /// Appends to a blob that ends at `position`; makes it where that is 0. Answers the new end. At most
    /// [`crate::APPEND_BYTES_MAX`] bytes, [`crate::APPENDS_MAX`] times. All of the bytes are there afterwards, or none.
    ///
    /// # Errors
    /// [`AppendError::Moved`] where the blob ends elsewhere.
    async fn append(&self, at: &BlobAddress, bytes: Vec<u8>, position: u64) -> Result<u64, AppendError>;

    /// Lists blobs whose path begins with `prefix`, in byte order, at most `count_max` (up to [`PAGE_COUNT_MAX`]) of them.
    /// A page may have fewer, or none, though more pages follow.
    async fn list(
        &self,
        container: &ContainerName,
        prefix: &str,
        next: Option<&str>,
        count_max: u32,
    ) -> Result<Page, CloudError>;

    /// Grants sending this one blob in blocks: not reading it. At most [`crate::TICKET_SECONDS_MAX`].
    async fn upload_ticket(&self, at: &BlobAddress, lifetime: Duration) -> Result<Ticket, CloudError>;

    /// Grants reading this one blob, and nothing else. At most [`crate::TICKET_SECONDS_MAX`].
    async fn download_ticket(&self, at: &BlobAddress, lifetime: Duration) -> Result<Ticket, CloudError>;
}
