//! What stands around all routes: the log, the bounds on time and number, and the answer after a panic.

use std::any::Any;
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use satchel_wire::ErrorCode;

use crate::auth::Caller;
use crate::error::{HttpError, Refused};
use crate::server::Server;

/// The longest that a request is worked on. What it wrote until then stays, as after a crash.
const REQUEST_TIME_MAX: Duration = Duration::from_secs(60);

/// Refuses a request where too many are under way, and one that takes too long.
pub(super) async fn within_time(State(server): State<Server>, request: Request, next: Next) -> Response {
    let Ok(_place) = server.room().try_acquire() else {
        return HttpError::from(ErrorCode::Unavailable).into_response();
    };
    match tokio::time::timeout(REQUEST_TIME_MAX, next.run(request)).await {
        Ok(response) => response,
        Err(elapsed) => HttpError::new(ErrorCode::Unavailable, elapsed).into_response(),
    }
}

/// Answers after a panic. What was panicked with may hold anything, so it goes nowhere.
pub(super) fn after_panic(_: Box<dyn Any + Send + 'static>) -> Response {
    HttpError::internal("a panic").into_response()
}

/// Answers speak of one firm at one time, and are what they say they are.
pub(super) async fn never_cached(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// Writes one line for each request: ids and codes, no headers, no bodies, nothing of the query.
pub(super) async fn recorded(State(server): State<Server>, request: Request, next: Next) -> Response {
    let (number, started) = (server.next_request(), Instant::now());
    let method = request.method().as_str().to_owned();
    let path = logged_path(request.uri().path());
    let response = next.run(request).await;
    let status = response.status().as_u16();
    let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let caller = response.extensions().get::<Caller>().map(Caller::ids);
    let (firm, person) = caller.map(|(firm, person)| (firm.to_string(), person.to_string())).unzip();
    let refused = response.extensions().get::<Refused>();
    let code = refused.map(|refused| refused.code.as_str());
    let causes = refused.map(|refused| refused.causes.as_str());
    let (firm, person) = (firm.as_deref(), person.as_deref());
    if status >= 500 {
        tracing::error!(number, method, path, status, milliseconds, firm, person, code, causes, "request");
    } else {
        tracing::info!(number, method, path, status, milliseconds, firm, person, code, causes, "request");
    }
    response
}

/// The longest part of a path that is logged.
const PART_BYTES_MAX: usize = 36;

/// Replaces whatever is no word of ours and no id, since a path may hold what somebody typed.
fn logged_path(path: &str) -> String {
    let known = |part: &str| {
        let word = part.len() <= PART_BYTES_MAX
            && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if word { part.to_owned() } else { "?".to_owned() }
    };
    path.split('/').take(8).map(known).collect::<Vec<_>>().join("/")
}
