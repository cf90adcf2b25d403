//! How requests go out: bounded in time, in tries and in what is read.

use std::sync::Arc;

use async_trait::async_trait;
use azure_core::error::ErrorKind;
use azure_core::http::headers::{HeaderName, Headers};
use azure_core::http::{
    AsyncRawResponse, ClientOptions, ExponentialRetryOptions, HttpClient, RawResponse, Request, RetryOptions,
    StatusCode, Transport,
};
use azure_core::time::Duration;
use futures_util::StreamExt as _;

/// The most bytes of an answer. The longest are a read of one part (4 MiB), a list of 100,000 staged blocks and a page
/// of 5,000 blobs.
const ANSWER_BYTES_MAX: usize = 32 * 1024 * 1024;
/// How often a request is sent again.
const RETRIES_MAX: u32 = 3;
/// After how many seconds no further try begins.
const RETRY_SECONDS_MAX: i64 = 20;
/// The longest wait between two tries, in seconds.
const WAIT_SECONDS_MAX: i64 = 5;

/// Returns the options that all clients of the SDK here have.
pub(crate) fn client_options(http: reqwest::Client) -> ClientOptions {
    let retry = RetryOptions::exponential(ExponentialRetryOptions {
        initial_delay: Duration::milliseconds(200),
        max_retries: RETRIES_MAX,
        max_total_elapsed: Duration::seconds(RETRY_SECONDS_MAX),
        max_delay: Duration::seconds(WAIT_SECONDS_MAX),
    });
    let transport = Some(Transport::new(Arc::new(Bounded { http, bytes_max: ANSWER_BYTES_MAX })));
    ClientOptions { retry, transport, ..ClientOptions::default() }
}

/// Says whether the other side wants to be left alone for longer than anybody here waits. The SDK would wait as long as it
/// is told to.
fn asks_for_long_wait(status: StatusCode, headers: &Headers) -> bool {
    if !matches!(status, StatusCode::TooManyRequests | StatusCode::ServiceUnavailable) {
        return false;
    }
    let longer = |name: &'static str, most: i64| {
        let wait = headers.get_optional_str(&HeaderName::from_static(name));
        // A date is as good as a long wait.
        wait.is_some_and(|wait| wait.parse::<i64>().map_or(true, |wait| wait > most))
    };
    let milliseconds = WAIT_SECONDS_MAX.saturating_mul(1_000);
    longer("retry-after", WAIT_SECONDS_MAX)
        || longer("retry-after-ms", milliseconds)
        || longer("x-ms-retry-after-ms", milliseconds)
}

/// Returns the error that such an answer is: unlike the answer, it is not tried again.
fn busy(status: StatusCode, headers: Headers) -> azure_core::Error {
    let error_code = headers.get_optional_str(&HeaderName::from_static("x-ms-error-code")).map(str::to_owned);
    let raw_response = Some(Box::new(RawResponse::from_bytes(status, headers, Vec::new())));
    ErrorKind::HttpResponse { status, error_code, raw_response }.into_error()
}

/// Ends an answer that is longer than any may be, and one that asks to wait for longer than any may.
#[derive(Debug)]
struct Bounded {
    http: reqwest::Client,
    bytes_max: usize,
}

#[async_trait]
impl HttpClient for Bounded {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let (status, headers, body) = self.http.execute_request(request).await?.deconstruct();
        if asks_for_long_wait(status, &headers) {
            return Err(busy(status, headers));
        }
        let mut left = self.bytes_max;
        let bounded = body.map(move |chunk| {
            let chunk = chunk?;
            left = left.checked_sub(chunk.len()).ok_or_else(|| azure_core::Error::from(ErrorKind::DataConversion))?;
            Ok(chunk)
        });
        Ok(AsyncRawResponse::new(status, headers, Box::pin(bounded)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_waits_for_long() {
        let asks = |status, name, value: &'static str| {
            let mut headers = Headers::new();
            headers.insert(HeaderName::from_static(name), value);
            asks_for_long_wait(status, &headers)
        };
        for (name, value, long) in [
            ("retry-after", "5", false),
            ("retry-after", "6", true),
            ("retry-after", "Fri, 01 Jan 2100 00:00:00 GMT", true),
            ("retry-after-ms", "5000", false),
            ("retry-after-ms", "5001", true),
            ("x-ms-retry-after-ms", "5001", true),
            ("other", "6", false),
        ] {
            assert_eq!(asks(StatusCode::TooManyRequests, name, value), long, "{name}: {value}");
            assert_eq!(asks(StatusCode::ServiceUnavailable, name, value), long, "{name}: {value}");
            assert!(!asks(StatusCode::Ok, name, value));
        }
    }
}
