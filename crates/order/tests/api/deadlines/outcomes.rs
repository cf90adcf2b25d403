//! What is shown of a date: how it was reckoned, what conflicts, what the firm keeps clear, what is missing.

use jiff::civil::{Date, date};
use satchel_order::deadlines::{
    BUFFER_DAYS_MAX, Bound, BufferError, Buffers, ConsumerNotice, CountError, Deadline, Found, Inputs, Manner, Outcome,
    Production, Standing, earliest_production, serve_notice_by,
};

use super::{book, day, found, reckoned};

const MAILED: Date = date(2026, 11, 24);

fn mailed() -> Production {
    let consumer = Some(ConsumerNotice { on: Some(MAILED), manner: Some(Manner::MailState) });
    Production { consumer, ..Production::default() }
}

fn earliest(known: &Production, buffers: &Buffers) -> Deadline {
    earliest_production(known, MAILED, buffers).expect("the rules that are built in are right")
}

fn buffers(rule: &str, days: u16) -> Buffers {
    book().buffers([(rule.to_owned(), days)]).expect("a buffer")
}

#[track_caller]
fn of(deadline: &Deadline) -> Found {
    found(deadline).unwrap_or_else(|| panic!("{deadline:?} has a date")).clone()
}

#[test]
fn a_date_says_how_it_was_reckoned() {
    let found = of(&earliest(&mailed(), &Buffers::default()));
    assert_eq!(
        found.why,
        "Notice served Tue Nov 24, 2026 + 5 days + 5 days for mail within the state is Fri Dec 4, 2026. Custodian served \
         at the earliest Fri Dec 4, 2026 + 15 days is Sat Dec 19, 2026, no court day, so Mon Dec 21, 2026."
    );
    assert_eq!(
        found.also,
        [
            "Subpoena issued by Tue Nov 24, 2026 + 20 days is Mon Dec 14, 2026.",
            "Notice served Tue Nov 24, 2026 + 10 days + 5 days for mail within the state is Wed Dec 9, 2026.",
        ]
    );
}

#[test]
fn every_kind_of_count_is_said() {
    for (rule, given, manner, today, brief, why) in [
        (
            "ca-motion",
            ("hearing", "2026-12-18"),
            Some(Manner::Overnight),
            "2026-11-02",
            "Hearing − 16 court days − 2 days for overnight delivery",
            "Hearing Fri Dec 18, 2026 − 16 court days − 2 days for overnight delivery is Sun Nov 22, 2026, no court day, so Fri \
             Nov 20, 2026.",
        ),
        (
            "ca-deposition-notice-by",
            ("deposition", "2026-07-07"),
            Some(Manner::Fax),
            "2026-06-01",
            "Deposition − 10 days − 2 court days for fax",
            "Deposition Tue Jul 7, 2026: 10 days and 2 court days for fax end by then when they start by Thu Jun 25, 2026.",
        ),
        (
            "us-discovery-response",
            ("served", "2026-06-03"),
            Some(Manner::MailUs),
            "2026-06-03",
            "Discovery served + 30 days + 3 days for mail from or to another state",
            "Discovery served Wed Jun 3, 2026 + 30 days is Fri Jul 3, 2026, no court day (Independence Day), so Mon Jul 6, 2026; + 3 days \
             for mail from or to another state is Thu Jul 9, 2026.",
        ),
        (
            "ca-custodian-by",
            ("production", "2026-12-14"),
            None,
            "2026-11-02",
            "Production − 15 days",
            "Production Mon Dec 14, 2026 − 15 days is Sun Nov 29, 2026, no court day (Day after Thanksgiving, Thanksgiving \
             Day), so Wed Nov 25, 2026.",
        ),
        (
            "ca-production",
            ("issued", "2026-11-02"),
            None,
            "2026-11-27",
            "Custodian served at the earliest + 15 days",
            "Custodian served at the earliest Mon Nov 30, 2026 (the next court day) + 15 days is Tue Dec 15, 2026.",
        ),
        ("us-objection", ("production", "2026-12-01"), None, "2026-12-01", "Production", "Production Tue Dec 1, 2026."),
        (
            "ny-objection",
            ("production", "2026-12-01"),
            None,
            "2026-12-05",
            "Custodian served at the earliest + 20 days",
            "Custodian served at the earliest Sat Dec 5, 2026 (today) + 20 days is Fri Dec 25, 2026.",
        ),
    ] {
        let deadline = reckoned(rule, &[(given.0, day(given.1))], manner, day(today));
        let found = of(&deadline);
        assert_eq!((found.brief.as_str(), found.why.as_str()), (brief, why), "{rule}");
    }
}

