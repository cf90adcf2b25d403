//! The state of the vault's folder.

use serde::Serialize;

/// Where the vault is, how large it is, and what keeps others from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct DiagnosticsView {
    /// The folder.
    pub folder: String,
    /// Bytes of the journal, which holds every record.
    pub journal_bytes: u64,
    /// Bytes of what only makes it quick and may be deleted.
    pub cache_bytes: u64,
    /// Bytes of attached files.
    pub attachments_bytes: u64,
    /// Whether the folder is for its owner alone, and so all that is in it; nothing where the platform does not say it so.
    pub is_private: Option<bool>,
    /// Whether the disk is encrypted.
    pub disk: DiskView,
}

/// Whether the disk that a folder is on is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum DiskView {
    /// The system encrypts it.
    Encrypted,
    /// The system does not encrypt the whole of it. It may encrypt single folders, or the disk itself may encrypt.
    NotFound,
    /// That could not be told.
    Unknown,
}
