//! The cache: whole records, encrypted, so that changes need not be put together at each reading. Never the truth: whatever it
//! answers is bound to the record's newest entry in the journal, and whatever fails is set aside and built anew.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use rand_core::CryptoRng;
use satchel_seal::{RecordAddress, RecordKind};
use zeroize::Zeroizing;

use crate::index::{Mark, Place};
use crate::journal::Table;
use crate::keys::{Keys, Shelf};
use crate::record::RecordId;

/// The cache's folder within the vault's.
pub(crate) const CACHE: &str = "cache";
/// The file of it that sled locks.
const LOCKED: &str = "db";
/// The most bytes that it holds in memory.
const MEMORY_BYTES: u64 = 32 * 1024 * 1024;
/// How long what it was given may stay in memory only. Nothing depends on it.
const FLUSH_EVERY_MS: u64 = 2_000;
/// How many damaged caches are kept for whoever looks into it. They hold nothing that the journal does not.
const KEPT_MAX: u32 = 2;
/// How often a cache may fail while a vault is open, before the vault goes on without one.
const FAILURES_MAX: u32 = 3;

/// How opening went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opening {
    /// As it was left, or new.
    Well,
    /// It did not open and was begun anew.
    Anew,
    /// There is none, and the vault works without.
    Without,
}

/// A cache that may not be there.
#[derive(Debug)]
pub(crate) struct Cache {
    vault_folder: PathBuf,
    database: Option<sled::Db>,
    failures: u32,
}

impl Cache {
    /// Opens the cache in the vault's folder.
    pub(crate) fn open(vault_folder: &Path) -> (Self, Opening) {
        let mut cache = Self { vault_folder: vault_folder.to_owned(), database: None, failures: 0 };
        cache.database = guarded(|| open(&cache.path()));
        if cache.database.is_some() {
            return (cache, Opening::Well);
        }
        cache.begin_anew();
        let opening = if cache.database.is_some() { Opening::Anew } else { Opening::Without };
        (cache, opening)
    }

    /// Returns a record's JSON, if it is that of the record's newest entry.
    pub(crate) fn find(
        &mut self,
        keys: &Keys,
        table: Table,
        id: RecordId,
        place: &Place,
    ) -> Option<Zeroizing<Vec<u8>>> {
        let name = keys.name(table, id).ok()?;
        let sealed = self.with(|database| database.get(name))??;
        let mut plaintext = keys.open((Shelf::Cache, table), &address(id, place.revision), &sealed).ok()?;
        let length = plaintext.len().checked_sub(size_of::<Mark>())?;
        if plaintext.get(length..)? != place.mark.0 {
            return None;
        }
        plaintext.truncate(length);
        Some(plaintext)
    }

    /// Keeps a record's JSON as that of the record's newest entry. That it fails is no error.
    pub(crate) fn keep(
        &mut self,
        keys: &Keys,
        (table, id): (Table, RecordId),
        (revision, mark): (u64, Mark),
        json: &[u8],
        rng: &mut impl CryptoRng,
    ) {
        let mut plaintext = Zeroizing::new(Vec::with_capacity(json.len() + size_of::<Mark>()));
        plaintext.extend_from_slice(json);
        plaintext.extend_from_slice(&mark.0);
        let Ok(name) = keys.name(table, id) else { return };
        let Ok(sealed) = keys.seal((Shelf::Cache, table), &address(id, revision), &plaintext, rng) else { return };
        self.with(|database| database.insert(name, sealed));
    }

    /// Forgets a record.
    pub(crate) fn forget(&mut self, keys: &Keys, table: Table, id: RecordId) {
        let Ok(name) = keys.name(table, id) else { return };
        self.with(|database| database.remove(name));
    }

    /// Throws away what it holds and what was set aside of it, and begins anew.
    pub(crate) fn empty(&mut self) -> std::io::Result<()> {
        let database = self.database.take();
        guarded(move || {
            drop(database);
            Ok(())
        });
        wait_for_lock(&self.path())?;
        let aside = (1..=KEPT_MAX).map(|number| aside(&self.vault_folder, number));
        for path in aside.chain([self.path()]) {
            if path.try_exists()? {
                remove(&path)?;
            }
        }
        self.database = guarded(|| open(&self.path()));
        Ok(())
    }

