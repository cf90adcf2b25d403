//! The page of an order: its price, and that there is one.

use axum::http::Method;
use satchel_practice::checkout::{Choice, Delivered};
use satchel_server::{Deps, app};
use satchel_wire::{ErrorCode, paths};
use serde_json::{Value, json};

use super::till::{KEY, Till};
use crate::support::{Bench, NOW, TestOrder, quote};

/// Asks the checkout's API, as somebody with the key.
async fn retrieve(till: &Till, session: &str) -> Value {
    let url = format!("{}/v1/checkout/sessions/{session}", till.base);
    till.http.get(url).bearer_auth(KEY).send().await.expect("an answer").json().await.expect("JSON")
}

#[tokio::test]
async fn an_order_is_paid_at_the_price_that_was_signed() {
    let till = Till::open().await;
    let order = till.order().await;
    assert_eq!(till.payment(order.order).await, "quoted");
    let answer = till.ask(order.order).await.ok();
    assert_eq!(answer["expiresAt"], json!(NOW + 23 * 3_600));
    let page = answer["url"].as_str().expect("an address");
    assert!(page.starts_with(&format!("{}/checkout/pay/cs_test_", till.base)), "{page}");
    assert_eq!(till.payment(order.order).await, "awaiting");
    let session = retrieve(&till, &Till::session(page)).await;
    assert_eq!((&session["amount_total"], &session["currency"]), (&json!(16_000), &json!("usd")));
    assert_eq!(session["client_reference_id"], json!(order.order));
    let metadata =
        json!({"firm": till.bench.firm.id, "order": order.order, "attempt": "1", "client_matter": "10452-003"});
    assert_eq!(session["metadata"], metadata);
    till.pay(page).await;
    assert_eq!(till.payment(order.order).await, "awaiting", "a browser that returns says nothing");
    assert_eq!(till.known(order.order).await["paymentAt"], json!(NOW));
    till.bench.clock.set(NOW + 30);
    assert_eq!(till.checkout.deliver().await, Delivered { statuses: vec![200], given_up: 0 });
    let known = till.known(order.order).await;
    assert_eq!((&known["payment"], &known["sequence"]), (&json!("paid"), &json!(3)));
    assert_eq!(known["paymentAt"], json!(NOW + 30));
    let feed = till.bench.feed(&till.bench.firm).await;
    let told: Vec<_> = feed.iter().map(|entry| &entry["sequence"]).collect();
    assert_eq!(told, [&json!(1), &json!(2), &json!(3)], "received, awaiting, paid");
    till.ask(order.order).await.refused(ErrorCode::AlreadyPaid);
    let charges = till.checkout.charges();
    assert_eq!((charges.len(), charges[0].cents), (1, 16_000));
}

#[tokio::test]
async fn the_page_says_what_is_paid_for_and_that_it_is_a_test() {
    let till = Till::open().await;
    let page = till.page(till.order().await.order).await;
    let answer = till.http.get(&page).send().await.expect("an answer");
    let policy = answer.headers()["content-security-policy"].to_str().expect("a text").to_owned();
    assert!(policy.starts_with("default-src 'none';") && !policy.contains("script"), "{policy}");
    let text = answer.text().await.expect("a page");
    for part in ["TEST. No money moves.", "$160.00", "$135.00", "Client-matter no. 10452-003", "lang=\"en\""] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("<script") && !text.contains("http-equiv"));
    assert_eq!(till.press(&page, "decline").await.0, 402);
    assert_eq!(till.press(&page, "free").await.0, 400);
    assert_eq!(till.press(&page, "bank-confirms").await.0, 409, "nobody paid by bank");
    let foreign = till.http.post(&page).header("origin", "https://page.example").body("do=pay").send().await;
    assert_eq!(foreign.expect("an answer").status(), 403);
    assert!(till.checkout.charges().is_empty());
    till.pay(&page).await;
    assert_eq!(till.press(&page, "pay").await.0, 409, "once");
}

#[tokio::test]
async fn an_order_has_one_open_page_however_often_it_is_asked_for() {
    let till = Till::open().await;
    let order = till.order().await.order;
    let page = till.page(order).await;
    assert_eq!((till.page(order).await, till.page(order).await), (page.clone(), page.clone()));
    assert_eq!((till.checkout.sessions().len(), till.checkout.asked()), (1, 1));
    till.bench.clock.set(NOW + 23 * 3_600 - 1);
    assert_eq!(till.page(order).await, page, "until its last second");
    till.bench.clock.set(NOW + 23 * 3_600);
    let next = till.page(order).await;
    assert_ne!(next, page);
    assert_eq!(till.checkout.sessions().len(), 2);
    // The event of the first one comes late, and says nothing about the second.
    till.checkout.deliver().await;
    assert_eq!((till.payment(order).await.as_str(), till.page(order).await), ("awaiting", next));
}

