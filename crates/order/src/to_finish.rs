//! Names a problem in the few words of a list of what is left to do.

use std::collections::BTreeMap;

use crate::answers::Answers;
use crate::catalogue::{Definition, Kind, Section};
use crate::document::{FieldValue, Fields};
use crate::fault::Fault;
use crate::validate::{Problem, is_masked};

/// Names what is left to do: `Date of birth`, `Phone of Lakeshore Imaging`, `At least one location`.
///
/// No answer to a sensitive field is in it. What is wrong is said by the [`Fault`]; this says where.
#[must_use]
pub fn to_finish(definition: &Definition, problem: &Problem, fields: &Fields) -> String {
    let path = &problem.path;
    let section = definition.section(path.section());
    let title = section.map_or_else(|| path.section().to_owned(), |section| section.title.clone());
    if let Some(words) = of_its_own(&problem.fault, &title) {
        return words;
    }
    if path.is_rows() {
        return title;
    }
    let label = definition.field(&path.field).map_or_else(|| path.field.to_string(), |field| field.label.clone());
    let row = section.zip(path.row).map(|(section, number)| row_name(definition, section, number, fields));
    match (path.part, row) {
        (None, None) => label,
        (Some(part), None) => format!("{} of {}", part.label(), lower_first(&label)),
        (None, Some(row)) => format!("{label} of {row}"),
        (Some(part), Some(row)) => format!("{} of {row}", part.label()),
    }
}

/// Returns the words for a fault that is not named after its field.
fn of_its_own(fault: &Fault, title: &str) -> Option<String> {
    let words = match fault {
        Fault::TooFewRows { item, rows_min: 1 } => format!("At least one {item}"),
        Fault::TooFewRows { rows_min, .. } => format!("At least {rows_min} in {title}"),
        Fault::TooManyRows { rows_max, .. } => format!("At most {rows_max} in {title}"),
        Fault::PoBox => "PO box as street address".to_owned(),
        Fault::Unknown => format!("An answer under {title} that the form does not ask"),
        Fault::Missing
        | Fault::TooLong { .. }
        | Fault::NotADate
        | Fault::NotATime
        | Fault::NotAgreed
        | Fault::NotAnAmount
        | Fault::NotANumber
        | Fault::NotAnEmail
        | Fault::NotAPhone
        | Fault::NotAnSsn
        | Fault::TooMany
        | Fault::NotAnOption
        | Fault::NotAState
        | Fault::NotAZip
        | Fault::NotInert
        | Fault::WrongShape => return None,
    };
    Some(words)
}

/// Returns what a row of a repeating section is called by: the answer to its first field of one line that is not sensitive.
#[must_use]
pub fn row_title<'a>(section: &Section, row: &'a BTreeMap<String, FieldValue>) -> Option<&'a str> {
    let mut named = section.fields.iter().filter(|field| matches!(field.kind, Kind::Text { .. }) && !is_masked(field));
    match named.next().and_then(|field| row.get(&field.id)) {
        Some(FieldValue::Text(title)) => Some(title.trim()).filter(|title| !title.is_empty()),
        _ => None,
    }
}

fn row_name(definition: &Definition, section: &Section, number: usize, fields: &Fields) -> String {
    let row = Answers::new(definition, fields).rows(section).get(number);
    let item = section.repeats.as_ref().map_or("row", |repeats| repeats.item.as_str());
    row.and_then(|row| row_title(section, row)).map_or_else(|| format!("{item} {}", number + 1), ToOwned::to_owned)
}

/// Writes a label within a sentence: only its first letter becomes small, and none of an abbreviation does.
fn lower_first(label: &str) -> String {
    let mut chars = label.chars();
    match (chars.next(), chars.as_str()) {
        (Some(first), rest) if rest.starts_with(|c: char| c.is_lowercase()) => {
            first.to_lowercase().collect::<String>() + rest
        }
        _ => label.to_owned(),
    }
}
