//! A sensitive answer in the clipboard of the desktop, taken out again after a while.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tauri::{AppHandle, Manager as _, Runtime};
use zeroize::Zeroizing;

use crate::state::Shell;

/// How long something sensitive stays in the clipboard.
const STAYS: Duration = Duration::from_secs(30);
/// Whether Satchel reaches the clipboard of this platform.
pub(crate) const IS_REACHED: bool = cfg!(target_os = "linux");

/// What was copied last of something sensitive.
#[derive(Default)]
pub(crate) struct Copied(Mutex<Copy>);

#[derive(Default)]
struct Copy {
    /// Counts the copies, so that an earlier one does not end a later one's time.
    number: u64,
    text: Option<Zeroizing<String>>,
}

impl std::fmt::Debug for Copied {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Copied")
    }
}

impl Copied {
    fn copy(&self) -> MutexGuard<'_, Copy> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note of a copy, and returns its number.
    fn note(&self, text: Option<&str>) -> u64 {
        let mut copy = self.copy();
        copy.number += 1;
        copy.text = text.map(|text| Zeroizing::new(text.to_owned()));
        copy.number
    }

    /// Returns what was copied and forgets it; nothing where another copy came after that one.
    fn take(&self, number: Option<u64>) -> Option<Zeroizing<String>> {
        let mut copy = self.copy();
        number.is_none_or(|number| number == copy.number).then(|| copy.text.take()).flatten()
    }
}

/// Hears that something sensitive was copied, and takes it out of the clipboard after a while if it is there still.
pub(crate) fn copied<R: Runtime>(app: &AppHandle<R>) {
    let noted = app.clone();
    read(app, move |text| {
        let number = noted.state::<Shell>().copied().note(text);
        let app = noted.clone();
        tauri::async_runtime::spawn(async move {
            tokio::time::sleep(STAYS).await;
            forget(&app, Some(number));
        });
    });
}

/// Takes out of the clipboard what was copied of something sensitive, if it is there still: that copy, or whichever was the last.
pub(crate) fn forget<R: Runtime>(app: &AppHandle<R>, number: Option<u64>) {
    if let Some(text) = app.state::<Shell>().copied().take(number) {
        read(app, move |there| {
            if there == Some(text.as_str()) {
                empty();
            }
        });
    }
}

/// Reads the text in the clipboard, on the thread of the window.
#[cfg(target_os = "linux")]
fn read<R: Runtime>(app: &AppHandle<R>, then: impl FnOnce(Option<&str>) + Send + 'static) {
    let asked = app.run_on_main_thread(move || {
        // Tests have no desktop.
        if gtk::is_initialized_main_thread() {
            gtk::Clipboard::get(&gtk::gdk::SELECTION_CLIPBOARD).request_text(move |_, text| then(text));
        }
    });
    // An app that ends takes its clipboard along.
    asked.ok();
}

#[cfg(target_os = "linux")]
fn empty() {
    gtk::Clipboard::get(&gtk::gdk::SELECTION_CLIPBOARD).set_text("");
}

#[cfg(not(target_os = "linux"))]
fn read<R: Runtime>(_: &AppHandle<R>, _: impl FnOnce(Option<&str>) + Send + 'static) {}

#[cfg(not(target_os = "linux"))]
fn empty() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_copy_has_its_own_time() {
        let copied = Copied::default();
        let first = copied.note(Some("900-12-3456"));
        let second = copied.note(Some("900-65-4321"));
        assert!(copied.take(Some(first)).is_none());
        assert_eq!(copied.take(Some(second)).as_deref().map(String::as_str), Some("900-65-4321"));
        assert!(copied.take(Some(second)).is_none(), "it is forgotten");
        copied.note(Some("900-12-3456"));
        assert!(copied.take(None).is_some(), "a lock takes whatever it is");
    }
}
