//! What handlers take out of a request, each parsed once and strictly.

use std::num::NonZeroU32;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, RawQuery, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use satchel_terms::{OrderId, Revision, parse};
use satchel_wire::limits::ROSTER_BODY_BYTES_MAX;
use satchel_wire::{ErrorCode, Number, Recipient};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::auth::Caller;
use crate::error::HttpError;
use crate::server::Server;
use crate::storage::FirmScope;

impl FromRequestParts<Server> for FirmScope {
    type Rejection = HttpError;

    /// Returns the blobs of the caller's firm. Only `admit` puts a caller into a request.
    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, HttpError> {
        let caller = parts.extensions.get::<Caller>().ok_or(ErrorCode::Unauthenticated)?;
        Ok(server.storage().of_caller(caller)?)
    }
}

/// A JSON body.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned + Serialize> FromRequest<Server> for Body<T> {
    type Rejection = HttpError;

    async fn from_request(request: Request, server: &Server) -> Result<Self, HttpError> {
        let declared = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let essence = declared.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/json") {
            return Err(ErrorCode::MediaType.into());
        }
        // The route's own limit cuts the body off while it is read; this one only bounds the parser.
        let bytes = Bytes::from_request(request, server).await.map_err(unread)?;
        let body = parse(&bytes, ROSTER_BODY_BYTES_MAX).map_err(|error| HttpError::new(ErrorCode::Malformed, error))?;
        Ok(Self(body))
    }
}

fn unread(rejection: BytesRejection) -> HttpError {
    let too_large = rejection.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE;
    if too_large { ErrorCode::BodyTooLarge.into() } else { HttpError::new(ErrorCode::Malformed, rejection) }
}

/// Takes the parameters of a path; a path that is none of ours leads nowhere.
async fn parameters<T: DeserializeOwned + Send>(parts: &mut Parts, server: &Server) -> Result<T, HttpError> {
    let path = Path::<T>::from_request_parts(parts, server).await;
    path.map(|Path(parameters)| parameters).map_err(|_| ErrorCode::NotFound.into())
}

/// Reads a number from 1 as it is written: no sign, no leading zero.
fn number(text: &str) -> Result<NonZeroU32, HttpError> {
    let number: NonZeroU32 = text.parse().map_err(|_| ErrorCode::NotFound)?;
    if number.to_string() == text { Ok(number) } else { Err(ErrorCode::NotFound.into()) }
}

async fn order_and_number(parts: &mut Parts, server: &Server) -> Result<(OrderId, NonZeroU32), HttpError> {
    let (order, text): (String, String) = parameters(parts, server).await?;
    Ok((order.parse().map_err(|_| ErrorCode::NotFound)?, number(&text)?))
}

/// The order of a path.
pub(super) struct OrderPath(pub(super) OrderId);

impl FromRequestParts<Server> for OrderPath {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, HttpError> {
        let order: String = parameters(parts, server).await?;
        order.parse().map(Self).map_err(|_| ErrorCode::NotFound.into())
    }
}

/// The order and revision of a path.
pub(super) struct RevisionPath(pub(super) OrderId, pub(super) Revision);

impl FromRequestParts<Server> for RevisionPath {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, HttpError> {
        order_and_number(parts, server).await.map(|(order, revision)| Self(order, revision))
    }
}

/// The order of a path, and the number of a document that was returned for it.
pub(super) struct ReturnPath(pub(super) OrderId, pub(super) NonZeroU32);

impl FromRequestParts<Server> for ReturnPath {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, HttpError> {
        order_and_number(parts, server).await.map(|(order, number)| Self(order, number))
    }
}

/// The number of a path.
pub(super) struct NumberPath(pub(super) Number);

impl FromRequestParts<Server> for NumberPath {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, HttpError> {
        let text: String = parameters(parts, server).await?;
        number(&text).map(Self)
    }
}

/// The number and the recipient of a path.
pub(super) struct WorkspaceKeyPath(pub(super) Number, pub(super) Recipient);

impl FromRequestParts<Server> for WorkspaceKeyPath {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, HttpError> {
        let (text, recipient): (String, String) = parameters(parts, server).await?;
        Ok(Self(number(&text)?, recipient.parse().map_err(|_| ErrorCode::NotFound)?))
    }
}

/// The query `after={n}`.
pub(super) struct After(pub(super) u64);

impl FromRequestParts<Server> for After {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, HttpError> {
        let RawQuery(query) = RawQuery::from_request_parts(parts, server).await.unwrap_or(RawQuery(None));
        let text = query.as_deref().and_then(|query| query.strip_prefix("after=")).ok_or(ErrorCode::Malformed)?;
        let after: u64 = text.parse().map_err(|_| ErrorCode::Malformed)?;
        let possible = after <= satchel_terms::INTEGER_MAX && after.to_string() == text;
        if possible { Ok(Self(after)) } else { Err(ErrorCode::Malformed.into()) }
    }
}
