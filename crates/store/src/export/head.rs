//! What an export begins with: its id, and its key in one slot for each secret.

use std::io::Read;

use rand_core::CryptoRng;
use satchel_seal::{
    ChosenPassphrase, DeriveError, ExportId, ExportKey, ExportSlotKey, ExportSlotKind, GuessCost, RecoveryWords,
    SlotError,
};
use satchel_terms::{FixedBytes, parse, write};
use serde::{Deserialize, Serialize};

use super::ExportError;
use crate::import::{ExportSecret, ImportError};
use crate::key_file::{Kdf, WRAPPED_BYTES};

const MAGIC: &[u8; 8] = b"SATCHELX";
const FORMAT: [u8; 2] = [0, 1];
/// Bytes before the JSON: magic, format and the length of the JSON.
const FIXED_BYTES: usize = 12;
/// The most bytes of the JSON; with both slots it has about 500.
const JSON_BYTES_MAX: usize = 4096;

/// The secrets that are to open an export. One is enough.
#[derive(Debug, Clone, Copy, Default)]
pub struct ExportKeys<'a> {
    /// A passphrase of its own.
    pub passphrase: Option<&'a ChosenPassphrase>,
    /// The recovery words of the vault, which [`crate::Vault::has_words`] has known.
    pub recovery_words: Option<&'a RecoveryWords>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Json {
    export: FixedBytes<16>,
    check: FixedBytes<32>,
    slots: Vec<Slot>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
enum Slot {
    Passphrase { kdf: Kdf, wrapped: FixedBytes<WRAPPED_BYTES> },
    RecoveryWords { wrapped: FixedBytes<WRAPPED_BYTES> },
}

impl Slot {
    const fn way(&self) -> ExportSlotKind {
        match self {
            Self::Passphrase { .. } => ExportSlotKind::Passphrase,
            Self::RecoveryWords { .. } => ExportSlotKind::RecoveryWords,
        }
    }
}

/// The head of an export, and its bytes, which every chunk behind it is bound to.
#[derive(Debug)]
pub(crate) struct Head {
    json: Json,
    pub(crate) bytes: Vec<u8>,
}

impl Head {
    /// Makes a key, and the head whose slots wrap it.
    pub(crate) fn make(keys: &ExportKeys<'_>, rng: &mut impl CryptoRng) -> Result<(Self, ExportKey), ExportError> {
        let (id, key) = (ExportId::make(rng), ExportKey::make(rng));
        let mut slots = Vec::new();
        if let Some(passphrase) = keys.passphrase {
            let mut salt = [0; 16];
            rng.fill_bytes(&mut salt);
            let cost = GuessCost::NEW;
            let slot_key = ExportSlotKey::derive_from_passphrase(passphrase.as_typed(), cost, &salt, id)?;
            slots.push(Slot::Passphrase { kdf: Kdf::new(cost, salt), wrapped: wrapped(&slot_key, &key, rng)? });
        }
        if let Some(words) = keys.recovery_words {
            let slot_key = ExportSlotKey::derive_from_words(words, id)?;
            slots.push(Slot::RecoveryWords { wrapped: wrapped(&slot_key, &key, rng)? });
        }
        if slots.is_empty() {
            return Err(ExportError::NoKeys);
        }
        let json = Json { export: FixedBytes(id.0), check: FixedBytes(key.derive_check(id)?), slots };
        let text = write(&json).map_err(|_| ExportError::Slot(SlotError::NotAuthentic))?;
        let length = u16::try_from(text.len()).map_err(|_| ExportError::Slot(SlotError::NotAuthentic))?;
        let bytes = [&MAGIC[..], &FORMAT, &length.to_be_bytes(), &text].concat();
        Ok((Self { json, bytes }, key))
    }

    /// Reads the head, up to the first chunk, and opens nothing.
    pub(crate) fn read(source: &mut impl Read) -> Result<Self, ImportError> {
        let mut bytes = Vec::with_capacity(FIXED_BYTES);
        source.take(FIXED_BYTES as u64).read_to_end(&mut bytes).map_err(ImportError::Read)?;
        if !bytes.starts_with(MAGIC) {
            return Err(ImportError::NotAnExport);
        }
        let fixed: &[u8; FIXED_BYTES] = bytes.first_chunk().ok_or(ImportError::Damaged)?;
        let [.., major, minor, high, low] = *fixed;
        if [major, minor] != FORMAT {
            return Err(ImportError::Newer);
        }
        let length = usize::from(u16::from_be_bytes([high, low]));
        if length > JSON_BYTES_MAX {
            return Err(ImportError::Damaged);
        }
        source.take(length as u64).read_to_end(&mut bytes).map_err(ImportError::Read)?;
        let text = bytes.get(FIXED_BYTES..).filter(|text| text.len() == length).ok_or(ImportError::Damaged)?;
        let json: Json = parse(text, JSON_BYTES_MAX).map_err(|_| ImportError::Damaged)?;
        json.check()?;
        Ok(Self { json, bytes })
    }

    /// Lists the ways that open it.
    pub(crate) fn ways(&self) -> Vec<ExportSlotKind> {
        self.json.slots.iter().map(Slot::way).collect()
    }

    /// Opens the slot of a secret.
    pub(crate) fn open(&self, secret: &ExportSecret<'_>) -> Result<ExportKey, ImportError> {
        let id = ExportId(self.json.export.0);
        let slot = self.json.slots.iter().find(|slot| slot.way() == secret.way());
        let (slot_key, wrapped) = match (secret, slot) {
            (ExportSecret::Passphrase(passphrase), Some(Slot::Passphrase { kdf, wrapped })) => {
                (ExportSlotKey::derive_from_passphrase(passphrase, kdf.cost(), kdf.salt(), id)?, wrapped)
            }
            (ExportSecret::RecoveryWords(words), Some(Slot::RecoveryWords { wrapped })) => {
                let slot_key = ExportSlotKey::derive_from_words(words, id).map_err(|_| ImportError::Damaged)?;
                (slot_key, wrapped)
            }
            _ => return Err(ImportError::NoSuchWay(secret.way())),
        };
        let key = slot_key.unwrap_export_key(&wrapped.0).map_err(|_| ImportError::WrongSecret(secret.way()))?;
        if key.has_check(id, &self.json.check.0) { Ok(key) } else { Err(ImportError::Damaged) }
    }
}

impl Json {
    fn check(&self) -> Result<(), ImportError> {
        let passphrases = self.slots.iter().filter(|slot| slot.way() == ExportSlotKind::Passphrase).count();
        let one_of_a_kind = passphrases <= 1 && self.slots.len() - passphrases <= 1;
        let in_bounds = self.slots.iter().all(|slot| match slot {
            Slot::Passphrase { kdf, .. } => kdf.is_within_bounds(),
            Slot::RecoveryWords { .. } => true,
        });
        if !self.slots.is_empty() && one_of_a_kind && in_bounds { Ok(()) } else { Err(ImportError::Damaged) }
    }
}

fn wrapped(
    slot_key: &ExportSlotKey,
    key: &ExportKey,
    rng: &mut impl CryptoRng,
) -> Result<FixedBytes<WRAPPED_BYTES>, ExportError> {
    let wrapped = slot_key.wrap(key, rng)?;
    wrapped.try_into().map(FixedBytes).map_err(|_| ExportError::Slot(SlotError::NotAuthentic))
}

impl From<SlotError> for ExportError {
    fn from(error: SlotError) -> Self {
        Self::Slot(error)
    }
}

impl From<DeriveError> for ExportError {
    fn from(error: DeriveError) -> Self {
        Self::Derive(error)
    }
}
