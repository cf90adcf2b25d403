//! A whole vault from an export, where no vault is.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Write as _};
use std::num::NonZeroU32;
use std::path::Path;
use std::sync::Arc;

use rand_core::CryptoRng;
use satchel_seal::{RecordAddress, RecordError, RecordKind, VaultKey};
use satchel_terms::VaultId;

use super::contents::{Contents, Item};
use super::{Import, ImportError};
use crate::attachment::AttachmentFolder;
use crate::creation::{CreateVaultError, FirstWay, place_whole, write_first_slot};
use crate::disk::{DiskFile, make_folder, sync_folder};
use crate::export::{COPY_BYTES, OnProgress, TransferProgress};
use crate::finding::Finding;
use crate::generation::{OwnRecord, RestoredFrom};
use crate::journal::Table;
use crate::journal_file::{AppendError, JournalFile};
use crate::keyring::KeyringError;
use crate::keys::{Keys, Shelf};
use crate::opening::{OpenVaultError, open};
use crate::record::{Object, RecordId, RecordRuleError};
use crate::rewrite::Rewrite;
use crate::slots::Wrapping;
use crate::vault::{Random, Vault};

/// The revision of every record of a restored vault.
const FIRST_REVISION: u64 = 1;

/// Says why no vault was restored. What was there is as it was.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The file cannot be used.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// It holds one draft.
    #[error(
        "this file holds one draft and not a vault. Nothing was changed. Open a vault, then bring the draft into it"
    )]
    OneDraft,
    /// The vault could not be made, or did not open.
    #[error(transparent)]
    Create(#[from] CreateVaultError),
    /// There is no room for it.
    #[error("there is no room for what is in the file, so no vault was restored. Make room, then try again")]
    DiskFull(#[source] io::Error),
    /// A key could not be made, or a record not be sealed.
    #[error(
        "the new vault's keys could not be prepared, so no vault was restored. Start Satchel again, then try again"
    )]
    Keys(#[source] RecordError),
    /// The caller said so.
    #[error("restoring was cancelled. Nothing of it was kept")]
    Cancelled,
}

impl Import {
    /// Makes a vault of everything in the file, where none is, and opens it. It has an id and a key of its own: what was exported may go on
    /// elsewhere, and two histories under one key could be mixed up. A kill at any moment leaves no vault or all of it.
    ///
    /// The findings hold [`Finding::Restored`], at each opening until [`Vault::confirm_restored`].
    ///
    /// # Errors
    /// [`RestoreError`].
    pub fn restore(
        self,
        folder: &Path,
        way: &FirstWay<'_>,
        random: impl CryptoRng + Send + 'static,
        progress: OnProgress<'_>,
    ) -> Result<(Vault, Vec<Finding>), RestoreError> {
        let Some(vault) = self.about.vault else { return Err(RestoreError::OneDraft) };
        let mut random: Random = Box::new(random);
        let from = RestoredFrom { vault, made_at: self.about.made_at };
        place_whole(folder, |new| self.make(new, from, way, &mut random, progress))?;
        let opened = open(folder, &way.unlock(), random);
        Ok(opened.map_err(CreateVaultError::from)?)
    }

