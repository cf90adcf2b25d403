//! A draft through the commands of the window: typed, told what is missing, priced, discarded, and still there after a restart.

use serde_json::{Value, json};

use crate::window::{Desk, Running};

fn save(satchel: &Running, order: &str, path: &str, entry: &Value) -> Result<Value, Value> {
    satchel.ask("save_answer", json!({"order": order, "path": path, "entry": entry}))
}

fn text(text: &str) -> Value {
    json!({"is": "text", "text": text})
}

fn open(satchel: &Running, order: &str) -> Result<Value, Value> {
    satchel.ask("open_draft", json!({"order": order}))
}

fn holds(list: &Value, text: &str) -> bool {
    list.as_array().is_some_and(|list| list.iter().any(|item| item == text))
}

#[test]
fn what_was_typed_is_there_after_a_restart() {
    let desk = Desk::new().unwrap();
    let order = {
        let satchel = desk.start().unwrap();
        let order = satchel.draft().unwrap();
        let saved = save(&satchel, &order, "subject.name", &text("Maria Delgado")).unwrap();
        assert_eq!(saved["answer"], text("Maria Delgado"));
        assert_eq!(saved["notices"], json!([]));
        satchel.ask("add_row", json!({"order": order, "section": "locations"})).unwrap();
        save(&satchel, &order, "locations.0.custodian", &text("St. Brigid Medical Center")).unwrap();
        order
    };
    let satchel = desk.start().unwrap();
    satchel.ask("open_vault", json!({})).unwrap();
    let view = open(&satchel, &order).unwrap();
    assert_eq!(view["answers"]["subject.name"], text("Maria Delgado"));
    assert_eq!(view["answers"]["locations.0.custodian"], text("St. Brigid Medical Center"));
    assert_eq!(view["rows"], json!({"locations": [0]}));
    let rows = satchel.orders("drafts").unwrap();
    assert_eq!(rows[0]["order"], json!(order));
    assert_eq!(rows[0]["subject"], json!("Maria Delgado"));
}

#[test]
fn a_second_satchel_is_told_that_the_first_has_the_vault() {
    let desk = Desk::new().unwrap();
    let first = desk.start().unwrap();
    first.ask("open_vault", json!({})).unwrap();
    let second = desk.start().unwrap();
    assert_eq!(second.ask("open_vault", json!({})).unwrap_err()["code"], json!("vault_in_use"));
    // Nothing can be typed into the second, and nothing was taken from the first.
    assert!(second.ask("start_draft", json!({"service": "records-retrieval"})).is_err());
    first.draft().unwrap();
    drop(first);
    second.ask("open_vault", json!({})).unwrap();
}

#[test]
fn a_locked_keyring_is_told_and_opens_later() {
    let desk = Desk::new().unwrap();
    let satchel = desk.start().unwrap();
    desk.keyring.set_locked(true);
    assert_eq!(satchel.ask("open_vault", json!({})).unwrap_err()["code"], json!("keyring_locked"));
    assert!(!desk.vault().exists(), "no vault is made without a key that is kept");
    desk.keyring.set_locked(false);
    satchel.ask("open_vault", json!({})).unwrap();
}

#[test]
fn a_sensitive_answer_leaves_masked_and_is_revealed_when_asked_for() {
    let desk = Desk::new().unwrap();
    let satchel = desk.start().unwrap();
    let order = satchel.draft().unwrap();
    let saved = save(&satchel, &order, "subject.ssn", &text("123456789")).unwrap();
    assert_eq!(saved["answer"], json!({"is": "masked", "masked": "•••-••-6789"}));
    let everything = open(&satchel, &order).unwrap().to_string()
        + &satchel.ask("review_draft", json!({"order": order})).unwrap().to_string();
    assert!(!everything.contains("123-45"), "{everything}");
    let revealed = satchel.ask("reveal_answer", json!({"order": order, "path": "subject.ssn"})).unwrap();
    assert_eq!(revealed, text("123-45-6789"));
}

#[test]
fn what_is_asked_and_missing_and_costs_follows_the_answers() {
    let desk = Desk::new().unwrap();
    let satchel = desk.start().unwrap();
    let order = satchel.draft().unwrap();
    let view = open(&satchel, &order).unwrap();
    let assessment = &view["assessment"];
    assert!(holds(&assessment["hidden"], "references.bill_company"));
    assert!(holds(&assessment["required"], "subject.name"));
    let saved = save(&satchel, &order, "references.bill_to", &text("other")).unwrap();
    assert!(!holds(&saved["assessment"]["hidden"], "references.bill_company"));
    assert!(holds(&saved["assessment"]["required"], "references.bill_company"));
    let problem = |assessment: &Value, path: &str| {
        assessment["problems"].as_array().unwrap().iter().find(|problem| problem["path"] == path).cloned()
    };
    let missing = problem(&saved["assessment"], "locations").unwrap();
    assert_eq!((&missing["severity"], &missing["toFinish"]), (&json!("empty"), &json!("At least one location")));
    satchel.ask("add_row", json!({"order": order, "section": "locations"})).unwrap();
    let saved = save(&satchel, &order, "locations.0.custodian", &text("Lakeshore Imaging")).unwrap();
    let phone = problem(&saved["assessment"], "locations.0.phone").unwrap();
    assert_eq!(phone["toFinish"], json!("Phone of Lakeshore Imaging"));
    assert_eq!(saved["assessment"]["quote"]["totalCents"], json!(4500));
    let wrong = save(&satchel, &order, "subject.loss_date", &text("the day after")).unwrap();
    assert_eq!(wrong["answer"], text("the day after"), "what was typed stays");
    assert_eq!(problem(&wrong["assessment"], "subject.loss_date").unwrap()["severity"], json!("wrong"));
}

