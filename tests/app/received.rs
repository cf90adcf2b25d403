//! Received orders through the commands, with a provider beside: paid for, worked, answered.

use satchel_sign::WorkStatus;
use serde_json::{Value, json};
use tauri::async_runtime::block_on;

use crate::files::settled;
use crate::provider::{Provider, until};
use crate::sending::complete;
use crate::window::{Desk, Running};

type Tried = Result<(), Box<dyn std::error::Error>>;

/// Submits a complete order, and waits until it is received.
fn received(satchel: &Running) -> Result<String, Value> {
    let order = complete(satchel)?;
    satchel.ask("submit_draft", json!({"order": order}))?;
    until("the order to be received", || count(satchel, "active") == json!(1));
    Ok(order)
}

pub(crate) fn count(satchel: &Running, list: &str) -> Value {
    satchel.ask("counts", json!({})).ok().and_then(|counts| counts.get(list).cloned()).unwrap_or_default()
}

/// Returns what the order's page says of it.
pub(crate) fn page(satchel: &Running, order: &str) -> Value {
    let sheet = satchel.ask("review_draft", json!({"order": order}));
    sheet.ok().and_then(|sheet| sheet.get("received").cloned()).unwrap_or_default()
}

pub(crate) fn payment(satchel: &Running, order: &str) -> Value {
    page(satchel, order).pointer("/payment/state").cloned().unwrap_or_default()
}

fn code(answer: Result<Value, Value>) -> Value {
    answer.err().and_then(|error| error.get("code").cloned()).unwrap_or_default()
}

#[test]
fn an_order_is_paid_for_on_the_providers_page_and_seen_as_paid() -> Tried {
    let desk = Desk::new()?;
    let provider = Provider::start(&desk)?;
    let satchel = desk.start()?;
    let order = received(&satchel).map_err(|error| error.to_string())?;
    assert_eq!(payment(&satchel, &order), json!("due"));
    assert!(desk.opened().is_empty());

    satchel.ask("pay_order", json!({"order": order})).map_err(|error| error.to_string())?;
    satchel.ask("pay_order", json!({"order": order})).map_err(|error| error.to_string())?;
    let opened = desk.opened();
    let [first, again] = opened.as_slice() else { return Err(format!("{opened:?}").into()) };
    assert!(first.starts_with(&format!("{}/checkout/pay/", provider.base())), "{first}");
    assert_eq!(first, again, "there is one page, however often it is asked for");
    until("the page to be known as open", || payment(&satchel, &order) == json!("awaiting"));

    provider.press(first, "pay")?;
    until("the payment to be seen", || payment(&satchel, &order) == json!("paid"));
    let timeline = page(&satchel, &order)["timeline"].clone();
    assert_eq!(timeline[0]["event"], json!({"is": "payment", "state": "paid", "amountCents": 4500}), "{timeline}");
    let again = code(satchel.ask("pay_order", json!({"order": order})));
    assert_eq!(again, json!("provider_refused"), "what is paid is not paid again");
    assert_eq!(desk.opened().len(), 2);
    Ok(())
}

/// Anybody can reach a webhook. What it is told counts only with Stripe's signature, and then only as a hint where to look.
#[test]
fn a_webhook_with_a_wrong_signature_pays_nothing() -> Tried {
    let desk = Desk::new()?;
    let provider = Provider::start(&desk)?;
    let satchel = desk.start()?;
    let order = received(&satchel).map_err(|error| error.to_string())?;
    satchel.ask("pay_order", json!({"order": order})).map_err(|error| error.to_string())?;
    let opened = desk.opened();
    let session = opened.first().and_then(|page| page.rsplit('/').next()).ok_or("no page")?;
    let event = json!({
        "id": "evt_1", "object": "event", "type": "checkout.session.completed",
        "data": {"object": {"id": session, "object": "checkout.session", "payment_status": "paid"}},
    });
    let signature = format!("Stripe-Signature: t=1795686894,v1={}", "0".repeat(64));
    for header in [signature.as_str(), "Stripe-Signature: t=1,v1=", "Content-Type: application/json"] {
        let answer = provider.post("/v1/stripe/webhook", header, &event.to_string())?;
        assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
    }
    satchel.ask("check_order", json!({"order": order})).map_err(|error| error.to_string())?;
    assert_eq!(payment(&satchel, &order), json!("awaiting"));
    Ok(())
}

