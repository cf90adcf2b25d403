//! Blobs that are written in one piece.

use std::collections::BTreeMap;

use anyhow::{Context as _, ensure};
use satchel_cloud::{BlobAddress, CloudError, CreateError, ETag, Metadata, SwapError, WRITE_BYTES_MAX};
use tokio::task::JoinSet;

use super::Bench;

fn metadata() -> Metadata {
    BTreeMap::from([("encryptiondata".to_owned(), "{\"A\": \"b c\", \"d\":1}".to_owned())])
}

pub(crate) async fn containers_are_made_once(bench: &Bench) -> anyhow::Result<()> {
    let at = bench.at("a")?;
    bench.store.create(&at, b"kept".to_vec(), Metadata::new()).await?;
    bench.store.make_container(&bench.container).await?;
    let read = bench.store.read(&at, 4).await?.context("what was there is there")?;
    ensure!(read.bytes == b"kept");

    let nowhere = BlobAddress::new("no-such-container".parse()?, "a".parse()?);
    let missing =
        |outcome: Result<(), CloudError>| assert!(matches!(outcome, Err(CloudError::NoContainer)), "{outcome:?}");
    missing(bench.store.read(&nowhere, 1).await.map(drop));
    missing(bench.store.properties(&nowhere).await.map(drop));
    missing(bench.store.blocks(&nowhere).await.map(drop));
    missing(bench.store.list(&nowhere.container, "", None, 1).await.map(drop));
    let created = bench.store.create(&nowhere, vec![1], Metadata::new()).await;
    ensure!(matches!(created, Err(CreateError::Cloud(CloudError::NoContainer))), "{created:?}");
    Ok(())
}

pub(crate) async fn a_blob_is_created_once(bench: &Bench) -> anyhow::Result<()> {
    let at = bench.at("orders/0199/r1/manifest")?;
    ensure!(bench.store.read(&at, 100).await?.is_none());
    ensure!(bench.store.properties(&at).await?.is_none());
    ensure!(bench.store.blocks(&at).await?.is_none());
    let stored = bench.store.create(&at, b"first".to_vec(), metadata()).await?;

    for again in [b"first".to_vec(), b"second".to_vec(), vec![]] {
        let outcome = bench.store.create(&at, again, Metadata::new()).await;
        ensure!(matches!(outcome, Err(CreateError::Exists)), "{outcome:?}");
    }
    for store in [&bench.store, &bench.reopened] {
        let read = store.read(&at, 5).await?.context("it is there")?;
        ensure!(
            (read.bytes.as_slice(), &read.etag, &read.metadata) == (b"first".as_slice(), &stored.etag, &metadata())
        );
        ensure!(read.version == stored.version);
        let properties = store.properties(&at).await?.context("it is there")?;
        ensure!((properties.length, &properties.etag, &properties.metadata) == (5, &stored.etag, &metadata()));
    }
    let blocks = bench.store.blocks(&at).await?.context("it is there")?;
    ensure!(blocks.committed.is_empty() && blocks.uncommitted.is_empty());

    // A blob may hold nothing, and a path may begin with another blob's.
    for (path, bytes) in [("orders/0199/r1", vec![]), ("orders/0199/r1/manifest/b", vec![7])] {
        bench.store.create(&bench.at(path)?, bytes.clone(), Metadata::new()).await?;
        let read = bench.store.read(&bench.at(path)?, 1).await?.context("it is there")?;
        ensure!(read.bytes == bytes && read.metadata.is_empty());
    }
    Ok(())
}

pub(crate) async fn one_of_many_creates(bench: &Bench) -> anyhow::Result<()> {
    let at = bench.at("contended")?;
    let mut tasks = JoinSet::new();
    for n in 0..8_u8 {
        let (bench, at) = (bench.clone(), at.clone());
        let store = if n % 2 == 0 { bench.store } else { bench.reopened };
        tasks.spawn(async move { (n, store.create(&at, vec![n; 1_000], Metadata::new()).await) });
    }
    let mut winners = Vec::new();
    for (n, outcome) in tasks.join_all().await {
        match outcome {
            Ok(_) => winners.push(n),
            Err(CreateError::Exists) => {}
            Err(CreateError::Cloud(error)) => return Err(error.into()),
        }
    }
    ensure!(winners.len() == 1, "{winners:?} created it");
    let read = bench.store.read(&at, 1_000).await?.context("it is there")?;
    ensure!(read.bytes.iter().all(|byte| winners.contains(byte)) && read.bytes.len() == 1_000);
    Ok(())
}

pub(crate) async fn swaps_compare(bench: &Bench) -> anyhow::Result<()> {
    let at = bench.at("orders/0199/state")?;
    let nothing = bench.store.swap(&at, vec![1], &ETag::new("\"0x1\"")?).await;
    ensure!(matches!(nothing, Err(SwapError::Changed)), "{nothing:?}");
    ensure!(bench.store.read(&at, 1).await?.is_none());

    let first = bench.store.create(&at, b"one".to_vec(), metadata()).await?;
    let second = bench.store.swap(&at, b"three".to_vec(), &first.etag).await?;
    ensure!(first.etag != second.etag);
    let stale = bench.reopened.swap(&at, b"lost".to_vec(), &first.etag).await;
    ensure!(matches!(stale, Err(SwapError::Changed)), "{stale:?}");
    let read = bench.reopened.read(&at, 5).await?.context("it is there")?;
    ensure!(read.bytes == b"three" && read.etag == second.etag && read.metadata.is_empty());

    // The same bytes again are another state.
    let third = bench.reopened.swap(&at, b"three".to_vec(), &second.etag).await?;
    ensure!(third.etag != second.etag && third.etag != first.etag);
    Ok(())
}

