//! What the shell tells the window without being asked.

use std::sync::{Mutex, PoisonError};

use tauri::ipc::Channel;

use crate::view::files::ShellEvent;

/// The channel to the window that watches, once there is one.
#[derive(Default)]
pub(crate) struct Events(Mutex<Option<Channel<ShellEvent>>>);

impl Events {
    /// Tells a window from now on.
    pub(crate) fn to(&self, channel: Channel<ShellEvent>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(channel);
    }

    /// Tells whether a window watches.
    pub(crate) fn is_watched(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Tells what happened. Nobody hears it where no window watches, and a window that is gone needs to hear nothing.
    pub(crate) fn tell(&self, event: ShellEvent) {
        if let Some(channel) = &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            channel.send(event).ok();
        }
    }
}

impl std::fmt::Debug for Events {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Events")
    }
}
