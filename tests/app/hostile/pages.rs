//! Where the server would lead: to pages that are not the provider's, and past the news of an order.

use std::sync::Arc;

use satchel_practice::{SystemClock, write_feed};
use satchel_sign::WorkStatus;
use serde_json::{Value, json};
use tauri::async_runtime::block_on;

use super::{Scene, Tried, code, rng};
use crate::provider::until;

const FOREIGN_ORDER: &str = "8f14e45f-ceea-467f-9575-2a3c1d9b7e60";

#[test]
fn no_page_but_the_providers_is_opened() -> Tried {
    let scene = Scene::begin()?;
    let order = scene.received()?;
    let before = scene.shown(&order);
    let real = scene.provider.base().to_owned();
    let port = real.rsplit(':').next().ok_or("no port")?;
    let pay = || scene.satchel.ask("pay_order", json!({ "order": order }));
    for (page, expected) in [
        ("https://checkout.example/checkout/pay/1".to_owned(), "provider_refused"),
        (format!("{}/checkout/pay/1", scene.proxy.base()), "provider_refused"),
        (format!("http://127.0.0.2:{port}/checkout/pay/1"), "provider_refused"),
        (format!("http://127.0.0.1:{port}0/checkout/pay/1"), "offline"),
        (format!("https://127.0.0.1:{port}/checkout/pay/1"), "provider_refused"),
        (format!("http://127.0.0.1:{port}@checkout.example/"), "offline"),
        (format!("http://127.0.0.1:{port}.checkout.example/"), "offline"),
        ("http://127.0.0.1/checkout/pay/1".to_owned(), "provider_refused"),
        ("javascript:alert(1)".to_owned(), "offline"),
        ("file:///etc/passwd".to_owned(), "offline"),
        ("data:text/html,pay".to_owned(), "offline"),
        ("-V".to_owned(), "offline"),
        (String::new(), "offline"),
    ] {
        let offered = page.clone();
        scene.proxy.rewrite("/checkout", move |answer| answer["url"] = json!(offered));
        let answer = pay();
        assert_eq!(code(&answer), json!(expected), "{page}");
        let told = answer.err().unwrap_or_default()["message"].as_str().unwrap_or_default().to_owned();
        let sentence =
            if expected == "offline" { "Nothing was changed" } else { "it was not opened. Nothing was paid" };
        assert!(told.contains(sentence), "{page}: {told}");
        assert!(scene.desk.opened().is_empty(), "{page}");
        assert_eq!(scene.page(&order)["payment"]["openedAtMs"], before["payment"]["openedAtMs"], "{page}");
    }
    scene.proxy.be_honest();
    assert_eq!(code(&pay()), json!(null));
    assert!(scene.desk.opened().iter().all(|page| page.starts_with(&format!("{real}/checkout/pay/"))));
    assert_eq!(scene.desk.opened().len(), 1);
    Ok(())
}

/// An order that is looked after every few seconds, since somebody may be paying for it.
fn watched(scene: &Scene) -> Tried<String> {
    let order = scene.received()?;
    scene.ask("pay_order", json!({ "order": order }))?;
    Ok(order)
}

/// Has the operator work on an order, and the firm's feed say so.
fn works(scene: &Scene, order: &str, status: WorkStatus) -> Tried {
    block_on(scene.provider.operator()?.status(order.parse()?, status, &mut rng()))?;
    block_on(write_feed(scene.provider.folder().to_owned(), Arc::new(SystemClock)))?;
    Ok(())
}

/// Waits until the feed was asked for, answered, and looked through.
fn looked(scene: &Scene) {
    let asked = scene.proxy.count("/feed");
    until("the feed to be read", || scene.proxy.count("/feed") > asked + 2);
}

fn newest(scene: &Scene, order: &str) -> Value {
    scene.page(order)["timeline"][0]["event"]["status"].clone()
}

/// The feed is a hint where to look: what it says wrongly shows nothing, and hides nothing for long.
#[test]
fn a_feed_that_goes_back_jumps_or_names_foreign_orders_shows_nothing_false() -> Tried {
    let scene = Scene::begin()?;
    let order = watched(&scene)?;
    until("the payment page to be known", || scene.page(&order)["payment"]["state"] == json!("awaiting"));
    let own = order.clone();
    let entry = |n: u64, order: &str| json!({ "n": n, "order": order, "sequence": 1 });
    let lies: [(&str, Box<dyn Fn(&mut Value) + Send + Sync>); 4] = [
        ("goes back", {
            let own = own.clone();
            Box::new(move |answer| *answer = json!({ "entries": [entry(1, &own)], "next": 1 }))
        }),
        ("next goes back", Box::new(|answer| answer["next"] = json!(0))),
        ("jumps", Box::new(move |answer| *answer = json!({ "entries": [entry(900, &own)], "next": 900 }))),
        ("next jumps", Box::new(|answer| answer["next"] = json!(9_007_199_254_740_991_u64))),
    ];
    for (name, lie) in lies {
        let before = scene.shown(&order);
        scene.proxy.rewrite("/feed", lie);
        looked(&scene);
        assert_eq!((scene.shown(&order), scene.disbelieved(&order)), (before, String::new()), "{name}");
        assert_eq!((scene.count("active"), scene.count("completed")), (json!(1), json!(0)), "{name}");
    }
    works(&scene, &order, WorkStatus::Claimed)?;
    scene.proxy.be_honest();
    until("the news to be heard by itself", || newest(&scene, &order) == json!("claimed"));
    Ok(())
}

/// Entries that the honest feed never had would keep its real ones from being read.
#[test]
fn a_feed_that_ran_ahead_hides_no_later_news() -> Tried {
    let scene = Scene::begin()?;
    let order = watched(&scene)?;
    let after_of = |path: &str| path.strip_prefix("/v1/feed?after=").and_then(|after| after.parse::<u64>().ok());
    scene.proxy.lie(move |request, real| {
        let Some(after) = after_of(&request.path) else { return real.ask(request) };
        let numbers = after + 1..=(after + 9).min(40);
        let next = numbers.clone().last().unwrap_or(after);
        let entries: Vec<_> = numbers.map(|n| json!({ "n": n, "order": FOREIGN_ORDER, "sequence": 1 })).collect();
        Ok(super::Answer::json(200, &json!({ "entries": entries, "next": next })))
    });
    until("the feed to run ahead", || scene.proxy.asked().iter().any(|path| after_of(path) >= Some(39)));
    assert_eq!(scene.count("active"), json!(1), "foreign orders are not here");
    scene.proxy.be_honest();
    looked(&scene);
    works(&scene, &order, WorkStatus::Claimed)?;
    until("the news to be heard by itself", || newest(&scene, &order) == json!("claimed"));
    Ok(())
}

/// The window may be shut while the server lies: nobody asks about the order, and it comes right all the same.
#[test]
fn what_was_disbelieved_comes_right_by_itself() -> Tried {
    let scene = Scene::begin()?;
    let order = watched(&scene)?;
    until("the payment page to be known", || scene.page(&order)["payment"]["state"] == json!("awaiting"));
    scene.proxy.say(&order, Scene::not_found());
    works(&scene, &order, WorkStatus::Claimed)?;
    until("the lie to be told", || scene.disbelieved(&order).contains("does not know this order"));
    looked(&scene);
    scene.proxy.be_honest();
    until("the news to be heard by itself", || newest(&scene, &order) == json!("claimed"));
    until("the lie to be taken back", || scene.disbelieved(&order).is_empty());
    Ok(())
}
