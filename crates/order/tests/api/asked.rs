//! Which fields are asked, and of which an answer is needed.

use satchel_order::asked;
use satchel_order::catalogue::Definition;
use satchel_order::document::Fields;
use serde_json::{Value, json};

const DEFINITION: &str = r#"
service = "test"
version = 1
name = "Test"
summary = "A service for tests"
section = [
  { id = "case", title = "Case", field = [
    { id = "filed", label = "Filed", kind = "yes-no", required = true },
    { id = "number", label = "Number", kind = "text", shown-if = { field = "filed", is = ["yes"] }, required-if = { field = "filed", is = ["yes"] } },
    { id = "note", label = "Note", kind = "text" }] },
  { id = "legs", title = "Legs", repeats = { item = "leg", min = 0, max = 3 }, field = [
    { id = "check", label = "Check", kind = "yes-no" },
    { id = "payee", label = "Payee", kind = "text", shown-if = { field = "check", is = ["yes"] } }] },
]
"#;

fn asked_of(answers: &Value) -> Vec<(String, bool)> {
    let definition = Definition::read(DEFINITION).expect("a definition");
    let fields: Fields = serde_json::from_value(answers.clone()).expect("fields");
    asked(&definition, &fields).iter().map(|asked| (asked.path.to_string(), asked.required)).collect()
}

fn is(path: &str, required: bool) -> (String, bool) {
    (path.to_owned(), required)
}

#[test]
fn a_field_is_asked_where_its_condition_holds() {
    assert_eq!(asked_of(&json!({})), [is("case.filed", true), is("case.note", false)]);
    assert_eq!(
        asked_of(&json!({"case.filed": true})),
        [is("case.filed", true), is("case.number", true), is("case.note", false)]
    );
}

#[test]
fn rows_are_looked_at_one_by_one() {
    let answers = json!({"legs.rows": [{"check": true}, {"check": false}]});
    let asked = asked_of(&answers);
    let legs: Vec<_> = asked.iter().filter(|(path, _)| path.starts_with("legs")).cloned().collect();
    assert_eq!(
        legs,
        [is("legs.rows[0].check", false), is("legs.rows[0].payee", false), is("legs.rows[1].check", false)]
    );
}
