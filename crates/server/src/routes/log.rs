//! `GET /v1/orders/{order}/log?after={n}`

use axum::Json;
use satchel_wire::{ErrorCode, LogAnswer};

use super::extract::{After, OrderPath};
use crate::error::HttpError;
use crate::storage::FirmScope;

/// Answers entries of an order's log as they are sealed. Nothing here can open one.
pub(super) async fn log(
    scope: FirmScope,
    OrderPath(order): OrderPath,
    After(after): After,
) -> Result<Json<LogAnswer>, HttpError> {
    let after = u32::try_from(after).map_err(|_| ErrorCode::Malformed)?;
    scope.order_state(order).await?.ok_or(ErrorCode::NotFound)?;
    Ok(Json(LogAnswer { entries: scope.log_after(order, after).await? }))
}
