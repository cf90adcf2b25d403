//! The snapshot: where each record stands in the journal, and its summary, as of some entry. With it the vault opens without
//! reading the whole journal. It is no format and never the truth: one that does not fit the journal is not used.

use std::fs::File;
use std::io::{self, BufWriter, Read as _, Write as _};
use std::path::Path;

use rand_core::CryptoRng;
use satchel_seal::{RecordAddress, RecordKind};
use zeroize::Zeroizing;

use crate::disk::{self, DiskFile};
use crate::files::remove_if_there;
use crate::index::{Index, Mark, Place};
use crate::journal::{Chain, Header, Point, Table};
use crate::journal_file::FoundJournal;
use crate::keys::Keys;
use crate::record::RecordId;
use crate::summaries::{Held, Summaries, Summary};
use crate::vault::{DELTAS_MAX, Vault};

/// The snapshot's name in the vault's folder.
pub(crate) const SNAPSHOT: &str = "snapshot.satchel";
const NEW_SNAPSHOT: &str = "snapshot.new";
const MAGIC: &[u8; 8] = b"SATCHEL1";
/// Bytes that are sealed at once.
const CHUNK_BYTES: usize = 4 * 1024 * 1024;
/// The most bytes of a snapshot: a million records with summaries of a kilobyte.
const FILE_BYTES_MAX: u64 = 2 * 1024 * 1024 * 1024;
/// How many entries may follow a snapshot before another one is worth writing, at least; and how many parts of the records.
const ENTRIES_MIN: u64 = 256;
const RECORDS_PART: u64 = 16;

/// What a snapshot holds.
pub(crate) struct Snapshot {
    pub(crate) at: Point,
    pub(crate) index: Index,
    pub(crate) summaries: Summaries,
}

impl Vault {
    /// Closes the vault, and keeps a snapshot if that is worth it.
    pub fn close(mut self) {
        self.keep_snapshot_if_worth();
    }

    /// Keeps a snapshot if enough was written since the last one, so that the next opening is quick. Nothing else depends on it, so
    /// that it fails is no error.
    pub fn keep_snapshot_if_worth(&mut self) {
        let written = self.journal.end().next_sequence.saturating_sub(self.snapshot_sequence);
        if written >= ENTRIES_MIN.max(self.index.all().count() as u64 / RECORDS_PART) {
            self.keep_snapshot().ok();
        }
    }

    /// Keeps a snapshot of the vault as it is.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn keep_snapshot(&mut self) -> io::Result<()> {
        let contents = encode(&self.journal.header(), &self.journal.end(), &self.index, &self.summaries);
        write(&self.folder, &self.keys, &contents, &mut self.random)?;
        self.snapshot_sequence = self.journal.end().next_sequence;
        Ok(())
    }

    /// Removes the snapshot, so that the next opening reads the whole journal.
    ///
    /// # Errors
    /// Where it cannot be removed.
    pub fn forget_snapshot(&mut self) -> io::Result<()> {
        self.snapshot_sequence = 0;
        remove_if_there(&self.folder.join(SNAPSHOT))
    }
}

/// Reads the snapshot of a vault; nothing where there is none that fits the journal.
pub(crate) fn read(folder: &Path, keys: &Keys, journal: &mut FoundJournal) -> Option<Snapshot> {
    let contents = open(&folder.join(SNAPSHOT), keys)?;
    let (first_sequence, snapshot) = decode(&mut Bytes(&contents))?;
    let fits = first_sequence == journal.header().first_sequence && journal.has_been_at(&snapshot.at).ok()?;
    fits.then_some(snapshot)
}

fn chunk_address(snapshot: [u8; 8], chunk: usize, count: usize) -> RecordAddress {
    let numbers = u128::from(u64::from_be_bytes(snapshot)) << 64 | chunk as u128;
    RecordAddress { kind: RecordKind::Put, id: numbers.to_be_bytes(), revision: count as u64 }
}

