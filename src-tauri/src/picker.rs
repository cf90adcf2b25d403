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
    if let Some(paths) = answering(app, answers) {
        return paths;
    }
    let picked = app.dialog().file().set_title("Attach files").blocking_pick_files().unwrap_or_default();
    picked.into_iter().filter_map(|file| file.into_path().ok()).collect()
}

/// Asks the user for one file, and waits until the dialog is closed. None where it was cancelled. What answers instead of the dialog in a
/// test is the same as for [`pick`].
pub(crate) fn pick_one<R: Runtime>(
    app: &AppHandle<R>,
    answers: Option<&Path>,
    title: &str,
    extension: Option<&str>,
) -> Option<PathBuf> {
    if let Some(paths) = answering(app, answers) {
        return paths.into_iter().next();
    }
    let mut dialog = app.dialog().file().set_title(title);
    if let Some(extension) = extension {
        dialog = dialog.add_filter(title, &[extension]);
    }
    dialog.blocking_pick_file().and_then(|file| file.into_path().ok())
}

/// Asks the user where a file of this name is to be written, and waits until the dialog is closed. None where it was cancelled.
/// What answers instead of the dialog in a test is the same as for [`pick`].
pub(crate) fn pick_target<R: Runtime>(
    app: &AppHandle<R>,
    answers: Option<&Path>,
    title: &str,
    name: &str,
) -> Option<PathBuf> {
    if let Some(paths) = answering(app, answers) {
        return paths.into_iter().next();
    }
    let picked = app.dialog().file().set_title(title).set_file_name(name).blocking_save_file();
    picked.and_then(|file| file.into_path().ok())
}

fn answering<R: Runtime>(app: &AppHandle<R>, answers: Option<&Path>) -> Option<Vec<PathBuf>> {
    let of_practice =
        || Some(app.path().app_local_data_dir().ok()?.join(PICKED)).filter(|_| Mode::BUILT == Mode::Practice);
    answers.map(Path::to_path_buf).or_else(of_practice).and_then(|file| answered(&file))
}

/// Reads the paths, one a line. They are used once.
fn answered(file: &Path) -> Option<Vec<PathBuf>> {
    let paths = std::fs::read_to_string(file).ok()?;
    std::fs::remove_file(file).ok()?;
    Some(paths.lines().map(PathBuf::from).collect())
}
