//! The test checkout: a **double** of the part of Stripe that Satchel uses. It takes no money from anybody.
//!
//! It answers what Stripe's API answers for Checkout Sessions (make, retrieve, expire, idempotency keys), shows a payment page
//! that says that no money moves, and sends signed events. It is told apart from Stripe by three things: it runs on loopback
//! only, because its listener does; it refuses live keys; its page says TEST. What it cannot show is how Stripe changes: the
//! real API has the last word.
//!
//! Events wait in a queue. [`TestCheckout::deliver`] sends them, in the way that [`Deliveries`] says, so that a test decides
//! when which event arrives.

mod api;
mod events;
mod form;
mod kept;
mod page;
mod session;

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::routing::{get, post};
use satchel_cloud::Clock;
use tokio::sync::Notify;
use zeroize::Zeroizing;

pub use events::{Delivered, Deliveries};
pub use kept::KeepError;
pub use session::{Charge, Choice};

use crate::folder::Folder;
use events::Event;
use kept::Kept;

/// The most bytes of a request.
const BODY_BYTES_MAX: usize = 256 * 1024;
/// How long the checkout waits before it sends an event again. After the last one it gives up.
pub const WAITS: &[Duration] = &[Duration::from_millis(300), Duration::from_secs(1), Duration::from_secs(3)];

/// How a test checkout runs.
pub struct CheckoutSettings {
    /// Where it answers, without a slash at its end: `http://127.0.0.1:` and a port.
    pub base: String,
    /// Where its events go.
    pub webhook: String,
    /// The only key that it takes.
    pub secret_key: Zeroizing<String>,
    /// What it signs events with; each event carries a signature of each.
    pub webhook_secrets: Vec<Zeroizing<String>>,
    /// How long it waits before it sends an event again, one try for each.
    pub waits: Vec<Duration>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// A test checkout.
#[derive(Clone)]
pub struct TestCheckout(Arc<Inner>);

struct Inner {
    settings: CheckoutSettings,
    http: reqwest::Client,
    folder: Option<Folder>,
    state: Mutex<State>,
    /// Says that there are events.
    news: Notify,
}

/// Everything that changes.
struct State {
    kept: Kept,
    events: VecDeque<Event>,
    deliveries: Deliveries,
    /// How the next requests to make a session fail, whatever they ask for.
    failures: VecDeque<StatusCode>,
    /// Requests to make a session that came.
    asked: u64,
}

impl TestCheckout {
    /// Opens a checkout that keeps its sessions in memory.
    ///
    /// # Errors
    /// [`KeepError::Client`] where no client can be made.
    pub fn in_memory(settings: CheckoutSettings) -> Result<Self, KeepError> {
        Self::new(settings, None, Kept::default())
    }

    /// Opens a checkout that keeps its sessions in a folder.
    ///
    /// # Errors
    /// [`KeepError`].
    pub fn in_folder(settings: CheckoutSettings, folder: Folder) -> Result<Self, KeepError> {
        let kept = Kept::load(&folder)?;
        Self::new(settings, Some(folder), kept)
    }

    fn new(settings: CheckoutSettings, folder: Option<Folder>, kept: Kept) -> Result<Self, KeepError> {
        // Loopback is reached directly, whatever the environment says of proxies.
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build();
        let http = http.map_err(|error| KeepError::Client(error.to_string().into()))?;
        let (events, failures) = (VecDeque::new(), VecDeque::new());
        let state = State { kept, events, deliveries: Deliveries::InOrder, failures, asked: 0 };
        Ok(Self(Arc::new(Inner { settings, http, folder, state: Mutex::new(state), news: Notify::new() })))
    }

    /// Makes its HTTP side.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/v1/checkout/sessions", post(api::create))
            .route("/v1/checkout/sessions/{session}", get(api::retrieve))
            .route("/v1/checkout/sessions/{session}/expire", post(api::expire))
            .route("/checkout/pay/{session}", get(page::show).post(page::choose))
            .route("/checkout/returned", get(page::returned))
            .route("/checkout/style.css", get(page::style))
            .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
            .with_state(self.clone())
    }

    /// Says how events are sent from now on.
    pub fn set_deliveries(&self, deliveries: Deliveries) {
        self.state().deliveries = deliveries;
    }

    /// Lets the next request to make a session fail with this status, and keeps that answer under its idempotency key as
    /// Stripe does.
    pub fn fail_next(&self, status: StatusCode) {
        self.state().failures.push_back(status);
    }

    /// Forgets the answers under idempotency keys, as Stripe does after a day.
    pub fn forget_answers(&self) {
        self.state().kept.answers.clear();
    }

    /// Returns how many requests to make a session came, repeated ones included.
    #[must_use]
    pub fn asked(&self) -> u64 {
        self.state().asked
    }

    /// Returns the ids of all sessions, the oldest first.
    #[must_use]
    pub fn sessions(&self) -> Vec<String> {
        self.state().kept.sessions.iter().map(|session| session.id.clone()).collect()
    }

    /// Returns all payments whose money would have come.
    #[must_use]
    pub fn charges(&self) -> Vec<Charge> {
        self.state().kept.sessions.iter().filter_map(session::Session::charge).collect()
    }

    /// Changes what a session asks for, as a fault at Stripe or a person in its dashboard would.
    pub fn change_amount(&self, session: &str, cents: u64) {
        let mut state = self.state();
        if let Some(session) = state.kept.sessions.iter_mut().find(|known| known.id == session) {
            session.amount = cents;
        }
    }

    /// Does what a button of the payment page does. Answers whether the session takes it.
    pub fn choose(&self, session: &str, choice: Choice) -> bool {
        self.change(session, |session| session.choose(choice)).is_some_and(|taken| taken)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics between two changes that belong together.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes a session, keeps it, and queues the event that follows. Nothing: there is no such session.
    fn change<T>(
        &self,
        id: &str,
        change: impl FnOnce(&mut session::Session) -> (T, Option<&'static str>),
    ) -> Option<T> {
        let now = self.0.settings.clock.now().seconds();
        let mut state = self.state();
        let State { kept, events, .. } = &mut *state;
        let session = kept.sessions.iter_mut().find(|session| session.id == id)?;
        if let Some(kind) = session.age(now) {
            events.push_back(Event::about(session, kind, now));
        }
        let (answer, kind) = change(session);
        if let Some(kind) = kind {
            events.push_back(Event::about(session, kind, now));
        }
        self.keep(&state);
        drop(state);
        self.0.news.notify_one();
        Some(answer)
    }

    fn keep(&self, state: &State) {
        if let Some(folder) = &self.0.folder
            && let Err(error) = state.kept.save(folder)
        {
            tracing::error!(%error, "the test checkout cannot keep its sessions");
        }
    }
}

impl fmt::Debug for TestCheckout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TestCheckout(..)")
    }
}

impl fmt::Debug for CheckoutSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CheckoutSettings").field("base", &self.base).finish_non_exhaustive()
    }
}
