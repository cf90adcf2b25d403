//! Attached files: sealed one after the other, in the order in which they came, while work in the window goes on.
//!
//! What is to be attached is noted in the draft before the first byte is read, so a Satchel that was killed meanwhile goes on
//! with it when it starts again.

mod files;
mod work;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use satchel_store::{AttachmentRecord, RecordId, Table, Vault};
use satchel_terms::OrderId;

use crate::clock::Now;
use crate::diagnostics;
use crate::draft::{DraftRecord, change};
use crate::events::Events;
use crate::lists::{self, AttachmentSummary, OrderSummary};
use crate::policy::Policies;
use crate::rng;
use crate::sending::is_submitted;
use crate::state::VaultPlace;
use crate::trash;
use crate::ui_error::UiError;
use crate::view::files::FileView;

use files::{Files, Removed};
use work::{Job, Worker};

/// The files of all drafts, and the thread that seals them.
#[derive(Debug)]
pub(crate) struct Attachments {
    files: Arc<Mutex<Files>>,
    vault: Arc<VaultPlace>,
    events: Arc<Events>,
    jobs: Mutex<Option<Sender<Job>>>,
    policies: Arc<Policies>,
}

impl Attachments {
    pub(crate) fn new(vault: Arc<VaultPlace>, events: Arc<Events>, policies: Arc<Policies>) -> Self {
        Self { files: Arc::default(), vault, events, jobs: Mutex::new(None), policies }
    }

    /// Hears that the vault is open: learns which files there are, and goes on with those that were not sealed.
    pub(crate) fn opened(&self, vault: &mut Vault) {
        // A record that cannot be read is left alone; the others are there.
        for (id, bytes) in vault.summaries(Table::Attachments) {
            let Some(summary) = AttachmentSummary::from_bytes(bytes) else { continue };
            self.files().sealed(id, summary);
        }
        self.start_worker(vault);
        let drafts = vault.summaries(Table::Drafts).filter(|(_, kept)| OrderSummary::new(kept).is_attaching());
        let drafts: Vec<_> = drafts.filter_map(|(id, _)| lists::order(id)).collect();
        for order in drafts {
            let Ok(Some(draft)) = vault.read::<DraftRecord>(Table::Drafts, order) else { continue };
            let mut attaching: Vec<_> = draft.attaching.into_iter().collect();
            attaching.sort_by_key(|(_, attaching)| attaching.noted);
            for (file, attaching) in attaching {
                let ids = || vault.ids(Table::Attachments).into_iter();
                if attaching.sealed.is_some_and(|sealed| ids().any(|id| id.to_string() == sealed)) {
                    // It was attached, and Satchel ended before it could forget that it was about to.
                    vault.change(Table::Drafts, order, &change::not_attaching(&file)).ok();
                } else {
                    let path = PathBuf::from(attaching.path);
                    let length = length_of(&path);
                    self.enqueue(order, file, path, length);
                }
            }
        }
    }

    /// Hears that drafts came in with files.
    pub(crate) fn arrived(&self, vault: &Vault, orders: &BTreeSet<OrderId>) {
        for (id, bytes) in vault.summaries(Table::Attachments) {
            let Some(summary) = AttachmentSummary::from_bytes(bytes) else { continue };
            if orders.contains(&summary.order) && !self.files().has(summary.order, id) {
                self.files().sealed(id, summary);
            }
        }
    }

    /// Hears that the vault was locked: forgets all files, and stops sealing. The next opening goes on with what was not sealed.
    pub(crate) fn locked(&self) {
        *self.jobs.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.files().forget_all();
    }

    fn start_worker(&self, vault: &Vault) {
        let (sender, receiver) = channel();
        let worker = Worker {
            folder: vault.attachments(),
            files: Arc::clone(&self.files),
            vault: Arc::clone(&self.vault),
            events: Arc::clone(&self.events),
        };
        thread::spawn(move || receiver.iter().for_each(|job| worker.seal(job)));
        *self.jobs.lock().unwrap_or_else(PoisonError::into_inner) = Some(sender);
    }

    /// Attaches files to a draft: notes them, and has them sealed one after the other.
    pub(crate) fn attach(&self, order: OrderId, paths: &[PathBuf]) -> Result<(), UiError> {
        // Asked before the vault is held: a share may take its time to answer.
        let noted: Vec<(String, PathBuf, u64)> = paths
            .iter()
            .take(satchel_terms::FILES_MAX as usize + 1)
            .map(|path| (RecordId::make(&mut rng()).to_string(), path.clone(), length_of(path)))
            .collect();
        let mut place = self.vault.lock()?;
        let vault = draft_of(place.open()?, order)?;
        self.check_room(order, noted.len())?;
        self.check_size(vault, noted.iter().map(|(_, _, length)| length).sum())?;
        // A path that is not Unicode cannot be noted; such a file is sealed all the same.
        let texts = noted.iter().filter_map(|(file, path, _)| Some((file.as_str(), path.to_str()?)));
        vault.change(Table::Drafts, order, &change::attaching(texts, Now::read().ms))?;
        // The vault is held until they are known: an order is not submitted without them in between.
        noted.into_iter().for_each(|(file, path, length)| self.enqueue(order, file, path, length));
        Ok(())
    }

