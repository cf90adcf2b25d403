//! Rules, calendars and the fields that feed them are refused with file, line and reason where they contradict themselves.

use satchel_order::catalogue::Definition;
use satchel_order::deadlines::{DAYS_MAX, Rulebook};

const CALENDAR: &str = r#"id = "here"
name = "Holidays here"
from = "2026-01-01"
through = "2026-12-31"
reviewed = "2026-11-27"
citation = "Example § 1"
source = "example.org"
holiday = [
  { on = "2026-07-03", name = "Summer", instead-of = "2026-07-04" },
  { on = "2026-12-25", name = "Winter" },
]
"#;

const RULES: &str = r#"jurisdiction = "Here"
calendar = "here"
[[extension]]
id = "added"
[extension.added]
personal = { days = 0 }
mail_state = { days = 5 }
mail_us = { days = 10 }
mail_confidential = { days = 12 }
mail_abroad = { days = 20 }
overnight = { court-days = 2 }
fax = { court-days = 2 }
electronic = { court-days = 2 }
[[rule]]
id = "first"
label = "First"
bound = "earliest"
citation = "Example § 2"
source = "example.org"
reviewed = "2026-11-27"
inputs = [{ id = "notice", label = "Notice", kind = "date" }, { id = "manner", label = "By", kind = "manner" }]
[[rule.step]]
from = "notice"
words = "Notice"
after = { days = 5 }
extend = "added"
roll = "forward"
[[rule]]
id = "second"
label = "Second"
bound = "latest"
citation = "Example § 3"
source = "example.org"
reviewed = "2026-11-27"
checked = "done"
inputs = [
  { id = "notice", label = "Notice", kind = "date" },
  { id = "manner", label = "By", kind = "manner" },
  { id = "served", label = "Served", kind = "date", otherwise = "rule first" },
  { id = "done", label = "Done", kind = "date", otherwise = "input served" },
]
[[rule.step]]
from = "served"
words = "Served"
before = { court-days = 16 }
roll = "backward"
"#;

fn read(calendar: &str, rules: &str) -> Result<Rulebook, String> {
    Rulebook::read(&[("here.toml", calendar)], &[("rules.toml", rules)]).map_err(|error| error.to_string())
}

#[test]
fn the_pattern_that_is_broken_below_reads() {
    let book = read(CALENDAR, RULES).expect("it is right");
    assert_eq!((book.rules.len(), book.calendars.len()), (2, 1));
    let needed: Vec<_> =
        book.rules[1].inputs.iter().filter(|input| input.needed).map(|input| input.id.as_str()).collect();
    assert_eq!(needed, ["notice", "manner"], "what the first rule needs, the second does");
}

#[test]
fn a_wrong_calendar_is_refused_with_line_and_reason() {
    for (right, wrong, line, reason) in [
        ("\"2026-07-03\"", "\"2026-07-04\"", 9, "no Saturday or Sunday"),
        ("\"2026-07-03\"", "\"2025-07-03\"", 9, "outside of the table"),
        ("\"2026-07-03\"", "\"2026-02-30\"", 9, "is no date"),
        ("\"2026-07-03\"", "\"2026-12-28\"", 10, "not in their order"),
        ("\"2026-07-03\"", "\"2026-12-25\"", 10, "not in their order"),
        ("\"2026-07-04\"", "\"2026-07-02\"", 9, "only for a Saturday or Sunday"),
        ("through = \"2026-12-31\"", "through = \"2025-12-31\"", 4, "ends before it begins"),
        ("\"Winter\"", "\"<b>Winter\"", 10, "without markup"),
        ("\"Winter\"", "\"\"", 10, "one line"),
        ("id = \"here\"", "id = \"Here!\"", 1, "a code has"),
        ("name = \"Holidays here\"", "name = \"Holidays here\"\nweekends = true", 3, "unknown field `weekends`"),
    ] {
        assert!(CALENDAR.contains(right), "{right}");
        let error = read(&CALENDAR.replacen(right, wrong, 1), RULES).expect_err(wrong);
        assert!(error.starts_with(&format!("here.toml, line {line}: ")) && error.contains(reason), "{wrong}: {error}");
    }
}

