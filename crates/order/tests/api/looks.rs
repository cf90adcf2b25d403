//! How a form looks, and what stands for it outside of it, is said in the definition; wrong words are refused.

use satchel_order::catalogue::{ChoiceStyle, Definition, FieldId, Kind, Looks, Width, built_in};
use satchel_order::is_masked;

/// A definition with one section of these fields and one that repeats, and what stands above them.
fn text(tables: &str, section: &str, fields: &str) -> String {
    format!(
        "service = \"s\"\nversion = 1\nname = \"s\"\nsummary = \"s\"\n{tables}\n\
         [[section]]\nid = \"a\"\ntitle = \"A\"\n{section}\nfield = [{fields}]\n\
         [[section]]\nid = \"rows\"\ntitle = \"R\"\nrepeats = {{ item = \"row\", min = 0, max = 9 }}\n\
         field = [{{ id = \"name\", label = \"N\", kind = \"text\" }}]\n"
    )
}

const FIELDS: &str = "{ id = \"name\", label = \"N\", kind = \"text\" }, { id = \"other\", label = \"O\", kind = \"text\" }, \
     { id = \"day\", label = \"D\", kind = \"date\" }, { id = \"secret\", label = \"S\", kind = \"text\", sensitive = true }, \
     { id = \"ssn\", label = \"S\", kind = \"ssn\" }, { id = \"flag\", label = \"F\", kind = \"yes-no\" }, \
     { id = \"court\", label = \"C\", kind = \"choice\", options = [{ id = \"x\", label = \"X\" }] }, \
     { id = \"born\", label = \"B\", kind = \"date\", sensitive = true }";

fn read(tables: &str, section: &str) -> Result<Definition, String> {
    Definition::read(&text(tables, section, FIELDS)).map_err(|error| error.to_string())
}

fn field(field: &str) -> Result<Definition, String> {
    Definition::read(&text("", "", field)).map_err(|error| error.to_string())
}

#[track_caller]
fn refused(read: Result<Definition, String>, reason: &str) {
    let error = read.expect_err(reason);
    assert!(error.contains(reason), "{error} is not about {reason}");
}

#[test]
fn every_kind_has_a_width_and_a_choice_a_style() {
    let options = |count: usize| {
        let options: Vec<_> = (0..count).map(|n| format!("{{ id = \"o{n}\", label = \"O\" }}")).collect();
        format!("options = [{}]", options.join(", "))
    };
    for (kind, width, style) in [
        ("kind = \"text\"".to_owned(), Width::Half, None),
        ("kind = \"paragraph\"".to_owned(), Width::Full, None),
        ("kind = \"date\"".to_owned(), Width::Third, None),
        ("kind = \"email\"".to_owned(), Width::Half, None),
        ("kind = \"phone\"".to_owned(), Width::Third, None),
        ("kind = \"ssn\"".to_owned(), Width::Third, None),
        ("kind = \"money\"".to_owned(), Width::Third, None),
        ("kind = \"count\"".to_owned(), Width::Third, None),
        ("kind = \"yes-no\"".to_owned(), Width::Third, None),
        ("kind = \"time\"".to_owned(), Width::Third, None),
        ("kind = \"attestation\", statement = \"So\"".to_owned(), Width::Full, None),
        ("kind = \"address\"".to_owned(), Width::Full, None),
        (format!("kind = \"choices\", {}", options(3)), Width::Full, None),
        (format!("kind = \"choice\", {}", options(8)), Width::Full, Some(ChoiceStyle::Radio)),
        (format!("kind = \"choice\", {}", options(9)), Width::Half, Some(ChoiceStyle::Select)),
        (format!("kind = \"choice\", style = \"select\", {}", options(2)), Width::Half, Some(ChoiceStyle::Select)),
        (format!("kind = \"choice\", style = \"search\", {}", options(9)), Width::Half, Some(ChoiceStyle::Search)),
        (format!("kind = \"choice\", style = \"radio\", {}", options(9)), Width::Full, Some(ChoiceStyle::Radio)),
        ("kind = \"text\", width = \"two-thirds\"".to_owned(), Width::TwoThirds, None),
        ("kind = \"text\", width = \"full\"".to_owned(), Width::Full, None),
        ("kind = \"paragraph\", width = \"half\"".to_owned(), Width::Half, None),
        ("kind = \"paragraph\", width = \"third\"".to_owned(), Width::Third, None),
    ] {
        let definition = field(&format!("{{ id = \"f\", label = \"F\", {kind} }}")).expect("it reads");
        let found = definition.field(&FieldId::new("a", "f")).expect("it is there");
        assert_eq!((found.width, found.style), (width, style), "{kind}");
    }
    let columns = [Width::Full, Width::TwoThirds, Width::Half, Width::Third].map(Width::columns);
    assert_eq!(columns, [12, 8, 6, 4]);
}

