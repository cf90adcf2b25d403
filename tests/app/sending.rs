//! Submitting through the commands, where no provider is there: the order waits in the outbox, does not change, and comes back.

use serde_json::{Value, json};

use crate::window::{Desk, Running};

fn text(text: &str) -> Value {
    json!({"is": "text", "text": text})
}

fn flag(flag: bool) -> Value {
    json!({"is": "flag", "flag": flag})
}

/// Fills in all that records retrieval asks for.
pub(crate) fn complete(satchel: &Running) -> Result<String, Value> {
    let order = satchel.draft()?;
    satchel.ask("add_row", json!({"order": order, "section": "locations"}))?;
    let parts = json!({"line1": "85 Basin St", "city": "Long Beach", "state": "CA", "zip": "90803"});
    for (path, entry) in [
        ("customer.person", text("Dana Whitfield")),
        ("customer.email", text("dana@hartwell.example")),
        ("customer.attorney", text("Ruth Ames")),
        ("customer.represents", text("Plaintiff")),
        ("case.plaintiff", text("Maria Delgado")),
        ("case.defendant", text("Northline Freight, Inc.")),
        ("case.filed", flag(false)),
        ("references.client_matter", text("10452-003")),
        ("references.bill_to", text("firm")),
        ("subject.name", text("Maria Delgado")),
        ("subject.birth_date", text("3/9/1984")),
        ("basis.kind", text("hipaa")),
        ("locations.0.custodian", text("Lakeshore Imaging")),
        ("locations.0.address", json!({"is": "parts", "parts": parts})),
        ("locations.0.phone", text("5625550188")),
        ("locations.0.records", json!({"is": "choices", "options": ["medical"]})),
        ("scope.period", text("all")),
        ("delivery.level", text("standard")),
        ("delivery.form", text("portal")),
    ] {
        satchel.ask("save_answer", json!({"order": order, "path": path, "entry": entry}))?;
    }
    Ok(order)
}

fn submit(satchel: &Running, order: &str) -> Result<Value, Value> {
    satchel.ask("submit_draft", json!({ "order": order }))
}

fn code(answer: Result<Value, Value>) -> Value {
    answer.err().and_then(|error| error.get("code").cloned()).unwrap_or_default()
}

/// A backup that was made before an order was submitted has it as a draft, which must not go unnoticed.
#[test]
fn a_vault_from_before_an_order_was_submitted_is_told_to_be_older() {
    let desk = Desk::new().unwrap();
    let journal = desk.vault().join("journal.satchel");
    let before = {
        let satchel = desk.start().unwrap();
        let order = complete(&satchel).unwrap();
        let before = std::fs::read(&journal).unwrap();
        submit(&satchel, &order).unwrap();
        before
    };
    std::fs::write(&journal, before).unwrap();
    let told = desk.start().unwrap().ask("open_vault", json!({})).unwrap();
    let told = told["findings"][0].as_str().unwrap();
    assert!(told.contains("older"), "{told}");
}

#[test]
fn a_complete_draft_goes_to_the_outbox_and_waits_there() {
    let desk = Desk::new().unwrap();
    let order = {
        let satchel = desk.start().unwrap();
        let order = complete(&satchel).unwrap();
        submit(&satchel, &order).unwrap();
        order
    };
    let satchel = desk.start().unwrap();
    satchel.ask("open_vault", json!({})).unwrap();
    assert_eq!(
        satchel.ask("counts", json!({})).unwrap(),
        json!({"drafts": 0, "outbox": 1, "active": 0, "completed": 0})
    );
    let outbox = satchel.ask("outbox", json!({})).unwrap();
    assert_eq!(outbox[0]["order"], json!(order));
    assert_eq!(outbox[0]["state"], json!({"is": "waiting", "why": "no-provider", "untilMs": null}));
    assert_eq!(outbox[0]["canBeTakenBack"], json!(true));
    let sheet = satchel.ask("review_draft", json!({"order": order})).unwrap();
    assert_eq!((&sheet["submitted"], &sheet["received"]), (&json!(true), &json!(null)));
    assert_eq!(sheet["quote"]["totalCents"], json!(4500));
}

