//! An operator's desk over storages that do not mean well: nothing is written that the firm could not open.

use std::path::PathBuf;
use std::sync::PoisonError;

use satchel_cloud::{BlobAddress, BlobStore as _, Metadata};
use satchel_intake::{LogError, Message};
use satchel_sign::{Bundle, Identity, LogRefused, Operator, Signed, SigningKey, WorkStatus};
use satchel_terms::BlobName;

use crate::support::way_back::{fetched, files, log, sealed_log, try_log};
use crate::support::{Desk, NOW, Storage, TestOrder, Trick, key, rng, time};

fn file(folder: &tempfile::TempDir) -> Vec<PathBuf> {
    let path = folder.path().join("records.pdf");
    std::fs::write(&path, b"what came back").expect("written");
    vec![path]
}

fn entry_of(bundle: &Signed<Bundle>, order: &TestOrder, number: u32) -> BlobAddress {
    let sealed = bundle.statement().containers.sealed.parse().expect("a name");
    BlobAddress::new(sealed, format!("orders/{}/log/{number}", order.order).parse().expect("a path"))
}

fn message() -> Message {
    Message::try_from("a message".to_owned()).expect("a message")
}

#[tokio::test]
async fn what_the_storage_does_not_keep_as_it_was_sent_is_in_no_entry() {
    let (desk, bundle) = Desk::admitted().await;
    let folder = tempfile::tempdir().expect("a folder");
    let paths = file(&folder);
    for trick in [Trick::ChangesBytes, Trick::CutsBytes, Trick::ChangesKey, Trick::Forgets, Trick::SaysTaken] {
        let order = TestOrder::seal(&desk, bundle.statement()).send(&desk).await;
        let storage = Storage::new(&desk, trick);
        let outcome = storage.desk(&desk, &bundle).return_files(order.order, &paths, rng()).await;
        assert!(matches!(outcome, Err(LogError::NotKept(BlobName::Return(_)))), "{trick:?}: {outcome:?}");
        assert_eq!(sealed_log(&desk, &order).await, vec![], "{trick:?}");
        let tried = storage.commits.lock().unwrap_or_else(PoisonError::into_inner).len();
        assert_eq!(tried, 3, "{trick:?}: it is given up");
        // With an honest storage the same goes through.
        let honest = Storage::new(&desk, Trick::None).desk(&desk, &bundle);
        honest.return_files(order.order, &paths, rng()).await.expect("returned");
        let entries = log(&desk, bundle.statement(), &order).await;
        for file in entries.iter().flat_map(files) {
            assert_eq!(fetched(&desk, bundle.statement(), &order, file).await, b"what came back", "{trick:?}");
        }
    }
}

#[tokio::test]
async fn a_number_is_given_once_even_where_the_storage_lost_what_had_it() {
    let (desk, bundle) = Desk::admitted().await;
    let order = TestOrder::seal(&desk, bundle.statement()).send(&desk).await;
    let folder = tempfile::tempdir().expect("a folder");
    let paths = file(&folder);
    desk.intake().return_files(order.order, &paths, rng()).await.expect("returned");
    desk.intake().message(order.order, &message(), &mut rng()).await.expect("written");
    let container = format!("blobs/containers/c-{}", bundle.statement().containers.sealed);
    let blob = format!("b-orders+{}+returns+1", order.order);
    std::fs::remove_dir_all(desk.folder.path().join(container).join(blob)).expect("removed");
    desk.intake().return_files(order.order, &paths, rng()).await.expect("returned");
    let entries = log(&desk, bundle.statement(), &order).await;
    let names: Vec<_> = entries.iter().flat_map(files).map(|file| file.blob.to_string()).collect();
    assert_eq!(names, ["returns/1", "returns/2"]);
}

#[tokio::test]
async fn a_storage_that_hides_the_log_gets_no_second_one() {
    let (desk, bundle) = Desk::admitted().await;
    let order = TestOrder::seal(&desk, bundle.statement()).send(&desk).await;
    desk.intake().message(order.order, &message(), &mut rng()).await.expect("written");
    let intake = Storage::new(&desk, Trick::Hides("/log/")).desk(&desk, &bundle);
    let outcome = intake.message(order.order, &message(), &mut rng()).await;
    assert!(matches!(outcome, Err(LogError::Busy)), "{outcome:?}");
    assert_eq!(log(&desk, bundle.statement(), &order).await.len(), 1);
}

