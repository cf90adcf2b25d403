//! One order over real sockets: the server and the store's tickets on loopback, HTTP between them.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, Uri};
use satchel_cloud::local::{LocalTickets, TicketRequest};
use satchel_sign::verify_receipt;
use satchel_wire::{CommitAnswer, TicketsAnswer, paths};
use serde_json::json;
use tokio::net::TcpListener;

use crate::support::{Bench, TestOrder, block_id};

/// Hands what comes over HTTP to the store's tickets; the router took the base address off the path.
async fn ticket(
    State(tickets): State<LocalTickets>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let request = TicketRequest {
        path: uri.path(),
        query: uri.query().unwrap_or_default(),
        headers: &headers,
        body: body.to_vec(),
    };
    let (parts, body) = tickets.answer(&method, request).await.into_parts();
    Response::from_parts(parts, Body::from(body.collect(1 << 20).await.expect("a body")))
}

#[tokio::test]
async fn an_order_goes_over_real_sockets() -> anyhow::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let base = format!("http://{}", listener.local_addr()?);
    let bench = Bench::without_rosters(&format!("{base}/blobs/")).await;
    let blobs = Router::new().fallback(ticket).with_state(bench.tickets.clone());
    let blobs = blobs.layer(axum::extract::DefaultBodyLimit::max(8 << 20));
    let router = Router::new().nest_service("/blobs", blobs).fallback_service(bench.app.clone());
    let serving = tokio::spawn(async move { axum::serve(listener, router).await });

    let client = reqwest::Client::builder().no_proxy().build()?;
    let token = bench.firm.staff();
    let roster = json!({"roster": bench.firm.first_roster().compact()});
    let path = paths::roster(1.try_into()?);
    let reply = client.put(format!("{base}{path}")).bearer_auth(&token).json(&roster).send().await?;
    assert_eq!(reply.status(), 204);

    let order = TestOrder::seal(&bench.firm);
    let url = format!("{base}{}", paths::tickets(order.order, order.revision));
    let reply = client.post(url).bearer_auth(&token).json(&order.body()).send().await?;
    let tickets: TicketsAnswer = satchel_terms::parse(&reply.bytes().await?, 1 << 20)?;
    for (blob, ticket) in order.blobs.iter().zip(&tickets.tickets) {
        let url = ticket.url.expose();
        for (number, block) in blob.blocks().into_iter().enumerate() {
            let id = block_id(number).replace('=', "%3D");
            let reply = client.put(format!("{url}&comp=block&blockid={id}")).body(block.to_vec()).send().await?;
            assert_eq!(reply.status(), 201);
        }
        let list = client.put(format!("{url}&comp=blocklist")).body(blob.block_list()).header("if-none-match", "*");
        let reply = list.header("x-ms-meta-encryptiondata", &blob.metadata).send().await?;
        assert_eq!(reply.status(), 201);
    }
    let url = format!("{base}{}", paths::commit(order.order, order.revision));
    let reply = client.post(url).bearer_auth(&token).json(&order.body()).send().await?;
    assert_eq!(reply.status(), 200);
    let answer: CommitAnswer = satchel_terms::parse(&reply.bytes().await?, 1 << 20)?;
    verify_receipt(answer.receipt.as_str(), [&bench.receipt_key], &order.manifest)?;
    // Without a token the same server says nothing.
    assert_eq!(client.get(format!("{base}{}", paths::order(order.order))).send().await?.status(), 401);
    serving.abort();
    Ok(())
}
