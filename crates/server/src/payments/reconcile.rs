//! The job that looks at sessions of which no event told: an event may be lost, and the server may have been down.

use satchel_terms::Timestamp;
use satchel_wire::stored::SessionBinding;

use super::take_in::take_in;
use super::{PaymentError, Payments};
use crate::server::{Deps, Server};
use crate::storage::{Job, ProviderScope, StorageError};
use crate::time::{HOUR_SECONDS, Hour};

/// How long after its end an hour is looked at again.
const SETTLED_AFTER_SECONDS: u64 = HOUR_SECONDS;
/// How many hours ahead a session ends at most.
const HOURS_AHEAD: u64 = 25;

/// What a run did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reconciled {
    /// Sessions that were under way.
    pub sessions: u64,
    /// Sessions that had got further than was known.
    pub changed: u64,
    /// Sessions that could not be looked at; the next run does.
    pub failed: u64,
}

/// Says why a run stopped. What it did until then stays done.
#[derive(Debug, thiserror::Error)]
#[error("the run over open payment pages stopped")]
pub struct ReconcileError(#[source] Box<dyn std::error::Error + Send + Sync>);

impl From<StorageError> for ReconcileError {
    fn from(error: StorageError) -> Self {
        Self(Box::new(error))
    }
}

/// Retrieves every session that is under way as far as is known, and notes what became of it. To be run when a server starts,
/// and from time to time; also twice at once. Without payments it does nothing.
///
/// # Errors
/// Fails where the provider's own container cannot be read.
pub async fn reconcile(deps: &Deps) -> Result<Reconciled, ReconcileError> {
    let mut reconciled = Reconciled::default();
    let Some(payments) = deps.payments.clone() else { return Ok(reconciled) };
    let server = Server::new(deps.clone());
    let (provider, now) = (server.storage().provider(), server.now());
    let mark = provider.reconcile_mark().await?;
    let first = match &mark {
        Some((hour, _)) => Some(*hour),
        None => provider.first_binding().await?,
    };
    let Some(first) = first else { return Ok(reconciled) };
    let last = Hour::from_number(Hour::of(now).number().saturating_add(HOURS_AHEAD));
    let (mut hour, mut settled) = (first, first);
    while hour <= last {
        let done = look_at_hour(&server, &payments, &provider, hour, &mut reconciled).await?;
        if settled == hour && done && is_over(hour, now) {
            settled = hour.next();
        }
        hour = hour.next();
    }
    // The mark stands behind hours that are over only: a session that was asked for long ago may be bound still, and ends
    // before others that are bound already.
    if settled != first {
        provider.move_reconcile_mark(settled, mark.as_ref().map(|(_, etag)| etag)).await?;
    }
    Ok(reconciled)
}

fn is_over(hour: Hour, now: Timestamp) -> bool {
    let end = hour.next().number().saturating_mul(HOUR_SECONDS);
    now.seconds() >= end.saturating_add(SETTLED_AFTER_SECONDS)
}

/// Looks at the sessions that end in an hour. Answers whether all of them have ended, one way or the other.
async fn look_at_hour(
    server: &Server,
    payments: &Payments,
    provider: &ProviderScope,
    hour: Hour,
    reconciled: &mut Reconciled,
) -> Result<bool, ReconcileError> {
    let (mut next, mut done) = (None, true);
    loop {
        let (bindings, after) = provider.bindings(hour, next.as_deref()).await?;
        for binding in bindings {
            match look_at(server, payments, &binding).await {
                Ok(Looked::Ended) => {}
                Ok(Looked::UnderWay { before, after }) => {
                    reconciled.sessions += 1;
                    reconciled.changed += u64::from(before);
                    done &= after;
                }
                Err(error) => {
                    let SessionBinding { firm, order, .. } = &binding;
                    tracing::warn!(%firm, %order, %error, "a session could not be looked at");
                    reconciled.failed += 1;
                    done = false;
                }
            }
        }
        next = after;
        if next.is_none() {
            return Ok(done);
        }
    }
}

/// What a look at a session found.
enum Looked {
    /// It had ended, as was known.
    Ended,
    /// It was under way; whether that changed, and whether it has ended now.
    UnderWay { before: bool, after: bool },
}

async fn look_at(server: &Server, payments: &Payments, binding: &SessionBinding) -> Result<Looked, PaymentError> {
    let firm = server.firms().by_id(binding.firm).await.map_err(StorageError::from)?;
    let Some(firm) = firm else { return Ok(Looked::Ended) };
    let scope = server.storage().of_job(Job::Reconcile, firm)?;
    let state_of = async || -> Result<_, PaymentError> {
        let known = scope.order_state(binding.order).await?;
        let (state, _) = known.ok_or(StorageError::Damaged("state"))?;
        let attempt = state.checkout.attempt(binding.attempt);
        Ok(attempt.filter(|attempt| attempt.session.as_ref() == Some(&binding.session)).map(|attempt| attempt.state))
    };
    let before = state_of().await?;
    if !before.is_some_and(satchel_wire::stored::AttemptState::is_live) {
        return Ok(Looked::Ended);
    }
    take_in(server, &payments.stripe.retrieve(&binding.session).await?, None).await?;
    let after = state_of().await?;
    Ok(Looked::UnderWay { before: before != after, after: !after.is_some_and(|state| state.is_live()) })
}
