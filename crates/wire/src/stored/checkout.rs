//! An order's attempts to be paid for, each with at most one Checkout Session, and what they make of its payment.
//!
//! An attempt is written before Stripe is asked, with its price and the end of its session, so that whoever asks again asks
//! for the same session. A new one begins only when the one before has ended without money. [`AttemptState::after`] is the
//! table of what can follow what; the order's payment is reckoned from the attempts and never set by hand.

use std::num::NonZeroU32;

use satchel_terms::{Cents, FirmId, OrderId, Revision, Timestamp, V1, required};
use serde::{Deserialize, Serialize};

use super::stripe_id::{EventId, SessionId};
use crate::bodies::Payment;
use crate::checkout_url::CheckoutUrl;

/// The most attempts of an order.
pub const ATTEMPTS_MAX: usize = 50;
/// The most ids of events that an order remembers; the oldest give way. An event that is seen again after that is looked up
/// again, and finds everything as it is.
pub const EVENTS_MAX: usize = 200;

/// How an order was paid for until now.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Checkout {
    /// From number 1 without a gap. All but the last have ended.
    pub attempts: Vec<Attempt>,
    /// The events that were looked at, the newest last.
    pub events: Vec<EventId>,
}

/// One attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Attempt {
    /// Counts up by one, from 1.
    pub number: NonZeroU32,
    /// The revision whose price it asks for.
    pub revision: Revision,
    /// The price of that revision, as the firm's device signed it.
    pub amount_cents: Cents,
    /// When it was begun.
    pub begun_at: Timestamp,
    /// When its session ends.
    pub expires_at: Timestamp,
    /// How far it is.
    pub state: AttemptState,
    /// Its session; none until Stripe made one and the server knows.
    #[serde(deserialize_with = "required")]
    pub session: Option<SessionId>,
    /// The session's page, while it is open.
    #[serde(deserialize_with = "required")]
    pub url: Option<CheckoutUrl>,
}

/// How far an attempt is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AttemptState {
    /// It is written here, and Stripe is asked. Nobody was told of a page.
    Opening,
    /// A page is open.
    Open,
    /// The payment was made, and the bank has not confirmed it.
    Processing,
    /// The money is there.
    Paid,
    /// The bank refused the payment.
    Failed,
    /// The page closed without a payment.
    Expired,
    /// No page came of it, or one that nobody was told of.
    Abandoned,
    /// What Stripe says does not fit what was asked for. A person has to look.
    Held,
}

/// What was found out about an attempt, from a session that was retrieved from Stripe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Seen {
    /// The page is open.
    Open,
    /// It was paid by a way that takes days.
    Processing,
    /// The price was paid.
    Paid,
    /// The bank refused.
    Failed,
    /// The page closed.
    Expired,
    /// The session is another one, or asks for or brought another sum.
    Misfit,
    /// There will be no session: Stripe refuses, or it came too late. Not from a session.
    GivenUp,
}

