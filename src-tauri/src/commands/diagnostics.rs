//! What IT asks about an installation.

use tauri::{AppHandle, Runtime, State};

use crate::diagnostics;
use crate::state::Shell;
use crate::ui_error::UiError;
use crate::view::diagnostics::DiagnosticsView;

/// Tells where the vault is, how large it is, and what keeps others from it.
#[tauri::command(async)]
pub fn diagnostics<R: Runtime>(app: AppHandle<R>, shell: State<'_, Shell>) -> Result<DiagnosticsView, UiError> {
    Ok(diagnostics::of(&shell.vault_folder(&app)?))
}