#[test]
fn a_date_that_is_too_early_is_a_conflict_by_so_many_days() {
    for (production, standing, explained) in [
        (
            date(2026, 12, 14),
            Standing::Conflict { days: 7 },
            "Mon Dec 14, 2026 is 7 days too early: the earliest is Mon Dec 21, 2026.",
        ),
        (
            date(2026, 12, 18),
            Standing::Conflict { days: 3 },
            "Fri Dec 18, 2026 is 3 days too early: the earliest is Mon Dec 21, 2026.",
        ),
        (
            date(2026, 12, 20),
            Standing::Tight { days: 1 },
            "Sun Dec 20, 2026 keeps the count, which ends on Sat Dec 19, 2026, but only with something done while the courts \
             are closed. The date to go by is Mon Dec 21, 2026.",
        ),
        (date(2026, 12, 21), Standing::Kept, ""),
        (date(2026, 12, 25), Standing::Kept, ""),
    ] {
        let known = Production { production: Some(production), ..mailed() };
        let entered = of(&earliest(&known, &Buffers::default())).entered.expect("a date is entered");
        assert_eq!((entered.date, entered.standing, entered.explained.as_str()), (production, standing, explained));
        let closed = match production.day() {
            20 => Some("a Sunday"),
            25 => Some("Christmas Day"),
            _ => None,
        };
        assert_eq!(entered.closed_for.as_deref(), closed, "{production}");
    }
}

/// Mailed on Mon Nov 16, the custodian may be served on Thanksgiving and produce on Fri Dec 11. Nobody serves then; from Mon
/// Nov 30 on it is Tue Dec 15.
#[test]
fn the_laws_own_count_is_told_from_the_date_to_go_by() {
    let of_production = |day: i8| {
        let consumer = Some(ConsumerNotice { on: Some(date(2026, 11, 16)), manner: Some(Manner::MailState) });
        let known = Production { consumer, production: Some(date(2026, 12, day)), ..Production::default() };
        of(&earliest_production(&known, date(2026, 11, 16), &Buffers::default()).expect("the rules are right"))
    };
    let found = of_production(14);
    assert_eq!((found.bare, found.date), (date(2026, 12, 11), date(2026, 12, 15)));
    let standing = |day| of_production(day).entered.map(|entered| entered.standing);
    assert_eq!(standing(10), Some(Standing::Conflict { days: 5 }));
    assert_eq!(standing(11), Some(Standing::Tight { days: 4 }));
    assert_eq!(standing(14), Some(Standing::Tight { days: 1 }));
    assert_eq!(standing(15), Some(Standing::Kept));
}

/// The 60th day is Sat Jul 4, and the law itself moves it.
#[test]
fn what_the_law_moves_is_no_caution() {
    let filed =
        reckoned("ca-summons", &[("filed", day("2026-05-05")), ("proof_filed", day("2026-07-06"))], None, MAILED);
    let found = of(&filed);
    assert_eq!((found.bare, found.date), (date(2026, 7, 6), date(2026, 7, 6)));
    assert_eq!(found.entered.map(|entered| entered.standing), Some(Standing::Kept));
}

#[test]
fn a_date_that_is_too_late_is_a_conflict_too() {
    let by = |on: Option<Date>, today: Date| {
        let notice = ConsumerNotice { on, manner: Some(Manner::MailState) };
        of(&serve_notice_by(date(2026, 12, 21), notice, today, &Buffers::default()).expect("the rules are right"))
    };
    let late = by(Some(date(2026, 11, 30)), MAILED);
    let entered = late.entered.expect("a date is entered");
    assert_eq!(entered.standing, Standing::Conflict { days: 6 });
    assert_eq!(entered.explained, "Mon Nov 30, 2026 is 6 days too late: the latest is Tue Nov 24, 2026.");
    assert_eq!(by(Some(MAILED), MAILED).entered.map(|entered| entered.standing), Some(Standing::Kept));
    // Nothing is entered: the day is still ahead, or it has passed.
    assert_eq!((by(None, MAILED).entered, by(None, MAILED).passed_days), (None, 0));
    assert_eq!(by(None, date(2026, 11, 30)).passed_days, 6);
    assert_eq!(by(Some(MAILED), date(2026, 11, 30)).passed_days, 0);
}

