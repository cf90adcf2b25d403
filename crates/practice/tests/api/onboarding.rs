//! A desktop becomes the firm's first.

use reqwest::Method;
use satchel_practice::FirmChoice;
use satchel_sign::Admin;
use satchel_wire::paths;
use serde_json::{Value, json};

use crate::support::{Desk, NOW, key, tampered};

#[tokio::test]
async fn the_first_desktop_gets_a_bundle_and_brings_its_roster() {
    let (desk, bundle) = Desk::admitted().await;
    let stated = bundle.statement();
    assert_eq!((stated.sequence, stated.provider.as_str()), (1, "Example Legal Support"));
    assert_eq!(
        (stated.firm_name.as_str(), stated.operators[0].name.as_str()),
        ("Hartwell & Ames LLP", "Maria Delgado")
    );
    assert_eq!(stated.admin_fingerprint, desk.admin.public().thumbprint());
    assert_eq!(stated.checkout_origin.as_str(), desk.pins.server);
    assert_eq!(stated.blob_endpoint.as_str(), format!("{}/blobs", desk.pins.server));
    assert_eq!(json!(stated.tenant), desk.token_answer().await["tid"]);
    let served: Value = desk.ask(Method::GET, paths::BUNDLE, None).await.json().await.expect("JSON");
    assert_eq!(desk.accept(&served), bundle);
    let roster: Value = desk.ask(Method::GET, paths::NEWEST_ROSTER, None).await.json().await.expect("JSON");
    assert!(roster["roster"].is_string());
}

#[tokio::test]
async fn the_same_desktop_gets_the_same_bundle_and_another_gets_none() {
    let desk = Desk::open().await;
    let bundle = desk.onboard().await;
    assert_eq!(desk.onboard().await, bundle);
    let refused = desk.ask_onboarding(&key::<Admin>()).await;
    assert_eq!(refused.status(), 409);
    let body: Value = refused.json().await.expect("JSON");
    assert_eq!((&body["code"], &body["bundle"]), (&json!("other_admin"), &Value::Null));
    assert_eq!(desk.onboard().await, bundle, "nothing was changed");
}

#[tokio::test]
async fn of_two_desktops_at_once_one_is_the_first() {
    let desk = Desk::open().await;
    let (one, other) = (key::<Admin>(), key::<Admin>());
    let (first, second) = tokio::join!(desk.ask_onboarding(&one), desk.ask_onboarding(&other));
    let mut statuses = [first.status().as_u16(), second.status().as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
}

#[tokio::test]
async fn what_is_no_onboarding_makes_no_firm() {
    let desk = Desk::open().await;
    let post = |kind: &'static str, body: String| {
        let request = desk.http.post(&desk.pins.onboarding).header("content-type", kind).body(body);
        async { request.send().await.expect("an answer").status().as_u16() }
    };
    let fingerprint = desk.admin.public().thumbprint();
    let good = json!({"adminFingerprint": fingerprint}).to_string();
    assert_eq!(post("text/plain", good.clone()).await, 400);
    assert_eq!(post("application/json", "{}".to_owned()).await, 400);
    assert_eq!(post("application/json", good.replace('}', ",\"more\":1}")).await, 400);
    assert_eq!(post("application/json", format!("{good}{}", " ".repeat(1025 - good.len()))).await, 400);
    assert!(!desk.folder.path().join("firms").exists());
    assert_eq!(post("application/json", format!("{good}{}", " ".repeat(1024 - good.len()))).await, 200);
}

#[tokio::test]
async fn a_reset_makes_a_new_firm_with_new_ids_for_another_desktop() {
    let (desk, bundle) = Desk::admitted().await;
    let before = desk.token_answer().await;
    let desk = desk.restart(Some(0), FirmChoice::New).await;
    let after = desk.token_answer().await;
    assert!(before["tid"] != after["tid"] && before["oid"] != after["oid"]);
    let bundle_after = desk.onboard().await;
    let (old, new) = (bundle.statement(), bundle_after.statement());
    assert!(old.firm != new.firm && old.containers != new.containers && old.wrapping_keys != new.wrapping_keys);
    assert_eq!(old.receipt_keys, new.receipt_keys);
    assert_eq!(desk.ask(Method::GET, paths::NEWEST_ROSTER, None).await.status(), 404);
}

#[tokio::test]
async fn a_token_is_short_lived_and_names_the_sample_person() {
    let desk = Desk::open().await;
    desk.onboard().await;
    let answer = desk.token_answer().await;
    assert_eq!((&answer["name"], &answer["expiresIn"]), (&json!("Dana Whitfield"), &json!(600)));
    let token = answer["accessToken"].as_str().expect("a token");
    let ask = |token: String| {
        let request = desk.http.get(format!("{}{}", desk.pins.server, paths::BUNDLE)).bearer_auth(token);
        async { request.send().await.expect("an answer").status().as_u16() }
    };
    assert_eq!(ask(token.to_owned()).await, 200);
    assert_eq!(ask(tampered(token, token.len() - 5)).await, 401);
    desk.clock.set(NOW + 600 + 59);
    assert_eq!(ask(token.to_owned()).await, 200, "clocks may be a minute apart");
    desk.clock.set(NOW + 600 + 60);
    assert_eq!(ask(token.to_owned()).await, 401);
}
