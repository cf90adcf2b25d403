//! Making a vault, and opening it. Never the one in place of the other: a key that is missing beside a vault is told to the
//! user, and nothing makes a new one.

use std::fmt;
use std::fs;
use std::io::{self, Read as _};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use rand_core::CryptoRng;
use satchel_seal::{RecordError, SlotBinding, SlotError, SlotKey, SlotKind, VaultKey};
use satchel_terms::{FixedBytes, VaultId};
use serde::{Deserialize, Serialize};

use crate::attachment::AttachmentFolder;
use crate::cache::{Cache, Opening};
use crate::files::{lock, make_folder, sync_folder, write_file};
use crate::index::{Index, Mark, Written};
use crate::journal::{HeaderError, Table};
use crate::journal_file::{Condition, JOURNAL, JournalFile, OpenJournalError, VaultLock, is_something_aside};
use crate::key_file::{FILE_BYTES_MAX, KeyFile, KeyFileError, KeyringEntry, Slot};
use crate::keyring::{self, Keyring, KeyringError};
use crate::keys::{Keys, Shelf};
use crate::record::RecordId;
use crate::vault::{Random, ReadError, Vault, WriteError};

/// The key file's name in the vault's folder.
pub const KEY_FILE: &str = "vault.keys";

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

/// Says why a vault was not opened. Everything in it is as it was.
#[derive(Debug, thiserror::Error)]
pub enum OpenVaultError {
    /// There is no vault in the folder.
    #[error("there is no vault in Satchel's folder")]
    Missing,
    /// Another Satchel has it open.
    #[error("Satchel is open already. Use the window that is open")]
    InUse,
    /// The file of key slots is not there, but the rest is.
    #[error(
        "the vault's key file is missing, so the vault cannot be opened. Nothing was changed. Ask your IT to restore the file \
         {KEY_FILE} from a backup"
    )]
    KeyFileMissing,
    /// The file of key slots cannot be used.
    #[error(
        "the vault's key file cannot be used. Nothing was changed. Ask your IT to restore the file {KEY_FILE} from a backup"
    )]
    KeyFile(#[from] KeyFileError),
    /// The keyring did not give the key.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// The key of the keyring is another one.
    #[error(
        "the key in this computer's keyring does not open this vault; one of them was restored or replaced. Nothing was changed. \
         Ask your IT to restore the keyring, or the file {KEY_FILE}, from a backup"
    )]
    OtherKey,
    /// The journal is not there, but the rest is.
    #[error(
        "the vault's journal is missing, so the vault cannot be opened. Nothing was changed. Ask your IT to restore the file \
         {JOURNAL} from a backup"
    )]
    JournalMissing,
    /// The file is not this vault's journal.
    #[error(
        "the vault's journal cannot be used. Nothing was changed. Ask your IT to restore the file {JOURNAL} from a backup"
    )]
    Journal(#[source] HeaderError),
    /// The folder cannot be read or written.
    #[error(
        "the vault could not be read from disk. Nothing was changed. Check that the disk is there and has room, then try again"
    )]
    Io(#[from] io::Error),
    /// The vault's own record could not be read or written.
    #[error("the vault could not be made ready. What is in it is safe. Check that the disk has room, then try again")]
    OwnRecord(#[source] WriteError),
}

impl From<OpenJournalError> for OpenVaultError {
    fn from(error: OpenJournalError) -> Self {
        match error {
            OpenJournalError::InUse => Self::InUse,
            OpenJournalError::Missing => Self::JournalMissing,
            OpenJournalError::Header(error) => Self::Journal(error),
            OpenJournalError::Io(error) => Self::Io(error),
            OpenJournalError::Exists => Self::Io(io::ErrorKind::AlreadyExists.into()),
        }
    }
}

impl From<SlotError> for OpenVaultError {
    fn from(error: SlotError) -> Self {
        match error {
            SlotError::NotAuthentic => Self::OtherKey,
        }
    }
}

/// What opening found and the user should hear. The vault works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The last write never ended. Its bytes were moved to this file.
    LastWriteCut(PathBuf),
    /// The journal was damaged. It is kept whole in this file; what follows the damage is not in the vault.
    JournalDamaged(PathBuf),
    /// The vault is an older copy than the one that was open last.
    OlderCopy,
    /// The keyring did not note that the vault was opened, so an older copy may not be noticed next time.
    NotNotedInKeyring,
    /// The cache was damaged and is being built anew.
    CacheRebuilt,
    /// These attachments are listed, but their sealed files are gone.
    AttachmentsMissing(Vec<RecordId>),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LastWriteCut(path) => write!(
                f,
                "Satchel or the computer stopped in the middle of a write. Everything that was shown as saved before it is \
                 there. Check the last thing you typed; what was cut off is kept in {}",
                path.display()
            ),
            Self::JournalDamaged(path) => write!(
                f,
                "The vault's journal was damaged on disk. Everything before the damage is there; newer changes may be missing. \
                 The damaged file is kept as {}. Check your drafts, and give the file to your IT",
                path.display()
            ),
            Self::OlderCopy => f.write_str(
                "This vault is an older copy than the one that was open last on this computer, perhaps from a backup. Newer \
                 changes are not in it. Check your drafts and the outbox before you send anything",
            ),
            Self::NotNotedInKeyring => f.write_str(
                "This computer's keyring could not note that the vault was opened. Nothing is lost; but if the vault is ever \
                 replaced by an older copy, Satchel may not notice",
            ),
            Self::CacheRebuilt => f.write_str(
                "A cache that makes lists faster was damaged and is being built anew. Nothing is lost, and nothing is to be done",
            ),
            Self::AttachmentsMissing(ids) => write!(
                f,
                "{} attached files are missing from Satchel's folder. The rest is there. Attach the files again, or ask your IT \
                 to restore the folder from a backup",
                ids.len()
            ),
        }
    }
}

