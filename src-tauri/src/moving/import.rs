//! Reading an export: looked into first, then drafts brought in, or all of it restored where there is nothing yet.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use satchel_seal::{ChosenPassphrase, ExportSlotKind};
use satchel_store::{
    ExportKind, Finding, FirstWay, Import, ImportedDrafts, LendVault, NewIds, NotUsable, RestoreError, Table, Vault,
    Way,
};
use serde_json::Value;
use tauri::{AppHandle, Runtime};

use super::{EXTENSION, FileSecret, Move, Picked};
use crate::catalogue::Catalogue;
use crate::draft::DraftRecord;
use crate::lists;
use crate::picker;
use crate::rng;
use crate::state::{Shell, VaultPlace};
use crate::ui_error::UiError;
use crate::view::moving::{ImportView, ImportedView, PickedView};
use crate::view::vault::VaultView;

/// What a vault is called beside its folder that gives way to a restored one.
const REPLACED: &str = "vault.replaced";

/// Lends the open vault for a moment at a time, so that work goes on meanwhile.
struct Lent<'a>(&'a VaultPlace);

impl LendVault for Lent<'_> {
    fn lend<T>(&mut self, work: impl FnOnce(&mut Vault) -> T) -> Option<T> {
        let mut place = self.0.lock().ok()?;
        Some(work(place.open().ok()?))
    }
}

impl Shell {
    /// Lets the user pick a file to be imported, and tells what opens it; nothing where none was picked.
    pub(crate) fn pick_import<R: Runtime>(&self, app: &AppHandle<R>) -> Result<Option<PickedView>, UiError> {
        self.vault()?.open()?;
        self.moving().forget();
        let Some(path) = picker::pick_one(app, self.picked(), "Import", Some(EXTENSION)) else { return Ok(None) };
        let ways = Import::ways(&path)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        *self.moving().picked() = Some(Picked { path, import: None });
        Ok(Some(PickedView {
            name,
            by_passphrase: ways.contains(&ExportSlotKind::Passphrase),
            by_words: ways.contains(&ExportSlotKind::RecoveryWords),
        }))
    }

    /// Opens the file that was picked, and tells what it says of itself.
    pub(crate) fn open_import(&self, secret: &FileSecret) -> Result<ImportView, UiError> {
        let path = self.moving().picked().as_ref().map(|picked| picked.path.clone()).ok_or_else(UiError::gone)?;
        // Not held while a passphrase is stretched: it takes its time.
        let import = Import::open(&path, &secret.for_file())?;
        let (about, bytes) = (import.about().clone(), import.bytes());
        let mut place = self.vault()?;
        let vault = place.open()?;
        let is_vault = about.kind == ExportKind::Vault;
        let view = ImportView {
            is_vault,
            made_at_ms: about.made_at.seconds().saturating_mul(1_000),
            satchel: about.satchel,
            drafts: about.counts.drafts,
            under_way: about.counts.under_way,
            orders: about.counts.orders,
            files: about.counts.attachments,
            bytes,
            can_restore: is_vault && is_empty(vault),
            asks_passphrase: vault.own_ways().contains(&Way::Passphrase),
        };
        drop(place);
        let mut picked = self.moving().picked();
        // Forgotten or picked anew meanwhile: then it is not this file that is asked about.
        match picked.as_mut().filter(|picked| picked.path == path) {
            Some(picked) => picked.import = Some(import),
            None => return Err(UiError::gone()),
        }
        Ok(view)
    }

    /// Brings the drafts of the opened file in that are not here.
    pub(crate) fn import_drafts(&self) -> Result<ImportedView, UiError> {
        let mut moving = self.moving().begin()?;
        let import = self.take_import()?;
        let kind = import.about().kind;
        let mut lent = Lent(self.place());
        let mut adapt = |record: &mut Value, _: &NewIds| adapted(record, kind, self.catalogue());
        let done = import.drafts(&mut lent, &mut adapt, &mut rng(), &mut |progress| moving.progressed(progress));
        let (report, fault) = match done {
            Ok(report) => (report, None),
            Err(stopped) => (*stopped.before, Some(stopped.fault)),
        };
        self.arrived(&report)?;
        match fault {
            None => Ok(imported_view(&report)),
            Some(fault) => Err(fault.into()),
        }
    }

    /// Tells the rest of Satchel of drafts that came in.
    fn arrived(&self, report: &ImportedDrafts) -> Result<(), UiError> {
        if report.came_in.is_empty() {
            return Ok(());
        }
        let orders = report.came_in.iter().filter_map(|(_, new)| lists::order(*new));
        self.attachments().arrived(self.vault()?.open()?, &orders.collect());
        self.lists_changed();
        Ok(())
    }

