//! Records under a California subpoena: when they can be produced, and when the notice must go out.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::manner::Manner;
use super::outcome::{Buffers, Deadline, Inputs};
use super::read::RulebookError;
use super::rule::Rulebook;

/// What is known of a subpoena for records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Production {
    /// The notice to the consumer or employee, where the records are theirs.
    pub consumer: Option<ConsumerNotice>,
    /// When the subpoena was issued; if not known, no later than the notice or the service on the custodian.
    pub issued: Option<Date>,
    /// When the custodian was served; if not yet, as early as allowed.
    pub custodian_served: Option<Date>,
    /// The production date that is asked for, to be compared with.
    pub production: Option<Date>,
}

/// What is known of the notice to the consumer or employee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ConsumerNotice {
    /// The day on which it is served.
    pub on: Option<Date>,
    /// How it is served.
    pub manner: Option<Manner>,
}

/// Reckons the earliest day on which a custodian can be made to produce (Cal. Code Civ. Proc. §§ 2020.410(c), 1985.3, 1985.6,
/// 1013).
///
/// # Errors
/// None with the rules that are built in: a test reads them.
pub fn earliest_production(known: &Production, today: Date, buffers: &Buffers) -> Result<Deadline, RulebookError> {
    let id = if known.consumer.is_some() { "ca-production-consumer" } else { "ca-production" };
    let notice = known.consumer.unwrap_or_default();
    let dates = [
        ("notice", notice.on),
        ("issued", known.issued),
        ("custodian_served", known.custodian_served),
        ("production", known.production),
    ];
    reckon(id, &dates, notice.manner, today, buffers)
}

/// Reckons the latest day on which the notice to the consumer or employee can be served for production on a day, compared
/// with the day on which it is, if that is known.
///
/// # Errors
/// None with the rules that are built in: a test reads them.
pub fn serve_notice_by(
    production: Date,
    notice: ConsumerNotice,
    today: Date,
    buffers: &Buffers,
) -> Result<Deadline, RulebookError> {
    reckon("ca-notice-by", &[("production", Some(production)), ("notice", notice.on)], notice.manner, today, buffers)
}

fn reckon(
    id: &str,
    dates: &[(&str, Option<Date>)],
    manner: Option<Manner>,
    today: Date,
    buffers: &Buffers,
) -> Result<Deadline, RulebookError> {
    let book = Rulebook::built_in().map_err(Clone::clone)?;
    let rule = book.required(id)?;
    let dates = dates.iter().filter_map(|(id, date)| Some(((*id).to_owned(), (*date)?)));
    let inputs = Inputs { dates: dates.collect::<BTreeMap<_, _>>(), manner, today };
    Ok(book.deadline(rule, &inputs, buffers))
}