    fn path(&self) -> PathBuf {
        self.vault_folder.join(CACHE)
    }

    /// Asks the database; whatever goes wrong begins it anew.
    fn with<T>(&mut self, ask: impl FnOnce(&sled::Db) -> sled::Result<T>) -> Option<T> {
        let database = self.database.as_ref()?;
        let answer = guarded(|| ask(database));
        if answer.is_none() {
            self.begin_anew();
        }
        answer
    }

    /// Sets the cache aside and begins an empty one, unless that happened too often.
    fn begin_anew(&mut self) {
        let database = self.database.take();
        guarded(move || {
            drop(database);
            Ok(())
        });
        self.failures += 1;
        let is_gone = set_aside(&self.vault_folder).is_ok();
        if is_gone && self.failures <= FAILURES_MAX {
            self.database = guarded(|| open(&self.path()));
        }
    }
}

/// Moves the cache to a free name, or removes it where enough are kept.
fn set_aside(vault_folder: &Path) -> std::io::Result<()> {
    let path = vault_folder.join(CACHE);
    if !path.try_exists()? {
        return Ok(());
    }
    for number in 1..=KEPT_MAX {
        let aside = aside(vault_folder, number);
        if !aside.try_exists()? {
            return fs::rename(path, aside);
        }
    }
    remove(&path)
}

fn aside(vault_folder: &Path, number: u32) -> PathBuf {
    vault_folder.join(format!("{CACHE}.damaged-{number}"))
}

fn remove(path: &Path) -> std::io::Result<()> {
    if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
}

fn open(path: &Path) -> sled::Result<sled::Db> {
    wait_for_lock(path)?;
    let config = sled::Config::new().path(path).cache_capacity(MEMORY_BYTES).flush_every_ms(Some(FLUSH_EVERY_MS));
    config.mode(sled::Mode::HighThroughput).open()
}

/// Waits until a database that this process closed lets go of its lock: sled's threads may hold it a moment longer, and opening
/// would fail at once. No other process can hold it, since this one has the vault's lock.
fn wait_for_lock(path: &Path) -> std::io::Result<()> {
    match fs::OpenOptions::new().read(true).write(true).open(path.join(LOCKED)) {
        Ok(file) => {
            file.lock()?;
            file.unlock()
        }
        // A new one, or one that is not sled's, which opening will find.
        Err(_) => Ok(()),
    }
}

fn address(id: RecordId, revision: u64) -> RecordAddress {
    RecordAddress { kind: RecordKind::Put, id: *id.as_bytes(), revision }
}

/// Runs what sled does. It can panic on damaged files; nothing of ours is left half done by that.
fn guarded<T>(work: impl FnOnce() -> sled::Result<T>) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()?.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("the folder is there");
        let mut names: Vec<_> =
            entries.map(|entry| entry.expect("it is read").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_cache_that_panics_is_set_aside_begun_anew_and_at_last_done_without() {
        let folder = tempfile::tempdir().expect("a folder");
        let (mut cache, opening) = Cache::open(folder.path());
        assert_eq!(opening, Opening::Well);
        for failure in 1..=FAILURES_MAX + 1 {
            assert!(cache.with(|database| database.insert("a", "b")).is_some(), "{failure}");
            assert_eq!(cache.with(|_| -> sled::Result<()> { panic!("as sled does on damaged files") }), None);
            assert_eq!(cache.with(|database| database.get("a")).flatten(), None, "{failure}");
        }
        assert!(cache.with(|database| database.insert("a", "b")).is_none(), "it failed too often");
        assert_eq!(names(folder.path()), ["cache.damaged-1", "cache.damaged-2"]);
    }

    #[test]
    fn what_is_no_cache_is_set_aside() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join(CACHE), "a file").expect("it is written");
        let (mut cache, opening) = Cache::open(folder.path());
        assert_eq!(opening, Opening::Anew);
        assert!(cache.with(|database| database.insert("a", "b")).is_some());
        assert_eq!(names(folder.path()), ["cache", "cache.damaged-1"]);
    }
}
