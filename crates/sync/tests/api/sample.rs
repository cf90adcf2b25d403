//! Orders, keys, answers and receipts for the tests.

use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::path::PathBuf;

use satchel_sign::{Device, Manifest, Receipt, Receipts, Signed, SigningKey, Statement as _, block_list_sha256};
use satchel_sync::{BLOCK_BYTES_MAX, BlobSource, BlockCheck, OutboxBlob, OutboxItem, block_count};
use satchel_terms::{BlobName, EcPublicKey, Hash};
use satchel_wire::{BlockNumbers, TicketsAnswer, UploadTicket};
use serde_json::{Value, json};

/// Sealed bytes of a document or a copy in these tests.
pub(crate) const DOCUMENT_BYTES: u64 = 29 + 4_000;
/// The order of most tests.
pub(crate) const ORDER: &str = "8f14e45f-ceea-467f-9575-2a3c1d9b7e60";
/// Another one.
pub(crate) const OTHER_ORDER: &str = "3c6e0b8a-9c15-4224-a823-6d2f1f0c9f11";
const FIRM: &str = "1f0e3dad-9990-4a34-8f76-7f4e2d6c5b10";
const DEVICE: &str = "6512bd43-d9ca-46e0-8f2a-0a1b2c3d4e5f";
const ENCRYPTION_DATA: &str = r#"{"EncryptionMode":"FullBlob"}"#;

pub(crate) fn device() -> SigningKey<Device> {
    SigningKey::from_bytes(&[7; 32]).expect("a key")
}

pub(crate) fn receipts() -> SigningKey<Receipts> {
    SigningKey::from_bytes(&[9; 32]).expect("a key")
}

pub(crate) fn receipt_keys() -> Vec<EcPublicKey> {
    vec![receipts().public().clone()]
}

fn hash(text: &str) -> String {
    Hash::of(text.as_bytes()).to_string()
}

/// Signs a manifest of a document, a copy and files of these sealed lengths.
pub(crate) fn manifest(order: &str, revision: u32, files: &[u64]) -> Signed<Manifest> {
    let blob = |name: String, length: u64| json!({"name": name, "sealedLength": length, "tagsSha256": hash(&name)});
    let mut blobs =
        vec![blob(format!("r{revision}/document"), DOCUMENT_BYTES), blob(format!("r{revision}/copy"), DOCUMENT_BYTES)];
    blobs.extend(files.iter().zip(1..).map(|(length, n)| blob(format!("r{revision}/files/{n}"), *length)));
    let line = json!({"code": "custodian", "quantity": 1, "unitCents": 4500, "amountCents": 4500});
    let previous = if revision == 1 { Value::Null } else { Value::from(hash("the revision before")) };
    let payload = json!({
        "version": 1, "firm": FIRM, "order": order, "revision": revision, "previous": previous, "device": DEVICE,
        "createdAt": 1_764_000_000, "catalogue": {"service": "records-retrieval", "version": 1},
        "clientMatter": "10452-003", "quote": {"currency": "usd", "lines": [line], "totalCents": 4500}, "blobs": blobs,
    });
    let manifest = Manifest::from_payload(payload.to_string().as_bytes()).expect("a manifest");
    device().sign(manifest).expect("it signs")
}

/// Makes an item with blobs from these sources.
pub(crate) fn item_of(manifest: Signed<Manifest>, source: impl Fn(BlobName, u64) -> BlobSource) -> OutboxItem {
    let listed = manifest.statement().blobs.clone();
    let blobs = listed.into_iter().map(|blob| OutboxBlob {
        name: blob.name,
        encryption_data: ENCRYPTION_DATA.to_owned(),
        source: source(blob.name, blob.sealed_length),
    });
    OutboxItem::new(manifest, blobs.collect()).expect("an item")
}

/// An item for the machine alone, which reads no bytes.
pub(crate) fn item(order: &str, revision: u32, files: &[u64]) -> OutboxItem {
    item_of(manifest(order, revision, files), |_, _| BlobSource::File(PathBuf::new(), BlockCheck::new(|_, _| true)))
}

/// The sealed length of a file of so many blocks, the last one short.
pub(crate) fn blocks(count: u64) -> u64 {
    (count - 1) * BLOCK_BYTES_MAX + 29
}

/// The receipt that the provider's server would sign.
pub(crate) fn receipt_for(manifest: &Signed<Manifest>) -> Receipt {
    let ordered = manifest.statement();
    let blob = |blob: &satchel_sign::ManifestBlob| {
        json!({
            "name": blob.name, "sealedLength": blob.sealed_length, "blocks": block_count(blob.sealed_length),
            "blockListSha256": block_list_sha256(blob.sealed_length), "etag": "0x8DC", "versionId": null,
        })
    };
    let payload = json!({
        "version": 1, "firm": ordered.firm, "order": ordered.order, "revision": ordered.revision,
        "orderNumber": "26-04187", "manifestSha256": manifest.hash(), "receivedAt": 1_764_000_100,
        "blobs": ordered.blobs.iter().map(blob).collect::<Vec<_>>(),
    });
    Receipt::from_payload(payload.to_string().as_bytes()).expect("a receipt")
}

pub(crate) fn signed_receipt(manifest: &Signed<Manifest>) -> String {
    receipts().sign(receipt_for(manifest)).expect("it signs").compact().to_owned()
}

/// A ticket for a blob of which the storage holds these blocks.
pub(crate) fn ticket(storage: &str, name: BlobName, expires_at: u64, held: &BTreeSet<u32>) -> UploadTicket {
    UploadTicket {
        name,
        url: format!("{storage}/sealed/{name}?sv=2026-04-06&sig=secret").try_into().expect("a ticket"),
        expires_at: expires_at.try_into().expect("a time"),
        uncommitted: BlockNumbers::collect(held.iter().copied()).expect("block numbers"),
    }
}

/// The answer for an item of which the storage holds nothing.
pub(crate) fn fresh_tickets(item: &OutboxItem, expires_at: u64) -> TicketsAnswer {
    let names = item.blobs().iter().map(|blob| blob.name);
    let tickets = names.map(|name| ticket("https://blobs.example.com", name, expires_at, &BTreeSet::new()));
    TicketsAnswer { tickets: tickets.collect(), committed: Vec::new() }
}

pub(crate) fn file_name(n: u32) -> BlobName {
    BlobName::File(NonZeroU32::MIN, NonZeroU32::new(n).expect("from 1"))
}
