//! Wrapped workspace keys: opaque, create-only.

use satchel_cloud::{CreateError, Metadata};
use satchel_wire::{Number, Recipient, WrappedWorkspaceKey};

use super::{FirmScope, Kept, StorageError};

impl FirmScope {
    /// Keeps a wrapped workspace key.
    pub(crate) async fn keep_workspace_key(
        &self,
        number: Number,
        recipient: Recipient,
        wrapped: WrappedWorkspaceKey,
    ) -> Result<Kept, StorageError> {
        let at = self.sealed(&format!("workspace/{number}/{recipient}"))?;
        match self.store().create(&at, wrapped.0.to_vec(), Metadata::new()).await {
            Ok(_) => return Ok(Kept::Yes),
            Err(CreateError::Exists) => {}
            Err(CreateError::Cloud(error)) => return Err(error.into()),
        }
        let known = self.workspace_key(number, recipient).await?;
        Ok(if known == Some(wrapped) { Kept::Yes } else { Kept::OtherIsThere })
    }

    /// Reads a wrapped workspace key.
    pub(crate) async fn workspace_key(
        &self,
        number: Number,
        recipient: Recipient,
    ) -> Result<Option<WrappedWorkspaceKey>, StorageError> {
        let at = self.sealed(&format!("workspace/{number}/{recipient}"))?;
        let Some(blob) = self.store().read(&at, size_of::<WrappedWorkspaceKey>() as u64).await? else {
            return Ok(None);
        };
        let wrapped = blob.bytes.as_slice().try_into().map_err(|_| StorageError::Damaged("workspace key"))?;
        Ok(Some(satchel_terms::FixedBytes(wrapped)))
    }
}
