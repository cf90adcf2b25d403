//! The pure part: what is to be done next, from what is known. No I/O, no clock and no randomness of its own.
//!
//! A [`Transfer`] is the machine of one item:
//!
//! | state | next step | then |
//! |---|---|---|
//! | begun | check that every sealed file is there, with its length; not where the ledger holds every blob as committed | tickets, or commit |
//! | tickets | ask for them, when nothing else of the item is under way | upload |
//! | upload | put a missing block; put the block list of a blob whose blocks are all confirmed | commit, when every blob is committed |
//! | commit | ask for the receipt | keep, when the receipt is verified |
//! | keep | write the end into the ledger | received, or rejected |
//!
//! What failed leads to a wait, to new tickets, or to the end; [`Failure`] says which. An [`Agenda`] has the machines of all
//! items and picks what comes first.

mod agenda;
mod backoff;
mod blob;
mod transfer;

pub use agenda::{Agenda, CALLS_MAX, Chosen, ItemKey, PUTS_MAX};
pub use backoff::{BACKOFF_BASE, BACKOFF_MAX, RETRY_AFTER_MAX};
pub use transfer::{Next, TICKET_MARGIN, TICKET_TRUST, Transfer};

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use satchel_terms::EcPublicKey;
use satchel_wire::{ErrorCode, TicketUrl, TicketsAnswer};

use crate::ledger::Settled;
use crate::rejection::Rejection;

/// Permission to upload one blob, for a while: whoever has it can use it, so it is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Ticket {
    url: Arc<TicketUrl>,
    /// Counts the answers with tickets, so that what an older ticket met is told apart.
    pub(crate) number: u32,
}

impl Ticket {
    /// Returns the address, secret part included.
    pub(crate) fn url(&self) -> &TicketUrl {
        &self.url
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ticket({})", self.number)
    }
}

/// One step of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Look whether every sealed file is there, with its length.
    CheckSources,
    /// Ask for tickets.
    AskTickets,
    /// Put a block.
    PutBlock {
        /// The blob, by its place in the manifest.
        blob: usize,
        /// The block's number.
        block: u32,
        /// The permission.
        ticket: Ticket,
    },
    /// Put the block list, which makes a blob of the blocks.
    PutBlockList {
        /// The blob, by its place in the manifest.
        blob: usize,
        /// The permission.
        ticket: Ticket,
    },
    /// Ask for the receipt.
    Commit,
    /// Write the end into the ledger.
    Keep(Settled),
}

/// What became of a step.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// Every sealed file is there, with its length.
    SourcesWhole,
    /// What the server says of each blob.
    Tickets(TicketsAnswer),
    /// The storage confirmed a block, and the ledger holds that.
    BlockPut {
        /// The blob, by its place in the manifest.
        blob: usize,
        /// The block's number.
        block: u32,
    },
    /// The storage committed the block list, and the ledger holds that.
    ListPut {
        /// The blob, by its place in the manifest.
        blob: usize,
        /// Whether it did so now.
        how: ListPut,
    },
    /// The server answered with a receipt.
    Receipt {
        /// Its compact text, not yet verified.
        compact: String,
        /// The keys that may sign it.
        receipt_keys: Arc<[EcPublicKey]>,
    },
    /// The end is in the ledger.
    Kept,
    /// It failed.
    Failed(Step, Failure),
}

/// How a block list came to be committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListPut {
    /// By this step.
    Now,
    /// Earlier: that answer was lost.
    Before,
}

/// How a step failed, by what follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// It may succeed later: wait, longer each time.
    Later(Why),
    /// The server asks for patience, for so long: wait at least that.
    Busy(Duration),
    /// Nobody is signed in, or the token was refused: wait until somebody did something about it.
    SignIn,
    /// The storage refused the ticket: ask for a new one, the second time after a wait.
    TicketRefused,
    /// The storage answered what only the server can explain: wait, then ask for tickets, whose answer says what is held.
    Confused,
    /// The server misses a blob or a block that was committed: wait, then ask for tickets.
    Incomplete,
    /// It cannot be sent.
    Never(Rejection),
}

/// Why an item waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Why {
    /// There is no connection.
    Offline,
    /// Whoever answered has no certificate that this computer trusts: most likely a proxy of the firm's own.
    Untrusted,
    /// The connection broke.
    Interrupted,
    /// No byte moved for a while.
    Stalled,
    /// The server or the storage asks for patience.
    Busy,
    /// The server or the storage failed, or answered what it should not.
    ServerFault,
    /// Somebody has to sign in. It does not end by itself.
    NeedsSignIn,
    /// The server does not let this computer or person send yet.
    NotAllowed(ErrorCode),
    /// The storage refused a fresh ticket.
    TicketRefused,
    /// The server misses what was sent; it is sent again.
    Incomplete,
    /// The receipt is not the provider's word for this order. It does not count.
    ReceiptRefused,
    /// A sealed file cannot be read at the moment.
    SourceUnreadable,
    /// The ledger cannot be written at the moment.
    LedgerUnwritable,
}
