//! How requests go out: bounded in time, in tries and in what is read.

use std::sync::Arc;

use async_trait::async_trait;
use azure_core::error::ErrorKind;
use azure_core::http::{
    AsyncRawResponse, ClientOptions, ExponentialRetryOptions, HttpClient, Request, RetryOptions, Transport,
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

/// Ends an answer that is longer than any may be.
#[derive(Debug)]
struct Bounded {
    http: reqwest::Client,
    bytes_max: usize,
}

#[async_trait]
impl HttpClient for Bounded {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let (status, headers, body) = self.http.execute_request(request).await?.deconstruct();
        let mut left = self.bytes_max;
        let bounded = body.map(move |chunk| {
            let chunk = chunk?;
            left = left.checked_sub(chunk.len()).ok_or_else(|| azure_core::Error::from(ErrorKind::DataConversion))?;
            Ok(chunk)
        });
        Ok(AsyncRawResponse::new(status, headers, Box::pin(bounded)))
    }
}
