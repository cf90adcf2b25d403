//! What a rule gives, in a form that can be shown.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::calendar::CountError;
use super::count::{Days, Roll, Unit, Way, counted, rolled};
use super::manner::Manner;
use super::reckon::{Caution, Reckoner, Undecided};
use super::rule::{Bound, Rule, Rulebook};
use super::words;

/// The most days that a firm keeps clear of a date.
pub const BUFFER_DAYS_MAX: u16 = 90;

/// What is known when a rule is reckoned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inputs {
    /// Dates by the rule's input ids. One that no rule asks for is not looked at.
    pub dates: BTreeMap<String, Date>,
    /// How the paper is served.
    pub manner: Option<Manner>,
    /// Today, for acts that are still to be done.
    pub today: Date,
}

/// How many calendar days a firm keeps clear of the statute's date, by rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Buffers(BTreeMap<String, u16>);

/// Says why a firm's buffers cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BufferError {
    /// There is no such rule, or it sets no date.
    #[error("there is no rule `{0}` that sets a date")]
    UnknownRule(String),
    /// So many days are more than a buffer.
    #[error("{days} days are too many for `{rule}`: {BUFFER_DAYS_MAX} at most")]
    TooManyDays {
        /// The rule.
        rule: String,
        /// What was asked for.
        days: u16,
    },
}

/// What a rule gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadline {
    /// The rule's id.
    pub rule: String,
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
    /// When somebody last reviewed the rule; docs/DEADLINES.md says against what.
    pub reviewed: Date,
    /// The readings taken.
    pub notes: Vec<String>,
    /// The date, or why there is none.
    pub outcome: Outcome,
}

/// The date that a rule gives, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// There is a date.
    Date(Box<Found>),
    /// Something is not known yet.
    Missing(Vec<Missing>),
    /// It cannot be counted.
    Uncounted(CountError),
    /// The rule sets no date.
    Reminder,
}

/// An input that is not known yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Its id within the rule.
    pub input: String,
    /// What the user reads.
    pub label: String,
}

/// A date and how it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The date to go by, without the firm's buffer: on a court day where the rule's notes say so.
    pub date: Date,
    /// Where the law's count ends if nothing is moved but by law. An earliest date is no later than the one to go by, a
    /// latest date no earlier.
    pub bare: Date,
    /// How it was reckoned, in sentences.
    pub why: String,
    /// The count that holds, in one line: `Custodian served at the earliest + 15 days`.
    pub brief: String,
    /// The rule's other counts, which this date satisfies as well.
    pub also: Vec<String>,
    /// The date with the firm's buffer, if it has one.
    pub buffer: Option<Buffered>,
    /// The date that was entered, if one was.
    pub entered: Option<Entered>,
    /// How many days a latest date lies back while none is entered.
    pub passed_days: u32,
}

/// The date that a firm keeps instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Buffered {
    /// The firm's days.
    pub days: u16,
    /// The date with them, on a court day where the rule counts with a calendar.
    pub date: Result<Date, CountError>,
}

/// A date that was entered, against the rule's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entered {
    /// The date that was entered.
    pub date: Date,
    /// How it stands.
    pub standing: Standing,
    /// What is wrong with it, in a sentence; nothing where nothing is.
    pub explained: String,
    /// Why the courts are closed on it, if they are: `a Saturday`. No fault by itself.
    pub closed_for: Option<String>,
}

/// How a date that was entered stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It keeps the rule, and the firm's buffer.
    Kept,
    /// It keeps the law's count, and only with something done on a day on which the courts are closed.
    Tight {
        /// By how much it falls short of the date to go by.
        days: u32,
    },
    /// It keeps the rule, and falls short of the firm's buffer.
    WithinBuffer {
        /// By how much.
        days: u32,
    },
    /// It breaks the rule.
    Conflict {
        /// By how much.
        days: u32,
    },
}

impl Rulebook {
    /// Takes a firm's buffers.
    ///
    /// # Errors
    /// [`BufferError`].
    pub fn buffers(&self, days_by_rule: impl IntoIterator<Item = (String, u16)>) -> Result<Buffers, BufferError> {
        let mut buffers = BTreeMap::new();
        for (rule, days) in days_by_rule {
            if self.rule(&rule).is_none_or(|rule| rule.bound == Bound::Reminder) {
                return Err(BufferError::UnknownRule(rule));
            }
            if days > BUFFER_DAYS_MAX {
                return Err(BufferError::TooManyDays { rule, days });
            }
            buffers.insert(rule, days);
        }
        Ok(Buffers(buffers))
    }

