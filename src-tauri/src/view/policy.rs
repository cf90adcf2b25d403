//! What the organization set, as the settings show it.

use serde::Serialize;

/// What the organization set for this computer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PolicyView {
    /// What was set.
    pub settings: Vec<SettingView>,
    /// Sentences on what could not be read as it should be.
    pub faults: Vec<String>,
    /// How many orders were removed from this computer by retention.
    pub removed: u64,
    /// When the last of them was, in milliseconds since 1970-01-01T00:00:00Z.
    pub removed_at_ms: Option<u64>,
}

/// One setting of the organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SettingView {
    /// Its name, as IT writes it.
    pub name: String,
    /// What it does.
    pub says: String,
    /// Its value.
    pub value: String,
}
