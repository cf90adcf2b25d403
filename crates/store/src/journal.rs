//! The journal: a header, then entries of which each vouches for itself and all before it.

use std::io::{self, Read};

use satchel_seal::{ChainKey, RECORD_BYTES_MIN, RecordAddress, RecordKind};
use satchel_terms::VaultId;

const MAGIC: &[u8; 8] = b"SATCHELJ";
const FORMAT: [u8; 2] = [0, 2];
/// The format of builds before the first release, whose chain had no key.
const FORMAT_BEFORE_RELEASE: [u8; 2] = [0, 1];
/// Bytes of a journal's header.
pub const HEADER_BYTES: usize = 40;
/// Bytes of an entry around its record, without the length before it: sequence, table, kind, id, revision; chain.
const ENTRY_HEAD_BYTES: usize = 8 + 1 + 1 + 16 + 8;
pub(crate) const CHAIN_BYTES: usize = 32;
pub(crate) const ENTRY_BYTES_MIN: usize = ENTRY_HEAD_BYTES + RECORD_BYTES_MIN + CHAIN_BYTES;
/// The most bytes of an entry.
pub const ENTRY_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Bytes that are read at once at most.
const READ_BYTES: usize = 64 * 1024;
/// The most bytes of an entry's record.
pub const RECORD_BYTES_MAX: usize = ENTRY_BYTES_MAX - ENTRY_HEAD_BYTES - CHAIN_BYTES;

/// A table of the vault. Numbers are never given twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Table {
    /// Orders that are being filled in.
    Drafts = 1,
    /// Sealed files and their keys.
    Attachments = 2,
    /// Frozen orders on their way.
    Outbox = 3,
    /// What was sent of them.
    Ledger = 4,
    /// The device's own keys.
    Keys = 5,
    /// Settings of this computer.
    Settings = 6,
    /// Orders that were received.
    Orders = 7,
}

impl Table {
    /// All tables.
    pub const ALL: [Self; 7] =
        [Self::Drafts, Self::Attachments, Self::Outbox, Self::Ledger, Self::Keys, Self::Settings, Self::Orders];

    /// Reads the number of a table; nothing for one that no format has.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|table| table.number() == number)
    }

    /// Returns the table's number.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }
}

/// What a journal starts with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// The vault that it belongs to.
    pub vault: VaultId,
    /// The sequence of its first entry.
    pub first_sequence: u64,
}

/// Says why a file is not a journal of this vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// Shorter than a header, or not one.
    #[error("the file is not a journal of Satchel")]
    NotAJournal,
    /// Of a format that this version does not know.
    #[error("the journal was written by a newer version of Satchel")]
    Newer,
    /// Of a format that only builds before the first release wrote.
    #[error("the journal was written by a build of Satchel from before its first release")]
    BeforeRelease,
    /// Of another vault.
    #[error("the journal belongs to another vault")]
    OtherVault,
}

impl Header {
    /// Writes the header.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; HEADER_BYTES] {
        let fields = MAGIC.iter().chain(&FORMAT).chain(&[0; 6]).chain(self.vault.as_bytes());
        let sequence = self.first_sequence.to_be_bytes();
        let mut bytes = [0; HEADER_BYTES];
        bytes.iter_mut().zip(fields.chain(&sequence)).for_each(|(byte, field)| *byte = *field);
        bytes
    }

    /// Reads the header of this vault's journal.
    ///
    /// # Errors
    /// [`HeaderError`].
    pub fn from_bytes(bytes: &[u8], vault: VaultId) -> Result<Self, HeaderError> {
        let head: &[u8; HEADER_BYTES] = bytes.first_chunk().ok_or(HeaderError::NotAJournal)?;
        let (_, sequence) = head.split_last_chunk::<8>().ok_or(HeaderError::NotAJournal)?;
        let header = Self { vault, first_sequence: u64::from_be_bytes(*sequence) };
        if *head == header.to_bytes() {
            return Ok(header);
        }
        if !head.starts_with(MAGIC) {
            return Err(HeaderError::NotAJournal);
        }
        let of_this_format = header.to_bytes();
        let (known, found) = (of_this_format.get(..16), head.get(..16));
        Err(match head.get(8..10) {
            Some(format) if format == FORMAT_BEFORE_RELEASE => HeaderError::BeforeRelease,
            _ if known == found => HeaderError::OtherVault,
            _ => HeaderError::Newer,
        })
    }
}

