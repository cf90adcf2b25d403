//! `PUT /v1/firm/rosters/{number}`

use axum::extract::State;
use axum::http::StatusCode;
use satchel_wire::RosterRequest;

use super::extract::{Body, NumberPath};
use crate::error::HttpError;
use crate::rosters;
use crate::server::Server;
use crate::storage::FirmScope;

/// Takes the firm's next roster. It is verified before it is stored, against the bundle's fingerprint and the chain.
pub(super) async fn put_roster(
    State(server): State<Server>,
    scope: FirmScope,
    NumberPath(number): NumberPath,
    Body(request): Body<RosterRequest>,
) -> Result<StatusCode, HttpError> {
    rosters::take(server.rosters(), &scope, number, &request.roster).await?;
    Ok(StatusCode::NO_CONTENT)
}
