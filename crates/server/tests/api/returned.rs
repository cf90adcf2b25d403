//! Tickets to read returned documents: for one blob, for reading, for a while.

use axum::http::{HeaderMap, Method};
use satchel_cloud::Metadata;
use satchel_cloud::local::TicketRequest;
use satchel_terms::OrderId;
use satchel_wire::limits::RETURN_TICKET_SECONDS;
use satchel_wire::{ErrorCode, paths};
use serde_json::json;

use crate::log::write;
use crate::support::{Bench, NOW, rng};

/// Returns an order with a returned document, as an operator leaves it.
async fn returned(bench: &Bench) -> OrderId {
    let order = OrderId::make(&mut rng());
    write(bench, &bench.firm, &format!("orders/{order}/returns/1"), b"the sealed one".to_vec(), Metadata::new()).await;
    write(bench, &bench.firm, &format!("orders/{order}/returns/2"), b"another one".to_vec(), Metadata::new()).await;
    write(bench, &bench.firm, &format!("orders/{order}/log/1"), b"an entry".to_vec(), Metadata::new()).await;
    order
}

async fn ask(bench: &Bench, method: Method, url: &str, comp: &str) -> (u16, Vec<u8>) {
    let (address, grant) = url.split_once('?').expect("a grant");
    let path = address.split_once("/blobs").map(|(_, path)| path).expect("tickets lead to the base address");
    let query = format!("{comp}{grant}");
    let headers = HeaderMap::new();
    let request = TicketRequest { path, query: &query, headers: &headers, body: Vec::new() };
    let (parts, body) = bench.tickets.answer(&method, request).await.into_parts();
    (parts.status.as_u16(), body.collect(1 << 20).await.expect("a body"))
}

#[tokio::test]
async fn a_ticket_reads_one_document_and_nothing_else() {
    let bench = Bench::open().await;
    let order = returned(&bench).await;
    let before = bench.stored().await;
    let answer = bench.get(&paths::returned(order, 1.try_into().expect("from 1")), &bench.firm.staff()).await.ok();
    assert_eq!(answer["expiresAt"], json!(NOW + RETURN_TICKET_SECONDS));
    let url = answer["url"].as_str().expect("a text");
    assert_eq!(ask(&bench, Method::GET, url, "").await, (200, b"the sealed one".to_vec()));
    for (method, comp) in [
        (Method::PUT, "comp=block&blockid=MDAwMDAwMDA%3D&"),
        (Method::PUT, "comp=blocklist&"),
        (Method::PUT, ""),
        (Method::DELETE, ""),
        (Method::GET, "comp=list&"),
    ] {
        assert_ne!(ask(&bench, method, url, comp).await.0 / 100, 2, "{comp}");
    }
    for (from, to) in [("returns/1", "returns/2"), ("returns/1", "log/1"), ("firm-1-sealed", "firm-2-sealed")] {
        let other = url.replacen(from, to, 1);
        assert_ne!(other, url);
        assert_eq!(ask(&bench, Method::GET, &other, "").await.0, 403, "{to}");
    }
    bench.clock.set(NOW + RETURN_TICKET_SECONDS);
    assert_eq!(ask(&bench, Method::GET, url, "").await.0, 403, "its time is over");
    assert_eq!(bench.stored().await, before, "nothing was written");
}

#[tokio::test]
async fn what_is_not_there_has_no_ticket() {
    let bench = Bench::open().await;
    let order = returned(&bench).await;
    let token = bench.firm.staff();
    for wrong in [
        paths::returned(order, 3.try_into().expect("from 1")),
        paths::returned(order, u32::MAX.try_into().expect("from 1")),
        paths::returned(OrderId::make(&mut rng()), 1.try_into().expect("from 1")),
        format!("/v1/orders/{order}/returns/0"),
        format!("/v1/orders/{order}/returns/01"),
        format!("/v1/orders/{order}/returns/+1"),
        format!("/v1/orders/{order}/returns/-1"),
        format!("/v1/orders/{order}/returns/4294967297"),
        format!("/v1/orders/{order}/returns/1/"),
        format!("/v1/orders/{order}/returns/"),
        format!("/v1/orders/{order}/returns"),
        format!("/v1/orders/{order}/returns/1%2f"),
        format!("/v1/orders/{order}/returns/..%2flog%2f1"),
        format!("/v1/orders/{order}/returns/%31%00"),
        format!("/v1/orders/{order}/log/1"),
        format!("/v1/orders/{}/returns/1", order.to_string().to_uppercase()),
        format!("/v1/orders/{order}%2freturns%2f1/returns/1"),
    ] {
        bench.get(&wrong, &token).await.refused(ErrorCode::NotFound);
    }
    let path = paths::returned(order, 1.try_into().expect("from 1"));
    bench.post(&path, &token, &json!({})).await.refused(ErrorCode::MethodNotAllowed);
    bench.put(&path, &token, &json!({})).await.refused(ErrorCode::MethodNotAllowed);
}