/// The link between entries: the vault's MAC of the chain before, and of all bytes of the entry before its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chain(pub(crate) [u8; CHAIN_BYTES]);

impl Chain {
    /// Starts at a header.
    #[must_use]
    pub fn start(key: &ChainKey, header: &Header) -> Self {
        Self(key.link(&[&header.to_bytes()]))
    }

    pub(crate) fn next(&self, key: &ChainKey, entry: &[u8]) -> Self {
        Self(key.link(&[&self.0, entry]))
    }
}

/// A place in a journal behind its header or an entry, where reading and writing go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// Bytes of the file before it.
    pub offset: u64,
    /// The sequence of the entry that begins there.
    pub next_sequence: u64,
    /// The chain of what stands before it.
    pub chain: Chain,
}

impl Point {
    /// Returns the place of the first entry.
    #[must_use]
    pub fn start(key: &ChainKey, header: &Header) -> Self {
        let chain = Chain::start(key, header);
        Self { offset: HEADER_BYTES as u64, next_sequence: header.first_sequence, chain }
    }
}

/// An entry as it stands in the journal; its record is ciphertext.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Counts up by one.
    pub sequence: u64,
    /// The table.
    pub table: Table,
    /// What the record is bound to.
    pub address: RecordAddress,
    /// The sealed record.
    pub record: Vec<u8>,
}

/// Says that a record is longer than an entry holds. Nothing was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is larger than the vault can hold in one piece")]
pub struct EntryTooLong;

impl Entry {
    /// Writes the entry behind `chain` and moves `chain` on to it.
    ///
    /// # Errors
    /// [`EntryTooLong`]; then `chain` is where it was.
    pub fn to_bytes(&self, key: &ChainKey, chain: &mut Chain) -> Result<Vec<u8>, EntryTooLong> {
        if self.record.len() > RECORD_BYTES_MAX {
            return Err(EntryTooLong);
        }
        let length = ENTRY_HEAD_BYTES + self.record.len() + CHAIN_BYTES;
        let length = u32::try_from(length).map_err(|_| EntryTooLong)?;
        let mut bytes = Vec::with_capacity(4 + self.record.len() + ENTRY_BYTES_MIN);
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(&self.sequence.to_be_bytes());
        bytes.extend_from_slice(&[self.table.number(), self.address.kind as u8]);
        bytes.extend_from_slice(&self.address.id);
        bytes.extend_from_slice(&self.address.revision.to_be_bytes());
        bytes.extend_from_slice(&self.record);
        *chain = chain.next(key, &bytes);
        bytes.extend_from_slice(&chain.0);
        Ok(bytes)
    }

    /// Reads an entry again whose chain was verified when the journal was opened, or which was appended since. What is found
    /// is proved by its record alone.
    ///
    /// # Errors
    /// [`Stop`].
    pub fn read_again(source: &mut impl Read) -> Result<Self, Stop> {
        let bytes = entry_bytes(source)?.ok_or(Stop::Cut)?;
        let (linked, _) = bytes.split_last_chunk::<CHAIN_BYTES>().ok_or(Stop::Damaged)?;
        Self::from_linked(linked).ok_or(Stop::Damaged)
    }

    /// Takes an entry apart that stands there from its length up to its chain.
    fn from_linked(linked: &[u8]) -> Option<Self> {
        let (_, rest) = linked.split_first_chunk::<4>()?;
        let (sequence, rest) = rest.split_first_chunk::<8>()?;
        let (&[table, kind], rest) = rest.split_first_chunk::<2>()?;
        let (id, rest) = rest.split_first_chunk::<16>()?;
        let (revision, record) = rest.split_first_chunk::<8>()?;
        let address =
            RecordAddress { kind: RecordKind::from_number(kind)?, id: *id, revision: u64::from_be_bytes(*revision) };
        let sequence = u64::from_be_bytes(*sequence);
        Some(Self { sequence, table: Table::from_number(table)?, address, record: record.to_vec() })
    }

