//! What is known of one blob.

use std::collections::BTreeSet;

use satchel_terms::BlobName;

use crate::item::{BLOCK_BYTES_MAX, block_count, block_range};

/// One blob: which blocks are missing, under way, confirmed.
#[derive(Debug)]
pub(super) struct BlobPlan {
    pub(super) name: BlobName,
    pub(super) sealed_length: u64,
    /// Neither confirmed nor under way.
    missing: BTreeSet<u32>,
    under_way: BTreeSet<u32>,
    /// The block list is under way.
    pub(super) list_under_way: bool,
    pub(super) committed: bool,
    /// The storage refused a ticket for it, and nothing was put since.
    pub(super) ticket_refused: bool,
}

impl BlobPlan {
    pub(super) fn new(name: BlobName, sealed_length: u64, confirmed: &BTreeSet<u32>, committed: bool) -> Self {
        let is_missing = |block: &u32| !committed && !confirmed.contains(block);
        let missing = (0..block_count(sealed_length)).filter(is_missing).collect();
        Self {
            name,
            sealed_length,
            missing,
            under_way: BTreeSet::new(),
            list_under_way: false,
            committed,
            ticket_refused: false,
        }
    }

    /// Returns the next block to put.
    pub(super) fn next_block(&self) -> Option<u32> {
        if self.committed { None } else { self.missing.first().copied() }
    }

    pub(super) fn begin_block(&mut self, block: u32) {
        if self.missing.remove(&block) {
            self.under_way.insert(block);
        }
    }

    pub(super) fn confirm(&mut self, block: u32) {
        self.missing.remove(&block);
        self.under_way.remove(&block);
        self.ticket_refused = false;
    }

    /// Takes a block back that was under way and failed.
    pub(super) fn put_back(&mut self, block: u32) {
        if self.under_way.remove(&block) {
            self.missing.insert(block);
        }
    }

    pub(super) fn is_list_due(&self) -> bool {
        !self.committed && !self.list_under_way && self.missing.is_empty() && self.under_way.is_empty()
    }

    pub(super) fn commit(&mut self) {
        self.list_under_way = false;
        self.committed = true;
        self.missing.clear();
        self.ticket_refused = false;
    }

    pub(super) fn is_idle(&self) -> bool {
        self.under_way.is_empty() && !self.list_under_way
    }

    /// Takes the storage's word for which blocks it holds: a confirmed one that it lost is missing again. One that it holds
    /// and that was never confirmed stays missing, since nobody vouched for its bytes.
    pub(super) fn keep_only(&mut self, held: &BTreeSet<u32>) {
        self.committed = false;
        self.missing.extend((0..block_count(self.sealed_length)).filter(|block| !held.contains(block)));
    }

    /// Returns how many bytes are confirmed.
    pub(super) fn confirmed_bytes(&self) -> u64 {
        if self.committed {
            return self.sealed_length;
        }
        let open = self.missing.len() + self.under_way.len();
        let last = block_count(self.sealed_length).saturating_sub(1);
        let open_bytes = u64::try_from(open).unwrap_or(u64::MAX).saturating_mul(BLOCK_BYTES_MAX);
        // Only the last block may be shorter.
        let is_last_open = self.missing.contains(&last) || self.under_way.contains(&last);
        let short_of = if is_last_open { BLOCK_BYTES_MAX - block_range(self.sealed_length, last).1 } else { 0 };
        self.sealed_length - (open_bytes - short_of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name() -> BlobName {
        "r1/files/1".parse().expect("a name")
    }

    fn set<const N: usize>(blocks: [u32; N]) -> BTreeSet<u32> {
        BTreeSet::from(blocks)
    }

    #[test]
    fn what_the_storage_lost_is_missing_again() {
        for (confirmed, committed, held, missing) in [
            (set([0, 1]), false, set([0, 1]), set([2])),
            (set([0, 1]), false, set([1]), set([0, 2])),
            (set([0, 1]), false, set([0, 1, 2]), set([2])),
            (set([0, 1, 2]), false, set([0, 1, 2, 7]), set([])),
            (set([0, 1, 2]), false, set([]), set([0, 1, 2])),
            (set([]), true, set([0, 1, 2]), set([])),
            (set([]), true, set([0, 2]), set([1])),
            (set([9]), false, set([9]), set([0, 1, 2])),
        ] {
            let mut blob = BlobPlan::new(name(), 2 * BLOCK_BYTES_MAX + 29, &confirmed, committed);
            blob.keep_only(&held);
            assert_eq!(blob.missing, missing, "{confirmed:?} {committed} {held:?}");
            assert!(!blob.committed);
        }
    }

    #[test]
    fn bytes_count_when_they_are_confirmed() {
        let mut blob = BlobPlan::new(name(), BLOCK_BYTES_MAX + 29, &set([]), false);
        blob.begin_block(0);
        assert_eq!(blob.confirmed_bytes(), 0);
        blob.confirm(0);
        assert_eq!(blob.confirmed_bytes(), BLOCK_BYTES_MAX);
        blob.begin_block(1);
        blob.put_back(1);
        assert_eq!((blob.confirmed_bytes(), blob.next_block()), (BLOCK_BYTES_MAX, Some(1)));
        blob.confirm(1);
        assert!(blob.is_list_due());
        blob.commit();
        assert_eq!((blob.confirmed_bytes(), blob.is_list_due()), (BLOCK_BYTES_MAX + 29, false));
    }

    #[test]
    fn an_empty_blob_has_a_block_list_only() {
        let blob = BlobPlan::new(name(), 0, &set([]), false);
        assert_eq!(blob.next_block(), None);
        assert!(blob.is_list_due());
    }
}
