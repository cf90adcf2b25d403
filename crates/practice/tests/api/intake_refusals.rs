//! What an operator's desk refuses, before a byte is written: forged, foreign, swapped, replayed and cut orders.

use std::path::PathBuf;

use satchel_cloud::{BlobAddress, BlobStore as _, Metadata};
use satchel_intake::{DeliverError, Mismatch, OpenError, OpenedOrder, ReadError};
use satchel_order::document::OrderDocument;
use satchel_seal::RecipientSecret;
use satchel_sign::{Bundle, Device, VerifyError};
use satchel_terms::{FirmId, Hash, OrderId, Quote};

use crate::intake::{audit, reason};
use crate::support::{Change, Desk, Draft, TestOrder, key, rng};

/// Opens into a folder that is not there, and asserts that it is not there afterwards either.
async fn refused(desk: &Desk, order: OrderId) -> OpenError {
    let root = tempfile::tempdir().expect("a folder");
    let to: PathBuf = root.path().join("opened");
    let outcome: Result<OpenedOrder, OpenError> = desk.intake().open(order, &to, &reason()).await;
    assert_eq!(std::fs::read_dir(root.path()).expect("a list").count(), 0, "something was written: {outcome:?}");
    outcome.expect_err("refused")
}

fn at(bundle: &Bundle, order: OrderId, name: &str) -> BlobAddress {
    let path = format!("orders/{order}/{name}").parse().expect("a path");
    BlobAddress::new(bundle.containers.sealed.parse().expect("a name"), path)
}

/// Writes over a blob, as whoever has the disk can.
async fn overwrite(desk: &Desk, at: &BlobAddress, bytes: Vec<u8>) {
    let store = desk.store();
    let etag = store.properties(at).await.expect("read").expect("there").etag;
    store.swap(at, bytes, &etag).await.expect("swapped");
}

#[tokio::test]
async fn a_document_of_another_signer() {
    let (desk, bundle) = Desk::admitted().await;
    let forger = key::<Device>();
    let mut draft = Draft::new(&desk, bundle.statement());
    draft.signer = Some(&forger);
    let order = draft.seal().send(&desk).await.order;
    let error = refused(&desk, order).await;
    assert!(matches!(error, OpenError::Document(VerifyError::Signer)), "{error:?}");
    assert_eq!(audit(&desk, bundle.statement()).await.len(), 1, "it was unwrapped, so it is in the audit");
}

#[tokio::test]
async fn a_manifest_of_a_device_that_is_not_the_firms() {
    let (desk, bundle) = Desk::admitted().await;
    let order = TestOrder::seal(&desk, bundle.statement()).send(&desk).await;
    let forged = key::<Device>().sign(order.manifest.statement().clone()).expect("signed");
    let manifest = at(bundle.statement(), order.order, "r1/manifest");
    overwrite(&desk, &manifest, forged.compact().as_bytes().to_vec()).await;
    let error = refused(&desk, order.order).await;
    assert!(matches!(error, OpenError::Read(ReadError::Manifest(VerifyError::Signer))), "{error:?}");
    assert_eq!(audit(&desk, bundle.statement()).await.len(), 0, "nothing was unwrapped");
}

#[tokio::test]
async fn blobs_that_were_swapped_between_orders_or_cut() {
    let (desk, bundle) = Desk::admitted().await;
    let bundle = bundle.statement();
    for name in ["r1/document", "r1/copy", "r1/files/1"] {
        let one = TestOrder::seal(&desk, bundle).send(&desk).await;
        let other = TestOrder::seal(&desk, bundle).send(&desk).await;
        let blob = |order: &TestOrder| order.blobs.iter().find(|blob| blob.name.to_string() == name).cloned();
        overwrite(&desk, &at(bundle, one.order, name), blob(&other).expect("there").bytes).await;
        let error = refused(&desk, one.order).await;
        assert!(matches!(error, OpenError::Read(ReadError::Damaged("sealed blob"))), "{name}: {error:?}");
        let mut cut = blob(&other).expect("there").bytes;
        cut.truncate(cut.len().min(4 * 1024 * 1024 + 28).saturating_sub(1));
        overwrite(&desk, &at(bundle, other.order, name), cut).await;
        let error = refused(&desk, other.order).await;
        assert!(matches!(error, OpenError::Read(ReadError::Damaged("sealed blob"))), "{name}: {error:?}");
    }
    assert_eq!(audit(&desk, bundle).await.len(), 0, "nothing was unwrapped");
}

