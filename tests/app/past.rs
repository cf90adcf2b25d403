//! The past of a draft through the commands of the window: taken back, done again, restored; also after a restart.

use serde_json::{Value, json};

use crate::window::{Desk, Running};

fn save(satchel: &Running, order: &str, path: &str, text: &str) {
    let entry = json!({"is": "text", "text": text});
    satchel.ask("save_answer", json!({"order": order, "path": path, "entry": entry})).unwrap();
}

fn answer(satchel: &Running, order: &str, path: &str) -> Value {
    satchel.ask("open_draft", json!({"order": order})).unwrap()["answers"][path]["text"].clone()
}

fn step(satchel: &Running, command: &str, order: &str) -> Value {
    satchel.ask(command, json!({ "order": order })).unwrap()
}

fn versions(satchel: &Running, order: &str) -> Vec<Value> {
    satchel.ask("history", json!({ "order": order })).unwrap().as_array().unwrap().clone()
}

#[test]
fn changes_are_taken_back_and_done_again_after_a_restart() {
    let desk = Desk::new().unwrap();
    let order = {
        let satchel = desk.start().unwrap();
        let order = satchel.draft().unwrap();
        // One answer that goes on being typed is one change.
        for typed in ["M", "Maria", "Maria Delgado"] {
            save(&satchel, &order, "subject.name", typed);
        }
        save(&satchel, &order, "customer.person", "Dana Whitfield");
        satchel.ask("add_row", json!({"order": order, "section": "locations"})).unwrap();
        save(&satchel, &order, "locations.0.custodian", "St. Brigid Medical Center");
        order
    };
    let satchel = desk.start().unwrap();
    satchel.ask("open_vault", json!({})).unwrap();
    assert_eq!(versions(&satchel, &order).len(), 4);
    let undone = step(&satchel, "undo_change", &order);
    assert_eq!(undone["saved"]["answers"]["locations.0.custodian"], Value::Null);
    step(&satchel, "undo_change", &order);
    let view = satchel.ask("open_draft", json!({"order": order})).unwrap();
    assert_eq!(view["rows"]["locations"], json!([]), "the row is gone again");
    step(&satchel, "undo_change", &order);
    step(&satchel, "undo_change", &order);
    assert_eq!(answer(&satchel, &order, "subject.name"), Value::Null);
    let nothing = step(&satchel, "undo_change", &order);
    assert_eq!(nothing, json!({"saved": null, "what": null}));
    for _ in 0..4 {
        step(&satchel, "redo_change", &order);
    }
    assert_eq!(step(&satchel, "redo_change", &order), json!({"saved": null, "what": null}));
    assert_eq!(answer(&satchel, &order, "subject.name"), "Maria Delgado");
    assert_eq!(answer(&satchel, &order, "locations.0.custodian"), "St. Brigid Medical Center");
    // What comes after an undo takes the place of what was taken back.
    step(&satchel, "undo_change", &order);
    save(&satchel, &order, "customer.person", "Priya Raman");
    assert_eq!(step(&satchel, "redo_change", &order)["saved"], Value::Null);
    assert_eq!(answer(&satchel, &order, "customer.person"), "Priya Raman");
}

#[test]
fn an_earlier_version_is_restored_as_one_change() {
    let desk = Desk::new().unwrap();
    let satchel = desk.start().unwrap();
    let order = satchel.draft().unwrap();
    save(&satchel, &order, "subject.name", "Maria Delgado");
    save(&satchel, &order, "customer.person", "Dana Whitfield");
    save(&satchel, &order, "subject.name", "Marta Delgado");
    satchel.ask("add_row", json!({"order": order, "section": "locations"})).unwrap();
    let listed = versions(&satchel, &order);
    let numbers: Vec<_> = listed.iter().map(|version| version["number"].as_u64().unwrap()).collect();
    assert_eq!(numbers, [4, 3, 2, 1]);
    let change = &listed[1]["changes"][0];
    assert_eq!((&change["before"], &change["after"]), (&json!("Maria Delgado"), &json!("Marta Delgado")));
    let restored = satchel.ask("restore_version", json!({"order": order, "number": 1})).unwrap();
    assert_eq!(restored["answers"]["subject.name"]["text"], "Maria Delgado");
    assert_eq!(restored["answers"]["customer.person"], Value::Null);
    assert_eq!(restored["rows"]["locations"], json!([]));
    assert_eq!(versions(&satchel, &order)[0]["what"], "Version 1 restored");
    step(&satchel, "undo_change", &order);
    assert_eq!(answer(&satchel, &order, "subject.name"), "Marta Delgado");
    assert_eq!(answer(&satchel, &order, "customer.person"), "Dana Whitfield");
    assert!(satchel.ask("restore_version", json!({"order": order, "number": 99})).is_err());
}

