//! What is no request of ours: too long, too odd, to nowhere. And what happens when the server itself fails.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Method, Request};
use satchel_server::{Deps, app};
use satchel_wire::limits::{MANIFEST_BODY_BYTES_MAX, ROSTER_BODY_BYTES_MAX, WORKSPACE_KEY_BODY_BYTES_MAX};
use satchel_wire::{ErrorCode, Recipient, paths};
use serde_json::json;

use crate::support::{Bench, Fault, FaultyStore, Reply, TestOrder};

async fn send(bench: &Bench, method: Method, path: &str, content_type: Option<&str>, body: Vec<u8>) -> Reply {
    let mut request = Request::builder().method(method).uri(path);
    request = request.header("authorization", format!("Bearer {}", bench.firm.staff()));
    if let Some(content_type) = content_type {
        request = request.header("content-type", content_type);
    }
    bench.send(request.body(Body::from(body)).expect("a request")).await
}

#[tokio::test]
async fn bodies_stop_at_their_limits() {
    let bench = Bench::open().await;
    let order = TestOrder::small(&bench.firm);
    let before = bench.stored().await;
    let one = 1.try_into().expect("from 1");
    for (method, path, limit) in [
        (Method::POST, paths::tickets(order.order, order.revision), MANIFEST_BODY_BYTES_MAX),
        (Method::POST, paths::commit(order.order, order.revision), MANIFEST_BODY_BYTES_MAX),
        (Method::PUT, paths::roster(one), ROSTER_BODY_BYTES_MAX),
        (Method::PUT, paths::workspace_key(one, Recipient::Recovery), WORKSPACE_KEY_BODY_BYTES_MAX),
    ] {
        let at_limit = send(&bench, method.clone(), &path, Some("application/json"), vec![b' '; limit]).await;
        at_limit.refused(ErrorCode::Malformed);
        let beyond = send(&bench, method, &path, Some("application/json"), vec![b' '; limit + 1]).await;
        beyond.refused(ErrorCode::BodyTooLarge);
    }
    assert_eq!(bench.stored().await, before, "nothing was written");
}

/// White space may fill a body up to its limit, and what stands in it still counts.
#[tokio::test]
async fn a_body_at_its_limit_is_read() {
    let bench = Bench::open().await;
    let order = TestOrder::small(&bench.firm);
    let mut body = order.body().to_string().into_bytes();
    body.resize(MANIFEST_BODY_BYTES_MAX, b' ');
    let path = paths::tickets(order.order, order.revision);
    send(&bench, Method::POST, &path, Some("application/json"), body).await.ok();
}

