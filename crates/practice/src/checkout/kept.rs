//! What the double remembers, also over a restart: sessions, and answers under idempotency keys. Events that were not
//! delivered are lost with the process, as an event can be lost on its way.

use satchel_terms::V1;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::form::Parameters;
use super::session::Session;
use crate::folder::{Folder, FolderError};

const FILE: &str = "checkout.json";
const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// The most sessions; the oldest ones that have ended give way.
pub(super) const SESSIONS_MAX: usize = 1_000;
/// The most answers; the oldest ones give way.
const ANSWERS_MAX: usize = 1_000;

/// Says why a test checkout does not open.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// The folder cannot be read or written.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// What it keeps cannot be written.
    #[error("the sessions cannot be written")]
    Form(#[source] serde_json::Error),
    /// No client can be made that would send events.
    #[error("no HTTP client can be made")]
    Client(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// An answer under an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Answer {
    pub(super) key: String,
    pub(super) path: String,
    pub(super) parameters: Parameters,
    pub(super) status: u16,
    pub(super) body: Value,
}

/// Everything that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kept {
    version: V1,
    pub(super) sessions: Vec<Session>,
    pub(super) answers: Vec<Answer>,
}

impl Default for Kept {
    fn default() -> Self {
        Self { version: V1, sessions: Vec::new(), answers: Vec::new() }
    }
}

impl Kept {
    pub(super) fn load(folder: &Folder) -> Result<Self, KeepError> {
        let Some(text) = folder.read(FILE, FILE_BYTES_MAX)? else { return Ok(Self::default()) };
        serde_json::from_slice(&text).map_err(|_| folder.damaged(FILE).into())
    }

    pub(super) fn save(&self, folder: &Folder) -> Result<(), KeepError> {
        Ok(folder.write(FILE, &serde_json::to_vec(self).map_err(KeepError::Form)?)?)
    }

    /// Adds a session. Answers whether there was room.
    pub(super) fn add(&mut self, session: Session) -> bool {
        if self.sessions.len() >= SESSIONS_MAX {
            let Some(oldest) = self.sessions.iter().position(Session::has_ended) else { return false };
            self.sessions.remove(oldest);
        }
        self.sessions.push(session);
        true
    }

    /// Remembers an answer.
    pub(super) fn remember(&mut self, answer: Answer) {
        self.answers.push(answer);
        let surplus = self.answers.len().saturating_sub(ANSWERS_MAX);
        self.answers.drain(..surplus);
    }
}
