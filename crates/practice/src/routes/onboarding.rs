//! `POST /practice/onboarding`

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use satchel_terms::{Thumbprint, parse};
use satchel_wire::{BundleAnswer, Compact};
use serde::{Deserialize, Serialize};

use super::Practice;
use super::refusal::Refusal;
use crate::firm::FirmError;

const BODY_BYTES_MAX: usize = 1024;

/// Which desktop is to be the firm's first.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct OnboardingRequest {
    /// Of the key that signs the firm's first roster.
    admin_fingerprint: Thumbprint,
}

/// Plays the provider, who compared the fingerprint by telephone: answers the firm's bundle.
pub(super) async fn onboarding(
    State(practice): State<Arc<Practice>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<BundleAnswer>, Refusal> {
    let json = headers.get(CONTENT_TYPE).is_some_and(|value| value == "application/json");
    if !json {
        return Err(Refusal::Malformed);
    }
    let request: OnboardingRequest = parse(&body, BODY_BYTES_MAX).map_err(|_| Refusal::Malformed)?;
    let bundle = practice.provider.onboard(request.admin_fingerprint).await.map_err(|error| match error {
        FirmError::OtherAdmin => Refusal::OtherAdmin,
        FirmError::Folder(_)
        | FirmError::Sign(_)
        | FirmError::Make
        | FirmError::Address
        | FirmError::Names(_)
        | FirmError::Cloud(_)
        | FirmError::Listed(_) => {
            tracing::error!(%error, "the firm could not be onboarded");
            Refusal::Failed
        }
    })?;
    let bundle = Compact::try_from(bundle.compact().to_owned()).map_err(|_| Refusal::Failed)?;
    Ok(Json(BundleAnswer { bundle }))
}
