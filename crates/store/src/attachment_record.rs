//! What the vault holds of an attached file.

use satchel_terms::{FileName, Hash, KeyBytes, MediaType, OrderId, V1};
use serde::{Deserialize, Serialize};

use crate::attachment::SealedAttachment;
use crate::record::RecordId;

/// An attached file: the record that its sealed file is named after. It holds the key, so it is never printed.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AttachmentRecord {
    version: V1,
    /// The order that it is attached to.
    pub order: OrderId,
    /// The name that the user sees.
    pub name: FileName,
    /// What the file is.
    pub media_type: MediaType,
    /// Bytes of the plaintext.
    pub length: u64,
    /// SHA-256 of the plaintext.
    pub sha256: Hash,
    /// The content key of the sealed file.
    pub content_key: KeyBytes,
    /// Bytes of the sealed file.
    pub sealed_length: u64,
    /// SHA-256 over the tags of all regions.
    pub tags_sha256: Hash,
    /// When it was attached, in milliseconds since 1970-01-01T00:00:00Z; also the order of a draft's files.
    pub attached_at_ms: u64,
}

impl SealedAttachment {
    /// Makes the record, with the id under which it is to be put among [`crate::Table::Attachments`].
    #[must_use]
    pub fn into_record(
        self,
        order: OrderId,
        name: FileName,
        media_type: MediaType,
        attached_at_ms: u64,
    ) -> (RecordId, AttachmentRecord) {
        let sealed = self.sealed;
        let record = AttachmentRecord {
            version: V1,
            order,
            name,
            media_type,
            length: sealed.contents.length,
            sha256: sealed.contents.sha256,
            content_key: sealed.content_key.to_document(),
            sealed_length: sealed.sealed_length,
            tags_sha256: sealed.tags_sha256,
            attached_at_ms,
        };
        (self.id, record)
    }
}
