//! Puts a long file on disk while it is being written, so that little is left to be waited for at its end.

use std::fs::File;
use std::io::{self, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{Builder, JoinHandle};

/// Bytes that are written before the disk is asked to take them. A shorter file is put there at its end only.
const BEHIND_BYTES: u64 = 64 * 1024 * 1024;

/// A file that is on disk when [`WriteBehind::finish`] returns, and of which most is there before.
#[derive(Debug)]
pub(crate) struct WriteBehind {
    file: File,
    waiting_bytes: u64,
    behind: Option<Behind>,
}

/// A thread that puts on disk what was written so far, whenever it is asked. Whoever gives up the file does not wait for it.
#[derive(Debug)]
struct Behind {
    ask: SyncSender<()>,
    thread: JoinHandle<io::Result<()>>,
}

impl WriteBehind {
    pub(crate) const fn new(file: File) -> Self {
        Self { file, waiting_bytes: 0, behind: None }
    }

    /// Puts all of it on disk.
    pub(crate) fn finish(self) -> io::Result<()> {
        if let Some(Behind { ask, thread }) = self.behind {
            drop(ask);
            // The system tells a failed write once. If the thread was told, the call below would not be.
            thread.join().map_err(|_| io::Error::other("the thread that writes behind ended early"))??;
        }
        self.file.sync_all()
    }

    fn ask(&mut self) {
        if self.behind.is_none() {
            // Without a thread everything is put on disk at the end.
            self.behind = Behind::start(&self.file).ok();
        }
        if let Some(behind) = &self.behind {
            // If it was asked before and has not begun, it takes this as well. If it failed, `finish` tells.
            behind.ask.try_send(()).ok();
        }
    }
}

impl Behind {
    fn start(file: &File) -> io::Result<Self> {
        let file = file.try_clone()?;
        let (ask, asked) = sync_channel(1);
        let thread = Builder::new().spawn(move || sync_when(&asked, &file))?;
        Ok(Self { ask, thread })
    }
}

fn sync_when(asked: &Receiver<()>, file: &File) -> io::Result<()> {
    asked.iter().try_for_each(|()| file.sync_data())
}

impl Write for WriteBehind {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.write(bytes)?;
        self.waiting_bytes += count as u64;
        if self.waiting_bytes >= BEHIND_BYTES {
            self.waiting_bytes = 0;
            self.ask();
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_is_written_is_what_the_file_holds() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file");
        let mut file = WriteBehind::new(File::create(&path).expect("it is created"));
        let piece: Vec<u8> = (0..=255).cycle().take(3 << 20).collect();
        let pieces = BEHIND_BYTES / piece.len() as u64 + 2;
        (0..pieces).for_each(|_| file.write_all(&piece).expect("it is written"));
        assert!(file.behind.is_some(), "the disk was asked before the end");
        file.finish().expect("it is on disk");
        let found = fs::read(&path).expect("it is read");
        assert_eq!(found.len() as u64, pieces * piece.len() as u64);
        assert!(found.chunks(piece.len()).all(|found| found == piece));
    }

    #[test]
    fn a_failure_behind_is_told_at_the_end() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut file = WriteBehind::new(File::create(folder.path().join("file")).expect("it is created"));
        file.write_all(b"some").expect("it is written");
        let (ask, _asked) = sync_channel(1);
        let thread = std::thread::spawn(|| Err(io::ErrorKind::StorageFull.into()));
        file.behind = Some(Behind { ask, thread });
        assert_eq!(file.finish().expect_err("it failed").kind(), io::ErrorKind::StorageFull);
    }
}
