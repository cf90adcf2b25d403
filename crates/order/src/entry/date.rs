//! Reads dates as people type them.

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};

use crate::catalogue::Looks;
use crate::value::YEARS;

/// The most days or weeks that can be counted from today.
const COUNTED_MAX: u16 = 9_999;
/// How many years can lie between two 29ths of February, as around 2100.
const LEAP_YEARS_APART_MAX: i16 = 8;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

/// The year as far as it was typed.
#[derive(Clone, Copy)]
enum Year {
    Whole(i16),
    LastTwo(i16),
    None,
}

/// Reads a date; the rules are in the documentation of [`entry`](super).
pub(super) fn read(typed: &str, looks: Looks, today: Date) -> Option<Date> {
    let typed = typed.to_ascii_lowercase();
    let date = counted(&typed, today).or_else(|| {
        let mut words: Vec<_> = typed.split([' ', ',']).filter(|word| !word.is_empty()).collect();
        let named = words.first().and_then(|word| weekday(word));
        if named.is_some() {
            words.remove(0);
        }
        match named {
            Some(named) if words.is_empty() => nearest_weekday(named, looks, today),
            _ => written(&words, looks, today).filter(|date| named.is_none_or(|named| named == date.weekday())),
        }
    });
    date.filter(|date| YEARS.contains(&date.year()))
}

/// Reads `today`, `tomorrow`, `yesterday`, `+10d`, `+2w` and `-3d`.
fn counted(typed: &str, today: Date) -> Option<Date> {
    let span = match typed {
        "today" => Span::new(),
        "tomorrow" => 1.day(),
        "yesterday" => (-1).days(),
        _ => {
            let (sign, rest) = match typed.strip_prefix('+') {
                Some(rest) => (1, rest),
                None => (-1, typed.strip_prefix('-')?),
            };
            let days = rest.strip_suffix('d').map(|count| (count, 1));
            let (count, days) = days.or_else(|| rest.strip_suffix('w').map(|count| (count, 7)))?;
            let count = i32::from(number(count.trim()).filter(|count| *count <= COUNTED_MAX)?);
            (sign * count * days).days()
        }
    };
    today.checked_add(span).ok()
}

/// Finds the weekday that a word names by its first three letters or more.
fn weekday(word: &str) -> Option<Weekday> {
    let word = word.strip_suffix('.').unwrap_or(word);
    WEEKDAYS.into_iter().find(|(name, _)| word.len() >= 3 && name.starts_with(word)).map(|(_, weekday)| weekday)
}

fn nearest_weekday(named: Weekday, looks: Looks, today: Date) -> Option<Date> {
    if today.weekday() == named {
        return Some(today);
    }
    let nth = match looks {
        Looks::Ahead => 1,
        Looks::Back => -1,
    };
    today.nth_weekday(nth, named).ok()
}

/// Reads a month and a day, and the year if it is there.
fn written(words: &[&str], looks: Looks, today: Date) -> Option<Date> {
    let (month, day, year) = match words {
        [one] => {
            let separator = ['/', '-', '.'].into_iter().find(|separator| one.contains(*separator))?;
            match one.split(separator).collect::<Vec<_>>().as_slice() {
                [month, day] => (digits(month)?, digits(day)?, Year::None),
                [year, month, day] if year.len() == 4 && separator == '-' => {
                    (digits(month)?, digits(day)?, self::year(year)?)
                }
                [month, day, year] => (digits(month)?, digits(day)?, self::year(year)?),
                _ => return None,
            }
        }
        [month, day] => (named_month(month)?, digits(day)?, Year::None),
        [month, day, year] => (named_month(month)?, digits(day)?, self::year(year)?),
        _ => return None,
    };
    complete(year, month, day, looks, today)
}

/// Finds the month that a word names by its first three letters or more.
fn named_month(word: &str) -> Option<i8> {
    let word = word.strip_suffix('.').unwrap_or(word);
    let found = MONTHS.iter().zip(1..).find(|(name, _)| word.len() >= 3 && name.starts_with(word));
    found.map(|(_, month)| month)
}

/// Reads a month or a day: one digit or two.
fn digits(typed: &str) -> Option<i8> {
    number(typed).filter(|_| typed.len() <= 2).and_then(|number| i8::try_from(number).ok())
}

fn year(typed: &str) -> Option<Year> {
    let year = number(typed).and_then(|year| i16::try_from(year).ok())?;
    match typed.len() {
        4 => Some(Year::Whole(year)),
        2 => Some(Year::LastTwo(year)),
        _ => None,
    }
}

/// Reads digits and nothing else; a sign or a space makes it none.
fn number(typed: &str) -> Option<u16> {
    let only_digits = !typed.is_empty() && typed.bytes().all(|byte| byte.is_ascii_digit());
    if only_digits { typed.parse().ok() } else { None }
}

fn complete(year: Year, month: i8, day: i8, looks: Looks, today: Date) -> Option<Date> {
    let on = |year: i16| Date::new(year, month, day).ok();
    match (year, looks) {
        (Year::Whole(year), _) => on(year),
        (Year::LastTwo(last_two), Looks::Ahead) => {
            let this_century = today.year() - today.year().rem_euclid(100) + last_two;
            let years = [this_century, this_century - 100, this_century + 100];
            on(years.into_iter().min_by_key(|year| (year - today.year()).abs())?)
        }
        (Year::LastTwo(last_two), Looks::Back) => {
            let this_century = today.year() - today.year().rem_euclid(100) + last_two;
            [this_century, this_century - 100].into_iter().filter_map(on).find(|date| *date <= today)
        }
        (Year::None, Looks::Ahead) => {
            (0..=LEAP_YEARS_APART_MAX).filter_map(|more| on(today.year() + more)).find(|date| *date >= today)
        }
        (Year::None, Looks::Back) => {
            (0..=LEAP_YEARS_APART_MAX).filter_map(|less| on(today.year() - less)).find(|date| *date <= today)
        }
    }
}
