//! Exports and imports as the window sees them.

use serde::Serialize;

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ExportedView {
    /// Where it is.
    pub path: String,
    /// Bytes.
    pub bytes: u64,
    /// How many orders are in it: drafts, on their way, and received.
    pub orders: u64,
    /// How many attached files are in it.
    pub files: u64,
    /// How many attached files were missing on disk, and so are in it.
    pub missing: u64,
}

/// A file that was picked to be imported, before its secret is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PickedView {
    /// Its name.
    pub name: String,
    /// Whether a passphrase opens it.
    pub by_passphrase: bool,
    /// Whether recovery words open it.
    pub by_words: bool,
}

/// What a file that is to be imported says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ImportView {
    /// Whether it holds a whole vault, and not one draft.
    pub is_vault: bool,
    /// When it was made, in milliseconds since 1970-01-01T00:00:00Z.
    pub made_at_ms: u64,
    /// The version of the Satchel that made it.
    pub satchel: String,
    /// How many drafts are in it; of orders on their way the draft counts too.
    pub drafts: u64,
    /// How many orders are in it that were on their way.
    pub under_way: u64,
    /// How many received orders are in it.
    pub orders: u64,
    /// How many attached files are in it.
    pub files: u64,
    /// Bytes of the file.
    pub bytes: u64,
    /// Whether all of it can be restored here, since there is nothing here yet.
    pub can_restore: bool,
    /// Whether a vault that is restored here opens by a passphrase, which is to be chosen.
    pub asks_passphrase: bool,
}

/// What became of the drafts of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ImportedView {
    /// The orders' ids of those that came in.
    pub came_in: Vec<String>,
    /// How many are here just so.
    pub already_here: usize,
    /// How many are here otherwise, or were submitted from here. What is here stayed.
    pub other_version: usize,
    /// How many were of orders that had been submitted when the file was made.
    pub submitted: usize,
    /// How many this version cannot work with.
    pub not_usable: usize,
    /// How many files of drafts that came in were missing when the file was made.
    pub files_missing: u64,
}
