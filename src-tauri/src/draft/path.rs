//! Names of answers as the window and the shell pass them on: `section.field`, or `section.row.field` with the row's id.

use std::fmt;
use std::str::FromStr;

use satchel_order::catalogue::FieldId;

/// The most bytes of a path; the longest that a definition can make is shorter.
const PATH_BYTES_MAX: usize = 256;

/// Names an answer of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AnswerPath {
    /// The field.
    pub(crate) field: FieldId,
    /// The id of the row it stands in.
    pub(crate) row: Option<u32>,
}

/// Says that a text names no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text names no answer")]
pub(crate) struct AnswerPathError;

impl FromStr for AnswerPath {
    type Err = AnswerPathError;

    fn from_str(text: &str) -> Result<Self, AnswerPathError> {
        if text.len() > PATH_BYTES_MAX {
            return Err(AnswerPathError);
        }
        let parts: Vec<&str> = text.split('.').collect();
        let (section, row, field) = match parts.as_slice() {
            [section, field] => (section, None, field),
            [section, row, field] => (section, Some(row.parse().map_err(|_| AnswerPathError)?), field),
            _ => return Err(AnswerPathError),
        };
        let path = Self { field: FieldId::new(section, field), row };
        // One spelling of each: a row such as +1 or 01 is refused.
        if path.to_string() == text { Ok(path) } else { Err(AnswerPathError) }
    }
}

impl fmt::Display for AnswerPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.row {
            None => write!(f, "{}", self.field),
            Some(row) => write!(f, "{}.{row}.{}", self.field.section(), self.field.field()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_one_spelling() {
        for text in ["subject.name", "locations.3.custodian", "locations.0.records"] {
            assert_eq!(text.parse::<AnswerPath>().map(|path| path.to_string()).as_deref(), Ok(text));
        }
        for text in ["", "subject", "a.b.c", "a.+1.c", "a.01.c", "a.-1.c", "a.1.b.c", "a.4294967296.c"] {
            assert!(text.parse::<AnswerPath>().is_err(), "{text}");
        }
        assert!(format!("a.{}", "b".repeat(PATH_BYTES_MAX)).parse::<AnswerPath>().is_err());
    }
}
