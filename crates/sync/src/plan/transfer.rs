//! The machine of one item.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use satchel_sign::{Manifest, Signed, verify_receipt};
use satchel_terms::{BlobName, EcPublicKey};
use satchel_wire::{TicketUrl, TicketsAnswer, UploadTicket};

use super::backoff::{backoff, retry_after};
use super::blob::BlobPlan;
use super::{Failure, ListPut, Outcome, Step, Ticket, Why};
use crate::item::{OrderRevision, OutboxItem};
use crate::ledger::{Ledger, LedgerError, Settled};
use crate::moment::Moment;
use crate::progress::State;
use crate::rejection::Rejection;

/// So long before its end a ticket is no longer used for a new step.
pub const TICKET_MARGIN: Duration = Duration::from_secs(60);
/// So long a ticket is used whatever its end says: this computer's clock may be ahead of the server's, and must not make
/// every ticket look as if it had ended.
pub const TICKET_TRUST: Duration = Duration::from_secs(300);
/// After so many failures in a row a put gets a new ticket, in case that is what is wrong.
const FAILURES_PER_TICKET: u32 = 3;

/// What is to be done next for one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// This step can begin.
    Do(Step),
    /// Nothing, until a step that is under way has ended.
    UnderWay,
    /// Nothing, until this moment or a nudge; until a nudge only, where there is no moment.
    Wait(Option<Moment>),
    /// Nothing any more.
    Settled,
}

#[derive(Debug)]
enum Phase {
    Begun,
    /// Uploading, or asking for tickets where there are none.
    Open,
    Ending(Settled),
    Settled(Settled),
}

#[derive(Debug)]
struct Tickets {
    urls: BTreeMap<BlobName, Arc<TicketUrl>>,
    came_at: Moment,
    /// The earliest end among them, by the server's clock.
    expires_at: Moment,
}

#[derive(Debug, Clone, Copy)]
struct Wait {
    why: Why,
    until: Option<Moment>,
}

/// The machine of one item: what is known of it, and what comes next.
#[derive(Debug)]
pub struct Transfer {
    id: OrderRevision,
    manifest: Signed<Manifest>,
    blobs: Vec<BlobPlan>,
    phase: Phase,
    tickets: Option<Tickets>,
    /// Counts the answers with tickets.
    ticket_number: u32,
    /// A step other than a put is under way; nothing else begins then.
    alone_under_way: bool,
    /// Failures since something was confirmed.
    failures: u32,
    wait: Option<Wait>,
}

