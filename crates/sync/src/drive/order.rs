//! What a desktop asks the server about an order that it sent. An answer about another order, with a gap or with more than was
//! asked for is the server's fault. Nothing here is verified yet but that.

use std::num::NonZeroU32;

use reqwest::Method;
use satchel_terms::OrderId;
use satchel_wire::limits::{FEED_ENTRIES_MAX, LOG_ENTRIES_MAX, LOG_SEALED_BYTES_MAX};
use satchel_wire::{CheckoutAnswer, FeedAnswer, LogAnswer, OrderAnswer, ReturnedAnswer, paths};

use super::account::Account;
use super::firm::Unanswered;
use super::remote::Remote;
use super::returned::ReturnedBody;
use super::storage;
use crate::plan::Why;

/// What is no answer to what was asked.
const FAULT: Unanswered = Unanswered::Later(Why::ServerFault);

impl Remote {
    /// Asks what the server knows of an order.
    ///
    /// # Errors
    /// [`Unanswered`].
    pub async fn order(&self, account: &dyn Account, order: OrderId) -> Result<OrderAnswer, Unanswered> {
        let answer: OrderAnswer = self.read(account, &paths::order(order)).await?;
        if answer.order == order { Ok(answer) } else { Err(FAULT) }
    }

    /// Asks for the payment page of an order. Whoever opens it looks first whether it is on the bundle's origin.
    ///
    /// # Errors
    /// [`Unanswered`].
    pub async fn checkout(&self, account: &dyn Account, order: OrderId) -> Result<CheckoutAnswer, Unanswered> {
        self.ask(account, Method::POST, &paths::checkout(order)).await
    }

    /// Asks which of the firm's orders changed behind entry `after` of its feed, 0 for the beginning.
    ///
    /// # Errors
    /// [`Unanswered`].
    pub async fn feed(&self, account: &dyn Account, after: u64) -> Result<FeedAnswer, Unanswered> {
        let answer: FeedAnswer = self.read(account, &paths::feed(after)).await?;
        let follow = answer.entries.iter().map(|entry| entry.n).eq((after..).skip(1).take(answer.entries.len()));
        let ends = answer.next == answer.entries.last().map_or(after, |last| last.n);
        if follow && ends && answer.entries.len() <= FEED_ENTRIES_MAX { Ok(answer) } else { Err(FAULT) }
    }

    /// Asks for the entries of an order's log behind entry `after`, 0 for the beginning. They are sealed.
    ///
    /// # Errors
    /// [`Unanswered`].
    pub async fn log(&self, account: &dyn Account, order: OrderId, after: u32) -> Result<LogAnswer, Unanswered> {
        let answer: LogAnswer = self.read(account, &paths::log(order, after)).await?;
        let numbers = answer.entries.iter().map(|entry| u64::from(entry.number.get()));
        let follow = numbers.eq((u64::from(after) + 1..).take(answer.entries.len()));
        let bytes: usize = answer.entries.iter().map(|entry| entry.sealed.as_bytes().len()).sum();
        let bounded = answer.entries.len() <= LOG_ENTRIES_MAX && bytes <= LOG_SEALED_BYTES_MAX;
        if follow && bounded { Ok(answer) } else { Err(FAULT) }
    }

    /// Begins to read a returned document, as it is sealed, of at most `bytes_max` bytes.
    ///
    /// # Errors
    /// [`Unanswered`].
    pub async fn returned(
        &self,
        account: &dyn Account,
        order: OrderId,
        number: NonZeroU32,
        bytes_max: u64,
    ) -> Result<ReturnedBody, Unanswered> {
        let ticket: ReturnedAnswer = self.read(account, &paths::returned(order, number)).await?;
        if !self.is_ours(&ticket.url) {
            return Err(FAULT);
        }
        ReturnedBody::begin(storage::get_blob(self, &ticket.url).await?, bytes_max)
    }
}
