//! The roster: a firm's devices. Each names the one before.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;

use satchel_terms::{DeviceId, EcPublicKey, FirmId, Hash, PersonId, Thumbprint, Timestamp, V1, required};
use serde::{Deserialize, Serialize};

use super::manifest::Manifest;
use crate::jws::{Unverified, VerifyError};
use crate::statement::{Signed, Statement, StatementError, json_statement};

const PAYLOAD_BYTES_MAX: usize = 6 * 1024 * 1024;
const DEVICES_MAX: usize = 10_000;
const WORKSPACE_KEYS_MAX: usize = 10_000;

/// A device of the firm. It stays in the roster for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RosterDevice {
    /// The device.
    pub device: DeviceId,
    /// Whose it is.
    #[serde(deserialize_with = "required")]
    pub member: Option<PersonId>,
    /// What it signs with.
    pub signing_key: EcPublicKey,
    /// What is wrapped for it.
    pub hpke_key: EcPublicKey,
    /// Since when it belongs to the firm.
    pub admitted_at: Timestamp,
    /// Since when it does not.
    #[serde(deserialize_with = "required")]
    pub revoked_at: Option<Timestamp>,
}

/// A workspace key that the firm vouches for. Its wraps say nothing about who made them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkspaceKeyCheck {
    /// The key's number, from 1.
    pub number: NonZeroU32,
    /// What is derived from the key to know it again (`seal::WorkspaceKey::check`).
    pub check: Hash,
}

/// A firm's devices. Signed by the firm's admin key, or by an approver whom the roster before names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Roster {
    /// Version of the format.
    pub version: V1,
    /// The firm.
    pub firm: FirmId,
    /// Counts up by one, from 1.
    pub number: NonZeroU32,
    /// Hash of the roster before; none for the first.
    #[serde(deserialize_with = "required")]
    pub previous: Option<Hash>,
    /// When it was signed.
    pub issued_at: Timestamp,
    /// The admin's key.
    pub admin_key: EcPublicKey,
    /// Devices that may sign the next roster.
    pub approvers: Vec<DeviceId>,
    /// What the firm's IT keeps the private half of, offline.
    pub recovery_key: EcPublicKey,
    /// The firm's workspace keys, from number 1 without a gap.
    pub workspace_keys: Vec<WorkspaceKeyCheck>,
    /// All devices, the revoked ones included.
    pub devices: Vec<RosterDevice>,
}

impl Roster {
    fn check(&self) -> Result<(), StatementError> {
        let broken = |rule| Err(StatementError::Rule(rule));
        if (self.number.get() == 1) != self.previous.is_none() {
            return broken("previous");
        }
        if self.devices.len() > DEVICES_MAX {
            return broken("number of devices");
        }
        let mut ids = BTreeSet::new();
        if !self.devices.iter().all(|device| ids.insert(device.device)) {
            return broken("device ids differ");
        }
        let mut approvers = BTreeSet::new();
        if !self.approvers.iter().all(|id| ids.contains(id) && approvers.insert(*id)) {
            return broken("approvers are devices of the roster");
        }
        let numbers = self.workspace_keys.iter().map(|key| key.number.get());
        if self.workspace_keys.len() > WORKSPACE_KEYS_MAX
            || !numbers.eq(1..=u32::try_from(self.workspace_keys.len()).unwrap_or_default())
        {
            return broken("workspaceKeys");
        }
        if self.keys_differ() { Ok(()) } else { broken("keys differ") }
    }

    fn keys_differ(&self) -> bool {
        let of_devices = self.devices.iter().flat_map(|device| [&device.signing_key, &device.hpke_key]);
        let mut kids = BTreeSet::new();
        let mut all_keys = of_devices.chain([&self.admin_key, &self.recovery_key]);
        all_keys.all(|key| kids.insert(key.thumbprint()))
    }

    /// Returns the keys that may sign the next roster: the admin's, and those of approvers who are not revoked.
    fn next_signers(&self) -> impl Iterator<Item = &EcPublicKey> {
        let approvers = self.devices.iter().filter(|device| device.is_admitted() && self.is_approver(device));
        [&self.admin_key].into_iter().chain(approvers.map(|device| &device.signing_key))
    }

    fn is_approver(&self, device: &RosterDevice) -> bool {
        self.approvers.contains(&device.device)
    }

    /// Tells whether every device and workspace key of `before` is still here as it was.
    fn keeps_devices_of(&self, before: &Self) -> bool {
        let now: BTreeMap<_, _> = self.devices.iter().map(|device| (device.device, device)).collect();
        self.workspace_keys.starts_with(&before.workspace_keys)
            && before.devices.iter().all(|old| now.get(&old.device).is_some_and(|new| new.continues(old)))
    }

    /// Tells whether whoever signed as an approver kept to what an approver may do.
    fn is_within_approval(&self, before: &Self, signer: Thumbprint) -> bool {
        let keeps_authority = (&self.admin_key, &self.approvers, &self.recovery_key)
            == (&before.admin_key, &before.approvers, &before.recovery_key);
        let still_admitted: BTreeSet<_> =
            self.devices.iter().filter(|device| device.is_admitted()).map(|device| device.device).collect();
        let others = before.devices.iter().filter(|device| {
            device.is_admitted() && before.is_approver(device) && device.signing_key.thumbprint() != signer
        });
        // One at a time, so that an approver cannot fill the roster for ever.
        let workspace_keys_max = before.workspace_keys.len() + 1;
        keeps_authority
            && self.workspace_keys.len() <= workspace_keys_max
            && others.map(|device| device.device).all(|device| still_admitted.contains(&device))
    }
}

