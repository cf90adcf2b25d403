//! What the commands take and answer, as the window reads it. TypeScript types are made from these (`cargo xtask bindings`).
//!
//! A **path** names an answer of a draft: `section.field`, in a row of a repeating section `section.row.field` with the row's
//! id, and of an address a part more: `subject.address.zip`.

pub mod deadlines;
pub mod diagnostics;
pub mod draft;
pub mod files;
pub mod form;
pub mod history;
pub mod moving;
pub mod orders;
pub mod outbox;
pub mod policy;
pub mod received;
pub mod review;
pub mod vault;