impl AttemptState {
    /// All states.
    pub const ALL: &'static [Self] = &[
        Self::Opening,
        Self::Open,
        Self::Processing,
        Self::Paid,
        Self::Failed,
        Self::Expired,
        Self::Abandoned,
        Self::Held,
    ];

    /// Returns the state after something was seen. The table, where `-` is no change:
    ///
    /// | from | open | processing | paid | failed | expired | misfit | given up |
    /// |---|---|---|---|---|---|---|---|
    /// | opening | open | held | held | held | abandoned | held | abandoned |
    /// | open | - | processing | paid | failed | expired | held | - |
    /// | processing | - | - | paid | failed | - | held | - |
    /// | paid | - | - | - | - | - | - | - |
    /// | failed | - | held | held | - | - | held | - |
    /// | expired | - | held | held | - | - | held | - |
    /// | abandoned | - | held | held | - | - | held | - |
    /// | held | - | - | - | - | - | - | - |
    ///
    /// Money for an attempt that had no page, or had ended, is held: another page may be open by then.
    #[must_use]
    pub const fn after(self, seen: Seen) -> Self {
        match (self, seen) {
            (Self::Opening | Self::Open, Seen::Open) => Self::Open,
            (Self::Open, Seen::Processing) => Self::Processing,
            (Self::Open | Self::Processing, Seen::Paid) => Self::Paid,
            (Self::Open | Self::Processing, Seen::Failed) => Self::Failed,
            (Self::Open, Seen::Expired) => Self::Expired,
            (Self::Opening, Seen::Expired | Seen::GivenUp) => Self::Abandoned,
            (Self::Opening, Seen::Processing | Seen::Paid | Seen::Failed | Seen::Misfit)
            | (Self::Open | Self::Processing, Seen::Misfit)
            | (Self::Failed | Self::Expired | Self::Abandoned, Seen::Processing | Seen::Paid | Seen::Misfit) => {
                Self::Held
            }
            (Self::Paid | Self::Held, _)
            | (Self::Open, Seen::GivenUp)
            | (Self::Processing, Seen::Open | Seen::Processing | Seen::Expired | Seen::GivenUp)
            | (
                Self::Failed | Self::Expired | Self::Abandoned,
                Seen::Open | Seen::Failed | Seen::Expired | Seen::GivenUp,
            ) => self,
        }
    }

    /// Tells whether money can still come of it as a matter of course. There is at most one such attempt.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Opening | Self::Open | Self::Processing)
    }
}

impl Checkout {
    /// Tells whether nobody ever wanted to pay.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.attempts.is_empty() && self.events.is_empty()
    }

    /// Returns the attempt that is under way.
    #[must_use]
    pub fn live(&self) -> Option<&Attempt> {
        self.attempts.last().filter(|attempt| attempt.state.is_live())
    }

    /// Finds an attempt.
    #[must_use]
    pub fn attempt(&self, number: NonZeroU32) -> Option<&Attempt> {
        self.attempts.iter().find(|attempt| attempt.number == number)
    }

    /// Begins the next attempt. Nothing: one is under way, or there were too many.
    #[must_use]
    pub fn begun(
        &self,
        (revision, amount_cents): (Revision, Cents),
        (begun_at, expires_at): (Timestamp, Timestamp),
    ) -> Option<Self> {
        let last = self.attempts.last().map_or(0, |last| last.number.get());
        let number = NonZeroU32::new(last.checked_add(1)?)?;
        if self.live().is_some() || self.attempts.len() >= ATTEMPTS_MAX {
            return None;
        }
        let mut next = self.clone();
        let (state, session, url) = (AttemptState::Opening, None, None);
        next.attempts.push(Attempt { number, revision, amount_cents, begun_at, expires_at, state, session, url });
        Some(next)
    }

    /// Notes what was seen of an attempt.
    #[must_use]
    pub fn after(&self, number: NonZeroU32, seen: Seen) -> Self {
        let mut next = self.clone();
        if let Some(attempt) = next.attempts.iter_mut().find(|attempt| attempt.number == number) {
            attempt.state = attempt.state.after(seen);
            attempt.url = attempt.url.take().filter(|_| attempt.state == AttemptState::Open);
        }
        next
    }

    /// Notes the page of an attempt that asked for one. Nothing: it asks for none any more.
    #[must_use]
    pub fn opened(&self, number: NonZeroU32, session: SessionId, url: CheckoutUrl) -> Option<Self> {
        let mut next = self.clone();
        let attempt = next.attempts.iter_mut().find(|attempt| attempt.number == number)?;
        if attempt.state != AttemptState::Opening {
            return None;
        }
        attempt.state = attempt.state.after(Seen::Open);
        (attempt.session, attempt.url) = (Some(session), Some(url));
        Some(next)
    }

    /// Remembers an event.
    #[must_use]
    pub fn noted(&self, event: EventId) -> Self {
        let mut next = self.clone();
        if !next.events.contains(&event) {
            next.events.push(event);
            let surplus = next.events.len().saturating_sub(EVENTS_MAX);
            next.events.drain(..surplus);
        }
        next
    }

    /// Returns what was paid. Nothing: nothing was.
    fn paid(&self) -> Option<u64> {
        let paid = self.attempts.iter().filter(|attempt| attempt.state == AttemptState::Paid);
        paid.map(|attempt| attempt.amount_cents.cents()).reduce(u64::saturating_add)
    }

    /// Reckons how an order with this price is paid for.
    #[must_use]
    pub fn payment(&self, total: Cents) -> Payment {
        if self.attempts.iter().any(|attempt| attempt.state == AttemptState::Held) {
            return Payment::Held;
        }
        let told = self.attempts.iter().rev().map(|attempt| attempt.state);
        let mut told = told.filter(|state| !matches!(state, AttemptState::Opening | AttemptState::Abandoned));
        match (self.paid(), told.next()) {
            (Some(paid), _) if paid < total.cents() => Payment::BalanceDue,
            (Some(_), _) => Payment::Paid,
            (None, Some(AttemptState::Open)) => Payment::Awaiting,
            (None, Some(AttemptState::Processing)) => Payment::Processing,
            (None, _) if total == Cents::ZERO => Payment::None,
            (None, Some(AttemptState::Failed | AttemptState::Expired)) => Payment::Expired,
            (None, _) => Payment::Quoted,
        }
    }

    /// Tells whether one that was read is one that was written here.
    #[must_use]
    pub fn holds(&self) -> bool {
        let numbers = self.attempts.iter().map(|attempt| u64::from(attempt.number.get()));
        let ended = self.attempts.iter().rev().skip(1).all(|attempt| !attempt.state.is_live());
        let paged = self.attempts.iter().all(|attempt| {
            let open = attempt.state == AttemptState::Open;
            open == attempt.url.is_some() && (attempt.session.is_some() || !open)
        });
        numbers.eq(1..=self.attempts.len() as u64) && ended && paged && self.events.len() <= EVENTS_MAX
    }
}