#[tokio::test]
async fn a_storage_that_claims_the_last_number_is_not_sent_to() {
    let (desk, bundle) = Desk::admitted().await;
    let order = TestOrder::seal(&desk, bundle.statement()).send(&desk).await;
    let sealed = bundle.statement().containers.sealed.parse().expect("a name");
    let path = format!("orders/{}/returns/{}", order.order, u32::MAX).parse().expect("a path");
    desk.store().create(&BlobAddress::new(sealed, path), vec![1], Metadata::new()).await.expect("created");
    let folder = tempfile::tempdir().expect("a folder");
    let storage = Storage::new(&desk, Trick::None);
    let outcome = storage.desk(&desk, &bundle).return_files(order.order, &file(&folder), rng()).await;
    assert!(matches!(outcome, Err(LogError::Full)), "{outcome:?}");
    assert_eq!(storage.commits.lock().unwrap_or_else(PoisonError::into_inner).len(), 0);
}

/// Where the entry is written and the state is not, the operator is told not to write it again.
#[tokio::test]
async fn an_entry_that_nobody_was_told_of_is_not_written_again() {
    let (desk, bundle) = Desk::admitted().await;
    let order = TestOrder::seal(&desk, bundle.statement()).send(&desk).await;
    for part in ["/state", "practice-provider/work/"] {
        let before = sealed_log(&desk, &order).await.len();
        // The index has an entry for this hour already: let it be another one.
        desk.clock.set(NOW + 7_200 * (before as u64 + 1));
        let intake = Storage::new(&desk, Trick::FailsAt(part)).desk(&desk, &bundle);
        let outcome = intake.message(order.order, &message(), &mut rng()).await;
        assert!(
            matches!(&outcome, Err(LogError::Untold(number, _)) if number.get() as usize == before + 1),
            "{outcome:?}"
        );
        assert_eq!(log(&desk, bundle.statement(), &order).await.len(), before + 1, "{part}");
    }
    let known = async || {
        let reply = desk.ask(reqwest::Method::GET, &satchel_wire::paths::order(order.order), None).await;
        reply.json::<serde_json::Value>().await.expect("JSON")["sequence"].clone()
    };
    assert_eq!(known().await, 1);
    // The next entry tells of all.
    desk.intake().status(order.order, WorkStatus::Claimed, &mut rng()).await.expect("written");
    assert_eq!(known().await, 4);
}

#[tokio::test]
async fn where_no_entry_can_be_written_nothing_counts() {
    let (desk, bundle) = Desk::admitted().await;
    let order = TestOrder::seal(&desk, bundle.statement()).send(&desk).await;
    let folder = tempfile::tempdir().expect("a folder");
    let paths = file(&folder);
    let intake = Storage::new(&desk, Trick::FailsAt("/log/")).desk(&desk, &bundle);
    assert!(matches!(intake.message(order.order, &message(), &mut rng()).await, Err(LogError::Open(_))));
    assert!(matches!(intake.return_files(order.order, &paths, rng()).await, Err(LogError::Open(_))));
    assert_eq!(sealed_log(&desk, &order).await, vec![]);
    desk.intake().return_files(order.order, &paths, rng()).await.expect("returned");
    assert_eq!(log(&desk, bundle.statement(), &order).await.len(), 1);
}

/// A storage cannot have an operator sign a time that it chooses.
#[tokio::test]
async fn an_entry_is_not_dated_as_the_storage_likes() {
    let (desk, bundle) = Desk::admitted().await;
    let one = TestOrder::seal(&desk, bundle.statement()).send(&desk).await;
    let other = TestOrder::seal(&desk, bundle.statement()).send(&desk).await;
    desk.intake().message(other.order, &message(), &mut rng()).await.expect("written");
    let foreign = desk.store().read(&entry_of(&bundle, &other, 1), 1 << 20).await.expect("read").expect("there");
    let day = 24 * 60 * 60;
    for (ahead, expected) in [(day + 1, false), (day, true)] {
        let mut metadata = foreign.metadata.clone();
        let note = metadata.get_mut("logentry").expect("it is there");
        *note = note.replace(&NOW.to_string(), &(NOW + ahead).to_string());
        let order = if expected { &one } else { &TestOrder::seal(&desk, bundle.statement()).send(&desk).await };
        desk.store().create(&entry_of(&bundle, order, 1), foreign.bytes.clone(), metadata).await.expect("created");
        let outcome = desk.intake().message(order.order, &message(), &mut rng()).await;
        match outcome {
            Ok(logged) => assert!(expected && logged.number.get() == 2, "{ahead}"),
            Err(error) => assert!(!expected && matches!(error, LogError::Ahead), "{ahead}: {error:?}"),
        }
        assert_eq!(sealed_log(&desk, order).await.len(), if expected { 2 } else { 1 });
    }
}

