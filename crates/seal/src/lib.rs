//! Sealed blobs, content keys and wraps (docs/FORMATS.md). The only package that names a cipher.
//!
//! It works on `Read`, `Write` and `&mut impl CryptoRng`: no paths, no clock, no randomness of its own. Keys have roles in
//! their types: a [`ContentKey`] is made by [`seal_blob`] and seals that one blob, a [`WrappingKey`] wraps content keys
//! and nothing else, a [`VaultKey`] opens nothing itself. None can be printed, and all are overwritten when dropped.
//!
//! **Invariant.** Whoever opens a blob learns only [`OpenError::NotAuthentic`], be the key wrong or the bytes damaged.
//! What [`open_blob`] wrote before an error is not to be used; [`verify_blob`] writes nothing.

mod blob;
mod cipher;
mod content_key;
mod export;
mod lanes;
mod metadata;
mod passphrase;
mod record;
mod slot;
mod words;
mod wrap;

#[cfg(test)]
mod vectors;

pub use blob::{
    Contents, NoProgress, OpenError, Opened, Progress, SealError, Sealed, is_authentic_region, open_blob,
    open_unlisted_blob, seal_blob, verify_blob,
};
pub use content_key::ContentKey;
pub use export::{
    EXPORT_CHUNK_BYTES, ExportId, ExportKey, ExportReadError, ExportReader, ExportSlotKey, ExportSlotKind, ExportWriter,
};
pub use metadata::{METADATA_BYTES_MAX, Metadata, MetadataError};
pub use passphrase::{
    ChosenPassphrase, DeriveError, GuessCost, PASSPHRASE_BYTES_MAX, PASSPHRASE_CHARACTERS_MIN, Passphrase,
    PassphraseError,
};
pub use record::{ChainKey, LookupKey, RECORD_BYTES_MIN, RecordAddress, RecordError, RecordKind, TableKey, VaultKey};
pub use slot::{SlotBinding, SlotError, SlotKey, SlotKind};
pub use words::{RECOVERY_WORDS, RecoveryWords, WordsError};
pub use wrap::{
    Algorithm, Context, PrivateWrappingKey, RecipientKey, RecipientSecret, UnwrapError, WorkspaceKey, WrapError,
    WrappedKey, WrappingKey,
};
