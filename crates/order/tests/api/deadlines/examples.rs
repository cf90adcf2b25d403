//! Worked examples, reckoned by hand (`deadlines/examples.toml`).

use std::collections::{BTreeMap, BTreeSet};

use satchel_order::deadlines::{Bound, CountError, MANNER, Manner, Outcome};
use serde::Deserialize;

use super::{book, day, reckoned};

const EXAMPLES: &str = include_str!("../../../deadlines/examples.toml");
/// The fewest examples that the rules are held by.
const EXAMPLES_MIN: usize = 100;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Examples {
    example: Vec<Example>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Example {
    rule: String,
    given: BTreeMap<String, String>,
    today: Option<String>,
    date: Option<String>,
    missing: Option<Vec<String>>,
    uncounted: Option<String>,
    by_hand: String,
}

impl Example {
    fn outcome(&self) -> Outcome {
        let dates: Vec<_> = self.given.iter().filter(|(input, _)| *input != MANNER).collect();
        let dates: Vec<_> = dates.into_iter().map(|(input, date)| (input.as_str(), day(date))).collect();
        let manner = self.given.get(MANNER).map(|name| Manner::named(name).expect("a manner of service"));
        reckoned(&self.rule, &dates, manner, day(self.today.as_deref().unwrap_or("2024-01-02"))).outcome
    }

    /// Says what is wrong with what the code reckons, if anything is.
    fn wrong(&self) -> Option<String> {
        let right = match self.outcome() {
            Outcome::Date(found) => self.date.as_deref() == Some(&found.date.to_string()),
            Outcome::Missing(missing) => {
                let missing: Vec<_> = missing.into_iter().map(|missing| missing.input).collect();
                self.missing.as_ref() == Some(&missing)
            }
            Outcome::Uncounted(CountError::BeyondTable { .. }) => self.uncounted.as_deref() == Some("beyond-table"),
            Outcome::Uncounted(CountError::OutOfRange) => self.uncounted.as_deref() == Some("out-of-range"),
            Outcome::Uncounted(CountError::NoCalendar) | Outcome::Reminder => false,
        };
        (!right).then(|| format!("{self:?}\n  gives {:?}", self.outcome()))
    }
}

fn examples() -> Vec<Example> {
    toml::from_str::<Examples>(EXAMPLES).expect("the examples are TOML").example
}

#[test]
fn every_example_comes_out_as_it_was_reckoned_by_hand() {
    let wrong: Vec<_> = examples().iter().filter_map(Example::wrong).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_golden_case_is_the_first_example() {
    let examples = examples();
    let golden = examples.first().expect("there are examples");
    assert_eq!((golden.rule.as_str(), golden.given["manner"].as_str()), ("ca-production-consumer", "mail_state"));
    let (mailed, produced) = (day(&golden.given["notice"]), day(golden.date.as_deref().expect("a date")));
    assert_eq!(mailed.until(produced).expect("two dates").get_days(), 25);
}

#[test]
fn every_rule_that_sets_a_date_has_an_example_and_each_says_how() {
    let examples = examples();
    assert!(examples.len() >= EXAMPLES_MIN, "{} examples", examples.len());
    let shown: BTreeSet<_> =
        examples.iter().filter(|example| example.date.is_some()).map(|e| e.rule.as_str()).collect();
    for rule in book().rules.iter().filter(|rule| rule.bound != Bound::Reminder) {
        assert!(shown.contains(rule.id.as_str()), "{} has no example", rule.id);
    }
    assert!(examples.iter().all(|example| !example.by_hand.is_empty()));
}

/// docs/DEADLINES.md is what a reviewer reads.
#[test]
fn the_page_names_every_rule_and_manner_and_how_far_the_tables_reach() {
    let page = include_str!("../../../../../docs/DEADLINES.md");
    for rule in &book().rules {
        assert!(page.contains(&format!("`{}`", rule.id)), "{} is not on the page", rule.id);
    }
    let catalogue = include_str!("../../../../../docs/CATALOGUE.md");
    assert!(Manner::ALL.into_iter().all(|manner| catalogue.contains(&format!("`{}`", manner.as_str()))));
    for calendar in &book().calendars {
        let through = calendar.through.strftime("%b %-d, %Y").to_string();
        assert!(page.contains(&through), "{} is known through {through}", calendar.name);
    }
}

/// Of rules that ask how a paper is served, each manner has an example somewhere.
#[test]
fn every_manner_of_service_has_an_example() {
    let examples = examples();
    for manner in Manner::ALL {
        assert!(examples.iter().any(|e| e.given.get(MANNER).is_some_and(|m| m == manner.as_str())), "{manner:?}");
    }
}
