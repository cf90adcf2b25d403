//! The server dies at any call to the store, before or after it took effect. Then it starts anew, the desktop tries again, the
//! sweep runs: there is one receipt, one number, one entry in the feed.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::http::Method;
use satchel_server::{Deps, Swept, app, sweep};
use satchel_sign::verify_receipt;
use satchel_wire::paths;
use serde_json::{Value, json};

use crate::support::{Bench, Fault, FaultyStore, NOW, Reply, TestOrder};

async fn commit_on(bench: &Bench, store: Arc<FaultyStore>, order: &TestOrder) -> Reply {
    let app = app(Deps { blobs: store, ..bench.deps.clone() });
    let path = paths::commit(order.order, order.revision);
    Bench::send_to(&app, Bench::request(Method::POST, &path, &bench.firm.staff(), Some(&order.body()))).await
}

/// How many calls a commit makes, the roster's chain included.
async fn calls_of_a_commit(bench: &Bench) -> u64 {
    let order = TestOrder::small(&bench.firm);
    order.upload(bench, &bench.firm).await;
    let store = FaultyStore::new(&bench.store, Fault::None, 0);
    commit_on(bench, Arc::clone(&store), &order).await.ok();
    store.calls()
}

/// Checks what is left of an order: its receipt, its number, its entry in the feed. Returns the number.
async fn check(bench: &Bench, order: &TestOrder, answer: &Value) -> String {
    let compact = answer["receipt"].as_str().expect("a text");
    let receipt = verify_receipt(compact, [&bench.receipt_key], &order.manifest).expect("a receipt");
    assert_eq!(order.commit(bench, &bench.firm).await.ok(), *answer, "the same for ever");
    let state = bench.get(&paths::order(order.order), &bench.firm.staff()).await.ok();
    assert_eq!((&state["receipt"], &state["sequence"]), (&answer["receipt"], &json!(1)));
    receipt.statement().order_number.clone()
}

fn entries(feed: &[Value], order: &TestOrder) -> usize {
    feed.iter().filter(|entry| entry["order"] == json!(order.order)).count()
}

#[tokio::test]
async fn a_crash_at_any_call_loses_and_doubles_nothing() {
    let bench = Bench::open().await;
    let calls = calls_of_a_commit(&bench).await;
    assert!(calls > 12, "a commit makes calls: {calls}");
    let mut numbers = BTreeSet::new();
    let mut answered = 0;
    for fault in [Fault::DiesBefore, Fault::DiesAfter, Fault::FailsOnce] {
        for at in 1..=calls {
            let order = TestOrder::small(&bench.firm);
            order.upload(&bench, &bench.firm).await;
            let reply = commit_on(&bench, FaultyStore::new(&bench.store, fault, at), &order).await;
            assert!(matches!(reply.status, 200 | 503), "{fault:?} at {at}: {}", reply.text());
            // Either the desktop comes first, or the sweep.
            if at % 2 == 0 {
                sweep(&bench.deps).await.expect("swept");
            }
            let answer = order.commit(&bench, &bench.firm).await.ok();
            if reply.status == 200 {
                answered += 1;
                assert_eq!(reply.json(), answer, "{fault:?} at {at}: a receipt that was given stays the receipt");
            }
            let swept = sweep(&bench.deps).await.expect("swept");
            assert_eq!((swept.finished, swept.failed), (0, 0), "{fault:?} at {at}: the desktop's retry finished it");
            assert!(numbers.insert(check(&bench, &order, &answer).await), "{fault:?} at {at}: a number twice");
            let feed = bench.feed(&bench.firm).await;
            assert_eq!(entries(&feed, &order), 1, "{fault:?} at {at}");
            assert!(feed.iter().zip(1_u64..).all(|(entry, n)| entry["n"] == json!(n)), "no gap");
            // So many requests in one minute would be too many.
            bench.clock.set(NOW + at % 50 * 60);
        }
    }
    assert!(answered > 3, "some crashes come after the state: {answered}");
}

/// The desktop never comes back: what was received is in the feed all the same.
#[tokio::test]
async fn the_sweep_finishes_what_nobody_asks_for_again() {
    let bench = Bench::open().await;
    let calls = calls_of_a_commit(&bench).await;
    let (mut received, mut finished) = (0, 0);
    for at in 1..=calls {
        let order = TestOrder::small(&bench.firm);
        order.upload(&bench, &bench.firm).await;
        commit_on(&bench, FaultyStore::new(&bench.store, Fault::DiesAfter, at), &order).await;
        let there = bench.get(&paths::order(order.order), &bench.firm.staff()).await.status == 200;
        let swept = sweep(&bench.deps).await.expect("swept");
        finished += swept.finished;
        let expected = usize::from(there);
        assert_eq!(entries(&bench.feed(&bench.firm).await, &order), expected, "at {at}");
        received += expected;
        assert_eq!(sweep(&bench.deps).await.expect("swept").finished, 0, "once");
    }
    assert!(received > 3 && finished > 1, "{received} were received, {finished} of them finished by the sweep");
}

#[tokio::test]
async fn the_sweep_itself_may_die_and_leaves_hours_behind_that_are_settled() {
    let bench = Bench::open().await;
    assert_eq!(sweep(&bench.deps).await.expect("swept"), Swept::default(), "nothing happened yet");
    let calls = calls_of_a_commit(&bench).await;
    let order = TestOrder::small(&bench.firm);
    order.upload(&bench, &bench.firm).await;
    // The last two calls settle; without them the state has its effect pending.
    commit_on(&bench, FaultyStore::new(&bench.store, Fault::DiesBefore, calls - 1), &order).await.ok();
    for at in 1..=12 {
        let store = FaultyStore::new(&bench.store, Fault::DiesAfter, at);
        // It may fail or not; what counts is that the next one finishes.
        drop(sweep(&Deps { blobs: store, ..bench.deps.clone() }).await);
    }
    sweep(&bench.deps).await.expect("swept");
    assert_eq!(entries(&bench.feed(&bench.firm).await, &order), 1);
    // Two hours later the hour is settled, and the sweep after that does not look at it again.
    bench.clock.set(NOW + 2 * 3_600 + 3_600);
    assert_eq!(sweep(&bench.deps).await.expect("swept").orders, 2);
    assert_eq!(sweep(&bench.deps).await.expect("swept"), Swept::default());
}
