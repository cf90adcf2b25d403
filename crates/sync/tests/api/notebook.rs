//! A ledger in memory, in place of the shell's in the vault. It outlives whoever writes into it, as a disk does.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use satchel_sync::{Ledger, LedgerError, OrderRevision, Settled};
use satchel_terms::BlobName;

#[derive(Debug, Default)]
struct Pages {
    confirmed: BTreeMap<(OrderRevision, BlobName), BTreeSet<u32>>,
    committed: BTreeSet<(OrderRevision, BlobName)>,
    settled: BTreeMap<OrderRevision, Settled>,
    /// So many writes fail from now on.
    faults: u32,
}

/// The ledger; clones are the same one.
#[derive(Debug, Default, Clone)]
pub(crate) struct Notebook(Arc<Mutex<Pages>>);

impl Notebook {
    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> Result<MutexGuard<'_, Pages>, LedgerError> {
        let mut pages = self.pages();
        if pages.faults > 0 {
            pages.faults -= 1;
            return Err(LedgerError::new("the disk is full"));
        }
        Ok(pages)
    }

    /// Lets the next so many writes fail.
    pub(crate) fn fail(&self, writes: u32) {
        self.pages().faults = writes;
    }

    /// Returns every block that is kept as confirmed.
    pub(crate) fn confirmed_blocks(&self) -> BTreeSet<(OrderRevision, BlobName, u32)> {
        let pages = self.pages();
        let of_blob = |((at, name), blocks): (&(OrderRevision, BlobName), &BTreeSet<u32>)| {
            let (at, name) = (*at, *name);
            blocks.iter().map(move |block| (at, name, *block)).collect::<Vec<_>>()
        };
        pages.confirmed.iter().flat_map(of_blob).collect()
    }

    /// Returns how a revision ended.
    pub(crate) fn end(&self, at: OrderRevision) -> Option<Settled> {
        self.pages().settled.get(&at).cloned()
    }
}

impl Ledger for Notebook {
    fn confirmed(&self, at: OrderRevision, blob: BlobName) -> Result<BTreeSet<u32>, LedgerError> {
        Ok(self.pages().confirmed.get(&(at, blob)).cloned().unwrap_or_default())
    }

    fn confirm(&mut self, at: OrderRevision, blob: BlobName, block: u32) -> Result<(), LedgerError> {
        self.write()?.confirmed.entry((at, blob)).or_default().insert(block);
        Ok(())
    }

    fn is_committed(&self, at: OrderRevision, blob: BlobName) -> Result<bool, LedgerError> {
        Ok(self.pages().committed.contains(&(at, blob)))
    }

    fn commit(&mut self, at: OrderRevision, blob: BlobName) -> Result<(), LedgerError> {
        self.write()?.committed.insert((at, blob));
        Ok(())
    }

    fn settled(&self, at: OrderRevision) -> Result<Option<Settled>, LedgerError> {
        Ok(self.end(at))
    }

    fn settle(&mut self, at: OrderRevision, settled: &Settled) -> Result<(), LedgerError> {
        self.write()?.settled.entry(at).or_insert_with(|| settled.clone());
        Ok(())
    }
}
