//! The vault as the window hears of it.

use serde::Serialize;

/// What opening the vault found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct VaultView {
    /// Sentences on what was not as it should be: what happened, what is safe, what to do. Mostly empty.
    pub findings: Vec<String>,
}

/// How the vault is, as far as that can be told without opening it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct VaultStateView {
    /// Whether it is open, was locked, or was not opened since Satchel started.
    pub state: LockStateView,
    /// When it was locked, in milliseconds since 1970-01-01T00:00:00Z; none where it is not locked.
    pub locked_at_ms: Option<u64>,
    /// What opens it.
    pub way: WayView,
    /// Whether there is a vault on this computer.
    pub has_vault: bool,
    /// Whether a recovery kit opens it.
    pub has_kit: bool,
    /// Whether the firm's recovery key opens it.
    pub has_firm_recovery: bool,
    /// When the file was made that the vault was restored from, until somebody said that what was restored was looked at; in milliseconds
    /// since 1970-01-01T00:00:00Z. Until then nothing is sent.
    pub restored_from_ms: Option<u64>,
    /// How many orders waited to be sent when it was locked; they go on once it is open.
    pub uploads: usize,
}

/// Whether the vault is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum LockStateView {
    /// It is open.
    Open,
    /// It was locked.
    Locked,
    /// It was not opened since Satchel started.
    Closed,
}

/// What opens the vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum WayView {
    /// The keyring of this computer.
    Keyring,
    /// A passphrase.
    Passphrase,
}

/// A recovery kit that was just made. It opens the vault once it is confirmed.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct KitView {
    /// The words in their order.
    pub words: Vec<String>,
    /// The numbers of the words that are to be typed back, counted from 1.
    pub ask: Vec<usize>,
}

impl std::fmt::Debug for KitView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KitView(..)")
    }
}

/// What making a new vault key did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RotatedView {
    /// Whether the recovery kit opens the vault no more.
    pub kit_fell_away: bool,
    /// How many files of damage from before nobody can read any more.
    pub unreadable: usize,
}

/// After how long without a key or a click the vault locks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LockSettingsView {
    /// Minutes.
    pub minutes: u32,
    /// The fewest minutes that may be chosen.
    pub minutes_min: u32,
    /// The most minutes that may be chosen.
    pub minutes_max: u32,
    /// Whether the organization set these bounds.
    pub managed: bool,
    /// Whether the desktop can tell that the session is locked.
    pub hears_desktop: bool,
    /// Whether a lock also ends the process of the page, overwrites what libraries freed, and empties the clipboard of what is sensitive.
    pub forgets_all: bool,
}
