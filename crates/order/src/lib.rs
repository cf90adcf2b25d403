//! The order: what a service asks for, what was answered, what may be stored of it, what it costs, and the document that is
//! signed. Pure: no I/O, no clock, no randomness.
//!
//! A [`Definition`](catalogue::Definition) says what a service asks. [`take`](entry::take) makes an answer of what was entered,
//! [`shown`](shown::shown) writes it for people to read, [`validate`] lists what keeps answers from being submitted,
//! [`warnings`] what somebody should look at before, [`quote`] prices them, [`summary`] says which case they are about,
//! [`migrate`](migrate::migrate) brings them to another version of the service,
//! [`counted`] leaves out answers to questions that are not asked, and [`OrderDocument`](document::OrderDocument) is what an
//! order is frozen as. [`deadlines`] holds the rules about dates, and [`Definition::docket`](catalogue::Definition::docket)
//! reckons those of an order.

mod answers;
pub mod catalogue;
pub mod deadlines;
pub mod document;
pub mod entry;
mod fault;
pub mod inert;
pub mod migrate;
mod part;
mod quote;
pub mod search;
pub mod shown;
mod summary;
mod to_finish;
mod validate;
mod value;

pub use fault::{Fault, Severity};
pub use part::Part;
pub use quote::quote;
pub use summary::{Caption, Summary, folded, summary};
pub use to_finish::{row_title, to_finish};
pub use validate::{Asked, FieldPath, Problem, asked, counted, is_masked, validate, warnings};
