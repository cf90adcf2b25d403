//! What can be wrong with an answer.

use crate::value::COUNT_MAX;

/// What is wrong with an answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// There is none, and the order needs one.
    #[error("this is needed to submit the order")]
    Missing,
    /// It has too many characters.
    #[error("this has {chars} characters, and at most {chars_max} fit here")]
    TooLong {
        /// Its characters.
        chars: usize,
        /// What fits.
        chars_max: usize,
    },
    /// It is no date of the calendar.
    #[error("this is no date of the calendar")]
    NotADate,
    /// It is no time of the day.
    #[error("this is no time of the day, such as 2:30 PM")]
    NotATime,
    /// It is a statement, and nobody agreed to it.
    #[error("the order can be submitted only if this is agreed to")]
    NotAgreed,
    /// It is no amount.
    #[error("this is no amount of money, such as 25 or 1,250.00")]
    NotAnAmount,
    /// It is no number of things.
    #[error("this is no number: digits only, such as 3")]
    NotANumber,
    /// It is no e-mail address.
    #[error("this is no e-mail address, such as name@example.com")]
    NotAnEmail,
    /// It is no telephone number.
    #[error("this is no telephone number: ten digits, or + and a country code")]
    NotAPhone,
    /// It is no social security number.
    #[error("this is no social security number: nine digits, or the last four")]
    NotAnSsn,
    /// It is larger than a number of things can be.
    #[error("this is more than {COUNT_MAX}")]
    TooMany,
    /// It is not among the options.
    #[error("this is not among the choices any more")]
    NotAnOption,
    /// It is no state or territory.
    #[error("this is no state: two letters, such as CA")]
    NotAState,
    /// It is no ZIP code.
    #[error("this is no ZIP code: five digits, or nine")]
    NotAZip,
    /// It holds markup or invisible characters.
    #[error("this holds something that cannot be stored as text; enter it anew")]
    NotInert,
    /// It is of another kind, as after a change of the catalogue.
    #[error("this was answered in another form; answer it anew")]
    WrongShape,
    /// The form does not ask this.
    #[error("the form does not ask this any more")]
    Unknown,
    /// There are too few rows.
    #[error("at least {rows_min} {item} is needed")]
    TooFewRows {
        /// What a row is called.
        item: String,
        /// The fewest.
        rows_min: usize,
    },
    /// There are too many rows.
    #[error("at most {rows_max} can be in one order ({item}); put the rest into another order")]
    TooManyRows {
        /// What a row is called.
        item: String,
        /// The most.
        rows_max: usize,
    },
    /// Somebody is to be served at a PO box. A warning: it keeps nothing from being submitted.
    #[error(
        "Nothing can be served or handed over at a PO box. Add the street address, or keep it if this is only mailed there."
    )]
    PoBox,
}

/// How much a fault matters, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// What was answered cannot be submitted.
    Wrong,
    /// Something is not answered yet.
    Empty,
    /// It can be submitted as it is, and somebody should look at it.
    Caution,
}

impl Severity {
    /// Returns the name under which other programs know it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Wrong => "wrong",
            Self::Empty => "empty",
            Self::Caution => "caution",
        }
    }
}

impl Fault {
    /// Returns the name under which other programs know the fault. It never changes, whatever the words do.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::TooLong { .. } => "too-long",
            Self::NotADate => "not-a-date",
            Self::NotATime => "not-a-time",
            Self::NotAgreed => "not-agreed",
            Self::NotAnAmount => "not-an-amount",
            Self::NotANumber => "not-a-number",
            Self::NotAnEmail => "not-an-email",
            Self::NotAPhone => "not-a-phone",
            Self::NotAnSsn => "not-an-ssn",
            Self::TooMany => "too-many",
            Self::NotAnOption => "not-an-option",
            Self::NotAState => "not-a-state",
            Self::NotAZip => "not-a-zip",
            Self::NotInert => "not-inert",
            Self::WrongShape => "wrong-shape",
            Self::Unknown => "unknown",
            Self::TooFewRows { .. } => "too-few-rows",
            Self::TooManyRows { .. } => "too-many-rows",
            Self::PoBox => "po-box",
        }
    }

    /// Tells how much it matters. Too few rows are something that is not answered yet.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        match self {
            Self::Missing | Self::NotAgreed | Self::TooFewRows { .. } => Severity::Empty,
            Self::PoBox => Severity::Caution,
            Self::TooLong { .. }
            | Self::NotADate
            | Self::NotATime
            | Self::NotAnAmount
            | Self::NotANumber
            | Self::NotAnEmail
            | Self::NotAPhone
            | Self::NotAnSsn
            | Self::TooMany
            | Self::NotAnOption
            | Self::NotAState
            | Self::NotAZip
            | Self::NotInert
            | Self::WrongShape
            | Self::Unknown
            | Self::TooManyRows { .. } => Severity::Wrong,
        }
    }
}
