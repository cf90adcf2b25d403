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
    let unit = match days.unit {
        Unit::Calendar => "day",
        Unit::Court => "court day",
    };
    let plural = if days.count == 1 { "" } else { "s" };
    let manner = manner.map(|manner| format!(" {}", manner.words())).unwrap_or_default();
    if days.count == 0 { String::new() } else { format!(" {sign} {} {unit}{plural}{manner}", days.count) }
}

/// Writes where a count ended: ` is Sat Dec 19, 2026, a Saturday, so Mon Dec 21, 2026`.
pub(super) fn end(calendar: Option<&Calendar>, raw: Date, rolled: Date) -> String {
    let closed = calendar.and_then(|calendar| calendar.closed_for(raw).ok().flatten()).unwrap_or("no court day");
    if raw == rolled {
        format!(" is {}", shown_date(raw))
    } else {
        format!(" is {}, {closed}, so {}", shown_date(raw), shown_date(rolled))
    }
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

/// Says that an entered date keeps the rule and not the firm's buffer.
pub(super) fn within_buffer(entered: Date, kept: Date) -> String {
    format!(
        "{} keeps the rule, and not the firm’s own margin, which asks for {}.",
        shown_date(entered),
        shown_date(kept)
    )
}