impl Transfer {
    /// Begins with an item, or goes on with it where the ledger holds something.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn new(item: &OutboxItem, ledger: &dyn Ledger) -> Result<Self, LedgerError> {
        let id = item.id();
        let plan = |blob: &satchel_sign::ManifestBlob| {
            let committed = ledger.is_committed(id, blob.name)?;
            let confirmed = if committed { BTreeSet::new() } else { ledger.confirmed(id, blob.name)? };
            Ok(BlobPlan::new(blob.name, blob.sealed_length, &confirmed, committed))
        };
        let blobs = item.manifest().statement().blobs.iter().map(plan).collect::<Result<Vec<_>, _>>()?;
        // Where every blob is committed, the order may have been received, and nothing needs the files any more.
        let fresh = if blobs.iter().all(|blob| blob.committed) { Phase::Open } else { Phase::Begun };
        let phase = ledger.settled(id)?.map_or(fresh, Phase::Settled);
        Ok(Self {
            id,
            manifest: item.manifest().clone(),
            blobs,
            phase,
            tickets: None,
            ticket_number: 0,
            alone_under_way: false,
            failures: 0,
            wait: None,
        })
    }

    /// Returns which order it is.
    #[must_use]
    pub fn id(&self) -> OrderRevision {
        self.id
    }

    /// Returns what a window shows of it.
    #[must_use]
    pub fn state(&self, now: Moment) -> State {
        match (&self.phase, self.wait) {
            (Phase::Settled(Settled::Received(_)), _) => State::Received,
            (Phase::Settled(Settled::Rejected(rejection)), _) => State::Rejected(*rejection),
            (Phase::Begun | Phase::Open | Phase::Ending(_), Some(wait)) if !wait.is_over(now) => {
                State::Waiting { why: wait.why, until: wait.until }
            }
            (Phase::Begun, _) => State::Queued,
            (Phase::Open | Phase::Ending(_), _) => State::Uploading,
        }
    }

    /// Returns each blob with its confirmed bytes and all of them.
    pub fn bytes(&self) -> impl Iterator<Item = (BlobName, u64, u64)> {
        self.blobs.iter().map(|blob| (blob.name, blob.confirmed_bytes(), blob.sealed_length))
    }

    /// Returns how many bytes are not confirmed.
    #[must_use]
    pub fn bytes_left(&self) -> u64 {
        self.bytes().map(|(_, confirmed, all)| all - confirmed).sum()
    }

    /// Tells whether the step is about the order itself and not about its files.
    #[must_use]
    pub fn is_about_the_order(&self, step: &Step) -> bool {
        match step {
            Step::PutBlock { blob, .. } => {
                self.blobs.get(*blob).is_some_and(|blob| !matches!(blob.name, BlobName::File(..)))
            }
            Step::CheckSources | Step::AskTickets | Step::PutBlockList { .. } | Step::Commit | Step::Keep(_) => true,
        }
    }

    /// Returns what is to be done next. Nothing changes by asking.
    #[must_use]
    pub fn next(&self, now: Moment) -> Next {
        if let Phase::Settled(_) = self.phase {
            return Next::Settled;
        }
        if self.alone_under_way {
            return Next::UnderWay;
        }
        if let Some(wait) = self.wait.filter(|wait| !wait.is_over(now)) {
            return Next::Wait(wait.until);
        }
        match &self.phase {
            Phase::Begun => Next::Do(Step::CheckSources),
            Phase::Open => self.next_open(now),
            Phase::Ending(settled) => self.alone(Step::Keep(settled.clone())),
            Phase::Settled(_) => Next::Settled,
        }
    }

    fn next_open(&self, now: Moment) -> Next {
        if self.blobs.iter().all(|blob| blob.committed) {
            return self.alone(Step::Commit);
        }
        let Some(tickets) = self.tickets.as_ref().filter(|tickets| !tickets.are_over(now)) else {
            return self.alone(Step::AskTickets);
        };
        let ticket =
            |name| tickets.urls.get(&name).map(|url| Ticket { url: Arc::clone(url), number: self.ticket_number });
        for (place, blob) in self.blobs.iter().enumerate().filter(|(_, blob)| !blob.committed) {
            let Some(ticket) = ticket(blob.name) else {
                return self.alone(Step::AskTickets);
            };
            if blob.is_list_due() {
                return Next::Do(Step::PutBlockList { blob: place, ticket });
            }
            if let Some(block) = blob.next_block() {
                return Next::Do(Step::PutBlock { blob: place, block, ticket });
            }
        }
        Next::UnderWay
    }

    /// Returns a step that begins only when nothing else of the item is under way: what the server says of blocks must not
    /// be older than what was confirmed here.
    fn alone(&self, step: Step) -> Next {
        if self.blobs.iter().all(BlobPlan::is_idle) { Next::Do(step) } else { Next::UnderWay }
    }

    /// Notes that a step begins, which [`next`](Self::next) named.
    pub fn begin(&mut self, step: &Step) {
        self.wait = None;
        match step {
            Step::PutBlock { blob, block, .. } => self.on_blob(*blob, |plan| plan.begin_block(*block)),
            Step::PutBlockList { blob, .. } => self.on_blob(*blob, |plan| plan.list_under_way = true),
            Step::CheckSources | Step::AskTickets | Step::Commit | Step::Keep(_) => self.alone_under_way = true,
        }
    }

    /// Takes what became of a step. `random` is any number, new each time: it spreads the waits.
    pub fn apply(&mut self, outcome: Outcome, now: Moment, random: u32) {
        match outcome {
            Outcome::SourcesWhole => {
                self.alone_under_way = false;
                self.phase = Phase::Open;
            }
            Outcome::Tickets(answer) => {
                self.alone_under_way = false;
                if !self.take_tickets(answer, now) {
                    self.wait(now, random, Why::ServerFault, None);
                }
            }
            Outcome::BlockPut { blob, block } => {
                self.failures = 0;
                self.on_blob(blob, |plan| plan.confirm(block));
            }
            Outcome::ListPut { blob, how: ListPut::Now | ListPut::Before } => {
                self.failures = 0;
                self.on_blob(blob, BlobPlan::commit);
            }
            Outcome::Receipt { compact, receipt_keys } => self.take_receipt(compact, &receipt_keys, now, random),
            Outcome::Kept => {
                self.alone_under_way = false;
                if let Phase::Ending(settled) = &self.phase {
                    self.phase = Phase::Settled(settled.clone());
                }
            }
            Outcome::Failed(step, failure) => {
                self.end_failed(&step);
                // What a put met after the end was decided changes nothing.
                if matches!(step, Step::Keep(_)) || !matches!(self.phase, Phase::Ending(_)) {
                    self.take_failure(&step, failure, now, random);
                }
            }
        }
    }

    /// Ends a wait because something changed: a connection, a sign-in, a person who will not wait. A server that asked for
    /// patience is given it.
    pub fn nudge(&mut self) {
        if self.wait.is_some_and(|wait| wait.why != Why::Busy) {
            self.wait = None;
        }
    }

    /// Takes an answer with tickets, if it speaks of exactly the manifest's blobs.
    fn take_tickets(&mut self, answer: TicketsAnswer, now: Moment) -> bool {
        let named = answer.tickets.iter().map(|ticket| ticket.name).chain(answer.committed.iter().copied());
        let mut named: Vec<_> = named.collect();
        named.sort_unstable();
        let mut ours: Vec<_> = self.blobs.iter().map(|blob| blob.name).collect();
        ours.sort_unstable();
        if named != ours {
            return false;
        }
        let committed: BTreeSet<_> = answer.committed.into_iter().collect();
        for blob in self.blobs.iter_mut().filter(|blob| committed.contains(&blob.name)) {
            blob.commit();
        }
        let expires_at = answer.tickets.iter().map(|ticket| Moment::from(ticket.expires_at)).min().unwrap_or(now);
        let mut urls = BTreeMap::new();
        for UploadTicket { name, url, uncommitted, .. } in answer.tickets {
            if let Some(blob) = self.blobs.iter_mut().find(|blob| blob.name == name) {
                blob.keep_only(uncommitted.as_set());
            }
            urls.insert(name, Arc::new(url));
        }
        self.ticket_number = self.ticket_number.wrapping_add(1);
        self.tickets = Some(Tickets { urls, came_at: now, expires_at });
        true
    }

    fn take_receipt(&mut self, compact: String, keys: &[EcPublicKey], now: Moment, random: u32) {
        self.alone_under_way = false;
        if verify_receipt(&compact, keys, &self.manifest).is_ok() {
            self.phase = Phase::Ending(Settled::Received(compact));
        } else {
            self.wait(now, random, Why::ReceiptRefused, None);
        }
    }

    /// Notes that a failed step is no longer under way.
    fn end_failed(&mut self, step: &Step) {
        match step {
            Step::PutBlock { blob, block, .. } => self.on_blob(*blob, |plan| plan.put_back(*block)),
            Step::PutBlockList { blob, .. } => self.on_blob(*blob, |plan| plan.list_under_way = false),
            Step::CheckSources | Step::AskTickets | Step::Commit | Step::Keep(_) => self.alone_under_way = false,
        }
    }

    fn take_failure(&mut self, step: &Step, failure: Failure, now: Moment, random: u32) {
        match failure {
            Failure::Later(why) => {
                self.wait(now, random, why, None);
                // A storage that refuses a ticket may close the connection before its answer is read.
                if matches!(step, Step::PutBlock { .. } | Step::PutBlockList { .. })
                    && self.failures.is_multiple_of(FAILURES_PER_TICKET)
                {
                    self.drop_tickets();
                }
            }
            Failure::Busy(asked) => self.wait(now, random, Why::Busy, Some(asked)),
            Failure::SignIn => self.wait = Some(Wait { why: Why::NeedsSignIn, until: None }),
            Failure::TicketRefused => self.drop_refused_ticket(step, now, random),
            Failure::Confused => {
                self.drop_tickets();
                self.wait(now, random, Why::ServerFault, None);
            }
            Failure::Incomplete => {
                self.blobs.iter_mut().for_each(|blob| blob.committed = false);
                self.drop_tickets();
                self.wait(now, random, Why::Incomplete, None);
            }
            Failure::Never(rejection) => self.reject(rejection),
        }
    }

    /// Drops the tickets because the storage refused one: the first time of a blob for a new one at once.
    fn drop_refused_ticket(&mut self, step: &Step, now: Moment, random: u32) {
        let (Step::PutBlock { blob, ticket, .. } | Step::PutBlockList { blob, ticket }) = step else {
            return self.wait(now, random, Why::TicketRefused, None);
        };
        // An older ticket was refused after its successor came, or several puts were refused at once: it is known.
        if ticket.number != self.ticket_number {
            return;
        }
        let again = self.blobs.get_mut(*blob).is_some_and(|plan| std::mem::replace(&mut plan.ticket_refused, true));
        self.drop_tickets();
        if again {
            self.wait(now, random, Why::TicketRefused, None);
        }
    }

    fn drop_tickets(&mut self) {
        self.tickets = None;
        self.ticket_number = self.ticket_number.wrapping_add(1);
    }

    fn reject(&mut self, rejection: Rejection) {
        if let Phase::Begun | Phase::Open = self.phase {
            self.phase = Phase::Ending(Settled::Rejected(rejection));
            self.wait = None;
        }
    }

    /// Waits. Several steps that fail at once count as one failure.
    fn wait(&mut self, now: Moment, random: u32, why: Why, asked: Option<Duration>) {
        let current = self.wait.filter(|wait| !wait.is_over(now));
        if current.is_none() {
            self.failures = self.failures.saturating_add(1);
        }
        let own = backoff(self.failures, random);
        let until = now.after(asked.map_or(own, |asked| own.max(retry_after(asked, random))));
        let is_later = current.is_none_or(|wait| wait.until.is_some_and(|other| other < until));
        if is_later && (current.is_none() || asked.is_some()) {
            self.wait = Some(Wait { why, until: Some(until) });
        }
    }

    fn on_blob(&mut self, place: usize, change: impl FnOnce(&mut BlobPlan)) {
        if let Some(blob) = self.blobs.get_mut(place) {
            change(blob);
        }
    }
}

impl Wait {
    fn is_over(&self, now: Moment) -> bool {
        self.until.is_some_and(|until| until <= now)
    }
}

impl Tickets {
    fn are_over(&self, now: Moment) -> bool {
        self.expires_at <= now.after(TICKET_MARGIN) && now.since(self.came_at) >= TICKET_TRUST
    }
}
