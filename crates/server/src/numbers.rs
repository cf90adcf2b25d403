//! Order numbers such as `26-04187`: the year in UTC, and a number from 1, unique at the provider.

use satchel_terms::Timestamp;
use tokio::sync::Mutex;

use crate::error::HttpError;
use crate::storage::ProviderScope;
use crate::time;

/// Gives out order numbers. A number that was taken and not used, because of a crash or a race, stays a gap.
#[derive(Debug)]
pub(crate) struct OrderNumbers {
    scope: ProviderScope,
    /// Requests of one process take turns, so that they do not spoil each other's compare-and-swap.
    turn: Mutex<()>,
}

impl OrderNumbers {
    pub(crate) fn new(scope: ProviderScope) -> Self {
        Self { scope, turn: Mutex::default() }
    }

    /// Takes the next one.
    pub(crate) async fn take(&self, now: Timestamp) -> Result<String, HttpError> {
        let year = time::year(now).map_err(HttpError::internal)?;
        let _turn = self.turn.lock().await;
        let number = self.scope.take_number(year).await?;
        Ok(format!("{year:02}-{number:05}"))
    }
}