#[test]
fn a_removed_row_comes_back_as_it_was_and_its_id_is_not_given_again() {
    let desk = Desk::new().unwrap();
    let satchel = desk.start().unwrap();
    let order = satchel.draft().unwrap();
    for _ in 0..2 {
        satchel.ask("add_row", json!({"order": order, "section": "locations"})).unwrap();
    }
    save(&satchel, &order, "locations.0.custodian", &text("St. Brigid Medical Center")).unwrap();
    let row = json!({"order": order, "section": "locations", "row": 0});
    assert_eq!(satchel.ask("remove_row", row.clone()).unwrap()["rows"], json!([1]));
    assert_eq!(
        save(&satchel, &order, "locations.0.custodian", &text("late")).unwrap_err()["code"],
        json!("gone"),
        "a late save does not reach a removed row"
    );
    assert_eq!(satchel.ask("add_row", json!({"order": order, "section": "locations"})).unwrap()["rows"], json!([1, 2]));
    let back = satchel.ask("restore_row", row).unwrap();
    assert_eq!(back["rows"], json!([0, 1, 2]));
    assert_eq!(back["answers"]["locations.0.custodian"], text("St. Brigid Medical Center"));
}

#[test]
fn an_address_loses_the_parts_that_were_cleared() {
    let desk = Desk::new().unwrap();
    let satchel = desk.start().unwrap();
    let order = satchel.draft().unwrap();
    satchel.ask("add_row", json!({"order": order, "section": "locations"})).unwrap();
    let parts = |parts: Value| json!({"is": "parts", "parts": parts});
    let path = "locations.0.address";
    save(&satchel, &order, path, &parts(json!({"line1": "85 Basin St", "line2": "Suite 3", "state": "ca"}))).unwrap();
    let saved = save(&satchel, &order, path, &parts(json!({"line1": "85 Basin St", "line2": ""}))).unwrap();
    assert_eq!(saved["answer"], parts(json!({"line1": "85 Basin St"})));
    assert_eq!(open(&satchel, &order).unwrap()["answers"][path], parts(json!({"line1": "85 Basin St"})));
    let cleared = save(&satchel, &order, path, &parts(json!({"line1": " "}))).unwrap();
    assert_eq!(cleared["answer"], json!(null));
    assert_eq!(open(&satchel, &order).unwrap()["answers"].get(path), None);
}

#[test]
fn markup_is_taken_out_and_told() {
    let desk = Desk::new().unwrap();
    let satchel = desk.start().unwrap();
    let order = satchel.draft().unwrap();
    let saved = save(&satchel, &order, "subject.name", &text("Maria <script>alert(1)</script>Delgado")).unwrap();
    assert_eq!(saved["answer"], text("Maria Delgado"));
    assert_eq!(saved["notices"], json!([{"change": "removed", "part": null, "text": "<script>alert(1)</script>"}]));
}

#[test]
fn a_discarded_draft_leaves_the_list_and_comes_back() {
    let desk = Desk::new().unwrap();
    let satchel = desk.start().unwrap();
    let order = satchel.draft().unwrap();
    let count = || satchel.ask("counts", json!({})).unwrap()["drafts"].clone();
    assert_eq!(count(), json!(1));
    satchel.ask("discard_draft", json!({"order": order})).unwrap();
    assert_eq!(count(), json!(0));
    satchel.ask("restore_draft", json!({"order": order})).unwrap();
    assert_eq!(count(), json!(1));
}

#[test]
fn what_is_not_there_is_refused_in_words() {
    let desk = Desk::new().unwrap();
    let satchel = desk.start().unwrap();
    assert_eq!(
        satchel.orders("drafts").unwrap_err()["code"],
        json!("passphrase_needed"),
        "nothing is read before the vault is open"
    );
    let order = satchel.draft().unwrap();
    for (path, entry) in [
        ("subject.nothing", text("x")),
        ("nothing.name", text("x")),
        ("locations.0.custodian", text("x")),
        ("locations.custodian", text("x")),
        ("subject.0.name", text("x")),
        ("subject", text("x")),
        ("../../etc", text("x")),
    ] {
        assert_eq!(save(&satchel, &order, path, &entry).unwrap_err()["code"], json!("gone"), "{path}");
    }
    let other = "8f14e45f-ceea-467f-9575-2a3c1d9b7e60";
    for order in [other, "", "../vault"] {
        assert_eq!(satchel.ask("open_draft", json!({"order": order})).unwrap_err()["code"], json!("gone"));
    }
    assert_eq!(
        save(&satchel, &order, "subject.name", &text(&"x".repeat(2_000))).unwrap_err()["code"],
        json!("too_long")
    );
    assert_eq!(save(&satchel, &order, "subject.name", &text("a\u{0}b")).unwrap_err()["code"], json!("refused"));
}

/// Promise 2, as far as the shell goes: what was typed stands in no file of the desk.
#[test]
fn what_was_typed_stands_in_no_file() {
    const MARKER: &str = "Qx7Marker31415";
    let desk = Desk::new().unwrap();
    let satchel = desk.start().unwrap();
    let order = satchel.draft().unwrap();
    for path in ["subject.name", "subject.injury", "references.client_matter"] {
        save(&satchel, &order, path, &text(MARKER)).unwrap();
    }
    satchel.orders("drafts").unwrap();
    let mut searched = 0;
    let mut folders = vec![desk.path().to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            searched += bytes.len();
            let found = bytes.windows(MARKER.len()).any(|window| window == MARKER.as_bytes());
            assert!(!found, "{} holds what was typed", path.display());
        }
    }
    assert!(searched > 1_000, "there is something to search");
}
