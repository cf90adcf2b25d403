//! What a definition says, once it was read.

use std::fmt;
use std::num::NonZeroU32;

use satchel_terms::{CatalogueVersion, Cents, Code};

use super::deadlines::DeadlineFields;

/// The field under which the rows of a repeating section are kept: `locations.rows`.
pub const ROWS: &str = "rows";

/// Names a field of a service: `section.field`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldId {
    section: String,
    field: String,
}

impl FieldId {
    /// Puts the two parts together.
    #[must_use]
    pub fn new(section: &str, field: &str) -> Self {
        Self { section: section.to_owned(), field: field.to_owned() }
    }

    /// Returns the section's id.
    #[must_use]
    pub fn section(&self) -> &str {
        &self.section
    }

    /// Returns the field's id within its section.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }
}

impl fmt::Display for FieldId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.section, self.field)
    }
}

/// A service that can be ordered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// The service and the version of this definition.
    pub catalogue: CatalogueVersion,
    /// What the user reads.
    pub name: String,
    /// One line on what it is for.
    pub summary: String,
    /// The form's sections in their order.
    pub sections: Vec<Section>,
    /// Which fields make the caption of the case.
    pub caption: CaptionFields,
    /// Which fields a list of orders shows.
    pub list: ListFields,
    /// The lines of the quote in their order.
    pub prices: Vec<Price>,
    /// Which fields the rules about dates are reckoned with, in the order in which the docket shows them.
    pub deadlines: Vec<DeadlineFields>,
}

impl Definition {
    /// Finds a section.
    #[must_use]
    pub fn section(&self, id: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.id == id)
    }

    /// Finds a field.
    #[must_use]
    pub fn field(&self, id: &FieldId) -> Option<&Field> {
        self.section(id.section())?.fields.iter().find(|field| field.id == id.field())
    }
}

/// A part of the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its id.
    pub id: String,
    /// What the user reads.
    pub title: String,
    /// What stands beside the title.
    pub hint: Option<String>,
    /// The fields that the one line of the folded section shows; where it repeats, that of a folded row. None of them is
    /// sensitive.
    pub summary: Vec<String>,
    /// Whether its fields repeat.
    pub repeats: Option<Repeats>,
    /// Its ids in earlier versions, the newest first.
    pub was: Vec<String>,
    /// Its fields in their order.
    pub fields: Vec<Field>,
}

/// How often a section's fields repeat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeats {
    /// What one row is called: "location".
    pub item: String,
    /// The fewest rows that can be submitted.
    pub rows_min: usize,
    /// The most rows.
    pub rows_max: usize,
}

/// A question of the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its id within the section.
    pub id: String,
    /// What the user reads.
    pub label: String,
    /// What kind of answer it takes.
    pub kind: Kind,
    /// How much of the form's column it takes.
    pub width: Width,
    /// How the options of a choice are offered; none for any other kind.
    pub style: Option<ChoiceStyle>,
    /// Whether the order needs an answer.
    pub requirement: Requirement,
    /// When it is asked at all; always, where there is no condition.
    pub shown_if: Option<Condition>,
    /// When somebody is served at this address, so that a PO box is no use; never, where there is no condition.
    pub served_if: Option<Condition>,
    /// Whether the answer is masked and kept out of lists, notifications and file names.
    pub sensitive: bool,
    /// What helps to answer.
    pub help: Option<String>,
    /// What it was called in earlier versions, the newest first.
    pub was: Vec<FieldId>,
}

/// Whether an order needs an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Requirement {
    /// It can be left out.
    Optional,
    /// It must be there.
    Always,
    /// It must be there when the condition holds.
    When(Condition),
}

/// Holds when another field has one of these answers; of a choice of several, when one of them is among those chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The other field. Of the same repeating section, it is looked at in the same row.
    pub field: FieldId,
    /// The answers: option ids, or `yes` and `no`.
    pub is: Vec<String>,
}

