//! Exporting and importing. What takes long runs beside the window's other commands, tells how far it is by `watch`, and can be cancelled.

use satchel_seal::ChosenPassphrase;
use satchel_store::ExportScope;
use tauri::{AppHandle, Manager as _, Runtime, State};
use zeroize::Zeroizing;

use crate::moving::{FileKeys, FileSecret};
use crate::state::{Shell, order_id};
use crate::ui_error::UiError;
use crate::view::moving::{ExportedView, ImportView, ImportedView, PickedView};
use crate::view::vault::VaultView;

/// Lets the user say where an export goes, and writes it there: one draft, or everything where none is named. Nothing: none was picked.
#[tauri::command]
pub async fn export<R: Runtime>(
    app: AppHandle<R>,
    order: Option<String>,
    passphrase: Option<String>,
    words: Option<String>,
) -> Result<Option<ExportedView>, UiError> {
    let (passphrase, words) = (passphrase.map(Zeroizing::new), words.map(Zeroizing::new));
    let scope = match order {
        Some(order) => ExportScope::Draft(order_id(&order)?),
        None => ExportScope::Vault,
    };
    let keys = FileKeys::typed(passphrase.as_deref().map(String::as_str), words.as_deref().map(String::as_str))?;
    beside(app, move |app, shell| shell.export(app, scope, keys)).await
}

/// Lets the user pick a file to be imported, and tells what opens it; nothing where none was picked.
#[tauri::command(async)]
pub fn pick_import<R: Runtime>(app: AppHandle<R>, shell: State<'_, Shell>) -> Result<Option<PickedView>, UiError> {
    shell.pick_import(&app)
}

/// Opens the file that was picked, and tells what it says of itself.
#[tauri::command]
pub async fn open_import<R: Runtime>(
    app: AppHandle<R>,
    passphrase: Option<String>,
    words: Option<String>,
) -> Result<ImportView, UiError> {
    let (passphrase, words) = (passphrase.map(Zeroizing::new), words.map(Zeroizing::new));
    let secret = FileSecret::typed(passphrase.as_deref().map(String::as_str), words.as_deref().map(String::as_str))?;
    beside(app, move |_, shell| shell.open_import(&secret)).await
}

/// Brings the drafts of the opened file in that are not here.
#[tauri::command]
pub async fn import_drafts<R: Runtime>(app: AppHandle<R>) -> Result<ImportedView, UiError> {
    beside(app, |_, shell| shell.import_drafts()).await
}

/// Restores everything of the opened file, where there is nothing here yet.
#[tauri::command]
pub async fn restore_vault<R: Runtime>(app: AppHandle<R>, passphrase: Option<String>) -> Result<VaultView, UiError> {
    let passphrase = passphrase.map(Zeroizing::new);
    let passphrase = passphrase.as_deref().map(|text| ChosenPassphrase::new(text)).transpose()?;
    beside(app, move |app, shell| shell.restore_vault(app, passphrase.as_ref())).await
}

/// Stops what is being exported or imported.
#[tauri::command]
pub fn cancel_move(shell: State<'_, Shell>) {
    shell.moving().cancel();
}

/// Forgets the file that was picked to be imported.
#[tauri::command]
pub fn forget_import(shell: State<'_, Shell>) {
    shell.moving().forget();
}

/// Says that what was restored was looked at: what waits in the outbox is sent from then on.
#[tauri::command(async)]
pub fn confirm_restored(shell: State<'_, Shell>) -> Result<(), UiError> {
    shell.confirm_restored()
}

/// Does something that takes long on a thread of its own.
async fn beside<R: Runtime, T: Send + 'static>(
    app: AppHandle<R>,
    work: impl FnOnce(&AppHandle<R>, &Shell) -> Result<T, UiError> + Send + 'static,
) -> Result<T, UiError> {
    let done = tauri::async_runtime::spawn_blocking(move || work(&app, &app.state::<Shell>()));
    done.await.map_err(|_| UiError::internal())?
}
