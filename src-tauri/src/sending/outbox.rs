//! The outbox as the window sees it, and what goes in and out of it by the user's wish.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::PoisonError;

use satchel_order::summary;
use satchel_sign::{Bundle, Signed};
use satchel_store::{AttachmentRecord, RecordId, Table, Vault};
use satchel_sync::plan::Why;
use satchel_sync::{Progress, Rejection, State};
use satchel_terms::sealed_length::of_plaintext;
use satchel_terms::{BlobName, OrderId, Timestamp};

use super::Sending;
use super::firm::FirmError;
use super::frozen::{Frozen, NotFrozen};
use super::items::NotReady;
use super::provider::{NotBound, grouped};
use super::records::{self, LedgerRecord, OutboxRecord};
use crate::catalogue::Catalogue;
use crate::clock::Now;
use crate::draft::{DraftRecord, OpenDraft};
use crate::lists;
use crate::ui_error::UiError;
use crate::view::files::ShellEvent;
use crate::view::outbox::{ConnectionView, OutboxItemView, OutboxPartView, TransferView, WaitView};

/// What the driver told of orders that it holds.
#[derive(Debug, Default)]
pub(super) struct Moving {
    states: BTreeMap<OrderId, State>,
    /// Why orders did not come to the driver yet.
    not_ready: BTreeMap<OrderId, NotReady>,
    confirmed: BTreeMap<(OrderId, BlobName), u64>,
}

/// Freezes a draft and puts it into the outbox. `files` are its sealed files, in their order.
pub(crate) fn submit(
    vault: &mut Vault,
    catalogue: &Catalogue,
    order: OrderId,
    files: &[RecordId],
    now: Now,
) -> Result<(), UiError> {
    if records::is_submitted(vault, order) {
        return Err(UiError::frozen());
    }
    let draft = OpenDraft::find(vault, catalogue, order)?;
    if draft.record.discarded_at_ms.is_some() {
        return Err(UiError::gone());
    }
    if !draft.record.attaching.is_empty() {
        return Err(UiError::files_unfinished());
    }
    let frozen = Frozen::of(draft.definition, &draft.record, files, Timestamp::from_millis(now.ms));
    let frozen = frozen.map_err(|not_frozen| match not_frozen {
        NotFrozen::Incomplete => UiError::incomplete(),
        NotFrozen::Quote => UiError::quote_too_large(),
        NotFrozen::TooLong => UiError::order_too_long(),
    })?;
    vault.put(Table::Outbox, order, &OutboxRecord::new(frozen, now.ms))?;
    Ok(())
}

/// Takes an order out of the outbox, so that it is a draft again. Returns the draft's id: another one where the order was
/// signed and sealed, since something of it may be on its way to the provider, and nothing there is ever overwritten.
pub(crate) fn take_back(vault: &mut Vault, order: OrderId, fresh: OrderId) -> Result<OrderId, UiError> {
    let record: OutboxRecord = vault.read(Table::Outbox, order)?.ok_or_else(UiError::gone)?;
    if let Some(begun) = record.taken_back_as {
        become_draft(vault, order, &record.frozen.files, begun)?;
        return Ok(begun);
    }
    let is_untouched = LedgerRecord::of(vault, order)?.is_untouched();
    if vault.revision(Table::Orders, order).is_some() || (!is_untouched && record.rejection().is_none()) {
        return Err(UiError::on_its_way());
    }
    if is_untouched && record.sealed.is_none() {
        records::leave_outbox(vault, order)?;
        return Ok(order);
    }
    // Noted first: whoever is killed behind this line finds it finished at the next opening, and nothing of it is sent.
    vault.change(Table::Outbox, order, &OutboxRecord::taken_back(fresh))?;
    become_draft(vault, order, &record.frozen.files, fresh)?;
    Ok(fresh)
}

/// Gives what a draft consists of to another id, and takes the order out of the outbox. Begun again, it goes on.
fn become_draft(vault: &mut Vault, order: OrderId, files: &[String], fresh: OrderId) -> Result<(), UiError> {
    // The draft is there twice before it is gone once, so a kill in between loses nothing.
    if vault.revision(Table::Drafts, fresh).is_none()
        && let Some(draft) = vault.read::<DraftRecord>(Table::Drafts, order)?
    {
        vault.put(Table::Drafts, fresh, &draft)?;
    }
    let files = files.iter().filter_map(|id| super::items::record_id(id));
    for id in files.filter(|id| vault.revision(Table::Attachments, *id).is_some()).collect::<Vec<_>>() {
        vault.change(Table::Attachments, id, &serde_json::json!({ "order": fresh }))?;
    }
    vault.delete(Table::Drafts, order)?;
    records::leave_outbox(vault, order)?;
    Ok(())
}

