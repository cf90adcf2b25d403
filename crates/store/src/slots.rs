//! Slots of the key file, made and opened.

use std::num::NonZeroU32;

use rand_core::CryptoRng;
use satchel_seal::{
    DeriveError, GuessCost, Passphrase, RecipientKey, RecipientSecret, RecoveryWords, SlotBinding, SlotError, SlotKey,
    SlotKind, VaultKey, WrapError,
};
use satchel_terms::{EcPublicKey, FirmId, FixedBytes, Thumbprint, VaultId};

use crate::key_file::{Kdf, KeyFile, KeyFileError, Slot, WRAPPED_BYTES};

/// A way into a vault, as its key file has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The OS keyring, without a question.
    Keyring,
    /// A passphrase.
    Passphrase,
    /// The recovery words.
    RecoveryWords,
    /// The firm's recovery key.
    FirmRecovery {
        /// The firm.
        firm: FirmId,
        /// Thumbprint of its recovery key.
        key_id: Thumbprint,
    },
}

impl Slot {
    /// Returns the way that the slot stands for.
    #[must_use]
    pub const fn way(&self) -> Way {
        match self {
            Self::Keyring { .. } => Way::Keyring,
            Self::Passphrase { .. } => Way::Passphrase,
            Self::RecoveryWords { .. } => Way::RecoveryWords,
            Self::FirmRecovery { firm, key_id, .. } => Way::FirmRecovery { firm: *firm, key_id: *key_id },
        }
    }

    fn has_kind_of(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

/// Says why a slot did not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SlotFault {
    /// There is none of this kind.
    None,
    /// The secret is another one, or the slot is damaged.
    NotAuthentic,
    /// The passphrase could not be reckoned with.
    Derive(DeriveError),
}

impl From<SlotError> for SlotFault {
    fn from(error: SlotError) -> Self {
        match error {
            SlotError::NotAuthentic => Self::NotAuthentic,
        }
    }
}

/// What a slot is made of: the vault key, and what it is bound to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wrapping<'a> {
    pub(crate) key: &'a VaultKey,
    pub(crate) vault: VaultId,
    pub(crate) rotation: NonZeroU32,
}

impl Wrapping<'_> {
    pub(crate) fn for_keyring(&self, slot_key: &SlotKey, rng: &mut impl CryptoRng) -> Result<Slot, SlotError> {
        Ok(Slot::Keyring { wrapped: self.wrap(SlotKind::Keyring, slot_key, rng)? })
    }

    pub(crate) fn for_passphrase(&self, passphrase: &Passphrase, rng: &mut impl CryptoRng) -> Result<Slot, SlotFault> {
        let mut salt = [0; 16];
        rng.fill_bytes(&mut salt);
        let slot_key = SlotKey::derive_from_passphrase(passphrase, GuessCost::NEW, &salt).map_err(SlotFault::Derive)?;
        let wrapped = self.wrap(SlotKind::Passphrase, &slot_key, rng)?;
        Ok(Slot::Passphrase { kdf: Kdf::new(GuessCost::NEW, salt), wrapped })
    }

    pub(crate) fn for_words(&self, words: &RecoveryWords, rng: &mut impl CryptoRng) -> Result<Slot, SlotError> {
        let slot_key = SlotKey::derive_from_words(words, self.vault)?;
        Ok(Slot::RecoveryWords { wrapped: self.wrap(SlotKind::RecoveryWords, &slot_key, rng)? })
    }

    pub(crate) fn for_firm(
        &self,
        firm: FirmId,
        recovery: &EcPublicKey,
        rng: &mut impl CryptoRng,
    ) -> Result<Slot, WrapError> {
        let bound_to = (self.vault, self.rotation.get());
        let wrapped = RecipientKey::new(recovery)?.wrap_vault_key(self.key, firm, bound_to, rng)?;
        let wrapped = wrapped.try_into().map(FixedBytes).map_err(|_| WrapError::Key)?;
        Ok(Slot::FirmRecovery { firm, key_id: recovery.thumbprint(), wrapped })
    }

    fn wrap(
        &self,
        kind: SlotKind,
        slot_key: &SlotKey,
        rng: &mut impl CryptoRng,
    ) -> Result<FixedBytes<WRAPPED_BYTES>, SlotError> {
        let binding = SlotBinding { vault: self.vault, rotation: self.rotation.get(), kind };
        let wrapped = slot_key.wrap(self.key, &binding, rng)?;
        wrapped.try_into().map(FixedBytes).map_err(|_| SlotError::NotAuthentic)
    }
}

