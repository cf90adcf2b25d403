//! What a local store does on its disk. Everything here blocks.

use std::fs;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use satchel_terms::V1;

use super::head::{Content, DAMAGED, HEAD, Head, Part, data_file, staging_folder};
use super::layout::{Aside, Layout, Locked, Purpose, own_file};
use crate::blob::check_metadata;
use crate::{
    APPEND_BYTES_MAX, APPENDS_MAX, AppendError, BlobAddress, CloudError, ContainerName, CreateError, ETag, Metadata,
    Properties, ReadBlob, Stored, SwapError, WRITE_BYTES_MAX,
};

/// A store's folder, and what is done in it.
#[derive(Debug)]
pub(crate) struct Disk {
    pub(crate) layout: Layout,
}

/// A blob that is about to change: its folder, its head as it is, and the lock that keeps both.
pub(crate) struct Changing {
    pub(crate) folder: PathBuf,
    pub(crate) head: Option<Head>,
    pub(crate) _locked: Locked,
}

impl Disk {
    pub(crate) fn open(folder: PathBuf) -> std::io::Result<Self> {
        Ok(Self { layout: Layout::open(folder)? })
    }

    pub(crate) fn make_container(&self, container: &ContainerName) -> Result<(), CloudError> {
        Ok(self.layout.make_container(container)?)
    }

    pub(crate) fn read(&self, at: &BlobAddress, bytes_max: u64) -> Result<Option<ReadBlob>, CloudError> {
        let locked = self.layout.lock(&at.container, Purpose::Read)?;
        let folder = locked.blob(&at.path);
        let Some(head) = Head::read(&folder)? else { return Ok(None) };
        if head.length() > bytes_max {
            return Err(CloudError::TooLarge { bytes_max });
        }
        let mut bytes = Vec::new();
        for part in head.parts() {
            read_part(&folder, &part, &mut bytes)?;
        }
        Ok(Some(ReadBlob { bytes, etag: head.etag()?, version: None, metadata: head.metadata }))
    }

    pub(crate) fn properties(&self, at: &BlobAddress) -> Result<Option<Properties>, CloudError> {
        let locked = self.layout.lock(&at.container, Purpose::Read)?;
        Head::read(&locked.blob(&at.path))?.map(|head| head.properties()).transpose()
    }

    pub(crate) fn create(&self, at: &BlobAddress, bytes: &[u8], metadata: Metadata) -> Result<Stored, CreateError> {
        check_metadata(&metadata).map_err(CloudError::from)?;
        let aside = self.write_aside(bytes, WRITE_BYTES_MAX)?;
        let changing = self.change(at)?;
        if changing.head.is_some() {
            return Err(CreateError::Exists);
        }
        Ok(self.write_whole(&changing, aside, bytes.len(), metadata)?)
    }

    pub(crate) fn swap(&self, at: &BlobAddress, bytes: &[u8], expected: &ETag) -> Result<Stored, SwapError> {
        let aside = self.write_aside(bytes, WRITE_BYTES_MAX)?;
        let changing = self.change(at)?;
        let etag = changing.head.as_ref().map(Head::etag).transpose()?;
        if etag.as_ref() != Some(expected) {
            return Err(SwapError::Changed);
        }
        Ok(self.write_whole(&changing, aside, bytes.len(), Metadata::new())?)
    }

    pub(crate) fn append(&self, at: &BlobAddress, bytes: &[u8], position: u64) -> Result<u64, AppendError> {
        check_length(bytes, APPEND_BYTES_MAX)?;
        if bytes.is_empty() {
            return Err(CloudError::WriteEmpty.into());
        }
        let changing = self.change(at)?;
        let (revision, _) = changing.next()?;
        let (file, length, appends) = match changing.head.as_ref().map(|head| &head.content) {
            None => (revision, 0, 0),
            Some(Content::Appended { file, length, appends }) => (*file, *length, *appends),
            Some(Content::Whole { .. } | Content::Blocks { .. }) => return Err(CloudError::Kind.into()),
        };
        if length != position {
            return Err(AppendError::Moved);
        }
        if appends >= APPENDS_MAX {
            return Err(AppendError::Full);
        }
        let end = length.saturating_add(u64_of(bytes.len()));
        self.append_to(&changing, &data_file(file), length, bytes)?;
        let metadata = changing.head.as_ref().map(|head| head.metadata.clone()).unwrap_or_default();
        let generation = changing.generation();
        let content = Content::Appended { file, length: end, appends: appends.saturating_add(1) };
        self.put_head(&changing, &Head { version: V1, revision, generation, metadata, content })?;
        Ok(end)
    }

