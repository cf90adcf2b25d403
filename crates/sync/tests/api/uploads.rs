//! The driver over real connections: what goes well, and what passes.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use satchel_sync::drive::STALL;
use satchel_sync::plan::{PUTS_MAX, Why};
use satchel_sync::{Progress, State};

use crate::double::{Ask, Fault, TOKEN, path_of};
use crate::office::{Office, sealed_bytes, states, waits};
use crate::sample::{ORDER, OTHER_ORDER, blocks, file_name};

/// Asserts that the storage has every blob of the item, byte for byte, with its metadata.
fn is_whole(office: &Office, item: &satchel_sync::OutboxItem) {
    let held = office.double.held();
    for (blob, length) in item.blobs_with_lengths() {
        let (bytes, data) = &held.committed[&path_of(item.manifest(), blob.name)];
        assert!(*bytes == sealed_bytes(blob.name, length), "{} has other bytes", blob.name);
        assert_eq!(data, &blob.encryption_data);
    }
}

/// Asserts that no block came twice but these.
fn sent_once(office: &Office, but: &[(String, u32)]) {
    let but: BTreeSet<_> = but.iter().cloned().collect();
    let twice: BTreeMap<_, _> = office.double.blocks_answered().into_iter().filter(|(_, times)| *times > 1).collect();
    assert!(twice.keys().all(|block| but.contains(block)), "{twice:?}");
}

#[tokio::test(start_paused = true)]
async fn an_order_is_sent_and_received() {
    let mut office = Office::open().await;
    let item = office.order(ORDER, &[blocks(3), 0]);
    let news = office.send(std::slice::from_ref(&item)).await;
    assert_eq!(states(&news, item.id()), [State::Queued, State::Uploading, State::Received]);
    is_whole(&office, &item);
    sent_once(&office, &[]);
    assert_eq!((office.double.count(Ask::Tickets), office.double.count(Ask::Commit)), (1, 1));

    // Progress counts up to the whole length, per blob.
    let file = file_name(1);
    let of_file = |progress: &Progress| match progress {
        Progress::Bytes { blob, confirmed, all, .. } if *blob == file => Some((*confirmed, *all)),
        Progress::Bytes { .. } | Progress::State { .. } => None,
    };
    let bytes: Vec<_> = news.iter().filter_map(of_file).collect();
    assert!(bytes.is_sorted() && bytes.len() == 4, "{bytes:?}");
    assert_eq!(bytes.last(), Some(&(blocks(3), blocks(3))));
}

