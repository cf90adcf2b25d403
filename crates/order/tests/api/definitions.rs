//! Definitions that are built in read; wrong ones are refused with line and reason.

use satchel_order::catalogue::{Definition, FieldId, Kind, built_in};

const MESSENGER: &str = include_str!("../fixtures/messenger.toml");

#[test]
fn every_built_in_definition_reads_and_names_its_own_service() {
    let definitions = built_in().expect("the built-in definitions are right");
    let services: Vec<_> = definitions.iter().map(|definition| definition.catalogue.service.as_str()).collect();
    let listed = include_str!("../../catalogue/services.txt").lines().filter(|line| !line.starts_with('#'));
    let offered: Vec<_> = listed.collect();
    assert!(offered.len() >= 8, "eight services are promised");
    assert_eq!(services, offered);
}

#[test]
fn records_retrieval_asks_what_a_custodian_needs() {
    let definitions = built_in().expect("the built-in definitions are right");
    let records = &definitions[0];
    for (field, sensitive) in [
        ("subject.ssn", true),
        ("subject.birth_date", true),
        ("subject.record_number", true),
        ("subject.name", false),
        ("locations.custodian", false),
        ("basis.kind", false),
    ] {
        let (section, name) = field.split_once('.').expect("two parts");
        let found = records.field(&FieldId::new(section, name)).unwrap_or_else(|| panic!("{field} is asked"));
        assert_eq!(satchel_order::is_masked(found), sensitive, "{field}");
    }
    let consent = records.field(&FieldId::new("locations", "special_consent")).expect("it is asked");
    assert_eq!(consent.kind, Kind::YesNo);
}

#[test]
fn a_second_service_needs_no_rust() {
    let messenger = Definition::read(MESSENGER).expect("the fixture is right");
    assert_eq!((messenger.catalogue.service.as_str(), messenger.version().get()), ("messenger", 2));
    assert!(messenger.section("legs").is_some_and(|legs| legs.repeats.is_some()));
}

/// So many fields, each shown only if the one before it is answered with yes.
fn chained(fields: usize) -> String {
    let mut text =
        "service = \"long\"\nversion = 1\nname = \"Long\"\nsummary = \"\"\n[[section]]\nid = \"s\"\ntitle = \"S\"\n"
            .to_owned();
    for n in 0..fields {
        text.push_str(&format!(
            "[[section.field]]\nid = \"f{n}\"\nlabel = \"F\"\nkind = \"yes-no\"\nrequired = true\n"
        ));
        if n > 0 {
            text.push_str(&format!("shown-if = {{ field = \"f{}\", is = [\"yes\"] }}\n", n - 1));
        }
    }
    text
}

#[test]
fn fields_and_conditions_stop_at_their_limits() {
    let longest = Definition::read(&chained(9)).expect("eight conditions, one on the next");
    let answers = (0..9).map(|n| (format!("s.f{n}"), satchel_order::document::FieldValue::Flag(true)));
    let fields = satchel_order::document::Fields(answers.collect());
    assert_eq!(satchel_order::validate(&longest, &fields), []);
    let error = Definition::read(&chained(10)).expect_err("one more condition");
    assert!(error.reason.contains("more than 8 conditions"), "{error}");
    let error = Definition::read(&chained(1_001)).expect_err("too many fields");
    assert!(error.reason.contains("at most 1000 fields"), "{error}");
}

#[test]
fn a_wrong_definition_is_refused_with_line_and_reason() {
    for (right, wrong, line, reason) in [
        ("service = \"messenger\"", "service = \"Messenger!\"", 1, "a code has"),
        ("version = 2", "version = 0", 2, "nonzero"),
        ("version = 2", "version = 2\nprize = 3", 3, "unknown field `prize`"),
        ("kind = \"yes-no\"", "kind = \"maybe\"", 6, "`maybe` is no kind of field"),
        ("kind = \"yes-no\"", "kind = \"choice\"", 6, "a choice has options"),
        ("kind = \"yes-no\"", "kind = \"yes-no\", options = []", 6, "only a choice has options"),
        ("id = \"pieces\"", "id = \"to\"", 8, "the id `to` is there already"),
        ("id = \"pieces\"", "id = \"Pieces\"", 8, "is no id"),
        ("id = \"legs\", title", "id = \"run\", title", 7, "the id `run` is there already"),
        ("min = 1, max = 3", "min = 4, max = 3", 7, "repeats from `min` to `max`"),
        ("min = 1, max = 3", "min = 0, max = 1001", 7, "repeats from `min` to `max`"),
        ("rows-of = \"legs\"", "rows-of = \"run\"", 10, "`run` is no section that repeats"),
        ("rows-of = \"legs\"", "count-of = \"legs.pieces\"", 10, "`legs.pieces` is no field of kind count"),
        ("rows-of = \"legs\"", "rows-of = \"legs\", count-of = \"x.y\"", 10, "not both"),
        ("unit-cents = 3800", "unit-cents = -1", 10, "invalid value"),
        (
            "required = true }] },\n  { id = \"legs\"",
            "shown-if = { field = \"run.gone\", is = [\"yes\"] } }] },\n  { id = \"legs\"",
            6,
            "there is no field `run.gone`",
        ),
        (
            "required = true }] },\n  { id = \"legs\"",
            "shown-if = { field = \"round_trip\", is = [\"yes\"] } }] },\n  { id = \"legs\"",
            6,
            "does not stand before",
        ),
        (
            "kind = \"count\"",
            "kind = \"count\", shown-if = { field = \"run.round_trip\", is = [\"perhaps\"] }",
            8,
            "`perhaps` is no answer",
        ),
        (
            "kind = \"count\"",
            "kind = \"count\", shown-if = { field = \"run.round_trip\", is = [] }",
            8,
            "at least one answer",
        ),
        ("rows-of = \"legs\"", "when = { field = \"legs.pieces\", is = [\"yes\"] }", 10, "outside of its rows"),
    ] {
        assert!(MESSENGER.contains(right), "{right}");
        let error = Definition::read(&MESSENGER.replacen(right, wrong, 1)).expect_err(wrong);
        assert!(error.reason.contains(reason), "{wrong}: {error}");
        assert_eq!(error.line, line, "{wrong}: {error}");
    }
}