impl RosterDevice {
    fn is_admitted(&self) -> bool {
        self.revoked_at.is_none()
    }

    fn continues(&self, old: &Self) -> bool {
        (&self.signing_key, &self.hpke_key, self.admitted_at) == (&old.signing_key, &old.hpke_key, old.admitted_at)
            && (old.member.is_none() || self.member == old.member)
            && (old.revoked_at.is_none() || self.revoked_at == old.revoked_at)
    }
}

/// Says why a roster is not taken. The one before stays in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RosterRefused {
    /// The signature or the form is wrong, or whoever signed may not.
    #[error("the list of devices is not signed by the firm's admin or an approver")]
    Signature(#[from] VerifyError),
    /// It does not follow the one before, or is of another firm.
    #[error("the list of devices does not follow the one already known")]
    NotNext,
    /// It changes or drops a device or a workspace key, or takes back a revocation.
    #[error("the list of devices changes what it must keep")]
    DevicesChanged,
    /// An approver changed what only the admin may change.
    #[error("the list of devices changes what only the firm's admin may change")]
    NotTheAdmin,
}

/// A firm's roster as a chain of verified ones led to it. What was merely signed, by whoever, is not this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirmRoster {
    newest: Signed<Roster>,
    /// The newest one that the admin's key signed. Approvers' rosters since then give way to the admin's word.
    by_admin: Signed<Roster>,
}

impl FirmRoster {
    /// Verifies a firm's first roster: signed by the admin key whose thumbprint the bundle names.
    ///
    /// # Errors
    /// [`RosterRefused`].
    pub fn first(compact: &str, firm: FirmId, admin_fingerprint: Thumbprint) -> Result<Self, RosterRefused> {
        let unverified = Unverified::parse(compact, Roster::TYP)?;
        let claimed = Roster::from_payload(unverified.unverified_payload()).map_err(|_| VerifyError::Statement)?;
        if claimed.admin_key.thumbprint() != admin_fingerprint {
            return Err(VerifyError::Signer.into());
        }
        let newest = Signed::<Roster>::verify(compact, [&claimed.admin_key])?;
        let first = newest.statement();
        if first.number.get() != 1 || first.firm != firm {
            return Err(RosterRefused::NotNext);
        }
        Ok(Self { by_admin: newest.clone(), newest })
    }

    /// Verifies the roster that follows this one.
    ///
    /// # Errors
    /// [`RosterRefused`].
    pub fn next(&self, compact: &str) -> Result<Self, RosterRefused> {
        let known = self.newest.statement();
        let newest = Signed::<Roster>::verify(compact, known.next_signers())?;
        let next = newest.statement();
        let follows = next.firm == known.firm
            && Some(next.number) == known.number.checked_add(1)
            && next.previous == Some(self.newest.hash());
        if !follows {
            return Err(RosterRefused::NotNext);
        }
        if !next.keeps_devices_of(known) {
            return Err(RosterRefused::DevicesChanged);
        }
        if newest.signer() == known.admin_key.thumbprint() {
            return Ok(Self { by_admin: newest.clone(), newest });
        }
        if !next.is_within_approval(known, newest.signer()) {
            return Err(RosterRefused::NotTheAdmin);
        }
        Ok(Self { newest, by_admin: self.by_admin.clone() })
    }

    /// Takes another branch, which starts behind the newest roster that the admin signed and ends in a newer one of the
    /// admin's. An approver who is being revoked can sign a roster beside the one that revokes it, and whoever passes rosters
    /// on can show that one first; this is how the admin's word is heard all the same.
    ///
    /// # Errors
    /// [`RosterRefused`]; also where the branch does not end in a roster of the admin's.
    pub fn by_admin(&self, branch: &[&str]) -> Result<Self, RosterRefused> {
        let mut roster = Self { newest: self.by_admin.clone(), by_admin: self.by_admin.clone() };
        for compact in branch {
            roster = roster.next(compact)?;
        }
        let is_newer = roster.newest == roster.by_admin && roster.newest != self.by_admin;
        if is_newer { Ok(roster) } else { Err(RosterRefused::NotTheAdmin) }
    }

    /// Returns the newest roster.
    #[must_use]
    pub fn newest(&self) -> &Signed<Roster> {
        &self.newest
    }

    /// Verifies a manifest: signed by a device that the firm admitted and has not revoked, of the same firm, under the
    /// device's own id.
    ///
    /// # Errors
    /// [`VerifyError`].
    pub fn verify_manifest(&self, compact: &str) -> Result<Signed<Manifest>, VerifyError> {
        let roster = self.newest.statement();
        let admitted = || roster.devices.iter().filter(|device| device.is_admitted());
        let manifest = Signed::<Manifest>::verify(compact, admitted().map(|device| &device.signing_key))?;
        let stated = manifest.statement();
        let signer = admitted().find(|device| device.signing_key.thumbprint() == manifest.signer());
        let own = signer.is_some_and(|device| device.device == stated.device) && stated.firm == roster.firm;
        if own { Ok(manifest) } else { Err(VerifyError::Signer) }
    }
}

json_statement!(Roster, "satchel-roster+jws", PAYLOAD_BYTES_MAX);
