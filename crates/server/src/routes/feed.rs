//! `GET /v1/feed?after={n}`

use axum::Json;
use satchel_wire::FeedAnswer;

use super::extract::After;
use crate::error::HttpError;
use crate::storage::FirmScope;

/// Answers which of the firm's orders changed.
pub(super) async fn feed(scope: FirmScope, After(after): After) -> Result<Json<FeedAnswer>, HttpError> {
    let entries = scope.feed_after(after).await?;
    let next = entries.last().map_or(after, |entry| entry.n);
    Ok(Json(FeedAnswer { entries, next }))
}
