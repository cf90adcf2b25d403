//! What lists, headings and the list of what is left to do say of an order.

use jiff::civil::date;
use satchel_order::catalogue::{Definition, FieldId, built_in};
use satchel_order::document::Fields;
use satchel_order::{
    Caption, Fault, FieldPath, Part, Problem, Severity, asked, folded, row_title, summary, to_finish, validate,
    warnings,
};
use serde_json::{Value, json};

fn records() -> Definition {
    built_in().expect("the built-in definitions are right").remove(0)
}

fn fields(json: Value) -> Fields {
    serde_json::from_value(json).expect("fields")
}

#[test]
fn a_summary_says_the_case_the_subject_and_when_it_is_due() {
    let filled = fields(json!({
        "case.plaintiff": " Maria Delgado ",
        "case.defendant": "Northline Freight, Inc.",
        "case.filed": true,
        "case.court": "Superior Court of the State of California",
        "case.county": "Los Angeles",
        "case.branch": "Central District",
        "case.number": "26STCV04417",
        "case.department": "32",
        "case.judge": "Hon. R. Calder",
        "case.trial_date": "2027-03-15",
        "subject.name": "Maria Elena Delgado",
        "subject.birth_date": "1984-03-09",
        "references.client_matter": "10452-003",
        "delivery.needed_by": "2027-01-04",
    }));
    let said = summary(&records(), &filled);
    assert_eq!(said.caption.line(), "Maria Delgado v. Northline Freight, Inc.");
    assert_eq!(said.caption.court.as_deref(), Some("Superior Court of the State of California"));
    assert_eq!(said.caption.county.as_deref(), Some("Los Angeles"));
    assert_eq!(said.caption.branch.as_deref(), Some("Central District"));
    assert_eq!(said.caption.number.as_deref(), Some("26STCV04417"));
    assert_eq!(said.caption.department.as_deref(), Some("32"));
    assert_eq!(said.caption.judge.as_deref(), Some("Hon. R. Calder"));
    assert_eq!(said.caption.trial_date, Some(date(2027, 3, 15)));
    assert_eq!(said.subject.as_deref(), Some("Maria Elena Delgado"));
    assert_eq!(said.client_matter.as_deref(), Some("10452-003"));
    assert_eq!(said.due, Some(date(2027, 1, 4)));
    let printed = format!("{said:?}");
    assert!(!printed.contains("Delgado") && !printed.contains("26STCV04417"), "{printed} names people");
}

#[test]
fn a_summary_leaves_out_what_is_missing_wrong_or_not_asked() {
    let said = |json: Value| summary(&records(), &fields(json));
    assert_eq!(said(json!({})), satchel_order::Summary::default());
    assert_eq!(said(json!({})).caption.line(), "");
    assert_eq!(said(json!({"case.plaintiff": "Maria Delgado", "case.defendant": " "})).caption.line(), "Maria Delgado");
    assert_eq!(said(json!({"case.defendant": "Northline"})).caption.line(), "Northline");
    assert_eq!(said(json!({"delivery.needed_by": "soon"})).due, None);
    let unfiled = json!({"case.number": "26STCV04417", "case.trial_date": "2027-03-15", "case.filed": false});
    assert_eq!(said(unfiled).caption, Caption::default(), "a case that is not filed has no number");
    assert_eq!(said(json!({"case.plaintiff": true, "references.client_matter": 5})), satchel_order::Summary::default());
}

#[test]
fn a_choice_stands_in_a_caption_by_its_label() {
    let text = "service = \"s\"\nversion = 1\nname = \"s\"\nsummary = \"s\"\n[caption]\ncourt = \"c.court\"\n\
                [[section]]\nid = \"c\"\ntitle = \"C\"\n\
                field = [{ id = \"court\", label = \"C\", kind = \"choice\", options = [{ id = \"la\", label = \"Los Angeles Superior\" }] }]\n";
    let definition = Definition::read(text).expect("it reads");
    let said = summary(&definition, &fields(json!({"c.court": "la"})));
    assert_eq!(said.caption.court.as_deref(), Some("Los Angeles Superior"));
}

/// A row whose answers are these.
fn with_row(row: Value) -> Fields {
    fields(json!({"basis.kind": "state_subpoena", "locations.rows": [{"custodian": "St. Brigid"}, row]}))
}

