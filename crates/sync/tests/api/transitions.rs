//! The table of transitions, row by row.

use std::time::Duration;

use satchel_sync::plan::{
    BACKOFF_MAX, Failure, ListPut, Next, Outcome, RETRY_AFTER_MAX, Step, TICKET_MARGIN, TICKET_TRUST, Transfer, Why,
};
use satchel_sync::{Ledger as _, Moment, OutboxItem, Rejection, Settled, State};
use satchel_wire::ErrorCode;

use crate::notebook::Notebook;
use crate::sample::{ORDER, OTHER_ORDER, blocks, fresh_tickets, item, manifest, receipt_keys, signed_receipt};

const START_S: u64 = 1_764_000_000;
const START: Moment = Moment::from_unix_ms(START_S * 1_000);
const HOUR_S: u64 = 3_600;

/// One item and its machine.
struct Desk {
    item: OutboxItem,
    transfer: Transfer,
    now: Moment,
}

/// The steps by name, in the order in which an item without faults takes them.
const STEPS: &[&str] = &["sources", "tickets", "block", "list", "commit", "keep"];

fn name(step: &Step) -> &'static str {
    match step {
        Step::CheckSources => "sources",
        Step::AskTickets => "tickets",
        Step::PutBlock { .. } => "block",
        Step::PutBlockList { .. } => "list",
        Step::Commit => "commit",
        Step::Keep(_) => "keep",
    }
}

impl Desk {
    fn new(files: &[u64]) -> Self {
        Self::with(item(ORDER, 1, files), &Notebook::default())
    }

    fn with(item: OutboxItem, notebook: &Notebook) -> Self {
        let transfer = Transfer::new(&item, notebook).expect("the notebook reads");
        Self { item, transfer, now: START }
    }

    fn next(&self) -> Next {
        self.transfer.next(self.now)
    }

    fn state(&self) -> State {
        self.transfer.state(self.now)
    }

    fn begin(&mut self) -> Step {
        let Next::Do(step) = self.next() else { panic!("{:?} is no step", self.next()) };
        self.transfer.begin(&step);
        step
    }

    fn end(&mut self, outcome: Outcome) {
        self.transfer.apply(outcome, self.now, 0);
    }

    fn fail(&mut self, step: Step, failure: Failure) {
        self.end(Outcome::Failed(step, failure));
    }

    fn success(&self, step: &Step) -> Outcome {
        match step {
            Step::CheckSources => Outcome::SourcesWhole,
            Step::AskTickets => Outcome::Tickets(fresh_tickets(&self.item, self.now.unix_ms() / 1_000 + HOUR_S)),
            Step::PutBlock { blob, block, .. } => Outcome::BlockPut { blob: *blob, block: *block },
            Step::PutBlockList { blob, .. } => Outcome::ListPut { blob: *blob, how: ListPut::Now },
            Step::Commit => receipt(signed_receipt(self.item.manifest())),
            Step::Keep(_) => Outcome::Kept,
        }
    }

    /// Takes steps, all of which succeed, until the next one is of this name.
    fn go_to(&mut self, wanted: &str) {
        while !matches!(self.next(), Next::Do(step) if name(&step) == wanted) {
            let step = self.begin();
            let outcome = self.success(&step);
            self.end(outcome);
        }
    }

    /// Lets the wait pass.
    fn wait(&mut self) {
        if let Next::Wait(Some(until)) = self.next() {
            self.now = until;
        }
    }

    fn next_name(&self) -> &'static str {
        match self.next() {
            Next::Do(step) => name(&step),
            Next::UnderWay => "under way",
            Next::Wait(Some(_)) => "wait",
            Next::Wait(None) => "nudge",
            Next::Settled => "settled",
        }
    }
}

fn receipt(compact: String) -> Outcome {
    Outcome::Receipt { compact, receipt_keys: receipt_keys().into() }
}

