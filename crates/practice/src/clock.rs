//! The time, as the operating system tells it.

use std::time::UNIX_EPOCH;

use satchel_cloud::Clock;
use satchel_terms::Timestamp;

/// The system's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "the one place where this program reads the clock")]
        let now = std::time::SystemTime::now();
        // A clock before 1970, or beyond all formats, tells the beginning of time: what it signs has ended.
        let seconds = now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        Timestamp::try_from(seconds).unwrap_or(Timestamp::EPOCH)
    }
}
