//! An operator returns files, and the firm fetches and opens them.

use std::fs;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::task::Poll;

use satchel_cloud::{BlobAddress, BlobStore as _, Metadata};
use satchel_intake::LogError;
use satchel_sign::{Bundle, WorkStatus};
use satchel_terms::{BlobName, OrderId};

use crate::intake::audit;
use crate::support::way_back::{fetched, files, log, sealed_log};
use crate::support::{Desk, TestOrder, rng};

const REGION: usize = 4 * 1024 * 1024;
/// More than the steps that it takes to return a file.
const STEPS_MAX: usize = 2_000;

fn bytes(length: usize) -> Vec<u8> {
    (0..251).cycle().take(length).collect()
}

/// Writes files to return into a new folder.
fn written(names: &[(&str, Vec<u8>)]) -> (tempfile::TempDir, Vec<PathBuf>) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |(name, bytes): &(&str, Vec<u8>)| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).expect("written");
        path
    };
    let paths = names.iter().map(path).collect();
    (folder, paths)
}

fn at(bundle: &Bundle, order: OrderId, name: &str) -> BlobAddress {
    let path = format!("orders/{order}/{name}").parse().expect("a path");
    BlobAddress::new(bundle.containers.sealed.parse().expect("a name"), path)
}

#[tokio::test]
async fn what_was_returned_opens_as_it_was() {
    let (desk, bundle) = Desk::admitted().await;
    let bundle = bundle.statement();
    let order = TestOrder::seal(&desk, bundle).send(&desk).await;
    let intake = desk.intake();
    let given = [("Records (1 of 2).PDF", bytes(2 * REGION + 100)), ("empty", vec![]), ("Notiz \u{e9}.txt", bytes(40))];
    let (_folder, paths) = written(&given);
    let logged = intake.return_files(order.order, &paths, rng()).await.expect("returned");
    assert_eq!(logged.number.get(), 1);
    intake.status(order.order, WorkStatus::Completed, &mut rng()).await.expect("written");
    let later = [("exact.bin", bytes(REGION)), ("exact.bin.txt", bytes(REGION + 1))];
    let (_folder, paths) = written(&later);
    intake.return_files(order.order, &paths, rng()).await.expect("returned");
    let entries = log(&desk, bundle, &order).await;
    let returned: Vec<_> = entries.iter().flat_map(files).collect();
    let listed: Vec<_> = returned.iter().map(|file| (file.blob.to_string(), file.media_type.as_str())).collect();
    let named = |number: u32, media_type| (format!("returns/{number}"), media_type);
    let (unknown, text) = ("application/octet-stream", "text/plain");
    assert_eq!(
        listed,
        [named(1, "application/pdf"), named(2, unknown), named(3, text), named(4, unknown), named(5, text)]
    );
    for (file, (name, bytes)) in returned.iter().zip(given.iter().chain(&later)) {
        assert_eq!(file.name.as_str(), *name);
        assert!(fetched(&desk, bundle, &order, file).await == *bytes, "{name}");
    }
    // Each region was one block, as the format says.
    let blocks = desk.store().blocks(&at(bundle, order.order, "returns/1")).await.expect("read").expect("there");
    let lengths: Vec<_> = blocks.committed.iter().map(|block| (block.number(), block.length)).collect();
    let full = REGION as u64 + 28;
    assert_eq!(lengths, [(Some(0), full), (Some(1), full), (Some(2), 128)]);
    assert!(blocks.uncommitted.is_empty());
    let reasons: Vec<_> = audit(&desk, bundle).await.iter().map(|line| line["reason"].clone()).collect();
    assert_eq!(reasons[0], "to return files in the log: 3");
}

