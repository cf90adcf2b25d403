//! A provider on loopback, for trying Satchel without an account or a network: the server, a local cloud, software keys, and
//! a sign-in reduced to a token. Never linked into the app.
//!
//! [`Running`] is all of it. The code behind it is the one that runs in production; what differs are the edges: where blobs
//! lie, who keeps the keys, who signs in. docs/PRACTICE.md says what lies in the folder and how a practice build of the
//! desktop finds it.
//!
//! **Invariant.** It listens on 127.0.0.1 and answers under that name only (`tests/api/edges.rs`). There is no setting for
//! another address.

mod chance;
pub mod checkout;
mod clock;
mod firm;
mod folder;
mod intake;
mod keys;
mod pins;
mod request_log;
mod routes;
mod serve;
mod sign_in;
mod token_key;

pub use clock::SystemClock;
pub use firm::FirmError;
pub use folder::{Folder, FolderError};
pub use intake::{IntakeError, intake_desk, write_feed};
pub use keys::KeysError;
pub use pins::{PINS, Pins};
pub use satchel_cloud::Clock;
pub use serve::{FirmChoice, Running, ServeError, Settings};
