//! The file of key slots: each wraps the one vault key in its own way.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::num::NonZeroU32;

use satchel_seal::{GuessCost, SlotKey};
use satchel_terms::{FirmId, FixedBytes, JsonError, Thumbprint, V1, VaultId, parse, write};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// The most bytes of the file; one with all slots has about 900.
pub(crate) const FILE_BYTES_MAX: usize = 64 * 1024;
/// Bytes of a vault key under a slot key: nonce, 32 bytes, tag.
pub(crate) const WRAPPED_BYTES: usize = 12 + 32 + 16;
/// Bytes of a vault key under HPKE: encapsulated key, 32 bytes, tag.
pub(crate) const HPKE_WRAPPED_BYTES: usize = 65 + 32 + 16;

/// Says why a file is not the key file of this vault. It is left as it is; nothing makes a new one beside it.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// Larger than any key file, not two lines, or the checksum differs.
    #[error("the key file is damaged")]
    Damaged,
    /// Not this JSON, or a kind of slot that this version does not know.
    #[error("the key file is not in a form that this version of Satchel reads")]
    Form(#[from] JsonError),
    /// Without a slot, two slots of a kind, or parameters out of bounds.
    #[error("the key file breaks a rule of its format: {0}")]
    Rule(&'static str),
    /// Of another vault.
    #[error("the key file belongs to another vault")]
    OtherVault,
}

/// How the key of a vault is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyFile {
    version: V1,
    vault: VaultId,
    rotation: NonZeroU32,
    slots: Vec<Slot>,
}

/// One way to the vault key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Slot {
    /// A slot key in the OS keyring.
    Keyring {
        /// The vault key under it.
        wrapped: FixedBytes<WRAPPED_BYTES>,
    },
    /// A slot key derived from a passphrase.
    Passphrase {
        /// How it is derived.
        kdf: Kdf,
        /// The vault key under it.
        wrapped: FixedBytes<WRAPPED_BYTES>,
    },
    /// A slot key derived from the recovery words.
    RecoveryWords {
        /// The vault key under it.
        wrapped: FixedBytes<WRAPPED_BYTES>,
    },
    /// The firm's recovery key, by HPKE.
    FirmRecovery {
        /// The firm.
        firm: FirmId,
        /// Thumbprint of the recovery key.
        key_id: Thumbprint,
        /// The vault key under it.
        wrapped: FixedBytes<HPKE_WRAPPED_BYTES>,
    },
}

/// The parameters of Argon2id (RFC 9106).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Kdf {
    algorithm: Argon2id,
    version: u32,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: FixedBytes<16>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Argon2id {
    #[serde(rename = "argon2id")]
    Argon2id,
}

impl Kdf {
    /// Puts parameters together.
    pub(crate) fn new(cost: GuessCost, salt: [u8; 16]) -> Self {
        let GuessCost { memory_kib, passes, lanes } = cost;
        Self { algorithm: Argon2id::Argon2id, version: 19, memory_kib, passes, lanes, salt: FixedBytes(salt) }
    }

    /// Returns what a guess costs.
    pub(crate) const fn cost(&self) -> GuessCost {
        GuessCost { memory_kib: self.memory_kib, passes: self.passes, lanes: self.lanes }
    }

    pub(crate) const fn salt(&self) -> &[u8; 16] {
        &self.salt.0
    }

    pub(crate) fn is_within_bounds(&self) -> bool {
        self.version == 19 && self.cost().is_within_bounds()
    }
}

impl KeyFile {
    /// Puts slots together.
    ///
    /// # Errors
    /// [`KeyFileError::Rule`].
    pub fn new(vault: VaultId, rotation: NonZeroU32, slots: Vec<Slot>) -> Result<Self, KeyFileError> {
        let file = Self { version: V1, vault, rotation, slots };
        file.check()?;
        Ok(file)
    }

