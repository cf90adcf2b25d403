//! The end of the window: not before what was typed is on disk.

use tauri::{Runtime, State, WebviewWindow};

use crate::state::Shell;
use crate::ui_error::UiError;

/// Hears what the window answers to being asked to close: yes, once everything that was typed is on disk; no, where it is not
/// and the user wants to stay.
#[tauri::command]
pub fn answer_close<R: Runtime>(window: WebviewWindow<R>, shell: State<'_, Shell>, close: bool) -> Result<(), UiError> {
    if close {
        return window.destroy().map_err(|_| UiError::internal());
    }
    shell.stays_open();
    Ok(())
}
