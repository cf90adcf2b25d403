//! An order's log as the server hands it on: sealed, in its order, in parts.

use std::collections::BTreeMap;

use satchel_cloud::{BlobAddress, Metadata as BlobMetadata};
use satchel_seal::{Context, Metadata, NoProgress, RecipientSecret, seal_blob};
use satchel_terms::{BlobName, OrderId, parse};
use satchel_wire::limits::{ANSWER_BYTES_MAX, LOG_ENTRIES_MAX, LOG_SEALED_BYTES_MAX, SEALED_ENTRY_BYTES_MAX};
use satchel_wire::{ErrorCode, LogAnswer, paths};
use serde_json::json;

use crate::support::{Bench, TestFirm, TestOrder, rng};

/// A payload of 1 MiB in base64url, with header and signature, as it is signed.
const LONGEST_COMPACT: usize = (1024 * 1024_usize).div_ceil(3) * 4 + 400;

/// What stands beside a sealed entry, and the entry.
pub(crate) fn sealed(firm: &TestFirm, order: OrderId, number: u32, compact: &[u8]) -> (Vec<u8>, BlobMetadata) {
    let name = BlobName::LogEntry(number.try_into().expect("from 1"));
    let mut bytes = Vec::new();
    let sealed = seal_blob(&mut &compact[..], &mut bytes, &mut rng(), &mut NoProgress).expect("sealed");
    let secret = RecipientSecret::make(&mut rng()).expect("a key");
    let reply_key = satchel_seal::RecipientKey::new(secret.public()).expect("a key");
    let context = Context::Blob(firm.id, order, name);
    let wrapped_key = reply_key.wrap(&sealed.content_key, &context, &mut rng()).expect("wrapped");
    let metadata = Metadata { wrapped_key }.to_json().expect("metadata");
    (bytes, BTreeMap::from([("encryptiondata".to_owned(), metadata), ("logentry".to_owned(), "{}".to_owned())]))
}

/// Writes a blob into the sealed container, as an operator does.
pub(crate) async fn write(bench: &Bench, firm: &TestFirm, path: &str, bytes: Vec<u8>, metadata: BlobMetadata) {
    let at = BlobAddress::new(firm.firm().sealed().clone(), path.parse().expect("a path"));
    bench.store.create(&at, bytes, metadata).await.expect("created");
}

async fn received(bench: &Bench) -> OrderId {
    let order = TestOrder::small(&bench.firm);
    order.upload(bench, &bench.firm).await;
    order.commit(bench, &bench.firm).await.ok();
    order.order
}

async fn write_entry(bench: &Bench, order: OrderId, number: u32, compact: &[u8]) -> Vec<u8> {
    let (bytes, metadata) = sealed(&bench.firm, order, number, compact);
    write(bench, &bench.firm, &format!("orders/{order}/log/{number}"), bytes.clone(), metadata).await;
    bytes
}

async fn log(bench: &Bench, order: OrderId, after: u32) -> LogAnswer {
    let reply = bench.get(&paths::log(order, after), &bench.firm.staff()).await;
    reply.ok();
    parse(&reply.body, ANSWER_BYTES_MAX).expect("an answer")
}

fn numbers(answer: &LogAnswer) -> Vec<u32> {
    answer.entries.iter().map(|entry| entry.number.get()).collect()
}

#[tokio::test]
async fn entries_are_handed_on_as_they_lie_there() {
    let bench = Bench::open().await;
    let order = received(&bench).await;
    assert_eq!(log(&bench, order, 0).await.entries, vec![]);
    let mut written = Vec::new();
    for number in 1..=3 {
        written.push(write_entry(&bench, order, number, format!("entry {number}").as_bytes()).await);
    }
    let before = bench.stored().await;
    let answer = log(&bench, order, 0).await;
    assert_eq!(numbers(&answer), [1, 2, 3]);
    for (entry, bytes) in answer.entries.iter().zip(&written) {
        assert_eq!(entry.sealed.as_bytes(), bytes);
        assert!(Metadata::from_json(&entry.encryption_data).is_ok());
    }
    assert_eq!(numbers(&log(&bench, order, 2).await), [3]);
    for after in [3, 4, 1_000_000, u32::MAX] {
        assert_eq!(log(&bench, order, after).await.entries, vec![], "{after}");
    }
    // What is behind a gap is no part of the log.
    write_entry(&bench, order, 5, b"entry 5").await;
    assert_eq!(numbers(&log(&bench, order, 0).await), [1, 2, 3]);
    assert_eq!(log(&bench, order, 3).await.entries, vec![]);
    assert_eq!(bench.stored().await.len(), before.len() + 1, "nothing is written by reading");
}

