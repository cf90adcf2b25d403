//! A server between the desktop and the real provider: it hands on what is asked, and lies where a test tells it to.

use std::io::{self, Read as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{JoinHandle, spawn};
use std::time::Duration;

use serde_json::Value;

/// The most bytes of a head or body that pass.
const BYTES_MAX: usize = 16 * 1024 * 1024;
/// How long somebody who is silent is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is asked.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    method: String,
    pub(crate) path: String,
    headers: Vec<String>,
    body: Vec<u8>,
}

/// What is answered.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    status: u16,
    headers: Vec<String>,
    body: Vec<u8>,
}

/// The provider as it is.
#[derive(Debug, Clone)]
pub(crate) struct Real(String);

type Lie = dyn Fn(&Request, &Real) -> io::Result<Answer> + Send + Sync;

/// What connections share.
struct Shared {
    real: Real,
    lie: Mutex<Arc<Lie>>,
    asked: Mutex<Vec<String>>,
    stopped: AtomicBool,
}

/// A proxy that listens until it is dropped.
pub(crate) struct Proxy {
    address: String,
    shared: Arc<Shared>,
    listening: Option<JoinHandle<()>>,
}

impl Proxy {
    /// Listens before the provider at `base`.
    pub(crate) fn before(base: &str) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?.to_string();
        let real = Real(base.trim_start_matches("http://").to_owned());
        let lie: Arc<Lie> = Arc::new(honest);
        let (lie, asked, stopped) = (Mutex::new(lie), Mutex::default(), AtomicBool::new(false));
        let shared = Arc::new(Shared { real, lie, asked, stopped });
        let theirs = Arc::clone(&shared);
        let listening = spawn(move || {
            for stream in listener.incoming() {
                if theirs.stopped.load(Ordering::SeqCst) {
                    return;
                }
                let theirs = Arc::clone(&theirs);
                // Whoever hangs up while it is answered is not served further.
                spawn(move || stream.and_then(|stream| serve(&stream, &theirs)).ok());
            }
        });
        Ok(Self { address, shared, listening: Some(listening) })
    }

    /// Returns where it listens.
    pub(crate) fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Answers as it is told from now on.
    pub(crate) fn lie(&self, lie: impl Fn(&Request, &Real) -> io::Result<Answer> + Send + Sync + 'static) {
        *self.shared.lie.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(lie);
    }

    /// Changes what the provider answers on paths that end so; everything else is handed on as it is.
    pub(crate) fn rewrite(&self, end: &str, change: impl Fn(&mut Value) + Send + Sync + 'static) {
        let end = end.to_owned();
        self.lie(move |request, real| {
            let answer = real.ask(request)?;
            if !request.route().ends_with(&end) || answer.status != 200 {
                return Ok(answer);
            }
            let mut body = serde_json::from_slice(&answer.body)?;
            change(&mut body);
            Ok(Answer { body: serde_json::to_vec(&body)?, ..answer })
        });
    }

    /// Asks for something else wherever a path ends so.
    pub(crate) fn lead(&self, end: &str, path: &str) {
        let (end, path) = (end.to_owned(), path.to_owned());
        self.lie(
            move |request, real| {
                if request.route().ends_with(&end) { real.ask(&request.to(&path)) } else { real.ask(request) }
            },
        );
    }

    /// Answers so wherever a path ends so.
    pub(crate) fn say(&self, end: &str, answer: Answer) {
        let end = end.to_owned();
        self.lie(
            move |request, real| {
                if request.route().ends_with(&end) { Ok(answer.clone()) } else { real.ask(request) }
            },
        );
    }

    /// Hands everything on as it is.
    pub(crate) fn be_honest(&self) {
        self.lie(honest);
    }

    /// Returns the paths that were asked for, in their order.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.shared.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Counts how often paths were asked for that end so.
    pub(crate) fn count(&self, end: &str) -> usize {
        self.asked().iter().filter(|path| path.split('?').next().is_some_and(|route| route.ends_with(end))).count()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        // It looks whether it is to stop when somebody comes.
        if TcpStream::connect(&self.address).is_ok()
            && let Some(listening) = self.listening.take()
        {
            listening.join().ok();
        }
    }
}

