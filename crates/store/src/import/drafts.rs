//! Drafts from an export into a vault that has records of its own. Nothing that is there is changed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Write as _};

use rand_core::CryptoRng;
use satchel_terms::{OrderId, VaultId};
use serde_json::Value;

use super::contents::{Contents, Item};
use super::{Import, ImportError};
use crate::attachment::AttachmentFolder;
use crate::attachment_record::AttachmentRecord;
use crate::disk::{self, DiskFile, make_folder, sync_folder};
use crate::export::{COPY_BYTES, ExportKind, OnProgress, TransferProgress};
use crate::files::remove_if_there;
use crate::journal::Table;
use crate::record::{Object, RecordId};
use crate::vault::{Vault, WriteError};

/// The most files of one draft that are brought in; many more than an order may have.
const FILES_OF_DRAFT_MAX: usize = 10_000;

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
    /// `adapt` makes of a draft's record what it is to be under its new ids. It is not told of attachments' records, which are adapted here.
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
        let bytes = before.saturating_add(contents.sealed_bytes());
        let told = progress(TransferProgress { bytes, bytes_total: self.bytes.saturating_mul(2) });
        if told.is_break() { Err(DraftsFault::Cancelled) } else { Ok(()) }
    }
}

/// Drafts on their way into a vault.
struct Arriving<'a, V, R> {
    vault: &'a mut V,
    here: (VaultId, AttachmentFolder),
    kind: ExportKind,
    submitted: BTreeSet<RecordId>,
    adapt: &'a mut dyn FnMut(&mut Value, &NewIds) -> Result<(), NotUsable>,
    rng: &'a mut R,
    group: Option<Group>,
    report: &'a mut ImportedDrafts,
}

/// A draft that is to come in, once its files are here. Dropped before, it takes them away again.
struct Group {
    draft: (RecordId, RecordId),
    record: Object,
    files: Vec<Arrived>,
    folder: AttachmentFolder,
    missing: u64,
}

struct Arrived {
    old: RecordId,
    new: RecordId,
    record: Object,
    /// Whether the sealed file was written here and now.
    is_written: bool,
}

impl Drop for Group {
    fn drop(&mut self) {
        for file in self.files.iter().filter(|file| file.is_written) {
            // No record lists it, so the next opening removes what stays.
            self.folder.remove(file.new).ok();
        }
    }
}

impl<V: LendVault, R: CryptoRng> Arriving<'_, V, R> {
    /// Lends the vault that the import began with, and no other.
    fn lend<T>(&mut self, work: impl FnOnce(&mut Vault) -> T) -> Result<T, DraftsFault> {
        let id = self.here.0;
        let done = self.vault.lend(|vault| (vault.id() == id).then(|| work(vault)));
        done.flatten().ok_or(DraftsFault::Locked)
    }

    /// Looks whether a draft is to come in.
    fn begin(&mut self, id: RecordId, record: Object) -> Result<(), DraftsFault> {
        if self.submitted.contains(&id) {
            self.report.submitted.push(id);
            return Ok(());
        }
        let new = match self.kind {
            ExportKind::Draft => OrderId::make(self.rng).into(),
            ExportKind::Vault => id,
        };
        match self.lend(|vault| presence(vault, new, &record))? {
            Presence::Absent => {
                let folder = self.here.1.clone();
                self.group = Some(Group { draft: (id, new), record, files: Vec::new(), folder, missing: 0 });
            }
            Presence::Same => self.report.already_here.push(id),
            Presence::Otherwise if self.is_here_as_adapted(id, &record)? => self.report.already_here.push(id),
            Presence::Otherwise => self.report.other_version_here.push(id),
        }
        Ok(())
    }

    /// Tells whether a draft is here just as an import before this one brought it in.
    fn is_here_as_adapted(&mut self, id: RecordId, record: &Object) -> Result<bool, DraftsFault> {
        let mut adapted = record.clone();
        let ids = NewIds { draft: (id, id), attachments: BTreeMap::new() };
        if (self.adapt)(adapted.value_mut(), &ids).is_err() {
            return Ok(false);
        }
        Ok(self.lend(|vault| presence(vault, id, &adapted))? == Presence::Same)
    }

    fn attachment(&mut self, old: RecordId, mut record: Object) -> Result<(), DraftsFault> {
        let Some(group) = &self.group else { return Ok(()) };
        let (draft, count) = (group.draft.1, group.files.len());
        if count >= FILES_OF_DRAFT_MAX || group.files.iter().any(|file| file.old == old) {
            return Err(ImportError::Rule("files of a draft that none has").into());
        }
        if let Some(order) = record.value_mut().get_mut("order") {
            let draft = OrderId::from_bytes(*draft.as_bytes())
                .map_err(|_| ImportError::Rule("a draft without an order's id"))?;
            *order = Value::String(draft.to_string());
        }
        let is_free = self.kind == ExportKind::Vault && self.lend(|vault| may_have(vault, old, &record))?;
        let new = if is_free { old } else { RecordId::make(self.rng) };
        if let Some(group) = &mut self.group {
            group.files.push(Arrived { old, new, record, is_written: false });
        }
        Ok(())
    }

    fn missing(&mut self, id: RecordId) {
        if let Some(group) = &mut self.group {
            group.files.retain(|file| file.old != id);
            group.missing += 1;
        }
    }

    /// Takes the sealed file of the last attachment.
    fn file(
        &mut self,
        id: RecordId,
        contents: &mut Contents<&File>,
        told: &mut dyn FnMut(&Contents<&File>) -> Result<(), DraftsFault>,
    ) -> Result<(), DraftsFault> {
        let folder = self.here.1.clone();
        let wanted = self.group.as_mut().and_then(|group| group.files.last_mut()).filter(|file| file.old == id);
        let wanted = wanted.filter(|file| !folder.has(file.new));
        let mut out = match &wanted {
            Some(file) => Some(DiskFile::create_new(&folder.part_path(file.new)).map_err(DraftsFault::NotWritten)?),
            None => None,
        };
        let written = copy(contents, out.as_mut(), told);
        let Some(file) = wanted else { return written };
        let placed = written.and_then(|()| {
            disk::rename(&folder.part_path(file.new), &folder.sealed_path(file.new))
                .map_err(DraftsFault::NotWritten)?;
            file.is_written = true;
            sync_folder(folder.path()).map_err(DraftsFault::NotWritten)
        });
        placed.inspect_err(|_| {
            remove_if_there(&folder.part_path(file.new)).ok();
        })
    }

    /// Puts a draft into the vault whose files are there.
    fn finish(&mut self) -> Result<(), DraftsFault> {
        let Some(mut group) = self.group.take() else { return Ok(()) };
        let attachments = group.files.iter().map(|file| (file.old, file.new)).collect();
        let ids = NewIds { draft: group.draft, attachments };
        if (self.adapt)(group.record.value_mut(), &ids).is_err() {
            self.report.not_usable.push(ids.draft.0);
            return Ok(());
        }
        match self.lend(|vault| put(vault, &group))?? {
            Presence::Absent => {
                self.report.files_missing += group.missing;
                // They are listed from here on.
                group.files.clear();
                self.report.came_in.push(ids.draft);
            }
            Presence::Same => self.report.already_here.push(ids.draft.0),
            Presence::Otherwise => self.report.other_version_here.push(ids.draft.0),
        }
        Ok(())
    }
}

