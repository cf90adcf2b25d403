//! What IT asks about an installation.

use tauri::{AppHandle, Runtime, State};

use crate::diagnostics;
use crate::state::Shell;
use crate::ui_error::UiError;
use crate::view::diagnostics::DiagnosticsView;
use crate::view::policy::PolicyView;

/// Tells where the vault is, how large it is, and what keeps others from it.
#[tauri::command(async)]
pub fn diagnostics<R: Runtime>(app: AppHandle<R>, shell: State<'_, Shell>) -> Result<DiagnosticsView, UiError> {
    Ok(diagnostics::of(&shell.vault_folder(&app)?))
}

/// Tells what the organization set for this computer.
#[tauri::command(async)]
pub fn policy(shell: State<'_, Shell>) -> Result<PolicyView, UiError> {
    shell.policy_view()
}
