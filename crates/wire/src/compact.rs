//! Signed texts on their way.

use std::fmt;

use satchel_sign::COMPACT_BYTES_MAX;
use serde::{Deserialize, Serialize};

/// A text in the form of a compact JWS: three parts of base64url. Nobody verified it yet.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Compact(String);

/// Says that a text is no [`Compact`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text is not three parts of base64url, or too long")]
pub struct CompactError;

impl Compact {
    /// Returns the text, for whoever verifies it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Compact {
    type Error = CompactError;

    fn try_from(text: String) -> Result<Self, CompactError> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        let is_part = |part: &str| !part.is_empty() && part.bytes().all(allowed);
        let valid = text.len() <= COMPACT_BYTES_MAX && text.split('.').count() == 3 && text.split('.').all(is_part);
        if valid { Ok(Self(text)) } else { Err(CompactError) }
    }
}

impl From<Compact> for String {
    fn from(compact: Compact) -> String {
        compact.0
    }
}

/// The text says more than a log may hold, so only its length is printed.
impl fmt::Debug for Compact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Compact({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_parts_of_base64url_and_nothing_else() {
        assert!(Compact::try_from("eyJh.eyJi-_.c2ln".to_owned()).is_ok());
        for text in ["", "a.b", "a..c", ".b.c", "a.b.", "a.b.c.d", "a.b.c=", "a. b.c", "a.b.c\n", "a.b.+/"] {
            assert_eq!(Compact::try_from(text.to_owned()), Err(CompactError), "{text}");
        }
    }

    #[test]
    fn the_length_stops_at_the_limit() {
        let of_length = |length: usize| Compact::try_from(format!("a.b.{}", "c".repeat(length - 4)));
        assert!(of_length(COMPACT_BYTES_MAX).is_ok());
        assert_eq!(of_length(COMPACT_BYTES_MAX + 1), Err(CompactError));
    }

    #[test]
    fn debug_output_does_not_hold_the_text() {
        let compact = Compact::try_from("marker.payload.signature".to_owned()).expect("three parts");
        assert_eq!(format!("{compact:?}"), "Compact(24 bytes)");
    }
}