    fn make(
        &self,
        folder: &Path,
        from: RestoredFrom,
        way: &FirstWay<'_>,
        random: &mut Random,
        progress: OnProgress<'_>,
    ) -> Result<(), RestoreError> {
        let (id, key) = (VaultId::make(random), VaultKey::make(random));
        ask_keyring(way, id)?;
        let chain = key.derive_chain_key(id).map_err(RestoreError::Keys)?;
        let mut journal =
            JournalFile::create(folder, id, Arc::new(chain)).map_err(OpenVaultError::from).map_err(create)?;
        let attachments = AttachmentFolder::of_vault(folder);
        make_folder(attachments.path()).map_err(not_written)?;
        let mut making = Making {
            keys: Keys::derive(&key, id).map_err(RestoreError::Keys)?,
            rewrite: journal.begin_rewrite().map_err(not_written)?,
            written: BTreeSet::new(),
            attachments,
            random,
        };
        let own = Object::of(&OwnRecord::of_restored(from)).map_err(rule)?;
        making.record(Table::Settings, RecordId::VAULT, &own)?;
        let mut contents = self.contents()?;
        while let Some(item) = contents.next()? {
            match item {
                Item::Record(table, id, object) => making.record(table, id, &object)?,
                Item::File(id) => {
                    let mut told = |contents: &Contents<&File>| self.tell_restored(contents, progress);
                    making.file(id, &mut contents, &mut told)?;
                }
                // Its opening tells of it.
                Item::Missing(_) => {}
            }
            self.tell_restored(&contents, progress)?;
        }
        sync_folder(making.attachments.path()).map_err(not_written)?;
        let rewrite = making.rewrite;
        journal.finish_rewrite(rewrite).map_err(not_written)?;
        let wrapping = Wrapping { key: &key, vault: id, rotation: NonZeroU32::MIN };
        let slot = way.slot(&wrapping, random)?;
        Ok(write_first_slot(folder, &wrapping, slot)?)
    }

    fn tell_restored(&self, contents: &Contents<&File>, progress: OnProgress<'_>) -> Result<(), RestoreError> {
        let told = progress(TransferProgress { bytes: self.bytes_read(contents), bytes_total: self.bytes });
        if told.is_break() { Err(RestoreError::Cancelled) } else { Ok(()) }
    }
}

/// A vault that is being made.
struct Making<'a> {
    keys: Keys,
    rewrite: Rewrite,
    /// What a hostile file may hold twice.
    written: BTreeSet<(Table, RecordId)>,
    attachments: AttachmentFolder,
    random: &'a mut Random,
}

impl Making<'_> {
    fn record(&mut self, table: Table, id: RecordId, object: &Object) -> Result<(), RestoreError> {
        if !self.written.insert((table, id)) {
            return Err(ImportError::Rule("a record that is there twice").into());
        }
        let address = RecordAddress { kind: RecordKind::Put, id: *id.as_bytes(), revision: FIRST_REVISION };
        let json = object.to_bytes().map_err(rule)?;
        let sealed =
            self.keys.seal((Shelf::Journal, table), &address, &json, self.random).map_err(RestoreError::Keys)?;
        match self.rewrite.append(table, address, sealed) {
            Ok(_) => Ok(()),
            Err(AppendError::TooLong(_)) => Err(rule(RecordRuleError::TooLong)),
            Err(AppendError::NotWritten(error) | AppendError::Broken(error)) => Err(not_written(error)),
        }
    }

    fn file(
        &mut self,
        id: RecordId,
        contents: &mut Contents<&File>,
        told: &mut dyn FnMut(&Contents<&File>) -> Result<(), RestoreError>,
    ) -> Result<(), RestoreError> {
        let mut file = DiskFile::create_new(&self.attachments.sealed_path(id)).map_err(not_written)?;
        let mut piece = vec![0; COPY_BYTES];
        loop {
            match contents.read_file(&mut piece)? {
                0 => break,
                count => file.write_all(piece.get(..count).unwrap_or_default()).map_err(not_written)?,
            }
            told(contents)?;
        }
        file.sync_all().map_err(not_written)
    }
}

/// Fails early where the keyring will not take an entry, and not after hours.
fn ask_keyring(way: &FirstWay<'_>, id: VaultId) -> Result<(), RestoreError> {
    let FirstWay::Keyring(keyring) = way else { return Ok(()) };
    match keyring.read(id) {
        Ok(_) => Err(CreateVaultError::from(KeyringError::Exists).into()),
        Err(KeyringError::NoEntry) => Ok(()),
        Err(error) => Err(CreateVaultError::from(error).into()),
    }
}

fn create(error: OpenVaultError) -> RestoreError {
    CreateVaultError::from(error).into()
}

fn rule(_: RecordRuleError) -> RestoreError {
    ImportError::Rule("a record that none may be").into()
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the library may add kinds")]
fn not_written(error: io::Error) -> RestoreError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            RestoreError::DiskFull(error)
        }
        _ => CreateVaultError::Io(error).into(),
    }
}
