//! The one translation of failures into answers.

use std::error::Error;
use std::time::Duration;

use axum::http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use satchel_cloud::CloudError;
use satchel_terms::BlobName;
use satchel_wire::{ErrorBody, ErrorCode};

/// How long a client is asked to wait where nobody said how long.
const RETRY_AFTER_DEFAULT: Duration = Duration::from_secs(5);
/// How long a client is asked to wait at most.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(10 * 60);

/// A refusal: what the client is told, and the cause, which only the log is told.
#[derive(Debug)]
pub(crate) struct HttpError {
    body: ErrorBody,
    cause: Option<Box<dyn Error + Send + Sync>>,
    retry_after: Option<Duration>,
}

impl HttpError {
    /// Refuses for this reason; the cause goes into the log.
    pub(crate) fn new(code: ErrorCode, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { cause: Some(cause.into()), ..code.into() }
    }

    /// Refuses because of these blobs.
    pub(crate) fn about(code: ErrorCode, blobs: Vec<BlobName>) -> Self {
        Self { body: ErrorBody::about(code, blobs), ..code.into() }
    }

    /// Refuses one request too many.
    pub(crate) fn rate_limited(wait: Duration) -> Self {
        Self { retry_after: Some(wait), ..ErrorCode::RateLimited.into() }
    }

    /// Refuses because of a store that holds or answers what makes no sense. It is the server's fault.
    pub(crate) fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::new(ErrorCode::Internal, cause)
    }

    /// Returns the reason.
    pub(crate) const fn code(&self) -> ErrorCode {
        self.body.code()
    }

    /// Writes the cause, and what caused it, for the log.
    pub(crate) fn causes(&self) -> String {
        let mut text = String::new();
        let mut next = self.cause.as_deref().map(|cause| cause as &dyn Error);
        while let Some(cause) = next {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(&cause.to_string());
            next = cause.source();
        }
        text
    }
}

impl From<ErrorCode> for HttpError {
    fn from(code: ErrorCode) -> Self {
        Self { body: ErrorBody::new(code), cause: None, retry_after: None }
    }
}

impl From<CloudError> for HttpError {
    fn from(error: CloudError) -> Self {
        match error {
            CloudError::Unavailable { retry_after, .. } => {
                Self { retry_after, ..Self::new(ErrorCode::Unavailable, error) }
            }
            // Who issues tokens to this process does not answer; that passes, or somebody is called by the log.
            CloudError::Credential { .. } => Self::new(ErrorCode::Unavailable, error),
            CloudError::Refused { .. }
            | CloudError::NoContainer
            | CloudError::NoKey
            | CloudError::Kind
            | CloudError::TooLarge { .. }
            | CloudError::WriteTooLarge { .. }
            | CloudError::WriteEmpty
            | CloudError::Metadata(_)
            | CloudError::Lifetime
            | CloudError::Listing
            | CloudError::Answer { .. }
            | CloudError::Status { .. }
            | CloudError::Disk(_)
            | CloudError::Signature => Self::internal(error),
        }
    }
}

impl IntoResponse for HttpError {
    fn into_response(self) -> Response {
        let code = self.code();
        let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
        if matches!(code, ErrorCode::RateLimited | ErrorCode::Unavailable) {
            let wait = self.retry_after.unwrap_or(RETRY_AFTER_DEFAULT).min(RETRY_AFTER_MAX);
            headers.insert(RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
        }
        if code == ErrorCode::Unauthenticated {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        let body = self.body.write().unwrap_or_default();
        let mut response = (status, headers, body).into_response();
        response.extensions_mut().insert(Refused { code, causes: self.causes() });
        response
    }
}

/// What the log says about a refusal.
#[derive(Debug, Clone)]
pub(crate) struct Refused {
    pub(crate) code: ErrorCode,
    pub(crate) causes: String,
}
