//! The provider's client firms.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use async_trait::async_trait;
use satchel_cloud::{CloudError, ContainerName, NameError};
use satchel_sign::{Bundle, Signed};
use satchel_terms::{FirmId, TenantId};

/// A client firm: what the bundle says that the provider's identity key signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Firm {
    bundle: Signed<Bundle>,
    sealed: ContainerName,
    live: ContainerName,
}

impl Firm {
    /// Takes a firm from its newest bundle.
    ///
    /// # Errors
    /// None that a bundle which obeys its format can cause.
    pub fn new(bundle: Signed<Bundle>) -> Result<Self, NameError> {
        let containers = &bundle.statement().containers;
        let (sealed, live) = (containers.sealed.parse()?, containers.live.parse()?);
        Ok(Self { bundle, sealed, live })
    }

    /// Returns the firm's id.
    #[must_use]
    pub fn id(&self) -> FirmId {
        self.bundle.statement().firm
    }

    /// Returns the firm's tenant.
    #[must_use]
    pub fn tenant(&self) -> TenantId {
        self.bundle.statement().tenant
    }

    /// Returns what the provider says about the firm.
    #[must_use]
    pub fn bundle(&self) -> &Signed<Bundle> {
        &self.bundle
    }

    /// Returns the container of sealed blobs.
    #[must_use]
    pub fn sealed(&self) -> &ContainerName {
        &self.sealed
    }

    /// Returns the container of state.
    #[must_use]
    pub fn live(&self) -> &ContainerName {
        &self.live
    }
}

/// Who is a client.
#[async_trait]
pub trait FirmRegistry: Send + Sync + Debug {
    /// Finds the firm of a tenant. No two firms have one tenant.
    ///
    /// # Errors
    /// Fails where the place that knows does not answer.
    async fn by_tenant(&self, tenant: TenantId) -> Result<Option<Arc<Firm>>, CloudError>;

    /// Finds a firm by its id, for jobs.
    ///
    /// # Errors
    /// Fails where the place that knows does not answer.
    async fn by_id(&self, firm: FirmId) -> Result<Option<Arc<Firm>>, CloudError>;
}

/// Firms in memory: for practice, and for a provider that lists its firms in its deployment.
#[derive(Debug, Default)]
pub struct FirmList {
    listed: RwLock<Listed>,
}

#[derive(Debug, Default)]
struct Listed {
    by_id: BTreeMap<FirmId, Arc<Firm>>,
    by_tenant: BTreeMap<TenantId, Arc<Firm>>,
}

/// Says why a firm is not listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FirmConflict {
    /// Another firm has the tenant, or one of the containers.
    #[error("another firm has this tenant or one of these containers")]
    Taken,
    /// The firm is listed with a newer bundle, or with another tenant or other containers.
    #[error("the firm is listed with a newer bundle, another tenant or other containers")]
    Superseded,
}

impl FirmList {
    /// Lists a firm, or takes a newer bundle of one that is listed.
    ///
    /// # Errors
    /// [`FirmConflict`].
    pub fn put(&self, firm: Firm) -> Result<(), FirmConflict> {
        // Nothing panics while it holds the list, so a poisoned lock holds a whole one.
        let mut listed = self.listed.write().unwrap_or_else(PoisonError::into_inner);
        let shares = |other: &Firm| {
            let own = [&firm.sealed, &firm.live];
            other.tenant() == firm.tenant() || own.contains(&&other.sealed) || own.contains(&&other.live)
        };
        if listed.by_id.iter().any(|(id, other)| *id != firm.id() && shares(other)) {
            return Err(FirmConflict::Taken);
        }
        let continues = |old: &Firm| {
            let place = |firm: &Firm| (firm.tenant(), firm.sealed.clone(), firm.live.clone());
            let sequence = |firm: &Firm| firm.bundle.statement().sequence;
            place(old) == place(&firm) && (sequence(old) < sequence(&firm) || *old == firm)
        };
        if listed.by_id.get(&firm.id()).is_some_and(|old| !continues(old)) {
            return Err(FirmConflict::Superseded);
        }
        let firm = Arc::new(firm);
        listed.by_id.insert(firm.id(), Arc::clone(&firm));
        listed.by_tenant.insert(firm.tenant(), firm);
        Ok(())
    }

    fn listed(&self) -> RwLockReadGuard<'_, Listed> {
        self.listed.read().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl FirmRegistry for FirmList {
    async fn by_tenant(&self, tenant: TenantId) -> Result<Option<Arc<Firm>>, CloudError> {
        Ok(self.listed().by_tenant.get(&tenant).cloned())
    }

    async fn by_id(&self, firm: FirmId) -> Result<Option<Arc<Firm>>, CloudError> {
        Ok(self.listed().by_id.get(&firm).cloned())
    }
}
