//! From tickets to a receipt.

use satchel_sign::{Receipt, Signed, verify_receipt};
use satchel_terms::BlobName;
use satchel_wire::{ErrorCode, paths};
use serde_json::{Value, json};

use crate::support::{Bench, NOW, TestOrder};

fn receipt(bench: &Bench, order: &TestOrder, answer: &Value) -> Signed<Receipt> {
    let compact = answer["receipt"].as_str().expect("a text");
    verify_receipt(compact, [&bench.receipt_key], &order.manifest).expect("a receipt of this order")
}

fn names(order: &TestOrder) -> Vec<BlobName> {
    order.blobs.iter().map(|blob| blob.name).collect()
}

#[tokio::test]
async fn an_order_is_received() {
    let bench = Bench::open().await;
    let order = TestOrder::seal(&bench.firm);
    bench.get(&paths::order(order.order), &bench.firm.staff()).await.refused(ErrorCode::NotFound);
    let before = bench.stored().await;
    let tickets = order.ask_tickets(&bench, &bench.firm).await.ok();
    assert_eq!(bench.stored().await, before, "tickets write nothing");
    assert_eq!(tickets["committed"], json!([]));
    let listed: Vec<_> = tickets["tickets"].as_array().expect("a list").iter().map(|t| t["name"].clone()).collect();
    assert_eq!(json!(listed), json!(names(&order)));
    assert_eq!(tickets["tickets"][0]["expiresAt"], NOW + 3_600);
    order.upload(&bench, &bench.firm).await;
    let receipt = receipt(&bench, &order, &order.commit(&bench, &bench.firm).await.ok());
    assert_eq!(receipt.statement().order_number, "26-00001");
    assert_eq!(receipt.statement().received_at.seconds(), NOW);
    let state = bench.get(&paths::order(order.order), &bench.firm.staff()).await.ok();
    assert_eq!(
        state,
        json!({"order": order.order, "revision": 1, "transfer": "received", "payment": "quoted", "paymentAt": null,
        "work": "new", "sequence": 1, "receipt": receipt.compact()})
    );
    assert_eq!(bench.feed(&bench.firm).await, [json!({"n": 1, "order": order.order, "sequence": 1})]);
    // What was stored under the manifest's name is the manifest, and every etag is the store's.
    let stored = bench.stored().await;
    let base = format!("firm-1-sealed/orders/{}", order.order);
    assert!(stored.contains_key(&format!("{base}/r1/manifest")));
    for blob in &receipt.statement().blobs {
        assert_eq!(stored.get(&format!("{base}/{}", blob.name)), Some(&blob.etag));
    }
}

#[tokio::test]
async fn numbers_count_up_and_start_anew_each_year() {
    let bench = Bench::open().await;
    let mut numbers = Vec::new();
    for (seconds, firm) in [(0, &bench.firm), (60, &bench.other), (60 * 86_400, &bench.firm)] {
        bench.clock.set(NOW + seconds);
        let token = crate::support::Claims::of(firm, &["orderer"]).with("exp", json!(NOW + 70 * 86_400)).signed();
        let order = TestOrder::small(firm);
        let answer = bench.post(&paths::tickets(order.order, order.revision), &token, &order.body()).await.ok();
        for (blob, ticket) in order.blobs.iter().zip(answer["tickets"].as_array().expect("a list")) {
            blob.upload(&bench.tickets, ticket["url"].as_str().expect("a text")).await;
        }
        let answer = bench.post(&paths::commit(order.order, order.revision), &token, &order.body()).await.ok();
        numbers.push(receipt(&bench, &order, &answer).statement().order_number.clone());
    }
    assert_eq!(numbers, ["26-00001", "26-00002", "27-00001"]);
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let bench = Bench::open().await;
    let order = TestOrder::seal(&bench.firm);
    let before = bench.stored().await;
    let reply = order.commit(&bench, &bench.firm).await;
    assert_eq!(reply.refused(ErrorCode::BlobsMissing).blobs(), names(&order));
    assert_eq!(bench.stored().await, before, "nothing was written");
    // One is there, of one a block is staged.
    let tickets = order.ask_tickets(&bench, &bench.firm).await.ok();
    let url = |n: usize| tickets["tickets"][n]["url"].as_str().expect("a text").to_owned();
    order.blobs[0].upload(&bench.tickets, &url(0)).await;
    order.blobs[2].put_block(&bench.tickets, &url(2), 1).await;
    let before = bench.stored().await;
    let reply = order.commit(&bench, &bench.firm).await;
    assert_eq!(reply.refused(ErrorCode::BlobsMissing).blobs(), &names(&order)[1..]);
    assert_eq!(bench.stored().await, before, "nothing was written");
    // The next tickets say what is there.
    let again = order.ask_tickets(&bench, &bench.firm).await.ok();
    assert_eq!(again["committed"], json!([names(&order)[0]]));
    let uncommitted: Vec<_> = again["tickets"].as_array().expect("a list").iter().map(|t| &t["uncommitted"]).collect();
    assert_eq!(uncommitted, [&json!([]), &json!([[1, 1]]), &json!([])]);
    // The upload goes on where it stopped.
    for (blob, ticket) in order.blobs[1..].iter().zip(again["tickets"].as_array().expect("a list")) {
        let url = ticket["url"].as_str().expect("a text");
        for number in 0..blob.blocks().len() {
            if ticket["uncommitted"] != json!([[number, number]]) {
                blob.put_block(&bench.tickets, url, number).await;
            }
        }
        blob.put_list(&bench.tickets, url).await;
    }
    order.commit(&bench, &bench.firm).await.ok();
}

