//! The provider as it runs: one listener on loopback, the server and its practice edges behind it, and the sweep.

use std::io;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use satchel_cloud::local::{LocalSettings, LocalStore, OpenLocalError, SoftwareKey, TicketKey};
use satchel_cloud::{BlobStore as _, Clock, CloudError};
use satchel_order::catalogue::{DefinitionError, built_in};
use satchel_server::{
    Deps, FirmList, Invoices, Payments, PaymentsSettings, PaymentsSettingsError, RETRY_WAIT, STRIPE_WEBHOOK_PATH,
    TokenSettings, TokenVerifier, reconcile, sweep,
};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, timeout};
use url::Url;
use zeroize::Zeroizing;

use crate::chance;
use crate::checkout::{CheckoutSettings, KeepError, TestCheckout, WAITS};
use crate::firm::{FirmError, Provider, SampleFirm, provider_container};
use crate::folder::{Folder, FolderError, ServeLock};
use crate::keys::{Keys, KeysError};
use crate::pins::Pins;
use crate::request_log::{self, RequestLog};
use crate::routes::{BLOBS, Practice, room_for_uploads, router};
use crate::sign_in::{AUDIENCE, OwnKeySet, authority};

const PORT: &str = "port";
const PORT_BYTES_MAX: u64 = 6;
/// How often what a crash left is looked for.
const SWEEP_EVERY: Duration = Duration::from_secs(60);
/// How long requests under way may take to end when the provider stops.
const STOP_TIME_MAX: Duration = Duration::from_secs(5);

/// Which firm is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirmChoice {
    /// The one that was there before, or the first.
    Same,
    /// A new one with new ids. What the one before sent stays in the folder, and nobody asks for it.
    New,
}

