//! Which fields a form asks as it is filled in now.

use crate::answers::{Answers, Place};
use crate::catalogue::{Definition, Field, FieldId, Requirement, Section};
use crate::document::Fields;
use crate::validate::FieldPath;

/// A field that is asked, of a repeating section in each of its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The field and its row.
    pub path: FieldPath,
    /// Whether the order needs an answer.
    pub required: bool,
}

/// Lists the fields that are asked, in the order of the form. Answers to others stay in a draft and do not count.
#[must_use]
pub fn asked(definition: &Definition, fields: &Fields) -> Vec<Asked> {
    let answers = Answers::new(definition, fields);
    let mut asked = Vec::new();
    for section in &definition.sections {
        if section.repeats.is_none() {
            asked.extend(asked_in(answers, section, Place::Order, None));
            continue;
        }
        for (number, row) in answers.rows(section).iter().enumerate() {
            asked.extend(asked_in(answers, section, Place::Row(&section.id, row), Some(number)));
        }
    }
    asked
}

fn asked_in<'a>(
    answers: Answers<'a>,
    section: &'a Section,
    place: Place<'a>,
    row: Option<usize>,
) -> impl Iterator<Item = Asked> {
    let shown = section.fields.iter().filter(move |field| answers.is_shown(field, place));
    shown.map(move |field| {
        let path = FieldPath { field: FieldId::new(&section.id, &field.id), row, part: None };
        Asked { path, required: answers.is_required(field, place) }
    })
}

impl Answers<'_> {
    /// Tells whether the order needs an answer to a field that is asked.
    pub(crate) fn is_required(self, field: &Field, place: Place<'_>) -> bool {
        match &field.requirement {
            Requirement::Optional => false,
            Requirement::Always => true,
            Requirement::When(condition) => self.holds(condition, place),
        }
    }
}
