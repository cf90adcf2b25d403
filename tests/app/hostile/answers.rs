//! What the server says of an order that it received: receipt, payment, where else to ask.

use satchel_sign::{Receipt, Receipts, Signed, SigningKey};
use serde_json::{Value, json};

use super::forger::stolen;
use super::{Answer, Proxy, Scene, Tried, rng};
use crate::received::payment;

const OTHER_RECEIPT: &str = "shows another receipt for this order than the one that was verified";
const UNKNOWN: &str = "says that it does not know this order, though its receipt was verified";

/// Returns the receipt that the real server gives for an order.
fn receipt(scene: &Scene, order: &str) -> Tried<String> {
    let answer = scene.provider.get(&format!("/v1/orders/{order}"))?;
    Ok(answer["receipt"].as_str().ok_or("no receipt")?.to_owned())
}

/// Changes the first letter of a signature.
pub(super) fn resigned(compact: &str) -> String {
    let (signed, signature) = compact.rsplit_once('.').unwrap_or_default();
    let first = if signature.starts_with('A') { "B" } else { "A" };
    format!("{signed}.{first}{}", signature.get(1..).unwrap_or_default())
}

#[test]
fn another_receipt_than_the_verified_one_is_not_believed() -> Tried {
    let scene = Scene::begin()?;
    let (order, other) = (scene.received()?, scene.received()?);
    let (own, others) = (receipt(&scene, &order)?, receipt(&scene, &other)?);
    let foreign = SigningKey::<Receipts>::make(&mut rng())?;
    let real = stolen::<Receipts>(&scene, "receipts")?;
    let signed = Signed::<Receipt>::verify(&own, [real.public()])?;
    let mut changed = signed.statement().clone();
    changed.order_number = "26-99999".to_owned();
    let before = scene.shown(&order);
    for (name, shown) in [
        ("of another order", others),
        ("with another signature", resigned(&own)),
        ("signed by somebody", foreign.sign(signed.statement().clone())?.compact().to_owned()),
        ("with another number, signed by the receipts key", real.sign(changed)?.compact().to_owned()),
    ] {
        scene.proxy.rewrite(&order, move |answer| {
            answer["receipt"] = json!(shown);
            answer["payment"] = json!("paid");
            answer["paymentAt"] = json!(1_795_686_894);
        });
        assert_eq!(scene.check(&order), json!(null), "{name}");
        assert!(scene.disbelieved(&order).contains(OTHER_RECEIPT), "{name}: {}", scene.disbelieved(&order));
        assert_eq!(scene.shown(&order), before, "{name}: what stood beside it is not taken either");
    }
    scene.proxy.be_honest();
    assert_eq!((scene.check(&order), scene.disbelieved(&order)), (json!(null), String::new()));
    assert_eq!(scene.shown(&order), before);
    Ok(())
}

#[test]
fn an_order_with_a_receipt_is_not_lost_because_the_server_does_not_know_it() -> Tried {
    let scene = Scene::begin()?;
    let order = scene.received()?;
    let before = scene.shown(&order);
    scene.proxy.say(&order, Scene::not_found());
    assert_eq!(scene.check(&order), json!(null));
    let told = scene.disbelieved(&order);
    assert!(told.contains(UNKNOWN) && told.contains("kept here"), "{told}");
    assert_eq!((scene.shown(&order), scene.count("active")), (before, json!(1)));
    scene.proxy.be_honest();
    assert_eq!((scene.check(&order), scene.disbelieved(&order)), (json!(null), String::new()));
    Ok(())
}

/// An answer that is none is the same as no answer: what was heard last stands.
#[test]
fn what_is_no_answer_to_the_question_changes_nothing() -> Tried {
    let scene = Scene::begin()?;
    let (order, other) = (scene.received()?, scene.received()?);
    let before = scene.shown(&order);
    scene.proxy.lead(&order, &format!("/v1/orders/{other}"));
    assert_eq!(scene.check(&order), json!("offline"), "of another order");
    for (name, change) in [
        ("cut", (|answer| *answer = json!({ "order": answer["order"] })) as fn(&mut Value)),
        ("with more in it", |answer| answer["more"] = json!(1)),
        ("a receipt that is cut", |answer| {
            let receipt =
                answer["receipt"].as_str().and_then(|text| text.rsplit_once('.')).map(|(start, _)| start.to_owned());
            answer["receipt"] = json!(receipt);
        }),
        ("a payment that there is not", |answer| answer["payment"] = json!("forgiven")),
        ("no object", |answer| *answer = json!("paid")),
    ] {
        scene.proxy.rewrite(&order, change);
        assert_eq!(scene.check(&order), json!("offline"), "{name}");
        assert_eq!((scene.shown(&order), scene.disbelieved(&order)), (before.clone(), String::new()), "{name}");
    }
    scene.proxy.be_honest();
    assert_eq!((scene.check(&order), payment(&scene.satchel, &order)), (json!(null), json!("due")));
    Ok(())
}

/// Whoever follows a redirect shows its token to whoever it leads to.
#[test]
fn a_redirect_is_not_followed() -> Tried {
    let scene = Scene::begin()?;
    let order = scene.received()?;
    let thief = Proxy::before(scene.provider.base())?;
    let before = scene.shown(&order);
    for status in [301, 302, 303, 307, 308] {
        let to = format!("{}/v1/orders/{order}", thief.base());
        scene.proxy.say(&order, Answer::elsewhere(status, &to));
        assert_eq!(scene.check(&order), json!("offline"), "{status}");
        scene.proxy.say("/checkout", Answer::elsewhere(status, &format!("{to}/checkout")));
        let paid = super::code(&scene.satchel.ask("pay_order", json!({ "order": order })));
        assert_eq!(paid, json!("offline"), "{status}");
    }
    assert!(thief.asked().is_empty() && scene.desk.opened().is_empty());
    assert_eq!((scene.shown(&order), scene.disbelieved(&order)), (before, String::new()));
    scene.proxy.be_honest();
    assert_eq!(scene.check(&order), json!(null));
    Ok(())
}
