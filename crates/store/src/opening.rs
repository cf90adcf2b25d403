//! Opening a vault. A key that is missing beside it is told to the user, and nothing makes a new one.

use std::io;
use std::path::Path;
use std::sync::Arc;

use rand_core::CryptoRng;
use satchel_seal::RecordError;

use crate::cache::{Cache, Opening};
use crate::compaction::{COMPACT_FACTOR, CompactError};
use crate::disk::make_folder;
use crate::erasure;
use crate::finding::{Damage, Finding};
use crate::generation::OwnRecord;
use crate::index::{Index, Mark, Written};
use crate::journal::{HeaderError, Table};
use crate::journal_file::{Condition, JOURNAL, JournalFile, OpenJournalError, VaultLock, is_something_aside};
use crate::key_file::KeyFileError;
use crate::keyring::{Keyring, KeyringError};
use crate::keys::{Keys, Shelf};
use crate::record::RecordId;
use crate::rotation;
use crate::salvage::Taken;
use crate::snapshot::{self, Snapshot};
use crate::summaries::Summaries;
use crate::unlocking::{Unlock, UnlockError, unlock};
use crate::vault::{Random, ReadError, Vault, WriteError};

/// The key file's name in the vault's folder.
pub const KEY_FILE: &str = "vault.keys";

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
         Open the vault with the recovery words, or ask your IT to restore the keyring, or the file {KEY_FILE}, from a backup"
    )]
    OtherKey,
    /// The secret that was given does not open it.
    #[error(transparent)]
    Unlock(#[from] UnlockError),
    /// Key file and journal are of different rotations of the vault key.
    #[error(
        "the vault's key file does not fit its journal; one of them was restored from a backup without the other. Nothing was \
         changed. Ask your IT to restore {KEY_FILE} and {JOURNAL} from the same backup"
    )]
    OtherRotation,
    /// Its erasure was begun.
    #[error(
        "this vault is being erased by order of your firm, and no key opens it any more. Ask your firm before you go on"
    )]
    BeingErased,
    /// The journal is not there, but the rest is.
    #[error(
        "the vault's journal is missing, so the vault cannot be opened. Nothing was changed. Ask your IT to restore the file \
         {JOURNAL} from a backup"
    )]
    JournalMissing,
    /// Only builds from before the first release wrote such vaults.
    #[error(
        "this vault was made by a build of Satchel from before its first release, which this one does not read. Nothing was changed. \
         Move Satchel's folder away to begin anew"
    )]
    BeforeRelease,
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
            OpenJournalError::Header(HeaderError::BeforeRelease) => Self::BeforeRelease,
            OpenJournalError::Header(error) => Self::Journal(error),
            OpenJournalError::Io(error) => Self::Io(error),
            OpenJournalError::Exists => Self::Io(io::ErrorKind::AlreadyExists.into()),
        }
    }
}

impl Vault {
    /// Tells whether there is a vault in a folder, be it damaged: whether it is to be opened rather than made.
    ///
    /// # Errors
    /// Where that cannot be told. It is then not to be taken for an empty folder.
    pub fn is_in(folder: &Path) -> io::Result<bool> {
        Ok(folder.join(KEY_FILE).try_exists()? || folder.join(JOURNAL).try_exists()? || erasure::has_begun(folder)?)
    }

    /// Opens the vault in a folder by the OS keyring.
    ///
    /// # Errors
    /// [`OpenVaultError`]. What is no obstacle is returned as findings.
    pub fn open(
        folder: &Path,
        keyring: &dyn Keyring,
        random: impl CryptoRng + Send + 'static,
    ) -> Result<(Self, Vec<Finding>), OpenVaultError> {
        open(folder, &Unlock::ByKeyring(keyring), Box::new(random))
    }
}

