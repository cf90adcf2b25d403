//! Blocks of a local store: staged one by one, committed together.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use satchel_terms::V1;

use super::disk::{Changing, Disk, remove_quietly};
use super::head::{CommittedBlock, Content, DAMAGED, Head, staging_folder};
use super::layout::Purpose;
use crate::blob::check_metadata;
use crate::{BLOCKS_MAX, BlobAddress, Block, Blocks, CloudError, Metadata, Stored};

/// The most bytes of a block's id before base64 (Azure's limit).
const ID_BYTES_MAX: usize = 64;

/// A block's id: 1 to 64 bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BlockId(Vec<u8>);

/// Says why a block was not staged.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StageError {
    /// Ids of one blob are equally long.
    #[error("the id is not as long as those of the blob's other blocks")]
    IdLength,
    /// A blob has at most 50,000 blocks.
    #[error("the blob has 50,000 blocks")]
    TooMany,
    #[error(transparent)]
    Cloud(#[from] CloudError),
}

/// Says why blocks were not committed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommitError {
    /// The list names a block that was never staged, or names the same one twice.
    #[error("the list names a block that is not staged")]
    UnknownBlock,
    /// There is a blob already.
    #[error("there is a blob already")]
    Exists,
    #[error(transparent)]
    Cloud(#[from] CloudError),
}

impl BlockId {
    /// Reads an id as it stands in requests: base64.
    pub(crate) fn from_base64(text: &str) -> Option<Self> {
        let bytes = BASE64_STANDARD.decode(text).ok()?;
        (1..=ID_BYTES_MAX).contains(&bytes.len()).then_some(Self(bytes))
    }

    /// The name of the block's file.
    fn file(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl Disk {
    pub(crate) fn blocks(&self, at: &BlobAddress) -> Result<Option<Blocks>, CloudError> {
        let locked = self.layout.lock(&at.container, Purpose::Read)?;
        let folder = locked.blob(&at.path);
        let head = Head::read(&folder)?;
        let generation = head.as_ref().map_or(0, |head| head.generation);
        let mut blocks = Blocks::default();
        for (file, length) in staged(&folder.join(staging_folder(generation)))? {
            blocks.uncommitted.push(Block { id: id_of(&file)?, length });
        }
        match head.as_ref().map(|head| &head.content) {
            Some(Content::Appended { .. }) => return Err(CloudError::Kind),
            Some(Content::Blocks { blocks: committed, .. }) => {
                for block in committed {
                    blocks.committed.push(Block { id: id_of(&block.id)?, length: block.length });
                }
            }
            Some(Content::Whole { .. }) => {}
            None if blocks.uncommitted.is_empty() => return Ok(None),
            None => {}
        }
        Ok(Some(blocks))
    }

    pub(crate) fn stage(&self, at: &BlobAddress, id: &BlockId, bytes: &[u8]) -> Result<(), StageError> {
        // Written before the lock is taken: others need not wait for the disk.
        let aside = self.layout.write_aside(bytes).map_err(CloudError::from)?;
        let changing = self.change(at)?;
        let folder = changing.folder.join(staging_folder(changing.generation()));
        let file = id.file();
        may_stage(&folder, &file)?;
        aside.put(&folder, &file).map_err(CloudError::from)?;
        Ok(())
    }

    /// Makes staged blocks the blob, where there is none.
    pub(crate) fn commit(&self, at: &BlobAddress, ids: &[BlockId], metadata: Metadata) -> Result<Stored, CommitError> {
        check_metadata(&metadata).map_err(CloudError::from)?;
        let changing = self.change(at)?;
        if changing.head.is_some() {
            return Err(CommitError::Exists);
        }
        let blocks = Self::take(&changing, ids)?;
        Ok(self.commit_blocks(&changing, blocks, metadata)?)
    }

    /// Finds the listed blocks among the staged ones.
    fn take(changing: &Changing, ids: &[BlockId]) -> Result<Vec<CommittedBlock>, CommitError> {
        let staged = staged(&changing.folder.join(staging_folder(changing.generation())))?;
        let block = |id: &BlockId| {
            let file = id.file();
            staged.get(&file).map(|length| CommittedBlock { id: file, length: *length })
        };
        ids.iter().map(block).collect::<Option<_>>().ok_or(CommitError::UnknownBlock)
    }

    fn commit_blocks(
        &self,
        changing: &Changing,
        blocks: Vec<CommittedBlock>,
        metadata: Metadata,
    ) -> Result<Stored, CloudError> {
        let (revision, generation) = changing.next()?;
        let committed_in = changing.generation();
        let content = Content::Blocks { generation: committed_in, blocks };
        let head = Head { version: V1, revision, generation, metadata, content };
        self.put_head(changing, &head)?;
        remove_unlisted(&changing.folder.join(staging_folder(committed_in)), &head);
        head.stored()
    }
}

/// Returns the staged blocks' files with their lengths.
fn staged(folder: &Path) -> Result<BTreeMap<String, u64>, CloudError> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        other => other?,
    };
    let mut files = BTreeMap::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().into_string().map_err(|_| DAMAGED)?;
        files.insert(name, entry.metadata()?.len());
        if files.len() > BLOCKS_MAX {
            return Err(DAMAGED);
        }
    }
    Ok(files)
}

fn may_stage(folder: &Path, file: &str) -> Result<(), StageError> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        other => other.map_err(CloudError::from)?,
    };
    let (mut count, mut again) = (0_usize, false);
    for entry in entries {
        let name = entry.map_err(CloudError::from)?.file_name();
        if name.len() != file.len() {
            return Err(StageError::IdLength);
        }
        count = count.saturating_add(1);
        again |= name == file;
    }
    if count >= BLOCKS_MAX && !again { Err(StageError::TooMany) } else { Ok(()) }
}

/// Removes blocks that were staged and not committed, as Azure does.
fn remove_unlisted(folder: &Path, head: &Head) {
    let Content::Blocks { blocks, .. } = &head.content else { return };
    let listed: std::collections::BTreeSet<&str> = blocks.iter().map(|block| block.id.as_str()).collect();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if !entry.file_name().to_str().is_some_and(|name| listed.contains(name)) {
            remove_quietly(&entry.path());
        }
    }
}

/// Reads an id back from its file's name.
fn id_of(file: &str) -> Result<String, CloudError> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let byte = |pair: &[u8]| match pair {
        [high, low] => u8::try_from(digit(high)? * 16 + digit(low)?).ok(),
        _ => None,
    };
    let bytes: Option<Vec<u8>> = file.as_bytes().chunks(2).map(byte).collect();
    Ok(BASE64_STANDARD.encode(bytes.ok_or(DAMAGED)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_its_file() {
        for bytes in [vec![0], vec![0xff; ID_BYTES_MAX], b"00000001".to_vec()] {
            let text = BASE64_STANDARD.encode(&bytes);
            let id = BlockId::from_base64(&text).expect("an id");
            assert_eq!(id_of(&id.file()).expect("a name of ours"), text);
        }
        for wrong in ["", "AA", "_-==", "MDA\n", &BASE64_STANDARD.encode([0; ID_BYTES_MAX + 1])] {
            assert_eq!(BlockId::from_base64(wrong), None, "{wrong}");
        }
        assert!(id_of("0").is_err() && id_of("zz").is_err());
    }
}
