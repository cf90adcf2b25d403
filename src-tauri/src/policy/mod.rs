//! What the organization set for this computer. Whoever administers the computer writes it, its user cannot; docs/POLICY.md lists the keys.
//!
//! A value that is none counts as the one that loses nothing and loosens nothing, and is told in the settings.

mod folder;
mod keys;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use satchel_order::deadlines::Buffers;
use satchel_terms::{EcPublicKey, FirmId};

use crate::view::policy::PolicyView;

pub(crate) use folder::Owner;

/// What the organization set, as it was read last.
#[derive(Debug, Default)]
pub(crate) struct Policy {
    /// The most minutes without a key or a click until the vault locks.
    pub(crate) idle_lock_minutes: Option<u32>,
    /// Whether a vault has to have a passphrase.
    pub(crate) require_passphrase: bool,
    /// The key by which the firm recovers vaults.
    pub(crate) firm_recovery: Option<FirmRecovery>,
    /// After how many days orders that are over are removed from this computer.
    pub(crate) retention_days: Option<u32>,
    /// What may not be deleted.
    pub(crate) hold: Hold,
    /// The most bytes that the vault takes before no more files are attached.
    pub(crate) vault_bytes_max: Option<u64>,
    /// The days that the firm keeps clear of the dates that rules set.
    pub(crate) deadline_buffers: Buffers,
    /// Commands to this computer, as compact text. Whether the firm signed them is looked at by whoever obeys.
    pub(crate) commands: Vec<String>,
    /// Sentences on what could not be read as it should be.
    faults: Vec<String>,
    /// What was set, as it is shown.
    shown: Vec<(&'static str, String)>,
}

/// The key by which a firm recovers vaults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FirmRecovery {
    /// The firm.
    pub(crate) firm: FirmId,
    /// The public half; IT keeps the private one.
    pub(crate) key: EcPublicKey,
}

/// What may not be deleted, whatever else says so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Hold {
    /// Anything may be.
    #[default]
    Nothing,
    /// Orders of these client-matter numbers may not, as they are compared.
    Matters(Vec<String>),
    /// Nothing may be.
    Everything,
}

impl Hold {
    /// Tells whether an order with this client-matter number is held. One that has none is held only with everything.
    pub(crate) fn holds(&self, client_matter: Option<&str>) -> bool {
        match self {
            Self::Nothing => false,
            Self::Matters(matters) => client_matter.is_some_and(|matter| matters.contains(&compared(matter))),
            Self::Everything => true,
        }
    }
}

/// Returns a client-matter number without what people write differently: case, and white space around it.
fn compared(matter: &str) -> String {
    matter.trim().to_lowercase()
}

impl Policy {
    /// Says what was set, for the settings.
    pub(crate) fn shown(&self) -> PolicyView {
        let setting = |(name, value): &(&'static str, String)| crate::view::policy::SettingView {
            name: (*name).to_owned(),
            says: keys::says(name).to_owned(),
            value: value.clone(),
        };
        PolicyView {
            settings: self.shown.iter().map(setting).collect(),
            faults: self.faults.clone(),
            removed: 0,
            removed_at_ms: None,
        }
    }
}

/// Where policies are, and what was read there last.
#[derive(Debug)]
pub(crate) struct Policies {
    place: Mutex<Option<(PathBuf, Owner)>>,
    current: Mutex<Arc<Policy>>,
}

impl Policies {
    /// Policies of a folder; none, where there is none.
    pub(crate) fn in_folder(place: Option<(PathBuf, Owner)>) -> Self {
        Self { place: Mutex::new(place), current: Mutex::default() }
    }

    /// Says where policies are, unless that was said before.
    pub(crate) fn are_in(&self, folder: PathBuf, owner: Owner) {
        self.place.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert((folder, owner));
    }

    /// Reads them anew.
    pub(crate) fn read(&self) -> Arc<Policy> {
        let place = self.place.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let policy = Arc::new(place.map(|(folder, owner)| folder::read(&folder, owner)).unwrap_or_default());
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&policy);
        policy
    }

    /// Returns what was read last.
    pub(crate) fn current(&self) -> Arc<Policy> {
        Arc::clone(&self.current.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests;
