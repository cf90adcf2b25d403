//! Who gets no answer, and to what.

use satchel_app::{COMMANDS, context};

use crate::window::{OWN_PAGE, ask, open, start};

/// Asserts that Tauri refused by its access list. A command that was reached and failed would say something else.
fn assert_refused(answer: &Result<serde_json::Value, String>, what: &str) {
    let refused = answer.as_ref().is_err_and(|error| error.contains("not allowed"));
    assert!(refused, "{what}: {answer:?}");
}

#[test]
fn another_window_is_refused() {
    let app = start(context()).unwrap();
    open(&app, "main").unwrap();
    for label in ["other", "main2", "Main"] {
        let other = open(&app, label).unwrap();
        for command in COMMANDS {
            assert_refused(&ask(&other, command, OWN_PAGE), &format!("{command} in the window {label}"));
        }
    }
}

#[test]
fn another_page_in_the_window_is_refused() {
    let app = start(context()).unwrap();
    let window = open(&app, "main").unwrap();
    for page in [
        "https://example.org/",
        "http://127.0.0.1:8080/",
        "http://localhost:5173/",
        "https://tauri.localhost/",
        "https://localhost/",
        "tauri://other/",
        "tauri://localhost.example.org/",
        "ipc://localhost/",
        "file:///etc/hostname",
        "about:blank",
        "data:text/html,x",
    ] {
        for command in COMMANDS {
            assert_refused(&ask(&window, command, page), &format!("{command} from {page}"));
        }
    }
}

/// One or more commands of each plugin that Tauri brings along.
#[test]
fn commands_of_tauri_are_refused() {
    let app = start(context()).unwrap();
    let window = open(&app, "main").unwrap();
    for command in [
        "plugin:app|app_hide",
        "plugin:app|default_window_icon",
        "plugin:app|set_app_theme",
        "plugin:app|version",
        "plugin:event|emit",
        "plugin:event|emit_to",
        "plugin:event|listen",
        "plugin:event|unlisten",
        "plugin:image|from_bytes",
        "plugin:image|from_path",
        "plugin:menu|new",
        "plugin:menu|popup",
        "plugin:path|join",
        "plugin:path|resolve_directory",
        "plugin:resources|close",
        "plugin:tray|new",
        "plugin:webview|clear_all_browsing_data",
        "plugin:webview|create_webview_window",
        "plugin:webview|internal_toggle_devtools",
        "plugin:webview|print",
        "plugin:webview|set_webview_zoom",
        "plugin:window|close",
        "plugin:window|create",
        "plugin:window|destroy",
        "plugin:window|internal_toggle_maximize",
        "plugin:window|set_content_protected",
        "plugin:window|set_title",
        "plugin:window|start_dragging",
    ] {
        assert_refused(&ask(&window, command, OWN_PAGE), command);
    }
}

#[test]
fn unknown_commands_are_refused() {
    let app = start(context()).unwrap();
    let window = open(&app, "main").unwrap();
    for command in
        ["", "no_such_command", "App_info", "app_info ", "plugin:", "plugin:shell|open", "plugin:app_info|app_info"]
    {
        assert_refused(&ask(&window, command, OWN_PAGE), command);
    }
}