#[tokio::test(start_paused = true)]
async fn requests_have_the_form_that_the_other_side_takes() {
    let mut office = Office::open().await;
    let item = office.order(ORDER, &[blocks(2)]);
    office.send(std::slice::from_ref(&item)).await;
    for seen in &office.double.held().seen {
        let header = |name: &str| seen.headers.get(name).map(|value| value.to_str().expect("ASCII"));
        assert!(header("content-length").is_some() && header("transfer-encoding").is_none(), "{seen:?}");
        match seen.ask {
            Ask::Tickets | Ask::Commit => {
                assert_eq!(header("authorization"), Some(&*format!("Bearer {TOKEN}")));
                assert_eq!(header("content-type"), Some("application/json"));
                assert!(seen.path.starts_with(&format!("/v1/orders/{ORDER}/revisions/1/")), "{}", seen.path);
            }
            Ask::Block | Ask::List => {
                assert_eq!(header("authorization"), None, "the token is the server's alone");
                assert_eq!(header("x-ms-version"), Some("2026-04-06"));
                assert_eq!(header("if-none-match"), (seen.ask == Ask::List).then_some("*"));
            }
            Ask::Question | Ask::Get => panic!("nobody asks when an order is sent"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_is_cut_costs_what_was_on_its_way() {
    for (ask, bytes) in [
        (Ask::Tickets, 0),
        (Ask::Block, 0),
        (Ask::Block, 1),
        (Ask::Block, 3_000_000),
        (Ask::List, 10),
        (Ask::Commit, 10),
    ] {
        let mut office = Office::open().await;
        let item = office.order(ORDER, &[blocks(3)]);
        for _ in 0..4 {
            office.double.fault(ask, Fault::CutAfter(bytes));
        }
        let news = office.send(std::slice::from_ref(&item)).await;
        assert_eq!(states(&news, item.id()).last(), Some(&State::Received), "{ask:?} after {bytes}");
        assert!(waits(&news, item.id()).iter().all(|why| *why == Why::Interrupted), "{ask:?} after {bytes}");
        assert!(!waits(&news, item.id()).is_empty());
        is_whole(&office, &item);
        sent_once(&office, &[]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_made_good() {
    for ask in [Ask::Tickets, Ask::Block, Ask::List, Ask::Commit] {
        let mut office = Office::open().await;
        let item = office.order(ORDER, &[blocks(2)]);
        office.double.fault(ask, Fault::LoseAnswer);
        let news = office.send(std::slice::from_ref(&item)).await;
        assert_eq!(states(&news, item.id()).last(), Some(&State::Received), "{ask:?}");
        is_whole(&office, &item);
        // A block came, but nobody heard that. Which one it is depends on whose connection is there first.
        let lost = office.double.held().lost.clone();
        assert_eq!(lost.len(), usize::from(ask == Ask::Block));
        sent_once(&office, &lost);
        assert_eq!(office.double.held().committed.len(), 3, "{ask:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn patience_that_is_asked_for_is_given() {
    for ask in [Ask::Tickets, Ask::Block, Ask::List, Ask::Commit] {
        for status in [429, 503] {
            let mut office = Office::open().await;
            let item = office.order(ORDER, &[]);
            let headers = vec![("retry-after", "40".to_owned())];
            office.double.fault(ask, Fault::Status(status, headers, "busy".repeat(50_000)));
            let started = tokio::time::Instant::now();
            let news = office.send(std::slice::from_ref(&item)).await;
            assert_eq!(states(&news, item.id()).last(), Some(&State::Received), "{ask:?} {status}");
            assert_eq!(waits(&news, item.id()), [Why::Busy], "{ask:?} {status}");
            assert!(started.elapsed() >= Duration::from_secs(40), "{ask:?} {status}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_without_a_sign_of_life_is_given_up() {
    for ask in [Ask::Tickets, Ask::Block, Ask::List, Ask::Commit] {
        let mut office = Office::open().await;
        let item = office.order(ORDER, &[]);
        office.double.fault(ask, Fault::Hang);
        let news = office.send(std::slice::from_ref(&item)).await;
        assert_eq!(states(&news, item.id()).last(), Some(&State::Received), "{ask:?}");
        assert_eq!(waits(&news, item.id()), [Why::Stalled], "{ask:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_answer_is_waited_for_while_it_moves() {
    for ask in [Ask::Tickets, Ask::Commit] {
        let mut office = Office::open().await;
        let item = office.order(ORDER, &[]);
        office.double.fault(ask, Fault::Dribble(Duration::from_secs(10)));
        let started = tokio::time::Instant::now();
        let news = office.send(std::slice::from_ref(&item)).await;
        assert_eq!(states(&news, item.id()), [State::Queued, State::Uploading, State::Received], "{ask:?}");
        assert!(started.elapsed() >= 4 * STALL, "{ask:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn being_offline_is_a_state() {
    let mut office = Office::open().await;
    let item = office.order(ORDER, &[]);
    // A port where nobody listens any more.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let nobody = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let mut running = office.start_to(&nobody, std::slice::from_ref(&item)).await;
    let is_offline = |progress: &Progress| {
        matches!(progress, Progress::State { state: State::Waiting { why: Why::Offline, until: Some(_) }, .. })
    };
    for _ in 0..3 {
        office.until(&mut running, is_offline).await;
        running.outbox.as_ref().expect("it is there").nudge();
    }
    assert!(!running.task.is_finished());
    assert_eq!(office.notebook.end(item.id()), None);
    running.task.abort();

    office.dana.has(Err(satchel_sync::drive::NoToken::Offline));
    let mut running = office.start(std::slice::from_ref(&item)).await;
    office.until(&mut running, is_offline).await;
    assert_eq!(office.double.held().seen.len(), 0);
    running.task.abort();
}

#[tokio::test(start_paused = true)]
async fn after_a_kill_no_confirmed_block_is_sent_again() {
    let mut office = Office::open().await;
    let item = office.order(ORDER, &[blocks(5)]);
    let mut running = office.start(std::slice::from_ref(&item)).await;
    let file = file_name(1);
    office
        .until(
            &mut running,
            |progress| matches!(progress, Progress::Bytes { blob, confirmed: 1.., .. } if *blob == file),
        )
        .await;
    running.task.abort();
    assert!(running.task.await.is_err_and(|error| error.is_cancelled()));
    let confirmed = office.notebook.confirmed_blocks();
    assert!(confirmed.len() >= 3 && confirmed.len() < 7, "{confirmed:?}");
    let before = office.double.blocks_answered();

    let news = office.send(std::slice::from_ref(&item)).await;
    assert_eq!(states(&news, item.id()).last(), Some(&State::Received));
    is_whole(&office, &item);
    let after = office.double.blocks_answered();
    for (_, name, block) in confirmed {
        let block = (path_of(item.manifest(), name), block);
        assert_eq!(before.get(&block), after.get(&block), "{block:?} was confirmed and came again");
    }
}

#[tokio::test(start_paused = true)]
async fn puts_at_once_are_bounded_and_each_holds_one_region() {
    let mut office = Office::open().await;
    let item = office.order(ORDER, &[blocks(12)]);
    office.double.held().holds_puts = true;
    let mut running = office.start(std::slice::from_ref(&item)).await;
    // Document and copy first: both are held.
    let at_once = |office: &Office| office.double.held().puts_at_once;
    while at_once(&office) < PUTS_MAX {
        tokio::task::yield_now().await;
    }
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
    }
    assert_eq!(at_once(&office), PUTS_MAX);
    office.double.release_puts();
    running.outbox = None;
    office.until(&mut running, |_| false).await;
    assert_eq!(office.double.held().puts_at_once_max, PUTS_MAX);
    is_whole(&office, &item);
    sent_once(&office, &[]);
}

#[tokio::test(start_paused = true)]
async fn a_ledger_that_cannot_be_written_holds_up_and_loses_nothing() {
    let mut office = Office::open().await;
    let item = office.order(ORDER, &[blocks(2)]);
    office.notebook.fail(3);
    let news = office.send(std::slice::from_ref(&item)).await;
    assert!(waits(&news, item.id()).iter().all(|why| *why == Why::LedgerUnwritable));
    assert_eq!(states(&news, item.id()).last(), Some(&State::Received));
    assert!(office.notebook.end(item.id()).is_some());
    is_whole(&office, &item);
}

#[tokio::test(start_paused = true)]
async fn one_bad_order_holds_up_no_other() {
    let mut office = Office::open().await;
    let (bad, good) = (office.order(ORDER, &[blocks(2)]), office.order(OTHER_ORDER, &[blocks(2)]));
    std::fs::remove_file(office.file(ORDER, file_name(1))).expect("removes");
    let news = office.send(&[bad.clone(), good.clone()]).await;
    assert_eq!(states(&news, bad.id()).last(), Some(&State::Rejected(satchel_sync::Rejection::SourceMissing)));
    assert_eq!(states(&news, good.id()).last(), Some(&State::Received));
    is_whole(&office, &good);
}
