//! `POST /v1/orders/{order}/revisions/{revision}/commit`

use axum::Json;
use axum::extract::State;
use satchel_wire::{CommitAnswer, CommitRequest};

use super::extract::{Body, RevisionPath};
use crate::error::HttpError;
use crate::receive::{accept, receive};
use crate::server::Server;
use crate::storage::FirmScope;

/// Receives a revision whose blobs are all there, and answers the receipt; the same one, however often it is asked.
pub(super) async fn commit(
    State(server): State<Server>,
    scope: FirmScope,
    RevisionPath(order, revision): RevisionPath,
    Body(request): Body<CommitRequest>,
) -> Result<Json<CommitAnswer>, HttpError> {
    let accepted = accept(&server, &scope, (order, revision), &request.manifest).await?;
    let receipt = receive(&server, &scope, &accepted).await?;
    Ok(Json(CommitAnswer { receipt }))
}
