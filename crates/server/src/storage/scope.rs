//! The one way to a firm's blobs.

use std::sync::Arc;

use satchel_cloud::{BlobAddress, BlobStore, CloudError, ContainerName};

use super::StorageError;
use super::bindings::BoundSession;
use super::provider::ProviderScope;
use crate::auth::Caller;
use crate::firm::Firm;

/// The store, from which only scopes are made.
#[derive(Debug, Clone)]
pub(crate) struct Storage {
    store: Arc<dyn BlobStore>,
    provider: ContainerName,
}

/// A job of the server's own that works on firms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Job {
    /// Finishes what a crash left.
    Sweep,
    /// Looks after payment pages.
    Reconcile,
}

/// One firm's blobs, and no other's.
#[derive(Debug, Clone)]
pub(crate) struct FirmScope {
    firm: Arc<Firm>,
    store: Arc<dyn BlobStore>,
}

impl Storage {
    pub(crate) fn new(store: Arc<dyn BlobStore>, provider: ContainerName) -> Self {
        Self { store, provider }
    }

    /// Returns the blobs of the firm whose tenant issued the caller's token.
    pub(crate) fn of_caller(&self, caller: &Caller) -> Result<FirmScope, StorageError> {
        self.scope(Arc::clone(caller.firm()))
    }

    /// Returns the blobs of the firm whose order a session pays for.
    pub(crate) fn of_session(&self, bound: &BoundSession, firm: Arc<Firm>) -> Result<FirmScope, StorageError> {
        if bound.firm() != firm.id() {
            return Err(StorageError::Damaged("checkouts"));
        }
        self.scope(firm)
    }

    /// Returns a firm's blobs for a job.
    pub(crate) fn of_job(&self, job: Job, firm: Arc<Firm>) -> Result<FirmScope, StorageError> {
        tracing::debug!(?job, firm = %firm.id(), "a job works on a firm");
        self.scope(firm)
    }

    /// Returns what belongs to no firm.
    pub(crate) fn provider(&self) -> ProviderScope {
        ProviderScope::new(Arc::clone(&self.store), self.provider.clone())
    }

    fn scope(&self, firm: Arc<Firm>) -> Result<FirmScope, StorageError> {
        // A bundle that names the provider's own container would let a firm into it.
        if [firm.sealed(), firm.live()].contains(&&self.provider) {
            return Err(StorageError::Damaged("the firm's containers"));
        }
        Ok(FirmScope { firm, store: Arc::clone(&self.store) })
    }
}

impl FirmScope {
    /// Returns the firm.
    pub(crate) fn firm(&self) -> &Firm {
        &self.firm
    }

    pub(super) fn store(&self) -> &dyn BlobStore {
        &*self.store
    }

    /// Names a blob of the sealed container.
    pub(super) fn sealed(&self, path: &str) -> Result<BlobAddress, StorageError> {
        Ok(BlobAddress::new(self.firm.sealed().clone(), path.parse()?))
    }

    /// Names a blob of the live container.
    pub(super) fn live(&self, path: &str) -> Result<BlobAddress, StorageError> {
        Ok(BlobAddress::new(self.firm.live().clone(), path.parse()?))
    }
}

/// Makes a firm's two containers and the provider's own, where they are not there yet. Onboarding calls it.
///
/// # Errors
/// Fails where the store does.
pub async fn make_containers(store: &dyn BlobStore, provider: &ContainerName, firm: &Firm) -> Result<(), CloudError> {
    for container in [provider, firm.sealed(), firm.live()] {
        store.make_container(container).await?;
    }
    Ok(())
}
