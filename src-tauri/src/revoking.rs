//! Obeying the firm: a vault that it locked is not opened, and one that it erased is no more.

use std::io::Write as _;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use satchel_sign::DeviceAction;
use satchel_store::{EraseOrder, Erased, Keyring, KeyringErased, KeyringError, Vault, Way, erase};
use satchel_terms::{Timestamp, VaultId};
use serde_json::json;
use tauri::{AppHandle, Runtime};
use zeroize::Zeroizing;

use crate::clock::Now;
use crate::moving;
use crate::policy::Policy;
use crate::sending::commanded;
use crate::state::Shell;
use crate::ui_error::UiError;

/// The file beside the vault's folder that tells IT what an erasure did.
const REPORT: &str = "erased.json";

/// What is answered to whoever would open a vault that was erased since Satchel started.
#[derive(Debug, Default)]
pub(crate) struct Revoked(Mutex<Option<UiError>>);

impl Revoked {
    /// Fails once the vault was erased.
    pub(crate) fn check(&self) -> Result<(), UiError> {
        let revoked = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        revoked.map_or(Ok(()), Err)
    }
}

impl Shell {
    /// Gives a vault that was just opened back, unless the firm locked or erased it.
    pub(crate) fn obey<R: Runtime>(
        &self,
        app: &AppHandle<R>,
        folder: &Path,
        mut vault: Vault,
        policy: &Policy,
    ) -> Result<Vault, UiError> {
        let own = folder.parent().unwrap_or(folder);
        match of_this_vault(&mut vault, own, &policy.commands) {
            None => Ok(vault),
            Some(DeviceAction::Lock) => {
                vault.close();
                Err(UiError::locked_by_firm())
            }
            Some(DeviceAction::Erase) => {
                let id = vault.id();
                vault.close();
                Err(self.erase(app, folder, &EraseOrder::commanded_by_firm(id)))
            }
        }
    }

    /// Looks whether the firm locked or erased the vault while it is open.
    pub(crate) fn obey_while_open<R: Runtime>(&self, app: &AppHandle<R>, policy: &Policy) -> Result<(), UiError> {
        let folder = self.vault_folder(app)?;
        let own = folder.parent().unwrap_or(&folder);
        let mut place = self.vault()?;
        let vault = place.open()?;
        let id = vault.id();
        let Some(action) = of_this_vault(vault, own, &policy.commands) else { return Ok(()) };
        drop(place);
        self.lock(app)?;
        if action == DeviceAction::Erase {
            self.erase(app, &folder, &EraseOrder::commanded_by_firm(id));
        }
        Ok(())
    }

    /// Goes on with an erasure that was cut off. Its mark is written behind a verified command only, and the roster that could verify it
    /// again is gone with the keys.
    pub(crate) fn erase_on<R: Runtime>(&self, app: &AppHandle<R>, folder: &Path, vault: VaultId) -> UiError {
        self.erase(app, folder, &EraseOrder::commanded_by_firm(vault))
    }

    /// Erases the vault, reports it to IT, and returns what whoever opens it is answered.
    fn erase<R: Runtime>(&self, app: &AppHandle<R>, folder: &Path, order: &EraseOrder) -> UiError {
        let has_entry = Vault::ways(folder).is_ok_and(|ways| ways.contains(&Way::Keyring));
        let keyring = match self.keyring(app) {
            Ok(keyring) => Some(keyring),
            // Its entry is left, and the erasure to be gone on with.
            Err(_) if has_entry => Some(Box::new(Unreachable) as Box<dyn Keyring>),
            Err(_) => None,
        };
        // First, so that nothing takes the place of what is erased.
        moving::forget_beside(folder);
        let erased = {
            let _turn = self.keyring_turn();
            erase(folder, keyring.as_deref(), order)
        };
        let error = match erased {
            Ok(erased) => {
                // The vault is gone, whether or not that can be written down.
                report(folder.parent().unwrap_or(folder), &erased).ok();
                UiError::erased_by_firm(erased.is_complete())
            }
            Err(_) => UiError::not_erased(),
        };
        *self.revoked().0.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.clone());
        error
    }
}

/// Returns what the firm commands of a vault. One that was restored has the keys of the computer that it came from, and is not what the
/// firm had in mind when that computer was to be erased: it is only locked.
fn of_this_vault(vault: &mut Vault, own: &Path, commands: &[String]) -> Option<DeviceAction> {
    let action = commanded(vault, own, commands, Timestamp::from_millis(Now::read().ms))?;
    // Where that cannot be told, nothing is erased either.
    if vault.is_restored().unwrap_or(true) { Some(DeviceAction::Lock) } else { Some(action) }
}

/// A keyring that a vault's key is in, and that does not answer now.
#[derive(Debug)]
struct Unreachable;

impl Keyring for Unreachable {
    fn read(&self, _: VaultId) -> Result<Zeroizing<Vec<u8>>, KeyringError> {
        Err(KeyringError::NotKept)
    }

    fn write(&self, _: VaultId, _: &[u8]) -> Result<(), KeyringError> {
        Err(KeyringError::NotKept)
    }

    fn delete(&self, _: VaultId) -> Result<(), KeyringError> {
        Err(KeyringError::NotKept)
    }
}

/// Writes what an erasure did. It names nothing of what was in the vault.
fn report(folder: &Path, erased: &Erased) -> std::io::Result<()> {
    let keyring = match &erased.keyring {
        KeyringErased::Gone => "gone",
        KeyringErased::WasNotThere => "was-not-there",
        KeyringErased::NoKeyring => "no-keyring",
        KeyringErased::Left(_) => "left",
    };
    let report = json!({
        "version": 1,
        "erasedAtMs": Now::read().ms,
        "files": erased.files,
        "bytes": erased.bytes,
        "filesLeft": erased.left.len(),
        "keyringEntry": keyring,
        "isComplete": erased.is_complete(),
    });
    let mut part = tempfile::Builder::new().prefix(".satchel-").suffix(".part").tempfile_in(folder)?;
    part.write_all(format!("{report:#}\n").as_bytes())?;
    part.as_file().sync_all()?;
    part.persist(folder.join(REPORT))?;
    Ok(())
}
