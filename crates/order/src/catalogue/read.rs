//! Reads a definition from TOML and refuses what contradicts itself.

use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::ops::Range;

use satchel_terms::{CatalogueVersion, Cents, Code, LINES_MAX, is_inert, is_printable};
use serde::Deserialize;
use toml::Spanned;

use super::definition::{
    Condition, Definition, Field, FieldId, Kind, Price, Quantity, QuantityOf, ROWS, Repeats, Requirement, Section,
    ServiceOption,
};

/// The most bytes of a definition.
const DEFINITION_BYTES_MAX: usize = 512 * 1024;
/// The most characters of a line of text, unless the definition says fewer.
const TEXT_CHARS_MAX: usize = 200;
/// The most characters of a paragraph, unless the definition says fewer.
const PARAGRAPH_CHARS_MAX: usize = 20_000;
/// The most fields of a definition; a condition may depend on all that stand before it, one on the other.
const FIELDS_MAX: usize = 1_000;
/// The most characters of a title, label or help text.
const SHOWN_CHARS_MAX: usize = 300;
/// The most options of a choice, and the most answers that a condition names.
const OPTIONS_MAX: usize = 500;
/// How many conditions may depend on each other, one on the next.
const CONDITIONS_DEEP_MAX: usize = 8;
/// The most rows of a repeating section.
const ROWS_MAX: usize = 1_000;

