//! The order in which a list stands.

use std::cmp::Ordering;

use satchel_order::search::sort_key;
use satchel_terms::OrderId;

use super::OrderSummary;
use super::states::rank;
use crate::view::orders::OrderColumnView;

/// How a list is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sorting {
    pub(super) column: OrderColumnView,
    /// Whether what is small or early comes last.
    pub(super) descending: bool,
}

/// What a row is sorted by.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Number(u64),
    Words(String),
}

/// Sorts the orders of a list by a column. Those that say nothing there come last either way; of equal ones, the one that changed
/// last comes first. `files` tells how many files an order has. Orders come with the place at which they lie, and go as that.
pub(super) fn sorted<'a>(
    orders: impl Iterator<Item = (usize, OrderId, &'a OrderSummary)>,
    Sorting { column, descending }: Sorting,
    files: impl Fn(OrderId, &OrderSummary) -> usize,
) -> Vec<usize> {
    let mut keyed: Vec<_> = orders
        .map(|(place, order, summary)| (key(column, order, summary, &files), summary.listed_at_ms(), order, place))
        .collect();
    keyed.sort_unstable_by(|(one, one_at, one_order, _), (other, other_at, other_order, _)| {
        let by_key = match (one, other) {
            (Some(one), Some(other)) if descending => other.cmp(one),
            (Some(one), Some(other)) => one.cmp(other),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        };
        by_key.then_with(|| other_at.cmp(one_at)).then_with(|| one_order.cmp(other_order))
    });
    keyed.into_iter().map(|(_, _, _, place)| place).collect()
}

fn key(
    column: OrderColumnView,
    order: OrderId,
    summary: &OrderSummary,
    files: impl Fn(OrderId, &OrderSummary) -> usize,
) -> Option<Key> {
    let words = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(|text| Key::Words(sort_key(text)));
    let number = |number: usize| Some(Key::Number(number as u64));
    match column {
        OrderColumnView::Number => words(summary.number()),
        OrderColumnView::Service => words(Some(summary.service())),
        OrderColumnView::Caption => words(Some(summary.caption())),
        OrderColumnView::Matter => words(summary.client_matter()),
        OrderColumnView::Subject => words(summary.subject()),
        OrderColumnView::Due => words(summary.due()),
        OrderColumnView::State => number(rank(summary.state())),
        OrderColumnView::Finish => number(summary.to_finish()),
        OrderColumnView::Files => number(files(order, summary)),
        OrderColumnView::Amount => summary.amount_cents().map(Key::Number),
        OrderColumnView::Changed => Some(Key::Number(summary.listed_at_ms())),
        OrderColumnView::Deletes => summary.deletes_at_ms().map(Key::Number),
    }
}
