//! The disk as a vault changes it. Every call that changes it goes through here, the cache's aside, so that a test can note what was
//! done in which order and reckon what a power cut may leave of it (`tests/api/power_cuts.rs`).

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Deref;
use std::path::Path;

#[cfg(feature = "testing")]
use crate::disk_log::{self as log, WatchedFile};

/// The most bytes that are written at once.
const WRITE_BYTES_MAX: usize = 256 * 1024;

/// A file that its owner alone reads, open for reading and writing.
#[derive(Debug)]
pub(crate) struct DiskFile {
    file: File,
    #[cfg(feature = "testing")]
    watched: Option<WatchedFile>,
}

impl DiskFile {
    /// Opens a file that is there.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        Self::open_by(&options(), path)
    }

    /// Opens a file, and makes it where it is not there.
    pub(crate) fn open_or_create(path: &Path) -> io::Result<Self> {
        Self::open_by(options().create(true), path)
    }

    /// Opens a file with nothing in it, whatever was in it.
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        let file = Self::open_or_create(path)?;
        file.set_len(0)?;
        Ok(file)
    }

    /// Makes a file where none is.
    pub(crate) fn create_new(path: &Path) -> io::Result<Self> {
        Self::open_by(options().create_new(true), path)
    }

    fn open_by(options: &OpenOptions, path: &Path) -> io::Result<Self> {
        #[cfg(feature = "testing")]
        let was_there = path.try_exists()?;
        Ok(Self {
            file: options.open(path)?,
            #[cfg(feature = "testing")]
            watched: log::opened(path, was_there),
        })
    }

    /// Cuts or lengthens it.
    pub(crate) fn set_len(&self, length: u64) -> io::Result<()> {
        self.file.set_len(length)?;
        #[cfg(feature = "testing")]
        log::length_set(self.watched.as_ref(), length);
        Ok(())
    }

    /// Puts what was written on disk.
    #[cfg_attr(feature = "testing", track_caller)]
    pub(crate) fn sync_data(&self) -> io::Result<()> {
        #[cfg(feature = "testing")]
        if log::file_synced(self.watched.as_ref()) {
            return Ok(());
        }
        self.file.sync_data()
    }

    /// Puts what was written on disk, and what the file system notes of it.
    #[cfg_attr(feature = "testing", track_caller)]
    pub(crate) fn sync_all(&self) -> io::Result<()> {
        #[cfg(feature = "testing")]
        if log::file_synced(self.watched.as_ref()) {
            return Ok(());
        }
        self.file.sync_all()
    }
}

/// For what only reads.
impl Deref for DiskFile {
    type Target = File;

    fn deref(&self) -> &File {
        &self.file
    }
}

impl Read for DiskFile {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.file.read(bytes)
    }
}

impl Seek for DiskFile {
    fn seek(&mut self, place: SeekFrom) -> io::Result<u64> {
        self.file.seek(place)
    }
}

impl Write for DiskFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        #[cfg(feature = "testing")]
        if let Some(watched) = &self.watched {
            let offset = self.file.stream_position()?;
            self.file.write_all(bytes)?;
            watched.wrote(offset, bytes);
            return Ok(bytes.len());
        }
        // In pieces, which the system takes several times as fast as a whole region (decision 0020).
        self.file.write(bytes.get(..WRITE_BYTES_MAX).unwrap_or(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Gives a file or folder another name, in place of a file that has it.
pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)?;
    #[cfg(feature = "testing")]
    log::renamed(from, to);
    Ok(())
}

/// Removes a file.
pub(crate) fn remove_file(path: &Path) -> io::Result<()> {
    fs::remove_file(path)?;
    #[cfg(feature = "testing")]
    log::removed(path);
    Ok(())
}

/// Removes a folder with nothing in it.
pub(crate) fn remove_folder(path: &Path) -> io::Result<()> {
    fs::remove_dir(path)?;
    #[cfg(feature = "testing")]
    log::removed(path);
    Ok(())
}

/// Removes a folder with all that is in it.
pub(crate) fn remove_folder_with_all(path: &Path) -> io::Result<()> {
    fs::remove_dir_all(path)?;
    #[cfg(feature = "testing")]
    log::removed(path);
    Ok(())
}

/// Makes a folder that only its owner enters, and those above it that are missing. Their names are on disk then.
pub(crate) fn make_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty());
    if let Some(parent) = parent {
        make_folder(parent)?;
    }
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(folder) {
        // Somebody else made it meanwhile.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => {}
        made => {
            made?;
            #[cfg(feature = "testing")]
            log::folder_made(folder);
        }
    }
    match parent {
        Some(parent) => sync_folder(parent),
        None => Ok(()),
    }
}

/// Puts the names in a folder on disk. Windows has no call for it and needs none after a rename.
#[cfg_attr(feature = "testing", track_caller)]
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    #[cfg(feature = "testing")]
    if log::folder_synced(folder) {
        return Ok(());
    }
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