/// How a practice provider is to run. There is no address to choose: it listens on 127.0.0.1.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where it keeps everything.
    pub folder: PathBuf,
    /// The port; 0 for any free one. Nothing: the one of last time, or any free one.
    pub port: Option<u16>,
    /// The firm.
    pub firm: FirmChoice,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Says why the provider does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The folder cannot be used.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// There are no keys.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The firm cannot be served.
    #[error(transparent)]
    Firm(#[from] FirmError),
    /// Somebody else has the port.
    #[error("port {port} on 127.0.0.1 cannot be used; name another with --port, or 0 for any free one")]
    Port {
        /// Which.
        port: u16,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The store in the folder cannot be opened.
    #[error("the blobs in the folder cannot be opened")]
    Store(#[from] OpenLocalError),
    /// The store in the folder fails.
    #[error(transparent)]
    Cloud(#[from] CloudError),
    /// The log of requests cannot be opened.
    #[error("the log of requests cannot be opened")]
    Log(#[source] io::Error),
    /// The test checkout does not open.
    #[error(transparent)]
    Checkout(#[from] KeepError),
    /// The server does not take the test checkout.
    #[error(transparent)]
    Payments(#[from] PaymentsSettingsError),
    /// The catalogue contradicts itself; no build of ours has such a one.
    #[error("the catalogue cannot be read")]
    Catalogue(#[from] DefinitionError),
    /// Requests are no longer taken.
    #[error("the provider stopped listening")]
    Listen(#[source] io::Error),
}

/// A provider that runs until it is stopped. Dropped without that, it ends with the runtime.
#[derive(Debug)]
pub struct Running {
    base: String,
    stop: watch::Sender<bool>,
    listening: JoinHandle<io::Result<()>>,
    sweeping: JoinHandle<()>,
    delivering: JoinHandle<()>,
    _lock: ServeLock,
}

impl Running {
    /// Starts a provider. When this returns, it answers, and `practice.json` says where.
    ///
    /// # Errors
    /// [`ServeError`].
    pub async fn start(settings: Settings) -> Result<Self, ServeError> {
        let folder = Folder::open(settings.folder)?;
        let lock = folder.lock_to_serve()?;
        if !Keys::exist(&folder) {
            Keys::make(&folder, &mut chance::rng())?;
        }
        let keys = Arc::new(Keys::load(&folder)?);
        let sample = sample_firm(&folder, settings.firm, &*settings.clock)?;
        let (listener, port) = listen(&folder, settings.port).await?;
        let base = format!("http://{}:{port}", Ipv4Addr::LOCALHOST);
        let store = open_store(&folder, &keys, &base, &settings.clock)?;
        store.make_container(&provider_container().map_err(FirmError::from)?).await?;
        let firms = Arc::new(FirmList::default());
        let (checkout, payments) = payments(&folder, &base, &settings.clock)?;
        let deps = Deps { payments: Some(payments), ..deps(&keys, &base, &store, &firms, &settings.clock)? };
        let parts = (folder.clone(), Arc::clone(&keys), sample);
        let clock = Arc::clone(&settings.clock);
        let provider = Arc::new(Provider::new(parts, base.clone(), (store.clone(), firms), clock));
        provider.renew().await?;
        let practice = Practice {
            keys: Arc::clone(&keys),
            sample,
            base: base.clone(),
            provider: Arc::clone(&provider),
            tickets: store.tickets(),
            log: RequestLog::open(&folder, request_log::BYTES_MAX).map_err(ServeError::Log)?,
            clock: settings.clock,
            uploads: room_for_uploads(),
        };
        let (stop, stopped) = watch::channel(false);
        let router = router(deps.clone(), Arc::new(practice), &checkout);
        let serving = axum::serve(listener, router).with_graceful_shutdown(ended(stopped.clone()));
        let listening = tokio::spawn(serving.into_future());
        let sweeping = tokio::spawn(keep_in_order(deps, provider, stopped));
        let delivering = tokio::spawn(async move { checkout.keep_delivering().await });
        Pins::of(&keys, &base).keep(&folder)?;
        Ok(Self { base, stop, listening, sweeping, delivering, _lock: lock })
    }

    /// Returns where the provider answers: `http://127.0.0.1:` and the port.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Stops taking requests, and lets those under way end, within 5 seconds.
    ///
    /// # Errors
    /// [`ServeError::Listen`] where it had stopped to listen by itself.
    pub async fn stop(self) -> Result<(), ServeError> {
        self.stop.send_replace(true);
        let listening = self.listening.abort_handle();
        let ended = timeout(STOP_TIME_MAX, self.listening).await;
        listening.abort();
        self.sweeping.abort();
        self.delivering.abort();
        match ended {
            Ok(Ok(served)) => served.map_err(ServeError::Listen),
            Ok(Err(panicked)) => Err(ServeError::Listen(io::Error::other(panicked))),
            // A request that does not end is cut off, as by a crash.
            Err(_) => Ok(()),
        }
    }
}

fn sample_firm(folder: &Folder, choice: FirmChoice, clock: &dyn Clock) -> Result<SampleFirm, FirmError> {
    match SampleFirm::load(folder)?.filter(|_| choice == FirmChoice::Same) {
        Some(firm) => Ok(firm),
        None => SampleFirm::make(folder, clock.now(), &mut chance::rng()),
    }
}

/// Listens on 127.0.0.1, and keeps the port for next time: desktops have it in what they store.
async fn listen(folder: &Folder, wanted: Option<u16>) -> Result<(TcpListener, u16), ServeError> {
    let port = match wanted {
        Some(port) => port,
        None => kept_port(folder)?.unwrap_or(0),
    };
    let failed = |source| ServeError::Port { port, source };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(failed)?;
    let port = listener.local_addr().map_err(failed)?.port();
    folder.write(PORT, port.to_string().as_bytes())?;
    Ok((listener, port))
}

fn kept_port(folder: &Folder) -> Result<Option<u16>, FolderError> {
    let Some(text) = folder.read(PORT, PORT_BYTES_MAX)? else { return Ok(None) };
    let port = str::from_utf8(&text).ok().and_then(|text| text.parse().ok());
    port.map(Some).ok_or_else(|| folder.damaged(PORT))
}

/// Opens the store of a folder. Several processes may.
pub(crate) fn open_store(
    folder: &Folder,
    keys: &Keys,
    base: &str,
    clock: &Arc<dyn Clock>,
) -> Result<LocalStore, ServeError> {
    Ok(LocalStore::open(LocalSettings {
        folder: folder.path("blobs"),
        base: Url::parse(&format!("{base}{BLOBS}/")).map_err(|_| OpenLocalError::Base)?,
        ticket_key: TicketKey::new(keys.tickets.clone()),
        clock: Arc::clone(clock),
    })?)
}

/// Makes what the server works on. Without the test checkout: nobody is paid.
pub(crate) fn deps(
    keys: &Arc<Keys>,
    base: &str,
    store: &LocalStore,
    firms: &Arc<FirmList>,
    clock: &Arc<dyn Clock>,
) -> Result<Deps, ServeError> {
    let tokens = TokenSettings { authority: authority(base), audience: AUDIENCE.to_owned() };
    let receipts = SoftwareKey::new(&keys.receipts.expose()).map_err(|_| KeysError::Make)?;
    Ok(Deps {
        blobs: Arc::new(store.clone()),
        receipts: Arc::new(receipts),
        tokens: Arc::new(TokenVerifier::new(tokens, Arc::new(OwnKeySet(Arc::clone(keys))))),
        firms: Arc::<FirmList>::clone(firms),
        catalogue: built_in()?.into(),
        provider: provider_container().map_err(FirmError::from)?,
        payments: None,
        clock: Arc::clone(clock),
    })
}

/// Opens the test checkout, and tells the server to be paid through it. Their secrets are new at each start: they do not leave
/// the process.
fn payments(folder: &Folder, base: &str, clock: &Arc<dyn Clock>) -> Result<(TestCheckout, Arc<Payments>), ServeError> {
    let secret = |kind: &str| Zeroizing::new(format!("{kind}{}", chance::letters(48)));
    let (secret_key, webhook_secrets) = (secret("sk_test_"), vec![secret("whsec_")]);
    let returned = format!("{base}/checkout/returned");
    let payments = Payments::new(PaymentsSettings {
        secret_key: secret_key.clone(),
        api_base: format!("{base}/"),
        webhook_secrets: webhook_secrets.clone(),
        success_url: returned.clone(),
        cancel_url: returned,
        invoices: Invoices::No,
        retry_wait: RETRY_WAIT,
    })?;
    let settings = CheckoutSettings {
        base: base.to_owned(),
        webhook: format!("{base}{STRIPE_WEBHOOK_PATH}"),
        secret_key,
        webhook_secrets,
        waits: WAITS.to_vec(),
        clock: Arc::clone(clock),
    };
    Ok((TestCheckout::in_folder(settings, folder.clone())?, Arc::new(payments)))
}

async fn ended(mut stopped: watch::Receiver<bool>) {
    // Where nobody can say it any more, it ended as well.
    let _ended = stopped.wait_for(|stopped| *stopped).await.is_ok();
}

/// Finishes what a crash left, and signs the firm's bundle anew before it ends.
async fn keep_in_order(deps: Deps, provider: Arc<Provider>, stopped: watch::Receiver<bool>) {
    let mut ticks = interval(SWEEP_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let stopped = ended(stopped);
    tokio::pin!(stopped);
    loop {
        tokio::select! {
            () = &mut stopped => return,
            _ = ticks.tick() => {}
        }
        match sweep(&deps).await {
            Ok(swept) if swept.finished > 0 || swept.failed > 0 => {
                tracing::info!(finished = swept.finished, failed = swept.failed, "swept");
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "the sweep stopped"),
        }
        if let Err(error) = reconcile(&deps).await {
            tracing::warn!(%error, "the payment pages could not be looked after");
        }
        if let Err(error) = provider.renew().await {
            tracing::warn!(%error, "the firm's bundle could not be looked after");
        }
    }
}
