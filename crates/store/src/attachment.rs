//! Attached files: sealed as they are attached, into the vault's folder, as the very bytes that will be uploaded.

use std::collections::BTreeSet;
use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rand_core::CryptoRng;
use satchel_seal::{ContentKey, Contents, OpenError, Progress, SealError, Sealed, open_blob, seal_blob, verify_blob};
use satchel_terms::sealed_length::PLAINTEXT_BYTES_MAX;

use crate::attachment_record::AttachmentRecord;
use crate::disk::{self, DiskFile, make_folder, sync_folder};
use crate::files::{names_in, remove_if_there};
use crate::record::RecordId;

const ATTACHMENTS: &str = "attachments";
/// What the name of a sealed file ends in, behind its id in 32 hexadecimal digits.
const SEALED: &str = ".sealed";
/// What it ends in until it is whole and on disk.
const PART: &str = ".part";

/// Says why a file was not attached. Nothing of it was kept, and the file itself was only read.
#[derive(Debug, thiserror::Error)]
pub enum AttachError {
    /// There is no such file any more.
    #[error("the file is not there any more, so it was not attached. Choose it again")]
    Vanished,
    /// It may not be read.
    #[error("the file cannot be read, so it was not attached. Check that you may open it, or copy it elsewhere first")]
    NotReadable(#[source] io::Error),
    /// It is a folder.
    #[error("this is a folder, so it was not attached. Attach the files in it, or a ZIP file of it")]
    Folder,
    /// It is a device, a pipe or the like.
    #[error("this is no ordinary file, so it was not attached")]
    NotAFile,
    /// It is longer than one sealed blob may be.
    #[error("the file is larger than {} GiB, so it was not attached. Split it into parts", PLAINTEXT_BYTES_MAX >> 30)]
    TooLong,
    /// It was written to while it was read.
    #[error(
        "the file changed while it was read, so it was not attached. Save and close it in the other program, then try again"
    )]
    Changed,
    /// There is no room for the sealed file.
    #[error("the disk is full, so the file was not attached. Everything else is safe. Make room, then try again")]
    DiskFull(#[source] io::Error),
    /// The sealed file could not be written for another reason.
    #[error(
        "the sealed file could not be written to disk, so the file was not attached. Everything else is safe. Try again"
    )]
    NotWritten(#[source] io::Error),
    /// The caller's [`Progress`] said so.
    #[error("attaching was cancelled. Nothing of the file was kept")]
    Cancelled,
}

/// A file that is sealed and on disk. It is attached once its [`AttachmentRecord`] is in the vault.
#[derive(Debug)]
pub struct SealedAttachment {
    /// Names the sealed file, and is the id of its record.
    pub id: RecordId,
    /// Its key, length and hashes.
    pub sealed: Sealed,
}

/// The sealed files of a vault.
#[derive(Debug, Clone)]
pub struct AttachmentFolder {
    path: PathBuf,
}

impl AttachmentFolder {
    pub(crate) fn of_vault(vault_folder: &Path) -> Self {
        Self { path: vault_folder.join(ATTACHMENTS) }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Seals a file. When this returns, the sealed file is on disk; the caller then puts its record into the vault, without
    /// which the next opening removes it.
    ///
    /// # Errors
    /// [`AttachError`].
    pub fn seal(
        &self,
        source: &Path,
        rng: &mut impl CryptoRng,
        progress: &mut impl Progress,
    ) -> Result<SealedAttachment, AttachError> {
        let (mut file, before) = open_source(source)?;
        let id = RecordId::make(rng);
        let part = self.part_path(id);
        let sealed = seal_file(&mut file, &part, rng, progress).and_then(|sealed| {
            let after = State::of(&file.metadata().map_err(AttachError::NotReadable)?);
            if after != before || after.length != sealed.contents.length {
                return Err(AttachError::Changed);
            }
            disk::rename(&part, &self.sealed_path(id)).map_err(not_written)?;
            sync_folder(&self.path).map_err(not_written)?;
            Ok(SealedAttachment { id, sealed })
        });
        if sealed.is_err() {
            // What cannot be removed now is removed at the next opening; its key is gone already.
            remove_if_there(&part).ok();
        }
        sealed
    }

    /// Opens a sealed file as it is, for its upload.
    ///
    /// # Errors
    /// As the file system says.
    pub fn sealed_file(&self, id: RecordId) -> io::Result<File> {
        File::open(self.sealed_path(id))
    }

    /// Tells whether a sealed file is there.
    #[must_use]
    pub fn has(&self, id: RecordId) -> bool {
        self.sealed_path(id).is_file()
    }

    /// Opens an attachment into `plaintext`. Nothing that was written before an error may be used.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(
        &self,
        id: RecordId,
        record: &AttachmentRecord,
        plaintext: &mut impl Write,
        progress: &mut impl Progress,
    ) -> Result<(), OpenError> {
        let mut sealed = self.sealed_file(id).map_err(OpenError::Read)?;
        let (key, listed) = key_and_contents(record);
        let opened = open_blob(&mut sealed, &key, &listed, plaintext, progress)?;
        if opened.tags_sha256 == record.tags_sha256 { Ok(()) } else { Err(OpenError::NotListed) }
    }