    /// Reckons a rule with what is known.
    #[must_use]
    pub fn deadline(&self, rule: &Rule, inputs: &Inputs, buffers: &Buffers) -> Deadline {
        let outcome = match rule.bound {
            Bound::Reminder => Outcome::Reminder,
            Bound::Earliest => self.outcome(rule, Way::After, inputs, buffers),
            Bound::Latest => self.outcome(rule, Way::Before, inputs, buffers),
        };
        Deadline {
            rule: rule.id.clone(),
            jurisdiction: rule.jurisdiction.clone(),
            label: rule.label.clone(),
            bound: rule.bound,
            citation: rule.citation.clone(),
            source: rule.source.clone(),
            reviewed: rule.reviewed,
            notes: rule.notes.clone(),
            outcome,
        }
    }

    /// Reckons a rule that sets a date; the allowed days lie in one direction from it.
    fn outcome(&self, rule: &Rule, allowed: Way, inputs: &Inputs, buffers: &Buffers) -> Outcome {
        let reckoner = Reckoner { book: self, inputs, caution: Caution::Kept };
        let reckoned = match reckoner.rule(rule) {
            Ok(reckoned) => reckoned,
            Err(Undecided::Missing(missing)) => return Outcome::Missing(missing),
            Err(Undecided::Uncounted(error)) => return Outcome::Uncounted(error),
        };
        let date = reckoned.date;
        let bare = Reckoner { caution: Caution::Left, ..reckoner }.rule(rule).map_or(date, |reckoned| reckoned.date);
        let days = buffers.0.get(&rule.id).copied().filter(|days| *days > 0);
        let buffer = days.map(|days| Buffered { days, date: self.kept_clear(rule, allowed, date, days) });
        let kept = buffer.as_ref().and_then(|buffer| buffer.date.clone().ok());
        let entered = rule.checked.as_ref().and_then(|id| inputs.dates.get(id));
        let entered = entered.map(|entered| self.entered(rule, allowed, *entered, (date, bare, kept)));
        let late =
            if allowed == Way::Before && entered.is_none() { days_short(inputs.today, date, allowed) } else { 0 };
        let (why, brief, also) = (reckoned.why.join(" "), reckoned.brief, reckoned.also);
        Outcome::Date(Box::new(Found { date, bare, why, brief, also, buffer, entered, passed_days: late }))
    }

    fn kept_clear(&self, rule: &Rule, allowed: Way, date: Date, days: u16) -> Result<Date, CountError> {
        let calendar = rule.calendar.as_deref().and_then(|id| self.calendar(id));
        let roll = match (calendar, allowed) {
            (None, _) => Roll::Stay,
            (Some(_), Way::After) => Roll::Forward,
            (Some(_), Way::Before) => Roll::Backward,
        };
        let raw = counted(calendar, date, Days { count: days, unit: Unit::Calendar }, allowed)?;
        rolled(calendar, raw, roll)
    }

    fn entered(&self, rule: &Rule, allowed: Way, entered: Date, of: (Date, Date, Option<Date>)) -> Entered {
        let (date, bare, kept) = of;
        let calendar = rule.calendar.as_deref().and_then(|id| self.calendar(id));
        let closed_for = calendar.and_then(|calendar| calendar.closed_for(entered).ok().flatten()).map(str::to_owned);
        let days = days_short(entered, date, allowed);
        let of_buffer = kept.map_or(0, |kept| days_short(entered, kept, allowed));
        let (standing, explained) = if days_short(entered, bare, allowed) > 0 {
            (Standing::Conflict { days }, words::beyond(entered, allowed, days, date))
        } else if days > 0 {
            (Standing::Tight { days }, words::tight(entered, bare, date))
        } else if of_buffer > 0 {
            (Standing::WithinBuffer { days: of_buffer }, words::within_buffer(entered, kept.unwrap_or(date)))
        } else {
            (Standing::Kept, String::new())
        };
        Entered { date: entered, standing, explained, closed_for }
    }
}

/// Counts the days by which a date is on the wrong side of another.
fn days_short(date: Date, bound: Date, allowed: Way) -> u32 {
    let later = |date: Date, than: Date| than.until(date).map_or(0, |span| u32::try_from(span.get_days()).unwrap_or(0));
    match allowed {
        Way::After => later(bound, date),
        Way::Before => later(date, bound),
    }
}
