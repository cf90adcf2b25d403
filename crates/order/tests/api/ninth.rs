//! Adds a ninth service: the example of docs/CATALOGUE.md, as it stands there.

use satchel_order::catalogue::{Definition, FieldId, File, Source, built_in, shared_files};
use satchel_order::document::{FieldValue, Fields, OrderDocument};
use satchel_order::entry::{Entry, take};
use satchel_order::search::{Query, SearchText};
use satchel_order::{asked, counted, folded, quote, summary, validate, warnings};
use serde_json::json;

use crate::filler;

const PAGE: &str = include_str!("../../../../docs/CATALOGUE.md");

/// Returns the service that the page shows.
fn ninth() -> Definition {
    let (_, rest) = PAGE.split_once("```toml\n").expect("the page has an example");
    let (text, rest) = rest.split_once("```\n").expect("the example ends");
    assert!(!rest.contains("```toml"), "the page has one example, which is the one that is tried");
    let file = File { name: "mobile-notary.toml", text };
    Source::assemble(file, shared_files()).and_then(|source| source.read()).expect("the example is right")
}

fn complete() -> Fields {
    let address = json!({"line1": "611 Harbor Road", "city": "Long Beach", "state": "CA", "zip": "90802"});
    let answers = json!({
        "customer.person": "Dana Whitfield", "customer.email": "dana@hartwell-ames.example",
        "customer.attorney": "Ruth Ames", "customer.represents": "Plaintiff",
        "case.plaintiff": "Maria Delgado", "case.defendant": "Northline Freight, Inc.", "case.filed": false,
        "references.client_matter": "10452-003", "references.bill_to": "firm",
        "appointment.what": "Verification of answers", "appointment.notarial_act": "jurat",
        "appointment.date": "2026-12-21", "appointment.time": "14:30", "appointment.zone": "pacific",
        "appointment.address": address, "appointment.willing": true,
        "signers.rows": [{"name": "Maria Delgado", "identification": "license"},
            {"name": "Luis Delgado", "identification": "witnesses", "witnesses": "Ana Roe and Bo Lund"}],
    });
    serde_json::from_value(answers).expect("fields")
}

#[test]
fn its_form_asks_what_the_page_says() {
    let service = ninth();
    assert!(built_in().expect("definitions").iter().all(|other| other.catalogue != service.catalogue), "it is a ninth");
    let titles: Vec<_> = service.sections.iter().map(|section| section.title.as_str()).collect();
    assert_eq!(titles, ["Ordering", "Case", "References", "Appointment", "Signers", "Instructions"]);
    let missing: Vec<_> = validate(&service, &Fields::default()).iter().map(|p| p.path.to_string()).collect();
    let own: Vec<_> =
        missing.iter().filter(|path| path.starts_with("appointment") || path.starts_with("signers")).collect();
    assert_eq!(
        own,
        [
            "appointment.what",
            "appointment.notarial_act",
            "appointment.date",
            "appointment.time",
            "appointment.zone",
            "appointment.address",
            "appointment.willing",
            "signers.rows",
        ]
    );
    for turn in 0..filler::TURNS {
        assert_eq!(validate(&service, &filler::fill(&service, turn)), [], "turn {turn}");
    }
}

#[test]
fn what_is_typed_into_it_becomes_answers() {
    let service = ninth();
    let today = jiff::civil::date(2026, 11, 27);
    let taken = |field: &str, entry: Entry| {
        let field = service.field(&FieldId::new("appointment", field)).expect("it is a field");
        take(&field.kind, entry, today).expect("it is taken").value
    };
    let typed = |text: &str| Entry::Text(text.to_owned());
    assert_eq!(taken("time", typed("2:30 pm")), Some(FieldValue::Text("14:30".to_owned())));
    assert_eq!(taken("date", typed("12/21")), Some(FieldValue::Text("2026-12-21".to_owned())));
    assert_eq!(taken("willing", Entry::Flag(Some(true))), Some(FieldValue::Flag(true)));
    assert_eq!(taken("zone", typed("mountain")), Some(FieldValue::Text("mountain".to_owned())));
}

#[test]
fn a_complete_order_of_it_is_right_and_a_wrong_one_is_named() {
    let service = ninth();
    assert_eq!(validate(&service, &complete()), []);
    let mut wrong = complete();
    wrong.0.insert("appointment.time".to_owned(), FieldValue::Text("after lunch".to_owned()));
    let told: Vec<_> = validate(&service, &wrong).iter().map(|problem| problem.fault.code()).collect();
    assert_eq!(told, ["not-a-time"]);
    let mut boxed = complete();
    if let Some(FieldValue::Composed(parts)) = boxed.0.get_mut("appointment.address") {
        parts.insert("line1".to_owned(), "PO Box 9".to_owned());
    }
    assert_eq!(warnings(&service, &boxed).len(), 1);
}

#[test]
fn it_is_quoted_listed_and_found() {
    let service = ninth();
    let quote = quote(&service, &complete()).expect("it can be priced");
    let lines: Vec<_> = quote.lines().iter().map(|line| (line.code().as_str(), line.quantity())).collect();
    assert_eq!((lines, quote.total().cents()), (vec![("visit", 1), ("signature", 2)], 7_500 + 2 * 1_500));
    let about = summary(&service, &complete());
    assert_eq!(about.caption.line(), "Maria Delgado v. Northline Freight, Inc.");
    assert_eq!(about.subject.as_deref(), Some("Verification of answers"));
    let section = service.section("appointment").expect("it is there");
    assert_eq!(folded(&service, section, None, &complete()), "Verification of answers · Mon Dec 21, 2026 · 2:30 PM");
    let text = SearchText::of(&service, &complete()).into_string();
    assert!(Query::parse("verification lund").finds(text.as_bytes(), b""));
    // Times and agreements are no words to find an order by.
    for word in ["agreed", "14", "willing"] {
        assert!(!Query::parse(word).finds(text.as_bytes(), b""), "{word}");
    }
}

#[test]
fn it_is_frozen_as_a_document_like_any_other() {
    let service = ninth();
    let vectors: serde_json::Value =
        serde_json::from_str(include_str!("../../../../tests/vectors/statements.json")).expect("vectors");
    let good = |vector: &&serde_json::Value| vector["kind"] == "order" && vector["refused"].is_null();
    let vector = vectors["documents"].as_array().and_then(|all| all.iter().find(good)).expect("an order");
    let payload = vector["payload"].as_str().expect("a payload");
    let mut document = OrderDocument::from_payload(payload.as_bytes()).expect("a document");
    document.catalogue = service.catalogue.clone();
    document.fields = counted(&service, &complete());
    document.quote = quote(&service, &complete()).expect("it can be priced");
    let read = OrderDocument::from_payload(&document.to_payload().expect("it is written")).expect("it reads");
    assert_eq!((read.fields, read.catalogue), (complete(), service.catalogue.clone()));
    assert_eq!(asked(&service, &complete()).len(), asked(&service, &document.fields).len());
}
