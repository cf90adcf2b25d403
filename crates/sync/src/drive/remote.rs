//! The other side: its addresses, and requests to them.

use std::error::Error;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Method, RequestBuilder, Response, StatusCode, redirect, retry, tls};
use satchel_sign::{Edges, ServiceUrl};
use satchel_wire::TicketUrl;
use url::Url;

use super::watched::{Moved, WatchedBody, unless_stalled};
use crate::plan::{Failure, Why};

/// How long a request may stay without a sign of life.
pub const STALL: Duration = Duration::from_secs(60);
/// How long a connection may take to come about.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(20);
/// How long a connection without a request is kept.
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);

/// Says why there is no [`Remote`].
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    /// An address that this build does not talk to.
    #[error("the address is not one that this build talks to")]
    Address,
    /// The TLS library or the system's certificates could not be loaded.
    #[error("encrypted connections cannot be made on this computer")]
    Tls(#[source] reqwest::Error),
}

/// The provider's server and its storage. TLS 1.2 or later by the system's certificates; no redirect is followed.
#[derive(Debug, Clone)]
pub struct Remote {
    http: reqwest::Client,
    server: String,
    storage: String,
    edges: Edges,
}

/// An answer whose head is there.
#[derive(Debug)]
pub(super) struct Answer {
    response: Response,
    moved: Arc<Moved>,
}

impl Remote {
    /// Takes the address of the server, and of the storage as the bundle names it. Tickets of other storages are refused.
    ///
    /// # Errors
    /// [`RemoteError`].
    pub fn new(server: &ServiceUrl, storage: &ServiceUrl, edges: Edges) -> Result<Self, RemoteError> {
        let is_https = |address: &ServiceUrl| address.as_str().starts_with("https://");
        let is_practice = edges == Edges::Practice;
        let encrypted = is_https(server) && is_https(storage);
        if !(is_practice || encrypted) {
            return Err(RemoteError::Address);
        }
        let http = reqwest::Client::builder()
            .user_agent(concat!("Satchel/", env!("CARGO_PKG_VERSION")))
            .https_only(!is_practice)
            .tls_version_min(tls::Version::TLS_1_2)
            .redirect(redirect::Policy::none())
            // What is repeated is decided by the plan, which knows what was confirmed.
            .retry(retry::never())
            .referer(false)
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(IDLE_TIMEOUT);
        // A practice build talks to this computer, which no proxy reaches.
        let http = if is_practice { http.no_proxy() } else { http };
        let http = http.build().map_err(RemoteError::Tls)?;
        let text = |address: &ServiceUrl| address.as_str().to_owned();
        Ok(Self { http, server: text(server), storage: text(storage), edges })
    }

    /// Tells whether a ticket leads into the storage that the bundle names.
    pub(super) fn is_ours(&self, ticket: &TicketUrl) -> bool {
        let allowed = ticket.is_https() || self.edges == Edges::Practice;
        let path = ticket.without_query().strip_prefix(&self.storage);
        allowed && path.is_some_and(|path| path.starts_with('/'))
    }

    pub(super) fn post(&self, path: &str) -> RequestBuilder {
        self.http.post(format!("{}{path}", self.server))
    }

    pub(super) fn ask_server(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.server))
    }

    #[cfg(feature = "practice")]
    pub(super) fn post_to(&self, url: &str) -> RequestBuilder {
        self.http.post(url)
    }

    pub(super) fn put(&self, url: Url) -> RequestBuilder {
        self.http.put(url)
    }

    pub(super) fn get(&self, url: Url) -> RequestBuilder {
        self.http.get(url)
    }
}

/// Sends a request with this body.
pub(super) async fn send(request: RequestBuilder, body: Bytes) -> Result<Answer, Failure> {
    let moved = Arc::new(Moved::default());
    let request = request.body(reqwest::Body::wrap(WatchedBody::new(body, Arc::clone(&moved))));
    let sent = unless_stalled(&moved, STALL, request.send()).await;
    match sent {
        Ok(Ok(response)) => Ok(Answer { response, moved }),
        Ok(Err(error)) if is_untrusted(&error) => Err(Failure::Later(Why::Untrusted)),
        Ok(Err(error)) if error.is_connect() || error.is_timeout() => Err(Failure::Later(Why::Offline)),
        Ok(Err(_)) => Err(Failure::Later(Why::Interrupted)),
        Err(_) => Err(Failure::Later(Why::Stalled)),
    }
}

