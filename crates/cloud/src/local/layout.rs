//! Where things lie in a local store's folder, and how they get there in one step.
//!
//! ```text
//! lock                         held while a process opens the store
//! tmp/{n}/                     unfinished files of one process, which holds tmp/{n}/lock
//! containers/c-{name}/lock     held shared while a blob is read, exclusively while one is changed
//! containers/c-{name}/b-{path, + for /}/
//!     head.json                the blob as it is now (`head`)
//!     data-{revision}          what it holds, unless it is made of blocks
//!     g{generation}/{id}       its blocks by id in hex: staged, or committed if the head names them
//! ```
//!
//! A folder's name is made of a parsed name, letter for letter, so no text from outside is ever part of one.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::{BlobPath, CloudError, ContainerName};

const LOCK: &str = "lock";
const BLOB_PREFIX: &str = "b-";
/// How many processes may have a store open, or have died with it open since it was opened last.
const OPENERS_MAX: u64 = 1_000;

/// The folder of a store that this process has open.
#[derive(Debug)]
pub(crate) struct Layout {
    root: PathBuf,
    own: PathBuf,
    /// Says to other processes that `own` is in use.
    _own_lock: File,
    unfinished: AtomicU64,
}

/// A container that nobody else changes, or, if it was locked to read, that nobody changes.
#[derive(Debug)]
pub(crate) struct Locked {
    folder: PathBuf,
    _lock: File,
}

/// A file that was written and is not in its place. It goes if it is not put there.
#[derive(Debug)]
pub(crate) struct Aside(PathBuf);

/// What a container is locked for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    Read,
    Change,
}

impl Layout {
    pub(crate) fn open(root: PathBuf) -> io::Result<Self> {
        let tmp = root.join("tmp");
        make_folder(&root.join("containers"))?;
        make_folder(&tmp)?;
        let opening = lock_file(&root.join(LOCK))?;
        wait(|| opening.lock())?;
        clear_away(&tmp)?;
        for n in 0..OPENERS_MAX {
            let own = tmp.join(n.to_string());
            match fs::create_dir(&own) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
                Ok(()) => {
                    let own_lock = lock_file(&own.join(LOCK))?;
                    wait(|| own_lock.lock())?;
                    return Ok(Self { root, own, _own_lock: own_lock, unfinished: AtomicU64::new(0) });
                }
            }
        }
        Err(io::ErrorKind::ResourceBusy.into())
    }

    pub(crate) fn make_container(&self, container: &ContainerName) -> io::Result<()> {
        let folder = self.container(container);
        make_folder(&folder)?;
        lock_file(&folder.join(LOCK))?.sync_all()?;
        sync_folder(&folder)?;
        sync_folder(&self.root.join("containers"))
    }

    /// Waits until nobody else has the container.
    pub(crate) fn lock(&self, container: &ContainerName, purpose: Purpose) -> Result<Locked, CloudError> {
        let folder = self.container(container);
        let lock = match OpenOptions::new().read(true).write(true).open(folder.join(LOCK)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(CloudError::NoContainer),
            other => other?,
        };
        match purpose {
            Purpose::Read => wait(|| lock.lock_shared())?,
            Purpose::Change => wait(|| lock.lock())?,
        }
        Ok(Locked { folder, _lock: lock })
    }

    /// Writes a file that is on disk, and is nowhere that anything looks.
    pub(crate) fn write_aside(&self, bytes: &[u8]) -> io::Result<Aside> {
        let aside = Aside(self.own.join(self.unfinished.fetch_add(1, Ordering::Relaxed).to_string()));
        let mut file = own_file().write(true).create_new(true).open(&aside.0)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        Ok(aside)
    }

    fn container(&self, container: &ContainerName) -> PathBuf {
        self.root.join("containers").join(format!("c-{container}"))
    }
}

impl Aside {
    /// Puts the file in its place, over what may be there, in one step that is on disk.
    pub(crate) fn put(self, folder: &Path, name: &str) -> io::Result<()> {
        make_lasting_folder(folder)?;
        fs::rename(&self.0, folder.join(name))?;
        sync_folder(folder)
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        // After `put` there is nothing; what stays otherwise is cleared away when the store is opened next.
        drop(fs::remove_file(&self.0));
    }
}

impl Drop for Layout {
    fn drop(&mut self) {
        // What is left is cleared away when the store is opened next.
        drop(fs::remove_dir_all(&self.own));
    }
}

impl Locked {
    pub(crate) fn blob(&self, path: &BlobPath) -> PathBuf {
        self.folder.join(blob_folder(path))
    }

    /// Returns the paths that have a folder, in no order.
    pub(crate) fn paths(&self) -> io::Result<impl Iterator<Item = io::Result<BlobPath>>> {
        let path = |name: &std::ffi::OsStr| {
            let encoded = name.to_str()?.strip_prefix(BLOB_PREFIX)?;
            encoded.replace('+', "/").parse().ok()
        };
        let entries = fs::read_dir(&self.folder)?;
        Ok(entries.filter_map(move |entry| match entry {
            Ok(entry) => path(&entry.file_name()).map(Ok),
            Err(error) => Some(Err(error)),
        }))
    }
}

fn blob_folder(path: &BlobPath) -> String {
    format!("{BLOB_PREFIX}{}", path.as_str().replace('/', "+"))
}

/// Removes what processes left behind that are gone.
fn clear_away(tmp: &Path) -> io::Result<()> {
    for entry in fs::read_dir(tmp)? {
        let folder = entry?.path();
        match lock_file(&folder.join(LOCK)).map(|lock| lock.try_lock()) {
            Ok(Ok(())) => missing_is_fine(fs::remove_dir_all(&folder))?,
            Ok(Err(TryLockError::WouldBlock)) => {}
            Ok(Err(TryLockError::Error(error))) => return Err(error),
            Err(error) => missing_is_fine(Err(error))?,
        }
    }
    Ok(())
}

/// A process that ends removes its own folder, maybe while another looks at it.
fn missing_is_fine(outcome: io::Result<()>) -> io::Result<()> {
    outcome.or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })
}

fn lock_file(path: &Path) -> io::Result<File> {
    own_file().write(true).create(true).truncate(false).open(path)
}

/// Waits for a lock also where a signal comes between.
fn wait(lock: impl Fn() -> io::Result<()>) -> io::Result<()> {
    loop {
        match lock() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

/// Options for a file that only its owner reads.
pub(crate) fn own_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes a folder that only its owner enters.
fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Makes a folder, with those above it, whose names are on disk.
fn make_lasting_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    if let Some(parent) = folder.parent() {
        make_lasting_folder(parent)?;
        make_folder(folder)?;
        sync_folder(parent)?;
    }
    Ok(())
}

/// Brings the names in a folder to disk. Windows has no such call and keeps names by itself.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
