//! Years and hours, in UTC.

use jiff::{Timestamp as Instant, tz::Offset};
use satchel_terms::Timestamp;

/// The seconds of an hour.
pub(crate) const HOUR_SECONDS: u64 = 60 * 60;

/// Says that a clock tells a time that no calendar of ours has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the clock tells a time beyond the calendar")]
pub(crate) struct NoDate;

/// Returns the last two digits of the year.
pub(crate) fn year(at: Timestamp) -> Result<u8, NoDate> {
    let seconds = i64::try_from(at.seconds()).map_err(|_| NoDate)?;
    let instant = Instant::from_second(seconds).map_err(|_| NoDate)?;
    let date = Offset::UTC.to_datetime(instant);
    u8::try_from(date.year().rem_euclid(100)).map_err(|_| NoDate)
}

/// A whole hour, counted from 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Hour(u64);

impl Hour {
    /// Returns the hour of a time.
    pub(crate) const fn of(at: Timestamp) -> Self {
        Self(at.seconds() / HOUR_SECONDS)
    }

    /// Takes an hour by its number.
    pub(crate) const fn from_number(number: u64) -> Self {
        Self(number)
    }

    /// Returns its number.
    pub(crate) const fn number(self) -> u64 {
        self.0
    }

    /// Returns the hour after it.
    pub(crate) const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Timestamp {
        seconds.try_into().expect("a time")
    }

    #[test]
    fn a_year_has_two_digits_and_ends_in_utc() {
        assert_eq!(year(at(0)), Ok(70));
        assert_eq!(year(at(1_798_761_599)), Ok(26));
        assert_eq!(year(at(1_798_761_600)), Ok(27));
        assert_eq!(year(at(u64::from(u32::MAX) * 1_000_000)), Err(NoDate));
    }

    #[test]
    fn an_hour_is_3600_seconds() {
        assert_eq!(Hour::of(at(3_599)).next(), Hour::of(at(3_600)));
    }
}
