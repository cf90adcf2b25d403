//! What this computer verified of its firm: the provider's bundle, the firm's roster, and the workspace key.

use std::num::NonZeroU32;

use satchel_seal::{RecipientKey, UnwrapError, WorkspaceKey, WrapError};
use satchel_sign::{
    Bundle, BundleRefused, FirmRoster, Roster, RosterDevice, RosterRefused, Signed, VerifyError, WorkspaceKeyCheck,
};
use satchel_store::{ReadError, RecordId, Table, Vault, WriteError};
use satchel_terms::{EcPublicKey, PersonId, Timestamp, V1};
use satchel_wire::WrappedWorkspaceKey;
use serde::{Deserialize, Serialize};

use super::keys::DeviceKeys;
use crate::rng;

/// The record of the firm; there is one.
const FIRM: RecordId = RecordId::from_bytes([
    0x83, 0x0b, 0xd7, 0x52, 0x16, 0xee, 0x4a, 0x9c, 0xb1, 0x2d, 0x68, 0x74, 0x3f, 0x90, 0xc8, 0x5a,
]);
/// The number of the workspace key that a firm's first desktop makes.
const FIRST_WORKSPACE_KEY: NonZeroU32 = NonZeroU32::MIN;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct FirmRecord {
    version: V1,
    /// The newest bundle, as compact text.
    bundle: String,
    /// The rosters from the first to the newest, as compact texts.
    rosters: Vec<String>,
    /// The workspace key as it is wrapped to this device.
    workspace_key: WrappedWorkspaceKey,
    /// The workspace key as it is wrapped to the firm's recovery key. Kept, since a wrap is another one each time.
    recovery_workspace_key: WrappedWorkspaceKey,
}

/// What this computer verified of its firm.
#[derive(Debug)]
pub(crate) struct Firm {
    /// What the provider says.
    pub(crate) bundle: Signed<Bundle>,
    /// The firm's devices.
    pub(crate) roster: FirmRoster,
    /// What the firm's devices share.
    pub(crate) workspace: WorkspaceKey,
    rosters: Vec<String>,
    workspace_key: WrappedWorkspaceKey,
    recovery_workspace_key: WrappedWorkspaceKey,
}

