//! The docket of an order: which rules its answers fall under, and what they give.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use satchel_order::catalogue::{Definition, DocketEntry, FieldId, built_in};
use satchel_order::deadlines::{Bound, Buffers, Outcome, Standing};
use satchel_order::document::{FieldValue, Fields};

use super::{book, found};

const TODAY: Date = date(2026, 11, 24);

fn records() -> Definition {
    let definitions = built_in().expect("the built-in definitions are right");
    definitions.into_iter().find(|d| d.catalogue.service.as_str() == "records-retrieval").expect("records retrieval")
}

fn answered(answers: &[(&str, &str)]) -> Fields {
    let value = |answer: &str| match answer {
        "yes" => FieldValue::Flag(true),
        "no" => FieldValue::Flag(false),
        text => FieldValue::Text(text.to_owned()),
    };
    Fields(answers.iter().map(|(field, answer)| ((*field).to_owned(), value(answer))).collect::<BTreeMap<_, _>>())
}

fn docket(answers: &[(&str, &str)]) -> Vec<DocketEntry> {
    records().docket(&answered(answers), TODAY, &Buffers::default()).expect("the rules are right")
}

fn line(entry: &DocketEntry) -> (String, String) {
    let text = match &entry.deadline.outcome {
        Outcome::Date(found) => found.date.to_string(),
        Outcome::Missing(missing) => missing.iter().map(|m| m.input.as_str()).collect::<Vec<_>>().join(" "),
        Outcome::Uncounted(error) => error.to_string(),
        Outcome::Reminder => "reminder".to_owned(),
    };
    (entry.deadline.rule.clone(), text)
}

fn lines(answers: &[(&str, &str)]) -> Vec<(String, String)> {
    docket(answers).iter().map(line).collect()
}

#[track_caller]
fn shows(answers: &[(&str, &str)], expected: &[(&str, &str)]) {
    let lines = lines(answers);
    let lines: Vec<_> = lines.iter().map(|(rule, text)| (rule.as_str(), text.as_str())).collect();
    assert_eq!(lines, expected);
}

const CONSUMER: [(&str, &str); 5] = [
    ("basis.kind", "state_subpoena"),
    ("basis.consumer", "yes"),
    ("basis.notice_mailed", "2026-11-24"),
    ("basis.notice_by", "mail_state"),
    ("basis.production_date", "2026-12-14"),
];

#[test]
fn a_state_subpoena_for_consumer_records_shows_its_dates() {
    shows(
        &CONSUMER,
        &[
            ("ca-notice-by", "2026-11-13"),
            ("ca-custodian-service", "2026-12-04"),
            ("ca-custodian-by", "2026-11-25"),
            ("ca-production-consumer", "2026-12-21"),
            ("ca-custodian-packet", "reminder"),
        ],
    );
}

#[test]
fn a_date_that_conflicts_is_found_at_its_field() {
    let docket = docket(&CONSUMER);
    let production = docket.iter().find(|entry| entry.deadline.rule == "ca-production-consumer").expect("it is shown");
    assert_eq!(production.checked, Some(FieldId::new("basis", "production_date")));
    assert_eq!(production.fields["manner"], FieldId::new("basis", "notice_by"));
    let entered = found(&production.deadline).and_then(|found| found.entered.clone()).expect("a date is entered");
    assert_eq!(entered.standing, Standing::Conflict { days: 7 });
    assert_eq!(production.deadline.citation, "CCP §§ 1985.3(b), 1985.6(b), 1013, 2020.410(c)");
}

#[test]
fn what_is_missing_is_found_at_its_field() {
    let entries = docket(&[("basis.kind", "state_subpoena"), ("basis.consumer", "yes")]);
    let production = entries.iter().find(|entry| entry.deadline.rule == "ca-production-consumer").expect("it is shown");
    let Outcome::Missing(missing) = &production.deadline.outcome else { panic!("{production:?}") };
    let fields: Vec<_> = missing.iter().map(|missing| production.fields[&missing.input].to_string()).collect();
    assert_eq!(fields, ["basis.notice_mailed", "basis.notice_by"]);
}

#[test]
fn a_state_subpoena_for_other_records_counts_from_today() {
    shows(
        &[("basis.kind", "state_subpoena"), ("basis.consumer", "no"), ("basis.production_date", "2026-12-21")],
        &[("ca-custodian-by", "2026-12-04"), ("ca-production", "2026-12-14")],
    );
}

#[test]
fn a_federal_subpoena_shows_the_federal_rules() {
    shows(
        &[("basis.kind", "federal_subpoena"), ("basis.production_date", "2026-12-21")],
        &[("us-subpoena-notice", "reminder"), ("us-subpoena-place", "reminder"), ("us-objection", "2026-12-08")],
    );
}

#[test]
fn an_authorization_has_no_dates_whatever_was_answered_before() {
    let mut answers = CONSUMER;
    answers[0] = ("basis.kind", "hipaa");
    shows(&answers, &[]);
    shows(&[], &[]);
}

/// `notice_mailed` is answered still, and not asked any more.
#[test]
fn an_answer_that_is_not_asked_does_not_count() {
    let mut answers = CONSUMER.to_vec();
    answers[1] = ("basis.consumer", "no");
    shows(&answers, &[("ca-custodian-by", "2026-11-25"), ("ca-production", "2026-12-14")]);
}

