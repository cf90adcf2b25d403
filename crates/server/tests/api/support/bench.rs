//! A server with two client firms on a local store.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, header};
use satchel_cloud::local::{LocalSettings, LocalStore, LocalTickets, SoftwareKey, TicketKey};
use satchel_cloud::{BlobAddress, BlobStore, Clock, ContainerName, SigningKey as _};
use satchel_server::{Deps, FirmList, TokenSettings, TokenVerifier, app, make_containers};
use satchel_sign::{Identity, Receipts, SigningKey};
use satchel_terms::{EcPublicKey, Timestamp};
use satchel_wire::{ErrorBody, ErrorCode, paths};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::{AUDIENCE, TestFirm, TestJwks, authority, key, time};

/// 2026-11-25 in seconds.
pub(crate) const NOW: u64 = 1_795_600_000;

/// A clock that a test sets.
#[derive(Debug)]
pub(crate) struct TestClock(AtomicU64);

impl TestClock {
    pub(crate) fn set(&self, seconds: u64) {
        self.0.store(seconds, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        time(self.0.load(Ordering::SeqCst))
    }
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    /// Asserts that the answer is this refusal, status and sentence included, and returns it.
    #[track_caller]
    pub(crate) fn refused(&self, code: ErrorCode) -> ErrorBody {
        let body = ErrorBody::read(&self.body);
        let body = body.unwrap_or_else(|_| panic!("{code:?} expected: {}, {}", self.status, self.text()));
        assert_eq!((body.code(), self.status), (code, code.status()));
        assert_eq!(self.json()["message"], code.message());
        body
    }

    #[track_caller]
    pub(crate) fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text());
        self.json()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Everything that a test needs.
pub(crate) struct Bench {
    pub(crate) store: Arc<dyn BlobStore>,
    pub(crate) tickets: LocalTickets,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) jwks: Arc<TestJwks>,
    pub(crate) firms: Arc<FirmList>,
    pub(crate) firm: TestFirm,
    pub(crate) other: TestFirm,
    pub(crate) identity: SigningKey<Identity>,
    pub(crate) receipt_key: EcPublicKey,
    pub(crate) deps: Deps,
    pub(crate) app: Router,
    _folder: tempfile::TempDir,
}

impl Bench {
    /// Opens a bench in which the firm has its first roster, and the other firm too.
    pub(crate) async fn open() -> Self {
        let bench = Self::without_rosters("http://127.0.0.1:4870/blobs/").await;
        bench.bring_first_rosters().await;
        bench
    }

    pub(crate) async fn without_rosters(base: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Arc::new(TestClock(AtomicU64::new(NOW)));
        let settings = LocalSettings {
            folder: folder.path().to_owned(),
            base: base.parse().expect("an address"),
            ticket_key: TicketKey::new(zeroize::Zeroizing::new([7; 32])),
            clock: Arc::<TestClock>::clone(&clock),
        };
        let local = LocalStore::open(settings).expect("a store");
        let tickets = local.tickets();
        let store: Arc<dyn BlobStore> = Arc::new(local);
        let receipts = SoftwareKey::new(&key::<Receipts>().expose()).expect("a key");
        let receipt_key = receipts.public().clone();
        let identity = key::<Identity>();
        let (firm, other) = (TestFirm::make(1, &identity, &receipt_key), TestFirm::make(2, &identity, &receipt_key));
        let firms = Arc::new(FirmList::default());
        let provider: ContainerName = "provider".parse().expect("a name");
        for firm in [&firm, &other] {
            firms.put(firm.firm()).expect("listed");
            make_containers(&*store, &provider, &firm.firm()).await.expect("containers");
        }
        let jwks = TestJwks::new();
        let settings = TokenSettings { authority: authority().to_owned(), audience: AUDIENCE.to_owned() };
        let deps = Deps {
            blobs: Arc::clone(&store),
            receipts: Arc::new(receipts),
            tokens: Arc::new(TokenVerifier::new(settings, Arc::<TestJwks>::clone(&jwks))),
            firms: Arc::<FirmList>::clone(&firms),
            catalogue: satchel_order::catalogue::built_in().expect("definitions").into(),
            provider,
            payments: None,
            clock: Arc::<TestClock>::clone(&clock),
        };
        let app = app(deps.clone());
        Self { store, tickets, clock, jwks, firms, firm, other, identity, receipt_key, deps, app, _folder: folder }
    }

    async fn bring_first_rosters(&self) {
        for firm in [&self.firm, &self.other] {
            let body = json!({"roster": firm.first_roster().compact()});
            let reply = self.put(&paths::roster(1.try_into().expect("from 1")), &firm.staff(), &body).await;
            assert_eq!(reply.status, 204, "{}", reply.text());
        }
    }

    /// Sends a request to an app.
    pub(crate) async fn send_to(app: &Router, request: Request<Body>) -> Reply {
        let (parts, body) = app.clone().oneshot(request).await.expect("never fails").into_parts();
        let body = to_bytes(body, 64 << 20).await.expect("a body").to_vec();
        Reply { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    pub(crate) fn request(method: Method, path: &str, token: &str, body: Option<&Value>) -> Request<Body> {
        let request = Request::builder().method(method).uri(path);
        let request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        match body {
            Some(body) => {
                let request = request.header(header::CONTENT_TYPE, "application/json");
                request.body(Body::from(body.to_string())).expect("a request")
            }
            None => request.body(Body::empty()).expect("a request"),
        }
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        Self::send_to(&self.app, request).await
    }

    pub(crate) async fn get(&self, path: &str, token: &str) -> Reply {
        self.send(Self::request(Method::GET, path, token, None)).await
    }

    pub(crate) async fn put(&self, path: &str, token: &str, body: &Value) -> Reply {
        self.send(Self::request(Method::PUT, path, token, Some(body))).await
    }

    pub(crate) async fn post(&self, path: &str, token: &str, body: &Value) -> Reply {
        self.send(Self::request(Method::POST, path, token, Some(body))).await
    }

    /// Everything that is stored: each blob's state. Two equal ones mean that nothing was written in between.
    pub(crate) async fn stored(&self) -> BTreeMap<String, String> {
        let mut stored = BTreeMap::new();
        let names = ["provider", "firm-1-sealed", "firm-1-live", "firm-2-sealed", "firm-2-live"];
        for name in names {
            let container: ContainerName = name.parse().expect("a name");
            let mut next: Option<String> = None;
            loop {
                let page = self.store.list(&container, "", next.as_deref(), 5_000).await.expect("a page");
                for path in page.paths {
                    let at = BlobAddress::new(container.clone(), path);
                    let properties = self.store.properties(&at).await.expect("properties").expect("it is listed");
                    stored.insert(at.to_string(), properties.etag.as_str().to_owned());
                }
                next = page.next;
                if next.is_none() {
                    break;
                }
            }
        }
        stored
    }

    /// The feed of a firm.
    pub(crate) async fn feed(&self, firm: &TestFirm) -> Vec<Value> {
        let answer = self.get(&paths::feed(0), &firm.staff()).await.ok();
        answer["entries"].as_array().expect("a list").clone()
    }
}
