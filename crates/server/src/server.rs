//! What the server is made of.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use satchel_cloud::{BlobStore, Clock, ContainerName, SigningKey};
use satchel_order::catalogue::Definition;
use satchel_terms::Timestamp;
use tokio::sync::Semaphore;

use crate::auth::{FirmRoom, RateLimiter, TokenVerifier};
use crate::firm::FirmRegistry;
use crate::numbers::OrderNumbers;
use crate::payments::Payments;
use crate::rosters::RosterCache;
use crate::storage::Storage;

/// The most requests that are worked on at once; one more is asked to come later.
pub(crate) const REQUESTS_AT_ONCE_MAX: usize = 256;

/// Where things lie, who signs, who is a client, what is sold, and what time it is.
#[derive(Debug, Clone)]
pub struct Deps {
    /// All blobs.
    pub blobs: Arc<dyn BlobStore>,
    /// The key that signs receipts, the only one that the server may sign with.
    pub receipts: Arc<dyn SigningKey>,
    /// Verifies access tokens.
    pub tokens: Arc<TokenVerifier>,
    /// The client firms.
    pub firms: Arc<dyn FirmRegistry>,
    /// What is sold now: of each service one version, or two while one follows the other.
    pub catalogue: Arc<[Definition]>,
    /// The provider's own container, for order numbers and the work index. It is no firm's.
    pub provider: ContainerName,
    /// How to be paid. Nothing: there are no payment pages.
    pub payments: Option<Arc<Payments>>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// What handlers share. The store itself is not in it, only the scopes that lead there.
#[derive(Debug, Clone)]
pub(crate) struct Server(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    storage: Storage,
    receipts: Arc<dyn SigningKey>,
    tokens: Arc<TokenVerifier>,
    firms: Arc<dyn FirmRegistry>,
    catalogue: Arc<[Definition]>,
    payments: Option<Arc<Payments>>,
    clock: Arc<dyn Clock>,
    numbers: OrderNumbers,
    rosters: RosterCache,
    rate: RateLimiter,
    firm_room: FirmRoom,
    room: Semaphore,
    requests: AtomicU64,
}

impl Server {
    pub(crate) fn new(deps: Deps) -> Self {
        let storage = Storage::new(deps.blobs, deps.provider);
        Self(Arc::new(Parts {
            numbers: OrderNumbers::new(storage.provider()),
            storage,
            receipts: deps.receipts,
            tokens: deps.tokens,
            firms: deps.firms,
            catalogue: deps.catalogue,
            payments: deps.payments,
            clock: deps.clock,
            rosters: RosterCache::default(),
            rate: RateLimiter::default(),
            firm_room: FirmRoom::default(),
            room: Semaphore::new(REQUESTS_AT_ONCE_MAX),
            requests: AtomicU64::new(0),
        }))
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    pub(crate) fn storage(&self) -> &Storage {
        &self.0.storage
    }

    pub(crate) fn receipts(&self) -> &dyn SigningKey {
        &*self.0.receipts
    }

    pub(crate) fn tokens(&self) -> &TokenVerifier {
        &self.0.tokens
    }

    pub(crate) fn firms(&self) -> &dyn FirmRegistry {
        &*self.0.firms
    }

    pub(crate) fn catalogue(&self) -> &[Definition] {
        &self.0.catalogue
    }

    pub(crate) fn payments(&self) -> Option<&Payments> {
        self.0.payments.as_deref()
    }

    pub(crate) fn numbers(&self) -> &OrderNumbers {
        &self.0.numbers
    }

    pub(crate) fn rosters(&self) -> &RosterCache {
        &self.0.rosters
    }

    pub(crate) fn rate(&self) -> &RateLimiter {
        &self.0.rate
    }

    pub(crate) fn firm_room(&self) -> &FirmRoom {
        &self.0.firm_room
    }

    pub(crate) fn room(&self) -> &Semaphore {
        &self.0.room
    }

    /// Numbers the requests of this process, for the log.
    pub(crate) fn next_request(&self) -> u64 {
        self.0.requests.fetch_add(1, Ordering::Relaxed)
    }
}
