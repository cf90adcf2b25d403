//! Names of an order's blobs: what stands after `orders/{order}/`.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The most files that a revision of an order, or a log entry, may have.
pub const FILES_MAX: u32 = 500;

/// The number of an order's revision, from 1. The first is the order as submitted, each later one an amendment.
pub type Revision = NonZeroU32;

/// Names one blob of an order. It is parsed before it becomes part of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum BlobName {
    /// The order document, sealed to the provider.
    Document(Revision),
    /// The copy, sealed to the firm's workspace key.
    Copy(Revision),
    /// The manifest, in clear.
    Manifest(Revision),
    /// An attached file by its number from 1.
    File(Revision, NonZeroU32),
    /// A log entry by its number from 1.
    LogEntry(NonZeroU32),
    /// A returned document by its number from 1.
    Return(NonZeroU32),
}

/// Says that a text names no blob of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text names no blob of an order")]
pub struct BlobNameError;

impl FromStr for BlobName {
    type Err = BlobNameError;

    fn from_str(text: &str) -> Result<Self, BlobNameError> {
        let mut parts = text.split('/');
        let name = match (parts.next(), parts.next(), parts.next()) {
            (Some("log"), Some(n), None) => Self::LogEntry(number(n)?),
            (Some("returns"), Some(n), None) => Self::Return(number(n)?),
            (Some(r), Some("document"), None) => Self::Document(revision(r)?),
            (Some(r), Some("copy"), None) => Self::Copy(revision(r)?),
            (Some(r), Some("manifest"), None) => Self::Manifest(revision(r)?),
            (Some(r), Some("files"), Some(n)) => Self::File(revision(r)?, number(n)?),
            _ => return Err(BlobNameError),
        };
        if parts.next().is_some() { Err(BlobNameError) } else { Ok(name) }
    }
}

fn revision(text: &str) -> Result<Revision, BlobNameError> {
    number(text.strip_prefix('r').ok_or(BlobNameError)?)
}

/// Reads a decimal number from 1 without sign and leading zeros.
fn number(text: &str) -> Result<NonZeroU32, BlobNameError> {
    if text.starts_with(['0', '+']) {
        return Err(BlobNameError);
    }
    text.parse().map_err(|_| BlobNameError)
}

impl fmt::Display for BlobName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Document(r) => write!(f, "r{r}/document"),
            Self::Copy(r) => write!(f, "r{r}/copy"),
            Self::Manifest(r) => write!(f, "r{r}/manifest"),
            Self::File(r, n) => write!(f, "r{r}/files/{n}"),
            Self::LogEntry(n) => write!(f, "log/{n}"),
            Self::Return(n) => write!(f, "returns/{n}"),
        }
    }
}

impl TryFrom<String> for BlobName {
    type Error = BlobNameError;

    fn try_from(text: String) -> Result<Self, BlobNameError> {
        text.parse()
    }
}

impl From<BlobName> for String {
    fn from(name: BlobName) -> String {
        name.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_reads_as_it_is_written() {
        for text in ["r1/document", "r2/copy", "r1/manifest", "r1/files/1", "r12/files/500", "log/7", "returns/1"] {
            assert_eq!(text.parse::<BlobName>().map(|name| name.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn nothing_else_is_a_name() {
        for text in [
            "",
            "/",
            "document",
            "r0/document",
            "r01/document",
            "r+1/document",
            "R1/document",
            "r1/files/0",
            "r1/files/01",
            "r1/files/1/",
            "r1/files/1/2",
            "r1/files/../document",
            "r1//document",
            "log/-1",
            "log/4294967296",
            "r1/document/x",
            "r1\\document",
        ] {
            assert_eq!(text.parse::<BlobName>(), Err(BlobNameError), "{text}");
        }
    }
}