    /// Locks a blob's container to change the blob.
    pub(crate) fn change(&self, at: &BlobAddress) -> Result<Changing, CloudError> {
        let locked = self.layout.lock(&at.container, Purpose::Change)?;
        let folder = locked.blob(&at.path);
        let head = Head::read(&folder)?;
        Ok(Changing { folder, head, _locked: locked })
    }

    /// Makes a head the blob's. From here on the write has happened.
    pub(crate) fn put_head(&self, changing: &Changing, head: &Head) -> Result<(), CloudError> {
        Ok(self.layout.write_aside(&head.to_bytes()?)?.put(&changing.folder, HEAD)?)
    }

    fn write_aside(&self, bytes: &[u8], bytes_max: usize) -> Result<Aside, CloudError> {
        check_length(bytes, bytes_max)?;
        Ok(self.layout.write_aside(bytes)?)
    }

    fn write_whole(
        &self,
        changing: &Changing,
        aside: Aside,
        length: usize,
        metadata: Metadata,
    ) -> Result<Stored, CloudError> {
        let (revision, generation) = changing.next()?;
        aside.put(&changing.folder, &data_file(revision))?;
        let content = Content::Whole { length: u64_of(length) };
        let head = Head { version: V1, revision, generation, metadata, content };
        self.put_head(changing, &head)?;
        changing.remove_what_was(generation);
        head.stored()
    }

    /// Writes behind the acknowledged end, over what a crash may have left there.
    fn append_to(&self, changing: &Changing, name: &str, end: u64, bytes: &[u8]) -> Result<(), CloudError> {
        let path = changing.folder.join(name);
        if end == 0 {
            self.layout.write_aside(&[])?.put(&changing.folder, name)?;
        }
        let mut file = own_file().write(true).open(path)?;
        if file.metadata()?.len() < end {
            return Err(DAMAGED);
        }
        file.set_len(end)?;
        file.seek(SeekFrom::Start(end))?;
        file.write_all(bytes)?;
        Ok(file.sync_all()?)
    }
}

impl Changing {
    /// Returns the revision and the generation that the next head has.
    pub(crate) fn next(&self) -> Result<(u64, u64), CloudError> {
        let (revision, generation) = self.head.as_ref().map_or((0, 0), |head| (head.revision, head.generation));
        let next = revision.checked_add(1).zip(generation.checked_add(1));
        next.ok_or(DAMAGED)
    }

    /// Returns where blocks are staged.
    pub(crate) fn generation(&self) -> u64 {
        self.head.as_ref().map_or(0, |head| head.generation)
    }

    /// Removes what the head before held, and what was staged. What is not removed is in nobody's way.
    pub(crate) fn remove_what_was(&self, generation: u64) {
        for part in self.head.iter().flat_map(Head::parts) {
            remove_quietly(&self.folder.join(part.file));
        }
        for old in [generation.checked_sub(2), generation.checked_sub(1)].into_iter().flatten() {
            drop(fs::remove_dir_all(self.folder.join(staging_folder(old))));
        }
    }
}

/// Adds one part of a blob to what was read: all of it.
fn read_part(folder: &Path, part: &Part, bytes: &mut Vec<u8>) -> Result<(), CloudError> {
    let file = fs::File::open(folder.join(&part.file))?;
    let read = file.take(part.length).read_to_end(bytes)?;
    if u64_of(read) == part.length { Ok(()) } else { Err(DAMAGED) }
}

fn check_length(bytes: &[u8], bytes_max: usize) -> Result<(), CloudError> {
    if bytes.len() > bytes_max { Err(CloudError::WriteTooLarge { bytes_max }) } else { Ok(()) }
}

/// Removes a file that nothing names any more.
pub(crate) fn remove_quietly(path: &Path) {
    drop(fs::remove_file(path));
}

pub(crate) fn u64_of(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
