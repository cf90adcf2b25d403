//! What a hasty hand, or a page that is not Satchel's own, may ask of an order that was submitted: nothing of it changes.

use serde_json::{Value, json};

use crate::sending::complete;
use crate::window::{Desk, Running};

fn submitted(desk: &Desk, satchel: &Running) -> Result<(String, Value), Value> {
    let order = complete(satchel)?;
    let path = desk.path().join("Authorization.pdf");
    std::fs::write(&path, b"three pages").map_err(|error| error.to_string())?;
    desk.pick(satchel, &order, &[&path, &path])?;
    let files = crate::files::settled(satchel, &order)?;
    let [file, _] = files.as_slice() else { return Err(json!(files)) };
    satchel.ask("submit_draft", json!({"order": order}))?;
    Ok((order, file["file"].clone()))
}

/// What is known of an order on its way.
fn outbox(satchel: &Running) -> Result<Value, Value> {
    satchel.ask("outbox", json!({}))
}

/// A second click would sign and seal the order anew, with another reply key, while the first is being sent.
#[test]
fn an_order_is_submitted_once() {
    let desk = Desk::new().unwrap();
    let satchel = desk.start().unwrap();
    let (order, _) = submitted(&desk, &satchel).unwrap();
    let before = outbox(&satchel).unwrap();
    assert_eq!(before[0]["order"], json!(order));
    assert_eq!(satchel.ask("submit_draft", json!({"order": order})).unwrap_err()["code"], json!("frozen"));
    assert_eq!(outbox(&satchel).unwrap(), before);
}

#[test]
fn the_files_of_a_submitted_order_stay() {
    let desk = Desk::new().unwrap();
    let satchel = desk.start().unwrap();
    let (order, file) = submitted(&desk, &satchel).unwrap();
    let before = outbox(&satchel).unwrap();
    assert_eq!(before[0]["parts"].as_array().map(Vec::len), Some(3), "itself and two files: {before}");
    let removed = satchel.ask("remove_file", json!({"order": order, "file": file}));
    assert_eq!(removed.unwrap_err()["code"], json!("frozen"));
    let path = desk.path().join("Late.pdf");
    std::fs::write(&path, b"late").unwrap();
    assert_eq!(desk.pick(&satchel, &order, &[&path]).unwrap_err()["code"], json!("frozen"));
    assert_eq!(outbox(&satchel).unwrap(), before);
    let sheet = satchel.ask("review_draft", json!({"order": order})).unwrap();
    assert_eq!(sheet["files"].as_array().map(Vec::len), Some(2), "{sheet}");
}

#[test]
fn a_file_that_was_removed_before_does_not_come_back_into_a_submitted_order() {
    let desk = Desk::new().unwrap();
    let satchel = desk.start().unwrap();
    let order = complete(&satchel).unwrap();
    let path = desk.path().join("Wrong file.pdf");
    std::fs::write(&path, b"of another client").unwrap();
    desk.pick(&satchel, &order, &[&path]).unwrap();
    let file = json!({"order": order, "file": crate::files::settled(&satchel, &order).unwrap()[0]["file"]});
    satchel.ask("remove_file", file.clone()).unwrap();
    satchel.ask("submit_draft", json!({"order": order})).unwrap();
    assert_eq!(satchel.ask("restore_file", file.clone()).unwrap_err()["code"], json!("frozen"));
    // Nothing was lost by the refusal.
    satchel.ask("take_back", json!({"order": order})).unwrap();
    satchel.ask("restore_file", file).unwrap();
}

/// An order of more files than a document lists could never be signed, and would wait in the outbox for ever.
#[test]
fn files_that_come_back_count() {
    let desk = Desk::new().unwrap();
    let satchel = desk.start().unwrap();
    let order = satchel.draft().unwrap();
    let path = desk.path().join("a.pdf");
    std::fs::write(&path, b"x").unwrap();
    desk.pick(&satchel, &order, &[&path]).unwrap();
    let file = json!({"order": order, "file": crate::files::settled(&satchel, &order).unwrap()[0]["file"]});
    satchel.ask("remove_file", file.clone()).unwrap();
    let paths = vec![path.as_path(); 500];
    desk.pick(&satchel, &order, &paths).unwrap();
    assert_eq!(satchel.ask("restore_file", file.clone()).unwrap_err()["code"], json!("file_refused"));
    let view = satchel.ask("open_draft", json!({"order": order})).unwrap();
    satchel.ask("cancel_file", json!({"order": order, "file": view["files"][499]["file"]})).unwrap();
    satchel.ask("restore_file", file).unwrap();
}
