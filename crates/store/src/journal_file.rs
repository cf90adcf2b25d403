//! The journal on disk: created whole or not at all, one writer, every entry on disk before it is acknowledged.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use satchel_seal::RecordAddress;
use satchel_terms::VaultId;

use crate::journal::{Chain, Entry, EntryTooLong, HEADER_BYTES, Header, HeaderError, JournalReader, Stop, Table};

/// The journal's name in the vault's folder.
pub const JOURNAL: &str = "journal.satchel";
const NEW_JOURNAL: &str = "journal.new";
/// Names under which is kept, with a number, what opening could not use.
const CUT: &str = "journal.cut";
const DAMAGED: &str = "journal.damaged";
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
    /// Not written, and the journal's end could not be restored. It is to be opened anew.
    #[error("the vault's journal has to be opened anew")]
    Broken,
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

/// A journal that is open for writing. The vault's lock is held as long as it lives.
#[derive(Debug)]
pub struct JournalFile {
    file: File,
    chain: Chain,
    next_sequence: u64,
    /// Where the next entry begins.
    end: u64,
    broken: bool,
    _lock: File,
}

impl JournalFile {
    /// Creates the journal of a new vault. A crash leaves either no journal or a whole one.
    ///
    /// # Errors
    /// [`OpenJournalError`].
    pub fn create(folder: &Path, vault: VaultId) -> Result<Self, OpenJournalError> {
        make_folder(folder)?;
        let lock = lock(folder)?;
        let path = folder.join(JOURNAL);
        if path.try_exists()? {
            return Err(OpenJournalError::Exists);
        }
        let header = Header { vault, first_sequence: 1 };
        replace(folder, &mut &header.to_bytes()[..])?;
        let file = own_file().read(true).write(true).open(path)?;
        let end = HEADER_BYTES as u64;
        Ok(Self { file, chain: Chain::start(&header), next_sequence: 1, end, broken: false, _lock: lock })
    }

    /// Opens the journal of a vault and hands every entry that counts to `take`, which says whether its record opens.
    ///
    /// # Errors
    /// [`OpenJournalError`]. A cut or damaged journal is no error: [`Condition`] tells.
    pub fn open(
        folder: &Path,
        vault: VaultId,
        take: impl FnMut(Entry) -> bool,
    ) -> Result<(Self, Condition), OpenJournalError> {
        let path = folder.join(JOURNAL);
        if !path.try_exists()? {
            return Err(OpenJournalError::Missing);
        }
        let lock = lock(folder)?;
        let mut file = own_file().read(true).write(true).open(&path)?;
        let mut head = Vec::new();
        (&mut file).take(HEADER_BYTES as u64).read_to_end(&mut head)?;
        let header = Header::from_bytes(&head, vault)?;
        let read = read(&file, &header, take)?;
        let condition = match read.fault {
            None => Condition::Whole,
            Some(Fault::Cut) => Condition::Cut(move_cut(folder, &mut file, read.end)?),
            Some(Fault::Damaged) => {
                let aside = keep_what_counts(folder, &mut file, read.end)?;
                file = own_file().read(true).write(true).open(&path)?;
                Condition::Damaged(aside)
            }
        };
        let Read { chain, next_sequence, end, .. } = read;
        Ok((Self { file, chain, next_sequence, end, broken: false, _lock: lock }, condition))
    }

    /// Writes an entry. When this returns its sequence, the entry is on disk and no power cut takes it away.
    ///
    /// # Errors
    /// [`AppendError`].
    pub fn append(&mut self, table: Table, address: RecordAddress, record: Vec<u8>) -> Result<u64, AppendError> {
        if self.broken {
            return Err(AppendError::Broken);
        }
        let sequence = self.next_sequence;
        let mut chain = self.chain;
        let bytes = Entry { sequence, table, address, record }.to_bytes(&mut chain)?;
        if let Err(error) = self.write(&bytes) {
            // A part of the entry may be there. Without it the next entry stands right behind the last whole one.
            self.broken = self.file.set_len(self.end).and_then(|()| self.file.sync_data()).is_err();
            return Err(if self.broken { AppendError::Broken } else { AppendError::NotWritten(error) });
        }
        self.chain = chain;
        self.next_sequence += 1;
        self.end += bytes.len() as u64;
        Ok(sequence)
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

fn read(file: &File, header: &Header, mut take: impl FnMut(Entry) -> bool) -> io::Result<Read> {
    let mut reader = JournalReader::new(BufReader::new(file), header);
    loop {
        let (chain, next_sequence, end) = (reader.chain(), reader.next_sequence(), reader.offset());
        let fault = match reader.read_next() {
            Ok(Some(entry)) => {
                if take(entry) {
                    continue;
                }
                Some(Fault::Damaged)
            }
            Err(Stop::Damaged) => Some(Fault::Damaged),
            Ok(None) => None,
            Err(Stop::Cut) => Some(Fault::Cut),
            Err(Stop::Read(error)) => return Err(error),
        };
        return Ok(Read { chain, next_sequence, end, fault });
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
        let path = folder.join(format!("{name}-{number}"));
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

fn lock(folder: &Path) -> Result<File, OpenJournalError> {
    let file = own_file().write(true).create(true).truncate(false).open(folder.join(LOCK))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenJournalError::InUse),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// Options for a file that only its owner reads.
fn own_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes a folder that only its owner enters.
fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Puts the names in a folder on disk. Windows has no call for it and needs none after a rename.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
