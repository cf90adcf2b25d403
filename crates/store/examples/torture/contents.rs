//! What is written: records and changes as the dice of a seed throw them, and the digests by which they are known again.

use satchel_store::{RecordId, Table};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

/// The tables that are written to; attachments have files besides.
const TABLES: [Table; 5] = [Table::Drafts, Table::Outbox, Table::Ledger, Table::Settings, Table::Orders];
/// How many records a table has at most.
const RECORDS_MAX: u64 = 24;
/// The most bytes of a record's text.
const TEXT_BYTES_MAX: u64 = 16 * 1024;

/// Numbers that a seed repeats (`SplitMix64`).
#[derive(Debug)]
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Throws a number below `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    /// Throws the place of a record.
    pub(crate) fn place(&mut self) -> (Table, RecordId) {
        let table = TABLES.into_iter().cycle().nth(usize::try_from(self.below(5)).unwrap_or(0));
        let number = u128::from(self.below(RECORDS_MAX) + 1);
        (table.unwrap_or(Table::Drafts), RecordId::from_bytes(number.to_be_bytes()))
    }

    /// Throws a text, mostly short.
    fn text(&mut self) -> String {
        let most = if self.below(4) == 0 { TEXT_BYTES_MAX } else { 600 };
        let (length, letter) = (self.below(most), self.below(26));
        let letter = u8::try_from(letter).map_or('x', |letter| char::from(b'a' + letter));
        std::iter::repeat_n(letter, usize::try_from(length).unwrap_or(0)).collect()
    }

    /// Throws the whole of a record.
    pub(crate) fn record(&mut self) -> Value {
        json!({ "number": self.below(u64::MAX), "text": self.text(), "note": self.text() })
    }

    /// Throws a change of a record.
    pub(crate) fn change(&mut self) -> Value {
        match self.below(4) {
            0 => json!({ "number": self.below(u64::MAX), "note": null }),
            1 => json!({ "text": self.text() }),
            _ => json!({ "number": self.below(u64::MAX) }),
        }
    }

    /// Throws the bytes of a file, now and then of more than one region.
    pub(crate) fn file(&mut self) -> Vec<u8> {
        let most = if self.below(24) == 0 { 5 * 1024 * 1024 } else { 64 * 1024 };
        let (length, start) = (usize::try_from(self.below(most)).unwrap_or(0), self.below(251));
        (start..).map(|at| u8::try_from(at % 251).unwrap_or(0)).take(length).collect()
    }
}

/// Returns a record after a change whose members have no members of their own.
pub(crate) fn changed(record: &Value, change: &Value) -> Value {
    let mut members = record.as_object().cloned().unwrap_or_default();
    for (name, value) in change.as_object().unwrap_or(&Map::new()) {
        if value.is_null() {
            members.remove(name);
        } else {
            members.insert(name.clone(), value.clone());
        }
    }
    Value::Object(members)
}

/// Returns by what a record is known again.
pub(crate) fn digest(record: &Value) -> String {
    let digest = Sha256::digest(record.to_string().as_bytes());
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
