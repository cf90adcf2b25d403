//! Reads a table of holidays.

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};

use super::written::{WrittenCalendar, WrittenHoliday};
use super::{File, RulebookError};
use crate::deadlines::calendar::{Calendar, Holiday};
use crate::deadlines::rule::Rulebook;

impl File<'_> {
    pub(super) fn calendar(&self, written: WrittenCalendar, book: &Rulebook) -> Result<Calendar, RulebookError> {
        let span = written.id.span();
        let id = self.id(&written.id, book.calendar(written.id.get_ref()).is_some())?;
        let (from, through) = (self.date(&written.from)?, self.date(&written.through)?);
        if through < from {
            return Err(self.refuse(&written.through.span(), "the table ends before it begins"));
        }
        self.shown(&span, &[&written.name, &written.citation, &written.source])?;
        let mut holidays = BTreeMap::new();
        for written in written.holiday {
            let (day, holiday) = self.holiday(&written, from, through)?;
            if holidays.last_key_value().is_some_and(|(last, _)| *last >= day) {
                return Err(self.refuse(&written.on.span(), "the days are not in their order"));
            }
            holidays.insert(day, holiday);
        }
        Ok(Calendar {
            id,
            name: written.name,
            from,
            through,
            reviewed: self.date(&written.reviewed)?,
            citation: written.citation,
            source: written.source,
            notes: self.notes(&span, written.notes)?,
            holidays,
        })
    }

    fn holiday(&self, written: &WrittenHoliday, from: Date, through: Date) -> Result<(Date, Holiday), RulebookError> {
        let span = written.on.span();
        let day = self.date(&written.on)?;
        self.shown(&span, &[&written.name])?;
        if day < from || day > through {
            return Err(self.refuse(&span, "the day lies outside of the table"));
        }
        if is_weekend(day) {
            return Err(self.refuse(&span, "a day that is kept is no Saturday or Sunday"));
        }
        let instead_of = written.instead_of.as_ref().map(|day| self.date(day)).transpose()?;
        if instead_of.is_some_and(|day| !is_weekend(day)) {
            return Err(self.refuse(&span, "another day is kept only for a Saturday or Sunday"));
        }
        Ok((day, Holiday { name: written.name.clone(), instead_of }))
    }
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}
