//! Getting a vault's key: by the OS keyring, or by a secret that somebody brings.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use rand_core::CryptoRng;
use satchel_seal::{DeriveError, Passphrase, RecipientSecret, RecoveryWords, SlotKey, VaultKey};
use satchel_terms::VaultId;

use crate::erasure;
use crate::finding::Finding;
use crate::key_file::{FILE_BYTES_MAX, KeyFile, KeyFileError, KeyringEntry};
use crate::keyring::{self, Keyring, KeyringError};
use crate::opening::{KEY_FILE, OpenVaultError, open};
use crate::slots::{SlotFault, Way, Wrapping};
use crate::vault::{Random, Vault};

/// A secret that opens a vault where the keyring does not.
#[derive(Debug, Clone, Copy)]
pub enum Secret<'a> {
    /// The passphrase.
    Passphrase(&'a Passphrase),
    /// The recovery words.
    RecoveryWords(&'a RecoveryWords),
    /// The firm's recovery key.
    FirmRecovery(&'a RecipientSecret),
}

/// Says why a secret does not open a vault. Nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnlockError {
    /// The keyring's key has no slot.
    #[error("this vault does not open by the computer's keyring. Type its passphrase")]
    NotByKeyring,
    /// There is no passphrase.
    #[error("this vault has no passphrase. It opens by the computer's keyring")]
    NoPassphrase,
    /// It is another one.
    #[error(
        "this is not the vault's passphrase. Nothing was changed. Mind capital letters and the keyboard's language, then try again"
    )]
    WrongPassphrase,
    /// No recovery words were kept.
    #[error(
        "no recovery words were kept for this vault. Nothing was changed. Open it as usual, or ask your IT whether the firm can recover it"
    )]
    NoRecoveryWords,
    /// They are those of another vault, or older ones.
    #[error(
        "these recovery words are well-formed, but not those of this vault: they belong to another vault, or newer ones were made \
         since. Nothing was changed. Look for the newest sheet of this computer"
    )]
    WrongRecoveryWords,
    /// The firm has no slot.
    #[error("this vault was never prepared for recovery by the firm")]
    NoFirmRecovery,
    /// It is another one.
    #[error(
        "this recovery key is not the one that the vault was prepared for. Nothing was changed. Ask your firm for the right one"
    )]
    WrongFirmKey,
    /// The passphrase could not be reckoned with.
    #[error(transparent)]
    Derive(#[from] DeriveError),
}

impl Secret<'_> {
    /// Opens the key file.
    pub(crate) fn open(&self, file: &KeyFile) -> Result<VaultKey, UnlockError> {
        let opened = match self {
            Self::Passphrase(passphrase) => file.open_by_passphrase(passphrase),
            Self::RecoveryWords(words) => file.open_by_words(words),
            Self::FirmRecovery(recovery) => file.open_by_firm(recovery),
        };
        opened.map_err(|fault| match fault {
            SlotFault::None => self.without_slot(),
            SlotFault::NotAuthentic => self.wrong(),
            SlotFault::Derive(error) => UnlockError::Derive(error),
        })
    }

    const fn without_slot(&self) -> UnlockError {
        match self {
            Self::Passphrase(_) => UnlockError::NoPassphrase,
            Self::RecoveryWords(_) => UnlockError::NoRecoveryWords,
            Self::FirmRecovery(_) => UnlockError::NoFirmRecovery,
        }
    }

    const fn wrong(&self) -> UnlockError {
        match self {
            Self::Passphrase(_) => UnlockError::WrongPassphrase,
            Self::RecoveryWords(_) => UnlockError::WrongRecoveryWords,
            Self::FirmRecovery(_) => UnlockError::WrongFirmKey,
        }
    }
}

impl Vault {
    /// Lists the ways into the vault in a folder, and opens nothing.
    ///
    /// # Errors
    /// [`OpenVaultError`], where there is no vault or its key file cannot be used.
    pub fn ways(folder: &Path) -> Result<Vec<Way>, OpenVaultError> {
        if !Self::is_in(folder)? {
            return Err(OpenVaultError::Missing);
        }
        Ok(read_key_file(folder)?.ways())
    }

    /// Opens the vault in a folder by a secret. The keyring, where there is one, only notes that the vault was opened.
    ///
    /// # Errors
    /// [`OpenVaultError`]. What is no obstacle is returned as findings.
    pub fn open_by(
        folder: &Path,
        secret: &Secret<'_>,
        keyring: Option<&dyn Keyring>,
        random: impl CryptoRng + Send + 'static,
    ) -> Result<(Self, Vec<Finding>), OpenVaultError> {
        open(folder, &Unlock::BySecret(*secret, keyring), Box::new(random))
    }
}

/// How a vault is to be opened.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Unlock<'a> {
    ByKeyring(&'a dyn Keyring),
    BySecret(Secret<'a>, Option<&'a dyn Keyring>),
}

/// The key of an open vault, and the file whose slots wrap it. The file on disk is this one.
#[derive(Debug)]
pub(crate) struct Access {
    pub(crate) key: VaultKey,
    pub(crate) file: KeyFile,
}

impl Access {
    pub(crate) const fn vault(&self) -> VaultId {
        self.file.vault()
    }