    /// Returns how many bytes the entry has in a journal.
    #[must_use]
    pub const fn length(&self) -> u64 {
        (4 + ENTRY_HEAD_BYTES + self.record.len() + CHAIN_BYTES) as u64
    }
}

/// Why a reader of a journal stopped before its end. Everything before [`JournalReader::point`] counts.
#[derive(Debug, thiserror::Error)]
pub enum Stop {
    /// The file ends within an entry: most likely a write that was never acknowledged.
    #[error("the last entry of the journal is cut")]
    Cut,
    /// The entry is not one that follows.
    #[error("an entry of the journal is damaged")]
    Damaged,
    /// The file cannot be read.
    #[error("the journal could not be read")]
    Read(#[source] io::Error),
}

/// Reads a journal entry by entry, holding one of them in memory.
#[derive(Debug)]
pub struct JournalReader<'a, R> {
    source: R,
    key: &'a ChainKey,
    point: Point,
}

impl<'a, R: Read> JournalReader<'a, R> {
    /// Reads from a place, at which `source` stands.
    pub fn new(source: R, key: &'a ChainKey, point: Point) -> Self {
        Self { source, key, point }
    }

    /// Returns where the next entry begins: where a writer goes on, once all before it counts.
    pub const fn point(&self) -> Point {
        self.point
    }

    /// Reads the next entry; nothing at the end of the file. After an error the reader stands before the faulty entry.
    ///
    /// # Errors
    /// [`Stop`].
    pub fn read_next(&mut self) -> Result<Option<Entry>, Stop> {
        let Some(bytes) = entry_bytes(&mut self.source)? else { return Ok(None) };
        let (entry, chain) = linked_entry(self.key, &self.point.chain, &bytes).ok_or(Stop::Damaged)?;
        if entry.sequence != self.point.next_sequence {
            return Err(Stop::Damaged);
        }
        let next_sequence = self.point.next_sequence.checked_add(1).ok_or(Stop::Damaged)?;
        self.point = Point { offset: self.point.offset + bytes.len() as u64, next_sequence, chain };
        Ok(Some(entry))
    }
}

/// Takes an entry apart whose bytes are all there, if it was written behind this chain with this key.
pub(crate) fn linked_entry(key: &ChainKey, before: &Chain, bytes: &[u8]) -> Option<(Entry, Chain)> {
    let (linked, written) = bytes.split_last_chunk::<CHAIN_BYTES>()?;
    let chain = before.next(key, linked);
    if chain.0 != *written {
        return None;
    }
    Some((Entry::from_linked(linked)?, chain))
}

/// Reads all bytes of an entry; nothing at the end of the file.
pub(crate) fn entry_bytes(source: &mut impl Read) -> Result<Option<Vec<u8>>, Stop> {
    let mut bytes = Vec::new();
    match fill(source, &mut bytes, 4)? {
        0 => return Ok(None),
        4 => {}
        _ => return Err(Stop::Cut),
    }
    let length = bytes.first_chunk().map_or(0, |length| u32::from_be_bytes(*length) as usize);
    if !(ENTRY_BYTES_MIN..=ENTRY_BYTES_MAX).contains(&length) {
        return Err(Stop::Damaged);
    }
    if fill(source, &mut bytes, length)? == length { Ok(Some(bytes)) } else { Err(Stop::Cut) }
}

/// Appends up to so many bytes of the file and returns how many there were. Memory grows with what is there, not with what a
/// damaged length claims.
fn fill(source: &mut impl Read, bytes: &mut Vec<u8>, count: usize) -> Result<usize, Stop> {
    // Room for most entries, so that they are read at once.
    bytes.reserve_exact(count.min(READ_BYTES));
    source.take(count as u64).read_to_end(bytes).map_err(Stop::Read)
}
