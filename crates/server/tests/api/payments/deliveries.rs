//! How the double delivers: as Stripe does, so that what the server makes of it is worth something.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use satchel_practice::checkout::{CheckoutSettings, Choice, Delivered, TestCheckout};
use stripe_webhook::Webhook;
use tokio::net::TcpListener;
use zeroize::Zeroizing;

use super::till::{KEY, SECRETS, Till};
use crate::support::{Bench, NOW, TestClock};

#[tokio::test]
async fn an_event_carries_a_signature_of_each_secret_while_they_change() {
    let till = Till::signing_with(&["whsec_gone", SECRETS[0]]).await;
    let order = till.order().await.order;
    till.pay(&till.page(order).await).await;
    assert_eq!(till.checkout.deliver().await.statuses, [200]);
    assert_eq!(till.payment(order).await, "paid");
}

#[tokio::test]
async fn events_of_a_secret_that_the_server_does_not_have_are_given_up() {
    let till = Till::signing_with(&["whsec_gone"]).await;
    let order = till.order().await.order;
    till.pay(&till.page(order).await).await;
    assert_eq!(till.checkout.deliver().await, Delivered { statuses: vec![403, 403], given_up: 1 });
    assert_eq!(till.payment(order).await, "awaiting");
}

/// What a webhook got: signature and body.
type Got = Arc<Mutex<Vec<(String, String)>>>;

#[tokio::test]
async fn an_event_is_signed_anew_at_each_try() {
    let bench = Bench::open().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let webhook = format!("http://{}/hook", listener.local_addr().expect("an address"));
    let (got, clock) = (Got::default(), Arc::<TestClock>::clone(&bench.clock));
    let kept = Arc::clone(&got);
    // The first two tries fail, each 400 seconds after the one before: a signature does not live that long.
    let hook = move |headers: HeaderMap, body: String| {
        let mut kept = kept.lock().expect("not poisoned");
        kept.push((headers["stripe-signature"].to_str().expect("a text").to_owned(), body));
        clock.set(NOW + 400 * u64::try_from(kept.len()).expect("a number"));
        let status = if kept.len() < 3 { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::OK };
        async move { status }
    };
    tokio::spawn(axum::serve(listener, Router::new().route("/hook", post(hook))).into_future());
    let (for_checkout, base) = super::till::listener().await;
    let checkout = TestCheckout::in_memory(CheckoutSettings {
        base: base.clone(),
        webhook,
        secret_key: Zeroizing::new(KEY.to_owned()),
        webhook_secrets: vec![Zeroizing::new(SECRETS[0].to_owned())],
        waits: vec![Duration::ZERO; 3],
        clock: Arc::<TestClock>::clone(&bench.clock),
    });
    let checkout = checkout.expect("a checkout");
    tokio::spawn(axum::serve(for_checkout, checkout.router()).into_future());
    let line = "line_items[0][price_data][currency]=usd&line_items[0][price_data][product_data][name]=A\
        &line_items[0][price_data][unit_amount]=500&line_items[0][quantity]=1&mode=payment&success_url=https://a.example";
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let made = http.post(format!("{base}/v1/checkout/sessions")).bearer_auth(KEY).body(line).send().await;
    assert_eq!(made.expect("an answer").status(), 200);
    assert!(checkout.choose(&checkout.sessions()[0], Choice::Pay));
    assert_eq!(checkout.deliver().await, Delivered { statuses: vec![500, 500, 200], given_up: 0 });
    let got = got.lock().expect("not poisoned");
    for (number, (signature, body)) in (0..).zip(got.iter()) {
        let at = i64::try_from(NOW).expect("a time") + 400 * number;
        let event = Webhook::construct_event_with_timestamp(body, signature, SECRETS[0], at).expect("fresh");
        assert_eq!(event.type_.as_str(), "checkout.session.completed");
        assert_eq!(*body, got[0].1, "the same event");
    }
}