#[tokio::test]
async fn a_payment_by_bank_takes_its_time_and_may_fail() {
    let till = Till::open().await;
    for (choice, payment) in [(Choice::BankConfirms, "paid"), (Choice::BankRefuses, "expired")] {
        let order = till.order().await.order;
        let page = till.page(order).await;
        let (status, to) = till.press(&page, "bank").await;
        assert_eq!((status, to.is_some()), (303, true));
        till.checkout.deliver().await;
        assert_eq!(till.payment(order).await, "processing");
        till.ask(order).await.refused(ErrorCode::PaymentProcessing);
        assert!(till.checkout.choose(&Till::session(&page), choice));
        till.checkout.deliver().await;
        assert_eq!(till.payment(order).await, payment);
        if choice == Choice::BankRefuses {
            assert_ne!(till.page(order).await, page, "it can be paid again");
        } else {
            till.ask(order).await.refused(ErrorCode::AlreadyPaid);
        }
    }
}

#[tokio::test]
async fn an_amendment_closes_the_page_that_asks_for_the_old_price() {
    let till = Till::open().await;
    let first = till.order().await;
    let page = till.page(first.order).await;
    let dearer = quote(&[("location", 4, 4_500), ("rush", 1, 2_500)]);
    let second = TestOrder::small_revision(&till.bench.firm, &first, dearer.clone());
    till.send(&second).await;
    let next = till.page(first.order).await;
    assert_eq!(till.press(&page, "pay").await.0, 409, "the old page is closed");
    assert_eq!(retrieve(&till, &Till::session(&next)).await["amount_total"], json!(20_500));
    till.pay(&next).await;
    till.checkout.deliver().await;
    assert_eq!(till.payment(first.order).await, "paid");
    // What comes after the payment and costs more is not paid yet; what costs the same is.
    let third = TestOrder::small_revision(&till.bench.firm, &second, dearer);
    till.send(&third).await;
    assert_eq!(till.payment(first.order).await, "paid");
    assert_eq!(
        till.known(first.order).await["paymentAt"],
        json!(NOW),
        "an amendment of the same price changes nothing"
    );
    till.bench.clock.set(NOW + 50);
    let dearest = quote(&[("location", 5, 4_500), ("rush", 1, 2_500)]);
    till.send(&TestOrder::small_revision(&till.bench.firm, &third, dearest)).await;
    assert_eq!(till.payment(first.order).await, "balance-due");
    assert_eq!(till.known(first.order).await["paymentAt"], json!(NOW + 50));
    till.ask(first.order).await.refused(ErrorCode::PaymentNotPossible);
    assert_eq!(till.checkout.charges().len(), 1);
}

/// Somebody pays the old price on a page that was open while the amendment came.
#[tokio::test]
async fn the_old_price_is_not_the_new_one() {
    let till = Till::open().await;
    let first = till.order().await;
    let page = till.page(first.order).await;
    let dearer = quote(&[("location", 4, 4_500), ("rush", 1, 2_500)]);
    till.send(&TestOrder::small_revision(&till.bench.firm, &first, dearer)).await;
    till.pay(&page).await;
    till.ask(first.order).await.refused(ErrorCode::PaymentNotPossible);
    assert_eq!(till.payment(first.order).await, "balance-due");
    assert_eq!(till.checkout.sessions().len(), 1);
}

#[tokio::test]
async fn what_cannot_be_paid_is_told_so() {
    let till = Till::open().await;
    let before = till.bench.stored().await;
    let unknown = TestOrder::small(&till.bench.firm);
    till.ask(unknown.order).await.refused(ErrorCode::OrderNotReceived);
    let order = till.order().await;
    let there = till.bench.stored().await;
    assert_ne!(there, before);
    // Another firm's order looks like one that is not there.
    let app = till.app(None);
    till.ask_of(&app, &till.bench.other, order.order).await.refused(ErrorCode::OrderNotReceived);
    let without = app_without(&till);
    till.ask_of(&without, &till.bench.firm, order.order).await.refused(ErrorCode::PaymentsUnavailable);
    assert_eq!((till.bench.stored().await, till.checkout.asked()), (there, 0), "nothing was written or asked");
    let free = TestOrder::small_of(&till.bench.firm, quote(&[]));
    till.send(&free).await;
    till.ask(free.order).await.refused(ErrorCode::PaymentNotPossible);
    assert_eq!(till.payment(free.order).await, "none");
}

