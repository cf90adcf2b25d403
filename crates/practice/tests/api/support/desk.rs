//! A desktop of the sample firm, without its window.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rand_core::UnwrapErr;
use reqwest::{Client, Method, Response};
use satchel_cloud::Clock;
use satchel_cloud::local::{LocalSettings, LocalStore, TicketKey};
use satchel_practice::{FirmChoice, PINS, Pins, Running, ServeError, Settings};
use satchel_seal::{RecipientSecret, WorkspaceKey};
use satchel_sign::{Admin, Bundle, Device, Edges, Role, Roster, RosterDevice, Signed, SigningKey, WorkspaceKeyCheck};
use satchel_terms::{DeviceId, Timestamp, V1};
use satchel_wire::paths;
use serde_json::{Value, json};

/// 2026-11-25 in seconds.
pub(crate) const NOW: u64 = 1_795_600_000;

pub(crate) fn rng() -> UnwrapErr<getrandom::SysRng> {
    UnwrapErr(getrandom::SysRng)
}

pub(crate) fn key<R: Role>() -> SigningKey<R> {
    SigningKey::make(&mut rng()).expect("a key")
}

pub(crate) fn time(seconds: u64) -> Timestamp {
    seconds.try_into().expect("a time")
}

/// Changes one character of a text in base64url.
pub(crate) fn tampered(text: &str, at: usize) -> String {
    let other = |c: char| if c == 'A' { 'B' } else { 'A' };
    text.chars().enumerate().map(|(n, c)| if n == at { other(c) } else { c }).collect()
}

/// A clock that a test sets.
#[derive(Debug)]
pub(crate) struct TestClock(AtomicU64);

impl TestClock {
    pub(crate) fn at(seconds: u64) -> Arc<Self> {
        Arc::new(Self(AtomicU64::new(seconds)))
    }

    pub(crate) fn set(&self, seconds: u64) {
        self.0.store(seconds, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        time(self.0.load(Ordering::SeqCst))
    }
}

/// A client that goes to loopback directly, whatever the environment says of proxies.
fn client() -> Client {
    Client::builder().no_proxy().build().expect("a client")
}

/// Settings for a folder, on any free port.
pub(crate) fn practice(folder: &Path, clock: &Arc<TestClock>) -> Settings {
    let clock = Arc::<TestClock>::clone(clock);
    Settings { folder: folder.to_owned(), port: Some(0), firm: FirmChoice::Same, clock }
}

pub(crate) async fn start(settings: Settings) -> Result<Running, ServeError> {
    Running::start(settings).await
}

/// A provider that runs, and a desktop that knows of it by its `practice.json`.
pub(crate) struct Desk {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) running: Running,
    pub(crate) pins: Pins,
    pub(crate) http: Client,
    pub(crate) admin: SigningKey<Admin>,
    pub(crate) device: DeviceId,
    pub(crate) signing: SigningKey<Device>,
    pub(crate) replies: RecipientSecret,
    pub(crate) workspace: WorkspaceKey,
    recovery: SigningKey<Device>,
    hpke: RecipientSecret,
}