#[test]
fn a_wrong_rule_is_refused_with_line_and_reason() {
    let too_long = format!("after = {{ days = {} }}", DAYS_MAX + 1);
    for (right, wrong, line, reason) in [
        ("calendar = \"here\"", "calendar = \"there\"", 2, "no calendar `there`"),
        ("calendar = \"here\"\n", "", 12, "court days need a calendar"),
        ("fax = { court-days = 2 }\n", "", 4, "nothing is said of `fax`"),
        ("fax = {", "pigeon = {", 12, "`pigeon` is no manner of service"),
        ("fax = { court-days = 2 }", "fax = { court-days = 2, days = 2 }", 12, "of `days` or of `court-days`"),
        ("id = \"second\"", "id = \"first\"", 29, "the id `first` is there already"),
        ("bound = \"earliest\"", "bound = \"soon\"", 17, "`earliest`, `latest` or `reminder`"),
        ("bound = \"earliest\"", "bound = \"reminder\"", 15, "a reminder none"),
        ("reviewed = \"2026-11-27\"", "reviewed = \"lately\"", 20, "is no date"),
        ("citation = \"Example § 2\"", "citation = \"\"", 15, "one line"),
        ("label = \"First\"", "label = \"First\"\nnotes = [\"<i>\"]", 15, "without markup"),
        (
            "id = \"manner\", label = \"By\", kind = \"manner\"",
            "id = \"manner\", label = \"By\", kind = \"date\"",
            21,
            "of kind",
        ),
        ("id = \"notice\", label", "id = \"Notice\", label", 21, "is no id"),
        ("from = \"notice\"", "from = \"manner\"", 23, "there is no date `manner`"),
        ("after = { days = 5 }", "before = { days = 5 }", 27, "rolls against its count"),
        ("after = { days = 5 }\n", "", 23, "`after` or `before`"),
        ("after = { days = 5 }", too_long.as_str(), 23, "at most 400 days"),
        ("after = { days = 5 }", "after = { days = 70000 }", 25, "invalid value"),
        ("after = { days = 5 }", "after = { days = 5 }\nundo = true", 23, "what is undone"),
        ("extend = \"added\"", "extend = \"gone\"", 26, "no extension `gone`"),
        ("{ id = \"manner\", label = \"By\", kind = \"manner\" }]", "]", 26, "does not take `manner`"),
        ("roll = \"forward\"", "roll = \"sideways\"", 27, "not `sideways`"),
        ("otherwise = \"rule first\"", "otherwise = \"rule second\"", 39, "no rule `second` before"),
        ("otherwise = \"rule first\"", "otherwise = \"perhaps\"", 39, "`today`, `input …` or `rule …`"),
        ("otherwise = \"input served\"", "otherwise = \"input done\"", 40, "no date `done` before"),
        ("  { id = \"manner\", label = \"By\", kind = \"manner\" },\n", "", 38, "needs `manner`"),
        ("checked = \"done\"\n", "", 29, "nothing is done with `done`"),
        ("checked = \"done\"", "checked = \"manner\"", 35, "there is no date `manner`"),
    ] {
        assert!(RULES.contains(right), "{right}");
        let error = read(CALENDAR, &RULES.replacen(right, wrong, 1)).expect_err(wrong);
        assert!(error.starts_with(&format!("rules.toml, line {line}: ")) && error.contains(reason), "{wrong}: {error}");
    }
}

#[test]
fn what_is_added_after_a_move_cannot_be_undone() {
    let moved = RULES.replacen("id = \"added\"", "id = \"added\"\nafter-roll = true", 1);
    assert!(read(CALENDAR, &moved).is_ok());
    let undone = "before = { days = 5 }\nundo = true\nextend = \"added\"\n";
    let error = read(CALENDAR, &moved.replacen("before = { court-days = 16 }\n", undone, 1)).expect_err("undone");
    assert!(error.contains("cannot be undone"), "{error}");
}

