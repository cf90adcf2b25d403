//! Checks one answer against the kind of its field.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use jiff::civil::{Date, Time};
use satchel_terms::{INTEGER_MAX, is_printable};

use crate::catalogue::{Kind, ServiceOption};
use crate::document::FieldValue;
use crate::fault::Fault;
use crate::inert::{InertError, InertText};
use crate::part::Part;

/// The most characters of an e-mail address (RFC 5321, section 4.5.3.1).
pub(crate) const EMAIL_CHARS_MAX: usize = 254;
/// The most characters of what was typed for a date, a number or a telephone number, whether or not it is one.
pub const TYPED_CHARS_MAX: usize = 200;
/// No answer of one line has more bytes: none of them takes more characters than an e-mail address, of four bytes at most.
const ONE_LINE_BYTES_MAX: usize = 4 * EMAIL_CHARS_MAX;
/// The most characters of a telephone number with its extension.
const PHONE_CHARS_MAX: usize = 40;
/// The most characters of a line of an address.
pub(crate) const ADDRESS_CHARS_MAX: usize = 120;
/// The years that a date of an order can be in.
pub(crate) const YEARS: RangeInclusive<i16> = 1850..=2199;
/// The most things that a count can name.
pub(crate) const COUNT_MAX: u64 = 100_000;

/// Returns the most characters that can be typed into a field; none of kinds that are not typed as one text.
pub(crate) const fn typed_chars_max(kind: &Kind) -> Option<usize> {
    match kind {
        Kind::Text { chars_max } | Kind::Paragraph { chars_max } => Some(*chars_max),
        Kind::Email => Some(EMAIL_CHARS_MAX),
        Kind::Date { .. } | Kind::Time | Kind::Phone | Kind::Ssn | Kind::Money | Kind::Count => Some(TYPED_CHARS_MAX),
        Kind::YesNo | Kind::Attestation { .. } | Kind::Choice(_) | Kind::Choices(_) | Kind::Address => None,
    }
}

/// Tells whether nothing was answered. White space alone is nothing.
pub(crate) fn is_empty(value: &FieldValue) -> bool {
    match value {
        FieldValue::Text(text) => text.trim().is_empty(),
        FieldValue::Choices(options) => options.is_empty(),
        FieldValue::Composed(parts) => parts.values().all(|part| part.trim().is_empty()),
        FieldValue::Rows(rows) => rows.is_empty(),
        FieldValue::Flag(_) | FieldValue::Number(_) => false,
    }
}

/// Lists what is wrong with an answer that is not empty.
pub(crate) fn faults(kind: &Kind, value: &FieldValue) -> Vec<(Option<Part>, Fault)> {
    let fault = match (kind, value) {
        (Kind::Choice(options), FieldValue::Text(id)) => known(has(options, id), Fault::NotAnOption),
        // Only a paragraph has several lines; a line break in any other answer would break out of what it is printed in.
        (Kind::Paragraph { chars_max }, FieldValue::Text(text)) => inert(text, *chars_max),
        (kind, FieldValue::Text(text)) if text.len() > ONE_LINE_BYTES_MAX => {
            let chars_max = typed_chars_max(kind).unwrap_or(TYPED_CHARS_MAX);
            Some(Fault::TooLong { chars: text.chars().count(), chars_max })
        }
        (_, FieldValue::Text(text)) if !is_printable(text) => Some(Fault::NotInert),
        (Kind::Address, FieldValue::Composed(parts)) => return address_faults(parts),
        (Kind::Text { chars_max }, FieldValue::Text(text)) => inert(text, *chars_max),
        (Kind::Date { .. }, FieldValue::Text(text)) => known(is_date(text), Fault::NotADate),
        (Kind::Time, FieldValue::Text(text)) => known(time(text).is_some(), Fault::NotATime),
        (Kind::Email, FieldValue::Text(text)) => known(is_email(text), Fault::NotAnEmail),
        (Kind::Phone, FieldValue::Text(text)) => known(is_phone(text), Fault::NotAPhone),
        (Kind::Ssn, FieldValue::Text(text)) => known(is_ssn(text), Fault::NotAnSsn),
        (Kind::Choices(options), FieldValue::Choices(ids)) => {
            known(ids.iter().all(|id| has(options, id)), Fault::NotAnOption)
        }
        (Kind::Count, FieldValue::Number(count)) => known(*count <= COUNT_MAX, Fault::TooMany),
        (Kind::Money, FieldValue::Number(cents)) => known(*cents <= INTEGER_MAX, Fault::TooMany),
        (Kind::YesNo, FieldValue::Flag(_)) => None,
        (Kind::Attestation { .. }, FieldValue::Flag(agreed)) => known(*agreed, Fault::NotAgreed),
        // What could not be read as a number is kept as it was typed.
        (Kind::Count, FieldValue::Text(_)) => Some(Fault::NotANumber),
        (Kind::Money, FieldValue::Text(_)) => Some(Fault::NotAnAmount),
        _ => Some(Fault::WrongShape),
    };
    fault.map(|fault| (None, fault)).into_iter().collect()
}

