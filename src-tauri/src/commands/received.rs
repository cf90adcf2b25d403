//! Received orders: paying, asking what is new, saving what came back.

#![expect(clippy::let_underscore_must_use, reason = "Tauri's macro writes it for commands that are async")]

use tauri::{AppHandle, Runtime, State};

use crate::picker;
use crate::state::{Shell, order_id};
use crate::ui_error::UiError;

/// Opens the payment page of a received order in the system's browser.
#[tauri::command]
pub async fn pay_order(shell: State<'_, Shell>, order: String) -> Result<(), UiError> {
    shell.following().pay(order_id(&order)?).await
}

/// Asks the provider now what is new of a received order.
#[tauri::command]
pub async fn check_order(shell: State<'_, Shell>, order: String) -> Result<(), UiError> {
    shell.following().check(order_id(&order)?).await
}

/// Lets the user say where a returned document goes, and writes it there. False: nothing was picked.
#[tauri::command]
pub async fn save_returned<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
    order: String,
    number: u32,
) -> Result<bool, UiError> {
    let order = order_id(&order)?;
    let file = shell.following().listed(order, number)?;
    let (name, answers) = (file.name.as_str().to_owned(), shell.picked().map(ToOwned::to_owned));
    let picked = tauri::async_runtime::spawn_blocking(move || {
        picker::pick_target(&app, answers.as_deref(), "Save document", &name)
    });
    let Some(target) = picked.await.map_err(|_| UiError::internal())? else { return Ok(false) };
    shell.following().save_returned(order, file, &target).await?;
    Ok(true)
}
