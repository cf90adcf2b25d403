//! Moments: what the caller's clock says.

use std::time::Duration;

use satchel_terms::Timestamp;

/// A moment of the caller's clock: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(u64);

/// The caller's clock. It may be wrong and it may jump: nothing here fails by that, it only waits longer or shorter.
pub trait Clock: Send + Sync {
    /// Returns what the clock says now.
    fn now(&self) -> Moment;
}

impl Moment {
    /// Takes the milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn from_unix_ms(ms: u64) -> Self {
        Self(ms)
    }

    /// Returns the milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn unix_ms(self) -> u64 {
        self.0
    }

    /// Returns the moment so much later.
    #[must_use]
    pub fn after(self, wait: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)))
    }

    /// Returns how long it is from `earlier` to this moment; nothing where this one is the earlier.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

impl From<Timestamp> for Moment {
    fn from(time: Timestamp) -> Self {
        Self(time.seconds().saturating_mul(1_000))
    }
}