fn write(folder: &Path, keys: &Keys, contents: &[u8], rng: &mut impl CryptoRng) -> io::Result<()> {
    let new = folder.join(NEW_SNAPSHOT);
    let mut file = BufWriter::new(DiskFile::create(&new)?);
    let mut id = [0; 8];
    rng.fill_bytes(&mut id);
    file.write_all(&[&MAGIC[..], &id].concat())?;
    let count = contents.chunks(CHUNK_BYTES).len();
    for (number, chunk) in contents.chunks(CHUNK_BYTES).enumerate() {
        let sealed = keys.snapshot().seal(&chunk_address(id, number, count), chunk, rng);
        let sealed = sealed.map_err(|_| io::ErrorKind::InvalidInput)?;
        let length = u32::try_from(sealed.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
        file.write_all(&length.to_be_bytes())?;
        file.write_all(&sealed)?;
    }
    file.into_inner()?;
    // Not synced: whatever a power cut leaves of it is not authentic, and then the journal is read.
    disk::rename(&new, &folder.join(SNAPSHOT))
}

/// Opens all chunks; nothing where one is missing, too many or not authentic.
fn open(path: &Path, keys: &Keys) -> Option<Zeroizing<Vec<u8>>> {
    let file = File::open(path).ok()?;
    let length = file.metadata().ok()?.len();
    if length > FILE_BYTES_MAX {
        return None;
    }
    let mut sealed = Vec::with_capacity(usize::try_from(length).ok()?);
    file.take(FILE_BYTES_MAX).read_to_end(&mut sealed).ok()?;
    let (id, mut rest) = sealed.strip_prefix(MAGIC)?.split_first_chunk::<8>()?;
    let mut chunks = Vec::new();
    while let Some((length, behind)) = rest.split_first_chunk::<4>() {
        let (chunk, behind) = behind.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        chunks.push(chunk);
        rest = behind;
    }
    if !rest.is_empty() {
        return None;
    }
    let mut contents = Zeroizing::new(Vec::with_capacity(sealed.len()));
    for (number, chunk) in chunks.iter().enumerate() {
        let address = chunk_address(*id, number, chunks.len());
        contents.extend_from_slice(&keys.snapshot().open(&address, chunk).ok()?);
    }
    Some(contents)
}

fn encode(header: &Header, at: &Point, index: &Index, summaries: &Summaries) -> Zeroizing<Vec<u8>> {
    let summary = |table, id, place: &Place| {
        summaries.held.get(&(table, id)).filter(|held| held.revision == place.revision).map(|held| &*held.summary)
    };
    let record_bytes = |(table, id, place): (Table, RecordId, &Place)| {
        RECORD_BYTES + place.deltas.len() * 8 + summary(table, id, place).map_or(0, <[u8]>::len)
    };
    // So much at once, so that no copy of a smaller buffer stays behind in memory.
    let length = HEAD_BYTES + index.all().map(record_bytes).sum::<usize>();
    let mut bytes = Zeroizing::new(Vec::with_capacity(length));
    let numbers = [header.first_sequence, at.offset, at.next_sequence, summaries.version];
    numbers.iter().for_each(|number| bytes.extend_from_slice(&number.to_be_bytes()));
    bytes.extend_from_slice(&at.chain.0);
    for (table, id, place) in index.all() {
        bytes.push(table.number());
        bytes.extend_from_slice(id.as_bytes());
        bytes.extend_from_slice(&place.mark.0);
        let numbers = [place.revision, place.put, place.bytes];
        numbers.iter().for_each(|number| bytes.extend_from_slice(&number.to_be_bytes()));
        bytes.extend_from_slice(&(place.deltas.len() as u64).to_be_bytes());
        place.deltas.iter().for_each(|delta| bytes.extend_from_slice(&delta.to_be_bytes()));
        let summary = summary(table, id, place);
        bytes.push(u8::from(summary.is_some()));
        bytes.extend_from_slice(&(summary.map_or(0, <[u8]>::len) as u64).to_be_bytes());
        bytes.extend_from_slice(summary.unwrap_or_default());
    }
    bytes
}

const HEAD_BYTES: usize = 4 * 8 + 32;
/// Bytes of a record without the places of its changes and its summary.
const RECORD_BYTES: usize = 1 + 16 + 16 + 3 * 8 + 8 + 1 + 8;

fn decode(bytes: &mut Bytes<'_>) -> Option<(u64, Snapshot)> {
    let (first_sequence, offset, next_sequence, version) =
        (bytes.number()?, bytes.number()?, bytes.number()?, bytes.number()?);
    let at = Point { offset, next_sequence, chain: Chain(bytes.array()?) };
    let mut places = Vec::with_capacity(bytes.0.len() / RECORD_BYTES);
    let mut held = Vec::with_capacity(places.capacity());
    while !bytes.0.is_empty() {
        let [table] = bytes.array()?;
        let key = (Table::from_number(table)?, RecordId::from_bytes(bytes.array()?));
        let mark = Mark(bytes.array()?);
        let (revision, put, length) = (bytes.number()?, bytes.number()?, bytes.number()?);
        let deltas = usize::try_from(bytes.number()?).ok().filter(|count| *count <= DELTAS_MAX)?;
        let deltas = (0..deltas).map(|_| bytes.number()).collect::<Option<Vec<_>>>()?;
        let [has_summary] = bytes.array()?;
        let summary_bytes = usize::try_from(bytes.number()?).ok()?;
        let summary = bytes.slice(summary_bytes)?;
        places.push((key, Place { revision, mark, put, deltas, bytes: length }));
        if has_summary == 1 {
            held.push((key, Held { revision, summary: Summary::from(summary.to_vec()) }));
        }
    }
    let summaries = Summaries::kept(version, held);
    Some((first_sequence, Snapshot { at, index: places.into_iter().collect(), summaries }))
}

struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*array)
    }

    fn number(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }

    fn slice(&mut self, length: usize) -> Option<&'a [u8]> {
        let (slice, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(slice)
    }
}