fn known(holds: bool, fault: Fault) -> Option<Fault> {
    (!holds).then_some(fault)
}

fn has(options: &[ServiceOption], id: &str) -> bool {
    options.iter().any(|option| option.id == id)
}

fn inert(text: &str, chars_max: usize) -> Option<Fault> {
    // First of all, so that a parser never looks at more than the field takes.
    let chars = text.chars().count();
    if chars > chars_max {
        return Some(Fault::TooLong { chars, chars_max });
    }
    match InertText::parse(text, chars_max) {
        Ok(_) => None,
        Err(InertError::TooLong { chars, chars_max }) => Some(Fault::TooLong { chars, chars_max }),
        Err(
            InertError::TooLarge { .. }
            | InertError::Control { .. }
            | InertError::Direction { .. }
            | InertError::Markup,
        ) => Some(Fault::NotInert),
    }
}

/// Reads a date of the calendar as an order holds it: `YYYY-MM-DD`, from 1850 to 2199.
pub(crate) fn date(text: &str) -> Option<Date> {
    let written = |date: &Date| date.to_string() == text && YEARS.contains(&date.year());
    text.parse::<Date>().ok().filter(written)
}

/// Reads a time of the day as an order holds it: `HH:MM`, from 00:00 to 23:59.
pub(crate) fn time(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let two = |digits: &str| digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !two(hour) || !two(minute) {
        return None;
    }
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

fn is_date(text: &str) -> bool {
    date(text).is_some()
}

/// Tells whether a text can be an e-mail address. Whether it is one, only sending tells.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let label = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
    let allowed = |c: char| !c.is_whitespace() && !c.is_control() && !"<>()[],;:\\\"@".contains(c);
    text.chars().count() <= EMAIL_CHARS_MAX
        && !local.is_empty()
        && local.chars().all(allowed)
        && domain.contains('.')
        && domain.split('.').all(label)
}

/// Tells whether a text is a telephone number: ten digits, eleven with a leading 1, or `+` and 8 to 15; an extension after `x`.
pub(crate) fn is_phone(text: &str) -> bool {
    let (number, extension) = text.split_once('x').unwrap_or((text, "0"));
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let spelled = number.trim().strip_prefix('+').unwrap_or(number);
    let only_signs = spelled.chars().all(|c| c.is_ascii_digit() || " ().-".contains(c));
    let extension = extension.trim();
    let extension_holds = (1..=8).contains(&extension.len()) && extension.bytes().all(|byte| byte.is_ascii_digit());
    let length_holds = match (number.trim().starts_with('+'), digits.len()) {
        (true, 8..=15) | (false, 10) => true,
        (false, 11) => digits.starts_with('1'),
        (true | false, _) => false,
    };
    text.chars().count() <= PHONE_CHARS_MAX && only_signs && length_holds && extension_holds
}

