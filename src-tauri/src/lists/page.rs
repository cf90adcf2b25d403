//! What a list answers: the orders that were looked for, sorted, and of them the rows that are wanted.

use std::collections::BTreeSet;

use satchel_order::search::Query;
use satchel_terms::OrderId;

use super::sorting::{Sorting, sorted};
use super::states::{needs_you, searched};
use super::{Lists, OrderSummary};
use crate::attach::Attachments;
use crate::view::orders::{OrderListView, OrderPageView, OrderQueryView, OrderRow, OrderStateView};

/// The most rows that are answered at once.
const ROWS_MAX: usize = 200;

/// A list as it stands, sorted.
#[derive(Debug)]
pub(super) struct Sorted {
    by: (OrderListView, Sorting),
    /// Where its orders lie on their shelf, in the order of the list.
    places: Vec<usize>,
    /// The same as they lie.
    members: Vec<usize>,
    services: Vec<String>,
    states: Vec<OrderStateView>,
}

/// What was found of a list.
#[derive(Debug)]
pub(super) struct Found {
    by: (OrderListView, Sorting),
    which: Which,
    places: Vec<usize>,
    asking: usize,
}

/// Which orders are looked for.
#[derive(Debug, PartialEq, Eq)]
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
        let files = |order: OrderId, summary: &OrderSummary| {
            if summary.state() == OrderStateView::Draft { attachments.count(order) } else { summary.files() }
        };
        let by = (list, Sorting { column, descending });
        let sorted = self.sorted.take().filter(|sorted| sorted.by == by);
        let sorted = sorted.unwrap_or_else(|| self.sort(by, files));
        let which = Which { text, service, state };
        let found = self.found.take().filter(|found| found.by == by && found.which == which);
        let found = found.unwrap_or_else(|| self.find(&sorted, which));
        let shelf = self.shelf(list);
        let stretch = found.places.iter().skip(from).take(rows.min(ROWS_MAX));
        let rows = stretch.filter_map(|place| shelf.at(*place));
        let wanted = at.and_then(|at| at.parse().ok()).and_then(|at| shelf.place(at));
        let page = OrderPageView {
            total: sorted.places.len(),
            found: found.places.len(),
            asking: found.asking,
            from,
            rows: rows.map(|(order, summary)| row(order, summary, files(order, summary))).collect(),
            place: wanted.and_then(|wanted| found.places.iter().position(|place| *place == wanted)),
            services: sorted.services.clone(),
            states: sorted.states.clone(),
        };
        (self.sorted, self.found) = (Some(sorted), Some(found));
        page
    }

    fn sort(&self, by: (OrderListView, Sorting), files: impl Fn(OrderId, &OrderSummary) -> usize) -> Sorted {
        let (mut services, mut states, mut members) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
        for (place, _, summary) in self.members(by.0) {
            members.push(place);
            services.insert(summary.service());
            states.insert(summary.state());
        }
        Sorted {
            by,
            places: sorted(self.members(by.0), by.1, files),
            members,
            services: services.into_iter().map(str::to_owned).collect(),
            states: states.into_iter().collect(),
        }
    }

    fn find(&self, sorted: &Sorted, which: Which) -> Found {
        let (words, states) = (Query::parse(&which.text), searched());
        let said = |state| states.get(&state).map_or(&b""[..], String::as_bytes);
        let finds = |summary: &OrderSummary| {
            which.service.as_ref().is_none_or(|service| service == summary.service())
                && which.state.is_none_or(|state| state == summary.state())
                && (words.is_empty() || words.finds(summary.searched(), said(summary.state())))
        };
        // Through the shelf as it lies, and only then in the order of the list: that is the quicker way by far.
        let shelf = self.shelf(sorted.by.0);
        let mut is_found = vec![false; shelf.iter().len()];
        let mut asking = 0;
        for place in &sorted.members {
            let Some((_, summary)) = shelf.at(*place).filter(|(_, summary)| finds(summary)) else { continue };
            is_found.get_mut(*place).into_iter().for_each(|is_found| *is_found = true);
            asking += usize::from(needs_you(summary.state()));
        }
        let places = sorted.places.iter().copied().filter(|place| is_found.get(*place) == Some(&true));
        Found { by: sorted.by, which, places: places.collect(), asking }
    }
}

fn row(order: OrderId, summary: &OrderSummary, files: usize) -> OrderRow {
    OrderRow {
        order: order.to_string(),
        number: summary.number().map(str::to_owned),
        state: summary.state(),
        service: summary.service().to_owned(),
        caption: summary.caption().to_owned(),
        subject: summary.subject().map(str::to_owned),
        client_matter: summary.client_matter().map(str::to_owned),
        due: summary.due().map(str::to_owned),
        to_finish: summary.to_finish(),
        files,
        amount_cents: summary.amount_cents(),
        changed_at_ms: summary.listed_at_ms(),
        deletes_at_ms: summary.deletes_at_ms(),
    }
}
