//! The one translation of errors for the window.

mod from;

use std::fmt;

use serde::Serialize;

/// What went wrong, as the window may branch on it. Nobody matches on the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum UiErrorCode {
    /// A fault of Satchel's own.
    Internal,
    /// Another window of Satchel has the vault open.
    VaultInUse,
    /// The vault's folder cannot be read or written.
    VaultUnreachable,
    /// The vault, or the file of its keys, is damaged or belongs to another.
    VaultDamaged,
    /// The vault was written by a newer version.
    VaultNewer,
    /// This computer offers no keyring.
    KeyringMissing,
    /// The keyring is locked, or access was refused.
    KeyringLocked,
    /// The keyring answers and holds no key of this vault.
    KeyringEmpty,
    /// The vault opens by its passphrase.
    PassphraseNeeded,
    /// The organization asks for a passphrase, and there is none.
    PassphraseAsked,
    /// The firm locked or erased the vault.
    Revoked,
    /// It is not the vault's passphrase, or none that can be one.
    WrongPassphrase,
    /// They are not the vault's recovery words.
    WrongWords,
    /// A change is not on disk.
    NotSaved,
    /// An answer has more than fits.
    TooLong,
    /// An answer holds characters that are never stored.
    Refused,
    /// The user stopped it.
    Cancelled,
    /// What was asked for is not there any more.
    Gone,
    /// A file could not be attached.
    FileRefused,
    /// The order was submitted and cannot be changed.
    Frozen,
    /// Something is missing in the order.
    Incomplete,
    /// The provider does not answer now.
    Offline,
    /// The provider's server refuses, or what it answered is not to be followed.
    ProviderRefused,
}

/// An error as a command answers it: what happened, what is safe, what to do next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[error("{message}")]
pub struct UiError {
    code: UiErrorCode,
    message: String,
}

