//! What was entered becomes an answer, and what was typed is not lost.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use satchel_order::catalogue::{Kind, Looks, ServiceOption};
use satchel_order::document::FieldValue;
use satchel_order::entry::{CHOSEN_MAX, Entry, EntryError, TYPED_CHARS_MAX, Taken, take};
use satchel_order::inert::{Change, InertError, TYPED_BYTES_MAX};
use satchel_order::shown::{masked, shown};
use satchel_order::{Fault, Part};

/// A Wednesday.
pub(crate) const TODAY: Date = date(2026, 11, 25);
pub(crate) const AHEAD: Kind = Kind::Date { looks: Looks::Ahead };
pub(crate) const BACK: Kind = Kind::Date { looks: Looks::Back };

pub(crate) fn typed(text: &str) -> Entry {
    Entry::Text(text.to_owned())
}

fn text(text: &str) -> Option<FieldValue> {
    Some(FieldValue::Text(text.to_owned()))
}

fn value(kind: &Kind, entry: &str) -> Option<FieldValue> {
    take(kind, typed(entry), TODAY).expect("it is taken").value
}

pub(crate) fn options() -> Vec<ServiceOption> {
    let option = |id: &str, label: &str| ServiceOption { id: id.to_owned(), label: label.to_owned() };
    vec![option("medical", "Medical"), option("billing", "Billing"), option("hiv", "HIV")]
}

pub(crate) fn attestation() -> Kind {
    Kind::Attestation { statement: "It is so.".to_owned() }
}

#[track_caller]
fn each_date(kind: &Kind, today: Date, cases: &[(&str, &str)]) {
    for (entry, expected) in cases {
        let taken = take(kind, typed(entry), today).expect("it is taken");
        assert_eq!(taken.value, text(expected), "{entry:?} on {today}");
    }
}

#[test]
fn dates_are_read_as_people_type_them() {
    let cases = [
        ("12/21", "2026-12-21"),
        ("12/21/26", "2026-12-21"),
        ("12/21/2026", "2026-12-21"),
        ("12-21-2026", "2026-12-21"),
        ("12.21.2026", "2026-12-21"),
        ("1/2", "2027-01-02"),
        ("01/02", "2027-01-02"),
        ("Dec 21", "2026-12-21"),
        ("dec. 21", "2026-12-21"),
        ("December 21, 2026", "2026-12-21"),
        ("Dec 21, 2026", "2026-12-21"),
        ("Dec 21,2026", "2026-12-21"),
        ("Mon Dec 21, 2026", "2026-12-21"),
        ("Monday, December 21", "2026-12-21"),
        ("Sept 3", "2027-09-03"),
        ("2026-12-21", "2026-12-21"),
        ("  2026-12-21\n", "2026-12-21"),
        ("fri", "2026-11-27"),
        ("Friday", "2026-11-27"),
        ("wed", "2026-11-25"),
        ("tue", "2026-12-01"),
        ("today", "2026-11-25"),
        ("Tomorrow", "2026-11-26"),
        ("yesterday", "2026-11-24"),
        ("+10d", "2026-12-05"),
        ("+2w", "2026-12-09"),
        ("-3d", "2026-11-22"),
        ("+0d", "2026-11-25"),
        ("11/25", "2026-11-25"),
        ("11/24", "2027-11-24"),
        ("3/1/19", "2019-03-01"),
        ("3/1/76", "2076-03-01"),
        ("3/1/77", "1977-03-01"),
    ];
    each_date(&AHEAD, TODAY, &cases);
}

#[test]
fn dates_that_look_back_are_never_after_today_unless_the_year_says_so() {
    let cases = [
        ("3/9/84", "1984-03-09"),
        ("2/3", "2026-02-03"),
        ("Feb 3", "2026-02-03"),
        ("12/21", "2025-12-21"),
        ("11/25", "2026-11-25"),
        ("11/26", "2025-11-26"),
        ("11/25/26", "2026-11-25"),
        ("11/26/26", "1926-11-26"),
        ("1/1/00", "2000-01-01"),
        ("12/21/2030", "2030-12-21"),
        ("fri", "2026-11-20"),
        ("wed", "2026-11-25"),
        ("+1d", "2026-11-26"),
    ];
    each_date(&BACK, TODAY, &cases);
}

