//! Exports: one draft or the whole vault in one file, under a key of its own (docs/FORMATS.md, "Export file").
//!
//! What is to be written is settled under the vault, in a moment: where each record stands in the journal, and a handle on that file.
//! A journal is only added to, and a compaction replaces it by another, so whatever is saved meanwhile changes nothing of what is
//! written then, without the vault.

use std::fs::File;
use std::io::{self, Read as _};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use rand_core::CryptoRng;
use satchel_seal::{DeriveError, ExportWriter, RecordError, RecoveryWords, SlotError};
use satchel_terms::{OrderId, Timestamp, VaultId};

use crate::attachment::AttachmentFolder;
use crate::index::Place;
use crate::journal::Table;
use crate::journal_file::JOURNAL;
use crate::keys::Keys;
use crate::reading;
use crate::record::RecordId;
use crate::unlocking::{Secret, UnlockError};
use crate::vault::{ReadError, Vault};

pub(crate) mod head;
pub(crate) mod items;
mod part_file;
mod plan;

pub use head::ExportKeys;
use head::Head;
use items::ItemWriter;
pub use items::{ExportAbout, ExportCounts, ExportKind};
use part_file::PartFile;
use plan::{Planned, Step};

/// Bytes of a sealed file that are copied at once.
pub(crate) const COPY_BYTES: usize = 64 * 1024;

/// What is to be exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportScope {
    /// One draft with its files.
    Draft(OrderId),
    /// Everything but the vault's own keys.
    Vault,
}

