//! A provider beside a desk: the practice provider in this process, where the practice build looks for it.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use satchel_intake::Desk as IntakeDesk;
use satchel_practice::{Clock, FirmChoice, Running, Settings, SystemClock, intake_desk};
use serde_json::Value;
use tauri::async_runtime::block_on;

use crate::window::Desk;

/// How long something may take that happens by itself.
const WITHIN: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(50);

/// A provider that answers until it is dropped.
pub(crate) struct Provider {
    running: Option<Running>,
    folder: PathBuf,
    clock: Arc<dyn Clock>,
}

impl Provider {
    pub(crate) fn start(desk: &Desk) -> Result<Self, Box<dyn std::error::Error>> {
        Self::start_with(desk, Arc::new(SystemClock))
    }

    /// Starts one whose clock, and that of its operator, is this one.
    pub(crate) fn start_with(desk: &Desk, clock: Arc<dyn Clock>) -> Result<Self, Box<dyn std::error::Error>> {
        let folder = desk.path().join("provider");
        let settings =
            Settings { folder: folder.clone(), port: None, firm: FirmChoice::Same, clock: Arc::clone(&clock) };
        Ok(Self { running: Some(block_on(Running::start(settings))?), folder, clock })
    }

    /// Returns where it answers.
    pub(crate) fn base(&self) -> &str {
        self.running.as_ref().map_or("", Running::base)
    }

    /// Returns the folder that holds everything of it.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns where desktops look for a part of it.
    pub(crate) fn where_is(&self, part: &str) -> Result<String, Box<dyn std::error::Error>> {
        let pins: Value = serde_json::from_slice(&std::fs::read(self.folder.join("practice.json"))?)?;
        Ok(pins.get(part).and_then(Value::as_str).ok_or("no such part")?.to_owned())
    }

    /// Has desktops look elsewhere for a part of it: `server`, `token` or `onboarding`.
    pub(crate) fn is_looked_for(&self, part: &str, address: &str) -> Result<(), Box<dyn std::error::Error>> {
        let file = self.folder.join("practice.json");
        let mut pins: serde_json::Map<String, Value> = serde_json::from_slice(&std::fs::read(&file)?)?;
        pins.insert(part.to_owned(), address.into());
        Ok(std::fs::write(file, serde_json::to_vec(&pins)?)?)
    }

    /// Returns the desk of its operator.
    pub(crate) fn operator(&self) -> Result<IntakeDesk, Box<dyn std::error::Error>> {
        Ok(intake_desk(self.folder.clone(), Arc::clone(&self.clock))?)
    }

    /// Returns the lines of its log of requests.
    pub(crate) fn requests(&self) -> Result<Vec<Value>, Box<dyn std::error::Error>> {
        let log = std::fs::read_to_string(self.folder.join("requests.jsonl"))?;
        Ok(log.lines().map(serde_json::from_str).collect::<Result<_, _>>()?)
    }

    /// Asks the provider's server for something, in the name of the sample person.
    pub(crate) fn get(&self, path: &str) -> Result<Value, Box<dyn std::error::Error>> {
        let of = |answer: String| answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).ok_or(answer);
        let token = self.where_is("token")?;
        let token = token.strip_prefix(self.base()).ok_or("tokens are elsewhere")?;
        let token: Value = serde_json::from_str(&of(self.post(token, "Content-Type: application/json", "")?)?)?;
        let bearer =
            format!("Authorization: Bearer {}", token.get("accessToken").and_then(Value::as_str).ok_or("no token")?);
        Ok(serde_json::from_str(&of(self.send("GET", path, &bearer, "")?)?)?)
    }

    /// Presses a button of a payment page, as a browser does.
    pub(crate) fn press(&self, page: &str, button: &str) -> Result<(), Box<dyn std::error::Error>> {
        let path = page.strip_prefix(self.base()).ok_or("the page is not the provider's")?;
        let answer = self.post(path, "Content-Type: application/x-www-form-urlencoded", &format!("do={button}"))?;
        if answer.starts_with("HTTP/1.1 303") { Ok(()) } else { Err(answer.into()) }
    }

    /// Sends the provider something, as anybody on this computer can, and returns what it answers.
    pub(crate) fn post(&self, path: &str, header: &str, body: &str) -> Result<String, Box<dyn std::error::Error>> {
        self.send("POST", path, header, body)
    }

    fn send(&self, method: &str, path: &str, header: &str, body: &str) -> Result<String, Box<dyn std::error::Error>> {
        let host = self.base().strip_prefix("http://").ok_or("the provider has no address")?;
        let mut stream = TcpStream::connect(host)?;
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{header}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            block_on(running.stop()).ok();
        }
    }
}

/// Asks until something is so, and fails where it does not become so.
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + WITHIN;
    while !is_so() {
        assert!(Instant::now() < end, "waited in vain for {what}");
        block_on(async { tokio::time::sleep(POLL).await });
    }
}