#[test]
fn leap_days_and_the_ends_of_years_are_found() {
    each_date(&AHEAD, TODAY, &[("2/29", "2028-02-29"), ("2/29/28", "2028-02-29"), ("+9999d", "2054-04-11")]);
    each_date(&BACK, TODAY, &[("2/29", "2024-02-29"), ("2/29/24", "2024-02-29"), ("2/29/26", "2/29/26")]);
    each_date(
        &AHEAD,
        date(2096, 3, 1),
        &[("2/29", "2104-02-29"), ("12/31/95", "2095-12-31"), ("1/1/01", "2101-01-01")],
    );
    each_date(&BACK, date(2104, 2, 28), &[("2/29", "2096-02-29"), ("2/29/00", "2000-02-29")]);
    each_date(&AHEAD, date(2028, 2, 29), &[("2/29", "2028-02-29"), ("+1d", "2028-03-01"), ("2/28", "2029-02-28")]);
    each_date(
        &AHEAD,
        date(2026, 12, 31),
        &[("1/1", "2027-01-01"), ("12/31", "2026-12-31"), ("tomorrow", "2027-01-01")],
    );
    each_date(&AHEAD, date(2026, 12, 31), &[("fri", "2027-01-01"), ("+1w", "2027-01-07"), ("-1w", "2026-12-24")]);
    each_date(&BACK, date(2027, 1, 1), &[("12/31", "2026-12-31"), ("1/1", "2027-01-01"), ("1/2", "2026-01-02")]);
    each_date(&BACK, date(2027, 1, 1), &[("thu", "2026-12-31"), ("yesterday", "2026-12-31")]);
}

#[test]
fn what_is_no_date_is_kept_as_it_was_typed() {
    for entry in [
        "soon",
        "Present",
        "2/30",
        "2/29/2026",
        "13/1/2026",
        "0/1",
        "1/0",
        "1/1/1849",
        "1/1/2200",
        "1/1/026",
        "1/1/20266",
        "1/1/2/3",
        "1/",
        "/1",
        "1//2026",
        "001/1/2026",
        "2026/12/21",
        "+10",
        "+d",
        "+10000d",
        "+-1d",
        "--1d",
        "+1m",
        "fr",
        "fri fri",
        "Tue Dec 21, 2026",
        "fridays",
        "De 21",
        "Dec",
        "Dec 32",
        "21 Dec 2026",
        "１２/21",
        "12/21 or so",
        "99999999999999999999/1",
        "\u{301}",
        "é",
    ] {
        for kind in [&AHEAD, &BACK] {
            assert_eq!(value(kind, entry), text(entry), "{entry:?}");
        }
    }
    // Around it stands what was typed around it.
    assert_eq!(value(&AHEAD, " soon "), text(" soon "));
}

#[test]
fn amounts_numbers_and_names_become_what_an_order_holds() {
    assert_eq!(value(&Kind::Money, "$1,250.00"), Some(FieldValue::Number(125_000)));
    assert_eq!(value(&Kind::Money, " 25.5 "), Some(FieldValue::Number(2_550)));
    assert_eq!(value(&Kind::Count, "3"), Some(FieldValue::Number(3)));
    assert_eq!(value(&Kind::Time, " 2:30 pm "), text("14:30"));
    assert_eq!(value(&Kind::Time, "after lunch"), text("after lunch"));
    assert_eq!(value(&Kind::Phone, "5625550142"), text("(562) 555-0142"));
    assert_eq!(value(&Kind::Phone, "ask the desk"), text("ask the desk"));
    assert_eq!(value(&Kind::Phone, " +44 20 7946 0018"), text(" +44 20 7946 0018"));
    assert_eq!(value(&Kind::Email, " dana@hartwell-ames.example\n"), text("dana@hartwell-ames.example"));
    assert_eq!(value(&Kind::Ssn, "219099999"), text("219-09-9999"));
    assert_eq!(value(&Kind::Ssn, " 4417 "), text("4417"));
    let line = Kind::Text { chars_max: 20 };
    assert_eq!(value(&line, "Dana\r\nWhitfield\t "), text("Dana Whitfield  "));
    let paragraph = Kind::Paragraph { chars_max: 20 };
    assert_eq!(value(&paragraph, "one\r\n two\t"), text("one\r\n two\t"));
    for kind in [&line, &paragraph, &AHEAD, &Kind::Money, &Kind::Count, &Kind::Phone, &Kind::Ssn, &Kind::Email] {
        for nothing in ["", "  ", "\r\n\t", "<b></b>", "<script>alert(1)</script>"] {
            assert_eq!(value(kind, nothing), None, "{nothing:?} clears {kind:?}");
        }
    }
}

