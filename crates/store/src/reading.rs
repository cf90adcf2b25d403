//! Putting a record together from the entries of a journal.

use std::io::{Read, Seek, SeekFrom};

use satchel_seal::RecordKind;
use zeroize::Zeroizing;

use crate::index::{Mark, Place};
use crate::journal::{Entry, Stop, Table};
use crate::keys::{Keys, Shelf};
use crate::record::{Object, RecordId};
use crate::vault::ReadError;

/// Returns a record's JSON from where its entries stand in a journal.
pub(crate) fn json_at(
    journal: &mut (impl Read + Seek),
    keys: &Keys,
    (table, id): (Table, RecordId),
    place: &Place,
) -> Result<Zeroizing<Vec<u8>>, ReadError> {
    let (whole, mut mark) = open_at(journal, keys, place.put, (table, id, RecordKind::Put))?;
    if place.deltas.is_empty() && mark == place.mark {
        return Ok(whole);
    }
    let mut object = Object::from_bytes(&whole).ok_or(ReadError::Damaged)?;
    for delta in &place.deltas {
        let (change, of_change) = open_at(journal, keys, *delta, (table, id, RecordKind::Delta))?;
        object.merge(Object::from_bytes(&change).ok_or(ReadError::Damaged)?);
        mark = of_change;
    }
    if mark != place.mark {
        return Err(ReadError::Damaged);
    }
    object.to_bytes().map_err(|_| ReadError::Damaged)
}

/// Opens the entry of a record from its place.
fn open_at(
    journal: &mut (impl Read + Seek),
    keys: &Keys,
    offset: u64,
    expected: (Table, RecordId, RecordKind),
) -> Result<(Zeroizing<Vec<u8>>, Mark), ReadError> {
    journal.seek(SeekFrom::Start(offset)).map_err(Stop::Read)?;
    let entry = Entry::read_again(journal)?;
    if (entry.table, RecordId::from_bytes(entry.address.id), entry.address.kind) != expected {
        return Err(ReadError::Damaged);
    }
    let opened = keys.open((Shelf::Journal, entry.table), &entry.address, &entry.record);
    Ok((opened.map_err(|_| ReadError::Damaged)?, Mark::of(&entry.record)))
}
