//! Files on their way back to the firm: sealed as they are read, sent block by block, and looked at once more where they lie.

use std::fs::{self, File};
use std::io::{self, Write};
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;

use rand_core::CryptoRng;
use satchel_cloud::{BlobAddress, CreateError, Metadata, PAGE_COUNT_MAX};
use satchel_seal::{ContentKey, Contents, Context, NoProgress, RecipientKey, SealError, Sealed, seal_blob};
use satchel_terms::{BlobName, FILES_MAX, FileEntry, FileName, FileNameError, MediaType, OrderId};
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

use super::entry::{Noted, encryption_data};
use super::{Answering, LogError, next_number};
use crate::desk::Desk;
use crate::edges::Upload;
use crate::firm::ReadError;
use crate::open::OpenError;
use crate::received::blob_path;

/// How often a file is sent under another number, where somebody else sent one under the same.
const SENDS_MAX: u32 = 3;
/// The most returned files of an order.
const RETURNS_MAX: u32 = 100_000;

/// A file that is to be returned.
#[derive(Debug)]
pub(super) struct Outgoing {
    path: PathBuf,
    name: FileName,
}

/// A file that lies sealed in the storage, and is in no entry yet.
pub(super) struct Returned {
    blob: BlobName,
    name: FileName,
    contents: Contents,
    content_key: ContentKey,
}

impl Returned {
    /// Returns what the log says of it.
    pub(super) fn entry(&self) -> FileEntry {
        FileEntry {
            blob: self.blob,
            name: self.name.clone(),
            media_type: MediaType::suggest(&self.name),
            length: self.contents.length,
            sha256: self.contents.sha256,
            content_key: self.content_key.to_document(),
        }
    }
}

/// Looks whether these can be returned, before anything is opened or sent.
pub(super) fn outgoing(paths: &[PathBuf]) -> Result<Vec<Outgoing>, LogError> {
    if paths.is_empty() || paths.len() > FILES_MAX as usize {
        return Err(LogError::Count);
    }
    let file = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).ok_or(FileNameError::Characters);
        let name = name.and_then(|name| FileName::try_from(name.to_owned()));
        let name = name.map_err(|error| LogError::Name(path.clone(), error))?;
        let is_file =
            fs::metadata(path).map_err(|error| LogError::File(path.clone(), SealError::Read(error)))?.is_file();
        if is_file { Ok(Outgoing { path: path.clone(), name }) } else { Err(LogError::NoFile(path.clone())) }
    };
    paths.iter().map(file).collect()
}

