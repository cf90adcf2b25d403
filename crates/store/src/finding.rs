//! What opening a vault found.

use std::fmt;
use std::path::PathBuf;

use crate::record::RecordId;

/// What opening found and the user should hear. The vault works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The last write never ended. Its bytes were moved to this file.
    LastWriteCut(PathBuf),
    /// The journal was damaged. It is kept whole in this file; what follows the damage is not in the vault.
    JournalDamaged(PathBuf),
    /// The vault is an older copy than the one that was open last.
    OlderCopy,
    /// The keyring did not note that the vault was opened, so an older copy may not be noticed next time.
    NotNotedInKeyring,
    /// The cache was damaged and is being built anew.
    CacheRebuilt,
    /// These attachments are listed, but their sealed files are gone.
    AttachmentsMissing(Vec<RecordId>),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LastWriteCut(path) => write!(
                f,
                "Satchel or the computer stopped in the middle of a write. Everything that was shown as saved before it is \
                 there. Check the last thing you typed; what was cut off is kept in {}",
                path.display()
            ),
            Self::JournalDamaged(path) => write!(
                f,
                "The vault's journal was damaged on disk. Everything before the damage is there; newer changes may be missing. \
                 The damaged file is kept as {}. Check your drafts, and give the file to your IT",
                path.display()
            ),
            Self::OlderCopy => f.write_str(
                "This vault is an older copy than the one that was open last on this computer, perhaps from a backup. Newer \
                 changes are not in it. Check your drafts and the outbox before you send anything",
            ),
            Self::NotNotedInKeyring => f.write_str(
                "This computer's keyring could not note that the vault was opened. Nothing is lost; but if the vault is ever \
                 replaced by an older copy, Satchel may not notice",
            ),
            Self::CacheRebuilt => f.write_str(
                "A cache that makes lists faster was damaged and is being built anew. Nothing is lost, and nothing is to be done",
            ),
            Self::AttachmentsMissing(ids) => write!(
                f,
                "{} attached files are missing from Satchel's folder. The rest is there. Attach the files again, or ask your IT \
                 to restore the folder from a backup",
                ids.len()
            ),
        }
    }
}
