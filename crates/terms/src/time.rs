//! Moments in the formats.

use serde::{Deserialize, Serialize};

use crate::json::INTEGER_MAX;

/// A `NumericDate` (RFC 7519): whole seconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct Timestamp(u64);

/// Says that a number of seconds lies beyond what a format holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a time has at most 2^53 - 1 seconds")]
pub struct TimestampError;

impl Timestamp {
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self(0);

    /// Takes what a clock said, in milliseconds since 1970-01-01T00:00:00Z. A clock beyond what a format holds is taken as its
    /// last moment.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        let seconds = millis / 1000;
        Self(if seconds <= INTEGER_MAX { seconds } else { INTEGER_MAX })
    }

    /// Returns the seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn seconds(self) -> u64 {
        self.0
    }
}

impl TryFrom<u64> for Timestamp {
    type Error = TimestampError;

    fn try_from(seconds: u64) -> Result<Self, TimestampError> {
        if seconds <= INTEGER_MAX { Ok(Self(seconds)) } else { Err(TimestampError) }
    }
}

impl From<Timestamp> for u64 {
    fn from(time: Timestamp) -> u64 {
        time.0
    }
}