impl Desk {
    /// Seals files to the order's reply key and sends them.
    pub(super) async fn send<R: CryptoRng + Send + 'static>(
        &self,
        answering: &Answering,
        files: Vec<Outgoing>,
        mut rng: R,
    ) -> Result<(Vec<Returned>, R), LogError> {
        let entries = self.entries(answering.order).await?;
        // Nothing is sent for an entry that could not be written.
        next_number(&entries)?;
        self.time_behind(entries.last())?;
        let mut last = self.last_return(answering.order, &entries).await?;
        let mut returned = Vec::new();
        for file in files {
            let (sent, after, back) = self.send_file(answering, file, last, rng).await?;
            returned.push(sent);
            (last, rng) = (after, back);
        }
        Ok((returned, rng))
    }

    /// Sends a file under the first number behind `last` that nobody else takes, and returns that number.
    async fn send_file<R: CryptoRng + Send + 'static>(
        &self,
        answering: &Answering,
        file: Outgoing,
        mut last: u32,
        mut rng: R,
    ) -> Result<(Returned, u32, R), LogError> {
        let (order, firm) = (answering.order, self.firm.id());
        let recipient = RecipientKey::new(&answering.reply_key).map_err(|_| LogError::Seal)?;
        let mut tried = BlobName::Return(NonZeroU32::MIN);
        for _ in 0..SENDS_MAX {
            let number = last.checked_add(1).filter(|number| *number <= RETURNS_MAX).and_then(NonZeroU32::new);
            let blob = BlobName::Return(number.ok_or(LogError::Full)?);
            (last, tried) = (last + 1, blob);
            let at = self.firm.in_sealed(&blob_path(order, blob)).map_err(ReadError::from)?;
            let (sealed, blocks);
            (sealed, blocks, rng) = self.stage(&at, &file, rng).await?;
            let wrapped_key = recipient.wrap(&sealed.content_key, &Context::Blob(firm, order, blob), &mut rng);
            let encryption_data = encryption_data(wrapped_key.map_err(|_| LogError::Seal)?)?;
            let metadata = Metadata::from([("encryptiondata".to_owned(), encryption_data)]);
            match self.upload.commit(&at, blocks, metadata.clone()).await {
                Ok(()) | Err(CreateError::Exists) => {}
                Err(CreateError::Cloud(error)) => return Err(error.into()),
            }
            if self.lies_there(&at, &sealed, &metadata).await? {
                let Sealed { content_key, contents, .. } = sealed;
                return Ok((Returned { blob, name: file.name, contents, content_key }, last, rng));
            }
        }
        Err(LogError::NotKept(tried))
    }

    /// Seals a file under a new key while it is read, and stages its blocks: one in memory at a time, whatever the length.
    async fn stage<R: CryptoRng + Send + 'static>(
        &self,
        at: &BlobAddress,
        file: &Outgoing,
        mut rng: R,
    ) -> Result<(Sealed, u32, R), LogError> {
        let mut blocks =
            Blocks { runtime: Handle::current(), upload: Arc::clone(&self.upload), at: at.clone(), count: 0 };
        let path = file.path.clone();
        let sealing = spawn_blocking(move || {
            let mut file = File::open(path).map_err(SealError::Read)?;
            let sealed = seal_blob(&mut file, &mut blocks, &mut rng, &mut NoProgress)?;
            Ok::<_, SealError>((sealed, blocks.count, rng))
        });
        let sealed = sealing.await.map_err(|_| OpenError::CutOff)?;
        sealed.map_err(|error| LogError::File(file.path.clone(), error))
    }

    /// Looks whether the storage holds what was sent: others may have sent under the same number meanwhile.
    async fn lies_there(&self, at: &BlobAddress, sealed: &Sealed, sent: &Metadata) -> Result<bool, LogError> {
        let Some(found) = self.blobs.properties(at).await? else { return Ok(false) };
        let same = found.length == sealed.sealed_length && found.metadata == *sent;
        Ok(same && self.tags_sha256(at, &found.etag, found.length).await? == sealed.tags_sha256)
    }

    /// Returns the highest number that a returned file of the order has or had, 0 where there is none.
    async fn last_return(&self, order: OrderId, entries: &[Noted]) -> Result<u32, LogError> {
        let mut last = entries.iter().filter_map(Noted::last_return).max().map_or(0, NonZeroU32::get);
        let folder = format!("orders/{order}/");
        let prefix = format!("{folder}returns/");
        let at = self.firm.in_sealed(&format!("{prefix}1")).map_err(ReadError::from)?;
        let (mut count, mut next) = (0, None::<String>);
        loop {
            let page = self.blobs.list(&at.container, &prefix, next.as_deref(), PAGE_COUNT_MAX).await?;
            count += page.paths.len();
            for path in &page.paths {
                let name = path.as_str().strip_prefix(&folder).and_then(|name| name.parse().ok());
                let Some(BlobName::Return(number)) = name else { return Err(ReadError::Damaged("log").into()) };
                last = last.max(number.get());
            }
            next = page.next;
            if next.is_none() || count > RETURNS_MAX as usize {
                return Ok(last);
            }
        }
    }
}

/// Stages what is written to it, on a thread that may wait. A sealed file comes region by region, and each is one block.
struct Blocks {
    runtime: Handle,
    upload: Arc<dyn Upload>,
    at: BlobAddress,
    count: u32,
}

impl Write for Blocks {
    fn write(&mut self, region: &[u8]) -> io::Result<usize> {
        let staged = self.runtime.block_on(self.upload.block(&self.at, self.count, region.to_vec()));
        staged.map_err(io::Error::other)?;
        self.count = self.count.checked_add(1).ok_or(io::ErrorKind::FileTooLarge)?;
        Ok(region.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
