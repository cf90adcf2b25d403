//! One firm cannot reach another, nor learn that something is there.

use std::sync::Arc;

use satchel_cloud::ContainerName;
use satchel_server::{Deps, Firm, FirmConflict, FirmList, app};
use satchel_wire::{ErrorCode, Recipient, paths};
use serde_json::json;

use crate::log::{sealed, write};
use crate::support::{Bench, Claims, TestFirm, TestOrder};

#[tokio::test]
async fn what_is_another_firms_looks_like_what_is_not_there() {
    let bench = Bench::open().await;
    let (order, unknown) = (TestOrder::small(&bench.firm), TestOrder::small(&bench.firm));
    order.upload(&bench, &bench.firm).await;
    order.commit(&bench, &bench.firm).await.ok();
    let before = bench.stored().await;
    let stranger = bench.other.staff();
    let there = bench.get(&paths::order(order.order), &stranger).await;
    let not_there = bench.get(&paths::order(unknown.order), &stranger).await;
    there.refused(ErrorCode::NotFound);
    assert_eq!((there.status, &there.body), (not_there.status, &not_there.body));
    assert_eq!(there.headers, not_there.headers);
    // A manifest of the firm, brought by somebody else: the same, be the order there or not.
    for route in [paths::commit, paths::tickets] {
        let there = bench.post(&route(order.order, order.revision), &stranger, &order.body()).await;
        let not_there = bench.post(&route(unknown.order, unknown.revision), &stranger, &unknown.body()).await;
        there.refused(ErrorCode::DeviceNotAdmitted);
        assert_eq!((there.status, &there.body), (not_there.status, &not_there.body));
    }
    assert!(bench.feed(&bench.other).await.is_empty());
    let device = Recipient::Device(bench.firm.devices[0].0);
    let wrapped = json!({"wrapped": "A".repeat(151)});
    let key = paths::workspace_key(1.try_into().expect("from 1"), device);
    bench.put(&key, &stranger, &wrapped).await.refused(ErrorCode::NotFound);
    assert_eq!(bench.stored().await, before, "nothing was written");
    // Each firm gets its own.
    let own = bench.get(paths::BUNDLE, &stranger).await.ok();
    assert_eq!(own["bundle"], bench.other.bundle.compact());
    let own = bench.get(paths::NEWEST_ROSTER, &stranger).await.ok();
    let first = bench.other.first_roster();
    let input = |compact: &str| compact.rsplit_once('.').map(|(input, _)| input.to_owned());
    assert_eq!(own["roster"].as_str().map(input), Some(input(first.compact())));
}

/// Log and returned documents of another firm are not there, with the same words as what is nowhere.
#[tokio::test]
async fn the_way_back_leads_to_ones_own_firm_only() {
    let bench = Bench::open().await;
    let (order, unknown) = (TestOrder::small(&bench.firm), TestOrder::small(&bench.firm));
    order.upload(&bench, &bench.firm).await;
    order.commit(&bench, &bench.firm).await.ok();
    let (bytes, metadata) = sealed(&bench.firm, order.order, 1, b"an entry");
    write(&bench, &bench.firm, &format!("orders/{}/log/1", order.order), bytes, metadata).await;
    write(&bench, &bench.firm, &format!("orders/{}/returns/1", order.order), b"sealed".to_vec(), [].into()).await;
    let before = bench.stored().await;
    let one = 1.try_into().expect("from 1");
    for path in [|order| paths::log(order, 0), |order| paths::returned(order, 1.try_into().expect("from 1"))] {
        bench.get(&path(order.order), &bench.firm.staff()).await.ok();
        let there = bench.get(&path(order.order), &bench.other.staff()).await;
        let not_there = bench.get(&path(unknown.order), &bench.other.staff()).await;
        there.refused(ErrorCode::NotFound);
        assert_eq!(
            (there.status, &there.body, &there.headers),
            (not_there.status, &not_there.body, &not_there.headers)
        );
        let token = Claims::of(&bench.firm, &[]).without("roles").signed();
        bench.get(&path(order.order), &token).await.refused(ErrorCode::Forbidden);
        for role in ["orderer", "approver", "payer", "firm-admin"] {
            bench.get(&path(order.order), &bench.firm.token(&[role])).await.ok();
        }
    }
    // Under the same id in both firms each gets its own.
    let same = TestOrder::small_with_id(&bench.other, order.order);
    same.upload(&bench, &bench.other).await;
    same.commit(&bench, &bench.other).await.ok();
    let own = bench.get(&paths::log(order.order, 0), &bench.other.staff()).await.ok();
    assert_eq!(own["entries"], json!([]));
    bench.get(&paths::returned(order.order, one), &bench.other.staff()).await.refused(ErrorCode::NotFound);
    let stored = bench.stored().await;
    let own = |(path, _): &(&String, &String)| path.starts_with("firm-1-");
    assert!(stored.iter().filter(own).eq(before.iter().filter(own)), "nothing of the firm's was changed");
}

