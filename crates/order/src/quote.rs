//! The price of an order: the definition's price lines, counted over the answers.

use satchel_terms::{Quote, QuoteError, QuoteLine};

use crate::answers::{Answers, Place};
use crate::catalogue::{Definition, Price, QuantityOf};
use crate::document::{FieldValue, Fields};
use crate::validate::counted;

/// Prices the answers as they are now. Lines of which there are none are left out.
///
/// # Errors
/// Fails where an amount is larger than a quote can hold.
pub fn quote(definition: &Definition, fields: &Fields) -> Result<Quote, QuoteError> {
    // What is not asked, and rows in which nothing was answered, are not sent, so they cost nothing.
    let counted = counted(definition, fields);
    let answers = Answers::new(definition, &counted);
    let mut lines = Vec::new();
    for price in &definition.prices {
        let quantity = quantity(definition, answers, price)?;
        if quantity > 0 {
            lines.push(QuoteLine::new(price.code.clone(), quantity, price.unit)?);
        }
    }
    Quote::new(lines)
}

fn quantity(definition: &Definition, answers: Answers<'_>, price: &Price) -> Result<u32, QuoteError> {
    let when = price.quantity.when.as_ref();
    let holds = |place| when.is_none_or(|condition| answers.holds(condition, place));
    let count = match &price.quantity.of {
        QuantityOf::Order => u64::from(holds(Place::Order)),
        QuantityOf::RowsOf(id) => {
            let rows = definition.section(id).map_or(&[][..], |section| answers.rows(section));
            rows.iter().filter(|row| holds(Place::Row(id, row))).count() as u64
        }
        QuantityOf::Field(id) => {
            let shown = definition.field(id).is_some_and(|field| answers.is_shown(field, Place::Order));
            match answers.value(id, Place::Order) {
                Some(FieldValue::Number(count)) if shown && holds(Place::Order) => *count,
                _ => 0,
            }
        }
    };
    u32::try_from(count).map_err(|_| QuoteError::TooLarge)
}