    /// Returns what new slots are made of.
    pub(crate) const fn wrapping(&self) -> Wrapping<'_> {
        Wrapping { key: &self.key, vault: self.file.vault(), rotation: self.file.rotation() }
    }

    /// Fails where a secret does not open this vault now. A slot that opens to another key was made by somebody else.
    pub(crate) fn prove(&self, secret: &Secret<'_>) -> Result<(), UnlockError> {
        if secret.open(&self.file)?.is(&self.key) { Ok(()) } else { Err(secret.wrong()) }
    }

    /// Tells whether the keyring's key opens this vault.
    pub(crate) fn opens_by(&self, slot_key: &SlotKey) -> bool {
        self.file.open_by_keyring(slot_key).is_ok_and(|key| key.is(&self.key))
    }
}

/// Gets the key of the vault in a folder, whose lock is held, and what the keyring remembers of it.
pub(crate) fn unlock<'a>(folder: &Path, unlock: &Unlock<'a>) -> Result<(Access, Remembered<'a>), OpenVaultError> {
    let file = read_key_file(folder)?;
    match unlock {
        Unlock::ByKeyring(keyring) => {
            if !file.has(Way::Keyring) && file.has(Way::Passphrase) {
                return Err(UnlockError::NotByKeyring.into());
            }
            let entry = keyring::load(*keyring, file.vault())?;
            let key = file.open_by_keyring(&entry.slot_key).map_err(|_| OpenVaultError::OtherKey)?;
            Ok((Access { key, file }, Remembered::Entry(*keyring, entry)))
        }
        Unlock::BySecret(secret, keyring) => {
            let access = Access { key: secret.open(&file)?, file };
            let remembered = Remembered::of(*keyring, &access);
            Ok((access, remembered))
        }
    }
}

pub(crate) fn read_key_file(folder: &Path) -> Result<KeyFile, OpenVaultError> {
    if erasure::has_begun(folder)? {
        return Err(OpenVaultError::BeingErased);
    }
    let file = match fs::File::open(folder.join(KEY_FILE)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(OpenVaultError::KeyFileMissing),
        other => other?,
    };
    let mut bytes = Vec::new();
    file.take(FILE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes)?;
    let text = String::from_utf8(bytes).map_err(|_| KeyFileError::Damaged)?;
    Ok(KeyFile::from_text_of_any(&text)?)
}

/// What a keyring remembers of a vault's openings.
#[derive(Debug)]
pub(crate) enum Remembered<'a> {
    /// An entry with a generation.
    Entry(&'a dyn Keyring, KeyringEntry),
    /// An entry with a generation, whose key does not open the slot that the vault has for it.
    OtherEntry(&'a dyn Keyring, KeyringEntry),
    /// Nothing yet, and no slot needs an entry; so one may be made.
    Nothing(&'a dyn Keyring),
    /// The entry that a slot needs is not there. It is made by whoever restores the keyring's way, and by nobody else.
    Lost,
    /// The keyring is there, and does not say.
    Silent,
    /// There is no keyring.
    NoKeyring,
}

impl<'a> Remembered<'a> {
    fn of(keyring: Option<&'a dyn Keyring>, access: &Access) -> Self {
        let Some(keyring) = keyring else { return Self::NoKeyring };
        let has_slot = access.file.has(Way::Keyring);
        match keyring::load(keyring, access.vault()) {
            Ok(entry) if has_slot && !access.opens_by(&entry.slot_key) => Self::OtherEntry(keyring, entry),
            Ok(entry) => Self::Entry(keyring, entry),
            Err(KeyringError::NoEntry) if has_slot => Self::Lost,
            Err(KeyringError::NoEntry) => Self::Nothing(keyring),
            Err(KeyringError::NoService(_)) => Self::NoKeyring,
            Err(
                KeyringError::Locked(_)
                | KeyringError::Denied(_)
                | KeyringError::Form
                | KeyringError::Exists
                | KeyringError::NotKept,
            ) => Self::Silent,
        }
    }

    /// Returns the generation that was noted; 0 where none is known.
    pub(crate) const fn generation(&self) -> u64 {
        match self {
            Self::Entry(_, entry) | Self::OtherEntry(_, entry) => entry.generation,
            Self::Nothing(_) | Self::Lost | Self::Silent | Self::NoKeyring => 0,
        }
    }

    /// Notes a generation, and says what is to be told about the keyring. That there is none is told once: `told` is what the
    /// vault remembers of that.
    pub(crate) fn note(&self, vault: VaultId, generation: u64, told: Told, random: &mut Random) -> Option<Finding> {
        let noted = match self {
            Self::Entry(keyring, entry) | Self::OtherEntry(keyring, entry) => {
                keyring::note_generation(*keyring, vault, entry, generation).is_ok()
            }
            Self::Nothing(keyring) => {
                // Its key opens nothing; it is there so that every entry has one form.
                let entry = KeyringEntry { slot_key: SlotKey::make(random), generation };
                keyring::create(*keyring, vault, &entry).is_ok()
            }
            Self::Lost | Self::Silent | Self::NoKeyring => false,
        };
        match self {
            Self::NoKeyring => (told == Told::NotYet).then_some(Finding::NoKeyring),
            Self::Lost | Self::OtherEntry(..) => Some(Finding::KeyringDoesNotOpen),
            Self::Entry(..) | Self::Nothing(_) | Self::Silent => (!noted).then_some(Finding::NotNotedInKeyring),
        }
    }
}

/// Whether the user was told that there is no keyring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    NotYet,
    Before,
}
