//! The test checkout under the provider's own address: an order is paid as a person with a browser pays it.

use std::time::Duration;

use reqwest::Method;
use satchel_practice::FirmChoice;
use satchel_wire::paths;
use serde_json::Value;

use crate::support::{Desk, TestOrder};

async fn page(desk: &Desk, order: &TestOrder) -> String {
    let answer = desk.ask(Method::POST, &paths::checkout(order.order), None).await;
    let (status, body) = (answer.status(), answer.text().await.expect("a body"));
    assert_eq!(status, 200, "{body}");
    let body: Value = serde_json::from_str(&body).expect("JSON");
    body["url"].as_str().expect("an address").to_owned()
}

async fn payment(desk: &Desk, order: &TestOrder) -> String {
    let answer = desk.ask(Method::GET, &paths::order(order.order), None).await;
    assert_eq!(answer.status(), 200);
    let answer: Value = answer.json().await.expect("JSON");
    answer["payment"].as_str().expect("a text").to_owned()
}

/// Waits until the order is paid for so: its event comes by itself.
async fn comes_to(desk: &Desk, order: &TestOrder, wanted: &str) {
    let comes = async {
        while payment(desk, order).await != wanted {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), comes).await.unwrap_or_else(|_| panic!("it never becomes {wanted}"));
}

async fn press(desk: &Desk, page: &str, button: &str) -> u16 {
    let request = desk.http.post(page).header("content-type", "application/x-www-form-urlencoded");
    request.body(format!("do={button}")).send().await.expect("an answer").status().as_u16()
}

#[tokio::test]
async fn an_order_is_paid_on_the_page_that_the_bundle_pins() {
    let (desk, bundle) = Desk::admitted().await;
    let order = TestOrder::seal(&desk, bundle.statement()).send(&desk).await;
    let page = page(&desk, &order).await;
    let pinned = bundle.statement().checkout_origin.as_str();
    let url = satchel_wire::CheckoutUrl::try_from(page.clone()).expect("an address");
    assert!(url.is_on(pinned), "{page} is on {pinned}");
    let text = desk.http.get(&page).send().await.expect("an answer").text().await.expect("a page");
    assert!(text.contains("TEST. No money moves."), "{text}");
    assert_eq!(press(&desk, &page, "decline").await, 402);
    assert_eq!(payment(&desk, &order).await, "awaiting");
    // The browser follows to the page behind the payment.
    assert_eq!(press(&desk, &page, "pay").await, 200);
    comes_to(&desk, &order, "paid").await;
}

#[tokio::test]
async fn a_page_outlives_the_provider_and_the_port() {
    let (desk, bundle) = Desk::admitted().await;
    let order = TestOrder::seal(&desk, bundle.statement()).send(&desk).await;
    let before = page(&desk, &order).await;
    let port = before.split(['/', ':']).nth(4).and_then(|port| port.parse().ok());
    let desk = desk.restart(port, FirmChoice::Same).await;
    assert_eq!(page(&desk, &order).await, before, "kept over a restart");
    assert_eq!(press(&desk, &before, "bank").await, 200);
    comes_to(&desk, &order, "processing").await;
    assert_eq!(press(&desk, &before, "bank-confirms").await, 200);
    comes_to(&desk, &order, "paid").await;
}