#[test]
fn what_an_operator_signed_stands_in_the_timeline_and_moves_the_order_between_the_lists() -> Tried {
    let desk = Desk::new()?;
    let provider = Provider::start(&desk)?;
    let satchel = desk.start()?;
    let order = received(&satchel).map_err(|error| error.to_string())?;
    let id = order.parse()?;
    let mut rng = rand_core::UnwrapErr(getrandom::SysRng);
    for (status, word, state, completed) in [
        (WorkStatus::Claimed, "claimed", "awaiting-payment", 0),
        (WorkStatus::NeedsInformation, "needs-information", "needs-information", 0),
        (WorkStatus::Completed, "completed", "completed", 1),
        (WorkStatus::InProgress, "in-progress", "awaiting-payment", 0),
    ] {
        block_on(provider.operator()?.status(id, status, &mut rng))?;
        satchel.ask("check_order", json!({"order": order})).map_err(|error| error.to_string())?;
        let page = page(&satchel, &order);
        assert_eq!(page["timeline"][0]["event"], json!({"is": "work", "status": word}), "{page}");
        assert_eq!(page["state"], json!(state));
        assert_eq!((count(&satchel, "active"), count(&satchel, "completed")), (json!(1 - completed), json!(completed)));
        let list = if completed == 1 { "completed" } else { "active" };
        let rows = satchel.orders(list).map_err(|error| error.to_string())?;
        assert_eq!((&rows[0]["order"], &rows[0]["state"]), (&json!(order), &json!(state)));
    }
    Ok(())
}

/// What was heard is kept: it is there without a provider, and after Satchel was started again.
#[test]
fn without_a_provider_the_page_says_what_was_heard_last() -> Tried {
    let desk = Desk::new()?;
    let provider = Provider::start(&desk)?;
    let (order, heard) = {
        let satchel = desk.start()?;
        let order = received(&satchel).map_err(|error| error.to_string())?;
        let mut rng = rand_core::UnwrapErr(getrandom::SysRng);
        block_on(provider.operator()?.status(order.parse()?, WorkStatus::InProgress, &mut rng))?;
        satchel.ask("check_order", json!({"order": order})).map_err(|error| error.to_string())?;
        (order.clone(), page(&satchel, &order))
    };
    drop(provider);
    let satchel = desk.start()?;
    satchel.ask("open_vault", json!({})).map_err(|error| error.to_string())?;
    let now = page(&satchel, &order);
    for part in ["timeline", "payment", "state", "number"] {
        assert_eq!(now[part], heard[part], "{part}");
    }
    assert!(now["heardAtMs"].is_u64() && now["disbelieved"].is_null(), "{now}");
    for command in ["pay_order", "check_order"] {
        until("the provider to be missed", || code(satchel.ask(command, json!({"order": order}))) == json!("offline"));
    }
    assert!(desk.opened().is_empty());
    Ok(())
}

#[test]
fn nothing_is_paid_or_asked_that_was_not_received() -> Tried {
    let desk = Desk::new()?;
    let _provider = Provider::start(&desk)?;
    let satchel = desk.start()?;
    let draft = complete(&satchel).map_err(|error| error.to_string())?;
    for order in [draft.as_str(), "8f14e45f-ceea-467f-9575-2a3c1d9b7e60", "../x", ""] {
        for command in ["pay_order", "check_order"] {
            let answered = code(satchel.ask(command, json!({"order": order})));
            assert_eq!(answered, json!("gone"), "{command} {order}");
        }
        assert_eq!(code(satchel.ask("save_returned", json!({"order": order, "number": 1}))), json!("gone"));
    }
    assert!(desk.opened().is_empty());
    Ok(())
}

