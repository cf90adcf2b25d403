//! Imports: what an export holds, brought back as a vault of its own or, draft by draft, into one that is here.
//!
//! Nothing of a file is believed before its chunk was found authentic, and nothing is changed here before all of the file was read to its
//! end: a whole vault is made beside its place and renamed, and drafts come in after a first reading that only verifies.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Seek as _, SeekFrom};
use std::path::Path;

use satchel_seal::{DeriveError, ExportKey, ExportReadError, ExportSlotKind, Passphrase, RecoveryWords};

use crate::export::ExportAbout;
use crate::export::head::Head;

mod arriving;
mod contents;
mod drafts;
mod restore;

#[cfg(test)]
mod tests;

use contents::Contents;
#[cfg(test)]
pub(crate) use contents::Item;
pub use drafts::{DraftsFault, ImportStopped, ImportedDrafts, LendVault, NewIds, NotUsable};
pub use restore::RestoreError;

/// A secret that opens an export.
#[derive(Debug, Clone, Copy)]
pub enum ExportSecret<'a> {
    /// Its passphrase.
    Passphrase(&'a Passphrase),
    /// The recovery words of the vault that it came from.
    RecoveryWords(&'a RecoveryWords),
}

impl ExportSecret<'_> {
    pub(crate) const fn way(&self) -> ExportSlotKind {
        match self {
            Self::Passphrase(_) => ExportSlotKind::Passphrase,
            Self::RecoveryWords(_) => ExportSlotKind::RecoveryWords,
        }
    }
}

/// Says why a file cannot be used. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It does not begin as one.
    #[error("this file is no export of Satchel. Nothing was changed. Choose a file whose name ends in .satchel")]
    NotAnExport,
    /// Of a format, table or kind of item that this version does not know.
    #[error(
        "this file was made by a later version of Satchel. Nothing was changed. Install the newest Satchel, then try again"
    )]
    Newer,
    /// Something of it is not as it was written.
    #[error(
        "this file is damaged, was cut off or was changed since it was made. Nothing was changed in Satchel. Copy it once more from \
         where it came from, or use an older one"
    )]
    Damaged,
    /// It is as it was written, and breaks a rule of its format.
    #[error(
        "this file does not hold what an export holds ({0}). Nothing was changed. Ask whoever made it for another one"
    )]
    Rule(&'static str),
    /// Nothing in it opens by a secret of this kind.
    #[error("this file does not open by {}. Nothing was changed. Try the other way", named(*.0))]
    NoSuchWay(ExportSlotKind),
    /// The secret is another one, or its slot is damaged.
    #[error("{}", wrong(*.0))]
    WrongSecret(ExportSlotKind),
    /// The passphrase could not be reckoned with.
    #[error(transparent)]
    Derive(#[from] DeriveError),
    /// It could not be read.
    #[error("the file could not be read. Nothing was changed. Check that the disk is there, then try again")]
    Read(#[source] io::Error),
}

const fn named(way: ExportSlotKind) -> &'static str {
    match way {
        ExportSlotKind::Passphrase => "a passphrase",
        ExportSlotKind::RecoveryWords => "recovery words",
    }
}

const fn wrong(way: ExportSlotKind) -> &'static str {
    match way {
        ExportSlotKind::Passphrase => {
            "this is not the passphrase of this file. Nothing was changed. It was chosen when the file was made; mind capital letters and \
             the keyboard's language, then try again"
        }
        ExportSlotKind::RecoveryWords => {
            "these recovery words are well-formed, but not those that this file was made with. Nothing was changed. Look for the sheet \
             that the vault had then"
        }
    }
}

impl From<ExportReadError> for ImportError {
    fn from(error: ExportReadError) -> Self {
        match error {
            ExportReadError::Read(error) => Self::Read(error),
            ExportReadError::NotAuthentic => Self::Damaged,
        }
    }
}

/// An export whose secret was given and whose beginning was found authentic.
pub struct Import {
    file: File,
    head: Head,
    key: ExportKey,
    about: ExportAbout,
    bytes: u64,
}

impl Import {
    /// Lists what opens a file, and asks for nothing. Whoever changed the file may have changed this list as well.
    ///
    /// # Errors
    /// [`ImportError`].
    pub fn ways(path: &Path) -> Result<Vec<ExportSlotKind>, ImportError> {
        Ok(Head::read(&mut open_file(path)?)?.ways())
    }

    /// Opens a file as far as to tell what it says of itself. That all of it is there is told by what follows.
    ///
    /// # Errors
    /// [`ImportError`].
    pub fn open(path: &Path, secret: &ExportSecret<'_>) -> Result<Self, ImportError> {
        let mut file = open_file(path)?;
        let head = Head::read(&mut file)?;
        let key = head.open(secret)?;
        let bytes = file.metadata().map_err(ImportError::Read)?.len();
        let about = Contents::begin(&key, &head.bytes, &file)?.about().clone();
        Ok(Self { file, head, key, about, bytes })
    }

    /// Returns what the file says of itself.
    #[must_use]
    pub const fn about(&self) -> &ExportAbout {
        &self.about
    }

    /// Returns how many bytes the file has.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Returns how many bytes of the file were found authentic, its head included.
    fn bytes_read(&self, contents: &Contents<&File>) -> u64 {
        contents.sealed_bytes().saturating_add(self.head.bytes.len() as u64)
    }

    /// Begins to read what it holds.
    pub(crate) fn contents(&self) -> Result<Contents<&File>, ImportError> {
        let mut file = &self.file;
        file.seek(SeekFrom::Start(self.head.bytes.len() as u64)).map_err(ImportError::Read)?;
        Contents::begin(&self.key, &self.head.bytes, file)
    }
}

fn open_file(path: &Path) -> Result<File, ImportError> {
    // Asked before it is opened, since opening a pipe waits for somebody to write.
    if !fs::metadata(path).map_err(ImportError::Read)?.is_file() {
        return Err(ImportError::NotAnExport);
    }
    File::open(path).map_err(ImportError::Read)
}

impl fmt::Debug for Import {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Import({} bytes)", self.bytes)
    }
}
