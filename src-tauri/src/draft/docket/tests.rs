use jiff::civil::{Date, date};
use satchel_order::asked;
use satchel_order::catalogue::built_in;
use satchel_order::deadlines::{Buffers, Rulebook};
use satchel_order::document::{FieldValue, Fields};

use super::*;

const MAILED: Date = date(2026, 3, 2);
const CONSUMER: [(&str, &str); 4] = [
    ("basis.kind", "state_subpoena"),
    ("basis.consumer", "yes"),
    ("basis.notice_mailed", "2026-03-02"),
    ("basis.notice_by", "mail_state"),
];

struct Drawn {
    deadlines: Vec<DeadlineView>,
    conflicts: Vec<ProblemView>,
}

impl Drawn {
    #[track_caller]
    fn outcome(&self, rule: &str) -> &OutcomeView {
        &self.deadlines.iter().find(|deadline| deadline.rule == rule).expect("the rule is drawn").outcome
    }

    #[track_caller]
    fn dated(&self, rule: &str) -> &DatedView {
        let OutcomeView::Date(dated) = self.outcome(rule) else { panic!("{rule} has a date") };
        dated
    }

    #[track_caller]
    fn date(&self, rule: &str) -> &str {
        &self.dated(rule).date.iso
    }

    #[track_caller]
    fn entered(&self, rule: &str) -> &EnteredView {
        self.dated(rule).entered.as_ref().expect("a date is entered")
    }
}

/// Draws the docket of records retrieval with these answers and more of them.
fn drawn(answers: &[(&str, &str)], more: &[(&str, &str)], today: Date, buffers: &Buffers) -> Drawn {
    let value = |answer: &str| match answer {
        "yes" => FieldValue::Flag(true),
        text => FieldValue::Text(text.to_owned()),
    };
    let answers = answers.iter().chain(more).map(|(field, answer)| ((*field).to_owned(), value(answer)));
    let fields = Fields(answers.collect());
    let mut records = built_in().expect("the catalogue is right").into_iter();
    let records =
        records.rfind(|one| one.catalogue.service.as_str() == "records-retrieval").expect("records retrieval");
    let entries = records.docket(&fields, today, buffers).expect("the rules are right");
    let conflicts = conflicts(&records, &entries);
    Drawn { deadlines: deadlines(entries, &asked(&records, &fields), today), conflicts }
}

fn production(on: &str, today: Date, buffers: &Buffers) -> Drawn {
    drawn(&CONSUMER, &[("basis.production_date", on)], today, buffers)
}

fn margin(rule: &str, days: u16) -> Buffers {
    let book = Rulebook::built_in().expect("the rules are right");
    book.buffers([(rule.to_owned(), days)]).expect("a margin")
}

#[test]
fn a_notice_mailed_in_california_is_25_days_before_production() {
    let drawn = drawn(&CONSUMER, &[], MAILED, &Buffers::default());
    let DatedView { date, brief, why, bare, passed_days, .. } = drawn.dated("ca-production-consumer");
    assert_eq!((date.iso.as_str(), date.shown.as_str()), ("2026-03-27", "Fri Mar 27, 2026"));
    assert_eq!(brief, "Custodian served at the earliest + 15 days");
    assert!(
        why.starts_with("Notice served Mon Mar 2, 2026 + 5 days + 5 days for mail within the state is Thu"),
        "{why}"
    );
    assert_eq!((bare, *passed_days), (&None, 0));
    assert_eq!(drawn.date("ca-custodian-service"), "2026-03-12");
    let line = &drawn.deadlines[3];
    assert_eq!((line.label.as_str(), line.jurisdiction.as_str()), ("Earliest production", "California"));
    assert_eq!((line.bound, line.reviewed.iso.as_str()), (BoundView::Earliest, "2026-11-27"));
    assert_eq!(drawn.conflicts, []);
}

#[test]
fn today_counts_where_the_custodian_is_still_to_be_served() {
    let later = drawn(&CONSUMER, &[], date(2026, 3, 20), &Buffers::default());
    assert_eq!(later.date("ca-production-consumer"), "2026-04-06", "Fri Mar 20 + 15 is a Saturday");
    let bare = &later.dated("ca-production-consumer").bare;
    assert_eq!(bare.as_ref().map(|day| day.shown.as_str()), Some("Sat Apr 4, 2026"));
}

