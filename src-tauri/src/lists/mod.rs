//! The lists of orders, in memory, from the summaries that the vault keeps.

mod kept;
mod page;
mod shelf;
mod sorting;
mod states;
mod summary;

use satchel_store::{RecordId, Summary, Table, Vault};
use satchel_terms::OrderId;

use crate::following;
use crate::view::orders::{CountsView, OrderListView};

use page::{Found, Sorted};
use shelf::Shelf;

pub(crate) use kept::OrderSummary;
pub(crate) use summary::{AttachmentSummary, Summarizer};

/// Returns the order that a record is of.
pub(crate) fn order(id: RecordId) -> Option<OrderId> {
    OrderId::from_bytes(*id.as_bytes()).ok()
}

/// What the lists show of the orders in a vault. It goes with the vault when that is locked.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    drafts: Shelf,
    outbox: Shelf,
    received: Shelf,
    /// What was asked last, sorted, and what was found of it: the next letter and the next rows are answered from it.
    sorted: Option<Sorted>,
    found: Option<Found>,
}

impl Lists {
    /// Learns what is in a vault.
    pub(crate) fn of(vault: &mut Vault) -> Self {
        let mut lists = Self::default();
        for table in [Table::Drafts, Table::Outbox, Table::Orders] {
            for (id, kept) in vault.summaries(table) {
                lists.take(table, id, Some(kept));
            }
        }
        vault.take_changed();
        lists
    }

    /// Learns what was written since it was asked last.
    pub(crate) fn refresh(&mut self, vault: &mut Vault) {
        for (table, id) in vault.take_changed() {
            self.take(table, id, vault.summary(table, id));
        }
    }

    fn take(&mut self, table: Table, id: RecordId, kept: Option<&Summary>) {
        (self.sorted, self.found) = (None, None);
        let (Some(order), Some(list)) = (order(id), self.of_table(table)) else { return };
        match kept {
            Some(kept) => list.insert(order, OrderSummary::new(kept)),
            None => list.remove(order),
        };
    }

    fn of_table(&mut self, table: Table) -> Option<&mut Shelf> {
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
        }
    }

    /// Lists the discarded drafts, in no order.
    pub(crate) fn discarded(&self) -> Vec<OrderId> {
        self.members(OrderListView::Trash).map(|(_, order, _)| order).collect()
    }

    /// Tells whether an order was submitted. Its draft stays until the provider has it.
    fn is_submitted(&self, order: OrderId) -> bool {
        self.outbox.contains(order) || self.received.contains(order)
    }

    fn shelf(&self, list: OrderListView) -> &Shelf {
        match list {
            OrderListView::Drafts | OrderListView::Trash => &self.drafts,
            OrderListView::Outbox => &self.outbox,
            OrderListView::Active | OrderListView::Completed => &self.received,
        }
    }

    /// Lists what stands in a list as it lies, each with its place on the shelf.
    fn members(&self, list: OrderListView) -> impl Iterator<Item = (usize, OrderId, &OrderSummary)> {
        let all = self.shelf(list).iter().enumerate().map(|(place, (order, summary))| (place, order, summary));
        all.filter(move |(_, order, summary)| self.is_member(list, *order, summary))
    }

    fn is_member(&self, list: OrderListView, order: OrderId, summary: &OrderSummary) -> bool {
        match list {
            OrderListView::Outbox => true,
            OrderListView::Drafts => summary.discarded_at_ms().is_none() && !self.is_submitted(order),
            OrderListView::Trash => summary.discarded_at_ms().is_some() && !self.is_submitted(order),
            OrderListView::Active => !following::is_over(summary.state()),
            OrderListView::Completed => following::is_over(summary.state()),
        }
    }
}
