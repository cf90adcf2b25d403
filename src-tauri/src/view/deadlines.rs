//! The dates that rules of procedure set for an order, as the docket shows them.

use serde::Serialize;

/// A line of the docket's dates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct DeadlineView {
    /// The rule's id; a rule has one line.
    pub rule: String,
    /// Whose rule it is: "California".
    pub jurisdiction: String,
    /// What it is a date of: "Earliest production".
    pub label: String,
    /// Which side of the date is allowed.
    pub bound: BoundView,
    /// The statute or rule of court.
    pub citation: String,
    /// Where its text can be read.
    pub source: String,
    /// When somebody last reviewed the rule.
    pub reviewed: DayView,
    /// The readings taken.
    pub notes: Vec<String>,
    /// The date, or why there is none.
    pub outcome: OutcomeView,
}

/// Which side of a date is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum BoundView {
    /// Not before it.
    Earliest,
    /// Not after it.
    Latest,
    /// There is no date.
    Reminder,
}

/// A day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct DayView {
    /// `2026-12-21`.
    pub iso: String,
    /// `Mon Dec 21, 2026`; entered into a field of dates, it is that day.
    pub shown: String,
}

/// What a rule gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum OutcomeView {
    /// A date.
    Date(Box<DatedView>),
    /// Something has to be entered first.
    Missing {
        /// What.
        inputs: Vec<MissingView>,
    },
    /// It cannot be counted.
    Uncounted {
        /// Why, in a sentence.
        says: String,
    },
    /// The rule sets no date and is only called to mind.
    Reminder,
}

/// A date and how it was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct DatedView {
    /// The date to go by, without the firm's margin.
    pub date: DayView,
    /// Where the law's own count ends, if that is another day.
    pub bare: Option<DayView>,
    /// The count that holds, in one line.
    pub brief: String,
    /// How it was reckoned, in sentences.
    pub why: String,
    /// The rule's other counts.
    pub also: Vec<String>,
    /// What the firm keeps clear of the date.
    pub margin: Option<MarginView>,
    /// How the date that was entered stands.
    pub entered: Option<EnteredView>,
    /// How many days the date lies back while none was entered.
    pub passed_days: u32,
}

/// The calendar days that a firm keeps clear of a date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct MarginView {
    /// How many.
    pub days: u16,
    /// The date with them; none beyond the table of holidays.
    pub date: Option<DayView>,
}

/// A date that was entered, against the rule's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct EnteredView {
    /// The date.
    pub date: DayView,
    /// Path of its field.
    pub path: String,
    /// How it stands.
    pub standing: StandingView,
    /// By how many days it falls short; 0 where it is kept.
    pub days: u32,
    /// What is wrong with it, in a sentence; empty where nothing is.
    pub says: String,
    /// Why the courts are closed on it, if they are: "a Saturday".
    pub closed_for: Option<String>,
    /// The date that would keep the rule and the firm's margin, where something is wrong and both still lie ahead: what happened
    /// has the date that it has.
    pub instead: Option<DayView>,
}

/// How a date that was entered stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum StandingView {
    /// It keeps the rule and the firm's margin.
    Kept,
    /// It keeps the law's count, and only with something done while the courts are closed.
    Tight,
    /// It keeps the rule and not the firm's margin.
    WithinMargin,
    /// It breaks the rule.
    Conflict,
}

/// What has to be entered before there is a date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct MissingView {
    /// What it is.
    pub label: String,
    /// Path of its field; none where the form does not ask it now.
    pub path: Option<String>,
}
