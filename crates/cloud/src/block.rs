//! Blocks: what an upload is made of.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

/// The most blocks of a blob (Azure's limit).
pub const BLOCKS_MAX: usize = 50_000;
/// The highest number that a block's id holds.
pub const BLOCK_NUMBER_MAX: u32 = 99_999_999;
/// The digits of a block's number in its id. Ids of one blob have to be equally long.
const DIGITS: usize = 8;

/// A block of a blob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Its id as it stands in requests: base64. Whoever holds a ticket chooses it.
    pub id: String,
    /// Its bytes.
    pub length: u64,
}

/// The blocks of a blob.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Blocks {
    /// What the blob is made of, in its order. Empty for a blob that was written in one piece.
    pub committed: Vec<Block>,
    /// What was sent and belongs to no blob yet, by id.
    pub uncommitted: Vec<Block>,
}

impl Block {
    /// Returns its number, where the id is one that [`block_id`] makes.
    #[must_use]
    pub fn number(&self) -> Option<u32> {
        let digits = BASE64_STANDARD.decode(&self.id).ok()?;
        let text = str::from_utf8(&digits).ok()?;
        let decimal = text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| decimal)
    }
}

/// Returns the id of a block by its number, at most [`BLOCK_NUMBER_MAX`]: base64 of eight decimal digits.
#[must_use]
pub fn block_id(number: u32) -> Option<String> {
    (number <= BLOCK_NUMBER_MAX).then(|| BASE64_STANDARD.encode(format!("{number:08}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_base64_of_eight_digits() {
        assert_eq!(block_id(0).as_deref(), Some("MDAwMDAwMDA="));
        assert_eq!(block_id(BLOCK_NUMBER_MAX).as_deref(), Some("OTk5OTk5OTk="));
        assert_eq!(block_id(BLOCK_NUMBER_MAX + 1), None);
        for number in [0, 7, 49_999, BLOCK_NUMBER_MAX] {
            let id = block_id(number).expect("a number in range");
            assert_eq!(Block { id, length: 1 }.number(), Some(number));
        }
    }

    #[test]
    fn other_ids_have_no_number() {
        for id in ["", "AAAA", "MDAwMDAwMDA", &BASE64_STANDARD.encode("+0000001"), &BASE64_STANDARD.encode("000000001")]
        {
            assert_eq!(Block { id: id.to_owned(), length: 1 }.number(), None, "{id}");
        }
    }
}
