//! JSON as the formats use it: strict to read, without white space when written.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};

/// The largest integer in a format: 2^53 − 1, which every JSON reader holds exactly.
pub const INTEGER_MAX: u64 = (1 << 53) - 1;

/// Says why a payload is not the expected JSON. The text is not repeated: it may come from outside or be sensitive.
#[derive(Debug, thiserror::Error)]
pub enum JsonError {
    /// Longer than the format allows.
    #[error("the text has {length} bytes, {limit} are allowed")]
    TooLong {
        /// Its length in bytes.
        length: usize,
        /// What the format allows.
        limit: usize,
    },
    /// Not JSON, or not the members and types of this format.
    #[error("the text is not of this format (line {line}, column {column})")]
    Form {
        /// Line of the fault, from 1.
        line: usize,
        /// Column of the fault, from 1.
        column: usize,
    },
}

/// Reads a value of at most `limit` bytes. Unknown, repeated and missing members and trailing text are refused, where the
/// type derives `deny_unknown_fields` and marks what may be null with [`required`].
///
/// # Errors
/// Says where the text stops being of this format.
pub fn parse<T: DeserializeOwned + Serialize>(text: &[u8], limit: usize) -> Result<T, JsonError> {
    if text.len() > limit {
        return Err(JsonError::TooLong { length: text.len(), limit });
    }
    let form = |error: serde_json::Error| JsonError::Form { line: error.line(), column: error.column() };
    let value: T = serde_json::from_slice(text).map_err(form)?;
    // serde also reads an object written as an array of its members, and a name as an object of that name and null. Two texts
    // for one meaning are one too many where texts are signed, so what was read must be what would be written.
    let read: serde_json::Value = serde_json::from_slice(text).map_err(form)?;
    if serde_json::to_value(&value).map_err(form)? == read {
        Ok(value)
    } else {
        Err(JsonError::Form { line: 1, column: 1 })
    }
}

/// Writes a value on one line.
///
/// # Errors
/// Fails only for types that JSON cannot hold; the types of the formats are not among them.
pub fn write<T: Serialize>(value: &T) -> Result<Vec<u8>, JsonError> {
    serde_json::to_vec(value).map_err(|error| JsonError::Form { line: error.line(), column: error.column() })
}

/// For `deserialize_with` on an `Option`: the member may be null, but it must be there.
///
/// # Errors
/// As the type's own.
pub fn required<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    Option::deserialize(deserializer)
}
