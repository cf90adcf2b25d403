//! Submitting, and what is on its way.

use satchel_terms::OrderId;
use tauri::State;

use crate::clock::Now;
use crate::rng;
use crate::sending;
use crate::state::{Shell, order_id};
use crate::ui_error::UiError;
use crate::view::outbox::{ConnectionView, OutboxItemView};

/// Submits a draft: freezes it and puts it into the outbox. It needs no connection.
#[tauri::command(async)]
pub fn submit_draft(shell: State<'_, Shell>, order: String) -> Result<(), UiError> {
    let order = order_id(&order)?;
    let counted = {
        // Held from the look at the files to the end, so that none comes or goes in between.
        let mut guard = shell.vault()?;
        let files = shell.attachments().to_submit(order)?;
        sending::submit(guard.open()?, shell.catalogue(), order, &files, Now::read())?;
        // A copy of the vault from before has this order as a draft: it is to be known as an older one.
        guard.open()?.advance().ok()
    };
    shell.note_soon(counted);
    shell.sending().look();
    shell.lists_changed();
    Ok(())
}

/// Lists the orders on their way.
#[tauri::command(async)]
pub fn outbox(shell: State<'_, Shell>) -> Result<Vec<OutboxItemView>, UiError> {
    Ok(sending::outbox_items(shell.vault()?.open()?, shell.catalogue(), shell.sending()))
}

/// Takes an order back from the outbox. Answers the draft's id, which is another one where something was sent already.
#[tauri::command(async)]
pub fn take_back(shell: State<'_, Shell>, order: String) -> Result<String, UiError> {
    let order = order_id(&order)?;
    let draft = {
        let mut guard = shell.vault()?;
        let draft = sending::take_back(guard.open()?, order, OrderId::make(&mut rng()))?;
        shell.attachments().moved(order, draft);
        draft
    };
    shell.sending().begin_anew();
    shell.lists_changed();
    Ok(draft.to_string())
}

/// Tries to send what waits now.
#[tauri::command]
pub fn send_now(shell: State<'_, Shell>) {
    shell.sending().try_now();
}

/// Tells whether there is a provider.
#[tauri::command]
pub fn connection(shell: State<'_, Shell>) -> ConnectionView {
    shell.sending().connection()
}
