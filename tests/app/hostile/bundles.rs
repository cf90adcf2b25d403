//! The provider's keys: the server hands them on, and makes none of its own count.

use satchel_sign::{Bundle, Identity, Receipts, ServiceUrl, Signed, SigningKey, WrappingKeyEntry};
use satchel_terms::{RsaPublicKey, Timestamp};
use serde_json::json;

use super::answers::resigned;
use super::forger::{bundle, stolen};
use super::{Scene, Tried, rng};
use crate::provider::until;

type Lie = Box<dyn Fn(&Signed<Bundle>) -> Option<String> + Send + Sync>;

/// Signs the bundle anew with a key, after a change.
fn changed(key: SigningKey<Identity>, change: impl Fn(&mut Bundle) -> Option<()> + Send + Sync + 'static) -> Lie {
    Box::new(move |real| {
        let mut bundle = real.statement().clone();
        change(&mut bundle)?;
        Some(key.sign(bundle).ok()?.compact().to_owned())
    })
}

/// What an order is sealed to is what the pinned identity signed. The server would like to open it itself.
#[test]
fn nothing_is_sealed_to_keys_that_the_pinned_identity_did_not_sign() -> Tried {
    let (scene, onboarding) = Scene::begin_before_the_firm()?;
    let own_key = |bundle: &mut Bundle| {
        let key = RsaPublicKey::new(vec![0xFF; 256], &[1, 0, 1]).ok()?;
        let key_id = ServiceUrl::try_from("https://keys.example.com/keys/own/1".to_owned()).ok()?;
        bundle.wrapping_keys = vec![WrappingKeyEntry { key_id, key }];
        Some(())
    };
    let lies: [(&str, Lie); 5] = [
        ("an identity of its own", changed(SigningKey::make(&mut rng())?, own_key)),
        ("the receipts key", changed(stolen(&scene, "receipts")?, own_key)),
        ("another signature", Box::new(|real| Some(resigned(real.compact())))),
        ("keys that ended", {
            let ended = |bundle: &mut Bundle| {
                bundle.issued_at = Timestamp::try_from(1).ok()?;
                bundle.not_after = Timestamp::try_from(2).ok()?;
                Some(())
            };
            changed(stolen(&scene, "identity")?, ended)
        }),
        ("the bundle of another firm", {
            let admin = SigningKey::<Receipts>::make(&mut rng())?.public().thumbprint();
            let others = move |bundle: &mut Bundle| {
                bundle.admin_fingerprint = admin;
                Some(())
            };
            changed(stolen(&scene, "identity")?, others)
        }),
    ];
    let mut order = None;
    for (name, lie) in lies {
        let identity = stolen::<Identity>(&scene, "identity")?.public().clone();
        scene.proxy.rewrite(&onboarding, move |answer| {
            let real = Signed::<Bundle>::verify(answer["bundle"].as_str().unwrap_or_default(), [&identity]).ok();
            answer["bundle"] = json!(real.and_then(|real| lie(&real)));
        });
        if order.is_none() {
            order = Some(scene.submitted()?);
        }
        let asked = scene.proxy.count(&onboarding);
        scene.ask("send_now", json!({}))?;
        until(name, || scene.proxy.count(&onboarding) > asked + 1 && scene.connection()["is"] == json!("refused"));
        let told = scene.connection()["message"].as_str().unwrap_or_default().to_owned();
        assert!(told.contains("does not trust what it was told") && told.contains("Nothing is sent"), "{name}: {told}");
        assert_eq!(scene.waits()["why"], json!("refused"), "{name}");
        assert_eq!(scene.proxy.count("/tickets"), 0, "{name}");
    }
    scene.proxy.be_honest();
    until("the order to be received by itself", || scene.count("active") == json!(1));
    assert_eq!(scene.connection()["is"], json!("bound"));
    Ok(())
}

/// An earlier bundle names keys and operators that were given up since.
#[test]
fn an_old_bundle_is_not_taken_after_a_newer_one() -> Tried {
    let mut scene = Scene::begin()?;
    scene.received()?;
    let mut newer = bundle(&scene)?.statement().clone();
    newer.sequence += 1;
    newer.provider = "Example Legal Support, renewed".to_owned();
    let newer = stolen::<Identity>(&scene, "identity")?.sign(newer)?.compact().to_owned();
    let offers_newer = move |answer: &mut serde_json::Value| answer["bundle"] = json!(newer);
    let is_newer = |scene: &Scene| scene.connection()["provider"] == json!("Example Legal Support, renewed");

    scene.proxy.rewrite("/bundle", offers_newer.clone());
    scene.restart()?;
    until("the newer one to be taken", || is_newer(&scene) && scene.connection()["checkedAtMs"].is_u64());

    // The real server knows the earlier one alone: this is what a replay of it looks like.
    scene.proxy.be_honest();
    scene.restart()?;
    let asked = scene.proxy.count("/bundle");
    until("it to be refused, and asked for again", || scene.proxy.count("/bundle") > asked + 1);
    assert!(is_newer(&scene) && scene.connection()["checkedAtMs"].is_null(), "{}", scene.connection());
    // Orders go on, by the newer one.
    let order = scene.received()?;
    assert_eq!(scene.page(&order)["provider"], json!("Example Legal Support, renewed"));

    scene.proxy.rewrite("/bundle", offers_newer);
    until("the newer one to be checked by itself", || scene.connection()["checkedAtMs"].is_u64());
    assert!(is_newer(&scene));
    Ok(())
}
