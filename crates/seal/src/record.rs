//! Vault records: each is encrypted under its table's key and bound to its place.

use std::fmt;

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit as _, Mac as _};
use rand_core::CryptoRng;
use satchel_terms::VaultId;
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::cipher::{Cipher, KEY_BYTES, NONCE_BYTES};

/// The version of a vault record's format.
const VERSION: u8 = 1;

/// The one random key of a vault. It encrypts nothing itself: tables have keys derived from it, slots wrap it.
pub struct VaultKey(Zeroizing<[u8; KEY_BYTES]>);

impl VaultKey {
    /// Makes the key of a new vault. Never called beside a vault that exists.
    #[must_use]
    pub fn make(rng: &mut impl CryptoRng) -> Self {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        rng.fill_bytes(key.as_mut_slice());
        Self(key)
    }

    /// Compares in constant time.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.0.as_slice().ct_eq(other.0.as_slice()).into()
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let key: &[u8; KEY_BYTES] = bytes.try_into().ok()?;
        Some(Self(Zeroizing::new(*key)))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    /// Derives the key of a table: HKDF-SHA256, salted with the vault's id.
    ///
    /// # Errors
    /// None that a key of this type can cause.
    pub fn derive_table_key(&self, vault: VaultId, table: u8) -> Result<TableKey, RecordError> {
        let mut info = b"satchel/1 record\0".to_vec();
        info.push(table);
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        Hkdf::<Sha256>::new(Some(vault.as_bytes()), self.bytes())
            .expand(&info, key.as_mut_slice())
            .map_err(|_| RecordError::TooLong)?;
        Ok(TableKey { table, cipher: Cipher::new(&key) })
    }

    /// Derives the key under which the cache finds its entries, salted with the vault's id.
    ///
    /// # Errors
    /// None that a key of this type can cause.
    pub fn derive_lookup_key(&self, vault: VaultId) -> Result<LookupKey, RecordError> {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        Hkdf::<Sha256>::new(Some(vault.as_bytes()), self.bytes())
            .expand(b"satchel/1 lookup", key.as_mut_slice())
            .map_err(|_| RecordError::TooLong)?;
        Ok(LookupKey(key))
    }

    /// Derives the key that links the entries of the journal, salted with the vault's id.
    ///
    /// # Errors
    /// None that a key of this type can cause.
    pub fn derive_chain_key(&self, vault: VaultId) -> Result<ChainKey, RecordError> {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        Hkdf::<Sha256>::new(Some(vault.as_bytes()), self.bytes())
            .expand(b"satchel/1 chain", key.as_mut_slice())
            .map_err(|_| RecordError::TooLong)?;
        Ok(ChainKey(key))
    }
}

impl fmt::Debug for VaultKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VaultKey(..)")
    }
}

/// Turns the place of a record into a name that tells nothing about it.
pub struct LookupKey(Zeroizing<[u8; KEY_BYTES]>);

impl LookupKey {
    /// Returns the name: HKDF-Expand with SHA-256 of table and id, which for one block is an HMAC.
    ///
    /// # Errors
    /// None that a key of this type can cause.
    pub fn name(&self, table: u8, id: &[u8; 16]) -> Result<[u8; 32], RecordError> {
        let mut name = [0; 32];
        let expander = Hkdf::<Sha256>::from_prk(self.0.as_slice()).map_err(|_| RecordError::TooLong)?;
        expander.expand_multi_info(&[&[table], id], &mut name).map_err(|_| RecordError::TooLong)?;
        Ok(name)
    }
}

impl fmt::Debug for LookupKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LookupKey(..)")
    }
}

/// Links what is written to what was written before it. Without the key no link can be made or told from another.
pub struct ChainKey(Zeroizing<[u8; KEY_BYTES]>);

impl ChainKey {
    /// Returns the link: HMAC-SHA256 of the parts, one behind the other.
    #[must_use]
    pub fn link(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut block = Zeroizing::new([0; 64]);
        block.iter_mut().zip(self.0.iter()).for_each(|(byte, key)| *byte = *key);
        // HMAC fills a shorter key up with zeros to a block.
        let mut mac = Hmac::<Sha256>::new((&*block).into());
        parts.iter().for_each(|part| mac.update(part));
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for ChainKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChainKey(..)")
    }
}

/// What a record does to the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum RecordKind {
    /// Holds the whole of it.
    Put = 1,
    /// Holds a change of it.
    Delta = 2,
    /// Ends it; the plaintext is empty.
    Delete = 3,
}

