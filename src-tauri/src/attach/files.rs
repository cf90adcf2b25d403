//! Which files drafts have, as the window sees them. What they hold is in the vault.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use satchel_store::{AttachmentRecord, RecordId};
use satchel_terms::{FileName, Hash, OrderId};

use super::name_of;
use crate::lists::AttachmentSummary;
use crate::ui_error::UiError;
use crate::view::files::{FileStateView, FileView};

/// The files of all drafts, of each in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Files(BTreeMap<OrderId, Vec<File>>);

#[derive(Debug)]
struct File {
    file: String,
    name: FileName,
    length: u64,
    state: State,
}

#[derive(Debug)]
enum State {
    Sealing { done: u64, cancelled: Arc<AtomicBool> },
    Sealed { id: RecordId, sha256: Hash, attached_at_ms: u64 },
    Failed(UiError),
    Removed(Option<Removed>),
}

/// What brings a removed file back.
#[derive(Debug)]
pub(super) struct Removed {
    pub(super) id: RecordId,
    pub(super) record: AttachmentRecord,
}

impl Files {
    /// Takes a file that the vault holds.
    pub(super) fn sealed(&mut self, id: RecordId, summary: AttachmentSummary) {
        let AttachmentSummary { order, name, length, sha256, attached_at_ms, .. } = summary;
        let state = State::Sealed { id, sha256, attached_at_ms };
        let file = File { file: id.to_string(), name, length, state };
        let files = self.0.entry(order).or_default();
        files.push(file);
        files.sort_by_key(|file| match &file.state {
            State::Sealed { attached_at_ms, .. } => Some(*attached_at_ms),
            State::Sealing { .. } | State::Failed(_) | State::Removed(_) => None,
        });
    }

    /// Tells whether a sealed file of a draft is known.
    pub(super) fn has(&self, order: OrderId, sealed: RecordId) -> bool {
        let is_it = |file: &File| matches!(file.state, State::Sealed { id, .. } if id == sealed);
        self.0.get(&order).is_some_and(|files| files.iter().any(is_it))
    }

    /// Returns how many bytes are to be sealed yet.
    pub(super) fn sealing_bytes(&self) -> u64 {
        let left = |file: &File| match file.state {
            State::Sealing { done, .. } => file.length.saturating_sub(done),
            State::Sealed { .. } | State::Failed(_) | State::Removed(_) => 0,
        };
        self.0.values().flatten().map(left).sum()
    }

    /// Returns a moment that is later than that of every file, so that files keep the order in which they were sealed.
    pub(super) fn next_ms(&self, now_ms: u64) -> u64 {
        let moment = |file: &File| match file.state {
            State::Sealed { attached_at_ms, .. } => attached_at_ms,
            State::Sealing { .. } | State::Failed(_) | State::Removed(_) => 0,
        };
        let last = self.0.values().flatten().map(moment).max().unwrap_or_default();
        now_ms.max(last.saturating_add(1))
    }

    /// Takes a file that waits to be sealed, and returns how it is cancelled.
    pub(super) fn sealing(
        &mut self,
        order: OrderId,
        file: &str,
        path: &Path,
        length: u64,
    ) -> (FileView, Arc<AtomicBool>) {
        let cancelled = Arc::new(AtomicBool::new(false));
        let state = State::Sealing { done: 0, cancelled: Arc::clone(&cancelled) };
        let file = File { file: file.to_owned(), name: name_of(path), length, state };
        let view = file.view();
        self.0.entry(order).or_default().push(file);
        (view, cancelled)
    }

    /// Notes how far a file is.
    pub(super) fn progressed(&mut self, order: OrderId, file: &str, bytes: u64) -> Option<FileView> {
        let found = self.find(order, file)?;
        let State::Sealing { done, .. } = &mut found.state else { return None };
        *done = bytes;
        // A file that grows while it is read is refused at its end; until then the bar does not run over.
        found.length = found.length.max(bytes);
        Some(found.view())
    }

    /// Notes that a file is sealed and in the vault.
    pub(super) fn finished(
        &mut self,
        order: OrderId,
        file: &str,
        id: RecordId,
        record: &AttachmentRecord,
    ) -> Option<FileView> {
        let found = self.find(order, file)?;
        found.length = record.length;
        found.state = State::Sealed { id, sha256: record.sha256, attached_at_ms: record.attached_at_ms };
        Some(found.view())
    }

    /// Notes why a file was not attached.
    pub(super) fn failed(&mut self, order: OrderId, file: &str, error: UiError) -> Option<FileView> {
        let found = self.find(order, file)?;
        found.state = State::Failed(error);
        Some(found.view())
    }

