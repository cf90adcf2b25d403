//! A desktop in the tests: sealed files, a ledger, a sign-in, the driver, and time that passes only when it is told to.

use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use rand_core::TryRng;
use satchel_sign::{Edges, ServiceUrl};
use satchel_sync::drive::{AccessToken, Account, Driver, NoToken, Outbox, Remote, drive, outbox};
use satchel_sync::{BlobSource, BlockCheck, Clock, Moment, OrderRevision, OutboxItem, Progress, State};
use satchel_terms::{BlobName, EcPublicKey};
use tempfile::TempDir;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::double::{Double, TOKEN};
use crate::notebook::Notebook;
use crate::sample::{item_of, manifest, receipt_keys};

/// So many bytes in a row are alike in what the tests send.
const PAGE_BYTES: u64 = 997;
/// More news than any of the tests makes; a driver that goes round in circles is stopped there.
const NEWS_MAX: usize = 5_000;

/// A clock by the runtime's time, which stands still unless it is moved.
#[derive(Debug)]
struct TestClock(Instant);

impl Clock for TestClock {
    fn now(&self) -> Moment {
        Moment::from_unix_ms(1_764_000_000_000).after(self.0.elapsed())
    }
}

/// Counts up, in place of chance.
#[derive(Debug, Default)]
pub(crate) struct Counter(u64);

impl TryRng for Counter {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::try_from(self.try_next_u64()? & 0xffff_ffff).unwrap_or_default())
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        Ok(self.0 >> 16)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.fill(0);
        Ok(())
    }
}

/// The sign-in of Dana Whitfield.
#[derive(Debug)]
pub(crate) struct Dana {
    token: Mutex<Result<String, NoToken>>,
    pub(crate) refused: AtomicUsize,
}

impl Dana {
    pub(crate) fn has(&self, token: Result<&str, NoToken>) {
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = token.map(str::to_owned);
    }
}

#[async_trait]
impl Account for Dana {
    async fn token(&self) -> Result<AccessToken, NoToken> {
        self.token.lock().unwrap_or_else(PoisonError::into_inner).clone().map(AccessToken::new)
    }

    fn token_refused(&self, _: &AccessToken) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    fn receipt_keys(&self) -> Arc<[EcPublicKey]> {
        receipt_keys().into()
    }
}

/// A desktop.
pub(crate) struct Office {
    pub(crate) double: Double,
    pub(crate) notebook: Notebook,
    pub(crate) dana: Arc<Dana>,
    folder: TempDir,
    waits: mpsc::UnboundedReceiver<Duration>,
    started: Instant,
    /// While this is there, time does not pass by itself: a task that blocks holds it up.
    _time: std::sync::mpsc::Sender<()>,
}

/// A driver that runs.
pub(crate) struct Running {
    pub(crate) outbox: Option<Outbox>,
    pub(crate) news: mpsc::UnboundedReceiver<Progress>,
    pub(crate) task: JoinHandle<Notebook>,
}

impl Office {
    pub(crate) async fn open() -> Self {
        let (time, held) = std::sync::mpsc::channel::<()>();
        tokio::task::spawn_blocking(move || held.recv());
        let (double, waits) = Double::start().await;
        let dana = Dana { token: Mutex::new(Ok(TOKEN.to_owned())), refused: AtomicUsize::new(0) };
        Self {
            double,
            notebook: Notebook::default(),
            dana: Arc::new(dana),
            folder: tempfile::tempdir().expect("a folder"),
            waits,
            started: Instant::now(),
            _time: time,
        }
    }

    /// Seals an order with files of these sealed lengths. What is in them differs in every byte that matters.
    pub(crate) fn order(&self, order: &str, files: &[u64]) -> OutboxItem {
        item_of(manifest(order, 1, files), |name, length| {
            let bytes = sealed_bytes(name, length);
            if matches!(name, BlobName::File(..)) {
                let path = self.file(order, name);
                std::fs::write(&path, bytes).expect("writes");
                BlobSource::File(path, BlockCheck::new(|_, _| true))
            } else {
                BlobSource::Bytes(bytes.into())
            }
        })
    }

    pub(crate) fn file(&self, order: &str, name: BlobName) -> PathBuf {
        self.folder.path().join(format!("{order}-{}", name.to_string().replace('/', "-")))
    }

