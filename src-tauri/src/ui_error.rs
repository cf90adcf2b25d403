//! The one translation of errors for the window.

use serde::Serialize;

/// What went wrong, as the window may branch on it. Nobody matches on the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum UiErrorCode {
    /// A fault of Satchel's own.
    Internal,
    /// Another window of Satchel has the vault open.
    VaultInUse,
    /// The vault's folder cannot be read or written.
    VaultUnreachable,
    /// The vault, or the file of its keys, is damaged or belongs to another.
    VaultDamaged,
    /// The vault was written by a newer version.
    VaultNewer,
    /// This computer offers no keyring.
    KeyringMissing,
    /// The keyring is locked, or access was refused.
    KeyringLocked,
    /// The keyring answers and holds no key of this vault.
    KeyringEmpty,
    /// A change is not on disk.
    NotSaved,
    /// An answer has more than fits.
    TooLong,
    /// An answer holds characters that are never stored.
    Refused,
    /// What was asked for is not there any more.
    Gone,
    /// A file could not be attached.
    FileRefused,
}

/// An error as a command answers it: what happened, what is safe, what to do next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[error("{message}")]
pub struct UiError {
    code: UiErrorCode,
    message: String,
}

impl UiError {
    /// A fault of Satchel's own; the sentence is fixed, so it can give nothing away.
    #[must_use]
    pub fn internal() -> Self {
        Self {
            code: UiErrorCode::Internal,
            message: "Satchel ran into a fault of its own. What was saved is safe. Close Satchel and open it again."
                .to_owned(),
        }
    }
}
