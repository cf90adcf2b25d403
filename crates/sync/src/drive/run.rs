//! The loop.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use rand_core::Rng;
use satchel_terms::BlobName;
use tokio::task::{Id, JoinError, JoinSet};

use super::account::Account;
use super::outbox::Inbox;
use super::remote::Remote;
use super::{server, source, storage};
use crate::item::{OutboxItem, block_count};
use crate::ledger::Ledger;
use crate::moment::{Clock, Moment};
use crate::plan::{Agenda, BACKOFF_MAX, Chosen, Failure, ItemKey, Outcome, Step, Transfer, Why};
use crate::progress::{Progress, State};

/// The longest sleep: the clock is asked again after it, since a computer that slept has another time than it counted.
const SLEEP_MAX: Duration = Duration::from_secs(30);

/// What the driver works with.
pub struct Driver<L, R, P> {
    /// The other side.
    pub remote: Remote,
    /// The caller's sign-in and what it trusts.
    pub account: Arc<dyn Account>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// What was confirmed.
    pub ledger: L,
    /// Spreads the waits.
    pub rng: R,
    /// Is told the news, on the task that drives: it returns at once.
    pub report: P,
}

impl<L, R, P> std::fmt::Debug for Driver<L, R, P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Driver").field("remote", &self.remote).finish_non_exhaustive()
    }
}

/// Sends what comes in, until every [`Outbox`](super::Outbox) is dropped and every item has ended; returns the ledger.
pub async fn drive<L: Ledger, R: Rng, P: FnMut(Progress)>(driver: Driver<L, R, P>, mut inbox: Inbox) -> L {
    let mut run = Run::new(driver);
    let mut is_open = true;
    loop {
        let wake = run.begin_steps();
        if !is_open && run.is_done() {
            return run.driver.ledger;
        }
        let nap = wake.map_or(SLEEP_MAX, |until| until.since(run.now()).min(SLEEP_MAX));
        tokio::select! {
            Some(ended) = run.tasks.join_next_with_id() => run.end_step(ended),
            item = inbox.items.recv(), if is_open => match item {
                Some(item) => run.add(item),
                None => is_open = false,
            },
            () = inbox.nudge.notified() => run.nudge(),
            () = tokio::time::sleep(nap) => run.read_unread(),
        }
    }
}

struct Run<L, R, P> {
    driver: Driver<L, R, P>,
    items: BTreeMap<ItemKey, Arc<OutboxItem>>,
    /// Items of which the ledger could not be read, and when that is tried again.
    unread: Vec<OutboxItem>,
    unread_until: Moment,
    agenda: Agenda,
    tasks: JoinSet<Outcome>,
    under_way: HashMap<Id, (ItemKey, Step)>,
    told_states: BTreeMap<ItemKey, State>,
    told_bytes: BTreeMap<(ItemKey, BlobName), u64>,
}

impl<L: Ledger, R: Rng, P: FnMut(Progress)> Run<L, R, P> {
    fn new(driver: Driver<L, R, P>) -> Self {
        let unread_until = driver.clock.now();
        Self {
            driver,
            items: BTreeMap::new(),
            unread: Vec::new(),
            unread_until,
            agenda: Agenda::new(),
            tasks: JoinSet::new(),
            under_way: HashMap::new(),
            told_states: BTreeMap::new(),
            told_bytes: BTreeMap::new(),
        }
    }

    fn now(&self) -> Moment {
        self.driver.clock.now()
    }

    fn is_done(&self) -> bool {
        self.items.is_empty() && self.unread.is_empty()
    }

    fn add(&mut self, item: OutboxItem) {
        let key = item.id();
        if self.items.contains_key(&key) {
            return;
        }
        match Transfer::new(&item, &self.driver.ledger) {
            Ok(transfer) => {
                self.items.insert(key, Arc::new(item));
                // It is not there: the items and the agenda hold the same revisions.
                let _added = self.agenda.add(transfer);
                self.tell(key);
            }
            Err(_) => {
                self.unread_until = self.now().after(BACKOFF_MAX);
                let state = State::Waiting { why: Why::LedgerUnwritable, until: Some(self.unread_until) };
                (self.driver.report)(Progress::State { at: key, state });
                self.unread.push(item);
            }
        }
    }

    fn read_unread(&mut self) {
        if self.unread_until <= self.now() {
            std::mem::take(&mut self.unread).into_iter().for_each(|item| self.add(item));
        }
    }

    fn nudge(&mut self) {
        self.unread_until = self.now();
        self.read_unread();
        self.agenda.nudge();
    }

    /// Begins every step that can begin, and returns when to look again where nothing else happens before.
    fn begin_steps(&mut self) -> Option<Moment> {
        loop {
            match self.agenda.choose(self.now()) {
                Chosen::Do(key, step) => {
                    self.tell(key);
                    self.begin(key, step);
                }
                Chosen::Wait(until) if self.unread.is_empty() => return until,
                Chosen::Wait(until) => {
                    return Some(until.map_or(self.unread_until, |until| until.min(self.unread_until)));
                }
            }
        }
    }

