//! The web view's own process, which held whatever was on the screen.

use tauri::{AppHandle, Manager as _, Runtime};

/// Ends the process behind the window and shows the page in a new one. What it remembered goes with it; a page that is only loaded anew
/// leaves text in what it freed.
#[cfg(target_os = "linux")]
pub(crate) fn renew<R: Runtime>(app: &AppHandle<R>) {
    use webkit2gtk::WebViewExt as _;

    for window in app.webview_windows().into_values() {
        let renewed = window.with_webview(|view| {
            let view = view.inner();
            view.terminate_web_process();
            view.reload();
        });
        // A window that is closing has no view any more, and so nothing to forget.
        renewed.ok();
    }
}

/// Does nothing: the page loads itself anew when it hears of the lock.
#[cfg(not(target_os = "linux"))]
pub(crate) fn renew<R: Runtime>(_: &AppHandle<R>) {}
