//! What a provider keeps, and what it makes anew.

use std::path::Path;

use reqwest::Method;
use satchel_practice::{FirmChoice, FolderError, KeysError, ServeError};
use satchel_sign::{Bundle, Edges, Signed};
use satchel_wire::paths;
use serde_json::{Value, json};

use crate::support::{Desk, NOW, TestOrder, practice, put_block, start, time, url_of};

#[tokio::test]
async fn keys_port_firm_orders_and_staged_blocks_outlast_a_restart() {
    let (desk, bundle) = Desk::admitted().await;
    let (sent, half) = (TestOrder::seal(&desk, bundle.statement()), TestOrder::seal(&desk, bundle.statement()));
    sent.upload(&desk).await;
    let receipt = sent.commit(&desk).await;
    let url = url_of(&half.tickets(&desk).await, half.blobs[0].name);
    assert_eq!(put_block(&desk, &url, 0, &half.blobs[0].bytes).await, 201);
    let pins = desk.pins.clone();
    let desk = desk.restart(None, FirmChoice::Same).await;
    assert_eq!(desk.pins, pins);
    assert_eq!(desk.onboard().await, bundle, "the same bundle");
    assert_eq!(sent.commit(&desk).await, receipt);
    let tickets = half.tickets(&desk).await;
    assert_eq!(tickets["tickets"][0]["uncommitted"], json!([[0, 0]]));
    half.upload(&desk).await;
    half.commit(&desk).await;
    let feed: Value = desk.ask(Method::GET, &paths::feed(0), None).await.json().await.expect("JSON");
    assert_eq!(feed["entries"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn another_port_brings_a_new_bundle_that_a_desktop_takes() {
    let (desk, bundle) = Desk::admitted().await;
    let before = desk.pins.clone();
    let desk = desk.restart(Some(0), FirmChoice::Same).await;
    assert_ne!(desk.pins.server, before.server);
    assert_eq!(desk.pins.identity_keys, before.identity_keys);
    let served: Value = desk.ask(Method::GET, paths::BUNDLE, None).await.json().await.expect("JSON");
    let compact = served["bundle"].as_str().expect("a text");
    let keys = &desk.pins.identity_keys;
    let next = Signed::<Bundle>::accept(compact, keys, Some(&bundle), time(NOW), Edges::Practice).expect("accepted");
    assert_eq!((next.statement().sequence, next.statement().firm), (2, bundle.statement().firm));
    assert_eq!(next.statement().blob_endpoint.as_str(), format!("{}/blobs", desk.pins.server));
    assert_eq!(next.statement().wrapping_keys, bundle.statement().wrapping_keys);
    assert_eq!(next.statement().operators, bundle.statement().operators, "entries of before still count");
    let order = TestOrder::seal(&desk, next.statement());
    order.upload(&desk).await;
    order.commit(&desk).await;
}

#[tokio::test]
async fn a_bundle_is_signed_anew_half_way_to_its_end() {
    let (desk, bundle) = Desk::admitted().await;
    let half = bundle.statement().not_after.seconds() - 15 * 24 * 60 * 60;
    desk.clock.set(half - 1);
    let desk = desk.restart(None, FirmChoice::Same).await;
    assert_eq!(desk.onboard().await, bundle);
    desk.clock.set(half);
    let desk = desk.restart(None, FirmChoice::Same).await;
    let next = desk.onboard().await;
    assert_eq!(next.statement().sequence, 2);
    assert!(next.statement().not_after > bundle.statement().not_after);
}

#[tokio::test]
async fn two_providers_do_not_share_a_folder() {
    let desk = Desk::open().await;
    let second = start(practice(desk.folder.path(), &desk.clock)).await;
    assert!(matches!(second, Err(ServeError::Folder(FolderError::InUse(_)))), "{second:?}");
    assert_eq!(Desk::pins(desk.folder.path()), desk.pins);
}

#[tokio::test]
async fn a_wrapping_key_that_is_gone_is_not_made_again() {
    let (desk, bundle) = Desk::admitted().await;
    let name = format!("firms/{}/wrapping-key.pem", bundle.statement().firm);
    let (folder, clock) = (desk.folder, desk.clock);
    desk.running.stop().await.expect("it stops");
    std::fs::remove_file(folder.path().join(&name)).expect("removed");
    let started = start(practice(folder.path(), &clock)).await;
    assert!(matches!(started, Err(ServeError::Firm(_))), "{started:?}");
    assert!(!folder.path().join(&name).exists());
}

#[tokio::test]
async fn a_key_that_is_gone_is_not_made_again() {
    let desk = Desk::open().await;
    let (folder, clock) = (desk.folder, desk.clock);
    desk.running.stop().await.expect("it stops");
    std::fs::remove_file(folder.path().join("keys/identity")).expect("removed");
    let started = start(practice(folder.path(), &clock)).await;
    assert!(matches!(started, Err(ServeError::Keys(KeysError::Folder(FolderError::Damaged(_))))), "{started:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn all_that_is_kept_is_the_owners() {
    use std::os::unix::fs::PermissionsExt as _;
    let (desk, bundle) = Desk::admitted().await;
    TestOrder::seal(&desk, bundle.statement()).upload(&desk).await;
    let mode = |path: &Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!(mode(desk.folder.path()), 0o700);
    let mut folders = vec![desk.folder.path().to_owned()];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a list") {
            let path = entry.expect("an entry").path();
            let mode = mode(&path);
            if path.is_dir() {
                // Within the store it is the files that count; nobody else gets past the folder above it.
                let within_store =
                    path.strip_prefix(desk.folder.path().join("blobs")).is_ok_and(|rest| rest != Path::new(""));
                assert!(within_store || mode == 0o700, "{} has {mode:o}", path.display());
                folders.push(path);
            } else {
                assert_eq!(mode, 0o600, "{}", path.display());
                files += 1;
            }
        }
    }
    assert!(files > 15, "{files}");
}
