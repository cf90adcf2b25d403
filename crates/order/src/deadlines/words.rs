//! Says how a date was reckoned.

use jiff::civil::Date;

use super::calendar::Calendar;
use super::count::{Days, Unit, Way};
use super::manner::Manner;
use crate::shown::shown_date;

/// Writes a count: ` + 15 days`, ` − 2 court days for fax`; nothing of no days.
pub(super) fn count(days: Days, way: Way, manner: Option<Manner>) -> String {
    let sign = match way {
        Way::After => '+',
        Way::Before => '−',
    };
    let manner = manner.map(|manner| format!(" {}", manner.words())).unwrap_or_default();
    if days.count == 0 { String::new() } else { format!(" {sign} {}{manner}", number(days)) }
}

/// Writes a count forward without its start: `5 days and 2 court days for fax`.
pub(super) fn forward(days: Days, added: Days, manner: Manner) -> String {
    format!("{} and {} {}", number(days), number(added), manner.words())
}

fn number(days: Days) -> String {
    let unit = match days.unit {
        Unit::Calendar => "day",
        Unit::Court => "court day",
    };
    format!("{} {unit}{}", days.count, if days.count == 1 { "" } else { "s" })
}

/// Writes where a count ended: ` is Sat Dec 19, 2026, no court day, so Mon Dec 21, 2026`.
pub(super) fn end(calendar: Option<&Calendar>, raw: Date, rolled: Date) -> String {
    format!(" is {}", day(calendar, raw, rolled))
}

/// Writes a day, and where it was moved and over which holidays: `Fri Jul 3, 2026, no court day (Independence Day), so Mon Jul 6,
/// 2026`.
pub(super) fn day(calendar: Option<&Calendar>, raw: Date, rolled: Date) -> String {
    if raw == rolled {
        return shown_date(raw);
    }
    let (first, last) = (raw.min(rolled), raw.max(rolled));
    let passed = calendar.map(|calendar| calendar.holidays.range(first..=last));
    let mut passed: Vec<&str> = passed.into_iter().flatten().map(|(_, holiday)| holiday.name.as_str()).collect();
    if rolled < raw {
        passed.reverse();
    }
    let holidays = if passed.is_empty() { String::new() } else { format!(" ({})", passed.join(", ")) };
    format!("{}, no court day{holidays}, so {}", shown_date(raw), shown_date(rolled))
}

/// Says that an entered date is on the wrong side.
pub(super) fn beyond(entered: Date, way: Way, days: u32, date: Date) -> String {
    let plural = if days == 1 { "" } else { "s" };
    let (wrong, bound) = match way {
        Way::After => ("early", "earliest"),
        Way::Before => ("late", "latest"),
    };
    format!("{} is {days} day{plural} too {wrong}: the {bound} is {}.", shown_date(entered), shown_date(date))
}

/// Says that an entered date keeps the law's count and not the date to go by.
pub(super) fn tight(entered: Date, bare: Date, date: Date) -> String {
    format!(
        "{} keeps the count, which ends on {}, but only with something done while the courts are closed. The date to go by is {}.",
        shown_date(entered),
        shown_date(bare),
        shown_date(date)
    )
}

/// Says that an entered date keeps the rule and not the firm's buffer.
pub(super) fn within_buffer(entered: Date, kept: Date) -> String {
    format!(
        "{} keeps the rule, and not the firm’s own margin, which asks for {}.",
        shown_date(entered),
        shown_date(kept)
    )
}
