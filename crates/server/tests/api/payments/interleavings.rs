//! Anything in any order: pages asked for, paid, declined, left; events lost, doubled, reversed; hours passing; amendments;
//! crashes. An order is never paid without its money, never charged twice, and never at another price than one that its firm
//! signed.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::http::StatusCode;
use futures_util::future::join_all;
use rand_core::Rng as _;
use satchel_practice::checkout::{Choice, Deliveries};
use satchel_server::reconcile;

use super::till::Till;
use crate::support::{Fault, FaultyStore, NOW, TestOrder, quote, rng};

/// How many runs, and how many steps each.
const RUNS: u64 = 10;
const STEPS: u64 = 250;

/// A small generator whose seed is printed, so that a run that fails can be run again (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % sides
    }
}

/// An order, what its revisions cost, and the pages that somebody was told of.
struct Sold {
    newest: TestOrder,
    prices: BTreeSet<u64>,
    pages: Vec<String>,
}

impl Sold {
    async fn make(till: &Till) -> Self {
        let newest = TestOrder::small_of(&till.bench.firm, quote(&[("location", 2, 4_500)]));
        till.send(&newest).await;
        Self { newest, prices: BTreeSet::from([price(2)]), pages: Vec::new() }
    }
}

fn price(locations: u64) -> u64 {
    locations * 4_500
}

struct Run {
    till: Till,
    dice: Dice,
    sold: Vec<Sold>,
    ended: Vec<Sold>,
    now: u64,
}

impl Run {
    async fn open(seed: u64) -> Self {
        let till = Till::open().await;
        let mut sold = Vec::new();
        for _ in 0..3 {
            sold.push(Sold::make(&till).await);
        }
        Self { till, dice: Dice(seed), sold, ended: Vec::new(), now: NOW }
    }

    async fn step(&mut self) {
        // A little time always passes, so that nobody asks too often.
        self.now += 1 + self.dice.roll(600);
        self.till.bench.clock.set(self.now);
        let which = usize::try_from(self.dice.roll(3)).expect("a number");
        match self.dice.roll(20) {
            0..=5 => self.ask(which).await,
            6 => self.ask_and_crash(which).await,
            7..=9 => self.press(which, "pay").await,
            10 => self.press(which, "bank").await,
            11 => self.press(which, "decline").await,
            12 => self.bank(which),
            13 | 14 => self.deliver().await,
            15 => drop(reconcile(&self.till.deps).await.expect("looked")),
            16 => self.till.checkout.fail_next(StatusCode::INTERNAL_SERVER_ERROR),
            17 => self.now += self.dice.roll(30) * 3_600,
            18 => self.amend(which).await,
            _ => {
                let (one, two) = (self.till.app(None), self.till.app(None));
                let (firm, order) = (&self.till.bench.firm, self.sold[which].newest.order);
                let (a, b) = tokio::join!(self.till.ask_of(&one, firm, order), self.till.ask_of(&two, firm, order));
                [a, b].iter().for_each(|reply| self.told(which, reply));
            }
        }
        let ended = self.check_one(&self.sold[which]).await;
        // What is paid is soon followed by the next order, so that the steps do not run idle.
        if ended && self.dice.roll(3) == 0 {
            let next = Sold::make(&self.till).await;
            self.ended.push(std::mem::replace(&mut self.sold[which], next));
        }
    }

    fn told(&mut self, which: usize, reply: &crate::support::Reply) {
        assert!(matches!(reply.status, 200 | 409 | 503), "{}", reply.text());
        if reply.status == 200 {
            let page = reply.json()["url"].as_str().expect("an address").to_owned();
            self.sold[which].pages.push(page);
        }
    }

    async fn ask(&mut self, which: usize) {
        let reply = self.till.ask(self.sold[which].newest.order).await;
        self.told(which, &reply);
    }

    async fn ask_and_crash(&mut self, which: usize) {
        let fault =
            [Fault::DiesBefore, Fault::DiesAfter, Fault::FailsOnce][usize::try_from(self.dice.roll(3)).expect("3")];
        let store: Arc<FaultyStore> = FaultyStore::new(&self.till.bench.store, fault, 1 + self.dice.roll(25));
        let app = self.till.app(Some(store));
        let reply = self.till.ask_of(&app, &self.till.bench.firm, self.sold[which].newest.order).await;
        self.told(which, &reply);
    }

