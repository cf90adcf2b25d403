//! Making a vault: only where nothing is, and whole or not at all.

use std::fs;
use std::io;
use std::num::NonZeroU32;
use std::path::Path;
use std::sync::Arc;

use rand_core::CryptoRng;
use satchel_seal::{SlotBinding, SlotKey, SlotKind, VaultKey};
use satchel_terms::{FixedBytes, VaultId};

use crate::attachment::AttachmentFolder;
use crate::files::{lock, make_folder, sync_folder, write_file};
use crate::journal_file::JournalFile;
use crate::key_file::{KeyFile, KeyringEntry, Slot};
use crate::keyring::{self, Keyring, KeyringError};
use crate::opening::{KEY_FILE, OpenVaultError, open};
use crate::vault::{Random, Vault};

/// Says why no vault was made. Nothing that was there was touched.
#[derive(Debug, thiserror::Error)]
pub enum CreateVaultError {
    /// There is something in the folder; it may be a vault.
    #[error("there is something in Satchel's folder already, so no new vault was made in it. It was left as it is")]
    Exists,
    /// Another Satchel is making one.
    #[error("another window of Satchel is just setting up this vault. Use that one")]
    InUse,
    /// The keyring did not take the key.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// The folder cannot be written.
    #[error(
        "the vault could not be written to disk. Nothing was changed. Check that there is room and that you may write to the folder"
    )]
    Io(#[from] io::Error),
    /// It was made, and did not open.
    #[error(transparent)]
    Open(#[from] OpenVaultError),
}

impl Vault {
    /// Makes a vault and its key, and opens it. A crash leaves either no vault or a whole one; at worst the keyring has an
    /// entry that nothing uses.
    ///
    /// # Errors
    /// [`CreateVaultError`].
    pub fn create(
        folder: &Path,
        keyring: &dyn Keyring,
        random: impl CryptoRng + Send + 'static,
    ) -> Result<Self, CreateVaultError> {
        let mut random: Random = Box::new(random);
        let (Some(parent), Some(name)) = (folder.parent(), folder.file_name()) else {
            return Err(CreateVaultError::Io(io::ErrorKind::InvalidFilename.into()));
        };
        let beside = |suffix: &str| {
            let mut name = name.to_owned();
            name.push(suffix);
            parent.join(name)
        };
        make_folder(parent)?;
        let lock_path = beside(".creating");
        let creating = lock(&lock_path)?.ok_or(CreateVaultError::InUse)?;
        if !is_free(folder)? {
            return Err(CreateVaultError::Exists);
        }
        let new = beside(".new");
        if new.try_exists()? {
            // What a crash left. Nobody else is at it, since this process holds the lock.
            fs::remove_dir_all(&new)?;
        }
        make(&new, keyring, &mut random)?;
        if folder.try_exists()? {
            fs::remove_dir(folder)?;
        }
        fs::rename(&new, folder)?;
        sync_folder(parent)?;
        // Whoever took the lock meanwhile finds the vault.
        fs::remove_file(lock_path)?;
        drop(creating);
        Ok(open(folder, keyring, random)?.0)
    }
}

fn is_free(folder: &Path) -> io::Result<bool> {
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}

/// Makes a whole vault in a folder of its own.
fn make(folder: &Path, keyring: &dyn Keyring, random: &mut Random) -> Result<(), CreateVaultError> {
    let id = VaultId::make(random);
    let key = VaultKey::make(random);
    let entry = KeyringEntry { slot_key: SlotKey::make(random), generation: 0 };
    let binding = SlotBinding { vault: id, rotation: 1, kind: SlotKind::Keyring };
    let wrapped = entry.slot_key.wrap(&key, &binding, random).map_err(OpenVaultError::from)?;
    let wrapped = wrapped.try_into().map(FixedBytes).map_err(|_| OpenVaultError::OtherKey)?;
    let file = KeyFile::new(id, NonZeroU32::MIN, vec![Slot::Keyring { wrapped }]).map_err(OpenVaultError::from)?;
    keyring::create(keyring, id, &entry)?;
    let chain = key.derive_chain_key(id).map_err(|error| OpenVaultError::OwnRecord(error.into()))?;
    drop(JournalFile::create(folder, id, Arc::new(chain)).map_err(OpenVaultError::from)?);
    make_folder(AttachmentFolder::of_vault(folder).path())?;
    write_file(folder, KEY_FILE, file.to_text().map_err(OpenVaultError::from)?.as_bytes())?;
    Ok(())
}
