//! The commands under the access list that is compiled in, and what tauri.conf.json says; on a mock runtime, so no
//! display is needed. What the real web view makes of it is tried in tests/e2e.

mod answers;
mod attacks;
mod configuration;
// As `locking`.
#[cfg(test)]
mod deadlines;
mod drafts;
mod files;
mod grants;
// As `locking`.
#[cfg(test)]
mod finding;
#[cfg(feature = "practice")]
mod hostile;
// `cfg(test)` says what is true anyway, and lets the lints know that helpers here may panic as tests do.
#[cfg(test)]
mod locking;
#[cfg(test)]
mod managed;
// As `locking`.
#[cfg(test)]
#[cfg(feature = "practice")]
mod moved;
#[cfg(test)]
mod past;
// As `locking`.
#[cfg(feature = "practice")]
mod provider;
#[cfg(feature = "practice")]
mod received;
mod refusals;
mod registration;
#[cfg(test)]
#[cfg(feature = "practice")]
mod revoked;
#[cfg(test)]
mod rotated;
mod sending;
mod window;
