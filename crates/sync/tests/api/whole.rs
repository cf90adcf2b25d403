//! The driver against the provider's real server and the real local store, over loopback: tokens, roster, manifest, prices,
//! tickets, blocks, commit and receipt are all real. Only a gate stands before the store, which counts blocks and can hold
//! them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use satchel_cloud::local::{LocalSettings, LocalStore, LocalTickets, SoftwareKey, TicketKey, TicketRequest};
use satchel_cloud::{BlobStore, ContainerName};
use satchel_server::{Deps, Firm, FirmList, JwksSource, JwksUnavailable, TokenSettings, TokenVerifier, app};
use satchel_sign::{
    Admin, Bundle, Containers, Device, Edges, Identity, Roster, RosterDevice, ServiceUrl, Signed, SigningKey,
    WorkspaceKeyCheck, WrappingKeyEntry,
};
use satchel_sync::drive::{AccessToken, Account, Driver, NoToken, Remote, drive, outbox};
use satchel_sync::{BlobSource, BlockCheck, Clock, Moment, OutboxBlob, OutboxItem, Progress, State};
use satchel_terms::{
    BlobName, Cents, Code, DeviceId, EcPublicKey, FirmId, Hash, Quote, QuoteLine, RsaPublicKey, TenantId, Timestamp, V1,
};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use crate::notebook::Notebook;
use crate::office::sealed_bytes;
use crate::sample::{ORDER, blocks, device, file_name, manifest, receipts};

/// 2026-11-25 in seconds.
const NOW: u64 = 1_795_600_000;
const AUDIENCE: &str = "api://satchel-provider";
const AUTHORITY: &str = "https://sign-in.example";
const WRAPPING_KEY_ID: &str = "https://vault.example/keys/firm/1";
/// A file of 20 MB: five blocks and a short one.
const FILE_BLOCKS: u64 = 6;
/// More bytes than the store answers a put with.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// So many blocks pass the gate before it holds the next ones: document, copy, and half of the file.
const BLOCKS_BEFORE: usize = 5;

fn time(seconds: u64) -> Timestamp {
    seconds.try_into().expect("a time")
}

#[derive(Debug)]
struct Noon;

impl satchel_cloud::Clock for Noon {
    fn now(&self) -> Timestamp {
        time(NOW)
    }
}

impl Clock for Noon {
    fn now(&self) -> Moment {
        time(NOW).into()
    }
}

fn token_key() -> EncodingKey {
    EncodingKey::from_rsa_pem(include_bytes!("../../../server/tests/api/keys/test-only-token.pem")).expect("a key")
}

/// The key set of the sign-in.
#[derive(Debug)]
struct Keys;

#[async_trait]
impl JwksSource for Keys {
    async fn fetch(&self) -> Result<Vec<u8>, JwksUnavailable> {
        let jwk = Jwk::from_encoding_key(&token_key(), Algorithm::RS256).expect("a key");
        let mut jwk = serde_json::to_value(jwk).expect("JSON");
        jwk["kid"] = json!("one");
        jwk["use"] = json!("sig");
        jwk.as_object_mut().expect("an object").remove("alg");
        Ok(json!({"keys": [jwk]}).to_string().into_bytes())
    }
}

/// A client firm with one device.
struct TestFirm {
    id: FirmId,
    tenant: TenantId,
    device: DeviceId,
    roster: Signed<Roster>,
    bundle: Signed<Bundle>,
}

fn service_url(text: &str) -> ServiceUrl {
    ServiceUrl::try_from(text.to_owned()).expect("an address")
}

/// A public RSA key of the vectors.
fn rsa() -> RsaPublicKey {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/statements.json");
    let vectors: Value = serde_json::from_slice(&std::fs::read(path).expect("the vectors")).expect("JSON");
    let documents = vectors["documents"].as_array().expect("a list");
    let bundle = documents.iter().find(|document| document["name"] == "bundle: one of each").expect("it is there");
    let payload: Value = serde_json::from_str(bundle["payload"].as_str().expect("a text")).expect("JSON");
    serde_json::from_value(payload["wrappingKeys"][0]["key"].clone()).expect("a key")
}

