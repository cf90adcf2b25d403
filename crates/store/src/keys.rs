//! The keys of an open vault, each derived once.

use std::collections::BTreeMap;
use std::fmt;

use rand_core::CryptoRng;
use satchel_seal::{LookupKey, RecordAddress, RecordError, TableKey, VaultKey};
use satchel_terms::VaultId;
use zeroize::Zeroizing;

use crate::journal::Table;
use crate::record::RecordId;

/// What a table's number is raised by where its records stand in the cache, so that neither is taken for the other.
const CACHE_TABLES: u8 = 128;

/// The number of the key of the snapshot, which is no table.
const SNAPSHOT: u8 = 255;

/// Where a ciphertext stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Shelf {
    Journal,
    Cache,
}

/// The keys that the vault key yields.
pub(crate) struct Keys {
    tables: BTreeMap<(Shelf, Table), TableKey>,
    lookup: LookupKey,
    snapshot: TableKey,
}

impl Keys {
    pub(crate) fn derive(key: &VaultKey, vault: VaultId) -> Result<Self, RecordError> {
        let mut tables = BTreeMap::new();
        for table in Table::ALL {
            tables.insert((Shelf::Journal, table), key.derive_table_key(vault, table.number())?);
            tables.insert((Shelf::Cache, table), key.derive_table_key(vault, CACHE_TABLES + table.number())?);
        }
        let snapshot = key.derive_table_key(vault, SNAPSHOT)?;
        Ok(Self { tables, lookup: key.derive_lookup_key(vault)?, snapshot })
    }

    /// Drops the keys of all tables. From then on nothing is read and nothing written: the vault is to be opened anew.
    pub(crate) fn forget(&mut self) {
        self.tables.clear();
    }

    pub(crate) fn are_forgotten(&self) -> bool {
        self.tables.is_empty()
    }

    /// Returns the key of the snapshot.
    pub(crate) fn snapshot(&self) -> &TableKey {
        &self.snapshot
    }

    fn table(&self, shelf: Shelf, table: Table) -> Result<&TableKey, RecordError> {
        self.tables.get(&(shelf, table)).ok_or(RecordError::NotAuthentic)
    }

    pub(crate) fn seal(
        &self,
        (shelf, table): (Shelf, Table),
        address: &RecordAddress,
        plaintext: &[u8],
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<u8>, RecordError> {
        self.table(shelf, table)?.seal(address, plaintext, rng)
    }

    pub(crate) fn open(
        &self,
        (shelf, table): (Shelf, Table),
        address: &RecordAddress,
        record: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, RecordError> {
        self.table(shelf, table)?.open(address, record)
    }

    /// Returns the name of a record in the cache.
    pub(crate) fn name(&self, table: Table, id: RecordId) -> Result<[u8; 32], RecordError> {
        self.lookup.name(table.number(), id.as_bytes())
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(..)")
    }
}
