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
use crate::lists::kept::Facts;
use crate::sending::{OrderRecord, OutboxRecord};
use crate::view::orders::OrderStateView;

/// Counts what is changed of how summaries are made.
const RULES: u32 = 3;

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

fn facts(definition: &Definition, fields: &Fields, state: OrderStateView) -> Facts {
    let about = summary(definition, fields);
    Facts {
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
        discarded_at_ms: None,
        attaching: false,
        heard: false,
        text: SearchText::of(definition, fields).into_string(),
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
    fn draft(&self, json: &[u8]) -> Option<Facts> {
        let record: DraftRecord = serde_json::from_slice(json).ok()?;
        let definition = self.0.pinned(&record.catalogue)?;
        let fields = record.lay_out(definition).fields;
        let blocks = |problem: &&satchel_order::Problem| problem.severity() != Severity::Caution;
        Some(Facts {
            to_finish: validate(definition, &fields).iter().filter(blocks).count(),
            amount_cents: quote(definition, &fields).ok().map(|quote| quote.total().cents()),
            changed_at_ms: record.changed_at_ms,
            discarded_at_ms: record.discarded_at_ms,
            attaching: !record.attaching.is_empty(),
            ..facts(definition, &fields, OrderStateView::Draft)
        })
    }

    fn waiting(&self, json: &[u8]) -> Option<Facts> {
        let record: OutboxRecord = serde_json::from_slice(json).ok()?;
        let definition = self.0.pinned(&record.frozen.catalogue)?;
        Some(Facts {
            files: record.frozen.files.len(),
            amount_cents: Some(record.frozen.quote.total().cents()),
            changed_at_ms: record.submitted_at_ms,
            ..facts(definition, &record.frozen.fields, OrderStateView::Queued)
        })
    }

    fn received(&self, json: &[u8]) -> Option<Facts> {
        let record: OrderRecord = serde_json::from_slice(json).ok()?;
        let definition = self.0.pinned(&record.frozen.catalogue)?;
        let receipt = record.receipt();
        let received_at_ms = receipt.as_ref().map(|receipt| receipt.received_at.seconds().saturating_mul(1_000));
        let number = receipt.map(|receipt| receipt.order_number);
        let about = facts(definition, &record.frozen.fields, following::state(&record));
        // In front, for a text that is very long is cut.
        let text = number.iter().map(|number| text_of(number)).chain([about.text]).collect();
        Some(Facts {
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
        Some(summary.to_bytes())
    }
}

fn attachment(json: &[u8]) -> Option<Vec<u8>> {
    let AttachmentRecord { order, name, length, sha256, sealed_length, attached_at_ms, .. } =
        serde_json::from_slice(json).ok()?;
    serde_json::to_vec(&AttachmentSummary { order, name, length, sha256, sealed_length, attached_at_ms }).ok()
}