    fn begin(&mut self, key: ItemKey, step: Step) {
        let Some(item) = self.items.get(&key).map(Arc::clone) else {
            return;
        };
        if let Step::Keep(settled) = &step {
            let kept = self.driver.ledger.settle(key, settled);
            let outcome = kept.map_or_else(|_| unwritable(&step), |()| Outcome::Kept);
            return self.apply(key, &step, outcome);
        }
        let (remote, account) = (self.driver.remote.clone(), Arc::clone(&self.driver.account));
        let carried_out = carry_out(remote, account, item, step.clone());
        let id = self.tasks.spawn(carried_out).id();
        self.under_way.insert(id, (key, step));
    }

    fn end_step(&mut self, ended: Result<(Id, Outcome), JoinError>) {
        let id = ended.as_ref().map_or_else(JoinError::id, |(id, _)| *id);
        let Some((key, step)) = self.under_way.remove(&id) else {
            return;
        };
        let outcome = match ended {
            Ok((_, outcome)) => self.keep(key, &step, outcome),
            // The step panicked. The order is none the worse for it.
            Err(_) => Outcome::Failed(step.clone(), Failure::Later(Why::ServerFault)),
        };
        self.apply(key, &step, outcome);
    }

    /// Writes what was confirmed into the ledger, before anything else knows of it.
    fn keep(&mut self, key: ItemKey, step: &Step, outcome: Outcome) -> Outcome {
        let name = |place: usize| self.items.get(&key).and_then(|item| item.blobs().get(place)).map(|blob| blob.name);
        let kept = match &outcome {
            Outcome::BlockPut { blob, block } => name(*blob).map(|name| self.driver.ledger.confirm(key, name, *block)),
            Outcome::ListPut { blob, .. } => name(*blob).map(|name| self.driver.ledger.commit(key, name)),
            Outcome::SourcesWhole
            | Outcome::Tickets(_)
            | Outcome::Receipt { .. }
            | Outcome::Kept
            | Outcome::Failed(..) => None,
        };
        if let Some(Err(_)) = kept { unwritable(step) } else { outcome }
    }

    fn apply(&mut self, key: ItemKey, step: &Step, outcome: Outcome) {
        let (now, random) = (self.now(), self.driver.rng.next_u32());
        self.agenda.apply(key, step, outcome, now, random);
        self.tell(key);
    }

    /// Tells what changed of an item, and forgets it when it has ended.
    fn tell(&mut self, key: ItemKey) {
        let now = self.now();
        let Some(transfer) = self.agenda.transfer(key) else {
            return;
        };
        let state = transfer.state(now);
        for (blob, confirmed, all) in transfer.bytes() {
            if self.told_bytes.insert((key, blob), confirmed) != Some(confirmed) {
                (self.driver.report)(Progress::Bytes { at: key, blob, confirmed, all });
            }
        }
        if self.told_states.insert(key, state) != Some(state) {
            (self.driver.report)(Progress::State { at: key, state });
        }
        if let State::Received | State::Rejected(_) = state {
            self.agenda.drop_settled(key, now);
            self.told_states.remove(&key);
            self.told_bytes.retain(|(other, _), _| *other != key);
            self.items.remove(&key);
        }
    }
}

fn unwritable(step: &Step) -> Outcome {
    Outcome::Failed(step.clone(), Failure::Later(Why::LedgerUnwritable))
}

/// Carries one step out, whatever comes of it.
async fn carry_out(remote: Remote, account: Arc<dyn Account>, item: Arc<OutboxItem>, step: Step) -> Outcome {
    let outcome = match &step {
        Step::CheckSources => on_disk(move || source::check(&item)).await.map(|()| Outcome::SourcesWhole),
        Step::AskTickets => server::ask_tickets(&remote, &*account, &item).await.map(Outcome::Tickets),
        Step::PutBlock { blob, block, ticket } => {
            let (blob, block) = (*blob, *block);
            match on_disk(move || read_block(&item, blob, block)).await {
                Ok(bytes) => {
                    storage::put_block(&remote, ticket, block, bytes).await.map(|()| Outcome::BlockPut { blob, block })
                }
                Err(failure) => Err(failure),
            }
        }
        Step::PutBlockList { blob, ticket } => match item.blobs_with_lengths().nth(*blob) {
            Some((entry, length)) => {
                storage::put_block_list(&remote, ticket, block_count(length), &entry.encryption_data)
                    .await
                    .map(|how| Outcome::ListPut { blob: *blob, how })
            }
            None => Err(Failure::Confused),
        },
        Step::Commit => server::commit(&remote, &*account, &item)
            .await
            .map(|compact| Outcome::Receipt { compact, receipt_keys: account.receipt_keys() }),
        Step::Keep(_) => Ok(Outcome::Kept),
    };
    outcome.unwrap_or_else(|failure| Outcome::Failed(step, failure))
}

fn read_block(item: &OutboxItem, blob: usize, block: u32) -> Result<bytes::Bytes, Failure> {
    let (blob, length) = item.blobs_with_lengths().nth(blob).ok_or(Failure::Confused)?;
    source::read_block(&blob.source, length, block)
}

/// Runs what reads the disk where it holds nobody up.
async fn on_disk<T: Send + 'static>(read: impl FnOnce() -> Result<T, Failure> + Send + 'static) -> Result<T, Failure> {
    let read = tokio::task::spawn_blocking(read).await;
    read.unwrap_or(Err(Failure::Later(Why::SourceUnreadable)))
}
