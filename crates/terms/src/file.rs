//! A file as a signed document lists it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::blob_name::BlobName;
use crate::bytes::Hash;
use crate::key_bytes::KeyBytes;
use crate::sealed_length::PLAINTEXT_BYTES_MAX;
use crate::text::is_printable;

/// The most bytes of a file name, as on the common file systems.
pub(crate) const NAME_BYTES_MAX: usize = 255;
/// The most bytes on each side of the slash of a media type (RFC 6838, section 4.2).
const MEDIA_TYPE_PART_BYTES_MAX: usize = 127;

/// Says why a text is neither a file name nor a media type of the formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FileNameError {
    /// Empty or longer than allowed.
    #[error("a file name has 1 to 255 bytes")]
    Length,
    /// A path, or a character that no file name should hold.
    #[error(
        "a file name is one that every file system takes: none of / \\ : * ? \" < > |, nothing invisible, no space or dot at its end"
    )]
    Characters,
    /// Not `type/subtype` of RFC 6838.
    #[error("the text is no media type")]
    MediaType,
}

/// The name of a file that every file system takes, never a path.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileName(String);

impl FileName {
    /// Returns the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes a constant that a test found valid.
    pub(crate) fn of_valid(name: &'static str) -> Self {
        Self(name.to_owned())
    }
}

impl TryFrom<String> for FileName {
    type Error = FileNameError;

    fn try_from(name: String) -> Result<Self, FileNameError> {
        if name.is_empty() || name.len() > NAME_BYTES_MAX {
            return Err(FileNameError::Length);
        }
        let refused = |c: char| is_refused(c) || is_hidden(c);
        let ends_hold = name.trim() == name && !name.ends_with('.');
        if !is_printable(&name) || name.contains(refused) || !ends_hold || names_a_device(&name) {
            return Err(FileNameError::Characters);
        }
        Ok(Self(name))
    }
}

/// Tells whether a character has a meaning in the paths of some system.
pub(crate) fn is_refused(c: char) -> bool {
    matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|')
}

/// Tells whether a character takes no room, so that two names look the same.
pub(crate) fn is_hidden(c: char) -> bool {
    matches!(c, '\u{200B}' | '\u{2060}' | '\u{FEFF}')
}

/// Tells whether Windows would open a device under this name. Source: Microsoft, "Naming Files, Paths, and Namespaces".
pub(crate) fn names_a_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().to_ascii_uppercase();
    let numbered =
        |kind: &str| stem.strip_prefix(kind).is_some_and(|number| number.len() == 1 && ("1"..="9").contains(&number));
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL") || numbered("COM") || numbered("LPT")
}

impl From<FileName> for String {
    fn from(name: FileName) -> String {
        name.0
    }
}

/// Names of files may name people, so they are not printed.
impl fmt::Debug for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileName({} bytes)", self.0.len())
    }
}

/// A media type (RFC 6838), lower case, without parameters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MediaType(String);

impl MediaType {
    /// Returns the text, `type/subtype`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes a constant that a test found valid.
    pub(crate) fn of_valid(text: &'static str) -> Self {
        Self(text.to_owned())
    }
}

impl TryFrom<String> for MediaType {
    type Error = FileNameError;

    fn try_from(text: String) -> Result<Self, FileNameError> {
        let name = |part: &str| {
            part.len() <= MEDIA_TYPE_PART_BYTES_MAX
                && part.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"!#$&-^_.+".contains(&byte))
        };
        let valid = text.split_once('/').is_some_and(|(kind, subtype)| name(kind) && name(subtype));
        if valid { Ok(Self(text)) } else { Err(FileNameError::MediaType) }
    }
}

impl From<MediaType> for String {
    fn from(media_type: MediaType) -> String {
        media_type.0
    }
}

/// A file, where its sealed form lies, and the key that opens it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FileEntry {
    /// The sealed blob.
    pub blob: BlobName,
    /// The name that the user sees.
    pub name: FileName,
    /// What the file is.
    pub media_type: MediaType,
    /// Bytes of the plaintext.
    #[serde(deserialize_with = "plaintext_length")]
    pub length: u64,
    /// SHA-256 of the plaintext.
    pub sha256: Hash,
    /// The content key of the sealed blob.
    pub content_key: KeyBytes,
}

fn plaintext_length<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let length = u64::deserialize(deserializer)?;
    if length <= PLAINTEXT_BYTES_MAX { Ok(length) } else { Err(serde::de::Error::custom("the file is too long")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_path() {
        for (name, expected) in [
            ("authorization.pdf", Ok(())),
            ("Autorización – São.pdf", Ok(())),
            ("a.b.c", Ok(())),
            (".profile", Ok(())),
            ("console.txt", Ok(())),
            ("COM10.pdf", Ok(())),
            ("...", Err(FileNameError::Characters)),
            ("<img src=x onerror=alert(1)>.pdf", Err(FileNameError::Characters)),
            ("C:evil.exe", Err(FileNameError::Characters)),
            ("a.pdf:evil.exe", Err(FileNameError::Characters)),
            ("a.exe ", Err(FileNameError::Characters)),
            (" a.exe", Err(FileNameError::Characters)),
            ("a.exe.", Err(FileNameError::Characters)),
            ("a.pdf\u{a0}", Err(FileNameError::Characters)),
            ("a.pdf\u{200b}", Err(FileNameError::Characters)),
            ("NUL", Err(FileNameError::Characters)),
            ("com1.pdf", Err(FileNameError::Characters)),
            ("", Err(FileNameError::Length)),
            (".", Err(FileNameError::Characters)),
            ("..", Err(FileNameError::Characters)),
            ("a/b", Err(FileNameError::Characters)),
            ("a\\b", Err(FileNameError::Characters)),
            ("a\nb", Err(FileNameError::Characters)),
            ("a\u{0}b", Err(FileNameError::Characters)),
            ("invoice\u{202E}fdp.exe", Err(FileNameError::Characters)),
        ] {
            assert_eq!(FileName::try_from(name.to_owned()).map(|_| ()), expected, "{name}");
        }
        assert!(FileName::try_from("a".repeat(NAME_BYTES_MAX)).is_ok());
        assert_eq!(FileName::try_from("a".repeat(NAME_BYTES_MAX + 1)), Err(FileNameError::Length));
    }

    #[test]
    fn a_media_type_is_type_and_subtype() {
        for (text, valid) in [
            ("application/pdf", true),
            ("image/svg+xml", true),
            ("application", false),
            ("application/", false),
            ("a/b/c", false),
            ("text/html; charset=utf-8", false),
            ("TEXT/HTML", false),
        ] {
            assert_eq!(MediaType::try_from(text.to_owned()).is_ok(), valid, "{text}");
        }
    }
}
