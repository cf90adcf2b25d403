//! Blobs that come in blocks, by tickets.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use satchel_cloud::{Block, Metadata, Ticket, block_id};

use super::{Bench, Reply};

const LIFETIME: Duration = Duration::from_secs(600);

async fn stage(bench: &Bench, ticket: &Ticket, number: u32, body: &[u8]) -> anyhow::Result<Reply> {
    let id = block_id(number).context("a number in range")?.replace('=', "%3D");
    bench.send("PUT", ticket, &format!("comp=block&blockid={id}"), &[], body).await
}

/// The XML that asks for these blocks.
fn list(numbers: &[u32]) -> String {
    let inner: String =
        numbers.iter().filter_map(|n| block_id(*n)).map(|id| format!("<Latest>{id}</Latest>")).collect();
    format!("<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>{inner}</BlockList>")
}

async fn commit(bench: &Bench, ticket: &Ticket, numbers: &[u32]) -> anyhow::Result<Reply> {
    let headers = [("if-none-match", "*"), ("x-ms-meta-encryptiondata", "{\"a\":1}")];
    bench.send("PUT", ticket, "comp=blocklist", &headers, list(numbers).as_bytes()).await
}

fn blocks(of: &[(u32, u64)]) -> Vec<Block> {
    of.iter().filter_map(|(n, length)| Some(Block { id: block_id(*n)?, length: *length })).collect()
}

fn created(reply: &Reply) {
    assert!(reply.status == 201, "{reply:?}");
}

fn refused(reply: &Reply, status: u16, code: &str) {
    assert!(reply.status == status && reply.code() == Some(code), "{reply:?}, not {status} {code}");
}

pub(crate) async fn blocks_survive_a_restart(bench: &Bench) -> anyhow::Result<()> {
    let at = bench.at("orders/0199/r1/files/1")?;
    let ticket = bench.store.upload_ticket(&at, LIFETIME).await?;
    created(&stage(bench, &ticket, 0, b"first").await?);
    created(&stage(bench, &ticket, 1, b"second").await?);
    created(&stage(bench, &ticket, 1, b"second again").await?);
    let staged = bench.reopened.blocks(&at).await?.context("blocks are staged")?;
    ensure!(staged.committed.is_empty() && staged.uncommitted == blocks(&[(0, 5), (1, 12)]), "{staged:?}");
    ensure!(bench.reopened.properties(&at).await?.is_none() && bench.reopened.read(&at, 100).await?.is_none());

    let ticket = bench.reopened.upload_ticket(&at, LIFETIME).await?;
    created(&stage(bench, &ticket, 2, b"third").await?);
    let reply = commit(bench, &ticket, &[0, 1, 2]).await?;
    created(&reply);
    let read = bench.store.read(&at, 100).await?.context("it is there")?;
    ensure!(read.bytes == b"firstsecond againthird" && Some(read.etag.as_str()) == reply.header("etag"), "{read:?}");
    ensure!(read.metadata == Metadata::from([("encryptiondata".to_owned(), "{\"a\":1}".to_owned())]));
    let committed = bench.reopened.blocks(&at).await?.context("it is there")?;
    ensure!(committed.committed == blocks(&[(0, 5), (1, 12), (2, 5)]) && committed.uncommitted.is_empty());
    Ok(())
}

pub(crate) async fn a_commit_makes_the_blob_once(bench: &Bench) -> anyhow::Result<()> {
    let at = bench.at("orders/0199/r1/files/2")?;
    let ticket = bench.store.upload_ticket(&at, LIFETIME).await?;
    for (number, body) in [(0, "a"), (1, "b"), (2, "c"), (3, "left out")] {
        created(&stage(bench, &ticket, number, body.as_bytes()).await?);
    }
    created(&commit(bench, &ticket, &[2, 0, 1]).await?);
    let stored = bench.store.read(&at, 100).await?.context("it is there")?;
    ensure!(stored.bytes == b"cab");
    let committed = bench.store.blocks(&at).await?.context("it is there")?;
    ensure!(committed.committed == blocks(&[(2, 1), (0, 1), (1, 1)]) && committed.uncommitted.is_empty());

    created(&stage(bench, &ticket, 0, b"other").await?);
    refused(&commit(bench, &ticket, &[0]).await?, 409, "BlobAlreadyExists");
    let unchanged = bench.store.read(&at, 100).await?.context("it is there")?;
    ensure!(unchanged.bytes == b"cab" && unchanged.etag == stored.etag && unchanged.metadata == stored.metadata);
    let after = bench.store.blocks(&at).await?.context("it is there")?;
    ensure!(after.committed == committed.committed && after.uncommitted == blocks(&[(0, 5)]), "{after:?}");

    // What was written in one piece is not written over either.
    let whole = bench.at("orders/0199/r1/manifest")?;
    bench.store.create(&whole, b"whole".to_vec(), Metadata::new()).await?;
    let ticket = bench.store.upload_ticket(&whole, LIFETIME).await?;
    created(&stage(bench, &ticket, 0, b"other").await?);
    refused(&commit(bench, &ticket, &[0]).await?, 409, "BlobAlreadyExists");
    ensure!(bench.store.read(&whole, 100).await?.is_some_and(|read| read.bytes == b"whole"));
    Ok(())
}

