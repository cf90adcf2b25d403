//! Retention: orders that are over are removed from this computer once the organization's days have passed, unless they are held. The
//! provider keeps its own.

use satchel_store::{RecordId, Table, Vault};
use serde::{Deserialize, Serialize};

use crate::attach::Attachments;
use crate::following;
use crate::lists::{self, OrderSummary};
use crate::policy::Policy;
use crate::sending::OrderRecord;
use crate::ui_error::UiError;

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;
/// The record of what was removed; there is one.
const RETENTION: RecordId = RecordId::from_bytes([
    0x6d, 0x20, 0x91, 0xf4, 0x5b, 0xee, 0x43, 0x0a, 0xb7, 0x3c, 0x18, 0xa9, 0xd5, 0x62, 0x7f, 0x81,
]);

/// What retention removed from a vault so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Removed {
    pub(crate) orders: u64,
    pub(crate) last_at_ms: u64,
}

impl Removed {
    /// Reads it; nothing where nothing was removed yet.
    pub(crate) fn of(vault: &mut Vault) -> Option<Self> {
        vault.read(Table::Settings, RETENTION).ok().flatten()
    }
}

/// Removes orders that have been over for the organization's days, with their files, and returns how many.
pub(crate) fn remove_old(
    vault: &mut Vault,
    attachments: &Attachments,
    policy: &Policy,
    now_ms: u64,
) -> Result<u64, UiError> {
    let Some(days) = policy.retention_days else { return Ok(0) };
    let is_old = |over_ms: u64| over_ms.saturating_add(u64::from(days) * DAY_MS) < now_ms;
    let is_candidate =
        |kept: &OrderSummary| following::is_over(kept.state()) && !policy.hold.holds(kept.client_matter());
    let orders = vault.summaries(Table::Orders).filter(|(_, kept)| is_candidate(&OrderSummary::new(kept)));
    let orders: Vec<_> = orders.filter_map(|(id, _)| lists::order(id)).collect();
    let mut removed = 0;
    for order in orders {
        // The order itself says so: a summary is only where one looks first. What cannot be read is not removed.
        let Ok(Some(record)) = vault.read::<OrderRecord>(Table::Orders, order) else { continue };
        if following::over_at_ms(&record).is_some_and(is_old) {
            // Files first: a kill in between leaves an order that can be removed again.
            attachments.delete(vault, order)?;
            // Before the order itself, without which it would be a draft again.
            if vault.revision(Table::Drafts, order).is_some() {
                vault.delete(Table::Drafts, order)?;
            }
            vault.delete(Table::Orders, order)?;
            removed += 1;
        }
    }
    if removed > 0 {
        let before = Removed::of(vault).unwrap_or_default();
        let now = Removed { orders: before.orders.saturating_add(removed), last_at_ms: now_ms };
        vault.put(Table::Settings, RETENTION, &now)?;
    }
    Ok(removed)
}
