//! `PUT` and `GET /blobs/{container}/{path}`: what Azure Storage would answer to a ticket.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use satchel_cloud::local::{self, BLOCK_BYTES_MAX, BLOCK_LIST_BYTES_MAX, TicketRequest};
use satchel_cloud::{Block, CloudError};
use url::form_urlencoded;

use super::refusal::Refusal;
use super::{BLOBS, Practice};

/// The most bytes of a request's body.
const BODY_BYTES_MAX: usize =
    if BLOCK_BYTES_MAX > BLOCK_LIST_BYTES_MAX { BLOCK_BYTES_MAX } else { BLOCK_LIST_BYTES_MAX };

/// What the log says of a request with a ticket.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    pub(super) block: Option<u32>,
    pub(super) length: u64,
}

/// Answers a request with a ticket.
pub(super) async fn blob(State(practice): State<Arc<Practice>>, request: Request) -> Response {
    let Ok(_place) = practice.uploads.acquire().await else { return Refusal::Failed.into_response() };
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_BYTES_MAX).await else { return too_large() };
    let query = parts.uri.query().unwrap_or_default();
    let seen = Seen { block: block_number(&parts.method, query), length: body.len() as u64 };
    let path = parts.uri.path().strip_prefix(BLOBS).unwrap_or_default();
    let ticket = TicketRequest { path, query, headers: &parts.headers, body: body.into() };
    let mut response = practice.tickets.answer(&parts.method, ticket).await.map(streamed);
    response.extensions_mut().insert(seen);
    response
}

/// Hands a body on as it is read from disk.
fn streamed(body: local::Body) -> Body {
    Body::from_stream(stream::unfold(body, |mut body| async {
        let chunk: Result<Option<Vec<u8>>, CloudError> = body.chunk().await;
        chunk.transpose().map(|chunk| (chunk, body))
    }))
}

/// Returns which block a Put Block brings.
fn block_number(method: &Method, query: &str) -> Option<u32> {
    let value = |name: &str| form_urlencoded::parse(query.as_bytes()).find(|pair| pair.0 == name).map(|pair| pair.1);
    let puts_block = method == Method::PUT && value("comp").is_some_and(|comp| comp == "block");
    let id = value("blockid").filter(|_| puts_block)?;
    Block { id: id.into_owned(), length: 0 }.number()
}

fn too_large() -> Response {
    let code = (HeaderName::from_static("x-ms-error-code"), HeaderValue::from_static("RequestBodyTooLarge"));
    (StatusCode::PAYLOAD_TOO_LARGE, [code]).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_names_the_block_of_a_put_block_only() {
        let query = "comp=block&blockid=MDAwMDAwMDc%3D&sig=x";
        assert_eq!(block_number(&Method::PUT, query), Some(7));
        assert_eq!(block_number(&Method::GET, query), None);
        assert_eq!(block_number(&Method::PUT, "comp=blocklist&blockid=MDAwMDAwMDc%3D"), None);
        assert_eq!(block_number(&Method::PUT, "comp=block&blockid=b3RoZXI%3D"), None);
    }
}