/// What the vault notes of itself.
#[derive(Debug, Default, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct OwnRecord {
    /// How often it was opened.
    generation: u64,
    /// It was once found to be an older copy. Sealed files that it does not list may be those of the newer one.
    was_older_copy: bool,
}

impl Vault {
    /// Tells whether there is a vault in a folder, be it damaged: whether it is to be opened rather than made.
    ///
    /// # Errors
    /// Where that cannot be told. It is then not to be taken for an empty folder.
    pub fn is_in(folder: &Path) -> io::Result<bool> {
        Ok(folder.join(KEY_FILE).try_exists()? || folder.join(JOURNAL).try_exists()?)
    }

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

    /// Opens the vault in a folder.
    ///
    /// # Errors
    /// [`OpenVaultError`]. What is no obstacle is returned as findings.
    pub fn open(
        folder: &Path,
        keyring: &dyn Keyring,
        random: impl CryptoRng + Send + 'static,
    ) -> Result<(Self, Vec<Finding>), OpenVaultError> {
        open(folder, keyring, Box::new(random))
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
    drop(JournalFile::create(folder, id).map_err(OpenVaultError::from)?);
    make_folder(AttachmentFolder::of_vault(folder).path())?;
    write_file(folder, KEY_FILE, file.to_text().map_err(OpenVaultError::from)?.as_bytes())?;
    Ok(())
}

fn open(folder: &Path, keyring: &dyn Keyring, random: Random) -> Result<(Vault, Vec<Finding>), OpenVaultError> {
    if !Vault::is_in(folder)? {
        return Err(OpenVaultError::Missing);
    }
    let lock = VaultLock::take(folder)?;
    let key_file = read_key_file(folder)?;
    let id = key_file.vault();
    let entry = keyring::load(keyring, id)?;
    let key = key_file.open_by_keyring(&entry.slot_key)?;
    let keys = Keys::derive(&key, id).map_err(|error: RecordError| OpenVaultError::OwnRecord(error.into()))?;
    let mut index = Index::default();
    let (journal, condition) = JournalFile::open(lock, id, |found, offset| {
        let opens = keys.open((Shelf::Journal, found.table), &found.address, &found.record).is_ok();
        let counts = opens && index.follows(found.table, &found.address);
        if counts {
            let written = Written { offset, bytes: found.length(), mark: Mark::of(&found.record) };
            index.take(found.table, &found.address, written);
        }
        counts
    })?;
    let mut findings = Vec::from_iter(match condition {
        Condition::Whole => None,
        Condition::Cut(path) => Some(Finding::LastWriteCut(path)),
        Condition::Damaged(path) => Some(Finding::JournalDamaged(path)),
    });
    let (cache, opening) = Cache::open(folder);
    if opening == Opening::Anew {
        findings.push(Finding::CacheRebuilt);
    }
    let mut vault = Vault { id, folder: folder.to_owned(), journal, keys, index, cache, random };
    let own = vault.note_opening(keyring, &entry, &mut findings)?;
    if vault.is_worth_compacting() {
        // The journal is as good as before if this fails; the next opening tries again.
        vault.compact().ok();
    }
    vault.tidy_attachments(own, &mut findings)?;
    Ok((vault, findings))
}

fn read_key_file(folder: &Path) -> Result<KeyFile, OpenVaultError> {
    let file = match fs::File::open(folder.join(KEY_FILE)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(OpenVaultError::KeyFileMissing),
        other => other?,
    };
    let mut bytes = Vec::new();
    file.take(FILE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes)?;
    let text = String::from_utf8(bytes).map_err(|_| KeyFileError::Damaged)?;
    Ok(KeyFile::from_text_of_any(&text)?)
}

impl Vault {
    /// Counts the opening, in the journal first and then in the keyring, and notices an older copy.
    fn note_opening(
        &mut self,
        keyring: &dyn Keyring,
        entry: &KeyringEntry,
        findings: &mut Vec<Finding>,
    ) -> Result<OwnRecord, OpenVaultError> {
        let read = self.read::<OwnRecord>(Table::Settings, RecordId::VAULT);
        let mut own = read.map_err(|error| OpenVaultError::OwnRecord(error.into()))?.unwrap_or_default();
        let lost_to_damage = findings.iter().any(|finding| matches!(finding, Finding::JournalDamaged(_)));
        if own.generation < entry.generation && !lost_to_damage {
            findings.push(Finding::OlderCopy);
            own.was_older_copy = true;
        }
        own.generation = own.generation.max(entry.generation).saturating_add(1);
        self.put_whole(Table::Settings, RecordId::VAULT, &own).map_err(OpenVaultError::OwnRecord)?;
        if keyring::note_generation(keyring, self.id, entry, own.generation).is_err() {
            findings.push(Finding::NotNotedInKeyring);
        }
        Ok(own)
    }

    /// Removes sealed files whose sealing never ended, or whose key never reached the journal; but nothing that a journal may
    /// list which is not this one.
    fn tidy_attachments(&mut self, own: OwnRecord, findings: &mut Vec<Finding>) -> Result<(), OpenVaultError> {
        let folder = self.attachments();
        make_folder(folder.path())?;
        let listed = self.ids(Table::Attachments);
        let may_be_listed_elsewhere = own.was_older_copy || is_something_aside(&self.folder)?;
        folder.tidy((!may_be_listed_elsewhere).then_some(&listed))?;
        let missing: Vec<_> = listed.into_iter().filter(|id| !folder.has(*id)).collect();
        if !missing.is_empty() {
            findings.push(Finding::AttachmentsMissing(missing));
        }
        Ok(())
    }
}

impl From<ReadError> for OpenVaultError {
    fn from(error: ReadError) -> Self {
        Self::OwnRecord(error.into())
    }
}