#[tokio::test]
async fn bodies_that_are_none_are_refused() {
    let bench = Bench::open().await;
    let order = TestOrder::small(&bench.firm);
    order.upload(&bench, &bench.firm).await;
    let before = bench.stored().await;
    let path = paths::commit(order.order, order.revision);
    let compact = order.manifest.compact();
    for body in [
        String::new(),
        "{".to_owned(),
        "null".to_owned(),
        json!([compact]).to_string(),
        json!({"manifest": null}).to_string(),
        json!({"manifest": compact, "more": 1}).to_string(),
        format!(r#"{{"manifest":"{compact}","manifest":"{compact}"}}"#),
        json!({"manifest": format!("{compact}.x")}).to_string(),
        json!({"manifest": ""}).to_string(),
        format!("{} x", order.body()),
        "\u{feff}{}".to_owned(),
    ] {
        let reply = send(&bench, Method::POST, &path, Some("application/json"), body.into_bytes()).await;
        reply.refused(ErrorCode::Malformed);
    }
    let good = || order.body().to_string().into_bytes();
    for content_type in [None, Some("text/plain"), Some("application/x-www-form-urlencoded"), Some("application/jsonp")]
    {
        send(&bench, Method::POST, &path, content_type, good()).await.refused(ErrorCode::MediaType);
    }
    assert_eq!(bench.stored().await, before, "nothing was written");
    send(&bench, Method::POST, &path, Some("application/json; charset=utf-8"), good()).await.ok();
}

#[tokio::test]
async fn paths_that_lead_nowhere() {
    let bench = Bench::open().await;
    let order = TestOrder::small(&bench.firm);
    let token = bench.firm.staff();
    for path in [
        "/",
        "/v1",
        "/v2/feed?after=0",
        "/v1/orders",
        "/v1/orders/",
        "/v1/orders/not-an-id",
        "/v1/orders/..%2f..",
        "/v1/orders/8F14E45F-CEEA-467F-9575-2A3C1D9B7E60",
        "/v1/firm/rosters/0",
        "/v1/firm/rosters/-1",
        "/v1/firm/rosters/01",
        "/v1/firm/rosters/4294967296",
        "/v1/firm/rosters/Latest",
        "/v1/firm/rosters/%ff",
    ] {
        bench.get(path, &token).await.refused(ErrorCode::NotFound);
    }
    let id = order.order;
    for path in [format!("/v1/orders/{id}/revisions/0/commit"), format!("/v1/orders/{id}/revisions/+1/commit")] {
        bench.post(&path, &token, &order.body()).await.refused(ErrorCode::NotFound);
    }
    bench.post(&paths::order(id), &token, &json!({})).await.refused(ErrorCode::MethodNotAllowed);
    bench.get(&paths::commit(id, order.revision), &token).await.refused(ErrorCode::MethodNotAllowed);
    for query in [
        "/v1/feed",
        "/v1/feed?after=",
        "/v1/feed?after=-1",
        "/v1/feed?after=01",
        "/v1/feed?before=1",
        "/v1/feed?after=1&after=2",
        "/v1/feed?after=9007199254740992",
    ] {
        bench.get(query, &token).await.refused(ErrorCode::Malformed);
    }
}

fn with_store(bench: &Bench, store: Arc<FaultyStore>) -> axum::Router {
    app(Deps { blobs: store, ..bench.deps.clone() })
}

#[tokio::test]
async fn a_panic_answers_a_fixed_sentence() {
    let bench = Bench::open().await;
    let app = with_store(&bench, FaultyStore::new(&bench.store, Fault::Panics, 1));
    let request = || Bench::request(Method::GET, &paths::feed(0), &bench.firm.staff(), None);
    let reply = Bench::send_to(&app, request()).await;
    reply.refused(ErrorCode::Internal);
    assert!(!reply.text().contains("marker"));
    assert_eq!(reply.headers["cache-control"], "no-store");
    // The next request is answered as ever.
    Bench::send_to(&app, request()).await.ok();
}

#[tokio::test]
async fn a_store_that_is_down_says_when_to_come_back() {
    let bench = Bench::open().await;
    let app = with_store(&bench, FaultyStore::new(&bench.store, Fault::DiesBefore, 1));
    let reply = Bench::send_to(&app, Bench::request(Method::GET, &paths::feed(0), &bench.firm.staff(), None)).await;
    reply.refused(ErrorCode::Unavailable);
    assert_eq!(reply.headers["retry-after"], "7");
}

/// What is damaged in the store is a fault of the server, told without a word of what was read.
#[tokio::test]
async fn a_damaged_state_is_a_fault() {
    let bench = Bench::open().await;
    let order = TestOrder::small(&bench.firm);
    order.upload(&bench, &bench.firm).await;
    order.commit(&bench, &bench.firm).await.ok();
    let at = satchel_cloud::BlobAddress::new(
        bench.firm.firm().live().clone(),
        format!("orders/{}/state", order.order).parse().expect("a path"),
    );
    let known = bench.store.read(&at, 1 << 20).await.expect("read").expect("it is there");
    let text = String::from_utf8(known.bytes).expect("a text");
    let other_firm = text.replace(&bench.firm.id.to_string(), &bench.other.id.to_string());
    let gap = text.replace("\"sequence\":1,\"at\"", "\"sequence\":2,\"at\"");
    let mut etag = known.etag;
    for damaged in ["{\"marker\":1}".to_owned(), other_firm, gap] {
        assert_ne!(damaged, text);
        etag = bench.store.swap(&at, damaged.into_bytes(), &etag).await.expect("swapped").etag;
        let reply = bench.get(&paths::order(order.order), &bench.firm.staff()).await;
        reply.refused(ErrorCode::Internal);
        assert!(!reply.text().contains("marker"));
    }
}