/// Says why there is no export. What was under its name before is as it was, [`ExportError::NotConfirmed`] aside, and so is the vault.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// There is no such draft.
    #[error("this draft is not in the vault any more, so nothing was written")]
    NoSuchDraft,
    /// No secret was given.
    #[error("an export needs a passphrase or the recovery words, so nothing was written")]
    NoKeys,
    /// A sealed file of the draft is not there.
    #[error(
        "a file that is attached to this draft is missing on disk, so nothing was written. Attach it again, then try again"
    )]
    FileMissing(RecordId),
    /// The passphrase could not be reckoned with.
    #[error(transparent)]
    Derive(DeriveError),
    /// A slot could not be made.
    #[error("the keys could not be prepared, so nothing was written. Start Satchel again, then try again")]
    Slot(#[source] SlotError),
    /// A key of the vault could not be derived.
    #[error("the vault's keys could not be prepared, so nothing was written. Start Satchel again, then try again")]
    Keys(#[source] RecordError),
    /// A record could not be read.
    #[error(transparent)]
    Record(#[from] ReadError),
    /// A sealed file could not be read to its end.
    #[error("an attached file could not be read from disk, so nothing was written. Try again")]
    File(#[source] io::Error),
    /// There is no room for the file.
    #[error("there is no room for the file, so nothing was written. Make room or choose another place, then try again")]
    DiskFull(#[source] io::Error),
    /// Another export is being written there.
    #[error("another export is being written to this file. Wait for its end, or choose another name")]
    InUse,
    /// It would lie among the vault's own files, and might take the place of one.
    #[error("an export cannot be kept in Satchel's own folder, so nothing was written. Choose another folder")]
    InsideVault,
    /// It could not be written for another reason.
    #[error("the file could not be written, so nothing was kept of it. Check that you may write there, then try again")]
    NotWritten(#[source] io::Error),
    /// It is whole under its name, and the disk did not say so.
    #[error("the file is written, but the disk did not confirm it. Export once more before you rely on it")]
    NotConfirmed(#[source] io::Error),
    /// The caller said so.
    #[error("the export was cancelled. Nothing of it was kept")]
    Cancelled,
}

/// How far an export or import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransferProgress {
    /// Bytes that are done.
    pub bytes: u64,
    /// All of them; 0 while they are being counted.
    pub bytes_total: u64,
}

/// Hears how far it is, at least for every 64 KiB and for every record, and may stop it.
pub type OnProgress<'a> = &'a mut dyn FnMut(TransferProgress) -> ControlFlow<()>;

/// Who makes an export, and when.
#[derive(Debug, Clone, Copy)]
pub struct ExportStamp<'a> {
    /// Now.
    pub made_at: Timestamp,
    /// The version of this Satchel. Of a longer one the first 64 characters are noted.
    pub satchel: &'a str,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// What the file says of itself.
    pub about: ExportAbout,
    /// Attached files that were not there, or not of the length that their records say. Their records are in the export.
    pub missing: Vec<RecordId>,
    /// Bytes of the file.
    pub bytes: u64,
}

/// What is to be exported, as it was at one moment. It holds keys of the vault, so whoever locks the vault drops or cancels it.
#[derive(Debug)]
pub struct Export {
    scope: ExportScope,
    vault: VaultId,
    folder: PathBuf,
    journal: File,
    keys: Keys,
    /// Where the records stand in this journal, by table and id.
    places: Vec<(Table, RecordId, Place)>,
    attachments: AttachmentFolder,
}

impl Vault {
    /// Settles what is to be exported, in a moment. What is saved, deleted or compacted from here on changes nothing of it, but a sealed
    /// file that is removed before it was copied is missing in the export.
    ///
    /// # Errors
    /// [`ExportError::NoSuchDraft`], [`ExportError::Record`], [`ExportError::Keys`].
    pub fn begin_export(&self, scope: ExportScope) -> Result<Export, ExportError> {
        if self.keys.are_forgotten() {
            return Err(ReadError::Damaged.into());
        }
        let wanted = |table: Table, id: RecordId| match scope {
            ExportScope::Vault => !(table == Table::Settings && id == RecordId::VAULT),
            // Which files are the draft's is in their records, and these are read without the vault.
            ExportScope::Draft(order) => table == Table::Attachments || (table, id) == (Table::Drafts, order.into()),
        };
        let live = self.index.all().filter(|(table, id, _)| wanted(*table, *id));
        let places: Vec<_> = live.map(|(table, id, place)| (table, id, place.clone())).collect();
        if matches!(scope, ExportScope::Draft(_)) && !places.iter().any(|(table, ..)| *table == Table::Drafts) {
            return Err(ExportError::NoSuchDraft);
        }
        let journal = File::open(self.folder.join(JOURNAL)).map_err(ReadError::Io)?;
        let keys = Keys::derive(&self.access.key, self.id).map_err(ExportError::Keys)?;
        let folder = self.folder.clone();
        Ok(Export { scope, vault: self.id, folder, journal, keys, places, attachments: self.attachments() })
    }

    /// Fails where these are not the recovery words of this vault, so that no export is made that the sheet does not open.
    ///
    /// # Errors
    /// [`UnlockError`].
    pub fn has_words(&self, words: &RecoveryWords) -> Result<(), UnlockError> {
        self.access.prove(&Secret::RecoveryWords(words))
    }
}

impl Export {
    /// Writes the file. It appears under its name when all of it is on disk; before, it is called the same with `.part` behind it.
    ///
    /// # Errors
    /// [`ExportError`].
    pub fn write(
        mut self,
        target: &Path,
        keys: &ExportKeys<'_>,
        stamp: &ExportStamp<'_>,
        rng: &mut impl CryptoRng,
        progress: OnProgress<'_>,
    ) -> Result<Exported, ExportError> {
        if is_below(target, &self.folder).map_err(not_written)? {
            return Err(ExportError::InsideVault);
        }
        let planned = self.plan(progress)?;
        let vault = (self.scope == ExportScope::Vault).then_some(self.vault);
        let about = ExportAbout::new(vault, stamp.made_at, stamp.satchel, planned.counts);
        let (head, key) = Head::make(keys, rng)?;
        let mut part = PartFile::create(target).map_err(not_written)?;
        io::Write::write_all(&mut part, &head.bytes).map_err(not_written)?;
        let mut items = ItemWriter::new(ExportWriter::begin(&key, &head.bytes, part)?);
        items.about(&about).map_err(not_written)?;
        let mut meter = Meter { at: TransferProgress { bytes: 0, bytes_total: planned.bytes }, progress };
        let missing = self.write_items(&planned, &mut items, &mut meter)?;
        let part = items.end().map_err(not_written)?;
        let bytes = part.written().map_err(not_written)?;
        // Asked once more: behind this line the file takes its place.
        meter.add(0)?;
        part.place().map_err(not_written)?.on_disk.map_err(ExportError::NotConfirmed)?;
        Ok(Exported { about, missing, bytes })
    }

    fn write_items(
        &mut self,
        planned: &Planned,
        items: &mut ItemWriter<PartFile>,
        meter: &mut Meter<'_>,
    ) -> Result<Vec<RecordId>, ExportError> {
        let mut missing = Vec::new();
        for step in &planned.steps {
            let Step { place, sealed_length } = *step;
            let Some((table, id, place)) = self.places.get(place) else { continue };
            let json = reading::json_at(&mut self.journal, &self.keys, (*table, *id), place)?;
            items.record(*table, *id, &json).map_err(not_written)?;
            meter.add(place.bytes)?;
            if *table != Table::Attachments {
                continue;
            }
            match sealed_length.and_then(|length| self.sealed_file(*id, length)) {
                Some((file, length)) => copy(file, (*id, length), items, meter)?,
                None if self.scope == ExportScope::Vault => {
                    items.missing(*id).map_err(not_written)?;
                    missing.push(*id);
                    meter.add(sealed_length.unwrap_or_default())?;
                }
                None => return Err(ExportError::FileMissing(*id)),
            }
        }
        Ok(missing)
    }

    /// Opens a sealed file, if it is there and as long as its record says.
    fn sealed_file(&self, id: RecordId, length: u64) -> Option<(File, u64)> {
        let file = self.attachments.sealed_file(id).ok()?;
        (file.metadata().ok()?.len() == length).then_some((file, length))
    }
}

/// Tells whether a file would lie in a folder or below it, whatever leads there.
fn is_below(file: &Path, folder: &Path) -> io::Result<bool> {
    let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    Ok(parent.canonicalize()?.starts_with(folder.canonicalize()?))
}

/// Copies a sealed file as it is.
fn copy(
    mut file: File,
    (id, length): (RecordId, u64),
    items: &mut ItemWriter<PartFile>,
    meter: &mut Meter<'_>,
) -> Result<(), ExportError> {
    items.file(id, length).map_err(not_written)?;
    let (mut piece, mut left) = (vec![0; COPY_BYTES], length);
    while left > 0 {
        let room = usize::try_from(left).map_or(COPY_BYTES, |left| left.min(COPY_BYTES));
        let count = match file.read(piece.get_mut(..room).unwrap_or_default()) {
            Ok(0) => return Err(ExportError::File(io::ErrorKind::UnexpectedEof.into())),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(ExportError::File(error)),
        };
        items.of_file(piece.get(..count).unwrap_or_default()).map_err(not_written)?;
        left -= count as u64;
        meter.add(count as u64)?;
    }
    Ok(())
}

/// Adds up what is done, and asks whether to go on.
struct Meter<'a> {
    at: TransferProgress,
    progress: OnProgress<'a>,
}

impl Meter<'_> {
    fn add(&mut self, bytes: u64) -> Result<(), ExportError> {
        self.at.bytes += bytes;
        if (self.progress)(self.at).is_break() { Err(ExportError::Cancelled) } else { Ok(()) }
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the library may add kinds")]
fn not_written(error: io::Error) -> ExportError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            ExportError::DiskFull(error)
        }
        io::ErrorKind::ResourceBusy => ExportError::InUse,
        _ => ExportError::NotWritten(error),
    }
}
