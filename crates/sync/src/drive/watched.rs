//! Requests that are given up when no byte moves, however long they take while bytes do.

use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

/// The most bytes that the connection takes at once; each is a sign of life.
const CHUNK_BYTES: usize = 64 * 1024;

/// Counts the signs of life of a request.
#[derive(Debug, Default)]
pub(super) struct Moved(AtomicU64);

impl Moved {
    pub(super) fn note(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Says that no byte moved for a while.
#[derive(Debug)]
pub(super) struct Stalled;

/// Waits for `work` as long as it shows signs of life; gives up after `stall` to twice `stall` without one.
pub(super) async fn unless_stalled<T>(
    moved: &Moved,
    stall: Duration,
    work: impl Future<Output = T>,
) -> Result<T, Stalled> {
    let mut work = pin!(work);
    let mut seen = moved.count();
    loop {
        tokio::select! {
            done = &mut work => return Ok(done),
            () = tokio::time::sleep(stall) => {
                let count = moved.count();
                if count == seen {
                    return Err(Stalled);
                }
                seen = count;
            }
        }
    }
}

/// The body of a request: one buffer, handed over in chunks without a copy.
#[derive(Debug)]
pub(super) struct WatchedBody {
    left: Bytes,
    moved: Arc<Moved>,
}

impl WatchedBody {
    pub(super) fn new(bytes: Bytes, moved: Arc<Moved>) -> Self {
        Self { left: bytes, moved }
    }
}

impl Body for WatchedBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.left.is_empty() {
            return Poll::Ready(None);
        }
        self.moved.note();
        let chunk = self.left.len().min(CHUNK_BYTES);
        Poll::Ready(Some(Ok(Frame::data(self.left.split_to(chunk)))))
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_empty()
    }

    /// The exact length, which becomes `Content-Length`: the storage takes no body without one.
    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(u64::try_from(self.left.len()).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STALL: Duration = Duration::from_secs(60);

    #[tokio::test(start_paused = true)]
    async fn silence_ends_it() {
        let moved = Moved::default();
        let started = tokio::time::Instant::now();
        assert!(unless_stalled(&moved, STALL, std::future::pending::<()>()).await.is_err());
        assert_eq!(started.elapsed(), STALL);
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_one_that_moves_goes_on() {
        let moved = Moved::default();
        let work = async {
            for _ in 0..100 {
                tokio::time::sleep(STALL - Duration::from_secs(1)).await;
                moved.note();
            }
        };
        assert!(unless_stalled(&moved, STALL, work).await.is_ok());
        let dies = async {
            tokio::time::sleep(STALL / 2).await;
            moved.note();
            std::future::pending::<()>().await;
        };
        let started = tokio::time::Instant::now();
        assert!(unless_stalled(&moved, STALL, dies).await.is_err());
        assert_eq!(started.elapsed(), 2 * STALL);
    }
}
