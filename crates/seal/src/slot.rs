//! Key slots: each wraps the one vault key under a slot key.

use std::fmt;

use hkdf::Hkdf;
use rand_core::CryptoRng;
use satchel_terms::VaultId;
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::cipher::{Cipher, KEY_BYTES, NONCE_BYTES};
use crate::record::VaultKey;

/// Where a slot key comes from. The firm's recovery has no slot key: see [`crate::RecipientKey::wrap_vault_key`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlotKind {
    /// The OS keyring.
    Keyring,
    /// A passphrase, through Argon2id.
    Passphrase,
    /// The recovery words.
    RecoveryWords,
}

impl SlotKind {
    /// Returns the name as it stands in the key file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Keyring => "keyring",
            Self::Passphrase => "passphrase",
            Self::RecoveryWords => "recovery-words",
        }
    }
}

/// What a wrapped vault key is bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotBinding {
    /// The vault.
    pub vault: VaultId,
    /// How often the vault key was rotated, from 1.
    pub rotation: u32,
    /// The slot.
    pub kind: SlotKind,
}

impl SlotBinding {
    fn bytes(&self) -> Vec<u8> {
        format!("satchel/1 slot\0{}\0{}\0{}", self.vault, self.rotation, self.kind.as_str()).into_bytes()
    }
}

/// Says why a vault key was not wrapped or unwrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SlotError {
    /// The slot key is another one, or the slot is damaged or of another vault.
    #[error("the key does not open this vault, or the key file is damaged")]
    NotAuthentic,
}

/// A key that opens one slot of a vault and nothing else.
pub struct SlotKey(Zeroizing<[u8; KEY_BYTES]>);

impl SlotKey {
    /// Makes the slot key that the OS keyring is to hold.
    #[must_use]
    pub fn make(rng: &mut impl CryptoRng) -> Self {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        rng.fill_bytes(key.as_mut_slice());
        Self(key)
    }

    /// Takes a slot key from the OS keyring.
    #[must_use]
    pub fn from_keyring(bytes: &[u8; KEY_BYTES]) -> Self {
        Self(Zeroizing::new(*bytes))
    }

    /// Compares in constant time.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.0.as_slice().ct_eq(other.0.as_slice()).into()
    }

    /// Returns the bytes, for the OS keyring.
    #[must_use]
    pub fn expose(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }

    /// Derives the slot key of 12 recovery words from their 16 bytes of entropy.
    ///
    /// # Errors
    /// None that entropy of this length can cause.
    pub fn derive_from_entropy(entropy: &[u8; 16], vault: VaultId) -> Result<Self, SlotError> {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        Hkdf::<Sha256>::new(Some(vault.as_bytes()), entropy)
            .expand(b"satchel/1 recovery words", key.as_mut_slice())
            .map_err(|_| SlotError::NotAuthentic)?;
        Ok(Self(key))
    }

    /// Wraps the vault key: `nonce ‖ ciphertext ‖ tag`.
    ///
    /// # Errors
    /// None that a vault key can cause.
    pub fn wrap(&self, key: &VaultKey, binding: &SlotBinding, rng: &mut impl CryptoRng) -> Result<Vec<u8>, SlotError> {
        let mut nonce = [0; NONCE_BYTES];
        rng.fill_bytes(&mut nonce);
        let sealed = Cipher::new(&self.0).seal(&nonce, &binding.bytes(), key.bytes());
        sealed.map_err(|_| SlotError::NotAuthentic)
    }

    /// Unwraps the vault key.
    ///
    /// # Errors
    /// [`SlotError::NotAuthentic`], whatever the reason.
    pub fn unwrap_vault_key(&self, wrapped: &[u8], binding: &SlotBinding) -> Result<VaultKey, SlotError> {
        let opened = Cipher::new(&self.0).open(&binding.bytes(), wrapped);
        let bytes = opened.map_err(|_| SlotError::NotAuthentic)?;
        VaultKey::from_bytes(&bytes).ok_or(SlotError::NotAuthentic)
    }
}

impl fmt::Debug for SlotKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SlotKey(..)")
    }
}
