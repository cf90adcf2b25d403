//! The services that are built in: what they share, a complete order for each, and an empty one.

use std::collections::BTreeSet;
use std::path::Path;

use satchel_order::catalogue::{
    Definition, FieldId, File, Kind, ROWS, Requirement, Section, Source, built_in, service_files, shared_files,
};
use satchel_order::document::Fields;
use satchel_order::{counted, is_masked, quote, validate, warnings};
use serde::Deserialize;

use crate::filler;

/// Records retrieval as the first orders pin it.
const RECORDS_1: &str = include_str!("../fixtures/records-retrieval-1.toml");

/// A complete order, and what it costs.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sample {
    answers: Fields,
    quote: Vec<(String, u32)>,
    total_cents: u64,
}

fn services() -> Vec<Definition> {
    built_in().expect("the built-in definitions are right")
}

fn folder(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn sample(definition: &Definition) -> Sample {
    let name = format!("tests/fixtures/orders/{}.json", definition.catalogue.service);
    let text = std::fs::read(folder(&name)).expect("there is an order for each service");
    serde_json::from_slice(&text).expect("the sample is of its form")
}

fn named(definition: &Definition, fields: &Fields) -> Vec<String> {
    let service = &definition.catalogue.service;
    let problems = validate(definition, fields);
    problems.iter().map(|problem| format!("{service}: {}: {}", problem.path, problem.fault)).collect()
}

#[test]
fn records_retrieval_is_what_orders_have_pinned() {
    let pinned = Definition::read(RECORDS_1).expect("the first version is right");
    // Which rules about dates answers feed is no part of what they mean: law changes under orders that are there.
    let now = Definition { deadlines: Vec::new(), ..services()[0].clone() };
    assert_eq!(now, pinned, "what is in version 1 never changes: raise the version instead");
}

#[test]
fn every_file_of_the_catalogue_is_offered_and_named_as_its_service() {
    let files = std::fs::read_dir(folder("catalogue")).expect("there is a catalogue");
    let there: BTreeSet<_> = files
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| Path::new(name).extension().is_some_and(|extension| extension == "toml"))
        .collect();
    let offered: BTreeSet<_> = service_files().iter().map(|file| file.name.to_owned()).collect();
    assert_eq!(offered, there, "catalogue/services.txt names each file once");
    for (definition, file) in services().iter().zip(service_files()) {
        assert_eq!(format!("{}.toml", definition.catalogue.service), file.name);
    }
}

#[test]
fn a_definition_that_was_put_together_stands_for_itself() {
    for (file, definition) in service_files().iter().zip(services()) {
        let source = Source::assemble(*file, shared_files()).expect("what it uses is there");
        assert_eq!(Definition::read(source.text()).expect("it reads alone"), definition, "{}", file.name);
        assert!(!source.text().lines().any(|line| line.trim_start().starts_with("use ")), "{}", file.name);
    }
}

#[test]
fn every_service_begins_with_who_orders_and_ends_with_instructions() {
    for definition in services() {
        let ids: Vec<_> = definition.sections.iter().map(|section| section.id.as_str()).collect();
        assert_eq!((ids.first(), ids.last()), (Some(&"customer"), Some(&"instructions")), "{}", definition.name);
        assert!(definition.section("references").is_some() && definition.section("case").is_some());
        assert!(definition.list.subject.is_some() && definition.list.due.is_some(), "{}", definition.name);
        assert!(definition.list.client_matter.is_some() && definition.caption.plaintiff.is_some());
        for section in &definition.sections {
            assert!(!section.summary.is_empty(), "{}: {} folds to something", definition.name, section.title);
        }
    }
}

#[test]
fn a_complete_order_of_each_service_has_no_fault_and_its_price() {
    for definition in services() {
        let sample = sample(&definition);
        assert_eq!(named(&definition, &sample.answers), Vec::<String>::new());
        assert_eq!(warnings(&definition, &sample.answers), [], "{}", definition.name);
        assert_eq!(counted(&definition, &sample.answers), sample.answers, "{}: all of it is asked", definition.name);
        let priced = quote(&definition, &sample.answers).expect("it can be priced");
        let lines: Vec<_> = priced.lines().iter().map(|line| (line.code().to_string(), line.quantity())).collect();
        assert_eq!(lines, sample.quote, "{}", definition.name);
        assert_eq!(priced.total().cents(), sample.total_cents, "{}", definition.name);
    }
}

