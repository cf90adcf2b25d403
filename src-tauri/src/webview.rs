//! The web view's own process, which held whatever was on the screen.

#[cfg(target_os = "linux")]
use std::cell::RefCell;
#[cfg(target_os = "linux")]
use std::time::{Duration, Instant};

use tauri::{AppHandle, Manager as _, Runtime};

/// How often the page is shown again in how long, before a page that ends as soon as it is shown is left alone.
#[cfg(target_os = "linux")]
const COMES_BACK: (usize, Duration) = (5, Duration::from_secs(60));

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

/// Shows the page again in a new process where its own one ended by itself. What was shown as saved is in the vault, which is in this
/// process and stays open.
#[cfg(target_os = "linux")]
pub(crate) fn come_back<R: Runtime>(app: &AppHandle<R>) {
    use webkit2gtk::{WebProcessTerminationReason, WebViewExt as _};

    for window in app.webview_windows().into_values() {
        let followed = window.with_webview(|view| {
            let ends = RefCell::new(Vec::new());
            view.inner().connect_web_process_terminated(move |view, reason| {
                let ended_by_itself = reason != WebProcessTerminationReason::TerminatedByApi;
                if ended_by_itself && is_worth_showing(&mut ends.borrow_mut(), Instant::now()) {
                    view.reload();
                }
            });
        });
        // A window that is closing has no view any more.
        followed.ok();
    }
}

/// Does nothing: the other systems' web views show what happened, and a way to load the page.
#[cfg(not(target_os = "linux"))]
pub(crate) fn come_back<R: Runtime>(_: &AppHandle<R>) {}

/// Notes that a page ended, and tells whether it did so seldom enough to be shown again.
#[cfg(target_os = "linux")]
fn is_worth_showing(ends: &mut Vec<Instant>, now: Instant) -> bool {
    let (most, within) = COMES_BACK;
    ends.retain(|end| now.saturating_duration_since(*end) < within);
    ends.push(now);
    ends.len() <= most
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_ends_again_and_again_is_left_alone_for_a_while() {
        let (most, within) = COMES_BACK;
        let (mut ends, begun) = (Vec::new(), Instant::now());
        let shown = (0..=most).filter(|_| is_worth_showing(&mut ends, begun)).count();
        assert_eq!(shown, most);
        assert!(!is_worth_showing(&mut ends, begun + within / 2));
        assert!(is_worth_showing(&mut ends, begun + within * 2));
    }
}
