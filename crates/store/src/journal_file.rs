//! The journal on disk: created whole or not at all, one writer, every entry on disk before it is acknowledged.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use satchel_seal::{ChainKey, RecordAddress};
use satchel_terms::VaultId;

use crate::disk::{self, DiskFile, make_folder, sync_folder};
use crate::files::lock;
use crate::journal::{CHAIN_BYTES, Entry, EntryTooLong, HEADER_BYTES, Header, HeaderError, Point, Stop, Table};
use crate::salvage::{Before, Extent, Gap, Span, Tail, Taken, read_from};

/// The journal's name in the vault's folder.
pub const JOURNAL: &str = "journal.satchel";
pub(crate) const NEW_JOURNAL: &str = "journal.new";
/// Names under which is kept, with a number, what opening could not use.
const CUT: &str = "journal.cut-";
const DAMAGED: &str = "journal.damaged-";
pub(crate) const LOCK: &str = "vault.lock";

/// Says why a journal was not created or opened. Nothing on disk was changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenJournalError {
    /// Another Satchel has the vault open.
    #[error("another window of Satchel has this vault open")]
    InUse,
    /// There is a journal already; creating would lose it.
    #[error("there is a vault in this folder already")]
    Exists,
    /// There is none; a new one is only made where a new vault is.
    #[error("the journal of this vault is missing")]
    Missing,
    /// The file is not this vault's journal.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// The folder or file cannot be read or written.
    #[error("the vault's folder could not be used")]
    Io(#[from] io::Error),
}

