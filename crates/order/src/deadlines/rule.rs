//! What a rule says, once it was read.

use jiff::civil::Date;

use super::calendar::Calendar;
use super::count::{Days, Roll, Way};
use super::manner::Manner;

/// The id of the one input that says how a paper is served.
pub const MANNER: &str = "manner";

/// Every rule and every calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rulebook {
    /// The calendars.
    pub calendars: Vec<Calendar>,
    /// The rules, in the order of their files. A rule refers only to rules before it.
    pub rules: Vec<Rule>,
    /// What manners of service add.
    pub(super) extensions: Vec<Extension>,
}

impl Rulebook {
    /// Finds a rule.
    #[must_use]
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// Finds a calendar.
    #[must_use]
    pub fn calendar(&self, id: &str) -> Option<&Calendar> {
        self.calendars.iter().find(|calendar| calendar.id == id)
    }

    pub(super) fn extension(&self, id: &str) -> Option<&Extension> {
        self.extensions.iter().find(|extension| extension.id == id)
    }
}

/// Which side of its date a rule allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bound {
    /// Not before it.
    Earliest,
    /// Not after it.
    Latest,
    /// It sets no date and is only called to mind.
    Reminder,
}

impl Bound {
    /// Returns the name under which rules and other programs know it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Earliest => "earliest",
            Self::Latest => "latest",
            Self::Reminder => "reminder",
        }
    }
}

/// A rule of procedure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its id.
    pub id: String,
    /// Whose rule it is: "California".
    pub jurisdiction: String,
    /// What the user reads beside the date.
    pub label: String,
    /// Which side of the date is allowed.
    pub bound: Bound,
    /// The statute or rule of court.
    pub citation: String,
    /// Where its text can be read.
    pub source: String,
    /// When somebody last reviewed it; docs/DEADLINES.md says against what.
    pub reviewed: Date,
    /// The readings taken.
    pub notes: Vec<String>,
    /// What it takes.
    pub inputs: Vec<Input>,
    /// The input that is compared with the result.
    pub checked: Option<String>,
    /// The calendar that it counts on, by id.
    pub calendar: Option<String>,
    /// Its counts: of an earliest date the latest of them holds, of a latest date the earliest.
    pub(super) steps: Vec<Step>,
}

impl Rule {
    /// Finds an input.
    #[must_use]
    pub fn input(&self, id: &str) -> Option<&Input> {
        self.inputs.iter().find(|input| input.id == id)
    }
}

/// What a rule takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Its id within the rule.
    pub id: String,
    /// What the user reads.
    pub label: String,
    /// What kind of answer it takes.
    pub kind: InputKind,
    /// Whether there is no result without it.
    pub needed: bool,
    /// What stands in for a date that is not known.
    pub(super) otherwise: Option<Otherwise>,
}

/// What kind of answer an input takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputKind {
    /// A date.
    Date,
    /// A manner of service.
    Manner,
}

/// What stands in for a date that is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Otherwise {
    /// Today, or the next court day.
    Today,
    /// Another input of the rule, which stands before.
    Input(String),
    /// What another rule gives, which stands before; if that is an earliest date, not before today.
    Rule(String),
}

/// One count of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    /// The input that is counted from.
    pub(super) from: String,
    /// What the user reads of that.
    pub(super) words: String,
    pub(super) way: Way,
    pub(super) days: Days,
    /// What the manner of service adds, by id.
    pub(super) extension: Option<String>,
    pub(super) purpose: Purpose,
    pub(super) roll: Roll,
    pub(super) ground: Ground,
}

/// What a count is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// It is what the rule orders: so many days, and from there what the manner of service adds.
    Count,
    /// It undoes a count forward: finds the last day from which that ends in time.
    Undo,
}

/// Why a count that ends on no court day is moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ground {
    /// The law moves it.
    Law,
    /// The law does not; it is moved to be safe, and because little is done on such a day.
    Caution,
}

/// What manners of service add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Extension {
    pub(super) id: String,
    /// Whether the end is moved to a court day before anything is added, and then once more (Fed. R. Civ. P. 6(d)).
    pub(super) after_roll: bool,
    pub(super) added: Vec<(Manner, Days)>,
}

impl Extension {
    pub(super) fn days(&self, manner: Manner) -> Option<Days> {
        self.added.iter().find(|(known, _)| *known == manner).map(|(_, days)| *days)
    }
}
