//! The desktop app's shell: the window, its commands, and the state behind them.
//!
//! Commands are thin: each parses its arguments, calls one function and maps the error to a [`UiError`].

use std::time::Instant;

use anyhow::Context as _;
use tauri::Manager as _;

mod attach;
mod catalogue;
mod check;
mod clipboard;
mod clock;
pub mod commands;
#[cfg(test)]
mod desk;
mod diagnostics;
mod draft;
mod events;
mod firm_key;
mod following;
mod lists;
mod locking;
mod managed;
mod memory;
mod moving;
mod picker;
mod policy;
mod retention;
mod revoking;
mod rotating;
mod sending;
mod session;
mod state;
mod trash;
mod ui_error;
pub mod view;
mod webview;

pub use state::{Browse, ConnectKeyring, Mode, Places, Shell};
pub use ui_error::{UiError, UiErrorCode};

#[cfg(test)]
mod bindings;

/// The commands by name, in the order in which they are registered. Each has a permission of its own in
/// `src-tauri/permissions/app.toml`, and the main window's capability grants them one by one.
pub const COMMANDS: &[&str] = &[
    "app_info",
    "painted",
    "open_vault",
    "vault_state",
    "create_vault",
    "lock_vault",
    "unlock_vault",
    "unlock_with_words",
    "unlock_with_firm_key",
    "rotate_key",
    "set_passphrase",
    "remove_passphrase",
    "make_kit",
    "confirm_kit",
    "save_kit",
    "lock_settings",
    "set_lock_minutes",
    "touched",
    "copied_sensitive",
    "diagnostics",
    "policy",
    "export",
    "pick_import",
    "open_import",
    "import_drafts",
    "restore_vault",
    "cancel_move",
    "forget_import",
    "confirm_restored",
    "watch",
    "answer_close",
    "services",
    "counts",
    "orders",
    "start_draft",
    "open_draft",
    "save_answer",
    "reveal_answer",
    "add_row",
    "remove_row",
    "restore_row",
    "discard_draft",
    "restore_draft",
    "empty_trash",
    "undo_change",
    "redo_change",
    "history",
    "restore_version",
    "review_draft",
    "submit_draft",
    "outbox",
    "take_back",
    "send_now",
    "pay_order",
    "check_order",
    "save_returned",
    "connection",
    "pick_files",
    "drops_go_to",
    "cancel_file",
    "remove_file",
    "restore_file",
];

/// Opens the window and returns when it is closed.
///
/// # Errors
/// Fails where the system offers no web view or no screen, or will not keep memory out of crash dumps.
pub fn run() -> anyhow::Result<()> {
    memory::overwrite_freed();
    memory::leave_no_dumps().context("core dumps cannot be switched off")?;
    let shell = Shell::new(Instant::now(), Places::of_this_computer())?;
    let app = register(tauri::Builder::default(), shell).build(context())?;
    session::follow(app.handle());
    app.run(|app, event| {
        if let tauri::RunEvent::Ready = event {
            webview::come_back(app);
        }
        if let tauri::RunEvent::Exit = event {
            state::close_soon(app);
        }
    });
    Ok(())
}

/// Registers the commands, the state behind them, and that the window shows nothing but its own page.
#[expect(clippy::too_many_lines, reason = "a list, one command on each line")]
pub fn register<R: tauri::Runtime>(builder: tauri::Builder<R>, shell: Shell) -> tauri::Builder<R> {
    let stay = tauri::plugin::Builder::<R>::new("stay").on_navigation(|_, url| is_own_page(url)).build();
    builder
        .plugin(stay)
        .plugin(tauri_plugin_dialog::init())
        .manage(shell)
        .on_window_event(|window, event| {
            let shell = window.state::<Shell>();
            if let tauri::WindowEvent::DragDrop(event) = event {
                shell.dragged(event);
            }
            if let tauri::WindowEvent::CloseRequested { api, .. } = event
                && shell.holds_close()
            {
                api.prevent_close();
            }
        })
        .invoke_handler(tauri::generate_handler![
            commands::app_info::app_info,
            commands::painted::painted,
            commands::vault::open_vault,
            commands::locking::vault_state,
            commands::locking::create_vault,
            commands::locking::lock_vault,
            commands::locking::unlock_vault,
            commands::locking::unlock_with_words,
            commands::locking::unlock_with_firm_key,
            commands::locking::rotate_key,
            commands::locking::set_passphrase,
            commands::locking::remove_passphrase,
            commands::locking::make_kit,
            commands::locking::confirm_kit,
            commands::locking::save_kit,
            commands::locking::lock_settings,
            commands::locking::set_lock_minutes,
            commands::locking::touched,
            commands::clipboard::copied_sensitive,
            commands::diagnostics::diagnostics,
            commands::diagnostics::policy,
            commands::moving::export,
            commands::moving::pick_import,
            commands::moving::open_import,
            commands::moving::import_drafts,
            commands::moving::restore_vault,
            commands::moving::cancel_move,
            commands::moving::forget_import,
            commands::moving::confirm_restored,
            commands::watch::watch,
            commands::closing::answer_close,
            commands::orders::services,
            commands::orders::counts,
            commands::orders::orders,
            commands::drafts::start_draft,
            commands::drafts::open_draft,
            commands::drafts::save_answer,
            commands::drafts::reveal_answer,
            commands::drafts::add_row,
            commands::drafts::remove_row,
            commands::drafts::restore_row,
            commands::drafts::discard_draft,
            commands::drafts::restore_draft,
            commands::drafts::empty_trash,
            commands::history::undo_change,
            commands::history::redo_change,
            commands::history::history,
            commands::history::restore_version,
            commands::drafts::review_draft,
            commands::sending::submit_draft,
            commands::sending::outbox,
            commands::sending::take_back,
            commands::sending::send_now,
            commands::received::pay_order,
            commands::received::check_order,
            commands::received::save_returned,
            commands::sending::connection,
            commands::files::pick_files,
            commands::files::drops_go_to,
            commands::files::cancel_file,
            commands::files::remove_file,
            commands::files::restore_file,
        ])
}

/// The generator of random bytes: the operating system's. A computer without one cannot be trusted with anything.
pub(crate) fn rng() -> impl rand_core::CryptoRng + Send + 'static {
    rand_core::UnwrapErr(getrandom::SysRng)
}

/// Tells whether an address is that of the app's own page. The content security policy does not hold a page back from going
/// elsewhere, and an address that is asked for can carry what was typed. Under `tauri dev` the page comes from Vite.
fn is_own_page(url: &tauri::Url) -> bool {
    matches!(
        (url.scheme(), url.host_str(), url.port()),
        ("tauri", Some("localhost"), None) | ("http" | "https", Some("tauri.localhost"), None)
    ) || (tauri::is_dev() && url.host_str() == Some("localhost"))
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

#[cfg(test)]
mod tests {
    use super::is_own_page;

    #[test]
    fn only_the_apps_own_page_is_its_own() {
        for (address, own) in [
            ("tauri://localhost/", true),
            ("tauri://localhost/index.html", true),
            ("http://tauri.localhost/", true),
            ("https://tauri.localhost/", true),
            ("tauri://other/", false),
            ("http://tauri.localhost:8080/", false),
            ("http://tauri.localhost.example.com/", false),
            ("http://localhost/", false),
            ("https://example.org/", false),
            ("about:blank", false),
            ("data:text/html,x", false),
            ("file:///etc/hosts", false),
        ] {
            assert_eq!(is_own_page(&address.parse().expect("an address")), own, "{address}");
        }
    }
}
