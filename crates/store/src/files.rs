//! Files of a vault: read by their owner only, and on disk when a function says so.

use std::fs::{self, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::disk::{self, DiskFile, sync_folder};

/// Writes a file of its own and puts it on disk; what was there under its name is replaced in one step.
pub(crate) fn write_file(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let new = folder.join(format!("{name}.new"));
    let mut file = DiskFile::create(&new)?;
    io::Write::write_all(&mut file, bytes)?;
    file.sync_all()?;
    disk::rename(&new, &folder.join(name))?;
    sync_folder(folder)
}

/// Takes the lock that a file stands for; nothing where somebody else holds it.
pub(crate) fn lock(path: &Path) -> io::Result<Option<DiskFile>> {
    let file = DiskFile::open_or_create(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Removes a file that may not be there.
pub(crate) fn remove_if_there(path: &Path) -> io::Result<()> {
    match disk::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Lists what lies in a folder, by name. Names that are not Unicode are none of ours and are left out.
pub(crate) fn names_in(folder: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if let Ok(name) = entry.file_name().into_string() {
            names.push((name, entry.path()));
        }
    }
    Ok(names)
}