/// Tells whether a connection failed because of the other side's certificate. What failed is wrapped several times.
fn is_untrusted(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(current) = cause {
        if let Some(rustls::Error::InvalidCertificate(_)) = current.downcast_ref() {
            return true;
        }
        // An error of I/O names as its source that of what it holds, and not what it holds.
        let held = current.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        cause = held.map(|held| held as &(dyn Error + 'static)).or_else(|| current.source());
    }
    false
}

impl Answer {
    pub(super) fn status(&self) -> StatusCode {
        self.response.status()
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.response.headers().get(name).and_then(|value| value.to_str().ok())
    }

    /// Returns how long the other side asks to wait: nothing where it does not, or names a date.
    pub(super) fn retry_after(&self) -> Duration {
        retry_after(self.response.headers())
    }

    /// Returns how long the body says that it is.
    pub(super) fn content_length(&self) -> Option<u64> {
        self.response.content_length()
    }

    /// Reads the next piece of the body; nothing at its end.
    pub(super) async fn chunk(&mut self) -> Result<Option<Bytes>, Failure> {
        match unless_stalled(&self.moved, STALL, self.response.chunk()).await {
            Ok(Ok(chunk)) => {
                self.moved.note();
                Ok(chunk)
            }
            Ok(Err(_)) => Err(Failure::Later(Why::Interrupted)),
            Err(_) => Err(Failure::Later(Why::Stalled)),
        }
    }

    /// Reads the body. One that is longer than `bytes_max` is no answer of ours.
    pub(super) async fn body(mut self, bytes_max: usize) -> Result<Vec<u8>, Failure> {
        let mut body = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            if chunk.len() > bytes_max.saturating_sub(body.len()) {
                return Err(Failure::Later(Why::ServerFault));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

fn retry_after(headers: &HeaderMap) -> Duration {
    let seconds = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    Duration::from_secs(seconds.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    fn address(text: &str) -> ServiceUrl {
        ServiceUrl::try_from(text.to_owned()).expect("an address")
    }

    fn ticket(text: &str) -> TicketUrl {
        TicketUrl::try_from(text.to_owned()).expect("a ticket")
    }

    #[test]
    fn production_talks_https_only() {
        let (https, http) = (address("https://api.example.com"), address("http://127.0.0.1:9"));
        assert!(Remote::new(&https, &https, Edges::Production).is_ok());
        for (server, storage) in [(&http, &https), (&https, &http), (&http, &http)] {
            assert!(matches!(Remote::new(server, storage, Edges::Production), Err(RemoteError::Address)));
            assert!(Remote::new(server, storage, Edges::Practice).is_ok());
        }
    }

    #[test]
    fn a_ticket_leads_into_the_storage_of_the_bundle() {
        let remote = |storage| {
            Remote::new(&address("https://api.example.com"), &address(storage), Edges::Production).expect("a remote")
        };
        for (storage, url, ours) in [
            ("https://blobs.example.com", "https://blobs.example.com/sealed/orders/x?sig=1", true),
            ("https://blobs.example.com/account", "https://blobs.example.com/account/sealed/x?sig=1", true),
            ("https://blobs.example.com/account", "https://blobs.example.com/account2/sealed/x?sig=1", false),
            ("https://blobs.example.com", "https://blobs.example.com.other.example/x?sig=1", false),
            ("https://blobs.example.com", "https://blobs.example.com:8443/x?sig=1", false),
            ("https://blobs.example.com", "http://127.0.0.1/x?sig=1", false),
        ] {
            assert_eq!(remote(storage).is_ours(&ticket(url)), ours, "{storage} {url}");
        }
        let practice = Remote::new(&address("http://127.0.0.1:9"), &address("http://127.0.0.1:9"), Edges::Practice);
        assert!(practice.expect("a remote").is_ours(&ticket("http://127.0.0.1:9/sealed/x?sig=1")));
    }

    #[test]
    fn patience_is_asked_for_in_seconds() {
        for (value, seconds) in [("7", 7), ("0", 0), ("-1", 0), ("Wed, 25 Nov 2026 22:00:00 GMT", 0), ("1e3", 0)] {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static(value))]);
            assert_eq!(retry_after(&headers), Duration::from_secs(seconds), "{value}");
        }
        assert_eq!(retry_after(&HeaderMap::new()), Duration::ZERO);
    }
}
