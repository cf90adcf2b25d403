//! Counts of days, and where a count that ends on a holiday goes.

use jiff::civil::Date;

use super::calendar::{Calendar, CountError};
use crate::value::YEARS;

/// The most days of one count.
pub const DAYS_MAX: u16 = 400;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Every day.
    Calendar,
    /// Days on which the courts are open.
    Court,
}

/// A number of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    /// How many, [`DAYS_MAX`] at most.
    pub count: u16,
    /// Which.
    pub unit: Unit,
}

/// In which direction days are counted. The day that is counted from is never counted (Cal. Code Civ. Proc. § 12, Fed. R.
/// Civ. P. 6(a)(1)(A)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Later days.
    After,
    /// Earlier days.
    Before,
}

/// Where a count goes that ends on a day that is no court day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Roll {
    /// It stays.
    Stay,
    /// To the next court day.
    Forward,
    /// To the court day before.
    Backward,
}

impl Roll {
    /// Returns the direction to go in, if any.
    #[must_use]
    pub const fn way(self) -> Option<Way> {
        match self {
            Self::Stay => None,
            Self::Forward => Some(Way::After),
            Self::Backward => Some(Way::Before),
        }
    }
}

impl Way {
    /// Returns the neighbouring day in this direction.
    pub(super) fn step(self, day: Date) -> Result<Date, CountError> {
        let next = match self {
            Self::After => day.tomorrow(),
            Self::Before => day.yesterday(),
        };
        next.ok().filter(|day| YEARS.contains(&day.year())).ok_or(CountError::OutOfRange)
    }
}

/// Counts days from a day. Court days need a calendar.
pub(super) fn counted(calendar: Option<&Calendar>, from: Date, days: Days, way: Way) -> Result<Date, CountError> {
    if !YEARS.contains(&from.year()) {
        return Err(CountError::OutOfRange);
    }
    let mut day = from;
    let mut left = days.count.min(DAYS_MAX);
    while left > 0 {
        day = way.step(day)?;
        let counts = match days.unit {
            Unit::Calendar => true,
            Unit::Court => calendar.ok_or(CountError::NoCalendar)?.is_court_day(day)?,
        };
        left -= u16::from(counts);
    }
    Ok(day)
}

/// Finds the last day from which so many court days, counted forward, end by a day.
pub(super) fn last_start(calendar: Option<&Calendar>, end: Date, court_days: u16) -> Result<Date, CountError> {
    let calendar = calendar.ok_or(CountError::NoCalendar)?;
    let mut day = end;
    let mut left = court_days.min(DAYS_MAX);
    while left > 0 {
        left -= u16::from(calendar.is_court_day(day)?);
        day = Way::Before.step(day)?;
    }
    Ok(day)
}

/// Goes on to a court day, if the day is none and it is to be gone on at all.
pub(super) fn rolled(calendar: Option<&Calendar>, from: Date, roll: Roll) -> Result<Date, CountError> {
    let Some(way) = roll.way() else { return Ok(from) };
    let calendar = calendar.ok_or(CountError::NoCalendar)?;
    let mut day = from;
    // Ends: a calendar has an end, and beyond it there is an error.
    while !calendar.is_court_day(day)? {
        day = way.step(day)?;
    }
    Ok(day)
}