#[test]
fn words_that_are_no_look_are_refused() {
    for (kind, reason) in [
        ("kind = \"text\", width = \"wide\"", "a width is"),
        ("kind = \"text\", width = \"\"", "a width is"),
        ("kind = \"text\", width = 12", "invalid type"),
        ("kind = \"text\", style = \"select\"", "only a choice of one option has a style"),
        ("kind = \"choices\", style = \"radio\", options = [{ id = \"x\", label = \"X\" }]", "only a choice of one"),
        (
            "kind = \"choice\", style = \"dial\", options = [{ id = \"x\", label = \"X\" }]",
            "`radio`, `select` or `search`",
        ),
        ("kind = \"date\", looks = \"up\"", "looks `ahead` or `back`"),
        ("kind = \"text\", looks = \"back\"", "only a date looks"),
        ("kind = \"text\", served-if = { field = \"f\", is = [\"yes\"] }", "only an address"),
        ("kind = \"address\", served-if = { field = \"f\", is = [\"yes\"] }", "does not stand before"),
        ("kind = \"address\", served-if = { field = \"gone.f\", is = [\"yes\"] }", "there is no field `gone.f`"),
        ("kind = \"address\", served-if = { field = \"f\", is = [] }", "at least one answer"),
        ("kind = \"attestation\"", "an attestation has the statement"),
        ("kind = \"attestation\", statement = \"\"", "one line without markup"),
        ("kind = \"attestation\", statement = \"<b>So</b>\"", "one line without markup"),
        ("kind = \"attestation\", statement = \"a\\nb\"", "one line without markup"),
        ("kind = \"yes-no\", statement = \"So\"", "only an attestation has a statement"),
        ("kind = \"text\", width = \"full\", width = \"half\"", "duplicate key"),
        ("kind = \"text\", heigth = \"full\"", "unknown field `heigth`"),
    ] {
        refused(field(&format!("{{ id = \"f\", label = \"F\", {kind} }}")), reason);
    }
    let stated = |chars: usize| {
        field(&format!(
            "{{ id = \"f\", label = \"F\", kind = \"attestation\", statement = \"{}\" }}",
            "x".repeat(chars)
        ))
    };
    assert!(stated(1_000).is_ok());
    refused(stated(1_001), "of 1000 characters at most");
    for (kind, looks) in
        [("", Looks::Ahead), (", looks = \"ahead\"", Looks::Ahead), (", looks = \"back\"", Looks::Back)]
    {
        let definition = field(&format!("{{ id = \"f\", label = \"F\", kind = \"date\"{kind} }}")).expect("it reads");
        assert_eq!(definition.field(&FieldId::new("a", "f")).map(|field| &field.kind), Some(&Kind::Date { looks }));
    }
}

