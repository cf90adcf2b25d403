//! The key of one sealed blob.

use std::fmt;

use rand_core::CryptoRng;
use satchel_terms::KeyBytes;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::cipher::{Cipher, KEY_BYTES};

/// What stands before the key in what is wrapped: the protocol's version, padded to 8 bytes.
const PROTOCOL: [u8; 8] = *b"2.0\0\0\0\0\0";
/// Bytes that a wrap of a content key holds.
pub(crate) const WRAPPED_BYTES: usize = PROTOCOL.len() + KEY_BYTES;

/// The AES-256 key of one sealed blob. Only [`crate::seal_blob`] makes one, and it seals one blob with it, once.
pub struct ContentKey(Zeroizing<[u8; KEY_BYTES]>);

impl ContentKey {
    pub(crate) fn make(rng: &mut impl CryptoRng) -> Self {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        rng.fill_bytes(key.as_mut_slice());
        Self(key)
    }

    /// Takes the key from a signed document that lists a blob.
    #[must_use]
    pub fn from_document(bytes: &KeyBytes) -> Self {
        Self(Zeroizing::new(*bytes.expose()))
    }

    /// Returns the key for the signed document that lists the blob; that document is sealed itself.
    #[must_use]
    pub fn to_document(&self) -> KeyBytes {
        KeyBytes::new(self.0.clone())
    }

    /// Compares in constant time. Intake refuses a blob whose unwrapped key is not the one that the document lists.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.0.as_slice().ct_eq(other.0.as_slice()).into()
    }

    pub(crate) fn cipher(&self) -> Cipher {
        Cipher::new(&self.0)
    }

    /// Returns what is wrapped: protocol version and key.
    pub(crate) fn to_wrap(&self) -> Zeroizing<[u8; WRAPPED_BYTES]> {
        let mut bytes = Zeroizing::new([0; WRAPPED_BYTES]);
        let source = PROTOCOL.iter().chain(self.0.iter());
        bytes.iter_mut().zip(source).for_each(|(byte, value)| *byte = *value);
        bytes
    }

    /// Takes what a wrap held; nothing where it is no content key of this protocol.
    pub(crate) fn from_wrap(bytes: &[u8]) -> Option<Self> {
        let key: &[u8; KEY_BYTES] = bytes.strip_prefix(&PROTOCOL)?.try_into().ok()?;
        Some(Self(Zeroizing::new(*key)))
    }
}

impl fmt::Debug for ContentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ContentKey(..)")
    }
}
