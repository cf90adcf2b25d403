//! The vault: opened once, or made where there is none.

use tauri::{AppHandle, Runtime, State};

use crate::state::Shell;
use crate::ui_error::UiError;
use crate::view::vault::VaultView;

/// Opens the vault. Asked again, it answers that it is open.
#[tauri::command(async)]
pub fn open_vault<R: Runtime>(app: AppHandle<R>, shell: State<'_, Shell>) -> Result<VaultView, UiError> {
    shell.open_vault(&app)
}
