//! The server dies at any call to the store while it opens a page or hears an event. Then it starts anew, and the order is paid
//! for once.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use satchel_practice::checkout::Deliveries;
use satchel_server::{STRIPE_WEBHOOK_PATH, reconcile, sweep};
use serde_json::json;
use stripe_webhook::Webhook;

use super::till::{SECRETS, Till};
use crate::support::{Bench, Fault, FaultyStore, NOW, Reply};

const FAULTS: [Fault; 3] = [Fault::DiesBefore, Fault::DiesAfter, Fault::FailsOnce];

async fn ask_on(till: &Till, store: &Arc<FaultyStore>, order: satchel_terms::OrderId) -> Reply {
    let blobs: Arc<FaultyStore> = Arc::clone(store);
    till.ask_of(&till.app(Some(blobs)), &till.bench.firm, order).await
}

async fn hear_on(till: &Till, store: &Arc<FaultyStore>, session: &str, number: u64, at: u64) -> Reply {
    let event = json!({"id": format!("evt_{number}"), "type": "checkout.session.completed",
        "data": {"object": {"id": session}}});
    let body = event.to_string();
    let signature = Webhook::generate_test_header(&body, SECRETS[0], Some(i64::try_from(at).expect("a time")));
    let request = Request::post(STRIPE_WEBHOOK_PATH).header("stripe-signature", signature).body(Body::from(body));
    let blobs: Arc<FaultyStore> = Arc::clone(store);
    Bench::send_to(&till.app(Some(blobs)), request.expect("a request")).await
}

#[tokio::test]
async fn a_crash_while_a_page_opens_leaves_one_page() {
    let till = Till::open().await;
    let counting = FaultyStore::new(&till.bench.store, Fault::None, 0);
    ask_on(&till, &counting, till.order().await.order).await.ok();
    let calls = counting.calls();
    assert!(calls > 10, "{calls}");
    for (fault, at) in FAULTS.into_iter().flat_map(|fault| (1..=calls).map(move |at| (fault, at))) {
        let order = till.order().await.order;
        let before = till.checkout.sessions().len();
        let reply = ask_on(&till, &FaultyStore::new(&till.bench.store, fault, at), order).await;
        assert!(matches!(reply.status, 200 | 503), "{fault:?} at {at}: {}", reply.text());
        let page = till.page(order).await;
        if reply.status == 200 {
            assert_eq!(reply.json()["url"], json!(page), "{fault:?} at {at}");
        }
        assert_eq!(till.checkout.sessions().len(), before + 1, "{fault:?} at {at}");
        till.pay(&page).await;
        till.checkout.set_deliveries(Deliveries::Dropped);
        till.checkout.deliver().await;
        assert_eq!(reconcile(&till.deps).await.expect("looked").changed, 1, "{fault:?} at {at}");
        assert_eq!(till.payment(order).await, "paid", "{fault:?} at {at}");
        // So many requests in one minute would be too many.
        till.bench.clock.set(NOW + at % 50 * 60);
    }
}

#[tokio::test]
async fn a_crash_while_an_event_is_heard_loses_and_doubles_nothing() {
    let till = Till::open().await;
    till.checkout.set_deliveries(Deliveries::Dropped);
    let mut number = 0;
    let counting = FaultyStore::new(&till.bench.store, Fault::None, 0);
    let page = till.page(till.order().await.order).await;
    till.pay(&page).await;
    assert_eq!(hear_on(&till, &counting, &Till::session(&page), number, NOW).await.status, 200);
    let calls = counting.calls();
    assert!(calls > 6, "{calls}");
    for (fault, at) in FAULTS.into_iter().flat_map(|fault| (1..=calls).map(move |at| (fault, at))) {
        let now = NOW + at % 50 * 60;
        till.bench.clock.set(now);
        number += 1;
        let order = till.order().await.order;
        let page = till.page(order).await;
        till.pay(&page).await;
        let store = FaultyStore::new(&till.bench.store, fault, at);
        let reply = hear_on(&till, &store, &Till::session(&page), number, now).await;
        assert!(matches!(reply.status, 200 | 503), "{fault:?} at {at}: {}", reply.text());
        if reply.status == 200 {
            assert_eq!(till.payment(order).await, "paid", "{fault:?} at {at}: what was answered is kept");
        } else {
            // Stripe sends it again.
            let healthy = FaultyStore::new(&till.bench.store, Fault::None, 0);
            assert_eq!(hear_on(&till, &healthy, &Till::session(&page), number, now).await.status, 200);
        }
        sweep(&till.deps).await.expect("swept");
        let known = till.known(order).await;
        assert_eq!((&known["payment"], &known["sequence"]), (&json!("paid"), &json!(3)), "{fault:?} at {at}");
        let feed = till.bench.feed(&till.bench.firm).await;
        let told = feed.iter().filter(|entry| entry["order"] == json!(order)).count();
        assert_eq!(told, 3, "{fault:?} at {at}: received, awaiting, paid, each once");
    }
}