pub(crate) async fn swaps_in_contention_lose_nothing(bench: &Bench) -> anyhow::Result<()> {
    let at = bench.at("counter")?;
    bench.store.create(&at, b"0".to_vec(), Metadata::new()).await?;
    let mut tasks = JoinSet::new();
    for task in 0..5_u8 {
        let (bench, at) = (bench.clone(), at.clone());
        let store = if task % 2 == 0 { bench.store } else { bench.reopened };
        tasks.spawn(async move {
            let mut counted = 0;
            while counted < 5 {
                let read = store.read(&at, 10).await?.context("it is there")?;
                let number: u32 = str::from_utf8(&read.bytes)?.parse()?;
                match store.swap(&at, (number + 1).to_string().into_bytes(), &read.etag).await {
                    Ok(_) => counted += 1,
                    Err(SwapError::Changed) => {}
                    Err(SwapError::Cloud(error)) => return Err(anyhow::Error::from(error)),
                }
            }
            Ok(())
        });
    }
    tasks.join_all().await.into_iter().collect::<anyhow::Result<()>>()?;
    let read = bench.store.read(&at, 10).await?.context("it is there")?;
    ensure!(read.bytes == b"25", "{read:?}");
    Ok(())
}

pub(crate) async fn a_read_is_bounded(bench: &Bench) -> anyhow::Result<()> {
    let at = bench.at("sized")?;
    bench.store.create(&at, vec![1; 1_000], Metadata::new()).await?;
    ensure!(bench.store.read(&at, 1_000).await?.is_some_and(|read| read.bytes.len() == 1_000));
    for bytes_max in [0, 1, 999] {
        let outcome = bench.store.read(&at, bytes_max).await;
        ensure!(matches!(outcome, Err(CloudError::TooLarge { bytes_max: named }) if named == bytes_max), "{outcome:?}");
    }
    Ok(())
}

pub(crate) async fn writes_are_bounded(bench: &Bench) -> anyhow::Result<()> {
    let at = bench.at("large")?;
    let too_large = |outcome: &CloudError| matches!(outcome, CloudError::WriteTooLarge { bytes_max: WRITE_BYTES_MAX });
    let outcome = bench.store.create(&at, vec![0; WRITE_BYTES_MAX + 1], Metadata::new()).await;
    ensure!(matches!(&outcome, Err(CreateError::Cloud(error)) if too_large(error)), "{outcome:?}");
    let stored = bench.store.create(&at, vec![0; WRITE_BYTES_MAX], Metadata::new()).await?;
    let outcome = bench.store.swap(&at, vec![0; WRITE_BYTES_MAX + 1], &stored.etag).await;
    ensure!(matches!(&outcome, Err(SwapError::Cloud(error)) if too_large(error)), "{outcome:?}");
    bench.store.swap(&at, vec![1; WRITE_BYTES_MAX], &stored.etag).await?;

    for (name, value) in [("Upper", "a"), ("name", "line\nbreak"), ("name", "")] {
        let metadata = BTreeMap::from([(name.to_owned(), value.to_owned())]);
        let outcome = bench.store.create(&bench.at("other")?, vec![], metadata).await;
        ensure!(matches!(outcome, Err(CreateError::Cloud(CloudError::Metadata(_)))), "{outcome:?}");
    }
    Ok(())
}

pub(crate) async fn what_is_listed(bench: &Bench) -> anyhow::Result<()> {
    let paths = ["a", "a-b", "a/b", "a/b/c", "a0", "b/1", "b/10", "b/2", "b/3"];
    for path in paths.iter().rev() {
        bench.store.create(&bench.at(path)?, vec![1], Metadata::new()).await?;
    }
    bench.store.append(&bench.at("b/4")?, vec![1], 0).await?;
    let staged = bench.store.upload_ticket(&bench.at("b/5")?, std::time::Duration::from_secs(60)).await?;
    let reply = bench.send("PUT", &staged, "comp=block&blockid=AAAA", &[], b"staged").await?;
    ensure!(reply.status == 201, "{reply:?}");

    for (prefix, expected) in [
        ("", &["a", "a-b", "a/b", "a/b/c", "a0", "b/1", "b/10", "b/2", "b/3", "b/4"][..]),
        ("a/", &["a/b", "a/b/c"]),
        ("b/1", &["b/1", "b/10"]),
        ("a/b/c", &["a/b/c"]),
        ("c", &[]),
    ] {
        for count_max in [1, 2, 3, 10, 5_000] {
            let mut found = Vec::new();
            let mut next: Option<String> = None;
            loop {
                let page = bench.store.list(&bench.container, prefix, next.as_deref(), count_max).await?;
                ensure!(page.paths.len() <= usize::try_from(count_max)?);
                found.extend(page.paths.iter().map(ToString::to_string));
                next = page.next;
                if next.is_none() {
                    break;
                }
            }
            ensure!(found == expected, "{prefix}, {count_max} at a time: {found:?}");
        }
    }
    for (prefix, count_max) in [("", 0), ("", 5_001), ("../", 1), ("A", 1)] {
        let outcome = bench.store.list(&bench.container, prefix, None, count_max).await;
        ensure!(matches!(outcome, Err(CloudError::Listing)), "{outcome:?}");
    }
    Ok(())
}
