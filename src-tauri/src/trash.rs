//! The trash: discarded drafts, which are deleted for good after 30 days, or at once where the user says so.

use satchel_store::{Table, Vault};
use satchel_terms::OrderId;

use crate::attach::Attachments;
use crate::draft::DraftRecord;
use crate::lists::{self, OrderSummary};
use crate::sending::is_submitted;
use crate::ui_error::UiError;

/// How long a discarded draft is kept, in milliseconds.
pub(crate) const KEPT_MS: u64 = 30 * 24 * 60 * 60 * 1_000;

/// Deletes discarded drafts for good, with their files. What is not in the trash stays.
pub(crate) fn delete(vault: &mut Vault, attachments: &Attachments, orders: &[OrderId]) -> Result<(), UiError> {
    delete_if(vault, attachments, orders, |_| true)
}

/// Deletes what has been in the trash for 30 days.
pub(crate) fn delete_old(vault: &mut Vault, attachments: &Attachments, now_ms: u64) -> Result<(), UiError> {
    let is_old = |discarded_at_ms: u64| discarded_at_ms.saturating_add(KEPT_MS) < now_ms;
    let drafts = vault.summaries(Table::Drafts);
    let drafts = drafts.filter(|(_, kept)| OrderSummary::new(kept).discarded_at_ms().is_some_and(is_old));
    let old: Vec<_> = drafts.filter_map(|(id, _)| lists::order(id)).collect();
    delete_if(vault, attachments, &old, is_old)
}

/// Deletes those that were discarded at such a time. The drafts themselves say so: a summary is only where one looks first.
fn delete_if(
    vault: &mut Vault,
    attachments: &Attachments,
    orders: &[OrderId],
    is_doomed: impl Fn(u64) -> bool,
) -> Result<(), UiError> {
    for order in orders {
        // What cannot be read is not deleted.
        let Ok(Some(draft)) = vault.read::<DraftRecord>(Table::Drafts, *order) else { continue };
        if draft.discarded_at_ms.is_some_and(&is_doomed) && !is_submitted(vault, *order) {
            // Files first: a kill in between leaves a draft that can be deleted again.
            attachments.delete(vault, *order)?;
            vault.delete(Table::Drafts, *order)?;
        }
    }
    Ok(())
}
