//! What follows from a change of an order. It is done after the state was written, and can be done twice.

use satchel_cloud::ETag;
use satchel_terms::OrderId;

use crate::storage::{FirmScope, StorageError, Written};
use satchel_wire::stored::{Effect, OrderState};

/// How often a state is read again because somebody else wrote it.
const ATTEMPTS_MAX: u32 = 4;

/// Does what a state says is to be done, and then takes it off the state.
pub(crate) async fn settle(scope: &FirmScope, state: OrderState, etag: ETag) -> Result<(), StorageError> {
    let (mut state, mut etag) = (state, etag);
    for _ in 0..ATTEMPTS_MAX {
        if state.pending.is_empty() {
            return Ok(());
        }
        for effect in &state.pending {
            perform(scope, state.order, *effect).await?;
        }
        let done = OrderState { pending: Vec::new(), ..state.clone() };
        match scope.write_order_state(&done, Some(&etag)).await? {
            Written::Yes(_) => return Ok(()),
            Written::Changed => {
                let damaged = StorageError::Damaged("state");
                (state, etag) = scope.order_state(state.order).await?.ok_or(damaged)?;
            }
        }
    }
    Err(StorageError::Busy("state"))
}

/// Settles, or leaves it to the sweep: what the caller asked for took place already.
pub(crate) async fn settle_or_leave(scope: &FirmScope, state: OrderState, etag: ETag) {
    let order = state.order;
    if let Err(error) = settle(scope, state, etag).await {
        tracing::warn!(%order, %error, "effects are left to the sweep");
    }
}

async fn perform(scope: &FirmScope, order: OrderId, effect: Effect) -> Result<(), StorageError> {
    match effect {
        Effect::Feed { sequence, since } => scope.append_to_feed(order, sequence, since).await,
    }
}
