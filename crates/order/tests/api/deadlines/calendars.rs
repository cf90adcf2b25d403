//! The tables of holidays against the statutes' rules, worked out here without a look at the tables.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};
use satchel_order::deadlines::{Calendar, CountError};

use super::{book, day};

/// How a statute names a holiday.
#[derive(Clone, Copy)]
enum Named {
    /// A day of a month.
    On(i8, i8),
    /// The nth such weekday of a month; −1 is the last.
    Nth(i8, Weekday, i8),
    /// The day after the fourth Thursday in November.
    AfterThanksgiving,
}

use Named::{AfterThanksgiving, Nth, On};
use Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};

/// Gov. Code § 6700 with the exceptions of Code Civ. Proc. § 135, and the day after Thanksgiving of § 135.
const CALIFORNIA: [Named; 14] = [
    On(1, 1),
    Nth(1, Monday, 3),
    On(2, 12),
    Nth(2, Monday, 3),
    On(3, 31),
    Nth(5, Monday, -1),
    On(6, 19),
    On(7, 4),
    Nth(9, Monday, 1),
    Nth(9, Friday, 4),
    On(11, 11),
    Nth(11, Thursday, 4),
    AfterThanksgiving,
    On(12, 25),
];

/// Fed. R. Civ. P. 6(a)(6)(A), 5 U.S.C. § 6103(a).
const FEDERAL: [Named; 11] = [
    On(1, 1),
    Nth(1, Monday, 3),
    Nth(2, Monday, 3),
    Nth(5, Monday, -1),
    On(6, 19),
    On(7, 4),
    Nth(9, Monday, 1),
    Nth(10, Monday, 2),
    On(11, 11),
    Nth(11, Thursday, 4),
    On(12, 25),
];

fn of_year(named: Named, year: i16) -> Date {
    match named {
        On(month, day) => date(year, month, day),
        Nth(month, weekday, nth) => {
            date(year, month, 1).nth_weekday_of_month(nth, weekday).expect("there is such a day")
        }
        AfterThanksgiving => of_year(Nth(11, Thursday, 4), year).tomorrow().expect("a day"),
    }
}

/// The day that is kept: the Friday before a Saturday, the Monday after a Sunday.
fn kept(day: Date) -> Date {
    match day.weekday() {
        Saturday => day.checked_sub(1.day()).expect("a day"),
        Sunday => day.checked_add(1.day()).expect("a day"),
        Monday | Tuesday | Wednesday | Thursday | Friday => day,
    }
}

fn calendar(id: &str) -> &'static Calendar {
    book().calendar(id).unwrap_or_else(|| panic!("there is a calendar {id}"))
}

#[track_caller]
fn follows(calendar: &Calendar, rules: &[Named]) {
    // One year more, whose New Year's Day may be kept in the year before.
    let years = calendar.from.year()..=calendar.through.year() + 1;
    let all = years.flat_map(|year| rules.iter().map(move |named| of_year(*named, year)));
    let mut expected: Vec<(Date, Option<Date>)> =
        all.map(|day| (kept(day), (kept(day) != day).then_some(day))).collect();
    expected.retain(|(day, _)| (calendar.from..=calendar.through).contains(day));
    expected.sort();
    let table: Vec<_> = calendar.holidays.iter().map(|(day, holiday)| (*day, holiday.instead_of)).collect();
    assert_eq!(table, expected, "{}", calendar.name);
}

#[test]
fn californias_table_follows_the_statutes() {
    follows(calendar("california"), &CALIFORNIA);
}

#[test]
fn the_federal_table_follows_the_statute() {
    follows(calendar("federal"), &FEDERAL);
}

#[test]
fn both_tables_hold_from_2024_through_2032() {
    for id in ["california", "federal"] {
        let calendar = calendar(id);
        assert_eq!((calendar.from, calendar.through), (date(2024, 1, 1), date(2032, 12, 31)), "{id}");
    }
}

/// Lists that California courts published for 2024 and 2026, and the days on which people are mistaken.
#[test]
fn single_days_are_as_the_courts_publish_them() {
    let (california, federal) = (calendar("california"), calendar("federal"));
    for (day_text, in_california, in_federal) in [
        ("2024-04-01", Some("Cesar Chavez Day"), None),
        ("2024-09-27", Some("Native American Day"), None),
        ("2026-02-12", Some("Lincoln’s Birthday"), None),
        ("2026-03-31", Some("Cesar Chavez Day"), None),
        ("2026-06-19", Some("Juneteenth"), Some("Juneteenth National Independence Day")),
        ("2026-07-03", Some("Independence Day"), Some("Independence Day")),
        ("2026-07-06", None, None),
        ("2026-09-09", None, None),
        ("2026-10-12", None, Some("Columbus Day")),
        ("2026-11-27", Some("Day after Thanksgiving"), None),
        ("2026-04-03", None, None),
        ("2026-04-24", None, None),
        ("2026-07-04", Some("a Saturday"), Some("a Saturday")),
        ("2026-07-05", Some("a Sunday"), Some("a Sunday")),
        ("2032-12-31", Some("New Year’s Day"), Some("New Year’s Day")),
        ("2024-01-01", Some("New Year’s Day"), Some("New Year’s Day")),
    ] {
        let day = day(day_text);
        assert_eq!(california.closed_for(day), Ok(in_california), "{day_text} in California");
        assert_eq!(federal.closed_for(day), Ok(in_federal), "{day_text} in federal courts");
    }
}

/// Not even of a Saturday is anything said beyond the table.
#[test]
fn nothing_is_said_of_a_day_beyond_the_table() {
    let california = calendar("california");
    for text in ["2023-12-31", "2033-01-01", "2033-01-03", "1850-01-01", "2199-12-31"] {
        let error = california.is_court_day(day(text)).expect_err(text);
        assert!(matches!(&error, CountError::BeyondTable { through, .. } if *through == date(2032, 12, 31)), "{error}");
        assert!(error.to_string().contains("through 2032-12-31"), "{error}");
    }
}
