//! The job that finishes what a crash left: orders whose effects were not done.

use satchel_terms::Timestamp;

use crate::effects;
use crate::server::{Deps, Server};
use crate::storage::{Job, ProviderScope, StorageError, WorkEntry};
use crate::time::{HOUR_SECONDS, Hour};

/// How long after its end an hour is looked at again. No request takes that long, so nothing of the hour is still under way.
const SETTLED_AFTER_SECONDS: u64 = HOUR_SECONDS;

/// What a sweep did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Swept {
    /// Orders that were looked at.
    pub orders: u64,
    /// Orders whose effects it did.
    pub finished: u64,
    /// Orders that it could not finish; the next sweep looks at them again.
    pub failed: u64,
}

/// Says why a sweep stopped. What it did until then stays done.
#[derive(Debug, thiserror::Error)]
#[error("the sweep stopped")]
pub struct SweepError(#[source] Box<dyn std::error::Error + Send + Sync>);

impl From<StorageError> for SweepError {
    fn from(error: StorageError) -> Self {
        Self(Box::new(error))
    }
}

/// Looks at every order that may have changed since the last hour that is known to be settled, and finishes what was left. It
/// may run at any time, also twice at once.
///
/// # Errors
/// Fails where the provider's own container cannot be read.
pub async fn sweep(deps: &Deps) -> Result<Swept, SweepError> {
    let server = Server::new(deps.clone());
    let (provider, now) = (server.storage().provider(), server.now());
    let mark = provider.sweep_mark().await?;
    let first = match &mark {
        Some((hour, _)) => Some(*hour),
        None => provider.first_work().await?,
    };
    let Some(first) = first else { return Ok(Swept::default()) };
    let mut swept = Swept::default();
    let (mut hour, mut settled) = (first, first);
    while hour <= Hour::of(now) {
        let failed_before = swept.failed;
        sweep_hour(&server, &provider, hour, &mut swept).await?;
        if settled == hour && swept.failed == failed_before && is_over(hour, now) {
            settled = hour.next();
        }
        hour = hour.next();
    }
    if settled != first || mark.is_none() {
        provider.move_sweep_mark(settled, mark.as_ref().map(|(_, etag)| etag)).await?;
    }
    Ok(swept)
}

fn is_over(hour: Hour, now: Timestamp) -> bool {
    let end = hour.next().number().saturating_mul(HOUR_SECONDS);
    now.seconds() >= end.saturating_add(SETTLED_AFTER_SECONDS)
}

async fn sweep_hour(
    server: &Server,
    provider: &ProviderScope,
    hour: Hour,
    swept: &mut Swept,
) -> Result<(), SweepError> {
    let mut next = None;
    loop {
        let (entries, after) = provider.work(hour, next.as_deref()).await?;
        for entry in entries {
            swept.orders += 1;
            match finish(server, entry).await {
                Ok(true) => swept.finished += 1,
                Ok(false) => {}
                Err(error) => {
                    tracing::warn!(firm = %entry.firm, order = %entry.order, %error, "an order could not be finished");
                    swept.failed += 1;
                }
            }
        }
        next = after;
        if next.is_none() {
            return Ok(());
        }
    }
}

/// Finishes one order. Answers whether there was something to do.
async fn finish(server: &Server, entry: WorkEntry) -> Result<bool, StorageError> {
    // A firm that is no longer a client has nobody who reads a feed.
    let Some(firm) = server.firms().by_id(entry.firm).await? else { return Ok(false) };
    let scope = server.storage().of_job(Job::Sweep, firm)?;
    // No state: the request that noted the work did not get to write one.
    let Some((state, etag)) = scope.order_state(entry.order).await? else { return Ok(false) };
    if state.pending.is_empty() {
        return Ok(false);
    }
    effects::settle(&scope, state, etag).await?;
    Ok(true)
}
