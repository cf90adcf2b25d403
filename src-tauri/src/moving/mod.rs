//! Moving and backing up: everything, or one draft, in one encrypted file; and back from one.

mod beside;
mod export;
mod import;

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use satchel_seal::{ChosenPassphrase, Passphrase, RecoveryWords};
use satchel_store::{ExportSecret, Import, TransferProgress};

use crate::events::Events;
use crate::ui_error::UiError;
use crate::view::files::ShellEvent;

pub(crate) use beside::{forget_beside, settle_beside};

/// What the name of an export ends in.
const EXTENSION: &str = "satchel";
const STOPPED: &str = "Satchel was locked while something was being exported or imported, which stopped it. Nothing half done was kept, and \
     everything in Satchel is safe. Begin it again.";
/// How often the window is told how far it is.
const TELL: Duration = Duration::from_millis(100);

/// What is being moved, and the file that was picked to be imported.
#[derive(Debug)]
pub(crate) struct Moving {
    events: Arc<Events>,
    /// Set while something is moved; true once it is to stop.
    running: Mutex<Option<Arc<AtomicBool>>>,
    picked: Mutex<Option<Picked>>,
    /// What is to open the file that is about to be written, while its user says where. A lock forgets it.
    keys: Mutex<Option<FileKeys>>,
    /// Whether a lock stopped what was being moved, and nobody was told yet.
    was_stopped: AtomicBool,
}

/// A file that was picked, and what was opened of it.
struct Picked {
    path: PathBuf,
    import: Option<Import>,
}

impl std::fmt::Debug for Picked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Picked({})", self.import.is_some())
    }
}

impl Moving {
    pub(crate) fn new(events: Arc<Events>) -> Self {
        Self {
            events,
            running: Mutex::default(),
            picked: Mutex::default(),
            keys: Mutex::default(),
            was_stopped: AtomicBool::new(false),
        }
    }

    /// Stops what is being moved. Nothing half done is kept.
    pub(crate) fn cancel(&self) {
        if let Some(stop) = &*self.running() {
            stop.store(true, Ordering::Relaxed);
        }
    }

    /// Hears that the vault was locked: stops what is being moved, and forgets the file that was picked, whose key is in memory.
    pub(crate) fn locked(&self) {
        if self.is_running() {
            self.was_stopped.store(true, Ordering::Relaxed);
        }
        self.cancel();
        self.forget();
        *self.keys() = None;
    }

    /// Returns the sentence on what a lock stopped, once.
    pub(crate) fn stopped(&self) -> Option<String> {
        self.was_stopped.swap(false, Ordering::Relaxed).then(|| STOPPED.to_owned())
    }

    /// Tells whether something is being moved.
    pub(crate) fn is_running(&self) -> bool {
        self.running().is_some()
    }

    /// Forgets the file that was picked.
    pub(crate) fn forget(&self) {
        *self.picked() = None;
    }

    /// Begins to move something; one at a time.
    fn begin(&self) -> Result<Move<'_>, UiError> {
        let mut running = self.running();
        if running.is_some() {
            return Err(UiError::moving());
        }
        let stop = Arc::new(AtomicBool::new(false));
        *running = Some(Arc::clone(&stop));
        Ok(Move { moving: self, stop, told: None })
    }

    fn running(&self) -> MutexGuard<'_, Option<Arc<AtomicBool>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keys(&self) -> MutexGuard<'_, Option<FileKeys>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn picked(&self) -> MutexGuard<'_, Option<Picked>> {
        self.picked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Something that is being moved, until it is dropped.
struct Move<'a> {
    moving: &'a Moving,
    stop: Arc<AtomicBool>,
    told: Option<Instant>,
}

impl Move<'_> {
    /// Tells the window how far it is, and answers whether to go on.
    fn progressed(&mut self, TransferProgress { bytes, bytes_total }: TransferProgress) -> ControlFlow<()> {
        if self.stop.load(Ordering::Relaxed) {
            return ControlFlow::Break(());
        }
        if self.told.is_none_or(|told| told.elapsed() >= TELL) {
            self.told = Some(Instant::now());
            self.moving.events.tell(ShellEvent::Moved { bytes, bytes_total });
        }
        ControlFlow::Continue(())
    }
}

impl Drop for Move<'_> {
    fn drop(&mut self) {
        *self.moving.running() = None;
    }
}

/// A secret for a file, as the user typed it.
pub(crate) enum FileSecret {
    Passphrase(Passphrase),
    Words(RecoveryWords),
}

impl FileSecret {
    /// Reads the one that was typed.
    pub(crate) fn typed(passphrase: Option<&str>, words: Option<&str>) -> Result<Self, UiError> {
        match (passphrase, words) {
            (_, Some(words)) => Ok(Self::Words(RecoveryWords::typed(words)?)),
            (passphrase, None) => Ok(Self::Passphrase(Passphrase::typed(passphrase.unwrap_or_default())?)),
        }
    }

    const fn for_file(&self) -> ExportSecret<'_> {
        match self {
            Self::Passphrase(passphrase) => ExportSecret::Passphrase(passphrase),
            Self::Words(words) => ExportSecret::RecoveryWords(words),
        }
    }
}

/// What is to open a new file, as the user typed it.
pub(crate) struct FileKeys {
    passphrase: Option<ChosenPassphrase>,
    words: Option<RecoveryWords>,
}

impl std::fmt::Debug for FileKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FileKeys")
    }
}

impl FileKeys {
    pub(crate) fn typed(passphrase: Option<&str>, words: Option<&str>) -> Result<Self, UiError> {
        Ok(Self {
            passphrase: passphrase.map(ChosenPassphrase::new).transpose()?,
            words: words.map(RecoveryWords::typed).transpose()?,
        })
    }

    const fn are_none(&self) -> bool {
        self.passphrase.is_none() && self.words.is_none()
    }
}
