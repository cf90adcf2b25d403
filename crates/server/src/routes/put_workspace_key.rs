//! `PUT /v1/firm/workspace-keys/{number}/{recipient}`

use axum::extract::State;
use axum::http::StatusCode;
use satchel_sign::Roster;
use satchel_wire::{ErrorCode, Number, Recipient, WorkspaceKeyRequest};

use super::extract::{Body, WorkspaceKeyPath};
use crate::error::HttpError;
use crate::server::Server;
use crate::storage::{FirmScope, Kept};

/// Keeps a wrapped workspace key, for one that the newest roster knows. Nothing is overwritten.
pub(super) async fn put_workspace_key(
    State(server): State<Server>,
    scope: FirmScope,
    WorkspaceKeyPath(number, recipient): WorkspaceKeyPath,
    Body(request): Body<WorkspaceKeyRequest>,
) -> Result<StatusCode, HttpError> {
    let chain = server.rosters().newest(&scope).await?.ok_or(ErrorCode::NotFound)?;
    if !is_known(chain.roster.newest().statement(), number, recipient) {
        return Err(ErrorCode::NotFound.into());
    }
    match scope.keep_workspace_key(number, recipient, request.wrapped).await? {
        Kept::Yes => Ok(StatusCode::NO_CONTENT),
        Kept::OtherIsThere => Err(ErrorCode::AlreadyExists.into()),
    }
}

/// Tells whether the roster has this workspace key, and admits this device.
fn is_known(roster: &Roster, number: Number, recipient: Recipient) -> bool {
    let key = roster.workspace_keys.iter().any(|known| known.number == number);
    let admitted = match recipient {
        Recipient::Recovery => true,
        Recipient::Device(id) => roster.devices.iter().any(|device| device.device == id && device.revoked_at.is_none()),
    };
    key && admitted
}
