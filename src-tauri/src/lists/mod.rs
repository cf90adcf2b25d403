//! The lists of orders: searched, sorted and cut into pages in memory, from the summaries that the vault keeps.

mod search;
mod sorting;
mod summary;

use std::collections::HashMap;

use satchel_store::{RecordId, Table, Vault};
use satchel_terms::OrderId;

use crate::attach::Attachments;
use crate::following;
use crate::view::orders::{CountsView, OrderListView, OrderPageView, OrderQueryView, OrderRow, OrderStateView};

use search::Search;
use sorting::{Sort, sorted};

pub(crate) use summary::{AttachmentSummary, OrderSummary, Summarizer};

/// The most rows of a page.
const ROWS_MAX: usize = 500;
/// How many lists are kept as they were sorted last.
const SORTED_MAX: usize = 4;

/// Returns the order that a record is of.
pub(crate) fn order(id: RecordId) -> Option<OrderId> {
    OrderId::from_bytes(*id.as_bytes()).ok()
}

/// What the lists show of the orders in a vault. Overwritten by the allocator when the vault is locked.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    drafts: HashMap<OrderId, OrderSummary>,
    outbox: HashMap<OrderId, OrderSummary>,
    received: HashMap<OrderId, OrderSummary>,
    sorted: Vec<(Sort, Vec<OrderId>)>,
}

impl Lists {
    /// Learns what is in a vault.
    pub(crate) fn of(vault: &mut Vault) -> Self {
        let mut lists = Self::default();
        for table in [Table::Drafts, Table::Outbox, Table::Orders] {
            for (id, bytes) in vault.summaries(table) {
                lists.take(table, id, Some(bytes));
            }
        }
        vault.take_changed();
        lists
    }

    /// Learns what was written since it was asked last.
    pub(crate) fn refresh(&mut self, vault: &mut Vault) {
        for (table, id) in vault.take_changed() {
            self.take(table, id, vault.summary(table, id));
            self.sorted.clear();
        }
    }

    fn take(&mut self, table: Table, id: RecordId, bytes: Option<&[u8]>) {
        let (Some(order), Some(list)) = (order(id), self.of_table(table)) else { return };
        match bytes.and_then(OrderSummary::from_bytes) {
            Some(summary) => list.insert(order, summary),
            None => list.remove(&order),
        };
    }

    fn of_table(&mut self, table: Table) -> Option<&mut HashMap<OrderId, OrderSummary>> {
        match table {
            Table::Drafts => Some(&mut self.drafts),
            Table::Outbox => Some(&mut self.outbox),
            Table::Orders => Some(&mut self.received),
            Table::Attachments | Table::Ledger | Table::Keys | Table::Settings => None,
        }
    }

    /// Counts the orders of each list.
    pub(crate) fn counts(&self) -> CountsView {
        let count = |list| self.members(list).count();
        CountsView {
            drafts: count(OrderListView::Drafts),
            outbox: count(OrderListView::Outbox),
            active: count(OrderListView::Active),
            completed: count(OrderListView::Completed),
            trash: count(OrderListView::Trash),
        }
    }

    /// Returns a part of a list as it is searched and sorted.
    pub(crate) fn page(&mut self, list: OrderListView, query: &OrderQueryView, attachments: &Attachments) -> OrderPageView {
        let sort = Sort { list, column: query.column, direction: query.direction };
        let place = self.sorted_place(sort, attachments);
        let all = self.sorted.get(place).map_or(&[][..], |(_, orders)| orders);
        let search = Search::new(&query.text);
        let summaries = all.iter().filter_map(|order| Some((*order, self.find(list, *order)?)));
        let found: Vec<_> = summaries.filter(|(_, summary)| search.finds(&summary.text)).collect();
        let at = query.at.as_deref().and_then(|at| at.parse::<OrderId>().ok());
        let rows = found.iter().skip(query.from).take(query.rows.min(ROWS_MAX));
        OrderPageView {
            total: all.len(),
            found: found.len(),
            asking: found.iter().filter(|(_, summary)| asks(summary.state)).count(),
            from: query.from,
            rows: rows.map(|(order, summary)| row(*order, summary, attachments)).collect(),
            place: at.and_then(|at| found.iter().position(|(order, _)| *order == at)),
        }
    }

    /// Returns where a list is kept as it is sorted so, after sorting it where it is not.
    fn sorted_place(&mut self, sort: Sort, attachments: &Attachments) -> usize {
        if let Some(place) = self.sorted.iter().position(|(kept, _)| *kept == sort) {
            return place;
        }
        let orders = sorted(sort, self.members(sort.list), |order| attachments.count(order));
        self.sorted.truncate(SORTED_MAX - 1);
        self.sorted.insert(0, (sort, orders));
        0
    }

    fn find(&self, list: OrderListView, order: OrderId) -> Option<&OrderSummary> {
        self.table(list).get(&order)
    }

    fn table(&self, list: OrderListView) -> &HashMap<OrderId, OrderSummary> {
        match list {
            OrderListView::Drafts | OrderListView::Trash => &self.drafts,
            OrderListView::Outbox => &self.outbox,
            OrderListView::Active | OrderListView::Completed => &self.received,
        }
    }

    /// Lists what stands in a list, in no order.
    fn members(&self, list: OrderListView) -> impl Iterator<Item = (OrderId, &OrderSummary)> {
        let all = self.table(list).iter().map(|(order, summary)| (*order, summary));
        all.filter(move |(order, summary)| self.is_member(list, *order, summary))
    }

    fn is_member(&self, list: OrderListView, order: OrderId, summary: &OrderSummary) -> bool {
        // A draft that was submitted stays until the provider has it.
        let submitted = || self.outbox.contains_key(&order) || self.received.contains_key(&order);
        match list {
            OrderListView::Outbox => true,
            OrderListView::Drafts => summary.discarded_at_ms.is_none() && !submitted(),
            OrderListView::Trash => summary.discarded_at_ms.is_some() && !submitted(),
            OrderListView::Active => !following::is_over(summary.state),
            OrderListView::Completed => following::is_over(summary.state),
        }
    }
}

/// Tells whether somebody in the firm has to do something about an order.
const fn asks(state: OrderStateView) -> bool {
    matches!(
        state,
        OrderStateView::Rejected
            | OrderStateView::NeedsInformation
            | OrderStateView::PaymentHeld
            | OrderStateView::AwaitingPayment
    )
}

fn row(order: OrderId, summary: &OrderSummary, attachments: &Attachments) -> OrderRow {
    let is_draft = summary.state == OrderStateView::Draft;
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
        files: if is_draft { attachments.count(order) } else { summary.files },
        amount_cents: summary.amount_cents,
        changed_at_ms: summary.discarded_at_ms.unwrap_or(summary.changed_at_ms),
        deletes_at_ms: summary.discarded_at_ms.map(|at| at.saturating_add(crate::trash::KEPT_MS)),
    }
}

#[cfg(test)]
mod tests {
    use crate::view::orders::OrderStateView;

    /// A search for the words of a state finds what the chips in the window say.
    #[test]
    fn states_are_searched_by_the_words_that_the_window_shows() {
        let chips = include_str!("../../../ui/src/lib/shell/chips.ts");
        for state in OrderStateView::ALL {
            let said = format!("says: \"{}\"", state.words());
            assert!(chips.contains(&said), "{state:?} is not shown as {said}");
        }
    }
}
