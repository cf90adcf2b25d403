//! The lists of orders.

use std::cmp::Reverse;

use satchel_order::catalogue::Definition;
use satchel_order::document::Fields;
use satchel_order::{Severity, quote, summary, validate};
use satchel_store::{RecordId, Table, Vault};
use satchel_terms::OrderId;

use crate::attach::Attachments;
use crate::catalogue::Catalogue;
use crate::draft::DraftRecord;
use crate::following;
use crate::sending::{OrderRecord, is_submitted};
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
    let blocks = |problem: &&satchel_order::Problem| problem.severity() != Severity::Caution;
    Some(OrderRow {
        to_finish: validate(definition, &laid.fields).iter().filter(blocks).count(),
        files: attachments.count(order),
        amount_cents: quote(definition, &laid.fields).ok().map(|quote| quote.total().cents()),
        changed_at_ms: record.changed_at_ms,
        ..about(definition, order, &laid.fields)
    })
}

/// Returns what a row says of what an order is about.
fn about(definition: &Definition, order: OrderId, fields: &Fields) -> OrderRow {
    let summary = summary(definition, fields);
    OrderRow {
        order: order.to_string(),
        number: None,
        state: OrderStateView::Draft,
        service: definition.name.clone(),
        caption: summary.caption.line(),
        subject: summary.subject,
        client_matter: summary.client_matter,
        due: summary.due.map(|date| date.to_string()),
        to_finish: 0,
        files: 0,
        amount_cents: None,
        changed_at_ms: 0,
    }
}

/// Lists the orders that the provider received and that are over, or are not, the newest first.
pub(crate) fn received(vault: &mut Vault, catalogue: &Catalogue, over: bool) -> Vec<OrderRow> {
    let all = vault.read_all::<OrderRecord>(Table::Orders).into_iter();
    let read = all.filter_map(|(id, record)| Some((order(id)?, record.ok()?)));
    let row = |(order, record): (OrderId, OrderRecord)| {
        let definition = catalogue.pinned(&record.frozen.catalogue)?;
        let receipt = record.receipt();
        let state = following::state(&record);
        let received_at_ms = receipt.as_ref().map(|receipt| receipt.received_at.seconds().saturating_mul(1_000));
        (following::is_over(state) == over).then(|| OrderRow {
            number: receipt.map(|receipt| receipt.order_number),
            state,
            files: record.frozen.files.len(),
            amount_cents: Some(record.frozen.quote.total().cents()),
            changed_at_ms: received_at_ms.unwrap_or(record.submitted_at_ms),
            ..about(definition, order, &record.frozen.fields)
        })
    };
    let mut rows: Vec<_> = read.filter_map(row).collect();
    rows.sort_by_key(|row| (Reverse(row.changed_at_ms), row.order.clone()));
    rows
}
