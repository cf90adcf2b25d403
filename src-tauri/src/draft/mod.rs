//! Drafts: what the vault keeps of an order that is being filled in, and what the window sees of it.

mod assess;
mod docket;
mod form;
mod open;
mod past;
mod path;
mod record;
mod review;
mod shown;
mod versions;

pub(crate) use assess::assessment;
pub(crate) use form::form;
pub(crate) use open::OpenDraft;
pub(crate) use past::Direction;
pub(crate) use path::AnswerPath;
pub(crate) use record::{DraftRecord, change};
pub(crate) use review::{review, submitted};
pub(crate) use shown::answers;
