//! Drafts on their way into a vault: the files of each first, then their records, then its own.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Write as _;

use rand_core::CryptoRng;
use satchel_terms::{OrderId, VaultId};
use serde_json::Value;

use super::ImportError;
use super::contents::Contents;
use super::drafts::{DraftsFault, ImportedDrafts, LendVault, NewIds, NotUsable};
use crate::attachment::AttachmentFolder;
use crate::disk::{self, DiskFile, sync_folder};
use crate::export::{COPY_BYTES, ExportKind};
use crate::files::remove_if_there;
use crate::journal::Table;
use crate::record::{Object, RecordId};
use crate::vault::{Vault, WriteError};

/// The most files of one draft that are brought in; many more than an order may have.
const FILES_OF_DRAFT_MAX: usize = 10_000;

/// Drafts on their way into a vault.
pub(super) struct Arriving<'a, V, R> {
    pub(super) vault: &'a mut V,
    pub(super) here: (VaultId, AttachmentFolder),
    pub(super) kind: ExportKind,
    pub(super) submitted: BTreeSet<RecordId>,
    pub(super) adapt: &'a mut dyn FnMut(&mut Value, &NewIds) -> Result<(), NotUsable>,
    pub(super) rng: &'a mut R,
    pub(super) group: Option<Group>,
    pub(super) report: &'a mut ImportedDrafts,
}

/// A draft that is to come in, once its files are here. Dropped before, it takes them away again.
pub(super) struct Group {
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
    pub(super) fn begin(&mut self, id: RecordId, record: Object) -> Result<(), DraftsFault> {
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

    pub(super) fn attachment(&mut self, old: RecordId, mut record: Object) -> Result<(), DraftsFault> {
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

    pub(super) fn missing(&mut self, id: RecordId) {
        if let Some(group) = &mut self.group {
            group.files.retain(|file| file.old != id);
            group.missing += 1;
        }
    }

    /// Takes the sealed file of the last attachment.
    pub(super) fn file(
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
    pub(super) fn finish(&mut self) -> Result<(), DraftsFault> {
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