#[tokio::test]
async fn what_cannot_be_returned_is_said_before_anything_is_opened() {
    let (desk, bundle) = Desk::admitted().await;
    let order = TestOrder::seal(&desk, bundle.statement()).send(&desk).await;
    let before = audit(&desk, bundle.statement()).await.len();
    let (folder, good) = written(&[("good.pdf", bytes(9))]);
    let gone = folder.path().join("gone.pdf");
    let with = |other: &Path| vec![good[0].clone(), other.to_owned()];
    let attempt = async |paths: Vec<PathBuf>| desk.intake().return_files(order.order, &paths, rng()).await;
    assert!(matches!(attempt(vec![]).await, Err(LogError::Count)));
    assert!(matches!(attempt(vec![good[0].clone(); 501]).await, Err(LogError::Count)));
    assert!(matches!(attempt(with(&gone)).await, Err(LogError::File(path, _)) if path == gone));
    assert!(matches!(attempt(with(folder.path())).await, Err(LogError::NoFile(_))));
    assert!(matches!(attempt(with(Path::new("/"))).await, Err(LogError::Name(..))));
    assert!(matches!(attempt(with(&folder.path().join(".."))).await, Err(LogError::Name(..))));
    for name in ["a:b.pdf", "con.txt", "what?.pdf", "space ", "dot.", "back\\slash", "new\nline", "x\u{202E}fdp.exe"] {
        let (_folder, paths) = written(&[(name, bytes(9))]);
        let outcome = attempt(with(&paths[0])).await;
        assert!(matches!(outcome, Err(LogError::Name(..))), "{name:?}: {outcome:?}");
    }
    assert_eq!(audit(&desk, bundle.statement()).await.len(), before, "nothing was opened");
    assert_eq!(sealed_log(&desk, &order).await, vec![]);
    let there = desk.store().properties(&at(bundle.statement(), order.order, "returns/1")).await.expect("read");
    assert_eq!(there, None, "nothing was sent");
    // A file that is given twice is two files.
    attempt(vec![good[0].clone(); 2]).await.expect("returned");
    assert_eq!(log(&desk, bundle.statement(), &order).await.iter().flat_map(files).count(), 2);
}

/// Blobs that no entry names, as a crash leaves them, are in nobody's way and count for nothing.
#[tokio::test]
async fn what_no_entry_names_does_not_count() {
    let (desk, bundle) = Desk::admitted().await;
    let order = TestOrder::seal(&desk, bundle.statement()).send(&desk).await;
    for name in ["returns/1", "returns/7"] {
        let left = at(bundle.statement(), order.order, name);
        desk.store().create(&left, b"left".to_vec(), Metadata::new()).await.expect("created");
    }
    let (_folder, paths) = written(&[("a.pdf", bytes(9))]);
    desk.intake().return_files(order.order, &paths, rng()).await.expect("returned");
    let entries = log(&desk, bundle.statement(), &order).await;
    let names: Vec<_> = entries.iter().flat_map(files).map(|file| file.blob.to_string()).collect();
    assert_eq!(names, ["returns/8"]);
}

/// Polls some work so often, and then lets it go, as a kill does.
async fn killed_after<T>(steps: usize, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    let mut left = steps;
    std::future::poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending if left == 0 => Poll::Ready(None),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}

/// Whenever it is killed, every entry that is there is whole, and the same can be done again.
#[tokio::test]
async fn killed_at_every_step_nothing_half_done_counts() {
    let (desk, bundle) = Desk::admitted().await;
    let bundle = bundle.statement();
    let order = TestOrder::seal(&desk, bundle).send(&desk).await;
    let given = [("a.pdf", bytes(REGION + 9)), ("b.txt", bytes(5))];
    let (_folder, paths) = written(&given);
    let mut finished = false;
    for steps in 0..STEPS_MAX {
        let before = sealed_log(&desk, &order).await.len();
        let intake = desk.intake();
        let outcome = killed_after(steps, intake.return_files(order.order, &paths, rng())).await;
        finished = outcome.is_some();
        if finished {
            outcome.expect("it ended").expect("returned");
        }
        let entries = log(&desk, bundle, &order).await;
        assert!(entries.len() == before || entries.len() == before + 1, "{steps}");
        for entry in entries.iter().skip(before) {
            assert_eq!(files(entry).len(), given.len(), "{steps}");
            for (file, (_, bytes)) in files(entry).iter().zip(&given) {
                assert!(fetched(&desk, bundle, &order, file).await == *bytes, "{steps}");
            }
        }
        if finished {
            break;
        }
    }
    assert!(finished);
    // What the last one told includes all that those before wrote and could not tell any more.
    let entries = log(&desk, bundle, &order).await;
    let known = desk.ask(reqwest::Method::GET, &satchel_wire::paths::order(order.order), None).await;
    let known: serde_json::Value = known.json().await.expect("JSON");
    assert_eq!(known["sequence"], serde_json::json!(entries.len() + 1));
    let mut names: Vec<BlobName> = entries.iter().flat_map(files).map(|file| file.blob).collect();
    names.dedup();
    assert_eq!(names.len(), entries.len() * given.len(), "no name was given twice");
}