/// An entry that the firm would refuse takes no number, or none could ever follow it.
#[tokio::test]
async fn an_operator_whose_time_is_over_writes_nothing() {
    let (desk, bundle) = Desk::admitted().await;
    let order = TestOrder::seal(&desk, bundle.statement()).send(&desk).await;
    let folder = tempfile::tempdir().expect("a folder");
    let identity = std::fs::read(desk.folder.path().join("keys/identity")).expect("the key");
    let identity = SigningKey::<Identity>::from_bytes(&identity.try_into().expect("32 bytes")).expect("a key");
    let changes: [fn(&mut Bundle); 3] = [
        |bundle| bundle.operators[0].not_after = Some(time(NOW - 1)),
        |bundle| bundle.operators[0].not_before = time(NOW + 1),
        |bundle| bundle.operators[0].key = key::<Operator>().public().clone(),
    ];
    for change in changes {
        let mut changed = bundle.statement().clone();
        change(&mut changed);
        let storage = Storage::new(&desk, Trick::None);
        let intake = storage.desk(&desk, &identity.sign(changed).expect("a bundle"));
        let outcome = intake.message(order.order, &message(), &mut rng()).await;
        assert!(matches!(outcome, Err(LogError::Operator)), "{outcome:?}");
        let outcome = intake.return_files(order.order, &file(&folder), rng()).await;
        assert!(matches!(outcome, Err(LogError::Operator)), "{outcome:?}");
        assert_eq!(storage.commits.lock().unwrap_or_else(PoisonError::into_inner).len(), 0, "nothing was sent");
    }
    assert_eq!(sealed_log(&desk, &order).await, vec![]);
}

/// What stands beside an entry is nobody's word: one that is wrong makes a next entry that the firm refuses, and what it had
/// verified until then stays.
#[tokio::test]
async fn a_forged_note_beside_an_entry_forges_nothing() {
    let (desk, bundle) = Desk::admitted().await;
    let one = TestOrder::seal(&desk, bundle.statement()).send(&desk).await;
    let other = TestOrder::seal(&desk, bundle.statement()).send(&desk).await;
    let intake = desk.intake();
    for order in [&one, &other] {
        intake.message(order.order, &message(), &mut rng()).await.expect("written");
    }
    // The other order's second entry is put where this one's is expected, with all that stands beside it.
    intake.message(other.order, &message(), &mut rng()).await.expect("written");
    let foreign = desk.store().read(&entry_of(&bundle, &other, 2), 1 << 20).await.expect("read").expect("there");
    desk.store().create(&entry_of(&bundle, &one, 2), foreign.bytes, foreign.metadata).await.expect("created");
    intake.message(one.order, &message(), &mut rng()).await.expect("written");
    let entries = sealed_log(&desk, &one).await;
    assert_eq!(entries.len(), 3);
    let key = satchel_seal::Metadata::from_json(&entries[1].encryption_data).expect("metadata").wrapped_key;
    let context =
        satchel_seal::Context::Blob(bundle.statement().firm, one.order, BlobName::LogEntry(entries[1].number));
    assert!(desk.replies.unwrap_content_key(&key, &context).is_err(), "it does not even open");
    let mut chain = satchel_sign::LogChain::start(&one.manifest).expect("a chain");
    let operators = &bundle.statement().operators;
    let read = |entry| crate::support::way_back::opened(&desk, bundle.statement(), &one, entry);
    chain.append(&read(&entries[0]), operators).expect("the first one counts");
    let after = chain.append(&read(&entries[2]), operators);
    assert_eq!(after.map(|_| ()), Err(LogRefused::NotNext));
    assert!(try_log(&desk, bundle.statement(), &other).await.is_ok());
}