#[test]
fn the_caption_and_the_list_name_fields_that_anybody_may_read() {
    let caption =
        "[caption]\nplaintiff = \"a.name\"\ndefendant = \"a.other\"\ncourt = \"a.court\"\ntrial-date = \"a.day\"";
    // A field of the caption can stand in a list as well.
    let list = "[list]\nsubject = \"a.name\"\nclient-matter = \"a.other\"\ndue = \"a.day\"";
    let definition = read(&format!("{caption}\n{list}"), "").expect("it reads");
    assert_eq!(definition.caption.plaintiff, Some(FieldId::new("a", "name")));
    assert_eq!(definition.caption.judge, None);
    assert_eq!(definition.list.due, Some(FieldId::new("a", "day")));
    let definition = read("", "").expect("both can be left out");
    assert_eq!((definition.caption, definition.list), Default::default());
    for (tables, reason) in [
        ("[caption]\nplaintiff = \"a.gone\"", "there is no field `a.gone`"),
        ("[caption]\nplaintiff = \"name\"", "there is no field `name`"),
        ("[caption]\nplaintiff = \"\"", "there is no field ``"),
        ("[caption]\nplaintiff = \"a.name.x\"", "there is no field `a.name.x`"),
        ("[caption]\nplaintiff = \"rows.name\"", "one answer a row"),
        ("[caption]\nplaintiff = \"a.secret\"", "`a.secret` is sensitive"),
        ("[caption]\nplaintiff = \"a.ssn\"", "no field of kind text or choice"),
        ("[caption]\nplaintiff = \"a.day\"", "no field of kind text or choice"),
        ("[caption]\ncourt = \"a.flag\"", "no field of kind text or choice"),
        ("[caption]\ntrial-date = \"a.name\"", "no field of kind date"),
        ("[caption]\ntrial-date = \"a.born\"", "`a.born` is sensitive"),
        ("[caption]\nplaintiff = \"a.name\"\ndefendant = \"a.name\"", "stands for something else already"),
        ("[caption]\nplaintiff = [\"a.name\"]", "invalid type"),
        ("[caption]\nbailiff = \"a.name\"", "unknown field `bailiff`"),
        ("[caption]\n[caption]", "duplicate key"),
        ("[list]\nsubject = \"a.secret\"", "`a.secret` is sensitive"),
        ("[list]\nsubject = \"rows.name\"", "one answer a row"),
        ("[list]\ndue = \"a.name\"", "no field of kind date"),
        ("[list]\nsubject = \"a.name\"\nclient-matter = \"a.name\"", "stands for something else already"),
        ("[list]\nprice = \"a.name\"", "unknown field `price`"),
        ("[[list]]\nsubject = \"a.name\"", "invalid type"),
    ] {
        refused(read(tables, ""), reason);
    }
    let error = read("\n\n[caption]\nplaintiff = \"a.gone\"", "").expect_err("there is no such field");
    assert!(error.starts_with("line 8:"), "{error}");
}

#[test]
fn a_section_shows_a_hint_and_a_few_of_its_own_fields() {
    let definition = read("", "hint = \"Read this\"\nsummary = [\"name\", \"day\", \"flag\"]").expect("it reads");
    let section = definition.section("a").expect("it is there");
    assert_eq!(section.hint.as_deref(), Some("Read this"));
    assert_eq!(section.summary, ["name", "day", "flag"]);
    for (keys, reason) in [
        ("summary = [\"gone\"]", "there is no field `gone` in this section"),
        ("summary = [\"a.name\"]", "there is no field `a.name` in this section"),
        ("summary = [\"name\", \"name\"]", "names `name` twice"),
        ("summary = [\"secret\"]", "`secret` is sensitive"),
        ("summary = [\"ssn\"]", "`ssn` is sensitive"),
        ("summary = \"name\"", "invalid type"),
        ("hint = \"<b>Read</b>\"", "one line without markup"),
        ("hint = \"\"\"\na\nb\"\"\"", "one line without markup"),
        ("hint = \"a\\u202Eb\"", "one line without markup"),
    ] {
        refused(read("", keys), reason);
    }
    refused(read("", &format!("hint = \"{}\"", "x".repeat(301))), "one line without markup");
    assert!(read("", &format!("hint = \"{}\"", "x".repeat(300))).is_ok());
    let many = |count: usize| {
        let fields: Vec<_> =
            (0..count).map(|n| format!("{{ id = \"f{n}\", label = \"F\", kind = \"text\" }}")).collect();
        let names: Vec<_> = (0..count).map(|n| format!("\"f{n}\"")).collect();
        let summary = format!("summary = [{}]", names.join(", "));
        Definition::read(&text("", &summary, &fields.join(", "))).map_err(|error| error.to_string())
    };
    assert!(many(8).is_ok());
    refused(many(9), "at most 8 fields");
    refused(many(900), "at most 8 fields");
    let item = text("", "", FIELDS).replace("item = \"row\"", "item = \"<b>\"");
    refused(Definition::read(&item).map_err(|error| error.to_string()), "one line without markup");
}

