//! The lists of orders.

use std::cmp::Reverse;

use satchel_order::{Severity, quote, summary, validate};
use satchel_store::{RecordId, Table, Vault};
use satchel_terms::OrderId;

use crate::attach::Attachments;
use crate::catalogue::Catalogue;
use crate::draft::DraftRecord;
use crate::sending::is_submitted;
use crate::view::orders::{OrderRow, OrderStateView};

/// Reads the drafts that are not in the trash.
pub(crate) fn drafts(vault: &mut Vault) -> Vec<(OrderId, DraftRecord)> {
    // A draft that cannot be read is told when it is opened; it does not hide the others.
    let all = vault.read_all::<DraftRecord>(Table::Drafts).into_iter();
    let mut read: Vec<_> = all.filter_map(|(id, record)| Some((order(id)?, record.ok()?))).collect();
    read.retain(|(order, record)| record.discarded_at_ms.is_none() && !is_submitted(vault, *order));
    read
}

/// Returns the order that a record is of.
pub(crate) fn order(id: RecordId) -> Option<OrderId> {
    OrderId::from_bytes(*id.as_bytes()).ok()
}

/// Writes drafts as rows of a list, the one that changed last first.
pub(crate) fn rows(
    catalogue: &Catalogue,
    mut drafts: Vec<(OrderId, DraftRecord)>,
    attachments: &Attachments,
) -> Vec<OrderRow> {
    drafts.sort_by_key(|(order, record)| (Reverse(record.changed_at_ms), *order));
    drafts.into_iter().filter_map(|(order, record)| row(catalogue, order, &record, attachments)).collect()
}

fn row(catalogue: &Catalogue, order: OrderId, record: &DraftRecord, attachments: &Attachments) -> Option<OrderRow> {
    let definition = catalogue.pinned(&record.catalogue)?;
    let laid = record.lay_out(definition);
    let summary = summary(definition, &laid.fields);
    let blocks = |problem: &satchel_order::Problem| problem.fault.severity() != Severity::Caution;
    Some(OrderRow {
        order: order.to_string(),
        number: None,
        state: OrderStateView::Draft,
        service: definition.name.clone(),
        caption: summary.caption.line(),
        subject: summary.subject,
        client_matter: summary.client_matter,
        due: summary.due.map(|date| date.to_string()),
        to_finish: validate(definition, &laid.fields).iter().filter(|problem| blocks(problem)).count(),
        files: attachments.count(order),
        amount_cents: quote(definition, &laid.fields).ok().map(|quote| quote.total().cents()),
        changed_at_ms: record.changed_at_ms,
    })
}