impl TestFirm {
    fn make(storage: &str) -> Self {
        let sample = manifest(ORDER, 1, &[]);
        let (id, device_id) = (sample.statement().firm, sample.statement().device);
        let tenant: TenantId = "72f988bf-86f1-41af-91ab-2d7cd011db47".parse().expect("an id");
        let admin = SigningKey::<Admin>::from_bytes(&[3; 32]).expect("a key");
        let other = |byte| SigningKey::<Device>::from_bytes(&[byte; 32]).expect("a key").public().clone();
        let listed = RosterDevice {
            device: device_id,
            member: None,
            signing_key: device().public().clone(),
            hpke_key: other(4),
            admitted_at: time(1),
            revoked_at: None,
        };
        let check = WorkspaceKeyCheck { number: 1.try_into().expect("from 1"), check: Hash::of(b"a check") };
        let roster = Roster {
            version: V1,
            firm: id,
            number: 1.try_into().expect("from 1"),
            previous: None,
            issued_at: time(1),
            admin_key: admin.public().clone(),
            approvers: Vec::new(),
            recovery_key: other(5),
            workspace_keys: vec![check],
            devices: vec![listed],
        };
        let bundle = Bundle {
            version: V1,
            provider: "Example Legal Support".to_owned(),
            firm: id,
            firm_name: "Hartwell & Ames LLP".to_owned(),
            tenant,
            containers: Containers { sealed: "firm-1-sealed".to_owned(), live: "firm-1-live".to_owned() },
            blob_endpoint: service_url(storage),
            checkout_origin: service_url("https://pay.example"),
            wrapping_keys: vec![WrappingKeyEntry { key_id: service_url(WRAPPING_KEY_ID), key: rsa() }],
            admin_fingerprint: admin.public().thumbprint(),
            receipt_keys: vec![receipts().public().clone()],
            operators: Vec::new(),
            sequence: 1,
            issued_at: time(1),
            not_after: time(2_000_000_000),
        };
        let identity = SigningKey::<Identity>::from_bytes(&[6; 32]).expect("a key");
        Self {
            id,
            tenant,
            device: device_id,
            roster: admin.sign(roster).expect("it signs"),
            bundle: identity.sign(bundle).expect("it signs"),
        }
    }

    /// What Entra ID would issue to Dana Whitfield.
    fn token(&self) -> String {
        let mut header = Header::new(Algorithm::RS256);
        header.kid = Some("one".to_owned());
        let claims = json!({
            "iss": format!("{AUTHORITY}/{}/v2.0", self.tenant), "aud": AUDIENCE, "exp": NOW + 3_600, "nbf": NOW - 5,
            "iat": NOW - 5, "tid": self.tenant, "oid": "1c383cd3-0b7c-4f8a-9d1e-5b2f6a7c8d90",
            "roles": ["orderer", "firm-admin"], "name": "Dana Whitfield", "ver": "2.0",
        });
        encode(&header, &claims, &token_key()).expect("a token")
    }

    /// An order with one file, signed by the firm's device.
    fn order(&self, folder: &std::path::Path) -> OutboxItem {
        let mut ordered = manifest(ORDER, 1, &[blocks(FILE_BLOCKS)]).statement().clone();
        assert_eq!((ordered.firm, ordered.device), (self.id, self.device));
        let line = |code: &str, quantity, cents: u64| {
            let code = Code::try_from(code.to_owned()).expect("a code");
            QuoteLine::new(code, quantity, Cents::try_from(cents).expect("cents")).expect("a line")
        };
        ordered.quote = Quote::new(vec![line("location", 3, 4_500), line("rush", 1, 2_500)]).expect("a quote");
        let blobs = ordered.blobs.iter().map(|blob| {
            let bytes = sealed_bytes(blob.name, blob.sealed_length);
            let source = if blob.name == file_name(1) {
                let path = folder.join("sealed");
                std::fs::write(&path, bytes).expect("writes");
                BlobSource::File(path, BlockCheck::new(|_, _| true))
            } else {
                BlobSource::Bytes(bytes.into())
            };
            OutboxBlob { name: blob.name, encryption_data: encryption_data(blob.name), source }
        });
        let blobs = blobs.collect();
        OutboxItem::new(device().sign(ordered).expect("it signs"), blobs).expect("an item")
    }
}

/// The `encryptiondata` of a blob, with a wrapped key of the right length.
fn encryption_data(name: BlobName) -> String {
    let (key_id, algorithm, bytes) = if matches!(name, BlobName::Copy(_)) {
        ("workspace/1", "A256GCMKW", 12 + 40 + 16)
    } else {
        (WRAPPING_KEY_ID, "RSA-OAEP-256", 256)
    };
    format!(
        r#"{{"WrappedContentKey":{{"KeyId":"{key_id}","EncryptedKey":"{}","Algorithm":"{algorithm}"}},"EncryptionAgent":{{"Protocol":"2.0","EncryptionAlgorithm":"AES_GCM_256"}},"EncryptedRegionInfo":{{"DataLength":4194304,"NonceLength":12}},"KeyWrappingMetadata":{{"EncryptionLibrary":"Satchel 1"}},"EncryptionMode":"FullBlob"}}"#,
        BASE64_STANDARD.encode(vec![7; bytes])
    )
}

