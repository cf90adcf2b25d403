//! `POST /v1/orders/{order}/checkout`

use axum::Json;
use axum::extract::State;
use satchel_wire::{CheckoutAnswer, ErrorCode};

use super::extract::OrderPath;
use crate::error::HttpError;
use crate::payments::{Page, page};
use crate::server::Server;
use crate::storage::FirmScope;

/// Answers the payment page of an order.
pub(super) async fn checkout(
    State(server): State<Server>,
    scope: FirmScope,
    OrderPath(order): OrderPath,
) -> Result<Json<CheckoutAnswer>, HttpError> {
    let payments = server.payments().ok_or(ErrorCode::PaymentsUnavailable)?;
    let Page { url, expires_at } = page(&server, payments, &scope, order).await?;
    Ok(Json(CheckoutAnswer { url, expires_at }))
}