#[tokio::test]
async fn a_manifest_and_a_state_of_another_order() {
    let (desk, bundle) = Desk::admitted().await;
    let one = TestOrder::seal(&desk, bundle.statement()).send(&desk).await;
    let other = TestOrder::seal(&desk, bundle.statement()).send(&desk).await;
    let manifest = at(bundle.statement(), one.order, "r1/manifest");
    overwrite(&desk, &manifest, other.manifest.compact().as_bytes().to_vec()).await;
    let error = refused(&desk, one.order).await;
    assert!(matches!(error, OpenError::Read(ReadError::Damaged("manifest"))), "{error:?}");
    let nobodys = refused(&desk, OrderId::make(&mut rng())).await;
    assert!(matches!(nobodys, OpenError::Read(ReadError::Missing("state"))), "{nobodys:?}");
}

#[tokio::test]
async fn a_document_that_was_sealed_for_another_order_or_firm() {
    let (desk, bundle) = Desk::admitted().await;
    let bundle = bundle.statement();
    let honest = TestOrder::seal(&desk, bundle).send(&desk).await;
    let mut replay = Draft::new(&desk, bundle);
    let document = honest.blobs[0].clone();
    replay.blobs = Box::new(move |blobs| blobs[0] = document.clone());
    let order = replay.seal().send(&desk).await.order;
    let error = refused(&desk, order).await;
    assert!(matches!(error, OpenError::Mismatch(Mismatch::Order)), "{error:?}");
    let mut foreign = Draft::new(&desk, bundle);
    foreign.document = Box::new(|document| document.firm = FirmId::make(&mut rng()));
    let order = foreign.seal().send(&desk).await.order;
    let error = refused(&desk, order).await;
    assert!(matches!(error, OpenError::Mismatch(Mismatch::Order)), "{error:?}");
}

