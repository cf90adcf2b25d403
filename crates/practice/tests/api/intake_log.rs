//! An operator answers in an order's log, and the firm verifies it.

use reqwest::Method;
use satchel_cloud::{BlobAddress, BlobStore as _};
use satchel_intake::LogError;
use satchel_practice::FirmChoice;
use satchel_seal::{Context, Metadata, NoProgress, open_unlisted_blob};
use satchel_sign::{Bundle, LogChain, LogEvent, WorkStatus};
use satchel_terms::BlobName;
use satchel_terms::sealed_length::plaintext_of;
use satchel_wire::paths;
use serde_json::{Value, json};

use crate::support::{Desk, NOW, TestOrder, rng};

/// How often it is looked whether the sweep is through.
const READS_MAX: u32 = 50_000;

/// Opens an entry as a desktop does: by the order's reply key.
async fn entry(desk: &Desk, bundle: &Bundle, order: &TestOrder, number: u32) -> String {
    let name = BlobName::LogEntry(number.try_into().expect("from 1"));
    let path = format!("orders/{}/{name}", order.order).parse().expect("a path");
    let at = BlobAddress::new(bundle.containers.sealed.parse().expect("a name"), path);
    let blob = desk.store().read(&at, 1 << 20).await.expect("read").expect("there");
    let metadata = Metadata::from_json(&blob.metadata["encryptiondata"]).expect("metadata");
    let context = Context::Blob(bundle.firm, order.order, name);
    let key = desk.replies.unwrap_content_key(&metadata.wrapped_key, &context).expect("unwrapped");
    let length = plaintext_of(blob.bytes.len() as u64).expect("a length");
    let mut text = Vec::new();
    open_unlisted_blob(&mut blob.bytes.as_slice(), &key, length, &mut text, &mut NoProgress).expect("opened");
    String::from_utf8(text).expect("a text")
}

#[tokio::test]
async fn entries_are_signed_chained_and_sealed_to_the_order() {
    let (desk, bundle) = Desk::admitted().await;
    let bundle = bundle.statement();
    let order = TestOrder::seal(&desk, bundle).send(&desk).await;
    let intake = desk.intake();
    let mut chain = LogChain::start(&order.manifest).expect("a chain");
    let steps = [(WorkStatus::InProgress, "in-progress"), (WorkStatus::Completed, "completed")];
    for (number, (status, word)) in (1..).zip(steps) {
        desk.clock.set(NOW + u64::from(number));
        let logged = intake.status(order.order, status, &mut rng()).await.expect("written");
        assert_eq!(logged.number.get(), number);
        let compact = entry(&desk, bundle, &order, number).await;
        let verified = chain.append(&compact, &bundle.operators).expect("the next entry");
        assert!(matches!(verified.statement().event, LogEvent::Status { status: said } if said == status));
        assert_eq!(verified.hash(), logged.sha256);
        let known: Value = desk.ask(Method::GET, &paths::order(order.order), None).await.json().await.expect("JSON");
        assert_eq!((&known["work"], &known["sequence"]), (&json!(word), &json!(number + 1)));
    }
    let again = intake.status(order.order, WorkStatus::Completed, &mut rng()).await;
    assert!(matches!(again, Err(LogError::Already)), "{again:?}");
}

#[tokio::test]
async fn the_sweep_tells_the_firms_feed() {
    let (desk, bundle) = Desk::admitted().await;
    let order = TestOrder::seal(&desk, bundle.statement()).send(&desk).await;
    desk.intake().status(order.order, WorkStatus::InProgress, &mut rng()).await.expect("written");
    let (store, live) = (desk.store(), bundle.statement().containers.live.parse().expect("a name"));
    let state = BlobAddress::new(live, format!("orders/{}/state", order.order).parse().expect("a path"));
    // It sweeps when it starts, beside the requests: wait until the state says that nothing is left to be done.
    let desk = desk.restart(None, FirmChoice::Same).await;
    let mut settled = false;
    for _ in 0..READS_MAX {
        let blob = store.read(&state, 1 << 20).await.expect("read").expect("there");
        let state: Value = serde_json::from_slice(&blob.bytes).expect("JSON");
        settled = state["pending"] == json!([]);
        if settled {
            break;
        }
    }
    assert!(settled, "the sweep did not finish the order");
    let feed: Value = desk.ask(Method::GET, &paths::feed(0), None).await.json().await.expect("JSON");
    let sequences: Vec<_> = feed["entries"].as_array().expect("a list").iter().map(|e| e["sequence"].clone()).collect();
    assert_eq!(sequences, [json!(1), json!(2)]);
}

#[tokio::test]
async fn an_entry_that_was_written_before_a_crash_is_gone_on_from() {
    let (desk, bundle) = Desk::admitted().await;
    let order = TestOrder::seal(&desk, bundle.statement()).send(&desk).await;
    let (store, live) = (desk.store(), bundle.statement().containers.live.parse().expect("a name"));
    let at = BlobAddress::new(live, format!("orders/{}/state", order.order).parse().expect("a path"));
    let before = store.read(&at, 1 << 20).await.expect("read").expect("there");
    let intake = desk.intake();
    intake.status(order.order, WorkStatus::InProgress, &mut rng()).await.expect("written");
    // As after a crash between the entry and the state.
    let after = store.read(&at, 1 << 20).await.expect("read").expect("there");
    store.swap(&at, before.bytes, &after.etag).await.expect("swapped");
    let logged = intake.status(order.order, WorkStatus::Completed, &mut rng()).await.expect("written");
    assert_eq!(logged.number.get(), 2);
    let mut chain = LogChain::start(&order.manifest).expect("a chain");
    for number in [1, 2] {
        let compact = entry(&desk, bundle.statement(), &order, number).await;
        chain.append(&compact, &bundle.statement().operators).expect("the next entry");
    }
    let known: Value = desk.ask(Method::GET, &paths::order(order.order), None).await.json().await.expect("JSON");
    assert_eq!((&known["work"], &known["sequence"]), (&json!("completed"), &json!(3)));
}
