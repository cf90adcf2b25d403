//! Writes answers for people to read: in a review, on a sheet, in the line of a folded section.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time};

use crate::catalogue::{Kind, ServiceOption};
use crate::document::FieldValue;
use crate::part::Part;
use crate::value;

/// What stands for an answer of which nothing is shown, whatever its length.
const WHOLLY_MASKED: &str = "••••••••";
/// How many characters a text must have for its last two to be shown.
const TAIL_SHOWN_FROM_CHARS: usize = 6;

/// Writes an answer: a date as `Mon Dec 21, 2026`, a time as `2:30 PM`, an amount as `$448.50`, choices by their labels, an address on one line. What
/// was not of its kind stands as it was typed; rows are a matter of their fields and give nothing.
#[must_use]
pub fn shown(kind: &Kind, value: &FieldValue) -> String {
    match (kind, value) {
        (Kind::Date { .. }, FieldValue::Text(text)) => value::date(text).map_or_else(|| text.clone(), shown_date),
        (Kind::Time, FieldValue::Text(text)) => value::time(text).map_or_else(|| text.clone(), shown_time),
        (Kind::Choice(options), FieldValue::Text(id)) => label(options, id).to_owned(),
        (Kind::Choices(options), FieldValue::Choices(ids)) => {
            ids.iter().map(|id| label(options, id)).collect::<Vec<_>>().join(", ")
        }
        (Kind::Money, FieldValue::Number(cents)) => format!("${}.{:02}", grouped(cents / 100), cents % 100),
        (_, FieldValue::Number(number)) => grouped(*number),
        (_, FieldValue::Text(text)) => text.clone(),
        (Kind::Attestation { statement }, FieldValue::Flag(true)) => format!("Agreed: {statement}"),
        (Kind::Attestation { .. }, FieldValue::Flag(false)) => "Not agreed".to_owned(),
        (_, FieldValue::Flag(flag)) => if *flag { "Yes" } else { "No" }.to_owned(),
        (_, FieldValue::Choices(ids)) => ids.join(", "),
        (_, FieldValue::Composed(parts)) => on_one_line(parts),
        (_, FieldValue::Rows(_)) => String::new(),
    }
}

/// Writes a sensitive answer so that whoever knows it recognizes it and nobody learns it: `••/••/1984`, `•••-••-4417`,
/// `••••••82`. Of paragraphs, addresses, and what is not of its kind or too short, nothing is shown.
#[must_use]
pub fn masked(kind: &Kind, value: &FieldValue) -> String {
    let FieldValue::Text(text) = value else { return WHOLLY_MASKED.to_owned() };
    let tail = match kind {
        Kind::Date { .. } => value::date(text).map(|date| format!("••/••/{}", date.year())),
        Kind::Ssn if value::is_ssn(text) => last(text, 4).map(|serial| format!("•••-••-{serial}")),
        Kind::Phone if value::is_phone(text) && !text.contains('x') => {
            last(text, 4).map(|line| format!("(•••) •••-{line}"))
        }
        Kind::Text { .. } if text.chars().count() >= TAIL_SHOWN_FROM_CHARS => {
            last(text, 2).map(|tail| format!("••••••{tail}"))
        }
        Kind::Text { .. }
        | Kind::Paragraph { .. }
        | Kind::Time
        | Kind::Email
        | Kind::Phone
        | Kind::Ssn
        | Kind::Money
        | Kind::Count => None,
        Kind::YesNo | Kind::Attestation { .. } | Kind::Choice(_) | Kind::Choices(_) | Kind::Address => None,
    };
    tail.unwrap_or_else(|| WHOLLY_MASKED.to_owned())
}

/// Writes a date as `Mon Dec 21, 2026`.
#[must_use]
pub fn shown_date(date: Date) -> String {
    date.strftime("%a %b %-d, %Y").to_string()
}

/// Writes a time of the day as `2:30 PM`.
#[must_use]
pub fn shown_time(time: Time) -> String {
    time.strftime("%-I:%M %p").to_string()
}

fn label<'a>(options: &'a [ServiceOption], id: &'a str) -> &'a str {
    options.iter().find(|option| option.id == id).map_or(id, |option| &option.label)
}

fn last(text: &str, chars: usize) -> Option<&str> {
    let (start, _) = text.char_indices().rev().nth(chars.checked_sub(1)?)?;
    text.get(start..)
}

/// Writes a number with a comma before every three digits from the end.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Writes an address as `611 Harbor Road, Suite 300, Long Beach, CA 90802`.
fn on_one_line(parts: &BTreeMap<String, String>) -> String {
    let part = |part: Part| parts.get(part.as_str()).map_or("", |text| text.trim());
    let state_and_zip = format!("{} {}", part(Part::State), part(Part::Zip));
    let pieces = [part(Part::Line1), part(Part::Line2), part(Part::City), state_and_zip.trim()];
    pieces.into_iter().filter(|piece| !piece.is_empty()).collect::<Vec<_>>().join(", ")
}
