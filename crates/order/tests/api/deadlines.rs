//! The rules about dates: their calendars, worked examples, what holds for every date, and the docket of an order.

mod calendars;
mod docket;
mod examples;
mod outcomes;
mod properties;
mod reading;

use std::collections::BTreeMap;

use jiff::civil::Date;
use satchel_order::deadlines::{Buffers, Deadline, Found, Inputs, Manner, Outcome, Rulebook};

fn book() -> &'static Rulebook {
    Rulebook::built_in().expect("the rules that are built in are right")
}

fn day(text: &str) -> Date {
    text.parse().unwrap_or_else(|_| panic!("{text} is a date"))
}

/// Reckons a rule without a firm's buffer.
fn reckoned(rule: &str, given: &[(&str, Date)], manner: Option<Manner>, today: Date) -> Deadline {
    let rule = book().rule(rule).unwrap_or_else(|| panic!("there is a rule {rule}"));
    let dates: BTreeMap<String, Date> = given.iter().map(|(input, date)| ((*input).to_owned(), *date)).collect();
    book().deadline(rule, &Inputs { dates, manner, today }, &Buffers::default())
}

fn found(deadline: &Deadline) -> Option<&Found> {
    match &deadline.outcome {
        Outcome::Date(found) => Some(found),
        Outcome::Missing(_) | Outcome::Uncounted(_) | Outcome::Reminder => None,
    }
}
