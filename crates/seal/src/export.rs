//! Exports: a random key that secrets unwrap, and the contents under it, as a stream of chunks.
//!
//! Each chunk is bound to the file's header, to its place and to being the last one or not, so that none can be left out, added,
//! swapped or taken from another file (docs/FORMATS.md, "Export file").

use std::fmt;
use std::io::{self, Read, Write};

use hkdf::Hkdf;
use rand_core::CryptoRng;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::cipher::{Cipher, KEY_BYTES, NONCE_BYTES, TAG_BYTES};
use crate::passphrase::{DeriveError, GuessCost, Passphrase};
use crate::slot::{SlotError, SlotKey};
use crate::words::RecoveryWords;

/// Plaintext bytes of every chunk but the last, which has one byte at least.
pub const EXPORT_CHUNK_BYTES: usize = 64 * 1024;
const SEALED_CHUNK: usize = EXPORT_CHUNK_BYTES + TAG_BYTES;
/// The most chunks of one export: 256 TiB.
const CHUNKS_MAX: u64 = 1 << 32;

/// Names one export file, and binds its slots and keys to it: 16 random bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExportId(pub [u8; 16]);

impl ExportId {
    /// Makes a new one.
    #[must_use]
    pub fn make(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = [0; 16];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }
}

/// The one random key of an export. It encrypts nothing itself.
pub struct ExportKey(Zeroizing<[u8; KEY_BYTES]>);

impl ExportKey {
    /// Makes the key of a new export.
    #[must_use]
    pub fn make(rng: &mut impl CryptoRng) -> Self {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        rng.fill_bytes(key.as_mut_slice());
        Self(key)
    }

    #[cfg(test)]
    pub(crate) fn from_bytes(bytes: &[u8; KEY_BYTES]) -> Self {
        Self(Zeroizing::new(*bytes))
    }

    /// Derives what a header says of the key. AES-GCM commits to no key, so without it a file could be made that one secret opens
    /// to other contents than another.
    ///
    /// # Errors
    /// None that a key of this type can cause.
    pub fn derive_check(&self, id: ExportId) -> Result<[u8; 32], SlotError> {
        Ok(*derived(self.0.as_slice(), &id.0, b"satchel/1 export check")?)
    }

    /// Tells whether a header's check is that of this key, in constant time.
    #[must_use]
    pub fn has_check(&self, id: ExportId, check: &[u8; 32]) -> bool {
        self.derive_check(id).is_ok_and(|own| own.ct_eq(check).into())
    }

    /// Derives the key of the contents, which changes with every byte of the header.
    fn content_cipher(&self, header: &[u8]) -> Result<Cipher, SlotError> {
        let salt: [u8; 32] = Sha256::digest(header).into();
        Ok(Cipher::new(&*derived(self.0.as_slice(), &salt, b"satchel/1 export content")?))
    }
}

impl fmt::Debug for ExportKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ExportKey(..)")
    }
}

fn derived(secret: &[u8], salt: &[u8], info: &[u8]) -> Result<Zeroizing<[u8; KEY_BYTES]>, SlotError> {
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    let expanded = Hkdf::<Sha256>::new(Some(salt), secret).expand(info, key.as_mut_slice());
    expanded.map(|()| key).map_err(|_| SlotError::NotAuthentic)
}

/// What opens an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportSlotKind {
    /// A passphrase of its own.
    Passphrase,
    /// The recovery words of the vault that it came from.
    RecoveryWords,
}

impl ExportSlotKind {
    /// Returns the name as it stands in the header.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Passphrase => "passphrase",
            Self::RecoveryWords => "recovery-words",
        }
    }
}

/// A key that opens one slot of one export. The same secret gives another key for a vault, and for every other export.
pub struct ExportSlotKey {
    kind: ExportSlotKind,
    id: ExportId,
    key: Zeroizing<[u8; KEY_BYTES]>,
}

impl ExportSlotKey {
    /// Derives the slot key of a passphrase: Argon2id, then HKDF.
    ///
    /// # Errors
    /// [`DeriveError`].
    pub fn derive_from_passphrase(
        passphrase: &Passphrase,
        cost: GuessCost,
        salt: &[u8; 16],
        id: ExportId,
    ) -> Result<Self, DeriveError> {
        let stretched = SlotKey::derive_from_passphrase(passphrase, cost, salt)?;
        // Exposed for one derivation here, so that no key of a vault's slot opens an export.
        let key = derived(stretched.expose(), &id.0, b"satchel/1 export passphrase");
        Ok(Self { kind: ExportSlotKind::Passphrase, id, key: key.map_err(|_| DeriveError::Cost)? })
    }

