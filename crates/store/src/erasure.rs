//! Erasing a vault: its keys first, then its files. Whatever interrupts it, what is left opens by no key once it has begun, and the next
//! call goes on.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use satchel_terms::VaultId;

use crate::disk::{self, DiskFile, sync_folder};
use crate::files::{names_in, remove_if_there, write_file};
use crate::journal::{HEADER_BYTES, Header, HeaderError};
use crate::journal_file::{JOURNAL, LOCK, OpenJournalError, VaultLock};
use crate::key_file::{FILE_BYTES_MAX, KeyFile};
use crate::keyring::{Keyring, KeyringError};
use crate::opening::KEY_FILE;
use crate::vault::Vault;

#[cfg(test)]
mod tests;

/// The mark of an erasure that has begun. It holds the vault's id, a line.
const MARK: &str = "vault.erasing";

/// The right to erase one vault.
///
/// **Only a command of the firm makes it.** This package knows no signatures. Whoever makes an order has verified a statement
/// that the firm's admin key signed, for this vault, in the same function, and has seen to it that what the firm wants to keep was
/// recovered. It is neither `Clone` nor kept anywhere: a second call needs the command once more.
#[derive(Debug)]
pub struct EraseOrder {
    vault: VaultId,
}

impl EraseOrder {
    /// Takes note that the firm's verified command names this vault.
    #[must_use]
    pub const fn commanded_by_firm(vault: VaultId) -> Self {
        Self { vault }
    }
}

/// What became of the keyring's entry.
#[derive(Debug)]
pub enum KeyringErased {
    /// It is gone.
    Gone,
    /// There was none.
    WasNotThere,
    /// There is no keyring.
    NoKeyring,
    /// It could not be deleted. It opens nothing any more; the next call tries again.
    Left(KeyringError),
}

/// What an erasure did.
#[derive(Debug)]
pub struct Erased {
    /// What became of the keyring's entry.
    pub keyring: KeyringErased,
    /// How many files were removed.
    pub files: u64,
    /// How many bytes they had.
    pub bytes: u64,
    /// What could not be removed, and why. No key opens it.
    pub left: Vec<(PathBuf, io::Error)>,
}

impl Erased {
    /// Tells whether nothing is left, so that no further call is needed.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.left.is_empty() && !matches!(self.keyring, KeyringErased::Left(_))
    }
}

/// Says why a vault's keys were not destroyed.
#[derive(Debug, thiserror::Error)]
pub enum EraseError {
    /// The command names another vault.
    #[error("the command to erase names another vault. Nothing was erased")]
    OtherVault,
    /// It is open.
    #[error("the vault is open, so nothing was erased. Close Satchel's other windows")]
    InUse,
    /// A file cannot be written or removed.
    #[error("the vault's keys could not be destroyed on disk, so the erasure has to be tried again")]
    Io(#[from] io::Error),
}

/// Erases the vault in a folder: marks it, destroys the file of key slots and the keyring's entry, then removes every file. From the
/// mark on it opens no more. A kill before leaves the whole vault. Where nothing is, nothing is done.
///
/// What was overwritten may still stand on flash storage, in snapshots of the file system and in backups.
///
/// # Errors
/// [`EraseError`].
pub fn erase(folder: &Path, keyring: Option<&dyn Keyring>, order: &EraseOrder) -> Result<Erased, EraseError> {
    erase_stepwise(folder, keyring, order, &mut |_| Ok(()))
}

/// Returns the vault of a folder whose erasure has begun and is to be gone on with; nothing where none has.
///
/// # Errors
/// Where that cannot be told, or the mark names no vault.
pub fn erasing(folder: &Path) -> io::Result<Option<VaultId>> {
    if !has_begun(folder)? {
        return Ok(None);
    }
    let mut mark = String::new();
    io::Read::read_to_string(&mut io::Read::take(fs::File::open(folder.join(MARK))?, 100), &mut mark)?;
    mark.trim_end().parse().map(Some).map_err(|_| io::ErrorKind::InvalidData.into())
}

/// Tells whether an erasure of the vault in this folder has begun.
pub(crate) fn has_begun(folder: &Path) -> io::Result<bool> {
    folder.join(MARK).try_exists()
}

/// How far an erasure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Marked,
    KeysOverwritten,
    KeysRemoved,
    EntryDeleted,
    FilesRemoved,
}

/// As [`erase`], and calls `reached` after each step; an error of it is taken for one of the disk.
pub(crate) fn erase_stepwise(
    folder: &Path,
    keyring: Option<&dyn Keyring>,
    order: &EraseOrder,
    reached: &mut dyn FnMut(Step) -> io::Result<()>,
) -> Result<Erased, EraseError> {
    let mut erased = Erased { keyring: KeyringErased::NoKeyring, files: 0, bytes: 0, left: Vec::new() };
    // Never a folder that is not a vault's, whoever asks.
    if Vault::is_in(folder)? {
        let lock = VaultLock::take(folder).map_err(|error| match error {
            OpenJournalError::Io(error) => EraseError::Io(error),
            OpenJournalError::InUse
            | OpenJournalError::Exists
            | OpenJournalError::Missing
            | OpenJournalError::Header(_) => EraseError::InUse,
        })?;
        check_vault(folder, order.vault)?;
        if !has_begun(folder)? {
            // On a full disk it does without: what follows needs no room, and the next call is told the vault by its command.
            write_file(folder, MARK, format!("{}\n", order.vault).as_bytes()).ok();
        }
        reached(Step::Marked)?;
        destroy_keys(folder, &mut erased, reached)?;
        erased.keyring = delete_entry(keyring, order.vault);
        reached(Step::EntryDeleted)?;
        remove_files(folder, &mut erased)?;
        reached(Step::FilesRemoved)?;
        drop(lock);
        finish(folder, &mut erased);
    } else {
        erased.keyring = delete_entry(keyring, order.vault);
    }
    Ok(erased)
}

