//! What holds of every date: backward and forward agree, a later start is no earlier end, and nothing panics.

use jiff::civil::{Date, date};
use jiff::{Span, ToSpan};
use proptest::prelude::*;
use satchel_order::deadlines::{Bound, InputKind, Manner, Outcome, Rule};

use super::{book, found, reckoned};

/// Pairs of a rule that counts forward and the one that undoes it, with their inputs.
const PAIRS: [(&str, &str, &str, &str); 4] = [
    ("ca-production-consumer", "notice", "ca-notice-by", "production"),
    ("ca-deposition", "notice", "ca-deposition-notice-by", "deposition"),
    ("ca-deposition-detainer", "notice", "ca-deposition-detainer-notice-by", "deposition"),
    ("ca-production", "custodian_served", "ca-custodian-by", "production"),
];

fn within_table() -> impl Strategy<Value = Date> {
    (0_i64..3_100).prop_map(|days| date(2024, 2, 15).checked_add(Span::new().days(days)).expect("a date"))
}

fn court_days() -> impl Strategy<Value = Date> {
    within_table().prop_filter("a court day", |day| is_court_day(*day))
}

fn anywhere() -> impl Strategy<Value = Date> {
    (1850_i16..=2199, 1_i8..=12, 1_i8..=31).prop_filter_map("a date", |(y, m, d)| Date::new(y, m, d).ok())
}

/// Any date, often enough one that the tables reach, and the ends of what a date can be.
fn some_day() -> impl Strategy<Value = Date> {
    let ends = [Date::MIN, Date::MAX, date(1850, 1, 1), date(2199, 12, 31), date(2024, 1, 1), date(2032, 12, 31)];
    prop_oneof![2 => anywhere(), 4 => within_table(), 1 => prop::sample::select(ends.to_vec())]
}

fn manners() -> impl Strategy<Value = Manner> {
    prop::sample::select(Manner::ALL.to_vec())
}

fn dated(rule: &str, given: &[(&str, Date)], manner: Manner) -> Option<Date> {
    found(&reckoned(rule, given, Some(manner), date(2024, 1, 2))).map(|found| found.date)
}

fn is_court_day(day: Date) -> bool {
    book().calendar("california").is_some_and(|calendar| calendar.is_court_day(day) == Ok(true))
}