    /// Starts a driver that sends to this server and storage.
    pub(crate) async fn start_to(&self, url: &str, items: &[OutboxItem]) -> Running {
        self.start_with(url, Edges::Practice, items).await
    }

    /// Starts a driver of a build with these edges.
    pub(crate) async fn start_with(&self, url: &str, edges: Edges, items: &[OutboxItem]) -> Running {
        let (reported, news) = mpsc::unbounded_channel();
        let (outbox, inbox) = outbox();
        let address = ServiceUrl::try_from(url.to_owned()).expect("an address");
        let driver = Driver {
            remote: Remote::new(&address, &address, edges).expect("a remote"),
            account: Arc::<Dana>::clone(&self.dana),
            clock: Arc::new(TestClock(self.started)),
            ledger: self.notebook.clone(),
            rng: Counter::default(),
            report: move |progress| {
                // A test that ended hears no more.
                let _heard = reported.send(progress);
            },
        };
        let task = tokio::spawn(drive(driver, inbox));
        for item in items {
            outbox.add(item.clone()).await.expect("it runs");
        }
        Running { outbox: Some(outbox), news, task }
    }

    pub(crate) async fn start(&self, items: &[OutboxItem]) -> Running {
        self.start_to(&self.double.url(), items).await
    }

    /// Lets time pass wherever something waits for it, until the news is what is waited for. Returns all news till then.
    pub(crate) async fn until(&mut self, running: &mut Running, wanted: impl Fn(&Progress) -> bool) -> Vec<Progress> {
        let mut all = Vec::new();
        while all.len() < NEWS_MAX {
            tokio::select! {
                pause = self.waits.recv() => tokio::time::advance(pause.expect("the double runs")).await,
                progress = running.news.recv() => {
                    let Some(progress) = progress else { return all };
                    all.push(progress);
                    if wanted(&progress) {
                        return all;
                    }
                    if let Progress::State { state: State::Waiting { until: Some(until), .. }, .. } = progress {
                        let now = TestClock(self.started).now();
                        tokio::time::advance(until.since(now) + Duration::from_millis(1)).await;
                    }
                }
            }
        }
        panic!("the driver goes round in circles: {:?}", all.last())
    }

    /// The other side, as a question goes to it.
    pub(crate) fn remote(&self) -> Remote {
        let address = ServiceUrl::try_from(self.double.url()).expect("an address");
        Remote::new(&address, &address, Edges::Practice).expect("a remote")
    }

    /// Lets time pass wherever the other side waits for it, until the work is done.
    pub(crate) async fn done<T>(&mut self, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return done,
                pause = self.waits.recv() => tokio::time::advance(pause.expect("the double runs")).await,
            }
        }
    }

    /// Sends items to their end and returns all news.
    pub(crate) async fn send(&mut self, items: &[OutboxItem]) -> Vec<Progress> {
        let mut running = self.start(items).await;
        running.outbox = None;
        let all = self.until(&mut running, |_| false).await;
        running.task.await.expect("it does not panic");
        all
    }
}

/// The states that an order went through.
pub(crate) fn states(news: &[Progress], at: OrderRevision) -> Vec<State> {
    let state = |progress: &Progress| match progress {
        Progress::State { at: other, state } if *other == at => Some(*state),
        Progress::State { .. } | Progress::Bytes { .. } => None,
    };
    news.iter().filter_map(state).collect()
}

/// What an order waited for.
pub(crate) fn waits(news: &[Progress], at: OrderRevision) -> Vec<satchel_sync::plan::Why> {
    let why = |state| match state {
        State::Waiting { why, .. } => Some(why),
        State::Queued | State::Uploading | State::Received | State::Rejected(_) => None,
    };
    states(news, at).into_iter().filter_map(why).collect()
}

/// The sealed bytes of a blob. No two blocks are alike.
pub(crate) fn sealed_bytes(name: BlobName, length: u64) -> Vec<u8> {
    let seed = name.to_string().bytes().fold(7_u64, |seed, byte| seed * 31 + u64::from(byte));
    let mut bytes = Vec::new();
    for page in 0..length.div_ceil(PAGE_BYTES) {
        let byte = seed.wrapping_mul(page + 1).to_be_bytes()[5];
        let end = length.min((page + 1) * PAGE_BYTES);
        bytes.resize(usize::try_from(end).expect("it fits in memory"), byte);
    }
    bytes
}
