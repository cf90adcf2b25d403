//! What the window put into the clipboard.

use tauri::{AppHandle, Runtime};

use crate::clipboard;

/// Hears that something sensitive was copied. Tells whether it is taken out of the clipboard again.
#[tauri::command]
pub fn copied_sensitive<R: Runtime>(app: AppHandle<R>) -> bool {
    clipboard::copied(&app);
    clipboard::IS_REACHED
}
