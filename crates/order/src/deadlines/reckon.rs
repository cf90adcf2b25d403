//! Reckons a rule: finds what each count starts from, counts, and takes the count that holds.

use jiff::civil::Date;

use super::calendar::{Calendar, CountError};
use super::count::{Days, Roll, Unit, counted, last_start, rolled};
use super::manner::Manner;
use super::outcome::{Inputs, Missing};
use super::rule::{Bound, Extension, Ground, Input, MANNER, Otherwise, Purpose, Rule, Rulebook, Step};
use super::words;
use crate::shown::shown_date;

/// What is said of a day before which nothing can be done.
const EARLIEST: &str = " at the earliest";
/// What is said of a day by which something else happened.
const BY: &str = " by";

/// What is reckoned with.
#[derive(Clone, Copy)]
pub(super) struct Reckoner<'a> {
    pub(super) book: &'a Rulebook,
    pub(super) inputs: &'a Inputs,
    pub(super) caution: Caution,
}

/// Whether dates are moved where only caution moves them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Caution {
    Kept,
    Left,
}

/// A date that a rule gives.
pub(super) struct Reckoned {
    pub(super) date: Date,
    /// What led to it, sentence by sentence.
    pub(super) why: Vec<String>,
    /// The count itself, without its days of the calendar.
    pub(super) brief: String,
    /// The counts that it satisfies as well.
    pub(super) also: Vec<String>,
}

/// Why a rule gives no date.
pub(super) enum Undecided {
    Missing(Vec<Missing>),
    Uncounted(CountError),
}

impl From<CountError> for Undecided {
    fn from(error: CountError) -> Self {
        Self::Uncounted(error)
    }
}

/// A day that is counted from.
struct Start {
    day: Date,
    /// What is said of it, if it was not entered: ` at the earliest`.
    note: &'static str,
    /// Why it is this day, if it is for today's sake: ` (today)`.
    today: &'static str,
    /// What led to it.
    before: Vec<String>,
}

impl<'a> Reckoner<'a> {
    /// Reckons a rule that sets a date. It ends: a rule refers only to rules before it, and an input to inputs before it.
    pub(super) fn rule(self, rule: &Rule) -> Result<Reckoned, Undecided> {
        let mut counts = Vec::new();
        let mut missing: Vec<Missing> = Vec::new();
        let mut failed = None;
        for step in &rule.steps {
            match self.step(rule, step) {
                Ok(count) => counts.push(count),
                Err(Undecided::Missing(more)) => add(&mut missing, more),
                Err(Undecided::Uncounted(error)) => failed = failed.or(Some(error)),
            }
        }
        if !missing.is_empty() {
            return Err(Undecided::Missing(missing));
        }
        if let Some(error) = failed {
            return Err(Undecided::Uncounted(error));
        }
        let dates = counts.iter().map(|count| count.date);
        let holds = if rule.bound == Bound::Earliest { dates.max() } else { dates.min() };
        // A rule that sets a date has a count; its reader sees to that.
        let date = holds.ok_or(CountError::OutOfRange)?;
        let governing = counts.iter().position(|count| count.date == date).unwrap_or_default();
        let (mut why, mut brief) = (Vec::new(), String::new());
        let mut also = Vec::new();
        for (position, count) in counts.into_iter().enumerate() {
            if position == governing {
                (why, brief) = (count.why, count.brief);
            } else {
                also.extend(count.why.into_iter().last());
            }
        }
        Ok(Reckoned { date, why, brief, also })
    }

    fn step(self, rule: &Rule, step: &Step) -> Result<Reckoned, Undecided> {
        let calendar = self.calendar(rule);
        let start = self.start(rule, &step.from);
        let added = self.added(rule, step);
        let (start, added) = match (start, added) {
            (Err(Undecided::Missing(mut missing)), Err(Undecided::Missing(more))) => {
                add(&mut missing, more);
                return Err(Undecided::Missing(missing));
            }
            (_, Err(error @ Undecided::Missing(_))) => return Err(error),
            (start, added) => (start?, added?),
        };
        let head = format!("{}{} {}{}", step.words, start.note, shown_date(start.day), start.today);
        let brief = brief(step, start.note, added.map(|(_, manner, days)| (days, manner)));
        let (date, tail) = match added {
            None => self.ended(calendar, step, start.day, &[(step.days, None)])?,
            Some((extension, manner, days)) if extension.after_roll => {
                let (first, text) = self.ended(calendar, step, start.day, &[(step.days, None)])?;
                if days.count == 0 {
                    (first, text)
                } else {
                    let (date, more) = self.ended(calendar, step, first, &[(days, Some(manner))])?;
                    (date, format!("{text};{more}"))
                }
            }
            Some((_, manner, days)) if step.purpose == Purpose::Undo && days.unit == Unit::Court => {
                self.undone(calendar, step, start.day, (days, manner))?
            }
            Some((_, manner, days)) => {
                self.ended(calendar, step, start.day, &[(step.days, None), (days, Some(manner))])?
            }
        };
        let mut why = start.before;
        why.push(format!("{head}{tail}."));
        Ok(Reckoned { date, why, brief, also: Vec::new() })
    }

