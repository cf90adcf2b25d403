//! The catalogue: what each service asks for, as data.
//!
//! A definition is TOML: sections of fields, which of them are required or shown and when, which are sensitive, which repeat,
//! what the order costs, and which dates the law sets for it. The window renders a form from it,
//! [`validate`](crate::validate) checks answers against it, [`quote`](crate::quote) prices them, and [`Definition::docket`]
//! reckons their dates. A definition that contradicts itself is refused with its line and the reason.

mod deadlines;
mod definition;
mod read;

pub use deadlines::{DeadlineFields, DocketEntry};
pub use definition::{
    CaptionFields, ChoiceStyle, Condition, Definition, Field, FieldId, Kind, ListFields, Looks, Price, Quantity,
    QuantityOf, ROWS, Repeats, Requirement, Section, ServiceOption, Width,
};
pub use read::DefinitionError;

/// The definitions that are built in, by service.
///
/// # Errors
/// None: a test reads them all.
pub fn built_in() -> Result<Vec<Definition>, DefinitionError> {
    [include_str!("../../catalogue/records-retrieval.toml")].into_iter().map(Definition::read).collect()
}
