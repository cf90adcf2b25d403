//! Which item's step comes first.

use std::time::Duration;

use satchel_sync::plan::{
    Agenda, CALLS_MAX, Chosen, Failure, ItemKey, ListPut, Outcome, PUTS_MAX, Step, Transfer, Why,
};
use satchel_sync::{Moment, OutboxItem, Rejection, State};
use satchel_wire::ErrorCode;

use crate::notebook::Notebook;
use crate::sample::{ORDER, OTHER_ORDER, blocks, fresh_tickets, item, receipt_keys, signed_receipt};

const NOW: Moment = Moment::from_unix_ms(1_764_000_000_000);

fn agenda(items: &[&OutboxItem]) -> Agenda {
    let mut agenda = Agenda::new();
    for item in items {
        agenda.add(Transfer::new(item, &Notebook::default()).expect("reads")).expect("it is new");
    }
    agenda
}

fn success(item: &OutboxItem, step: &Step) -> Outcome {
    match step {
        Step::CheckSources => Outcome::SourcesWhole,
        Step::AskTickets => Outcome::Tickets(fresh_tickets(item, 1_764_003_600)),
        Step::PutBlock { blob, block, .. } => Outcome::BlockPut { blob: *blob, block: *block },
        Step::PutBlockList { blob, .. } => Outcome::ListPut { blob: *blob, how: ListPut::Now },
        Step::Commit => {
            Outcome::Receipt { compact: signed_receipt(item.manifest()), receipt_keys: receipt_keys().into() }
        }
        Step::Keep(_) => Outcome::Kept,
    }
}

/// Takes one step after the other, each to its end, and returns them.
fn run(
    agenda: &mut Agenda,
    items: &[&OutboxItem],
    at: Moment,
    mut fails: impl FnMut(ItemKey, &Step) -> Option<Failure>,
) -> Vec<(ItemKey, Step)> {
    let mut taken = Vec::new();
    while let Chosen::Do(key, step) = agenda.choose(at) {
        let item = items.iter().find(|item| item.id() == key).expect("one of them");
        let outcome = fails(key, &step).map_or_else(|| success(item, &step), |f| Outcome::Failed(step.clone(), f));
        agenda.apply(key, &step, outcome, at, 0);
        taken.push((key, step));
    }
    taken
}

#[test]
fn orders_come_before_files_and_small_ones_before_large_ones() {
    let (large, small) = (item(ORDER, 1, &[blocks(50)]), item(OTHER_ORDER, 1, &[blocks(2)]));
    let items = [&large, &small];
    let taken = run(&mut agenda(&items), &items, NOW, |_, _| None);
    let place = |wanted: &OutboxItem, is: fn(&Step) -> bool| {
        taken.iter().position(|(key, step)| *key == wanted.id() && is(step)).expect("it was taken")
    };
    let is_file = |step: &Step| matches!(step, Step::PutBlock { blob: 2.., .. });
    let is_order = |step: &Step| matches!(step, Step::PutBlockList { blob: 1, .. });
    let is_end = |step: &Step| matches!(step, Step::Keep(_));
    assert!(place(&large, is_order) < place(&small, is_file), "both orders come before any file");
    assert!(place(&small, is_end) < place(&large, is_file), "the small one is received before the large one's file");
}

#[test]
fn steps_under_way_are_bounded() {
    let large = item(ORDER, 1, &[blocks(50)]);
    let mut agenda = agenda(&[&large]);
    // Up to the first block of the file.
    loop {
        let Chosen::Do(key, step) = agenda.choose(NOW) else { panic!("there is a step") };
        if matches!(step, Step::PutBlock { blob: 2, .. }) {
            break;
        }
        agenda.apply(key, &step, success(&large, &step), NOW, 0);
    }
    let mut under_way = 1;
    while let Chosen::Do(..) = agenda.choose(NOW) {
        under_way += 1;
    }
    assert_eq!(under_way, PUTS_MAX);

    let orders: Vec<_> = ["11", "22", "33"].iter().map(|n| item(&ORDER.replace("8f", n), 1, &[])).collect();
    let items: Vec<_> = orders.iter().collect();
    let mut agenda = self::agenda(&items);
    let mut calls = 0;
    while let Chosen::Do(key, step) = agenda.choose(NOW) {
        match step {
            Step::CheckSources => agenda.apply(key, &step, Outcome::SourcesWhole, NOW, 0),
            Step::AskTickets | Step::PutBlock { .. } | Step::PutBlockList { .. } | Step::Commit | Step::Keep(_) => {
                calls += 1
            }
        }
    }
    assert_eq!(calls, CALLS_MAX);
}

#[test]
fn one_bad_item_holds_up_no_other() {
    let (bad, good) = (item(ORDER, 1, &[]), item(OTHER_ORDER, 1, &[blocks(3)]));
    let items = [&bad, &good];
    for failure in [
        Failure::Later(Why::ServerFault),
        Failure::SignIn,
        Failure::Busy(Duration::from_secs(3_600)),
        Failure::TicketRefused,
        Failure::Never(Rejection::Refused(ErrorCode::ManifestRefused)),
    ] {
        let mut agenda = agenda(&items);
        run(&mut agenda, &items, NOW, |key, step| {
            (key == bad.id() && !matches!(step, Step::CheckSources | Step::Keep(_))).then_some(failure)
        });
        let state = |item: &OutboxItem| agenda.transfer(item.id()).expect("it is there").state(NOW);
        assert_eq!(state(&good), State::Received, "{failure:?}");
        assert_ne!(state(&bad), State::Received, "{failure:?}");
    }
}

#[test]
fn a_revision_waits_for_the_one_before_it() {
    let (first, second) = (item(ORDER, 1, &[blocks(9)]), item(ORDER, 2, &[]));
    let items = [&second, &first];
    let taken = run(&mut agenda(&items), &items, NOW, |_, _| None);
    let began = taken.iter().position(|(key, _)| *key == second.id()).expect("it began");
    assert!(taken[..began].iter().any(|(key, step)| *key == first.id() && matches!(step, Step::Keep(_))));
    assert_eq!(taken.last().map(|(key, _)| *key), Some(second.id()));
}

#[test]
fn it_is_looked_at_again_when_the_first_wait_is_over() {
    let (one, other) = (item(ORDER, 1, &[]), item(OTHER_ORDER, 1, &[]));
    let items = [&one, &other];
    let mut agenda = agenda(&items);
    run(&mut agenda, &items, NOW, |key, step| {
        let asked = if key == one.id() { 90 } else { 30 };
        (*step != Step::CheckSources).then_some(Failure::Busy(Duration::from_secs(asked)))
    });
    assert_eq!(agenda.choose(NOW), Chosen::Wait(Some(NOW.after(Duration::from_secs(30)))));
    assert!(!agenda.is_settled(NOW));
}
