//! What the desktop tells of the session: that its screen is locked, and that the computer is about to sleep.

#[cfg(target_os = "linux")]
mod bus;

use tauri::{AppHandle, Manager as _, Runtime};

use crate::state::Shell;

/// Locks the vault with the session and before the computer sleeps, as far as the desktop tells. Without a bus nothing is told.
#[cfg(target_os = "linux")]
pub(crate) fn follow<R: Runtime>(app: &AppHandle<R>) {
    use std::thread;

    let told = |app: AppHandle<R>| {
        move |told: bus::Told| {
            let shell = app.state::<Shell>();
            shell.locking().ask_to_lock();
            if told == bus::Told::Sleeps {
                // The computer waits for it, and not for long.
                shell.wait_until_locked();
            }
        }
    };
    let (of_screen, of_computer) = (app.clone(), app.clone());
    thread::spawn(move || {
        let Ok(connection) = zbus::blocking::Connection::session() else { return };
        of_screen.state::<Shell>().locking().hears_desktop();
        // A bus that goes away tells nothing more; idleness and a clock that jumped still lock.
        drop(bus::hear_screen(&connection, told(of_screen)));
    });
    thread::spawn(move || {
        let Ok(connection) = zbus::blocking::Connection::system() else { return };
        drop(bus::hear_computer(&connection, told(of_computer)));
    });
}

/// Does nothing: neither Windows nor macOS tells a program without code that this project does not allow itself.
#[cfg(not(target_os = "linux"))]
pub(crate) fn follow<R: Runtime>(_: &AppHandle<R>) {}