    /// Makes the vault anew of everything in the opened file, in place of one that holds nothing yet.
    pub(crate) fn restore_vault<R: Runtime>(
        &self,
        app: &AppHandle<R>,
        passphrase: Option<&ChosenPassphrase>,
    ) -> Result<VaultView, UiError> {
        let mut moving = self.moving().begin()?;
        let folder = self.vault_folder(app)?;
        let mut place = self.vault()?;
        if !is_empty(place.open()?) {
            return Err(UiError::not_empty());
        }
        let asks_passphrase = place.open()?.own_ways().contains(&Way::Passphrase);
        if asks_passphrase != passphrase.is_some() {
            return Err(UiError::passphrase_asked());
        }
        let keyring = if asks_passphrase { self.keyring(app).ok() } else { Some(self.keyring(app)?) };
        let import = self.take_import()?;
        let replaced = place.open()?.id();
        self.sending().stop();
        place.empty();
        self.attachments().locked();
        drop(place);
        let restored = self.opened(app, &folder, || {
            let way = match (passphrase, keyring.as_deref()) {
                (Some(passphrase), keyring) => FirstWay::Passphrase(passphrase, keyring),
                (None, Some(keyring)) => FirstWay::Keyring(keyring),
                (None, None) => return Err(UiError::internal()),
            };
            Ok(in_place_of_the_empty_one(&folder, || restored(import, &folder, &way, &mut moving))?)
        });
        match restored {
            Ok(view) => {
                // Nothing opens by it any more.
                keyring.map(|keyring| keyring.delete(replaced));
                Ok(view)
            }
            // The empty one is there again.
            Err(error) => self.open_again(app, passphrase).and(Err(error)),
        }
    }

    /// Opens the vault that was there before.
    fn open_again<R: Runtime>(&self, app: &AppHandle<R>, passphrase: Option<&ChosenPassphrase>) -> Result<(), UiError> {
        // Its passphrase is not this one: whoever chose it unlocks it.
        if passphrase.is_some() {
            self.tell_locked(0);
            return Ok(());
        }
        self.open_vault(app).map(drop)
    }

    /// Hears that what was restored was looked at, so that what waits in the outbox is sent.
    pub(crate) fn confirm_restored(&self) -> Result<(), UiError> {
        self.vault()?.open()?.confirm_restored()?;
        self.sending().begin_anew();
        Ok(())
    }

    /// Takes the opened file, which is used once.
    fn take_import(&self) -> Result<Import, UiError> {
        let mut picked = self.moving().picked();
        picked.as_mut().and_then(|picked| picked.import.take()).ok_or_else(UiError::gone)
    }
}

fn restored(
    import: Import,
    folder: &Path,
    way: &FirstWay<'_>,
    moving: &mut Move<'_>,
) -> Result<(Vault, Vec<Finding>), RestoreError> {
    import.restore(folder, way, rng(), &mut |progress| moving.progressed(progress))
}

/// Tells whether a vault holds no order of any kind yet.
fn is_empty(vault: &Vault) -> bool {
    [Table::Drafts, Table::Outbox, Table::Orders].into_iter().all(|table| vault.ids(table).is_empty())
}

/// Moves the empty vault aside while another one is made in its place; where that fails, it comes back.
fn in_place_of_the_empty_one<T>(folder: &Path, make: impl FnOnce() -> Result<T, RestoreError>) -> Result<T, UiError> {
    let aside: PathBuf = folder.with_file_name(REPLACED);
    match fs::remove_dir_all(&aside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        Ok(()) | Err(_) => {}
    }
    fs::rename(folder, &aside)?;
    match make() {
        Ok(made) => {
            fs::remove_dir_all(&aside).ok();
            Ok(made)
        }
        Err(error) => {
            fs::rename(&aside, folder)?;
            Err(error.into())
        }
    }
}

/// Makes of a draft's record what it is to be here: without files that were still to be sealed on the other computer, and out of the
/// trash where it was exported by itself.
fn adapted(record: &mut Value, kind: ExportKind, catalogue: &Catalogue) -> Result<(), NotUsable> {
    let mut draft: DraftRecord = serde_json::from_value(record.clone()).map_err(|_| NotUsable)?;
    if catalogue.pinned(&draft.catalogue).is_none() {
        return Err(NotUsable);
    }
    draft.attaching.clear();
    if kind == ExportKind::Draft {
        draft.discarded_at_ms = None;
    }
    *record = serde_json::to_value(draft).map_err(|_| NotUsable)?;
    Ok(())
}

fn imported_view(report: &ImportedDrafts) -> ImportedView {
    ImportedView {
        came_in: report
            .came_in
            .iter()
            .filter_map(|(_, new)| lists::order(*new))
            .map(|order| order.to_string())
            .collect(),
        already_here: report.already_here.len(),
        other_version: report.other_version_here.len(),
        submitted: report.submitted.len(),
        not_usable: report.not_usable.len(),
        files_missing: report.files_missing,
    }
}