    /// Presses a button of any page that somebody was ever told of.
    async fn press(&mut self, which: usize, button: &str) {
        let pages = &self.sold[which].pages;
        let Some(count) = u64::try_from(pages.len()).ok().filter(|count| *count > 0) else { return };
        let page = pages[usize::try_from(self.dice.roll(count)).expect("a number")].clone();
        let (status, _) = self.till.press(&page, button).await;
        assert!(matches!(status, 303 | 402 | 409), "{status}");
    }

    fn bank(&mut self, which: usize) {
        let choice = if self.dice.roll(2) == 0 { Choice::BankConfirms } else { Choice::BankRefuses };
        if let Some(page) = self.sold[which].pages.last() {
            self.till.checkout.choose(&Till::session(page), choice);
        }
    }

    async fn deliver(&mut self) {
        let ways = [Deliveries::InOrder, Deliveries::Twice, Deliveries::Reversed, Deliveries::Dropped];
        self.till.checkout.set_deliveries(ways[usize::try_from(self.dice.roll(4)).expect("a number")]);
        assert_eq!(self.till.checkout.deliver().await.given_up, 0);
    }

    async fn amend(&mut self, which: usize) {
        let locations = 1 + self.dice.roll(4);
        let count = u32::try_from(locations).expect("a number");
        let sold = &mut self.sold[which];
        let next = TestOrder::small_revision(&self.till.bench.firm, &sold.newest, quote(&[("location", count, 4_500)]));
        self.till.send(&next).await;
        sold.prices.insert(price(locations));
        sold.newest = next;
    }

    async fn check(&self) {
        for sold in self.sold.iter().chain(&self.ended) {
            self.check_one(sold).await;
        }
    }

    /// Checks an order, and tells whether it is paid.
    async fn check_one(&self, sold: &Sold) -> bool {
        let charges = self.till.checkout.charges();
        let order = sold.newest.order;
        let charged: Vec<u64> = charges
            .iter()
            .filter(|charge| charge.reference.as_deref() == Some(order.to_string().as_str()))
            .map(|charge| charge.cents)
            .collect();
        assert!(charged.len() <= 1, "{order} was charged {charged:?}");
        assert!(charged.iter().all(|cents| sold.prices.contains(cents)), "{charged:?} of {:?}", sold.prices);
        let payment = self.till.payment(order).await;
        let total = sold.newest.manifest.statement().quote.total().cents();
        match payment.as_str() {
            "paid" => assert!(charged.first().is_some_and(|cents| *cents >= total), "{charged:?} for {total}"),
            "balance-due" => {
                assert!(charged.first().is_some_and(|cents| *cents < total), "{charged:?} for {total}")
            }
            "quoted" | "awaiting" | "processing" | "expired" => {}
            other => panic!("{other}: nothing here is held or free"),
        }
        matches!(payment.as_str(), "paid" | "balance-due")
    }

    /// In the end nothing is forgotten: money that came is known.
    async fn settle(&mut self) {
        reconcile(&self.till.deps).await.expect("looked");
        self.check().await;
        for charge in self.till.checkout.charges() {
            let order = charge.reference.expect("an order").parse().expect("an id");
            let payment = self.till.payment(order).await;
            assert!(matches!(payment.as_str(), "paid" | "balance-due"), "{payment}");
        }
    }
}

#[tokio::test]
async fn in_any_order_an_order_is_paid_once_at_its_price() {
    let first = u64::from(rng().next_u32());
    let run = async |seed| {
        println!("seed {seed}");
        let mut run = Run::open(seed).await;
        for _ in 0..STEPS {
            run.step().await;
        }
        run.settle().await;
        run.till.checkout.charges().len()
    };
    // Side by side, since each mostly waits for the disk.
    let charged = join_all((first..first + RUNS).map(run)).await;
    assert!(charged.iter().sum::<usize>() > 30, "some of it was paid: {charged:?}");
}