/// The same order id in two firms is two orders.
#[tokio::test]
async fn an_orders_id_leads_nowhere_by_itself() {
    let bench = Bench::open().await;
    let order = TestOrder::seal(&bench.firm);
    let same = TestOrder::seal_revision(&bench.other, order.order, None);
    for (order, firm) in [(&order, &bench.firm), (&same, &bench.other)] {
        order.upload(&bench, firm).await;
        order.commit(&bench, firm).await.ok();
    }
    let path = paths::order(order.order);
    let own = bench.get(&path, &bench.firm.staff()).await.ok();
    let theirs = bench.get(&path, &bench.other.staff()).await.ok();
    assert_ne!(own["receipt"], theirs["receipt"]);
    assert_eq!(bench.feed(&bench.firm).await.len(), 1);
    assert_eq!(bench.feed(&bench.other).await.len(), 1);
}

#[tokio::test]
async fn a_tenant_that_is_no_client_is_told_so() {
    let bench = Bench::open().await;
    let stranger = TestFirm::make(3, &bench.identity, &bench.receipt_key);
    let before = bench.stored().await;
    bench.get(paths::BUNDLE, &stranger.staff()).await.refused(ErrorCode::TenantUnknown);
    let order = TestOrder::small(&stranger);
    order.commit(&bench, &stranger).await.refused(ErrorCode::TenantUnknown);
    assert_eq!(bench.stored().await, before);
}

#[tokio::test]
async fn a_role_is_asked_for() {
    let bench = Bench::open().await;
    let order = TestOrder::small(&bench.firm);
    let one = 1.try_into().expect("from 1");
    let key = paths::workspace_key(one, Recipient::Recovery);
    let (roster, wrapped) =
        (json!({"roster": bench.firm.first_roster().compact()}), json!({"wrapped": "A".repeat(151)}));
    let before = bench.stored().await;
    for roles in [&["payer"][..], &["firm-admin"], &[], &["Orderer", "admin"]] {
        let token = bench.firm.token(roles);
        for path in [paths::tickets(order.order, order.revision), paths::commit(order.order, order.revision)] {
            bench.post(&path, &token, &order.body()).await.refused(ErrorCode::Forbidden);
        }
    }
    for roles in [&["payer"][..], &["orderer"], &[]] {
        let token = bench.firm.token(roles);
        bench.put(&paths::roster(one), &token, &roster).await.refused(ErrorCode::Forbidden);
        bench.put(&key, &token, &wrapped).await.refused(ErrorCode::Forbidden);
    }
    let token = Claims::of(&bench.firm, &[]).without("roles").signed();
    for path in [paths::BUNDLE.to_owned(), paths::order(order.order), paths::feed(0), key] {
        bench.get(&path, &token).await.refused(ErrorCode::Forbidden);
    }
    assert_eq!(bench.stored().await, before, "nothing was written");
}

#[tokio::test]
async fn no_two_firms_share_a_tenant_or_a_container() {
    let bench = Bench::open().await;
    let again = TestFirm::make(1, &bench.identity, &bench.receipt_key);
    assert_eq!(bench.firms.put(again.firm()), Err(FirmConflict::Taken), "the containers of another firm");
    assert_eq!(bench.firms.put(bench.firm.firm()), Ok(()), "the same again");
    let list = FirmList::default();
    let resigned = |sequence: u64, change: &dyn Fn(&mut satchel_sign::Bundle)| {
        let mut bundle = bench.firm.bundle.statement().clone();
        bundle.sequence = sequence;
        change(&mut bundle);
        Firm::new(bench.identity.sign(bundle).expect("a bundle")).expect("a firm")
    };
    assert_eq!(list.put(resigned(5, &|_| ())), Ok(()));
    assert_eq!(list.put(resigned(6, &|_| ())), Ok(()));
    assert_eq!(list.put(resigned(5, &|_| ())), Err(FirmConflict::Superseded));
    let moved = resigned(7, &|bundle| bundle.containers.live = "elsewhere".to_owned());
    assert_eq!(list.put(moved), Err(FirmConflict::Superseded));
    let tenant = resigned(7, &|bundle| bundle.tenant = bench.other.tenant);
    assert_eq!(list.put(tenant), Err(FirmConflict::Superseded));
}

/// A bundle that names the provider's own container as the firm's opens nothing.
#[tokio::test]
async fn a_firm_cannot_be_the_provider() {
    let bench = Bench::open().await;
    let provider: ContainerName = bench.firm.firm().live().clone();
    let app = app(Deps { provider, firms: Arc::<FirmList>::clone(&bench.firms), ..bench.deps.clone() });
    let request = Bench::request(axum::http::Method::GET, &paths::feed(0), &bench.firm.staff(), None);
    Bench::send_to(&app, request).await.refused(ErrorCode::Internal);
}
