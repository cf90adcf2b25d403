//! Wrapped workspace keys: for whom the roster knows, and never overwritten.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use satchel_terms::DeviceId;
use satchel_wire::{ErrorCode, Recipient, paths};
use serde_json::{Value, json};

use crate::support::{Bench, rng};

fn wrapped(byte: u8) -> Value {
    json!({"wrapped": BASE64_URL_SAFE_NO_PAD.encode([byte; 113])})
}

fn path(number: u32, recipient: Recipient) -> String {
    paths::workspace_key(number.try_into().expect("from 1"), recipient)
}

#[tokio::test]
async fn a_wrapped_key_is_kept_once() {
    let bench = Bench::open().await;
    let (token, device) = (bench.firm.staff(), Recipient::Device(bench.firm.devices[0].0));
    for at in [path(1, device), path(1, Recipient::Recovery)] {
        bench.get(&at, &token).await.refused(ErrorCode::NotFound);
        assert_eq!(bench.put(&at, &token, &wrapped(1)).await.status, 204);
        assert_eq!(bench.get(&at, &token).await.ok(), wrapped(1));
        let before = bench.stored().await;
        assert_eq!(bench.put(&at, &token, &wrapped(1)).await.status, 204, "the same again");
        bench.put(&at, &token, &wrapped(2)).await.refused(ErrorCode::AlreadyExists);
        assert_eq!(bench.stored().await, before, "nothing was written");
        assert_eq!(bench.get(&at, &token).await.ok(), wrapped(1));
    }
}

#[tokio::test]
async fn only_for_whom_and_what_the_roster_knows() {
    let bench = Bench::open().await;
    let token = bench.firm.staff();
    let before = bench.stored().await;
    for at in [
        path(2, Recipient::Recovery),
        path(1, Recipient::Device(bench.firm.devices[2].0)),
        path(1, Recipient::Device(DeviceId::make(&mut rng()))),
        path(1, Recipient::Device(bench.other.devices[0].0)),
        "/v1/firm/workspace-keys/0/recovery".to_owned(),
        "/v1/firm/workspace-keys/01/recovery".to_owned(),
        "/v1/firm/workspace-keys/1/..".to_owned(),
        "/v1/firm/workspace-keys/1/%2e%2e%2frecovery".to_owned(),
    ] {
        let reply = bench.put(&at, &token, &wrapped(1)).await;
        assert_eq!(reply.status, 404, "{at}");
        reply.refused(ErrorCode::NotFound);
    }
    for body in [json!({"wrapped": "AAAA"}), json!({"wrapped": "A".repeat(152)}), json!({}), json!({"wrapped": 1})] {
        bench.put(&path(1, Recipient::Recovery), &token, &body).await.refused(ErrorCode::Malformed);
    }
    assert_eq!(bench.stored().await, before, "nothing was written");
}
