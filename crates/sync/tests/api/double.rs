//! A double of the provider's server and of Azure's blob storage on loopback: the routes and the REST requests that the
//! driver uses, over real connections, with faults on demand. It proves nothing about the real ones but that what is sent
//! has the form they take.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Frame, Incoming};
use hyper::header::HeaderMap;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use satchel_sign::{Manifest, Signed};
use satchel_terms::BlobName;
use satchel_wire::{CommitAnswer, CommitRequest, ErrorBody, ErrorCode, TicketsAnswer, TicketsRequest};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::sample::{device, signed_receipt, ticket};

pub(crate) const TOKEN: &str = "token-of-dana";
const MINUTE: Duration = Duration::from_secs(60);
/// Longer than the driver waits without a sign of life.
const HANG_MINUTES: u32 = 6;
/// Into how many pieces an answer is cut.
const PIECES: usize = 30;
/// More turns of the runtime than it takes a few bytes to arrive on loopback; a computer that is busy may need more, so a
/// pause is a small part of what counts as a stall.
const TURNS: u32 = 20_000;
const EXPIRES_AT: u64 = 1_764_003_600;

type Answer = Response<UnsyncBoxBody<Bytes, std::io::Error>>;

/// What a request is, by what it asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Ask {
    Tickets,
    Block,
    List,
    Commit,
    /// Of the server, about an order or the feed.
    Question,
    /// Of the storage, for a blob.
    Get,
}

/// What befalls a request.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// The connection closes when so many bytes of the body have come.
    CutAfter(usize),
    /// It is done, and the connection closes without an answer.
    LoseAnswer,
    /// Neither body nor answer moves any more.
    Hang,
    /// Answered so.
    Status(u16, Vec<(&'static str, String)>, String),
    /// It is done, and the answer comes in pieces with this time before each.
    Dribble(Duration),
    /// The receipt is this text.
    Receipt(String),
    /// The tickets lead to this storage.
    OtherStorage(String),
}

/// One request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) ask: Ask,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    /// The block, where it is one that came whole and was answered.
    pub(crate) block: Option<(String, u32)>,
}

#[derive(Debug, Default)]
pub(crate) struct Held {
    pub(crate) seen: Vec<Seen>,
    faults: VecDeque<(Ask, Fault)>,
    staged: BTreeMap<String, BTreeMap<u32, Bytes>>,
    /// Blobs with their bytes and `encryptiondata`.
    pub(crate) committed: BTreeMap<String, (Vec<u8>, String)>,
    /// Blocks that came whole and whose answer was lost.
    pub(crate) lost: Vec<(String, u32)>,
    /// What questions are answered, by path and query.
    pub(crate) answers: BTreeMap<String, String>,
    pub(crate) puts_at_once: usize,
    pub(crate) puts_at_once_max: usize,
    /// Puts of blocks are not answered while it is set.
    pub(crate) holds_puts: bool,
}

/// The double; clones are the same one.
#[derive(Debug, Clone)]
pub(crate) struct Double {
    pub(crate) address: SocketAddr,
    held: Arc<Mutex<Held>>,
    /// Told when time has to pass before anything else happens.
    waits: mpsc::UnboundedSender<Duration>,
    released: Arc<tokio::sync::Notify>,
}

