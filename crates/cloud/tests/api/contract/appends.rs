//! Blobs that are appended to.

use std::collections::BTreeSet;

use anyhow::{Context as _, ensure};
use satchel_cloud::{APPEND_BYTES_MAX, AppendError, CloudError, Metadata};
use tokio::task::JoinSet;

use super::Bench;

pub(crate) async fn appends_go_where_the_blob_ends(bench: &Bench) -> anyhow::Result<()> {
    let at = bench.at("feed/1")?;
    let moved = |outcome: Result<u64, AppendError>| assert!(matches!(outcome, Err(AppendError::Moved)), "{outcome:?}");
    moved(bench.store.append(&at, b"lost".to_vec(), 1).await);
    ensure!(bench.store.properties(&at).await?.is_none());
    ensure!(bench.store.append(&at, b"one\n".to_vec(), 0).await? == 4);
    ensure!(bench.reopened.append(&at, b"two\n".to_vec(), 4).await? == 8);
    for position in [0, 4, 7, 9, u64::from(u32::MAX)] {
        moved(bench.store.append(&at, b"lost".to_vec(), position).await);
    }
    let read = bench.reopened.read(&at, 8).await?.context("it is there")?;
    ensure!(read.bytes == b"one\ntwo\n", "{read:?}");
    let properties = bench.store.properties(&at).await?.context("it is there")?;
    ensure!(properties.length == 8 && properties.etag == read.etag);

    let whole = bench.at("whole")?;
    bench.store.create(&whole, vec![], Metadata::new()).await?;
    let outcome = bench.store.append(&whole, vec![1], 0).await;
    ensure!(matches!(outcome, Err(AppendError::Cloud(CloudError::Kind))), "{outcome:?}");
    let outcome = bench.store.blocks(&at).await;
    ensure!(matches!(outcome, Err(CloudError::Kind)), "{outcome:?}");

    let outcome = bench.store.append(&at, vec![], 8).await;
    ensure!(matches!(outcome, Err(AppendError::Cloud(CloudError::WriteEmpty))), "{outcome:?}");
    let outcome = bench.store.append(&at, vec![0; APPEND_BYTES_MAX + 1], 8).await;
    ensure!(matches!(outcome, Err(AppendError::Cloud(CloudError::WriteTooLarge { .. }))), "{outcome:?}");
    let end = bench.store.append(&at, vec![0; APPEND_BYTES_MAX], 8).await?;
    ensure!(usize::try_from(end)? == 8 + APPEND_BYTES_MAX);
    Ok(())
}

pub(crate) async fn appends_in_contention_lose_and_double_nothing(bench: &Bench) -> anyhow::Result<()> {
    let at = bench.at("feed/2")?;
    let mut tasks = JoinSet::new();
    for task in 0..5_u8 {
        let (bench, at) = (bench.clone(), at.clone());
        let store = if task % 2 == 0 { bench.store } else { bench.reopened };
        tasks.spawn(async move {
            let (mut n, mut end) = (0, 0);
            while n < 5 {
                match store.append(&at, format!("{task}-{n}\n").into_bytes(), end).await {
                    Ok(new_end) => (n, end) = (n + 1, new_end),
                    Err(AppendError::Moved) => {
                        end = store.properties(&at).await?.map_or(0, |properties| properties.length);
                    }
                    Err(error @ (AppendError::Full | AppendError::Cloud(_))) => return Err(anyhow::Error::from(error)),
                }
            }
            Ok(())
        });
    }
    tasks.join_all().await.into_iter().collect::<anyhow::Result<()>>()?;
    let read = bench.store.read(&at, 1_000).await?.context("it is there")?;
    let text = String::from_utf8(read.bytes)?;
    let expected: BTreeSet<String> = (0..5).flat_map(|task| (0..5).map(move |n| format!("{task}-{n}"))).collect();
    ensure!(
        text.lines().count() == 25 && text.lines().map(str::to_owned).collect::<BTreeSet<_>>() == expected,
        "{text}"
    );
    for task in 0..5 {
        let of_task: Vec<&str> = text.lines().filter(|line| line.starts_with(&format!("{task}-"))).collect();
        ensure!(of_task.is_sorted(), "{of_task:?}");
    }
    Ok(())
}
