//! Reading an export: looked into first, then drafts brought in, or all of it restored where there is nothing yet.

use std::path::Path;

use satchel_seal::{ChosenPassphrase, ExportSlotKind};
use satchel_store::{
    ExportKind, Finding, FirstWay, Import, ImportedDrafts, LendVault, NewIds, NotUsable, Secret, Table, Vault, Way,
};
use satchel_terms::VaultId;
use serde_json::Value;
use tauri::{AppHandle, Runtime};

use super::{EXTENSION, FileSecret, Picked, beside, forget_beside};
use crate::catalogue::Catalogue;
use crate::clock::Now;
use crate::draft::{DraftRecord, change};
use crate::lists;
use crate::picker;
use crate::policy::Policy;
use crate::rng;
use crate::sending::belongs_to_firm;
use crate::state::{Shell, VaultPlace};
use crate::ui_error::UiError;
use crate::view::moving::{ImportView, ImportedView, PickedView};
use crate::view::vault::VaultView;

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
            can_restore: is_vault && is_empty(vault) && !belongs_to_firm(vault),
            asks_passphrase: asks_passphrase(vault, &self.policy()),
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
        let (mut lent, now_ms) = (Lent(self.place()), Now::read().ms);
        let mut adapt = |record: &mut Value, _: &NewIds| adapted(record, kind, self.catalogue(), now_ms);
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
        let before = self.replaceable(passphrase.is_some())?;
        let keyring = if passphrase.is_some() { self.keyring(app).ok() } else { Some(self.keyring(app)?) };
        let way = match (passphrase, keyring.as_deref()) {
            (Some(passphrase), keyring) => FirstWay::Passphrase(passphrase, keyring),
            (None, Some(keyring)) => FirstWay::Keyring(keyring),
            (None, None) => return Err(UiError::internal()),
        };
        let import = self.take_import()?;
        let beside = beside::place_beside(&folder)?;
        // Beside the vault that is open, so that this locks and is cancelled like everything else.
        let (mut vault, _) = import.restore(&beside, &way, rng(), &mut |progress| moving.progressed(progress))?;
        make_own(&mut vault, Now::read().ms)?;
        vault.close();
        self.put_in_place(app, &folder, before, &way)?;
        // Where it stays shut, such as by the firm's word, the page shows what leads into it, or why nothing does.
        self.opened(app, &folder, || open_by(&folder, &way)).inspect_err(|_| self.tell_locked(0))
    }

    /// Returns the vault that may be replaced: it holds no order and belongs to no firm. A vault that is restored opens by a passphrase
    /// where this one does, or the organization asks for one.
    fn replaceable(&self, by_passphrase: bool) -> Result<VaultId, UiError> {
        let mut place = self.vault()?;
        let vault = place.open()?;
        if !is_empty(vault) {
            return Err(UiError::not_empty());
        }
        if belongs_to_firm(vault) {
            return Err(UiError::belongs_to_firm());
        }
        match (asks_passphrase(vault, &self.policy()), by_passphrase) {
            (true, false) => Err(UiError::passphrase_asked()),
            (false, true) => Err(UiError::other_way()),
            (true, true) | (false, false) => Ok(vault.id()),
        }
    }

    /// Puts the restored vault in the place of the one that is open, if that is still the one that may be replaced.
    fn put_in_place<R: Runtime>(
        &self,
        app: &AppHandle<R>,
        folder: &Path,
        before: VaultId,
        way: &FirstWay<'_>,
    ) -> Result<(), UiError> {
        let by_passphrase = matches!(way, FirstWay::Passphrase(..));
        let replaceable = self.replaceable(by_passphrase);
        if replaceable.as_ref().ok() != Some(&before) {
            forget_beside(folder);
            return replaceable.and(Err(UiError::not_empty()));
        }
        let mut place = self.vault()?;
        // Asked again, since it is from here on that nothing is written to it.
        let is_same = place.open().is_ok_and(|vault| vault.id() == before && is_empty(vault));
        if !is_same {
            forget_beside(folder);
            return Err(UiError::not_empty());
        }
        self.sending().stop();
        place.empty();
        self.attachments().locked();
        let swapped = beside::swap(folder);
        drop(place);
        swapped.map_err(|error| {
            // The one that was there is there again. Whoever has its passphrase unlocks it.
            if by_passphrase {
                self.tell_locked(0)
            } else {
                self.open_vault(app).map(drop).unwrap_or_default()
            }
            error.into()
        })
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

/// Opens the vault that was restored, as it was made to be opened.
fn open_by(folder: &Path, way: &FirstWay<'_>) -> Result<(Vault, Vec<Finding>), UiError> {
    Ok(match way {
        FirstWay::Keyring(keyring) => Vault::open(folder, *keyring, rng())?,
        FirstWay::Passphrase(passphrase, keyring) => {
            Vault::open_by(folder, &Secret::Passphrase(passphrase.as_typed()), *keyring, rng())?
        }
    })
}

/// Makes a restored vault one of this computer, before anything is done with it: files that were still to be sealed are named by paths of
/// another computer, and what is in the trash is kept from now on.
fn make_own(vault: &mut Vault, now_ms: u64) -> Result<(), UiError> {
    for order in vault.ids(Table::Drafts).into_iter().filter_map(lists::order) {
        // What this version cannot read stays as it is; nothing is sealed or deleted of it either.
        let Ok(Some(draft)) = vault.read::<DraftRecord>(Table::Drafts, order) else { continue };
        for file in draft.attaching.keys() {
            vault.change(Table::Drafts, order, &change::not_attaching(file))?;
        }
        if draft.discarded_at_ms.is_some() {
            vault.change(Table::Drafts, order, &change::discarded(Some(now_ms)))?;
        }
    }
    Ok(())
}

/// Tells whether a vault that is restored in the place of this one is to open by a passphrase.
fn asks_passphrase(vault: &Vault, policy: &Policy) -> bool {
    policy.require_passphrase || vault.own_ways().contains(&Way::Passphrase)
}

/// Tells whether a vault holds no order of any kind yet.
fn is_empty(vault: &Vault) -> bool {
    [Table::Drafts, Table::Outbox, Table::Orders].into_iter().all(|table| vault.ids(table).is_empty())
}

/// Makes of a draft's record what it is to be here: without files that were still to be sealed on the other computer; out of the
/// trash where it was exported by itself, and otherwise kept there from now on.
fn adapted(record: &mut Value, kind: ExportKind, catalogue: &Catalogue, now_ms: u64) -> Result<(), NotUsable> {
    let mut draft: DraftRecord = serde_json::from_value(record.clone()).map_err(|_| NotUsable)?;
    if catalogue.pinned(&draft.catalogue).is_none() {
        return Err(NotUsable);
    }
    draft.attaching.clear();
    draft.discarded_at_ms = draft.discarded_at_ms.filter(|_| kind == ExportKind::Vault).map(|_| now_ms);
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
