//! What is known of a blob.

use std::collections::BTreeMap;

use crate::BlobPath;

/// The most bytes that [`crate::BlobStore::create`] and [`crate::BlobStore::swap`] write. What is larger comes in blocks.
pub const WRITE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// The most bytes of one append (Azure's limit of old).
pub const APPEND_BYTES_MAX: usize = 4 * 1024 * 1024;
/// The most appends to one blob (Azure's limit).
pub const APPENDS_MAX: u32 = 50_000;
/// The most bytes of a blob's metadata, names and values together (Azure's limit).
pub const METADATA_BYTES_MAX: usize = 8 * 1024;
/// The most characters of an `ETag`.
const ETAG_BYTES_MAX: usize = 100;

/// A blob's metadata by name. Names are `a-z 0-9 _` and begin with a letter; values are printable ASCII.
pub type Metadata = BTreeMap<String, String>;

/// Names one state of a blob. Every write makes another.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ETag(String);

/// Names a version of a blob, where the store keeps versions.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct VersionId(String);

/// Says that a text is no `ETag` of one state of a blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an ETag is 1 to 100 printable characters, and no star")]
pub struct ETagError;

/// Says why metadata is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MetadataError {
    /// A name or a value holds what a header cannot carry unchanged.
    #[error("a name or value of the metadata holds what a header does not carry")]
    Text,
    /// Names and values have more than 8 KiB together.
    #[error("the metadata has more than 8,192 bytes")]
    TooLarge,
}

/// A blob as it was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The state that this write made.
    pub etag: ETag,
    /// Its version.
    pub version: Option<VersionId>,
}

/// A blob that was read.
#[derive(Clone, PartialEq, Eq)]
pub struct ReadBlob {
    /// What it holds.
    pub bytes: Vec<u8>,
    /// The state that was read.
    pub etag: ETag,
    /// Its version.
    pub version: Option<VersionId>,
    /// Its metadata.
    pub metadata: Metadata,
}

/// What is known of a blob without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Properties {
    /// Its bytes.
    pub length: u64,
    /// Its state.
    pub etag: ETag,
    /// Its version.
    pub version: Option<VersionId>,
    /// Its metadata.
    pub metadata: Metadata,
}

/// Some of a container's blobs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Their paths, in byte order.
    pub paths: Vec<BlobPath>,
    /// What to ask the next page with. Nothing: this was the last one.
    pub next: Option<String>,
}

impl ETag {
    /// Takes a state as a store named it.
    ///
    /// # Errors
    /// Refuses `*`, which would match every state, and what no header carries.
    pub fn new(text: impl Into<String>) -> Result<Self, ETagError> {
        let text = text.into();
        let valid = (1..=ETAG_BYTES_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if valid && text != "*" && !text.contains(',') { Ok(Self(text)) } else { Err(ETagError) }
    }

    /// Returns it as it stands in headers.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl VersionId {
    /// Takes a version as a store named it.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns it as it stands in requests.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for ReadBlob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ReadBlob({} bytes, {})", self.bytes.len(), self.etag.0)
    }
}

/// Checks that headers carry this metadata unchanged.
pub(crate) fn check_metadata(metadata: &Metadata) -> Result<(), MetadataError> {
    let bytes: usize = metadata.iter().map(|(name, value)| name.len() + value.len()).sum();
    if bytes > METADATA_BYTES_MAX {
        return Err(MetadataError::TooLarge);
    }
    let valid = metadata.iter().all(|(name, value)| is_name(name) && is_value(value));
    if valid { Ok(()) } else { Err(MetadataError::Text) }
}

fn is_name(name: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    name.starts_with(|first: char| first.is_ascii_lowercase()) && name.bytes().all(letter)
}

fn is_value(value: &str) -> bool {
    let printable = value.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
    printable && !value.is_empty() && value.trim() == value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_etag_is_one_state() {
        assert!(ETag::new("\"0x8DD\"").is_ok() && ETag::new("a".repeat(ETAG_BYTES_MAX)).is_ok());
        for wrong in ["", "*", "\"a\", \"b\"", "a\r\nb", &"a".repeat(ETAG_BYTES_MAX + 1)] {
            assert_eq!(ETag::new(wrong), Err(ETagError), "{wrong}");
        }
    }

    #[test]
    fn metadata_is_what_headers_carry() {
        let one = |name: &str, value: &str| check_metadata(&Metadata::from([(name.to_owned(), value.to_owned())]));
        assert_eq!(one("encryptiondata", "{\"a\": 1}"), Ok(()));
        assert_eq!(one("a", &"b".repeat(METADATA_BYTES_MAX - 1)), Ok(()));
        assert_eq!(one("a", &"b".repeat(METADATA_BYTES_MAX)), Err(MetadataError::TooLarge));
        for (name, value) in
            [("", "a"), ("A", "a"), ("1a", "a"), ("a-b", "a"), ("a", ""), ("a", " a"), ("a", "a\nb"), ("a", "é")]
        {
            assert_eq!(one(name, value), Err(MetadataError::Text), "{name}: {value}");
        }
    }
}