fn ticket_number(step: &Step) -> String {
    let Step::PutBlock { ticket, .. } = step else { panic!("{step:?} puts no block") };
    format!("{ticket:?}")
}

#[test]
fn an_item_without_faults_takes_its_steps_in_order() {
    let mut desk = Desk::new(&[blocks(2), 0]);
    assert_eq!(desk.state(), State::Queued);
    let mut taken = Vec::new();
    while desk.next() != Next::Settled {
        let step = desk.begin();
        taken.push(name(&step));
        let outcome = desk.success(&step);
        desk.end(outcome);
    }
    let blobs = ["block", "list", "block", "list", "block", "block", "list", "list"];
    let expected: Vec<_> = ["sources", "tickets"].into_iter().chain(blobs).chain(["commit", "keep"]).collect();
    assert_eq!(taken, expected);
    assert_eq!((desk.state(), desk.transfer.bytes_left()), (State::Received, 0));
}

/// For each step and each failure: what it waits for, if it waits, and what comes next when that is over.
#[test]
fn every_failure_has_its_consequence() {
    let refused = Rejection::Refused(ErrorCode::PriceChanged);
    let allowed = Why::NotAllowed(ErrorCode::DeviceNotAdmitted);
    let s = Duration::from_secs;
    // A wait is named by its reason; the last column is the step after it.
    let rows: &[(&str, Failure, Option<Why>, &str)] = &[
        ("sources", Failure::Later(Why::SourceUnreadable), Some(Why::SourceUnreadable), "sources"),
        ("sources", Failure::Never(Rejection::SourceMissing), None, "keep"),
        ("tickets", Failure::Later(Why::Offline), Some(Why::Offline), "tickets"),
        ("tickets", Failure::Later(allowed), Some(allowed), "tickets"),
        ("tickets", Failure::Busy(s(9)), Some(Why::Busy), "tickets"),
        ("tickets", Failure::SignIn, Some(Why::NeedsSignIn), "nudge"),
        ("tickets", Failure::Never(refused), None, "keep"),
        ("block", Failure::Later(Why::Offline), Some(Why::Offline), "block"),
        ("block", Failure::Later(Why::Interrupted), Some(Why::Interrupted), "block"),
        ("block", Failure::Later(Why::Stalled), Some(Why::Stalled), "block"),
        ("block", Failure::Later(Why::LedgerUnwritable), Some(Why::LedgerUnwritable), "block"),
        ("block", Failure::Busy(s(9)), Some(Why::Busy), "block"),
        ("block", Failure::TicketRefused, None, "tickets"),
        ("block", Failure::Confused, Some(Why::ServerFault), "tickets"),
        ("block", Failure::Never(Rejection::SourceChanged), None, "keep"),
        ("list", Failure::Later(Why::Interrupted), Some(Why::Interrupted), "list"),
        ("list", Failure::TicketRefused, None, "tickets"),
        ("list", Failure::Confused, Some(Why::ServerFault), "tickets"),
        ("commit", Failure::Later(Why::ServerFault), Some(Why::ServerFault), "commit"),
        ("commit", Failure::Busy(s(9)), Some(Why::Busy), "commit"),
        ("commit", Failure::SignIn, Some(Why::NeedsSignIn), "nudge"),
        ("commit", Failure::Incomplete, Some(Why::Incomplete), "tickets"),
        ("commit", Failure::Never(refused), None, "keep"),
        ("keep", Failure::Later(Why::LedgerUnwritable), Some(Why::LedgerUnwritable), "keep"),
    ];
    for (at, failure, why, then) in rows {
        let mut desk = Desk::new(&[blocks(2)]);
        desk.go_to(at);
        let step = desk.begin();
        desk.fail(step, *failure);
        let waits_for = match desk.state() {
            State::Waiting { why, .. } => Some(why),
            State::Queued | State::Uploading | State::Received | State::Rejected(_) => None,
        };
        assert_eq!(waits_for, *why, "{at}: {failure:?}");
        desk.wait();
        assert_eq!(desk.next_name(), *then, "{at}: {failure:?}");
        if let Failure::Never(rejection) = failure {
            assert_eq!(desk.next(), Next::Do(Step::Keep(Settled::Rejected(*rejection))));
        }
    }
    assert!(STEPS.iter().all(|step| rows.iter().any(|row| row.0 == *step)), "every step fails in some row");
}