    /// Returns what the manner of service adds to a count, if it adds to this one at all.
    fn added(self, rule: &Rule, step: &Step) -> Result<Option<(&'a Extension, Manner, Days)>, Undecided> {
        let Some(extension) = step.extension.as_deref().and_then(|id| self.book.extension(id)) else {
            return Ok(None);
        };
        let days = self.inputs.manner.and_then(|manner| Some((extension, manner, extension.days(manner)?)));
        days.map_or_else(|| Err(missing(rule, MANNER)), |days| Ok(Some(days)))
    }

    /// Finds the day of an input, or what stands in for it.
    fn start(self, rule: &Rule, id: &str) -> Result<Start, Undecided> {
        if let Some(day) = self.inputs.dates.get(id) {
            return Ok(Start { day: *day, note: "", today: "", before: Vec::new() });
        }
        match rule.input(id).and_then(|input| input.otherwise.as_ref()) {
            None => Err(missing(rule, id)),
            Some(Otherwise::Today) => {
                let (day, today) = self.today(rule)?;
                Ok(Start { day, note: EARLIEST, today, before: Vec::new() })
            }
            Some(Otherwise::Input(other)) => Ok(Start { note: BY, ..self.start(rule, other)? }),
            Some(Otherwise::Rule(other)) => {
                let other = self.book.rule(other).ok_or_else(|| missing(rule, id))?;
                let Reckoned { date, why, .. } = self.rule(other)?;
                if other.bound != Bound::Earliest {
                    return Ok(Start { day: date, note: " at the latest", today: "", before: why });
                }
                // What is not done yet is done today at the earliest.
                let (first, today) = self.today(rule)?;
                let (day, today) = if date < first { (first, today) } else { (date, "") };
                Ok(Start { day, note: EARLIEST, today, before: why })
            }
        }
    }

    /// Returns today, or the next day on which something can be done, and what is said of it.
    fn today(self, rule: &Rule) -> Result<(Date, &'static str), CountError> {
        let calendar = self.calendar(rule);
        // Moved for caution only; a latest date is counted from the same day either way.
        let moved = calendar.is_some() && (self.caution == Caution::Kept || rule.bound == Bound::Latest);
        let roll = if moved { Roll::Forward } else { Roll::Stay };
        let day = rolled(calendar, self.inputs.today, roll)?;
        Ok((day, if day == self.inputs.today { " (today)" } else { " (the next court day)" }))
    }

    /// Counts one after the other, goes on to a court day, and says so.
    fn ended(
        self,
        calendar: Option<&Calendar>,
        step: &Step,
        from: Date,
        counts: &[(Days, Option<Manner>)],
    ) -> Result<(Date, String), CountError> {
        let mut raw = from;
        let mut text = String::new();
        for (days, manner) in counts {
            raw = counted(calendar, raw, *days, step.way)?;
            text.push_str(&words::count(*days, step.way, *manner));
        }
        let date = rolled(calendar, raw, self.roll(step))?;
        if !text.is_empty() || raw != date {
            text.push_str(&words::end(calendar, raw, date));
        }
        Ok((date, text))
    }

    /// Undoes a count forward of calendar days and court days. A count back would end too early: several days in a row, as those of
    /// a weekend, have the same court day behind them.
    fn undone(
        self,
        calendar: Option<&Calendar>,
        step: &Step,
        end: Date,
        added: (Days, Manner),
    ) -> Result<(Date, String), CountError> {
        let (days, manner) = added;
        let raw = counted(calendar, last_start(calendar, end, days.count)?, step.days, step.way)?;
        let date = rolled(calendar, raw, self.roll(step))?;
        let counts = words::forward(step.days, days, manner);
        Ok((date, format!(": {counts} end by then when they start by {}", words::day(calendar, raw, date))))
    }

    /// Returns where a count goes that ends on no court day.
    fn roll(self, step: &Step) -> Roll {
        if step.ground == Ground::Caution && self.caution == Caution::Left { Roll::Stay } else { step.roll }
    }

    fn calendar(self, rule: &Rule) -> Option<&'a Calendar> {
        rule.calendar.as_deref().and_then(|id| self.book.calendar(id))
    }
}

/// Writes a count without its days of the calendar: `Custodian served at the earliest + 15 days`.
fn brief(step: &Step, note: &str, added: Option<(Days, Manner)>) -> String {
    let note = if note == BY { "" } else { note };
    let added = added.map(|(days, manner)| words::count(days, step.way, Some(manner))).unwrap_or_default();
    format!("{}{note}{}{added}", step.words, words::count(step.days, step.way, None))
}

/// Adds what is not among the missing yet.
fn add(missing: &mut Vec<Missing>, more: Vec<Missing>) {
    for more in more {
        if !missing.contains(&more) {
            missing.push(more);
        }
    }
}

fn missing(rule: &Rule, id: &str) -> Undecided {
    let label = rule.input(id).map_or(id, |input: &Input| input.label.as_str());
    Undecided::Missing(vec![Missing { input: id.to_owned(), label: label.to_owned() }])
}
