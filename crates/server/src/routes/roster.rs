//! `GET /v1/firm/rosters/{number}`

use axum::Json;
use axum::extract::State;
use satchel_wire::{ErrorCode, RosterAnswer};

use super::extract::NumberPath;
use crate::error::HttpError;
use crate::server::Server;
use crate::storage::FirmScope;

/// Answers the firm's roster of this number.
pub(super) async fn roster(
    State(server): State<Server>,
    scope: FirmScope,
    NumberPath(number): NumberPath,
) -> Result<Json<RosterAnswer>, HttpError> {
    let chain = server.rosters().newest(&scope).await?;
    let name = chain.and_then(|chain| chain.name(number)).ok_or(ErrorCode::NotFound)?;
    Ok(Json(RosterAnswer { roster: scope.roster(name).await? }))
}
