//! `GET /v1/orders/{order}`

use axum::Json;
use satchel_wire::{ErrorCode, OrderAnswer, Transfer};

use super::extract::OrderPath;
use crate::error::HttpError;
use crate::storage::{FirmScope, StorageError};

/// Answers what the server knows of an order.
pub(super) async fn order(scope: FirmScope, OrderPath(order): OrderPath) -> Result<Json<OrderAnswer>, HttpError> {
    let (state, _) = scope.order_state(order).await?.ok_or(ErrorCode::NotFound)?;
    let newest = state.revisions.last().ok_or(StorageError::Damaged("state"))?;
    let receipt = scope.receipt(order, newest.revision, newest.receipt_sha256).await?;
    Ok(Json(OrderAnswer {
        order,
        revision: newest.revision,
        transfer: Transfer::Received,
        payment: state.payment,
        payment_at: state.payment_at(),
        work: state.work,
        sequence: state.sequence(),
        receipt,
    }))
}