impl Double {
    /// Listens on loopback. The receiver hears how long the double is about to do nothing.
    pub(crate) async fn start() -> (Self, mpsc::UnboundedReceiver<Duration>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let (waits, heard) = mpsc::unbounded_channel();
        let address = listener.local_addr().expect("an address");
        let double = Self { address, held: Arc::default(), waits, released: Arc::default() };
        let serving = double.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let double = serving.clone();
                let service = service_fn(move |request| double.clone().answer(request));
                let connection = hyper::server::conn::http1::Builder::new();
                tokio::spawn(connection.serve_connection(TokioIo::new(stream), service));
            }
        });
        (double, heard)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets this befall the next request of this kind that has no fault before it.
    pub(crate) fn fault(&self, ask: Ask, fault: Fault) {
        self.held().faults.push_back((ask, fault));
    }

    pub(crate) fn count(&self, ask: Ask) -> usize {
        self.held().seen.iter().filter(|seen| seen.ask == ask).count()
    }

    /// Returns how often each block came whole and was answered.
    pub(crate) fn blocks_answered(&self) -> BTreeMap<(String, u32), usize> {
        let mut counts = BTreeMap::new();
        for block in self.held().seen.iter().filter_map(|seen| seen.block.clone()) {
            *counts.entry(block).or_default() += 1;
        }
        counts
    }

    /// Answers the puts that were held, and holds none any more.
    pub(crate) fn release_puts(&self) {
        self.held().holds_puts = false;
        self.released.notify_waiters();
    }

    async fn answer(self, request: Request<Incoming>) -> Result<Answer, std::io::Error> {
        let ask = kind(&request);
        let (place, fault) = {
            let mut held = self.held();
            let uri = request.uri();
            let path = match (ask, uri.path_and_query()) {
                (Ask::Question, Some(whole)) => whole.to_string(),
                _ => uri.path().to_owned(),
            };
            held.seen.push(Seen { ask, path, headers: request.headers().clone(), block: None });
            let found = held.faults.iter().position(|(other, _)| *other == ask);
            (held.seen.len() - 1, found.and_then(|found| held.faults.remove(found)).map(|(_, fault)| fault))
        };
        if ask == Ask::Block {
            let mut held = self.held();
            held.puts_at_once += 1;
            held.puts_at_once_max = held.puts_at_once_max.max(held.puts_at_once);
        }
        let answer = self.befall(request, ask, place, fault).await;
        if ask == Ask::Block {
            self.held().puts_at_once -= 1;
        }
        answer
    }

    async fn befall(
        &self,
        request: Request<Incoming>,
        ask: Ask,
        place: usize,
        fault: Option<Fault>,
    ) -> Result<Answer, std::io::Error> {
        let cut = || std::io::Error::other("the connection is cut");
        match fault {
            Some(Fault::CutAfter(bytes)) => {
                let mut body = request.into_body();
                let mut came = 0;
                while came < bytes {
                    let Some(Ok(frame)) = body.frame().await else { break };
                    came += frame.data_ref().map_or(0, Bytes::len);
                }
                Err(cut())
            }
            Some(Fault::Hang) => {
                for _ in 0..HANG_MINUTES {
                    self.waits.send(MINUTE).expect("somebody listens");
                    tokio::time::sleep(MINUTE).await;
                }
                std::future::pending().await
            }
            Some(Fault::Status(status, headers, body)) => {
                request.into_body().collect().await.map_err(std::io::Error::other)?;
                let mut answer = text(status, body);
                for (name, value) in headers {
                    answer.headers_mut().insert(name, value.parse().expect("a header"));
                }
                Ok(answer)
            }
            Some(Fault::LoseAnswer) => {
                self.carry_out(request, ask, place, None).await?;
                let mut held = self.held();
                let block = held.seen[place].block.clone();
                held.lost.extend(block);
                Err(cut())
            }
            Some(Fault::Dribble(pause)) => {
                let answer = self.carry_out(request, ask, place, None).await?;
                Ok(self.dribble(answer, pause).await)
            }
            other => self.carry_out(request, ask, place, other).await,
        }
    }

    async fn dribble(&self, answer: Answer, pause: Duration) -> Answer {
        let (head, body) = answer.into_parts();
        let bytes = body.collect().await.expect("it is there").to_bytes();
        let (pieces, receiver) = mpsc::channel(1);
        let waits = self.waits.clone();
        tokio::spawn(async move {
            for piece in bytes.chunks(bytes.len().div_ceil(PIECES).max(1)) {
                waits.send(pause).expect("somebody listens");
                tokio::time::sleep(pause).await;
                let frame = Frame::data(Bytes::copy_from_slice(piece));
                if pieces.send(Ok::<_, std::io::Error>(frame)).await.is_err() {
                    return;
                }
                // It goes through two sockets before time passes again.
                for _ in 0..TURNS {
                    tokio::task::yield_now().await;
                }
            }
        });
        Response::from_parts(head, Pieces(receiver).boxed_unsync())
    }

    async fn carry_out(
        &self,
        request: Request<Incoming>,
        ask: Ask,
        place: usize,
        fault: Option<Fault>,
    ) -> Result<Answer, std::io::Error> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.map_err(std::io::Error::other)?.to_bytes();
        match ask {
            Ask::Tickets | Ask::Commit | Ask::Question => {
                if head.headers.get("authorization").is_none_or(|value| value != &format!("Bearer {TOKEN}")) {
                    return Ok(refusal(ErrorCode::Unauthenticated));
                }
                Ok(match ask {
                    Ask::Tickets => self.tickets(&body, fault),
                    Ask::Commit => self.commit(&body, fault),
                    Ask::Question | Ask::Block | Ask::List | Ask::Get => self.answer_question(place),
                })
            }
            Ask::Block => {
                let released = self.released.notified();
                if self.held().holds_puts {
                    released.await;
                }
                Ok(self.put_block(head.uri.path(), head.uri.query().unwrap_or_default(), body, place))
            }
            Ask::List => Ok(self.put_list(head.uri.path(), &head.headers, &body)),
            Ask::Get => Ok(self.get_blob(head.uri.path())),
        }
    }

    fn tickets(&self, body: &[u8], fault: Option<Fault>) -> Answer {
        let request: TicketsRequest = serde_json::from_slice(body).expect("the request reads");
        let manifest = verified(request.manifest.as_str());
        let storage = match fault {
            Some(Fault::OtherStorage(storage)) => storage,
            _ => self.url(),
        };
        let held = self.held();
        let mut answer = TicketsAnswer { tickets: Vec::new(), committed: Vec::new() };
        for blob in &manifest.statement().blobs {
            let path = path_of(&manifest, blob.name);
            if held.committed.contains_key(&path) {
                answer.committed.push(blob.name);
                continue;
            }
            let staged: BTreeSet<u32> = held.staged.get(&path).into_iter().flat_map(|s| s.keys().copied()).collect();
            let mut ticket = ticket(&storage, blob.name, EXPIRES_AT, &staged);
            ticket.url = format!("{storage}{path}?sv=2026-04-06&sig=s%2Be%3D").try_into().expect("a ticket");
            answer.tickets.push(ticket);
        }
        text(200, serde_json::to_string(&answer).expect("writes"))
    }

    fn commit(&self, body: &[u8], fault: Option<Fault>) -> Answer {
        let request: CommitRequest = serde_json::from_slice(body).expect("the request reads");
        let manifest = verified(request.manifest.as_str());
        let held = self.held();
        let is_there = |blob: &satchel_sign::ManifestBlob| {
            let length = held.committed.get(&path_of(&manifest, blob.name)).map(|(bytes, _)| bytes.len());
            length.is_some_and(|length| u64::try_from(length) == Ok(blob.sealed_length))
        };
        if !manifest.statement().blobs.iter().all(is_there) {
            return refusal(ErrorCode::BlobsMissing);
        }
        let receipt = match fault {
            Some(Fault::Receipt(receipt)) => receipt,
            _ => signed_receipt(&manifest),
        };
        let answer = CommitAnswer { receipt: receipt.try_into().expect("three parts") };
        text(200, serde_json::to_string(&answer).expect("writes"))
    }

    fn answer_question(&self, place: usize) -> Answer {
        let held = self.held();
        match held.answers.get(&held.seen[place].path) {
            Some(answer) => text(200, answer.clone()),
            None => refusal(ErrorCode::NotFound),
        }
    }

    fn get_blob(&self, path: &str) -> Answer {
        match self.held().committed.get(path) {
            Some((bytes, _)) => bytes_of(200, Bytes::from(bytes.clone())),
            None => storage_error(404, "BlobNotFound"),
        }
    }

    fn put_block(&self, path: &str, query: &str, body: Bytes, place: usize) -> Answer {
        let Some(block) = query.split('&').find_map(|pair| pair.strip_prefix("blockid=")) else {
            return storage_error(400, "MissingRequiredQueryParameter");
        };
        let id = BASE64_STANDARD.decode(block.replace("%3D", "=")).expect("base64");
        let number: u32 = String::from_utf8(id).expect("digits").parse().expect("a number");
        let mut held = self.held();
        if held.committed.contains_key(path) {
            return storage_error(403, "AuthorizationPermissionMismatch");
        }
        held.staged.entry(path.to_owned()).or_default().insert(number, body);
        held.seen[place].block = Some((path.to_owned(), number));
        text(201, String::new())
    }

    fn put_list(&self, path: &str, headers: &HeaderMap, body: &[u8]) -> Answer {
        let mut held = self.held();
        if held.committed.contains_key(path) {
            return storage_error(409, "BlobAlreadyExists");
        }
        let list = std::str::from_utf8(body).expect("text");
        let mut staged = held.staged.remove(path).unwrap_or_default();
        let mut bytes = Vec::new();
        for id in list.split("<Latest>").skip(1).filter_map(|part| part.split_once("</Latest>")).map(|(id, _)| id) {
            let id = String::from_utf8(BASE64_STANDARD.decode(id).expect("base64")).expect("digits");
            match staged.remove(&id.parse().expect("a number")) {
                Some(block) => bytes.extend_from_slice(&block),
                None => return storage_error(400, "InvalidBlockList"),
            }
        }
        let data = headers.get("x-ms-meta-encryptiondata").map(|value| value.to_str().expect("ASCII").to_owned());
        held.committed.insert(path.to_owned(), (bytes, data.unwrap_or_default()));
        text(201, String::new())
    }
}

