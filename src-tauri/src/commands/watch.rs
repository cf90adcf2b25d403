//! What happens without being asked for.

use tauri::State;
use tauri::ipc::Channel;

use crate::state::Shell;
use crate::view::files::ShellEvent;

/// Tells the window from now on what happens. One window watches; a page that was loaded anew takes over.
#[tauri::command]
pub fn watch(shell: State<'_, Shell>, on_event: Channel<ShellEvent>) {
    shell.watched_by(on_event);
}
