//! `POST /v1/stripe/webhook`: no bearer, Stripe's signature instead.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use satchel_wire::ErrorCode;

use crate::error::HttpError;
use crate::payments::hear;
use crate::server::Server;

/// Takes an event of Stripe's. One that is not answered with success is sent again.
pub(super) async fn stripe_webhook(
    State(server): State<Server>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(), HttpError> {
    let payments = server.payments().ok_or(ErrorCode::PaymentsUnavailable)?;
    hear(&server, payments, &headers, &body).await
}
