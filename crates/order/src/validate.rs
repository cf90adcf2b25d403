//! Checks answers against a definition and lists every problem with its field.

use std::collections::BTreeSet;
use std::fmt;

use crate::answers::{Answers, Place, Row};
use crate::catalogue::{Definition, Field, FieldId, Kind, ROWS, Repeats, Section};
use crate::document::{FieldValue, Fields};
use crate::fault::{Fault, Severity};
use crate::part::Part;
use crate::value;

/// Names an answer: a field, the row it stands in, and the part of a composed answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldPath {
    /// The field; of a repeating section as a whole, its rows.
    pub field: FieldId,
    /// The row, from 0.
    pub row: Option<usize>,
    /// The part of a composed answer.
    pub part: Option<Part>,
}

impl FieldPath {
    /// Tells whether this is a repeating section as a whole, not one answer in it.
    #[must_use]
    pub fn is_rows(&self) -> bool {
        self.row.is_none() && self.field.field() == ROWS
    }

    /// Returns the section's id.
    #[must_use]
    pub fn section(&self) -> &str {
        self.field.section()
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.row {
            None => write!(f, "{}", self.field)?,
            Some(row) => write!(f, "{}.{ROWS}[{row}].{}", self.field.section(), self.field.field())?,
        }
        match self.part {
            None => Ok(()),
            Some(part) => write!(f, ".{part}"),
        }
    }
}

/// What keeps an order from being submitted, or what somebody should look at before. Nothing keeps it from being typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where it is.
    pub path: FieldPath,
    /// What it is.
    pub fault: Fault,
}

impl Problem {
    /// Tells how much it matters.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        self.fault.severity()
    }
}

/// Lists every problem that keeps the answers from being submitted, in the order of the form. None means that the order is complete.
#[must_use]
pub fn validate(definition: &Definition, fields: &Fields) -> Vec<Problem> {
    let mut check = Check { answers: Answers::new(definition, fields), problems: Vec::new() };
    for section in &definition.sections {
        match &section.repeats {
            None => section.fields.iter().for_each(|field| check.field(section, field, None)),
            Some(repeats) => check.rows(section, repeats, fields),
        }
    }
    check.unknown(definition, fields);
    check.problems
}

/// A question that is asked, as the answers are now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The field and its row.
    pub path: FieldPath,
    /// Whether the order needs an answer to be submitted.
    pub required: bool,
}

/// Lists the questions that are asked, in the order of the form and row by row. What is not in it is not shown.
#[must_use]
pub fn asked(definition: &Definition, fields: &Fields) -> Vec<Asked> {
    let answers = Answers::new(definition, fields);
    let mut asked = Vec::new();
    for section in &definition.sections {
        for (row, place) in places(answers, section) {
            let shown = section.fields.iter().filter(|field| answers.is_shown(field, place));
            asked.extend(shown.map(|field| Asked {
                path: FieldPath { field: FieldId::new(&section.id, &field.id), row, part: None },
                required: answers.is_required(field, place),
            }));
        }
    }
    asked
}

/// Returns where the fields of a section are answered: in the order, or in each of the rows that there can be.
pub(crate) fn places<'a>(answers: Answers<'a>, section: &'a Section) -> Vec<(Option<usize>, Place<'a>)> {
    let Some(repeats) = &section.repeats else { return vec![(None, Place::Order)] };
    let rows = answers.rows(section).iter().enumerate().take(repeats.rows_max);
    rows.map(|(number, row)| (Some(number), Place::Row(&section.id, row))).collect()
}

/// Lists what can be submitted as it is, and what somebody should look at before, in the order of the form.
#[must_use]
pub fn warnings(definition: &Definition, fields: &Fields) -> Vec<Problem> {
    let answers = Answers::new(definition, fields);
    let mut warnings = Vec::new();
    for section in &definition.sections {
        for (row, place) in places(answers, section) {
            let served = section.fields.iter().filter(|field| answers.is_served(field, place));
            for id in served.map(|field| FieldId::new(&section.id, &field.id)) {
                let Some(FieldValue::Composed(parts)) = answers.value(&id, place) else { continue };
                if parts.get(Part::Line1.as_str()).is_some_and(|line| value::is_po_box(line)) {
                    let path = FieldPath { field: id, row, part: Some(Part::Line1) };
                    warnings.push(Problem { path, fault: Fault::PoBox });
                }
            }
        }
    }
    warnings
}

struct Check<'a> {
    answers: Answers<'a>,
    problems: Vec<Problem>,
}