/// What else the forward rule needs so that only the start moves: the subpoena was issued long before.
fn forward(rule: &str, input: &str, start: Date, manner: Manner) -> Option<Date> {
    let issued = start.checked_sub(40.days()).expect("a date");
    dated(rule, &[(input, start), ("issued", issued)], manner)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whoever keeps the latest date for the start keeps the earliest date for the end; a day later, or on the next court
    /// day, he does not.
    #[test]
    fn backward_and_forward_agree(end in court_days(), manner in manners(), pair in prop::sample::select(PAIRS.to_vec())) {
        let (forward_rule, start_input, backward_rule, end_input) = pair;
        let Some(latest) = dated(backward_rule, &[(end_input, end)], manner) else { return Ok(()) };
        if let Some(earliest) = forward(forward_rule, start_input, latest, manner) {
            prop_assert!(earliest <= end, "{forward_rule} from {latest} gives {earliest}, after {end}");
        }
        let mut later = latest.tomorrow().expect("a date");
        while !is_court_day(later) {
            later = later.tomorrow().expect("a date");
        }
        if let Some(earliest) = forward(forward_rule, start_input, later, manner) {
            prop_assert!(earliest > end, "{forward_rule} from {later}, a court day later, still gives {earliest}");
        }
    }

    /// The golden case, from whatever day: 5 and 15 days, and what mail adds. The date to go by is no earlier.
    #[test]
    fn the_laws_own_count_from_a_notice_by_mail_is_always_as_long(notice in within_table()) {
        for (manner, days) in [
            (Manner::Personal, 20),
            (Manner::MailState, 25),
            (Manner::MailUs, 30),
            (Manner::MailConfidential, 32),
            (Manner::MailAbroad, 40),
        ] {
            let deadline = reckoned("ca-production-consumer", &[("notice", notice)], Some(manner), date(2024, 1, 2));
            let Some(found) = found(&deadline) else { return Ok(()) };
            prop_assert_eq!(found.bare, notice.checked_add(Span::new().days(days)).expect("a date"), "{:?}", manner);
            prop_assert!(found.date >= found.bare && is_court_day(found.date));
        }
    }

    #[test]
    fn a_later_start_is_no_earlier_end(first in within_table(), days in 0_i64..40, manner in manners(), rule in 0_usize..100) {
        let rules: Vec<&Rule> = book().rules.iter().filter(|rule| rule.bound != Bound::Reminder).collect();
        let rule = rules[rule % rules.len()];
        let second = first.checked_add(Span::new().days(days)).expect("a date");
        let of = |day: Date| {
            let given: Vec<_> = dates(rule).map(|input| (input, day)).collect();
            dated(&rule.id, &given, manner)
        };
        if let (Some(one), Some(other)) = (of(first), of(second)) {
            prop_assert!(one <= other, "{}: {first} gives {one}, {second} gives {other}", rule.id);
        }
    }

    /// Rules of this calendar that move a date never leave it on a day on which the courts are closed.
    #[test]
    fn what_is_moved_is_on_a_court_day(start in within_table(), manner in manners(), rule in 0_usize..100) {
        let moved = |rule: &&Rule| rule.jurisdiction == "California" && rule.id != "ca-substituted-service";
        let rules: Vec<&Rule> = book().rules.iter().filter(|rule| rule.bound != Bound::Reminder).filter(moved).collect();
        let rule = rules[rule % rules.len()];
        let given: Vec<_> = dates(rule).map(|input| (input, start)).collect();
        if let Some(day) = dated(&rule.id, &given, manner) {
            prop_assert!(is_court_day(day), "{} gives {day}", rule.id);
        }
    }

    #[test]
    fn no_date_panics_and_none_is_guessed(days in prop::collection::vec(some_day(), 8), today in some_day(), manner in manners()) {
        for rule in &book().rules {
            let given: Vec<_> = dates(rule).zip(days.iter().copied()).collect();
            let deadline = reckoned(&rule.id, &given, Some(manner), today);
            match deadline.outcome {
                Outcome::Date(found) => {
                    let calendar = rule.calendar.as_deref().and_then(|id| book().calendar(id));
                    let stays = ["ca-substituted-service", "us-objection"].contains(&rule.id.as_str());
                    let known = |day: Date| calendar.is_none_or(|c| (c.from..=c.through).contains(&day));
                    prop_assert!(stays || known(found.date), "{} gives {}", rule.id, found.date);
                    prop_assert!((1850..=2199).contains(&found.date.year()));
                    let caution = match rule.bound {
                        Bound::Earliest => found.bare <= found.date,
                        Bound::Latest => found.bare >= found.date,
                        Bound::Reminder => false,
                    };
                    prop_assert!(caution, "{} goes by {} and ends on {}", rule.id, found.date, found.bare);
                }
                Outcome::Missing(missing) => prop_assert!(false, "{} lacks {missing:?}", rule.id),
                Outcome::Uncounted(_) => {}
                Outcome::Reminder => prop_assert_eq!(rule.bound, Bound::Reminder),
            }
        }
    }
}

/// The dates that a rule takes, but not the one that it only compares.
fn dates(rule: &Rule) -> impl Iterator<Item = &str> {
    rule.inputs.iter().filter(|input| input.kind == InputKind::Date).map(|input| input.id.as_str())
}

/// Court days are counted one by one: the table's own days, added up over a year.
#[test]
fn a_year_has_as_many_court_days_as_it_should() {
    let calendar = book().calendar("california").expect("the calendar");
    let days = date(2026, 1, 1).series(1.day()).take_while(|day| day.year() == 2026);
    let open = days.filter(|day| calendar.is_court_day(*day) == Ok(true)).count();
    // 365 days, 104 Saturdays and Sundays, 14 holidays on other days.
    assert_eq!(open, 365 - 104 - 14);
}