#[test]
fn what_is_left_to_do_is_named_by_field_and_row() {
    let records = records();
    let named = |section: &str, field: &str, row, part, fault, fields: &Fields| {
        let path = FieldPath { field: FieldId::new(section, field), row, part };
        to_finish(&records, &Problem { path, fault }, fields)
    };
    let lakeshore = with_row(json!({"custodian": " Lakeshore Imaging "}));
    let nameless = with_row(json!({"department": "Films", "custodian": "  "}));
    let missing = |field: &str, part, fields: &Fields| named("locations", field, Some(1), part, Fault::Missing, fields);
    assert_eq!(missing("phone", None, &lakeshore), "Phone of Lakeshore Imaging");
    assert_eq!(missing("address", Some(Part::Zip), &lakeshore), "ZIP of Lakeshore Imaging");
    assert_eq!(missing("phone", None, &nameless), "Phone of location 2");
    assert_eq!(missing("phone", None, &Fields::default()), "Phone of location 2");
    let order = |section: &str, field: &str, part, fault| named(section, field, None, part, fault, &lakeshore);
    assert_eq!(order("subject", "birth_date", None, Fault::Missing), "Date of birth");
    assert_eq!(order("basis", "production_date", None, Fault::NotADate), "Production date");
    assert_eq!(order("references", "bill_address", Some(Part::City), Fault::Missing), "City of billing address");
    let rows = |fault| order("locations", "rows", None, fault);
    let few = |rows_min| Fault::TooFewRows { item: "location".to_owned(), rows_min };
    assert_eq!(rows(few(1)), "At least one location");
    assert_eq!(rows(few(2)), "At least 2 in Locations");
    assert_eq!(rows(Fault::TooManyRows { item: "location".to_owned(), rows_max: 200 }), "At most 200 in Locations");
    assert_eq!(rows(Fault::WrongShape), "Locations");
    assert_eq!(
        order("subject", "shoe_size", None, Fault::Unknown),
        "An answer under Subject that the form does not ask"
    );
    assert_eq!(order("gone", "field", None, Fault::Unknown), "An answer under gone that the form does not ask");
    let all: Vec<_> =
        validate(&records, &lakeshore).iter().map(|problem| to_finish(&records, problem, &lakeshore)).collect();
    assert!(all.contains(&"Address of Lakeshore Imaging".to_owned()), "{all:?}");
}

#[test]
fn a_row_is_never_called_by_a_sensitive_answer() {
    let text = "service = \"s\"\nversion = 1\nname = \"s\"\nsummary = \"s\"\n[[section]]\nid = \"p\"\ntitle = \"P\"\n\
                repeats = { item = \"person\", min = 0, max = 9 }\n\
                field = [{ id = \"born\", label = \"B\", kind = \"date\" }, \
                { id = \"code\", label = \"C\", kind = \"text\", sensitive = true }, { id = \"name\", label = \"N\", kind = \"text\" }]\n";
    let definition = Definition::read(text).expect("it reads");
    let section = definition.section("p").expect("it is there");
    let row = |json: Value| serde_json::from_value(json).expect("a row");
    assert_eq!(
        row_title(section, &row(json!({"code": "88123482", "born": "1984-03-09", "name": "Delgado"}))),
        Some("Delgado")
    );
    assert_eq!(row_title(section, &row(json!({"code": "88123482"}))), None);
    assert_eq!(row_title(section, &row(json!({"name": true}))), None);
}

#[test]
fn a_po_box_is_a_warning_where_somebody_is_served() {
    let address = |line: &str| json!({"line1": line, "city": "Long Beach", "state": "CA", "zip": "90801"});
    let order = |basis: &str, line: &str| {
        fields(json!({
            "basis.kind": basis,
            "references.bill_to": "other",
            "references.bill_address": address("PO Box 1"),
            "subject.address": address("PO Box 2"),
            "locations.rows": [{"custodian": "St. Brigid", "address": address("2200 Carlow Avenue")}, {"address": address(line)}],
        }))
    };
    let records = records();
    let served = order("state_subpoena", "P.O. Box 2280");
    let found = warnings(&records, &served);
    let [only] = found.as_slice() else { panic!("one warning, not {found:?}") };
    assert_eq!(only.path.to_string(), "locations.rows[1].address.line1");
    assert_eq!((only.fault.code(), only.severity()), ("po-box", Severity::Caution));
    let words = "Nothing can be served or handed over at a PO box. Add the street address, or keep it if this is only mailed there.";
    assert_eq!(only.fault.to_string(), words);
    assert_eq!(to_finish(&records, only, &served), "PO box as street address");
    assert!(
        validate(&records, &served).iter().all(|problem| problem.fault != Fault::PoBox),
        "it keeps nothing from being sent"
    );
    assert_eq!(warnings(&records, &order("hipaa", "P.O. Box 2280")), [], "nobody is served");
    assert_eq!(warnings(&records, &order("federal_subpoena", "611 Harbor Road")), []);
    assert_eq!(warnings(&records, &fields(json!({"basis.kind": "state_subpoena", "locations.rows": "x"}))), []);
    assert_eq!(
        warnings(&records, &with_row(json!({"address": "PO Box 3"}))),
        [],
        "what has another shape is wrong already"
    );
}

