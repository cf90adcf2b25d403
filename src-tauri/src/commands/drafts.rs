//! Drafts: started, filled in, discarded. Each change is on disk when its command answers.

use satchel_terms::OrderId;
use tauri::State;

use crate::clock::Now;
use crate::draft::{self, AnswerPath, OpenDraft};
use crate::rng;
use crate::state::{Shell, order_id};
use crate::ui_error::UiError;
use crate::view::draft::{AnswerView, DraftView, EntryView, SavedAnswer, SavedRows};
use crate::view::review::ReviewView;

/// Makes a draft of a service and answers its order id.
#[tauri::command(async)]
pub fn start_draft(shell: State<'_, Shell>, service: String) -> Result<String, UiError> {
    let definition = shell.catalogue().service(&service).ok_or_else(UiError::gone)?;
    let order = OrderId::make(&mut rng());
    OpenDraft::start(shell.vault()?.open()?, definition, order, Now::read())?;
    shell.lists_changed();
    Ok(order.to_string())
}

/// Reads a draft.
#[tauri::command(async)]
pub fn open_draft(shell: State<'_, Shell>, order: String) -> Result<DraftView, UiError> {
    let files = shell.files_of(&order)?;
    shell.with_draft(&order, |draft| Ok(draft.view(files, Now::read().today)))
}

/// Saves what was entered at a path.
#[tauri::command(async)]
pub fn save_answer(
    shell: State<'_, Shell>,
    order: String,
    path: String,
    entry: EntryView,
) -> Result<SavedAnswer, UiError> {
    let path = answer_path(&path)?;
    shell.with_draft(&order, |draft| draft.save(&path, entry, Now::read()))
}

/// Reads a sensitive answer.
#[tauri::command(async)]
pub fn reveal_answer(shell: State<'_, Shell>, order: String, path: String) -> Result<Option<AnswerView>, UiError> {
    let path = answer_path(&path)?;
    shell.with_draft(&order, |draft| draft.reveal(&path))
}

/// Adds an empty row at the end of a repeating section.
#[tauri::command(async)]
pub fn add_row(shell: State<'_, Shell>, order: String, section: String) -> Result<SavedRows, UiError> {
    shell.with_draft(&order, |draft| draft.add_row(&section, Now::read()))
}

/// Takes a row away.
#[tauri::command(async)]
pub fn remove_row(shell: State<'_, Shell>, order: String, section: String, row: u32) -> Result<SavedRows, UiError> {
    shell.with_draft(&order, |draft| draft.set_removed(&section, row, true, Now::read()))
}

/// Brings a removed row back to its place.
#[tauri::command(async)]
pub fn restore_row(shell: State<'_, Shell>, order: String, section: String, row: u32) -> Result<SavedRows, UiError> {
    shell.with_draft(&order, |draft| draft.set_removed(&section, row, false, Now::read()))
}

/// Puts a draft into the trash.
#[tauri::command(async)]
pub fn discard_draft(shell: State<'_, Shell>, order: String) -> Result<(), UiError> {
    shell.with_draft(&order, |draft| draft.set_discarded(Some(Now::read().ms)))?;
    shell.lists_changed();
    Ok(())
}

/// Takes a draft out of the trash.
#[tauri::command(async)]
pub fn restore_draft(shell: State<'_, Shell>, order: String) -> Result<(), UiError> {
    shell.with_draft(&order, |draft| draft.set_discarded(None))?;
    shell.lists_changed();
    Ok(())
}

/// Deletes discarded drafts for good, with their files: those that are named, or all. Answers which.
#[tauri::command(async)]
pub fn empty_trash(shell: State<'_, Shell>, orders: Vec<String>, all: bool) -> Result<Vec<String>, UiError> {
    let mut place = shell.vault()?;
    let orders = if all {
        place.lists()?.discarded()
    } else {
        orders.iter().map(|order| order_id(order)).collect::<Result<Vec<_>, _>>()?
    };
    let policy = shell.policy();
    let orders = crate::trash::delete(place.open()?, shell.attachments(), &policy.hold, &orders)?;
    drop(place);
    shell.lists_changed();
    Ok(orders.iter().map(ToString::to_string).collect())
}

/// Reads an order as a sheet: a draft as it would be sent, a submitted one as it was.
#[tauri::command(async)]
pub fn review_draft(shell: State<'_, Shell>, order: String) -> Result<ReviewView, UiError> {
    let files = shell.files_of(&order)?;
    if let Some(sheet) = shell.submitted_sheet(&order, &files)? {
        return Ok(sheet);
    }
    shell.with_draft(&order, |open| Ok(draft::review(open, order.clone(), files, Now::read().today)))
}

fn answer_path(path: &str) -> Result<AnswerPath, UiError> {
    path.parse().map_err(|_| UiError::gone())
}
