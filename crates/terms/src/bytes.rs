//! Bytes in text: base64url without padding, read strictly.

use std::fmt::{self, Write as _};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Says why a text is not the base64url of the expected number of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BytesError {
    /// A character outside the alphabet, padding, or unused bits that are not zero.
    #[error("the text is not base64url without padding")]
    Form,
    /// Another number of bytes.
    #[error("the text holds {0} bytes, another number is expected")]
    Length(usize),
}

/// Reads exactly `N` bytes.
pub(crate) fn decode<const N: usize>(text: &str) -> Result<[u8; N], BytesError> {
    let bytes = decode_any(text)?;
    bytes.as_slice().try_into().map_err(|_| BytesError::Length(bytes.len()))
}

/// Reads any number of bytes.
pub(crate) fn decode_any(text: &str) -> Result<Vec<u8>, BytesError> {
    BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| BytesError::Form)
}

/// Writes bytes as base64url without padding.
pub(crate) fn encode(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// A SHA-256 hash; in text 43 characters of base64url.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hash([u8; 32]);

impl Hash {
    /// Takes a digest that was computed elsewhere, for instance while streaming.
    #[must_use]
    pub const fn from_digest(digest: [u8; 32]) -> Self {
        Self(digest)
    }

    /// Returns the hash of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Returns the 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Writes 64 lower-case hexadecimal digits, as other tools show a SHA-256.
    #[must_use]
    pub fn to_hex(&self) -> String {
        self.0.iter().fold(String::with_capacity(64), |mut text, byte| {
            // Writing into a String does not fail.
            write!(text, "{byte:02x}").ok();
            text
        })
    }
}

impl TryFrom<String> for Hash {
    type Error = BytesError;

    fn try_from(text: String) -> Result<Self, BytesError> {
        decode(&text).map(Self)
    }
}

impl From<Hash> for String {
    fn from(hash: Hash) -> String {
        encode(&hash.0)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&encode(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

/// So many bytes that are no secret, such as a salt or a wrapped key; in text base64url.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FixedBytes<const N: usize>(pub [u8; N]);

impl<const N: usize> TryFrom<String> for FixedBytes<N> {
    type Error = BytesError;

    fn try_from(text: String) -> Result<Self, BytesError> {
        decode(&text).map(Self)
    }
}

impl<const N: usize> From<FixedBytes<N>> for String {
    fn from(bytes: FixedBytes<N>) -> String {
        encode(&bytes.0)
    }
}

impl<const N: usize> fmt::Debug for FixedBytes<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FixedBytes<{N}>({})", encode(&self.0))
    }
}

/// At most so many bytes that are no secret, such as a sealed blob; in text base64url. What they hold is nobody's to print.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BoundedBytes<const MAX: usize>(Vec<u8>);

impl<const MAX: usize> BoundedBytes<MAX> {
    /// Returns the bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl<const MAX: usize> TryFrom<Vec<u8>> for BoundedBytes<MAX> {
    type Error = BytesError;

    fn try_from(bytes: Vec<u8>) -> Result<Self, BytesError> {
        if bytes.len() <= MAX { Ok(Self(bytes)) } else { Err(BytesError::Length(bytes.len())) }
    }
}

impl<const MAX: usize> TryFrom<String> for BoundedBytes<MAX> {
    type Error = BytesError;

    fn try_from(text: String) -> Result<Self, BytesError> {
        decode_any(&text)?.try_into()
    }
}

impl<const MAX: usize> From<BoundedBytes<MAX>> for String {
    fn from(bytes: BoundedBytes<MAX>) -> String {
        encode(&bytes.0)
    }
}

impl<const MAX: usize> fmt::Debug for BoundedBytes<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BoundedBytes<{MAX}>({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounded_bytes_stop_at_their_bound_and_are_not_printed() {
        let bounded = |text: &str| BoundedBytes::<3>::try_from(text.to_owned());
        for (text, bytes) in [("", &b""[..]), ("bWFy", b"mar")] {
            let read = bounded(text).expect("within the bound");
            assert_eq!((read.as_bytes(), String::from(read.clone())), (bytes, text.to_owned()));
        }
        assert_eq!(bounded("bWFyaw"), Err(BytesError::Length(4)));
        assert_eq!(BoundedBytes::<3>::try_from(b"mark".to_vec()), Err(BytesError::Length(4)));
        assert_eq!(bounded("bWFy="), Err(BytesError::Form));
        assert_eq!(format!("{:?}", bounded("bWFy").expect("within the bound")), "BoundedBytes<3>(3 bytes)");
    }

    #[test]
    fn a_hash_is_43_canonical_characters() {
        let text = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";
        assert_eq!(Hash::of(b"").to_string(), text);
        assert_eq!(Hash::try_from(text.to_owned()), Ok(Hash::of(b"")));
        for (refused, error) in [
            ("47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFV", BytesError::Form), // unused bits set
            ("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU", BytesError::Form), // the other alphabet
            ("47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU=", BytesError::Form),
            ("47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hS", BytesError::Length(30)),
        ] {
            assert_eq!(Hash::try_from(refused.to_owned()), Err(error), "{refused}");
        }
    }
}