    /// Refuses more files than an order may have.
    fn check_room(&self, order: OrderId, more: usize) -> Result<(), UiError> {
        let fit = self.files().count(order) + more <= satchel_terms::FILES_MAX as usize;
        if fit { Ok(()) } else { Err(UiError::too_many_files(satchel_terms::FILES_MAX)) }
    }

    /// Refuses files with which the vault would be larger than the organization allows.
    fn check_size(&self, vault: &Vault, more_bytes: u64) -> Result<(), UiError> {
        let Some(bytes_max) = self.policies.current().vault_bytes_max else { return Ok(()) };
        let sealing_bytes = self.files().sealing_bytes();
        let bytes = diagnostics::bytes_of(vault.folder()).saturating_add(sealing_bytes).saturating_add(more_bytes);
        if bytes <= bytes_max { Ok(()) } else { Err(UiError::vault_full(bytes_max)) }
    }

    fn enqueue(&self, order: OrderId, file: String, path: PathBuf, length: u64) {
        let (view, cancelled) = self.files().sealing(order, &file, &path, length);
        self.events.tell(crate::view::files::ShellEvent::File { order: order.to_string(), file: view });
        let job = Job { order, file, path, cancelled };
        if let Some(jobs) = &*self.jobs.lock().unwrap_or_else(PoisonError::into_inner) {
            // The worker ends with the process only, so it takes what it is given.
            jobs.send(job).ok();
        }
    }

    /// Stops sealing a file, or forgets one that failed. Nothing of it is kept.
    pub(crate) fn cancel(&self, order: OrderId, file: &str) -> Result<(), UiError> {
        // Held first: a file that is put into the vault at this moment is either put and no longer cancelled, or not put.
        let mut place = self.vault.lock()?;
        if self.files().cancel(order, file) {
            place.open()?.change(Table::Drafts, order, &change::not_attaching(file))?;
        }
        Ok(())
    }

    /// Takes a file off a draft.
    pub(crate) fn remove(&self, order: OrderId, file: &str) -> Result<(), UiError> {
        let mut place = self.vault.lock()?;
        let vault = draft_of(place.open()?, order)?;
        if trash::is_held(vault, &self.policies.current().hold, order) {
            return Err(UiError::file_held());
        }
        let id = self.files().sealed_id(order, file).ok_or_else(UiError::gone)?;
        let record: AttachmentRecord = vault.read(Table::Attachments, id)?.ok_or_else(UiError::gone)?;
        vault.delete(Table::Attachments, id)?;
        self.files().remove(order, file, Removed { id, record });
        Ok(())
    }

    /// Brings a file back that was removed since Satchel started: its sealed form is still on disk.
    pub(crate) fn restore(&self, order: OrderId, file: &str) -> Result<(), UiError> {
        let mut place = self.vault.lock()?;
        let vault = draft_of(place.open()?, order)?;
        self.check_room(order, 1)?;
        let mut removed = self.files().removed(order, file).ok_or_else(UiError::gone)?;
        // The draft may have another id since.
        removed.record.order = order;
        let put = vault.put(Table::Attachments, removed.id, &removed.record);
        self.files().restore(order, file, removed, put.is_ok());
        Ok(put.map(drop)?)
    }

    /// Returns the sealed files of a draft that is to be submitted.
    ///
    /// # Errors
    /// Where one is still being sealed, or could not be.
    pub(crate) fn to_submit(&self, order: OrderId) -> Result<Vec<RecordId>, UiError> {
        self.files().all_sealed(order).ok_or_else(UiError::files_unfinished)
    }

    /// Forgets the files of a draft that is deleted for good: their records first, then what was sealed. A kill in between leaves
    /// sealed files without a record, which the next opening removes.
    pub(crate) fn delete(&self, vault: &mut Vault, order: OrderId) -> Result<(), UiError> {
        let folder = vault.attachments();
        let is_of_order =
            |bytes: &[u8]| AttachmentSummary::from_bytes(bytes).is_some_and(|summary| summary.order == order);
        let files = vault.summaries(Table::Attachments).filter(|(_, bytes)| is_of_order(bytes));
        for id in files.map(|(id, _)| id).collect::<Vec<_>>() {
            vault.delete(Table::Attachments, id)?;
            folder.remove(id).ok();
        }
        self.files().forget(order);
        Ok(())
    }

    /// Hears that a draft has another id.
    pub(crate) fn moved(&self, from: OrderId, to: OrderId) {
        self.files().moved(from, to);
    }

    /// Returns the files of a draft.
    pub(crate) fn of(&self, order: OrderId) -> Vec<FileView> {
        self.files().of(order)
    }

    /// Returns how many files a draft has; one that could not be attached is none.
    pub(crate) fn count(&self, order: OrderId) -> usize {
        self.files().count(order)
    }

    fn files(&self) -> std::sync::MutexGuard<'_, Files> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns how long a file is, or seems to be until it is read.
fn length_of(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |metadata| metadata.len())
}

/// Returns the vault for a change of a draft's files. An order that was submitted has those that it was submitted with.
fn draft_of(vault: &mut Vault, order: OrderId) -> Result<&mut Vault, UiError> {
    if is_submitted(vault, order) { Err(UiError::frozen()) } else { Ok(vault) }
}

/// Returns the name of a file in a path.
fn name_of(path: &Path) -> satchel_terms::FileName {
    satchel_terms::FileName::suggest(path.file_name().unwrap_or_default())
}
