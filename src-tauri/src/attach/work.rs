//! The work of attaching a file.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use satchel_store::{AttachError, AttachmentFolder, SealedAttachment, Table};
use satchel_terms::{MediaType, OrderId};

use super::files::Files;
use super::name_of;
use crate::clock::Now;
use crate::draft::change;
use crate::events::Events;
use crate::rng;
use crate::sending::is_submitted;
use crate::state::VaultPlace;
use crate::ui_error::UiError;
use crate::view::files::{FileView, ShellEvent};

/// A file that is to be sealed.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) order: OrderId,
    pub(super) file: String,
    pub(super) path: PathBuf,
    pub(super) cancelled: Arc<AtomicBool>,
}

/// Seals files and puts them into the vault.
#[derive(Debug)]
pub(super) struct Worker {
    pub(super) folder: AttachmentFolder,
    pub(super) files: Arc<Mutex<Files>>,
    pub(super) vault: Arc<VaultPlace>,
    pub(super) events: Arc<Events>,
}

impl Worker {
    pub(super) fn seal(&self, job: Job) {
        let mut progress = |bytes| {
            if job.cancelled.load(Ordering::Relaxed) {
                return ControlFlow::Break(());
            }
            self.tell(&job, |files| files.progressed(job.order, &job.file, bytes));
            ControlFlow::Continue(())
        };
        if progress(0).is_break() {
            return;
        }
        match self.folder.seal(&job.path, &mut rng(), &mut progress) {
            // Whoever cancelled it has forgotten it.
            Err(AttachError::Cancelled) => {}
            Err(error) => {
                let error = UiError::from(error);
                self.tell(&job, |files| files.failed(job.order, &job.file, error));
            }
            Ok(sealed) => self.keep(&job, sealed),
        }
        self.events.tell(ShellEvent::Lists);
    }

    /// Puts the record of a sealed file into the vault; from then on it is attached.
    fn keep(&self, job: &Job, sealed: SealedAttachment) {
        let name = name_of(&job.path);
        let media_type = MediaType::suggest(&name);
        let attached_at_ms = self.files().next_ms(Now::read().ms);
        let (id, record) = sealed.into_record(job.order, name, media_type, attached_at_ms);
        let kept = self.vault.lock().and_then(|mut place| {
            // Cancelled in the last moment: without a record it is not attached.
            if job.cancelled.load(Ordering::Relaxed) {
                return Ok(None);
            }
            let vault = place.open()?;
            if is_submitted(vault, job.order) {
                return Err(UiError::frozen());
            }
            // Noted first, so that whoever is killed behind the next line does not attach the file a second time.
            vault.change(Table::Drafts, job.order, &change::sealed_as(&job.file, id))?;
            vault.put(Table::Attachments, id, &record)?;
            // What is not forgotten now is forgotten at the next opening, which finds the record.
            vault.change(Table::Drafts, job.order, &change::not_attaching(&job.file)).ok();
            Ok(Some(self.files().finished(job.order, &job.file, id, &record)))
        });
        match kept {
            Ok(Some(file)) => self.told(job, file),
            // What cannot be removed now, the next opening removes.
            Ok(None) => drop(self.folder.remove(id)),
            Err(error) => {
                drop(self.folder.remove(id));
                self.tell(job, |files| files.failed(job.order, &job.file, error));
            }
        }
    }

    /// Changes what is known of a file, and tells the window. A file that was cancelled meanwhile is not known any more.
    fn tell(&self, job: &Job, change: impl FnOnce(&mut Files) -> Option<FileView>) {
        let changed = change(&mut self.files());
        self.told(job, changed);
    }

    fn files(&self) -> MutexGuard<'_, Files> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn told(&self, job: &Job, changed: Option<FileView>) {
        if let Some(file) = changed {
            self.events.tell(ShellEvent::File { order: job.order.to_string(), file });
        }
    }
}
