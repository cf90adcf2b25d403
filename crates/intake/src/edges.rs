//! What the desk is given: ways from and to blobs of any size, and a key that unwraps.

use std::fmt::Debug;

use async_trait::async_trait;
use satchel_cloud::{BlobAddress, CloudError, CreateError, ETag, Metadata};
use satchel_seal::{ContentKey, UnwrapError, WrappedKey};

/// Reads parts of blobs.
#[async_trait]
pub trait Download: Send + Sync + Debug {
    /// Reads `length` bytes from `from` on, of the blob in exactly this state.
    ///
    /// # Errors
    /// Fails where the blob is in another state, or ends before.
    async fn part(&self, at: &BlobAddress, state: &ETag, from: u64, length: u64) -> Result<Vec<u8>, CloudError>;
}

/// Sends blobs of any size, block by block.
#[async_trait]
pub trait Upload: Send + Sync + Debug {
    /// Stages a block of a blob that is not there yet.
    ///
    /// # Errors
    /// Fails where the store does.
    async fn block(&self, at: &BlobAddress, number: u32, bytes: Vec<u8>) -> Result<(), CloudError>;

    /// Makes the staged blocks from 0 to below `count` the blob.
    ///
    /// # Errors
    /// [`CreateError::Exists`] where there is a blob already.
    async fn commit(&self, at: &BlobAddress, count: u32, metadata: Metadata) -> Result<(), CreateError>;
}

/// Unwraps content keys: Key Vault in production, for one operator who signed in; a key in software in practice.
#[async_trait]
pub trait Unwrap: Send + Sync + Debug {
    /// Unwraps the key of a blob.
    ///
    /// # Errors
    /// [`UnwrapError`], whatever the reason.
    async fn unwrap_content_key(&self, wrapped: &WrappedKey) -> Result<ContentKey, UnwrapError>;
}
