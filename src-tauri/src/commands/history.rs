//! The past of drafts: taken back, done again, looked at. Each change is on disk when its command answers.

use tauri::State;

use crate::clock::Now;
use crate::draft::Direction;
use crate::state::Shell;
use crate::ui_error::UiError;
use crate::view::draft::DraftView;
use crate::view::history::{HistoryAnswer, VersionView};

/// Takes the last change of a draft back.
#[tauri::command(async)]
pub fn undo_change(shell: State<'_, Shell>, order: String) -> Result<HistoryAnswer, UiError> {
    step(&shell, &order, Direction::Undo)
}

/// Does again what was taken back last.
#[tauri::command(async)]
pub fn redo_change(shell: State<'_, Shell>, order: String) -> Result<HistoryAnswer, UiError> {
    step(&shell, &order, Direction::Redo)
}

/// Lists the versions of a draft, the newest first.
#[tauri::command(async)]
pub fn history(shell: State<'_, Shell>, order: String) -> Result<Vec<VersionView>, UiError> {
    shell.with_draft(&order, |draft| Ok(draft.versions()))
}

/// Makes a draft again what it was in a version; a change like any other.
#[tauri::command(async)]
pub fn restore_version(shell: State<'_, Shell>, order: String, number: u32) -> Result<DraftView, UiError> {
    let files = shell.files_of(&order)?;
    shell.with_draft(&order, |draft| {
        let now = Now::read();
        draft.restore_version(number, now)?;
        Ok(draft.view(files, now.today))
    })
}

fn step(shell: &Shell, order: &str, direction: Direction) -> Result<HistoryAnswer, UiError> {
    let files = shell.files_of(order)?;
    shell.with_draft(order, |draft| {
        let now = Now::read();
        let what = draft.step(direction, now)?;
        Ok(HistoryAnswer { saved: what.is_some().then(|| draft.view(files, now.today)), what })
    })
}
