//! A new vault key: the journal is rewritten under it, and every slot wraps it. The new key file is what decides.
//!
//! 1. The journal is written anew as `journal.rotation-N`, *N* being the new rotation, and put on disk. 2. Snapshot and cache are
//!    thrown away. 3. The new key file takes the place of the old one: from here on the new key counts. 4. The new journal takes
//!    the place of the old one. Whatever interrupts it, [`settle`] finishes or undoes it at the next opening.

use std::io;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;

use satchel_seal::{ChainKey, DeriveError, Passphrase, RecordError, RecoveryWords, SlotError, VaultKey, WrapError};
use satchel_terms::EcPublicKey;

use crate::compaction::CompactError;
use crate::files::remove_if_there;
use crate::index::Index;
use crate::journal_file::names_aside;
use crate::key_file::{KeyFile, KeyFileError, Slot};
use crate::keyring::{self, Keyring, KeyringError};
use crate::keys::{Keys, Shelf};
use crate::protection::{KeyFileWrite, write_key_file};
use crate::rewrite::Rewrite;
use crate::slots::{SlotFault, Way, Wrapping};
use crate::unlocking::{Secret, UnlockError};
use crate::vault::{ReadError, Vault};

mod settling;
#[cfg(test)]
mod tests;

pub(crate) use settling::settle;

/// What the journal of a rotation is called, before the rotation, until it takes its place.
const PENDING: &str = "journal.rotation-";

/// The secrets by which slots can wrap a new vault key. Each must open its slot now.
#[derive(Debug, Clone, Copy, Default)]
pub struct SlotSecrets<'a> {
    /// Of the keyring's slot, whose slot key stays.
    pub keyring: Option<&'a dyn Keyring>,
    /// Of the passphrase's slot.
    pub passphrase: Option<&'a Passphrase>,
    /// Of the recovery words' slot.
    pub recovery_words: Option<&'a RecoveryWords>,
    /// The firm's public recovery key, for the firm's slot.
    pub firm_recovery: Option<&'a EcPublicKey>,
}

/// What is to become of slots whose secret is not given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithoutSecret {
    /// The rotation is refused.
    Refuse,
    /// They fall away.
    FallAway,
}

/// What a rotation did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    /// The number of the vault key.
    pub rotation: NonZeroU32,
    /// The ways that do not open the vault any more.
    pub fell_away: Vec<Way>,
    /// What earlier openings kept aside of a damaged journal. It is under the old key, so nobody can read it any more.
    pub unreadable: Vec<PathBuf>,
}

/// Says why the vault key was not changed. Everything that was saved is safe.
#[derive(Debug, thiserror::Error)]
pub enum RotateError {
    /// A secret that was given does not open its slot.
    #[error(transparent)]
    Unlock(#[from] UnlockError),
    /// The keyring did not give its key.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// The key of the keyring is another one.
    #[error("the key in this computer's keyring does not open this vault, so the vault's key was not changed")]
    OtherKey,
    /// Slots would fall away.
    #[error("the vault's key was not changed, since not everything that opens the vault was given")]
    WouldFallAway(Vec<Way>),
    /// Neither the keyring nor a passphrase would open the vault.
    #[error(
        "the vault's key was not changed, since neither the keyring nor a passphrase would open the vault afterwards"
    )]
    NoWayLeft,
    /// The firm's key is none that can be wrapped for.
    #[error("the firm's recovery key cannot be used, so the vault's key was not changed")]
    FirmKey(#[source] WrapError),
    /// The passphrase could not be reckoned with.
    #[error(transparent)]
    Derive(#[from] DeriveError),
    /// It was changed so often that no number is left.
    #[error("the vault's key was changed as often as it can be")]
    TooOften,
    /// A key or slot could not be made.
    #[error("the new key could not be prepared, so the vault's key was not changed")]
    Prepare(#[source] KeyFileError),
    /// The journal could not be written anew.
    #[error(transparent)]
    Journal(#[from] CompactError),
    /// A file could not be written.
    #[error(
        "the vault's key was not changed, since a file could not be written. Check that the disk has room, then try again"
    )]
    NotWritten(#[source] io::Error),
    /// The disk did not confirm the last steps. The vault is closed to writing until it is opened anew, which finishes them.
    #[error(
        "the disk did not confirm that the vault's key was changed. Everything that was saved is safe. Close Satchel and start it \
         again"
    )]
    Uncertain(#[source] io::Error),
}

/// How far a rotation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Copied,
    OnDisk,
    CachesGone,
    KeyFileWritten,
    Done,
}

