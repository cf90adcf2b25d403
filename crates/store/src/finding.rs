//! What opening a vault found.

use std::fmt;
use std::path::PathBuf;

use crate::generation::RestoredFrom;
use crate::journal::Table;
use crate::record::RecordId;
use crate::salvage::Gap;

/// What damage took of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// One change or more; the record shows what was entered before and after.
    Changes,
    /// The record.
    Whole,
}

/// What opening found damaged in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// The damaged journal, kept whole.
    pub kept: PathBuf,
    /// What could not be read of it.
    pub gaps: Vec<Gap>,
    /// The records that are known to lack something. What a gap held is not always known.
    pub lost: Vec<(Table, RecordId, Loss)>,
}

/// What opening found and the user should hear. The vault works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The last write never ended. Its bytes were moved to this file.
    LastWriteCut(PathBuf),
    /// The journal was damaged. What could be read of it is in the vault.
    JournalDamaged(Damage),
    /// The vault is an older copy than the one that was open last.
    OlderCopy,
    /// The vault was made from an export. Told at every opening until somebody said that they have looked at it.
    Restored(RestoredFrom),
    /// The keyring did not note that the vault was opened, so an older copy may not be noticed next time.
    NotNotedInKeyring,
    /// There is no keyring, so an older copy is not noticed. Told once.
    NoKeyring,
    /// The vault was opened by a secret, and the keyring's way is there but does not open: its entry is gone, or another one.
    KeyringDoesNotOpen,
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
            Self::JournalDamaged(damage) => damage.fmt(f),
            Self::OlderCopy => f.write_str(
                "This vault is an older copy than the one that was open last on this computer, perhaps from a backup. Newer \
                 changes are not in it. Check your drafts and the outbox before you send anything",
            ),
            Self::Restored(_) => f.write_str(
                "This vault was restored from an exported file. What was changed, sent or taken back after the file was made is not in \
                 it, and the vault it came from may still be used elsewhere. Check your drafts and the outbox before you send anything",
            ),
            Self::NotNotedInKeyring => f.write_str(
                "This computer's keyring could not note that the vault was opened. Nothing is lost; but if the vault is ever \
                 replaced by an older copy, Satchel may not notice",
            ),
            Self::NoKeyring => f.write_str(
                "This computer has no keyring that answers. The vault opens by its passphrase all the same, and nothing is lost; \
                 but if it is ever replaced by an older copy, Satchel cannot notice",
            ),
            Self::KeyringDoesNotOpen => f.write_str(
                "This computer's keyring has no key that opens this vault. Nothing is lost. Let Satchel make a new one now, so \
                 that the vault opens by itself the next time",
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

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("The vault's journal was damaged on disk. ")?;
        let counted: Option<u64> = self.gaps.iter().map(|gap| gap.entries).sum();
        match counted {
            Some(0) => f.write_str("All that it held could be read")?,
            Some(1) => f.write_str("1 change could not be read; everything else is there")?,
            Some(count) => write!(f, "{count} changes could not be read; everything else is there")?,
            None => f.write_str("Some changes, most likely the newest, could not be read; everything else is there")?,
        }
        write!(
            f,
            ". The damaged file is kept as {}. Check your drafts, and give the file to your IT",
            self.kept.display()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_is_counted_where_it_can_be() {
        let damage = |gaps: &[Option<u64>]| {
            let gaps = gaps.iter().map(|entries| Gap { offset: 40, entries: *entries }).collect();
            Damage { kept: PathBuf::from("journal.damaged-1"), gaps, lost: Vec::new() }.to_string()
        };
        assert!(damage(&[Some(1)]).contains("1 change could not"));
        assert!(damage(&[Some(1), Some(2)]).contains("3 changes could not"));
        assert!(damage(&[Some(1), None]).contains("most likely the newest"));
    }
}
