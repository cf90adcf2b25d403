//! The receipt: the provider's word that an order is whole.

use satchel_terms::sealed_length::{REGION_BYTES, REGION_OVERHEAD_BYTES, plaintext_of};
use satchel_terms::{BlobName, EcPublicKey, FirmId, Hash, OrderId, Revision, Timestamp, V1, required};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::manifest::{Manifest, ManifestBlob, check_blobs};
use crate::jws::VerifyError;
use crate::statement::{Signed, StatementError, json_statement};

const PAYLOAD_BYTES_MAX: usize = 256 * 1024;
const ORDER_NUMBER_CHARS_MAX: usize = 32;
const STORAGE_TEXT_CHARS_MAX: usize = 128;
/// Bytes of a block of the upload: a region in its sealed form.
const BLOCK_BYTES: u64 = REGION_BYTES + REGION_OVERHEAD_BYTES;

/// The provider's word that all blobs of a revision are there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Receipt {
    /// Version of the format.
    pub version: V1,
    /// Whose order it is.
    pub firm: FirmId,
    /// The order.
    pub order: OrderId,
    /// Its revision.
    pub revision: Revision,
    /// The number under which people speak of the order.
    pub order_number: String,
    /// Hash of the manifest.
    pub manifest_sha256: Hash,
    /// When the last blob was there, by the server's clock.
    pub received_at: Timestamp,
    /// The blobs, as the manifest lists them.
    pub blobs: Vec<ReceiptBlob>,
}

/// A committed blob.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReceiptBlob {
    /// Its name.
    pub name: BlobName,
    /// Its bytes.
    pub sealed_length: u64,
    /// How many blocks were committed.
    pub blocks: u64,
    /// SHA-256 over one line per block: its id, a space, its bytes in decimal, a line feed.
    pub block_list_sha256: Hash,
    /// The storage's `ETag`, which intake reads by.
    pub etag: String,
    /// The storage's version, where it keeps versions.
    #[serde(deserialize_with = "required")]
    pub version_id: Option<String>,
}

/// Says why a receipt does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptRefused {
    /// The signature or the form is wrong.
    #[error("the receipt is not one of the provider's")]
    Signature(#[from] VerifyError),
    /// It speaks of another order, revision, manifest, or of other blobs.
    #[error("the receipt does not match the order")]
    OtherOrder,
}

impl Receipt {
    fn check(&self) -> Result<(), StatementError> {
        let number_char = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-';
        let number = &self.order_number;
        if number.is_empty() || number.len() > ORDER_NUMBER_CHARS_MAX || !number.bytes().all(number_char) {
            return Err(StatementError::Rule("orderNumber"));
        }
        let storage_text = |text: &String| {
            !text.is_empty() && text.len() <= STORAGE_TEXT_CHARS_MAX && text.bytes().all(|byte| byte.is_ascii_graphic())
        };
        let texts_hold = |blob: &ReceiptBlob| storage_text(&blob.etag) && blob.version_id.iter().all(storage_text);
        if !self.blobs.iter().all(texts_hold) {
            return Err(StatementError::Rule("etag or versionId"));
        }
        check_blobs(self.revision, self.blobs.iter().map(|blob| (blob.name, blob.sealed_length)))
    }

    fn is_for(&self, manifest: &Signed<Manifest>) -> bool {
        let ordered = manifest.statement();
        (self.firm, self.order, self.revision) == (ordered.firm, ordered.order, ordered.revision)
            && self.manifest_sha256 == manifest.hash()
            && self.blobs.len() == ordered.blobs.len()
            && self.blobs.iter().zip(&ordered.blobs).all(|(received, sent)| received.is_whole(sent))
    }
}

impl ReceiptBlob {
    fn is_whole(&self, sent: &ManifestBlob) -> bool {
        (self.name, self.sealed_length) == (sent.name, sent.sealed_length)
            && self.blocks == sent.sealed_length.div_ceil(BLOCK_BYTES)
            && Some(self.block_list_sha256) == block_list_sha256(sent.sealed_length)
    }
}

/// Returns the hash of the block list that a whole blob of this length has, or nothing where no blob has it.
#[must_use]
pub fn block_list_sha256(sealed_length: u64) -> Option<Hash> {
    plaintext_of(sealed_length)?;
    let mut digest = Sha256::new();
    let mut left = sealed_length;
    for number in 0..sealed_length.div_ceil(BLOCK_BYTES) {
        let bytes = left.min(BLOCK_BYTES);
        let id = BASE64_STANDARD.encode(format!("{number:08}"));
        digest.update(format!("{id} {bytes}\n").as_bytes());
        left -= bytes;
    }
    Some(Hash::from_digest(digest.finalize().into()))
}

/// Verifies a receipt against the manifest that was sent.
///
/// # Errors
/// [`ReceiptRefused`]; the order does not count as received then.
pub fn verify_receipt<'key>(
    compact: &str,
    receipt_keys: impl IntoIterator<Item = &'key EcPublicKey>,
    manifest: &Signed<Manifest>,
) -> Result<Signed<Receipt>, ReceiptRefused> {
    let receipt = Signed::<Receipt>::verify(compact, receipt_keys)?;
    if receipt.statement().is_for(manifest) { Ok(receipt) } else { Err(ReceiptRefused::OtherOrder) }
}

json_statement!(Receipt, "satchel-receipt+jws", PAYLOAD_BYTES_MAX);
