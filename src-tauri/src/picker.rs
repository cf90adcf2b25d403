//! Which files the user picks.

use std::path::{Path, PathBuf};

use tauri::{AppHandle, Manager as _, Runtime};
use tauri_plugin_dialog::DialogExt as _;

use crate::state::Mode;

/// The file in a practice build's own folder that answers instead of the dialog.
const PICKED: &str = "picked";

/// Asks the user, and waits until the dialog is closed. None where it was cancelled.
///
/// A test cannot reach the dialog of the desktop: in a practice build, and where the shell was given one, a file that names
/// the paths answers instead.
pub(crate) fn pick<R: Runtime>(app: &AppHandle<R>, answers: Option<&Path>) -> Vec<PathBuf> {
    let of_practice =
        || Some(app.path().app_local_data_dir().ok()?.join(PICKED)).filter(|_| Mode::BUILT == Mode::Practice);
    if let Some(paths) = answers.map(Path::to_path_buf).or_else(of_practice).and_then(|file| answered(&file)) {
        return paths;
    }
    let picked = app.dialog().file().set_title("Attach files").blocking_pick_files().unwrap_or_default();
    picked.into_iter().filter_map(|file| file.into_path().ok()).collect()
}

/// Reads the paths, one a line. They are used once.
fn answered(file: &Path) -> Option<Vec<PathBuf>> {
    let paths = std::fs::read_to_string(file).ok()?;
    std::fs::remove_file(file).ok()?;
    Some(paths.lines().map(PathBuf::from).collect())
}
