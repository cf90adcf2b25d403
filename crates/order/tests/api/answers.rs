//! What is missing, what is wrong, what counts, and what it costs.

use satchel_order::catalogue::{Definition, built_in};
use satchel_order::document::Fields;
use satchel_order::{counted, quote, validate};
use serde_json::{Value, json};

fn records() -> Definition {
    built_in().expect("the built-in definitions are right").remove(0)
}

fn fields(json: &Value) -> Fields {
    serde_json::from_value(json.clone()).expect("fields")
}

/// A complete order for two custodians.
fn complete() -> Value {
    let address = json!({"line1": "12 Alder St", "city": "Los Angeles", "state": "CA", "zip": "90012"});
    json!({
        "customer.person": "Dana Whitfield",
        "customer.email": "dana@hartwell-ames.example",
        "customer.attorney": "Ruth Ames",
        "customer.represents": "Plaintiff",
        "references.client_matter": "10452-003",
        "references.bill_to": "firm",
        "case.filed": false,
        "case.plaintiff": "Maria Delgado",
        "case.defendant": "Northline Freight, Inc.",
        "subject.name": "Maria Delgado",
        "subject.birth_date": "1984-03-09",
        "basis.kind": "hipaa",
        "locations.rows": [
            {"custodian": "St. Brigid Medical Center", "address": address, "phone": "213-555-0142", "records": ["medical"]},
            {"custodian": "Lakeshore Imaging", "address": address, "phone": "213-555-0143", "records": ["radiology", "hiv"],
             "special_consent": true},
        ],
        "scope.period": "all",
        "delivery.level": "standard",
        "delivery.form": "portal",
    })
}

fn with(changes: &[(&str, Value)]) -> Fields {
    let mut answers = complete();
    for (pointer, value) in changes {
        match answers.pointer_mut(pointer) {
            Some(place) => *place = value.clone(),
            None => answers[pointer.trim_start_matches('/')] = value.clone(),
        }
    }
    fields(&answers)
}

fn problems(fields: &Fields) -> Vec<String> {
    validate(&records(), fields).iter().map(|problem| format!("{}: {}", problem.path, problem.fault)).collect()
}

#[test]
fn a_complete_order_has_no_problem() {
    assert_eq!(problems(&with(&[])), Vec::<String>::new());
}

#[test]
fn an_empty_order_lists_all_that_is_missing_in_the_order_of_the_form() {
    let missing: Vec<_> =
        validate(&records(), &Fields::default()).iter().map(|problem| problem.path.to_string()).collect();
    assert_eq!(
        missing,
        [
            "customer.person",
            "customer.email",
            "customer.attorney",
            "customer.represents",
            "case.plaintiff",
            "case.defendant",
            "case.filed",
            "references.client_matter",
            "references.bill_to",
            "subject.name",
            "subject.birth_date",
            "basis.kind",
            "locations.rows",
            "scope.period",
            "delivery.level",
            "delivery.form",
        ]
    );
}

#[test]
fn each_answer_that_is_wrong_is_named_by_its_path() {
    for (pointer, value, expected) in [
        ("/customer.email", json!("dana"), "customer.email: this is no e-mail"),
        ("/subject.birth_date", json!("1984-02-30"), "subject.birth_date: this is no date"),
        ("/subject.ssn", json!("000-00-0000"), "subject.ssn: this is no social security number"),
        ("/basis.kind", json!("a hunch"), "basis.kind: this is not among the choices"),
        ("/basis.kind", json!(true), "basis.kind: this was answered in another form"),
        ("/customer.person", json!("   "), "customer.person: this is needed"),
        ("/customer.person", json!("x".repeat(201)), "customer.person: this has 201 characters"),
        ("/customer.person", json!("Dana <script>alert(1)</script>"), "customer.person: this holds something"),
        ("/locations.rows/1/phone", json!("call"), "locations.rows[1].phone: this is no telephone number"),
        ("/locations.rows/0/address/zip", json!("9"), "locations.rows[0].address.zip: this is no ZIP code"),
        ("/locations.rows/0/records", json!(["medical", "gossip"]), "locations.rows[0].records: this is not among"),
        ("/locations.rows/0/colour", json!("blue"), "locations.rows[0].colour: the form does not ask"),
        ("/subject.shoe_size", json!("9"), "subject.shoe_size: the form does not ask"),
        ("/locations.other", json!("x"), "locations.other: the form does not ask"),
        ("/locations.rows", json!("x"), "locations.rows: this was answered in another form"),
    ] {
        let mut answers = complete();
        match pointer.rsplit_once('/') {
            Some((parent, name)) if !parent.is_empty() => answers.pointer_mut(parent).expect("a parent")[name] = value,
            _ => answers[pointer.trim_start_matches('/')] = value,
        }
        // `rows/1/phone` of an array is reached through its pointer, not by a name.
        let found = problems(&fields(&answers));
        assert!(matches!(found.as_slice(), [only] if only.starts_with(expected)), "{pointer}: {found:?}");
    }
}