#[test]
fn an_address_that_is_not_asked_gets_no_warning() {
    let text = "service = \"s\"\nversion = 1\nname = \"s\"\nsummary = \"s\"\n[[section]]\nid = \"a\"\ntitle = \"A\"\n\
                field = [{ id = \"serve\", label = \"S\", kind = \"yes-no\" }, { id = \"known\", label = \"K\", kind = \"yes-no\" }, \
                { id = \"at\", label = \"A\", kind = \"address\", served-if = { field = \"serve\", is = [\"yes\"] }, \
                shown-if = { field = \"known\", is = [\"yes\"] } }]\n";
    let definition = Definition::read(text).expect("it reads");
    let found = |serve: bool, known: bool| {
        let filled = json!({"a.serve": serve, "a.known": known, "a.at": {"line1": "PO Box 4"}});
        warnings(&definition, &fields(filled)).iter().map(|warning| warning.path.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(found(true, true), ["a.at.line1"]);
    assert_eq!((found(true, false), found(false, true)), (vec![], vec![]));
}

#[test]
fn text_where_a_number_belongs_has_a_fault_of_its_own() {
    let text = "service = \"s\"\nversion = 1\nname = \"s\"\nsummary = \"s\"\n[[section]]\nid = \"m\"\ntitle = \"M\"\n\
                field = [{ id = \"fee\", label = \"F\", kind = \"money\" }, { id = \"sets\", label = \"S\", kind = \"count\" }]\n";
    let definition = Definition::read(text).expect("it reads");
    let found = |json: Value| -> Vec<Fault> {
        validate(&definition, &fields(json)).into_iter().map(|problem| problem.fault).collect()
    };
    assert_eq!(found(json!({"m.fee": "about 25", "m.sets": "a few"})), [Fault::NotAnAmount, Fault::NotANumber]);
    assert_eq!(found(json!({"m.fee": "a\nb", "m.sets": true})), [Fault::NotInert, Fault::WrongShape]);
    assert_eq!(found(json!({"m.fee": 2_500, "m.sets": 3})), []);
}

#[test]
fn a_path_tells_the_section_and_whether_it_is_all_rows() {
    let path = |field: &str, row| FieldPath { field: FieldId::new("locations", field), row, part: None };
    assert!(path("rows", None).is_rows());
    assert!(!path("phone", Some(0)).is_rows() && !path("rows", Some(0)).is_rows());
    assert_eq!(path("phone", Some(0)).section(), "locations");
}

#[test]
fn a_folded_section_and_a_folded_row_are_one_line() {
    let records = records();
    let filled = fields(json!({
        "customer.person": "Dana Whitfield",
        "customer.email": "dwhitfield@example.com",
        "customer.attorney": "Ruth Ames",
        "customer.phone": "(213) 555-0118",
        "references.client_matter": "10452-003",
        "references.bill_to": "firm",
        "references.bill_company": "not asked any more",
        "scope.certified": true,
        "locations.rows": [{"custodian": "St. Brigid", "records": ["medical", "radiology"]}],
    }));
    let line = |section: &str, row| folded(&records, records.section(section).expect("it is there"), row, &filled);
    assert_eq!(line("customer", None), "Dana Whitfield · dwhitfield@example.com · Ruth Ames");
    assert_eq!(line("references", None), "10452-003 · This firm");
    assert_eq!(line("scope", None), "Certified copies: Yes");
    assert_eq!(line("locations", Some(0)), "Medical, Radiology and films");
    assert_eq!(line("locations", Some(1)), "");
    assert_eq!(line("delivery", None), "");
}

#[test]
fn what_is_asked_follows_the_answers() {
    let records = records();
    let of = |json: Value, name: &str| {
        let asked = asked(&records, &fields(json));
        asked.iter().find(|asked| asked.path.to_string() == name).map(|asked| asked.required)
    };
    assert_eq!(of(json!({}), "case.plaintiff"), Some(true));
    assert_eq!(of(json!({}), "subject.aka"), Some(false));
    assert_eq!(of(json!({}), "case.number"), None, "not before the case is said to be filed");
    assert_eq!(of(json!({"case.filed": true}), "case.number"), Some(true));
    assert_eq!(of(json!({}), "locations.rows[0].phone"), None, "there is no row");
    let rows = json!({"locations.rows": [{"records": ["medical"]}, {"records": ["hiv"]}]});
    assert_eq!(of(rows.clone(), "locations.rows[0].special_consent"), None);
    assert_eq!(of(rows.clone(), "locations.rows[1].special_consent"), Some(true));
    assert_eq!(of(rows, "locations.rows[1].fax"), Some(false));
    // Whatever is missing was asked for.
    let empty = Fields::default();
    let needed: Vec<_> =
        asked(&records, &empty).into_iter().filter(|asked| asked.required).map(|asked| asked.path).collect();
    let missing = validate(&records, &empty).into_iter().filter(|problem| problem.fault == Fault::Missing);
    assert_eq!(needed, missing.map(|problem| problem.path).collect::<Vec<_>>());
}
