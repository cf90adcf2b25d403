//! What an order's payment asks for: the signed quote of its newest revision.

use satchel_order::catalogue::Definition;
use satchel_sign::Manifest;
use satchel_terms::{Cents, OrderId};
use satchel_wire::ErrorCode;
use satchel_wire::stored::Attempt;

/// The least that Stripe takes in US dollars.
const CENTS_MIN: u64 = 50;
/// The most that Stripe takes in US dollars.
const CENTS_MAX: u64 = 99_999_999;
/// The most lines of a session. A longer quote is one line.
const LINES_MAX: usize = 100;

/// A line as the payment page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) name: String,
    pub(super) quantity: u64,
    pub(super) unit: Cents,
}

/// Everything that Stripe is told of an order. The same attempt is always the same bill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bill {
    pub(super) order: OrderId,
    pub(super) order_number: String,
    pub(super) client_matter: Option<String>,
    pub(super) lines: Vec<Line>,
    pub(super) attempt: Attempt,
    /// Whose order it is.
    pub(super) firm: satchel_terms::FirmId,
}

/// Tells whether an amount can be paid on a page.
pub(super) fn check(total: Cents) -> Result<(), ErrorCode> {
    if (CENTS_MIN..=CENTS_MAX).contains(&total.cents()) { Ok(()) } else { Err(ErrorCode::PaymentNotPossible) }
}

/// Returns the lines of a manifest's quote, in the words of the catalogue that it was priced by.
pub(super) fn lines(catalogue: &[Definition], manifest: &Manifest) -> Vec<Line> {
    let quote = &manifest.quote;
    if quote.lines().len() > LINES_MAX {
        return vec![Line { name: "Order".to_owned(), quantity: 1, unit: quote.total() }];
    }
    let definition = catalogue.iter().find(|definition| definition.catalogue == manifest.catalogue);
    let prices = definition.map_or(&[][..], |definition| &definition.prices);
    let line = |line: &satchel_terms::QuoteLine| {
        let price = prices.iter().find(|price| price.code == *line.code());
        let name = price.map_or_else(|| line.code().to_string(), |price| price.label.clone());
        Line { name, quantity: u64::from(line.quantity()), unit: line.unit() }
    };
    quote.lines().iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stripe_takes_stops_at_its_limits() {
        for (cents, right) in [(0, false), (49, false), (50, true), (99_999_999, true), (100_000_000, false)] {
            let total = Cents::try_from(cents).expect("an amount");
            assert_eq!(check(total).is_ok(), right, "{cents}");
        }
    }
}
