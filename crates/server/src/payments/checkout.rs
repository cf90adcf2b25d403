//! The page on which an order is paid for.

use satchel_cloud::ETag;
use satchel_terms::{OrderId, Timestamp};
use satchel_wire::stored::{Attempt, AttemptState, OrderState, Seen};
use satchel_wire::{CheckoutUrl, ErrorCode, Payment};

use super::price::{self, Bill};
use super::stripe::{Status, StripeFailure, StripeSession};
use super::take_in::{change, looked_at, write};
use super::{PaymentError, Payments};
use crate::error::HttpError;
use crate::server::Server;
use crate::storage::{FirmScope, StorageError};

/// How long a page is open: an hour less than Stripe allows, for clocks that differ.
const PAGE_SECONDS: u64 = 23 * 60 * 60;
/// How long before its end no page is made any more: Stripe asks for 30 minutes.
const PAGE_SECONDS_MIN: u64 = 35 * 60;
/// How often it is looked again at what others changed meanwhile.
const ROUNDS_MAX: u32 = 8;

/// An open page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) url: CheckoutUrl,
    pub(crate) expires_at: Timestamp,
}

/// Returns the open page of an order, or opens one. However often it is asked, and by whomever, there is one.
pub(crate) async fn page(
    server: &Server,
    payments: &Payments,
    scope: &FirmScope,
    order: OrderId,
) -> Result<Page, HttpError> {
    for _ in 0..ROUNDS_MAX {
        let known = scope.order_state(order).await?;
        let (state, etag) = known.ok_or(ErrorCode::OrderNotReceived)?;
        let Some(attempt) = state.checkout.live().cloned() else {
            begin(server, scope, (&state, &etag)).await?;
            continue;
        };
        let page = match attempt.state {
            AttemptState::Opening => open(server, payments, scope, &state, &attempt).await?,
            AttemptState::Open => look_again(server, payments, scope, &state, &attempt).await?,
            AttemptState::Processing
            | AttemptState::Paid
            | AttemptState::Failed
            | AttemptState::Expired
            | AttemptState::Abandoned
            | AttemptState::Held => return Err(ErrorCode::PaymentProcessing.into()),
        };
        if let Some(page) = page {
            return Ok(page);
        }
    }
    Err(StorageError::Busy("state").into())
}

/// Writes the next attempt, before Stripe is asked for anything.
async fn begin(server: &Server, scope: &FirmScope, (state, etag): (&OrderState, &ETag)) -> Result<(), HttpError> {
    match state.payment {
        Payment::Quoted | Payment::Expired | Payment::Awaiting => {}
        Payment::Paid => return Err(ErrorCode::AlreadyPaid.into()),
        Payment::Processing => return Err(ErrorCode::PaymentProcessing.into()),
        Payment::Held => return Err(ErrorCode::PaymentHeld.into()),
        Payment::None
        | Payment::OnAccount
        | Payment::BalanceDue
        | Payment::PartlyRefunded
        | Payment::Refunded
        | Payment::Disputed => return Err(ErrorCode::PaymentNotPossible.into()),
    }
    let newest = state.revisions.last().ok_or(StorageError::Damaged("state"))?;
    let manifest = scope.manifest(state.order, newest.revision, newest.manifest_sha256).await?;
    let total = manifest.quote.total();
    price::check(total)?;
    let now = server.now();
    let expires_at = now.seconds().saturating_add(PAGE_SECONDS);
    let expires_at = Timestamp::try_from(expires_at).map_err(HttpError::internal)?;
    let begun = state.checkout.begun((newest.revision, total), (now, expires_at));
    let begun = begun.ok_or(ErrorCode::PaymentNotPossible)?;
    // Whether this was the one that wrote or another, the next round finds an attempt.
    write(server, scope, (state, etag), begun).await?;
    Ok(())
}