#[test]
fn what_is_no_date_or_no_manner_is_missing() {
    for (field, wrong, missing) in [
        ("basis.notice_mailed", "next Tuesday", "notice"),
        ("basis.notice_mailed", "2026-11-31", "notice"),
        ("basis.notice_mailed", "", "notice"),
        ("basis.notice_by", "pigeon", "manner"),
    ] {
        let answers: Vec<_> =
            CONSUMER.iter().map(|(id, text)| (*id, if *id == field { wrong } else { *text })).collect();
        let lines = lines(&answers);
        assert!(lines.contains(&("ca-custodian-service".to_owned(), missing.to_owned())), "{lines:?}");
    }
}

#[test]
fn a_date_beyond_the_table_is_said_and_not_guessed() {
    let mut answers = CONSUMER;
    answers[2] = ("basis.notice_mailed", "2033-02-01");
    let lines = lines(&answers);
    let (_, text) = lines.iter().find(|(rule, _)| rule == "ca-production-consumer").expect("it is shown");
    assert!(text.contains("through 2032-12-31"), "{text}");
}

#[test]
fn a_firms_buffer_reaches_the_docket() {
    let firm = book().buffers([("ca-production-consumer".to_owned(), 2)]).expect("a buffer");
    let docket = records().docket(&answered(&CONSUMER), TODAY, &firm).expect("the rules are right");
    let found = docket.iter().filter(|entry| entry.deadline.bound == Bound::Earliest);
    let buffers: Vec<_> = found.filter_map(found_buffer).collect();
    assert_eq!(buffers, [date(2026, 12, 23)]);
}

fn found_buffer(entry: &DocketEntry) -> Option<Date> {
    found(&entry.deadline)?.buffer.as_ref()?.date.clone().ok()
}

/// Reckons the docket of another service.
fn docket_of(service: &str, answers: &[(&str, &str)]) -> Vec<(String, String)> {
    let definitions = built_in().expect("the built-in definitions are right");
    let definition = definitions.into_iter().find(|d| d.catalogue.service.as_str() == service).expect("the service");
    let entries = definition.docket(&answered(answers), TODAY, &Buffers::default()).expect("the rules are right");
    entries.iter().map(line).collect()
}

#[test]
fn a_subpoena_for_records_that_is_prepared_shows_its_dates() {
    let notice = [
        ("instrument.form", "subp_010"),
        ("notice.needed", "notice"),
        ("notice.served_by", "firm"),
        ("notice.method", "mail_state"),
        ("notice.served_on", "2026-11-24"),
        ("production.date", "2026-12-14"),
    ];
    let dates = docket_of("subpoena-preparation", &notice);
    let rules: Vec<_> = dates.iter().map(|(rule, date)| (rule.as_str(), date.as_str())).collect();
    assert_eq!(
        rules,
        [
            ("ca-notice-by", "2026-11-13"),
            ("ca-custodian-service", "2026-12-04"),
            ("ca-custodian-by", "2026-11-25"),
            ("ca-production-consumer", "2026-12-21"),
            ("ca-custodian-packet", "reminder"),
        ],
        "the same as of records retrieval"
    );
    let rules_of = |answers: &[(&str, &str)]| {
        docket_of("subpoena-preparation", answers).into_iter().map(|(rule, _)| rule).collect::<Vec<_>>()
    };
    let without = [("instrument.form", "subp_010"), ("notice.needed", "no")];
    assert_eq!(rules_of(&without), ["ca-custodian-by", "ca-production"]);
    assert!(
        rules_of(&[("instrument.form", "subp_001"), ("notice.needed", "notice")]).is_empty(),
        "a trial is another thing"
    );
    assert_eq!(rules_of(&[("instrument.form", "ao_88")]), ["us-subpoena-place"]);
}

/// CRC 3.110(b): Nov 2 + 60 days is Friday, Jan 1, a holiday; the next court day is Monday, Jan 4.
#[test]
fn a_summons_shows_when_it_is_served_by_in_californias_courts_only() {
    let answers = |kind: &'static str, federal: &'static str| {
        [("papers.kind", kind), ("case.filed", "yes"), ("case.federal", federal), ("case.filed_on", "2026-11-02")]
    };
    let shown = docket_of("service-of-process", &answers("summons", "no"));
    assert_eq!(shown, [("ca-summons".to_owned(), "2027-01-04".to_owned())]);
    assert!(docket_of("service-of-process", &answers("summons", "yes")).is_empty(), "federal courts have another rule");
    assert!(docket_of("service-of-process", &answers("case", "no")).is_empty());
}

#[test]
fn a_second_condition_stands_behind_a_first() {
    let text = include_str!("../../../catalogue/records-retrieval.toml");
    let source =
        text.replace("[[deadline]]\nrule = \"ca-notice-by\"\nwhen", "[[deadline]]\nrule = \"ca-notice-by\"\nand");
    assert_ne!(source, text);
    let read = |text: &str| {
        let shared = satchel_order::catalogue::shared_files();
        let file = satchel_order::catalogue::File { name: "a.toml", text };
        satchel_order::catalogue::Source::assemble(file, shared).map(|source| Definition::read(source.text()))
    };
    let Ok(Err(error)) = read(&source) else { panic!("`and` alone is taken") };
    assert!(error.to_string().contains("`and` stands only where there is a `when`"), "{error}");
}
