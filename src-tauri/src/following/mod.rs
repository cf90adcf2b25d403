//! Following: what becomes of received orders. The server's feed is a hint where to look. How an order is paid for is the
//! server's word, since the money is with the provider; of the work only what an operator signed counts, in the order's
//! verified log.

mod log;
mod pay;
mod record;
mod returned;
mod view;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use satchel_sign::OperatorKey;
use satchel_store::{RecordId, Table};
use satchel_sync::drive::Unanswered;
use satchel_sync::plan::Why;
use satchel_terms::OrderId;
use satchel_wire::{ErrorCode, FeedAnswer, FeedEntry, OrderAnswer};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::clock::Now;
use crate::events::Events;
use crate::lists::{self, OrderSummary};
use crate::sending::{Link, OrderRecord};
use crate::state::{Browse, VaultPlace};
use crate::ui_error::UiError;
use crate::view::files::ShellEvent;

use log::Log;
use record::{Disbelieved, KeptPayment, payment_state};

pub(crate) use record::Followed;
pub(crate) use view::{is_over, over_at_ms, received, state};

/// How long it takes until the feed is read again.
const LOOK: Duration = Duration::from_secs(15);
/// How long, while somebody may be paying.
const LOOK_WHILE_PAYING: Duration = Duration::from_secs(3);
/// How long somebody may be paying after a page was opened.
const PAYING_MS: u64 = 30 * 60 * 1_000;
/// The most answers of the feed that are read at once; the rest comes with the next look.
const FEED_ANSWERS_MAX: usize = 100;
/// The record of how far the feed was read; there is one.
const FEED: RecordId = RecordId::from_bytes([
    0x5d, 0x93, 0x27, 0xc1, 0x08, 0xbe, 0x4f, 0x6a, 0x9a, 0x71, 0xe4, 0x3c, 0x16, 0xd2, 0x80, 0xb7,
]);

/// How far the feed was read.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FeedRecord {
    next: u64,
    /// The last entry that was read. Where the feed has another one there, or none, what was read was not the firm's feed.
    #[serde(default)]
    last: Option<FeedEntry>,
}

/// What follows the received orders of a vault.
pub(crate) struct Following {
    vault: Arc<VaultPlace>,
    events: Arc<Events>,
    browse: Browse,
    link: Mutex<Option<Link>>,
    known: Mutex<Known>,
    /// One order is asked about at a time, so that its log has one end.
    asking: tokio::sync::Mutex<()>,
    woken: Notify,
}

/// What is known without the vault.
#[derive(Debug, Default)]
struct Known {
    /// When the server last answered about an order.
    heard: BTreeMap<OrderId, u64>,
    /// The orders that were asked about at least once.
    asked: BTreeSet<OrderId>,
    /// The orders to be asked about again: the server could not answer about them.
    again: BTreeSet<OrderId>,
    /// The orders to be asked about again: what the server said of them last does not hold.
    doubted: BTreeSet<OrderId>,
    /// How far the feed was read; none until the vault was asked.
    feed: Option<FeedRecord>,
    /// Until when somebody may be paying.
    paying_until_ms: u64,
}

impl std::fmt::Debug for Following {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Following")
    }
}