impl Vault {
    /// Makes a new vault key. Attachments stay as they are, since their keys are in records. A kill at any moment leaves a vault that
    /// opens with everything, under the old key or under the new one.
    ///
    /// # Errors
    /// [`RotateError`].
    pub fn rotate(&mut self, secrets: &SlotSecrets<'_>, missing: WithoutSecret) -> Result<Rotated, RotateError> {
        self.rotate_stepwise(secrets, missing, &mut |_| Ok(()))
    }

    /// As [`Self::rotate`], and calls `reached` after each step; an error of it is taken for one of the disk.
    pub(crate) fn rotate_stepwise(
        &mut self,
        secrets: &SlotSecrets<'_>,
        missing: WithoutSecret,
        reached: &mut dyn FnMut(Step) -> io::Result<()>,
    ) -> Result<Rotated, RotateError> {
        if self.keys.are_forgotten() {
            // A rotation before this one may still need its files.
            return Err(ReadError::Damaged.into());
        }
        let rotation = self.access.file.rotation().checked_add(1).ok_or(RotateError::TooOften)?;
        let key = VaultKey::make(&mut self.random);
        let (file, fell_away) = self.rewrapped(&key, rotation, secrets)?;
        if missing == WithoutSecret::Refuse && !fell_away.is_empty() {
            return Err(RotateError::WouldFallAway(fell_away));
        }
        let chain_key = key.derive_chain_key(self.id).map_err(prepare)?;
        let keys = Keys::derive(&key, self.id).map_err(prepare)?;
        let name = pending(rotation);
        let prepared = self.prepare_rotation(&name, &keys, chain_key, reached);
        let (rewrite, index) = prepared.inspect_err(|_| {
            // The next opening removes what stays.
            remove_if_there(&self.folder.join(&name)).ok();
        })?;
        self.commit_rotation(file, &name)?;
        self.access.key = key;
        let placed = reached(Step::KeyFileWritten).and_then(|()| self.journal.finish_rewrite(rewrite));
        if let Err(error) = placed {
            // What is written now must not go to the old journal, and the new one has not got its name.
            self.keys.forget();
            return Err(RotateError::Uncertain(error));
        }
        (self.keys, self.index) = (keys, index);
        (self.snapshot_sequence, self.verification) = (0, None);
        reached(Step::Done).ok();
        let unreadable = names_aside(&self.folder).unwrap_or_default();
        Ok(Rotated { rotation, fell_away, unreadable })
    }

    /// Makes the slots of a new vault key, and lists the ways that have none.
    fn rewrapped(
        &mut self,
        key: &VaultKey,
        rotation: NonZeroU32,
        secrets: &SlotSecrets<'_>,
    ) -> Result<(KeyFile, Vec<Way>), RotateError> {
        let wrapping = Wrapping { key, vault: self.id, rotation };
        let (mut slots, mut fell_away) = (Vec::new(), Vec::new());
        for way in self.access.file.ways() {
            match self.rewrap(way, &wrapping, secrets)? {
                Some(slot) => slots.push(slot),
                None => fell_away.push(way),
            }
        }
        if !slots.iter().any(|slot| matches!(slot.way(), Way::Keyring | Way::Passphrase)) {
            return Err(RotateError::NoWayLeft);
        }
        Ok((KeyFile::new(self.id, rotation, slots).map_err(RotateError::Prepare)?, fell_away))
    }