    /// Reads the key file of this vault.
    ///
    /// # Errors
    /// [`KeyFileError`].
    pub fn from_text(text: &str, vault: VaultId) -> Result<Self, KeyFileError> {
        let file = Self::from_text_of_any(text)?;
        if file.vault == vault { Ok(file) } else { Err(KeyFileError::OtherVault) }
    }

    /// Reads the key file of whatever vault it names: what opening begins with.
    ///
    /// # Errors
    /// [`KeyFileError`], but not [`KeyFileError::OtherVault`].
    pub fn from_text_of_any(text: &str) -> Result<Self, KeyFileError> {
        if text.len() > FILE_BYTES_MAX {
            return Err(KeyFileError::Damaged);
        }
        let (line, rest) = text.split_once('\n').ok_or(KeyFileError::Damaged)?;
        if rest != checksum_line(line) {
            return Err(KeyFileError::Damaged);
        }
        let file: Self = parse(line.as_bytes(), FILE_BYTES_MAX)?;
        file.check()?;
        Ok(file)
    }

    /// Writes the file.
    ///
    /// # Errors
    /// None that a key file of this type can cause.
    pub fn to_text(&self) -> Result<String, KeyFileError> {
        let line = String::from_utf8(write(self)?).map_err(|_| KeyFileError::Damaged)?;
        let checksum = checksum_line(&line);
        Ok(format!("{line}\n{checksum}"))
    }

    fn check(&self) -> Result<(), KeyFileError> {
        if self.slots.is_empty() {
            return Err(KeyFileError::Rule("at least one slot"));
        }
        let mut kinds = BTreeSet::new();
        for slot in &self.slots {
            let (kind, in_bounds) = match slot {
                Slot::Keyring { .. } => ("keyring", true),
                Slot::Passphrase { kdf, .. } => ("passphrase", kdf.is_within_bounds()),
                Slot::RecoveryWords { .. } => ("recovery-words", true),
                Slot::FirmRecovery { .. } => ("firm-recovery", true),
            };
            if !in_bounds {
                return Err(KeyFileError::Rule("parameters of Argon2id"));
            }
            if !kinds.insert(kind) {
                return Err(KeyFileError::Rule("one slot of a kind"));
            }
        }
        Ok(())
    }

    /// Returns the vault.
    #[must_use]
    pub const fn vault(&self) -> VaultId {
        self.vault
    }

    /// Returns the slots.
    #[must_use]
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// Returns the number of the vault key.
    #[must_use]
    pub const fn rotation(&self) -> NonZeroU32 {
        self.rotation
    }
}

fn checksum_line(line: &str) -> String {
    let mut text = String::from("sha256:");
    for byte in Sha256::digest(line.as_bytes()) {
        // Writing into a String does not fail.
        write!(text, "{byte:02x}").ok();
    }
    text.push('\n');
    text
}

/// Bytes of a keyring entry: version, slot key, generation.
const ENTRY_BYTES: usize = 1 + 32 + 8;

/// What the OS keyring holds for a vault: `01 ‖ slot key ‖ generation`.
#[derive(Debug)]
pub struct KeyringEntry {
    /// The slot key.
    pub slot_key: SlotKey,
    /// How often the vault was opened; a journal with a lower one is an older copy.
    pub generation: u64,
}

impl KeyringEntry {
    /// Writes the entry.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<[u8; ENTRY_BYTES]> {
        let generation = self.generation.to_be_bytes();
        let fields = [1].into_iter().chain(*self.slot_key.expose()).chain(generation);
        let mut bytes = Zeroizing::new([0; ENTRY_BYTES]);
        bytes.iter_mut().zip(fields).for_each(|(byte, field)| *byte = field);
        bytes
    }

    /// Reads the entry; nothing where it is not one of this version.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(&[1])?;
        let (key, rest) = rest.split_first_chunk::<32>()?;
        let generation: &[u8; 8] = rest.try_into().ok()?;
        Some(Self { slot_key: SlotKey::from_keyring(key), generation: u64::from_be_bytes(*generation) })
    }
}