/// Whether a draft is in a vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Presence {
    Absent,
    Same,
    Otherwise,
}

fn presence(vault: &mut Vault, id: RecordId, record: &Object) -> Presence {
    if vault.revision(Table::Drafts, id).is_some() {
        // One that cannot be read is here all the same.
        let here = vault.read::<Value>(Table::Drafts, id).ok().flatten();
        return if here.as_ref() == Some(record.value()) { Presence::Same } else { Presence::Otherwise };
    }
    let is_submitted = [Table::Outbox, Table::Orders].iter().any(|table| vault.revision(*table, id).is_some());
    if is_submitted { Presence::Otherwise } else { Presence::Absent }
}

/// Tells whether an attachment may have an id here: nothing has it, or it is this very one, of an import that was cut off.
fn may_have(vault: &mut Vault, id: RecordId, record: &Object) -> bool {
    if vault.revision(Table::Attachments, id).is_none() {
        return !vault.attachments().has(id);
    }
    let here = vault.read::<Value>(Table::Attachments, id).ok().flatten();
    here.as_ref() == Some(record.value())
}

/// Puts the records of the files first, so that a kill leaves no draft without its files.
fn put(vault: &mut Vault, group: &Group) -> Result<Presence, WriteError> {
    let (_, draft) = group.draft;
    let presence = presence(vault, draft, &group.record);
    if presence != Presence::Absent {
        return Ok(presence);
    }
    let mut listed = Vec::new();
    let done = group.files.iter().try_for_each(|file| {
        if vault.revision(Table::Attachments, file.new).is_none() {
            vault.put(Table::Attachments, file.new, file.record.value())?;
            listed.push(file.new);
        }
        Ok(())
    });
    let done = done.and_then(|()| vault.put(Table::Drafts, draft, group.record.value()));
    if let Err(error) = done {
        for id in listed {
            // What cannot be deleted now lists a file that no draft shows; an import that is begun again takes it up.
            vault.delete(Table::Attachments, id).ok();
        }
        return Err(error);
    }
    Ok(Presence::Absent)
}

fn copy(
    contents: &mut Contents<&File>,
    mut out: Option<&mut DiskFile>,
    told: &mut dyn FnMut(&Contents<&File>) -> Result<(), DraftsFault>,
) -> Result<(), DraftsFault> {
    let mut piece = vec![0; COPY_BYTES];
    loop {
        let count = contents.read_file(&mut piece)?;
        match &mut out {
            Some(out) if count > 0 => {
                out.write_all(piece.get(..count).unwrap_or_default()).map_err(DraftsFault::NotWritten)?;
            }
            Some(out) => return out.sync_all().map_err(DraftsFault::NotWritten),
            None if count == 0 => return Ok(()),
            None => {}
        }
        told(contents)?;
    }
}
