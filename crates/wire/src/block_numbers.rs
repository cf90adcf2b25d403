//! Sets of block numbers, written as ranges.

use std::collections::BTreeSet;

use satchel_terms::sealed_length::REGIONS_MAX;
use serde::{Deserialize, Serialize};

/// The numbers of some of a blob's blocks, from 0. In JSON a list of ranges `[first, last]`, ascending, with a gap between
/// any two: an upload that was cut off has one range, whatever its size.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<(u32, u32)>", into = "Vec<(u32, u32)>")]
pub struct BlockNumbers(BTreeSet<u32>);

/// Says that a list of ranges is not ascending, has no gap between two, or names more blocks than a blob has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the block numbers are not ascending ranges below {REGIONS_MAX}")]
pub struct BlockNumbersError;

impl BlockNumbers {
    /// Collects block numbers.
    ///
    /// # Errors
    /// Fails where one is not below [`REGIONS_MAX`].
    pub fn collect(numbers: impl IntoIterator<Item = u32>) -> Result<Self, BlockNumbersError> {
        let numbers: BTreeSet<u32> = numbers.into_iter().collect();
        let exists = |number: &u32| u64::from(*number) < REGIONS_MAX;
        if numbers.iter().all(exists) { Ok(Self(numbers)) } else { Err(BlockNumbersError) }
    }

    /// Returns the numbers.
    #[must_use]
    pub fn as_set(&self) -> &BTreeSet<u32> {
        &self.0
    }
}

impl TryFrom<Vec<(u32, u32)>> for BlockNumbers {
    type Error = BlockNumbersError;

    fn try_from(ranges: Vec<(u32, u32)>) -> Result<Self, BlockNumbersError> {
        let mut numbers = BTreeSet::new();
        let mut first_allowed = 0;
        for (first, last) in ranges {
            if first < first_allowed || last < first || u64::from(last) >= REGIONS_MAX {
                return Err(BlockNumbersError);
            }
            numbers.extend(first..=last);
            // The number behind a range would have belonged to it.
            first_allowed = last + 2;
        }
        Ok(Self(numbers))
    }
}

impl From<BlockNumbers> for Vec<(u32, u32)> {
    fn from(numbers: BlockNumbers) -> Self {
        let mut ranges: Vec<(u32, u32)> = Vec::new();
        for number in numbers.0 {
            match ranges.last_mut() {
                Some((_, last)) if *last + 1 == number => *last = number,
                _ => ranges.push((number, number)),
            }
        }
        ranges
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_read_as_they_are_written() {
        for (numbers, json) in [
            (vec![], "[]"),
            (vec![0], "[[0,0]]"),
            (vec![0, 1, 2], "[[0,2]]"),
            (vec![0, 2, 3, 49_999], "[[0,0],[2,3],[49999,49999]]"),
        ] {
            let set = BlockNumbers::collect(numbers).expect("they exist");
            assert_eq!(serde_json::to_string(&set).expect("writes"), json);
            assert_eq!(serde_json::from_str::<BlockNumbers>(json).expect("reads"), set);
        }
    }

    #[test]
    fn every_set_has_one_text() {
        for json in ["[[1,0]]", "[[0,1],[2,3]]", "[[0,1],[1,3]]", "[[5,6],[0,1]]", "[[0,50000]]", "[[50000,50000]]"] {
            assert!(serde_json::from_str::<BlockNumbers>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn numbers_stop_at_the_blocks_of_a_blob() {
        assert!(BlockNumbers::collect([49_999]).is_ok());
        assert_eq!(BlockNumbers::collect([50_000]), Err(BlockNumbersError));
    }
}
