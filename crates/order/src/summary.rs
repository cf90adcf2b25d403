//! What an order is about, in the few words by which people know it: its case, its subject, when it is due.

use std::fmt;

use jiff::civil::Date;

use crate::answers::{Answers, Place};
use crate::catalogue::{Definition, Field, FieldId, Kind, Section};
use crate::document::{FieldValue, Fields};
use crate::shown::shown;
use crate::validate::is_masked;
use crate::value;

/// What lists and headings say of an order; `Debug` prints none of it, for it names people. None of it comes from a sensitive field, or from one that is not asked.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// The caption of the case.
    pub caption: Caption,
    /// Whom or what the order is about.
    pub subject: Option<String>,
    /// The firm's own number.
    pub client_matter: Option<String>,
    /// When it has to be done.
    pub due: Option<Date>,
}

impl fmt::Debug for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Summary").field("caption", &self.caption).field("due", &self.due).finish_non_exhaustive()
    }
}

/// The caption of a case, as far as it was filled in and with the names as they were typed.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Caption {
    /// The side that sues.
    pub plaintiff: Option<String>,
    /// The side that is sued.
    pub defendant: Option<String>,
    /// The court.
    pub court: Option<String>,
    /// The county.
    pub county: Option<String>,
    /// The branch or district of the court.
    pub branch: Option<String>,
    /// The case number.
    pub number: Option<String>,
    /// The department of the court.
    pub department: Option<String>,
    /// The judge.
    pub judge: Option<String>,
    /// The date of trial.
    pub trial_date: Option<Date>,
}

impl fmt::Debug for Caption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caption").finish_non_exhaustive()
    }
}

impl Caption {
    /// Returns the caption as one line, `Maria Delgado v. Northline Freight, Inc.`; one side alone where the other is missing,
    /// and nothing where both are.
    #[must_use]
    pub fn line(&self) -> String {
        [&self.plaintiff, &self.defendant].into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" v. ")
    }
}

/// Says what an order is about, as far as the definition names the fields and they are filled in.
#[must_use]
pub fn summary(definition: &Definition, fields: &Fields) -> Summary {
    let look = Look { definition, answers: Answers::new(definition, fields) };
    let (caption, list) = (&definition.caption, &definition.list);
    Summary {
        caption: Caption {
            plaintiff: look.words(caption.plaintiff.as_ref()),
            defendant: look.words(caption.defendant.as_ref()),
            court: look.words(caption.court.as_ref()),
            county: look.words(caption.county.as_ref()),
            branch: look.words(caption.branch.as_ref()),
            number: look.words(caption.number.as_ref()),
            department: look.words(caption.department.as_ref()),
            judge: look.words(caption.judge.as_ref()),
            trial_date: look.date(caption.trial_date.as_ref()),
        },
        subject: look.words(list.subject.as_ref()),
        client_matter: look.words(list.client_matter.as_ref()),
        due: look.date(list.due.as_ref()),
    }
}

/// Returns the one line of a folded section, or of the folded row with this number, from 0: what was answered to the fields of
/// the section's summary, as people write it. Empty where nothing was.
#[must_use]
pub fn folded(definition: &Definition, section: &Section, row: Option<usize>, fields: &Fields) -> String {
    let answers = Answers::new(definition, fields);
    let place = match row {
        None => Place::Order,
        Some(row) => match answers.rows(section).get(row) {
            Some(row) => Place::Row(&section.id, row),
            None => return String::new(),
        },
    };
    let line = section.summary.iter().filter_map(|name| {
        let id = FieldId::new(&section.id, name);
        let field = definition.field(&id).filter(|field| answers.is_shown(field, place) && !is_masked(field))?;
        let value = answers.value(&id, place)?;
        let words = match (&field.kind, value) {
            // A flag says nothing without its question, and a statement is longer than a line.
            (Kind::Attestation { .. }, FieldValue::Flag(true)) => format!("{}: Agreed", field.label),
            (Kind::YesNo | Kind::Attestation { .. }, value) => {
                format!("{}: {}", field.label, shown(&field.kind, value))
            }
            (kind, value) => shown(kind, value),
        };
        Some(words.trim().to_owned()).filter(|words| !words.is_empty())
    });
    line.collect::<Vec<_>>().join(" · ")
}

struct Look<'a> {
    definition: &'a Definition,
    answers: Answers<'a>,
}

impl<'a> Look<'a> {
    fn answer(&self, id: Option<&FieldId>) -> Option<(&'a Field, &'a FieldValue)> {
        let id = id?;
        let field = self.definition.field(id)?;
        let told = self.answers.is_shown(field, Place::Order) && !is_masked(field);
        self.answers.value(id, Place::Order).filter(|_| told).map(|value| (field, value))
    }

    fn words(&self, id: Option<&FieldId>) -> Option<String> {
        let (field, value) = self.answer(id)?;
        if !matches!(value, FieldValue::Text(_)) {
            return None;
        }
        let words = shown(&field.kind, value).trim().to_owned();
        (!words.is_empty()).then_some(words)
    }

    fn date(&self, id: Option<&FieldId>) -> Option<Date> {
        match self.answer(id)? {
            (_, FieldValue::Text(text)) => value::date(text),
            _ => None,
        }
    }
}
