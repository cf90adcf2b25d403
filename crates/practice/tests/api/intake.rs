//! An operator opens an order.

use satchel_cloud::{BlobAddress, BlobStore as _};
use satchel_intake::{QuoteCheck, Reason};
use satchel_sign::{Bundle, WorkStatus};
use serde_json::{Value, json};

use crate::support::{Desk, Draft, NOW, TestOrder, attached, fields};

pub(crate) fn reason() -> Reason {
    Reason::try_from("to work the order".to_owned()).expect("a reason")
}

/// Returns the lines of today's audit.
pub(crate) async fn audit(desk: &Desk, bundle: &Bundle) -> Vec<Value> {
    let path = "audit/2026-11-25/1".parse().expect("a path");
    let at = BlobAddress::new(bundle.containers.live.parse().expect("a name"), path);
    let bytes = desk.store().read(&at, 1 << 20).await.expect("read").map_or_else(Vec::new, |blob| blob.bytes);
    let text = String::from_utf8(bytes).expect("a text");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[tokio::test]
async fn an_order_opens_as_it_was_sent_and_the_audit_says_so() {
    let (desk, bundle) = Desk::admitted().await;
    let bundle = bundle.statement();
    let order = TestOrder::seal(&desk, bundle).send(&desk).await;
    let to = desk.folder.path().with_extension("opened");
    let opened = desk.intake().open(order.order, &to, &reason()).await.expect("opened");
    assert_eq!((opened.order_number.as_str(), opened.quote), ("26-00001", QuoteCheck::Same));
    let names: Vec<_> = opened.files.iter().map(|path| path.strip_prefix(&to).expect("in it").to_owned()).collect();
    assert_eq!(names.len(), std::fs::read_dir(&to).expect("a list").count(), "and nothing else");
    for (name, bytes) in attached() {
        assert!(names.contains(&name.into()));
        assert!(std::fs::read(to.join(name)).expect("there") == bytes, "{name}");
    }
    let text = std::fs::read_to_string(to.join("order.json")).expect("there");
    let written: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(written["fields"]["locations.rows"][0]["custodian"], json!("Northline Clinic 0"));
    assert!(!text.contains("contentKey") && !text.contains("replyKey"));
    let line = json!({
        "version": 1, "at": NOW, "who": "Maria Delgado", "order": order.order, "reason": "to work the order",
    });
    assert_eq!(audit(&desk, bundle).await, [line]);
    std::fs::remove_dir_all(to).expect("removed");
}

#[tokio::test]
async fn orders_are_listed_with_how_far_they_are() {
    let (desk, bundle) = Desk::admitted().await;
    assert_eq!(desk.intake().list().await.expect("a list"), []);
    let order = TestOrder::seal(&desk, bundle.statement()).send(&desk).await;
    TestOrder::seal(&desk, bundle.statement()).upload(&desk).await;
    let listed = desk.intake().list().await.expect("a list");
    let [listed] = listed.as_slice() else { panic!("only what was committed: {listed:?}") };
    assert_eq!((listed.order, listed.revision.get(), listed.work), (order.order, 1, Some(WorkStatus::New)));
}

#[tokio::test]
async fn an_amendment_opens_with_its_own_files() {
    let (desk, bundle) = Desk::admitted().await;
    let first = TestOrder::seal(&desk, bundle.statement()).send(&desk).await;
    let mut draft = Draft::new(&desk, bundle.statement());
    (draft.order, draft.previous) = (first.order, Some(&first));
    draft.seal().send(&desk).await;
    let to = desk.folder.path().with_extension("amended");
    let opened = desk.intake().open(first.order, &to, &reason()).await.expect("opened");
    assert_eq!((opened.revision.get(), opened.files.len()), (2, 3));
    std::fs::remove_dir_all(to).expect("removed");
}

#[tokio::test]
async fn a_price_that_does_not_follow_from_the_fields_is_told() {
    let (desk, bundle) = Desk::admitted().await;
    let mut draft = Draft::new(&desk, bundle.statement());
    draft.document = Box::new(|document| document.fields = fields(4));
    let order = draft.seal().send(&desk).await;
    let to = desk.folder.path().with_extension("priced");
    let opened = desk.intake().open(order.order, &to, &reason()).await.expect("opened");
    let QuoteCheck::Differs(quote) = opened.quote else { panic!("{:?}", opened.quote) };
    assert_eq!(quote.total().cents(), 4 * (4_500 + 2_500));
    std::fs::remove_dir_all(to).expect("removed");
}
