//! What lists and search need of each record: kept in memory while the vault is open, so that no list decrypts whole records.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::index::Index;
use crate::journal::Table;
use crate::record::RecordId;
use crate::vault::Vault;

/// Makes the summary of a record.
pub trait Summarize: Send {
    /// Names the rules by which summaries are made. Where it differs, summaries that were kept are made anew.
    fn version(&self) -> u64;

    /// Tells whether records of a table have summaries.
    fn shows(&self, table: Table) -> bool;

    /// Returns the summary of a record from its JSON; nothing where no list shows it.
    fn summary(&self, table: Table, id: RecordId, json: &[u8]) -> Option<Vec<u8>>;
}

/// What the vault keeps of a record for lists. A clone is the same bytes; they are overwritten when the last one is dropped.
#[derive(Clone)]
pub struct Summary(Arc<Zeroizing<Box<[u8]>>>);

impl From<Vec<u8>> for Summary {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Arc::new(Zeroizing::new(bytes.into_boxed_slice())))
    }
}

impl Deref for Summary {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Summary({} bytes)", self.len())
    }
}

/// A summary, and the revision that it is of.
pub(crate) struct Held {
    pub(crate) revision: u64,
    pub(crate) summary: Summary,
}

/// The summaries of a vault. Overwritten when dropped.
#[derive(Default)]
pub(crate) struct Summaries {
    by: Option<Box<dyn Summarize>>,
    /// The rules by which those that were kept were made.
    pub(crate) version: u64,
    pub(crate) held: BTreeMap<(Table, RecordId), Held>,
    changed: BTreeSet<(Table, RecordId)>,
}

impl Summaries {
    /// Takes what was kept, made by rules of this version.
    pub(crate) fn kept(version: u64, held: Vec<((Table, RecordId), Held)>) -> Self {
        Self { by: None, version, held: held.into_iter().collect(), changed: BTreeSet::new() }
    }

    /// Takes what a record is now.
    pub(crate) fn take(&mut self, (table, id): (Table, RecordId), revision: u64, json: &[u8]) {
        let Some(by) = self.by.as_ref().filter(|by| by.shows(table)) else { return };
        match by.summary(table, id, json) {
            Some(bytes) => self.held.insert((table, id), Held { revision, summary: Summary::from(bytes) }),
            None => self.held.remove(&(table, id)),
        };
        self.changed.insert((table, id));
    }

    /// Forgets a record.
    pub(crate) fn forget(&mut self, table: Table, id: RecordId) {
        if self.held.remove(&(table, id)).is_some() {
            self.changed.insert((table, id));
        }
    }

    /// Drops what is not of the records as they are, and returns those that have to be read.
    fn outdated(&mut self, index: &Index) -> Vec<(Table, RecordId)> {
        let Some(by) = &self.by else { return Vec::new() };
        self.held.retain(|(table, id), held| index.place(*table, *id).is_some_and(|at| at.revision == held.revision));
        let all = index.all().map(|(table, id, _)| (table, id));
        all.filter(|key| by.shows(key.0) && !self.held.contains_key(key)).collect()
    }
}

impl fmt::Debug for Summaries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Summaries({})", self.held.len())
    }
}

impl Vault {
    /// Says how summaries are made, and makes those that are missing. From then on each writing of a record makes its summary.
    pub fn summarize(&mut self, by: impl Summarize + 'static) {
        if self.summaries.version != by.version() {
            self.summaries.held.clear();
            self.summaries.version = by.version();
            // The snapshot that has them otherwise is of no use any more.
            self.snapshot_sequence = 0;
        }
        self.summaries.by = Some(Box::new(by));
        for (table, id) in self.summaries.outdated(&self.index) {
            let Some(place) = self.index.place(table, id).cloned() else { continue };
            // What cannot be read is told when it is opened; it does not hide the others.
            let Ok(json) = self.json_from_journal(table, id, &place) else { continue };
            self.summaries.take((table, id), place.revision, &json);
        }
        self.summaries.changed.clear();
    }

    /// Lists the summaries of a table, by id.
    pub fn summaries(&self, table: Table) -> impl Iterator<Item = (RecordId, &Summary)> {
        let (first, last) = (RecordId::from_bytes([0; 16]), RecordId::from_bytes([0xFF; 16]));
        let range = self.summaries.held.range((table, first)..=(table, last));
        range.map(|((_, id), held)| (*id, &held.summary))
    }

    /// Returns the summary of a record; nothing where there is none.
    #[must_use]
    pub fn summary(&self, table: Table, id: impl Into<RecordId>) -> Option<&Summary> {
        self.summaries.held.get(&(table, id.into())).map(|held| &held.summary)
    }

    /// Returns which records were written or deleted since this was asked last.
    pub fn take_changed(&mut self) -> BTreeSet<(Table, RecordId)> {
        std::mem::take(&mut self.summaries.changed)
    }
}