    /// Derives the slot key of recovery words.
    ///
    /// # Errors
    /// None that recovery words can cause.
    pub fn derive_from_words(words: &RecoveryWords, id: ExportId) -> Result<Self, SlotError> {
        let key = derived(words.entropy(), &id.0, b"satchel/1 export recovery words")?;
        Ok(Self { kind: ExportSlotKind::RecoveryWords, id, key })
    }

    fn binding(&self) -> Vec<u8> {
        [b"satchel/1 export slot\0", &self.id.0[..], b"\0", self.kind.as_str().as_bytes()].concat()
    }

    /// Wraps the key of the export: `nonce ‖ ciphertext ‖ tag`.
    ///
    /// # Errors
    /// None that such a key can cause.
    pub fn wrap(&self, key: &ExportKey, rng: &mut impl CryptoRng) -> Result<Vec<u8>, SlotError> {
        let mut nonce = [0; NONCE_BYTES];
        rng.fill_bytes(&mut nonce);
        let sealed = Cipher::new(&self.key).seal(&nonce, &self.binding(), key.0.as_slice());
        sealed.map_err(|_| SlotError::NotAuthentic)
    }

    /// Unwraps the key of the export.
    ///
    /// # Errors
    /// [`SlotError::NotAuthentic`], whatever the reason.
    pub fn unwrap_export_key(&self, wrapped: &[u8]) -> Result<ExportKey, SlotError> {
        let opened = Cipher::new(&self.key).open(&self.binding(), wrapped);
        let bytes = opened.map_err(|_| SlotError::NotAuthentic)?;
        let key: &[u8; KEY_BYTES] = bytes.as_slice().try_into().map_err(|_| SlotError::NotAuthentic)?;
        Ok(ExportKey(Zeroizing::new(*key)))
    }
}

impl fmt::Debug for ExportSlotKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ExportSlotKey({}, ..)", self.kind.as_str())
    }
}

/// The nonce of a chunk: its number in 11 bytes, and whether it is the last.
fn nonce(index: u64, is_last: bool) -> [u8; NONCE_BYTES] {
    let mut nonce = [0; NONCE_BYTES];
    let number = index.to_be_bytes();
    nonce.iter_mut().skip(3).zip(number).for_each(|(byte, digit)| *byte = digit);
    if let Some(last) = nonce.last_mut() {
        *last = u8::from(is_last);
    }
    nonce
}

/// Seals contents as they come, and holds one chunk of them.
pub struct ExportWriter<W> {
    cipher: Cipher,
    out: W,
    chunk: Zeroizing<Vec<u8>>,
    index: u64,
}

impl<W: Write> ExportWriter<W> {
    /// Begins behind a header that `out` has taken.
    ///
    /// # Errors
    /// None that a key of this type can cause.
    pub fn begin(key: &ExportKey, header: &[u8], out: W) -> Result<Self, SlotError> {
        let chunk = Zeroizing::new(Vec::with_capacity(SEALED_CHUNK));
        Ok(Self { cipher: key.content_cipher(header)?, out, chunk, index: 0 })
    }

    /// Takes contents. A full chunk is written once it is known not to be the last.
    ///
    /// # Errors
    /// As `out` says; what was written is to be thrown away then.
    pub fn write_all(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            if self.chunk.len() == EXPORT_CHUNK_BYTES {
                self.write_chunk(false)?;
            }
            let room = (EXPORT_CHUNK_BYTES - self.chunk.len()).min(bytes.len());
            let (taken, rest) = bytes.split_at_checked(room).unwrap_or((bytes, &[]));
            self.chunk.extend_from_slice(taken);
            bytes = rest;
        }
        Ok(())
    }

    /// Writes the last chunk, and returns what was written to.
    ///
    /// # Errors
    /// As `out` says, and where there are no contents.
    pub fn finish(mut self) -> io::Result<W> {
        if self.chunk.is_empty() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        self.write_chunk(true)?;
        Ok(self.out)
    }

    fn write_chunk(&mut self, is_last: bool) -> io::Result<()> {
        if self.index >= CHUNKS_MAX {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let tag = self.cipher.encrypt(&nonce(self.index, is_last), b"", &mut self.chunk);
        let tag = tag.map_err(|_| io::Error::from(io::ErrorKind::FileTooLarge))?;
        self.chunk.extend_from_slice(&tag);
        self.out.write_all(&self.chunk)?;
        self.chunk.clear();
        self.index += 1;
        Ok(())
    }
}