impl Desk {
    /// A desktop that has not asked for anything yet.
    pub(crate) async fn open() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = TestClock::at(NOW);
        let running = start(practice(folder.path(), &clock)).await.expect("it starts");
        let pins = Self::pins(folder.path());
        Self {
            folder,
            clock,
            running,
            pins,
            http: client(),
            admin: key(),
            device: DeviceId::make(&mut rng()),
            signing: key(),
            replies: RecipientSecret::make(&mut rng()).expect("a key"),
            workspace: WorkspaceKey::make(1, &mut rng()),
            recovery: key(),
            hpke: RecipientSecret::make(&mut rng()).expect("a key"),
        }
    }

    /// A desktop whose firm was onboarded and has its first roster.
    pub(crate) async fn admitted() -> (Self, Signed<Bundle>) {
        let desk = Self::open().await;
        let bundle = desk.onboard().await;
        let reply = desk.put_first_roster(&bundle).await;
        assert_eq!(reply.status(), 204, "{:?}", reply.text().await);
        (desk, bundle)
    }

    pub(crate) fn pins(folder: &Path) -> Pins {
        serde_json::from_slice(&std::fs::read(folder.join(PINS)).expect("the pins")).expect("of their form")
    }

    /// Starts the provider again in the same folder.
    pub(crate) async fn restart(mut self, port: Option<u16>, firm: FirmChoice) -> Self {
        let settings = Settings { port, firm, ..practice(self.folder.path(), &self.clock) };
        self.running.stop().await.expect("it stops");
        self.running = start(settings).await.expect("it starts");
        self.pins = Self::pins(self.folder.path());
        self
    }

    pub(crate) async fn token_answer(&self) -> Value {
        let reply = self.http.post(&self.pins.token).send().await.expect("an answer");
        assert_eq!(reply.status(), 200);
        reply.json().await.expect("JSON")
    }

    pub(crate) async fn token(&self) -> String {
        self.token_answer().await["accessToken"].as_str().expect("a token").to_owned()
    }

    pub(crate) async fn ask_onboarding(&self, admin: &SigningKey<Admin>) -> Response {
        let body = json!({"adminFingerprint": admin.public().thumbprint()});
        self.http.post(&self.pins.onboarding).json(&body).send().await.expect("an answer")
    }

    /// Asks for the firm's bundle and takes it as a desktop does.
    pub(crate) async fn onboard(&self) -> Signed<Bundle> {
        let reply = self.ask_onboarding(&self.admin).await;
        assert_eq!(reply.status(), 200);
        self.accept(&reply.json().await.expect("JSON"))
    }

    pub(crate) fn accept(&self, answer: &Value) -> Signed<Bundle> {
        let compact = answer["bundle"].as_str().expect("a text");
        let now = self.clock.now();
        Signed::<Bundle>::accept(compact, &self.pins.identity_keys, None, now, Edges::Practice).expect("accepted")
    }

    pub(crate) fn first_roster(&self, bundle: &Bundle) -> Roster {
        Roster {
            version: V1,
            firm: bundle.firm,
            number: 1.try_into().expect("from 1"),
            previous: None,
            issued_at: self.clock.now(),
            admin_key: self.admin.public().clone(),
            approvers: vec![self.device],
            recovery_key: self.recovery.public().clone(),
            workspace_keys: vec![WorkspaceKeyCheck {
                number: 1.try_into().expect("from 1"),
                check: self.workspace.check(bundle.firm).expect("a check"),
            }],
            devices: vec![RosterDevice {
                device: self.device,
                member: None,
                signing_key: self.signing.public().clone(),
                hpke_key: self.hpke.public().clone(),
                admitted_at: self.clock.now(),
                revoked_at: None,
            }],
        }
    }

    pub(crate) async fn put_first_roster(&self, bundle: &Signed<Bundle>) -> Response {
        let roster = self.admin.sign(self.first_roster(bundle.statement())).expect("a roster");
        let path = paths::roster(1.try_into().expect("from 1"));
        self.ask(Method::PUT, &path, Some(&json!({"roster": roster.compact()}))).await
    }

    /// Asks the server, signed in.
    pub(crate) async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Response {
        let url = format!("{}{path}", self.pins.server);
        let request = self.http.request(method, url).bearer_auth(self.token().await);
        let request = if let Some(body) = body { request.json(body) } else { request };
        request.send().await.expect("an answer")
    }

    /// Returns the operator's desk over the provider's folder.
    pub(crate) fn intake(&self) -> satchel_intake::Desk {
        let clock = Arc::<TestClock>::clone(&self.clock);
        satchel_practice::intake_desk(self.folder.path().to_owned(), clock).expect("a desk")
    }

    /// Opens the provider's store, as whoever has the disk can.
    pub(crate) fn store(&self) -> LocalStore {
        LocalStore::open(LocalSettings {
            folder: self.folder.path().join("blobs"),
            base: "http://127.0.0.1:1/blobs/".parse().expect("an address"),
            ticket_key: TicketKey::new(zeroize::Zeroizing::new([7; 32])),
            clock: Arc::<TestClock>::clone(&self.clock),
        })
        .expect("the store")
    }

    /// Returns the lines of the log of requests.
    pub(crate) fn requests(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.folder.path().join("requests.jsonl")).expect("the log");
        text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }
}