fn app_without(till: &Till) -> axum::Router {
    app(Deps { payments: None, ..till.deps.clone() })
}

#[tokio::test]
async fn the_double_takes_no_live_key_and_no_other() {
    let till = Till::open().await;
    let url = format!("{}/v1/checkout/sessions", till.base);
    for (key, status) in [("sk_live_1", 403), ("rk_live_1", 403), ("sk_test_other", 401), ("", 401)] {
        let answer = till.http.post(&url).bearer_auth(key).body("mode=payment").send().await.expect("an answer");
        assert_eq!(answer.status(), status, "{key}");
        let text = answer.text().await.expect("a body");
        assert_eq!(text.contains("no money moves"), status == 403, "{text}");
    }
    assert_eq!((till.checkout.asked(), till.checkout.sessions().len()), (0, 0));
}

#[tokio::test]
async fn an_idempotency_key_stands_for_its_parameters() {
    let till = Till::open().await;
    let url = format!("{}/v1/checkout/sessions", till.base);
    let line = "line_items[0][price_data][currency]=usd&line_items[0][price_data][product_data][name]=A\
        &line_items[0][price_data][unit_amount]=500&line_items[0][quantity]=1&mode=payment&success_url=https://a.example";
    let send = async |body: &str| {
        let request = till.http.post(&url).bearer_auth(KEY).header("idempotency-key", "k").body(body.to_owned());
        let answer = request.send().await.expect("an answer");
        let replayed = answer.headers().contains_key("idempotent-replayed");
        (answer.status().as_u16(), replayed, answer.json::<Value>().await.expect("JSON"))
    };
    let first = send(line).await;
    let (mut parts, again): (Vec<&str>, _) = (line.split('&').collect(), send(line).await);
    assert_eq!((first.0, first.1, again.0, again.1), (200, false, 200, true));
    assert_eq!(first.2, again.2);
    parts.reverse();
    assert_eq!(send(&parts.join("&")).await.2, first.2, "their order does not count");
    let other = send(&line.replace("=500", "=501")).await;
    assert_eq!((other.0, other.2["error"]["type"].as_str()), (400, Some("idempotency_error")));
    assert_eq!(till.checkout.sessions().len(), 1);
}

/// The same order id in two firms is two orders, and a payment is one firm's.
#[tokio::test]
async fn a_payment_reaches_the_firm_that_its_session_was_made_for() {
    let till = Till::open().await;
    let own = till.order().await;
    let theirs = TestOrder::small_with_id(&till.bench.other, own.order);
    theirs.upload(&till.bench, &till.bench.other).await;
    theirs.commit(&till.bench, &till.bench.other).await.ok();
    let page = till.page(own.order).await;
    till.pay(&page).await;
    till.checkout.deliver().await;
    assert_eq!(till.payment(own.order).await, "paid");
    let known = till.bench.get(&paths::order(own.order), &till.bench.other.staff()).await.ok();
    assert_eq!((&known["payment"], &known["sequence"]), (&json!("quoted"), &json!(1)));
    let page = till.ask_of(&till.app(None), &till.bench.other, own.order).await;
    // One idempotency key for two firms would be one session for two.
    let page = page.ok()["url"].as_str().expect("an address").to_owned();
    till.pay(&page).await;
    till.checkout.deliver().await;
    let known = till.bench.get(&paths::order(own.order), &till.bench.other.staff()).await.ok();
    assert_eq!(known["payment"], "paid");
    assert_eq!(till.checkout.charges().len(), 2);
}

#[tokio::test]
async fn only_who_pays_or_orders_opens_a_page() {
    let till = Till::open().await;
    let order = till.order().await.order;
    let app = till.app(None);
    for (role, allowed) in [("payer", true), ("orderer", true), ("approver", false), ("firm-admin", false)] {
        let request = Bench::request(Method::POST, &paths::checkout(order), &till.bench.firm.token(&[role]), None);
        let reply = Bench::send_to(&app, request).await;
        assert_eq!(reply.status == 200, allowed, "{role}: {}", reply.text());
    }
}