    /// Verifies an attachment on disk, and writes nothing.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn verify(
        &self,
        id: RecordId,
        record: &AttachmentRecord,
        progress: &mut impl Progress,
    ) -> Result<(), OpenError> {
        let mut sealed = self.sealed_file(id).map_err(OpenError::Read)?;
        let (key, listed) = key_and_contents(record);
        let opened = verify_blob(&mut sealed, &key, &listed, progress)?;
        if opened.tags_sha256 == record.tags_sha256 { Ok(()) } else { Err(OpenError::NotListed) }
    }

    /// Removes a sealed file, after its record was deleted. One that is gone already is no error.
    ///
    /// # Errors
    /// As the file system says; the next opening tries again.
    pub fn remove(&self, id: RecordId) -> io::Result<()> {
        remove_if_there(&self.sealed_path(id))
    }

    /// Removes what was never sealed to its end, and, if the listed ones are given, sealed files that are not among them.
    pub(crate) fn tidy(&self, listed: Option<&[RecordId]>) -> io::Result<()> {
        let listed: Option<BTreeSet<String>> = listed.map(|ids| ids.iter().map(RecordId::to_string).collect());
        for (name, path) in names_in(&self.path)? {
            let unlisted = |id: &str| listed.as_ref().is_some_and(|listed| !listed.contains(id));
            let unfinished = name.strip_suffix(PART).is_some_and(is_id);
            let unneeded = name.strip_suffix(SEALED).is_some_and(|id| is_id(id) && unlisted(id));
            if unfinished || unneeded {
                remove_if_there(&path)?;
            }
        }
        Ok(())
    }

    /// Returns where a sealed file lies, for its upload.
    #[must_use]
    pub fn sealed_path(&self, id: RecordId) -> PathBuf {
        self.path.join(format!("{id}{SEALED}"))
    }

    /// Returns where it lies until it is whole.
    pub(crate) fn part_path(&self, id: RecordId) -> PathBuf {
        self.path.join(format!("{id}{PART}"))
    }
}

/// What tells whether a file changed. A program that sets the time back to what it was is not noticed, but what was sealed is
/// what was read in any case.
#[derive(Debug, PartialEq, Eq)]
struct State {
    length: u64,
    modified: Option<SystemTime>,
}

impl State {
    fn of(metadata: &Metadata) -> Self {
        Self { length: metadata.len(), modified: metadata.modified().ok() }
    }
}

fn open_source(path: &Path) -> Result<(File, State), AttachError> {
    // Asked before it is opened, since opening a pipe waits for somebody to write, and afterwards, since it may be another one.
    check_kind(&fs::metadata(path).map_err(not_readable)?)?;
    let file = File::open(path).map_err(not_readable)?;
    let metadata = file.metadata().map_err(not_readable)?;
    check_kind(&metadata)?;
    if metadata.len() > PLAINTEXT_BYTES_MAX {
        return Err(AttachError::TooLong);
    }
    Ok((file, State::of(&metadata)))
}

fn check_kind(metadata: &Metadata) -> Result<(), AttachError> {
    if metadata.is_dir() {
        return Err(AttachError::Folder);
    }
    if metadata.is_file() { Ok(()) } else { Err(AttachError::NotAFile) }
}

fn seal_file(
    source: &mut File,
    part: &Path,
    rng: &mut impl CryptoRng,
    progress: &mut impl Progress,
) -> Result<Sealed, AttachError> {
    if let Some(folder) = part.parent() {
        make_folder(folder).map_err(not_written)?;
    }
    let mut file = DiskFile::create_new(part).map_err(not_written)?;
    let sealed = seal_blob(source, &mut file, rng, progress).map_err(|error| match error {
        SealError::Read(error) => not_readable(error),
        SealError::Write(error) => not_written(error),
        SealError::TooLong => AttachError::TooLong,
        SealError::Cancelled => AttachError::Cancelled,
    })?;
    file.sync_all().map_err(not_written)?;
    Ok(sealed)
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the library may add kinds")]
fn not_readable(error: io::Error) -> AttachError {
    match error.kind() {
        ErrorKind::NotFound => AttachError::Vanished,
        _ => AttachError::NotReadable(error),
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the library may add kinds")]
fn not_written(error: io::Error) -> AttachError {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => AttachError::DiskFull(error),
        _ => AttachError::NotWritten(error),
    }
}

fn key_and_contents(record: &AttachmentRecord) -> (ContentKey, Contents) {
    let listed = Contents { length: record.length, sha256: record.sha256 };
    (ContentKey::from_document(&record.content_key), listed)
}

fn is_id(name: &str) -> bool {
    name.len() == 32 && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