impl RecordKind {
    /// Reads the number of a kind; nothing for one that no format has.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::Put),
            2 => Some(Self::Delta),
            3 => Some(Self::Delete),
            _ => None,
        }
    }
}

/// The place that a record is bound to. Opened in any other, it is not authentic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordAddress {
    /// What the record does.
    pub kind: RecordKind,
    /// The record's id, 16 random bytes.
    pub id: [u8; 16],
    /// The revision of what it is a record of.
    pub revision: u64,
}

/// Bytes of the shortest record: version, nonce and tag around nothing.
pub const RECORD_BYTES_MIN: usize = 1 + NONCE_BYTES + crate::cipher::TAG_BYTES;

/// Says why a record was not sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// Longer than the cipher takes.
    #[error("the record is too long")]
    TooLong,
    /// A deletion holds nothing.
    #[error("a deletion cannot hold anything")]
    DeleteNotEmpty,
    /// Damaged, of another place, or of another vault.
    #[error("the record is damaged or belongs elsewhere")]
    NotAuthentic,
}

/// The key of one table of a vault.
pub struct TableKey {
    table: u8,
    cipher: Cipher,
}

impl TableKey {
    /// Encrypts a record and binds it to its address: `version ‖ nonce ‖ ciphertext ‖ tag`.
    ///
    /// # Errors
    /// [`RecordError::TooLong`], [`RecordError::DeleteNotEmpty`].
    pub fn seal(
        &self,
        address: &RecordAddress,
        plaintext: &[u8],
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<u8>, RecordError> {
        if address.kind == RecordKind::Delete && !plaintext.is_empty() {
            return Err(RecordError::DeleteNotEmpty);
        }
        let mut nonce = [0; NONCE_BYTES];
        rng.fill_bytes(&mut nonce);
        let sealed = self.cipher.seal(&nonce, &self.associated(address), plaintext);
        let mut record = sealed.map_err(|_| RecordError::TooLong)?;
        record.insert(0, VERSION);
        Ok(record)
    }

    /// Opens a record at its address.
    ///
    /// # Errors
    /// [`RecordError::NotAuthentic`], whatever the reason; also for a deletion that holds something.
    pub fn open(&self, address: &RecordAddress, record: &[u8]) -> Result<Zeroizing<Vec<u8>>, RecordError> {
        let sealed = record.strip_prefix(&[VERSION]).ok_or(RecordError::NotAuthentic)?;
        let opened = self.cipher.open(&self.associated(address), sealed);
        let plaintext = opened.map_err(|_| RecordError::NotAuthentic)?;
        let deletes_something = address.kind == RecordKind::Delete && !plaintext.is_empty();
        if deletes_something { Err(RecordError::NotAuthentic) } else { Ok(plaintext) }
    }

    fn associated(&self, address: &RecordAddress) -> Vec<u8> {
        let head = [VERSION, self.table, address.kind as u8];
        [&head[..], &address.id, &address.revision.to_be_bytes()].concat()
    }
}

impl fmt::Debug for TableKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TableKey({})", self.table)
    }
}

#[cfg(test)]
mod tests {
    use satchel_terms::VaultId;

    use super::*;

    /// As Python's `hmac` and `hashlib` reckon it, from a vault key of 32 bytes 07.
    #[test]
    fn a_lookup_name_is_an_hmac_under_its_own_key() {
        let key = VaultKey::from_bytes(&[7; KEY_BYTES]).expect("32 bytes");
        let vault: VaultId = "8f14e45f-ceea-467f-9575-2a3c1d9b7e60".parse().expect("an id");
        let lookup = key.derive_lookup_key(vault).expect("it derives");
        let name = lookup.name(1, &[9; 16]).expect("it is named");
        let hex: String = name.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "975a8406c4e1057324be8dd05691cae2939e55edbd5b2e335a2fb89fac04fa03");
        assert_ne!(lookup.name(2, &[9; 16]), Ok(name));
        assert_ne!(lookup.name(1, &[8; 16]), Ok(name));
    }

    /// As Python's `hmac` and `hashlib` reckon it, from a vault key of 32 bytes 07.
    #[test]
    fn a_link_is_an_hmac_under_its_own_key() {
        let key = VaultKey::from_bytes(&[7; KEY_BYTES]).expect("32 bytes");
        let vault: VaultId = "8f14e45f-ceea-467f-9575-2a3c1d9b7e60".parse().expect("an id");
        let chain = key.derive_chain_key(vault).expect("it derives");
        let hex: String = chain.link(&[&[1; 32], b"an entry"]).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "3d50dc3b03fa313a78bfad3ab1e2f755344f42c6104fccb425b399fffe5eb1bc");
    }
}
