//! `POST /practice/token`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, HeaderName};
use satchel_terms::{PersonId, TenantId};
use serde::Serialize;

use super::Practice;
use super::refusal::Refusal;
use crate::firm::PERSON;
use crate::sign_in::{TOKEN_SECONDS, access_token};

/// A token, and whom it names.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TokenAnswer {
    access_token: String,
    /// In seconds.
    expires_in: u64,
    tid: TenantId,
    oid: PersonId,
    name: &'static str,
}

/// Signs the sample person in.
pub(super) async fn token(
    State(practice): State<Arc<Practice>>,
) -> Result<([(HeaderName, &'static str); 1], Json<TokenAnswer>), Refusal> {
    let sample = &practice.sample;
    let token = access_token(&practice.keys, sample, &practice.base, practice.clock.now());
    let answer = TokenAnswer {
        access_token: token.ok_or(Refusal::Failed)?,
        expires_in: TOKEN_SECONDS,
        tid: sample.tenant,
        oid: sample.person,
        name: PERSON,
    };
    Ok(([(CACHE_CONTROL, "no-store")], Json(answer)))
}
