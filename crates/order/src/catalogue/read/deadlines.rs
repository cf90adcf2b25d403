//! Reads which fields the rules about dates are reckoned with.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use super::conditions::{Conditions, Standing};
use super::written::WrittenCondition;
use super::{DefinitionError, Reader};
use crate::catalogue::{DeadlineFields, Definition, FieldId, Kind};
use crate::deadlines::{Input, InputKind, Manner, Rule, Rulebook};
use crate::validate::is_masked;

/// The most rules about dates that a service falls under.
const DEADLINES_MAX: usize = 50;

/// A `[[deadline]]`: `rule`, `when` and `and`, and for each input of the rule the field that it is taken from.
pub(super) struct WrittenDeadline {
    rule: Spanned<String>,
    /// `when`, and `and` behind it.
    when: Vec<WrittenCondition>,
    inputs: Vec<(String, Spanned<String>)>,
}

impl<'de> Deserialize<'de> for WrittenDeadline {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(DeadlineVisitor)
    }
}

/// Which inputs there are depends on the rule, so the keys are not known to serde; flattened they would lose their lines.
struct DeadlineVisitor;

impl<'de> Visitor<'de> for DeadlineVisitor {
    type Value = WrittenDeadline;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a rule and its fields")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut rule, mut when, mut and, mut inputs) = (None, None, None, Vec::new());
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "rule" => rule = Some(map.next_value()?),
                "when" => when = Some(map.next_value()?),
                "and" => and = Some(map.next_value()?),
                _ => inputs.push((key, map.next_value()?)),
            }
        }
        let rule = rule.ok_or_else(|| A::Error::missing_field("rule"))?;
        if when.is_none() && and.is_some() {
            return Err(A::Error::custom("`and` stands only where there is a `when`"));
        }
        Ok(WrittenDeadline { rule, when: when.into_iter().chain(and).collect(), inputs })
    }
}

impl Reader<'_> {
    pub(super) fn deadlines(
        &self,
        written: Vec<WrittenDeadline>,
        definition: &Definition,
        conditions: &mut Conditions,
    ) -> Result<Vec<DeadlineFields>, DefinitionError> {
        let mut deadlines = Vec::new();
        for written in written {
            if deadlines.len() >= DEADLINES_MAX {
                let reason = format!("a service has at most {DEADLINES_MAX} rules about dates");
                return Err(self.refuse(&written.rule.span(), reason));
            }
            deadlines.push(self.deadline(written, definition, conditions)?);
        }
        Ok(deadlines)
    }

    fn deadline(
        &self,
        written: WrittenDeadline,
        definition: &Definition,
        conditions: &mut Conditions,
    ) -> Result<DeadlineFields, DefinitionError> {
        let (span, id) = (written.rule.span(), written.rule.into_inner());
        let book = Rulebook::built_in().map_err(|error| self.refuse(&span, error.to_string()))?;
        let rule = book.rule(&id).ok_or_else(|| self.refuse(&span, format!("there is no rule `{id}`")))?;
        let mut inputs = BTreeMap::new();
        for (name, field) in written.inputs {
            let found = rule.input(&name);
            let input = found.ok_or_else(|| self.refuse(&field.span(), format!("`{id}` does not take `{name}`")))?;
            inputs.insert(name, self.deadline_field(&field, input, definition)?);
        }
        if let Some(absent) = absent(rule, &inputs) {
            return Err(self.refuse(&span, format!("`{id}` is not reckoned without `{absent}`")));
        }
        let mut when = Vec::new();
        for written in written.when {
            let (span, condition) = self.condition(written, "")?;
            conditions.push(Standing { condition: condition.clone(), span, section: None, field: None });
            when.push(condition);
        }
        Ok(DeadlineFields { rule: id, when, inputs })
    }

    fn deadline_field(
        &self,
        name: &Spanned<String>,
        input: &Input,
        definition: &Definition,
    ) -> Result<FieldId, DefinitionError> {
        let (span, name) = (name.span(), name.get_ref());
        let id = name.split_once('.').map(|(section, field)| FieldId::new(section, field));
        let found = id.and_then(|id| definition.field(&id).map(|field| (id, field)));
        let (id, field) = found.ok_or_else(|| self.refuse(&span, format!("there is no field `{name}`")))?;
        if definition.section(id.section()).is_some_and(|section| section.repeats.is_some()) {
            let reason = format!("`{name}` has one answer a row, and this stands outside of its rows");
            return Err(self.refuse(&span, reason));
        }
        // The docket shows the date, and how it was reckoned.
        if is_masked(field) {
            return Err(self.refuse(&span, format!("`{name}` is sensitive and shown nowhere else")));
        }
        match (input.kind, &field.kind) {
            (InputKind::Date, Kind::Date { .. }) => Ok(id),
            (InputKind::Date, _) => Err(self.refuse(&span, format!("`{name}` is no field of kind date"))),
            (InputKind::Manner, Kind::Choice(options)) => {
                match options.iter().find(|option| Manner::named(&option.id).is_none()) {
                    None => Ok(id),
                    Some(option) => {
                        Err(self
                            .refuse(&span, format!("the option `{}` of `{name}` is no manner of service", option.id)))
                    }
                }
            }
            (InputKind::Manner, _) => Err(self.refuse(&span, format!("`{name}` is no field of kind choice"))),
        }
    }
}

/// Finds an input without which a rule is never reckoned, and that no field feeds.
fn absent<'a>(rule: &'a Rule, inputs: &BTreeMap<String, FieldId>) -> Option<&'a str> {
    let mut needed = rule.inputs.iter().filter(|input| input.needed);
    needed.find(|input| !inputs.contains_key(&input.id)).map(|input| input.id.as_str())
}
