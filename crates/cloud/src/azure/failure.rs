//! Translating the SDK's errors, once.

use std::time::Duration;

use azure_core::error::ErrorKind;
use azure_core::http::RawResponse;
use azure_core::http::headers::HeaderName;

use crate::CloudError;

/// The longest code of the store that an error repeats.
const CODE_BYTES_MAX: usize = 64;
/// The longest wait that is believed, in seconds.
const RETRY_AFTER_SECONDS_MAX: u64 = 3_600;

/// What the store said when it refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Failure<'a> {
    pub(crate) status: u16,
    pub(crate) code: &'a str,
}

impl<'a> Failure<'a> {
    /// Reads status and code, where the store answered at all.
    pub(crate) fn of(error: &'a azure_core::Error) -> Option<Self> {
        let ErrorKind::HttpResponse { status, error_code, .. } = error.kind() else { return None };
        Some(Self { status: u16::from(*status), code: error_code.as_deref().unwrap_or_default() })
    }
}

/// Says in our words why a request failed. Bodies and headers of answers are dropped.
pub(crate) fn cloud_error(error: azure_core::Error) -> CloudError {
    let Some(Failure { status, code }) = Failure::of(&error) else { return without_answer(error) };
    match (status, code) {
        (404, "ContainerNotFound") => CloudError::NoContainer,
        (404, "KeyNotFound") => CloudError::NoKey,
        (409, "InvalidBlobType") => CloudError::Kind,
        (401 | 403, _) => CloudError::Refused { status },
        (408 | 429 | 500..=599, _) => CloudError::Unavailable { retry_after: retry_after(&error), source: None },
        _ => CloudError::Status { status, code: printable(code) },
    }
}

fn without_answer(error: azure_core::Error) -> CloudError {
    if matches!(error.kind(), ErrorKind::Connection | ErrorKind::Io) {
        CloudError::Unavailable { retry_after: None, source: Some(Box::new(error)) }
    } else if matches!(error.kind(), ErrorKind::Credential) {
        CloudError::Credential { source: Box::new(error) }
    } else {
        CloudError::Answer { what: "an answer that cannot be read" }
    }
}

/// Returns how long the store asks to be left alone, if it says so in seconds.
fn retry_after(error: &azure_core::Error) -> Option<Duration> {
    let ErrorKind::HttpResponse { raw_response: Some(response), .. } = error.kind() else { return None };
    let response: &RawResponse = response;
    let seconds = response.headers().get_optional_str(&HeaderName::from_static("retry-after"))?.parse().ok()?;
    (seconds <= RETRY_AFTER_SECONDS_MAX).then(|| Duration::from_secs(seconds))
}

/// Codes are letters and digits; what else stands in their place is not repeated.
fn printable(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).take(CODE_BYTES_MAX).collect()
}