#[test]
fn an_empty_order_of_each_service_names_every_field_that_is_required() {
    for definition in services() {
        let of_section = |section: &Section| -> Vec<String> {
            if let Some(repeats) = &section.repeats {
                let needed = repeats.rows_min > 0;
                return needed.then(|| format!("{}.{ROWS}", section.id)).into_iter().collect();
            }
            let required = |field: &&_| is_always_asked(field);
            section.fields.iter().filter(required).map(|field| format!("{}.{}", section.id, field.id)).collect()
        };
        let expected: Vec<_> = definition.sections.iter().flat_map(of_section).collect();
        let problems = validate(&definition, &Fields::default());
        let missing: Vec<_> = problems.iter().map(|problem| problem.path.to_string()).collect();
        assert_eq!(missing, expected, "{}", definition.name);
        assert!(missing.len() >= 10, "{}", definition.name);
    }
}

fn is_always_asked(field: &satchel_order::catalogue::Field) -> bool {
    field.requirement == Requirement::Always && field.shown_if.is_none()
}

/// Whatever is chosen, what is asked then can be answered, and no question is asked by nothing.
#[test]
fn every_question_of_each_service_is_asked_sometime_and_can_be_answered() {
    for definition in services() {
        let mut asked = BTreeSet::new();
        let mut ask = |fields: &Fields, turn: &str| {
            assert_eq!(named(&definition, fields), Vec::<String>::new(), "turn {turn}");
            quote(&definition, fields).expect("it can be priced");
            asked.extend(satchel_order::asked(&definition, fields).into_iter().map(|asked| asked.path.field));
            asked.clone()
        };
        let mut so_far = BTreeSet::new();
        for turn in 0..filler::TURNS {
            so_far = ask(&filler::fill(&definition, turn), &turn.to_string());
        }
        for section in &definition.sections {
            for id in section.fields.iter().map(|field| FieldId::new(&section.id, &field.id)) {
                if !so_far.contains(&id) {
                    so_far = ask(&filler::fill_until_asked(&definition, &id), &id.to_string());
                }
                assert!(so_far.contains(&id), "{}: {id} is never asked", definition.name);
            }
        }
    }
}

#[test]
fn what_people_should_not_read_over_a_shoulder_is_masked() {
    for (service, expected) in [
        (
            "subpoena-preparation",
            &["birth_date", "ssn", "record_number", "address", "injury", "numbers", "address"][..],
        ),
        ("service-of-process", &["birth_date", "phone", "email", "home_address", "gate_code"]),
        ("court-filing", &[]),
        ("court-reporting", &["needs"]),
        ("messenger", &[]),
        ("copying", &["redact_list"]),
        ("skip-trace", &["birth_date", "ssn", "license", "phones", "email", "description", "address", "relatives"]),
    ] {
        let services = services();
        let found = services.iter().find(|definition| definition.catalogue.service.as_str() == service);
        let fields = found.expect(service).sections.iter().flat_map(|section| &section.fields);
        let masked: Vec<_> = fields.filter(|field| is_masked(field)).map(|field| field.id.as_str()).collect();
        assert_eq!(masked, expected, "{service}");
    }
}