#[test]
fn after_a_rejection_nothing_changes_it() {
    let mut desk = Desk::new(&[blocks(2)]);
    desk.go_to("block");
    let (first, second) = (desk.begin(), {
        desk.go_to("block");
        desk.begin()
    });
    desk.fail(first, Failure::Never(Rejection::SourceMissing));
    assert_eq!(desk.next_name(), "under way", "the other put ends first");
    desk.fail(second, Failure::Later(Why::Offline));
    assert_eq!(desk.next(), Next::Do(Step::Keep(Settled::Rejected(Rejection::SourceMissing))));
    desk.begin();
    desk.end(Outcome::Kept);
    assert_eq!(desk.state(), State::Rejected(Rejection::SourceMissing));
    desk.transfer.nudge();
    assert_eq!(desk.next(), Next::Settled);
}

#[test]
fn sign_in_is_waited_for_until_a_nudge() {
    let mut desk = Desk::new(&[]);
    desk.go_to("tickets");
    let step = desk.begin();
    desk.fail(step, Failure::SignIn);
    desk.now = desk.now.after(Duration::from_secs(365 * 24 * 3_600));
    assert_eq!(desk.next(), Next::Wait(None));
    assert_eq!(desk.state(), State::Waiting { why: Why::NeedsSignIn, until: None });
    desk.transfer.nudge();
    assert_eq!(desk.next_name(), "tickets");
}

#[test]
fn a_nudge_ends_waits_but_not_those_the_server_asked_for() {
    for (failure, then) in [(Failure::Later(Why::Offline), "block"), (Failure::Busy(Duration::from_secs(60)), "wait")] {
        let mut desk = Desk::new(&[]);
        desk.go_to("block");
        let step = desk.begin();
        desk.fail(step, failure);
        desk.transfer.nudge();
        assert_eq!(desk.next_name(), then, "{failure:?}");
    }
}

#[test]
fn retry_after_is_honoured_and_bounded() {
    let hour = RETRY_AFTER_MAX;
    let second = Duration::from_secs(1);
    for (asked, waits) in [(10 * second, 10 * second), (hour, hour), (hour + second, hour), (Duration::ZERO, second)] {
        let mut desk = Desk::new(&[]);
        desk.go_to("block");
        let step = desk.begin();
        desk.fail(step, Failure::Busy(asked));
        assert_eq!(desk.next(), Next::Wait(Some(START.after(waits))), "{asked:?}");
    }
}

#[test]
fn waits_grow_until_something_is_confirmed() {
    let mut desk = Desk::new(&[]);
    desk.go_to("block");
    let mut waits = Vec::new();
    for _ in 0..12 {
        if desk.next_name() == "tickets" {
            let step = desk.begin();
            let outcome = desk.success(&step);
            desk.end(outcome);
        }
        let step = desk.begin();
        desk.fail(step, Failure::Later(Why::Offline));
        let Next::Wait(Some(until)) = desk.next() else { panic!("it waits") };
        waits.push(until.since(desk.now));
        desk.now = until;
    }
    assert!(waits.is_sorted() && waits.first() < waits.last(), "{waits:?}");
    assert!(waits.iter().all(|wait| *wait <= BACKOFF_MAX));
    desk.go_to("list");
    let step = desk.begin();
    desk.fail(step, Failure::Later(Why::Offline));
    assert_eq!(desk.next(), Next::Wait(Some(desk.now.after(waits[0]))));
}

