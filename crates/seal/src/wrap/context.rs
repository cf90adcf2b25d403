//! What a wrap is for. It is bound to the wrap, so a wrapped key is of no use in another place.

use std::fmt;

use satchel_terms::{FirmId, OrderId, VaultId};

/// The purpose of a wrap, with the firm and the thing that it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Context {
    /// The content key of an order's copy.
    Copy(FirmId, OrderId),
    /// The content key of a returned document.
    Return(FirmId, OrderId),
    /// The content key of a log entry.
    LogEntry(FirmId, OrderId),
    /// A workspace key by its number, for a device or the recovery key.
    WorkspaceKey(FirmId, u32),
    /// A vault key, for the firm's recovery key.
    VaultKey(FirmId, VaultId),
}

impl Context {
    /// Returns the bytes that are bound: `"satchel/1" ‖ 00 ‖ kind ‖ 00 ‖ firm ‖ 00 ‖ subject`. None of the parts can
    /// hold a NUL, so no two contexts have the same bytes.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let joined = |kind: &str, firm: &FirmId, subject: &dyn fmt::Display| {
            format!("satchel/1\0{kind}\0{firm}\0{subject}").into_bytes()
        };
        match self {
            Self::Copy(firm, order) => joined("copy", firm, order),
            Self::Return(firm, order) => joined("return", firm, order),
            Self::LogEntry(firm, order) => joined("log-entry", firm, order),
            Self::WorkspaceKey(firm, number) => joined("workspace-key", firm, number),
            Self::VaultKey(firm, vault) => joined("vault-key", firm, vault),
        }
    }
}
