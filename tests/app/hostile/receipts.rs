//! Sending: an order is received only behind its own receipt, and its sealed bytes go nowhere but into the provider's storage.

use satchel_sign::{Receipt, Receipts, Signed, SigningKey};
use serde_json::json;

use super::answers::resigned;
use super::forger::stolen;
use super::{Proxy, Scene, Tried, rng};
use crate::provider::until;

/// Waits until an order waits for that reason, and was asked about again meanwhile.
fn waits_because(scene: &Scene, why: &str, end: &str) {
    let asked = scene.proxy.count(end);
    scene.ask("send_now", json!({})).ok();
    until(why, || scene.proxy.count(end) > asked && scene.waits()["why"] == json!(why));
    assert_eq!((scene.count("outbox"), scene.count("active")), (json!(1), json!(0)), "{why}");
}

#[test]
fn an_order_is_received_behind_its_own_receipt_alone() -> Tried {
    let scene = Scene::begin()?;
    let first = scene.received()?;
    let others = scene.provider.get(&format!("/v1/orders/{first}"))?["receipt"].clone();
    let others = others.as_str().ok_or("no receipt")?.to_owned();
    let foreign = SigningKey::<Receipts>::make(&mut rng())?;
    let real = stolen::<Receipts>(&scene, "receipts")?;
    let public = real.public().clone();
    let of = others.clone();
    scene.proxy.rewrite("/commit", move |answer| answer["receipt"] = json!(of));
    let order = scene.submitted()?;
    let active = scene.count("active");
    assert_eq!(active, json!(1));
    let read = move |compact: &str| Signed::<Receipt>::verify(compact, [&public]).ok();
    let lies: [(&str, Box<dyn Fn(&str) -> Option<String> + Send + Sync>); 7] = [
        ("of another order", Box::new(move |_| Some(others.clone()))),
        ("with another signature", Box::new(|own| Some(resigned(own)))),
        ("signed by somebody", {
            let read = read.clone();
            Box::new(move |own| Some(foreign.sign(read(own)?.statement().clone()).ok()?.compact().to_owned()))
        }),
        ("over fewer blobs", changed(&scene, |receipt| drop(receipt.blobs.pop()))?),
        ("over another manifest", changed(&scene, |receipt| receipt.manifest_sha256 = satchel_terms::Hash::of(b"x"))?),
        ("over a shorter document", changed(&scene, |receipt| receipt.blobs[0].sealed_length -= 1)?),
        ("of another firm", changed(&scene, |receipt| receipt.firm = satchel_terms::FirmId::make(&mut rng()))?),
    ];
    for (name, lie) in lies {
        scene.proxy.rewrite("/commit", move |answer| {
            let own = answer["receipt"].as_str().unwrap_or_default();
            answer["receipt"] = json!(lie(own));
        });
        let asked = scene.proxy.count("/commit");
        scene.ask("send_now", json!({}))?;
        until(name, || scene.proxy.count("/commit") > asked && scene.waits()["why"] == json!("receipt-refused"));
        assert_eq!(
            (scene.count("outbox"), scene.count("active"), scene.page(&order)),
            (json!(1), json!(1), json!(null))
        );
    }
    scene.proxy.be_honest();
    // It would go by itself; after so many failures that takes its time.
    scene.ask("send_now", json!({}))?;
    until("the order to be received", || scene.count("active") == json!(2));
    assert_eq!((scene.count("outbox"), scene.page(&order)["state"].clone()), (json!(0), json!("awaiting-payment")));
    Ok(())
}

/// Signs the order's own receipt anew with the provider's key, after a change.
fn changed(
    scene: &Scene,
    change: impl Fn(&mut Receipt) + Send + Sync + 'static,
) -> Tried<Box<dyn Fn(&str) -> Option<String> + Send + Sync>> {
    let real = stolen::<Receipts>(scene, "receipts")?;
    Ok(Box::new(move |own| {
        let mut receipt = Signed::<Receipt>::verify(own, [real.public()]).ok()?.statement().clone();
        change(&mut receipt);
        Some(real.sign(receipt).ok()?.compact().to_owned())
    }))
}

#[test]
fn what_is_no_receipt_receives_nothing() -> Tried {
    let scene = Scene::begin()?;
    scene.proxy.rewrite("/commit", |answer| answer["receipt"] = json!("e30.e30"));
    let order = scene.submitted()?;
    waits_because(&scene, "server-fault", "/commit");
    scene.proxy.say("/commit", Scene::not_found());
    waits_because(&scene, "server-fault", "/commit");
    assert_eq!(scene.page(&order), json!(null));
    scene.proxy.be_honest();
    until("the order to be received by itself", || scene.count("active") == json!(1));
    Ok(())
}

/// Nobody but the provider's storage is sent a sealed byte, whatever a ticket says.
#[test]
fn sealed_bytes_go_to_the_providers_storage_alone() -> Tried {
    let scene = Scene::begin()?;
    let thief = Proxy::before(scene.provider.base())?;
    let (real, foreign) = (scene.provider.base().to_owned(), thief.base());
    let places = [
        foreign.clone(),
        real.replace("127.0.0.1", "127.0.0.2"),
        format!("{}@{}", real, foreign.trim_start_matches("http://")),
    ];
    for (at, place) in places.into_iter().enumerate() {
        let real = real.clone();
        scene.proxy.rewrite("/tickets", move |answer| {
            for ticket in answer["tickets"].as_array_mut().into_iter().flatten() {
                ticket["url"] = json!(ticket["url"].as_str().unwrap_or_default().replace(&real, &place));
            }
        });
        if at == 0 {
            scene.submitted()?;
        }
        waits_because(&scene, "server-fault", "/tickets");
        assert!(thief.asked().is_empty());
    }
    scene.proxy.be_honest();
    until("the order to be received by itself", || scene.count("active") == json!(1));
    assert!(thief.asked().is_empty());
    Ok(())
}

/// A server that says that all is there already has to sign for it.
#[test]
fn what_was_not_sent_is_not_received() -> Tried {
    let scene = Scene::begin()?;
    scene.proxy.rewrite("/tickets", |answer| {
        let names: Vec<_> =
            answer["tickets"].as_array().into_iter().flatten().map(|ticket| ticket["name"].clone()).collect();
        *answer = json!({ "tickets": [], "committed": names });
    });
    let order = scene.submitted()?;
    until("the order to be asked for in vain", || scene.proxy.count("/commit") > 0);
    assert_eq!((scene.count("active"), scene.page(&order)), (json!(0), json!(null)));
    scene.proxy.be_honest();
    until("the order to be received by itself", || scene.count("active") == json!(1));
    Ok(())
}
