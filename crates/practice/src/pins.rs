//! `practice.json`: what a practice build of the desktop trusts, and where it asks (docs/PRACTICE.md).

use satchel_terms::{EcPublicKey, V1, write};
use serde::{Deserialize, Serialize};

use crate::folder::{Folder, FolderError};
use crate::keys::Keys;
use crate::routes::{ONBOARDING, TOKEN};

/// The file's name in the practice folder.
pub const PINS: &str = "practice.json";

/// What a practice build of the desktop trusts, and where it asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Pins {
    /// Version of the file.
    pub version: V1,
    /// Where the server answers, without a slash at its end.
    pub server: String,
    /// The provider's identity keys: the active one and the spare one.
    pub identity_keys: [EcPublicKey; 2],
    /// Where tokens come from.
    pub token: String,
    /// Where the firm is onboarded.
    pub onboarding: String,
}

impl Pins {
    pub(crate) fn of(keys: &Keys, base: &str) -> Self {
        Self {
            version: V1,
            server: base.to_owned(),
            identity_keys: [keys.identity.public().clone(), keys.spare.public().clone()],
            token: format!("{base}{TOKEN}"),
            onboarding: format!("{base}{ONBOARDING}"),
        }
    }

    /// Writes the file in one step.
    pub(crate) fn keep(&self, folder: &Folder) -> Result<(), FolderError> {
        folder.write(PINS, &write(self).map_err(|_| folder.damaged(PINS))?)
    }
}
