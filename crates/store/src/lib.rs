//! The vault (docs/FORMATS.md): what exists nowhere else, encrypted and bound to its place.
//!
//! A [`Vault`] is a folder with a journal, which is the truth; a file of key slots, of which the OS keyring opens one, or a
//! [`Secret`]; a cache that is built from the journal; and the sealed files that were attached. [`Vault::create`] makes one with its
//! key, [`Vault::open`] and [`Vault::open_by`] open what is there, and neither ever does the other's work.
//!
//! **Invariant.** What [`Vault::put`], [`Vault::change`] and [`Vault::delete`] acknowledged is on disk (`tests/api/crashes.rs`).
//! What opening cannot use is moved aside, told as a [`Finding`], and never deleted (`tests/api/journal_file.rs`,
//! `tests/api/damage.rs`). Nothing that was stored stands readable in a file of the folder (`tests/api/vault.rs`).
//! Deliberately absent: a way to make a key for a vault whose key is missing, and any answer that comes from the cache alone.

pub mod journal;
pub mod journal_file;
pub mod key_file;

mod attachment;
mod attachment_record;
mod cache;
mod compaction;
mod creation;
mod disk;
#[cfg(feature = "testing")]
mod disk_log;
mod erasure;
mod export;
mod files;
mod finding;
mod generation;
mod import;
#[cfg(feature = "testing")]
mod in_memory_keyring;
mod index;
mod keyring;
mod keys;
mod opening;
mod os_keyring;
mod protection;
mod reading;
mod record;
mod recovery_kit;
mod rewrite;
mod rotation;
pub mod salvage;
mod slots;
mod snapshot;
mod summaries;
mod unlocking;
mod vault;

#[cfg(test)]
mod vectors;

pub use attachment::{AttachError, AttachmentFolder, SealedAttachment};
pub use attachment_record::AttachmentRecord;
pub use compaction::{COMPACT_BYTES_MIN, COMPACT_FACTOR, COMPACT_FACTOR_OPEN, CompactError};
pub use creation::{CreateVaultError, FirstWay};
#[cfg(feature = "testing")]
pub use disk_log::{DiskLog, DiskStep};
pub use erasure::{EraseError, EraseOrder, Erased, KeyringErased, erase, erasing};
pub use export::{
    Export, ExportAbout, ExportCounts, ExportError, ExportKeys, ExportKind, ExportScope, ExportStamp, Exported,
    OnProgress, TransferProgress,
};
pub use finding::{Damage, Finding, Loss};
pub use generation::{Generation, RestoredFrom};
pub use import::{
    DraftsFault, ExportSecret, Import, ImportError, ImportStopped, ImportedDrafts, LendVault, NewIds, NotUsable,
    RestoreError,
};
#[cfg(feature = "testing")]
pub use in_memory_keyring::{Answer, InMemoryKeyring};
pub use journal::Table;
pub use keyring::{Keyring, KeyringError, PlatformError};
pub use opening::{KEY_FILE, OpenVaultError};
pub use os_keyring::OsKeyring;
pub use protection::ProtectionError;
pub use record::{DEPTH_MAX, PLAINTEXT_BYTES_MAX, RecordId, RecordRuleError};
pub use recovery_kit::{ASKED_BACK, RecoveryKit};
pub use rewrite::Rewrite;
pub use rotation::{RotateError, Rotated, SlotSecrets, WithoutSecret};
pub use slots::Way;
pub use summaries::{Summarize, Summary};
pub use unlocking::{Secret, UnlockError};
pub use vault::{CACHED_DELTAS_MIN, DELTAS_MAX, ReadError, Vault, WriteError};
