//! Events: whose word counts, and that only the session does.

use reqwest::StatusCode;
use satchel_practice::checkout::{Choice, Deliveries};
use satchel_server::{STRIPE_EVENT_BYTES_MAX, reconcile};
use serde_json::{Value, json};
use stripe_webhook::Webhook;

use super::till::{KEY, SECRETS, Till};
use crate::support::NOW;

fn event(id: &str, kind: &str, session: &str) -> String {
    json!({"id": id, "type": kind, "data": {"object": {"id": session, "payment_status": "paid"}}}).to_string()
}

fn signed(body: &str, secret: &str, at: u64) -> String {
    Webhook::generate_test_header(body, secret, Some(i64::try_from(at).expect("a time")))
}

async fn send(till: &Till, body: &str, signatures: &[String]) -> StatusCode {
    let mut request = till.http.post(&till.webhook).body(body.to_owned());
    for signature in signatures {
        request = request.header("stripe-signature", signature);
    }
    request.send().await.expect("an answer").status()
}

const COMPLETED: &str = "checkout.session.completed";

#[tokio::test]
async fn an_event_needs_a_fresh_signature_with_one_of_the_secrets() {
    let till = Till::open().await;
    let order = till.order().await.order;
    let page = till.page(order).await;
    till.pay(&page).await;
    till.checkout.set_deliveries(Deliveries::Dropped);
    till.checkout.deliver().await;
    let body = event("evt_1", COMPLETED, &Till::session(&page));
    let before = till.bench.stored().await;
    let good = |at| signed(&body, SECRETS[0], at);
    for (signatures, why) in [
        (vec![], "none"),
        (vec![signed(&body, "whsec_other", NOW)], "another secret"),
        (vec![signed(&body, "", NOW)], "no secret"),
        (vec![good(NOW - 301)], "stale"),
        (vec![good(NOW + 301)], "of the future"),
        (vec![signed(&body.replace("evt_1", "evt_2"), SECRETS[0], NOW)], "of another event"),
        (vec![good(NOW).replace("v1=", "v0=")], "of another scheme"),
        (vec![good(NOW), good(NOW)], "two headers"),
        (vec![format!("{},{}", good(NOW), "x".repeat(1_024))], "too long"),
        (vec!["t=x,v1=00".to_owned()], "no time"),
    ] {
        assert_eq!(send(&till, &body, &signatures).await, 403, "{why}");
    }
    assert_eq!((till.bench.stored().await, till.payment(order).await.as_str()), (before, "awaiting"));
    // At the limit, and with the second secret, it counts.
    assert_eq!(send(&till, &body, &[signed(&body, SECRETS[1], NOW - 300)]).await, 200);
    assert_eq!(till.payment(order).await, "paid");
}

#[tokio::test]
async fn what_an_event_says_is_not_believed() {
    let till = Till::open().await;
    let order = till.order().await.order;
    let page = till.page(order).await;
    // Signed and all, for a session that nobody paid.
    for kind in [COMPLETED, "checkout.session.async_payment_succeeded", "checkout.session.expired"] {
        let body = event("evt_1", kind, &Till::session(&page));
        assert_eq!(send(&till, &body, &[signed(&body, SECRETS[0], NOW)]).await, 200);
        assert_eq!(till.payment(order).await, "awaiting", "{kind}");
    }
    assert_eq!(till.page(order).await, page);
}

#[tokio::test]
async fn an_event_of_nothing_here_is_taken_and_does_nothing() {
    let till = Till::open().await;
    till.order().await;
    let before = till.bench.stored().await;
    // A session that somebody else made with the same account.
    let url = format!("{}/v1/checkout/sessions", till.base);
    let body = "line_items[0][price_data][currency]=usd&line_items[0][price_data][product_data][name]=A\
        &line_items[0][price_data][unit_amount]=500&line_items[0][quantity]=1&mode=payment&success_url=https://a.example";
    let foreign = till.http.post(&url).bearer_auth(KEY).body(body).send().await.expect("an answer");
    let foreign: Value = foreign.json().await.expect("JSON");
    for (body, status) in [
        (event("evt_1", COMPLETED, foreign["id"].as_str().expect("an id")), 200),
        (event("evt_1", COMPLETED, "cs_test_nobody"), 200),
        (event("evt_1", "customer.created", "cus_1"), 200),
        (event("evt_1", COMPLETED, "../orders"), 422),
        (event("1", COMPLETED, "cs_test_nobody"), 422),
        ("{}".to_owned(), 422),
        ("not JSON".to_owned(), 422),
    ] {
        assert_eq!(send(&till, &body, &[signed(&body, SECRETS[0], NOW)]).await, status, "{body}");
    }
    assert_eq!(till.bench.stored().await, before, "nothing was written");
}

