//! All items, and which of their steps comes first.

use std::collections::BTreeMap;

use super::{Next, Outcome, Step, Transfer};
use crate::item::OrderRevision;
use crate::moment::Moment;

/// The most puts under way at once. Each holds one sealed region in memory.
pub const PUTS_MAX: usize = 4;
/// The most calls of the server under way at once.
pub const CALLS_MAX: usize = 2;

/// Names an item of an [`Agenda`].
pub type ItemKey = OrderRevision;

/// What comes next for all items together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chosen {
    /// This step of this item begins now.
    Do(ItemKey, Step),
    /// Nothing, until a step has ended, this moment has come, or something changes.
    Wait(Option<Moment>),
}

/// The machines of all items.
#[derive(Debug, Default)]
pub struct Agenda {
    transfers: BTreeMap<ItemKey, Transfer>,
    // How many steps of each kind are under way.
    puts: usize,
    calls: usize,
    local: usize,
}

/// Who shares which bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Put,
    Call,
    /// Nothing but this computer is asked.
    Local,
}

impl Agenda {
    /// Begins with nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an item. One that is there already stays as it is, and what was to be added is given back.
    ///
    /// # Errors
    /// The transfer, where the same revision is there.
    pub fn add(&mut self, transfer: Transfer) -> Result<(), Box<Transfer>> {
        let key = transfer.id();
        if self.transfers.contains_key(&key) {
            return Err(Box::new(transfer));
        }
        self.transfers.insert(key, transfer);
        Ok(())
    }

    /// Returns the machine of an item.
    #[must_use]
    pub fn transfer(&self, key: ItemKey) -> Option<&Transfer> {
        self.transfers.get(&key)
    }

    /// Returns all machines.
    pub fn transfers(&self) -> impl Iterator<Item = &Transfer> {
        self.transfers.values()
    }

    /// Tells whether every item has ended.
    #[must_use]
    pub fn is_settled(&self, now: Moment) -> bool {
        self.transfers.values().all(|transfer| transfer.next(now) == Next::Settled)
    }

    /// Forgets an item that has ended.
    pub fn drop_settled(&mut self, key: ItemKey, now: Moment) {
        if self.transfers.get(&key).is_some_and(|transfer| transfer.next(now) == Next::Settled) {
            self.transfers.remove(&key);
        }
    }

    /// Picks the step that comes first and notes that it begins. Orders come before files; then what is nearest to its end,
    /// so that a small order does not wait for another's gigabytes.
    pub fn choose(&mut self, now: Moment) -> Chosen {
        let mut best: Option<((bool, u64, ItemKey), Step)> = None;
        let mut wake: Option<Moment> = None;
        for (key, transfer) in &self.transfers {
            match transfer.next(now) {
                Next::Do(step) if self.has_room(kind(&step)) && !self.is_behind_another(*key, now) => {
                    let rank = (!transfer.is_about_the_order(&step), transfer.bytes_left(), *key);
                    if best.as_ref().is_none_or(|(other, _)| rank < *other) {
                        best = Some((rank, step));
                    }
                }
                Next::Wait(Some(until)) => wake = Some(wake.map_or(until, |other| other.min(until))),
                Next::Do(_) | Next::Wait(None) | Next::UnderWay | Next::Settled => {}
            }
        }
        let Some(((_, _, key), step)) = best else {
            return Chosen::Wait(wake);
        };
        *self.under_way(kind(&step)) += 1;
        if let Some(transfer) = self.transfers.get_mut(&key) {
            transfer.begin(&step);
        }
        Chosen::Do(key, step)
    }

    /// Takes what became of a step that was chosen.
    pub fn apply(&mut self, key: ItemKey, step: &Step, outcome: Outcome, now: Moment, random: u32) {
        let under_way = self.under_way(kind(step));
        *under_way = under_way.saturating_sub(1);
        if let Some(transfer) = self.transfers.get_mut(&key) {
            transfer.apply(outcome, now, random);
        }
    }

    /// Ends every wait that is not a server's wish.
    pub fn nudge(&mut self) {
        self.transfers.values_mut().for_each(Transfer::nudge);
    }

    /// A revision waits for the one before it: the server would refuse it.
    fn is_behind_another(&self, key: ItemKey, now: Moment) -> bool {
        let earlier = self.transfers.range(..key).next_back();
        earlier.is_some_and(|(other, transfer)| other.order == key.order && transfer.next(now) != Next::Settled)
    }

    fn has_room(&self, kind: Kind) -> bool {
        match kind {
            Kind::Put => self.puts < PUTS_MAX,
            Kind::Call => self.calls < CALLS_MAX,
            Kind::Local => true,
        }
    }

    fn under_way(&mut self, kind: Kind) -> &mut usize {
        match kind {
            Kind::Put => &mut self.puts,
            Kind::Call => &mut self.calls,
            Kind::Local => &mut self.local,
        }
    }
}

fn kind(step: &Step) -> Kind {
    match step {
        Step::PutBlock { .. } | Step::PutBlockList { .. } => Kind::Put,
        Step::AskTickets | Step::Commit => Kind::Call,
        Step::CheckSources | Step::Keep(_) => Kind::Local,
    }
}
