//! What a session that was retrieved from Stripe means for its order.

use std::num::NonZeroU32;

use satchel_cloud::ETag;
use satchel_terms::OrderId;
use satchel_wire::stored::{Attempt, Checkout, EventId, OrderState, Seen};

use super::PaymentError;
use super::stripe::{Status, StripeSession};
use crate::effects;
use crate::server::Server;
use crate::storage::{FirmScope, StorageError, WorkEntry, Written};
use crate::time::Hour;

/// How often a state is read again because somebody else wrote it.
const ATTEMPTS_MAX: u32 = 16;

/// What an event or a look at a session led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TakenIn {
    /// The session is none of ours, or its firm is no client any more.
    NotOurs,
    /// It is noted, or was before.
    Noted,
}

/// Notes in its order's state how far a session is, wherever the session's binding says that the order is.
pub(super) async fn take_in(
    server: &Server,
    session: &StripeSession,
    event: Option<&EventId>,
) -> Result<TakenIn, PaymentError> {
    let Some(bound) = server.storage().provider().binding_of(session).await? else { return Ok(TakenIn::NotOurs) };
    let Some(firm) = server.firms().by_id(bound.firm()).await.map_err(StorageError::from)? else {
        return Ok(TakenIn::NotOurs);
    };
    let scope = server.storage().of_session(&bound, firm)?;
    let (order, number) = (bound.order(), bound.attempt());
    change(server, &scope, order, |state| {
        if event.is_some_and(|event| state.checkout.events.contains(event)) {
            return None;
        }
        let next = looked_at(&state.checkout, order, number, session);
        Some(event.map_or(next.clone(), |event| next.noted(event.clone())))
    })
    .await?;
    Ok(TakenIn::Noted)
}

/// Returns the attempts after a look at the session of one of them.
pub(super) fn looked_at(checkout: &Checkout, order: OrderId, number: NonZeroU32, session: &StripeSession) -> Checkout {
    match checkout.attempt(number).and_then(|attempt| judge(attempt, order, session)) {
        Some(seen) => checkout.after(number, seen),
        None => checkout.clone(),
    }
}

/// Says what a session is for an attempt. Nothing: it says nothing about it, as one that nobody was told of and nobody paid.
fn judge(attempt: &Attempt, order: OrderId, session: &StripeSession) -> Option<Seen> {
    let own = attempt.session.as_ref() == Some(session.id());
    let fits = own && session.reference() == Some(&order.to_string()) && session.is_about(attempt.amount_cents);
    match session.status() {
        // A page that closed brought nothing, whatever it asked for.
        Status::Expired => own.then_some(Seen::Expired),
        Status::Open if !own => None,
        Status::Open if fits => Some(Seen::Open),
        Status::Processing if fits => Some(Seen::Processing),
        Status::Paid if fits => Some(Seen::Paid),
        Status::Failed => own.then_some(Seen::Failed),
        Status::Open | Status::Processing | Status::Paid | Status::Odd => Some(Seen::Misfit),
    }
}

/// Writes an order's attempts, if they change, with what follows from them. Returns the state that is there then.
pub(super) async fn change(
    server: &Server,
    scope: &FirmScope,
    order: OrderId,
    next: impl Fn(&OrderState) -> Option<Checkout>,
) -> Result<OrderState, PaymentError> {
    for _ in 0..ATTEMPTS_MAX {
        let known = scope.order_state(order).await?;
        let (state, etag) = known.ok_or(StorageError::Damaged("state"))?;
        let Some(checkout) = next(&state).filter(|checkout| *checkout != state.checkout) else { return Ok(state) };
        if let Some(written) = write(server, scope, (&state, &etag), checkout).await? {
            return Ok(written);
        }
    }
    Err(StorageError::Busy("state").into())
}

/// Writes attempts over the state that was read. Nothing: somebody else wrote first.
pub(super) async fn write(
    server: &Server,
    scope: &FirmScope,
    (state, etag): (&OrderState, &ETag),
    checkout: Checkout,
) -> Result<Option<OrderState>, PaymentError> {
    let now = server.now();
    let newest = state.revisions.last().ok_or(StorageError::Damaged("state"))?;
    // So that the sweep finds what a crash leaves.
    let entry = WorkEntry { firm: state.firm, order: state.order, revision: newest.revision };
    server.storage().provider().note_work(Hour::of(now), entry).await?;
    let next = state.paying(now, checkout, scope.feed_end().await?);
    match scope.write_order_state(&next, Some(etag)).await? {
        Written::Yes(etag) => {
            if next.payment != state.payment {
                tracing::info!(order = %next.order, payment = ?next.payment, "an order is paid for in another way");
            }
            effects::settle_or_leave(scope, next.clone(), etag).await;
            Ok(Some(next))
        }
        Written::Changed => Ok(None),
    }
}