    /// Cancels a file that is being sealed, or forgets one that failed. Tells whether there was one.
    pub(super) fn cancel(&mut self, order: OrderId, file: &str) -> bool {
        let Some(files) = self.0.get_mut(&order) else { return false };
        let before = files.len();
        files.retain(|candidate| match &candidate.state {
            State::Sealing { cancelled, .. } if candidate.file == file => {
                cancelled.store(true, Ordering::Relaxed);
                false
            }
            State::Failed(_) => candidate.file != file,
            State::Sealing { .. } | State::Sealed { .. } | State::Removed(_) => true,
        });
        files.len() < before
    }

    /// Returns the id of a sealed file in the vault.
    pub(super) fn sealed_id(&mut self, order: OrderId, file: &str) -> Option<RecordId> {
        match self.find(order, file)?.state {
            State::Sealed { id, .. } => Some(id),
            State::Sealing { .. } | State::Failed(_) | State::Removed(_) => None,
        }
    }

    /// Notes that a file was removed, and keeps its place.
    pub(super) fn remove(&mut self, order: OrderId, file: &str, removed: Removed) {
        if let Some(found) = self.find(order, file) {
            found.state = State::Removed(Some(removed));
        }
    }

    /// Takes out what brings a removed file back.
    pub(super) fn removed(&mut self, order: OrderId, file: &str) -> Option<Removed> {
        match &mut self.find(order, file)?.state {
            State::Removed(removed) => removed.take(),
            State::Sealing { .. } | State::Sealed { .. } | State::Failed(_) => None,
        }
    }

    /// Notes that a removed file is back, or that it could not be brought back yet.
    pub(super) fn restore(&mut self, order: OrderId, file: &str, removed: Removed, is_back: bool) {
        if let Some(found) = self.find(order, file) {
            found.state = if is_back {
                let Removed { id, record } = removed;
                State::Sealed { id, sha256: record.sha256, attached_at_ms: record.attached_at_ms }
            } else {
                State::Removed(Some(removed))
            };
        }
    }

    /// Returns the ids of a draft's files in the vault; nothing where one is not sealed.
    pub(super) fn all_sealed(&self, order: OrderId) -> Option<Vec<RecordId>> {
        let id = |file: &File| match file.state {
            State::Sealed { id, .. } => Some(id),
            State::Sealing { .. } | State::Failed(_) | State::Removed(_) => None,
        };
        self.there(order).map(id).collect()
    }

    /// Forgets the files of a draft, and stops sealing them.
    pub(super) fn forget(&mut self, order: OrderId) {
        self.0.remove(&order).unwrap_or_default().iter().for_each(File::cancel);
    }

    /// Forgets all files, and stops sealing them.
    pub(super) fn forget_all(&mut self) {
        std::mem::take(&mut self.0).values().flatten().for_each(File::cancel);
    }

    /// Gives the files of a draft to another id of it.
    pub(super) fn moved(&mut self, from: OrderId, to: OrderId) {
        if from != to
            && let Some(files) = self.0.remove(&from)
        {
            self.0.insert(to, files);
        }
    }

    pub(super) fn of(&self, order: OrderId) -> Vec<FileView> {
        self.there(order).map(File::view).collect()
    }

    pub(super) fn count(&self, order: OrderId) -> usize {
        self.there(order).filter(|file| !matches!(file.state, State::Failed(_))).count()
    }

    fn there(&self, order: OrderId) -> impl Iterator<Item = &File> {
        let files = self.0.get(&order).into_iter().flatten();
        files.filter(|file| !matches!(file.state, State::Removed(_)))
    }

    fn find(&mut self, order: OrderId, file: &str) -> Option<&mut File> {
        self.0.get_mut(&order)?.iter_mut().find(|candidate| candidate.file == file)
    }
}

impl File {
    fn cancel(&self) {
        if let State::Sealing { cancelled, .. } = &self.state {
            cancelled.store(true, Ordering::Relaxed);
        }
    }

    fn view(&self) -> FileView {
        let state = match &self.state {
            State::Sealing { done, .. } => FileStateView::Sealing { done: *done },
            State::Sealed { sha256, .. } => FileStateView::Sealed { sha256: sha256.to_hex() },
            State::Failed(error) => FileStateView::Failed { error: error.clone() },
            State::Removed(_) => FileStateView::Failed { error: UiError::gone() },
        };
        FileView { file: self.file.clone(), name: self.name.as_str().to_owned(), length: self.length, state }
    }
}
