//! The bytes of an order's summary: numbers first, then texts. A list of many orders reads them where the vault keeps them, so that
//! nothing is held twice. They are no format: summaries of another Satchel are made anew.

use std::fmt;

use satchel_store::Summary;

use super::states;
use crate::view::orders::OrderStateView;

const NUMBER_BYTES: usize = 8;
/// State, flags, things to finish, files, amount, changed, discarded.
const NUMBERS: usize = 7;
const ATTACHING: u64 = 1;
const HEARD: u64 = 2;

/// What is kept of an order.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) state: OrderStateView,
    pub(super) number: Option<String>,
    pub(super) service: String,
    pub(super) caption: String,
    pub(super) subject: Option<String>,
    pub(super) client_matter: Option<String>,
    pub(super) due: Option<String>,
    pub(super) to_finish: usize,
    pub(super) files: usize,
    pub(super) amount_cents: Option<u64>,
    pub(super) changed_at_ms: u64,
    pub(super) discarded_at_ms: Option<u64>,
    pub(super) attaching: bool,
    pub(super) heard: bool,
    pub(super) text: String,
}

impl Facts {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let flags = if self.attaching { ATTACHING } else { 0 } | if self.heard { HEARD } else { 0 };
        let optional = |number: Option<u64>| number.map_or(0, |number| number.saturating_add(1));
        let numbers: [u64; NUMBERS] = [
            states::rank(self.state) as u64,
            flags,
            self.to_finish as u64,
            self.files as u64,
            optional(self.amount_cents),
            self.changed_at_ms,
            optional(self.discarded_at_ms),
        ];
        let texts = [
            Some(&self.text),
            self.number.as_ref(),
            Some(&self.service),
            Some(&self.caption),
            self.subject.as_ref(),
            self.client_matter.as_ref(),
            self.due.as_ref(),
        ];
        let texts = texts.map(|text| text.map_or("", String::as_str));
        // So much at once, so that no copy of a smaller buffer stays behind in memory.
        let length = texts.iter().map(|text| NUMBER_BYTES + text.len()).sum::<usize>() + NUMBERS * NUMBER_BYTES;
        let mut bytes = Vec::with_capacity(length);
        numbers.iter().for_each(|number| bytes.extend(number.to_le_bytes()));
        for text in texts {
            bytes.extend((text.len() as u64).to_le_bytes());
            bytes.extend(text.as_bytes());
        }
        bytes
    }
}

/// An order as lists see it.
#[derive(Clone)]
pub(crate) struct OrderSummary(Summary);

/// The texts of a summary, in their order.
#[derive(Clone, Copy)]
enum Text {
    Searched,
    Number,
    Service,
    Caption,
    Subject,
    ClientMatter,
    Due,
}

impl OrderSummary {
    pub(crate) fn new(kept: &Summary) -> Self {
        Self(kept.clone())
    }

    pub(crate) fn state(&self) -> OrderStateView {
        states::at(self.number_at(0))
    }

    /// Tells whether files of a draft are still to be sealed.
    pub(crate) fn is_attaching(&self) -> bool {
        self.number_at(1) & ATTACHING != 0
    }

    /// Tells whether the provider was heard of a received order, and what it said last holds.
    pub(crate) fn is_heard(&self) -> bool {
        self.number_at(1) & HEARD != 0
    }

    pub(super) fn to_finish(&self) -> usize {
        usize::try_from(self.number_at(2)).unwrap_or(usize::MAX)
    }

    pub(super) fn files(&self) -> usize {
        usize::try_from(self.number_at(3)).unwrap_or(usize::MAX)
    }

    pub(super) fn amount_cents(&self) -> Option<u64> {
        self.number_at(4).checked_sub(1)
    }

    /// Returns when the order changed last, or was discarded.
    pub(super) fn listed_at_ms(&self) -> u64 {
        self.discarded_at_ms().unwrap_or_else(|| self.number_at(5))
    }

    pub(crate) fn discarded_at_ms(&self) -> Option<u64> {
        self.number_at(6).checked_sub(1)
    }

    /// Returns when it is deleted for good; nothing where it is not in the trash.
    pub(super) fn deletes_at_ms(&self) -> Option<u64> {
        self.discarded_at_ms().map(|at| at.saturating_add(crate::trash::KEPT_MS))
    }

    /// Returns the words by which it is found.
    pub(super) fn searched(&self) -> &[u8] {
        self.bytes(Text::Searched)
    }

    pub(super) fn number(&self) -> Option<&str> {
        self.answer(Text::Number)
    }

    pub(super) fn service(&self) -> &str {
        self.text(Text::Service)
    }

    pub(super) fn caption(&self) -> &str {
        self.text(Text::Caption)
    }

    pub(super) fn subject(&self) -> Option<&str> {
        self.answer(Text::Subject)
    }

    pub(crate) fn client_matter(&self) -> Option<&str> {
        self.answer(Text::ClientMatter)
    }

    pub(super) fn due(&self) -> Option<&str> {
        self.answer(Text::Due)
    }

    fn answer(&self, text: Text) -> Option<&str> {
        Some(self.text(text)).filter(|text| !text.is_empty())
    }

    fn text(&self, text: Text) -> &str {
        std::str::from_utf8(self.bytes(text)).unwrap_or_default()
    }

    /// Returns the number at a place; 0 where the bytes are those of something else.
    fn number_at(&self, place: usize) -> u64 {
        number(self.0.get(place * NUMBER_BYTES..).unwrap_or_default())
    }

    fn bytes(&self, text: Text) -> &[u8] {
        let mut rest = self.0.get(NUMBERS * NUMBER_BYTES..).unwrap_or_default();
        for _ in 0..text as usize {
            rest = split(rest).1;
        }
        split(rest).0
    }
}

fn number(bytes: &[u8]) -> u64 {
    bytes.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// Splits off the text at the front, which stands behind its length; nothing where it does not fit.
fn split(bytes: &[u8]) -> (&[u8], &[u8]) {
    let length = usize::try_from(number(bytes)).unwrap_or(usize::MAX);
    bytes.get(NUMBER_BYTES..).and_then(|bytes| bytes.split_at_checked(length)).unwrap_or_default()
}

impl fmt::Debug for OrderSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OrderSummary({:?})", self.state())
    }
}