pub(crate) fn open(folder: &Path, by: &Unlock<'_>, random: Random) -> Result<(Vault, Vec<Finding>), OpenVaultError> {
    if !Vault::is_in(folder)? {
        return Err(OpenVaultError::Missing);
    }
    let lock = VaultLock::take(folder)?;
    let (access, remembered) = unlock(folder, by)?;
    let id = access.vault();
    let keys = Keys::derive(&access.key, id).map_err(own_record)?;
    let chain_key = Arc::new(access.key.derive_chain_key(id).map_err(own_record)?);
    rotation::settle(folder, &access, &keys, &chain_key)?;
    let mut found = JournalFile::find(lock, id, chain_key)?;
    // Damage behind a snapshot may stand before it as well, so all of it is read.
    let snapshot = match snapshot::read(folder, &keys, &mut found) {
        Some(snapshot) if !found.is_damaged_from(snapshot.at)? => Some(snapshot),
        _ => None,
    };
    let (from, mut index, mut summaries) = match snapshot {
        Some(Snapshot { at, index, summaries }) => (Some(at), index, summaries),
        None => (None, Index::default(), Summaries::default()),
    };
    let (journal, condition) = found.open(from, |entry, offset, before| {
        let opens = keys.open((Shelf::Journal, entry.table), &entry.address, &entry.record).is_ok();
        if !(opens && index.follows(entry.table, &entry.address, before)) {
            return Taken::No;
        }
        let written = Written { offset, bytes: entry.length(), mark: Mark::of(&entry.record) };
        index.take(entry.table, &entry.address, written);
        // A record that was deleted and put again may have the revision of the summary that was kept.
        summaries.forget(entry.table, RecordId::from_bytes(entry.address.id));
        Taken::Yes
    })?;
    let mut findings = Vec::from_iter(match condition {
        Condition::Whole => None,
        Condition::Cut(path) => Some(Finding::LastWriteCut(path)),
        Condition::Damaged(kept, gaps) => Some(Finding::JournalDamaged(Damage { kept, gaps, lost: index.lost() })),
    });
    let (cache, opening) = Cache::open(folder);
    if opening == Opening::Anew {
        findings.push(Finding::CacheRebuilt);
    }
    let verification = from.map(|_| journal.verification()).transpose()?;
    let snapshot_sequence = from.map_or(0, |from| from.next_sequence);
    let folder = folder.to_owned();
    let mut vault =
        Vault { id, folder, access, journal, keys, index, cache, summaries, snapshot_sequence, verification, random };
    if is_damaged(&findings) {
        // What could be read becomes the journal before anything is added to it.
        vault.compact()?;
    }
    let own = vault.note_opening(&remembered, &mut findings)?;
    if vault.is_worth_compacting(COMPACT_FACTOR) {
        // The journal is as good as before if this fails; the next opening tries again.
        vault.compact().ok();
    }
    vault.tidy_attachments(own, &mut findings)?;
    Ok((vault, findings))
}

fn own_record(error: RecordError) -> OpenVaultError {
    OpenVaultError::OwnRecord(error.into())
}

pub(crate) fn is_damaged(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| matches!(finding, Finding::JournalDamaged(_)))
}

impl Vault {
    /// Removes sealed files whose sealing never ended, or whose key never reached the journal; but nothing that a journal may
    /// list which is not this one.
    fn tidy_attachments(&mut self, own: OwnRecord, findings: &mut Vec<Finding>) -> Result<(), OpenVaultError> {
        let folder = self.attachments();
        make_folder(folder.path())?;
        let listed = self.ids(Table::Attachments);
        let may_be_listed_elsewhere = own.was_older_copy || is_something_aside(&self.folder)?;
        folder.tidy((!may_be_listed_elsewhere).then_some(listed.as_slice()))?;
        let missing: Vec<_> = listed.into_iter().filter(|id| !folder.has(*id)).collect();
        if !missing.is_empty() {
            findings.push(Finding::AttachmentsMissing(missing));
        }
        Ok(())
    }
}

impl From<CompactError> for OpenVaultError {
    fn from(error: CompactError) -> Self {
        match error {
            CompactError::Read(error) => error.into(),
            CompactError::Write(error) => Self::Io(error),
            CompactError::TooLong => Self::Io(io::ErrorKind::InvalidData.into()),
        }
    }
}

impl From<ReadError> for OpenVaultError {
    fn from(error: ReadError) -> Self {
        Self::OwnRecord(error.into())
    }
}
