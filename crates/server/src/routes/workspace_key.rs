//! `GET /v1/firm/workspace-keys/{number}/{recipient}`

use axum::Json;
use satchel_wire::{ErrorCode, WorkspaceKeyAnswer};

use super::extract::WorkspaceKeyPath;
use crate::error::HttpError;
use crate::storage::FirmScope;

/// Answers a wrapped workspace key.
pub(super) async fn workspace_key(
    scope: FirmScope,
    WorkspaceKeyPath(number, recipient): WorkspaceKeyPath,
) -> Result<Json<WorkspaceKeyAnswer>, HttpError> {
    let wrapped = scope.workspace_key(number, recipient).await?.ok_or(ErrorCode::NotFound)?;
    Ok(Json(WorkspaceKeyAnswer { wrapped }))
}