#[test]
fn what_was_changed_in_a_text_is_told() {
    let entry = "Rear-end <script>alert(1)</script>collision, <Trustee>";
    let taken = take(&Kind::Paragraph { chars_max: 200 }, typed(entry), TODAY).expect("it is taken");
    assert_eq!(taken.value, text("Rear-end collision, ‹Trustee›"));
    let notices: Vec<_> = taken.notices.iter().map(|notice| (notice.change, notice.text.as_str())).collect();
    assert_eq!(notices, [(Change::Removed, "<script>alert(1)</script>"), (Change::Rebracketed, "<Trustee>")]);
    for notice in &taken.notices {
        assert_eq!(entry.get(notice.at..notice.at + notice.text.len()), Some(notice.text.as_str()));
    }
    assert!(!format!("{taken:?}").contains("alert"), "a notice does not print what it is about");
    assert!(!format!("{:?}", typed("Delgado")).contains("Delgado"));
}

#[test]
fn a_flag_a_choice_and_choices_are_taken_as_they_are() {
    let flag = |flag| take(&Kind::YesNo, Entry::Flag(flag), TODAY).expect("it is taken").value;
    assert_eq!(flag(Some(true)), Some(FieldValue::Flag(true)));
    assert_eq!(flag(None), None);
    // Who takes an agreement back has answered nothing, which is not a no.
    let agreed = |flag| take(&attestation(), Entry::Flag(flag), TODAY).expect("it is taken").value;
    assert_eq!([agreed(Some(true)), agreed(Some(false)), agreed(None)], [Some(FieldValue::Flag(true)), None, None]);
    let choice = |id: &str| take(&Kind::Choice(options()), typed(id), TODAY).map(|taken| taken.value);
    assert_eq!(choice("billing"), Ok(text("billing")));
    assert_eq!(choice(""), Ok(None));
    assert_eq!(choice("Billing"), Err(EntryError::NotAnOption));
    assert_eq!(choice(" "), Err(EntryError::NotAnOption));
    let choices = |ids: &[&str]| {
        let ids = ids.iter().map(|id| (*id).to_owned()).collect();
        take(&Kind::Choices(options()), Entry::Choices(ids), TODAY).map(|taken| taken.value)
    };
    let both = FieldValue::Choices(vec!["medical".to_owned(), "hiv".to_owned()]);
    assert_eq!(choices(&["hiv", "medical", "hiv"]), Ok(Some(both)), "in the form's order, each once");
    assert_eq!(choices(&[]), Ok(None));
    assert_eq!(choices(&["medical", "gossip"]), Err(EntryError::NotAnOption));
    assert_eq!(choices(&[""]), Err(EntryError::NotAnOption));
    assert!(choices(&["hiv"; CHOSEN_MAX]).is_ok());
    assert_eq!(choices(&["hiv"; CHOSEN_MAX + 1]), Err(EntryError::TooManyChosen));
}

