//! The lists of orders, in memory, from the summaries that the vault keeps.

mod page;
mod sorting;
mod states;
mod summary;

use std::collections::HashMap;

use satchel_store::{RecordId, Table, Vault};
use satchel_terms::OrderId;

use crate::following;
use crate::view::orders::{CountsView, OrderListView};

use page::{Found, Sorted};

pub(crate) use summary::{AttachmentSummary, OrderSummary, Summarizer};

/// Returns the order that a record is of.
pub(crate) fn order(id: RecordId) -> Option<OrderId> {
    OrderId::from_bytes(*id.as_bytes()).ok()
}

/// What the lists show of the orders in a vault. It goes with the vault when that is locked.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    drafts: HashMap<OrderId, OrderSummary>,
    outbox: HashMap<OrderId, OrderSummary>,
    received: HashMap<OrderId, OrderSummary>,
    /// What was asked last, sorted, and what was found of it: the next letter and the next rows are answered from it.
    sorted: Option<Sorted>,
    found: Option<Found>,
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
        }
    }

    fn take(&mut self, table: Table, id: RecordId, bytes: Option<&[u8]>) {
        (self.sorted, self.found) = (None, None);
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
        }
    }

    /// Lists the discarded drafts, in no order.
    pub(crate) fn discarded(&self) -> Vec<OrderId> {
        self.members(OrderListView::Trash).map(|(order, _)| order).collect()
    }

    /// Tells whether an order was submitted. Its draft stays until the provider has it.
    fn is_submitted(&self, order: OrderId) -> bool {
        self.outbox.contains_key(&order) || self.received.contains_key(&order)
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
        match list {
            OrderListView::Outbox => true,
            OrderListView::Drafts => summary.discarded_at_ms.is_none() && !self.is_submitted(order),
            OrderListView::Trash => summary.discarded_at_ms.is_some() && !self.is_submitted(order),
            OrderListView::Active => !following::is_over(summary.state),
            OrderListView::Completed => following::is_over(summary.state),
        }
    }
}