#[test]
fn rows_stop_at_their_limit() {
    let row = complete()["locations.rows"][0].clone();
    let rows = |count: usize| with(&[("/locations.rows", Value::Array(vec![row.clone(); count]))]);
    assert_eq!(problems(&rows(200)), Vec::<String>::new());
    assert_eq!(
        problems(&rows(201)),
        ["locations.rows: at most 200 can be in one order (location); put the rest into another order"]
    );
}

#[test]
fn a_condition_asks_in_its_own_row() {
    let both = with(&[("/locations.rows/0/records", json!(["mental_health"]))]);
    assert_eq!(problems(&both), ["locations.rows[0].special_consent: this is needed to submit the order"]);
    let missing = |fields: &Fields| -> Vec<String> {
        validate(&records(), fields).iter().map(|problem| problem.path.to_string()).collect()
    };
    let federal = with(&[("/basis.kind", json!("federal_subpoena"))]);
    assert_eq!(missing(&federal), ["basis.subpoena", "basis.production_date"]);
    let state = with(&[("/basis.kind", json!("state_subpoena")), ("/basis.consumer", json!(true))]);
    let expected = ["basis.subpoena", "basis.notice_mailed", "basis.notice_by", "basis.production_date"];
    assert_eq!(missing(&state), expected);
}

#[test]
fn what_is_not_asked_is_neither_checked_nor_sent() {
    // Typed while the case was thought to be filed, and wrong besides.
    let hidden = with(&[("/case.trial_date", json!("soon")), ("/case.number", json!("26STCV04417"))]);
    assert_eq!(problems(&hidden), Vec::<String>::new());
    let sent = counted(&records(), &hidden);
    assert!(!sent.0.contains_key("case.trial_date") && !sent.0.contains_key("case.number"));
    assert_eq!(sent, counted(&records(), &with(&[])), "nothing else is left out");
    assert_eq!(sent, with(&[]), "a complete order is sent as it is");
}

fn priced(fields: &Fields) -> (Vec<(String, u32)>, u64) {
    let quote = quote(&records(), fields).expect("it can be priced");
    let lines = quote.lines().iter().map(|line| (line.code().to_string(), line.quantity())).collect();
    (lines, quote.total().cents())
}

#[test]
fn the_quote_counts_rows_conditions_and_counts() {
    let line = |code: &str, quantity| (code.to_owned(), quantity);
    assert_eq!(priced(&with(&[])), (vec![line("location", 2), line("special-consent", 1)], 2 * 4_500 + 1_500));
    let all = with(&[
        ("/basis.kind", json!("state_subpoena")),
        ("/basis.subpoena", json!("provider")),
        ("/delivery.level", json!("rush")),
        ("/delivery.form", json!("paper")),
        ("/delivery.copy_sets", json!(3)),
        ("/delivery.searchable", json!(true)),
    ]);
    let total = 2 * 4_500 + 1_500 + 6_500 + 2 * 2_500 + 3 * 3_500 + 3_000;
    assert_eq!(priced(&all).1, total);
    // A subpoena that was chosen and is not asked for any more costs nothing; nor do sets of paper that is not wanted.
    let hidden = with(&[("/basis.subpoena", json!("provider")), ("/delivery.copy_sets", json!(3))]);
    assert_eq!(priced(&hidden), priced(&with(&[])));
    assert_eq!(priced(&Fields::default()), (vec![], 0));
}