/// What kind of answer a field takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// One line.
    Text {
        /// The most characters.
        chars_max: usize,
    },
    /// Several lines.
    Paragraph {
        /// The most characters.
        chars_max: usize,
    },
    /// A calendar date, `YYYY-MM-DD` in an order.
    Date {
        /// Which year a date typed without one means.
        looks: Looks,
    },
    /// A time of the day, `HH:MM` in an order; which time zone it is in, another field says.
    Time,
    /// An e-mail address.
    Email,
    /// A telephone number of the United States, or an international one with `+`.
    Phone,
    /// A social security number, or its last four digits.
    Ssn,
    /// An amount, in cents in an order.
    Money,
    /// A number of things.
    Count,
    /// Yes or no.
    YesNo,
    /// A statement that has to be agreed to, word for word.
    Attestation {
        /// What is agreed to.
        statement: String,
    },
    /// One of several options.
    Choice(Vec<ServiceOption>),
    /// Any of several options.
    Choices(Vec<ServiceOption>),
    /// An address in the United States: line1, line2, city, state, zip.
    Address,
}

/// Which year a date typed without one means. A written year stands, and two digits of one are completed by the same rule
/// (docs in [`entry`](crate::entry)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Looks {
    /// The next such day from today on: appointments and due dates.
    #[default]
    Ahead,
    /// The last such day up to today: birth and loss dates.
    Back,
}

/// How much of the form's column a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// All of it.
    Full,
    /// Two thirds.
    TwoThirds,
    /// Half.
    Half,
    /// A third.
    Third,
}

impl Width {
    /// Returns how many of the form's twelve columns that is.
    #[must_use]
    pub const fn columns(self) -> u8 {
        match self {
            Self::Full => 12,
            Self::TwoThirds => 8,
            Self::Half => 6,
            Self::Third => 4,
        }
    }
}

/// How the options of a choice are offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChoiceStyle {
    /// All side by side.
    Radio,
    /// In a list that opens.
    Select,
    /// In a list that opens and is searched by words: for more options than anybody reads.
    Search,
}

/// An option of a choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceOption {
    /// What an order holds.
    pub id: String,
    /// What the user reads.
    pub label: String,
}

/// The fields that make the caption of the case. None of them is sensitive or in a section that repeats; each is a text or
/// a choice, and the trial date a date.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CaptionFields {
    /// The side that sues.
    pub plaintiff: Option<FieldId>,
    /// The side that is sued.
    pub defendant: Option<FieldId>,
    /// The court.
    pub court: Option<FieldId>,
    /// The county.
    pub county: Option<FieldId>,
    /// The branch or district of the court.
    pub branch: Option<FieldId>,
    /// The case number.
    pub number: Option<FieldId>,
    /// The department of the court.
    pub department: Option<FieldId>,
    /// The judge.
    pub judge: Option<FieldId>,
    /// The date of trial.
    pub trial_date: Option<FieldId>,
}

/// The fields that a list of orders shows. None of them is sensitive or in a section that repeats.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListFields {
    /// Whom or what the order is about.
    pub subject: Option<FieldId>,
    /// The firm's own number.
    pub client_matter: Option<FieldId>,
    /// When it has to be done.
    pub due: Option<FieldId>,
}

/// A line of the quote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    /// What is priced.
    pub code: Code,
    /// What the user reads.
    pub label: String,
    /// The price of one.
    pub unit: Cents,
    /// How many there are.
    pub quantity: Quantity,
}

/// How many of something an order has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quantity {
    /// What is counted.
    pub of: QuantityOf,
    /// What must hold for it to count; of a repeating section, row by row.
    pub when: Option<Condition>,
}

/// What is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QuantityOf {
    /// The order itself: one.
    Order,
    /// The rows of a repeating section.
    RowsOf(String),
    /// The answer to a field of kind count.
    Field(FieldId),
}

impl Definition {
    /// Returns the version as a number.
    #[must_use]
    pub fn version(&self) -> NonZeroU32 {
        self.catalogue.version
    }
}
