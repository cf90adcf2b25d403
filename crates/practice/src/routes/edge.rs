//! What stands around the routes: the log, and the bounds on who may ask.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, HOST, ORIGIN};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::Practice;
use super::blobs::Seen;
use super::refusal::Refusal;
use crate::request_log::{Line, route};

/// Writes a line for each request before it is answered, so that what a desktop knows of stands in the log.
pub(super) async fn recorded(State(practice): State<Arc<Practice>>, request: Request, next: Next) -> Response {
    let (method, route) = (request.method().as_str().to_owned(), route(request.uri().path()));
    let stated = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let response = next.run(request).await;
    let seen = response.extensions().get::<Seen>();
    let line = Line {
        at: practice.clock.now().seconds(),
        method,
        route,
        block: seen.and_then(|seen| seen.block),
        status: response.status().as_u16(),
        length: seen.map_or(stated.unwrap_or(0), |seen| seen.length),
    };
    if let Err(error) = practice.log.write(&line) {
        tracing::error!(%error, "the log of requests cannot be written");
    }
    response
}

/// Refuses what was sent to another name. A page on the web whose name was made to lead to this computer gets nothing.
pub(super) async fn own_host(State(practice): State<Arc<Practice>>, request: Request, next: Next) -> Response {
    let own = practice.base.strip_prefix("http://");
    let asked = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    if own.is_some() && asked == own { next.run(request).await } else { Refusal::OtherHost.into_response() }
}

/// Refuses what a page in a browser sends. It names where it came from; a desktop does not.
pub(super) async fn no_web_page(request: Request, next: Next) -> Response {
    if request.headers().contains_key(ORIGIN) { Refusal::WebPage.into_response() } else { next.run(request).await }
}