/// Pieces of a body as they come.
#[derive(Debug)]
struct Pieces(mpsc::Receiver<Result<Frame<Bytes>, std::io::Error>>);

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        self.0.poll_recv(context)
    }
}

/// Returns the path of a blob in the storage.
pub(crate) fn path_of(manifest: &Signed<Manifest>, name: BlobName) -> String {
    format!("/sealed/orders/{}/{name}", manifest.statement().order)
}

fn kind(request: &Request<Incoming>) -> Ask {
    let (path, query) = (request.uri().path(), request.uri().query().unwrap_or_default());
    let of_server = path.starts_with("/v1/");
    if path.ends_with("/tickets") {
        Ask::Tickets
    } else if path.ends_with("/commit") {
        Ask::Commit
    } else if of_server {
        Ask::Question
    } else if request.method() == Method::GET {
        Ask::Get
    } else if query.contains("comp=blocklist") {
        Ask::List
    } else {
        Ask::Block
    }
}

fn verified(compact: &str) -> Signed<Manifest> {
    Signed::verify(compact, [device().public()]).expect("the device signed it")
}

pub(crate) fn refusal(code: ErrorCode) -> Answer {
    let body = ErrorBody::new(code).write().expect("writes");
    text(code.status(), String::from_utf8(body).expect("text"))
}

/// A refusal as a fault.
pub(crate) fn refused(code: ErrorCode) -> Fault {
    let body = ErrorBody::new(code).write().expect("writes");
    Fault::Status(code.status(), Vec::new(), String::from_utf8(body).expect("text"))
}

fn storage_error(status: u16, code: &'static str) -> Answer {
    let mut answer = text(status, format!("<Error><Code>{code}</Code></Error>"));
    answer.headers_mut().insert("x-ms-error-code", code.parse().expect("a header"));
    answer
}

fn text(status: u16, body: String) -> Answer {
    bytes_of(status, Bytes::from(body))
}

fn bytes_of(status: u16, body: Bytes) -> Answer {
    let body = Full::new(body).map_err(|never: Infallible| match never {}).boxed_unsync();
    let mut answer = Response::new(body);
    *answer.status_mut() = StatusCode::from_u16(status).expect("a status");
    answer
}