/// Tells whether a text is a social security number, `AAA-GG-SSSS` with or without hyphens, or its last four digits. Numbers
/// that were never given (area 000, 666 and 900 up, group 00, serial 0000) are none.
/// Source: Social Security Administration, "Social Security Number Randomization".
pub(crate) fn is_ssn(text: &str) -> bool {
    let bare = text.replace('-', "");
    let spelled = text == bare || matches!(text.split('-').map(str::len).collect::<Vec<_>>().as_slice(), [3, 2, 4]);
    let digits = spelled && bare.bytes().all(|byte| byte.is_ascii_digit());
    match (bare.get(..3), bare.get(3..5), bare.get(5..), bare.len()) {
        (Some(area), Some(group), Some(serial), 9) => {
            digits && area != "000" && area != "666" && !area.starts_with('9') && group != "00" && serial != "0000"
        }
        (_, _, _, 4) => digits && bare != "0000",
        _ => false,
    }
}

fn address_faults(parts: &BTreeMap<String, String>) -> Vec<(Option<Part>, Fault)> {
    let mut faults = Vec::new();
    for part in Part::ALL {
        let text = parts.get(part.as_str()).map_or("", |text| text.trim());
        let fault = match (part, text) {
            _ if parts.get(part.as_str()).is_some_and(|written| !is_printable(written)) => Some(Fault::NotInert),
            (Part::Line2, "") => None,
            (_, "") => Some(Fault::Missing),
            (Part::State, state) => known(STATES.contains(&state), Fault::NotAState),
            (Part::Zip, zip) => known(is_zip(zip), Fault::NotAZip),
            (Part::Line1 | Part::Line2 | Part::City, line) => inert(line, ADDRESS_CHARS_MAX),
        };
        faults.extend(fault.map(|fault| (Some(part), fault)));
    }
    if parts.keys().any(|name| Part::ALL.iter().all(|part| part.as_str() != name)) {
        faults.push((None, Fault::WrongShape));
    }
    faults
}

/// Tells whether the first line of an address begins with a PO box instead of a street (USPS Publication 28, section 28).
pub(crate) fn is_po_box(line: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    let words: Vec<_> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).take(4).collect();
    let numbered = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    let is_box = |name: &str| name.strip_prefix("box").is_some_and(|rest| rest.is_empty() || numbered(rest));
    match words.as_slice() {
        ["p", "o", name, rest @ ..] | ["po", name, rest @ ..] | ["post", "office", name, rest @ ..] => {
            is_box(name) || *name == "bx" || (*name == "b" && rest.first().is_some_and(|rest| numbered(rest)))
        }
        [first, rest @ ..] => first
            .strip_prefix("po")
            .is_some_and(|name| is_box(name) || (name == "b" && rest.first().is_some_and(|rest| numbered(rest)))),
        [] => false,
    }
}

fn is_zip(text: &str) -> bool {
    let digits = |part: &str, count: usize| part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit());
    match text.split_once('-') {
        None => digits(text, 5),
        Some((zip, plus_four)) => digits(zip, 5) && digits(plus_four, 4),
    }
}

