//! The machine against a model of the other side, under faults in any order: refusals, lost answers, requests that land
//! late, kills, lost blocks. Whatever happens, a confirmed block is not sent again, and every item ends.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use proptest::prelude::*;
use satchel_sync::plan::{Failure, ListPut, Next, Outcome, Step, Transfer, Why};
use satchel_sync::{Ledger as _, Moment, OutboxItem, Rejection, Settled, State, block_count};
use satchel_terms::BlobName;
use satchel_wire::{ErrorCode, TicketsAnswer};

use crate::notebook::Notebook;
use crate::sample::{ORDER, blocks, item, receipt_keys, signed_receipt, ticket};

/// More steps than any item needs once the faults have ended.
const STEPS_MAX: usize = 500;

/// The other side, and what befalls it.
#[derive(Debug, Default)]
struct OtherSide {
    staged: BTreeMap<BlobName, BTreeSet<u32>>,
    committed: BTreeSet<BlobName>,
    received: bool,
    price_changed: bool,
    source_missing: bool,
}

struct World {
    item: OutboxItem,
    transfer: Transfer,
    notebook: Notebook,
    other: OtherSide,
    now: Moment,
    under_way: Vec<Step>,
    /// Requests whose answer nobody waits for, and which may still land.
    late: Vec<Step>,
    /// Blocks that the ledger holds and the storage did not lose since.
    confirmed: BTreeSet<(BlobName, u32)>,
    sent: usize,
}

impl World {
    fn new() -> Self {
        let item = item(ORDER, 1, &[blocks(3), 0]);
        let notebook = Notebook::default();
        let transfer = Transfer::new(&item, &notebook).expect("reads");
        Self {
            item,
            transfer,
            notebook,
            other: OtherSide::default(),
            now: Moment::from_unix_ms(1_764_000_000_000),
            under_way: Vec::new(),
            late: Vec::new(),
            confirmed: BTreeSet::new(),
            sent: 0,
        }
    }

    fn name(&self, place: usize) -> BlobName {
        self.item.blobs()[place].name
    }

    /// Begins a step, if one can begin, and holds the promise to it.
    fn begin(&mut self) {
        let Next::Do(step) = self.transfer.next(self.now) else { return };
        self.transfer.begin(&step);
        match &step {
            Step::PutBlock { blob, block, .. } => {
                let block = (self.name(*blob), *block);
                assert!(!self.confirmed.contains(&block), "{block:?} was confirmed, not lost, and is sent again");
                assert!(!self.under_way.contains(&step), "{block:?} is under way twice");
                self.sent += 1;
            }
            Step::Keep(Settled::Received(_)) => assert!(self.other.received, "nobody received it"),
            Step::CheckSources
            | Step::AskTickets
            | Step::PutBlockList { .. }
            | Step::Commit
            | Step::Keep(Settled::Rejected(_)) => {}
        }
        self.under_way.push(step);
    }

    /// What the other side, or the disk, makes of a step.
    fn land(&mut self, step: &Step) -> Outcome {
        let failed = |failure| Outcome::Failed(step.clone(), failure);
        match step {
            Step::CheckSources | Step::PutBlock { .. } if self.other.source_missing => {
                failed(Failure::Never(Rejection::SourceMissing))
            }
            Step::AskTickets | Step::Commit if self.other.price_changed && !self.other.received => {
                failed(Failure::Never(Rejection::Refused(ErrorCode::PriceChanged)))
            }
            Step::CheckSources => Outcome::SourcesWhole,
            Step::AskTickets => Outcome::Tickets(self.tickets()),
            Step::PutBlock { blob, block, .. } => {
                let name = self.name(*blob);
                if self.other.committed.contains(&name) {
                    return failed(Failure::TicketRefused);
                }
                self.other.staged.entry(name).or_default().insert(*block);
                Outcome::BlockPut { blob: *blob, block: *block }
            }
            Step::PutBlockList { blob, .. } => self.land_list(*blob, step),
            Step::Commit => {
                let names: BTreeSet<_> = self.item.blobs().iter().map(|blob| blob.name).collect();
                if names != self.other.committed {
                    return failed(Failure::Incomplete);
                }
                self.other.received = true;
                let compact = signed_receipt(self.item.manifest());
                Outcome::Receipt { compact, receipt_keys: receipt_keys().into() }
            }
            Step::Keep(_) => Outcome::Kept,
        }
    }

