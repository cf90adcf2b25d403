//! An order goes its way from sealed blobs to a receipt.

use reqwest::Method;
use satchel_sign::verify_receipt;
use satchel_terms::BlobName;
use satchel_wire::paths;
use serde_json::{Value, json};

use crate::support::{Desk, NOW, TestOrder, put_block, tampered, url_of};

#[tokio::test]
async fn an_order_is_uploaded_committed_and_receipted() {
    let (desk, bundle) = Desk::admitted().await;
    let order = TestOrder::seal(&desk, bundle.statement());
    order.upload(&desk).await;
    let compact = order.commit(&desk).await;
    let receipt = verify_receipt(&compact, &bundle.statement().receipt_keys, &order.manifest).expect("the provider's");
    assert_eq!(receipt.statement().order_number, "26-00001");
    assert_eq!(order.commit(&desk).await, compact, "the same receipt again");
    let known: Value = desk.ask(Method::GET, &paths::order(order.order), None).await.json().await.expect("JSON");
    assert_eq!((&known["transfer"], &known["payment"]), (&json!("received"), &json!("quoted")));
    let feed: Value = desk.ask(Method::GET, &paths::feed(0), None).await.json().await.expect("JSON");
    assert_eq!(feed["entries"][0]["order"], json!(order.order));
}

#[tokio::test]
async fn the_log_shows_that_each_block_came_once_and_holds_no_credential() {
    let (desk, bundle) = Desk::admitted().await;
    let order = TestOrder::seal(&desk, bundle.statement());
    order.upload(&desk).await;
    order.commit(&desk).await;
    let requests = desk.requests();
    let sealed = &bundle.statement().containers.sealed;
    for blob in &order.blobs {
        let route = format!("/blobs/{sealed}/orders/{}/{}", order.order, blob.name);
        let lines = requests.iter().filter(|line| line["route"] == json!(route));
        let blocks: Vec<_> = lines.clone().filter(|line| !line["block"].is_null()).collect();
        let numbers: Vec<_> = blocks.iter().map(|line| line["block"].as_u64().expect("a number")).collect();
        assert_eq!(numbers, (0..blocks.len() as u64).collect::<Vec<_>>(), "{route}");
        let length: u64 = blocks.iter().map(|line| line["length"].as_u64().expect("a number")).sum();
        assert_eq!(length, blob.bytes.len() as u64);
        assert!(lines.clone().all(|line| line["status"] == 201 && line["method"] == "PUT"));
        assert_eq!(lines.count(), blocks.len() + 1, "the blocks and their list");
    }
    assert_eq!(requests.iter().filter(|line| line["block"] == json!(1)).count(), 1, "one blob has two blocks");
    let text = std::fs::read_to_string(desk.folder.path().join("requests.jsonl")).expect("the log");
    let token = desk.token().await;
    let signature = token.rsplit('.').next().expect("a part");
    for secret in ["sig", "blockid", "Bearer", "eyJ", signature, "?", "&"] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn a_ticket_opens_its_own_blob_until_it_ends() {
    let (desk, bundle) = Desk::admitted().await;
    let order = TestOrder::seal(&desk, bundle.statement());
    let tickets = order.tickets(&desk).await;
    let (document, copy) = (order.blobs[0].name, order.blobs[1].name);
    let url = url_of(&tickets, document);
    let block = &order.blobs[0].bytes;
    let other_blob = url.replace("r1/document", "r1/copy");
    let other_end = url.replace("se=", "se=1");
    let more = url.replace("sp=c", "sp=r");
    let (start, signature) = url.split_once("sig=").expect("a signature");
    let other_signature = format!("{start}sig={}", tampered(signature, 0));
    for wrong in [other_blob, other_end, more, other_signature, start.to_owned()] {
        assert_ne!(wrong, url);
        assert_eq!(put_block(&desk, &wrong, 0, block).await, 403, "a changed ticket");
    }
    let read = desk.http.get(&url).send().await.expect("an answer");
    assert_eq!(read.status(), 403, "a ticket to upload does not read");
    assert_eq!(put_block(&desk, &url, 0, block).await, 201);
    desk.clock.set(NOW + 3_600);
    assert_eq!(put_block(&desk, &url, 0, block).await, 403, "an hour later");
    desk.clock.set(NOW);
    let again = order.tickets(&desk).await;
    let uncommitted = |name: BlobName| {
        let list = again["tickets"].as_array().expect("a list");
        list.iter().find(|ticket| ticket["name"] == json!(name)).expect("a ticket")["uncommitted"].clone()
    };
    assert_eq!((uncommitted(document), uncommitted(copy)), (json!([[0, 0]]), json!([])));
}

#[tokio::test]
async fn a_body_that_is_too_long_is_not_taken() {
    let (desk, bundle) = Desk::admitted().await;
    let order = TestOrder::seal(&desk, bundle.statement());
    let url = url_of(&order.tickets(&desk).await, order.blobs[2].name);
    assert_eq!(put_block(&desk, &url, 0, &vec![0; 8 * 1024 * 1024]).await, 201);
    assert_eq!(put_block(&desk, &url, 0, &vec![0; 8 * 1024 * 1024 + 1]).await, 413);
}
