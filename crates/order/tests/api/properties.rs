//! Properties of whatever is entered, by people or by enemies.

use jiff::civil::{Date, date};
use proptest::prelude::*;
use satchel_order::Part;
use satchel_order::catalogue::Kind;
use satchel_order::document::FieldValue;
use satchel_order::entry::{Entry, EntryError, Taken, take};
use satchel_order::shown::shown;
use satchel_terms::{is_inert, is_printable};

use super::entries::{AHEAD, BACK, attestation, options, typed};

/// What a window would hand back of an answer that it shows.
fn again(kind: &Kind, value: &FieldValue) -> Entry {
    match value {
        FieldValue::Composed(parts) => Entry::Parts(parts.clone()),
        FieldValue::Text(text) if !matches!(kind, Kind::Date { .. }) => typed(text),
        FieldValue::Text(_)
        | FieldValue::Number(_)
        | FieldValue::Flag(_)
        | FieldValue::Choices(_)
        | FieldValue::Rows(_) => typed(&shown(kind, value)),
    }
}

/// Takes a text, and what became of it once more.
fn taken_twice(kind: &Kind, entry: Entry, today: Date) -> Result<(), TestCaseError> {
    let Ok(taken) = take(kind, entry, today) else { return Ok(()) };
    let Some(value) = taken.value else { return Ok(()) };
    let texts: Vec<&str> = match &value {
        FieldValue::Text(text) => vec![text],
        FieldValue::Composed(parts) => parts.values().map(String::as_str).collect(),
        FieldValue::Number(_) | FieldValue::Flag(_) | FieldValue::Choices(_) | FieldValue::Rows(_) => Vec::new(),
    };
    for text in texts {
        prop_assert!(is_inert(text), "{:?}", text);
        prop_assert!(matches!(kind, Kind::Paragraph { .. }) || is_printable(text), "{:?}", text);
    }
    let twice = take(kind, again(kind, &value), today);
    prop_assert!(twice.is_ok(), "{:?}", twice);
    let twice = twice.unwrap_or(Taken { value: None, notices: Vec::new() });
    prop_assert!(twice.value == Some(value) && twice.notices.is_empty(), "{:?}", twice);
    Ok(())
}

fn kinds() -> impl Strategy<Value = Kind> {
    prop::sample::select(vec![
        Kind::Text { chars_max: 200 },
        Kind::Paragraph { chars_max: 200 },
        AHEAD,
        BACK,
        Kind::Time,
        attestation(),
        Kind::Email,
        Kind::Phone,
        Kind::Ssn,
        Kind::Money,
        Kind::Count,
        Kind::YesNo,
        Kind::Choice(options()),
        Kind::Choices(options()),
        Kind::Address,
    ])
}

/// Any text, text that is nearly a date, a number or an address, and text that is nearly markup.
fn anything() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,40}",
        "[0-9/.,$ +dw-]{0,14}",
        "(mon|fri|dec|may|today|[0-9]{1,4}|[+-]|[dwx ,./-]){0,6}",
        "[<>/!?ab\"'\n\t\r <\u{2028}-]{0,30}",
        any::<String>(),
    ]
}

fn days() -> impl Strategy<Value = Date> {
    (1850_i16..=2199, 1_i8..=12, 1_i8..=28).prop_map(|(year, month, day)| date(year, month, day))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_typed_is_taken_once_and_for_all(kind in kinds(), entry in anything(), today in days()) {
        taken_twice(&kind, typed(&entry), today)?;
    }

    #[test]
    fn whatever_is_typed_into_an_address_is_too(texts in prop::collection::vec(anything(), 5), today in days()) {
        let names = Part::ALL.iter().map(|part| part.as_str().to_owned());
        taken_twice(&Kind::Address, Entry::Parts(names.zip(texts).collect()), today)?;
    }

    #[test]
    fn a_date_that_is_shown_is_read_again(day in days(), today in days(), back in any::<bool>()) {
        let kind = if back { BACK } else { AHEAD };
        let value = FieldValue::Text(day.to_string());
        prop_assert_eq!(take(&kind, typed(&shown(&kind, &value)), today).map(|taken| taken.value), Ok(Some(value)));
    }

    #[test]
    fn a_day_without_a_year_is_within_a_year_on_the_side_that_is_looked_at(month in 1_i8..=12, day in 1_i8..=28, today in days()) {
        prop_assume!((1860..2190).contains(&today.year()));
        let of = |kind: &Kind| match take(kind, typed(&format!("{month}/{day}")), today).map(|taken| taken.value) {
            Ok(Some(FieldValue::Text(text))) => text.parse::<Date>().ok(),
            _ => None,
        };
        let (ahead, back) = (of(&AHEAD), of(&BACK));
        prop_assert!(ahead.is_some_and(|ahead| ahead >= today && ahead.year() - today.year() <= 1), "{:?}", ahead);
        prop_assert!(back.is_some_and(|back| back <= today && today.year() - back.year() <= 1), "{:?}", back);
    }

    #[test]
    fn nothing_typed_is_lost(kind in kinds(), entry in "[a-z0-9/., $+-]{1,40}", today in days()) {
        prop_assume!(!entry.trim().is_empty());
        match take(&kind, typed(&entry), today) {
            Ok(taken) => prop_assert!(taken.value.is_some(), "{:?}", entry),
            Err(error) => prop_assert!(matches!(error, EntryError::WrongShape | EntryError::NotAnOption), "{:?}", error),
        }
    }
}