impl UiError {
    fn new(code: UiErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// A fault of Satchel's own; the sentence is fixed, so it can give nothing away.
    #[must_use]
    pub fn internal() -> Self {
        let message = "Satchel ran into a fault of its own. What was saved is safe. Close Satchel and open it again.";
        Self::new(UiErrorCode::Internal, message)
    }

    /// The vault is locked, or was not opened yet.
    pub(crate) fn locked() -> Self {
        let message =
            "Satchel is locked, so this was not done. What was saved is safe. Unlock Satchel and do it again.";
        Self::new(UiErrorCode::PassphraseNeeded, message)
    }

    /// The recovery kit could not be written where it was to go.
    pub(crate) fn kit_not_written() -> Self {
        let message = "The recovery kit could not be written there. The words on the screen are the same. Choose another folder, or \
             print them.";
        Self::new(UiErrorCode::NotSaved, message)
    }

    /// The organization asks for a passphrase.
    pub(crate) fn passphrase_asked() -> Self {
        let message = "Your organization asks for a passphrase on this computer. Nothing was changed. Choose one, or keep the one \
             that is set.";
        Self::new(UiErrorCode::PassphraseAsked, message)
    }

    /// The firm locked this vault.
    pub(crate) fn locked_by_firm() -> Self {
        let message = "Your firm has locked Satchel on this computer. What was saved is safe and stays encrypted. Ask your firm’s \
             IT; once it lifts the lock, Satchel opens again.";
        Self::new(UiErrorCode::Revoked, message)
    }

    /// The firm erased this vault.
    pub(crate) fn erased_by_firm(is_complete: bool) -> Self {
        let message = if is_complete {
            "Your firm has erased what Satchel kept on this computer. Its key is destroyed, and nothing of it can be opened. Orders \
             that were received are with the provider and with your firm. Ask your firm’s IT before you go on."
        } else {
            "Your firm has erased what Satchel kept on this computer. Its key is destroyed, and nothing of it can be opened, but some \
             files could not be removed yet. Start Satchel again to go on with it, and tell your firm’s IT."
        };
        Self::new(UiErrorCode::Revoked, message)
    }

    /// The firm wants this vault erased, and the disk does not allow it.
    pub(crate) fn not_erased() -> Self {
        let message = "Your firm wants what Satchel keeps on this computer erased, and the disk did not allow it yet. Nothing can be \
             opened meanwhile. Tell your firm’s IT; starting Satchel again tries once more.";
        Self::new(UiErrorCode::Revoked, message)
    }

    /// The organization holds what was to be deleted.
    pub(crate) fn held() -> Self {
        let message = "Your organization holds these drafts for a legal matter, so they were not deleted. They stay in the trash. Ask \
             your firm’s IT or the attorney if you think that is wrong.";
        Self::new(UiErrorCode::Refused, message)
    }

    /// The organization holds the draft that a file belongs to.
    pub(crate) fn file_held() -> Self {
        let message = "Your organization holds this order for a legal matter, so nothing is taken off it. The file stays attached. Ask \
             your firm’s IT or the attorney if you think that is wrong.";
        Self::new(UiErrorCode::Refused, message)
    }

    /// A file of that name is there, of which nobody was asked.
    pub(crate) fn export_is_there() -> Self {
        let message = "There is a file of this name already, so nothing was written over it. Choose another name, or choose that file \
             itself if it is to be replaced.";
        Self::new(UiErrorCode::Refused, message)
    }

    /// The vault has a firm, whose keys would be replaced.
    pub(crate) fn belongs_to_firm() -> Self {
        let message = "This computer belongs to a firm already, and its keys would be lost, so nothing was restored. Nothing was changed. \
             Bring the drafts in instead, or ask your IT.";
        Self::new(UiErrorCode::Refused, message)
    }

    /// What is restored is to open by a passphrase, or is not, other than what was said.
    pub(crate) fn other_way() -> Self {
        let message = "How this vault opens was changed meanwhile, so nothing was restored. Nothing was changed. Open the file again.";
        Self::new(UiErrorCode::Refused, message)
    }

    /// The vault takes as much as the organization allows.
    pub(crate) fn vault_full(bytes_max: u64) -> Self {
        let message = format!(
            "Your organization allows {} MB for Satchel on this computer, and with these files it would be more, so none was \
             attached. What you type is always kept. Empty the trash, or ask your IT for more room.",
            bytes_max / 1_000_000
        );
        Self::new(UiErrorCode::FileRefused, message)
    }

    /// Something is being exported or imported already.
    pub(crate) fn moving() -> Self {
        let message =
            "Something is being exported or imported already. Nothing was changed. Wait for its end, or cancel it.";
        Self::new(UiErrorCode::Refused, message)
    }

    /// There is something in the vault that would be replaced.
    pub(crate) fn not_empty() -> Self {
        let message = "There are orders on this computer already, so nothing was restored over them. Nothing was changed. Bring the \
             drafts in instead.";
        Self::new(UiErrorCode::Refused, message)
    }

    /// A file is not the firm's recovery key.
    pub(crate) fn no_firm_key() -> Self {
        let message = "This file is not a firm’s recovery key: a private key on P-256 as JWK. Nothing was changed. Choose the file \
             that your IT keeps for this.";
        Self::new(UiErrorCode::Refused, message)
    }

    /// The vault's folder has no place on this computer.
    pub(crate) fn vault_unreachable() -> Self {
        let message =
            "Satchel found no folder of its own on this computer. Nothing was changed. Ask your IT to look at it.";
        Self::new(UiErrorCode::VaultUnreachable, message)
    }

    /// What was asked for is not there, such as an order that was discarded in the meantime.
    pub(crate) fn gone() -> Self {
        let message =
            "This is not in Satchel any more. Everything else is safe. Go back to the list and open it from there.";
        Self::new(UiErrorCode::Gone, message)
    }

    /// Something is missing in an order that is to be submitted.
    pub(crate) fn incomplete() -> Self {
        let message = "Something is still missing in this order, so it was not submitted. It is kept as a draft. What is missing \
             stands under To finish.";
        Self::new(UiErrorCode::Incomplete, message)
    }

    /// A file of an order that is to be submitted is not sealed.
    pub(crate) fn files_unfinished() -> Self {
        let message = "A file is still being sealed, or could not be attached, so the order was not submitted. It is kept as a \
             draft. Wait for the file, or take it off.";
        Self::new(UiErrorCode::Incomplete, message)
    }

    /// An order costs more than a quote can hold.
    pub(crate) fn quote_too_large() -> Self {
        let message = "The amounts of this order are larger than Satchel can reckon with, so it was not submitted. It is kept as \
             a draft. Split it into several orders.";
        Self::new(UiErrorCode::Incomplete, message)
    }

    /// An order has more text than can be sent in one piece.
    pub(crate) fn order_too_long() -> Self {
        let message = "This order has more text than can be sent in one piece, so it was not submitted. It is kept as a draft. Put \
             some of it into a file, or some of its rows into another order.";
        Self::new(UiErrorCode::TooLong, message)
    }

    /// An order was submitted, so nothing of it changes any more.
    pub(crate) fn frozen() -> Self {
        let message = "This order was submitted and cannot be changed any more. Nothing was changed. Until it is being sent, you \
             can take it back from the Outbox.";
        Self::new(UiErrorCode::Frozen, message)
    }

    /// A part of an order is at the provider already.
    pub(crate) fn on_its_way() -> Self {
        let message =
            "Parts of this order are at the provider already, so it cannot be taken back. It goes on by itself.";
        Self::new(UiErrorCode::Frozen, message)
    }

    /// The provider does not answer now, or was never found.
    pub(crate) fn offline() -> Self {
        let message = "The provider does not answer now. Nothing was changed, and everything is safe on this computer. Try again \
             when there is a connection.";
        Self::new(UiErrorCode::Offline, message)
    }

    /// What answers is not the provider, or is not encrypted as it should be.
    fn untrusted() -> Self {
        let message = "What answered in the provider’s place could not prove that it is the provider. Nothing was sent. Ask your \
             IT whether something on this network looks into connections.";
        Self::new(UiErrorCode::ProviderRefused, message)
    }

    /// The server named a payment page that is not the provider's.
    pub(crate) fn page_elsewhere() -> Self {
        let message = "The provider’s server named a payment page that is not the one that the provider signed for, so it was not \
             opened. Nothing was paid. Tell the provider.";
        Self::new(UiErrorCode::ProviderRefused, message)
    }

    /// No browser was found.
    pub(crate) fn no_browser() -> Self {
        let message = "The payment page could not be opened: this computer offers no web browser. Nothing was paid. Ask your IT \
             for one, and open the page again.";
        Self::new(UiErrorCode::ProviderRefused, message)
    }

    /// What came back is not what the operator signed.
    pub(crate) fn not_as_signed() -> Self {
        let message = "This document did not arrive as the operator signed it, so it was not saved. Nothing of it was kept. Try \
             again; if it happens again, tell the provider.";
        Self::new(UiErrorCode::ProviderRefused, message)
    }

    /// A document could not be written where it was to go.
    pub(crate) fn not_written() -> Self {
        let message = "The document could not be written there. Nothing of it was kept, and it is still with the provider. Make \
             room, or choose another folder.";
        Self::new(UiErrorCode::NotSaved, message)
    }

    /// A section has as many rows as it may have.
    pub(crate) fn too_many_rows(item: &str, rows_max: usize) -> Self {
        let message = format!(
            "At most {rows_max} can be in one order ({item}). Nothing was changed. Put the rest into another order."
        );
        Self::new(UiErrorCode::TooLong, message)
    }

    /// An order has as many files as it may have.
    pub(crate) fn too_many_files(files_max: u32) -> Self {
        let message = format!(
            "An order takes at most {files_max} files, so none of these was attached. Put them into a ZIP file, or into \
             another order."
        );
        Self::new(UiErrorCode::FileRefused, message)
    }
}

/// Ends a sentence of a library of ours as the window shows it.
pub(crate) fn sentence(error: &impl fmt::Display) -> String {
    let text = error.to_string();
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let end = if text.ends_with('.') { "" } else { "." };
    format!("{first}{}{end}", chars.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_begin_large_and_end() {
        assert_eq!(sentence(&"a file is gone. Choose it again"), "A file is gone. Choose it again.");
        assert_eq!(sentence(&"Done."), "Done.");
        assert_eq!(sentence(&"é"), "É.");
    }
}
