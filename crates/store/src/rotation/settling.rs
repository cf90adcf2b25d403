//! What an interrupted rotation left, looked at before the journal is opened.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek as _, SeekFrom};
use std::path::Path;

use satchel_seal::ChainKey;

use super::{PENDING, pending};
use crate::disk::{rename, sync_folder};
use crate::files::{names_in, remove_if_there};
use crate::journal::{Entry, HEADER_BYTES, Header, JournalReader, Point, Stop};
use crate::journal_file::{JOURNAL, free_name_for_damaged};
use crate::keys::{Keys, Shelf};
use crate::opening::{KEY_FILE, OpenVaultError};
use crate::unlocking::Access;

/// Finishes or undoes the rotation that was interrupted, before the journal of a vault is opened. Fails where the key file
/// does not fit the journal, since reading that would find nothing but damage.
pub(crate) fn settle(folder: &Path, access: &Access, keys: &Keys, chain_key: &ChainKey) -> Result<(), OpenVaultError> {
    let whose = |path: &Path| whose(path, access, keys, chain_key);
    let (journal, pending) = (folder.join(JOURNAL), folder.join(pending(access.file.rotation())));
    let found = whose(&journal)?;
    if pending.try_exists()? {
        match (found, whose(&pending)?) {
            // The rotation was finished long ago, and this came from a backup.
            (Whose::Ours, _) => rename(&pending, &free_name_for_damaged(folder)?)?,
            (Whose::Others, Whose::Ours) => rename(&pending, &journal)?,
            (Whose::Unclear, Whose::Ours) => {
                // Damaged before the rotation, or after it: then it may still hold what this one, a stray, does not.
                if journal.try_exists()? {
                    rename(&journal, &free_name_for_damaged(folder)?)?;
                }
                rename(&pending, &journal)?;
            }
            (Whose::Others | Whose::Unclear, Whose::Others | Whose::Unclear) => {
                return Err(OpenVaultError::OtherRotation);
            }
        }
        sync_folder(folder)?;
    } else if found == Whose::Others {
        return Err(OpenVaultError::OtherRotation);
    }
    for (name, path) in names_in(folder)? {
        if name.starts_with(PENDING) {
            // Never committed: all of it is in the journal.
            remove_if_there(&path)?;
        }
    }
    // A change of the ways that was not finished. It may hold a slot that is not wanted any more.
    Ok(remove_if_there(&folder.join(format!("{KEY_FILE}.new")))?)
}

/// Whose a journal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// It was written with the keys at hand.
    Ours,
    /// It is whole, and was written with others.
    Others,
    /// It is empty, damaged or not there.
    Unclear,
}

fn whose(path: &Path, access: &Access, keys: &Keys, chain_key: &ChainKey) -> io::Result<Whose> {
    let mut file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Whose::Unclear),
        other => other?,
    };
    let mut head = Vec::new();
    (&mut file).take(HEADER_BYTES as u64).read_to_end(&mut head)?;
    let Ok(header) = Header::from_bytes(&head, access.vault()) else { return Ok(Whose::Unclear) };
    let mut reader = JournalReader::new(BufReader::new(&file), chain_key, Point::start(chain_key, &header));
    match reader.read_next() {
        Ok(Some(_)) => return Ok(Whose::Ours),
        Ok(None) => return Ok(Whose::Unclear),
        Err(Stop::Read(error)) => return Err(error),
        Err(Stop::Cut | Stop::Damaged) => {}
    }
    file.seek(SeekFrom::Start(HEADER_BYTES as u64))?;
    whose_entries(&mut BufReader::new(file), &header, keys)
}

/// Looks at every entry of a journal whose first one was not written with the keys at hand. It is of others if its entries
/// follow each other up to its end and none opens; damage would have spared one, or broken the row.
fn whose_entries(source: &mut impl Read, header: &Header, keys: &Keys) -> io::Result<Whose> {
    let mut count = 0_u64;
    loop {
        match Entry::read_again(source) {
            Ok(entry) => {
                if keys.open((Shelf::Journal, entry.table), &entry.address, &entry.record).is_ok() {
                    return Ok(Whose::Ours);
                }
                if header.first_sequence.checked_add(count) != Some(entry.sequence) {
                    return Ok(Whose::Unclear);
                }
                count += 1;
            }
            Err(Stop::Cut) => return Ok(if count >= 2 { Whose::Others } else { Whose::Unclear }),
            Err(Stop::Damaged) => return Ok(Whose::Unclear),
            Err(Stop::Read(error)) => return Err(error),
        }
    }
}