/// What was sealed is what is sent. A disk that turned a bit, or somebody who changed a file, is noticed before the block leaves.
#[test]
fn a_sealed_file_that_was_changed_on_disk_is_not_sent() -> Tried {
    const REGION: usize = 4 * 1024 * 1024 + 28;
    let desk = Desk::new()?;
    let path = desk.path().join("Scan.tif");
    std::fs::write(&path, vec![7; 9_000_000])?;
    let satchel = desk.start()?;
    let order = complete(&satchel).map_err(|error| error.to_string())?;
    desk.pick(&satchel, &order, &[&path]).map_err(|error| error.to_string())?;
    settled(&satchel, &order).map_err(|error| error.to_string())?;
    let sealed = std::fs::read_dir(desk.vault().join("attachments"))?.next().ok_or("no sealed file")??.path();
    let mut bytes = std::fs::read(&sealed)?;
    *bytes.get_mut(REGION + 2_000_000).ok_or("too short")? ^= 1;
    std::fs::write(&sealed, bytes)?;
    satchel.ask("submit_draft", json!({"order": order})).map_err(|error| error.to_string())?;

    let provider = Provider::start(&desk)?;
    let state = || satchel.ask("outbox", json!({})).ok().and_then(|items| items.pointer("/0/state").cloned());
    until("the order to be held back", || state().is_some_and(|state| state["is"] == json!("rejected")));
    let state = state().ok_or("the outbox is empty")?;
    assert_eq!(state["code"], json!("source_changed"));
    let says = state["message"].as_str().unwrap_or_default();
    assert!(says.contains("changed on disk") && says.contains("Take the order back"), "{says}");
    let sent = provider.requests()?;
    let of_block = |block: u64| {
        sent.iter().any(|line| line["block"] == json!(block) && line["route"].to_string().contains("/files/1"))
    };
    assert!(!of_block(1), "the changed block left this computer");

    let draft = satchel.ask("take_back", json!({"order": order})).map_err(|error| error.to_string())?;
    let draft = draft.as_str().ok_or("no draft")?.to_owned();
    desk.pick(&satchel, &draft, &[&path]).map_err(|error| error.to_string())?;
    let files = settled(&satchel, &draft).map_err(|error| error.to_string())?;
    assert_eq!(files.len(), 2);
    let changed = files.first().and_then(|file| file["file"].as_str()).ok_or("no file")?;
    satchel.ask("remove_file", json!({"order": draft, "file": changed})).map_err(|error| error.to_string())?;
    satchel.ask("submit_draft", json!({"order": draft})).map_err(|error| error.to_string())?;
    until("the order to be received", || count(&satchel, "active") == json!(1));
    Ok(())
}

#[test]
fn a_document_that_comes_back_is_saved_where_the_user_says() -> Tried {
    let desk = Desk::new()?;
    let provider = Provider::start(&desk)?;
    let satchel = desk.start()?;
    let order = received(&satchel).map_err(|error| error.to_string())?;
    let contents: Vec<u8> = (0..9_000_000_u32).map(|at| at.to_le_bytes()[0]).collect();
    let file = desk.path().join("Records.pdf");
    std::fs::write(&file, &contents)?;
    let rng = rand_core::UnwrapErr(getrandom::SysRng);
    let operator = provider.operator()?;
    block_on(operator.return_files(order.parse()?, &[file], rng))?;
    satchel.ask("check_order", json!({"order": order})).map_err(|error| error.to_string())?;
    let returned = page(&satchel, &order)["returned"].clone();
    assert_eq!((&returned[0]["name"], &returned[0]["length"]), (&json!("Records.pdf"), &json!(9_000_000)));

    let folder = desk.path().join("Client files");
    std::fs::create_dir(&folder)?;
    let save = |number: u32| satchel.ask("save_returned", json!({"order": order, "number": number}));
    desk.answer(&folder.join("Delgado.pdf"))?;
    assert_eq!(save(1).map_err(|error| error.to_string())?, json!(true));
    assert_eq!(std::fs::read(folder.join("Delgado.pdf"))?, contents);
    assert_eq!(code(save(2)), json!("gone"));
    desk.answer(&desk.path().join("no such folder").join("x.pdf"))?;
    assert_eq!(code(save(1)), json!("not_saved"));
    drop(provider);
    desk.answer(&folder.join("again.pdf"))?;
    assert_eq!(code(save(1)), json!("offline"));
    assert_eq!(std::fs::read_dir(&folder)?.count(), 1, "nothing is left of what was not saved");
    Ok(())
}
