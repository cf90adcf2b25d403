//! What a vault did to the disk, step by step, for tests that reckon what a power cut may leave of it.

use std::cell::RefCell;
use std::panic::Location;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// One change of the disk, or the wait until changes are on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DiskStep {
    /// A folder was made.
    FolderMade(PathBuf),
    /// A file was opened for writing.
    FileOpened {
        /// The file.
        path: PathBuf,
        /// Names the open file in later steps.
        handle: usize,
        /// Whether opening made it.
        made: bool,
    },
    /// Bytes were written.
    Wrote {
        /// The open file.
        handle: usize,
        /// Where.
        offset: u64,
        /// What.
        bytes: Vec<u8>,
    },
    /// A file was cut or lengthened.
    LengthSet {
        /// The open file.
        handle: usize,
        /// Its bytes since.
        length: u64,
    },
    /// What was written to a file was put on disk.
    FileSynced {
        /// The open file.
        handle: usize,
        /// Where in the sources.
        by: &'static Location<'static>,
    },
    /// The names in a folder were put on disk.
    FolderSynced {
        /// The folder.
        path: PathBuf,
        /// Where in the sources.
        by: &'static Location<'static>,
    },
    /// A file or folder got another name.
    Renamed {
        /// Its name before.
        from: PathBuf,
        /// Its name since.
        to: PathBuf,
    },
    /// A file, or a folder with all that was in it, was removed.
    Removed(PathBuf),
}

/// The steps of everything that this thread does to vaults while it lives. Files that were opened meanwhile are watched to their end.
/// Nothing is put on the real disk, so that thousands of small vaults are written and read in seconds.
#[derive(Debug)]
pub struct DiskLog(Arc<Mutex<Steps>>);

#[derive(Debug, Default)]
struct Steps {
    steps: Vec<DiskStep>,
    handles: usize,
}

thread_local! {
    static WATCHED: RefCell<Option<Arc<Mutex<Steps>>>> = const { RefCell::new(None) };
}

impl DiskLog {
    /// Begins to watch this thread.
    #[must_use]
    pub fn begin() -> Self {
        let steps = Arc::<Mutex<Steps>>::default();
        WATCHED.set(Some(Arc::clone(&steps)));
        Self(steps)
    }

    /// Returns how many steps there were so far.
    #[must_use]
    pub fn count(&self) -> usize {
        with(&self.0, |log| log.steps.len())
    }

    /// Ends watching and returns the steps.
    #[must_use]
    pub fn end(self) -> Vec<DiskStep> {
        with(&self.0, |log| std::mem::take(&mut log.steps))
    }
}

impl Drop for DiskLog {
    fn drop(&mut self) {
        WATCHED.set(None);
    }
}

fn with<T>(steps: &Mutex<Steps>, work: impl FnOnce(&mut Steps) -> T) -> T {
    work(&mut steps.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Notes a step if this thread is watched, and tells whether it is.
fn note(step: impl FnOnce() -> DiskStep) -> bool {
    WATCHED.with_borrow(|watched| match watched {
        None => false,
        Some(steps) => {
            with(steps, |log| log.steps.push(step()));
            true
        }
    })
}

/// A file that is watched, on whatever thread it is written to.
#[derive(Debug)]
pub(crate) struct WatchedFile {
    steps: Arc<Mutex<Steps>>,
    handle: usize,
}

impl WatchedFile {
    fn note(&self, step: DiskStep) {
        with(&self.steps, |log| log.steps.push(step));
    }

    pub(crate) fn wrote(&self, offset: u64, bytes: &[u8]) {
        self.note(DiskStep::Wrote { handle: self.handle, offset, bytes: bytes.to_vec() });
    }
}

pub(crate) fn opened(path: &Path, was_there: bool) -> Option<WatchedFile> {
    WATCHED.with_borrow(|watched| {
        watched.as_ref().map(|steps| {
            let handle = with(steps, |log| {
                log.handles += 1;
                let handle = log.handles;
                log.steps.push(DiskStep::FileOpened { path: path.to_owned(), handle, made: !was_there });
                handle
            });
            WatchedFile { steps: Arc::clone(steps), handle }
        })
    })
}

pub(crate) fn length_set(file: Option<&WatchedFile>, length: u64) {
    if let Some(file) = file {
        file.note(DiskStep::LengthSet { handle: file.handle, length });
    }
}

#[track_caller]
pub(crate) fn file_synced(file: Option<&WatchedFile>) -> bool {
    let by = Location::caller();
    file.is_some_and(|file| {
        file.note(DiskStep::FileSynced { handle: file.handle, by });
        true
    })
}

#[track_caller]
pub(crate) fn folder_synced(path: &Path) -> bool {
    let by = Location::caller();
    note(|| DiskStep::FolderSynced { path: path.to_owned(), by })
}

pub(crate) fn folder_made(path: &Path) {
    note(|| DiskStep::FolderMade(path.to_owned()));
}

pub(crate) fn renamed(from: &Path, to: &Path) {
    note(|| DiskStep::Renamed { from: from.to_owned(), to: to.to_owned() });
}

pub(crate) fn removed(path: &Path) {
    note(|| DiskStep::Removed(path.to_owned()));
}
