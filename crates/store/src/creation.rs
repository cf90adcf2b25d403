//! Making a vault: only where nothing is, and whole or not at all.

use std::fs;
use std::io;
use std::num::NonZeroU32;
use std::path::Path;
use std::sync::Arc;

use rand_core::CryptoRng;
use satchel_seal::{ChosenPassphrase, DeriveError, SlotKey, VaultKey};
use satchel_terms::VaultId;

use crate::attachment::AttachmentFolder;
use crate::disk::{self, make_folder, sync_folder};
use crate::files::{lock, write_file};
use crate::finding::Finding;
use crate::journal_file::JournalFile;
use crate::key_file::{KeyFile, KeyringEntry, Slot};
use crate::keyring::{self, Keyring, KeyringError};
use crate::opening::{KEY_FILE, OpenVaultError, open};
use crate::slots::{SlotFault, Wrapping};
use crate::unlocking::{Secret, Unlock};
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
    /// The passphrase could not be reckoned with.
    #[error(transparent)]
    Derive(#[from] DeriveError),
    /// The folder cannot be written.
    #[error(
        "the vault could not be written to disk. Nothing was changed. Check that there is room and that you may write to the folder"
    )]
    Io(#[from] io::Error),
    /// It was made, and did not open.
    #[error(transparent)]
    Open(#[from] OpenVaultError),
}

/// What a new vault opens by.
#[derive(Debug, Clone, Copy)]
pub enum FirstWay<'a> {
    /// This computer's keyring.
    Keyring(&'a dyn Keyring),
    /// A passphrase. The keyring, where there is one, notes that the vault was opened.
    Passphrase(&'a ChosenPassphrase, Option<&'a dyn Keyring>),
}

impl<'a> FirstWay<'a> {
    /// Returns how such a vault is opened.
    pub(crate) fn unlock(&self) -> Unlock<'a> {
        match *self {
            Self::Keyring(keyring) => Unlock::ByKeyring(keyring),
            Self::Passphrase(passphrase, keyring) => {
                Unlock::BySecret(Secret::Passphrase(passphrase.as_typed()), keyring)
            }
        }
    }

    /// Makes the first slot of a new vault, and the keyring's entry where it needs one.
    pub(crate) fn slot(&self, wrapping: &Wrapping<'_>, random: &mut Random) -> Result<Slot, CreateVaultError> {
        match self {
            Self::Keyring(keyring) => {
                let entry = KeyringEntry { slot_key: SlotKey::make(random), generation: 0 };
                let slot = wrapping.for_keyring(&entry.slot_key, random).map_err(|_| OpenVaultError::OtherKey)?;
                keyring::create(*keyring, wrapping.vault, &entry)?;
                Ok(slot)
            }
            Self::Passphrase(passphrase, _) => {
                wrapping.for_passphrase(passphrase.as_typed(), random).map_err(|fault| match fault {
                    SlotFault::Derive(error) => CreateVaultError::Derive(error),
                    SlotFault::None | SlotFault::NotAuthentic => OpenVaultError::OtherKey.into(),
                })
            }
        }
    }
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
        Ok(create(folder, &FirstWay::Keyring(keyring), Box::new(random))?.0)
    }

    /// As [`Self::create`], for a vault that opens by a passphrase: where there is no keyring, or where the passphrase is wanted.
    /// The keyring, where there is one, notes that the vault was opened.
    ///
    /// # Errors
    /// [`CreateVaultError`].
    pub fn create_with_passphrase(
        folder: &Path,
        passphrase: &ChosenPassphrase,
        keyring: Option<&dyn Keyring>,
        random: impl CryptoRng + Send + 'static,
    ) -> Result<(Self, Vec<Finding>), CreateVaultError> {
        create(folder, &FirstWay::Passphrase(passphrase, keyring), Box::new(random))
    }
}

fn create(folder: &Path, way: &FirstWay<'_>, mut random: Random) -> Result<(Vault, Vec<Finding>), CreateVaultError> {
    place_whole(folder, |new| make(new, way, &mut random))?;
    Ok(open(folder, &way.unlock(), random)?)
}

/// Makes a vault beside its place, and gives it its place once all of it is on disk. What `make` left when it failed is removed.
pub(crate) fn place_whole<E: From<CreateVaultError>>(
    folder: &Path,
    make: impl FnOnce(&Path) -> Result<(), E>,
) -> Result<(), E> {
    let io = |error: io::Error| E::from(CreateVaultError::Io(error));
    let (Some(parent), Some(name)) = (folder.parent(), folder.file_name()) else {
        return Err(io(io::ErrorKind::InvalidFilename.into()));
    };
    let beside = |suffix: &str| {
        let mut name = name.to_owned();
        name.push(suffix);
        parent.join(name)
    };
    make_folder(parent).map_err(io)?;
    let lock_path = beside(".creating");
    let creating = lock(&lock_path).map_err(io)?.ok_or(CreateVaultError::InUse)?;
    let placed = place_locked(folder, &beside(".new"), make);
    // Whoever took the lock meanwhile finds the vault, or begins anew.
    let unlocked = disk::remove_file(&lock_path).map_err(io);
    drop(creating);
    placed.and(unlocked)
}

fn place_locked<E: From<CreateVaultError>>(
    folder: &Path,
    new: &Path,
    make: impl FnOnce(&Path) -> Result<(), E>,
) -> Result<(), E> {
    let io = |error: io::Error| E::from(CreateVaultError::Io(error));
    if !is_free(folder).map_err(io)? {
        return Err(CreateVaultError::Exists.into());
    }
    if new.try_exists().map_err(io)? {
        // What a crash left. Nobody else is at it, since this process holds the lock.
        disk::remove_folder_with_all(new).map_err(io)?;
    }
    make(new).inspect_err(|_| {
        // The next try begins with this as well.
        disk::remove_folder_with_all(new).ok();
    })?;
    if folder.try_exists().map_err(io)? {
        disk::remove_folder(folder).map_err(io)?;
    }
    disk::rename(new, folder).map_err(io)?;
    sync_folder(folder.parent().unwrap_or(folder)).map_err(io)
}

fn is_free(folder: &Path) -> io::Result<bool> {
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}

/// Makes a whole vault in a folder of its own.
fn make(folder: &Path, way: &FirstWay<'_>, random: &mut Random) -> Result<(), CreateVaultError> {
    let id = VaultId::make(random);
    let key = VaultKey::make(random);
    let wrapping = Wrapping { key: &key, vault: id, rotation: NonZeroU32::MIN };
    let slot = way.slot(&wrapping, random)?;
    let chain = key.derive_chain_key(id).map_err(|error| OpenVaultError::OwnRecord(error.into()))?;
    drop(JournalFile::create(folder, id, Arc::new(chain)).map_err(OpenVaultError::from)?);
    make_folder(AttachmentFolder::of_vault(folder).path())?;
    write_first_slot(folder, &wrapping, slot)
}

/// Writes the key file of a new vault.
pub(crate) fn write_first_slot(folder: &Path, wrapping: &Wrapping<'_>, slot: Slot) -> Result<(), CreateVaultError> {
    let file = KeyFile::new(wrapping.vault, wrapping.rotation, vec![slot]).map_err(OpenVaultError::from)?;
    let text = file.to_text().map_err(OpenVaultError::from)?;
    Ok(write_file(folder, KEY_FILE, text.as_bytes())?)
}