fn parts(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

#[test]
fn an_address_is_taken_part_by_part() {
    let entry = parts(&[("line1", "611 <b>Harbor</b> Road"), ("line2", " "), ("state", " ca "), ("zip", " 90802 ")]);
    let taken = take(&Kind::Address, Entry::Parts(entry), TODAY).expect("it is taken");
    let expected = parts(&[("line1", "611 Harbor Road"), ("state", "CA"), ("zip", "90802")]);
    assert_eq!(taken.value, Some(FieldValue::Composed(expected)));
    assert!(taken.notices.iter().all(|notice| notice.part == Some(Part::Line1)));
    assert_eq!(taken.notices.len(), 2);
    let nothing = take(&Kind::Address, Entry::Parts(parts(&[("city", " ")])), TODAY);
    assert_eq!(nothing, Ok(Taken { value: None, notices: Vec::new() }));
    let stranger = take(&Kind::Address, Entry::Parts(parts(&[("planet", "Mars")])), TODAY);
    assert_eq!(stranger, Err(EntryError::NotAPart));
    let long = |chars: usize| take(&Kind::Address, Entry::Parts(parts(&[("city", &"x".repeat(chars))])), TODAY);
    assert!(long(120).is_ok());
    let source = InertError::TooLong { chars: 121, chars_max: 120 };
    assert_eq!(long(121), Err(EntryError::Text { part: Some(Part::City), source }));
}

#[test]
fn text_stops_at_its_limits() {
    for (kind, chars_max) in [
        (Kind::Text { chars_max: 20 }, 20),
        (Kind::Paragraph { chars_max: 20_000 }, 20_000),
        (Kind::Email, 254),
        (AHEAD, TYPED_CHARS_MAX),
        (Kind::Time, TYPED_CHARS_MAX),
        (Kind::Money, TYPED_CHARS_MAX),
        (Kind::Count, TYPED_CHARS_MAX),
        (Kind::Phone, TYPED_CHARS_MAX),
        (Kind::Ssn, TYPED_CHARS_MAX),
    ] {
        assert!(take(&kind, typed(&"é".repeat(chars_max)), TODAY).is_ok(), "{kind:?}");
        let source = InertError::TooLong { chars: chars_max + 1, chars_max };
        let refused = Err(EntryError::Text { part: None, source });
        assert_eq!(take(&kind, typed(&"é".repeat(chars_max + 1)), TODAY), refused, "{kind:?}");
        let bytes = TYPED_BYTES_MAX + 1;
        let refused = Err(EntryError::Text { part: None, source: InertError::TooLarge { bytes } });
        assert_eq!(take(&kind, typed(&"x".repeat(bytes)), TODAY), refused, "{kind:?}");
        assert!(take(&kind, typed("a\u{202E}b"), TODAY).is_err());
        assert!(take(&kind, typed("a\0b"), TODAY).is_err());
    }
}

#[test]
fn an_entry_of_another_kind_is_the_callers_fault() {
    let flag = Entry::Flag(Some(true));
    for (kind, entry) in [
        (Kind::YesNo, typed("yes")),
        (attestation(), typed("yes")),
        (Kind::Time, flag.clone()),
        (Kind::Address, typed("12 Alder St")),
        (Kind::Choices(options()), typed("medical")),
        (Kind::Choice(options()), Entry::Choices(vec!["medical".to_owned()])),
        (Kind::Money, flag.clone()),
        (AHEAD, Entry::Parts(BTreeMap::new())),
        (Kind::Text { chars_max: 9 }, flag),
    ] {
        assert_eq!(take(&kind, entry, TODAY), Err(EntryError::WrongShape), "{kind:?}");
    }
}

#[test]
fn answers_are_shown_as_people_write_them() {
    let of = |entry: &str| FieldValue::Text(entry.to_owned());
    for (kind, value, expected) in [
        (AHEAD, of("2026-12-21"), "Mon Dec 21, 2026"),
        (AHEAD, of("2026-02-03"), "Tue Feb 3, 2026"),
        (AHEAD, of("soon"), "soon"),
        (Kind::Time, of("14:05"), "2:05 PM"),
        (Kind::Time, of("00:00"), "12:00 AM"),
        (Kind::Time, of("after lunch"), "after lunch"),
        (attestation(), FieldValue::Flag(true), "Agreed: It is so."),
        (attestation(), FieldValue::Flag(false), "Not agreed"),
        (Kind::Money, FieldValue::Number(44_850), "$448.50"),
        (Kind::Money, FieldValue::Number(5), "$0.05"),
        (Kind::Money, FieldValue::Number(123_456_700), "$1,234,567.00"),
        (Kind::Count, FieldValue::Number(1_318), "1,318"),
        (Kind::Phone, of("(562) 555-0142"), "(562) 555-0142"),
        (Kind::YesNo, FieldValue::Flag(true), "Yes"),
        (Kind::YesNo, FieldValue::Flag(false), "No"),
        (Kind::Choice(options()), of("hiv"), "HIV"),
        (Kind::Choice(options()), of("gone"), "gone"),
        (Kind::Choices(options()), FieldValue::Choices(vec!["medical".into(), "hiv".into()]), "Medical, HIV"),
        (
            Kind::Address,
            FieldValue::Composed(parts(&[
                ("line1", "611 Harbor Road"),
                ("line2", "Suite 300"),
                ("city", "Long Beach"),
                ("state", "CA"),
                ("zip", "90802"),
            ])),
            "611 Harbor Road, Suite 300, Long Beach, CA 90802",
        ),
        (
            Kind::Address,
            FieldValue::Composed(parts(&[("line1", "1180 Alder Court"), ("zip", "90503")])),
            "1180 Alder Court, 90503",
        ),
    ] {
        assert_eq!(shown(&kind, &value), expected);
    }
}

#[test]
fn masked_answers_show_their_last_part_or_nothing() {
    let of = |entry: &str| FieldValue::Text(entry.to_owned());
    let nothing = "••••••••";
    let line = || Kind::Text { chars_max: 64 };
    for (kind, value, expected) in [
        (BACK, of("1984-03-09"), "••/••/1984"),
        (BACK, of("March of 84"), nothing),
        (Kind::Ssn, of("219-09-4417"), "•••-••-4417"),
        (Kind::Ssn, of("4417"), "•••-••-4417"),
        (Kind::Ssn, of("2190-99-999"), nothing),
        (line(), of("88123482"), "••••••82"),
        (line(), of("123456"), "••••••56"),
        (line(), of("12345"), nothing),
        (line(), of("aaaaéé"), "••••••éé"),
        (Kind::Phone, of("(562) 555-0142"), "(•••) •••-0142"),
        (Kind::Email, of("maria@example.com"), nothing),
        (Kind::Paragraph { chars_max: 200 }, of("Cervical strain"), nothing),
        (Kind::Address, FieldValue::Composed(parts(&[("city", "Torrance")])), nothing),
        (Kind::Money, FieldValue::Number(44_850), nothing),
        (Kind::YesNo, FieldValue::Flag(true), nothing),
        (Kind::Time, of("14:05"), nothing),
        (attestation(), FieldValue::Flag(true), nothing),
        (Kind::Choice(options()), of("hiv"), nothing),
    ] {
        assert_eq!(masked(&kind, &value), expected, "{kind:?}");
    }
}

#[test]
fn faults_have_names_that_stay() {
    for (fault, code, severity) in [
        (Fault::Missing, "missing", "empty"),
        (Fault::NotADate, "not-a-date", "wrong"),
        (Fault::NotATime, "not-a-time", "wrong"),
        (Fault::NotAgreed, "not-agreed", "empty"),
        (Fault::NotAnAmount, "not-an-amount", "wrong"),
        (Fault::NotANumber, "not-a-number", "wrong"),
        (Fault::WrongShape, "wrong-shape", "wrong"),
        (Fault::TooFewRows { item: "leg".to_owned(), rows_min: 1 }, "too-few-rows", "empty"),
        (Fault::PoBox, "po-box", "caution"),
    ] {
        assert_eq!((fault.code(), fault.severity().as_str()), (code, severity));
    }
}
