//! Sealing and opening blobs as streams, in constant memory.

use std::io::{self, ErrorKind, Read, Write};
use std::ops::ControlFlow;

use rand_core::CryptoRng;
use satchel_terms::Hash;
use satchel_terms::sealed_length::{PLAINTEXT_BYTES_MAX, REGION_BYTES, REGIONS_MAX, of_plaintext};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::cipher::{Cipher, NONCE_BYTES, TAG_BYTES};
use crate::content_key::ContentKey;
use crate::lanes::{self, Lanes, Region};

/// Plaintext bytes of a full region, as a length in memory.
const REGION: usize = 4 * 1024 * 1024;
const _: () = assert!(REGION as u64 == REGION_BYTES, "one length of a region");
/// A full region in its sealed form.
const SEALED_REGION: usize = NONCE_BYTES + REGION + TAG_BYTES;
/// The most bytes of plaintext that are written at once. To a file of the system, pieces of this length go several times as fast as whole
/// regions, for which it looks for memory that hangs together (docs/benchmarks.md).
const WRITE_BYTES_MAX: usize = 256 * 1024;

/// Says why nothing usable was sealed. What was written is to be thrown away; its key is gone.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The file could not be read to its end.
    #[error("the file could not be read")]
    Read(#[source] io::Error),
    /// The sealed form could not be written, for instance on a full disk.
    #[error("the sealed file could not be written")]
    Write(#[source] io::Error),
    /// The file is longer than one blob may be.
    #[error("the file is larger than {} GiB", PLAINTEXT_BYTES_MAX >> 30)]
    TooLong,
    /// The caller's [`Progress`] said so.
    #[error("sealing was cancelled")]
    Cancelled,
}

/// Says why a blob did not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The sealed form could not be read.
    #[error("the sealed file could not be read")]
    Read(#[source] io::Error),
    /// The plaintext could not be written, for instance on a full disk.
    #[error("the opened file could not be written")]
    Write(#[source] io::Error),
    /// The key is another one, or the bytes are not as they were sealed.
    #[error("the sealed file is damaged or was sealed with another key")]
    NotAuthentic,
    /// Length or hash are not those of the signed document.
    #[error("the sealed file is not the one that the order lists")]
    NotListed,
    /// The caller's [`Progress`] said so.
    #[error("opening was cancelled")]
    Cancelled,
}

/// Hears after each region how many plaintext bytes are done, and may stop the work.
pub trait Progress {
    /// Takes the bytes done so far; [`ControlFlow::Break`] cancels.
    fn done(&mut self, plaintext_bytes: u64) -> ControlFlow<()>;
}

impl<F: FnMut(u64) -> ControlFlow<()>> Progress for F {
    fn done(&mut self, plaintext_bytes: u64) -> ControlFlow<()> {
        self(plaintext_bytes)
    }
}

/// Hears nothing and never stops.
#[derive(Debug, Clone, Copy)]
pub struct NoProgress;

impl Progress for NoProgress {
    fn done(&mut self, _: u64) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

/// What was sealed: its key, and what manifest and document say about it.
#[derive(Debug)]
pub struct Sealed {
    /// The key, made for this blob.
    pub content_key: ContentKey,
    /// Length and hash of the plaintext.
    pub contents: Contents,
    /// Bytes that were written.
    pub sealed_length: u64,
    /// SHA-256 over the tags of all regions.
    pub tags_sha256: Hash,
}

/// Length and hash of a plaintext as a signed document lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contents {
    /// Bytes.
    pub length: u64,
    /// SHA-256.
    pub sha256: Hash,
}

/// What was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    /// Length and hash of the plaintext.
    pub contents: Contents,
    /// SHA-256 over the tags of all regions, to be compared with the manifest's.
    pub tags_sha256: Hash,
}

/// Seals all that `plaintext` yields under a key made for it. Holds four regions in memory, whatever the length.
///
/// # Errors
/// [`SealError`]; nothing that was written is usable then.
pub fn seal_blob(
    plaintext: &mut impl Read,
    sealed: &mut impl Write,
    rng: &mut impl CryptoRng,
    progress: &mut impl Progress,
) -> Result<Sealed, SealError> {
    seal_under(ContentKey::make(rng), plaintext, sealed, progress)
}

/// Seals under a key that must never have sealed anything else.
pub(crate) fn seal_under(
    content_key: ContentKey,
    plaintext: &mut impl Read,
    sealed: &mut impl Write,
    progress: &mut impl Progress,
) -> Result<Sealed, SealError> {
    let cipher = content_key.cipher();
    let (mut digest, mut tags) = (Sha256::new(), Sha256::new());
    let (mut length, mut sealed_text) = (0, 0);
    let mut is_last = false;
    let read = |region: &mut Region| {
        if is_last {
            return Ok(false);
        }
        region.bytes.clear();
        region.bytes.extend_from_slice(&nonce(region.number));
        let text = read_region(plaintext, &mut region.bytes).map_err(SealError::Read)?;
        if text > 0 && region.number == REGIONS_MAX {
            return Err(SealError::TooLong);
        }
        length += text as u64;
        // A short region is the last, also of a file that has grown since its end was read.
        is_last = length % REGION_BYTES != 0;
        Ok(text > 0)
    };
    let first = |region: &mut Region| {
        digest.update(region.bytes.get(NONCE_BYTES..).unwrap_or_default());
        Ok(())
    };
    let second = |region: &mut Region| {
        let text = region.bytes.get_mut(NONCE_BYTES..).unwrap_or_default();
        let tag = cipher.encrypt(&nonce(region.number), b"", text).map_err(|_| SealError::TooLong)?;
        tags.update(tag);
        region.bytes.extend_from_slice(&tag);
        Ok(())
    };
    let take = |region: &Region| {
        // Whole: who sends it makes a block of each write.
        sealed.write_all(&region.bytes).map_err(SealError::Write)?;
        sealed_text += region.bytes.len().saturating_sub(NONCE_BYTES + TAG_BYTES) as u64;
        if progress.done(sealed_text).is_break() { Err(SealError::Cancelled) } else { Ok(()) }
    };
    lanes::run(SEALED_REGION, SealError::Read, Lanes { read, first, second, take })?;
    sealed.flush().map_err(SealError::Write)?;
    let sealed_length = of_plaintext(length).ok_or(SealError::TooLong)?;
    let contents = Contents { length, sha256: finished(digest) };
    Ok(Sealed { content_key, contents, sealed_length, tags_sha256: finished(tags) })
}

/// Opens a blob that a signed document lists, into `plaintext`. Nothing that was written before an error may be used.
///
/// # Errors
/// [`OpenError`]; also where the blob is longer or shorter than listed, or its contents are others.
pub fn open_blob(
    sealed: &mut impl Read,
    content_key: &ContentKey,
    listed: &Contents,
    plaintext: &mut impl Write,
    progress: &mut impl Progress,
) -> Result<Opened, OpenError> {
    let opened = open_regions(sealed, content_key, listed.length, plaintext, progress)?;
    if opened.contents == *listed { Ok(opened) } else { Err(OpenError::NotListed) }
}

/// Verifies a blob that a signed document lists, and writes nothing.
///
/// # Errors
/// As [`open_blob`].
pub fn verify_blob(
    sealed: &mut impl Read,
    content_key: &ContentKey,
    listed: &Contents,
    progress: &mut impl Progress,
) -> Result<Opened, OpenError> {
    open_blob(sealed, content_key, listed, &mut io::sink(), progress)
}

/// Tells whether these bytes are the region of this number, from 0, of the blob that was sealed under the key. Nothing of the
/// plaintext is given away; whoever sends a blob piece by piece asks before each.
#[must_use]
pub fn is_authentic_region(sealed: &[u8], number: u32, content_key: &ContentKey) -> bool {
    if sealed.len() > SEALED_REGION {
        return false;
    }
    let mut region = Zeroizing::new(sealed.to_vec());
    open_region(&content_key.cipher(), u64::from(number), &mut region).is_ok()
}

/// Opens a blob of which nothing but its plaintext length is known. Whoever holds a signed document uses [`open_blob`]:
/// the format itself does not say how many regions there are, so here a blob cut between two regions opens as a shorter one.
///
/// # Errors
/// As [`open_blob`], without a comparison of the hash.
pub fn open_unlisted_blob(
    sealed: &mut impl Read,
    content_key: &ContentKey,
    plaintext_length: u64,
    plaintext: &mut impl Write,
    progress: &mut impl Progress,
) -> Result<Opened, OpenError> {
    open_regions(sealed, content_key, plaintext_length, plaintext, progress)
}

fn open_regions(
    sealed: &mut impl Read,
    content_key: &ContentKey,
    plaintext_length: u64,
    plaintext: &mut impl Write,
    progress: &mut impl Progress,
) -> Result<Opened, OpenError> {
    if plaintext_length > PLAINTEXT_BYTES_MAX {
        return Err(OpenError::NotListed);
    }
    let cipher = content_key.cipher();
    let (mut digest, mut tags) = (Sha256::new(), Sha256::new());
    let (mut asked, mut length) = (0, 0);
    let read = |region: &mut Region| {
        let left = plaintext_length.saturating_sub(asked).min(REGION_BYTES);
        asked += left;
        region.bytes.clear();
        region.bytes.resize(NONCE_BYTES + usize::try_from(left).map_err(|_| OpenError::NotListed)? + TAG_BYTES, 0);
        if left > 0 {
            sealed.read_exact(&mut region.bytes).map_err(cut_or_unreadable)?;
        }
        Ok(left > 0)
    };
    let first = |region: &mut Region| {
        tags.update(open_region(&cipher, region.number, &mut region.bytes)?);
        Ok(())
    };
    let second = |region: &mut Region| {
        digest.update(text_of(region));
        Ok(())
    };
    let take = |region: &Region| {
        let text = text_of(region);
        write_in_pieces(plaintext, text).map_err(OpenError::Write)?;
        length += text.len() as u64;
        if progress.done(length).is_break() { Err(OpenError::Cancelled) } else { Ok(()) }
    };
    lanes::run(SEALED_REGION, OpenError::Read, Lanes { read, first, second, take })?;
    at_end(sealed)?;
    plaintext.flush().map_err(OpenError::Write)?;
    let contents = Contents { length, sha256: finished(digest) };
    Ok(Opened { contents, tags_sha256: finished(tags) })
}

/// Returns what an opened region holds between nonce and tag.
fn text_of(region: &Region) -> &[u8] {
    let end = region.bytes.len().saturating_sub(TAG_BYTES);
    region.bytes.get(NONCE_BYTES..end).unwrap_or_default()
}

/// Decrypts one region in place and returns its tag.
fn open_region(cipher: &Cipher, number: u64, region: &mut [u8]) -> Result<[u8; TAG_BYTES], OpenError> {
    let (written_nonce, rest) = region.split_first_chunk_mut::<NONCE_BYTES>().ok_or(OpenError::NotAuthentic)?;
    let (text, tag) = rest.split_last_chunk_mut::<TAG_BYTES>().ok_or(OpenError::NotAuthentic)?;
    // Other SDKs count in other ways; a reader that took whatever stands there would take swapped regions.
    if *written_nonce != nonce(number) {
        return Err(OpenError::NotAuthentic);
    }
    cipher.decrypt(written_nonce, b"", text, tag).map_err(|_| OpenError::NotAuthentic)?;
    Ok(*tag)
}

fn cut_or_unreadable(error: io::Error) -> OpenError {
    if error.kind() == ErrorKind::UnexpectedEof { OpenError::NotListed } else { OpenError::Read(error) }
}

fn at_end(sealed: &mut impl Read) -> Result<(), OpenError> {
    match io::copy(&mut sealed.take(1), &mut io::sink()) {
        Ok(0) => Ok(()),
        Ok(_) => Err(OpenError::NotListed),
        Err(error) => Err(OpenError::Read(error)),
    }
}

/// Appends up to a region of plaintext to the buffer and returns its length; less than a region only at the end.
fn read_region(plaintext: &mut impl Read, region: &mut Vec<u8>) -> io::Result<usize> {
    // The buffer has room for a sealed region, so nothing is copied to a larger one, where it would not be overwritten.
    plaintext.take(REGION_BYTES).read_to_end(region)
}

fn write_in_pieces(writer: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    bytes.chunks(WRITE_BYTES_MAX).try_for_each(|piece| writer.write_all(piece))
}

/// The nonce of a region: its number, in 12 bytes.
fn nonce(number: u64) -> [u8; NONCE_BYTES] {
    let mut nonce = [0; NONCE_BYTES];
    let (_, counter) = nonce.split_at_mut(NONCE_BYTES - size_of::<u64>());
    counter.copy_from_slice(&number.to_be_bytes());
    nonce
}

fn finished(digest: Sha256) -> Hash {
    Hash::from_digest(digest.finalize().into())
}
