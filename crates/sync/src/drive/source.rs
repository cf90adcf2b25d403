//! Sealed bytes on this computer.

use std::fs::File;
use std::io::{self, ErrorKind, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use bytes::Bytes;

use crate::item::{BlobSource, OutboxItem, block_range};
use crate::plan::{Failure, Why};
use crate::rejection::Rejection;

/// Looks whether every sealed file is there, with its length.
pub(super) fn check(item: &OutboxItem) -> Result<(), Failure> {
    for (blob, sealed_length) in item.blobs_with_lengths() {
        let length = match &blob.source {
            BlobSource::File(path, _) => std::fs::metadata(path).map_err(|error| failure(&error))?.len(),
            BlobSource::Bytes(bytes) => u64::try_from(bytes.len()).unwrap_or(u64::MAX),
        };
        is_whole(length, sealed_length)?;
    }
    Ok(())
}

/// Reads one block: a region in its sealed form, as it was sealed or not at all.
pub(super) fn read_block(source: &BlobSource, sealed_length: u64, block: u32) -> Result<Bytes, Failure> {
    let (start, length) = block_range(sealed_length, block);
    match source {
        BlobSource::File(path, check) => {
            let region = read_file(path, sealed_length, start, length)?;
            if check.is_as_sealed(block, &region) { Ok(region) } else { Err(Failure::Never(Rejection::SourceChanged)) }
        }
        BlobSource::Bytes(bytes) => {
            let place = |at: u64| usize::try_from(at).ok();
            let part = place(start).zip(place(start + length)).and_then(|(start, end)| bytes.get(start..end));
            is_whole(u64::try_from(bytes.len()).unwrap_or(u64::MAX), sealed_length)?;
            part.map(Bytes::copy_from_slice).ok_or(Failure::Never(Rejection::SourceChanged))
        }
    }
}

fn read_file(path: &Path, sealed_length: u64, start: u64, length: u64) -> Result<Bytes, Failure> {
    let mut file = File::open(path).map_err(|error| failure(&error))?;
    let metadata = file.metadata().map_err(|error| failure(&error))?;
    is_whole(metadata.len(), sealed_length)?;
    file.seek(SeekFrom::Start(start)).map_err(|error| failure(&error))?;
    let mut region = vec![0; usize::try_from(length).map_err(|_| Failure::Later(Why::SourceUnreadable))?];
    file.read_exact(&mut region).map_err(|error| failure(&error))?;
    Ok(Bytes::from(region))
}

fn is_whole(length: u64, sealed_length: u64) -> Result<(), Failure> {
    if length == sealed_length { Ok(()) } else { Err(Failure::Never(Rejection::SourceChanged)) }
}

/// A file that is gone stays gone. Others may be readable later: a scanner holds them open, or a disk is not there yet.
fn failure(error: &io::Error) -> Failure {
    if error.kind() == ErrorKind::NotFound {
        Failure::Never(Rejection::SourceMissing)
    } else if error.kind() == ErrorKind::UnexpectedEof {
        Failure::Never(Rejection::SourceChanged)
    } else {
        Failure::Later(Why::SourceUnreadable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::{BLOCK_BYTES_MAX, BlockCheck};

    #[test]
    fn a_block_is_read_from_its_place() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("sealed");
        let length = BLOCK_BYTES_MAX + 40;
        let bytes: Vec<u8> = (0..length).map(|at| u8::try_from(at % 251).expect("below 256")).collect();
        std::fs::write(&path, &bytes).expect("writes");
        for source in [BlobSource::File(path, BlockCheck::new(|_, _| true)), BlobSource::Bytes(bytes.clone().into())] {
            let first = usize::try_from(BLOCK_BYTES_MAX).expect("fits");
            assert_eq!(read_block(&source, length, 0).as_deref(), Ok(&bytes[..first]));
            assert_eq!(read_block(&source, length, 1).as_deref(), Ok(&bytes[first..]));
            assert_eq!(read_block(&source, length + 1, 0), Err(Failure::Never(Rejection::SourceChanged)));
            assert_eq!(read_block(&source, length - 1, 0), Err(Failure::Never(Rejection::SourceChanged)));
        }
    }

    #[test]
    fn what_is_gone_and_what_cannot_be_read_differ() {
        let folder = tempfile::tempdir().expect("a folder");
        let gone = BlobSource::File(folder.path().join("gone"), BlockCheck::new(|_, _| true));
        assert_eq!(read_block(&gone, 29, 0), Err(Failure::Never(Rejection::SourceMissing)));
        let denied = io::Error::from(ErrorKind::PermissionDenied);
        assert_eq!(failure(&denied), Failure::Later(Why::SourceUnreadable));
    }

    #[test]
    fn a_block_that_is_not_as_it_was_sealed_is_not_handed_out() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("sealed");
        let length = 2 * BLOCK_BYTES_MAX;
        std::fs::write(&path, vec![7; usize::try_from(length).expect("fits")]).expect("writes");
        let second_is_damaged = BlockCheck::new(|block, bytes| block == 0 && bytes.iter().all(|byte| *byte == 7));
        let source = BlobSource::File(path, second_is_damaged);
        assert!(read_block(&source, length, 0).is_ok());
        assert_eq!(read_block(&source, length, 1), Err(Failure::Never(Rejection::SourceChanged)));
    }
}