#[test]
fn a_skip_trace_is_not_ordered_without_its_attestation() {
    let services = services();
    let definition = services.iter().find(|definition| definition.catalogue.service.as_str() == "skip-trace");
    let definition = definition.expect("there is a skip trace");
    let mut answers = sample(definition).answers;
    answers.0.remove("purpose.attested");
    assert_eq!(named(definition, &answers), ["skip-trace: purpose.attested: this is needed to submit the order"]);
    answers.0.insert("purpose.attested".to_owned(), satchel_order::document::FieldValue::Flag(false));
    let refused = "skip-trace: purpose.attested: the order can be submitted only if this is agreed to";
    assert_eq!(named(definition, &answers), [refused]);
    let field = definition.sections.iter().flat_map(|section| &section.fields).find(|field| field.id == "attested");
    let Some(Kind::Attestation { statement }) = field.map(|field| &field.kind) else { panic!("it is an attestation") };
    for law in ["15 U.S.C. § 6802(e)", "18 U.S.C. § 2721(b)", "15 U.S.C. § 1681b"] {
        assert!(statement.contains(law), "{law}");
    }
}

/// Where nothing can be served or handed over, somebody is told; where it is only mailed, nobody.
#[test]
fn a_po_box_is_no_place_to_serve_or_deliver() {
    for (service, rows, row, part) in [
        ("service-of-process", "addresses.rows", 1, "home_address"),
        ("service-of-process", "addresses.rows", 0, "address"),
        ("subpoena-preparation", "custodians.rows", 0, "address"),
        ("messenger", "legs.rows", 0, "to_address"),
    ] {
        let services = services();
        let found = services.iter().find(|definition| definition.catalogue.service.as_str() == service);
        let definition = found.expect(service);
        let mut answers = serde_json::to_value(sample(definition).answers).expect("answers");
        answers[rows][row][part]["line1"] = "PO Box 2280".into();
        let fields: Fields = serde_json::from_value(answers).expect("answers");
        let told: Vec<_> = warnings(definition, &fields).iter().map(|told| told.path.to_string()).collect();
        assert_eq!(told, [format!("{rows}[{row}].{part}.line1")], "{service}");
    }
}

const ALONE: File<'static> = File {
    name: "notary.toml",
    text: "service = \"notary\"\nversion = 1\nname = \"Notary\"\nsummary = \"A notary\"\n\n[[section]]\nuse = \"who\"\n",
};

#[test]
fn what_is_wrong_is_told_with_the_file_and_the_line_that_it_is_in() {
    let read = |service: &str, who: &str| {
        let shared = [File { name: "who.toml", text: who }];
        let source = Source::assemble(File { name: "notary.toml", text: service }, &shared);
        source.and_then(|source| source.read()).map_err(|error| error.to_string())
    };
    let who =
        "# Who.\nid = \"who\"\ntitle = \"Who\"\n[[section.field]]\nid = \"name\"\nlabel = \"N\"\nkind = \"text\"\n";
    assert!(read(ALONE.text, who).is_ok());
    // A service adds fields of its own behind those that it uses.
    let more = format!("{}[[section.field]]\nid = \"age\"\nlabel = \"A\"\nkind = \"count\"\n", ALONE.text);
    assert_eq!(read(&more, who).map(|read| read.sections[0].fields.len()), Ok(2));
    for (service, who, told) in [
        (ALONE.text.to_owned(), who.replace("\"text\"", "\"word\""), "shared/who.toml, line 7: `word` is no kind"),
        (
            ALONE.text.to_owned(),
            "id = \"who\"\nuse = \"what\"\n".to_owned(),
            "shared/who.toml, line 2: unknown field `use`",
        ),
        (
            ALONE.text.replace("\"who\"", "\"whom\""),
            who.to_owned(),
            "notary.toml, line 7: there is no shared/whom.toml",
        ),
        (more.replace("\"count\"", "\"counts\""), who.to_owned(), "notary.toml, line 11: `counts` is no kind"),
        (more.replace("\"age\"", "\"name\""), who.to_owned(), "notary.toml, line 9: the id `name` is there already"),
        (ALONE.text.replace("use = \"who\"", "use = 3"), who.to_owned(), "notary.toml, line 7: unknown field `use`"),
        (ALONE.text.to_owned(), String::new(), "missing field"),
    ] {
        let error = read(&service, &who).expect_err(told);
        assert!(error.contains(told), "{error} is not {told}");
    }
    // A definition that came from elsewhere uses nothing: it is whole.
    assert!(Definition::read(ALONE.text).expect_err("it is not whole").reason.contains("unknown field `use`"));
}
