//! A Satchel without a screen, for tests of what goes on behind the window.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use satchel_store::{InMemoryKeyring, Keyring};
use tauri::ipc::{Channel, InvokeResponseBody};
use tauri::test::{MockRuntime, mock_builder};
use tauri::{App, Manager as _};

use crate::state::{Places, Shell};
use crate::{context, register};

/// How long is waited for what a thread does; far longer than it takes.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(20);

/// A folder for a vault, the double of a keyring, and what the window was told.
pub(crate) struct Desk {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) keyring: Arc<InMemoryKeyring>,
    told: Arc<Mutex<Vec<String>>>,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self { folder, keyring: Arc::new(InMemoryKeyring::new()), told: Arc::default() }
    }

    pub(crate) fn vault(&self) -> std::path::PathBuf {
        self.folder.path().join("vault")
    }

    /// The folder of the organization's policies; there is none until a test makes it.
    pub(crate) fn policies(&self) -> std::path::PathBuf {
        self.folder.path().join("policies")
    }

    /// Starts Satchel with its vault open, and listens to what it tells.
    pub(crate) fn start(&self) -> App<MockRuntime> {
        let keyring = Arc::clone(&self.keyring);
        let places = Places {
            vault: Some(self.vault()),
            keyring: Box::new(move |_| Ok(Box::new(Arc::clone(&keyring)) as Box<dyn Keyring>)),
            picked: None,
            browse: Box::new(|_| Err(std::io::ErrorKind::NotFound.into())),
            policies: Some(self.policies()),
        };
        let shell = Shell::new(Instant::now(), places).expect("the definitions are right");
        let app = register(mock_builder(), shell).build(context()).expect("an app");
        let told = Arc::clone(&self.told);
        app.state::<Shell>().watched_by(Channel::new(move |body| {
            if let InvokeResponseBody::Json(event) = body {
                told.lock().unwrap_or_else(PoisonError::into_inner).push(event);
            }
            Ok(())
        }));
        app.state::<Shell>().open_vault(app.handle()).expect("the vault opens");
        app
    }

    /// Forgets what was told so far.
    pub(crate) fn forget_told(&self) {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Waits until the window was told something that holds a text.
    pub(crate) fn hears(&self, text: &str) -> bool {
        until(|| self.told.lock().unwrap_or_else(PoisonError::into_inner).iter().any(|event| event.contains(text)))
    }
}

/// Waits until something is so.
pub(crate) fn until(mut is_so: impl FnMut() -> bool) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if is_so() {
            return true;
        }
        std::thread::park_timeout(PAUSE);
    }
    false
}
