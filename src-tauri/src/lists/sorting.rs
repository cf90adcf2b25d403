//! Sorting a list: texts as people read them, numbers within texts by their value, what is not there last.

use std::cmp::{Ordering, Reverse};

use satchel_terms::OrderId;

use super::search::folded;
use super::summary::OrderSummary;
use crate::view::orders::{ColumnView, DirectionView, OrderListView};

/// How a list is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sort {
    pub(super) list: OrderListView,
    pub(super) column: ColumnView,
    pub(super) direction: DirectionView,
}

/// By what a row is sorted.
#[derive(Debug, PartialEq, Eq)]
enum Key {
    Number(u64),
    Text(String),
}

/// Sorts orders. Equals stand by what changed last, whichever way the column is turned.
pub(super) fn sorted<'a>(
    sort: Sort,
    rows: impl Iterator<Item = (OrderId, &'a OrderSummary)>,
    files: impl Fn(OrderId) -> usize,
) -> Vec<OrderId> {
    let keyed = |(order, summary): (OrderId, &OrderSummary)| {
        let changed = Reverse(summary.discarded_at_ms.unwrap_or(summary.changed_at_ms));
        (key(sort, order, summary, &files), changed, order)
    };
    let mut rows: Vec<_> = rows.map(keyed).collect();
    rows.sort_by(|(one, one_changed, one_order), (other, other_changed, other_order)| {
        by_key(sort.direction, one.as_ref(), other.as_ref())
            .then_with(|| one_changed.cmp(other_changed))
            .then_with(|| one_order.cmp(other_order))
    });
    rows.into_iter().map(|(_, _, order)| order).collect()
}

fn key(sort: Sort, order: OrderId, summary: &OrderSummary, files: impl Fn(OrderId) -> usize) -> Option<Key> {
    let text = |text: Option<&String>| text.filter(|text| !text.is_empty()).map(|text| Key::Text(folded(text)));
    let number = |number: usize| Some(Key::Number(number as u64));
    match sort.column {
        ColumnView::Number => text(summary.number.as_ref()),
        ColumnView::Service => text(Some(&summary.service)),
        ColumnView::Caption => text(Some(&summary.caption)),
        ColumnView::Matter => text(summary.client_matter.as_ref()),
        ColumnView::Subject => text(summary.subject.as_ref()),
        ColumnView::Due => summary.due.clone().map(Key::Text),
        ColumnView::State => number(summary.state.rank()),
        ColumnView::Finish => number(summary.to_finish),
        ColumnView::Files if sort.list == OrderListView::Drafts => number(files(order)),
        ColumnView::Files => number(summary.files),
        ColumnView::Amount => summary.amount_cents.map(Key::Number),
        ColumnView::Changed => Some(Key::Number(summary.discarded_at_ms.unwrap_or(summary.changed_at_ms))),
    }
}

fn by_key(direction: DirectionView, one: Option<&Key>, other: Option<&Key>) -> Ordering {
    let ordering = match (one, other) {
        (Some(Key::Number(one)), Some(Key::Number(other))) => one.cmp(other),
        (Some(Key::Text(one)), Some(Key::Text(other))) => natural(one, other),
        // What is not there comes last either way.
        _ => return other.is_some().cmp(&one.is_some()),
    };
    match direction {
        DirectionView::Ascending => ordering,
        DirectionView::Descending => ordering.reverse(),
    }
}

/// Compares texts in which numbers count by their value: `SA-9` before `SA-10`.
fn natural(one: &str, other: &str) -> Ordering {
    let (mut one, mut other) = (one, other);
    loop {
        let (a, b) = (run(one), run(other));
        let ordering = match (number(a), number(b)) {
            (Some(a), Some(b)) => a.len().cmp(&b.len()).then_with(|| a.cmp(b)),
            _ => a.cmp(b),
        };
        if ordering.is_ne() || a.is_empty() {
            return ordering;
        }
        (one, other) = (one.get(a.len()..).unwrap_or_default(), other.get(b.len()..).unwrap_or_default());
    }
}

/// Returns the digits, or what is none, at the beginning of a text.
fn run(text: &str) -> &str {
    let digits = text.starts_with(|char: char| char.is_ascii_digit());
    let end = text.find(|char: char| char.is_ascii_digit() != digits).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

fn number(run: &str) -> Option<&str> {
    run.starts_with(|char: char| char.is_ascii_digit()).then(|| run.trim_start_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_within_texts_count_by_their_value() {
        let mut texts = ["sa-10", "sa-9", "b", "", "sa-009a", "sa-100", "sa", "a 2", "a 10", "a10"];
        texts.sort_by(|one, other| natural(one, other));
        assert_eq!(texts, ["", "a 2", "a 10", "a10", "b", "sa", "sa-9", "sa-009a", "sa-10", "sa-100"]);
    }

    #[test]
    fn what_is_not_there_comes_last_either_way() {
        for direction in [DirectionView::Ascending, DirectionView::Descending] {
            assert_eq!(by_key(direction, None, Some(&Key::Number(1))), Ordering::Greater);
            assert_eq!(by_key(direction, Some(&Key::Number(1)), None), Ordering::Less);
            assert_eq!(by_key(direction, None, None), Ordering::Equal);
        }
        assert_eq!(by_key(DirectionView::Descending, Some(&Key::Number(1)), Some(&Key::Number(2))), Ordering::Greater);
    }
}
