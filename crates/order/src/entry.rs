//! What a user entered becomes an answer.
//!
//! Nothing typed is lost: what cannot be read as a date, an amount, a number or a telephone number is kept as it was typed, and
//! [`validate`](crate::validate) names the fault. Only what the window itself got wrong is refused, such as an option that the
//! field does not have, and text that [`inert`](crate::inert) refuses; then nothing is changed.
//!
//! # Dates
//! `2026-12-21`, `12/21/2026`, `12/21/26`, `12/21`, `Dec 21, 2026`, `Dec 21`, each with or without its weekday in front (a
//! weekday that contradicts the date is not passed over); `today`, `tomorrow`, `yesterday`; `fri`; `+10d`, `+2w`, `-3d`. Month
//! before day, as in the United States, with `/`, `-` or `.` between. What is left out is completed by where the field looks:
//!
//! | typed | looks ahead | looks back |
//! |---|---|---|
//! | `12/21`, `Dec 21` | the first such day from today on, today included | the last such day up to today, today included |
//! | `fri` | the first Friday from today on, today included | the last Friday up to today, today included |
//! | `12/21/26` | in the year nearest to today's that ends in 26 | the last such day up to today |
//!
//! So `3/9/84` as a date of birth is in 1984, and `2/29` is in the next or the last leap year. `+10d` counts from today,
//! wherever the field looks. Every date of an order is from 1850 to 2199; any other stays as typed.
//!
//! # Times
//! `2:30 pm`, `2:30p`, `2 PM`, `14:30`, `1430`, `noon`, `midnight`. Without AM or PM an hour of one digit, and 10 to 12, is one of a
//! working day: 7 to 11 in the morning, 12 to 6 in the afternoon; with a zero in front, and from 13 on, it is one of 24.

mod date;
mod numbers;
mod time;

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use satchel_terms::is_inert;

use crate::catalogue::{Kind, ServiceOption};
use crate::document::FieldValue;
use crate::inert::{Change, InertError, neutralize};
use crate::part::Part;
use crate::value;

pub use crate::value::TYPED_CHARS_MAX;

/// The most options that are looked at, each as often as it was named.
pub const CHOSEN_MAX: usize = 1_000;

/// What a user entered, as the control that took it hands it over. It may name people: `Debug` prints its kind.
#[derive(Clone, PartialEq, Eq)]
pub enum Entry {
    /// Typed or pasted; of a choice, the id of the option.
    Text(String),
    /// Yes, no, or neither any more.
    Flag(Option<bool>),
    /// The ids of the options that are chosen.
    Choices(Vec<String>),
    /// What was typed for each part of an address, by [`Part::as_str`].
    Parts(BTreeMap<String, String>),
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text(..)",
            Self::Flag(_) => "Flag(..)",
            Self::Choices(_) => "Choices(..)",
            Self::Parts(_) => "Parts(..)",
        })
    }
}

/// What became of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The answer; none where nothing was left, which clears the field.
    pub value: Option<FieldValue>,
    /// What was changed in the text, part by part and in its order.
    pub notices: Vec<OwnedNotice>,
}

/// One change of typed text. `Debug` does not print the piece.
#[derive(Clone, PartialEq, Eq)]
pub struct OwnedNotice {
    /// What was done.
    pub change: Change,
    /// The part of an address that it was done in.
    pub part: Option<Part>,
    /// Where the piece begins in the typed text, in bytes.
    pub at: usize,
    /// The piece as it was typed. It is markup: show it as plain text only.
    pub text: String,
}

impl fmt::Debug for OwnedNotice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut printed = f.debug_struct("OwnedNotice");
        printed.field("change", &self.change).field("part", &self.part).field("at", &self.at).finish_non_exhaustive()
    }
}

/// Says why nothing was taken. Nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// The text cannot be stored.
    #[error("{source}")]
    Text {
        /// The part of an address that it stands in.
        part: Option<Part>,
        /// Why.
        source: InertError,
    },
    /// The field takes another kind of entry. The window's fault.
    #[error("this field takes another kind of answer: nothing was changed; open the order again")]
    WrongShape,
    /// The field has no such option. The window's fault.
    #[error("this is not among the choices: nothing was changed; open the order again")]
    NotAnOption,
    /// More than [`CHOSEN_MAX`] options are named. The window's fault.
    #[error("at most {CHOSEN_MAX} choices can be made at once: nothing was changed; open the order again")]
    TooManyChosen,
    /// An address has no such part. The window's fault.
    #[error("an address has no such part: nothing was changed; open the order again")]
    NotAPart,
}

