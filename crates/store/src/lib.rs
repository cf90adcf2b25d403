//! The vault (docs/FORMATS.md): the journal, which is the truth, and the file of key slots.
//!
//! **Invariant.** An entry that [`JournalFile::append`](journal_file::JournalFile::append) acknowledged is on disk. What opening
//! cannot use is moved aside, told, and never deleted (`tests/api/journal_file.rs`). The cache and the OS keyring are still to
//! come on top of it.

pub mod journal;
pub mod journal_file;
pub mod key_file;

#[cfg(test)]
mod vectors;
