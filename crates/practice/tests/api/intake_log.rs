//! An operator answers in an order's log, and the firm verifies it.

use reqwest::Method;
use satchel_cloud::{BlobAddress, BlobStore as _};
use satchel_intake::{LogError, Message};
use satchel_practice::{FirmChoice, write_feed};
use satchel_seal::RecipientSecret;
use satchel_sign::{LogEntry, LogEvent, Signed, WorkStatus};
use satchel_terms::Hash;
use satchel_wire::paths;
use serde_json::{Value, json};

use crate::intake::audit;
use crate::support::way_back::{fed, log, sealed_log, try_log};
use crate::support::{Desk, NOW, TestOrder, rng};

/// How often it is looked whether the sweep is through.
const READS_MAX: u32 = 50_000;
/// The most bytes of a message.
const MESSAGE_BYTES_MAX: usize = 65_536;

fn message(text: &str) -> Message {
    Message::try_from(text.to_owned()).expect("a message")
}

/// What an entry says, in a word.
fn said(entry: &Signed<LogEntry>) -> String {
    match &entry.statement().event {
        LogEvent::Status { status } => format!("{status:?}"),
        LogEvent::Message { text } => text.clone(),
        LogEvent::Returns { files } => format!("{} files", files.len()),
    }
}

async fn known(desk: &Desk, order: &TestOrder) -> Value {
    desk.ask(Method::GET, &paths::order(order.order), None).await.json().await.expect("JSON")
}

#[tokio::test]
async fn entries_are_signed_chained_and_sealed_to_the_order() {
    let (desk, bundle) = Desk::admitted().await;
    let bundle = bundle.statement();
    let order = TestOrder::seal(&desk, bundle).send(&desk).await;
    let intake = desk.intake();
    let steps = [(WorkStatus::InProgress, "in-progress"), (WorkStatus::Completed, "completed")];
    for (number, (status, word)) in (1_u32..).zip(steps) {
        desk.clock.set(NOW + u64::from(number));
        let logged = intake.status(order.order, status, &mut rng()).await.expect("written");
        assert_eq!(logged.number.get(), number);
        let entries = log(&desk, bundle, &order).await;
        let last = entries.last().expect("an entry");
        assert_eq!((entries.len(), said(last)), (number as usize, format!("{status:?}")));
        assert_eq!(last.hash(), logged.sha256);
        let known = known(&desk, &order).await;
        assert_eq!((&known["work"], &known["sequence"]), (&json!(word), &json!(number + 1)));
    }
    let again = intake.status(order.order, WorkStatus::Completed, &mut rng()).await;
    assert!(matches!(again, Err(LogError::Already)), "{again:?}");
}

#[tokio::test]
async fn messages_stand_in_the_same_chain_and_change_no_status() {
    let (desk, bundle) = Desk::admitted().await;
    let order = TestOrder::seal(&desk, bundle.statement()).send(&desk).await;
    let intake = desk.intake();
    let asked = "Which clinic? AT&T < 5\n\u{201c}Jos\u{e9}\u{201d}";
    assert_eq!(intake.message(order.order, &message(asked), &mut rng()).await.expect("written").number.get(), 1);
    assert_eq!(known(&desk, &order).await["work"], json!("new"), "a message is no status");
    intake.status(order.order, WorkStatus::Claimed, &mut rng()).await.expect("written");
    let longest = "a".repeat(MESSAGE_BYTES_MAX);
    for _ in 0..2 {
        intake.message(order.order, &message(&longest), &mut rng()).await.expect("the same may be said twice");
    }
    let again = intake.status(order.order, WorkStatus::Claimed, &mut rng()).await;
    assert!(matches!(again, Err(LogError::Already)), "whatever was said since: {again:?}");
    let entries = log(&desk, bundle.statement(), &order).await;
    let texts: Vec<_> = entries.iter().map(said).collect();
    assert_eq!(texts, [asked, "Claimed", &longest, &longest]);
    let known = known(&desk, &order).await;
    assert_eq!((&known["work"], &known["sequence"]), (&json!("claimed"), &json!(5)));
    // What the server keeps of it says that there was something, and not what.
    let live = bundle.statement().containers.live.parse().expect("a name");
    let at = BlobAddress::new(live, format!("orders/{}/state", order.order).parse().expect("a path"));
    let state = desk.store().read(&at, 1 << 20).await.expect("read").expect("there");
    let state: Value = serde_json::from_slice(&state.bytes).expect("JSON");
    assert_eq!(state["history"][1]["event"], json!({"kind": "message", "entry": 1}));
    let reasons: Vec<_> = audit(&desk, bundle.statement()).await.iter().map(|line| line["reason"].clone()).collect();
    assert_eq!(reasons[0], "to write a message in the log");
    assert!(
        !state.to_string().contains("clinic") && !reasons.iter().any(|reason| reason.to_string().contains("clinic"))
    );
}