/// Four puts that fail because the cable was pulled are one failure.
#[test]
fn steps_that_fail_at_once_count_as_one_failure() {
    let mut desk = Desk::new(&[blocks(4)]);
    desk.go_to("block");
    let steps: Vec<_> = (0..4).map(|_| desk.begin()).collect();
    for step in steps {
        desk.fail(step, Failure::Later(Why::Offline));
    }
    assert_eq!(desk.next(), Next::Wait(Some(START.after(Duration::from_secs(1)))));
}

#[test]
fn a_refused_ticket_is_replaced_at_once_the_first_time_only() {
    let mut desk = Desk::new(&[blocks(4)]);
    desk.go_to("block");
    let old: Vec<_> = (0..3).map(|_| desk.begin()).collect();
    for step in old.clone() {
        desk.fail(step, Failure::TicketRefused);
    }
    assert_eq!(desk.next_name(), "tickets", "three puts with one ticket were refused for one reason");
    desk.go_to("block");
    let step = desk.begin();
    assert_ne!(ticket_number(&step), ticket_number(&old[0]));
    desk.fail(step, Failure::TicketRefused);
    assert!(matches!(desk.state(), State::Waiting { why: Why::TicketRefused, .. }));
    desk.wait();
    assert_eq!(desk.next_name(), "tickets");
    desk.go_to("block");
    let step = desk.begin();
    let outcome = desk.success(&step);
    desk.end(outcome);
    desk.go_to("list");
    let step = desk.begin();
    desk.fail(step, Failure::TicketRefused);
    assert_eq!(desk.next_name(), "tickets", "a put succeeded since");
}

/// A storage that refuses early may close the connection before its refusal is read.
#[test]
fn a_put_that_is_cut_off_again_and_again_gets_a_new_ticket() {
    let mut desk = Desk::new(&[]);
    desk.go_to("block");
    for then in ["block", "block", "tickets"] {
        let step = desk.begin();
        desk.fail(step, Failure::Later(Why::Interrupted));
        desk.wait();
        assert_eq!(desk.next_name(), then);
    }
}

#[test]
fn tickets_are_renewed_before_they_end() {
    let mut desk = Desk::new(&[blocks(4)]);
    desk.go_to("block");
    let under_way = desk.begin();
    let end = START.after(Duration::from_secs(HOUR_S));
    desk.now = Moment::from_unix_ms(end.unix_ms() - u64::try_from(TICKET_MARGIN.as_millis()).expect("fits") - 1);
    assert_eq!(desk.next_name(), "block");
    desk.now = desk.now.after(Duration::from_millis(1));
    assert_eq!(desk.next_name(), "under way", "what is under way ends first");
    let outcome = desk.success(&under_way);
    desk.end(outcome);
    assert_eq!(desk.next_name(), "tickets");
}

/// A clock that is a day ahead makes every ticket look ended.
#[test]
fn a_clock_that_is_ahead_does_not_ask_for_tickets_without_end() {
    let mut desk = Desk::new(&[]);
    desk.go_to("tickets");
    desk.begin();
    let answer = fresh_tickets(&desk.item, START_S - 24 * HOUR_S);
    desk.end(Outcome::Tickets(answer));
    assert_eq!(desk.next_name(), "block");
    desk.now = desk.now.after(TICKET_TRUST);
    assert_eq!(desk.next_name(), "tickets");
}

#[test]
fn tickets_for_other_blobs_are_no_answer() {
    type Change = fn(&mut satchel_wire::TicketsAnswer);
    let changes: &[Change] = &[
        |answer| drop(answer.tickets.pop()),
        |answer| answer.tickets.push(answer.tickets[0].clone()),
        |answer| answer.committed.push(answer.tickets[0].name),
        |answer| answer.tickets[0].name = "r1/files/9".parse().expect("a name"),
    ];
    for change in changes {
        let mut desk = Desk::new(&[blocks(1)]);
        desk.go_to("tickets");
        desk.begin();
        let mut answer = fresh_tickets(&desk.item, START_S + HOUR_S);
        change(&mut answer);
        desk.end(Outcome::Tickets(answer));
        assert!(matches!(desk.state(), State::Waiting { why: Why::ServerFault, .. }));
        desk.wait();
        assert_eq!(desk.next_name(), "tickets");
    }
}

