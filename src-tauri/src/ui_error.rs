//! The one translation of errors for the window.

use serde::Serialize;

/// What went wrong, as the window may branch on it. Nobody matches on the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum UiErrorCode {
    /// A fault of Satchel's own.
    Internal,
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
