//! One suite for every store. Each function is a promise; `promises!` makes a test of each for a store.

mod appends;
mod tickets;
mod uploads;
mod whole;

use std::sync::Arc;

use async_trait::async_trait;
use satchel_cloud::{BlobAddress, BlobStore, ContainerName, Ticket};
use url::Url;

pub(crate) use appends::{appends_go_where_the_blob_ends, appends_in_contention_lose_and_double_nothing};
pub(crate) use tickets::{a_ticket_grants_one_thing_on_one_blob_for_a_while, tickets_live_an_hour_at_most};
pub(crate) use uploads::{
    a_commit_makes_the_blob_once, blocks_survive_a_restart, ranges_are_read_by_a_ticket, unknown_blocks_are_refused,
};
pub(crate) use whole::{
    a_blob_is_created_once, a_read_is_bounded, containers_are_made_once, one_of_many_creates, swaps_compare,
    swaps_in_contention_lose_nothing, what_is_listed, writes_are_bounded,
};

/// A store to be tested, with a container that nobody else uses.
#[derive(Debug, Clone)]
pub(crate) struct Bench {
    pub(crate) store: Arc<dyn BlobStore>,
    /// The same store, opened again.
    pub(crate) reopened: Arc<dyn BlobStore>,
    /// The same store two hours ago: its tickets have expired.
    pub(crate) past: Arc<dyn BlobStore>,
    pub(crate) wire: Arc<dyn Wire>,
    pub(crate) container: ContainerName,
}

/// Sends requests to the addresses of tickets.
#[async_trait]
pub(crate) trait Wire: Send + Sync + std::fmt::Debug {
    async fn send(&self, method: &str, url: Url, headers: &[(&str, &str)], body: Vec<u8>) -> anyhow::Result<Reply>;
}

/// What was answered.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Bench {
    pub(crate) fn at(&self, path: &str) -> anyhow::Result<BlobAddress> {
        Ok(BlobAddress::new(self.container.clone(), path.parse()?))
    }

    /// Sends a request by a ticket: `more` comes before the ticket's own query.
    pub(crate) async fn send(
        &self,
        method: &str,
        ticket: &Ticket,
        more: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> anyhow::Result<Reply> {
        let mut url = Url::parse(ticket.url.expose_secret())?;
        let query = [more, url.query().unwrap_or_default()].join("&");
        url.set_query(Some(query.trim_start_matches('&')));
        self.wire.send(method, url, headers, body.to_vec()).await
    }
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub(crate) fn code(&self) -> Option<&str> {
        self.header("x-ms-error-code")
    }
}

/// Makes a test of each promise for the store that `$bench` makes. `Ok(None)`: there is no such store here.
macro_rules! promises {
    ($bench:path) => {
        promises! { $bench:
            containers_are_made_once,
            a_blob_is_created_once,
            one_of_many_creates,
            swaps_compare,
            swaps_in_contention_lose_nothing,
            a_read_is_bounded,
            writes_are_bounded,
            what_is_listed,
            appends_go_where_the_blob_ends,
            appends_in_contention_lose_and_double_nothing,
            blocks_survive_a_restart,
            a_commit_makes_the_blob_once,
            unknown_blocks_are_refused,
            ranges_are_read_by_a_ticket,
            a_ticket_grants_one_thing_on_one_blob_for_a_while,
            tickets_live_an_hour_at_most,
        }
    };
    ($bench:path: $($promise:ident),* $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $promise() -> anyhow::Result<()> {
                match $bench(stringify!($promise)).await? {
                    Some(bench) => crate::contract::$promise(&bench).await,
                    None => Ok(()),
                }
            }
        )*
    };
}

pub(crate) use promises;
