//! Changing the ways into an open vault. Each change replaces the key file in one step; the vault key stays.

use std::io;

use satchel_seal::{ChosenPassphrase, DeriveError, SlotError, SlotKey, WrapError};
use satchel_terms::{EcPublicKey, FirmId};

use crate::files::write_file;
use crate::key_file::{KeyFile, KeyFileError, KeyringEntry};
use crate::keyring::{self, Keyring, KeyringError};
use crate::opening::KEY_FILE;
use crate::slots::{SlotFault, Way};
use crate::unlocking::{Access, Secret, UnlockError, read_key_file};
use crate::vault::{Random, ReadError, Vault};

/// Says why the ways into a vault are as they were, [`ProtectionError::Uncertain`] aside. The vault itself is as it was in any case.
#[derive(Debug, thiserror::Error)]
pub enum ProtectionError {
    /// The secret that was given does not open the vault.
    #[error(transparent)]
    Unlock(#[from] UnlockError),
    /// The keyring did not do what was asked.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// There is a passphrase, which is changed or taken away by whoever knows it.
    #[error("this vault has a passphrase already. Change it with the one that you have")]
    HasPassphrase,
    /// A word that was asked for was typed back wrongly.
    #[error(
        "word {0} is not as it was shown, so the recovery words do not count yet. Look at your sheet and type it again"
    )]
    TypedBackWrongly(usize),
    /// The firm's key is none that can be wrapped for.
    #[error("the firm's recovery key cannot be used, so the vault was not prepared for recovery by it")]
    FirmKey(#[source] WrapError),
    /// The passphrase could not be reckoned with.
    #[error(transparent)]
    Derive(#[from] DeriveError),
    /// A slot could not be made.
    #[error("the vault's key could not be prepared. Nothing was changed. Start Satchel again, then try again")]
    Slot(#[from] SlotError),
    /// The key file could not be put together.
    #[error("the vault's key file could not be prepared. Nothing was changed. Start Satchel again, then try again")]
    KeyFile(#[from] KeyFileError),
    /// The vault could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The key file could not be written.
    #[error(
        "the vault's key file could not be written, so nothing was changed. Check that the disk has room, then try again"
    )]
    NotWritten(#[source] io::Error),
    /// The key file was written, and the disk did not confirm it.
    #[error(
        "the disk did not confirm the change, so the vault may open as before or as you just said. What is in it is safe. Close \
         Satchel, and keep both until it has opened by one of them"
    )]
    Uncertain(#[source] io::Error),
}

impl From<SlotFault> for ProtectionError {
    fn from(fault: SlotFault) -> Self {
        match fault {
            SlotFault::Derive(error) => Self::Derive(error),
            SlotFault::None | SlotFault::NotAuthentic => Self::Slot(SlotError::NotAuthentic),
        }
    }
}

impl Vault {
    /// Sets a first passphrase, without which the vault does not open on this computer any more: the keyring's slot is taken
    /// away. The keyring's entry stays, for the generation.
    ///
    /// # Errors
    /// [`ProtectionError`].
    pub fn set_passphrase(&mut self, passphrase: &ChosenPassphrase) -> Result<(), ProtectionError> {
        if self.access.file.has(Way::Passphrase) {
            return Err(ProtectionError::HasPassphrase);
        }
        self.put_passphrase(passphrase)
    }

    /// Sets another passphrase. `current` is the one that is set, or what opens the vault where that was forgotten.
    ///
    /// # Errors
    /// [`ProtectionError`].
    pub fn change_passphrase(
        &mut self,
        current: &Secret<'_>,
        passphrase: &ChosenPassphrase,
    ) -> Result<(), ProtectionError> {
        if !self.access.file.has(Way::Passphrase) {
            return Err(UnlockError::NoPassphrase.into());
        }
        self.access.prove(current)?;
        self.put_passphrase(passphrase)
    }

    /// Takes the passphrase away, so that the vault opens by the keyring, with a slot key made now.
    ///
    /// # Errors
    /// [`ProtectionError`]. The passphrase then still opens.
    pub fn remove_passphrase(&mut self, current: &Secret<'_>, keyring: &dyn Keyring) -> Result<(), ProtectionError> {
        if !self.access.file.has(Way::Passphrase) {
            return Err(UnlockError::NoPassphrase.into());
        }
        self.access.prove(current)?;
        let file = self.file_with_keyring(keyring)?.without(Way::Passphrase)?;
        self.put_key_file(file)
    }

    /// Sees to it that the keyring opens a vault without a passphrase, after it was opened by a secret: on another computer, or
    /// where the entry was lost. An entry that opens it stays as it is.
    ///
    /// # Errors
    /// [`ProtectionError`]; [`ProtectionError::HasPassphrase`] where the keyring is not meant to open it.
    pub fn restore_keyring(&mut self, keyring: &dyn Keyring) -> Result<(), ProtectionError> {
        if self.access.file.has(Way::Passphrase) {
            return Err(ProtectionError::HasPassphrase);
        }
        let file = self.file_with_keyring(keyring)?;
        self.put_key_file(file)
    }

    /// Prepares the vault for recovery by the firm, whose key its caller has verified: whoever holds the private half opens it.
    /// It takes the place of an earlier one; one for this key stays as it is.
    ///
    /// # Errors
    /// [`ProtectionError`].
    pub fn keep_firm_recovery(&mut self, firm: FirmId, recovery: &EcPublicKey) -> Result<(), ProtectionError> {
        if self.access.file.has(Way::FirmRecovery { firm, key_id: recovery.thumbprint() }) {
            return Ok(());
        }
        let slot = self.access.wrapping().for_firm(firm, recovery, &mut self.random);
        let file = self.access.file.with(slot.map_err(ProtectionError::FirmKey)?)?;
        self.put_key_file(file)
    }

    /// Returns the ways into the vault.
    #[must_use]
    pub fn own_ways(&self) -> Vec<Way> {
        self.access.file.ways()
    }

    fn put_passphrase(&mut self, passphrase: &ChosenPassphrase) -> Result<(), ProtectionError> {
        let slot = self.access.wrapping().for_passphrase(passphrase.as_typed(), &mut self.random)?;
        let file = self.access.file.with(slot)?.without(Way::Keyring)?;
        self.put_key_file(file)
    }

    /// Returns the key file with a slot for the keyring, whose entry is there and was read back.
    fn file_with_keyring(&mut self, keyring: &dyn Keyring) -> Result<KeyFile, ProtectionError> {
        let generation = self.generation()?;
        let slot_key = keyring_entry(&self.access, keyring, generation, &mut self.random)?;
        let Some(slot_key) = slot_key else { return Ok(self.access.file.clone()) };
        Ok(self.access.file.with(self.access.wrapping().for_keyring(&slot_key, &mut self.random)?)?)
    }

    /// Puts a key file in the place of the one that is there.
    pub(crate) fn put_key_file(&mut self, file: KeyFile) -> Result<(), ProtectionError> {
        if file == self.access.file {
            return Ok(());
        }
        match write_key_file(&self.folder, &file) {
            Ok(()) => {
                self.access.file = file;
                Ok(())
            }
            Err(KeyFileWrite::NotWritten(error)) => Err(ProtectionError::NotWritten(error)),
            Err(KeyFileWrite::Uncertain(error)) => {
                self.access.file = file;
                Err(ProtectionError::Uncertain(error))
            }
            Err(KeyFileWrite::Form(error)) => Err(error.into()),
        }
    }
}

/// Why a key file may not be on disk.
#[derive(Debug)]
pub(crate) enum KeyFileWrite {
    Form(KeyFileError),
    /// The one before is there.
    NotWritten(io::Error),
    /// It is there by its name, or nothing can be read; a power cut may bring the one before back.
    Uncertain(io::Error),
}

/// Writes the key file. After an error it is looked up which one is there.
pub(crate) fn write_key_file(folder: &std::path::Path, file: &KeyFile) -> Result<(), KeyFileWrite> {
    let text = file.to_text().map_err(KeyFileWrite::Form)?;
    let before = read_key_file(folder).ok();
    write_file(folder, KEY_FILE, text.as_bytes()).map_err(|error| match (before, read_key_file(folder)) {
        (Some(before), Ok(there)) if before == there => KeyFileWrite::NotWritten(error),
        _ => KeyFileWrite::Uncertain(error),
    })
}

/// Makes an entry in the keyring with a new slot key and returns that; nothing where the entry that is there opens the vault, which
/// is never overwritten. It is written before any slot relies on it.
fn keyring_entry(
    access: &Access,
    keyring: &dyn Keyring,
    generation: u64,
    random: &mut Random,
) -> Result<Option<SlotKey>, KeyringError> {
    let vault = access.vault();
    let new = |generation, random: &mut Random| KeyringEntry { slot_key: SlotKey::make(random), generation };
    let entry = match keyring::load(keyring, vault) {
        Ok(entry) if access.opens_by(&entry.slot_key) => return Ok(None),
        Ok(entry) => {
            // A key that opens nothing here. What it remembers stays.
            let entry = new(generation.max(entry.generation), random);
            keyring::put(keyring, vault, &entry)?;
            entry
        }
        Err(KeyringError::NoEntry) => {
            let entry = new(generation, random);
            keyring::create(keyring, vault, &entry)?;
            entry
        }
        Err(error) => return Err(error),
    };
    Ok(Some(entry.slot_key))
}
