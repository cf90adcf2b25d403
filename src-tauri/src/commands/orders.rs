//! Services and lists.

use satchel_store::Table;
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
    let mut guard = shell.vault()?;
    let vault = guard.open()?;
    let drafts = lists::drafts(vault).len();
    let (outbox, received) = (vault.ids(Table::Outbox).len(), vault.ids(Table::Orders).len());
    let completed = shell.following().count_over(vault);
    Ok(CountsView { drafts, outbox, active: received.saturating_sub(completed), completed })
}

/// Lists orders, the one that changed last first. Those on their way are listed by `outbox`.
#[tauri::command(async)]
pub fn orders(shell: State<'_, Shell>, list: OrderListView) -> Result<Vec<OrderRow>, UiError> {
    let mut guard = shell.vault()?;
    let vault = guard.open()?;
    match list {
        OrderListView::Drafts => {
            let drafts = lists::drafts(vault);
            Ok(lists::rows(shell.catalogue(), drafts, shell.attachments()))
        }
        OrderListView::Active => Ok(lists::received(vault, shell.catalogue(), false)),
        OrderListView::Completed => Ok(lists::received(vault, shell.catalogue(), true)),
        OrderListView::Outbox => Ok(Vec::new()),
    }
}
