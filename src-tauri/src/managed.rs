//! Doing what the organization set: when the vault opens, and while it is open.

use std::sync::Arc;

use satchel_store::{Vault, Way};
use tauri::{AppHandle, Runtime};

use crate::clock::Now;
use crate::policy::{FirmRecovery, Owner, Policy};
use crate::retention::{self, Removed};
use crate::state::{Mode, Shell};
use crate::trash;
use crate::ui_error::{UiError, sentence};
use crate::view::policy::PolicyView;

/// Where a practice build, which has no administrator, finds its policies, in the app's own folder.
const PRACTICE_POLICIES: &str = "policies";
const PASSPHRASE_ASKED: &str = "Your organization asks for a passphrase, and this vault has none yet. Nothing is lost. Set one in Settings, under \
     Locking and keys.";

impl Shell {
    /// Returns what the organization set, as it was read last.
    pub(crate) fn policy(&self) -> Arc<Policy> {
        self.policies().current()
    }

    /// Reads what the organization set.
    pub(crate) fn read_policy<R: Runtime>(&self, app: &AppHandle<R>) -> Result<Arc<Policy>, UiError> {
        if Mode::BUILT == Mode::Practice {
            let vault = self.vault_folder(app)?;
            self.policies().are_in(vault.parent().unwrap_or(&vault).join(PRACTICE_POLICIES), Owner::OrUser);
        }
        let policy = self.policies().read();
        self.locking().limit(policy.idle_lock_minutes);
        Ok(policy)
    }

    /// Tells what the organization set, and what came of it.
    pub(crate) fn policy_view(&self) -> Result<PolicyView, UiError> {
        let removed = Removed::of(self.vault()?.open()?);
        let view = self.policy().shown();
        Ok(PolicyView {
            removed: removed.map_or(0, |removed| removed.orders),
            removed_at_ms: removed.map(|removed| removed.last_at_ms),
            ..view
        })
    }

    /// Sees to it that a vault that was just opened is as the organization wants it, and returns sentences on what is not.
    pub(crate) fn follow_policy(&self, vault: &mut Vault, policy: &Policy) -> Vec<String> {
        let mut findings = Vec::new();
        if let Some(FirmRecovery { firm, key }) = &policy.firm_recovery
            && let Err(error) = vault.keep_firm_recovery(*firm, key)
        {
            findings.push(sentence(&error));
        }
        if policy.require_passphrase && !vault.own_ways().contains(&Way::Passphrase) {
            findings.push(PASSPHRASE_ASKED.to_owned());
        }
        self.delete_old(vault, policy);
        findings
    }

    /// Reads what the organization set while the vault is open, and does it.
    pub(crate) fn look_at_policy<R: Runtime>(&self, app: &AppHandle<R>) -> Result<(), UiError> {
        let policy = self.read_policy(app)?;
        self.obey_while_open(app, &policy)?;
        let mut place = self.vault()?;
        if place.is_open() && self.delete_old(place.open()?, &policy) {
            drop(place);
            self.lists_changed();
        }
        Ok(())
    }

    /// Deletes what has been in the trash, or over, for so long, and tells whether there was any. What cannot be deleted now is tried again
    /// later.
    fn delete_old(&self, vault: &mut Vault, policy: &Policy) -> bool {
        let now_ms = Now::read().ms;
        let discarded = trash::delete_old(vault, self.attachments(), &policy.hold, now_ms);
        let over = retention::remove_old(vault, self.attachments(), policy, now_ms);
        discarded.is_ok_and(|count| count > 0) | over.is_ok_and(|count| count > 0)
    }
}

#[cfg(test)]
mod tests;
