//! Orders found by words, sorted, and answered in stretches.

use serde_json::{Value, json};

use crate::window::{Desk, Running};

const SIDES: [(&str, &str); 3] = [("Núria Peña", "10452-9"), ("Thomas O'Brien", "10452-10"), ("Pinecrest HOA", "")];

/// Opens a Satchel with three drafts, and returns their ids.
fn three(desk: &Desk) -> (Running, Vec<String>) {
    let satchel = desk.start().unwrap();
    let drafts = SIDES.map(|(plaintiff, matter)| {
        let order = satchel.draft().unwrap();
        for (path, text) in [("case.plaintiff", plaintiff), ("references.client_matter", matter)] {
            let entry = json!({"is": "text", "text": text});
            satchel.ask("save_answer", json!({"order": order, "path": path, "entry": entry})).unwrap();
        }
        order
    });
    (satchel, drafts.to_vec())
}

fn found(satchel: &Running, otherwise: &Value) -> Vec<String> {
    let page = satchel.page("drafts", otherwise).unwrap();
    let captions = page["rows"].as_array().unwrap().iter().map(|row| row["caption"].as_str().unwrap().to_owned());
    captions.collect()
}

#[test]
fn a_draft_is_found_by_what_was_typed_at_once_and_after_a_restart() {
    let desk = Desk::new().unwrap();
    let drafts = {
        let (satchel, drafts) = three(&desk);
        assert_eq!(found(&satchel, &json!({"text": "pena"})), ["Núria Peña"]);
        let note = json!({"is": "text", "text": "Ask for the films of the left knee"});
        satchel
            .ask("save_answer", json!({"order": drafts[1], "path": "instructions.provider", "entry": note}))
            .unwrap();
        assert_eq!(found(&satchel, &json!({"text": "\"left kn"})), ["Thomas O'Brien"]);
        drafts
    };
    let satchel = desk.start().unwrap();
    satchel.ask("open_vault", json!({})).unwrap();
    for (text, sides) in [
        ("OBRI", vec!["Thomas O'Brien"]),
        ("left knee", vec!["Thomas O'Brien"]),
        ("10452", vec!["Thomas O'Brien", "Núria Peña"]),
        ("retrieval", vec!["Pinecrest HOA", "Thomas O'Brien", "Núria Peña"]),
        ("lindquist", vec![]),
        ("draft", vec![]),
    ] {
        let expected: Vec<&str> = sides;
        assert_eq!(found(&satchel, &json!({"text": text})).len(), expected.len(), "{text}");
        assert!(expected.iter().all(|side| found(&satchel, &json!({"text": text})).iter().any(|found| found == side)));
    }
    // What is discarded is found in the trash only, and what it is about is gone from the list at once.
    satchel.ask("discard_draft", json!({"order": drafts[0]})).unwrap();
    assert!(found(&satchel, &json!({"text": "pena"})).is_empty());
    assert_eq!(satchel.page("trash", &json!({"text": "pena"})).unwrap()["found"], json!(1));
}

#[test]
fn a_list_is_sorted_and_answered_in_stretches() {
    let desk = Desk::new().unwrap();
    let (satchel, drafts) = three(&desk);
    let by_matter = |descending: bool| found(&satchel, &json!({"column": "matter", "descending": descending}));
    assert_eq!(by_matter(false), ["Núria Peña", "Thomas O'Brien", "Pinecrest HOA"]);
    // What has no answer comes last either way.
    assert_eq!(by_matter(true), ["Thomas O'Brien", "Núria Peña", "Pinecrest HOA"]);

    let wanted = json!({"column": "caption", "descending": false, "from": 1, "rows": 1, "at": drafts[1]});
    let page = satchel.page("drafts", &wanted).unwrap();
    let told = ["total", "found", "asking", "from", "place"].map(|member| page[member].clone());
    assert_eq!(told, [json!(3), json!(3), json!(0), json!(1), json!(2)]);
    assert_eq!(page["rows"].as_array().unwrap().len(), 1);
    assert_eq!(page["rows"][0]["caption"], json!("Pinecrest HOA"));
    assert_eq!(page["services"], json!(["Records retrieval"]));
    assert_eq!(page["states"], json!(["draft"]));
    assert_eq!(satchel.page("drafts", &json!({"state": "paid"})).unwrap()["found"], json!(0));
    assert_eq!(satchel.page("drafts", &json!({"service": "Messenger"})).unwrap()["found"], json!(0));
}

#[test]
fn no_question_is_too_much() {
    let desk = Desk::new().unwrap();
    let (satchel, drafts) = three(&desk);
    let most = u64::from(u32::MAX);
    for (otherwise, found, rows) in [
        (json!({"from": most, "rows": most}), 3, 0),
        (json!({"rows": most}), 3, 3),
        (json!({"rows": 0}), 3, 0),
        (json!({"text": "pena ".repeat(100_000)}), 1, 1),
        (json!({"text": "\"".repeat(100_000)}), 3, 3),
        (json!({"text": "\u{0301}\u{202E}"}), 3, 3),
        (json!({"at": "../../etc/passwd"}), 3, 3),
        (json!({"at": drafts[0].repeat(1_000)}), 3, 3),
    ] {
        let page = satchel.page("drafts", &otherwise).unwrap();
        let told = (page["found"].as_u64().unwrap(), page["rows"].as_array().unwrap().len());
        assert_eq!(told, (found, rows), "{:.40}", otherwise.to_string());
    }
    for wrong in [json!({"column": "ssn"}), json!({"from": -1}), json!({"other": 1}), json!({"state": "lost"})] {
        assert!(satchel.page("drafts", &wrong).is_err(), "{wrong}");
    }
}
