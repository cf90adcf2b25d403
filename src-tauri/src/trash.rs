//! The trash: discarded drafts, which are deleted for good after 30 days, or at once where the user says so.

use satchel_store::{Table, Vault};
use satchel_terms::OrderId;

use crate::attach::Attachments;
use crate::draft::DraftRecord;
use crate::lists::{self, OrderSummary};
use crate::policy::Hold;
use crate::sending::is_submitted;
use crate::ui_error::UiError;

/// How long a discarded draft is kept, in milliseconds.
pub(crate) const KEPT_MS: u64 = 30 * 24 * 60 * 60 * 1_000;

/// Deletes discarded drafts for good, with their files. What is not in the trash stays, and what the organization holds.
/// Answers which were.
///
/// # Errors
/// Also where the organization holds all of them.
pub(crate) fn delete(
    vault: &mut Vault,
    attachments: &Attachments,
    hold: &Hold,
    orders: &[OrderId],
) -> Result<Vec<OrderId>, UiError> {
    let free = not_held(vault, hold, orders);
    if free.is_empty() && !orders.is_empty() {
        return Err(UiError::held());
    }
    delete_if(vault, attachments, &free, |_| true)
}

/// Tells whether the organization holds a draft, by the client-matter number that it has now.
pub(crate) fn is_held(vault: &Vault, hold: &Hold, order: OrderId) -> bool {
    match vault.summary(Table::Drafts, order) {
        Some(kept) => hold.holds(OrderSummary::new(kept).client_matter()),
        // Of what has no summary the client-matter number is not known.
        None => *hold != Hold::Nothing,
    }
}

fn not_held(vault: &Vault, hold: &Hold, orders: &[OrderId]) -> Vec<OrderId> {
    orders.iter().copied().filter(|order| !is_held(vault, hold, *order)).collect()
}

/// Deletes what has been in the trash for 30 days, and returns how much that was.
pub(crate) fn delete_old(
    vault: &mut Vault,
    attachments: &Attachments,
    hold: &Hold,
    now_ms: u64,
) -> Result<usize, UiError> {
    let is_old = |discarded_at_ms: u64| discarded_at_ms.saturating_add(KEPT_MS) < now_ms;
    let drafts = vault.summaries(Table::Drafts);
    let drafts = drafts.filter(|(_, kept)| OrderSummary::new(kept).discarded_at_ms().is_some_and(is_old));
    let old: Vec<_> = drafts.filter_map(|(id, _)| lists::order(id)).collect();
    let old = not_held(vault, hold, &old);
    Ok(delete_if(vault, attachments, &old, is_old)?.len())
}

/// Deletes those that were discarded at such a time, and returns them. The drafts themselves say so: a summary is only where one looks first.
fn delete_if(
    vault: &mut Vault,
    attachments: &Attachments,
    orders: &[OrderId],
    is_doomed: impl Fn(u64) -> bool,
) -> Result<Vec<OrderId>, UiError> {
    let mut deleted = Vec::new();
    for order in orders {
        // What cannot be read is not deleted.
        let Ok(Some(draft)) = vault.read::<DraftRecord>(Table::Drafts, *order) else { continue };
        if draft.discarded_at_ms.is_some_and(&is_doomed) && !is_submitted(vault, *order) {
            // Files first: a kill in between leaves a draft that can be deleted again.
            attachments.delete(vault, *order)?;
            vault.delete(Table::Drafts, *order)?;
            deleted.push(*order);
        }
    }
    Ok(deleted)
}
