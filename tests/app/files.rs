//! Files of a draft through the commands: sealed, cancelled, refused, removed and brought back.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::window::{Desk, Running};

/// How long a file of a few bytes may take; a bound, not an expectation.
const WITHIN: Duration = Duration::from_secs(30);

fn files(satchel: &Running, order: &str) -> Result<Vec<Value>, Value> {
    let view = satchel.ask("open_draft", json!({"order": order}))?;
    Ok(view.get("files").and_then(Value::as_array).cloned().unwrap_or_default())
}

/// Waits until every file of the draft is sealed or failed.
pub(crate) fn settled(satchel: &Running, order: &str) -> Result<Vec<Value>, Value> {
    let started = Instant::now();
    loop {
        let files = files(satchel, order)?;
        if files.iter().all(|file| file.pointer("/state/is").is_some_and(|is| is != "sealing")) {
            return Ok(files);
        }
        if started.elapsed() > WITHIN {
            return Err(format!("still sealing: {files:?}").into());
        }
        std::thread::yield_now();
    }
}

fn sealed_files(desk: &Desk) -> usize {
    std::fs::read_dir(desk.vault().join("attachments")).map_or(0, Iterator::count)
}

#[test]
fn a_file_is_sealed_and_there_after_a_restart() {
    let desk = Desk::new().unwrap();
    let path = desk.path().join("Re: Delgado?.PDF");
    std::fs::write(&path, b"three pages").unwrap();
    let order = {
        let satchel = desk.start().unwrap();
        let order = satchel.draft().unwrap();
        desk.pick(&satchel, &order, &[&path]).unwrap();
        let files = settled(&satchel, &order).unwrap();
        assert_eq!(files[0]["length"], json!(11));
        // What sha256sum says of these bytes.
        let sha256 = "070fbb7e9f8a41e70d6b3b651c2a81ceba2e8ed7abf1c09c59003396348e51cc";
        assert_eq!(files[0]["state"], json!({"is": "sealed", "sha256": sha256}));
        order
    };
    let satchel = desk.start().unwrap();
    satchel.ask("open_vault", json!({})).unwrap();
    let files = files(&satchel, &order).unwrap();
    assert_eq!(files.len(), 1);
    assert_eq!(files[0]["state"]["is"], json!("sealed"));
    let name = files[0]["name"].as_str().unwrap();
    assert!(name.contains("Delgado") && !name.contains([':', '?']), "{name} is one that every file system takes");
    let listed = satchel.orders("drafts").unwrap();
    assert_eq!(listed[0]["files"], json!(1));
}

#[test]
fn what_cannot_be_attached_says_why_and_can_be_dismissed() {
    let desk = Desk::new().unwrap();
    let (there, gone) = (desk.path().join("there.pdf"), desk.path().join("gone.pdf"));
    std::fs::write(&there, b"x").unwrap();
    let satchel = desk.start().unwrap();
    let order = satchel.draft().unwrap();
    desk.pick(&satchel, &order, &[&gone, desk.path(), &there]).unwrap();
    let settled = settled(&satchel, &order).unwrap();
    let states: Vec<_> = settled.iter().map(|file| file["state"]["is"].as_str().unwrap()).collect();
    assert_eq!(states, ["failed", "failed", "sealed"], "one that fails does not hold up the others");
    assert_eq!(settled[0]["state"]["error"]["code"], json!("file_refused"));
    assert_eq!(sealed_files(&desk), 1);
    for file in &settled[..2] {
        satchel.ask("cancel_file", json!({"order": order, "file": file["file"]})).unwrap();
    }
    assert_eq!(files(&satchel, &order).unwrap().len(), 1);
}

/// A Satchel that ended while it sealed goes on with it.
#[test]
fn a_file_that_was_not_sealed_is_sealed_at_the_next_start() {
    let desk = Desk::new().unwrap();
    let path = desk.path().join("late.pdf");
    let satchel = desk.start().unwrap();
    let order = satchel.draft().unwrap();
    desk.pick(&satchel, &order, &[&path]).unwrap();
    assert_eq!(settled(&satchel, &order).unwrap()[0]["state"]["is"], json!("failed"), "it is not there yet");
    drop(satchel);
    std::fs::write(&path, b"now it is").unwrap();
    let satchel = desk.start().unwrap();
    satchel.ask("open_vault", json!({})).unwrap();
    assert_eq!(settled(&satchel, &order).unwrap()[0]["state"]["is"], json!("sealed"));
    drop(satchel);
    let satchel = desk.start().unwrap();
    satchel.ask("open_vault", json!({})).unwrap();
    assert_eq!(settled(&satchel, &order).unwrap().len(), 1, "and it is attached once");
}

#[test]
fn a_removed_file_is_gone_after_a_restart_and_comes_back_before() {
    let desk = Desk::new().unwrap();
    let path = desk.path().join("a.pdf");
    std::fs::write(&path, b"x").unwrap();
    let satchel = desk.start().unwrap();
    let order = satchel.draft().unwrap();
    desk.pick(&satchel, &order, &[&path]).unwrap();
    let file = json!({"order": order, "file": settled(&satchel, &order).unwrap()[0]["file"]});
    satchel.ask("remove_file", file.clone()).unwrap();
    assert_eq!(files(&satchel, &order).unwrap().len(), 0);
    satchel.ask("restore_file", file.clone()).unwrap();
    assert_eq!(files(&satchel, &order).unwrap()[0]["state"]["is"], json!("sealed"));
    assert!(satchel.ask("restore_file", file.clone()).is_err(), "it is back already");
    satchel.ask("remove_file", file).unwrap();
    drop(satchel);
    let satchel = desk.start().unwrap();
    satchel.ask("open_vault", json!({})).unwrap();
    assert_eq!(files(&satchel, &order).unwrap().len(), 0);
    assert_eq!(sealed_files(&desk), 0, "its sealed form went with it");
}

#[test]
fn an_order_takes_so_many_files_and_not_one_more() {
    let desk = Desk::new().unwrap();
    let satchel = desk.start().unwrap();
    let order = satchel.draft().unwrap();
    let path = desk.path().join("a.pdf");
    let paths = vec![path.as_path(); 501];
    assert_eq!(desk.pick(&satchel, &order, &paths).unwrap_err()["code"], json!("file_refused"));
    assert_eq!(files(&satchel, &order).unwrap().len(), 0);
    desk.pick(&satchel, &order, &paths[..500]).unwrap();
    assert_eq!(files(&satchel, &order).unwrap().len(), 500);
}
