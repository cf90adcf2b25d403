//! `GET /v1/orders/{order}/returns/{number}`

use axum::Json;
use satchel_wire::{ErrorCode, ReturnedAnswer, TicketUrl};

use super::extract::ReturnPath;
use crate::error::HttpError;
use crate::storage::FirmScope;

/// Answers a ticket to read one returned document, as it is sealed.
pub(super) async fn returned(
    scope: FirmScope,
    ReturnPath(order, number): ReturnPath,
) -> Result<Json<ReturnedAnswer>, HttpError> {
    let ticket = scope.return_ticket(order, number).await?.ok_or(ErrorCode::NotFound)?;
    // The secret part is what the firm asked for.
    let url = TicketUrl::try_from(ticket.url.expose_secret().to_owned()).map_err(HttpError::internal)?;
    Ok(Json(ReturnedAnswer { url, expires_at: ticket.expires_at }))
}
