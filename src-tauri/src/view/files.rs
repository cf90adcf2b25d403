//! Attached files.

use serde::Serialize;

use super::outbox::{ConnectionView, OutboxItemView};
use crate::UiError;

/// A file of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct FileView {
    /// Its id.
    pub file: String,
    /// Its name, as the order will list it.
    pub name: String,
    /// Bytes.
    pub length: u64,
    /// How far it is.
    pub state: FileStateView,
}

/// How far a file is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum FileStateView {
    /// It is being read and encrypted.
    Sealing {
        /// Bytes done.
        done: u64,
    },
    /// It is on disk, encrypted, and belongs to the draft.
    Sealed {
        /// SHA-256 of what was read, 64 hexadecimal digits.
        sha256: String,
    },
    /// It could not be attached; nothing of it was kept.
    Failed {
        /// Why.
        error: UiError,
    },
}

/// What the shell tells the window without being asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "is", rename_all = "kebab-case", rename_all_fields = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum ShellEvent {
    /// A file of a draft came, moved on or ended.
    File {
        /// The order's id.
        order: String,
        /// The file as it is now.
        file: FileView,
    },
    /// The lists are not what they were.
    Lists,
    /// Something that nobody asked for in the window was not done, such as taking dropped files.
    Refused {
        /// Why.
        error: UiError,
    },
    /// An order on its way moved on.
    Outbox {
        /// The order as it is now.
        item: OutboxItemView,
    },
    /// Something new is known of a received order: its payment, its log, or when the provider last answered.
    Order {
        /// The order's id.
        order: String,
    },
    /// The provider came, or went.
    Connection {
        /// How it is now.
        connection: ConnectionView,
    },
    /// Something in the vault is not as it should be, and was found behind the open window.
    Found {
        /// What happened, what is safe, what to do.
        finding: String,
    },
    /// The vault was locked. The window forgets all that it shows.
    Locked {
        /// When, in milliseconds since 1970-01-01T00:00:00Z.
        at_ms: u64,
    },
    /// The window is to close. It saves what was typed and answers by `answer_close`.
    Closing,
    /// An export or import moved on.
    Moved {
        /// Bytes that are done.
        bytes: u64,
        /// All of them; 0 while they are being counted.
        bytes_total: u64,
    },
    /// Files are held over the window, or not any more.
    Dragging {
        /// Whether they are.
        over: bool,
    },
}
