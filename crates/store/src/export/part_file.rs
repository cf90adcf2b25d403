//! A file that appears under its name only when all of it is on disk.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use crate::disk::{self, DiskFile, sync_folder};
use crate::files::remove_if_there;

/// What the name of the file ends in until it is whole.
const PART: &str = ".part";

/// A file that is being written beside its place. Dropped before it was placed, it is removed.
#[derive(Debug)]
pub(crate) struct PartFile {
    part: PathBuf,
    target: PathBuf,
    /// Closed before it is placed.
    file: Option<DiskFile>,
    is_placed: bool,
}

impl PartFile {
    /// Begins a file that its owner alone reads. What a kill left under its name is removed; one that is being written is not.
    pub(crate) fn create(target: &Path) -> io::Result<Self> {
        let name = target.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
        let part = target.with_file_name([name, PART.as_ref()].into_iter().collect::<OsString>());
        let file = match DiskFile::create_new(&part) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                // A link would lead elsewhere, so nothing is opened that is no file.
                if std::fs::symlink_metadata(&part)?.is_file() {
                    let left = DiskFile::open(&part)?;
                    left.try_lock().map_err(|_| io::ErrorKind::ResourceBusy)?;
                }
                disk::remove_file(&part)?;
                DiskFile::create_new(&part)?
            }
            other => other?,
        };
        file.try_lock().map_err(|_| io::ErrorKind::ResourceBusy)?;
        Ok(Self { part, target: target.to_owned(), file: Some(file), is_placed: false })
    }

    /// Returns how many bytes were written.
    pub(crate) fn written(&self) -> io::Result<u64> {
        self.file.as_ref().map_or(Ok(0), |file| Ok(file.metadata()?.len()))
    }

    /// Puts the file on disk and gives it its name, in place of a file that has it.
    ///
    /// # Errors
    /// Where it was not placed; nothing of it is left then.
    pub(crate) fn place(mut self) -> io::Result<Placed> {
        if let Some(file) = self.file.take() {
            file.sync_all()?;
        }
        disk::rename(&self.part, &self.target)?;
        self.is_placed = true;
        let folder = self.target.parent().filter(|folder| !folder.as_os_str().is_empty());
        Ok(Placed { on_disk: sync_folder(folder.unwrap_or_else(|| Path::new("."))) })
    }
}

/// A file that has its name.
#[must_use = "its name may not be on disk"]
pub(crate) struct Placed {
    /// Whether the disk said so.
    pub(crate) on_disk: io::Result<()>,
}

impl io::Write for PartFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.as_mut().map_or(Ok(0), |file| file.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), io::Write::flush)
    }
}

impl Drop for PartFile {
    fn drop(&mut self) {
        self.file = None;
        if !self.is_placed {
            // What cannot be removed is ciphertext whose key is gone.
            remove_if_there(&self.part).ok();
        }
    }
}