#[test]
fn sensitive_answers_are_masked_in_the_past_too() {
    let desk = Desk::new().unwrap();
    let satchel = desk.start().unwrap();
    let order = satchel.draft().unwrap();
    save(&satchel, &order, "subject.ssn", "123-45-6789");
    let listed = serde_json::to_string(&versions(&satchel, &order)).unwrap();
    assert!(!listed.contains("123-45") && listed.contains("6789"), "{listed}");
}

#[test]
fn the_past_of_a_draft_is_bounded() {
    let desk = Desk::new().unwrap();
    let satchel = desk.start().unwrap();
    let order = satchel.draft().unwrap();
    for number in 0..230 {
        let path = if number % 2 == 0 { "subject.name" } else { "customer.person" };
        save(&satchel, &order, path, &format!("Person {number}"));
    }
    let listed = versions(&satchel, &order);
    assert_eq!(listed.len(), 200);
    assert_eq!(listed[0]["number"], 230);
    let long = "records ".repeat(240);
    for number in 0..150 {
        let path = if number % 2 == 0 { "subject.name" } else { "customer.person" };
        save(&satchel, &order, path, &format!("Someone {number}"));
        save(&satchel, &order, "subject.injury", &format!("{number} {long}"));
    }
    let kept = versions(&satchel, &order).len();
    assert!(kept < 190 && kept > 50, "{kept}");
    step(&satchel, "undo_change", &order);
}

#[test]
fn the_trash_lists_what_was_discarded_and_deletes_it_for_good() {
    let desk = Desk::new().unwrap();
    let satchel = desk.start().unwrap();
    let file = desk.path().join("Complaint.pdf");
    std::fs::write(&file, b"three pages").unwrap();
    let order = satchel.draft().unwrap();
    save(&satchel, &order, "subject.name", "Maria Delgado");
    desk.pick(&satchel, &order, &[&file]).unwrap();
    crate::files::settled(&satchel, &order).unwrap();
    let kept = satchel.draft().unwrap();
    let trash = || satchel.orders("trash").unwrap();
    let sealed = || std::fs::read_dir(desk.vault().join("attachments")).unwrap().count();
    satchel.ask("empty_trash", json!({"orders": [order, kept], "all": false})).unwrap();
    assert_eq!(satchel.orders("drafts").unwrap().len(), 2, "not discarded");
    satchel.ask("discard_draft", json!({"order": order})).unwrap();
    let listed = trash();
    assert_eq!((listed.len(), &listed[0]["order"]), (1, &json!(order)));
    let days = (listed[0]["deletesAtMs"].as_u64().unwrap() - listed[0]["changedAtMs"].as_u64().unwrap()) / 86_400_000;
    assert_eq!((days, sealed()), (30, 1));
    satchel.ask("restore_draft", json!({"order": order})).unwrap();
    assert!(trash().is_empty());
    satchel.ask("discard_draft", json!({"order": order})).unwrap();
    satchel.ask("empty_trash", json!({"orders": [order, kept], "all": false})).unwrap();
    assert!(trash().is_empty());
    assert_eq!(sealed(), 0, "its files are gone with it");
    assert!(satchel.ask("open_draft", json!({"order": order})).is_err());
    assert!(satchel.ask("open_draft", json!({"order": kept})).is_ok());
    // Without names, all that is in the trash goes, and nothing else.
    let other = satchel.draft().unwrap();
    satchel.ask("discard_draft", json!({"order": other})).unwrap();
    satchel.ask("empty_trash", json!({"orders": [], "all": true})).unwrap();
    assert!(trash().is_empty());
    assert_eq!(satchel.orders("drafts").unwrap()[0]["order"], json!(kept));
}
