//! Names of containers and blobs. They are parsed, never joined from text that came from outside.

use std::fmt;
use std::str::FromStr;

/// The most bytes of a blob's path.
pub const PATH_BYTES_MAX: usize = 200;

/// Says that a text names no container, or no blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// A container's name.
    #[error(
        "a container's name has 3 to 63 of a-z, 0-9 and single hyphens, and begins and ends with a letter or digit"
    )]
    Container,
    /// A blob's path.
    #[error("a blob's path has 1 to 200 of a-z, 0-9, hyphen and slash, and no empty part")]
    Path,
}

/// The name of a container, by Azure's rule: 3 to 63 of `a-z 0-9 -`, no hyphen first, last or doubled.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContainerName(String);

/// The path of a blob in its container: 1 to 200 bytes of `a-z 0-9 - /`, no empty part. It can hold no dots.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobPath(String);

/// Where a blob lies.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobAddress {
    /// The container.
    pub container: ContainerName,
    /// The path in it.
    pub path: BlobPath,
}

impl ContainerName {
    /// Returns the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl BlobPath {
    /// Returns the path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl BlobAddress {
    /// Puts a container and a path together.
    #[must_use]
    pub const fn new(container: ContainerName, path: BlobPath) -> Self {
        Self { container, path }
    }
}

impl FromStr for ContainerName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let sized = (3..=63).contains(&text.len());
        let hyphens = text.starts_with('-') || text.ends_with('-') || text.contains("--");
        if sized && !hyphens && text.bytes().all(is_word) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NameError::Container)
        }
    }
}

impl FromStr for BlobPath {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let sized = (1..=PATH_BYTES_MAX).contains(&text.len());
        let part = |part: &str| !part.is_empty() && part.bytes().all(is_word);
        if sized && text.split('/').all(part) { Ok(Self(text.to_owned())) } else { Err(NameError::Path) }
    }
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'
}

/// Says whether paths may begin with this: at most 200 bytes of what a path is made of, or nothing.
pub(crate) fn is_prefix(text: &str) -> bool {
    text.len() <= PATH_BYTES_MAX && text.bytes().all(|byte| is_word(byte) || byte == b'/')
}

impl fmt::Display for ContainerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for BlobPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for BlobAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.container, self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn containers_are_named_by_azures_rule() {
        for name in ["abc", "a1b", "firm-1-sealed", &"a".repeat(63)] {
            assert_eq!(name.parse::<ContainerName>().map(|parsed| parsed.to_string()), Ok(name.to_owned()));
        }
        for name in ["", "ab", &"a".repeat(64), "-ab", "ab-", "a--b", "Abc", "a.b", "a/b", "a_b", "abé", "$root", "a b"]
        {
            assert_eq!(name.parse::<ContainerName>(), Err(NameError::Container), "{name}");
        }
    }

    #[test]
    fn paths_hold_no_way_out() {
        for path in ["a", "-", "orders/0199/r1/files/12", "con", &"a".repeat(PATH_BYTES_MAX)] {
            assert_eq!(path.parse::<BlobPath>().map(|parsed| parsed.to_string()), Ok(path.to_owned()));
        }
        let long = "a".repeat(PATH_BYTES_MAX + 1);
        for path in [
            "", "/", "/a", "a/", "a//b", "..", "a/../b", "a.b", "A", "a\\b", "a%2fb", "a?b", "a#b", "a b", "é", "a\0",
            &long,
        ] {
            assert_eq!(path.parse::<BlobPath>(), Err(NameError::Path), "{path}");
        }
    }

    #[test]
    fn a_prefix_may_be_empty_and_end_anywhere() {
        assert!(is_prefix("") && is_prefix("orders/") && is_prefix(&"a".repeat(PATH_BYTES_MAX)));
        assert!(!is_prefix("..") && !is_prefix("A") && !is_prefix(&"a".repeat(PATH_BYTES_MAX + 1)));
    }
}
