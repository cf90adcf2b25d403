//! Drafts from an export into a vault that has records of its own. Nothing that is there is changed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io;

use rand_core::CryptoRng;
use serde_json::Value;

use super::arriving::Arriving;
use super::contents::{Contents, Item};
use super::{Import, ImportError};
use crate::attachment_record::AttachmentRecord;
use crate::disk::make_folder;
use crate::export::{COPY_BYTES, OnProgress, TransferProgress};
use crate::journal::Table;
use crate::record::RecordId;
use crate::vault::{Vault, WriteError};

/// Lends the vault for a moment, so that nobody waits for an import.
pub trait LendVault {
    /// Does something with the vault; nothing where it was locked meanwhile.
    fn lend<T>(&mut self, work: impl FnOnce(&mut Vault) -> T) -> Option<T>;
}

impl LendVault for Vault {
    fn lend<T>(&mut self, work: impl FnOnce(&mut Vault) -> T) -> Option<T> {
        Some(work(self))
    }
}

/// Under which ids a draft and its files come in.
#[derive(Debug, Clone)]
pub struct NewIds {
    /// The draft's id in the file, and the one that it gets.
    pub draft: (RecordId, RecordId),
    /// The same of its files. What was missing in the file is not among them.
    pub attachments: BTreeMap<RecordId, RecordId>,
}

/// Says that a draft is none that this Satchel can work with, so that it does not come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotUsable;

/// What became of the drafts of a file, by their ids in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportedDrafts {
    /// Those that came in, with the ids that they have here.
    pub came_in: Vec<(RecordId, RecordId)>,
    /// Those that are here just so.
    pub already_here: Vec<RecordId>,
    /// Those that are here otherwise, or were submitted from here. What is here stayed.
    pub other_version_here: Vec<RecordId>,
    /// Those of orders that had been submitted when the file was made.
    pub submitted: Vec<RecordId>,
    /// Those of which the caller said [`NotUsable`].
    pub not_usable: Vec<RecordId>,
    /// How many files of drafts that came in were missing when the export was made.
    pub files_missing: u64,
}

/// Says why an import of drafts ended early. Nothing that was there before was changed.
#[derive(Debug, thiserror::Error)]
#[error("{fault}")]
pub struct ImportStopped {
    /// What happened.
    #[source]
    pub fault: DraftsFault,
    /// What came in before, each with all its files. Begun again, the import goes on.
    pub before: Box<ImportedDrafts>,
}

/// What stops an import of drafts.
#[derive(Debug, thiserror::Error)]
pub enum DraftsFault {
    /// The file cannot be used.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// The vault is not open any more, or another one is.
    #[error("Satchel was locked, so no more drafts came in. Those before are safe. Unlock it, then try again")]
    Locked,
    /// A sealed file could not be written.
    #[error(
        "a file could not be written to disk, so no more drafts came in. Those before are safe. Make room, then try again"
    )]
    NotWritten(#[source] io::Error),
    /// The vault did not take a record.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The caller said so.
    #[error("the import was cancelled. What came in before is safe")]
    Cancelled,
}

impl Import {
    /// Brings drafts in: that of a file with one draft as a new draft with new ids, those of a whole vault with theirs if they are not here.
    /// Orders that were submitted, what is on its way, and keys and settings never come in. All of the file is verified first.
    ///
    /// `adapt` makes of a draft's record what it is to be under its new ids. The record may be from anybody, so it is parsed there before
    /// it is believed. Attachments' records are parsed and adapted here. It may be called twice for one draft.
    ///
    /// # Errors
    /// [`ImportStopped`].
    pub fn drafts(
        self,
        vault: &mut impl LendVault,
        adapt: &mut dyn FnMut(&mut Value, &NewIds) -> Result<(), NotUsable>,
        rng: &mut impl CryptoRng,
        progress: OnProgress<'_>,
    ) -> Result<ImportedDrafts, ImportStopped> {
        let mut report = ImportedDrafts::default();
        let done = self.verify(progress).and_then(|submitted| {
            let here = vault.lend(|vault| (vault.id(), vault.attachments())).ok_or(DraftsFault::Locked)?;
            make_folder(here.1.path()).map_err(DraftsFault::NotWritten)?;
            let kind = self.about.kind;
            let mut arriving = Arriving { vault, here, kind, submitted, adapt, rng, group: None, report: &mut report };
            self.arrive(&mut arriving, progress)
        });
        match done {
            Ok(()) => Ok(report),
            Err(fault) => Err(ImportStopped { fault, before: Box::new(report) }),
        }
    }

    /// Reads all of the file, and returns the orders that had been submitted.
    fn verify(&self, progress: OnProgress<'_>) -> Result<BTreeSet<RecordId>, DraftsFault> {
        let (mut contents, mut submitted) = (self.contents()?, BTreeSet::new());
        let mut piece = vec![0; COPY_BYTES];
        while let Some(item) = contents.next()? {
            match item {
                Item::Record(Table::Outbox | Table::Orders, id, _) => {
                    submitted.insert(id);
                }
                Item::Record(Table::Attachments, _, object) if contents.draft().is_some() => {
                    let record: Result<AttachmentRecord, _> = serde_json::from_value(object.value().clone());
                    record.map_err(|_| ImportError::Rule("an attachment that this version does not read"))?;
                }
                Item::Record(..) | Item::Missing(_) => {}
                Item::File(_) => {
                    while contents.read_file(&mut piece)? > 0 {
                        self.tell(0, &contents, progress)?;
                    }
                }
            }
            self.tell(0, &contents, progress)?;
        }
        Ok(submitted)
    }

    fn arrive<V: LendVault, R: CryptoRng>(
        &self,
        arriving: &mut Arriving<'_, V, R>,
        progress: OnProgress<'_>,
    ) -> Result<(), DraftsFault> {
        let mut contents = self.contents()?;
        while let Some(item) = contents.next()? {
            match item {
                Item::Record(Table::Drafts, id, object) => {
                    arriving.finish()?;
                    arriving.begin(id, object)?;
                }
                Item::Record(Table::Attachments, id, object) => arriving.attachment(id, object)?,
                Item::Record(..) => {}
                Item::Missing(id) => arriving.missing(id),
                Item::File(id) => {
                    let mut told = |contents: &Contents<&File>| self.tell(self.bytes, contents, progress);
                    arriving.file(id, &mut contents, &mut told)?;
                }
            }
            self.tell(self.bytes, &contents, progress)?;
        }
        arriving.finish()
    }

    /// Tells how far it is: the file is read twice.
    fn tell(&self, before: u64, contents: &Contents<&File>, progress: OnProgress<'_>) -> Result<(), DraftsFault> {
        let bytes = before.saturating_add(self.bytes_read(contents));
        let told = progress(TransferProgress { bytes, bytes_total: self.bytes.saturating_mul(2) });
        if told.is_break() { Err(DraftsFault::Cancelled) } else { Ok(()) }
    }
}
