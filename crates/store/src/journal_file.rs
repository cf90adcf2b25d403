//! The journal on disk: created whole or not at all, one writer, every entry on disk before it is acknowledged.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use satchel_seal::RecordAddress;
use satchel_terms::VaultId;

use crate::files::{lock, make_folder, own_file, sync_folder};
use crate::journal::{Chain, Entry, EntryTooLong, HEADER_BYTES, Header, HeaderError, JournalReader, Stop, Table};

/// The journal's name in the vault's folder.
pub const JOURNAL: &str = "journal.satchel";
pub(crate) const NEW_JOURNAL: &str = "journal.new";
/// Names under which is kept, with a number, what opening could not use.
const CUT: &str = "journal.cut-";
const DAMAGED: &str = "journal.damaged-";
const LOCK: &str = "vault.lock";

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
    /// An entry was damaged. The whole file was kept aside here; the journal goes on behind the last entry that counts.
    Damaged(PathBuf),
}

/// The right to write to a vault, as long as it lives.
#[derive(Debug)]
pub struct VaultLock {
    pub(crate) folder: PathBuf,
    file: File,
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
    let aside = |name: &str| name.starts_with(CUT) || name.starts_with(DAMAGED);
    Ok(crate::files::names_in(folder)?.iter().any(|(name, _)| aside(name)))
}

/// A journal that is open for writing. The vault's lock is held as long as it lives.
#[derive(Debug)]
pub struct JournalFile {
    pub(crate) vault: VaultId,
    pub(crate) file: File,
    pub(crate) chain: Chain,
    pub(crate) next_sequence: u64,
    /// Where the next entry begins.
    pub(crate) end: u64,
    /// A write failed and what it left was not taken away, or the file's name may not be on disk.
    pub(crate) broken: bool,
    pub(crate) lock: VaultLock,
}

impl JournalFile {
    /// Creates the journal of a new vault. A crash leaves either no journal or a whole one.
    ///
    /// # Errors
    /// [`OpenJournalError`].
    pub fn create(folder: &Path, vault: VaultId) -> Result<Self, OpenJournalError> {
        make_folder(folder)?;
        let lock = VaultLock::take(folder)?;
        let path = folder.join(JOURNAL);
        if path.try_exists()? {
            return Err(OpenJournalError::Exists);
        }
        let header = Header { vault, first_sequence: 1 };
        replace(folder, &mut &header.to_bytes()[..])?;
        let file = own_file().read(true).write(true).open(path)?;
        let end = HEADER_BYTES as u64;
        Ok(Self { vault, file, chain: Chain::start(&header), next_sequence: 1, end, broken: false, lock })
    }

    /// Opens the journal of a vault and hands every entry that counts to `take`, with the place where it stands. `take` says
    /// whether its record opens and follows.
    ///
    /// # Errors
    /// [`OpenJournalError`]. A cut or damaged journal is no error: [`Condition`] tells.
    pub fn open(
        lock: VaultLock,
        vault: VaultId,
        take: impl FnMut(Entry, u64) -> bool,
    ) -> Result<(Self, Condition), OpenJournalError> {
        let path = lock.folder.join(JOURNAL);
        if !path.try_exists()? {
            return Err(OpenJournalError::Missing);
        }
        let mut file = own_file().read(true).write(true).open(&path)?;
        let mut head = Vec::new();
        (&mut file).take(HEADER_BYTES as u64).read_to_end(&mut head)?;
        let header = Header::from_bytes(&head, vault)?;
        let read = read(&file, &header, take)?;
        let condition = match read.fault {
            None => Condition::Whole,
            Some(Fault::Cut) => Condition::Cut(move_cut(&lock.folder, &mut file, read.end)?),
            Some(Fault::Damaged) => {
                let aside = keep_what_counts(&lock.folder, &mut file, read.end)?;
                file = own_file().read(true).write(true).open(&path)?;
                Condition::Damaged(aside)
            }
        };
        let Read { chain, next_sequence, end, .. } = read;
        Ok((Self { vault, file, chain, next_sequence, end, broken: false, lock }, condition))
    }

