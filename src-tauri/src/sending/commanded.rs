//! What the firm commands of this device, by its admin key.

use std::path::Path;

use satchel_sign::DeviceAction;
use satchel_store::Vault;
use satchel_terms::Timestamp;

use super::firm::Firm;
use super::keys::DeviceKeys;
use super::pins::Pins;

/// Returns what the firm commands of the device whose vault this is; erasing, where both are commanded. Commands that the firm's admin did
/// not sign for this device, or that do not hold now, are none; so are all while the device belongs to no firm. `folder` is the app's
/// own, where the pins are.
pub(crate) fn commanded(vault: &mut Vault, folder: &Path, commands: &[String], now: Timestamp) -> Option<DeviceAction> {
    if commands.is_empty() {
        return None;
    }
    let keys = DeviceKeys::known(vault)?;
    let firm = Firm::known(vault, &keys, &Pins::read(folder)?.identity_keys).ok()??;
    let obeyed = |compact: &String| {
        let command = firm.roster.verify_command(compact, keys.device, now).ok()?;
        Some(command.statement().action)
    };
    let mut locks = false;
    for action in commands.iter().filter_map(obeyed) {
        match action {
            DeviceAction::Erase => return Some(DeviceAction::Erase),
            DeviceAction::Lock => locks = true,
        }
    }
    locks.then_some(DeviceAction::Lock)
}
