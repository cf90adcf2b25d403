//! Opened files on the operator's disk: first under names that nobody looks at, then, when all of them fit, under theirs.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use satchel_cloud::{BlobAddress, ETag};
use satchel_terms::{FileName, FileNameError};
use tempfile::{Builder, NamedTempFile};
use tokio::runtime::Handle;

use crate::edges::Download;

/// The most bytes that are read at once: a region in its sealed form.
pub(crate) const PART_BYTES: u64 = 4 * 1024 * 1024 + 28;

/// Says why files were not delivered. None of them is there under its name.
#[derive(Debug, thiserror::Error)]
pub enum DeliverError {
    /// The folder is not one.
    #[error("{0} is not a folder")]
    NoFolder(PathBuf),
    /// A file is there already. It is as it was.
    #[error("{0} is there already; name an empty folder")]
    Exists(PathBuf),
    /// Two files have one name, and there is no other for the second.
    #[error("two files of the order have one name")]
    Name(#[from] FileNameError),
    /// The disk does not do what it should.
    #[error("the files cannot be written")]
    Disk(#[source] io::Error),
}

/// Chooses a name for each file. Where several would be one file to some file system, the later ones get their number.
pub(crate) fn names<'a>(files: impl Iterator<Item = &'a FileName>) -> Result<Vec<FileName>, FileNameError> {
    let mut taken = BTreeSet::from([ORDER.to_owned()]);
    let mut names = Vec::new();
    for (number, name) in (1..).zip(files) {
        let name = if taken.contains(&name.as_str().to_lowercase()) {
            FileName::try_from(format!("{number} {}", name.as_str()))?
        } else {
            name.clone()
        };
        if !taken.insert(name.as_str().to_lowercase()) {
            return Err(FileNameError::Characters);
        }
        names.push(name);
    }
    Ok(names)
}

/// The file that holds what was filled in.
pub(crate) const ORDER: &str = "order.json";

/// Looks whether every name is free.
pub(crate) fn check_free(to: &Path, names: &[FileName]) -> Result<(), DeliverError> {
    if to.symlink_metadata().is_ok() && !to.is_dir() {
        return Err(DeliverError::NoFolder(to.to_owned()));
    }
    for name in names.iter().map(FileName::as_str).chain([ORDER]) {
        let target = to.join(name);
        // A link that leads nowhere is there as well.
        if target.symlink_metadata().is_ok() {
            return Err(DeliverError::Exists(target));
        }
    }
    Ok(())
}

/// Makes the folder, where there is none, so that only its owner enters it.
pub(crate) fn make_folder(to: &Path) -> Result<(), DeliverError> {
    if to.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(to).map_err(DeliverError::Disk)
}

/// Makes a file that only its owner reads, and that goes if it is not kept.
pub(crate) fn unfinished(to: &Path) -> Result<NamedTempFile, DeliverError> {
    Builder::new().prefix(".satchel-").suffix(".part").tempfile_in(to).map_err(DeliverError::Disk)
}

/// Gives every file its name, and overwrites none.
pub(crate) fn keep(to: &Path, files: Vec<(NamedTempFile, String)>) -> Result<(), DeliverError> {
    for (file, _) in &files {
        file.as_file().sync_all().map_err(DeliverError::Disk)?;
    }
    let mut kept: Vec<PathBuf> = Vec::new();
    for (file, name) in files {
        let target = to.join(name);
        if let Err(error) = file.persist_noclobber(&target) {
            // Half of an order is none: what has its name already goes again.
            kept.iter().for_each(|path| drop(fs::remove_file(path)));
            let exists = error.error.kind() == io::ErrorKind::AlreadyExists;
            return Err(if exists { DeliverError::Exists(target) } else { DeliverError::Disk(error.error) });
        }
        kept.push(target);
    }
    Ok(())
}

/// Writes a whole text.
pub(crate) fn write_unfinished(to: &Path, bytes: &[u8]) -> Result<NamedTempFile, DeliverError> {
    let mut file = unfinished(to)?;
    file.write_all(bytes).map_err(DeliverError::Disk)?;
    Ok(file)
}

/// Reads a blob part by part, on a thread that may wait.
pub(crate) struct Parts {
    runtime: Handle,
    download: Arc<dyn Download>,
    at: BlobAddress,
    state: ETag,
    next: u64,
    length: u64,
    part: io::Cursor<Vec<u8>>,
}

impl Parts {
    pub(crate) fn new(
        runtime: Handle,
        download: Arc<dyn Download>,
        (at, state): (BlobAddress, ETag),
        length: u64,
    ) -> Self {
        Self { runtime, download, at, state, next: 0, length, part: io::Cursor::new(Vec::new()) }
    }
}

impl Read for Parts {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.part.read(buffer)?;
        if read > 0 || buffer.is_empty() || self.next >= self.length {
            return Ok(read);
        }
        let wanted = (self.length - self.next).min(PART_BYTES);
        let part = self.runtime.block_on(self.download.part(&self.at, &self.state, self.next, wanted));
        let part = part.map_err(io::Error::other)?;
        if part.len() as u64 != wanted {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.next += wanted;
        self.part = io::Cursor::new(part);
        self.part.read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> FileName {
        FileName::try_from(text.to_owned()).expect("a name")
    }

    #[test]
    fn no_two_files_are_one_to_a_file_system_and_none_is_the_order() {
        let given = [name("Scan.pdf"), name("scan.PDF"), name("order.json"), name("b.pdf")];
        let chosen = names(given.iter()).expect("names");
        let chosen: Vec<_> = chosen.iter().map(FileName::as_str).collect();
        assert_eq!(chosen, ["Scan.pdf", "2 scan.PDF", "3 order.json", "b.pdf"]);
        assert!(names([name("2 a"), name("a"), name("a")].iter()).is_ok());
        assert!(names([name("3 a"), name("a"), name("a")].iter()).is_err());
        let long = "a".repeat(255);
        assert!(names([name(&long), name(&long)].iter()).is_err());
    }
}