impl<'a> Check<'a> {
    fn rows(&mut self, section: &'a Section, repeats: &Repeats, fields: &'a Fields) {
        let path = FieldPath { field: FieldId::new(&section.id, ROWS), row: None, part: None };
        let written = fields.0.get(&path.field.to_string());
        if written.is_some_and(|value| !matches!(value, FieldValue::Rows(_))) {
            self.problems.push(Problem { path, fault: Fault::WrongShape });
            return;
        }
        let rows = self.answers.rows(section);
        let answered = rows.iter().filter(|row| !row.values().all(value::is_empty)).count();
        if answered < repeats.rows_min {
            let fault = Fault::TooFewRows { item: repeats.item.clone(), rows_min: repeats.rows_min };
            self.problems.push(Problem { path: path.clone(), fault });
        }
        if rows.len() > repeats.rows_max {
            let fault = Fault::TooManyRows { item: repeats.item.clone(), rows_max: repeats.rows_max };
            self.problems.push(Problem { path, fault });
        }
        for (number, row) in rows.iter().enumerate().take(repeats.rows_max) {
            for field in &section.fields {
                self.field(section, field, Some((number, row)));
            }
            let known: BTreeSet<_> = section.fields.iter().map(|field| field.id.as_str()).collect();
            for name in row.keys().filter(|name| !known.contains(name.as_str())) {
                let field = FieldId::new(&section.id, name);
                let path = FieldPath { field, row: Some(number), part: None };
                self.problems.push(Problem { path, fault: Fault::Unknown });
            }
        }
    }

    fn field(&mut self, section: &'a Section, field: &'a Field, row: Option<(usize, &'a Row)>) {
        let place = row.map_or(Place::Order, |(_, row)| Place::Row(&section.id, row));
        if !self.answers.is_shown(field, place) {
            return;
        }
        let id = FieldId::new(&section.id, &field.id);
        let required = self.answers.is_required(field, place);
        let value = self.answers.value(&id, place).filter(|value| !value::is_empty(value));
        let path = |part| FieldPath { field: id.clone(), row: row.map(|(number, _)| number), part };
        match value {
            None if required => self.problems.push(Problem { path: path(None), fault: Fault::Missing }),
            None => {}
            Some(value) => {
                let faults = value::faults(&field.kind, value);
                self.problems.extend(faults.into_iter().map(|(part, fault)| Problem { path: path(part), fault }));
            }
        }
    }

    /// Answers to questions that the definition does not ask, as after a change of the catalogue.
    fn unknown(&mut self, definition: &Definition, fields: &Fields) {
        for name in fields.0.keys() {
            let Some((section, field)) = name.split_once('.') else { continue };
            let id = FieldId::new(section, field);
            let repeats = definition.section(section).is_some_and(|section| section.repeats.is_some());
            let known = if repeats { field == ROWS } else { definition.field(&id).is_some() };
            if !known {
                let path = FieldPath { field: id, row: None, part: None };
                self.problems.push(Problem { path, fault: Fault::Unknown });
            }
        }
    }
}

/// Returns the answers that count: those to questions that are asked. What an order's document holds.
#[must_use]
pub fn counted(definition: &Definition, fields: &Fields) -> Fields {
    let answers = Answers::new(definition, fields);
    let mut counted = Fields::default();
    for section in &definition.sections {
        let kept = |place: Place<'_>| -> Row {
            let shown = section.fields.iter().filter(|field| answers.is_shown(field, place));
            let values = shown.filter_map(|field| {
                let value = answers.value(&FieldId::new(&section.id, &field.id), place)?;
                (!value::is_empty(value)).then(|| (field.id.clone(), value.clone()))
            });
            values.collect()
        };
        if section.repeats.is_some() {
            let rows = answers.rows(section).iter().map(|row| kept(Place::Row(&section.id, row)));
            let rows: Vec<_> = rows.filter(|row| !row.is_empty()).collect();
            if !rows.is_empty() {
                counted.0.insert(FieldId::new(&section.id, ROWS).to_string(), FieldValue::Rows(rows));
            }
        } else {
            let named = |(field, value): (String, _)| (FieldId::new(&section.id, &field).to_string(), value);
            counted.0.extend(kept(Place::Order).into_iter().map(named));
        }
    }
    counted
}

/// Tells whether a kind of field holds what people may read over a shoulder.
#[must_use]
pub fn is_masked(field: &Field) -> bool {
    field.sensitive || field.kind == Kind::Ssn
}
