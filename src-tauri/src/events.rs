//! What the shell tells the window without being asked.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tauri::ipc::Channel;

use crate::view::files::ShellEvent;

/// The channel to the window that watches, once there is one, and what it is to hear first.
#[derive(Default)]
pub(crate) struct Events(Mutex<Told>);

#[derive(Default)]
struct Told {
    window: Option<Channel<ShellEvent>>,
    kept: Vec<ShellEvent>,
}

impl Events {
    /// Tells a window from now on, and first what was kept for it.
    pub(crate) fn to(&self, channel: Channel<ShellEvent>) {
        let mut told = self.told();
        for event in std::mem::take(&mut told.kept) {
            channel.send(event).ok();
        }
        told.window = Some(channel);
    }

    /// Tells whether a window watches.
    pub(crate) fn is_watched(&self) -> bool {
        self.told().window.is_some()
    }

    /// Tells what happened. Nobody hears it where no window watches, and a window that is gone needs to hear nothing.
    pub(crate) fn tell(&self, event: ShellEvent) {
        if let Some(channel) = &self.told().window {
            channel.send(event).ok();
        }
    }

    /// Tells what must be heard: where no window watches yet, the next one hears it.
    pub(crate) fn tell_surely(&self, event: ShellEvent) {
        let mut told = self.told();
        match &told.window {
            Some(channel) => drop(channel.send(event)),
            None => told.kept.push(event),
        }
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Events {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Events")
    }
}
