//! Makes of an answer to one kind of question what another kind takes, where that is the same answer.

use super::Dropped;
use crate::catalogue::{Kind, ServiceOption};
use crate::document::FieldValue;
use crate::shown::shown;

/// What an answer is in another kind of question.
pub(super) enum Converted {
    /// As it was.
    Same,
    /// Written anew.
    Rewritten(FieldValue),
    /// Without the options that there are no more.
    Lessened(FieldValue, Vec<String>),
}

/// Converts an answer. What was typed and is wrong stays as it was typed, as it does in any draft; nobody knows what kind an answer
/// had that the earlier version did not ask for.
pub(super) fn convert(before: Option<&Kind>, kind: &Kind, value: &FieldValue) -> Result<Converted, Dropped> {
    match (before, kind, value) {
        (Some(Kind::Attestation { statement: before }), Kind::Attestation { statement }, FieldValue::Flag(_)) => {
            if before == statement {
                Ok(Converted::Same)
            } else {
                Err(Dropped::AnotherStatement)
            }
        }
        // A yes was to another question, however alike.
        (_, Kind::Attestation { .. }, _) => Err(Dropped::AnotherStatement),
        (before, Kind::Choice(options), value) => choice(before, options, value),
        (before, Kind::Choices(options), value) => choices(before, options, value),
        (_, Kind::YesNo, FieldValue::Flag(_)) => Ok(Converted::Same),
        (Some(Kind::Choice(_)), Kind::YesNo, FieldValue::Text(id)) => match id.as_str() {
            "yes" => Ok(Converted::Rewritten(FieldValue::Flag(true))),
            "no" => Ok(Converted::Rewritten(FieldValue::Flag(false))),
            _ => Err(Dropped::AnotherKind),
        },
        (_, Kind::YesNo, _) => Err(Dropped::AnotherKind),
        (_, Kind::Address, FieldValue::Composed(_)) => Ok(Converted::Same),
        (_, Kind::Address, _) => Err(Dropped::AnotherKind),
        (before, kind, value) => typed(before, kind, value),
    }
}

/// Makes an answer that is typed: a text, or a number where it counts the same thing.
fn typed(before: Option<&Kind>, kind: &Kind, value: &FieldValue) -> Result<Converted, Dropped> {
    let takes_words = matches!(kind, Kind::Text { .. } | Kind::Paragraph { .. });
    match (before, value) {
        (Some(Kind::Choice(_)), FieldValue::Text(_)) if !takes_words => Err(Dropped::AnotherKind),
        (Some(before), FieldValue::Text(_)) if before == kind || is_as_typed(before) => one_line(kind, value),
        (Some(Kind::Date { .. }), FieldValue::Text(_)) if matches!(kind, Kind::Date { .. }) => Ok(Converted::Same),
        (None, FieldValue::Text(_)) => one_line(kind, value),
        (Some(Kind::Count), FieldValue::Number(_)) if *kind == Kind::Count => Ok(Converted::Same),
        (Some(Kind::Money), FieldValue::Number(_)) if *kind == Kind::Money => Ok(Converted::Same),
        (Some(before), value) if takes_words => Ok(Converted::Rewritten(FieldValue::Text(shown(before, value)))),
        _ => Err(Dropped::AnotherKind),
    }
}

/// Tells whether a text of this kind is what was typed, so that another kind can take it as if it had been typed there.
const fn is_as_typed(kind: &Kind) -> bool {
    matches!(kind, Kind::Text { .. } | Kind::Paragraph { .. } | Kind::Email | Kind::Phone | Kind::Ssn)
}

/// Puts a text into a field of one line, where it has several.
fn one_line(kind: &Kind, value: &FieldValue) -> Result<Converted, Dropped> {
    match (kind, value) {
        (Kind::Paragraph { .. }, _) => Ok(Converted::Same),
        (_, FieldValue::Text(text)) if text.contains(['\n', '\r', '\t']) => {
            let line = text.replace("\r\n", " ").replace(['\n', '\r', '\t'], " ");
            Ok(Converted::Rewritten(FieldValue::Text(line)))
        }
        _ => Ok(Converted::Same),
    }
}

fn choice(before: Option<&Kind>, options: &[ServiceOption], value: &FieldValue) -> Result<Converted, Dropped> {
    let rewritten = |id: &str| Converted::Rewritten(FieldValue::Text(id.to_owned()));
    match (before, value) {
        (Some(Kind::Choice(_)) | None, FieldValue::Text(id)) => {
            if has(options, id) {
                Ok(Converted::Same)
            } else {
                Err(Dropped::NotAnOption)
            }
        }
        (Some(Kind::Text { .. }), FieldValue::Text(text)) => {
            labelled(options, text).map(rewritten).ok_or(Dropped::NotAnOption)
        }
        (Some(Kind::Choices(_)), FieldValue::Choices(ids)) => match ids.as_slice() {
            [id] if has(options, id) => Ok(rewritten(id)),
            _ => Err(Dropped::NotAnOption),
        },
        (Some(Kind::YesNo), FieldValue::Flag(flag)) => {
            let id = if *flag { "yes" } else { "no" };
            if has(options, id) { Ok(rewritten(id)) } else { Err(Dropped::AnotherKind) }
        }
        _ => Err(Dropped::AnotherKind),
    }
}

fn choices(before: Option<&Kind>, options: &[ServiceOption], value: &FieldValue) -> Result<Converted, Dropped> {
    match (before, value) {
        (_, FieldValue::Choices(ids)) => {
            let (kept, gone): (Vec<_>, Vec<_>) = ids.iter().cloned().partition(|id| has(options, id));
            let label = |id: &String| match before {
                Some(kind) => shown(kind, &FieldValue::Choices(vec![id.clone()])),
                None => id.clone(),
            };
            match (kept.is_empty(), gone.is_empty()) {
                (true, _) => Err(Dropped::NotAnOption),
                (false, true) => Ok(Converted::Same),
                (false, false) => Ok(Converted::Lessened(FieldValue::Choices(kept), gone.iter().map(label).collect())),
            }
        }
        (Some(Kind::Choice(_)), FieldValue::Text(id)) if has(options, id) => {
            Ok(Converted::Rewritten(FieldValue::Choices(vec![id.clone()])))
        }
        (Some(Kind::Choice(_)), FieldValue::Text(_)) => Err(Dropped::NotAnOption),
        _ => Err(Dropped::AnotherKind),
    }
}

fn has(options: &[ServiceOption], id: &str) -> bool {
    options.iter().any(|option| option.id == id)
}

/// Finds the option whose label somebody typed.
fn labelled<'a>(options: &'a [ServiceOption], text: &str) -> Option<&'a str> {
    let typed = text.trim().to_lowercase();
    options.iter().find(|option| option.label.to_lowercase() == typed).map(|option| option.id.as_str())
}