/// Says whose a session is. It lies in the provider's own container, and is there before anybody is told of the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SessionBinding {
    /// Version of the format.
    pub version: V1,
    /// The session.
    pub session: SessionId,
    /// The firm.
    pub firm: FirmId,
    /// The order.
    pub order: OrderId,
    /// The attempt.
    pub attempt: NonZeroU32,
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEEN: &[Seen] =
        &[Seen::Open, Seen::Processing, Seen::Paid, Seen::Failed, Seen::Expired, Seen::Misfit, Seen::GivenUp];

    fn word(text: &str) -> AttemptState {
        serde_json::from_value(serde_json::json!(text)).expect("a state")
    }

    /// The table in the documentation is the test: each cell of it is tried.
    #[test]
    fn every_cell_of_the_table_holds() {
        let source = include_str!("checkout.rs");
        let rows = source.lines().filter_map(|line| line.trim().strip_prefix("/// | "));
        let rows: Vec<Vec<&str>> = rows.map(|row| row.trim_end_matches(" |").split(" | ").collect()).collect();
        let mut cells = 0;
        for row in rows.iter().filter(|row| row[0] != "from") {
            let from = word(row[0]);
            assert_eq!(row.len(), 1 + SEEN.len());
            for (seen, to) in SEEN.iter().zip(&row[1..]) {
                let expected = if *to == "-" { from } else { word(to) };
                assert_eq!(from.after(*seen), expected, "{from:?} after {seen:?}");
                cells += 1;
            }
        }
        assert_eq!(cells, AttemptState::ALL.len() * SEEN.len());
    }

    #[test]
    fn paid_and_held_are_for_ever_and_nothing_is_paid_unless_it_was_open() {
        for seen in SEEN {
            assert_eq!(AttemptState::Paid.after(*seen), AttemptState::Paid);
            assert_eq!(AttemptState::Held.after(*seen), AttemptState::Held);
            for from in AttemptState::ALL {
                let after = from.after(*seen);
                assert_eq!(after.after(*seen), after, "{from:?}: {seen:?} twice is {seen:?} once");
                let may = *from == AttemptState::Paid || (*seen == Seen::Paid && from.is_live());
                assert!(after != AttemptState::Paid || may, "{from:?} after {seen:?}");
                assert!(from.is_live() || !after.is_live(), "{from:?} after {seen:?}: what ended stays ended");
            }
        }
    }

    fn cents(cents: u64) -> Cents {
        cents.try_into().expect("an amount")
    }

    fn one() -> NonZeroU32 {
        NonZeroU32::MIN
    }

    fn time(seconds: u64) -> Timestamp {
        seconds.try_into().expect("a time")
    }

    fn begun(checkout: &Checkout, amount: u64) -> Option<Checkout> {
        checkout.begun((one(), cents(amount)), (time(1), time(2)))
    }

    fn opened(checkout: &Checkout, number: u32) -> Checkout {
        let session = format!("cs_test_{number}").try_into().expect("an id");
        let url = "https://checkout.example/c".to_owned().try_into().expect("an address");
        checkout.opened(NonZeroU32::new(number).expect("from 1"), session, url).expect("it asked")
    }

    #[test]
    fn one_attempt_at_a_time_and_not_too_many() {
        let mut checkout = Checkout::default();
        assert!(checkout.holds() && checkout.is_empty());
        for number in 1..=ATTEMPTS_MAX {
            checkout = begun(&checkout, 500).expect("there is room");
            assert_eq!(begun(&checkout, 500), None, "one is under way");
            checkout = opened(&checkout, u32::try_from(number).expect("a number"));
            assert!(checkout.holds() && begun(&checkout, 500).is_none());
            checkout = checkout.after(checkout.attempts[number - 1].number, Seen::Expired);
            assert!(checkout.holds() && checkout.attempts[number - 1].url.is_none());
        }
        assert_eq!(begun(&checkout, 500), None, "too many");
        assert_eq!(checkout.payment(cents(500)), Payment::Expired);
    }

    #[test]
    fn a_page_comes_only_to_an_attempt_that_asks_for_one() {
        let checkout = begun(&Checkout::default(), 500).expect("begun").after(one(), Seen::GivenUp);
        let url: CheckoutUrl = "https://checkout.example/c".to_owned().try_into().expect("an address");
        let session: SessionId = "cs_test_1".to_owned().try_into().expect("an id");
        assert_eq!(checkout.opened(one(), session, url), None);
        assert_eq!(checkout.payment(cents(500)), Payment::Quoted);
    }

    #[test]
    fn payment_follows_from_attempts_and_price() {
        let open = opened(&begun(&Checkout::default(), 500).expect("begun"), 1);
        for (seen, total, payment) in [
            (Seen::Open, 500, Payment::Awaiting),
            (Seen::Processing, 500, Payment::Processing),
            (Seen::Paid, 500, Payment::Paid),
            (Seen::Paid, 400, Payment::Paid),
            (Seen::Paid, 501, Payment::BalanceDue),
            (Seen::Failed, 500, Payment::Expired),
            (Seen::Expired, 500, Payment::Expired),
            (Seen::Expired, 0, Payment::None),
            (Seen::Misfit, 500, Payment::Held),
        ] {
            assert_eq!(open.after(one(), seen).payment(cents(total)), payment, "{seen:?} of {total}");
        }
        assert_eq!(Checkout::default().payment(cents(500)), Payment::Quoted);
        assert_eq!(Checkout::default().payment(Cents::ZERO), Payment::None);
    }

    #[test]
    fn events_stop_at_the_limit() {
        let event = |number: usize| EventId::try_from(format!("evt_{number}")).expect("an id");
        let mut checkout = Checkout::default();
        for number in 0..=EVENTS_MAX {
            checkout = checkout.noted(event(number)).noted(event(number));
        }
        assert_eq!((checkout.events.len(), checkout.holds()), (EVENTS_MAX, true));
        assert_eq!((checkout.events.first(), checkout.events.last()), (Some(&event(1)), Some(&event(EVENTS_MAX))));
    }
}