/// States, the District of Columbia, territories, and the armed forces' codes (USPS Publication 28, appendix B).
const STATES: [&str; 59] = [
    "AL", "AK", "AS", "AZ", "AR", "CA", "CO", "CT", "DE", "DC", "FL", "GA", "GU", "HI", "ID", "IL", "IN", "IA", "KS",
    "KY", "LA", "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM", "NY", "NC", "ND", "MP",
    "OH", "OK", "OR", "PA", "PR", "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VI", "VA", "WA", "WV", "WI", "WY", "AA",
    "AE", "AP",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn each(is: fn(&str) -> bool, good: &[&str], bad: &[&str]) {
        good.iter().for_each(|text| assert!(is(text), "{text:?} is to be taken"));
        bad.iter().for_each(|text| assert!(!is(text), "{text:?} is to be refused"));
    }

    #[test]
    fn dates_are_of_the_calendar() {
        each(
            is_date,
            &["2024-02-29", "1850-01-01", "2199-12-31"],
            &["2026-02-29", "2026-13-01", "1849-12-31", "2200-01-01", "12/21/2026", "2026-1-1", " 2026-01-01", ""],
        );
    }

    #[test]
    fn times_are_of_the_day() {
        each(
            |text| time(text).is_some(),
            &["00:00", "09:05", "12:00", "23:59"],
            &["24:00", "12:60", "9:05", "09:5", "09:05:00", "0905", "+9:05", "09:+5", " 09:05", "2:30 PM", ":", ""],
        );
    }

    #[test]
    fn emails_have_a_name_and_a_domain() {
        each(
            is_email,
            &["dana@hartwell-ames.example", "d.o'neil+x@a.example", "josé@correo.example"],
            &[
                "dana",
                "@a.example",
                "dana@",
                "dana@example",
                "da na@a.example",
                "a@b@c.example",
                "<d@a.example>",
                "a@.b",
            ],
        );
        assert!(!is_email(&format!("{}@a.example", "a".repeat(EMAIL_CHARS_MAX))));
    }

    #[test]
    fn phones_have_ten_digits_or_a_country_code() {
        each(
            is_phone,
            &["(213) 555-0142", "213.555.0142", "1-213-555-0142", "+44 20 7946 0018", "213-555-0142 x12"],
            &["555-0142", "2-213-555-0142", "213-555-0142 x", "+1", "call me", "213555014２", "+12345678901234567"],
        );
    }

    #[test]
    fn ssns_that_were_never_given_are_none() {
        each(
            is_ssn,
            &["219-09-9999", "219099999", "1234"],
            &[
                "000-12-3456",
                "666-12-3456",
                "900-12-3456",
                "219-00-9999",
                "219-09-0000",
                "0000",
                "21909999",
                "2190-99-999",
            ],
        );
    }

    #[test]
    fn an_answer_of_one_line_is_looked_at_no_further_than_any_can_be_long() {
        let looks = crate::catalogue::Looks::Ahead;
        let of = |bytes: usize| faults(&Kind::Date { looks }, &FieldValue::Text("x".repeat(bytes)));
        assert_eq!(of(ONE_LINE_BYTES_MAX), [(None, Fault::NotADate)]);
        let (chars, chars_max) = (ONE_LINE_BYTES_MAX + 1, TYPED_CHARS_MAX);
        assert_eq!(of(chars), [(None, Fault::TooLong { chars, chars_max })]);
    }

    #[test]
    fn a_po_box_is_no_street() {
        each(
            is_po_box,
            &[
                "P.O. Box 2280",
                "PO Box 2280",
                "po box A",
                "P O Box #12",
                "P. O. BOX 12",
                "POBox 12",
                "POBOX2280",
                "PO Box2280",
                "Post Office Box 12",
                "PO Bx 12",
                "POB 12",
                "P.O.B. 12",
                " P.O. Box 1",
                "PO Box",
            ],
            &[
                "611 Harbor Road",
                "Boxwood Lane 4",
                "12 Post Office Square",
                "Post Office Road 3",
                "P.O. Boxer Street 2",
                "Poboxer Lane",
                "POB Building",
                "Po Street 4",
                "611 Harbor Road, PO Box 3",
                "",
                "P",
                "\u{301}",
            ],
        );
    }

    #[test]
    fn an_address_says_which_part_is_wrong() {
        let parts = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let good = parts(&[("line1", "12 Alder St"), ("city", "Los Angeles"), ("state", "CA"), ("zip", "90012-1234")]);
        assert_eq!(address_faults(&good), []);
        let bad = parts(&[("line1", "12 <b>Alder</b>"), ("state", "XX"), ("zip", "9001"), ("planet", "Mars")]);
        assert_eq!(
            address_faults(&bad),
            [
                (Some(Part::Line1), Fault::NotInert),
                (Some(Part::City), Fault::Missing),
                (Some(Part::State), Fault::NotAState),
                (Some(Part::Zip), Fault::NotAZip),
                (None, Fault::WrongShape),
            ]
        );
    }
}