/// Says why it is not known what is new of an order.
#[derive(Debug, thiserror::Error)]
enum NotAsked {
    #[error(transparent)]
    Unanswered(#[from] Unanswered),
    #[error(transparent)]
    Kept(#[from] UiError),
}

impl From<NotAsked> for UiError {
    fn from(error: NotAsked) -> Self {
        match error {
            NotAsked::Kept(error) => error,
            NotAsked::Unanswered(unanswered) => unanswered.into(),
        }
    }
}

impl Following {
    pub(crate) fn new(vault: Arc<VaultPlace>, events: Arc<Events>, browse: Browse) -> Self {
        let (link, known) = (Mutex::default(), Mutex::default());
        Self { vault, events, browse, link, known, asking: tokio::sync::Mutex::default(), woken: Notify::new() }
    }

    /// Takes the way to the provider, or hears that there is none.
    pub(crate) fn connect(&self, link: Option<Link>) {
        *self.link.lock().unwrap_or_else(PoisonError::into_inner) = link;
        self.woken.notify_one();
    }

    /// Hears that an order may have been received.
    pub(crate) fn wake(&self) {
        self.woken.notify_one();
    }

    /// Returns when the server last answered about an order since Satchel started.
    pub(crate) fn heard_at_ms(&self, order: OrderId) -> Option<u64> {
        self.known().heard.get(&order).copied()
    }

    /// Asks the server now what is new of an order.
    pub(crate) async fn check(&self, order: OrderId) -> Result<(), UiError> {
        self.exists(order)?;
        let link = self.link()?;
        Ok(self.ask(&link, order).await?)
    }

    fn exists(&self, order: OrderId) -> Result<(), UiError> {
        self.with_vault(|vault| vault.revision(Table::Orders, order).map(drop).ok_or_else(UiError::gone))
    }

    /// Reads the feed, and asks about the orders that it names, as long as Satchel runs.
    pub(crate) async fn follow(self: Arc<Self>) {
        loop {
            if let Ok(link) = self.link() {
                // Whoever does not answer now is asked again.
                self.look(&link).await.ok();
            }
            let pace = if Now::read().ms < self.known().paying_until_ms { LOOK_WHILE_PAYING } else { LOOK };
            tokio::select! {
                () = self.woken.notified() => {}
                () = tokio::time::sleep(pace) => {}
            }
        }
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn link(&self) -> Result<Link, UiError> {
        self.link.lock().unwrap_or_else(PoisonError::into_inner).clone().ok_or_else(UiError::offline)
    }

    async fn look(&self, link: &Link) -> Result<(), NotAsked> {
        for order in self.to_be_asked()? {
            self.try_to_ask(link, order).await?;
        }
        for _ in 0..FEED_ANSWERS_MAX {
            let Some(answer) = read_on(link, self.feed()?).await? else {
                self.read_until(FeedRecord::default())?;
                continue;
            };
            let named: BTreeSet<_> = answer.entries.iter().map(|entry| entry.order).collect();
            for order in named {
                // Orders of other computers of the firm are not here.
                if self.with_vault(|vault| Ok(vault.revision(Table::Orders, order).is_some()))? {
                    self.try_to_ask(link, order).await?;
                }
            }
            if answer.entries.is_empty() {
                break;
            }
            self.read_until(FeedRecord { next: answer.next, last: answer.entries.last().copied() })?;
        }
        Ok(())
    }

    /// Asks about one order. An order that the server cannot answer about holds up no other.
    async fn try_to_ask(&self, link: &Link, order: OrderId) -> Result<(), NotAsked> {
        match self.ask(link, order).await {
            Err(NotAsked::Unanswered(why)) if concerns_all(why) => Err(why.into()),
            asked => {
                let mut known = self.known();
                if asked.is_ok() {
                    known.again.remove(&order)
                } else {
                    known.again.insert(order)
                };
                Ok(())
            }
        }
    }

    fn feed(&self) -> Result<FeedRecord, UiError> {
        let known = self.known().feed;
        match known {
            Some(read) => Ok(read),
            None => {
                let kept = self.with_vault(|vault| Ok(vault.read::<FeedRecord>(Table::Settings, FEED)?))?;
                Ok(kept.unwrap_or_default())
            }
        }
    }

    /// Notes how far the feed was read. It is kept when nothing that it named is left to be asked about.
    fn read_until(&self, read: FeedRecord) -> Result<(), UiError> {
        let all_done = {
            let mut known = self.known();
            known.feed = Some(read);
            known.again.is_empty()
        };
        if all_done {
            self.with_vault(|vault| Ok(vault.put(Table::Settings, FEED, &read)?))?;
        }
        Ok(())
    }

    /// Returns the received orders that nobody asked about yet, since the feed may have named them before they were here, and those
    /// that could not be answered about, or not as it holds.
    fn to_be_asked(&self) -> Result<BTreeSet<OrderId>, UiError> {
        let mut place = self.vault.lock()?;
        let vault = place.open()?;
        let mut known = self.known();
        let mut due = &known.again | &known.doubted;
        for order in vault.ids(Table::Orders).into_iter().filter_map(lists::order) {
            if known.asked.contains(&order) {
                continue;
            }
            // One that cannot be read is told where it is shown.
            let Some(summary) = vault.summary(Table::Orders, order).map(OrderSummary::new) else {
                continue;
            };
            if summary.is_heard() {
                known.asked.insert(order);
            } else {
                due.insert(order);
            }
        }
        Ok(due)
    }

    /// Asks about one order, verifies what is answered, and keeps what holds.
    async fn ask(&self, link: &Link, order: OrderId) -> Result<(), NotAsked> {
        let _one_at_a_time = self.asking.lock().await;
        let mut news = Vec::new();
        let disbelieved = match self.read_news(link, order, &mut news).await {
            Ok(()) => None,
            Err(NotRead::Disbelieved(what)) => Some(what),
            Err(NotRead::NotAsked(why)) => {
                // What was verified before the connection broke is not thrown away.
                self.keep(order, &news)?;
                return Err(why);
            }
        };
        let told = disbelieved.map_or(Value::Null, |what| json!(what));
        news.push(json!({ "disbelieved": told }));
        self.keep(order, &news)?;
        let mut known = self.known();
        known.asked.insert(order);
        if disbelieved.is_some() {
            known.doubted.insert(order)
        } else {
            known.doubted.remove(&order)
        };
        known.heard.insert(order, Now::read().ms);
        drop(known);
        self.events.tell(ShellEvent::Order { order: order.to_string() });
        Ok(())
    }

    /// Reads what is new of an order, each piece as a change of what is followed of it.
    async fn read_news(&self, link: &Link, order: OrderId, news: &mut Vec<Value>) -> Result<(), NotRead> {
        let answer = match link.remote.order(&*link.account, order).await {
            Ok(answer) => answer,
            Err(Unanswered::Refused(ErrorCode::NotFound)) => return Err(Disbelieved::Unknown.into()),
            Err(why) => return Err(why.into()),
        };
        let (mut log, receipt) = self.with_vault(|vault| {
            let record: OrderRecord = vault.read(Table::Orders, order)?.ok_or_else(UiError::gone)?;
            let log = Log::of(&record, link.device()).map_err(|_| UiError::internal())?;
            Ok((log, record.receipt))
        })?;
        if answer.receipt.as_str() != receipt {
            return Err(Disbelieved::OtherReceipt.into());
        }
        let OrderAnswer { payment, payment_at, .. } = answer;
        news.push(json!({ "payment": KeptPayment { state: payment, at: payment_at } }));
        let mut operators = link.operators();
        let mut renewed = false;
        loop {
            let answer = link.remote.log(&*link.account, order, log.count()).await?;
            if answer.entries.is_empty() {
                return Ok(());
            }
            for entry in &answer.entries {
                let kept = match log.take(entry, &operators) {
                    Err(Disbelieved::NotSigned) if !renewed => {
                        // An operator may be newer than what this computer knows of the provider.
                        renewed = true;
                        operators = newest_operators(link).await.unwrap_or(operators);
                        log.take(entry, &operators)
                    }
                    taken => taken,
                }?;
                news.push(json!({ "log": { entry.number.to_string(): kept } }));
            }
        }
    }

    /// Keeps news of an order, and tells the lists where it is shown otherwise now. What is known already is not written again.
    fn keep(&self, order: OrderId, news: &[Value]) -> Result<(), UiError> {
        let mut place = self.vault.lock()?;
        let vault = place.open()?;
        let before: OrderRecord = vault.read(Table::Orders, order)?.ok_or_else(UiError::gone)?;
        let known = serde_json::to_value(&before.followed).unwrap_or_default();
        let mut changes = Value::Null;
        news.iter().filter(|news| !holds(&known, news)).for_each(|news| merge(&mut changes, news));
        if changes.is_null() {
            return Ok(());
        }
        merge(&mut changes, &json!({ "heardAtMs": Now::read().ms }));
        vault.change(Table::Orders, order, &json!({ "followed": changes }))?;
        let after: OrderRecord = vault.read(Table::Orders, order)?.ok_or_else(UiError::gone)?;
        drop(place);
        let mut known = self.known();
        if is_paid_for(&after) {
            known.paying_until_ms = 0;
        }
        drop(known);
        self.events.tell(ShellEvent::Lists);
        Ok(())
    }

    fn with_vault<T>(&self, work: impl FnOnce(&mut satchel_store::Vault) -> Result<T, UiError>) -> Result<T, UiError> {
        work(self.vault.lock()?.open()?)
    }
}

/// Tells whether another order would fare no better.
const fn concerns_all(why: Unanswered) -> bool {
    matches!(why, Unanswered::SignIn | Unanswered::Later(Why::Offline | Why::Untrusted | Why::Busy | Why::Stalled))
}

/// Reads the feed on. The last entry that was read is read once more; nothing where it is not there as it was, since a server that
/// lied, or lost what it had, would leave its later entries unread.
async fn read_on(link: &Link, read: FeedRecord) -> Result<Option<FeedAnswer>, Unanswered> {
    let behind = |after| link.remote.feed(&*link.account, after);
    let Some(last) = read.last else { return behind(read.next).await.map(Some) };
    let mut answer = behind(last.n.saturating_sub(1)).await?;
    if answer.entries.first() != Some(&last) {
        return Ok(None);
    }
    answer.entries.remove(0);
    Ok(Some(answer))
}

/// Asks for the newest bundle and returns its operators. The bundle itself is taken by whoever looks after it.
async fn newest_operators(link: &Link) -> Option<Vec<OperatorKey>> {
    let bundle = link.newest_bundle().await.ok()?;
    Some(bundle.statement().operators.clone())
}

fn is_paid_for(record: &OrderRecord) -> bool {
    use crate::view::received::PaymentStateView as State;
    let amount = record.frozen.quote.total().cents();
    !matches!(
        payment_state(record.followed.payment.as_ref(), amount),
        State::Due | State::Awaiting | State::Processing | State::Expired | State::BalanceDue
    )
}

/// Tells whether a change is in what is known already.
fn holds(known: &Value, change: &Value) -> bool {
    let Value::Object(members) = change else { return known == change };
    members.iter().all(|(name, change)| known.get(name).map_or(change.is_null(), |known| holds(known, change)))
}

/// Puts a second change behind a first one, as one.
fn merge(changes: &mut Value, next: &Value) {
    match (changes, next) {
        (Value::Object(members), Value::Object(next)) => {
            for (name, next) in next {
                merge(members.entry(name.clone()).or_insert(Value::Null), next);
            }
        }
        (changes, next) => *changes = next.clone(),
    }
}

/// Says why reading the news of an order stopped.
enum NotRead {
    NotAsked(NotAsked),
    Disbelieved(Disbelieved),
}

impl From<Disbelieved> for NotRead {
    fn from(what: Disbelieved) -> Self {
        Self::Disbelieved(what)
    }
}

impl From<Unanswered> for NotRead {
    fn from(why: Unanswered) -> Self {
        Self::NotAsked(why.into())
    }
}

impl From<UiError> for NotRead {
    fn from(why: UiError) -> Self {
        Self::NotAsked(why.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_that_is_known_is_not_written_again() {
        let known = json!({ "payment": { "state": "paid", "at": 7 }, "log": { "1": { "compact": "a" } } });
        for (change, is_known) in [
            (json!({}), true),
            (json!({ "payment": { "state": "paid", "at": 7 } }), true),
            (json!({ "disbelieved": null }), true),
            (json!({ "log": { "1": { "compact": "a" } } }), true),
            (json!({ "payment": { "state": "quoted", "at": null } }), false),
            (json!({ "log": { "2": { "compact": "b" } } }), false),
            (json!({ "log": { "1": { "compact": "b" } } }), false),
            (json!({ "disbelieved": "not-next" }), false),
        ] {
            assert_eq!(holds(&known, &change), is_known, "{change}");
        }
    }

    #[test]
    fn changes_come_together_in_their_order() {
        let mut changes = Value::Null;
        for next in
            [json!({ "log": { "1": "a" } }), json!({ "log": { "2": "b" }, "heardAtMs": 1 }), json!({ "heardAtMs": 2 })]
        {
            merge(&mut changes, &next);
        }
        assert_eq!(changes, json!({ "log": { "1": "a", "2": "b" }, "heardAtMs": 2 }));
    }
}