/// Says where a definition is wrong and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct DefinitionError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub reason: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct WrittenDefinition {
    service: Spanned<String>,
    version: NonZeroU32,
    name: String,
    summary: String,
    section: Vec<WrittenSection>,
    #[serde(default)]
    price: Vec<WrittenPrice>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct WrittenSection {
    id: Spanned<String>,
    title: String,
    repeats: Option<WrittenRepeats>,
    field: Vec<WrittenField>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct WrittenRepeats {
    item: String,
    min: usize,
    max: Spanned<usize>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct WrittenField {
    id: Spanned<String>,
    label: String,
    kind: Spanned<String>,
    #[serde(default)]
    required: bool,
    required_if: Option<WrittenCondition>,
    shown_if: Option<WrittenCondition>,
    #[serde(default)]
    sensitive: bool,
    help: Option<String>,
    max_chars: Option<usize>,
    options: Option<Vec<WrittenOption>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenOption {
    id: Spanned<String>,
    label: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenCondition {
    field: Spanned<String>,
    is: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct WrittenPrice {
    code: Spanned<String>,
    label: String,
    unit_cents: u64,
    rows_of: Option<Spanned<String>>,
    count_of: Option<Spanned<String>>,
    when: Option<WrittenCondition>,
}

impl Definition {
    /// Reads a definition.
    ///
    /// # Errors
    /// [`DefinitionError`] names the line and the reason.
    pub fn read(text: &str) -> Result<Self, DefinitionError> {
        let reader = Reader { text };
        if text.len() > DEFINITION_BYTES_MAX {
            return Err(DefinitionError { line: 1, reason: format!("more than {DEFINITION_BYTES_MAX} bytes") });
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

/// A condition and where it stands, to be looked at once all fields are known.
struct Standing {
    condition: Condition,
    span: Range<usize>,
    /// The section that it stands in; for a price, the one whose rows it counts.
    section: Option<String>,
    /// The field that it belongs to; none for a price.
    field: Option<FieldId>,
}

type Conditions = Vec<Standing>;

struct Reader<'text> {
    text: &'text str,
}

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
    fn refuse(&self, span: &Range<usize>, reason: impl Into<String>) -> DefinitionError {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        DefinitionError { line: before.matches('\n').count() + 1, reason: reason.into() }
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
        let mut ids = BTreeSet::new();
        let mut sections = Vec::new();
        for section in written.section {
            let id = self.id(&section.id, &mut ids)?;
            sections.push(self.section(section, id, &mut conditions)?);
        }
        let catalogue = CatalogueVersion { service, version: written.version };
        let (name, summary) = (written.name, written.summary);
        let mut definition = Definition { catalogue, name, summary, sections, prices: Vec::new() };
        let mut codes = BTreeSet::new();
        if written.price.len() > LINES_MAX {
            return Err(self.refuse(&span, format!("a service has at most {LINES_MAX} prices")));
        }
        for price in written.price {
            let price = self.price(price, &definition, &mut codes, &mut conditions)?;
            definition.prices.push(price);
        }
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
        Ok(Section { id, title: written.title, repeats, fields })
    }

    fn repeats(&self, written: WrittenRepeats) -> Result<Repeats, DefinitionError> {
        let (span, rows_max) = (written.max.span(), written.max.into_inner());
        if rows_max == 0 || rows_max < written.min || rows_max > ROWS_MAX {
            return Err(self.refuse(&span, format!("a section repeats from `min` to `max` times, {ROWS_MAX} at most")));
        }
        Ok(Repeats { item: written.item, rows_min: written.min, rows_max })
    }

    fn field(
        &self,
        written: WrittenField,
        id: String,
        section: &str,
        conditions: &mut Conditions,
    ) -> Result<Field, DefinitionError> {
        let kind = self.kind(&written)?;
        self.shown(&written.id.span(), &written.label)?;
        self.shown(&written.id.span(), written.help.as_deref().unwrap_or_default())?;
        let mut condition = |written: WrittenCondition| {
            let (span, condition) = self.condition(written, section)?;
            let owner = FieldId::new(section, &id);
            let section = Some(section.to_owned());
            conditions.push(Standing { condition: condition.clone(), span, section, field: Some(owner) });
            Ok(condition)
        };
        let requirement = match (written.required, written.required_if) {
            (true, None) => Requirement::Always,
            (false, None) => Requirement::Optional,
            (false, Some(written)) => Requirement::When(condition(written)?),
            (true, Some(_)) => {
                let reason = format!("`{id}` is required always and under a condition");
                return Err(self.refuse(&written.id.span(), reason));
            }
        };
        let shown_if = written.shown_if.map(condition).transpose()?;
        let (label, sensitive, help) = (written.label, written.sensitive, written.help);
        Ok(Field { id, label, kind, requirement, shown_if, sensitive, help })
    }

    fn kind(&self, field: &WrittenField) -> Result<Kind, DefinitionError> {
        let span = field.kind.span();
        let options = || {
            let written = field.options.as_deref().unwrap_or_default();
            let mut ids = BTreeSet::new();
            let options = written.iter().map(|option| {
                self.shown(&option.id.span(), &option.label)?;
                Ok(ServiceOption { id: self.id(&option.id, &mut ids)?, label: option.label.clone() })
            });
            let options = options.collect::<Result<Vec<_>, DefinitionError>>()?;
            let counted = (1..=OPTIONS_MAX).contains(&options.len());
            if counted {
                Ok(options)
            } else {
                Err(self.refuse(&span, format!("a choice has options, {OPTIONS_MAX} at most")))
            }
        };
        let chars_max = |most: usize| field.max_chars.unwrap_or(most).min(most);
        let kind = match field.kind.get_ref().as_str() {
            "text" => Kind::Text { chars_max: chars_max(TEXT_CHARS_MAX) },
            "paragraph" => Kind::Paragraph { chars_max: chars_max(PARAGRAPH_CHARS_MAX) },
            "date" => Kind::Date,
            "email" => Kind::Email,
            "phone" => Kind::Phone,
            "ssn" => Kind::Ssn,
            "money" => Kind::Money,
            "count" => Kind::Count,
            "yes-no" => Kind::YesNo,
            "choice" => Kind::Choice(options()?),
            "choices" => Kind::Choices(options()?),
            "address" => Kind::Address,
            other => return Err(self.refuse(&span, format!("`{other}` is no kind of field"))),
        };
        let takes_options = matches!(kind, Kind::Choice(_) | Kind::Choices(_));
        let takes_chars = matches!(kind, Kind::Text { .. } | Kind::Paragraph { .. });
        if (field.options.is_some() && !takes_options) || (field.max_chars.is_some() && !takes_chars) {
            return Err(self.refuse(&span, "only a choice has options, and only a text has max-chars"));
        }
        Ok(kind)
    }

    /// Reads a condition. A field without a section is one of the section that the condition stands in.
    fn condition(
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

    fn check_condition(&self, definition: &Definition, standing: &Standing) -> Result<(), DefinitionError> {
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
            Kind::Choice(options) | Kind::Choices(options) => options.iter().any(|option| option.id == *answer),
            Kind::Text { .. }
            | Kind::Paragraph { .. }
            | Kind::Date
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

    fn price(
        &self,
        written: WrittenPrice,
        definition: &Definition,
        codes: &mut BTreeSet<Code>,
        conditions: &mut Conditions,
    ) -> Result<Price, DefinitionError> {
        let (span, code) = (written.code.span(), written.code.into_inner());
        let code = Code::try_from(code).map_err(|error| self.refuse(&span, error.to_string()))?;
        if !codes.insert(code.clone()) {
            return Err(self.refuse(&span, format!("the price `{code}` is there already")));
        }
        self.shown(&span, &written.label)?;
        let unit = Cents::try_from(written.unit_cents).map_err(|error| self.refuse(&span, error.to_string()))?;
        let of = match (written.rows_of, written.count_of) {
            (None, None) => QuantityOf::Order,
            (Some(section), None) => self.rows_of(&section, definition)?,
            (None, Some(field)) => self.count_of(&field, definition)?,
            (Some(_), Some(_)) => return Err(self.refuse(&span, "a price counts rows or a field, not both")),
        };
        let section = if let QuantityOf::RowsOf(section) = &of { Some(section.clone()) } else { None };
        let when = match written.when {
            None => None,
            Some(written) => {
                let (span, condition) = self.condition(written, section.as_deref().unwrap_or_default())?;
                conditions.push(Standing { condition: condition.clone(), span, section, field: None });
                Some(condition)
            }
        };
        Ok(Price { code, label: written.label, unit, quantity: Quantity { of, when } })
    }

    fn rows_of(&self, id: &Spanned<String>, definition: &Definition) -> Result<QuantityOf, DefinitionError> {
        let section = definition.section(id.get_ref()).filter(|section| section.repeats.is_some());
        match section {
            Some(section) => Ok(QuantityOf::RowsOf(section.id.clone())),
            None => Err(self.refuse(&id.span(), format!("`{}` is no section that repeats", id.get_ref()))),
        }
    }

    fn count_of(&self, name: &Spanned<String>, definition: &Definition) -> Result<QuantityOf, DefinitionError> {
        let id = name.get_ref().split_once('.').map(|(section, field)| FieldId::new(section, field));
        let repeats = |id: &FieldId| definition.section(id.section()).is_some_and(|section| section.repeats.is_some());
        let counted =
            |id: &FieldId| definition.field(id).is_some_and(|field| field.kind == Kind::Count) && !repeats(id);
        match id.filter(counted) {
            Some(id) => Ok(QuantityOf::Field(id)),
            None => Err(self.refuse(&name.span(), format!("`{}` is no field of kind count", name.get_ref()))),
        }
    }
}
