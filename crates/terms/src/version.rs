//! The version that every payload starts with.

use serde::{Deserialize, Serialize};

/// Version 1, the only one so far. A reader refuses others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct V1;

/// Says that a payload is of a version that this program does not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("version {0} of this format is not known")]
pub struct UnknownVersion(u64);

impl TryFrom<u64> for V1 {
    type Error = UnknownVersion;

    fn try_from(version: u64) -> Result<Self, UnknownVersion> {
        if version == 1 { Ok(Self) } else { Err(UnknownVersion(version)) }
    }
}

impl From<V1> for u64 {
    fn from(_: V1) -> u64 {
        1
    }
}
