//! What was asked of the provider, a line of JSON for each request: for journeys that look whether each block came once.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use crate::folder::{Folder, own_file};

/// The file with the newest lines.
pub(crate) const REQUESTS: &str = "requests.jsonl";
/// The file with those before.
pub(crate) const REQUESTS_BEFORE: &str = "requests.1.jsonl";
/// The most bytes of a file. With it full, the one before goes.
pub(crate) const BYTES_MAX: u64 = 16 * 1024 * 1024;
/// The most parts of a path that are written, and the most bytes of each.
const PARTS_MAX: usize = 10;
const PART_BYTES_MAX: usize = 64;

/// A request that was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Line {
    /// When, in seconds since 1970.
    pub(crate) at: u64,
    /// The HTTP method.
    pub(crate) method: String,
    /// The path, without what is neither a word of ours nor an id.
    pub(crate) route: String,
    /// Of a Put Block: the block's number.
    pub(crate) block: Option<u32>,
    /// The status of the answer.
    pub(crate) status: u16,
    /// The bytes of the request's body.
    pub(crate) length: u64,
}

/// Appends to the log.
#[derive(Debug)]
pub(crate) struct RequestLog {
    path: PathBuf,
    before: PathBuf,
    bytes_max: u64,
    open: Mutex<Open>,
}

#[derive(Debug)]
struct Open {
    file: File,
    bytes: u64,
}

impl RequestLog {
    /// Goes on with the log of a folder.
    pub(crate) fn open(folder: &Folder, bytes_max: u64) -> io::Result<Self> {
        let path = folder.path(REQUESTS);
        let open = open_at_end(&path)?;
        Ok(Self { path, before: folder.path(REQUESTS_BEFORE), bytes_max, open: Mutex::new(open) })
    }

    /// Writes a line, before the request is answered.
    pub(crate) fn write(&self, line: &Line) -> io::Result<()> {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        let bytes = text.len() as u64;
        // A panic between two lines leaves a log that can be gone on with.
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.bytes > 0 && open.bytes.saturating_add(bytes) > self.bytes_max {
            fs::rename(&self.path, &self.before)?;
            *open = open_at_end(&self.path)?;
        }
        open.file.write_all(&text)?;
        open.bytes = open.bytes.saturating_add(bytes);
        Ok(())
    }
}

fn open_at_end(path: &PathBuf) -> io::Result<Open> {
    let file = own_file().append(true).create(true).open(path)?;
    let bytes = file.metadata()?.len();
    Ok(Open { file, bytes })
}

/// Replaces what somebody may have typed into a path.
pub(crate) fn route(path: &str) -> String {
    let known = |part: &str| {
        let word = part.len() <= PART_BYTES_MAX
            && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if word { part.to_owned() } else { "?".to_owned() }
    };
    path.split('/').take(PARTS_MAX).map(known).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line() -> Line {
        let route = route("/blobs/sealed-x/orders/1/r1/document");
        Line { at: 1, method: "PUT".to_owned(), route, block: Some(3), status: 201, length: 40 }
    }

    #[test]
    fn a_full_log_gives_way_at_the_limit() {
        let root = tempfile::tempdir().expect("a folder");
        let folder = Folder::open(root.path().to_owned()).expect("opened");
        let bytes = serde_json::to_vec(&line()).expect("JSON").len() as u64 + 1;
        let log = RequestLog::open(&folder, 2 * bytes).expect("opened");
        let lines = |name: &str| fs::read_to_string(folder.path(name)).map_or(0, |text| text.lines().count());
        for (written, expected) in [(1, (1, 0)), (2, (2, 0)), (3, (1, 2)), (4, (2, 2)), (5, (1, 2))] {
            log.write(&line()).expect("written");
            assert_eq!((lines(REQUESTS), lines(REQUESTS_BEFORE)), expected, "after {written}");
        }
        drop(log);
        let log = RequestLog::open(&folder, 2 * bytes).expect("opened again");
        log.write(&line()).expect("written");
        assert_eq!((lines(REQUESTS), lines(REQUESTS_BEFORE)), (2, 2));
    }

    #[test]
    fn a_path_holds_nothing_that_somebody_typed() {
        assert_eq!(
            route("/v1/orders/8f14e45f-ceea-467f-9575-2a3c1d9b7e60"),
            "/v1/orders/8f14e45f-ceea-467f-9575-2a3c1d9b7e60"
        );
        assert_eq!(route("/v1/Maria%20Delgado/x"), "/v1/?/x");
        assert_eq!(route(&format!("/{}", "a".repeat(PART_BYTES_MAX + 1))), "/?");
        assert_eq!(route(&"/a".repeat(20)).matches('a').count(), PARTS_MAX - 1);
    }
}
