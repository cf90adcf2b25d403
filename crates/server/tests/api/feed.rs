//! The feed: numbered without a gap, in parts.

use satchel_cloud::BlobAddress;
use satchel_server::sweep;
use satchel_terms::OrderId;
use satchel_wire::paths;
use serde_json::{Value, json};

use crate::support::{Bench, NOW, TestOrder, rng};

fn numbers(answer: &Value) -> Vec<u64> {
    let entries = answer["entries"].as_array().expect("a list");
    entries.iter().map(|entry| entry["n"].as_u64().expect("a number")).collect()
}

#[tokio::test]
async fn every_commit_is_one_entry() {
    let bench = Bench::open().await;
    let token = bench.firm.staff();
    assert_eq!(bench.get(&paths::feed(0), &token).await.ok(), json!({"entries": [], "next": 0}));
    let mut orders = Vec::new();
    for n in 1..=3 {
        let order = TestOrder::small(&bench.firm);
        order.upload(&bench, &bench.firm).await;
        order.commit(&bench, &bench.firm).await.ok();
        orders.push(json!({"n": n, "order": order.order, "sequence": 1}));
    }
    assert_eq!(bench.get(&paths::feed(0), &token).await.ok(), json!({"entries": orders, "next": 3}));
    assert_eq!(bench.get(&paths::feed(2), &token).await.ok(), json!({"entries": [orders[2]], "next": 3}));
    assert_eq!(bench.get(&paths::feed(3), &token).await.ok(), json!({"entries": [], "next": 3}));
    assert_eq!(bench.get(&paths::feed(9_000_000), &token).await.ok(), json!({"entries": [], "next": 9_000_000}));
}

/// Writes the feed's files as many commits would have: 4,096 lines each.
async fn fill(bench: &Bench, file: u32, lines: u64) {
    let order = OrderId::make(&mut rng());
    let text: String = (1..=lines).map(|n| format!("{order} {n:016}\n")).collect();
    let path = format!("feed/{file:010}").parse().expect("a path");
    let at = BlobAddress::new(bench.firm.firm().live().clone(), path);
    bench.store.append(&at, text.into_bytes(), 0).await.expect("appended");
}

#[tokio::test]
async fn the_feed_goes_on_in_the_next_file() {
    let bench = Bench::open().await;
    let token = bench.firm.staff();
    fill(&bench, 1, 4_096).await;
    fill(&bench, 2, 4_095).await;
    for n in [8_192, 8_193] {
        let order = TestOrder::small(&bench.firm);
        order.upload(&bench, &bench.firm).await;
        order.commit(&bench, &bench.firm).await.ok();
        let answer = bench.get(&paths::feed(n - 1), &token).await.ok();
        assert_eq!(answer["entries"], json!([{"n": n, "order": order.order, "sequence": 1}]));
    }
    // A part has a thousand entries, across the end of a file too.
    let answer = bench.get(&paths::feed(0), &token).await.ok();
    assert_eq!((numbers(&answer), &answer["next"]), ((1..=1_000).collect(), &json!(1_000)));
    let answer = bench.get(&paths::feed(4_000), &token).await.ok();
    assert_eq!(numbers(&answer), (4_001..=5_000).collect::<Vec<_>>());
    let answer = bench.get(&paths::feed(8_000), &token).await.ok();
    assert_eq!(numbers(&answer), (8_001..=8_193).collect::<Vec<_>>());
}

#[tokio::test]
async fn commits_at_once_are_all_in_the_feed() {
    let bench = Bench::open().await;
    let orders: Vec<_> = (0..8).map(|_| TestOrder::small(&bench.firm)).collect();
    for order in &orders {
        order.upload(&bench, &bench.firm).await;
    }
    let commits = orders.iter().map(|order| order.commit(&bench, &bench.firm));
    for reply in futures_util::future::join_all(commits).await {
        reply.ok();
    }
    // What could not be appended in its turn is left to the sweep.
    sweep(&bench.deps).await.expect("swept");
    let feed = bench.feed(&bench.firm).await;
    assert_eq!(feed.len(), 8);
    for order in &orders {
        assert_eq!(feed.iter().filter(|entry| entry["order"] == json!(order.order)).count(), 1);
    }
    bench.clock.set(NOW + 10_000);
}
