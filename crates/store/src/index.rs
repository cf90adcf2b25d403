//! Where in the journal each live record stands. It holds no plaintext.

use std::collections::BTreeMap;

use satchel_seal::{RecordAddress, RecordKind};

use crate::finding::Loss;
use crate::journal::Table;
use crate::record::RecordId;
use crate::salvage::Before;

/// Tells one writing of a record from every other: the tag of its newest entry, which stays when a compaction copies it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark(pub(crate) [u8; 16]);

impl Mark {
    /// Takes the mark of a sealed record; of one that is too short, which none is, zeros.
    pub(crate) fn of(record: &[u8]) -> Self {
        Self(record.last_chunk().copied().unwrap_or_default())
    }
}

/// An entry in the journal.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Written {
    /// Where it begins.
    pub(crate) offset: u64,
    /// How long it is.
    pub(crate) bytes: u64,
    pub(crate) mark: Mark,
}

/// The entries of a live record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) revision: u64,
    pub(crate) mark: Mark,
    /// Where the whole of it stands.
    pub(crate) put: u64,
    /// Where the changes since then stand.
    pub(crate) deltas: Vec<u64>,
    /// Bytes of all these entries.
    pub(crate) bytes: u64,
}

/// All live records.
#[derive(Debug, Default)]
pub(crate) struct Index {
    places: BTreeMap<(Table, RecordId), Place>,
    live_bytes: u64,
    /// What is known of records whose entries could not all be read.
    lost: BTreeMap<(Table, RecordId), Loss>,
}

impl FromIterator<((Table, RecordId), Place)> for Index {
    fn from_iter<I: IntoIterator<Item = ((Table, RecordId), Place)>>(places: I) -> Self {
        let places: BTreeMap<_, _> = places.into_iter().collect();
        let live_bytes = places.values().map(|place| place.bytes).sum();
        Self { places, live_bytes, lost: BTreeMap::new() }
    }
}

impl Index {
    /// Returns where a record stands.
    pub(crate) fn place(&self, table: Table, id: RecordId) -> Option<&Place> {
        self.places.get(&(table, id))
    }

    /// Lists the records of a table, by id.
    pub(crate) fn ids(&self, table: Table) -> impl Iterator<Item = RecordId> {
        let (first, last) = (RecordId::from_bytes([0; 16]), RecordId::from_bytes([0xFF; 16]));
        let range = self.places.range((table, first)..=(table, last));
        range.map(|((_, id), _)| *id).filter(move |id| !(table == Table::Settings && *id == RecordId::VAULT))
    }

    /// Lists everything with its place, also the vault's own record.
    pub(crate) fn all(&self) -> impl Iterator<Item = (Table, RecordId, &Place)> {
        self.places.iter().map(|((table, id), place)| (*table, *id, place))
    }

    /// Returns the bytes of all entries that are needed.
    pub(crate) fn live_bytes(&self) -> u64 {
        self.live_bytes
    }

    /// Lists what is known to be lost.
    pub(crate) fn lost(&self) -> Vec<(Table, RecordId, Loss)> {
        self.lost.iter().map(|((table, id), loss)| (*table, *id, *loss)).collect()
    }

    /// Tells whether an entry follows what is here: a revision is the one after the last, and only what is there is changed
    /// or deleted. A put may begin anywhere, since a compaction keeps revisions. Behind a gap, what lay in it is missing.
    pub(crate) fn follows(&self, table: Table, address: &RecordAddress, before: Before) -> bool {
        match (self.place(table, RecordId::from_bytes(address.id)), address.kind, before) {
            (Some(place), _, Before::Whole) => place.revision.checked_add(1) == Some(address.revision),
            (Some(place), _, Before::Gap) => place.revision < address.revision,
            (None, RecordKind::Put, _) | (None, RecordKind::Delta | RecordKind::Delete, Before::Gap) => true,
            (None, RecordKind::Delta | RecordKind::Delete, Before::Whole) => false,
        }
    }