    /// Makes one slot anew; nothing where its secret is not given.
    fn rewrap(
        &mut self,
        way: Way,
        wrapping: &Wrapping<'_>,
        secrets: &SlotSecrets<'_>,
    ) -> Result<Option<Slot>, RotateError> {
        let (access, random) = (&self.access, &mut self.random);
        Ok(match way {
            Way::Keyring => match secrets.keyring {
                None => None,
                Some(keyring) => {
                    let entry = keyring::load(keyring, self.id)?;
                    if !access.opens_by(&entry.slot_key) {
                        return Err(RotateError::OtherKey);
                    }
                    Some(wrapping.for_keyring(&entry.slot_key, random).map_err(slot_error)?)
                }
            },
            Way::Passphrase => match secrets.passphrase {
                None => None,
                Some(passphrase) => {
                    access.prove(&Secret::Passphrase(passphrase))?;
                    let slot = wrapping.for_passphrase(passphrase, random);
                    Some(slot.map_err(|fault| match fault {
                        SlotFault::Derive(error) => RotateError::Derive(error),
                        SlotFault::None | SlotFault::NotAuthentic => slot_error(SlotError::NotAuthentic),
                    })?)
                }
            },
            Way::RecoveryWords => match secrets.recovery_words {
                None => None,
                Some(words) => {
                    access.prove(&Secret::RecoveryWords(words))?;
                    Some(wrapping.for_words(words, random).map_err(slot_error)?)
                }
            },
            Way::FirmRecovery { firm, key_id } => match secrets.firm_recovery {
                None => None,
                Some(recovery) if recovery.thumbprint() == key_id => {
                    Some(wrapping.for_firm(firm, recovery, random).map_err(RotateError::FirmKey)?)
                }
                Some(_) => return Err(UnlockError::WrongFirmKey.into()),
            },
        })
    }

    /// Does everything that leaves the vault under its old key.
    fn prepare_rotation(
        &mut self,
        name: &str,
        keys: &Keys,
        chain_key: ChainKey,
        reached: &mut dyn FnMut(Step) -> io::Result<()>,
    ) -> Result<(Rewrite, Index), RotateError> {
        let rewrite = self.journal.begin_rewrite_as(name, Arc::new(chain_key));
        let mut rewrite = rewrite.map_err(RotateError::NotWritten)?;
        let index = self.write_live(&mut rewrite, |vault, (table, id), place, address| {
            let json = vault.json_from_journal(table, id, place)?;
            Ok(keys.seal((Shelf::Journal, table), address, &json, &mut vault.random)?)
        })?;
        reached(Step::Copied).map_err(RotateError::NotWritten)?;
        rewrite.put_on_disk().map_err(RotateError::NotWritten)?;
        reached(Step::OnDisk).map_err(RotateError::NotWritten)?;
        // They hold what was read, under keys that are to be of no use.
        let gone = self.forget_snapshot().and_then(|()| self.journal.drop_rewrite());
        gone.and_then(|()| self.cache.empty()).map_err(RotateError::NotWritten)?;
        reached(Step::CachesGone).map_err(RotateError::NotWritten)?;
        Ok((rewrite, index))
    }

    /// Puts the new key file in place, from where on the new key counts.
    fn commit_rotation(&mut self, file: KeyFile, name: &str) -> Result<(), RotateError> {
        match write_key_file(&self.folder, &file) {
            Ok(()) => {
                self.access.file = file;
                Ok(())
            }
            Err(KeyFileWrite::Form(error)) => {
                remove_if_there(&self.folder.join(name)).ok();
                Err(RotateError::Prepare(error))
            }
            Err(KeyFileWrite::NotWritten(error)) => {
                remove_if_there(&self.folder.join(name)).ok();
                Err(RotateError::NotWritten(error))
            }
            Err(KeyFileWrite::Uncertain(error)) => {
                // Which key counts is told by the next opening. Until then nothing may be acknowledged.
                self.keys.forget();
                Err(RotateError::Uncertain(error))
            }
        }
    }
}

fn pending(rotation: NonZeroU32) -> String {
    format!("{PENDING}{rotation}")
}

fn prepare(_: RecordError) -> RotateError {
    slot_error(SlotError::NotAuthentic)
}

fn slot_error(_: SlotError) -> RotateError {
    RotateError::Prepare(KeyFileError::Rule("a slot that can be made"))
}

impl From<ReadError> for RotateError {
    fn from(error: ReadError) -> Self {
        Self::Journal(error.into())
    }
}