/// Finishes what a Satchel that was killed left half done in the outbox.
pub(crate) fn finish(vault: &mut Vault) {
    for (id, record) in vault.read_all::<OutboxRecord>(Table::Outbox) {
        let (Some(order), Ok(record)) = (lists::order(id), record) else { continue };
        // What cannot be finished now is finished at the next opening.
        if vault.revision(Table::Orders, order).is_some() {
            records::tidy_received(vault, order).ok();
        } else if let Some(fresh) = record.taken_back_as {
            become_draft(vault, order, &record.frozen.files, fresh).ok();
        }
    }
    // Drafts of orders that were received before their drafts went with them.
    for order in vault
        .ids(Table::Orders)
        .into_iter()
        .filter(|id| vault.revision(Table::Drafts, *id).is_some())
        .collect::<Vec<_>>()
    {
        vault.delete(Table::Drafts, order).ok();
    }
}

/// Lists the orders on their way: those that cannot be sent as they are first, then in the order in which they were submitted.
pub(crate) fn items(vault: &mut Vault, catalogue: &Catalogue, sending: &Sending) -> Vec<OutboxItemView> {
    let waiting = vault.read_all::<OutboxRecord>(Table::Outbox).into_iter();
    let mut waiting: Vec<_> = waiting.filter_map(|(id, record)| Some((lists::order(id)?, record.ok()?))).collect();
    waiting.sort_by_key(|(order, record)| (record.rejection().is_none(), record.submitted_at_ms, *order));
    waiting.into_iter().filter_map(|(order, record)| sending.view(vault, catalogue, order, &record)).collect()
}

impl Sending {
    /// Hears what the driver tells, and tells the window.
    pub(super) fn moved(&self, progress: Progress) {
        let (Progress::State { at, .. } | Progress::Bytes { at, .. }) = progress;
        {
            let mut moving = self.moving.lock().unwrap_or_else(PoisonError::into_inner);
            match progress {
                Progress::State { state, .. } => {
                    moving.states.insert(at.order, state);
                }
                Progress::Bytes { blob, confirmed, .. } => {
                    moving.confirmed.insert((at.order, blob), confirmed);
                }
            }
        }
        if let Progress::State { state: State::Received | State::Rejected(_), .. } = progress {
            self.forget(at.order);
            self.events.tell(ShellEvent::Lists);
            self.following.wake();
        }
        self.tell_item(at.order);
    }

    /// Hears which orders could not be sealed, and tells the window of those of which that is news.
    pub(super) fn are_not_ready(&self, not_ready: BTreeMap<OrderId, NotReady>) {
        let before = {
            let mut moving = self.moving.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut moving.not_ready, not_ready.clone())
        };
        let orders: BTreeSet<_> = before.keys().chain(not_ready.keys()).copied().collect();
        for order in orders.into_iter().filter(|order| before.get(order) != not_ready.get(order)) {
            self.tell_item(order);
        }
    }

    fn tell_item(&self, order: OrderId) {
        let view = self.vault.lock().and_then(|mut place| {
            let vault = place.open()?;
            let record = vault.read::<OutboxRecord>(Table::Outbox, order)?;
            Ok(record.and_then(|record| self.view(vault, &self.catalogue, order, &record)))
        });
        if let Ok(Some(item)) = view {
            self.events.tell(ShellEvent::Outbox { item });
        }
    }

    fn forget(&self, order: OrderId) {
        let mut moving = self.moving.lock().unwrap_or_else(PoisonError::into_inner);
        moving.states.remove(&order);
        moving.confirmed.retain(|(other, _), _| *other != order);
    }

    /// Forgets what a driver told that is not there any more.
    pub(super) fn forget_moving(&self) {
        *self.moving.lock().unwrap_or_else(PoisonError::into_inner) = Moving::default();
    }

    fn view(
        &self,
        vault: &mut Vault,
        catalogue: &Catalogue,
        order: OrderId,
        record: &OutboxRecord,
    ) -> Option<OutboxItemView> {
        let definition = catalogue.pinned(&record.frozen.catalogue)?;
        let ledger = LedgerRecord::of(vault, order).unwrap_or_default();
        let moving = self.moving.lock().unwrap_or_else(PoisonError::into_inner);
        let sent = |blob: BlobName, bytes: u64| match moving.confirmed.get(&(order, blob)) {
            Some(confirmed) => (*confirmed).min(bytes),
            None => ledger.confirmed_bytes(blob, bytes),
        };
        let mut parts = vec![OutboxPartView { name: None, bytes: 0, sent: 0 }];
        for blob in record.sealed.iter().flat_map(|sealed| &sealed.blobs) {
            if let (super::frozen::Source::Bytes(text), Some(part)) = (&blob.source, parts.first_mut()) {
                let bytes = decoded_length(text);
                part.bytes += bytes;
                part.sent += sent(blob.name, bytes);
            }
        }
        for (id, number) in record.frozen.files.iter().filter_map(|id| super::items::record_id(id)).zip(1..) {
            let Ok(Some(file)) = vault.read::<AttachmentRecord>(Table::Attachments, id) else { continue };
            let bytes = of_plaintext(file.length).unwrap_or(file.length);
            let sent = super::frozen::file_name(number).map_or(0, |name| sent(name, bytes));
            parts.push(OutboxPartView { name: Some(file.name.as_str().to_owned()), bytes, sent });
        }
        let state = match record.rejection() {
            Some(rejection) => rejected(rejection),
            None => match (moving.states.get(&order), moving.not_ready.get(&order)) {
                (Some(state), _) => transfer(*state),
                (None, Some(why)) => not_ready(*why),
                (None, None) => self.unsent(),
            },
        };
        Some(OutboxItemView {
            order: order.to_string(),
            service: definition.name.clone(),
            caption: summary(definition, &record.frozen.fields).caption.line(),
            submitted_at_ms: record.submitted_at_ms,
            can_be_taken_back: ledger.is_untouched() || record.rejection().is_some(),
            state,
            parts,
        })
    }

    /// Says how an order is that the driver does not know yet.
    fn unsent(&self) -> TransferView {
        let waiting = |why| TransferView::Waiting { why, until_ms: None };
        match self.connection() {
            ConnectionView::NoProvider => waiting(WaitView::NoProvider),
            ConnectionView::Refused { .. } => waiting(WaitView::Refused),
            ConnectionView::Connecting => waiting(WaitView::Offline),
            ConnectionView::Bound { .. } => TransferView::Queued,
        }
    }
}