/// Counts the blocks that the store took. While it is shut, it lets so many through and holds the rest for ever, as a
/// connection does that broke with its desktop.
#[derive(Debug, Default)]
struct Gate {
    taken: Mutex<BTreeMap<String, usize>>,
    is_open: AtomicBool,
}

impl Gate {
    fn taken(&self) -> BTreeMap<String, usize> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes a block, or holds it. What comes by a connection from before the gate opened stays held.
    async fn pass(&self, block: String, is_new: bool) {
        let is_held = {
            let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
            let is_held = !is_new && (self.is_open() || taken.len() >= BLOCKS_BEFORE);
            if !is_held {
                *taken.entry(block).or_default() += 1;
            }
            is_held
        };
        if is_held {
            std::future::pending::<()>().await;
        }
    }

    fn is_open(&self) -> bool {
        self.is_open.load(Ordering::SeqCst)
    }

    fn open(&self) {
        self.is_open.store(true, Ordering::SeqCst);
    }
}

async fn answer_ticket(
    tickets: LocalTickets,
    gate: Arc<Gate>,
    is_new: bool,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let (head, body) = request.into_parts();
    let body = body.collect().await?.to_bytes().to_vec();
    let (path, query) = (head.uri.path().trim_start_matches("/blobs"), head.uri.query().unwrap_or_default());
    if head.method == Method::PUT && query.contains("comp=block&") {
        let block = query.split('&').find(|pair| pair.starts_with("blockid=")).unwrap_or_default();
        gate.pass(format!("{path} {block}"), is_new).await;
    }
    let answer = tickets.answer(&head.method, TicketRequest { path, query, headers: &head.headers, body }).await;
    let (head, body) = answer.into_parts();
    let bytes = body.collect(ANSWER_BYTES_MAX).await.expect("the store reads");
    Ok(Response::from_parts(head, Full::new(Bytes::from(bytes))))
}

/// Serves the server under `/v1` and the tickets under `/blobs`.
async fn serve(listener: TcpListener, deps: Deps, tickets: LocalTickets, gate: Arc<Gate>) {
    let router = app(deps);
    while let Ok((stream, _)) = listener.accept().await {
        let (router, tickets, gate) = (router.clone(), tickets.clone(), Arc::clone(&gate));
        let is_new = gate.is_open();
        tokio::spawn(serve_connection(stream, move |request: Request<Incoming>| {
            let router = TowerToHyperService::new(router.clone());
            let (tickets, gate) = (tickets.clone(), Arc::clone(&gate));
            async move {
                if request.uri().path().starts_with("/blobs/") {
                    let answer = answer_ticket(tickets, gate, is_new, request).await?;
                    return Ok::<_, Box<dyn std::error::Error + Send + Sync>>(
                        answer.map(|body| body.map_err(|never| match never {}).boxed_unsync()),
                    );
                }
                let answer = hyper::service::Service::call(&router, request).await?;
                Ok(answer.map(|body| body.map_err(AnyError::from).boxed_unsync()))
            }
        }));
    }
}

type AnyError = Box<dyn std::error::Error + Send + Sync>;
type AnyBody = http_body_util::combinators::UnsyncBoxBody<Bytes, AnyError>;

async fn serve_connection<F, A>(stream: TcpStream, answer: F)
where
    F: Fn(Request<Incoming>) -> A + Send + 'static,
    A: Future<Output = Result<Response<AnyBody>, AnyError>> + Send + 'static,
{
    let connection = hyper::server::conn::http1::Builder::new();
    // A client that is killed breaks the connection.
    let _ended = connection.serve_connection(TokioIo::new(stream), service_fn(answer)).await;
}

/// The sign-in of the desktop.
struct SignedIn {
    token: String,
    receipt_keys: Arc<[EcPublicKey]>,
}

#[async_trait]
impl Account for SignedIn {
    async fn token(&self) -> Result<AccessToken, NoToken> {
        Ok(AccessToken::new(self.token.clone()))
    }

    fn token_refused(&self, _: &AccessToken) {}

    fn receipt_keys(&self) -> Arc<[EcPublicKey]> {
        Arc::clone(&self.receipt_keys)
    }
}

/// A provider on loopback.
struct Provider {
    origin: String,
    firm: TestFirm,
    gate: Arc<Gate>,
    store: Arc<dyn BlobStore>,
    _folder: tempfile::TempDir,
}