/// Says why an entry is not in the journal. What was there before is safe.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// Longer than an entry can be.
    #[error(transparent)]
    TooLong(#[from] EntryTooLong),
    /// Not written, for instance on a full disk. The journal is as it was, and the next try may succeed.
    #[error("the change could not be written to disk")]
    NotWritten(#[source] io::Error),
    /// Not written, and a part of it could not be taken away either. The next try begins with that.
    #[error("the change could not be written to disk, and the vault's journal could not be cut back")]
    Broken(#[source] io::Error),
}

/// What opening found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// Every entry counts.
    Whole,
    /// The last write never ended. Its bytes were moved to this file.
    Cut(PathBuf),
    /// Entries were damaged. The whole file was kept aside here, and what could be read was handed over. The journal is to be
    /// rewritten before anything is added to it.
    Damaged(PathBuf, Vec<Gap>),
}

/// The right to write to a vault, as long as it lives.
#[derive(Debug)]
pub struct VaultLock {
    pub(crate) folder: PathBuf,
    file: DiskFile,
}

impl VaultLock {
    /// Takes the lock of the vault in this folder.
    ///
    /// # Errors
    /// [`OpenJournalError::InUse`], [`OpenJournalError::Io`].
    pub fn take(folder: &Path) -> Result<Self, OpenJournalError> {
        let file = lock(&folder.join(LOCK))?.ok_or(OpenJournalError::InUse)?;
        Ok(Self { folder: folder.to_owned(), file })
    }
}

impl Drop for VaultLock {
    fn drop(&mut self) {
        // Closing is not enough while a process that is being started has inherited the file.
        self.file.unlock().ok();
    }
}

/// Tells whether something of this vault's journal was ever set aside, so that it may hold what the journal does not.
///
/// # Errors
/// Where the folder cannot be read.
pub fn is_something_aside(folder: &Path) -> io::Result<bool> {
    Ok(!names_aside(folder)?.is_empty())
}

/// Lists what was ever set aside.
pub(crate) fn names_aside(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let aside = |name: &str| name.starts_with(CUT) || name.starts_with(DAMAGED);
    Ok(crate::files::names_in(folder)?.into_iter().filter(|(name, _)| aside(name)).map(|(_, path)| path).collect())
}

/// Returns the first free name for a journal that is set aside whole.
pub(crate) fn free_name_for_damaged(folder: &Path) -> io::Result<PathBuf> {
    for number in 1_u32.. {
        let path = folder.join(format!("{DAMAGED}{number}"));
        if !path.try_exists()? {
            return Ok(path);
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// A journal that is open for writing. The vault's lock is held as long as it lives.
#[derive(Debug)]
pub struct JournalFile {
    pub(crate) key: Arc<ChainKey>,
    pub(crate) header: Header,
    pub(crate) file: DiskFile,
    /// Where the next entry begins.
    pub(crate) end: Point,
    /// A write failed and what it left was not taken away, or the file's name may not be on disk.
    pub(crate) broken: bool,
    pub(crate) lock: VaultLock,
}

impl JournalFile {
    /// Creates the journal of a new vault. A crash leaves either no journal or a whole one.
    ///
    /// # Errors
    /// [`OpenJournalError`].
    pub fn create(folder: &Path, vault: VaultId, key: Arc<ChainKey>) -> Result<Self, OpenJournalError> {
        make_folder(folder)?;
        let lock = VaultLock::take(folder)?;
        let path = folder.join(JOURNAL);
        if path.try_exists()? {
            return Err(OpenJournalError::Exists);
        }
        let header = Header { vault, first_sequence: 1 };
        replace(folder, &mut &header.to_bytes()[..])?;
        let file = DiskFile::open(&path)?;
        let end = Point::start(&key, &header);
        Ok(Self { key, header, file, end, broken: false, lock })
    }

    /// Finds the journal of a vault, whose entries are then to be read.
    ///
    /// # Errors
    /// [`OpenJournalError`].
    pub fn find(lock: VaultLock, vault: VaultId, key: Arc<ChainKey>) -> Result<FoundJournal, OpenJournalError> {
        let path = lock.folder.join(JOURNAL);
        if !path.try_exists()? {
            return Err(OpenJournalError::Missing);
        }
        let mut file = DiskFile::open(&path)?;
        let mut head = Vec::new();
        (&mut file).take(HEADER_BYTES as u64).read_to_end(&mut head)?;
        let header = Header::from_bytes(&head, vault)?;
        Ok(FoundJournal { key, header, file, lock })
    }

    /// Returns where the next entry will begin.
    #[must_use]
    pub const fn end(&self) -> Point {
        self.end
    }

    /// Returns the header.
    #[must_use]
    pub const fn header(&self) -> Header {
        self.header
    }

    /// Prepares to read the journal once more from its first entry up to here, in a thread of its own.
    ///
    /// # Errors
    /// Where the file cannot be opened.
    pub fn verification(&self) -> io::Result<Verification> {
        let file = File::open(self.lock.folder.join(JOURNAL))?;
        Ok(Verification { key: Arc::clone(&self.key), header: self.header, file, end: self.end })
    }

    /// Reads an entry again, from the place where it was found or appended.
    ///
    /// # Errors
    /// [`Stop`]. The entry's record is still to be opened, which alone proves it.
    pub fn read_at(&mut self, place: u64) -> Result<Entry, Stop> {
        self.file.seek(SeekFrom::Start(place)).map_err(Stop::Read)?;
        Entry::read_again(&mut self.file)
    }

    /// Writes an entry. When this returns its sequence, the entry is on disk and no power cut takes it away.
    ///
    /// # Errors
    /// [`AppendError`].
    pub fn append(&mut self, table: Table, address: RecordAddress, record: Vec<u8>) -> Result<u64, AppendError> {
        if self.broken {
            self.cut_back().map_err(AppendError::Broken)?;
        }
        let Point { offset, next_sequence: sequence, mut chain } = self.end;
        let bytes = Entry { sequence, table, address, record }.to_bytes(&self.key, &mut chain)?;
        if let Err(error) = self.write(&bytes) {
            return Err(match self.cut_back() {
                Ok(()) => AppendError::NotWritten(error),
                Err(error) => AppendError::Broken(error),
            });
        }
        self.end = Point { offset: offset + bytes.len() as u64, next_sequence: sequence + 1, chain };
        Ok(sequence)
    }

    /// Takes away what a failed write may have left, so that the next entry stands right behind the last whole one, and puts
    /// the journal's name on disk.
    fn cut_back(&mut self) -> io::Result<()> {
        self.broken = true;
        self.file.set_len(self.end.offset)?;
        self.file.sync_data()?;
        sync_folder(&self.lock.folder)?;
        self.broken = false;
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(self.end.offset))?;
        self.file.write_all(bytes)?;
        self.file.sync_data()
    }
}

/// A journal whose entries are still to be read.
#[derive(Debug)]
pub struct FoundJournal {
    key: Arc<ChainKey>,
    header: Header,
    file: DiskFile,
    lock: VaultLock,
}

impl FoundJournal {
    /// Returns the header.
    #[must_use]
    pub const fn header(&self) -> Header {
        self.header
    }

    /// Tells whether the journal stood at this place once: whether what was noted there still counts.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn has_been_at(&mut self, point: &Point) -> io::Result<bool> {
        if point.offset == HEADER_BYTES as u64 {
            return Ok(*point == Point::start(&self.key, &self.header));
        }
        let Some(before) = point.offset.checked_sub(CHAIN_BYTES as u64) else { return Ok(false) };
        let mut chain = [0; CHAIN_BYTES];
        self.file.seek(SeekFrom::Start(before))?;
        match self.file.read_exact(&mut chain) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
            read => read.map(|()| chain == point.chain.0),
        }
    }

    /// Tells whether entries behind a place cannot be read.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn is_damaged_from(&self, from: Point) -> io::Result<bool> {
        let span = Span { file: &self.file, key: &self.key, length: self.file.metadata()?.len() };
        Ok(!read_from(span, from, |_, _, _| Taken::Yes)?.gaps.is_empty())
    }

    /// Reads from the first entry, or from a later place, and hands every entry that can be read to `take`, with the place where
    /// it stands.
    ///
    /// # Errors
    /// [`OpenJournalError`]. A cut or damaged journal is no error: [`Condition`] tells.
    pub fn open(
        self,
        from: Option<Point>,
        take: impl FnMut(Entry, u64, Before) -> Taken,
    ) -> Result<(JournalFile, Condition), OpenJournalError> {
        let Self { key, header, mut file, lock } = self;
        let from = from.unwrap_or_else(|| Point::start(&key, &header));
        let span = Span { file: &file, key: &key, length: file.metadata()?.len() };
        let Extent { end, gaps, tail } = read_from(span, from, take)?;
        let condition = if gaps.is_empty() {
            match tail {
                Tail::Nothing => Condition::Whole,
                Tail::Cut => Condition::Cut(move_cut(&lock.folder, &mut file, end.offset)?),
            }
        } else {
            Condition::Damaged(keep_copy(&lock.folder, &mut file)?, gaps)
        };
        Ok((JournalFile { key, header, file, end, broken: false, lock }, condition))
    }
}

