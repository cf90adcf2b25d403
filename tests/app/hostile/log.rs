//! The log of an order: of the work nothing is shown but what an operator signed, for this order, as the next thing.

use satchel_sign::{Identity, Operator, OperatorKey, SigningKey, WorkStatus};
use satchel_terms::{FirmId, Hash, OrderId, Timestamp};
use serde_json::{Value, json};
use tauri::async_runtime::block_on;

use super::forger::{Correspondence, bundle, stolen};
use super::{Scene, Tried, rng};
use crate::provider::until;

const NOT_SIGNED: &str = "no operator of the provider signed";
const NOT_FOR_THIS_ORDER: &str = "was not written for this order";
const NOT_NEXT: &str = "left something out of this order’s log, or changed it";

/// Has the operator say how far an order is, and returns the hash of the entry.
fn works(scene: &Scene, order: &str, status: WorkStatus) -> Tried<Hash> {
    let logged = block_on(scene.provider.operator()?.status(order.parse()?, status, &mut rng()))?;
    Ok(logged.sha256)
}

/// Answers whoever asks for the log with these entries, once for each time that there is something new.
fn logs(scene: &Scene, entries: Vec<Value>) {
    scene.proxy.rewrite("/log", move |answer| answer["entries"] = json!(entries));
}

/// The server says something that does not hold: nothing of it is shown, the user is told, and the next honest answer is heard.
fn disbelieves(scene: &Scene, order: &str, why: &str) {
    let before = scene.shown(order);
    assert_eq!(scene.check(order), json!(null));
    let told = scene.disbelieved(order);
    assert!(told.contains(why) && told.contains("not shown"), "{why}: {told}");
    assert_eq!(scene.shown(order), before, "{why}");
    assert_eq!((scene.count("active"), scene.count("completed")), (json!(1), json!(0)));
}

/// The server is honest again: what the operator wrote is there, and nothing is complained of.
fn recovers(scene: &Scene, order: &str, status: &str) {
    scene.proxy.be_honest();
    assert_eq!(scene.check(order), json!(null));
    assert_eq!(scene.disbelieved(order), "");
    assert_eq!(scene.page(order)["timeline"][0]["event"], json!({"is": "work", "status": status}));
}

#[test]
fn an_entry_that_no_operator_signed_is_not_shown() -> Tried {
    let scene = Scene::begin()?;
    let order = scene.received()?;
    let first = works(&scene, &order, WorkStatus::Claimed)?;
    assert_eq!(scene.check(&order), json!(null));
    // What comes next is not heard by chance before the first lie.
    logs(&scene, Vec::new());
    works(&scene, &order, WorkStatus::InProgress)?;
    let letters = Correspondence::of(&scene, &order)?;
    for signer in [
        SigningKey::<Operator>::make(&mut rng())?,
        stolen(&scene, "receipts")?,
        stolen(&scene, "identity")?,
        stolen(&scene, "identity-spare")?,
    ] {
        let forged = letters.entry(&signer, (2, first), |_| {})?;
        logs(&scene, vec![letters.sealed(2, &forged)?]);
        disbelieves(&scene, &order, NOT_SIGNED);
    }
    recovers(&scene, &order, "in-progress");
    Ok(())
}

