//! Processes that share a local store, and die with it open.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, ensure};
use satchel_cloud::{AppendError, BlobAddress, BlobStore as _, Metadata, SwapError};

use crate::local::open;

/// Says to a copy of this program that it is one of the processes, and where the store is.
const FOLDER: &str = "SATCHEL_CLOUD_SHARED";
const NOW: u64 = 1_764_000_000;
/// More than any test waits for.
const ENDLESS: u32 = 1_000_000;

fn at(path: &str) -> anyhow::Result<BlobAddress> {
    Ok(BlobAddress::new("firm-1".parse()?, path.parse()?))
}

/// Starts a copy of this program that writes on and on, and says each number when it is stored.
fn writer(folder: &Path) -> anyhow::Result<Child> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["--exact", "local_crash::writes_on_and_on", "--nocapture", "--test-threads=1"]).env(FOLDER, folder);
    Ok(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn()?)
}

/// What such a copy does. In a run of all tests there is no store, and it does nothing.
#[tokio::test]
async fn writes_on_and_on() -> anyhow::Result<()> {
    #[expect(clippy::disallowed_methods, reason = "a copy of the test learns from its parent where to write")]
    let Some(folder) = std::env::var_os(FOLDER) else { return Ok(()) };
    let store = open(Path::new(&folder), NOW)?;
    let (counter, feed) = (at("counter")?, at("feed")?);
    for _ in 0..ENDLESS {
        let number = loop {
            let read = store.read(&counter, 20).await?.context("the counter is there")?;
            let number = str::from_utf8(&read.bytes)?.parse::<u32>()? + 1;
            match store.swap(&counter, number.to_string().into_bytes(), &read.etag).await {
                Ok(_) => break number,
                Err(SwapError::Changed) => {}
                Err(SwapError::Cloud(error)) => return Err(error.into()),
            }
        };
        loop {
            let end = store.properties(&feed).await?.map_or(0, |properties| properties.length);
            match store.append(&feed, format!("{number}\n").into_bytes(), end).await {
                Ok(_) => break,
                Err(AppendError::Moved) => {}
                Err(error @ (AppendError::Full | AppendError::Cloud(_))) => return Err(error.into()),
            }
        }
        println!("\nstored {number}");
    }
    Ok(())
}

/// Reads what a process says until it has stored so many numbers.
fn stored(child: &mut Child, count: usize) -> anyhow::Result<Vec<u32>> {
    let output = BufReader::new(child.stdout.take().context("its output is a pipe")?);
    let mut numbers = Vec::new();
    for line in output.lines() {
        if let Some(number) = line?.strip_prefix("stored ") {
            numbers.push(number.parse()?);
        }
        if numbers.len() == count {
            break;
        }
    }
    child.kill()?;
    child.wait()?;
    ensure!(numbers.len() == count, "the process ended by itself");
    Ok(numbers)
}

#[tokio::test]
async fn killed_processes_lose_nothing_that_they_acknowledged() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let store = open(folder.path(), NOW)?;
    store.make_container(&at("counter")?.container).await?;
    store.create(&at("counter")?, b"0".to_vec(), Metadata::new()).await?;

    let mut acknowledged = Vec::new();
    for _ in 0..3 {
        // Both at once, on one store; each is killed at any moment behind its tenth number.
        let (mut one, mut two) = (writer(folder.path())?, writer(folder.path())?);
        let other = std::thread::spawn(move || stored(&mut two, 10));
        acknowledged.extend(stored(&mut one, 10)?);
        let joined = other.join().map_err(|_| anyhow::anyhow!("reading the other's output failed"))?;
        acknowledged.extend(joined?);
    }

    let counter = store.read(&at("counter")?, 20).await?.context("the counter is there")?;
    let counter: u32 = str::from_utf8(&counter.bytes)?.parse()?;
    let feed = store.read(&at("feed")?, 1 << 20).await?.context("the feed is there")?;
    let feed = String::from_utf8(feed.bytes)?;
    ensure!(feed.ends_with('\n'), "only whole lines");
    let mut lines: Vec<u32> = feed.lines().map(str::parse).collect::<Result<_, _>>()?;
    lines.sort_unstable();
    ensure!(lines.is_sorted_by(|one, next| one < next), "no number twice");
    ensure!(lines.iter().all(|number| *number <= counter));
    ensure!(acknowledged.iter().all(|number| lines.contains(number)), "each that was acknowledged is there");

    // What the dead left unfinished is cleared away by whoever opens the store next.
    drop(store);
    let store = open(folder.path(), NOW)?;
    ensure!(std::fs::read_dir(folder.path().join("tmp"))?.count() == 1);
    drop(store);
    ensure!(std::fs::read_dir(folder.path().join("tmp"))?.count() == 0);
    Ok(())
}

#[tokio::test]
async fn what_was_cut_off_is_not_there() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let store = open(folder.path(), NOW)?;
    store.make_container(&at("feed")?.container).await?;
    store.append(&at("feed")?, b"one\n".to_vec(), 0).await?;
    let blob = folder.path().join("containers/c-firm-1/b-feed");

    // The bytes of an append that was cut off before its head: they lie behind the end.
    let data = blob.join("data-1");
    std::fs::write(&data, b"one\nhalf a li")?;
    ensure!(store.read(&at("feed")?, 4).await?.is_some_and(|read| read.bytes == b"one\n"));
    ensure!(store.append(&at("feed")?, b"two\n".to_vec(), 4).await? == 8);
    ensure!(store.read(&at("feed")?, 8).await?.is_some_and(|read| read.bytes == b"one\ntwo\n"));

    // A create that was cut off before its head: there is no blob, and the next create makes it.
    let cut = folder.path().join("containers/c-firm-1/b-cut");
    std::fs::create_dir(&cut)?;
    std::fs::write(cut.join("data-1"), b"cut off")?;
    ensure!(store.read(&at("cut")?, 10).await?.is_none());
    store.create(&at("cut")?, b"whole".to_vec(), Metadata::new()).await?;
    ensure!(store.read(&at("cut")?, 10).await?.is_some_and(|read| read.bytes == b"whole"));

    // Lost bytes and a damaged head are errors, never a shorter blob.
    std::fs::write(cut.join("data-1"), b"who")?;
    ensure!(store.read(&at("cut")?, 10).await.is_err());
    for head in ["", "{}", "{\"version\":2}", "[]"] {
        std::fs::write(cut.join("head.json"), head)?;
        ensure!(store.read(&at("cut")?, 10).await.is_err() && store.properties(&at("cut")?).await.is_err());
        ensure!(store.create(&at("cut")?, vec![], Metadata::new()).await.is_err());
    }
    Ok(())
}
