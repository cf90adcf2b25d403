//! Which manifests are taken: those of an admitted device, for this very order, at today's prices.

use satchel_sign::{Device, Manifest, Signed, SigningKey, Signs, Statement, StatementError};
use satchel_terms::{Code, OrderId, Quote};
use satchel_wire::{ErrorCode, paths};
use serde_json::{Value, json};

use crate::support::{Bench, TestOrder, key, quote, rng, time};

const DEVICE: usize = 0;
const APPROVER: usize = 1;
const REVOKED: usize = 2;

/// Sends a manifest for tickets and for a commit; both are refused alike, and nothing is written.
async fn refused(bench: &Bench, order: &TestOrder, manifest: &str, code: ErrorCode, what: &str) {
    let before = bench.stored().await;
    let body = json!({"manifest": manifest});
    for path in [paths::tickets(order.order, order.revision), paths::commit(order.order, order.revision)] {
        let reply = bench.post(&path, &bench.firm.staff(), &body).await;
        assert_eq!(reply.status, code.status(), "{what}: {}", reply.text());
        reply.refused(code);
    }
    assert_eq!(bench.stored().await, before, "{what}: nothing was written");
}

/// An order whose blobs are all there, so that only its manifest can be wrong.
async fn uploaded(bench: &Bench) -> TestOrder {
    let order = TestOrder::small(&bench.firm);
    order.upload(bench, &bench.firm).await;
    order
}

fn signed_by(key: &SigningKey<Device>, order: &TestOrder) -> Signed<Manifest> {
    key.sign(order.manifest.statement().clone()).expect("a manifest")
}

#[tokio::test]
async fn a_manifest_is_signed_by_an_admitted_device_of_the_firm() {
    let bench = Bench::open().await;
    let order = uploaded(&bench).await;
    let code = ErrorCode::DeviceNotAdmitted;
    let unlisted = signed_by(&key(), &order);
    refused(&bench, &order, unlisted.compact(), code, "a key that no roster lists").await;
    let revoked = order.changed(&bench.firm, REVOKED, |manifest| manifest.device = bench.firm.devices[REVOKED].0);
    refused(&bench, &order, revoked.compact(), code, "a revoked device").await;
    let borrowed = order.changed(&bench.firm, APPROVER, |_| ());
    refused(&bench, &order, borrowed.compact(), code, "another device's id").await;
    let other = signed_by(&bench.other.devices[DEVICE].1, &order);
    refused(&bench, &order, other.compact(), code, "another firm's device").await;
    let elsewhere = order.changed(&bench.firm, DEVICE, |manifest| manifest.firm = bench.other.id);
    refused(&bench, &order, elsewhere.compact(), code, "another firm's order").await;
    order.commit(&bench, &bench.firm).await.ok();
}

/// A manifest that no type of ours would hold.
struct Raw(Value);

impl Statement for Raw {
    const TYP: &'static str = Manifest::TYP;

    fn to_payload(&self) -> Result<Vec<u8>, StatementError> {
        Ok(self.0.to_string().into_bytes())
    }

    fn from_payload(_: &[u8]) -> Result<Self, StatementError> {
        Err(StatementError::Rule("only written"))
    }
}

impl Signs<Raw> for Device {}

/// What operators write is no firm's to write: no manifest leads to a ticket for it.
#[tokio::test]
async fn a_firm_gets_no_ticket_for_the_way_back() {
    let bench = Bench::open().await;
    let order = uploaded(&bench).await;
    for name in ["log/1", "returns/1", "r1/manifest", "r1/../log/1", "r1/files/../../../log/1"] {
        let payload = order.manifest.statement().to_payload().expect("a payload");
        let mut payload: Value = serde_json::from_slice(&payload).expect("JSON");
        for place in [1, 2] {
            let mut blob = payload["blobs"][1].clone();
            blob["name"] = json!(name);
            payload["blobs"].as_array_mut().expect("a list").truncate(place);
            payload["blobs"].as_array_mut().expect("a list").push(blob);
            let manifest = bench.firm.devices[DEVICE].1.sign(Raw(payload.clone())).expect("signed");
            refused(&bench, &order, manifest.compact(), ErrorCode::ManifestRefused, name).await;
        }
    }
}

