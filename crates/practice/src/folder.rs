//! The folder in which a practice provider keeps everything. Nobody but its owner enters it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

/// What says that a folder is one of ours.
const MARK: &str = "satchel-practice";
const LOCK: &str = "serve.lock";

/// Says why the folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// There is something in it that a practice provider did not write.
    #[error("the folder {0} holds something else; name an empty one, or one that does not exist")]
    Foreign(PathBuf),
    /// Another process serves it.
    #[error("another practice provider runs in the folder {0}; stop it first")]
    InUse(PathBuf),
    /// A file that has to be there is not, or is not what was written.
    #[error(
        "the file {0} is missing or damaged; the practice folder can be deleted and made anew, with all its orders"
    )]
    Damaged(PathBuf),
    /// The disk does not do what it should.
    #[error("the file or folder {path} cannot be read or written")]
    Disk {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// The folder of a practice provider.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
}

/// Says to other processes that this one serves the folder. It ends with the process.
#[derive(Debug)]
pub(crate) struct ServeLock {
    _file: File,
}

impl Folder {
    /// Opens the folder, or makes it where there is none or an empty one.
    ///
    /// # Errors
    /// [`FolderError::Foreign`] where something else is in it.
    pub fn open(root: PathBuf) -> Result<Self, FolderError> {
        let folder = Self { root };
        let root = &folder.root;
        make_folder(root).map_err(|source| folder.disk(root, source))?;
        let mark = root.join(MARK);
        if !mark.exists() {
            let mut entries = fs::read_dir(root).map_err(|source| folder.disk(root, source))?;
            if entries.next().is_some() {
                return Err(FolderError::Foreign(root.clone()));
            }
            folder.write(MARK, b"1\n")?;
        }
        close_to_others(root).map_err(|source| folder.disk(root, source))?;
        Ok(folder)
    }

    /// Returns where something lies.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Takes the folder for this process, until the lock is dropped.
    pub(crate) fn lock_to_serve(&self) -> Result<ServeLock, FolderError> {
        let path = self.path(LOCK);
        let file = own_file().write(true).create(true).truncate(false).open(&path);
        let file = file.map_err(|source| self.disk(&path, source))?;
        match file.try_lock() {
            Ok(()) => Ok(ServeLock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(FolderError::InUse(self.root.clone())),
            Err(TryLockError::Error(source)) => Err(self.disk(&path, source)),
        }
    }

    /// Reads a file of at most `bytes_max` bytes. Nothing: there is none.
    pub(crate) fn read(&self, name: &str, bytes_max: u64) -> Result<Option<Zeroizing<Vec<u8>>>, FolderError> {
        let path = self.path(name);
        let file = match File::open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other.map_err(|source| self.disk(&path, source))?,
        };
        let mut bytes = Zeroizing::new(Vec::new());
        let read = file.take(bytes_max.saturating_add(1)).read_to_end(&mut bytes);
        let read = read.map_err(|source| self.disk(&path, source))?;
        if u64::try_from(read).is_ok_and(|read| read <= bytes_max) {
            Ok(Some(bytes))
        } else {
            Err(FolderError::Damaged(path))
        }
    }

    /// Writes a file that only its owner reads, over what may be there, in one step that is on disk.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), FolderError> {
        let path = self.path(name);
        let aside = self.path(&format!("{name}.new"));
        let written = || -> io::Result<()> {
            let parent = path.parent().unwrap_or(&self.root);
            make_folder(parent)?;
            let mut file = own_file().write(true).create(true).truncate(true).open(&aside)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&aside, &path)?;
            sync_folder(parent)
        };
        written().map_err(|source| self.disk(&path, source))
    }

    /// Renames a folder that was written completely. One of the new name must not be there.
    pub(crate) fn rename(&self, from: &str, to: &str) -> Result<(), FolderError> {
        let to = self.path(to);
        let renamed = fs::rename(self.path(from), &to).and_then(|()| sync_folder(&self.root));
        renamed.map_err(|source| self.disk(&to, source))
    }

    /// Removes a folder that was never used, if it is there.
    pub(crate) fn remove_unused(&self, name: &str) -> Result<(), FolderError> {
        let path = self.path(name);
        match fs::remove_dir_all(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other.map_err(|source| self.disk(&path, source)),
        }
    }

    /// Says that a file is missing or not what was written.
    pub(crate) fn damaged(&self, name: &str) -> FolderError {
        FolderError::Damaged(self.path(name))
    }

    #[expect(clippy::unused_self, reason = "errors of a folder are made by the folder")]
    fn disk(&self, path: &Path, source: io::Error) -> FolderError {
        FolderError::Disk { path: path.to_owned(), source }
    }
}

/// Options for a file that only its owner reads.
pub(crate) fn own_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// An empty folder that somebody made before may be open to others.
fn close_to_others(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    let _ = folder;
    Ok(())
}

/// Brings the names in a folder to disk. Windows has no such call and keeps names by itself.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_with_something_else_in_it_is_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("letter.txt"), "words").expect("written");
        let opened = Folder::open(folder.path().to_owned());
        assert!(matches!(opened, Err(FolderError::Foreign(_))), "{opened:?}");
        assert_eq!(fs::read_dir(folder.path()).expect("a list").count(), 1);
    }

    #[test]
    fn one_process_serves_a_folder() {
        let root = tempfile::tempdir().expect("a folder");
        let folder = Folder::open(root.path().to_owned()).expect("opened");
        let lock = folder.lock_to_serve().expect("locked");
        assert!(matches!(folder.lock_to_serve(), Err(FolderError::InUse(_))));
        drop(lock);
        assert!(folder.lock_to_serve().is_ok());
    }

    #[test]
    fn a_read_stops_at_the_limit() {
        let root = tempfile::tempdir().expect("a folder");
        let folder = Folder::open(root.path().to_owned()).expect("opened");
        folder.write("a/b", b"four").expect("written");
        assert_eq!(folder.read("a/b", 4).expect("read").as_deref().map(Vec::as_slice), Some(&b"four"[..]));
        assert!(matches!(folder.read("a/b", 3), Err(FolderError::Damaged(_))));
        assert!(folder.read("a/c", 4).expect("read").is_none());
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_enters_and_reads() {
        use std::os::unix::fs::PermissionsExt as _;
        let root = tempfile::tempdir().expect("a folder");
        fs::set_permissions(root.path(), fs::Permissions::from_mode(0o755)).expect("opened to others");
        let folder = Folder::open(root.path().to_owned()).expect("opened");
        folder.write("a/b", b"secret").expect("written");
        let mode = |path: PathBuf| fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!(mode(root.path().to_owned()), 0o700);
        assert_eq!((mode(folder.path("a")), mode(folder.path("a/b"))), (0o700, 0o600));
    }
}
