//! Times and memory, printed as lines of JSON for `cargo xtask bench`.

use std::fs;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Does one piece of work after another for so long, and returns the times that they took. `prepare` is not timed.
pub(crate) fn for_seconds<T, E>(
    seconds: u64,
    mut prepare: impl FnMut(u64) -> Result<T, E>,
    mut work: impl FnMut(T) -> Result<(), E>,
) -> Result<Vec<Duration>, E> {
    let (begun, mut times) = (Instant::now(), Vec::new());
    while begun.elapsed() < Duration::from_secs(seconds) {
        let prepared = prepare(times.len() as u64)?;
        let started = Instant::now();
        work(prepared)?;
        times.push(started.elapsed());
    }
    Ok(times)
}

/// Returns the time that so many thousandths of all stay below.
pub(crate) fn below(times: &mut [Duration], thousandths: usize) -> Duration {
    times.sort_unstable();
    let position = (times.len() * thousandths / 1000).min(times.len().saturating_sub(1));
    times.get(position).copied().unwrap_or_default()
}

/// Returns what is to be told of many times.
pub(crate) fn told(mut times: Vec<Duration>) -> Value {
    let all: Duration = times.iter().sum();
    let microseconds = |time: Duration| time.as_secs_f64() * 1e6;
    json!({
        "p50": microseconds(below(&mut times, 500)),
        "p99": microseconds(below(&mut times, 990)),
        "longest": microseconds(below(&mut times, 1000)),
        "rate": times.len() as f64 / all.as_secs_f64(),
    })
}

/// Returns resident memory now, and the most that there was, in KiB.
pub(crate) fn memory() -> io::Result<(u64, u64)> {
    let status = fs::read_to_string("/proc/self/status")?;
    let of = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
    };
    Ok((of("VmRSS:"), of("VmHWM:")))
}

/// Returns the bytes that a folder takes on disk.
pub(crate) fn on_disk(folder: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let metadata = match entry.metadata() {
            // It was there a moment ago: a database tidies up while its folder is read.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            metadata => metadata?,
        };
        bytes += if metadata.is_dir() { on_disk(&entry.path())? } else { blocks(&metadata) };
    }
    Ok(bytes)
}

#[cfg(unix)]
fn blocks(metadata: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::blocks(metadata) * 512
}

#[cfg(not(unix))]
fn blocks(metadata: &fs::Metadata) -> u64 {
    metadata.len()
}