#[test]
fn an_incomplete_draft_is_not_submitted() {
    let desk = Desk::new().unwrap();
    let satchel = desk.start().unwrap();
    let order = complete(&satchel).unwrap();
    let cleared = json!({"order": order, "path": "subject.name", "entry": text("")});
    satchel.ask("save_answer", cleared).unwrap();
    assert_eq!(code(submit(&satchel, &order)), json!("incomplete"));
    assert_eq!(satchel.ask("outbox", json!({})).unwrap(), json!([]));
    assert_eq!(satchel.ask("counts", json!({})).unwrap()["drafts"], json!(1), "it is kept");
}

#[test]
fn a_file_that_could_not_be_attached_holds_the_order_back() {
    let desk = Desk::new().unwrap();
    let satchel = desk.start().unwrap();
    let order = complete(&satchel).unwrap();
    desk.pick(&satchel, &order, &[&desk.path().join("gone.pdf")]).unwrap();
    assert_eq!(code(submit(&satchel, &order)), json!("incomplete"));
}

#[test]
fn a_submitted_order_does_not_change() {
    let desk = Desk::new().unwrap();
    let path = desk.path().join("a.pdf");
    std::fs::write(&path, b"x").unwrap();
    let satchel = desk.start().unwrap();
    let order = complete(&satchel).unwrap();
    desk.pick(&satchel, &order, &[&path]).unwrap();
    while satchel.ask("open_draft", json!({"order": order})).unwrap()["files"][0]["state"]["is"] != "sealed" {
        std::thread::yield_now();
    }
    let file = satchel.ask("open_draft", json!({"order": order})).unwrap()["files"][0]["file"].clone();
    submit(&satchel, &order).unwrap();
    let before = satchel.ask("review_draft", json!({"order": order})).unwrap();
    for (command, args) in [
        ("save_answer", json!({"order": order, "path": "subject.name", "entry": text("Someone else")})),
        ("add_row", json!({"order": order, "section": "locations"})),
        ("remove_row", json!({"order": order, "section": "locations", "row": 0})),
        ("discard_draft", json!({"order": order})),
        ("remove_file", json!({"order": order, "file": file})),
        ("submit_draft", json!({"order": order})),
    ] {
        assert_eq!(code(satchel.ask(command, args)), json!("frozen"), "{command}");
    }
    assert_eq!(code(desk.pick(&satchel, &order, &[&path])), json!("frozen"));
    assert_eq!(satchel.ask("review_draft", json!({"order": order})).unwrap(), before);
}

#[test]
fn an_order_that_was_not_sent_is_the_same_draft_again() {
    let desk = Desk::new().unwrap();
    let satchel = desk.start().unwrap();
    let order = complete(&satchel).unwrap();
    submit(&satchel, &order).unwrap();
    assert_eq!(satchel.ask("take_back", json!({"order": order})).unwrap(), json!(order));
    assert_eq!(satchel.ask("outbox", json!({})).unwrap(), json!([]));
    let changed = json!({"order": order, "path": "subject.name", "entry": text("Maria E. Delgado")});
    satchel.ask("save_answer", changed).unwrap();
    submit(&satchel, &order).unwrap();
    let sheet = satchel.ask("review_draft", json!({"order": order})).unwrap();
    assert!(sheet.to_string().contains("Maria E. Delgado"));
    assert_eq!(code(satchel.ask("take_back", json!({"order": "8f14e45f-ceea-467f-9575-2a3c1d9b7e60"}))), json!("gone"));
}

#[test]
fn a_discarded_draft_is_not_submitted() {
    let desk = Desk::new().unwrap();
    let satchel = desk.start().unwrap();
    let order = complete(&satchel).unwrap();
    satchel.ask("discard_draft", json!({"order": order})).unwrap();
    assert_eq!(code(submit(&satchel, &order)), json!("gone"));
}