#[tokio::test]
async fn a_document_that_says_something_else_than_its_manifest() {
    let (desk, bundle) = Desk::admitted().await;
    let cases: [(Mismatch, Change<'_, OrderDocument>); 3] = [
        (Mismatch::Catalogue, Box::new(|document| document.catalogue.version = 2.try_into().expect("from 1"))),
        (Mismatch::Quote, Box::new(|document| document.quote = Quote::new(Vec::new()).expect("free"))),
        (Mismatch::Files, Box::new(|document| drop(document.files.pop()))),
    ];
    for (expected, change) in cases {
        let mut draft = Draft::new(&desk, bundle.statement());
        draft.document = change;
        let order = draft.seal().send(&desk).await.order;
        let error = refused(&desk, order).await;
        assert!(matches!(&error, OpenError::Mismatch(mismatch) if *mismatch == expected), "{error:?}");
    }
}

#[tokio::test]
async fn a_file_of_another_key_or_with_other_contents() {
    let (desk, bundle) = Desk::admitted().await;
    let bundle = bundle.statement();
    let mut draft = Draft::new(&desk, bundle);
    draft.document = Box::new(|document| document.files[0].content_key = satchel_terms::KeyBytes::new([7; 32].into()));
    let order = draft.seal().send(&desk).await.order;
    let error = refused(&desk, order).await;
    assert!(matches!(error, OpenError::OtherKey(_)), "{error:?}");
    let mut draft = Draft::new(&desk, bundle);
    draft.document = Box::new(|document| document.files[0].sha256 = Hash::of(b"other contents"));
    let order = draft.seal().send(&desk).await.order;
    let to = tempfile::tempdir().expect("a folder");
    let error = desk.intake().open(order, to.path(), &reason()).await.expect_err("refused");
    assert!(matches!(error, OpenError::Blob(..)), "{error:?}");
    assert_eq!(std::fs::read_dir(to.path()).expect("a list").count(), 0, "what was opened is gone again");
}

#[tokio::test]
async fn tags_that_are_not_the_manifests() {
    let (desk, bundle) = Desk::admitted().await;
    for blob in [0, 1] {
        let mut draft = Draft::new(&desk, bundle.statement());
        draft.blobs = Box::new(move |blobs| blobs[blob].tags_sha256 = Hash::of(b"other tags"));
        let order = draft.seal().send(&desk).await.order;
        let error = refused(&desk, order).await;
        assert!(matches!(error, OpenError::Blob(..)), "{error:?}");
    }
}

#[tokio::test]
async fn names_that_lead_elsewhere() {
    let (desk, bundle) = Desk::admitted().await;
    for name in ["../notes.txt", "/etc/notes", "a/b", "a\\\\b", "CON", ".", "..", "x.", "C:x", ""] {
        let mut draft = Draft::new(&desk, bundle.statement());
        let to: &'static str = Box::leak(format!("\"name\":\"{name}\"").into_boxed_str());
        draft.payload = Some(("\"name\":\"notes.txt\"", to));
        let order = draft.seal().send(&desk).await.order;
        let error = refused(&desk, order).await;
        assert!(matches!(error, OpenError::Document(VerifyError::Statement)), "{name}: {error:?}");
    }
}

#[tokio::test]
async fn an_amendment_that_leads_answers_elsewhere() {
    let (desk, bundle) = Desk::admitted().await;
    let first = TestOrder::seal(&desk, bundle.statement()).send(&desk).await;
    let mut draft = Draft::new(&desk, bundle.statement());
    (draft.order, draft.previous) = (first.order, Some(&first));
    let other = RecipientSecret::make(&mut rng()).expect("a key");
    draft.document = Box::new(move |document| document.reply_key = other.public().clone());
    draft.seal().send(&desk).await;
    let error = refused(&desk, first.order).await;
    assert!(matches!(error, OpenError::Mismatch(Mismatch::ReplyKey)), "{error:?}");
}

#[tokio::test]
async fn a_file_that_is_there_stays_as_it_was() {
    let (desk, bundle) = Desk::admitted().await;
    let order = TestOrder::seal(&desk, bundle.statement()).send(&desk).await.order;
    for name in ["notes.txt", "order.json", "authorization.pdf"] {
        let to = tempfile::tempdir().expect("a folder");
        std::fs::write(to.path().join(name), "mine").expect("written");
        let error = desk.intake().open(order, to.path(), &reason()).await.expect_err("refused");
        assert!(matches!(error, OpenError::Deliver(DeliverError::Exists(_))), "{error:?}");
        assert_eq!(std::fs::read_dir(to.path()).expect("a list").count(), 1);
        assert_eq!(std::fs::read_to_string(to.path().join(name)).expect("there"), "mine");
    }
}

#[tokio::test]
async fn an_opening_that_cannot_be_written_down() {
    let (desk, bundle) = Desk::admitted().await;
    let order = TestOrder::seal(&desk, bundle.statement()).send(&desk).await.order;
    // Nothing can be appended to a blob of another kind.
    let live = bundle.statement().containers.live.parse().expect("a name");
    let blocked = BlobAddress::new(live, "audit/2026-11-25/1".parse().expect("a path"));
    desk.store().create(&blocked, b"x".to_vec(), Metadata::new()).await.expect("created");
    let error = refused(&desk, order).await;
    assert!(matches!(error, OpenError::Audit(_)), "{error:?}");
}
