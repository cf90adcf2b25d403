//! The vault as the window hears of it.

use serde::Serialize;

/// What opening the vault found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct VaultView {
    /// Sentences on what was not as it should be: what happened, what is safe, what to do. Mostly empty.
    pub findings: Vec<String>,
}