/// Says why there is no firm.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FirmError {
    /// The bundle is not the provider's, or not for this firm.
    #[error(transparent)]
    Bundle(#[from] BundleRefused),
    /// The roster is not the firm's.
    #[error(transparent)]
    Roster(#[from] RosterRefused),
    /// The bundle names another admin than this computer's: the firm has a first desktop already.
    #[error("the firm has another first computer, which has to admit this one")]
    OtherAdmin,
    /// The vault did not give or take it.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The vault did not take it.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A key does not do what it is for.
    #[error("a key of the firm cannot be used")]
    Key,
}

impl From<VerifyError> for FirmError {
    fn from(error: VerifyError) -> Self {
        Self::Bundle(error.into())
    }
}

impl From<UnwrapError> for FirmError {
    fn from(_: UnwrapError) -> Self {
        Self::Key
    }
}

impl From<WrapError> for FirmError {
    fn from(_: WrapError) -> Self {
        Self::Key
    }
}

/// Tells whether a vault belongs to a firm.
pub(crate) fn belongs_to_firm(vault: &Vault) -> bool {
    vault.revision(Table::Settings, FIRM).is_some()
}

impl Firm {
    /// Reads what was verified before, and verifies it again; nothing where this computer belongs to no firm yet.
    pub(crate) fn known(
        vault: &mut Vault,
        keys: &DeviceKeys,
        identity_keys: &[EcPublicKey],
    ) -> Result<Option<Self>, FirmError> {
        let Some(record) = vault.read::<FirmRecord>(Table::Settings, FIRM)? else { return Ok(None) };
        let bundle = Signed::<Bundle>::verify(&record.bundle, identity_keys)?;
        let known = bundle.statement();
        let (first, later) = record.rosters.split_first().ok_or(FirmError::Key)?;
        let mut roster = FirmRoster::first(first, known.firm, known.admin_fingerprint)?;
        for next in later {
            roster = roster.next(next)?;
        }
        let workspace = workspace_key(keys, &roster, &record.workspace_key)?;
        let FirmRecord { rosters, workspace_key, recovery_workspace_key, .. } = record;
        Ok(Some(Self { bundle, roster, workspace, rosters, workspace_key, recovery_workspace_key }))
    }

    /// Begins the firm on its first desktop: makes its workspace key and signs its first roster. `bundle` was accepted.
    #[cfg_attr(
        not(any(feature = "practice", test)),
        expect(dead_code, reason = "a firm begins once somebody can sign in")
    )]
    pub(crate) fn begin(
        bundle: Signed<Bundle>,
        keys: &DeviceKeys,
        member: Option<PersonId>,
        now: Timestamp,
    ) -> Result<Self, FirmError> {
        let known = bundle.statement();
        if known.admin_fingerprint != keys.admin.public().thumbprint() {
            return Err(FirmError::OtherAdmin);
        }
        let workspace = WorkspaceKey::make(FIRST_WORKSPACE_KEY.get(), &mut rng());
        let device = RosterDevice {
            device: keys.device,
            member,
            signing_key: keys.signing.public().clone(),
            hpke_key: keys.hpke.public().clone(),
            admitted_at: now,
            revoked_at: None,
        };
        let first = Roster {
            version: V1,
            firm: known.firm,
            number: NonZeroU32::MIN,
            previous: None,
            issued_at: now,
            admin_key: keys.admin.public().clone(),
            approvers: vec![keys.device],
            recovery_key: keys.recovery.public().clone(),
            workspace_keys: vec![WorkspaceKeyCheck {
                number: FIRST_WORKSPACE_KEY,
                check: workspace.check(known.firm)?,
            }],
            devices: vec![device],
        };
        let first = keys.admin.sign(first)?;
        let roster = FirmRoster::first(first.compact(), known.firm, known.admin_fingerprint)?;
        let workspace_key = wrapped(&workspace, keys.hpke.public(), &bundle)?;
        let recovery_workspace_key = wrapped(&workspace, keys.recovery.public(), &bundle)?;
        let rosters = vec![first.compact().to_owned()];
        Ok(Self { bundle, roster, workspace, rosters, workspace_key, recovery_workspace_key })
    }

    /// Keeps what was verified.
    pub(crate) fn keep(&self, vault: &mut Vault) -> Result<(), FirmError> {
        let record = FirmRecord {
            version: V1,
            bundle: self.bundle.compact().to_owned(),
            rosters: self.rosters.clone(),
            workspace_key: self.workspace_key,
            recovery_workspace_key: self.recovery_workspace_key,
        };
        vault.put(Table::Settings, FIRM, &record)?;
        Ok(())
    }

    /// Takes a newer bundle.
    pub(crate) fn renew(&mut self, bundle: Signed<Bundle>) {
        self.bundle = bundle;
    }

    /// Returns the first roster, which the server is given.
    pub(crate) fn first_roster(&self) -> &str {
        self.rosters.first().map_or("", String::as_str)
    }

    /// Returns the workspace key as it is wrapped to this device.
    pub(crate) fn own_workspace_key(&self) -> WrappedWorkspaceKey {
        self.workspace_key
    }

    /// Returns the workspace key as it is wrapped to the firm's recovery key.
    pub(crate) fn recovery_workspace_key(&self) -> WrappedWorkspaceKey {
        self.recovery_workspace_key
    }
}

fn wrapped(key: &WorkspaceKey, to: &EcPublicKey, bundle: &Signed<Bundle>) -> Result<WrappedWorkspaceKey, FirmError> {
    let wrapped = RecipientKey::new(to)?.wrap_workspace_key(key, bundle.statement().firm, &mut rng())?;
    Ok(satchel_terms::FixedBytes(wrapped.try_into().map_err(|_| FirmError::Key)?))
}

/// Unwraps the workspace key and holds it against what the roster vouches for.
fn workspace_key(
    keys: &DeviceKeys,
    roster: &FirmRoster,
    wrapped: &WrappedWorkspaceKey,
) -> Result<WorkspaceKey, FirmError> {
    let roster = roster.newest().statement();
    let newest = roster.workspace_keys.last().ok_or(FirmError::Key)?;
    let key = keys.hpke.unwrap_workspace_key(&wrapped.0, roster.firm, newest.number.get())?;
    if key.check(roster.firm)? == newest.check { Ok(key) } else { Err(FirmError::Key) }
}
