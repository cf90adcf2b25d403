//! The days on which courts are open, from tables of holidays that hold from a day through another.

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};

/// Says why days cannot be counted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CountError {
    /// The table of holidays does not reach so far.
    #[error("{calendar} are known from {from} through {through}, so nothing is reckoned with {day}")]
    BeyondTable {
        /// The calendar's name.
        calendar: String,
        /// The first day of the table.
        from: Date,
        /// The last day of the table.
        through: Date,
        /// The day that was asked for.
        day: Date,
    },
    /// The date is outside of what an order can hold.
    #[error("the date would be outside of the years 1850 to 2199")]
    OutOfRange,
    /// The rule counts court days, and its jurisdiction has no calendar.
    #[error("there is no table of holidays for this")]
    NoCalendar,
}

/// A day on which the courts are closed, beside Saturdays and Sundays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holiday {
    /// What it is called.
    pub name: String,
    /// The day of the holiday itself, where it falls on a weekend and another day is kept instead.
    pub instead_of: Option<Date>,
}

/// The holidays of some courts, from a day through another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// Its id.
    pub id: String,
    /// What the user reads: "California’s judicial holidays".
    pub name: String,
    /// The first day for which it holds.
    pub from: Date,
    /// The last day for which it holds.
    pub through: Date,
    /// When somebody last reviewed it; docs/DEADLINES.md says against what.
    pub reviewed: Date,
    /// The statutes that name the holidays.
    pub citation: String,
    /// Where they can be read.
    pub source: String,
    /// The readings taken.
    pub notes: Vec<String>,
    /// The holidays by the day that is kept.
    pub holidays: BTreeMap<Date, Holiday>,
}

impl Calendar {
    /// Tells whether the courts are open on a day.
    ///
    /// # Errors
    /// [`CountError::BeyondTable`], also for a weekend: nothing is said of days beyond the table.
    pub fn is_court_day(&self, day: Date) -> Result<bool, CountError> {
        self.closed_for(day).map(|reason| reason.is_none())
    }

    /// Says why the courts are closed on a day: `a Saturday`, `Memorial Day`; nothing where they are open.
    ///
    /// # Errors
    /// [`CountError::BeyondTable`].
    pub fn closed_for(&self, day: Date) -> Result<Option<&str>, CountError> {
        if day < self.from || day > self.through {
            let (calendar, from, through) = (self.name.clone(), self.from, self.through);
            return Err(CountError::BeyondTable { calendar, from, through, day });
        }
        Ok(match day.weekday() {
            Weekday::Saturday => Some("a Saturday"),
            Weekday::Sunday => Some("a Sunday"),
            Weekday::Monday | Weekday::Tuesday | Weekday::Wednesday | Weekday::Thursday | Weekday::Friday => {
                self.holidays.get(&day).map(|holiday| holiday.name.as_str())
            }
        })
    }
}