/// Asks Stripe for the session of an attempt that has none yet. Nothing: it has to be looked at again.
async fn open(
    server: &Server,
    payments: &Payments,
    scope: &FirmScope,
    state: &OrderState,
    attempt: &Attempt,
) -> Result<Option<Page>, HttpError> {
    let give_up = async || {
        let next = |state: &OrderState| Some(state.checkout.after(attempt.number, Seen::GivenUp));
        change(server, scope, state.order, next).await
    };
    if !is_current(state, attempt) || is_late(attempt, server.now()) {
        give_up().await?;
        return Ok(None);
    }
    let session = match payments.stripe.create(&bill(server, scope, state, attempt).await?).await {
        Ok(session) => session,
        // It may have been made. The next one who asks finds it.
        Err(failure @ StripeFailure::Unavailable) => return Err(PaymentError::from(failure).into()),
        // Stripe answers the same under this key for a day, and nobody was told of a page: the next attempt has another key.
        Err(
            failure @ (StripeFailure::Failed(_)
            | StripeFailure::Refused(_)
            | StripeFailure::NoSession
            | StripeFailure::Answer),
        ) => {
            give_up().await?;
            return Err(PaymentError::from(failure).into());
        }
    };
    let url = session.url().filter(|_| session.status() == Status::Open && session.is_about(attempt.amount_cents));
    let Some(url) = url.cloned() else {
        tracing::error!(order = %state.order, session = %session.id(), "a session is not as it was asked for");
        give_up().await?;
        payments.stripe.expire(session.id()).await.map_err(PaymentError::from)?;
        return Err(HttpError::internal("a session is not as it was asked for"));
    };
    tell(server, scope, state.order, attempt, &session, url).await
}

/// Writes whose the session is, then that it is open. Only then may somebody be told.
async fn tell(
    server: &Server,
    scope: &FirmScope,
    order: OrderId,
    attempt: &Attempt,
    session: &StripeSession,
    url: CheckoutUrl,
) -> Result<Option<Page>, HttpError> {
    server.storage().provider().bind(session, (scope.firm().id(), order, attempt.number)).await?;
    let opened = |state: &OrderState| state.checkout.opened(attempt.number, session.id().clone(), url.clone());
    let state = change(server, scope, order, opened).await?;
    let there = state.checkout.attempt(attempt.number);
    let own = there.filter(|there| there.state == AttemptState::Open && there.session.as_ref() == Some(session.id()));
    Ok(own.map(|own| Page { url, expires_at: own.expires_at }))
}

/// Looks at a page that is open as far as is known. Nothing: it is not, or asked for another price, and was closed.
async fn look_again(
    server: &Server,
    payments: &Payments,
    scope: &FirmScope,
    state: &OrderState,
    attempt: &Attempt,
) -> Result<Option<Page>, HttpError> {
    let damaged = || StorageError::Damaged("state");
    let (id, url) = attempt.session.as_ref().zip(attempt.url.clone()).ok_or_else(damaged)?;
    let mut session = payments.stripe.retrieve(id).await.map_err(PaymentError::from)?;
    let usable = is_current(state, attempt) && server.now() < attempt.expires_at;
    if session.status() == Status::Open && !usable {
        session = payments.stripe.expire(id).await.map_err(PaymentError::from)?;
    }
    let next = |state: &OrderState| Some(looked_at(&state.checkout, state.order, attempt.number, &session));
    let state = change(server, scope, state.order, next).await?;
    let open = state.checkout.attempt(attempt.number).is_some_and(|there| there.state == AttemptState::Open);
    Ok((open && usable).then_some(Page { url, expires_at: attempt.expires_at }))
}

/// Tells whether an attempt asks for the newest revision's price.
fn is_current(state: &OrderState, attempt: &Attempt) -> bool {
    let newest = state.revisions.last();
    newest.is_some_and(|newest| (newest.revision, newest.total_cents) == (attempt.revision, attempt.amount_cents))
}

/// Tells whether Stripe would no longer take the end of an attempt's session.
fn is_late(attempt: &Attempt, now: Timestamp) -> bool {
    now.seconds().saturating_add(PAGE_SECONDS_MIN) > attempt.expires_at.seconds()
}

async fn bill(server: &Server, scope: &FirmScope, state: &OrderState, attempt: &Attempt) -> Result<Bill, StorageError> {
    let damaged = || StorageError::Damaged("state");
    let received = state.revision(attempt.revision).ok_or_else(damaged)?;
    let manifest = scope.manifest(state.order, received.revision, received.manifest_sha256).await?;
    if manifest.quote.total() != attempt.amount_cents {
        return Err(damaged());
    }
    Ok(Bill {
        order: state.order,
        order_number: state.order_number.clone(),
        client_matter: manifest.client_matter.as_ref().map(|matter| matter.as_str().to_owned()),
        lines: price::lines(server.catalogue(), &manifest),
        attempt: attempt.clone(),
        firm: state.firm,
    })
}