/// A message may be so short that whoever sees its hash can try what it says.
#[tokio::test]
async fn nothing_beside_an_entry_lets_anybody_confirm_a_guess() {
    let (desk, bundle) = Desk::admitted().await;
    let order = TestOrder::seal(&desk, bundle.statement()).send(&desk).await;
    let intake = desk.intake();
    let logged = intake.message(order.order, &message("Yes."), &mut rng()).await.expect("written");
    let guessed = log(&desk, bundle.statement(), &order).await.remove(0);
    assert_eq!(guessed.hash(), logged.sha256, "whoever guesses every word has the hash");
    let sealed = bundle.statement().containers.sealed.parse().expect("a name");
    let at = BlobAddress::new(sealed, format!("orders/{}/log/1", order.order).parse().expect("a path"));
    let found = desk.store().read(&at, 1 << 20).await.expect("read").expect("there");
    let compact = guessed.compact();
    let hashes = [logged.sha256, Hash::of(compact.as_bytes()), Hash::of(b"Yes.")];
    let beside: String = found.metadata.values().map(String::as_str).collect();
    for hash in hashes {
        assert!(!beside.contains(&hash.to_string()) && !beside.contains(&hash.to_hex()), "{beside}");
        assert!(!found.bytes.windows(32).any(|window| window == hash.as_bytes()));
    }
    // The next entry names it all the same.
    intake.message(order.order, &message("No."), &mut rng()).await.expect("written");
    assert_eq!(log(&desk, bundle.statement(), &order).await.len(), 2);
}

/// An entry of one order says nothing in another, and opens by no other key.
#[tokio::test]
async fn an_entry_stands_in_one_place() {
    let (desk, bundle) = Desk::admitted().await;
    let one = TestOrder::seal(&desk, bundle.statement()).send(&desk).await;
    let other = TestOrder::seal(&desk, bundle.statement()).send(&desk).await;
    let intake = desk.intake();
    for order in [&one, &other] {
        intake.message(order.order, &message("the same"), &mut rng()).await.expect("written");
    }
    let entry = sealed_log(&desk, &one).await.remove(0);
    let key = satchel_seal::Metadata::from_json(&entry.encryption_data).expect("metadata").wrapped_key;
    let context = |order: &TestOrder, number: u32| {
        let name = satchel_terms::BlobName::LogEntry(number.try_into().expect("from 1"));
        satchel_seal::Context::Blob(bundle.statement().firm, order.order, name)
    };
    assert!(desk.replies.unwrap_content_key(&key, &context(&one, 1)).is_ok());
    assert!(desk.replies.unwrap_content_key(&key, &context(&other, 1)).is_err());
    assert!(desk.replies.unwrap_content_key(&key, &context(&one, 2)).is_err());
    let stranger = RecipientSecret::make(&mut rng()).expect("a key");
    assert!(stranger.unwrap_content_key(&key, &context(&one, 1)).is_err());
    assert!(try_log(&desk, bundle.statement(), &one).await.is_ok());
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
    assert_eq!(fed(&desk, &order).await, [1, 2]);
}

#[tokio::test]
async fn the_feed_can_be_told_at_once_and_twice() {
    let (desk, bundle) = Desk::admitted().await;
    let order = TestOrder::seal(&desk, bundle.statement()).send(&desk).await;
    let intake = desk.intake();
    let clock = std::sync::Arc::<crate::support::TestClock>::clone(&desk.clock);
    let write =
        || write_feed(desk.folder.path().to_owned(), std::sync::Arc::<crate::support::TestClock>::clone(&clock));
    for sequence in 2..=4 {
        intake.message(order.order, &message("again"), &mut rng()).await.expect("written");
        write().await.expect("written");
        assert_eq!(fed(&desk, &order).await, (1..=sequence).collect::<Vec<u64>>());
    }
    // As when the provider does the same beside it.
    let twice = tokio::join!(write(), write());
    assert!(twice.0.is_ok() && twice.1.is_ok());
    assert_eq!(fed(&desk, &order).await, [1, 2, 3, 4]);
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
    intake.message(order.order, &message("a message"), &mut rng()).await.expect("written");
    // As after a crash between the entry and the state.
    let after = store.read(&at, 1 << 20).await.expect("read").expect("there");
    store.swap(&at, before.bytes, &after.etag).await.expect("swapped");
    let logged = intake.status(order.order, WorkStatus::Completed, &mut rng()).await.expect("written");
    assert_eq!(logged.number.get(), 3);
    assert_eq!(log(&desk, bundle.statement(), &order).await.len(), 3);
    let known = known(&desk, &order).await;
    assert_eq!((&known["work"], &known["sequence"]), (&json!("completed"), &json!(4)));
}

/// Operators who answer at once each get a number of their own, and nobody's entry is lost.
#[tokio::test]
async fn answers_at_once_are_all_in_the_log() {
    let (desk, bundle) = Desk::admitted().await;
    let order = TestOrder::seal(&desk, bundle.statement()).send(&desk).await;
    let desks = [desk.intake(), desk.intake(), desk.intake()];
    let texts = ["one", "two", "three"].map(message);
    let mut rngs = [rng(), rng(), rng()];
    let [first, second, third] = &mut rngs;
    let written = tokio::join!(
        desks[0].message(order.order, &texts[0], first),
        desks[1].message(order.order, &texts[1], second),
        desks[2].message(order.order, &texts[2], third),
    );
    assert!(written.0.is_ok() && written.1.is_ok() && written.2.is_ok(), "{written:?}");
    let mut texts: Vec<_> = log(&desk, bundle.statement(), &order).await.iter().map(said).collect();
    texts.sort();
    assert_eq!(texts, ["one", "three", "two"]);
    assert_eq!(known(&desk, &order).await["sequence"], json!(4));
}