/// Says why an order did not come to the driver. A file that is gone does not come back by waiting.
fn not_ready(why: NotReady) -> TransferView {
    let waiting = |why| TransferView::Waiting { why, until_ms: None };
    match why {
        NotReady::Restored => waiting(WaitView::Restored),
        NotReady::KeysEnded => waiting(WaitView::KeysEnded),
        NotReady::Vault => waiting(WaitView::Disk),
        NotReady::NotSealed => waiting(WaitView::NotSealed),
        NotReady::FileMissing => rejected(Rejection::SourceMissing),
    }
}

/// Returns how many bytes a base64 text stands for.
fn decoded_length(text: &str) -> u64 {
    let padding = text.bytes().rev().take_while(|byte| *byte == b'=').count();
    (text.len() / 4 * 3).saturating_sub(padding) as u64
}

fn transfer(state: State) -> TransferView {
    match state {
        State::Queued => TransferView::Queued,
        // What was received leaves the outbox at once; until it did, it is still being sent.
        State::Uploading | State::Received => TransferView::Uploading,
        State::Waiting { why, until } => {
            TransferView::Waiting { why: waiting(why), until_ms: until.map(satchel_sync::Moment::unix_ms) }
        }
        State::Rejected(rejection) => rejected(rejection),
    }
}

fn waiting(why: Why) -> WaitView {
    match why {
        Why::Offline => WaitView::Offline,
        Why::Untrusted => WaitView::Untrusted,
        Why::Interrupted | Why::Stalled => WaitView::Stalled,
        Why::Busy => WaitView::Busy,
        Why::ServerFault | Why::TicketRefused | Why::Incomplete => WaitView::ServerFault,
        Why::NeedsSignIn => WaitView::NeedsSignIn,
        Why::NotAllowed(_) => WaitView::NotAllowed,
        Why::ReceiptRefused => WaitView::ReceiptRefused,
        Why::SourceUnreadable | Why::LedgerUnwritable => WaitView::Disk,
    }
}

fn rejected(rejection: Rejection) -> TransferView {
    let message = match rejection {
        Rejection::Refused(code) => code.message().to_owned(),
        Rejection::SourceMissing => {
            "A sealed file of this order is missing from Satchel's folder. Nothing was sent in its \
             place. Take the order back, attach the file again, and submit it."
                .to_owned()
        }
        Rejection::SourceChanged => {
            "A sealed file of this order was changed on disk. Nothing was sent in its place. Take the \
             order back, attach the file again, and submit it."
                .to_owned()
        }
    };
    TransferView::Rejected { code: rejection.code().to_owned(), message }
}

/// Says that the provider's keys are verified.
pub(super) fn bound(bundle: &Signed<Bundle>, checked_at_ms: Option<u64>) -> ConnectionView {
    let bundle = bundle.statement();
    let fingerprint = bundle.wrapping_keys.first().map(|entry| grouped(entry.key.thumbprint())).unwrap_or_default();
    let (provider, firm) = (bundle.provider.clone(), bundle.firm_name.clone());
    ConnectionView::Bound { provider, firm, fingerprint, checked_at_ms }
}

/// Says that what the provider said does not hold.
pub(super) fn refused(why: &NotBound) -> ConnectionView {
    let message = if let NotBound::Firm(FirmError::Read(_) | FirmError::Write(_)) = why {
        format!(
            "What Satchel knows of the provider could not be read or kept on this computer: {why}. Nothing is sent, and everything \
             else is safe. Look whether the disk is full, or ask your IT."
        )
    } else {
        format!(
            "Satchel does not trust what it was told: {why}. Nothing is sent, and everything is safe on this computer. Ask \
             your IT or the provider."
        )
    };
    ConnectionView::Refused { message }
}

/// Says that no encrypted connection can be made.
pub(super) fn unencrypted() -> ConnectionView {
    let message = "Encrypted connections cannot be made on this computer, so nothing is sent. Everything is safe here. Ask your \
         IT.";
    ConnectionView::Refused { message: message.to_owned() }
}
