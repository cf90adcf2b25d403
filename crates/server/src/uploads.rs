//! Whether what a manifest lists was uploaded, as it says.

mod encryption_data;

use std::collections::BTreeSet;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use satchel_cloud::{Block, Blocks, Properties};
use satchel_sign::{Manifest, ManifestBlob, ReceiptBlob, Roster, block_list_sha256};
use satchel_terms::sealed_length::{REGION_BYTES, REGION_OVERHEAD_BYTES};
use satchel_terms::{BlobName, OrderId};
use satchel_wire::{BlockNumbers, ErrorCode, TicketUrl, TicketsAnswer, UploadTicket};

use crate::error::HttpError;
use crate::storage::{FirmScope, StorageError};

/// Bytes of a block: a region in its sealed form. Only the last one of a blob may be shorter.
const BLOCK_BYTES: u64 = REGION_BYTES + REGION_OVERHEAD_BYTES;
/// The most requests to the store at once, for one order.
const AT_ONCE_MAX: usize = 16;
/// The most ranges of a blob's uncommitted blocks that are told; the blocks of others are sent again.
const RANGES_MAX: usize = 1_000;

/// Makes a ticket for each blob that is not there yet.
pub(crate) async fn tickets(scope: &FirmScope, manifest: &Manifest) -> Result<TicketsAnswer, HttpError> {
    let each: Vec<_> = manifest.blobs.iter().map(|blob| ticket(scope, manifest.order, blob)).collect();
    let each: Vec<Result<UploadTicket, BlobName>> = stream::iter(each).buffered(AT_ONCE_MAX).try_collect().await?;
    let mut answer = TicketsAnswer { tickets: Vec::new(), committed: Vec::new() };
    for one in each {
        match one {
            Ok(ticket) => answer.tickets.push(ticket),
            Err(committed) => answer.committed.push(committed),
        }
    }
    Ok(answer)
}

/// Makes a ticket, or says that the blob is there.
async fn ticket(
    scope: &FirmScope,
    order: OrderId,
    blob: &ManifestBlob,
) -> Result<Result<UploadTicket, BlobName>, HttpError> {
    let there = scope.properties(order, blob.name).await?;
    if there.is_some() {
        return Ok(Err(blob.name));
    }
    let blocks = scope.blocks(order, blob.name).await?.unwrap_or_default();
    let uncommitted = whole_blocks(&blocks, blob.sealed_length);
    let ticket = scope.upload_ticket(order, blob.name).await?;
    let url = TicketUrl::try_from(ticket.url.expose_secret().to_owned());
    Ok(Ok(UploadTicket {
        name: blob.name,
        url: url.map_err(HttpError::internal)?,
        expires_at: ticket.expires_at,
        uncommitted,
    }))
}

/// Returns the numbers of the uncommitted blocks that have the length of theirs.
fn whole_blocks(blocks: &Blocks, sealed_length: u64) -> BlockNumbers {
    let whole = |block: &Block| {
        let number = block.number()?;
        (block_bytes(sealed_length, number) == Some(block.length)).then_some(number)
    };
    let mut ranges = 0;
    let mut last = None;
    let numbers: BTreeSet<u32> = blocks.uncommitted.iter().filter_map(whole).collect();
    let told = numbers.into_iter().take_while(|number| {
        ranges += usize::from(last.is_none_or(|last: u32| last + 1 != *number));
        last = Some(*number);
        ranges <= RANGES_MAX
    });
    BlockNumbers::collect(told).unwrap_or_default()
}

/// Returns the bytes of a block of a blob of this length, or nothing where the blob has no such block.
fn block_bytes(sealed_length: u64, number: u32) -> Option<u64> {
    let before = u64::from(number).checked_mul(BLOCK_BYTES)?;
    sealed_length.checked_sub(before).filter(|left| *left > 0).map(|left| left.min(BLOCK_BYTES))
}

/// How an uploaded blob compares with the manifest.
enum Uploaded {
    Whole(ReceiptBlob),
    Missing(BlobName),
    Wrong(BlobName),
}

/// Checks that every blob is there, whole, and sealed to a key that is known. Answers what the receipt says of them.
pub(crate) async fn check(
    scope: &FirmScope,
    roster: &Roster,
    manifest: &Manifest,
) -> Result<Vec<ReceiptBlob>, HttpError> {
    let each: Vec<_> = manifest.blobs.iter().map(|blob| uploaded(scope, roster, manifest.order, blob)).collect();
    let each: Vec<Uploaded> = stream::iter(each).buffered(AT_ONCE_MAX).try_collect().await?;
    let (mut whole, mut missing, mut wrong) = (Vec::new(), Vec::new(), Vec::new());
    for one in each {
        match one {
            Uploaded::Whole(blob) => whole.push(blob),
            Uploaded::Missing(name) => missing.push(name),
            Uploaded::Wrong(name) => wrong.push(name),
        }
    }
    // What is wrong stays wrong, so that is said first.
    if !wrong.is_empty() {
        return Err(HttpError::about(ErrorCode::BlobsWrong, wrong));
    }
    if !missing.is_empty() {
        return Err(HttpError::about(ErrorCode::BlobsMissing, missing));
    }
    Ok(whole)
}

