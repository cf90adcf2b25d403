//! Reads the fields of a definition: what kind of answer each takes, and how it looks.

use std::collections::BTreeSet;

use satchel_terms::{is_inert, is_printable};

use super::conditions::{Conditions, Standing};
use super::written::{WrittenCondition, WrittenField};
use super::{DefinitionError, OPTIONS_MAX, Reader, was};
use crate::catalogue::{ChoiceStyle, Field, FieldId, Kind, Looks, Requirement, ServiceOption, Width};

/// The most characters of a line of text, unless the definition says fewer.
const TEXT_CHARS_MAX: usize = 200;
/// The most characters of a paragraph, unless the definition says fewer.
const PARAGRAPH_CHARS_MAX: usize = 20_000;
/// The most characters of a statement that is agreed to.
const STATEMENT_CHARS_MAX: usize = 1_000;
/// The most options of a choice that stand side by side unless the definition says otherwise.
const RADIO_OPTIONS_MAX: usize = 8;

impl Reader<'_> {
    pub(super) fn field(
        &self,
        written: WrittenField,
        id: String,
        section: &str,
        conditions: &mut Conditions,
    ) -> Result<Field, DefinitionError> {
        let kind = self.kind(&written)?;
        let style = self.style(&written, &kind)?;
        let width = self.width(&written, &kind, style)?;
        if written.served_if.is_some() && kind != Kind::Address {
            return Err(self.refuse(&written.id.span(), "only an address is one that somebody is served at"));
        }
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
        let shown_if = written.shown_if.map(&mut condition).transpose()?;
        let served_if = written.served_if.map(condition).transpose()?;
        let was = written.was.iter().map(|name| was::field(section, name.get_ref())).collect();
        let (label, sensitive, help) = (written.label, written.sensitive, written.help);
        Ok(Field { id, label, kind, width, style, requirement, shown_if, served_if, sensitive, help, was })
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
            "date" => Kind::Date { looks: self.looks(field)? },
            "email" => Kind::Email,
            "phone" => Kind::Phone,
            "ssn" => Kind::Ssn,
            "money" => Kind::Money,
            "count" => Kind::Count,
            "yes-no" => Kind::YesNo,
            "attestation" => Kind::Attestation { statement: self.statement(field)? },
            "time" => Kind::Time,
            "choice" => Kind::Choice(options()?),
            "choices" => Kind::Choices(options()?),
            "address" => Kind::Address,
            other => return Err(self.refuse(&span, format!("`{other}` is no kind of field"))),
        };
        if field.looks.is_some() && !matches!(kind, Kind::Date { .. }) {
            return Err(self.refuse(&span, "only a date looks ahead or back"));
        }
        if let Some(statement) = field.statement.as_ref().filter(|_| !matches!(kind, Kind::Attestation { .. })) {
            return Err(self.refuse(&statement.span(), "only an attestation has a statement"));
        }
        let takes_options = matches!(kind, Kind::Choice(_) | Kind::Choices(_));
        let takes_chars = matches!(kind, Kind::Text { .. } | Kind::Paragraph { .. });
        if (field.options.is_some() && !takes_options) || (field.max_chars.is_some() && !takes_chars) {
            return Err(self.refuse(&span, "only a choice has options, and only a text has max-chars"));
        }
        Ok(kind)
    }

    fn statement(&self, field: &WrittenField) -> Result<String, DefinitionError> {
        let Some(statement) = &field.statement else {
            return Err(self.refuse(&field.kind.span(), "an attestation has the statement that is agreed to"));
        };
        let text = statement.get_ref();
        let chars = text.chars().count();
        if is_printable(text) && is_inert(text) && (1..=STATEMENT_CHARS_MAX).contains(&chars) {
            Ok(text.clone())
        } else {
            let reason = format!("a statement is one line without markup, of {STATEMENT_CHARS_MAX} characters at most");
            Err(self.refuse(&statement.span(), reason))
        }
    }

    fn looks(&self, field: &WrittenField) -> Result<Looks, DefinitionError> {
        match field.looks.as_ref().map(|looks| (looks.span(), looks.get_ref().as_str())) {
            None | Some((_, "ahead")) => Ok(Looks::Ahead),
            Some((_, "back")) => Ok(Looks::Back),
            Some((span, other)) => Err(self.refuse(&span, format!("a date looks `ahead` or `back`, not `{other}`"))),
        }
    }

    fn style(&self, field: &WrittenField, kind: &Kind) -> Result<Option<ChoiceStyle>, DefinitionError> {
        match (kind, field.style.as_ref().map(|style| (style.span(), style.get_ref().as_str()))) {
            (Kind::Choice(_), Some((_, "radio"))) => Ok(Some(ChoiceStyle::Radio)),
            (Kind::Choice(_), Some((_, "select"))) => Ok(Some(ChoiceStyle::Select)),
            (Kind::Choice(_), Some((_, "search"))) => Ok(Some(ChoiceStyle::Search)),
            (Kind::Choice(_), Some((span, other))) => {
                Err(self.refuse(&span, format!("a choice has the style `radio`, `select` or `search`, not `{other}`")))
            }
            (Kind::Choice(options), None) if options.len() <= RADIO_OPTIONS_MAX => Ok(Some(ChoiceStyle::Radio)),
            (Kind::Choice(_), None) => Ok(Some(ChoiceStyle::Select)),
            (_, Some((span, _))) => Err(self.refuse(&span, "only a choice of one option has a style")),
            (_, None) => Ok(None),
        }
    }

    fn width(&self, field: &WrittenField, kind: &Kind, style: Option<ChoiceStyle>) -> Result<Width, DefinitionError> {
        let Some(written) = &field.width else { return Ok(usual_width(kind, style)) };
        match written.get_ref().as_str() {
            "full" => Ok(Width::Full),
            "two-thirds" => Ok(Width::TwoThirds),
            "half" => Ok(Width::Half),
            "third" => Ok(Width::Third),
            other => Err(self
                .refuse(&written.span(), format!("a width is `full`, `two-thirds`, `half` or `third`, not `{other}`"))),
        }
    }
}

/// Returns the width of a field whose definition says none.
const fn usual_width(kind: &Kind, style: Option<ChoiceStyle>) -> Width {
    match (kind, style) {
        (Kind::Paragraph { .. } | Kind::Choices(_) | Kind::Address | Kind::Attestation { .. }, _)
        | (_, Some(ChoiceStyle::Radio)) => Width::Full,
        (Kind::Text { .. } | Kind::Email | Kind::Choice(_), _) => Width::Half,
        (Kind::Date { .. } | Kind::Time | Kind::Phone | Kind::Ssn | Kind::Money | Kind::Count | Kind::YesNo, _) => {
            Width::Third
        }
    }
}
