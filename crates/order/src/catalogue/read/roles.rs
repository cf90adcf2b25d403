//! Reads which fields make the caption, the lines of lists and the line of a folded section.

use std::collections::BTreeSet;
use std::ops::Range;

use toml::Spanned;

use super::written::{WrittenCaption, WrittenList};
use super::{DefinitionError, Reader};
use crate::catalogue::{CaptionFields, Definition, Field, FieldId, Kind, ListFields};
use crate::validate::is_masked;

/// The most fields that the line of a folded section shows.
const SUMMARY_FIELDS_MAX: usize = 8;

/// What a field must be to stand for something.
#[derive(Clone, Copy)]
enum Role {
    /// Words: a text, or a choice of one option.
    Words,
    /// A date.
    Date,
}

impl Reader<'_> {
    pub(super) fn caption(
        &self,
        written: WrittenCaption,
        definition: &Definition,
    ) -> Result<CaptionFields, DefinitionError> {
        let mut taken = BTreeSet::new();
        let mut role = |name: Option<Spanned<String>>, role| self.role(name, role, definition, &mut taken);
        Ok(CaptionFields {
            plaintiff: role(written.plaintiff, Role::Words)?,
            defendant: role(written.defendant, Role::Words)?,
            court: role(written.court, Role::Words)?,
            county: role(written.county, Role::Words)?,
            branch: role(written.branch, Role::Words)?,
            number: role(written.number, Role::Words)?,
            department: role(written.department, Role::Words)?,
            judge: role(written.judge, Role::Words)?,
            trial_date: role(written.trial_date, Role::Date)?,
        })
    }

    pub(super) fn list(&self, written: WrittenList, definition: &Definition) -> Result<ListFields, DefinitionError> {
        let mut taken = BTreeSet::new();
        let mut role = |name: Option<Spanned<String>>, role| self.role(name, role, definition, &mut taken);
        Ok(ListFields {
            subject: role(written.subject, Role::Words)?,
            client_matter: role(written.client_matter, Role::Words)?,
            due: role(written.due, Role::Date)?,
        })
    }

    /// Reads the name of a field that stands for something outside of the form, where nothing is masked.
    fn role(
        &self,
        name: Option<Spanned<String>>,
        role: Role,
        definition: &Definition,
        taken: &mut BTreeSet<FieldId>,
    ) -> Result<Option<FieldId>, DefinitionError> {
        let Some(name) = name else { return Ok(None) };
        let (span, name) = (name.span(), name.into_inner());
        let id = name.split_once('.').map(|(section, field)| FieldId::new(section, field));
        let found = id.and_then(|id| definition.field(&id).map(|field| (id, field)));
        let Some((id, field)) = found else {
            return Err(self.refuse(&span, format!("there is no field `{name}`")));
        };
        if definition.section(id.section()).is_some_and(|section| section.repeats.is_some()) {
            return Err(
                self.refuse(&span, format!("`{name}` has one answer a row, and this stands outside of its rows"))
            );
        }
        let fits = match role {
            Role::Words => matches!(field.kind, Kind::Text { .. } | Kind::Choice(_)),
            Role::Date => matches!(field.kind, Kind::Date { .. }),
        };
        if !fits {
            let kind = match role {
                Role::Words => "text or choice",
                Role::Date => "date",
            };
            return Err(self.refuse(&span, format!("`{name}` is no field of kind {kind}")));
        }
        self.not_masked(&span, field, &name)?;
        if taken.insert(id.clone()) {
            Ok(Some(id))
        } else {
            Err(self.refuse(&span, format!("`{name}` stands for something else already")))
        }
    }

    /// Reads the fields that the line of a folded section, or of a folded row, shows.
    pub(super) fn section_summary(
        &self,
        section: &Range<usize>,
        written: &[Spanned<String>],
        fields: &[Field],
    ) -> Result<Vec<String>, DefinitionError> {
        if written.len() > SUMMARY_FIELDS_MAX {
            return Err(self.refuse(section, format!("a summary has at most {SUMMARY_FIELDS_MAX} fields")));
        }
        let mut summary = Vec::new();
        for name in written {
            let (span, name) = (name.span(), name.get_ref());
            let Some(field) = fields.iter().find(|field| field.id == *name) else {
                return Err(self.refuse(&span, format!("there is no field `{name}` in this section")));
            };
            self.not_masked(&span, field, name)?;
            if summary.contains(name) {
                return Err(self.refuse(&span, format!("the summary names `{name}` twice")));
            }
            summary.push(name.clone());
        }
        Ok(summary)
    }

    fn not_masked(&self, span: &Range<usize>, field: &Field, name: &str) -> Result<(), DefinitionError> {
        if is_masked(field) {
            Err(self.refuse(span, format!("`{name}` is sensitive and shown nowhere else")))
        } else {
            Ok(())
        }
    }
}
