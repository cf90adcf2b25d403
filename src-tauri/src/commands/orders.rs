//! Services and lists.

use tauri::State;

use crate::lists;
use crate::state::Shell;
use crate::ui_error::UiError;
use crate::view::form::ServiceView;
use crate::view::orders::{CountsView, OrderListView, OrderRow};

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
    let drafts = lists::drafts(shell.vault()?.open()?).len();
    Ok(CountsView { drafts, outbox: 0, active: 0, completed: 0 })
}

/// Lists orders, the one that changed last first.
#[tauri::command(async)]
pub fn orders(shell: State<'_, Shell>, list: OrderListView) -> Result<Vec<OrderRow>, UiError> {
    match list {
        OrderListView::Drafts => {
            let mut vault = shell.vault()?;
            let drafts = lists::drafts(vault.open()?);
            Ok(lists::rows(shell.catalogue(), drafts, shell.attachments()))
        }
        OrderListView::Outbox | OrderListView::Active | OrderListView::Completed => Ok(Vec::new()),
    }
}
