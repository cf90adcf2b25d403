//! Reads a definition from TOML and refuses what contradicts itself.

mod conditions;
mod deadlines;
mod fields;
mod prices;
mod roles;
mod was;
mod written;

use std::collections::BTreeSet;
use std::ops::Range;

use satchel_terms::{CatalogueVersion, Code, LINES_MAX, is_inert, is_printable};
use toml::Spanned;

use super::definition::{CaptionFields, Definition, ListFields, ROWS, Repeats, Section};
use conditions::Conditions;
use written::{WrittenDefinition, WrittenRepeats, WrittenSection};

/// The most bytes of a definition.
const DEFINITION_BYTES_MAX: usize = 512 * 1024;
/// The most fields of a definition; a condition may depend on all that stand before it, one on the other.
const FIELDS_MAX: usize = 1_000;
/// The most characters of a title, label or help text.
const SHOWN_CHARS_MAX: usize = 300;
/// The most options of a choice, and the most answers that a condition names.
const OPTIONS_MAX: usize = 500;
/// The most rows of a repeating section.
const ROWS_MAX: usize = 1_000;

/// Says where a definition is wrong and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}line {line}: {reason}", file.as_ref().map(|file| format!("{file}, ")).unwrap_or_default())]
pub struct DefinitionError {
    /// The file, where the definition was put together from several.
    pub file: Option<String>,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub reason: String,
}

impl Definition {
    /// Reads a definition.
    ///
    /// # Errors
    /// [`DefinitionError`] names the line and the reason.
    pub fn read(text: &str) -> Result<Self, DefinitionError> {
        let reader = Reader { text };
        if text.len() > DEFINITION_BYTES_MAX {
            return Err(DefinitionError {
                file: None,
                line: 1,
                reason: format!("more than {DEFINITION_BYTES_MAX} bytes"),
            });
        }
        let written: WrittenDefinition =
            toml::from_str(text).map_err(|error| reader.refuse(&error.span().unwrap_or_default(), error.message()))?;
        let (definition, conditions) = reader.definition(written)?;
        for standing in &conditions {
            reader.check_condition(&definition, standing)?;
        }
        Ok(definition)
    }
}

struct Reader<'text> {
    text: &'text str,
}

impl Reader<'_> {
    fn refuse(&self, span: &Range<usize>, reason: impl Into<String>) -> DefinitionError {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        DefinitionError { file: None, line: before.matches('\n').count() + 1, reason: reason.into() }
    }

    fn definition(&self, written: WrittenDefinition) -> Result<(Definition, Conditions), DefinitionError> {
        let mut conditions = Conditions::new();
        let (span, service) = (written.service.span(), written.service.into_inner());
        let service = Code::try_from(service).map_err(|error| self.refuse(&span, error.to_string()))?;
        if written.section.iter().map(|section| section.field.len()).sum::<usize>() > FIELDS_MAX {
            return Err(self.refuse(&span, format!("a service has at most {FIELDS_MAX} fields")));
        }
        self.shown(&span, &written.name)?;
        self.shown(&span, &written.summary)?;
        self.check_was(&written.section)?;
        let mut ids = BTreeSet::new();
        let mut sections = Vec::new();
        for section in written.section {
            let id = self.id(&section.id, &mut ids)?;
            sections.push(self.section(section, id, &mut conditions)?);
        }
        let catalogue = CatalogueVersion { service, version: written.version };
        let (name, summary) = (written.name, written.summary);
        let (caption, list) = (CaptionFields::default(), ListFields::default());
        let mut definition =
            Definition { catalogue, name, summary, sections, caption, list, prices: Vec::new(), deadlines: Vec::new() };
        definition.caption = self.caption(written.caption, &definition)?;
        definition.list = self.list(written.list, &definition)?;
        let mut codes = BTreeSet::new();
        if written.price.len() > LINES_MAX {
            return Err(self.refuse(&span, format!("a service has at most {LINES_MAX} prices")));
        }
        for price in written.price {
            let price = self.price(price, &definition, &mut codes, &mut conditions)?;
            definition.prices.push(price);
        }
        definition.deadlines = self.deadlines(written.deadline, &definition, &mut conditions)?;
        Ok((definition, conditions))
    }

    /// Checks a text that people read: one line, and nothing in it that an HTML parser or a terminal takes for more.
    fn shown(&self, span: &Range<usize>, text: &str) -> Result<(), DefinitionError> {
        let valid = is_printable(text) && is_inert(text) && text.chars().count() <= SHOWN_CHARS_MAX;
        if valid { Ok(()) } else { Err(self.refuse(span, "a text that is shown is one line without markup")) }
    }

    /// Reads the id of a section or field: `a-z`, `0-9`, `_`, starting with a letter, and not one that is there already.
    fn id(&self, id: &Spanned<String>, taken: &mut BTreeSet<String>) -> Result<String, DefinitionError> {
        let (span, id) = (id.span(), id.get_ref());
        if !crate::document::is_part(id) {
            return Err(self.refuse(&span, format!("`{id}` is no id: a-z, 0-9 and _, starting with a letter")));
        }
        if !taken.insert(id.clone()) {
            return Err(self.refuse(&span, format!("the id `{id}` is there already")));
        }
        Ok(id.clone())
    }

    fn section(
        &self,
        written: WrittenSection,
        id: String,
        conditions: &mut Conditions,
    ) -> Result<Section, DefinitionError> {
        self.shown(&written.id.span(), &written.title)?;
        self.shown(&written.id.span(), written.hint.as_deref().unwrap_or_default())?;
        let repeats = written.repeats.map(|repeats| self.repeats(repeats)).transpose()?;
        let mut ids = BTreeSet::new();
        if repeats.is_none() {
            ids.insert(ROWS.to_owned());
        }
        let mut fields = Vec::new();
        for field in written.field {
            let field_id = self.id(&field.id, &mut ids)?;
            fields.push(self.field(field, field_id, &id, conditions)?);
        }
        if fields.is_empty() {
            return Err(self.refuse(&written.id.span(), format!("the section `{id}` has no field")));
        }
        let summary = self.section_summary(&written.id.span(), &written.summary, &fields)?;
        let was = written.was.into_iter().map(Spanned::into_inner).collect();
        Ok(Section { id, title: written.title, hint: written.hint, summary, repeats, was, fields })
    }

    fn repeats(&self, written: WrittenRepeats) -> Result<Repeats, DefinitionError> {
        let (span, rows_max) = (written.max.span(), written.max.into_inner());
        if rows_max == 0 || rows_max < written.min || rows_max > ROWS_MAX {
            return Err(self.refuse(&span, format!("a section repeats from `min` to `max` times, {ROWS_MAX} at most")));
        }
        self.shown(&span, &written.item)?;
        Ok(Repeats { item: written.item, rows_min: written.min, rows_max })
    }
}
