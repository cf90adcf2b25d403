//! Reading on behind damage: an entry proves by the 32 bytes before it that it was written there.

use std::fs::File;
use std::io::{self, BufReader, Read as _, Seek as _, SeekFrom};

use satchel_seal::{ChainKey, RecordKind};

use crate::journal::{
    CHAIN_BYTES, Chain, ENTRY_BYTES_MAX, ENTRY_BYTES_MIN, Entry, HEADER_BYTES, JournalReader, Point, Stop, Table,
    entry_bytes, linked_entry,
};

/// Bytes that are searched at once.
const WINDOW_BYTES: usize = 1024 * 1024;
/// Bytes of an entry from its length to its kind, by which a place is first judged.
const HEAD_BYTES: usize = 4 + 8 + 1 + 1;
/// How many times the bytes of the journal are reckoned at most before a search is given up. Whoever could write to the disk
/// could have filled it with what looks like beginnings of long entries.
const SEARCH_FACTOR: u64 = 8;
/// How far the sequence of an entry may be from the one that was expected. No journal has so many entries, and chance bytes that look
/// like the beginning of an entry are mostly further away.
const SEQUENCES_MAX: u64 = 1 << 32;

/// Entries that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// Where the first of them begins.
    pub offset: u64,
    /// How many they are; unknown where nothing that follows can be read, or the header is damaged.
    pub entries: Option<u64>,
}

/// Whether entries before this one could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Before {
    /// None since the journal began.
    Whole,
    /// Some.
    Gap,
}

/// How far a journal counts.
#[derive(Debug)]
pub(crate) struct Extent {
    pub(crate) end: Point,
    pub(crate) gaps: Vec<Gap>,
    /// The file goes on behind `end` with what is most likely a write that was never acknowledged.
    pub(crate) tail: Tail,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tail {
    Nothing,
    Cut,
}

/// What is to happen with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It counts.
    Yes,
    /// It does not: its record does not open, or does not follow.
    No,
    /// Reading is to end before it.
    Enough,
}

/// A journal, or the beginning of it, as far as it is to be read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span<'a> {
    pub(crate) file: &'a File,
    pub(crate) key: &'a ChainKey,
    /// Bytes from the start of the file.
    pub(crate) length: u64,
}

/// Hands every entry from a place on that can be read to `take`, with the place where it stands.
pub(crate) fn read_from(
    span: Span<'_>,
    from: Point,
    mut take: impl FnMut(Entry, u64, Before) -> Taken,
) -> io::Result<Extent> {
    let mut gaps = Vec::<Gap>::new();
    let mut reader = span.reader_at(from)?;
    loop {
        let at = reader.point();
        let stop = match reader.read_next() {
            Ok(Some(entry)) => {
                let before = if gaps.is_empty() { Before::Whole } else { Before::Gap };
                match take(entry, at.offset, before) {
                    Taken::Yes => {}
                    Taken::No => gaps.push(Gap { offset: at.offset, entries: Some(1) }),
                    Taken::Enough => return Ok(Extent { end: at, gaps, tail: Tail::Nothing }),
                }
                continue;
            }
            Ok(None) => return Ok(Extent { end: at, gaps, tail: Tail::Nothing }),
            Err(Stop::Read(error)) => return Err(error),
            Err(stop) => stop,
        };
        if let Some(next) = span.find_next(&at)? {
            gaps.push(Gap { offset: at.offset, entries: next.next_sequence.checked_sub(at.next_sequence) });
            reader = span.reader_at(next)?;
            continue;
        }
        let never_acknowledged = matches!(stop, Stop::Cut) || is_zero_from(span.file, at.offset)?;
        if !never_acknowledged {
            gaps.push(Gap { offset: at.offset, entries: None });
        }
        let tail = if never_acknowledged { Tail::Cut } else { Tail::Nothing };
        return Ok(Extent { end: at, gaps, tail });
    }
}

impl<'a> Span<'a> {
    fn reader_at(self, point: Point) -> io::Result<JournalReader<'a, BufReader<io::Take<&'a File>>>> {
        let mut file = self.file;
        file.seek(SeekFrom::Start(point.offset))?;
        let rest = file.take(self.length.saturating_sub(point.offset));
        Ok(JournalReader::new(BufReader::new(rest), self.key, point))
    }