async fn uploaded(
    scope: &FirmScope,
    roster: &Roster,
    order: OrderId,
    blob: &ManifestBlob,
) -> Result<Uploaded, HttpError> {
    let Some(properties) = scope.properties(order, blob.name).await? else {
        return Ok(Uploaded::Missing(blob.name));
    };
    let blocks = scope.blocks(order, blob.name).await?.unwrap_or_default();
    let bundle = scope.firm().bundle().statement();
    let sealed = properties.metadata.get("encryptiondata").and_then(|text| encryption_data::read(text));
    let opens = sealed.is_some_and(|sealed| sealed.fits(blob.name, bundle, roster));
    let whole = properties.length == blob.sealed_length && is_whole(&blocks, blob.sealed_length);
    if !opens || !whole {
        return Ok(Uploaded::Wrong(blob.name));
    }
    receipt_blob(blob, &blocks, properties).map(Uploaded::Whole)
}

/// Tells whether the committed blocks are those of a blob of this length, in their order.
fn is_whole(blocks: &Blocks, sealed_length: u64) -> bool {
    let count = sealed_length.div_ceil(BLOCK_BYTES);
    let mut numbers = 0_u32..;
    blocks.committed.len() as u64 == count
        && blocks.committed.iter().zip(&mut numbers).all(|(block, number)| {
            block.number() == Some(number) && block_bytes(sealed_length, number) == Some(block.length)
        })
}

fn receipt_blob(blob: &ManifestBlob, blocks: &Blocks, properties: Properties) -> Result<ReceiptBlob, HttpError> {
    let hash = block_list_sha256(blob.sealed_length).ok_or(StorageError::Damaged("blocks"))?;
    Ok(ReceiptBlob {
        name: blob.name,
        sealed_length: blob.sealed_length,
        blocks: blocks.committed.len() as u64,
        block_list_sha256: hash,
        etag: properties.etag.as_str().to_owned(),
        version_id: properties.version.map(|version| version.as_str().to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use satchel_cloud::block_id;

    use super::*;

    fn blocks(list: &[(u32, u64)]) -> Vec<Block> {
        list.iter().map(|(number, length)| Block { id: block_id(*number).expect("an id"), length: *length }).collect()
    }

    #[test]
    fn committed_blocks_are_all_in_order_and_as_long_as_they_should_be() {
        let two = BLOCK_BYTES + 29;
        let committed = |list: &[(u32, u64)]| Blocks { committed: blocks(list), uncommitted: Vec::new() };
        assert!(is_whole(&committed(&[(0, BLOCK_BYTES), (1, 29)]), two));
        assert!(is_whole(&committed(&[]), 0));
        for wrong in [
            &[(0, BLOCK_BYTES)][..],
            &[(1, 29), (0, BLOCK_BYTES)],
            &[(0, BLOCK_BYTES), (2, 29)],
            &[(0, BLOCK_BYTES), (1, 30)],
            &[(0, BLOCK_BYTES - 1), (1, 30)],
            &[(0, BLOCK_BYTES), (1, 29), (2, 1)],
            &[(0, two)],
        ] {
            assert!(!is_whole(&committed(wrong), two), "{wrong:?}");
        }
    }

    #[test]
    fn uncommitted_blocks_count_only_whole() {
        let two = BLOCK_BYTES + 29;
        let uncommitted = |list: &[(u32, u64)]| {
            let mut list = blocks(list);
            list.push(Block { id: "b3RoZXI=".to_owned(), length: 29 });
            whole_blocks(&Blocks { committed: Vec::new(), uncommitted: list }, two)
        };
        assert_eq!(uncommitted(&[(1, 29)]).as_set(), &BTreeSet::from([1]));
        assert_eq!(uncommitted(&[(0, 29), (1, BLOCK_BYTES), (2, 29)]).as_set(), &BTreeSet::new());
    }

    #[test]
    fn ranges_stop_at_the_limit() {
        let length = BLOCK_BYTES * 5_000;
        let every_second: Vec<_> = (0..2_500).map(|n| (n * 2, BLOCK_BYTES)).collect();
        let told = whole_blocks(&Blocks { committed: Vec::new(), uncommitted: blocks(&every_second) }, length);
        assert_eq!(told.as_set().len(), RANGES_MAX);
    }
}
