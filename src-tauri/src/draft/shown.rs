//! Answers as the window shows them. A sensitive one leaves this module masked.

use std::collections::BTreeMap;

use satchel_order::catalogue::{Definition, Field, FieldId, Kind};
use satchel_order::document::FieldValue;
use satchel_order::is_masked;
use satchel_order::shown::{masked, shown};

use super::path::AnswerPath;
use super::record::DraftRecord;
use crate::view::draft::AnswerView;

/// Whether a sensitive answer is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sensitive {
    /// Only what a mask leaves of it.
    Masked,
    /// As it is; the user asked for this one.
    Revealed,
}

/// Returns all answers of a draft, sensitive ones masked.
pub(crate) fn answers(definition: &Definition, record: &DraftRecord) -> BTreeMap<String, AnswerView> {
    let mut views = BTreeMap::new();
    let mut take = |field: FieldId, row, value: &FieldValue| {
        let path = AnswerPath { field, row };
        if let Some(field) = definition.field(&path.field) {
            views.insert(path.to_string(), answer(field, value, Sensitive::Masked));
        }
    };
    for (name, value) in record.answers() {
        if let Some((section, field)) = name.split_once('.') {
            take(FieldId::new(section, field), None, value);
        }
    }
    for section in definition.sections.iter().filter(|section| section.repeats.is_some()) {
        for (id, row) in record.rows(&section.id) {
            row.fields.iter().for_each(|(name, value)| take(FieldId::new(&section.id, name), Some(id), value));
        }
    }
    views
}

/// Shows one answer.
pub(crate) fn answer(field: &Field, value: &FieldValue, sensitive: Sensitive) -> AnswerView {
    if is_masked(field) && sensitive == Sensitive::Masked {
        return AnswerView::Masked { masked: masked(&field.kind, value) };
    }
    match (&field.kind, value) {
        (Kind::Choice(_), FieldValue::Text(option)) => AnswerView::Text { text: option.clone() },
        (_, FieldValue::Flag(flag)) => AnswerView::Flag { flag: *flag },
        (_, FieldValue::Choices(options)) => AnswerView::Choices { options: options.clone() },
        (_, FieldValue::Composed(parts)) => AnswerView::Parts { parts: parts.clone() },
        (kind, FieldValue::Text(_) | FieldValue::Number(_)) => AnswerView::Text { text: shown(kind, value) },
        // Rows are shown row by row.
        (_, FieldValue::Rows(_)) => AnswerView::Text { text: String::new() },
    }
}
