//! The ledger of what was sent, in the vault.

use std::collections::BTreeSet;
use std::sync::Arc;

use satchel_store::Vault;
use satchel_sync::{Ledger, LedgerError, OrderRevision, Settled};
use satchel_terms::BlobName;

use super::records::{self, LedgerRecord};
use crate::state::VaultPlace;

/// The ledger of all orders on their way.
#[derive(Debug)]
pub(super) struct VaultLedger(pub(super) Arc<VaultPlace>);

impl VaultLedger {
    fn with<T, E: std::error::Error + Send + Sync + 'static>(
        &self,
        work: impl FnOnce(&mut Vault) -> Result<T, E>,
    ) -> Result<T, LedgerError> {
        let mut place = self.0.lock().map_err(LedgerError::new)?;
        work(place.open().map_err(LedgerError::new)?).map_err(LedgerError::new)
    }
}

impl Ledger for VaultLedger {
    fn confirmed(&self, at: OrderRevision, blob: BlobName) -> Result<BTreeSet<u32>, LedgerError> {
        self.with(|vault| LedgerRecord::of(vault, at.order).map(|ledger| ledger.confirmed(blob)))
    }

    fn confirm(&mut self, at: OrderRevision, blob: BlobName, block: u32) -> Result<(), LedgerError> {
        self.with(|vault| records::confirm(vault, at.order, blob, block))
    }

    fn is_committed(&self, at: OrderRevision, blob: BlobName) -> Result<bool, LedgerError> {
        self.with(|vault| LedgerRecord::of(vault, at.order).map(|ledger| ledger.is_committed(blob)))
    }

    fn commit(&mut self, at: OrderRevision, blob: BlobName) -> Result<(), LedgerError> {
        self.with(|vault| records::commit(vault, at.order, blob))
    }

    fn settled(&self, at: OrderRevision) -> Result<Option<Settled>, LedgerError> {
        self.with(|vault| records::settled(vault, at.order))
    }

    fn settle(&mut self, at: OrderRevision, settled: &Settled) -> Result<(), LedgerError> {
        self.with(|vault| records::settle(vault, at.order, settled))
    }
}
