//! What the commands share.

use std::time::{Duration, Instant};

use serde::Serialize;

/// The two edges that a build can have; the code between them is the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Mode {
    /// A sample firm on this computer; nothing leaves it.
    Practice,
    /// A firm's provider on Azure.
    Azure,
}

impl Mode {
    /// The mode of this build. It is compiled in, so no setting can make a release a practice build.
    pub const BUILT: Mode = if cfg!(feature = "practice") { Mode::Practice } else { Mode::Azure };
}

/// The running app as its commands see it.
#[derive(Debug)]
pub struct Shell {
    started: Instant,
}

impl Shell {
    /// Starts with the moment at which the process began.
    #[must_use]
    pub fn new(started: Instant) -> Self {
        Self { started }
    }

    /// Returns how long the process has run.
    #[must_use]
    pub fn running_for(&self) -> Duration {
        self.started.elapsed()
    }
}
