//! What a wrap is for. It is bound to the wrap, so a wrapped key is of no use in another place.

use std::fmt;

use satchel_terms::{BlobName, FirmId, OrderId, VaultId};

/// The purpose of a wrap, with the firm and the thing that it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Context {
    /// The content key of an order's blob: of the copy, a log entry or a returned document.
    Blob(FirmId, OrderId, BlobName),
    /// A workspace key by its number, for a device or the recovery key.
    WorkspaceKey(FirmId, u32),
    /// A vault key by its rotation, for the firm's recovery key.
    VaultKey(FirmId, VaultId, u32),
}

impl Context {
    /// Returns the bytes that are bound: `"satchel/1" ‖ 00 ‖ kind ‖ 00 ‖ firm ‖ 00 ‖ subject`. None of the parts can
    /// hold a NUL, so no two contexts have the same bytes.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let joined = |kind: &str, firm: &FirmId, subject: fmt::Arguments<'_>| {
            format!("satchel/1\0{kind}\0{firm}\0{subject}").into_bytes()
        };
        match self {
            Self::Blob(firm, order, name) => joined("blob", firm, format_args!("{order}/{name}")),
            Self::WorkspaceKey(firm, number) => joined("workspace-key", firm, format_args!("{number}")),
            Self::VaultKey(firm, vault, rotation) => joined("vault-key", firm, format_args!("{vault}/{rotation}")),
        }
    }
}
