//! The past of a draft in words.

use satchel_order::catalogue::{Definition, Field};
use satchel_order::document::FieldValue;
use satchel_order::is_masked;
use satchel_order::shown::{masked, shown};

use super::past::{Change, Past, Step, split_row};
use super::path::AnswerPath;
use crate::view::history::{VersionChangeView, VersionView};

/// Lists the versions of a draft, the newest first.
pub(crate) fn versions(definition: &Definition, past: &Past) -> Vec<VersionView> {
    let view = |(number, change): (u32, &Change)| VersionView {
        number,
        at_ms: change.at_ms,
        what: said(definition, change),
        changes: changes(definition, change),
    };
    past.versions().map(view).collect()
}

/// Says what was done.
pub(crate) fn said(definition: &Definition, change: &Change) -> String {
    if let Some(number) = change.restored {
        return format!("Version {number} restored");
    }
    let mut rows = change.rows.iter().map(|(row, is_there)| {
        let section = split_row(row).and_then(|(section, _)| definition.section(section));
        let item = section.and_then(|section| section.repeats.as_ref()).map_or("row", |repeats| repeats.item.as_str());
        format!("{} {}", capital(item), if *is_there { "added" } else { "removed" })
    });
    if let Some(row) = rows.next() {
        return row;
    }
    let mut fields = change.answers.keys().filter_map(|path| field(definition, path));
    match (fields.next(), fields.count()) {
        (Some(first), 0) => first.label.clone(),
        (Some(first), more) => format!("{} and {more} more", first.label),
        (None, _) => "Change".to_owned(),
    }
}

fn changes(definition: &Definition, change: &Change) -> Vec<VersionChangeView> {
    let answered = |(path, step): (&String, &Step)| {
        let field = field(definition, path)?;
        let text = |value: Option<FieldValue>| value.map(|value| text(field, &value));
        Some(VersionChangeView { label: field.label.clone(), before: text(step.before()), after: text(step.after()) })
    };
    let there = |is_there: bool| is_there.then(|| "There".to_owned());
    let rows = change.rows.iter().filter_map(|(row, is_there)| {
        let (section, row) = split_row(row)?;
        let item = definition.section(section)?.repeats.as_ref()?.item.as_str();
        let label = format!("{} {}", capital(item), row + 1);
        Some(VersionChangeView { label, before: there(!is_there), after: there(*is_there) })
    });
    change.answers.iter().filter_map(answered).chain(rows).collect()
}

fn text(field: &Field, value: &FieldValue) -> String {
    if is_masked(field) { masked(&field.kind, value) } else { shown(&field.kind, value) }
}

fn field<'a>(definition: &'a Definition, path: &str) -> Option<&'a Field> {
    definition.field(&path.parse::<AnswerPath>().ok()?.field)
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}", chars.as_str())
}
