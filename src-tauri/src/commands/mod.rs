//! What the window may ask for: one file for each group of commands.

pub mod app_info;
pub mod clipboard;
pub mod closing;
pub mod diagnostics;
pub mod drafts;
pub mod files;
pub mod history;
pub mod locking;
pub mod moving;
pub mod orders;
pub mod painted;
pub mod received;
pub mod sending;
pub mod vault;
pub mod watch;
