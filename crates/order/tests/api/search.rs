//! Finding orders by words.

use proptest::prelude::*;
use satchel_order::catalogue::{Definition, built_in};
use satchel_order::document::Fields;
use satchel_order::search::{Query, SearchText, TEXT_BYTES_MAX, sort_key};
use serde_json::{Value, json};

fn records() -> Definition {
    built_in().expect("the built-in definitions are right").remove(0)
}

fn text_of(json: Value) -> String {
    let fields: Fields = serde_json::from_value(json).expect("fields");
    SearchText::of(&records(), &fields).into_string()
}

fn finds(query: &str, answers: &[&str]) -> bool {
    let mut text = SearchText::default();
    answers.iter().for_each(|answer| text.add(answer));
    Query::parse(query).finds(text.into_string().as_bytes(), b"")
}

const ORDER: &[&str] = &["Núria Peña-Castell v. O'Brien & Strauß, Inc.", "10452-003", "26STCV04417", "Straße 9, Łódź"];

#[test]
fn words_are_found_however_they_are_written() {
    for query in [
        "",
        "   ",
        "pena",
        "PEÑA",
        "pen\u{0303}a",
        "castell nuria",
        "peña-cast",
        "obrien",
        "o'brien",
        "O\u{2019}Bri",
        "strauss",
        "STRAUSS",
        "strasse",
        "lodz",
        "10452",
        "10452-003",
        "10452-00",
        "10452 003",
        "04417",
        "stcv04417",
        "26stcv",
        "&",
        "inc.",
    ] {
        assert!(finds(query, ORDER), "{query:?}");
    }
    for query in ["ena", "brien", "lindquist", "pena lindquist", "003-10452", "44", "tcv", ".*", "v5"] {
        // A query of signs alone looks for nothing, so it finds everything.
        assert_eq!(finds(query, ORDER), query == ".*", "{query:?}");
    }
}

#[test]
fn a_phrase_is_found_as_it_stands_and_within_one_answer() {
    for query in ["\"pena castell\"", "“Peña-Castell v”", "\"castell v obr", "\"10452-003\" strauss"] {
        assert!(finds(query, ORDER), "{query:?}");
    }
    // Closed, its last word is whole; open, it is being typed. Two answers are no phrase.
    for query in ["\"castell pena\"", "\"castell v obr\"", "\"pen\"", "\"inc 10452\"", "\"003 26stcv04417\""] {
        assert!(!finds(query, ORDER), "{query:?}");
    }
}

#[test]
fn what_was_answered_is_searched_and_what_is_sensitive_or_not_asked_is_not() {
    let text = text_of(json!({
        "case.plaintiff": "Maria Delgado",
        "case.defendant": "Northline Freight, Inc.",
        "case.filed": true,
        "case.number": "26STCV04417",
        "subject.name": "Maria Elena Delgado",
        "subject.ssn": "078-05-1120",
        "subject.birth_date": "1984-03-09",
        "references.client_matter": "10452-003",
        "locations.rows": [{"custodian": "St. Brigid Medical Center"}, {"custodian": "Lakeshore Imaging"}],
    }));
    let found = |query: &str| Query::parse(query).finds(text.as_bytes(), b"");
    for query in ["records", "delgado northline", "elena", "04417", "10452-003", "brigid", "\"lakeshore imaging\""] {
        assert!(found(query), "{query:?} in {text:?}");
    }
    for query in ["078-05-1120", "1120", "1984", "true"] {
        assert!(!found(query), "{query:?} in {text:?}");
    }
    let unfiled = text_of(json!({"case.filed": false, "case.number": "26STCV04417"}));
    assert!(!Query::parse("26STCV04417").finds(unfiled.as_bytes(), b""), "an answer that is not asked does not count");
}

#[test]
fn each_word_may_be_found_in_another_text() {
    let mut text = SearchText::default();
    text.add("Delgado");
    let mut state = SearchText::default();
    state.add("Awaiting payment");
    let (text, state) = (text.into_string(), state.into_string());
    assert!(Query::parse("await delg").finds(text.as_bytes(), state.as_bytes()));
    assert!(!Query::parse("\"delgado awaiting\"").finds(text.as_bytes(), state.as_bytes()));
}

#[test]
fn a_long_note_costs_no_more_than_its_share() {
    let mut text = SearchText::default();
    text.add(&"word ".repeat(10_000));
    text.add("behind");
    let text = text.into_string();
    assert!(text.len() <= TEXT_BYTES_MAX + 8, "{}", text.len());
    assert!(Query::parse("word").finds(text.as_bytes(), b"") && !Query::parse("behind").finds(text.as_bytes(), b""));
}

#[test]
fn texts_sort_as_people_expect() {
    let mut texts =
        ["Doe 10", "doe 9", "Éclair v. A", "Eclair v. B", "Doe 007", "26-10000", "26-9999", "Ødegaard", "Olsen"];
    texts.sort_by_key(|text| sort_key(text));
    assert_eq!(
        texts,
        ["26-9999", "26-10000", "Doe 007", "doe 9", "Doe 10", "Éclair v. A", "Eclair v. B", "Ødegaard", "Olsen"]
    );
    assert_eq!(sort_key("DOE 7"), sort_key("doe 007"));
}

proptest! {
    #[test]
    fn any_word_of_a_text_finds_it(words in proptest::collection::vec("\\PC{1,12}", 1..6)) {
        let text = words.join(" ");
        for word in &words {
            // A quotation mark begins a phrase, in which signs part words as well.
            prop_assert!(finds(&word.replace(['"', '\u{201C}', '\u{201D}'], " "), &[&text]), "{:?} in {:?}", word, text);
        }
    }

    #[test]
    fn numbers_sort_by_their_size(one in any::<u32>(), other in any::<u32>()) {
        let key = |number: u32| sort_key(&format!("Doe {number}, Inc."));
        prop_assert_eq!(key(one).cmp(&key(other)), one.cmp(&other));
    }
}