/// An entry that is not signed has the newest bundle asked for, since the operator may be new. It is the server that answers.
#[test]
fn an_operator_of_a_bundle_that_does_not_hold_is_none() -> Tried {
    let scene = Scene::begin()?;
    let order = scene.received()?;
    until("the bundle to be checked", || scene.connection()["checkedAtMs"].is_u64());
    let letters = Correspondence::of(&scene, &order)?;
    let forger = SigningKey::<Operator>::make(&mut rng())?;
    let sealed = letters.sealed(1, &letters.entry(&forger, (1, letters.manifest), |_| {})?)?;
    let real = bundle(&scene)?;
    let naming = |sequence: u64| {
        let mut bundle = real.statement().clone();
        let not_before = Timestamp::try_from(0)?;
        let key = forger.public().clone();
        bundle.operators.push(OperatorKey { name: "Somebody".to_owned(), key, not_before, not_after: None });
        bundle.sequence = sequence;
        Tried::Ok(bundle)
    };
    let sequence = real.statement().sequence;
    let foreign = SigningKey::<Identity>::make(&mut rng())?;
    let identity = stolen::<Identity>(&scene, "identity")?;
    let receipts = stolen::<Identity>(&scene, "receipts")?;
    let before = scene.connection();
    for offered in [
        foreign.sign(naming(sequence + 1)?)?,
        receipts.sign(naming(sequence + 1)?)?,
        // Of the number of the one that is known, and older.
        identity.sign(naming(sequence)?)?,
        identity.sign(naming(sequence - 1)?)?,
    ] {
        let (entry, offered) = (sealed.clone(), offered.compact().to_owned());
        scene.proxy.lie(move |request, real| match request.route() {
            "/v1/firm/bundle" => Ok(super::Answer::json(200, &json!({ "bundle": offered }))),
            route if route.ends_with("/log") => Ok(super::Answer::json(200, &json!({ "entries": [entry] }))),
            _ => real.ask(request),
        });
        let asked = scene.proxy.count("/bundle");
        disbelieves(&scene, &order, NOT_SIGNED);
        assert!(scene.proxy.count("/bundle") > asked, "it was offered");
    }
    assert_eq!(scene.connection(), before);
    works(&scene, &order, WorkStatus::Claimed)?;
    recovers(&scene, &order, "claimed");
    Ok(())
}

#[test]
fn an_entry_of_another_order_is_not_shown() -> Tried {
    let scene = Scene::begin()?;
    let (order, other) = (scene.received()?, scene.received()?);
    works(&scene, &other, WorkStatus::Completed)?;
    assert_eq!(scene.check(&other), json!(null));
    let active = scene.count("active");
    scene.proxy.lead(&format!("{order}/log"), &format!("/v1/orders/{other}/log?after=0"));
    let before = scene.shown(&order);
    assert_eq!(scene.check(&order), json!(null));
    assert!(scene.disbelieved(&order).contains(NOT_FOR_THIS_ORDER));

    // Whoever can open the other one's entry seals it anew for this order. What the operator signed stays of the other one.
    let letters = Correspondence::of(&scene, &order)?;
    let operator = stolen::<Operator>(&scene, "operator")?;
    let others: OrderId = other.parse()?;
    for replayed in [
        letters.entry(&operator, (1, Correspondence::of(&scene, &other)?.manifest), |entry| entry.order = others)?,
        letters.entry(&operator, (1, letters.manifest), |entry| entry.order = others)?,
        letters.entry(&operator, (1, letters.manifest), |entry| entry.firm = FirmId::make(&mut rng()))?,
    ] {
        let sealed = letters.sealed(1, &replayed)?;
        scene.proxy.rewrite(&format!("{order}/log"), move |answer| answer["entries"] = json!([sealed]));
        assert_eq!(scene.check(&order), json!(null));
        assert!(scene.disbelieved(&order).contains(NOT_NEXT), "{}", scene.disbelieved(&order));
        assert_eq!((scene.shown(&order), scene.count("active")), (before.clone(), active.clone()));
    }
    works(&scene, &order, WorkStatus::Claimed)?;
    recovers(&scene, &order, "claimed");
    Ok(())
}