    fn land_list(&mut self, place: usize, step: &Step) -> Outcome {
        let name = self.name(place);
        if self.other.committed.contains(&name) {
            return Outcome::ListPut { blob: place, how: ListPut::Before };
        }
        let length = self.item.manifest().statement().blobs[place].sealed_length;
        let staged = self.other.staged.get(&name).cloned().unwrap_or_default();
        if !(0..block_count(length)).all(|block| staged.contains(&block)) {
            return Outcome::Failed(step.clone(), Failure::Confused);
        }
        self.other.committed.insert(name);
        Outcome::ListPut { blob: place, how: ListPut::Now }
    }

    fn tickets(&self) -> TicketsAnswer {
        let names = || self.item.blobs().iter().map(|blob| blob.name);
        let open = names().filter(|name| !self.other.committed.contains(name)).map(|name| {
            let held = self.other.staged.get(&name).cloned().unwrap_or_default();
            ticket("https://blobs.example.com", name, self.now.unix_ms() / 1_000 + 3_600, &held)
        });
        let committed = names().filter(|name| self.other.committed.contains(name)).collect();
        TicketsAnswer { tickets: open.collect(), committed }
    }

    /// Takes an answer as the driver does: the ledger first.
    fn answer(&mut self, step: &Step, outcome: Outcome, random: u32) {
        let at = self.item.id();
        let kept = match (&outcome, step) {
            (Outcome::BlockPut { blob, block }, _) => {
                let name = self.name(*blob);
                let kept = self.notebook.confirm(at, name, *block);
                let is_held = self.other.staged.get(&name).is_some_and(|blocks| blocks.contains(block));
                if kept.is_ok() && is_held {
                    self.confirmed.insert((name, *block));
                }
                kept
            }
            (Outcome::ListPut { blob, .. }, _) => self.notebook.commit(at, self.name(*blob)),
            (Outcome::Kept, Step::Keep(settled)) => self.notebook.settle(at, settled),
            _ => Ok(()),
        };
        let unwritable = |_| Outcome::Failed(step.clone(), Failure::Later(Why::LedgerUnwritable));
        let outcome = kept.map_or_else(unwritable, |()| outcome);
        self.transfer.apply(outcome, self.now, random);
    }

    /// Ends a step that is under way, well or by a fault.
    fn end(&mut self, which: usize, fault: usize, random: u32) {
        if self.under_way.is_empty() {
            return;
        }
        let step = self.under_way.remove(which % self.under_way.len());
        let whys = [Why::Offline, Why::Interrupted, Why::Stalled, Why::ServerFault];
        let failure = match fault {
            0 => Failure::Later(whys[which % whys.len()]),
            1 => Failure::Busy(Duration::from_secs(random.into())),
            2 if matches!(step, Step::PutBlock { .. } | Step::PutBlockList { .. }) => Failure::TicketRefused,
            2 if matches!(step, Step::AskTickets | Step::Commit) => Failure::SignIn,
            3 if matches!(step, Step::PutBlock { .. } | Step::PutBlockList { .. }) => Failure::Confused,
            // The answer is lost: the request landed, may land later, or never does.
            4 if !matches!(step, Step::Keep(_)) => {
                self.land(&step);
                Failure::Later(Why::Interrupted)
            }
            5 if !matches!(step, Step::Keep(_)) => {
                self.late.push(step.clone());
                Failure::Later(Why::Stalled)
            }
            6 => {
                self.notebook.fail(1);
                let outcome = self.land(&step);
                self.answer(&step, outcome, random);
                self.notebook.fail(0);
                return;
            }
            _ => {
                let outcome = self.land(&step);
                return self.answer(&step, outcome, random);
            }
        };
        self.transfer.apply(Outcome::Failed(step, failure), self.now, random);
    }

    /// Kills the program. What was under way lands now, later or never; what begins anew knows the ledger alone.
    fn kill(&mut self, fate: usize) {
        for (place, step) in std::mem::take(&mut self.under_way).into_iter().enumerate() {
            match (fate + place) % 3 {
                _ if matches!(step, Step::Keep(_)) => {}
                0 => drop(self.land(&step)),
                1 => self.late.push(step),
                _ => {}
            }
        }
        self.transfer = Transfer::new(&self.item, &self.notebook).expect("reads");
    }

