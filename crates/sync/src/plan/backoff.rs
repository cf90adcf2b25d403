//! How long to wait.

use std::time::Duration;

/// The longest first wait; it doubles with every failure in a row.
pub const BACKOFF_BASE: Duration = Duration::from_secs(2);
/// The longest wait that nobody asked for.
pub const BACKOFF_MAX: Duration = Duration::from_secs(300);
/// The longest wait that a server may ask for.
pub const RETRY_AFTER_MAX: Duration = Duration::from_secs(3_600);

/// Returns how long to wait after so many failures in a row: half of it for certain, half by chance, so that many
/// desktops do not come back at once.
pub(super) fn backoff(failures: u32, random: u32) -> Duration {
    let doublings = failures.saturating_sub(1).min(16);
    let longest = BACKOFF_BASE.saturating_mul(1 << doublings).min(BACKOFF_MAX);
    longest / 2 + spread(longest / 2, random)
}

/// Returns how long to wait where the server asked for it: that, within bounds, and a little more by chance.
pub(super) fn retry_after(asked: Duration, random: u32) -> Duration {
    asked.min(RETRY_AFTER_MAX) + spread(BACKOFF_BASE, random)
}

/// Returns a part of `whole`, from nothing to nearly all of it.
fn spread(whole: Duration, random: u32) -> Duration {
    let nanos = whole.as_nanos().saturating_mul(u128::from(random)) >> 32;
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_their_bound() {
        let secs = Duration::from_secs;
        for (failures, shortest) in [(1, 1), (2, 2), (3, 4), (8, 128), (9, 150), (10, 150), (u32::MAX, 150)] {
            assert_eq!(backoff(failures, 0), secs(shortest), "{failures}");
            let longest = backoff(failures, u32::MAX);
            assert!(longest > secs(shortest) && longest <= secs(2 * shortest), "{failures}: {longest:?}");
        }
    }

    #[test]
    fn the_server_is_obeyed_within_bounds() {
        assert_eq!(retry_after(Duration::from_secs(7), 0), Duration::from_secs(7));
        assert_eq!(retry_after(RETRY_AFTER_MAX, 0), RETRY_AFTER_MAX);
        assert_eq!(retry_after(RETRY_AFTER_MAX + Duration::from_secs(1), 0), RETRY_AFTER_MAX);
        assert!(retry_after(Duration::ZERO, u32::MAX) < BACKOFF_BASE);
    }
}