pub(crate) async fn unknown_blocks_are_refused(bench: &Bench) -> anyhow::Result<()> {
    let at = bench.at("orders/0199/r1/files/3")?;
    let ticket = bench.store.upload_ticket(&at, LIFETIME).await?;
    created(&stage(bench, &ticket, 0, b"first").await?);
    refused(&commit(bench, &ticket, &[0, 1]).await?, 400, "InvalidBlockList");
    ensure!(bench.store.read(&at, 100).await?.is_none(), "nothing was made of it");
    let staged = bench.store.blocks(&at).await?.context("the block is still there")?;
    ensure!(staged.uncommitted == blocks(&[(0, 5)]), "{staged:?}");

    let reply = bench.send("PUT", &ticket, "comp=block&blockid=AAAA", &[], b"short id").await?;
    ensure!(reply.status == 400, "ids are equally long: {reply:?}");
    let reply = bench.send("PUT", &ticket, "comp=blocklist", &[("if-none-match", "*")], b"<BlockList>").await?;
    ensure!(reply.status == 400, "{reply:?}");
    created(&commit(bench, &ticket, &[0]).await?);
    Ok(())
}

pub(crate) async fn ranges_are_read_by_a_ticket(bench: &Bench) -> anyhow::Result<()> {
    let at = bench.at("orders/0199/returns/1")?;
    let ticket = bench.store.upload_ticket(&at, LIFETIME).await?;
    for (number, body) in [(0, "0123"), (1, "4567"), (2, "89")] {
        created(&stage(bench, &ticket, number, body.as_bytes()).await?);
    }
    created(&commit(bench, &ticket, &[0, 1, 2]).await?);
    let ticket = bench.reopened.download_ticket(&at, LIFETIME).await?;
    let whole = bench.send("GET", &ticket, "", &[], b"").await?;
    ensure!(whole.status == 200 && whole.body == b"0123456789", "{whole:?}");
    ensure!(
        whole.header("x-ms-meta-encryptiondata") == Some("{\"a\":1}") && whole.header("content-length") == Some("10")
    );
    for (range, from, end) in [("bytes=0-0", 0, 1), ("bytes=2-5", 2, 6), ("bytes=3-", 3, 10), ("bytes=9-99", 9, 10)] {
        for header in ["range", "x-ms-range"] {
            let reply = bench.send("GET", &ticket, "", &[(header, range)], b"").await?;
            ensure!(reply.status == 206 && whole.body.get(from..end) == Some(&reply.body), "{range}: {reply:?}");
            let content_range = format!("bytes {from}-{}/10", end - 1);
            ensure!(reply.header("content-range") == Some(content_range.as_str()), "{reply:?}");
        }
    }
    // Behind the end. At the end exactly, the emulator answers with nothing, where Azure and the local store refuse.
    refused(&bench.send("GET", &ticket, "", &[("range", "bytes=11-")], b"").await?, 416, "InvalidRange");
    let list = bench.send("GET", &ticket, "comp=blocklist&blocklisttype=all", &[], b"").await?;
    let text = String::from_utf8_lossy(&list.body);
    ensure!(list.status == 200 && text.contains("MDAwMDAwMDI=") && text.contains("<Size>2</Size>"), "{text}");

    let nothing = bench.store.download_ticket(&bench.at("nothing")?, LIFETIME).await?;
    refused(&bench.send("GET", &nothing, "", &[], b"").await?, 404, "BlobNotFound");
    Ok(())
}
