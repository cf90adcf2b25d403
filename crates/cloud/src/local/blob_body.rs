//! What a request with a ticket is answered with.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::PathBuf;

use super::disk::u64_of;
use super::head::{DAMAGED, Head};
use crate::CloudError;

/// The most bytes that [`Body::chunk`] answers at once.
pub const CHUNK_BYTES_MAX: usize = 1024 * 1024;

/// The body of an answer. A blob's is read from disk as it is sent, so its size does not matter.
#[derive(Debug)]
pub struct Body(Source);

#[derive(Debug)]
enum Source {
    Bytes(Vec<u8>),
    Blob(Slices),
}

/// Pieces of files that are left to read.
#[derive(Debug)]
struct Slices {
    left: std::vec::IntoIter<Slice>,
    current: Option<Slice>,
}

#[derive(Debug)]
struct Slice {
    file: PathBuf,
    from: u64,
    length: u64,
}

impl Body {
    pub(crate) const fn bytes(bytes: Vec<u8>) -> Self {
        Self(Source::Bytes(bytes))
    }

    /// Returns the bytes `from..end` of a blob.
    pub(crate) fn blob(folder: &std::path::Path, head: &Head, from: u64, end: u64) -> Self {
        let mut at = 0_u64;
        let mut slices = Vec::new();
        for part in head.parts() {
            let part_end = at.saturating_add(part.length);
            let (first, last) = (from.max(at), end.min(part_end));
            if first < last {
                let file = folder.join(&part.file);
                slices.push(Slice { file, from: first.saturating_sub(at), length: last.saturating_sub(first) });
            }
            at = part_end;
        }
        Self(Source::Blob(Slices { left: slices.into_iter(), current: None }))
    }

    /// Returns the next bytes, at most [`CHUNK_BYTES_MAX`]. Nothing: that was all.
    ///
    /// # Errors
    /// Fails where the disk does, and where the blob was changed since the answer began.
    pub async fn chunk(&mut self) -> Result<Option<Vec<u8>>, CloudError> {
        match &mut self.0 {
            Source::Bytes(bytes) if bytes.is_empty() => Ok(None),
            Source::Bytes(bytes) => {
                let rest = bytes.split_off(bytes.len().min(CHUNK_BYTES_MAX));
                Ok(Some(std::mem::replace(bytes, rest)))
            }
            Source::Blob(slices) => slices.chunk().await,
        }
    }

    /// Reads all that is left, if that is at most `bytes_max`.
    ///
    /// # Errors
    /// As [`Body::chunk`], and [`CloudError::TooLarge`].
    pub async fn collect(mut self, bytes_max: usize) -> Result<Vec<u8>, CloudError> {
        let mut all = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            if all.len().saturating_add(chunk.len()) > bytes_max {
                return Err(CloudError::TooLarge { bytes_max: u64_of(bytes_max) });
            }
            all.extend(chunk);
        }
        Ok(all)
    }
}

impl Slices {
    async fn chunk(&mut self) -> Result<Option<Vec<u8>>, CloudError> {
        let Some(mut slice) = self.current.take().or_else(|| self.left.next()) else { return Ok(None) };
        let read = move || -> Result<(Vec<u8>, Slice), CloudError> {
            let length = slice.length.min(u64_of(CHUNK_BYTES_MAX));
            let mut file = File::open(&slice.file)?;
            file.seek(SeekFrom::Start(slice.from))?;
            let mut bytes = Vec::new();
            if u64_of(file.take(length).read_to_end(&mut bytes)?) != length {
                return Err(DAMAGED);
            }
            slice.from = slice.from.saturating_add(length);
            slice.length = slice.length.saturating_sub(length);
            Ok((bytes, slice))
        };
        let ended = |error| CloudError::Unavailable { retry_after: None, source: Some(Box::new(error)) };
        let (bytes, slice) = tokio::task::spawn_blocking(read).await.map_err(ended)??;
        self.current = Some(slice).filter(|slice| slice.length > 0);
        Ok(Some(bytes))
    }
}