impl<W> fmt::Debug for ExportWriter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ExportWriter(chunk {})", self.index)
    }
}

/// Says why no more of an export is handed on. What was handed on before it stood there so.
#[derive(Debug, thiserror::Error)]
pub enum ExportReadError {
    /// The file could not be read.
    #[error("the file could not be read")]
    Read(#[source] io::Error),
    /// A chunk is damaged, of another place or file, or missing; or the header is another one.
    #[error("the file is damaged or was cut off")]
    NotAuthentic,
}

/// Opens contents chunk by chunk, and hands nothing on before its chunk was found authentic.
pub struct ExportReader<R> {
    cipher: Cipher,
    source: R,
    /// The sealed chunk that comes next; nothing behind the last.
    next: Vec<u8>,
    chunk: Zeroizing<Vec<u8>>,
    /// Bytes of the chunk that were handed on.
    taken: usize,
    index: u64,
    sealed_bytes: u64,
    is_refused: bool,
}

impl<R: Read> ExportReader<R> {
    /// Begins behind a header, at which `source` stands.
    ///
    /// # Errors
    /// [`ExportReadError`].
    pub fn begin(key: &ExportKey, header: &[u8], mut source: R) -> Result<Self, ExportReadError> {
        let cipher = key.content_cipher(header).map_err(|_| ExportReadError::NotAuthentic)?;
        let next = sealed_chunk(&mut source)?;
        let chunk = Zeroizing::new(Vec::with_capacity(SEALED_CHUNK));
        Ok(Self { cipher, source, next, chunk, taken: 0, index: 0, sealed_bytes: 0, is_refused: false })
    }

    /// Hands on at most so many bytes as `out` holds, and says how many; 0 only behind the last chunk, or into nothing.
    ///
    /// # Errors
    /// [`ExportReadError`], from then on for ever.
    pub fn read(&mut self, out: &mut [u8]) -> Result<usize, ExportReadError> {
        if self.taken == self.chunk.len() && !self.open_next()? {
            return Ok(0);
        }
        let rest = self.chunk.get(self.taken..).unwrap_or_default();
        let count = rest.len().min(out.len());
        out.iter_mut().zip(rest).for_each(|(byte, read)| *byte = *read);
        self.taken += count;
        Ok(count)
    }

    /// Returns how many bytes of the file behind its header were found authentic.
    pub const fn sealed_bytes(&self) -> u64 {
        self.sealed_bytes
    }

    /// Opens the next chunk; false behind the last one.
    fn open_next(&mut self) -> Result<bool, ExportReadError> {
        if self.is_refused {
            return Err(ExportReadError::NotAuthentic);
        }
        if self.next.is_empty() && self.index > 0 {
            return Ok(false);
        }
        self.is_refused = true;
        let following = sealed_chunk(&mut self.source)?;
        let sealed = std::mem::replace(&mut self.next, following);
        // More chunks than there can be wear the number out.
        if self.index >= CHUNKS_MAX {
            return Err(ExportReadError::NotAuthentic);
        }
        let (text, tag) = sealed.split_last_chunk::<TAG_BYTES>().ok_or(ExportReadError::NotAuthentic)?;
        self.chunk.clear();
        self.chunk.extend_from_slice(text);
        self.taken = 0;
        let opened = self.cipher.decrypt(&nonce(self.index, self.next.is_empty()), b"", &mut self.chunk, tag);
        if opened.is_err() || text.is_empty() {
            self.chunk.clear();
            return Err(ExportReadError::NotAuthentic);
        }
        self.index += 1;
        self.sealed_bytes += sealed.len() as u64;
        self.is_refused = false;
        Ok(true)
    }
}

/// Reads one sealed chunk, or what is left.
fn sealed_chunk(source: &mut impl Read) -> Result<Vec<u8>, ExportReadError> {
    let mut sealed = Vec::with_capacity(SEALED_CHUNK);
    source.take(SEALED_CHUNK as u64).read_to_end(&mut sealed).map_err(ExportReadError::Read)?;
    Ok(sealed)
}

impl<R> fmt::Debug for ExportReader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ExportReader(chunk {})", self.index)
    }
}