/// Reads a journal once more behind the open window, where it was opened without reading all of it.
#[derive(Debug)]
pub struct Verification {
    key: Arc<ChainKey>,
    header: Header,
    file: File,
    end: Point,
}

impl Verification {
    /// Reads up to where the journal ended when this was made, and returns what cannot be read. `goes_on` is asked at each entry;
    /// once it says no, what was found so far is returned.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn run(self, mut goes_on: impl FnMut() -> bool) -> io::Result<Vec<Gap>> {
        let span = Span { file: &self.file, key: &self.key, length: self.end.offset };
        let start = Point::start(&self.key, &self.header);
        Ok(read_from(span, start, |_, _, _| if goes_on() { Taken::Yes } else { Taken::Enough })?.gaps)
    }
}

/// Moves what follows the last whole entry to a file of its own, on disk before it is cut off here.
fn move_cut(folder: &Path, journal: &mut DiskFile, end: u64) -> io::Result<PathBuf> {
    journal.seek(SeekFrom::Start(end))?;
    let path = set_aside(folder, CUT, journal)?;
    journal.set_len(end)?;
    journal.sync_data()?;
    Ok(path)
}

/// Keeps a copy of the whole journal aside.
fn keep_copy(folder: &Path, journal: &mut DiskFile) -> io::Result<PathBuf> {
    journal.seek(SeekFrom::Start(0))?;
    set_aside(folder, DAMAGED, journal)
}

/// Copies what is left of `source` to the first free name, so that nothing set aside before is touched.
fn set_aside(folder: &Path, name: &str, source: &mut DiskFile) -> io::Result<PathBuf> {
    for number in 1_u32.. {
        let path = folder.join(format!("{name}{number}"));
        match DiskFile::create_new(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
            Ok(mut aside) => {
                io::copy(source, &mut aside)?;
                aside.sync_all()?;
                sync_folder(folder)?;
                return Ok(path);
            }
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Puts a journal with these bytes in place of the one that may be there, in one step.
fn replace(folder: &Path, bytes: &mut impl io::Read) -> io::Result<()> {
    let new = folder.join(NEW_JOURNAL);
    let mut file = DiskFile::create(&new)?;
    io::copy(bytes, &mut file)?;
    file.sync_all()?;
    disk::rename(&new, &folder.join(JOURNAL))?;
    sync_folder(folder)
}
