//! The firm's workspace key: what colleagues share.

use std::fmt;

use hkdf::Hkdf;
use rand_core::CryptoRng;
use satchel_terms::{FirmId, Hash};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{Algorithm, Context, UnwrapError, WrapError, WrappedKey};
use crate::cipher::{Cipher, KEY_BYTES, NONCE_BYTES};
use crate::content_key::ContentKey;

/// An AES-256 key that a firm's devices share, with its number from 1. It wraps content keys and encrypts no content.
pub struct WorkspaceKey {
    number: u32,
    key: Zeroizing<[u8; KEY_BYTES]>,
}

impl WorkspaceKey {
    /// Makes a new one.
    #[must_use]
    pub fn make(number: u32, rng: &mut impl CryptoRng) -> Self {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        rng.fill_bytes(key.as_mut_slice());
        Self { number, key }
    }

    pub(crate) fn from_bytes(number: u32, bytes: &[u8]) -> Option<Self> {
        let key: &[u8; KEY_BYTES] = bytes.try_into().ok()?;
        Some(Self { number, key: Zeroizing::new(*key) })
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.key.as_slice()
    }

    /// Returns the key's number.
    #[must_use]
    pub const fn number(&self) -> u32 {
        self.number
    }

    /// Derives what the firm's roster says of this key. A device uses a key that reached it only if they are the same: HPKE
    /// does not tell who wrapped it.
    ///
    /// # Errors
    /// None that a key of this type can cause.
    pub fn check(&self, firm: FirmId) -> Result<Hash, WrapError> {
        let mut check = [0; 32];
        let derived =
            Hkdf::<Sha256>::new(Some(firm.as_bytes()), self.bytes()).expand(b"satchel/1 workspace check", &mut check);
        derived.map(|()| Hash::from_digest(check)).map_err(|_| WrapError::Key)
    }

    /// Wraps the key of a blob.
    ///
    /// # Errors
    /// None that a key of this type can cause.
    pub fn wrap(
        &self,
        content_key: &ContentKey,
        context: &Context,
        rng: &mut impl CryptoRng,
    ) -> Result<WrappedKey, WrapError> {
        let mut nonce = [0; NONCE_BYTES];
        rng.fill_bytes(&mut nonce);
        let sealed = Cipher::new(&self.key).seal(&nonce, &context.bytes(), content_key.to_wrap().as_slice());
        let encrypted_key = sealed.map_err(|_| WrapError::Key)?;
        Ok(WrappedKey { algorithm: Algorithm::A256GcmKw, key_id: self.key_id(), encrypted_key })
    }

    /// Unwraps the key of a blob.
    ///
    /// # Errors
    /// [`UnwrapError::NotAuthentic`], whatever the reason.
    pub fn unwrap_content_key(&self, wrapped: &WrappedKey, context: &Context) -> Result<ContentKey, UnwrapError> {
        if wrapped.algorithm != Algorithm::A256GcmKw || wrapped.key_id != self.key_id() {
            return Err(UnwrapError::NotAuthentic);
        }
        let opened = Cipher::new(&self.key).open(&context.bytes(), &wrapped.encrypted_key);
        let plaintext = opened.map_err(|_| UnwrapError::NotAuthentic)?;
        ContentKey::from_wrap(&plaintext).ok_or(UnwrapError::NotAuthentic)
    }

    fn key_id(&self) -> String {
        format!("workspace/{}", self.number)
    }
}

impl fmt::Debug for WorkspaceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WorkspaceKey({})", self.number)
    }
}