impl Provider {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let folder = tempfile::tempdir().expect("a folder");
        let firm = TestFirm::make(&format!("{origin}/blobs"));
        let local = LocalStore::open(LocalSettings {
            folder: folder.path().to_owned(),
            base: format!("{origin}/blobs/").parse().expect("an address"),
            ticket_key: TicketKey::new(zeroize::Zeroizing::new([7; 32])),
            clock: Arc::new(Noon),
        });
        let local = local.expect("a store");
        let (tickets, store): (_, Arc<dyn BlobStore>) = (local.tickets(), Arc::new(local));
        let firms = Arc::new(FirmList::default());
        let listed = || Firm::new(firm.bundle.clone()).expect("a firm");
        firms.put(listed()).expect("listed");
        let provider: ContainerName = "provider".parse().expect("a name");
        satchel_server::make_containers(&*store, &provider, &listed()).await.expect("containers");
        let settings = TokenSettings { authority: AUTHORITY.to_owned(), audience: AUDIENCE.to_owned() };
        let deps = Deps {
            blobs: Arc::clone(&store),
            receipts: Arc::new(SoftwareKey::new(&receipts().expose()).expect("a key")),
            tokens: Arc::new(TokenVerifier::new(settings, Arc::new(Keys))),
            firms,
            catalogue: satchel_order::catalogue::built_in().expect("definitions").into(),
            provider,
            payments: None,
            clock: Arc::new(Noon),
        };
        let gate = Arc::<Gate>::default();
        tokio::spawn(serve(listener, deps, tickets, Arc::clone(&gate)));
        let provider = Self { origin, firm, gate, store, _folder: folder };
        provider.bring_roster().await;
        provider
    }

    async fn bring_roster(&self) {
        let url = format!("{}{}", self.origin, satchel_wire::paths::roster(1.try_into().expect("from 1")));
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let body = json!({"roster": self.firm.roster.compact()});
        let answer = client.put(url).bearer_auth(self.firm.token()).json(&body).send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), 204, "{}", answer.text().await.unwrap_or_default());
    }

    /// Starts a desktop that sends the item.
    async fn start(
        &self,
        item: &OutboxItem,
        ledger: &Notebook,
    ) -> (tokio::task::JoinHandle<Notebook>, mpsc::UnboundedReceiver<Progress>) {
        let (reported, news) = mpsc::unbounded_channel();
        let (outbox, inbox) = outbox();
        let (server, storage) = (service_url(&self.origin), service_url(&format!("{}/blobs", self.origin)));
        let receipt_keys = self.firm.bundle.statement().receipt_keys.clone().into();
        let driver = Driver {
            remote: Remote::new(&server, &storage, Edges::Practice).expect("a remote"),
            account: Arc::new(SignedIn { token: self.firm.token(), receipt_keys }),
            clock: Arc::new(Noon),
            ledger: ledger.clone(),
            rng: crate::office::Counter::default(),
            report: move |progress| {
                let _heard = reported.send(progress);
            },
        };
        outbox.add(item.clone()).await.expect("it runs");
        (tokio::spawn(drive(driver, inbox)), news)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_upload_goes_on_and_each_block_arrives_once() {
    let provider = Provider::open().await;
    let folder = tempfile::tempdir().expect("a folder");
    let item = provider.firm.order(folder.path());
    let notebook = Notebook::default();

    let (task, mut news) = provider.start(&item, &notebook).await;
    while notebook.confirmed_blocks().len() < BLOCKS_BEFORE {
        let progress = news.recv().await.expect("the driver runs until it is killed");
        assert!(!matches!(progress, Progress::State { state: State::Waiting { .. }, .. }), "{progress:?}");
    }
    task.abort();
    assert!(task.await.is_err_and(|error| error.is_cancelled()));
    let before = provider.gate.taken();
    assert_eq!(before.len(), BLOCKS_BEFORE, "{before:?}");

    provider.gate.open();
    let (task, mut news) = provider.start(&item, &notebook).await;
    let mut states = Vec::new();
    while let Some(progress) = news.recv().await {
        if let Progress::State { state, .. } = progress {
            states.push(state);
        }
    }
    task.await.expect("it ends");
    assert_eq!(states, [State::Queued, State::Uploading, State::Received]);
    let taken = provider.gate.taken();
    assert_eq!(taken.len(), usize::try_from(FILE_BLOCKS + 2).expect("fits"));
    assert!(taken.values().all(|times| *times == 1), "{taken:?}");

    for (blob, length) in item.blobs_with_lengths() {
        let path = format!("orders/{ORDER}/{}", blob.name).parse().expect("a path");
        let at = satchel_cloud::BlobAddress::new("firm-1-sealed".parse().expect("a name"), path);
        let read = provider.store.read(&at, length).await.expect("reads").expect("it is there");
        assert!(read.bytes == sealed_bytes(blob.name, length), "{} has other bytes", blob.name);
    }
}
