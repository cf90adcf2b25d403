//! Reads the price lines of a definition.

use std::collections::BTreeSet;

use satchel_terms::{Cents, Code};
use toml::Spanned;

use super::conditions::{Conditions, Standing};
use super::written::WrittenPrice;
use super::{DefinitionError, Reader};
use crate::catalogue::{Definition, FieldId, Kind, Price, Quantity, QuantityOf};

impl Reader<'_> {
    pub(super) fn price(
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
