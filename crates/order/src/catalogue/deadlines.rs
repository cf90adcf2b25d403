//! Which rules about dates a service's answers fall under, and what they give: the docket of an order.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::definition::{Condition, Definition, FieldId};
use crate::answers::{Answers, Place};
use crate::deadlines::{Buffers, Deadline, Inputs, MANNER, Manner, Rulebook, RulebookError};
use crate::document::{FieldValue, Fields};
use crate::value;

/// A rule about dates, and the fields that it is reckoned with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadlineFields {
    /// The rule's id.
    pub rule: String,
    /// When the rule applies: where all of these hold, and always where there is none.
    pub when: Vec<Condition>,
    /// The fields by the rule's input ids. None of them is sensitive or in a section that repeats.
    pub inputs: BTreeMap<String, FieldId>,
}

/// A line of the docket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocketEntry {
    /// What the rule gives.
    pub deadline: Deadline,
    /// The field whose date is compared with the rule's, if the form asks for it.
    pub checked: Option<FieldId>,
    /// The fields that the rule is reckoned with, by its input ids.
    pub fields: BTreeMap<String, FieldId>,
}

impl Definition {
    /// Reckons the dates of an order, in the order of the definition. Answers to questions that are not asked do not count,
    /// nor does what is no date yet.
    ///
    /// # Errors
    /// None: a test reads the rules.
    pub fn docket(&self, fields: &Fields, today: Date, buffers: &Buffers) -> Result<Vec<DocketEntry>, RulebookError> {
        let book = Rulebook::built_in().map_err(Clone::clone)?;
        let answers = Answers::new(self, fields);
        let applies =
            |deadline: &&DeadlineFields| deadline.when.iter().all(|condition| answers.holds(condition, Place::Order));
        let mut entries = Vec::new();
        for written in self.deadlines.iter().filter(applies) {
            let rule = book.required(&written.rule)?;
            let text = |id: &FieldId| self.answer(answers, id);
            let dates = written.inputs.iter().filter(|(input, _)| *input != MANNER);
            let dates = dates.filter_map(|(input, id)| Some((input.clone(), value::date(text(id)?)?))).collect();
            let manner = written.inputs.get(MANNER).and_then(text).and_then(Manner::named);
            let deadline = book.deadline(rule, &Inputs { dates, manner, today }, buffers);
            let checked = rule.checked.as_ref().and_then(|id| written.inputs.get(id)).cloned();
            entries.push(DocketEntry { deadline, checked, fields: written.inputs.clone() });
        }
        Ok(entries)
    }

    /// Returns the answer to a field that is asked, where it is a text.
    fn answer<'a>(&'a self, answers: Answers<'a>, id: &FieldId) -> Option<&'a str> {
        let field = self.field(id).filter(|field| answers.is_shown(field, Place::Order))?;
        match answers.value(&FieldId::new(id.section(), &field.id), Place::Order) {
            Some(FieldValue::Text(text)) => Some(text),
            _ => None,
        }
    }
}