#[tokio::test]
async fn a_part_stops_at_its_limits() {
    let bench = Bench::open().await;
    let order = received(&bench).await;
    let most = u32::try_from(LOG_ENTRIES_MAX).expect("fits");
    for number in 1..=most + 1 {
        write_entry(&bench, order, number, b"small").await;
    }
    assert_eq!(numbers(&log(&bench, order, 0).await), (1..=most).collect::<Vec<_>>());
    assert_eq!(numbers(&log(&bench, order, 1).await), (2..=most + 1).collect::<Vec<_>>());
    assert_eq!(numbers(&log(&bench, order, most).await), [most + 1]);
}

#[tokio::test]
async fn the_longest_entry_fits_and_a_part_has_as_many_as_fit() {
    let bench = Bench::open().await;
    let order = received(&bench).await;
    let longest = vec![b'a'; LONGEST_COMPACT];
    let mut sealed_length = 0;
    for number in 1..=6 {
        sealed_length = write_entry(&bench, order, number, &longest).await.len();
    }
    assert!(sealed_length <= SEALED_ENTRY_BYTES_MAX);
    let fit = u32::try_from(LOG_SEALED_BYTES_MAX / sealed_length).expect("fits");
    assert_eq!(numbers(&log(&bench, order, 0).await), (1..=fit).collect::<Vec<_>>());
    assert_eq!(numbers(&log(&bench, order, fit).await), (fit + 1..=6).collect::<Vec<_>>());
    // What no operator wrote: one byte more than an entry can have.
    let (_, metadata) = sealed(&bench.firm, order, 7, b"x");
    let path = format!("orders/{order}/log/7");
    write(&bench, &bench.firm, &path, vec![0; SEALED_ENTRY_BYTES_MAX + 1], metadata).await;
    bench.get(&paths::log(order, 6), &bench.firm.staff()).await.refused(ErrorCode::Internal);
}

#[tokio::test]
async fn an_entry_without_a_key_is_a_fault() {
    let bench = Bench::open().await;
    let order = received(&bench).await;
    let path = format!("orders/{order}/log/1");
    write(&bench, &bench.firm, &path, b"sealed".to_vec(), BlobMetadata::new()).await;
    let reply = bench.get(&paths::log(order, 0), &bench.firm.staff()).await;
    reply.refused(ErrorCode::Internal);
    assert!(!reply.text().contains("sealed"));
}

#[tokio::test]
async fn paths_and_queries_that_are_none() {
    let bench = Bench::open().await;
    let order = received(&bench).await;
    let token = bench.firm.staff();
    let path = format!("/v1/orders/{order}/log");
    for query in
        ["", "?after=", "?after=-1", "?after=01", "?after=+1", "?after=1&after=2", "?after=0x1", "?after=4294967296"]
    {
        bench.get(&format!("{path}{query}"), &token).await.refused(ErrorCode::Malformed);
    }
    for wrong in [
        format!("/v1/orders/{order}/log/1"),
        format!("/v1/orders/{order}/log/"),
        format!("/v1/orders/{}/log?after=0", order.to_string().to_uppercase()),
        format!("/v1/orders/{order}%2f/log?after=0"),
        format!("/v1/orders/{order}/../{order}/log?after=0"),
        "/v1/orders/x/log?after=0".to_owned(),
    ] {
        bench.get(&wrong, &token).await.refused(ErrorCode::NotFound);
    }
    bench.post(&paths::log(order, 0), &token, &json!({})).await.refused(ErrorCode::MethodNotAllowed);
    let unknown = OrderId::make(&mut rng());
    bench.get(&paths::log(unknown, 0), &token).await.refused(ErrorCode::NotFound);
}
