//! `POST /v1/orders/{order}/revisions/{revision}/tickets`

use axum::Json;
use axum::extract::State;
use satchel_wire::{TicketsAnswer, TicketsRequest};

use super::extract::{Body, RevisionPath};
use crate::error::HttpError;
use crate::receive::{Standing, accept, standing};
use crate::server::Server;
use crate::storage::FirmScope;
use crate::uploads;

/// Answers a ticket for each blob of the manifest that is not there yet. Writes nothing.
pub(super) async fn tickets(
    State(server): State<Server>,
    scope: FirmScope,
    RevisionPath(order, revision): RevisionPath,
    Body(request): Body<TicketsRequest>,
) -> Result<Json<TicketsAnswer>, HttpError> {
    let accepted = accept(&server, &scope, (order, revision), &request.manifest).await?;
    let manifest = accepted.manifest.statement();
    let answer = match standing(&server, &scope, &accepted.manifest).await? {
        Standing::Received(..) => {
            let committed = manifest.blobs.iter().map(|blob| blob.name).collect();
            TicketsAnswer { tickets: Vec::new(), committed }
        }
        Standing::Next(_) => uploads::tickets(&scope, manifest).await?,
    };
    Ok(Json(answer))
}