/// Fails where the folder's vault is another one. A folder that does not tell is taken for the one that is named.
fn check_vault(folder: &Path, vault: VaultId) -> Result<(), EraseError> {
    let bytes = |name: &str, most: usize| -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        match fs::File::open(folder.join(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            file => {
                io::Read::read_to_end(&mut io::Read::take(file?, most as u64), &mut bytes)?;
            }
        }
        Ok(bytes)
    };
    let mark = bytes(MARK, 100)?;
    let marked = std::str::from_utf8(&mark).ok().and_then(|text| text.trim_end().parse::<VaultId>().ok());
    let keys = bytes(KEY_FILE, FILE_BYTES_MAX + 1)?;
    let named = std::str::from_utf8(&keys).ok().and_then(|text| KeyFile::from_text_of_any(text).ok());
    let header = Header::from_bytes(&bytes(JOURNAL, HEADER_BYTES)?, vault);
    let other = |found: Option<VaultId>| found.is_some_and(|found| found != vault);
    if other(marked) || other(named.map(|file| file.vault())) || header == Err(HeaderError::OtherVault) {
        return Err(EraseError::OtherVault);
    }
    Ok(())
}

/// Overwrites and removes every file that holds key slots.
fn destroy_keys(folder: &Path, erased: &mut Erased, reached: &mut dyn FnMut(Step) -> io::Result<()>) -> io::Result<()> {
    let holders: Vec<_> = names_in(folder)?.into_iter().filter(|(name, _)| name.starts_with(KEY_FILE)).collect();
    for (_, path) in &holders {
        overwrite(path)?;
    }
    reached(Step::KeysOverwritten)?;
    for (_, path) in &holders {
        erased.count(path);
        remove_if_there(path)?;
    }
    sync_folder(folder)?;
    reached(Step::KeysRemoved)
}

fn overwrite(path: &Path) -> io::Result<()> {
    let mut file = DiskFile::open(path)?;
    let length = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX).min(FILE_BYTES_MAX);
    file.write_all(&vec![0; length])?;
    file.sync_all()
}

fn delete_entry(keyring: Option<&dyn Keyring>, vault: VaultId) -> KeyringErased {
    match keyring.map(|keyring| keyring.delete(vault)) {
        None => KeyringErased::NoKeyring,
        Some(Ok(())) => KeyringErased::Gone,
        Some(Err(KeyringError::NoEntry)) => KeyringErased::WasNotThere,
        Some(Err(error)) => KeyringErased::Left(error),
    }
}

/// Removes everything but the mark and the lock, the journal last, by which the folder is known as a vault's. What cannot be
/// removed is listed, and does not keep the rest.
fn remove_files(folder: &Path, erased: &mut Erased) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let stays = path.file_name().is_some_and(|name| name == MARK || name == LOCK || name == JOURNAL);
        if !stays {
            erased.remove(path);
        }
    }
    let journal = folder.join(JOURNAL);
    if journal.try_exists()? {
        erased.remove(journal);
    }
    Ok(())
}

/// Removes the lock, the mark and the folder, once nothing else is left.
fn finish(folder: &Path, erased: &mut Erased) {
    if !erased.is_complete() {
        return;
    }
    for path in [folder.join(LOCK), folder.join(MARK)] {
        if let Err(error) = remove_if_there(&path) {
            erased.left.push((path, error));
        }
    }
    let gone = disk::remove_folder(folder).and_then(|()| folder.parent().map_or(Ok(()), sync_folder));
    if let Err(error) = gone {
        erased.left.push((folder.to_owned(), error));
    }
}

impl Erased {
    fn count(&mut self, path: &Path) {
        self.files += 1;
        self.bytes += fs::symlink_metadata(path).map_or(0, |metadata| metadata.len());
    }

    /// Removes a file, or a folder with what is in it. A link is removed, and what it points to is left alone.
    fn remove(&mut self, path: PathBuf) {
        let is_folder = fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_dir());
        if !is_folder {
            let bytes = fs::symlink_metadata(&path).map_or(0, |metadata| metadata.len());
            match disk::remove_file(&path) {
                Ok(()) => (self.files, self.bytes) = (self.files + 1, self.bytes + bytes),
                Err(error) => self.left.push((path, error)),
            }
            return;
        }
        match fs::read_dir(&path) {
            Ok(entries) => entries.flatten().for_each(|entry| self.remove(entry.path())),
            Err(error) => return self.left.push((path, error)),
        }
        if let Err(error) = disk::remove_folder(&path) {
            self.left.push((path, error));
        }
    }
}
