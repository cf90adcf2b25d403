//! The folder of policies: files of JSON that only an administrator writes.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{Hold, Policy, keys};

/// The most bytes of one file.
const FILE_BYTES_MAX: u64 = 256 * 1024;
/// The most files.
const FILES_MAX: usize = 100;

/// Who must own the folder and its files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    /// The administrator of the computer.
    Administrator,
    /// Whoever runs Satchel as well: the practice build has no administrator.
    OrUser,
}

/// Reads the policies of a folder, in the order of the files' names; what a later file sets counts. Where there is no folder, nothing
/// is set.
pub(super) fn read(folder: &Path, owner: Owner) -> Policy {
    match files_in(folder, owner) {
        Ok(files) => of_files(&files, owner),
        Err(Unread::Io(error)) if error.kind() == io::ErrorKind::NotFound => Policy::default(),
        Err(unread) => {
            let mut policy = Policy::default();
            unread.tell(folder, &mut policy);
            policy
        }
    }
}

fn of_files(files: &[PathBuf], owner: Owner) -> Policy {
    let (mut values, mut unread) = (BTreeMap::new(), Vec::new());
    for file in files {
        match object_in(file, owner) {
            Ok(object) => values.extend(object),
            Err(error) => unread.push((file, error)),
        }
    }
    let mut policy = keys::policy(&values);
    unread.into_iter().for_each(|(file, error)| error.tell(file, &mut policy));
    policy
}

/// Why nothing of a file or folder counts.
enum Unread {
    /// Somebody else than an administrator can write it, so it is not believed.
    NotTrusted,
    /// It cannot be read.
    Io(io::Error),
    /// It is not what a policy file is.
    Form(&'static str),
}

impl From<io::Error> for Unread {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl Unread {
    /// Tells it. What an administrator wrote and cannot be read may have held something back: until it can be, nothing is deleted.
    fn tell(self, path: &Path, policy: &mut Policy) {
        let name = path.display();
        policy.faults.push(match &self {
            Self::NotTrusted => format!(
                "{name} is not believed, since it is a link, no file, or others than an administrator can write it. Your IT has to \
                 make it a file of root’s, writable by nobody else."
            ),
            Self::Io(_) => format!("{name} could not be read. Until it can be, nothing is removed from this computer."),
            Self::Form(rule) => {
                format!("{name} is {rule}. Until it is mended, nothing is removed from this computer.")
            }
        });
        if !matches!(self, Self::NotTrusted) {
            policy.hold = Hold::Everything;
            keys::limit_lock(policy);
        }
    }
}

fn files_in(folder: &Path, owner: Owner) -> Result<Vec<PathBuf>, Unread> {
    let metadata = fs::symlink_metadata(folder)?;
    if !metadata.is_dir() || !is_trusted(&metadata, owner) {
        return Err(Unread::NotTrusted);
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    files.sort();
    if files.len() > FILES_MAX { Err(Unread::Form("a folder of more than 100 files")) } else { Ok(files) }
}

fn object_in(path: &Path, owner: Owner) -> Result<serde_json::Map<String, Value>, Unread> {
    // Asked of the name first, so that nothing else than a file is ever opened; a pipe would wait.
    if !fs::symlink_metadata(path)?.is_file() {
        return Err(Unread::NotTrusted);
    }
    let file = File::open(path)?;
    // And of what was opened, which is what counts.
    if !is_trusted(&file.metadata()?, owner) {
        return Err(Unread::NotTrusted);
    }
    let mut text = Vec::new();
    file.take(FILE_BYTES_MAX + 1).read_to_end(&mut text)?;
    if text.len() as u64 > FILE_BYTES_MAX {
        return Err(Unread::Form("larger than 256 KiB"));
    }
    match serde_json::from_slice(&text) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) | Err(_) => Err(Unread::Form("not an object in JSON")),
    }
}

/// Tells whether only an administrator writes a file or folder.
#[cfg(unix)]
fn is_trusted(metadata: &fs::Metadata, owner: Owner) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let is_owner =
        metadata.uid() == 0 || (owner == Owner::OrUser && metadata.uid() == rustix::process::getuid().as_raw());
    is_owner && metadata.mode() & 0o022 == 0
}

/// Elsewhere policies are not read from files.
#[cfg(not(unix))]
fn is_trusted(_: &fs::Metadata, owner: Owner) -> bool {
    owner == Owner::OrUser
}