    /// Returns where the next entry will begin.
    #[must_use]
    pub const fn end(&self) -> u64 {
        self.end
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
        let sequence = self.next_sequence;
        let mut chain = self.chain;
        let bytes = Entry { sequence, table, address, record }.to_bytes(&mut chain)?;
        if let Err(error) = self.write(&bytes) {
            return Err(match self.cut_back() {
                Ok(()) => AppendError::NotWritten(error),
                Err(error) => AppendError::Broken(error),
            });
        }
        self.chain = chain;
        self.next_sequence += 1;
        self.end += bytes.len() as u64;
        Ok(sequence)
    }

    /// Takes away what a failed write may have left, so that the next entry stands right behind the last whole one, and puts
    /// the journal's name on disk.
    fn cut_back(&mut self) -> io::Result<()> {
        self.broken = true;
        self.file.set_len(self.end)?;
        self.file.sync_data()?;
        sync_folder(&self.lock.folder)?;
        self.broken = false;
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(self.end))?;
        self.file.write_all(bytes)?;
        self.file.sync_data()
    }
}

enum Fault {
    Cut,
    Damaged,
}

/// How far a journal counts.
struct Read {
    chain: Chain,
    next_sequence: u64,
    end: u64,
    fault: Option<Fault>,
}

fn read(file: &File, header: &Header, mut take: impl FnMut(Entry, u64) -> bool) -> io::Result<Read> {
    let mut reader = JournalReader::new(BufReader::new(file), header);
    loop {
        let (chain, next_sequence, end) = (reader.chain(), reader.next_sequence(), reader.offset());
        let fault = match reader.read_next() {
            Ok(Some(entry)) => {
                if take(entry, end) {
                    continue;
                }
                Some(Fault::Damaged)
            }
            Err(Stop::Damaged) => Some(if is_zero_from(file, end)? { Fault::Cut } else { Fault::Damaged }),
            Ok(None) => None,
            Err(Stop::Cut) => Some(Fault::Cut),
            Err(Stop::Read(error)) => return Err(error),
        };
        return Ok(Read { chain, next_sequence, end, fault });
    }
}

/// Tells whether a file holds nothing but zeros from a place on: some file systems lengthen a file before they write to it.
fn is_zero_from(file: &File, place: u64) -> io::Result<bool> {
    let mut file = BufReader::new(file);
    file.seek(SeekFrom::Start(place))?;
    loop {
        let bytes = file.fill_buf()?;
        if bytes.is_empty() {
            return Ok(true);
        }
        if bytes.iter().any(|byte| *byte != 0) {
            return Ok(false);
        }
        let length = bytes.len();
        file.consume(length);
    }
}

/// Moves what follows the last whole entry to a file of its own, on disk before it is cut off here.
fn move_cut(folder: &Path, journal: &mut File, end: u64) -> io::Result<PathBuf> {
    journal.seek(SeekFrom::Start(end))?;
    let path = set_aside(folder, CUT, journal)?;
    journal.set_len(end)?;
    journal.sync_data()?;
    Ok(path)
}

/// Keeps the whole journal aside and puts what counts of it in its place.
fn keep_what_counts(folder: &Path, journal: &mut File, end: u64) -> io::Result<PathBuf> {
    journal.seek(SeekFrom::Start(0))?;
    let path = set_aside(folder, DAMAGED, journal)?;
    journal.seek(SeekFrom::Start(0))?;
    replace(folder, &mut journal.take(end))?;
    Ok(path)
}

/// Copies what is left of `source` to the first free name, so that nothing set aside before is touched.
fn set_aside(folder: &Path, name: &str, source: &mut File) -> io::Result<PathBuf> {
    for number in 1_u32.. {
        let path = folder.join(format!("{name}{number}"));
        match own_file().write(true).create_new(true).open(&path) {
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
    let mut file = own_file().write(true).create(true).truncate(true).open(&new)?;
    io::copy(bytes, &mut file)?;
    file.sync_all()?;
    fs::rename(new, folder.join(JOURNAL))?;
    sync_folder(folder)
}