#[tokio::test]
async fn an_event_stops_at_the_limit() {
    let till = Till::open().await;
    let of_length = |length: usize| {
        let body = event("evt_1", "customer.created", "");
        format!("{body}{}", " ".repeat(length - body.len()))
    };
    for (length, status) in [(STRIPE_EVENT_BYTES_MAX, 200), (STRIPE_EVENT_BYTES_MAX + 1, 413)] {
        let body = of_length(length);
        assert_eq!(send(&till, &body, &[signed(&body, SECRETS[0], NOW)]).await, status, "{length}");
    }
}

#[tokio::test]
async fn an_event_that_comes_again_changes_nothing() {
    let till = Till::open().await;
    let order = till.order().await.order;
    let page = till.page(order).await;
    till.pay(&page).await;
    till.checkout.set_deliveries(Deliveries::Twice);
    let body = event("evt_again", COMPLETED, &Till::session(&page));
    assert_eq!(send(&till, &body, &[signed(&body, SECRETS[0], NOW)]).await, 200);
    let after_one = till.bench.stored().await;
    assert_eq!(send(&till, &body, &[signed(&body, SECRETS[0], NOW)]).await, 200);
    assert_eq!(till.bench.stored().await, after_one, "nothing was written");
    assert_eq!(till.checkout.deliver().await.statuses, [200, 200]);
    let known = till.known(order).await;
    assert_eq!((&known["payment"], &known["sequence"]), (&json!("paid"), &json!(3)));
}

#[tokio::test]
async fn events_in_the_wrong_order_lead_to_the_same() {
    let till = Till::open().await;
    let order = till.order().await.order;
    let page = till.page(order).await;
    assert_eq!(till.press(&page, "bank").await.0, 303);
    assert!(till.checkout.choose(&Till::session(&page), Choice::BankConfirms));
    till.checkout.set_deliveries(Deliveries::Reversed);
    assert_eq!(till.checkout.deliver().await.statuses, [200, 200], "succeeded, then completed");
    assert_eq!(till.payment(order).await, "paid");
    // And an old word that the page had expired.
    let body = event("evt_late", "checkout.session.expired", &Till::session(&page));
    assert_eq!(send(&till, &body, &[signed(&body, SECRETS[0], NOW)]).await, 200);
    assert_eq!(till.payment(order).await, "paid");
}

/// An attempt that got no answer at first has a session that ends before those that were made meanwhile.
#[tokio::test]
async fn a_session_that_ends_before_older_ones_is_found_as_well() {
    let till = Till::open().await;
    till.checkout.set_deliveries(Deliveries::Dropped);
    let (late, other) = (till.order().await.order, till.order().await.order);
    till.checkout.fail_next(StatusCode::TOO_MANY_REQUESTS);
    till.ask(late).await.refused(satchel_wire::ErrorCode::Unavailable);
    till.bench.clock.set(NOW + 10 * 3_600);
    till.page(other).await;
    reconcile(&till.deps).await.expect("looked");
    till.checkout.forget_answers();
    let page = till.page(late).await;
    assert_eq!(till.press(&page, "bank").await.0, 303);
    till.bench.clock.set(NOW + 60 * 3_600);
    reconcile(&till.deps).await.expect("looked");
    assert_eq!((till.payment(late).await.as_str(), till.payment(other).await.as_str()), ("processing", "expired"));
    assert!(till.checkout.choose(&Till::session(&page), Choice::BankConfirms));
    reconcile(&till.deps).await.expect("looked");
    assert_eq!(till.payment(late).await, "paid");
}

#[tokio::test]
async fn what_no_event_told_is_found() {
    let till = Till::open().await;
    till.checkout.set_deliveries(Deliveries::Dropped);
    assert_eq!(reconcile(&till.deps).await.expect("looked"), Default::default());
    let (paid, closed, open) = (till.order().await.order, till.order().await.order, till.order().await.order);
    let page = till.page(paid).await;
    till.pay(&page).await;
    till.page(closed).await;
    till.checkout.deliver().await;
    let found = reconcile(&till.deps).await.expect("looked");
    assert_eq!((found.sessions, found.changed, found.failed), (2, 1, 0));
    assert_eq!((till.payment(paid).await.as_str(), till.payment(closed).await.as_str()), ("paid", "awaiting"));
    till.bench.clock.set(NOW + 23 * 3_600);
    till.page(open).await;
    let found = reconcile(&till.deps).await.expect("looked");
    assert_eq!((found.sessions, found.changed, found.failed), (2, 1, 0));
    assert_eq!(till.payment(closed).await, "expired");
    // Hours whose sessions have ended are left behind.
    till.bench.clock.set(NOW + 60 * 3_600);
    assert_eq!(reconcile(&till.deps).await.expect("looked").changed, 1);
    let calls = crate::support::FaultyStore::new(&till.deps.blobs, crate::support::Fault::None, 0);
    let deps = satchel_server::Deps { blobs: calls.clone(), ..till.deps.clone() };
    assert_eq!(reconcile(&deps).await.expect("looked"), Default::default());
    assert!(calls.calls() < 40, "{}", calls.calls());
}
