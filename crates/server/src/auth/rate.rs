//! How often a person may ask, and how much of the room a firm may take.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use satchel_terms::{PersonId, TenantId, Timestamp};

use crate::server::REQUESTS_AT_ONCE_MAX;

/// The length of a window, in seconds.
const WINDOW_SECONDS: u64 = 60;
/// The most requests of one person in a window: a desktop that sends a hundred orders at once stays below it.
pub(crate) const REQUESTS_PER_WINDOW_MAX: u32 = 600;
/// The most people that are counted in a window; the others are refused until it ends.
const PEOPLE_MAX: usize = 100_000;

/// The most requests of one firm that are worked on at once: half of all, so that one firm that holds on to its requests, such
/// as by bodies that never end, leaves room for the others.
pub(crate) const FIRM_REQUESTS_AT_ONCE_MAX: usize = REQUESTS_AT_ONCE_MAX / 2;

/// Counts the requests of each firm that are worked on, in this process.
#[derive(Debug, Clone, Default)]
pub(crate) struct FirmRoom {
    under_way: Arc<Mutex<HashMap<TenantId, usize>>>,
}

/// A request's place among those of its firm, until it is dropped.
#[derive(Debug)]
pub(crate) struct FirmPlace {
    room: FirmRoom,
    tenant: TenantId,
}

impl FirmRoom {
    /// Takes a place; nothing where the firm has all of its.
    pub(crate) fn enter(&self, tenant: TenantId) -> Option<FirmPlace> {
        let mut under_way = self.under_way();
        let count = under_way.entry(tenant).or_default();
        if *count >= FIRM_REQUESTS_AT_ONCE_MAX {
            return None;
        }
        *count += 1;
        Some(FirmPlace { room: self.clone(), tenant })
    }

    /// Nothing panics while it holds the counts, so a poisoned lock holds whole ones.
    fn under_way(&self) -> MutexGuard<'_, HashMap<TenantId, usize>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for FirmPlace {
    fn drop(&mut self) {
        let mut under_way = self.room.under_way();
        if let Some(count) = under_way.get_mut(&self.tenant) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                under_way.remove(&self.tenant);
            }
        }
    }
}

/// Counts the requests of each person in the current window, in this process.
#[derive(Debug, Default)]
pub(crate) struct RateLimiter {
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    window: u64,
    of: HashMap<(TenantId, PersonId), u32>,
}

impl RateLimiter {
    /// Counts a request, or says how long to wait.
    pub(crate) fn count(&self, person: (TenantId, PersonId), now: Timestamp) -> Result<(), Duration> {
        let window = now.seconds() / WINDOW_SECONDS;
        // A panic cannot leave counts that are wrong in a way that matters.
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.window != window {
            *counts = Counts { window, of: HashMap::new() };
        }
        let full = counts.of.len() >= PEOPLE_MAX;
        let wait = Duration::from_secs(WINDOW_SECONDS - now.seconds() % WINDOW_SECONDS);
        match counts.of.get_mut(&person) {
            Some(count) if *count >= REQUESTS_PER_WINDOW_MAX => Err(wait),
            Some(count) => {
                *count += 1;
                Ok(())
            }
            None if full => Err(wait),
            None => {
                counts.of.insert(person, 1);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(number: u128) -> (TenantId, PersonId) {
        let text = format!("{:08x}-0000-4000-8000-000000000000", number);
        (text.parse().expect("an id"), text.parse().expect("an id"))
    }

    fn at(seconds: u64) -> Timestamp {
        seconds.try_into().expect("a time")
    }

    #[test]
    fn requests_stop_at_the_limit_and_start_with_the_next_window() {
        let limiter = RateLimiter::default();
        for _ in 0..REQUESTS_PER_WINDOW_MAX {
            assert_eq!(limiter.count(person(1), at(90)), Ok(()));
        }
        assert_eq!(limiter.count(person(1), at(90)), Err(Duration::from_secs(30)));
        assert_eq!(limiter.count(person(2), at(119)), Ok(()), "others are not held up");
        assert_eq!(limiter.count(person(1), at(120)), Ok(()));
    }

    #[test]
    fn people_stop_at_the_limit() {
        let limiter = RateLimiter::default();
        for number in 0..PEOPLE_MAX {
            assert_eq!(limiter.count(person(number as u128), at(0)), Ok(()));
        }
        assert_eq!(limiter.count(person(PEOPLE_MAX as u128), at(0)), Err(Duration::from_secs(60)));
        assert_eq!(limiter.count(person(0), at(0)), Ok(()));
    }
}
