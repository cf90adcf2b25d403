//! The price of an order as it is signed.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::catalogue::Code;
use crate::json::INTEGER_MAX;

/// The most lines of a quote.
pub const LINES_MAX: usize = 200;

/// An amount in cents of US dollars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct Cents(u64);

impl Cents {
    /// No money.
    pub const ZERO: Cents = Cents(0);

    /// Returns the number of cents.
    #[must_use]
    pub const fn cents(self) -> u64 {
        self.0
    }

    fn checked_add(self, other: Self) -> Result<Self, QuoteError> {
        self.0.checked_add(other.0).ok_or(QuoteError::TooLarge)?.try_into()
    }

    fn checked_mul(self, quantity: u32) -> Result<Self, QuoteError> {
        self.0.checked_mul(u64::from(quantity)).ok_or(QuoteError::TooLarge)?.try_into()
    }
}

impl TryFrom<u64> for Cents {
    type Error = QuoteError;

    fn try_from(cents: u64) -> Result<Self, QuoteError> {
        if cents <= INTEGER_MAX { Ok(Self(cents)) } else { Err(QuoteError::TooLarge) }
    }
}

impl From<Cents> for u64 {
    fn from(amount: Cents) -> u64 {
        amount.0
    }
}

/// Says why lines and total are no quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QuoteError {
    /// An amount or the total exceeds 2^53 − 1 cents.
    #[error("an amount of the quote is too large")]
    TooLarge,
    /// More than [`LINES_MAX`] lines.
    #[error("the quote has too many lines")]
    TooManyLines,
    /// Two lines have the same code.
    #[error("two lines of the quote have the same code")]
    RepeatedCode,
    /// A line's amount is not quantity times unit, or the total not their sum.
    #[error("the quote does not add up")]
    Sum,
}

/// One line: so many of something, at a price each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct QuoteLine {
    code: Code,
    quantity: u32,
    unit_cents: Cents,
    amount_cents: Cents,
}

impl QuoteLine {
    /// Prices so many of something.
    ///
    /// # Errors
    /// Fails where the amount is too large.
    pub fn new(code: Code, quantity: u32, unit: Cents) -> Result<Self, QuoteError> {
        Ok(Self { code, quantity, unit_cents: unit, amount_cents: unit.checked_mul(quantity)? })
    }

    /// Returns what is priced.
    #[must_use]
    pub fn code(&self) -> &Code {
        &self.code
    }

    /// Returns how many.
    #[must_use]
    pub const fn quantity(&self) -> u32 {
        self.quantity
    }

    /// Returns the price of one.
    #[must_use]
    pub const fn unit(&self) -> Cents {
        self.unit_cents
    }

    /// Returns the price of all.
    #[must_use]
    pub const fn amount(&self) -> Cents {
        self.amount_cents
    }
}

/// The one currency that Satchel charges in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Currency {
    Usd,
}

/// What an order costs, line by line. It exists only if it adds up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WrittenQuote", into = "WrittenQuote")]
pub struct Quote {
    lines: Vec<QuoteLine>,
    total: Cents,
}

impl Quote {
    /// Adds up the lines.
    ///
    /// # Errors
    /// Fails where there are too many lines, two of one code, or too large a sum.
    pub fn new(lines: Vec<QuoteLine>) -> Result<Self, QuoteError> {
        if lines.len() > LINES_MAX {
            return Err(QuoteError::TooManyLines);
        }
        let mut codes = BTreeSet::new();
        if !lines.iter().all(|line| codes.insert(line.code.clone())) {
            return Err(QuoteError::RepeatedCode);
        }
        let total = lines.iter().try_fold(Cents::ZERO, |sum, line| sum.checked_add(line.amount_cents))?;
        Ok(Self { lines, total })
    }

    /// Returns the lines in their order.
    #[must_use]
    pub fn lines(&self) -> &[QuoteLine] {
        &self.lines
    }

    /// Returns the sum of all lines.
    #[must_use]
    pub const fn total(&self) -> Cents {
        self.total
    }
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WrittenQuote {
    currency: Currency,
    lines: Vec<QuoteLine>,
    total_cents: Cents,
}

impl TryFrom<WrittenQuote> for Quote {
    type Error = QuoteError;

    fn try_from(written: WrittenQuote) -> Result<Self, QuoteError> {
        for line in &written.lines {
            if line.unit_cents.checked_mul(line.quantity)? != line.amount_cents {
                return Err(QuoteError::Sum);
            }
        }
        let quote = Self::new(written.lines)?;
        if quote.total == written.total_cents { Ok(quote) } else { Err(QuoteError::Sum) }
    }
}

impl From<Quote> for WrittenQuote {
    fn from(quote: Quote) -> Self {
        Self { currency: Currency::Usd, lines: quote.lines, total_cents: quote.total }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(code: &str, quantity: u32, unit: u64) -> Result<QuoteLine, QuoteError> {
        QuoteLine::new(Code::try_from(code.to_owned()).expect("a code"), quantity, unit.try_into()?)
    }

    #[test]
    fn a_quote_adds_up_or_does_not_exist() {
        let quote =
            Quote::new(vec![line("custodian", 3, 4_500).expect("priced"), line("rush", 1, 2_500).expect("priced")]);
        assert_eq!(quote.map(|quote| quote.total().cents()), Ok(16_000));
        let repeated = Quote::new(vec![line("rush", 1, 1).expect("priced"), line("rush", 2, 1).expect("priced")]);
        assert_eq!(repeated, Err(QuoteError::RepeatedCode));
    }

    #[test]
    fn sums_stop_at_the_limit() {
        assert!(line("a", 1, INTEGER_MAX).is_ok());
        assert_eq!(line("a", 1, INTEGER_MAX + 1), Err(QuoteError::TooLarge));
        assert_eq!(line("a", 2, INTEGER_MAX), Err(QuoteError::TooLarge));
        let both = vec![line("a", 1, INTEGER_MAX).expect("priced"), line("b", 1, 1).expect("priced")];
        assert_eq!(Quote::new(both), Err(QuoteError::TooLarge));
        let lines = |count: usize| (0..count).map(|n| line(&format!("c{n}"), 1, 1).expect("priced")).collect();
        assert!(Quote::new(lines(LINES_MAX)).is_ok());
        assert_eq!(Quote::new(lines(LINES_MAX + 1)), Err(QuoteError::TooManyLines));
    }

    #[test]
    fn a_written_quote_is_reckoned_again() {
        let good =
            r#"{"currency":"usd","lines":[{"code":"a","quantity":2,"unitCents":5,"amountCents":10}],"totalCents":10}"#;
        let quote: Quote = serde_json::from_str(good).expect("adds up");
        assert_eq!(serde_json::to_string(&quote).expect("writes"), good);
        for wrong in [
            good.replace("\"amountCents\":10", "\"amountCents\":11"),
            good.replace("\"totalCents\":10", "\"totalCents\":9"),
            good.replace("usd", "eur"),
        ] {
            assert!(serde_json::from_str::<Quote>(&wrong).is_err(), "{wrong}");
        }
    }
}