#[test]
fn a_receipt_that_does_not_verify_is_not_received() {
    let other_key = satchel_sign::SigningKey::<satchel_sign::Receipts>::from_bytes(&[8; 32]).expect("a key");
    let forged = other_key.sign(crate::sample::receipt_for(&manifest(ORDER, 1, &[]))).expect("it signs");
    for (compact, what) in [
        (signed_receipt(&manifest(OTHER_ORDER, 1, &[])), "another order"),
        (signed_receipt(&manifest(ORDER, 2, &[])), "another revision"),
        (signed_receipt(&manifest(ORDER, 1, &[blocks(1)])), "another manifest"),
        (forged.compact().to_owned(), "another key"),
        (String::new(), "nothing"),
    ] {
        let mut desk = Desk::new(&[]);
        desk.go_to("commit");
        desk.begin();
        desk.end(receipt(compact));
        assert!(matches!(desk.state(), State::Waiting { why: Why::ReceiptRefused, .. }), "{what}");
        desk.wait();
        desk.go_to("keep");
        let Next::Do(Step::Keep(kept)) = desk.next() else { panic!("it keeps") };
        assert_eq!(kept, Settled::Received(signed_receipt(desk.item.manifest())), "{what}");
    }
}

#[test]
fn a_block_list_that_was_committed_before_goes_on() {
    let mut desk = Desk::new(&[]);
    desk.go_to("list");
    let Step::PutBlockList { blob, .. } = desk.begin() else { panic!("a list") };
    desk.end(Outcome::ListPut { blob, how: ListPut::Before });
    desk.go_to("commit");
}

#[test]
fn what_the_ledger_holds_is_not_done_again() {
    let item = item(ORDER, 1, &[blocks(3)]);
    let at = item.id();
    let mut notebook = Notebook::default();
    let file = crate::sample::file_name(1);
    notebook.confirm(at, file, 1).expect("writes");
    let held = std::collections::BTreeSet::from([0, 1]);

    let mut desk = Desk::with(item.clone(), &notebook);
    desk.go_to("tickets");
    desk.begin();
    let mut answer = fresh_tickets(&desk.item, START_S + HOUR_S);
    answer.tickets[2] = crate::sample::ticket("https://blobs.example.com", file, START_S + HOUR_S, &held);
    desk.end(Outcome::Tickets(answer));
    let mut sent = Vec::new();
    while desk.next_name() != "commit" {
        let step = desk.begin();
        if let Step::PutBlock { blob: 2, block, .. } = &step {
            sent.push(*block);
        }
        let outcome = desk.success(&step);
        desk.end(outcome);
    }
    assert_eq!(sent, [0, 2], "block 0 is held but was never confirmed");

    for blob in item.blobs() {
        notebook.commit(at, blob.name).expect("writes");
    }
    assert_eq!(Desk::with(item.clone(), &notebook).next_name(), "commit", "even if the files are gone");

    notebook.settle(at, &Settled::Received("kept".to_owned())).expect("writes");
    assert_eq!(Desk::with(item, &notebook).next(), Next::Settled);
}

/// Nothing that prints a step or an answer prints what opens the storage.
#[test]
fn tickets_are_not_printed() {
    let mut desk = Desk::new(&[]);
    desk.go_to("block");
    let answer = fresh_tickets(&desk.item, START_S);
    let step = desk.begin();
    let printed = format!("{:?} {step:?} {answer:?}", desk.transfer);
    assert!(!printed.contains("secret") && printed.contains("Ticket"), "{printed}");
}
