//! Services and lists.

use tauri::State;

use crate::state::Shell;
use crate::ui_error::UiError;
use crate::view::form::ServiceView;
use crate::view::orders::{CountsView, OrderListView, OrderPageView, OrderQueryView};

/// Lists the services that can be ordered.
#[tauri::command]
pub fn services(shell: State<'_, Shell>) -> Vec<ServiceView> {
    let view = |definition: &satchel_order::catalogue::Definition| ServiceView {
        service: definition.catalogue.service.to_string(),
        name: definition.name.clone(),
        summary: definition.summary.clone(),
    };
    shell.catalogue().services().map(view).collect()
}

/// Counts the orders of each list.
#[tauri::command(async)]
pub fn counts(shell: State<'_, Shell>) -> Result<CountsView, UiError> {
    Ok(shell.vault()?.lists()?.counts())
}

/// Finds orders of a list and answers a stretch of them. Those on their way are listed by `outbox` too, with how far each file is.
#[tauri::command(async)]
pub fn orders(shell: State<'_, Shell>, list: OrderListView, query: OrderQueryView) -> Result<OrderPageView, UiError> {
    Ok(shell.vault()?.lists()?.page(list, query, shell.attachments()))
}