impl KeyFile {
    /// Lists the ways into the vault, in the order of the file.
    #[must_use]
    pub fn ways(&self) -> Vec<Way> {
        self.slots().iter().map(Slot::way).collect()
    }

    pub(crate) fn has(&self, way: Way) -> bool {
        self.slots().iter().any(|slot| slot.way() == way)
    }

    /// Returns the file with this slot, in the place of one of its kind.
    pub(crate) fn with(&self, slot: Slot) -> Result<Self, KeyFileError> {
        let mut slots: Vec<_> = self.slots().iter().filter(|other| !other.has_kind_of(&slot)).cloned().collect();
        slots.push(slot);
        Self::new(self.vault(), self.rotation(), slots)
    }

    /// Returns the file without the slot of a way.
    pub(crate) fn without(&self, way: Way) -> Result<Self, KeyFileError> {
        let slots = self.slots().iter().filter(|slot| slot.way() != way).cloned().collect();
        Self::new(self.vault(), self.rotation(), slots)
    }

    pub(crate) fn open_by_keyring(&self, slot_key: &SlotKey) -> Result<VaultKey, SlotFault> {
        let wrapped = self.slots().iter().find_map(|slot| match slot {
            Slot::Keyring { wrapped } => Some(wrapped),
            Slot::Passphrase { .. } | Slot::RecoveryWords { .. } | Slot::FirmRecovery { .. } => None,
        });
        self.unwrap(SlotKind::Keyring, slot_key, wrapped.ok_or(SlotFault::None)?)
    }

    pub(crate) fn open_by_passphrase(&self, passphrase: &Passphrase) -> Result<VaultKey, SlotFault> {
        let slot = self.slots().iter().find_map(|slot| match slot {
            Slot::Passphrase { kdf, wrapped } => Some((kdf, wrapped)),
            Slot::Keyring { .. } | Slot::RecoveryWords { .. } | Slot::FirmRecovery { .. } => None,
        });
        let (kdf, wrapped) = slot.ok_or(SlotFault::None)?;
        let slot_key = SlotKey::derive_from_passphrase(passphrase, kdf.cost(), kdf.salt());
        self.unwrap(SlotKind::Passphrase, &slot_key.map_err(SlotFault::Derive)?, wrapped)
    }

    pub(crate) fn open_by_words(&self, words: &RecoveryWords) -> Result<VaultKey, SlotFault> {
        let wrapped = self.slots().iter().find_map(|slot| match slot {
            Slot::RecoveryWords { wrapped } => Some(wrapped),
            Slot::Keyring { .. } | Slot::Passphrase { .. } | Slot::FirmRecovery { .. } => None,
        });
        let wrapped = wrapped.ok_or(SlotFault::None)?;
        self.unwrap(SlotKind::RecoveryWords, &SlotKey::derive_from_words(words, self.vault())?, wrapped)
    }

    pub(crate) fn open_by_firm(&self, recovery: &RecipientSecret) -> Result<VaultKey, SlotFault> {
        let slot = self.slots().iter().find_map(|slot| match slot {
            Slot::FirmRecovery { firm, key_id, wrapped } => Some((firm, key_id, wrapped)),
            Slot::Keyring { .. } | Slot::Passphrase { .. } | Slot::RecoveryWords { .. } => None,
        });
        let (firm, key_id, wrapped) = slot.ok_or(SlotFault::None)?;
        if *key_id != recovery.public().thumbprint() {
            return Err(SlotFault::NotAuthentic);
        }
        let opened = recovery.unwrap_vault_key(&wrapped.0, *firm, (self.vault(), self.rotation().get()));
        opened.map_err(|_| SlotFault::NotAuthentic)
    }

    fn unwrap(
        &self,
        kind: SlotKind,
        slot_key: &SlotKey,
        wrapped: &FixedBytes<WRAPPED_BYTES>,
    ) -> Result<VaultKey, SlotFault> {
        let binding = SlotBinding { vault: self.vault(), rotation: self.rotation().get(), kind };
        Ok(slot_key.unwrap_vault_key(&wrapped.0, &binding)?)
    }
}