#[tokio::test]
async fn a_device_is_judged_by_the_newest_roster() {
    let bench = Bench::open().await;
    let order = uploaded(&bench).await;
    let next = bench.firm.next_roster(&bench.firm.first_roster(), |roster| {
        roster.devices[DEVICE].revoked_at = Some(time(9));
    });
    // The index has what the bench brought, whose signature is another one of the same statement.
    let next = bench.firm.admin.sign(next).expect("a roster");
    let path = paths::roster(2.try_into().expect("from 1"));
    assert_eq!(bench.put(&path, &bench.firm.staff(), &json!({"roster": next.compact()})).await.status, 204);
    refused(&bench, &order, order.manifest.compact(), ErrorCode::DeviceNotAdmitted, "revoked since").await;
}

#[tokio::test]
async fn without_a_roster_no_device_is_admitted() {
    let bench = Bench::without_rosters("http://127.0.0.1:4870/blobs/").await;
    let order = TestOrder::small(&bench.firm);
    refused(&bench, &order, order.manifest.compact(), ErrorCode::DeviceNotAdmitted, "no roster").await;
}

#[tokio::test]
async fn a_manifest_is_for_the_path_it_comes_under() {
    let bench = Bench::open().await;
    let order = uploaded(&bench).await;
    let code = ErrorCode::ManifestRefused;
    let other = TestOrder { order: OrderId::make(&mut rng()), ..TestOrder::small(&bench.firm) };
    refused(&bench, &other, order.manifest.compact(), code, "under another order").await;
    let two = TestOrder { revision: 2.try_into().expect("from 1"), ..TestOrder::small(&bench.firm) };
    let two = TestOrder { order: order.order, ..two };
    refused(&bench, &two, order.manifest.compact(), code, "under another revision").await;
    let (input, signature) = order.manifest.compact().rsplit_once('.').expect("a signature");
    let other = order.changed(&bench.firm, DEVICE, |manifest| manifest.client_matter = None);
    let (_, others) = other.compact().rsplit_once('.').expect("a signature");
    assert_ne!(signature, others);
    let damaged = format!("{input}.{others}");
    refused(&bench, &order, &damaged, code, "the signature of another one").await;
    let roster = bench.firm.first_roster();
    refused(&bench, &order, roster.compact(), code, "a roster as a manifest").await;
}

#[tokio::test]
async fn a_quote_keeps_to_the_catalogue() {
    let bench = Bench::open().await;
    let order = uploaded(&bench).await;
    let priced = |quote: Quote| order.changed(&bench.firm, DEVICE, |manifest| manifest.quote = quote);
    for (what, lines, code) in [
        ("a lower unit price", &[("location", 3, 4_499)][..], ErrorCode::PriceChanged),
        ("a higher unit price", &[("location", 3, 4_501)], ErrorCode::PriceChanged),
        ("one line of two", &[("location", 3, 4_500), ("rush", 1, 1)], ErrorCode::PriceChanged),
        ("what is not sold", &[("discount", 1, 0)], ErrorCode::QuoteRefused),
        ("none of something", &[("location", 0, 4_500)], ErrorCode::QuoteRefused),
        ("two of what there is one of", &[("chronology", 2, 15_000)], ErrorCode::QuoteRefused),
        ("more than rows can be", &[("location", 100_000, 4_500)], ErrorCode::QuoteRefused),
    ] {
        refused(&bench, &order, priced(quote(lines)).compact(), code, what).await;
    }
    let of = |service: &str, version: u32| {
        let code = Code::try_from(service.to_owned()).expect("a code");
        order.changed(&bench.firm, DEVICE, |manifest| {
            manifest.catalogue.service = code;
            manifest.catalogue.version = version.try_into().expect("from 1");
        })
    };
    refused(&bench, &order, of("records-retrieval", 2).compact(), ErrorCode::PriceChanged, "another version").await;
    refused(&bench, &order, of("time-travel", 1).compact(), ErrorCode::QuoteRefused, "no such service").await;
    order.commit(&bench, &bench.firm).await.ok();
}
