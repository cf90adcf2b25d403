//! The device command: the firm's word that a device is to be locked or erased.

use satchel_terms::{DeviceId, FirmId, Timestamp, V1, required};
use serde::{Deserialize, Serialize};

use super::roster::FirmRoster;
use crate::jws::VerifyError;
use crate::statement::{Signed, StatementError, json_statement};

const PAYLOAD_BYTES_MAX: usize = 4 * 1024;
/// The longest time for which a command holds, in seconds: one that was lifted cannot be brought back for ever.
const HOLDS_SECONDS_MAX: u64 = 366 * 24 * 60 * 60;

/// The firm's word that a device is to be locked or erased. Signed by the firm's admin key, and by no approver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeviceCommand {
    /// Version of the format.
    pub version: V1,
    /// The firm.
    pub firm: FirmId,
    /// The device.
    pub device: DeviceId,
    /// What is to be done.
    pub action: DeviceAction,
    /// When the firm confirmed that it has recovered, or does not need, what only this device holds; for erasing only.
    #[serde(deserialize_with = "required")]
    pub recovery_confirmed_at: Option<Timestamp>,
    /// When it was signed.
    pub issued_at: Timestamp,
    /// Until when it holds, that second included; at most 366 days later.
    pub not_after: Timestamp,
}

/// What is to be done with a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeviceAction {
    /// Its vault is not opened while the command holds.
    Lock,
    /// Its vault is erased.
    Erase,
}

/// Says why a command is not obeyed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CommandRefused {
    /// The signature or the form is wrong.
    #[error("the command is not signed by the firm's admin")]
    Signature(#[from] VerifyError),
    /// It is for another firm or device.
    #[error("the command is for another device")]
    OtherDevice,
    /// Its time has not come, or is over.
    #[error("the command does not hold at this time")]
    Time,
}

impl DeviceCommand {
    fn check(&self) -> Result<(), StatementError> {
        let (issued, ends) = (self.issued_at.seconds(), self.not_after.seconds());
        if ends < issued || ends - issued > HOLDS_SECONDS_MAX {
            return Err(StatementError::Rule("notAfter"));
        }
        let holds = match (self.action, self.recovery_confirmed_at) {
            (DeviceAction::Lock, confirmed) => confirmed.is_none(),
            (DeviceAction::Erase, confirmed) => confirmed.is_some_and(|at| at <= self.issued_at),
        };
        if holds { Ok(()) } else { Err(StatementError::Rule("recoveryConfirmedAt")) }
    }
}

impl FirmRoster {
    /// Verifies a command to a device: signed by the admin key of the newest roster, for this firm and device, and holding now.
    ///
    /// # Errors
    /// [`CommandRefused`].
    pub fn verify_command(
        &self,
        compact: &str,
        device: DeviceId,
        now: Timestamp,
    ) -> Result<Signed<DeviceCommand>, CommandRefused> {
        let roster = self.newest().statement();
        let command = Signed::<DeviceCommand>::verify(compact, [&roster.admin_key])?;
        let stated = command.statement();
        if (stated.firm, stated.device) != (roster.firm, device) {
            return Err(CommandRefused::OtherDevice);
        }
        if now < stated.issued_at || now > stated.not_after {
            return Err(CommandRefused::Time);
        }
        Ok(command)
    }
}

json_statement!(DeviceCommand, "satchel-device-command+jws", PAYLOAD_BYTES_MAX);