#[test]
fn a_firms_buffer_is_shown_apart_and_is_no_conflict() {
    let firm = buffers("ca-production-consumer", 3);
    let known = |production| Production { production: Some(production), ..mailed() };
    let found = of(&earliest(&known(date(2026, 12, 22)), &firm));
    assert_eq!(found.date, date(2026, 12, 21), "the statute's date is as it was");
    let buffer = found.buffer.expect("a buffer");
    assert_eq!((buffer.days, buffer.date), (3, Ok(date(2026, 12, 24))));
    let entered = found.entered.expect("a date is entered");
    assert_eq!(entered.standing, Standing::WithinBuffer { days: 2 });
    assert!(entered.explained.contains("keeps the rule") && entered.explained.contains("Thu Dec 24, 2026"));
    let standing = |production| of(&earliest(&known(production), &firm)).entered.map(|entered| entered.standing);
    assert_eq!(standing(date(2026, 12, 24)), Some(Standing::Kept));
    assert_eq!(standing(date(2026, 12, 18)), Some(Standing::Conflict { days: 3 }));
    assert_eq!(standing(date(2026, 12, 19)), Some(Standing::Tight { days: 2 }));
}

/// Four days from Mon Dec 21 are Christmas; one day back from a Tuesday's notice is the Monday.
#[test]
fn a_buffer_ends_on_a_court_day_away_from_the_date() {
    let of_days = |days| of(&earliest(&mailed(), &buffers("ca-production-consumer", days))).buffer.map(|b| b.date);
    assert_eq!(of_days(4), Some(Ok(date(2026, 12, 28))));
    assert_eq!(of_days(0), None);
    let notice = ConsumerNotice { on: None, manner: Some(Manner::MailState) };
    let firm = buffers("ca-notice-by", 2);
    let by = of(&serve_notice_by(date(2026, 12, 21), notice, MAILED, &firm).expect("the rules are right"));
    assert_eq!(by.buffer.map(|buffer| buffer.date), Some(Ok(date(2026, 11, 20))));
}

#[test]
fn a_buffer_beyond_the_table_hides_no_date() {
    let rule = book().rule("ca-summons").expect("the rule");
    let dates = [("filed".to_owned(), date(2032, 10, 28))].into();
    let inputs = Inputs { dates, manner: None, today: date(2032, 10, 28) };
    let found = of(&book().deadline(rule, &inputs, &buffers("ca-summons", 5)));
    assert_eq!((found.date, found.buffer.map(|b| b.date)), (date(2032, 12, 27), Some(Ok(date(2032, 12, 22)))));
    let rule = book().rule("ca-production").expect("the rule");
    let dates = [("custodian_served".to_owned(), date(2032, 12, 10)), ("issued".to_owned(), date(2032, 12, 1))].into();
    let inputs = Inputs { dates, manner: None, today: date(2032, 12, 10) };
    let found = of(&book().deadline(rule, &inputs, &buffers("ca-production", 5)));
    assert_eq!(found.date, date(2032, 12, 27));
    assert!(matches!(found.buffer.map(|b| b.date), Some(Err(CountError::BeyondTable { .. }))));
}

#[test]
fn buffers_stop_at_their_limit_and_are_for_dates_only() {
    let of = |rule: &str, days| book().buffers([(rule.to_owned(), days)]);
    assert!(of("ca-motion", BUFFER_DAYS_MAX).is_ok());
    let rule = "ca-motion".to_owned();
    assert_eq!(of("ca-motion", BUFFER_DAYS_MAX + 1), Err(BufferError::TooManyDays { rule, days: BUFFER_DAYS_MAX + 1 }));
    for rule in ["ca-motions", "us-subpoena-notice"] {
        assert_eq!(of(rule, 1), Err(BufferError::UnknownRule(rule.to_owned())));
    }
}

#[test]
fn what_is_missing_is_named_as_the_form_asks_it() {
    let consumer = Some(ConsumerNotice::default());
    let deadline = earliest(&Production { consumer, ..Production::default() }, &Buffers::default());
    let Outcome::Missing(missing) = deadline.outcome else { panic!("{deadline:?}") };
    let labels: Vec<_> = missing.iter().map(|missing| missing.label.as_str()).collect();
    assert_eq!(labels, ["Notice to consumer served", "How the notice is served"]);
}

#[test]
fn a_reminder_has_no_date_whatever_is_known() {
    let deadline = reckoned("us-subpoena-notice", &[("production", MAILED)], None, MAILED);
    assert_eq!((deadline.bound, deadline.outcome), (Bound::Reminder, Outcome::Reminder));
}

#[test]
fn each_rule_says_whose_it_is_where_it_stands_and_when_it_was_reviewed() {
    for rule in &book().rules {
        assert!(["California", "Federal", "New York"].contains(&rule.jurisdiction.as_str()), "{}", rule.id);
        assert!(!rule.citation.is_empty() && rule.source.contains('.'), "{}", rule.id);
        assert!(rule.reviewed >= date(2026, 11, 1), "{}", rule.id);
        assert!(rule.bound == Bound::Reminder || !rule.notes.is_empty(), "{} says no reading", rule.id);
    }
}