#[test]
fn files_stop_at_their_limit() {
    let long = format!("{RULES}{}", "#".repeat(512 * 1024));
    let error = read(CALENDAR, &long).expect_err("too long");
    assert!(error.contains("more than 524288 bytes"), "{error}");
}

/// A service of one section whose dates a rule is reckoned with.
const SERVICE: &str = r#"service = "records"
version = 1
name = "Records"
summary = "Records"
[[section]]
id = "basis"
title = "Basis"
field = [
  { id = "consumer", label = "Consumer", kind = "yes-no" },
  { id = "mailed", label = "Mailed", kind = "date" },
  { id = "by", label = "By", kind = "choice", options = [{ id = "personal", label = "Hand" }, { id = "fax", label = "Fax" }] },
  { id = "born", label = "Born", kind = "date", sensitive = true },
  { id = "how", label = "How", kind = "choice", options = [{ id = "pigeon", label = "Pigeon" }] },
]
[[section]]
id = "rows"
title = "Rows"
repeats = { item = "row", min = 1, max = 3 }
field = [{ id = "on", label = "On", kind = "date" }]
[[deadline]]
rule = "ca-custodian-service"
when = { field = "basis.consumer", is = ["yes"] }
notice = "basis.mailed"
manner = "basis.by"
"#;

#[test]
fn the_service_that_is_broken_below_reads() {
    let service = Definition::read(SERVICE).expect("it is right");
    assert_eq!(service.deadlines.len(), 1);
    assert_eq!(service.deadlines[0].inputs["notice"].to_string(), "basis.mailed");
}

#[test]
fn a_wrong_deadline_of_a_service_is_refused_with_line_and_reason() {
    let notice = "notice = \"basis.mailed\"";
    for (right, wrong, line, reason) in [
        ("\"ca-custodian-service\"", "\"ca-nothing\"", 21, "there is no rule `ca-nothing`"),
        ("rule = \"ca-custodian-service\"\n", "", 20, "missing field `rule`"),
        ("notice = \"basis.mailed\"\n", "", 21, "is not reckoned without `notice`"),
        ("manner = \"basis.by\"\n", "", 21, "is not reckoned without `manner`"),
        (notice, "notice = \"basis.gone\"", 23, "there is no field `basis.gone`"),
        (notice, "notice = \"mailed\"", 23, "there is no field `mailed`"),
        (notice, "notice = \"basis.consumer\"", 23, "no field of kind date"),
        (notice, "notice = \"basis.born\"", 23, "is sensitive"),
        (notice, "notice = \"rows.on\"", 23, "one answer a row"),
        (notice, "notice = 5", 23, "invalid type"),
        (notice, "notices = \"basis.mailed\"", 23, "does not take `notices`"),
        ("\"basis.by\"", "\"basis.mailed\"", 24, "no field of kind choice"),
        ("\"basis.by\"", "\"basis.how\"", 24, "`pigeon` of `basis.how` is no manner"),
        ("is = [\"yes\"]", "is = [\"perhaps\"]", 22, "`perhaps` is no answer"),
        ("\"basis.consumer\", is", "\"basis.gone\", is", 22, "there is no field `basis.gone`"),
    ] {
        assert!(SERVICE.contains(right), "{right}");
        let error = Definition::read(&SERVICE.replacen(right, wrong, 1)).expect_err(wrong);
        assert!(error.reason.contains(reason) && error.line == line, "{wrong}: {error}");
    }
}

#[test]
fn a_service_falls_under_so_many_rules_and_no_more() {
    let (head, deadline) = SERVICE.split_once("[[deadline]]").expect("the service has one");
    let of = |count: usize| Definition::read(&format!("{head}{}", format!("[[deadline]]{deadline}").repeat(count)));
    assert_eq!(of(50).map(|service| service.deadlines.len()), Ok(50));
    assert!(of(51).is_err_and(|error| error.reason.contains("at most 50 rules")));
}
