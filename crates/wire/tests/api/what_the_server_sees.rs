//! docs/WHAT-THE-SERVER-SEES.md against the types: nothing crosses that the table does not list, and what it lists has the
//! form that it says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use satchel_wire::Route;
use serde_json::{Value, json};

use crate::samples::{self, Sample};

/// What nobody but the firm and the operators may read.
const MARKER: &str = "Maria Delgado, SSN 000-12-3456";

/// The forms that a text can have, of which only a label takes a text of somebody's choice.
const FORMS: &[&str] = &[
    "number",
    "time",
    "id",
    "hash",
    "key",
    "code",
    "choice",
    "blob name",
    "statement",
    "wrapped key",
    "sealed bytes",
    "ticket",
    "address",
    "container",
    "storage's word",
    "order number",
    "label",
    "own sentence",
];

/// The table: the form of every member by its way from its type.
fn table() -> BTreeMap<String, String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/WHAT-THE-SERVER-SEES.md");
    let text = std::fs::read_to_string(path).expect("the document");
    let mut rows = BTreeMap::new();
    for line in text.lines().filter(|line| line.starts_with("| `")) {
        let mut cells = line.trim_matches('|').split('|').map(str::trim);
        let (Some(member), Some(form), Some(_)) = (cells.next(), cells.next(), cells.next()) else {
            panic!("a row has three cells: {line}");
        };
        assert!(FORMS.contains(&form), "no such form: {form}");
        assert!(rows.insert(member.trim_matches('`').to_owned(), form.to_owned()).is_none(), "{member} stands twice");
    }
    rows
}

/// Every leaf of a value: its way in the table's notation, its way as a pointer. A public key is one leaf.
fn leaves(value: &Value, member: &str, pointer: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) if members.contains_key("kty") => {
            found.push((member.to_owned(), pointer.to_owned()));
        }
        Value::Object(members) => {
            for (name, inner) in members {
                leaves(inner, &format!("{member}.{name}"), &format!("{pointer}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (n, inner) in items.iter().enumerate() {
                leaves(inner, &format!("{member}[]"), &format!("{pointer}/{n}"), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            found.push((member.to_owned(), pointer.to_owned()));
        }
    }
}

fn leaves_of(sample: &Sample, value: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    leaves(value, sample.name, "", &mut found);
    found
}

#[test]
fn the_table_lists_what_crosses_and_nothing_else() {
    let mut crosses = BTreeSet::new();
    for sample in samples::all() {
        for value in &sample.values {
            crosses.extend(leaves_of(&sample, value).into_iter().map(|(member, _)| member));
        }
    }
    let listed: BTreeSet<String> = table().into_keys().collect();
    let unlisted: Vec<_> = crosses.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&crosses).collect();
    assert!(unlisted.is_empty() && gone.is_empty(), "not in the table: {unlisted:#?}, only in the table: {gone:#?}");
}

#[test]
fn only_labels_take_a_text_of_somebodys_choice() {
    let table = table();
    let mut tried = BTreeSet::new();
    for sample in samples::all() {
        let leaves =
            sample.values.iter().flat_map(|value| leaves_of(&sample, value).into_iter().map(move |leaf| (value, leaf)));
        for (value, (member, pointer)) in leaves {
            let mut marked = value.clone();
            *marked.pointer_mut(&pointer).expect("it is there") = json!(MARKER);
            let taken = (sample.reads)(marked.to_string().as_bytes());
            let form = table.get(&member).map(String::as_str);
            assert_eq!(taken, matches!(form, Some("label" | "own sentence")), "{member}, {form:?}");
            tried.insert(member);
        }
    }
    assert_eq!(tried.len(), table.len(), "each row was tried");
}

/// The form of a row is not a matter of taste: numbers and times are numbers, everything else is a text.
#[test]
fn numbers_are_numbers() {
    let table = table();
    for sample in samples::all() {
        for value in &sample.values {
            for (member, pointer) in leaves_of(&sample, value) {
                let leaf = value.pointer(&pointer).expect("it is there");
                let number = matches!(table.get(&member).map(String::as_str), Some("number" | "time"));
                assert!(leaf.is_null() || leaf.is_number() == number, "{member}: {leaf}");
            }
        }
    }
}

/// What a client firm's own words can reach is this one member; the other labels are the provider's.
#[test]
fn the_firms_only_label_is_the_client_matter() {
    let labels: Vec<String> =
        table().into_iter().filter(|(_, form)| form == "label").map(|(member, _)| member).collect();
    let expected = ["Bundle.firmName", "Bundle.operators[].name", "Bundle.provider", "Manifest.clientMatter"];
    assert_eq!(labels, expected);
}

/// A new route does not compile here until its bodies are named, and fails until they are in the table.
#[test]
fn the_bodies_of_every_route_are_in_the_table() {
    let table = table();
    for route in Route::ALL {
        let bodies: &[&str] = match route {
            Route::Bundle => &["BundleAnswer"],
            Route::NewestRoster | Route::Roster => &["RosterAnswer"],
            Route::PutRoster => &["RosterRequest"],
            Route::WorkspaceKey => &["WorkspaceKeyAnswer"],
            Route::PutWorkspaceKey => &["WorkspaceKeyRequest"],
            Route::Tickets => &["TicketsRequest", "TicketsAnswer"],
            Route::Commit => &["CommitRequest", "CommitAnswer"],
            Route::Order => &["OrderAnswer"],
            Route::Log => &["LogAnswer"],
            Route::Returned => &["ReturnedAnswer"],
            Route::Checkout => &["CheckoutAnswer"],
            Route::Feed => &["FeedAnswer"],
        };
        for body in bodies {
            assert!(table.keys().any(|member| member.starts_with(&format!("{body}."))), "{body} of {route:?}");
        }
    }
}