#[test]
fn what_is_missing_names_its_field() {
    let bare = drawn(&CONSUMER[..2], &[], MAILED, &Buffers::default());
    let missing = |label: &str, path: &str| MissingView { label: label.to_owned(), path: Some(path.to_owned()) };
    assert_eq!(
        bare.outcome("ca-production-consumer"),
        &OutcomeView::Missing {
            inputs: vec![
                missing("Notice to consumer served", "basis.notice_mailed"),
                missing("How the notice is served", "basis.notice_by"),
            ]
        }
    );
    let of_custodian = OutcomeView::Missing { inputs: vec![missing("Production", "basis.production_date")] };
    assert_eq!(bare.outcome("ca-custodian-by"), &of_custodian);
    assert_eq!(bare.outcome("ca-custodian-packet"), &OutcomeView::Reminder);
}

#[test]
fn a_conflict_is_told_at_both_of_its_fields_in_the_order_of_the_form() {
    let drawn = production("2026-03-20", MAILED, &Buffers::default());
    let told: Vec<_> = drawn.conflicts.iter().map(|told| (told.path.as_str(), told.to_finish.as_str())).collect();
    assert_eq!(
        told,
        [
            ("basis.notice_mailed", "Notice to consumer mailed is too late"),
            ("basis.production_date", "Production date is too early"),
        ]
    );
    let production = &drawn.conflicts[1];
    assert_eq!((production.severity, production.code.as_str()), (SeverityView::Caution, "date-too-early"));
    assert_eq!(
        production.message,
        "Fri Mar 20, 2026 is 7 days too early: the earliest is Fri Mar 27, 2026 (CCP §§ 1985.3(b), 1985.6(b), 1013, \
         2020.410(c))."
    );
    let entered = drawn.entered("ca-production-consumer");
    assert_eq!((entered.standing, entered.days), (StandingView::Conflict, 7));
    assert_eq!(entered.path, "basis.production_date");
    assert_eq!(entered.instead.as_ref().map(|day| day.iso.as_str()), Some("2026-03-27"));
    let notice = drawn.entered("ca-notice-by");
    assert_eq!((notice.standing, &notice.instead), (StandingView::Conflict, &None), "it is mailed today");
}

#[test]
fn a_date_that_lies_back_is_not_offered_another() {
    let drawn = production("2026-03-20", date(2026, 3, 23), &Buffers::default());
    let entered = drawn.entered("ca-production-consumer");
    assert_eq!((entered.standing, &entered.instead), (StandingView::Conflict, &None));
}

#[test]
fn a_latest_date_that_lies_back_has_passed() {
    let unmailed = [CONSUMER[0], CONSUMER[1], CONSUMER[3]];
    let drawn = drawn(&unmailed, &[("basis.production_date", "2026-03-27")], date(2026, 3, 5), &Buffers::default());
    let DatedView { date, passed_days, .. } = drawn.dated("ca-notice-by");
    assert_eq!((date.iso.as_str(), *passed_days), ("2026-03-02", 3));
    assert_eq!(drawn.conflicts, []);
}

#[test]
fn the_firms_margin_stands_beside_the_date_and_is_no_conflict() {
    let margin = margin("ca-production-consumer", 3);
    for (on, standing, instead) in [
        ("2026-03-27", StandingView::WithinMargin, Some("2026-03-30")),
        ("2026-03-30", StandingView::Kept, None),
        ("2026-03-20", StandingView::Conflict, Some("2026-03-30")),
    ] {
        let drawn = production(on, MAILED, &margin);
        assert_eq!(drawn.date("ca-production-consumer"), "2026-03-27", "{on}");
        let margin = drawn.dated("ca-production-consumer").margin.as_ref().expect("a margin");
        assert_eq!((margin.days, margin.date.as_ref().map(|day| day.iso.as_str())), (3, Some("2026-03-30")));
        let entered = drawn.entered("ca-production-consumer");
        let told = drawn.conflicts.iter().any(|told| told.path == "basis.production_date");
        assert_eq!((entered.standing, told), (standing, standing == StandingView::Conflict), "{on}");
        assert_eq!(entered.instead.as_ref().map(|day| day.iso.as_str()), instead, "{on}");
    }
}

#[test]
fn beyond_the_table_there_is_a_sentence_and_no_date() {
    let drawn = production("2033-03-18", MAILED, &Buffers::default());
    let OutcomeView::Uncounted { says } = drawn.outcome("ca-custodian-by") else { panic!("nothing is reckoned") };
    assert!(says.contains("Dec 31, 2032") || says.contains("2032-12-31"), "{says}");
    assert!(says.ends_with('.'), "{says}");
}