/// A blob that is not what the manifest says: another length, another list, other metadata.
#[tokio::test]
async fn what_is_wrong_is_named() {
    let bench = Bench::open().await;
    let good = TestOrder::seal(&bench.firm);
    for (what, at, change) in [
        (
            "a block too short",
            0,
            (|blob, _| {
                blob.bytes.pop();
            }) as fn(&mut crate::support::TestBlob, &TestOrder),
        ),
        ("a block too long", 0, |blob, _| blob.bytes.push(0)),
        ("a block too many", 3, |blob, _| blob.bytes.push(0)),
        ("the copy wrapped for the provider", 1, |blob, order| blob.metadata = order.blobs[0].metadata.clone()),
        ("the document wrapped for the firm", 0, |blob, order| blob.metadata = order.blobs[1].metadata.clone()),
        ("no metadata that is any", 0, |blob, _| blob.metadata = "{}".to_owned()),
        ("another protocol", 0, |blob, _| blob.metadata = blob.metadata.replace("\"2.0\"", "\"1.0\"")),
        ("a key that the bundle does not name", 0, |blob, _| blob.metadata = blob.metadata.replace("firm/1", "firm/2")),
        ("a workspace key that the roster does not name", 1, |blob, _| {
            blob.metadata = blob.metadata.replace("workspace/1", "workspace/2");
        }),
    ] {
        let mut order =
            TestOrder::seal_revision(&bench.firm, satchel_terms::OrderId::make(&mut crate::support::rng()), None);
        change(&mut order.blobs[at], &good);
        order.upload(&bench, &bench.firm).await;
        let before = bench.stored().await;
        let reply = order.commit(&bench, &bench.firm).await;
        assert_eq!(reply.status, 409, "{what}: {}", reply.text());
        assert_eq!(reply.refused(ErrorCode::BlobsWrong).blobs(), [order.blobs[at].name], "{what}");
        assert_eq!(bench.stored().await, before, "{what}: nothing was written");
    }
}

#[tokio::test]
async fn the_same_commit_again_is_the_same_receipt() {
    let bench = Bench::open().await;
    let order = TestOrder::small(&bench.firm);
    order.upload(&bench, &bench.firm).await;
    let first = order.commit(&bench, &bench.firm).await.ok();
    let before = bench.stored().await;
    bench.clock.set(NOW + 600);
    assert_eq!(order.commit(&bench, &bench.firm).await.ok(), first);
    // Another signature over the same manifest is the same manifest.
    let again = order.changed(&bench.firm, 0, |_| ());
    let body = json!({"manifest": again.compact()});
    let reply = bench.post(&paths::commit(order.order, order.revision), &bench.firm.staff(), &body).await;
    assert_eq!(reply.ok(), first);
    let tickets = order.ask_tickets(&bench, &bench.firm).await.ok();
    assert_eq!(tickets, json!({"tickets": [], "committed": names(&order)}));
    assert_eq!(bench.stored().await, before, "nothing was written");
    assert_eq!(bench.feed(&bench.firm).await.len(), 1);
}

#[tokio::test]
async fn two_commits_at_once_are_one() {
    let bench = Bench::open().await;
    for _ in 0..5 {
        let order = TestOrder::small(&bench.firm);
        order.upload(&bench, &bench.firm).await;
        let commits = (0..4).map(|_| order.commit(&bench, &bench.firm));
        let answers: Vec<_> =
            futures_util::future::join_all(commits).await.iter().map(crate::support::Reply::ok).collect();
        assert!(answers.iter().all(|answer| *answer == answers[0]), "one receipt");
        let feed = bench.feed(&bench.firm).await;
        assert_eq!(feed.iter().filter(|entry| entry["order"] == json!(order.order)).count(), 1);
        let state = bench.get(&paths::order(order.order), &bench.firm.staff()).await.ok();
        assert_eq!((&state["receipt"], &state["sequence"]), (&answers[0]["receipt"], &json!(1)));
    }
}

