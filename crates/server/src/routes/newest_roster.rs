//! `GET /v1/firm/rosters/latest`

use axum::Json;
use axum::extract::State;
use satchel_wire::{ErrorCode, RosterAnswer};

use crate::error::HttpError;
use crate::server::Server;
use crate::storage::FirmScope;

/// Answers the firm's newest roster.
pub(super) async fn newest_roster(
    State(server): State<Server>,
    scope: FirmScope,
) -> Result<Json<RosterAnswer>, HttpError> {
    let chain = server.rosters().newest(&scope).await?;
    let name = chain.and_then(|chain| chain.newest_name()).ok_or(ErrorCode::NotFound)?;
    Ok(Json(RosterAnswer { roster: scope.roster(name).await? }))
}
