//! What the desk is given: a way to blobs of any size, and a key that unwraps.

use std::fmt::Debug;

use async_trait::async_trait;
use satchel_cloud::{BlobAddress, CloudError, ETag};
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

/// Unwraps content keys: Key Vault in production, for one operator who signed in; a key in software in practice.
#[async_trait]
pub trait Unwrap: Send + Sync + Debug {
    /// Unwraps the key of a blob.
    ///
    /// # Errors
    /// [`UnwrapError`], whatever the reason.
    async fn unwrap_content_key(&self, wrapped: &WrappedKey) -> Result<ContentKey, UnwrapError>;
}
