//! The order in which an export is written: what belongs to no draft first, then each draft with its files behind it.

use std::collections::BTreeMap;

use satchel_terms::OrderId;
use serde::Deserialize;

use super::{Export, ExportCounts, ExportError, ExportScope, OnProgress, TransferProgress};
use crate::journal::Table;
use crate::reading;
use crate::record::RecordId;

/// A record that is to be written, by its number among the places.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    pub(super) place: usize,
    /// Of an attachment whose record says it.
    pub(super) sealed_length: Option<u64>,
}

/// Everything that is to be written, in its order.
#[derive(Debug)]
pub(super) struct Planned {
    pub(super) steps: Vec<Step>,
    pub(super) counts: ExportCounts,
    /// How much there is to do.
    pub(super) bytes: u64,
}

/// What the order of writing needs of an attachment's record.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attached {
    order: Option<OrderId>,
    sealed_length: Option<u64>,
}

impl Export {
    /// Reads the records of all attachments, and nothing else.
    pub(super) fn plan(&mut self, progress: OnProgress<'_>) -> Result<Planned, ExportError> {
        let of_order = self.attached(progress)?;
        let mut counts = ExportCounts::default();
        let (mut others, mut drafts) = (Vec::new(), Vec::new());
        for (number, (table, id, _)) in self.places.iter().enumerate() {
            let step = Step { place: number, sealed_length: None };
            match table {
                Table::Attachments => {}
                Table::Drafts => drafts.push((*id, step)),
                Table::Outbox | Table::Ledger | Table::Keys | Table::Settings | Table::Orders => others.push(step),
            }
            match table {
                Table::Drafts => counts.drafts += 1,
                Table::Outbox => counts.under_way += 1,
                Table::Orders => counts.orders += 1,
                Table::Attachments | Table::Ledger | Table::Keys | Table::Settings => {}
            }
        }
        let mut steps = others;
        if self.scope == ExportScope::Vault {
            let is_draft = |order: &RecordId| drafts.binary_search_by_key(order, |(id, _)| *id).is_ok();
            let without = of_order.iter().filter(|(order, _)| !order.is_some_and(|order| is_draft(&order)));
            steps.extend(without.flat_map(|(_, attached)| attached));
        }
        for (id, step) in drafts {
            steps.push(step);
            steps.extend(of_order.get(&Some(id)).into_iter().flatten());
        }
        let mut bytes = 0;
        for step in &steps {
            counts.records += 1;
            bytes += self.places.get(step.place).map_or(0, |(.., place)| place.bytes);
            if self.places.get(step.place).is_some_and(|(table, ..)| *table == Table::Attachments) {
                counts.attachments += 1;
                counts.sealed_bytes = counts.sealed_bytes.saturating_add(step.sealed_length.unwrap_or_default());
            }
        }
        Ok(Planned { steps, counts, bytes: bytes.saturating_add(counts.sealed_bytes) })
    }

    /// Lists the attachments by their orders, and under nothing those whose records name none.
    fn attached(&mut self, progress: OnProgress<'_>) -> Result<BTreeMap<Option<RecordId>, Vec<Step>>, ExportError> {
        let mut of_order: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (number, (table, id, place)) in self.places.iter().enumerate() {
            if *table != Table::Attachments {
                continue;
            }
            if progress(TransferProgress { bytes: 0, bytes_total: 0 }).is_break() {
                return Err(ExportError::Cancelled);
            }
            let json = reading::json_at(&mut self.journal, &self.keys, (*table, *id), place)?;
            let Attached { order, sealed_length } = serde_json::from_slice(&json).unwrap_or_default();
            of_order.entry(order.map(RecordId::from)).or_default().push(Step { place: number, sealed_length });
        }
        Ok(of_order)
    }
}