    /// Takes an entry that follows.
    pub(crate) fn take(&mut self, table: Table, address: &RecordAddress, written: Written) {
        let (key, revision) = ((table, RecordId::from_bytes(address.id)), address.revision);
        let Written { offset, bytes, mark } = written;
        match address.kind {
            RecordKind::Put => {
                let place = Place { revision, mark, put: offset, deltas: Vec::new(), bytes };
                self.live_bytes += bytes;
                let before = self.places.insert(key, place);
                self.live_bytes -= before.map_or(0, |before| before.bytes);
                self.lost.remove(&key);
            }
            RecordKind::Delta => match self.places.get_mut(&key) {
                Some(place) => {
                    if place.revision.checked_add(1) != Some(revision) {
                        self.lost.insert(key, Loss::Changes);
                    }
                    (place.revision, place.mark) = (revision, mark);
                    place.deltas.push(offset);
                    place.bytes += bytes;
                    self.live_bytes += bytes;
                }
                None => {
                    self.lost.insert(key, Loss::Whole);
                }
            },
            RecordKind::Delete => {
                let before = self.places.remove(&key);
                self.live_bytes -= before.map_or(0, |before| before.bytes);
                self.lost.remove(&key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRY_BYTES: u64 = 200;

    fn address(kind: RecordKind, revision: u64) -> RecordAddress {
        RecordAddress { kind, id: [7; 16], revision }
    }

    fn take(index: &mut Index, kind: RecordKind, revision: u64) {
        let written = Written { offset: 40 + ENTRY_BYTES * revision, bytes: ENTRY_BYTES, mark: Mark([1; 16]) };
        index.take(Table::Drafts, &address(kind, revision), written);
    }

    #[test]
    fn only_what_follows_is_taken() {
        let mut index = Index::default();
        let follows =
            |index: &Index, kind, revision| index.follows(Table::Drafts, &address(kind, revision), Before::Whole);
        for kind in [RecordKind::Delta, RecordKind::Delete] {
            assert!(!follows(&index, kind, 1), "{kind:?} of nothing");
        }
        assert!(follows(&index, RecordKind::Put, 5), "as after a compaction");
        take(&mut index, RecordKind::Put, 5);
        for kind in [RecordKind::Put, RecordKind::Delta, RecordKind::Delete] {
            assert!(!follows(&index, kind, 5) && follows(&index, kind, 6) && !follows(&index, kind, 7), "{kind:?}");
        }
        assert!(!index.follows(Table::Orders, &address(RecordKind::Delta, 6), Before::Whole), "another table");
    }

    #[test]
    fn live_bytes_are_those_of_the_entries_that_are_needed() {
        let mut index = Index::default();
        let (put, delta, delete) = (RecordKind::Put, RecordKind::Delta, RecordKind::Delete);
        for (revision, kind, live) in
            [(1, put, 1), (2, delta, 2), (3, delta, 3), (4, put, 1), (5, delete, 0), (6, put, 1)]
        {
            take(&mut index, kind, revision);
            assert_eq!(index.live_bytes(), live * ENTRY_BYTES, "revision {revision}");
        }
        assert_eq!(index.ids(Table::Drafts).count(), 1);
    }

    #[test]
    fn behind_a_gap_what_is_missing_is_known() {
        let (put, delta, delete) = (RecordKind::Put, RecordKind::Delta, RecordKind::Delete);
        let lost = |entries: &[(RecordKind, u64)]| {
            let mut index = Index::default();
            for (kind, revision) in entries {
                assert!(index.follows(Table::Drafts, &address(*kind, *revision), Before::Gap), "{kind:?} {revision}");
                take(&mut index, *kind, *revision);
            }
            index.lost().first().map(|(_, _, loss)| *loss)
        };
        assert_eq!(lost(&[(put, 1), (delta, 2)]), None);
        assert_eq!(lost(&[(put, 1), (delta, 3)]), Some(Loss::Changes));
        assert_eq!(lost(&[(delta, 3)]), Some(Loss::Whole));
        assert_eq!(lost(&[(delta, 3), (put, 4)]), None, "written whole again");
        assert_eq!(lost(&[(put, 1), (delta, 3), (delete, 4)]), None, "deleted anyway");
        assert_eq!(lost(&[(delete, 4)]), None);
        let mut index = Index::default();
        take(&mut index, put, 5);
        assert!(!index.follows(Table::Drafts, &address(put, 5), Before::Gap), "what is older is no news");
    }
}
