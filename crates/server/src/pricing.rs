//! The quote of a manifest against the catalogue. The server does not see what was ordered, so it checks that each line is
//! one that can be, at its price; operators compare the quote with the order's document.

use satchel_order::catalogue::{Definition, Price, QuantityOf};
use satchel_sign::Manifest;
use satchel_terms::QuoteLine;
use satchel_wire::ErrorCode;

/// Checks a manifest's service and its quote. The catalogue may hold several versions of a service while one follows another.
pub(crate) fn check(catalogue: &[Definition], manifest: &Manifest) -> Result<(), ErrorCode> {
    let ordered = &manifest.catalogue;
    let Some(definition) = catalogue.iter().find(|definition| definition.catalogue == *ordered) else {
        let offered = catalogue.iter().any(|definition| definition.catalogue.service == ordered.service);
        return Err(if offered { ErrorCode::PriceChanged } else { ErrorCode::QuoteRefused });
    };
    manifest.quote.lines().iter().try_for_each(|line| check_line(definition, line))
}

fn check_line(definition: &Definition, line: &QuoteLine) -> Result<(), ErrorCode> {
    let price = definition.prices.iter().find(|price| price.code == *line.code()).ok_or(ErrorCode::QuoteRefused)?;
    if price.unit != line.unit() {
        return Err(ErrorCode::PriceChanged);
    }
    let possible = line.quantity() > 0 && quantity_max(definition, price).is_none_or(|max| line.quantity() <= max);
    if possible { Ok(()) } else { Err(ErrorCode::QuoteRefused) }
}

/// Returns how many of something one order can have, where the definition says so.
fn quantity_max(definition: &Definition, price: &Price) -> Option<u32> {
    match &price.quantity.of {
        QuantityOf::Order => Some(1),
        QuantityOf::RowsOf(section) => {
            let rows_max = definition.section(section)?.repeats.as_ref()?.rows_max;
            u32::try_from(rows_max).ok()
        }
        QuantityOf::Field(_) => None,
    }
}