impl Request {
    /// Returns the path without its query.
    pub(crate) fn route(&self) -> &str {
        self.path.split('?').next().unwrap_or_default()
    }

    /// Returns the same request for something else.
    pub(crate) fn to(&self, path: &str) -> Self {
        Self { path: path.to_owned(), ..self.clone() }
    }
}

impl Answer {
    /// Answers with a body of JSON.
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        let headers = vec!["content-type: application/json".to_owned()];
        Self { status, headers, body: body.to_string().into_bytes() }
    }

    /// Sends whoever asks elsewhere.
    pub(crate) fn elsewhere(status: u16, location: &str) -> Self {
        Self { status, headers: vec![format!("location: {location}")], body: Vec::new() }
    }
}

impl Real {
    /// Asks the provider. Each request has a connection of its own.
    pub(crate) fn ask(&self, request: &Request) -> io::Result<Answer> {
        let mut stream = TcpStream::connect(&self.0)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let start = format!("{} {} HTTP/1.1", request.method, request.path);
        let host = format!("host: {}", self.0);
        write(&mut stream, &start, request.headers.iter().chain([&host]), &request.body)?;
        let (start, headers, body) = read(&stream)?;
        let status =
            start.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or(io::ErrorKind::InvalidData)?;
        Ok(Answer { status, headers, body })
    }
}

fn honest(request: &Request, real: &Real) -> io::Result<Answer> {
    real.ask(request)
}

fn serve(mut stream: &TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let (start, headers, body) = read(stream)?;
    let mut words = start.split(' ').map(ToOwned::to_owned);
    let (Some(method), Some(path)) = (words.next(), words.next()) else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    let request = Request { method, path, headers, body };
    let lie = Arc::clone(&*shared.lie.lock().unwrap_or_else(PoisonError::into_inner));
    let answer = lie(&request, &shared.real)?;
    shared.asked.lock().unwrap_or_else(PoisonError::into_inner).push(request.path);
    write(&mut stream, &format!("HTTP/1.1 {} .", answer.status), answer.headers.iter(), &answer.body)
}

/// Writes a message. How long it is, and that the connection ends behind it, is said here.
fn write<'a>(
    stream: &mut impl io::Write,
    start: &str,
    headers: impl Iterator<Item = &'a String>,
    body: &[u8],
) -> io::Result<()> {
    let headers: String = headers.map(|header| format!("{header}\r\n")).collect();
    let length = body.len();
    write!(stream, "{start}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n")?;
    stream.write_all(body)
}

/// Reads a message: its first line, its headers but those of the connection, and its body.
fn read(stream: &TcpStream) -> io::Result<(String, Vec<String>, Vec<u8>)> {
    let mut bytes = io::BufReader::new(stream.take(BYTES_MAX as u64)).bytes();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(bytes.next().ok_or(io::ErrorKind::UnexpectedEof)??);
    }
    let head = String::from_utf8(head).map_err(|_| io::ErrorKind::InvalidData)?;
    let mut lines = head.lines().filter(|line| !line.is_empty()).map(ToOwned::to_owned);
    let start = lines.next().ok_or(io::ErrorKind::InvalidData)?;
    let of_connection = ["host:", "content-length:", "connection:"];
    let is = |line: &str, name: &str| line.to_ascii_lowercase().starts_with(name);
    let (own, headers): (Vec<_>, Vec<_>) = lines.partition(|line| of_connection.iter().any(|name| is(line, name)));
    let length = own.iter().find(|line| is(line, "content-length:")).and_then(|line| line.split(':').nth(1));
    let length = length.and_then(|length| length.trim().parse().ok()).unwrap_or(0);
    let body = bytes.take(length).collect::<io::Result<Vec<u8>>>()?;
    if body.len() == length { Ok((start, headers, body)) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}
