//! What lists need of a record; the vault keeps it beside the record and sealed.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use satchel_order::catalogue::Definition;
use satchel_order::document::Fields;
use satchel_order::search::SearchText;
use satchel_order::{Severity, quote, summary, validate};
use satchel_store::{AttachmentRecord, RecordId, Summarize, Table};
use satchel_terms::{FileName, Hash, OrderId};
use serde::{Deserialize, Serialize};

use crate::catalogue::Catalogue;
use crate::draft::DraftRecord;
use crate::following;
use crate::sending::{OrderRecord, OutboxRecord};
use crate::view::orders::OrderStateView;

/// Counts what is changed of how summaries are made.
const RULES: u32 = 2;

/// An order as lists see it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct OrderSummary {
    pub(super) state: OrderStateView,
    pub(super) number: Option<String>,
    pub(super) service: String,
    pub(super) caption: String,
    pub(super) subject: Option<String>,
    pub(super) client_matter: Option<String>,
    pub(super) due: Option<String>,
    pub(super) to_finish: usize,
    pub(super) files: usize,
    pub(super) amount_cents: Option<u64>,
    pub(super) changed_at_ms: u64,
    /// The words by which it is found.
    pub(super) text: String,
    pub(crate) discarded_at_ms: Option<u64>,
    /// Whether files of a draft are still to be sealed.
    pub(crate) attaching: bool,
    /// Whether the provider was heard of a received order, and what it said last holds.
    pub(crate) heard: bool,
}

/// An attached file as the list of files sees it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AttachmentSummary {
    pub(crate) order: OrderId,
    pub(crate) name: FileName,
    pub(crate) length: u64,
    pub(crate) sha256: Hash,
    pub(crate) sealed_length: u64,
    pub(crate) attached_at_ms: u64,
}

impl OrderSummary {
    /// Reads what the vault kept.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// Returns when it changed last, or was discarded.
    pub(super) fn listed_at_ms(&self) -> u64 {
        self.discarded_at_ms.unwrap_or(self.changed_at_ms)
    }

    /// Returns when it is deleted for good; nothing where it is not in the trash.
    pub(super) fn deletes_at_ms(&self) -> Option<u64> {
        self.discarded_at_ms.map(|at| at.saturating_add(crate::trash::KEPT_MS))
    }

    fn new(definition: &Definition, fields: &Fields, state: OrderStateView) -> Self {
        let about = summary(definition, fields);
        Self {
            state,
            number: None,
            service: definition.name.clone(),
            caption: about.caption.line(),
            subject: about.subject,
            client_matter: about.client_matter,
            due: about.due.map(|date| date.to_string()),
            to_finish: 0,
            files: 0,
            amount_cents: None,
            changed_at_ms: 0,
            text: SearchText::of(definition, fields).into_string(),
            discarded_at_ms: None,
            attaching: false,
            heard: false,
        }
    }
}

fn text_of(answer: &str) -> String {
    let mut text = SearchText::default();
    text.add(answer);
    text.into_string()
}

impl AttachmentSummary {
    /// Reads what the vault kept.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}

/// Makes the summaries of a vault's records.
#[derive(Debug)]
pub(crate) struct Summarizer(pub(crate) Arc<Catalogue>);

impl Summarizer {
    fn draft(&self, json: &[u8]) -> Option<OrderSummary> {
        let record: DraftRecord = serde_json::from_slice(json).ok()?;
        let definition = self.0.pinned(&record.catalogue)?;
        let fields = record.lay_out(definition).fields;
        let blocks = |problem: &&satchel_order::Problem| problem.severity() != Severity::Caution;
        Some(OrderSummary {
            to_finish: validate(definition, &fields).iter().filter(blocks).count(),
            amount_cents: quote(definition, &fields).ok().map(|quote| quote.total().cents()),
            changed_at_ms: record.changed_at_ms,
            discarded_at_ms: record.discarded_at_ms,
            attaching: !record.attaching.is_empty(),
            ..OrderSummary::new(definition, &fields, OrderStateView::Draft)
        })
    }

    fn waiting(&self, json: &[u8]) -> Option<OrderSummary> {
        let record: OutboxRecord = serde_json::from_slice(json).ok()?;
        let definition = self.0.pinned(&record.frozen.catalogue)?;
        Some(OrderSummary {
            files: record.frozen.files.len(),
            amount_cents: Some(record.frozen.quote.total().cents()),
            changed_at_ms: record.submitted_at_ms,
            ..OrderSummary::new(definition, &record.frozen.fields, OrderStateView::Queued)
        })
    }

    fn received(&self, json: &[u8]) -> Option<OrderSummary> {
        let record: OrderRecord = serde_json::from_slice(json).ok()?;
        let definition = self.0.pinned(&record.frozen.catalogue)?;
        let receipt = record.receipt();
        let received_at_ms = receipt.as_ref().map(|receipt| receipt.received_at.seconds().saturating_mul(1_000));
        let number = receipt.map(|receipt| receipt.order_number);
        let about = OrderSummary::new(definition, &record.frozen.fields, following::state(&record));
        // In front, for a text that is very long is cut.
        let text = number.iter().map(|number| text_of(number)).chain([about.text]).collect();
        Some(OrderSummary {
            number,
            text,
            files: record.frozen.files.len(),
            amount_cents: Some(record.frozen.quote.total().cents()),
            changed_at_ms: received_at_ms.unwrap_or(record.submitted_at_ms),
            heard: record.followed.is_settled(),
            ..about
        })
    }
}

impl Summarize for Summarizer {
    /// Of another Satchel, or with other definitions, summaries are made anew.
    fn version(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (RULES, env!("CARGO_PKG_VERSION")).hash(&mut hasher);
        for definition in self.0.services() {
            format!("{definition:?}").hash(&mut hasher);
        }
        hasher.finish()
    }

    fn shows(&self, table: Table) -> bool {
        matches!(table, Table::Drafts | Table::Outbox | Table::Orders | Table::Attachments)
    }

    fn summary(&self, table: Table, _: RecordId, json: &[u8]) -> Option<Vec<u8>> {
        let summary = match table {
            Table::Drafts => self.draft(json)?,
            Table::Outbox => self.waiting(json)?,
            Table::Orders => self.received(json)?,
            Table::Attachments => return attachment(json),
            Table::Ledger | Table::Keys | Table::Settings => return None,
        };
        serde_json::to_vec(&summary).ok()
    }
}

fn attachment(json: &[u8]) -> Option<Vec<u8>> {
    let AttachmentRecord { order, name, length, sha256, sealed_length, attached_at_ms, .. } =
        serde_json::from_slice(json).ok()?;
    serde_json::to_vec(&AttachmentSummary { order, name, length, sha256, sealed_length, attached_at_ms }).ok()
}
