//! A received order as the window sees it.

use satchel_sign::{LogEvent, WorkStatus};
use satchel_terms::{BlobName, Timestamp};
use satchel_wire::Payment;

use super::record::{Followed, KeptEntry, payment_state};
use crate::sending::OrderRecord;
use crate::view::orders::OrderStateView;
use crate::view::received::{
    PaymentStateView, PaymentView, ReceivedView, ReturnedView, TimelineEventView, TimelineItemView, WorkStatusView,
};

/// Writes a received order as its page shows it. `heard_at_ms` is when the server last answered about it, since Satchel started.
pub(crate) fn received(record: &OrderRecord, heard_at_ms: Option<u64>) -> Option<ReceivedView> {
    let receipt = record.receipt()?;
    let received_at_ms = millis(receipt.received_at);
    let followed = &record.followed;
    let payment = payment(record);
    let mut timeline = vec![
        TimelineItemView { at_ms: record.submitted_at_ms, event: TimelineEventView::Submitted },
        TimelineItemView {
            at_ms: received_at_ms,
            event: TimelineEventView::Received { files: record.frozen.files.len() },
        },
    ];
    let opened = followed.page.map(|page| page.opened_at_ms);
    timeline.extend(opened.map(|at_ms| TimelineItemView { at_ms, event: TimelineEventView::PaymentOpened }));
    timeline.extend(payment_told(followed, &payment));
    timeline.extend(followed.log.values().filter_map(told));
    // What happened at the same second stays in the order in which it can have happened.
    timeline.sort_by_key(|item| item.at_ms / 1_000);
    timeline.reverse();
    Some(ReceivedView {
        number: receipt.order_number,
        submitted_at_ms: record.submitted_at_ms,
        received_at_ms,
        provider: record.provider.clone(),
        manifest_sha256: receipt.manifest_sha256.to_hex(),
        state: state(record),
        payment,
        timeline,
        returned: followed.log.values().flat_map(returned).collect(),
        heard_at_ms: heard_at_ms.max(followed.heard_at_ms),
        disbelieved: followed.disbelieved.map(|what| what.sentence().to_owned()),
    })
}

/// Says how an order stands in the lists: what somebody has to do comes before what merely goes on.
pub(crate) fn state(record: &OrderRecord) -> OrderStateView {
    let payment = payment(record).state;
    match (record.followed.work(), payment) {
        (Some(WorkStatus::Completed), _) => OrderStateView::Completed,
        (Some(WorkStatus::Cancelled), _) => OrderStateView::Cancelled,
        (Some(WorkStatus::NeedsInformation), _) => OrderStateView::NeedsInformation,
        (_, PaymentStateView::Held | PaymentStateView::Disputed) => OrderStateView::PaymentHeld,
        (
            _,
            PaymentStateView::Due
            | PaymentStateView::Awaiting
            | PaymentStateView::Expired
            | PaymentStateView::BalanceDue,
        ) => OrderStateView::AwaitingPayment,
        (_, PaymentStateView::Processing) => OrderStateView::PaymentProcessing,
        (_, PaymentStateView::Refunded) => OrderStateView::Refunded,
        (Some(WorkStatus::Claimed | WorkStatus::InProgress), _) => OrderStateView::InProgress,
        (
            Some(WorkStatus::New) | None,
            PaymentStateView::Nothing | PaymentStateView::OnAccount | PaymentStateView::PartlyRefunded,
        ) => OrderStateView::Received,
        (Some(WorkStatus::New) | None, PaymentStateView::Paid) => OrderStateView::Paid,
    }
}

/// Returns when an order was over, as an operator signed it; nothing of one that goes on, or has money to be settled yet.
pub(crate) fn over_at_ms(record: &OrderRecord) -> Option<u64> {
    let is_settled = match payment(record).state {
        PaymentStateView::Nothing
        | PaymentStateView::Paid
        | PaymentStateView::OnAccount
        | PaymentStateView::PartlyRefunded
        | PaymentStateView::Refunded
        | PaymentStateView::Expired => true,
        PaymentStateView::Due
        | PaymentStateView::Awaiting
        | PaymentStateView::Processing
        | PaymentStateView::BalanceDue
        | PaymentStateView::Disputed
        | PaymentStateView::Held => record.followed.work() == Some(WorkStatus::Cancelled),
    };
    let newest = record.followed.log.values().next_back().and_then(KeptEntry::read)?;
    let is_over = matches!(record.followed.work(), Some(WorkStatus::Completed | WorkStatus::Cancelled));
    (is_over && is_settled && record.followed.is_settled()).then(|| millis(newest.at))
}

/// Tells whether an order stands in the list of those that are over.
pub(crate) fn is_over(state: OrderStateView) -> bool {
    matches!(state, OrderStateView::Completed | OrderStateView::Cancelled)
}

fn payment(record: &OrderRecord) -> PaymentView {
    let amount_cents = record.frozen.quote.total().cents();
    let followed = &record.followed;
    PaymentView {
        state: payment_state(followed.payment.as_ref(), amount_cents),
        amount_cents,
        since_ms: followed.payment.and_then(|payment| payment.at).map(millis),
        opened_at_ms: followed.page.map(|page| page.opened_at_ms),
        page_ends_at_ms: followed.page.map(|page| millis(page.ends_at)),
    }
}

/// Returns how it is paid for as something that happened. That a price was agreed, or a page made, is no news to whoever
/// submitted the order and opened the page.
fn payment_told(followed: &Followed, payment: &PaymentView) -> Option<TimelineItemView> {
    let known = followed.payment?;
    let is_news = !matches!(known.state, Payment::None | Payment::Quoted | Payment::Awaiting);
    let event = TimelineEventView::Payment { state: payment.state, amount_cents: payment.amount_cents };
    let item = |at| TimelineItemView { at_ms: millis(at), event };
    known.at.filter(|_| is_news).map(item)
}

fn told(entry: &KeptEntry) -> Option<TimelineItemView> {
    let entry = entry.read()?;
    let event = match entry.event {
        LogEvent::Status { status } => TimelineEventView::Work { status: work(status) },
        LogEvent::Message { text } => TimelineEventView::Message { text },
        LogEvent::Returns { files } => {
            let names = files.iter().map(|file| file.name.as_str().to_owned()).collect();
            TimelineEventView::Returned { names }
        }
    };
    Some(TimelineItemView { at_ms: millis(entry.at), event })
}

fn returned(entry: &KeptEntry) -> Vec<ReturnedView> {
    let Some(entry) = entry.read() else { return Vec::new() };
    let at_ms = millis(entry.at);
    let LogEvent::Returns { files } = entry.event else { return Vec::new() };
    let view = |file: satchel_terms::FileEntry| {
        let BlobName::Return(number) = file.blob else { return None };
        let name = file.name.as_str().to_owned();
        Some(ReturnedView { number: number.get(), name, length: file.length, sha256: file.sha256.to_hex(), at_ms })
    };
    files.into_iter().filter_map(view).collect()
}

const fn work(status: WorkStatus) -> WorkStatusView {
    match status {
        WorkStatus::New => WorkStatusView::New,
        WorkStatus::Claimed => WorkStatusView::Claimed,
        WorkStatus::InProgress => WorkStatusView::InProgress,
        WorkStatus::NeedsInformation => WorkStatusView::NeedsInformation,
        WorkStatus::Completed => WorkStatusView::Completed,
        WorkStatus::Cancelled => WorkStatusView::Cancelled,
    }
}

const fn millis(at: Timestamp) -> u64 {
    at.seconds().saturating_mul(1_000)
}