/// The server turns the honest entries about. It cannot open them, so it can only hand them on otherwise.
#[test]
fn entries_that_are_reordered_left_out_repeated_or_cut_are_not_shown() -> Tried {
    let scene = Scene::begin()?;
    let order = scene.received()?;
    // Nothing of it is heard by chance before the first lie.
    logs(&scene, Vec::new());
    for status in [WorkStatus::Claimed, WorkStatus::NeedsInformation, WorkStatus::InProgress] {
        works(&scene, &order, status)?;
    }
    let under = |number: u32, entry: &Value| {
        let mut entry = entry.clone();
        entry["number"] = json!(number);
        entry
    };
    let (offline, told) = (json!("offline"), json!(null));
    let lies: [(&str, fn(&[Value], &dyn Fn(u32, &Value) -> Value) -> Vec<Value>, &Value); 8] = [
        ("reordered", |real, _| vec![real[1].clone(), real[0].clone(), real[2].clone()], &offline),
        ("reordered under other numbers", |real, under| vec![under(1, &real[1]), under(2, &real[0])], &told),
        ("left out", |real, _| vec![real[1].clone(), real[2].clone()], &offline),
        ("left out, and the rest renumbered", |real, under| vec![under(1, &real[1]), under(2, &real[2])], &told),
        ("numbers that jump", |real, under| vec![under(7, &real[0])], &offline),
        ("a number as high as there is", |real, under| vec![under(u32::MAX, &real[0])], &offline),
        ("repeated", |real, _| vec![real[0].clone(), real[0].clone()], &offline),
        ("cut", |real, _| vec![cut(&real[0])], &told),
    ];
    for (name, lie, expected) in lies {
        let before = scene.shown(&order);
        scene.proxy.rewrite("/log", move |answer| {
            let real = answer["entries"].as_array().cloned().unwrap_or_default();
            answer["entries"] = json!(lie(&real, &under));
        });
        assert_eq!(scene.check(&order), *expected, "{name}");
        assert_eq!(scene.shown(&order), before, "{name}");
        let told = scene.disbelieved(&order);
        assert!(expected != &json!(null) || told.contains(NOT_FOR_THIS_ORDER), "{name}: {told}");
    }
    // What is right of an answer is kept: the first entry, and not its second coming.
    scene.proxy.rewrite("/log", move |answer| {
        if let Some(first) = answer["entries"].get(0).filter(|first| first["number"] == json!(1)).cloned() {
            answer["entries"] = json!([first, under(2, &first)]);
        }
    });
    assert_eq!(scene.check(&order), json!(null));
    assert!(scene.disbelieved(&order).contains(NOT_FOR_THIS_ORDER));
    assert_eq!(scene.page(&order)["timeline"][0]["event"], json!({"is": "work", "status": "claimed"}));
    recovers(&scene, &order, "in-progress");
    assert_eq!(scene.page(&order)["timeline"].as_array().map(Vec::len), Some(5), "all entries, once");
    Ok(())
}

/// Takes the last byte of a sealed entry off.
fn cut(entry: &Value) -> Value {
    let mut entry = entry.clone();
    let sealed = entry["sealed"].as_str().unwrap_or_default();
    // Four letters of base64url are three bytes.
    entry["sealed"] = json!(sealed[..sealed.len() / 4 * 4 - 4]);
    entry
}

/// The server has the operator's key, or an operator who helps it, and still cannot change what was said before.
#[test]
fn an_operator_cannot_rewrite_what_an_operator_said() -> Tried {
    let scene = Scene::begin()?;
    let order = scene.received()?;
    let first = works(&scene, &order, WorkStatus::Claimed)?;
    assert_eq!(scene.check(&order), json!(null));
    let letters = Correspondence::of(&scene, &order)?;
    let operator = stolen::<Operator>(&scene, "operator")?;
    let early = Timestamp::try_from(1)?;
    for (name, entry) in [
        ("another beginning", letters.entry(&operator, (2, letters.manifest), |_| {})?),
        ("the first once more", letters.entry(&operator, (1, letters.manifest), |_| {})?),
        ("a number that jumps", letters.entry(&operator, (3, first), |_| {})?),
        ("an entry that nobody saw", letters.entry(&operator, (2, Hash::of(b"another")), |_| {})?),
        ("dated before the one before", letters.entry(&operator, (2, first), |entry| entry.at = early)?),
    ] {
        logs(&scene, vec![letters.sealed(2, &entry)?]);
        let before = scene.shown(&order);
        assert_eq!(scene.check(&order), json!(null), "{name}");
        assert!(scene.disbelieved(&order).contains(NOT_NEXT), "{name}: {}", scene.disbelieved(&order));
        assert_eq!(scene.shown(&order), before, "{name}");
    }
    works(&scene, &order, WorkStatus::InProgress)?;
    recovers(&scene, &order, "in-progress");
    Ok(())
}

/// How far the work is, the server may hint at. Nobody signed that.
#[test]
fn a_status_that_nobody_signed_moves_no_order() -> Tried {
    let scene = Scene::begin()?;
    let order = scene.received()?;
    let before = scene.shown(&order);
    for word in ["new", "claimed", "in-progress", "needs-information", "completed", "cancelled"] {
        scene.proxy.rewrite(&order, move |answer| answer["work"] = json!(word));
        assert_eq!(scene.check(&order), json!(null));
        assert_eq!((scene.shown(&order), scene.disbelieved(&order)), (before.clone(), String::new()), "{word}");
        assert_eq!((scene.count("active"), scene.count("completed")), (json!(1), json!(0)), "{word}");
    }
    Ok(())
}