/// Makes an answer of what was entered. A date that leaves something out is completed with `today`.
///
/// Taking what [`shown`](crate::shown::shown) writes gives the same answer again. The window keeps what the user is still
/// typing, and shows the answer once the field is left.
///
/// # Errors
/// [`EntryError`]; then nothing is changed.
pub fn take(kind: &Kind, entry: Entry, today: Date) -> Result<Taken, EntryError> {
    match (kind, entry) {
        (Kind::Choice(options), Entry::Text(id)) => {
            let chosen = chosen(options, std::slice::from_ref(&id), id.is_empty())?;
            Ok(Taken { value: chosen.into_iter().next().map(FieldValue::Text), notices: Vec::new() })
        }
        (Kind::Choices(options), Entry::Choices(ids)) => {
            let chosen = chosen(options, &ids, ids.is_empty())?;
            Ok(Taken { value: (!chosen.is_empty()).then_some(FieldValue::Choices(chosen)), notices: Vec::new() })
        }
        (Kind::YesNo, Entry::Flag(flag)) => Ok(Taken { value: flag.map(FieldValue::Flag), notices: Vec::new() }),
        // Who takes the agreement back has answered nothing.
        (Kind::Attestation { .. }, Entry::Flag(agreed)) => {
            Ok(Taken { value: agreed.filter(|agreed| *agreed).map(FieldValue::Flag), notices: Vec::new() })
        }
        (Kind::Address, Entry::Parts(parts)) => address(&parts),
        (_, Entry::Text(typed)) => text(kind, &typed, today),
        (_, Entry::Flag(_) | Entry::Choices(_) | Entry::Parts(_)) => Err(EntryError::WrongShape),
    }
}

/// Returns the chosen options in the order of the form, each once.
fn chosen(options: &[ServiceOption], ids: &[String], nothing: bool) -> Result<Vec<String>, EntryError> {
    if nothing {
        return Ok(Vec::new());
    }
    if ids.len() > CHOSEN_MAX {
        return Err(EntryError::TooManyChosen);
    }
    if ids.iter().any(|id| options.iter().all(|option| option.id != *id)) {
        return Err(EntryError::NotAnOption);
    }
    Ok(options.iter().map(|option| &option.id).filter(|id| ids.contains(id)).cloned().collect())
}

fn text(kind: &Kind, typed: &str, today: Date) -> Result<Taken, EntryError> {
    let chars_max = value::typed_chars_max(kind).ok_or(EntryError::WrongShape)?;
    let mut notices = Vec::new();
    let stored = inert(typed, chars_max, None, &mut notices)?;
    let stored = if matches!(kind, Kind::Paragraph { .. }) { stored } else { one_line(&stored) };
    let bare = stored.trim();
    let value = match kind {
        _ if bare.is_empty() => None,
        Kind::Date { looks } => date::read(bare, *looks, today).map(|date| FieldValue::Text(date.to_string())),
        Kind::Time => time::read(bare).map(FieldValue::Text),
        Kind::Money => numbers::cents(bare).map(FieldValue::Number),
        Kind::Count => numbers::count(bare).map(FieldValue::Number),
        Kind::Phone => numbers::phone(bare).map(FieldValue::Text),
        Kind::Ssn => numbers::ssn(bare).map(FieldValue::Text),
        Kind::Email => Some(FieldValue::Text(trimmed(&stored).to_owned())),
        Kind::Text { .. } | Kind::Paragraph { .. } => None,
        Kind::YesNo | Kind::Attestation { .. } | Kind::Choice(_) | Kind::Choices(_) | Kind::Address => {
            return Err(EntryError::WrongShape);
        }
    };
    let as_typed = || (!bare.is_empty()).then(|| FieldValue::Text(stored.clone()));
    Ok(Taken { value: value.or_else(as_typed), notices })
}

fn address(typed: &BTreeMap<String, String>) -> Result<Taken, EntryError> {
    if typed.keys().any(|name| Part::named(name).is_none()) {
        return Err(EntryError::NotAPart);
    }
    let (mut parts, mut notices) = (BTreeMap::new(), Vec::new());
    for part in Part::ALL {
        let Some(typed) = typed.get(part.as_str()) else { continue };
        let stored = one_line(&inert(typed, value::ADDRESS_CHARS_MAX, Some(part), &mut notices)?);
        let stored = match part {
            Part::Line1 | Part::Line2 | Part::City => stored,
            Part::State => trimmed(&stored).to_ascii_uppercase(),
            Part::Zip => trimmed(&stored).to_owned(),
        };
        if !stored.trim().is_empty() {
            parts.insert(part.as_str().to_owned(), stored);
        }
    }
    Ok(Taken { value: (!parts.is_empty()).then_some(FieldValue::Composed(parts)), notices })
}

/// Makes the text inert and notes what was changed for it.
fn inert(
    typed: &str,
    chars_max: usize,
    part: Option<Part>,
    notices: &mut Vec<OwnedNotice>,
) -> Result<String, EntryError> {
    let neutralized = neutralize(typed, chars_max).map_err(|source| EntryError::Text { part, source })?;
    notices.extend(neutralized.notices.iter().map(|notice| OwnedNotice {
        change: notice.change,
        part,
        at: notice.at,
        text: notice.text.to_owned(),
    }));
    Ok(neutralized.text.into())
}

/// Puts a space where a line ends, as a field of one line does with what is pasted into it.
fn one_line(inert: &str) -> String {
    inert.replace("\r\n", " ").replace(['\t', '\n', '\r', '\u{2028}', '\u{2029}'], " ")
}

/// Leaves out the space around an inert text, unless what is left were none: a `<` must not come to its end.
fn trimmed(inert: &str) -> &str {
    let start = inert.trim_start();
    let bare = start.trim_end();
    if is_inert(bare) { bare } else { start }
}
