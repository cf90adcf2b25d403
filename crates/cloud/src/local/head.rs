//! A blob's head: the one file that says what the blob is now. Replacing it is what makes a write happen.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use satchel_terms::V1;
use serde::{Deserialize, Serialize};

use crate::blob::check_metadata;
use crate::{BLOCKS_MAX, CloudError, ETag, Metadata, Properties, Stored};

pub(crate) const HEAD: &str = "head.json";
/// The most bytes of a head: 50,000 blocks with long ids, and metadata.
const HEAD_BYTES_MAX: usize = 16 * 1024 * 1024;

/// A blob as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Head {
    pub(crate) version: V1,
    /// Counts writes, from 1: no two states of a blob have the same.
    pub(crate) revision: u64,
    /// Where blocks are staged now. Those of earlier generations are committed or gone.
    pub(crate) generation: u64,
    pub(crate) metadata: Metadata,
    pub(crate) content: Content,
}

/// What a blob is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) enum Content {
    /// One file, `data-{revision}`.
    Whole {
        /// Its bytes.
        length: u64,
    },
    /// The beginning of one file, `data-{file}`: what follows was never acknowledged.
    Appended {
        /// The revision that made the file.
        file: u64,
        /// Its acknowledged bytes.
        length: u64,
        /// How often it was appended to.
        appends: u32,
    },
    /// Blocks, in order.
    Blocks {
        /// The folder that they are in.
        generation: u64,
        /// What they are.
        blocks: Vec<CommittedBlock>,
    },
}

/// A block by its id in hex, which is its file's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CommittedBlock {
    pub(crate) id: String,
    pub(crate) length: u64,
}

/// A file, or the beginning of one, that is part of a blob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// Below the blob's folder.
    pub(crate) file: String,
    pub(crate) length: u64,
}

impl Head {
    /// Reads the head in a blob's folder.
    pub(crate) fn read(folder: &Path) -> Result<Option<Self>, CloudError> {
        let file = match File::open(folder.join(HEAD)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other?,
        };
        let mut text = Vec::new();
        let limit = u64::try_from(HEAD_BYTES_MAX).unwrap_or(u64::MAX);
        file.take(limit.saturating_add(1)).read_to_end(&mut text)?;
        let head: Self = satchel_terms::parse(&text, HEAD_BYTES_MAX).map_err(|_| DAMAGED)?;
        if head.is_valid() { Ok(Some(head)) } else { Err(DAMAGED) }
    }

    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>, CloudError> {
        satchel_terms::write(self).map_err(|_| DAMAGED)
    }

    fn is_valid(&self) -> bool {
        let content = match &self.content {
            Content::Whole { .. } => true,
            Content::Appended { file, .. } => *file <= self.revision,
            Content::Blocks { generation, blocks } => {
                let hex = |id: &str| (2..=128).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_hexdigit());
                *generation < self.generation && blocks.len() <= BLOCKS_MAX && blocks.iter().all(|block| hex(&block.id))
            }
        };
        self.revision >= 1 && content && check_metadata(&self.metadata).is_ok()
    }

    pub(crate) fn parts(&self) -> Vec<Part> {
        match &self.content {
            Content::Whole { length } => vec![Part { file: data_file(self.revision), length: *length }],
            Content::Appended { file, length, .. } => vec![Part { file: data_file(*file), length: *length }],
            Content::Blocks { generation, blocks } => {
                let part = |block: &CommittedBlock| Part {
                    file: format!("{}/{}", staging_folder(*generation), block.id),
                    length: block.length,
                };
                blocks.iter().map(part).collect()
            }
        }
    }

    pub(crate) fn length(&self) -> u64 {
        match &self.content {
            Content::Whole { length } | Content::Appended { length, .. } => *length,
            Content::Blocks { blocks, .. } => blocks.iter().fold(0, |sum, block| sum.saturating_add(block.length)),
        }
    }

    pub(crate) fn etag(&self) -> Result<ETag, CloudError> {
        ETag::new(format!("\"0x{:016X}\"", self.revision)).map_err(|_| DAMAGED)
    }

    pub(crate) fn properties(&self) -> Result<Properties, CloudError> {
        let metadata = self.metadata.clone();
        Ok(Properties { length: self.length(), etag: self.etag()?, version: None, metadata })
    }

    pub(crate) fn stored(&self) -> Result<Stored, CloudError> {
        Ok(Stored { etag: self.etag()?, version: None })
    }
}

/// What a reader says of files that nothing here wrote like that.
pub(crate) const DAMAGED: CloudError = CloudError::Answer { what: "a file of the local store" };

/// The name of a file with what a blob holds.
pub(crate) fn data_file(revision: u64) -> String {
    format!("data-{revision}")
}

/// The name of the folder with the blocks of a generation.
pub(crate) fn staging_folder(generation: u64) -> String {
    format!("g{generation}")
}