#[tokio::test]
async fn another_manifest_of_a_received_revision_is_refused() {
    let bench = Bench::open().await;
    let order = TestOrder::small(&bench.firm);
    order.upload(&bench, &bench.firm).await;
    order.commit(&bench, &bench.firm).await.ok();
    let before = bench.stored().await;
    let other = order.changed(&bench.firm, 0, |manifest| manifest.client_matter = None);
    let body = json!({"manifest": other.compact()});
    for path in [paths::tickets(order.order, order.revision), paths::commit(order.order, order.revision)] {
        bench.post(&path, &bench.firm.staff(), &body).await.refused(ErrorCode::RevisionTaken);
    }
    assert_eq!(bench.stored().await, before, "nothing was written");
}

#[tokio::test]
async fn two_manifests_of_one_revision_at_once_are_one() {
    let bench = Bench::open().await;
    let order = TestOrder::small(&bench.firm);
    order.upload(&bench, &bench.firm).await;
    let other = order.changed(&bench.firm, 0, |manifest| manifest.client_matter = None);
    let (path, token, body) =
        (paths::commit(order.order, order.revision), bench.firm.staff(), json!({"manifest": other.compact()}));
    let (one, two) = tokio::join!(order.commit(&bench, &bench.firm), bench.post(&path, &token, &body));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let loser = if one.status == 409 { &one } else { &two };
    loser.refused(ErrorCode::RevisionTaken);
    assert_eq!(bench.feed(&bench.firm).await.len(), 1);
}

/// The first manifest that was kept is the revision's, though the server died before it said so.
#[tokio::test]
async fn a_manifest_that_was_kept_is_not_replaced() {
    let bench = Bench::open().await;
    let order = TestOrder::small(&bench.firm);
    order.upload(&bench, &bench.firm).await;
    let at = satchel_cloud::BlobAddress::new(
        bench.firm.firm().sealed().clone(),
        format!("orders/{}/r1/manifest", order.order).parse().expect("a path"),
    );
    let kept = order.manifest.compact().as_bytes().to_vec();
    bench.store.create(&at, kept, satchel_cloud::Metadata::new()).await.expect("created");
    let before = bench.stored().await;
    let other = order.changed(&bench.firm, 0, |manifest| manifest.client_matter = None);
    let body = json!({"manifest": other.compact()});
    let path = paths::commit(order.order, order.revision);
    bench.post(&path, &bench.firm.staff(), &body).await.refused(ErrorCode::RevisionTaken);
    assert_eq!(bench.stored().await, before, "nothing was written");
    order.commit(&bench, &bench.firm).await.ok();
}

#[tokio::test]
async fn revisions_follow_each_other() {
    let bench = Bench::open().await;
    let first = TestOrder::seal(&bench.firm);
    let second = TestOrder::seal_revision(&bench.firm, first.order, Some(&first));
    let third = TestOrder::seal_revision(&bench.firm, first.order, Some(&second));
    let before = bench.stored().await;
    second.ask_tickets(&bench, &bench.firm).await.refused(ErrorCode::RevisionNotNext);
    second.commit(&bench, &bench.firm).await.refused(ErrorCode::RevisionNotNext);
    assert_eq!(bench.stored().await, before, "nothing was written");
    first.upload(&bench, &bench.firm).await;
    let answer = first.commit(&bench, &bench.firm).await.ok();
    let number = receipt(&bench, &first, &answer).statement().order_number.clone();
    third.ask_tickets(&bench, &bench.firm).await.refused(ErrorCode::RevisionNotNext);
    // A second revision of another first one.
    let stray = second.changed(&bench.firm, 0, |manifest| manifest.previous = Some(satchel_terms::Hash::of(b"other")));
    let path = paths::commit(second.order, second.revision);
    let body = json!({"manifest": stray.compact()});
    bench.post(&path, &bench.firm.staff(), &body).await.refused(ErrorCode::RevisionNotNext);
    second.upload(&bench, &bench.firm).await;
    let answer = second.commit(&bench, &bench.firm).await.ok();
    assert_eq!(receipt(&bench, &second, &answer).statement().order_number, number, "the number stays");
    assert_eq!(first.commit(&bench, &bench.firm).await.status, 200, "the first one is still answered");
    let state = bench.get(&paths::order(first.order), &bench.firm.staff()).await.ok();
    assert_eq!((&state["revision"], &state["sequence"]), (&json!(2), &json!(2)));
    assert_eq!(bench.feed(&bench.firm).await.len(), 2);
}
