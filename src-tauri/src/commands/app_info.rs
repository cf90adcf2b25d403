//! What this installation is.

use serde::Serialize;

use crate::state::Mode;

/// Version, mode and firm of this installation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct AppInfo {
    /// The version as in Cargo.toml.
    pub version: String,
    /// What the edges of this build are.
    pub mode: Mode,
    /// The firm's name, once a verified bundle binds this desktop to one.
    pub firm: Option<String>,
}

/// Returns what this installation is.
#[tauri::command]
pub fn app_info() -> AppInfo {
    AppInfo { version: env!("CARGO_PKG_VERSION").to_owned(), mode: Mode::BUILT, firm: None }
}
