//! Stripe fails, lies or does not answer; two servers ask at once.

use std::sync::Arc;

use axum::http::StatusCode;
use satchel_server::{Deps, Payments, app};
use satchel_wire::ErrorCode;
use tokio::net::TcpListener;

use super::till::{KEY, SECRETS, Till, payments};
use crate::logs::Kept;
use crate::support::NOW;

#[tokio::test]
async fn another_sum_is_not_a_payment_and_a_person_looks() {
    let till = Till::open().await;
    for cents in [1, 15_999, 16_001] {
        let order = till.order().await.order;
        let page = till.page(order).await;
        till.checkout.change_amount(&Till::session(&page), cents);
        till.pay(&page).await;
        assert_eq!(till.checkout.deliver().await.statuses, [200]);
        assert_eq!(till.payment(order).await, "held", "{cents}");
        till.ask(order).await.refused(ErrorCode::PaymentHeld);
    }
    assert_eq!(till.checkout.sessions().len(), 3, "no second page");
}

#[tokio::test]
async fn a_page_that_asks_for_another_sum_is_told_to_nobody_again() {
    let till = Till::open().await;
    let order = till.order().await.order;
    let page = till.page(order).await;
    till.checkout.change_amount(&Till::session(&page), 1);
    till.ask(order).await.refused(ErrorCode::PaymentHeld);
    assert_eq!(till.payment(order).await, "held");
}

#[tokio::test]
async fn a_failure_that_stripe_repeats_is_left_behind() {
    let till = Till::open().await;
    let order = till.order().await.order;
    till.checkout.fail_next(StatusCode::INTERNAL_SERVER_ERROR);
    till.ask(order).await.refused(ErrorCode::Unavailable);
    assert_eq!(till.checkout.asked(), 3, "its own tries have one key");
    assert_eq!(till.payment(order).await, "quoted");
    let page = till.page(order).await;
    assert_eq!((till.checkout.sessions().len(), till.checkout.asked()), (1, 4));
    till.pay(&page).await;
    till.checkout.deliver().await;
    assert_eq!(till.payment(order).await, "paid");
}

#[tokio::test]
async fn a_refusal_is_a_fault_of_the_server_and_not_for_ever() {
    let till = Till::open().await;
    let order = till.order().await.order;
    till.checkout.fail_next(StatusCode::BAD_REQUEST);
    till.ask(order).await.refused(ErrorCode::Internal);
    assert_eq!(till.checkout.asked(), 1, "not asked again");
    till.page(order).await;
}

#[tokio::test]
async fn stripe_out_of_reach_costs_no_second_session() {
    let till = Till::open().await;
    let order = till.order().await.order;
    // A port that nobody listens on.
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let nowhere = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let elsewhere = Payments::new(payments(&nowhere)).expect("settings");
    let cut_off = app(Deps { payments: Some(Arc::new(elsewhere)), ..till.deps.clone() });
    till.ask_of(&cut_off, &till.bench.firm, order).await.refused(ErrorCode::Unavailable);
    let page = till.page(order).await;
    till.ask_of(&cut_off, &till.bench.firm, order).await.refused(ErrorCode::Unavailable);
    assert_eq!((till.page(order).await, till.checkout.sessions().len()), (page, 1));
    let session = till.checkout.sessions();
    let metadata = format!("{}/v1/checkout/sessions/{}", till.base, session[0]);
    let answer = till.http.get(metadata).bearer_auth(KEY).send().await.expect("an answer");
    let answer: serde_json::Value = answer.json().await.expect("JSON");
    assert_eq!(answer["metadata"]["attempt"], "1", "the attempt that was begun without an answer");
}

/// An attempt that got no answer for a day is not asked for again: Stripe would not take its end.
#[tokio::test]
async fn an_attempt_that_is_too_old_gives_way() {
    let till = Till::open().await;
    let order = till.order().await.order;
    till.checkout.fail_next(StatusCode::TOO_MANY_REQUESTS);
    till.ask(order).await.refused(ErrorCode::Unavailable);
    till.bench.clock.set(NOW + 23 * 3_600);
    let page = till.page(order).await;
    till.pay(&page).await;
    till.checkout.deliver().await;
    assert_eq!((till.payment(order).await.as_str(), till.checkout.charges().len()), ("paid", 1));
}

#[tokio::test]
async fn servers_that_ask_at_once_make_one_session() {
    let till = Till::open().await;
    for _ in 0..20 {
        let order = till.order().await.order;
        let before = till.checkout.sessions().len();
        let (one, two) = (till.app(None), till.app(None));
        let firm = &till.bench.firm;
        let (a, b, c) = tokio::join!(
            till.ask_of(&one, firm, order),
            till.ask_of(&two, firm, order),
            till.ask_of(&two, firm, order)
        );
        assert_eq!((a.ok(), b.ok()), (c.ok(), a.ok()));
        assert_eq!(till.checkout.sessions().len(), before + 1);
    }
}

/// Everything that is logged while an order is paid for: the server's lines, and those of the library that talks to Stripe.
#[tokio::test]
async fn a_log_holds_no_secret_and_no_page() {
    let (kept, _guards) = Kept::from_here();
    let till = Till::open().await;
    let order = till.order().await.order;
    let page = till.page(order).await;
    till.pay(&page).await;
    till.checkout.deliver().await;
    assert_eq!(till.payment(order).await, "paid");
    till.checkout.fail_next(StatusCode::INTERNAL_SERVER_ERROR);
    till.ask(till.order().await.order).await.refused(ErrorCode::Unavailable);
    let log = kept.text();
    assert!(log.contains(&order.to_string()));
    for secret in [KEY, SECRETS[0], SECRETS[1], "10452-003", "/checkout/pay/", "Bearer sk_", "whsec_"] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}
