//! Reads the conditions of a definition and checks them once all fields are known.

use std::ops::Range;

use super::written::WrittenCondition;
use super::{DefinitionError, OPTIONS_MAX, Reader};
use crate::catalogue::{Condition, Definition, Field, FieldId, Kind};

/// How many conditions may depend on each other, one on the next.
const CONDITIONS_DEEP_MAX: usize = 8;

/// A condition and where it stands, to be looked at once all fields are known.
pub(super) struct Standing {
    pub(super) condition: Condition,
    pub(super) span: Range<usize>,
    /// The section that it stands in; for a price, the one whose rows it counts.
    pub(super) section: Option<String>,
    /// The field that it belongs to; none for a price.
    pub(super) field: Option<FieldId>,
}

pub(super) type Conditions = Vec<Standing>;

/// Tells on how many conditions, one on the next, it depends whether a field is asked; counts no further than is allowed.
fn depth(definition: &Definition, field: &Field) -> usize {
    let mut field = Some(field);
    for depth in 0..=CONDITIONS_DEEP_MAX {
        let Some(condition) = field.and_then(|field| field.shown_if.as_ref()) else { return depth };
        field = definition.field(&condition.field);
    }
    CONDITIONS_DEEP_MAX
}

/// Tells whether a field stands before another in the form.
fn stands_before(definition: &Definition, first: &FieldId, second: &FieldId) -> bool {
    let position = |id: &FieldId| {
        let section = definition.sections.iter().position(|section| section.id == id.section())?;
        let field = definition.sections.get(section)?.fields.iter().position(|field| field.id == id.field())?;
        Some((section, field))
    };
    position(first) < position(second)
}

impl Reader<'_> {
    /// Reads a condition. A field without a section is one of the section that the condition stands in.
    pub(super) fn condition(
        &self,
        written: WrittenCondition,
        section: &str,
    ) -> Result<(Range<usize>, Condition), DefinitionError> {
        let (span, name) = (written.field.span(), written.field.into_inner());
        let (section, field) = name.split_once('.').unwrap_or((section, &name));
        if !(1..=OPTIONS_MAX).contains(&written.is.len()) {
            return Err(self.refuse(&span, format!("a condition names at least one answer, {OPTIONS_MAX} at most")));
        }
        Ok((span, Condition { field: FieldId::new(section, field), is: written.is }))
    }

    pub(super) fn check_condition(&self, definition: &Definition, standing: &Standing) -> Result<(), DefinitionError> {
        let Standing { condition, span, section, field: owner } = standing;
        let name = &condition.field;
        let field = definition.field(name);
        let field = field.ok_or_else(|| self.refuse(span, format!("there is no field `{name}`")))?;
        let repeats = definition.section(name.section()).is_some_and(|section| section.repeats.is_some());
        if repeats && section.as_deref() != Some(name.section()) {
            return Err(
                self.refuse(span, format!("`{name}` has one answer a row, and this stands outside of its rows"))
            );
        }
        // So conditions cannot go in a circle, and a reader of the form meets the cause before the effect.
        if owner.as_ref().is_some_and(|owner| !stands_before(definition, name, owner)) {
            return Err(self.refuse(span, format!("`{name}` does not stand before the field that depends on it")));
        }
        if depth(definition, field) >= CONDITIONS_DEEP_MAX {
            return Err(self.refuse(span, format!("more than {CONDITIONS_DEEP_MAX} conditions depend on each other")));
        }
        let is_answer = |answer: &String| match &field.kind {
            Kind::YesNo => answer == "yes" || answer == "no",
            Kind::Attestation { .. } => answer == "yes",
            Kind::Choice(options) | Kind::Choices(options) => options.iter().any(|option| option.id == *answer),
            Kind::Text { .. }
            | Kind::Paragraph { .. }
            | Kind::Date { .. }
            | Kind::Time
            | Kind::Email
            | Kind::Phone
            | Kind::Ssn
            | Kind::Money
            | Kind::Count
            | Kind::Address => false,
        };
        match condition.is.iter().find(|answer| !is_answer(answer)) {
            None => Ok(()),
            Some(answer) => Err(self.refuse(span, format!("`{answer}` is no answer to `{name}`"))),
        }
    }
}
