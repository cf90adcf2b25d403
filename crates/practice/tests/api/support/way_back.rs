//! The firm's side of the way back: it reads an order's log from the server, verifies it, and opens what was returned.

use reqwest::Method;
use satchel_seal::{ContentKey, Contents, Context, Metadata, NoProgress, open_blob, open_unlisted_blob};
use satchel_sign::{Bundle, LogChain, LogEntry, LogEvent, LogRefused, Signed};
use satchel_terms::sealed_length::{of_plaintext, plaintext_of};
use satchel_terms::{BlobName, FileEntry, parse};
use satchel_wire::limits::ANSWER_BYTES_MAX;
use satchel_wire::{LogAnswer, ReturnedAnswer, SealedEntry, paths};
use serde_json::{Value, json};

use super::{Desk, TestOrder};

/// The sealed entries of an order's log, as the server hands them on.
pub(crate) async fn sealed_log(desk: &Desk, order: &TestOrder) -> Vec<SealedEntry> {
    let mut entries = Vec::new();
    loop {
        let after = u32::try_from(entries.len()).expect("fits");
        let reply = desk.ask(Method::GET, &paths::log(order.order, after), None).await;
        assert_eq!(reply.status(), 200);
        let answer: LogAnswer = parse(&reply.bytes().await.expect("a body"), ANSWER_BYTES_MAX).expect("an answer");
        if answer.entries.is_empty() {
            return entries;
        }
        entries.extend(answer.entries);
    }
}

/// Opens an entry by the order's reply key.
pub(crate) fn opened(desk: &Desk, bundle: &Bundle, order: &TestOrder, entry: &SealedEntry) -> String {
    let context = Context::Blob(bundle.firm, order.order, BlobName::LogEntry(entry.number));
    let metadata = Metadata::from_json(&entry.encryption_data).expect("metadata");
    let key = desk.replies.unwrap_content_key(&metadata.wrapped_key, &context).expect("unwrapped");
    let mut sealed = entry.sealed.as_bytes();
    let length = plaintext_of(sealed.len() as u64).expect("a length");
    let mut text = Vec::new();
    open_unlisted_blob(&mut sealed, &key, length, &mut text, &mut NoProgress).expect("opened");
    String::from_utf8(text).expect("a text")
}

/// Reads and verifies an order's whole log.
pub(crate) async fn try_log(
    desk: &Desk,
    bundle: &Bundle,
    order: &TestOrder,
) -> Result<Vec<Signed<LogEntry>>, LogRefused> {
    let mut chain = LogChain::start(&order.manifest).expect("a chain");
    let entries = sealed_log(desk, order).await;
    entries.iter().map(|entry| chain.append(&opened(desk, bundle, order, entry), &bundle.operators)).collect()
}

pub(crate) async fn log(desk: &Desk, bundle: &Bundle, order: &TestOrder) -> Vec<Signed<LogEntry>> {
    try_log(desk, bundle, order).await.expect("every entry is the next one")
}

/// The files that an entry lists.
pub(crate) fn files(entry: &Signed<LogEntry>) -> &[FileEntry] {
    match &entry.statement().event {
        LogEvent::Returns { files } => files,
        LogEvent::Status { .. } | LogEvent::Message { .. } => &[],
    }
}

/// Fetches a returned file with a ticket, and opens it as the log says that it is.
pub(crate) async fn fetched(desk: &Desk, bundle: &Bundle, order: &TestOrder, file: &FileEntry) -> Vec<u8> {
    let BlobName::Return(number) = file.blob else { panic!("{} is no returned file", file.blob) };
    let reply = desk.ask(Method::GET, &paths::returned(order.order, number), None).await;
    assert_eq!(reply.status(), 200, "{}", file.blob);
    let answer: ReturnedAnswer = parse(&reply.bytes().await.expect("a body"), ANSWER_BYTES_MAX).expect("an answer");
    assert!(answer.url.expose().starts_with(bundle.blob_endpoint.as_str()));
    let reply = desk.http.get(answer.url.expose()).send().await.expect("an answer");
    assert_eq!((reply.status().as_u16(), reply.content_length()), (200, of_plaintext(file.length)));
    let beside = reply.headers()["x-ms-meta-encryptiondata"].to_str().expect("ASCII").to_owned();
    let sealed = reply.bytes().await.expect("a body");
    let context = Context::Blob(bundle.firm, order.order, file.blob);
    let wrapped = Metadata::from_json(&beside).expect("metadata").wrapped_key;
    let key = ContentKey::from_document(&file.content_key);
    assert!(desk.replies.unwrap_content_key(&wrapped, &context).expect("unwrapped").is(&key));
    let listed = Contents { length: file.length, sha256: file.sha256 };
    let mut plaintext = Vec::new();
    open_blob(&mut &sealed[..], &key, &listed, &mut plaintext, &mut NoProgress).expect("opened");
    plaintext
}

/// What the firm's feed says of an order: which of its changes.
pub(crate) async fn fed(desk: &Desk, order: &TestOrder) -> Vec<u64> {
    let feed: Value = desk.ask(Method::GET, &paths::feed(0), None).await.json().await.expect("JSON");
    let entries = feed["entries"].as_array().expect("a list").iter();
    let own = entries.filter(|entry| entry["order"] == json!(order.order));
    own.map(|entry| entry["sequence"].as_u64().expect("a number")).collect()
}
