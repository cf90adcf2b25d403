//! What a list answers: the orders that were looked for, sorted, and of them the rows that are wanted.

use std::collections::BTreeSet;

use satchel_order::search::Query;
use satchel_terms::OrderId;

use super::sorting::sorted;
use super::states::{needs_you, searched};
use super::{Lists, OrderSummary};
use crate::attach::Attachments;
use crate::view::orders::{OrderColumnView, OrderListView, OrderPageView, OrderQueryView, OrderRow, OrderStateView};

/// The most rows that are answered at once.
const ROWS_MAX: usize = 200;

/// A list as it stands, sorted by a column.
#[derive(Debug)]
pub(super) struct Sorted {
    by: (OrderListView, OrderColumnView, bool),
    orders: Vec<OrderId>,
    services: Vec<String>,
    states: Vec<OrderStateView>,
}

/// What was found of a list.
#[derive(Debug)]
pub(super) struct Found {
    by: (OrderListView, OrderColumnView, bool),
    which: Which,
    orders: Vec<OrderId>,
    asking: usize,
}

/// Which orders are looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Which {
    text: String,
    service: Option<String>,
    state: Option<OrderStateView>,
}

impl Lists {
    /// Finds orders of a list and returns the rows that are wanted of them.
    pub(crate) fn page(
        &mut self,
        list: OrderListView,
        query: OrderQueryView,
        attachments: &Attachments,
    ) -> OrderPageView {
        let OrderQueryView { text, service, state, column, descending, from, rows, at } = query;
        let files = |order: OrderId, summary: &OrderSummary| match summary.state {
            OrderStateView::Draft => attachments.count(order),
            _ => summary.files,
        };
        let by = (list, column, descending);
        let sorted = self.sorted.take().filter(|sorted| sorted.by == by);
        let sorted = sorted.unwrap_or_else(|| self.sort(by, files));
        let which = Which { text, service, state };
        let found = self.found.take().filter(|found| found.by == by && found.which == which);
        let found = found.unwrap_or_else(|| self.find(&sorted, which));
        let stretch = found.orders.iter().skip(from).take(rows.min(ROWS_MAX));
        let rows = stretch.filter_map(|order| {
            let summary = self.table(list).get(order)?;
            Some(row(*order, summary, files(*order, summary)))
        });
        let page = OrderPageView {
            total: sorted.orders.len(),
            found: found.orders.len(),
            asking: found.asking,
            from,
            rows: rows.collect(),
            place: at.and_then(|at| at.parse().ok()).and_then(|at| found.orders.iter().position(|order| *order == at)),
            services: sorted.services.clone(),
            states: sorted.states.clone(),
        };
        (self.sorted, self.found) = (Some(sorted), Some(found));
        page
    }

    fn sort(
        &self,
        by: (OrderListView, OrderColumnView, bool),
        files: impl Fn(OrderId, &OrderSummary) -> usize,
    ) -> Sorted {
        let (list, column, descending) = by;
        let (mut services, mut states) = (BTreeSet::new(), BTreeSet::new());
        for (_, summary) in self.members(list) {
            if !services.contains(summary.service.as_str()) {
                services.insert(summary.service.as_str());
            }
            states.insert(summary.state);
        }
        Sorted {
            by,
            orders: sorted(self.members(list), (column, descending), files),
            services: services.into_iter().map(str::to_owned).collect(),
            states: states.into_iter().collect(),
        }
    }

    fn find(&self, sorted: &Sorted, which: Which) -> Found {
        let (list, words, states) = (self.table(sorted.by.0), Query::parse(&which.text), searched());
        let finds = |summary: &OrderSummary| {
            which.service.as_ref().is_none_or(|service| *service == summary.service)
                && which.state.is_none_or(|state| state == summary.state)
                && (words.is_empty()
                    || words.finds([&summary.text, states.get(&summary.state).map_or("", |says| says)]))
        };
        let mut found = Found { by: sorted.by, which: which.clone(), orders: Vec::new(), asking: 0 };
        for order in &sorted.orders {
            let Some(summary) = list.get(order).filter(|summary| finds(summary)) else { continue };
            found.orders.push(*order);
            found.asking += usize::from(needs_you(summary.state));
        }
        found
    }
}

fn row(order: OrderId, summary: &OrderSummary, files: usize) -> OrderRow {
    OrderRow {
        order: order.to_string(),
        number: summary.number.clone(),
        state: summary.state,
        service: summary.service.clone(),
        caption: summary.caption.clone(),
        subject: summary.subject.clone(),
        client_matter: summary.client_matter.clone(),
        due: summary.due.clone(),
        to_finish: summary.to_finish,
        files,
        amount_cents: summary.amount_cents,
        changed_at_ms: summary.listed_at_ms(),
        deletes_at_ms: summary.deletes_at_ms(),
    }
}