    /// Finds the next place behind a damaged entry at which an entry stands that was written there.
    fn find_next(self, damaged: &Point) -> io::Result<Option<Point>> {
        let mut search = Search { span: self, damaged, bytes_left: self.length.saturating_mul(SEARCH_FACTOR) };
        let mut first = damaged.offset + 1;
        while first + (ENTRY_BYTES_MIN as u64) < self.length && search.bytes_left > 0 {
            let before = first - CHAIN_BYTES as u64;
            let window = bytes_at(self.file, before, CHAIN_BYTES + WINDOW_BYTES + HEAD_BYTES - 1)?;
            for (offset, bytes) in (first..).zip(window.windows(CHAIN_BYTES + HEAD_BYTES)) {
                if let Some(found) = search.try_place(offset, bytes)? {
                    return Ok(Some(found));
                }
            }
            first += WINDOW_BYTES as u64;
        }
        Ok(None)
    }
}

struct Search<'a> {
    span: Span<'a>,
    damaged: &'a Point,
    bytes_left: u64,
}

impl Search<'_> {
    /// Tells of a place, with the 32 bytes before it and the head of what stands there, whether it is an entry.
    fn try_place(&mut self, offset: u64, bytes: &[u8]) -> io::Result<Option<Point>> {
        let Some((chain, head)) = bytes.split_first_chunk::<CHAIN_BYTES>() else { return Ok(None) };
        let Some((sequence, bytes)) = self.plausible(offset, head) else { return Ok(None) };
        let Some(left) = self.bytes_left.checked_sub(bytes as u64) else {
            self.bytes_left = 0;
            return Ok(None);
        };
        self.bytes_left = left;
        let mut file = self.span.file;
        file.seek(SeekFrom::Start(offset))?;
        let chain = Chain(*chain);
        let is_entry = match entry_bytes(&mut file) {
            Ok(Some(entry)) => linked_entry(self.span.key, &chain, &entry).is_some(),
            Ok(None) | Err(Stop::Cut | Stop::Damaged) => false,
            Err(Stop::Read(error)) => return Err(error),
        };
        Ok(is_entry.then_some(Point { offset, next_sequence: sequence, chain }))
    }

    /// Returns the sequence and the length of what may be an entry; nothing where it cannot be one.
    fn plausible(&self, offset: u64, head: &[u8]) -> Option<(u64, usize)> {
        let (length, rest) = head.split_first_chunk::<4>()?;
        let (sequence, rest) = rest.split_first_chunk::<8>()?;
        let &[table, kind] = rest.first_chunk()?;
        let (length, sequence) = (u32::from_be_bytes(*length) as usize, u64::from_be_bytes(*sequence));
        // Which the first entry is, only the header says, and it may be what is damaged.
        let expected = self.damaged.next_sequence;
        let is_later = self.damaged.offset == HEADER_BYTES as u64
            || sequence.checked_sub(expected).is_some_and(|missing| missing < SEQUENCES_MAX);
        let fits = (ENTRY_BYTES_MIN..=ENTRY_BYTES_MAX).contains(&length)
            && offset + 4 + length as u64 <= self.span.length
            && is_later;
        let known = Table::from_number(table).is_some() && RecordKind::from_number(kind).is_some();
        (fits && known).then_some((sequence, 4 + length))
    }
}

/// Reads up to so many bytes from a place.
fn bytes_at(mut file: &File, place: u64, count: usize) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(place))?;
    let mut bytes = Vec::with_capacity(count);
    file.take(count as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Tells whether a file holds nothing but zeros from a place on: some file systems lengthen a file before they write to it.
fn is_zero_from(mut file: &File, place: u64) -> io::Result<bool> {
    file.seek(SeekFrom::Start(place))?;
    let mut bytes = vec![0; WINDOW_BYTES];
    loop {
        let count = file.read(&mut bytes)?;
        if count == 0 {
            return Ok(true);
        }
        if bytes.iter().take(count).any(|byte| *byte != 0) {
            return Ok(false);
        }
    }
}
