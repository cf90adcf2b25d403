//! Which of a firm's rosters count.

use std::num::NonZeroU32;

use satchel_terms::{Hash, V1};
use serde::{Deserialize, Serialize};

/// The most bytes of the index: 10,000 rosters.
pub const ROSTER_INDEX_BYTES_MAX: usize = 1024 * 1024;

/// Names one roster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RosterName {
    /// Its number.
    pub number: NonZeroU32,
    /// Its hash.
    pub sha256: Hash,
}

/// The chain of rosters that counts, from number 1 without a gap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RosterIndex {
    version: V1,
    /// Its rosters.
    pub rosters: Vec<RosterName>,
}

impl RosterIndex {
    /// Takes the rosters of a chain.
    #[must_use]
    pub const fn new(rosters: Vec<RosterName>) -> Self {
        Self { version: V1, rosters }
    }

    /// Tells whether an index that was read is one that was written here.
    #[must_use]
    pub fn holds(&self) -> bool {
        let numbers = self.rosters.iter().map(|name| name.number.get());
        !self.rosters.is_empty() && numbers.zip(1..).all(|(number, expected)| number == expected)
    }
}
