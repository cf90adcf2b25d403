//! The order: what a service asks for, what was answered, what may be stored of it, what it costs, and the document that is
//! signed. Pure: no I/O, no clock, no randomness.
//!
//! A [`Definition`](catalogue::Definition) says what a service asks. [`validate`] lists what keeps answers from being submitted,
//! [`quote`] prices them, [`counted`] leaves out answers to questions that are not asked, and
//! [`OrderDocument`](document::OrderDocument) is what an order is frozen as.

mod answers;
mod asked;
pub mod catalogue;
pub mod document;
pub mod inert;
mod quote;
mod validate;
mod value;

pub use asked::{Asked, asked};
pub use quote::quote;
pub use validate::{Fault, FieldPath, Problem, counted, is_masked, validate};
pub use value::Part;
