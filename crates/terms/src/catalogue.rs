//! References into the catalogue.

use std::fmt;
use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

/// The most characters of a [`Code`].
const CODE_CHARS_MAX: usize = 64;

/// Names a service or a price line: 1 to 64 characters of `a-z`, `0-9` and `-`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Code(String);

/// Says that a text is no [`Code`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a code has 1 to 64 characters of a-z, 0-9 and -")]
pub struct CodeError;

impl Code {
    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Code {
    type Error = CodeError;

    fn try_from(text: String) -> Result<Self, CodeError> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let valid = !text.is_empty() && text.len() <= CODE_CHARS_MAX && text.bytes().all(allowed);
        if valid { Ok(Self(text)) } else { Err(CodeError) }
    }
}

impl From<Code> for String {
    fn from(code: Code) -> String {
        code.0
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A service and the version of its definition that an order was filled with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogueVersion {
    /// The service.
    pub service: Code,
    /// The version of its definition, from 1.
    pub version: NonZeroU32,
}
