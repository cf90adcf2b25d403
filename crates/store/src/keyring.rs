//! What a vault asks of a keyring: to keep one entry for it, which is made once and whose key is never changed.

use std::fmt;

use satchel_terms::VaultId;
use zeroize::Zeroizing;

use crate::key_file::KeyringEntry;

/// A keyring that holds one secret for each vault. What may be written when is decided here, not by its implementations.
pub trait Keyring: fmt::Debug {
    /// Reads the secret of a vault.
    ///
    /// # Errors
    /// [`KeyringError`]; [`KeyringError::NoEntry`] where there is none.
    fn read(&self, vault: VaultId) -> Result<Zeroizing<Vec<u8>>, KeyringError>;

    /// Writes the secret of a vault, in place of one that may be there.
    ///
    /// # Errors
    /// [`KeyringError`].
    fn write(&self, vault: VaultId, secret: &[u8]) -> Result<(), KeyringError>;

    /// Deletes the secret of a vault. Only an erasure asks for it.
    ///
    /// # Errors
    /// [`KeyringError`]; [`KeyringError::NoEntry`] where there is none.
    fn delete(&self, vault: VaultId) -> Result<(), KeyringError>;
}

impl<K: Keyring + ?Sized> Keyring for std::sync::Arc<K> {
    fn read(&self, vault: VaultId) -> Result<Zeroizing<Vec<u8>>, KeyringError> {
        (**self).read(vault)
    }

    fn write(&self, vault: VaultId, secret: &[u8]) -> Result<(), KeyringError> {
        (**self).write(vault, secret)
    }

    fn delete(&self, vault: VaultId) -> Result<(), KeyringError> {
        (**self).delete(vault)
    }
}

/// What the operating system said. It holds no secret.
pub type PlatformError = Box<dyn std::error::Error + Send + Sync>;

/// Says why the keyring did not do what was asked. The vault on disk is as it was.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// There is no keyring, or it does not answer.
    #[error(
        "this computer's keyring does not answer. What is in the vault is safe. Sign in to the desktop as usual, or ask your IT \
         for a keyring, then start Satchel again"
    )]
    NoService(#[source] PlatformError),
    /// It is locked.
    #[error("this computer's keyring is locked. What is in the vault is safe. Unlock the keyring, then try again")]
    Locked(#[source] PlatformError),
    /// It is locked, and its question was dismissed, or could not be shown.
    #[error(
        "this computer's keyring is locked, and its question was turned down or could not be shown. What is in the vault is safe. Try \
         again and answer it, or unlock the keyring first"
    )]
    Denied(#[source] PlatformError),
    /// It has no entry for this vault. A keyring that is still locked may say the same.
    #[error(
        "this computer's keyring shows no key for this vault; it may be locked, or belong to another user or computer. What is \
         in the vault is safe. Unlock the keyring and try again before you do anything else. If the key is gone, the recovery words \
         or your firm's recovery key open the vault"
    )]
    NoEntry,
    /// The entry is not in a form that this version reads.
    #[error(
        "the key in this computer's keyring is not in a form that this version of Satchel reads. What is in the vault is safe. \
         Install the newest Satchel, or ask your IT to restore the keyring"
    )]
    Form,
    /// There is an entry already, which is never overwritten.
    #[error("this computer's keyring holds a key under this name already. It was left as it is. Try again")]
    Exists,
    /// The keyring says that it stored a key, and does not give it back.
    #[error("this computer's keyring did not keep the key that it was given. Ask your IT to look at the keyring")]
    NotKept,
}

/// Reads the entry of a vault.
pub(crate) fn load(keyring: &dyn Keyring, vault: VaultId) -> Result<KeyringEntry, KeyringError> {
    KeyringEntry::from_bytes(&keyring.read(vault)?).ok_or(KeyringError::Form)
}

/// Makes the entry of a new vault, and reads it back before anything relies on it.
pub(crate) fn create(keyring: &dyn Keyring, vault: VaultId, entry: &KeyringEntry) -> Result<(), KeyringError> {
    match keyring.read(vault) {
        Err(KeyringError::NoEntry) => {}
        Err(error) => return Err(error),
        Ok(_) => return Err(KeyringError::Exists),
    }
    put(keyring, vault, entry)
}

/// Writes an entry in place of one whose key opens nothing, which its caller has found out, and reads it back.
pub(crate) fn put(keyring: &dyn Keyring, vault: VaultId, entry: &KeyringEntry) -> Result<(), KeyringError> {
    keyring.write(vault, entry.to_bytes().as_slice())?;
    match load(keyring, vault) {
        Ok(kept) if kept.slot_key.is(&entry.slot_key) => Ok(()),
        Ok(_) | Err(KeyringError::NoEntry | KeyringError::Form) => Err(KeyringError::NotKept),
        Err(error) => Err(error),
    }
}

/// Notes a generation beside whatever slot key is there, unless a later one is noted.
pub(crate) fn note_at_least(keyring: &dyn Keyring, vault: VaultId, generation: u64) -> Result<(), KeyringError> {
    let found = load(keyring, vault)?;
    if found.generation >= generation {
        return Ok(());
    }
    keyring.write(vault, KeyringEntry { slot_key: found.slot_key, generation }.to_bytes().as_slice())
}

/// Notes a generation beside the slot key that is there.
pub(crate) fn note_generation(
    keyring: &dyn Keyring,
    vault: VaultId,
    entry: &KeyringEntry,
    generation: u64,
) -> Result<(), KeyringError> {
    let found = load(keyring, vault)?;
    if !found.slot_key.is(&entry.slot_key) {
        return Err(KeyringError::Exists);
    }
    keyring.write(vault, KeyringEntry { slot_key: found.slot_key, generation }.to_bytes().as_slice())
}
