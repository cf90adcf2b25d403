//! The window's first paint.

use tauri::State;

use crate::state::{Mode, Shell};

/// Hears from the window that its first view is on the screen; a practice build says how long that took.
#[tauri::command]
pub fn painted(shell: State<'_, Shell>) {
    if Mode::BUILT == Mode::Practice {
        eprintln!("The window is ready after {} ms.", shell.running_for().as_millis());
    }
}
