//! Writing what is live into a new journal that then takes the place of the old one.

use std::io::{self, BufWriter, Write as _};
use std::path::PathBuf;
use std::sync::Arc;

use satchel_seal::{ChainKey, RecordAddress};

use crate::disk::{self, DiskFile, sync_folder};
use crate::files::remove_if_there;
use crate::journal::{Entry, Header, Point, Table};
use crate::journal_file::{AppendError, JOURNAL, JournalFile, NEW_JOURNAL};

/// Bytes that a rewrite collects before it writes.
const REWRITE_BUFFER_BYTES: usize = 1024 * 1024;

/// A journal that is being written to replace another.
#[derive(Debug)]
pub struct Rewrite {
    path: PathBuf,
    key: Arc<ChainKey>,
    header: Header,
    file: BufWriter<DiskFile>,
    end: Point,
}

impl Rewrite {
    /// Writes an entry and returns where it will begin and end. It is on disk after [`JournalFile::finish_rewrite`].
    ///
    /// # Errors
    /// [`AppendError::TooLong`], [`AppendError::NotWritten`].
    pub fn append(&mut self, table: Table, address: RecordAddress, record: Vec<u8>) -> Result<(u64, u64), AppendError> {
        let Point { offset, next_sequence: sequence, mut chain } = self.end;
        let bytes = Entry { sequence, table, address, record }.to_bytes(&self.key, &mut chain)?;
        self.file.write_all(&bytes).map_err(AppendError::NotWritten)?;
        self.end = Point { offset: offset + bytes.len() as u64, next_sequence: sequence + 1, chain };
        Ok((offset, self.end.offset))
    }

    /// Puts on disk what was written so far, and the file's name.
    pub(crate) fn put_on_disk(&mut self) -> io::Result<()> {
        self.file.flush()?;
        self.file.get_ref().sync_all()?;
        match self.path.parent() {
            Some(folder) => sync_folder(folder),
            None => Ok(()),
        }
    }
}

impl JournalFile {
    /// Begins a journal that is to replace this one and holds only what is still live.
    ///
    /// # Errors
    /// Where it cannot be written; this journal is as it was.
    pub fn begin_rewrite(&self) -> io::Result<Rewrite> {
        self.begin_rewrite_as(NEW_JOURNAL, Arc::clone(&self.key))
    }

    /// The same under another name and chain key.
    pub(crate) fn begin_rewrite_as(&self, name: &str, key: Arc<ChainKey>) -> io::Result<Rewrite> {
        let path = self.lock.folder.join(name);
        let file = DiskFile::create(&path)?;
        let header = Header { vault: self.header.vault, first_sequence: self.end.next_sequence };
        let mut file = BufWriter::with_capacity(REWRITE_BUFFER_BYTES, file);
        file.write_all(&header.to_bytes())?;
        let end = Point::start(&key, &header);
        Ok(Rewrite { path, key, header, file, end })
    }

    /// Puts the new journal in the place of this one. A crash leaves one or the other.
    ///
    /// # Errors
    /// Where it could not be put on disk; then this journal goes on.
    pub fn finish_rewrite(&mut self, rewrite: Rewrite) -> io::Result<()> {
        let Rewrite { path, key, header, file, end } = rewrite;
        let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        disk::rename(&path, &self.lock.folder.join(JOURNAL))?;
        (self.key, self.header, self.file, self.end) = (key, header, file, end);
        // The new file is the journal now. Until its name is on disk nothing may be acknowledged in it.
        self.broken = sync_folder(&self.lock.folder).is_err();
        Ok(())
    }

    /// Throws a new journal away that will not replace this one.
    pub fn drop_rewrite(&self) -> io::Result<()> {
        remove_if_there(&self.lock.folder.join(NEW_JOURNAL))
    }
}
