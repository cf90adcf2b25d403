//! The manifest: what the server may know of an order.

use std::num::NonZeroU32;

use satchel_terms::sealed_length::plaintext_of;
use satchel_terms::{
    BlobName, CatalogueVersion, DeviceId, FILES_MAX, FirmId, Hash, OrderId, Quote, Revision, Timestamp, V1, required,
};
use serde::{Deserialize, Serialize};

use super::is_label;
use crate::statement::{StatementError, json_statement};

const PAYLOAD_BYTES_MAX: usize = 256 * 1024;
const CLIENT_MATTER_CHARS_MAX: usize = 64;

/// The firm's own number of client and matter, which its accounting finds on the payment. It holds no name of a party.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClientMatter(String);

/// Says that a text is no [`ClientMatter`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a client-matter number has 1 to {CLIENT_MATTER_CHARS_MAX} printable characters")]
pub struct ClientMatterError;

impl ClientMatter {
    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ClientMatter {
    type Error = ClientMatterError;

    fn try_from(text: String) -> Result<Self, ClientMatterError> {
        if is_label(&text, CLIENT_MATTER_CHARS_MAX) { Ok(Self(text)) } else { Err(ClientMatterError) }
    }
}

impl From<ClientMatter> for String {
    fn from(number: ClientMatter) -> String {
        number.0
    }
}

/// What the server may know of an order. Signed by the device, in clear.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Manifest {
    /// Version of the format.
    pub version: V1,
    /// Whose order it is.
    pub firm: FirmId,
    /// The order.
    pub order: OrderId,
    /// Its revision, from 1.
    pub revision: Revision,
    /// Hash of the manifest of the revision before; none for the first.
    #[serde(deserialize_with = "required")]
    pub previous: Option<Hash>,
    /// The device that signs.
    pub device: DeviceId,
    /// When the order was frozen, by the device's clock.
    pub created_at: Timestamp,
    /// What was ordered.
    pub catalogue: CatalogueVersion,
    /// The firm's number for its accounting.
    #[serde(deserialize_with = "required")]
    pub client_matter: Option<ClientMatter>,
    /// What it costs, which the server reckons again.
    pub quote: Quote,
    /// The sealed blobs: the document, the copy unless the order is a restricted one, the files.
    pub blobs: Vec<ManifestBlob>,
}

/// A sealed blob as the server sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ManifestBlob {
    /// Its name.
    pub name: BlobName,
    /// Its bytes.
    pub sealed_length: u64,
    /// SHA-256 over the tags of its regions.
    pub tags_sha256: Hash,
}

impl Manifest {
    fn check(&self) -> Result<(), StatementError> {
        if (self.revision.get() == 1) != self.previous.is_none() {
            return Err(StatementError::Rule("previous"));
        }
        check_blobs(self.revision, self.blobs.iter().map(|blob| (blob.name, blob.sealed_length)))
    }
}

/// Checks the list of a revision's blobs: the document, the copy if there is one, the files without a gap; each with a
/// length that some plaintext has, and only files empty.
pub(super) fn check_blobs(
    revision: Revision,
    blobs: impl Iterator<Item = (BlobName, u64)> + Clone,
) -> Result<(), StatementError> {
    let possible = |(name, sealed_length): (BlobName, u64)| match plaintext_of(sealed_length) {
        Some(plaintext_length) => plaintext_length > 0 || matches!(name, BlobName::File(..)),
        None => false,
    };
    if !blobs.clone().all(possible) {
        return Err(StatementError::Rule("sealedLength"));
    }
    let mut names = blobs.map(|(name, _)| name).peekable();
    if names.next() != Some(BlobName::Document(revision)) {
        return Err(StatementError::Rule("blobs"));
    }
    names.next_if_eq(&BlobName::Copy(revision));
    let mut expected = (1..=FILES_MAX).filter_map(NonZeroU32::new).map(|number| BlobName::File(revision, number));
    if names.all(|name| Some(name) == expected.next()) { Ok(()) } else { Err(StatementError::Rule("blobs")) }
}

json_statement!(Manifest, "satchel-manifest+jws", PAYLOAD_BYTES_MAX);
