//! The desktop app's shell: the window, its commands, and the state behind them.
//!
//! Commands are thin: each parses its arguments, calls one function and maps the error to a [`UiError`].

use std::time::Instant;

pub mod commands;
mod state;
mod ui_error;

pub use state::{Mode, Shell};
pub use ui_error::{UiError, UiErrorCode};

#[cfg(test)]
mod bindings;

/// The commands by name, in the order in which they are registered. Each has a permission of its own in
/// `src-tauri/permissions/app.toml`; a command without one would be open to every window.
pub const COMMANDS: &[&str] = &["app_info", "painted"];

/// Opens the window and returns when it is closed.
///
/// # Errors
/// Fails where the system offers no web view or no screen.
pub fn run() -> tauri::Result<()> {
    register(tauri::Builder::default(), Shell::new(Instant::now())).run(context())
}

/// Registers the commands and the state behind them.
pub fn register<R: tauri::Runtime>(builder: tauri::Builder<R>, shell: Shell) -> tauri::Builder<R> {
    builder
        .manage(shell)
        .invoke_handler(tauri::generate_handler![commands::app_info::app_info, commands::painted::painted])
}

/// Returns what is compiled in: tauri.conf.json, ui/dist, capabilities and permissions.
///
/// A practice build has an identifier of its own, so it shares no folder and no keyring entry with a real one.
pub fn context<R: tauri::Runtime>() -> tauri::Context<R> {
    let mut context = tauri::generate_context!();
    if Mode::BUILT == Mode::Practice {
        let config = context.config_mut();
        config.identifier.push_str(".practice");
        config.product_name = Some("Satchel practice".to_owned());
    }
    context
}
