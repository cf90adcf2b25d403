//! A window without a screen, and commands asked in it.

use std::time::Instant;

use satchel_app::Shell;
use serde_json::Value;
use tauri::ipc::{CallbackFn, InvokeBody};
use tauri::test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder};
use tauri::webview::InvokeRequest;
use tauri::{App, Context, Manager as _, WebviewWindow, WebviewWindowBuilder};

/// Where the window's own page comes from.
pub(crate) const OWN_PAGE: &str = if cfg!(windows) { "http://tauri.localhost" } else { "tauri://localhost" };

/// Starts Satchel with a context: its own one, or one of a test.
pub(crate) fn start(context: Context<MockRuntime>) -> tauri::Result<App<MockRuntime>> {
    satchel_app::register(mock_builder(), Shell::new(Instant::now())).build(context)
}

/// Opens the window of that label, unless Satchel has it already.
pub(crate) fn open(app: &App<MockRuntime>, label: &str) -> tauri::Result<WebviewWindow<MockRuntime>> {
    match app.get_webview_window(label) {
        Some(window) => Ok(window),
        None => WebviewWindowBuilder::new(app, label, tauri::WebviewUrl::default()).build(),
    }
}

/// Asks for a command as a page at that address would; an error is what the page would read.
pub(crate) fn ask(window: &WebviewWindow<MockRuntime>, command: &str, page: &str) -> Result<Value, String> {
    let request = InvokeRequest {
        cmd: command.to_owned(),
        callback: CallbackFn(0),
        error: CallbackFn(1),
        url: page.parse().map_err(|error| format!("{page}: {error}"))?,
        body: InvokeBody::Json(serde_json::json!({})),
        headers: tauri::http::HeaderMap::default(),
        invoke_key: INVOKE_KEY.to_owned(),
    };
    match get_ipc_response(window, request) {
        Ok(body) => body.deserialize().map_err(|error| format!("{command} answered no JSON: {error}")),
        Err(Value::String(error)) => Err(error),
        Err(error) => Err(error.to_string()),
    }
}
