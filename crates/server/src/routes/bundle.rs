//! `GET /v1/firm/bundle`

use axum::Json;
use satchel_wire::{BundleAnswer, Compact};

use crate::error::HttpError;
use crate::storage::FirmScope;

/// Answers what the provider says about the caller's firm.
pub(super) async fn bundle(scope: FirmScope) -> Result<Json<BundleAnswer>, HttpError> {
    let bundle = Compact::try_from(scope.firm().bundle().compact().to_owned()).map_err(HttpError::internal)?;
    Ok(Json(BundleAnswer { bundle }))
}
