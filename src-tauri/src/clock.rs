//! The one place that reads the clock. Everything behind it takes the time as an argument.

use jiff::ZonedDateTime;
use jiff::civil::Date;

/// A moment: what the clock said when a command began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Now {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub(crate) ms: u64,
    /// The date where this computer is.
    pub(crate) today: Date,
}

impl Now {
    /// Reads the clock.
    pub(crate) fn read() -> Self {
        let now = ZonedDateTime::now();
        // A clock before 1970 is wrong, and nothing depends on how wrong.
        Self { ms: u64::try_from(now.timestamp().as_millisecond()).unwrap_or_default(), today: now.date() }
    }
}