/// The order form as it is drawn: which field stands beside which follows from the widths alone.
#[test]
fn the_records_form_is_laid_out_as_it_is_drawn() {
    let records = built_in().expect("the built-in definitions are right").remove(0);
    let titles: Vec<_> = records.sections.iter().map(|section| section.title.as_str()).collect();
    assert_eq!(
        titles,
        ["Ordering", "Case", "References", "Subject", "Basis", "Locations", "Scope", "Delivery", "Instructions"]
    );
    let lines = |section: &str, hidden: &[&str]| {
        let fields = records.section(section).map_or(&[][..], |section| &section.fields);
        let (mut lines, mut used) = (Vec::<Vec<&str>>::new(), 12);
        for field in fields.iter().filter(|field| !hidden.contains(&field.id.as_str())) {
            if used + field.width.columns() > 12 {
                (used, lines) = (0, [lines, vec![Vec::new()]].concat());
            }
            used += field.width.columns();
            lines.last_mut().expect("a line").push(&field.label);
        }
        lines
    };
    assert_eq!(
        lines("subject", &[]),
        [
            vec!["Full name", "Also known as"],
            vec!["Date of birth", "Social security no.", "Medical record no."],
            vec!["Home address", "Date of loss"],
            vec!["Employer", "Claim"],
            vec!["Injury and treatment"],
        ]
    );
    assert_eq!(
        lines("basis", &["signed_on", "expires_on", "consumer"]),
        [
            vec!["Authority for the request"],
            vec!["Subpoena prepared by", "Instrument"],
            vec!["Notice to consumer mailed", "By", "Production date"],
        ]
    );
    assert_eq!(
        lines("locations", &["special_consent"]),
        [
            vec!["Custodian or facility", "Department"],
            vec!["Address"],
            vec!["Phone", "Fax", "Attention"],
            vec!["Record types"],
            vec!["Dates from", "Dates to", "Any and all"],
            vec!["Note to the custodian"],
        ]
    );
    for section in &records.sections {
        assert!(!section.summary.is_empty(), "{} folds to something", section.title);
    }
    let back =
        |section: &str, field: &str| records.field(&FieldId::new(section, field)).map(|field| field.kind.clone());
    assert_eq!(back("subject", "birth_date"), Some(Kind::Date { looks: Looks::Back }));
    assert_eq!(back("subject", "loss_date"), Some(Kind::Date { looks: Looks::Back }));
    assert_eq!(back("basis", "production_date"), Some(Kind::Date { looks: Looks::Ahead }));
    let masked: Vec<_> =
        records.sections.iter().flat_map(|section| &section.fields).filter(|field| is_masked(field)).collect();
    let masked: Vec<_> = masked.iter().map(|field| field.id.as_str()).collect();
    assert_eq!(masked, ["birth_date", "ssn", "record_number", "address", "injury"]);
}