    /// A request lands that nobody waits for.
    fn land_late(&mut self, which: usize) {
        if !self.late.is_empty() {
            let step = self.late.remove(which % self.late.len());
            self.land(&step);
        }
    }

    /// The storage forgets a block that was not committed.
    fn lose(&mut self, which: usize) {
        let committed = &self.other.committed;
        let open = self.other.staged.iter().filter(|(name, _)| !committed.contains(name));
        let staged: Vec<_> = open.flat_map(|(name, blocks)| blocks.iter().map(|block| (*name, *block))).collect();
        if let Some((name, block)) = staged.get(which % staged.len().max(1)).copied() {
            self.other.staged.entry(name).or_default().remove(&block);
            self.confirmed.remove(&(name, block));
        }
    }

    fn pass_time(&mut self, random: u32) {
        self.now = match self.transfer.next(self.now) {
            Next::Wait(Some(until)) => until,
            Next::Wait(None) => {
                self.transfer.nudge();
                self.now
            }
            Next::Do(_) | Next::UnderWay | Next::Settled => self.now.after(Duration::from_secs(random.into())),
        };
    }

    fn befall(&mut self, event: u16) {
        let (kind, which) = (usize::from(event % 16), usize::from(event / 16));
        let random = u32::from(event);
        match kind {
            0..=4 => self.begin(),
            5..=9 => self.end(which, which % 12, random),
            10 => self.kill(which),
            11 => self.land_late(which),
            12 => self.lose(which),
            13 => self.transfer.nudge(),
            14 if which % 64 == 0 && !self.other.received => self.other.price_changed = true,
            14 if which % 64 == 1 => self.other.source_missing = true,
            _ => self.pass_time(random),
        }
    }

    /// Goes on without faults until the end.
    fn finish(&mut self) -> State {
        for _ in 0..STEPS_MAX {
            if self.transfer.next(self.now) == Next::Settled {
                return self.transfer.state(self.now);
            }
            self.begin();
            if self.under_way.is_empty() {
                self.pass_time(0);
            } else {
                self.end(0, usize::MAX, 0);
            }
        }
        panic!("it does not end: {:?}", self.transfer)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_confirmed_block_is_sent_again_and_every_item_ends(events in proptest::collection::vec(any::<u16>(), 0..300)) {
        let mut world = World::new();
        for event in events {
            world.befall(event);
        }
        let state = world.finish();
        let kept = world.notebook.end(world.item.id());
        match state {
            State::Received => {
                prop_assert!(world.other.received);
                prop_assert_eq!(world.other.committed.len(), world.item.blobs().len());
                prop_assert_eq!(kept, Some(Settled::Received(signed_receipt(world.item.manifest()))));
            }
            State::Rejected(rejection) => {
                prop_assert!(world.other.price_changed || world.other.source_missing);
                prop_assert!(!world.other.received, "it was received and shown as rejected");
                prop_assert_eq!(kept, Some(Settled::Rejected(rejection)));
            }
            State::Queued | State::Uploading | State::Waiting { .. } => prop_assert!(false, "{:?} is no end", state),
        }
        // A program that starts again finds it ended.
        world.kill(2);
        prop_assert_eq!(world.transfer.next(world.now), Next::Settled);
    }
}

/// The property would hold of a machine that sends nothing; without faults it sends each block once.
#[test]
fn without_faults_each_block_is_sent_once() {
    let mut world = World::new();
    assert_eq!(world.finish(), State::Received);
    assert_eq!((world.sent, world.confirmed.len()), (5, 5));
    assert_eq!(world.notebook.confirmed_blocks().len(), 5);
}

/// The model notices what it is there for: a machine that forgot what was confirmed sends it again.
#[test]
#[should_panic(expected = "is sent again")]
fn a_machine_without_its_ledger_is_noticed() {
    let mut world = World::new();
    while world.confirmed.is_empty() {
        world.begin();
        world.end(0, usize::MAX, 0);
    }
    world.notebook = Notebook::default();
    world.kill(2);
    world.finish();
}
