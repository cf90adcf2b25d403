//! Files of a draft.

use tauri::{AppHandle, Runtime, State};

use crate::picker;
use crate::state::{Shell, order_id};
use crate::ui_error::UiError;

/// Lets the user pick files and attaches them; answers once the picker is closed.
#[tauri::command(async)]
pub fn pick_files<R: Runtime>(app: AppHandle<R>, shell: State<'_, Shell>, order: String) -> Result<(), UiError> {
    let order = order_id(&order)?;
    let paths = picker::pick(&app, shell.picked());
    if paths.is_empty() { Ok(()) } else { shell.attachments().attach(order, &paths) }
}

/// Says which draft takes files that are dropped onto the window; none while no form is open.
#[tauri::command]
pub fn drops_go_to(shell: State<'_, Shell>, order: Option<String>) -> Result<(), UiError> {
    let order = order.map(|order| order_id(&order)).transpose()?;
    shell.drops_go_to(order);
    Ok(())
}

/// Stops sealing a file, or forgets one that failed. Nothing of it is kept.
#[tauri::command(async)]
pub fn cancel_file(shell: State<'_, Shell>, order: String, file: String) -> Result<(), UiError> {
    shell.attachments().cancel(order_id(&order)?, &file)
}

/// Takes a file off a draft.
#[tauri::command(async)]
pub fn remove_file(shell: State<'_, Shell>, order: String, file: String) -> Result<(), UiError> {
    shell.attachments().remove(order_id(&order)?, &file)
}

/// Brings a file back that was removed since Satchel started.
#[tauri::command(async)]
pub fn restore_file(shell: State<'_, Shell>, order: String, file: String) -> Result<(), UiError> {
    shell.attachments().restore(order_id(&order)?, &file)
}
