//! What was filled in, looked at through a definition: which fields are asked, and whether a condition holds.

use std::collections::BTreeMap;

use crate::catalogue::{Condition, Definition, Field, FieldId, ROWS, Requirement, Section};
use crate::document::{FieldValue, Fields};

/// One row of a repeating section.
pub(crate) type Row = BTreeMap<String, FieldValue>;

/// The answers of an order with the definition that says what they mean.
#[derive(Clone, Copy)]
pub(crate) struct Answers<'a> {
    definition: &'a Definition,
    fields: &'a Fields,
}

/// Where a condition is looked at: in the whole order, or in one row of a repeating section.
#[derive(Clone, Copy)]
pub(crate) enum Place<'a> {
    Order,
    Row(&'a str, &'a Row),
}

impl<'a> Answers<'a> {
    pub(crate) fn new(definition: &'a Definition, fields: &'a Fields) -> Self {
        Self { definition, fields }
    }

    /// Returns the rows of a repeating section; none where there is no answer, or one of another shape.
    pub(crate) fn rows(&self, section: &Section) -> &'a [Row] {
        match self.fields.0.get(&FieldId::new(&section.id, ROWS).to_string()) {
            Some(FieldValue::Rows(rows)) => rows,
            _ => &[],
        }
    }

    /// Returns the answer to a field.
    pub(crate) fn value(&self, id: &FieldId, place: Place<'a>) -> Option<&'a FieldValue> {
        match place {
            Place::Row(section, row) if section == id.section() => row.get(id.field()),
            Place::Order | Place::Row(..) => self.fields.0.get(&id.to_string()),
        }
    }

    /// Tells whether a field is asked. An answer to one that is not asked stays in the draft and does not count.
    pub(crate) fn is_shown(&self, field: &Field, place: Place<'a>) -> bool {
        field.shown_if.as_ref().is_none_or(|condition| self.holds(condition, place))
    }

    /// Tells whether the order needs an answer to a field that is asked.
    pub(crate) fn is_required(&self, field: &Field, place: Place<'a>) -> bool {
        match &field.requirement {
            Requirement::Optional => false,
            Requirement::Always => true,
            Requirement::When(condition) => self.holds(condition, place),
        }
    }

    /// Tells whether a field is asked and somebody is served at the address that answers it.
    pub(crate) fn is_served(&self, field: &Field, place: Place<'a>) -> bool {
        let served = field.served_if.as_ref().is_some_and(|condition| self.holds(condition, place));
        served && self.is_shown(field, place)
    }

    /// Tells whether a condition holds. A condition looks only at fields that stand before it, so this ends.
    pub(crate) fn holds(&self, condition: &Condition, place: Place<'a>) -> bool {
        let Some(field) = self.definition.field(&condition.field) else { return false };
        let is = |answer: &str| condition.is.iter().any(|expected| expected == answer);
        self.is_shown(field, place)
            && match self.value(&condition.field, place) {
                Some(FieldValue::Flag(flag)) => is(if *flag { "yes" } else { "no" }),
                Some(FieldValue::Text(option)) => is(option),
                Some(FieldValue::Choices(options)) => options.iter().any(|option| is(option)),
                Some(FieldValue::Number(_) | FieldValue::Composed(_) | FieldValue::Rows(_)) | None => false,
            }
    }
}
