//! The catalogue: what each service asks for, as data.
//!
//! A definition is TOML: sections of fields, which of them are required or shown and when, which are sensitive, which repeat,
//! what the order costs, and which dates the law sets for it. The window renders a form from it,
//! [`validate`](crate::validate) checks answers against it, [`quote`](crate::quote) prices them, and [`Definition::docket`]
//! reckons their dates. A definition that contradicts itself is refused with its line and the reason.

mod deadlines;
mod definition;
mod read;
mod source;

pub use deadlines::{DeadlineFields, DocketEntry};
pub use definition::{
    CaptionFields, ChoiceStyle, Condition, Definition, Field, FieldId, Kind, ListFields, Looks, Price, Quantity,
    QuantityOf, ROWS, Repeats, Requirement, Section, ServiceOption, Width,
};
pub use read::DefinitionError;
pub use source::{File, Source};

include!(concat!(env!("OUT_DIR"), "/catalogue.rs"));

/// The definitions that are built in, in the order in which they are offered.
///
/// # Errors
/// None: a test reads them all.
pub fn built_in() -> Result<Vec<Definition>, DefinitionError> {
    SERVICES.iter().map(|file| Source::assemble(*file, SHARED)?.read()).collect()
}

/// The files of the services that are built in, before what they share was put in.
#[must_use]
pub fn service_files() -> &'static [File<'static>] {
    SERVICES
}

/// What the services that are built in have in common, for a [`Source`] of another one.
#[must_use]
pub fn shared_files() -> &'static [File<'static>] {
    SHARED
}
