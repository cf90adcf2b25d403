//! A draft that is brought to another version of its service: what stays, moves, changes and goes, and that all of it is told.

use satchel_order::catalogue::Definition;
use satchel_order::document::{FieldValue, Fields};
use satchel_order::migrate::{AnotherService, Became, Dropped, Migrated, migrate};
use serde_json::{Value, json};

use crate::filler;

/// A version of a service with a section of these fields, and one that repeats.
fn version(version: u32, fields: &str, rows: &str) -> Definition {
    let text = format!(
        "service = \"s\"\nversion = {version}\nname = \"S\"\nsummary = \"S\"\n[[section]]\nid = \"a\"\ntitle = \"A\"\n\
         field = [{fields}]\n{rows}"
    );
    Definition::read(&text).unwrap_or_else(|error| panic!("{error} in {text}"))
}

fn rows(id: &str, keys: &str, fields: &str) -> String {
    format!(
        "[[section]]\nid = \"{id}\"\ntitle = \"R\"\n{keys}\nrepeats = {{ item = \"row\", min = 0, max = 9 }}\n\
         field = [{fields}]\n"
    )
}

fn field(id: &str, rest: &str) -> String {
    format!("{{ id = \"{id}\", label = \"{id}\", {rest} }}, ")
}

fn fields(answers: &Value) -> Fields {
    serde_json::from_value(answers.clone()).expect("fields")
}

/// Moves one answer from a question of one kind to one of another, and says what became of it.
fn one(before: &str, after: &str, answer: &Value) -> (Option<Value>, Vec<Became>) {
    let from = version(1, &field("x", before), "");
    let to = version(2, &field("x", after), "");
    let Migrated { fields, changes } = migrate(&fields(&json!({ "a.x": answer })), &from, &to).expect("one service");
    let value = fields.0.get("a.x").map(|value| serde_json::to_value(value).expect("a value"));
    (value, changes.into_iter().map(|change| change.became).collect())
}

const TEXT: &str = "kind = \"text\"";
const CHOICE: &str =
    "kind = \"choice\", options = [{ id = \"a\", label = \"Alder\" }, { id = \"b\", label = \"Birch\" }]";
const FEWER: &str = "kind = \"choice\", options = [{ id = \"a\", label = \"Alder\" }]";
const CHOICES: &str =
    "kind = \"choices\", options = [{ id = \"a\", label = \"Alder\" }, { id = \"b\", label = \"Birch\" }]";
const FEWER_CHOICES: &str = "kind = \"choices\", options = [{ id = \"a\", label = \"Alder\" }]";
const ANSWERED: &str =
    "kind = \"choice\", options = [{ id = \"yes\", label = \"Yes\" }, { id = \"no\", label = \"No\" }]";

#[test]
fn the_same_version_changes_nothing() {
    for service in satchel_order::catalogue::built_in().expect("definitions") {
        for turn in [0, 1, filler::TURNS - 1] {
            let answers = filler::fill(&service, turn);
            let same = migrate(&answers, &service, &service).expect("one service");
            assert_eq!((same.fields, same.changes), (answers, vec![]), "{} {turn}", service.name);
        }
    }
}

#[test]
fn what_is_the_same_question_keeps_its_answer() {
    for (kind, answer) in [
        (TEXT, json!("Maria Delgado")),
        ("kind = \"date\"", json!("2026-12-21")),
        // Wrong, and as it was typed: the form says so in the new version as it did before.
        ("kind = \"date\"", json!("soon")),
        ("kind = \"time\"", json!("14:30")),
        ("kind = \"money\"", json!(2_500)),
        ("kind = \"count\"", json!("a few")),
        ("kind = \"yes-no\"", json!(false)),
        ("kind = \"address\"", json!({"line1": "12 Alder St"})),
        (CHOICE, json!("b")),
        (CHOICES, json!(["a", "b"])),
        ("kind = \"attestation\", statement = \"So it is.\"", json!(true)),
    ] {
        assert_eq!(one(kind, kind, &answer), (Some(answer), vec![]), "{kind}");
    }
    // Another length or direction makes no other question.
    assert_eq!(one("kind = \"text\", max-chars = 9", TEXT, &json!("x")), (Some(json!("x")), vec![]));
    let (value, told) = one("kind = \"date\"", "kind = \"date\", looks = \"back\"", &json!("2026-12-21"));
    assert_eq!((value, told), (Some(json!("2026-12-21")), vec![]));
}

#[test]
fn an_answer_is_written_anew_where_another_kind_takes_it() {
    for (before, after, answer, expected) in [
        (CHOICE, TEXT, json!("b"), json!("Birch")),
        (TEXT, CHOICE, json!(" birch "), json!("b")),
        (CHOICE, CHOICES, json!("b"), json!(["b"])),
        (CHOICES, CHOICE, json!(["a"]), json!("a")),
        (CHOICES, TEXT, json!(["a", "b"]), json!("Alder, Birch")),
        ("kind = \"yes-no\"", ANSWERED, json!(true), json!("yes")),
        (ANSWERED, "kind = \"yes-no\"", json!("no"), json!(false)),
        ("kind = \"yes-no\"", TEXT, json!(true), json!("Yes")),
        ("kind = \"money\"", TEXT, json!(2_500), json!("$25.00")),
        ("kind = \"date\"", TEXT, json!("2026-12-21"), json!("Mon Dec 21, 2026")),
        ("kind = \"time\"", TEXT, json!("14:30"), json!("2:30 PM")),
        ("kind = \"paragraph\"", TEXT, json!("one\r\ntwo\nthree"), json!("one two three")),
        (
            "kind = \"address\"",
            "kind = \"paragraph\"",
            json!({"line1": "12 Alder St", "city": "Reno", "state": "NV", "zip": "89501"}),
            json!("12 Alder St, Reno, NV 89501"),
        ),
    ] {
        let (value, told) = one(before, after, &answer);
        assert_eq!(value, Some(expected), "{before} to {after}");
        assert!(matches!(told.as_slice(), [Became::Rewritten(to)] if to.to_string() == "a.x"), "{before} to {after}");
    }
}

#[test]
fn what_has_no_place_any_more_is_told_with_its_value() {
    let agreed = "kind = \"attestation\", statement = \"So it is.\"";
    for (before, after, answer, why) in [
        (CHOICE, FEWER, json!("b"), Dropped::NotAnOption),
        (CHOICES, FEWER_CHOICES, json!(["b"]), Dropped::NotAnOption),
        (CHOICES, CHOICE, json!(["a", "b"]), Dropped::NotAnOption),
        (TEXT, CHOICE, json!("Cedar"), Dropped::NotAnOption),
        (TEXT, "kind = \"yes-no\"", json!("yes"), Dropped::AnotherKind),
        (TEXT, "kind = \"address\"", json!("12 Alder St"), Dropped::AnotherKind),
        // Three things are not three cents.
        ("kind = \"count\"", "kind = \"money\"", json!(3), Dropped::AnotherKind),
        (CHOICE, "kind = \"date\"", json!("a"), Dropped::AnotherKind),
        (agreed, "kind = \"attestation\", statement = \"So it may be.\"", json!(true), Dropped::AnotherStatement),
        ("kind = \"yes-no\"", agreed, json!(true), Dropped::AnotherStatement),
        ("kind = \"text\", sensitive = true", TEXT, json!("secret"), Dropped::Unmasked),
        ("kind = \"ssn\"", TEXT, json!("219-09-9999"), Dropped::Unmasked),
    ] {
        let (value, told) = one(before, after, &answer);
        assert_eq!(value, None, "{before} to {after}");
        let dropped: FieldValue = serde_json::from_value(answer).expect("a value");
        assert_eq!(told, [Became::Dropped { value: dropped, why }], "{before} to {after}");
    }
    // Towards a mask there is nothing to lose.
    let (value, told) = one(TEXT, "kind = \"text\", sensitive = true", &json!("secret"));
    assert_eq!((value, told), (Some(json!("secret")), vec![]));
}

#[test]
fn options_that_are_gone_are_told_and_the_others_stay() {
    let (value, told) = one(CHOICES, FEWER_CHOICES, &json!(["a", "b"]));
    assert_eq!(value, Some(json!(["a"])));
    let [Became::Lessened { to, left_out }] = told.as_slice() else { panic!("one change, and another than {told:?}") };
    assert_eq!((to.to_string().as_str(), left_out.as_slice()), ("a.x", &["Birch".to_owned()][..]));
}

#[test]
fn an_answer_moves_to_where_its_question_says_that_it_was() {
    let from = version(
        1,
        &[field("court", TEXT), field("gone", TEXT), field("name", TEXT)].concat(),
        &rows("stops", "", &[field("to", TEXT), field("note", TEXT)].concat()),
    );
    let to = version(
        2,
        &[field("venue", "kind = \"text\", was = [\"tribunal\", \"court\"]"), field("name", TEXT)].concat(),
        &rows(
            "legs",
            "was = [\"stops\"]",
            &[field("to", TEXT), field("remark", "kind = \"text\", was = [\"stops.note\"]")].concat(),
        ),
    );
    let answers = fields(&json!({
        "a.court": "Los Angeles", "a.gone": "x", "a.name": "Maria", "b.stray": "y",
        "stops.rows": [{"to": "Reno", "note": "ring"}, {"note": "knock"}],
    }));
    let Migrated { fields: moved, changes } = migrate(&answers, &from, &to).expect("one service");
    let expected = json!({
        "a.venue": "Los Angeles", "a.name": "Maria",
        "legs.rows": [{"to": "Reno", "remark": "ring"}, {"remark": "knock"}],
    });
    assert_eq!(moved, fields(&expected));
    let told: Vec<_> = changes.iter().map(|change| (change.from.to_string(), kind(&change.became))).collect();
    // Each question of the rows is told once, though every row has it.
    let expected = [
        ("a.court", "moved to a.venue"),
        ("a.gone", "dropped: NotAsked"),
        ("b.stray", "dropped: NotAsked"),
        ("stops.rows[0].note", "moved to legs.rows[0].remark"),
        ("stops.rows[0].to", "moved to legs.rows[0].to"),
    ];
    let expected: Vec<_> = expected.iter().map(|(from, became)| ((*from).to_owned(), (*became).to_owned())).collect();
    assert_eq!(told, expected);
}

fn kind(became: &Became) -> String {
    match became {
        Became::Moved(to) => format!("moved to {to}"),
        Became::Rewritten(to) => format!("rewritten at {to}"),
        Became::Lessened { to, .. } => format!("lessened at {to}"),
        Became::Dropped { why, .. } => format!("dropped: {why:?}"),
    }
}

#[test]
fn what_has_the_place_keeps_it_and_rows_stay_rows() {
    // Both were answered, and the second question took the name of the first with it.
    let from = version(1, &[field("old", TEXT), field("x", TEXT)].concat(), &rows("r", "", &field("n", TEXT)));
    let to = version(2, &field("x", "kind = \"text\", was = [\"old\", \"r.n\"]"), "");
    let answers = fields(&json!({"a.old": "first", "a.x": "second", "r.rows": [{"n": "third"}]}));
    let Migrated { fields: kept, changes } = migrate(&answers, &from, &to).expect("one service");
    assert_eq!(kept, fields(&json!({"a.x": "second"})));
    let told: Vec<_> = changes.iter().map(|change| (change.from.to_string(), kind(&change.became))).collect();
    let expected = [("a.old", "dropped: Taken"), ("r.rows", "dropped: NotAsked")];
    let expected: Vec<_> = expected.iter().map(|(from, became)| ((*from).to_owned(), (*became).to_owned())).collect();
    assert_eq!(told, expected);
    // A section that repeats no more, and one that does so now.
    let single = version(
        2,
        "{ id = \"y\", label = \"Y\", kind = \"text\" }",
        "[[section]]\nid = \"r\"\ntitle = \"R\"\n\
         field = [{ id = \"n\", label = \"N\", kind = \"text\" }]\n",
    );
    let one_row = fields(&json!({"r.rows": [{"n": "third"}]}));
    let told = migrate(&one_row, &from, &single).expect("one service").changes;
    assert_eq!(told.iter().map(|change| kind(&change.became)).collect::<Vec<_>>(), ["dropped: Rows"]);
    let told = migrate(&fields(&json!({"r.n": "third"})), &single, &from).expect("one service").changes;
    assert_eq!(told.iter().map(|change| kind(&change.became)).collect::<Vec<_>>(), ["dropped: Rows"]);
}

/// Whatever the versions are, every answer is in the new draft or told.
#[test]
fn nothing_is_lost_without_a_word() {
    let services = satchel_order::catalogue::built_in().expect("definitions");
    for from in &services {
        let answers = filler::fill(from, 0);
        for to in &services {
            let mut to = to.clone();
            to.catalogue = from.catalogue.clone();
            let Migrated { fields, changes } = migrate(&answers, from, &to).expect("one service");
            let leaves = |fields: &Fields| fields.0.values().map(leaves).sum::<usize>();
            let dropped = |became: &Became| match became {
                Became::Dropped { value, .. } => self::leaves(value),
                Became::Lessened { left_out, .. } if left_out.is_empty() => 1,
                Became::Moved(_) | Became::Rewritten(_) | Became::Lessened { .. } => 0,
            };
            let gone: usize = changes.iter().map(|change| dropped(&change.became)).sum();
            assert_eq!(leaves(&fields) + gone, leaves(&answers), "{} to {}", from.name, to.name);
        }
    }
}

fn leaves(value: &FieldValue) -> usize {
    match value {
        FieldValue::Rows(rows) => rows.iter().map(std::collections::BTreeMap::len).sum(),
        FieldValue::Text(_)
        | FieldValue::Flag(_)
        | FieldValue::Number(_)
        | FieldValue::Choices(_)
        | FieldValue::Composed(_) => 1,
    }
}

#[test]
fn a_draft_stays_with_its_service() {
    let services = satchel_order::catalogue::built_in().expect("definitions");
    assert_eq!(migrate(&Fields::default(), &services[0], &services[1]), Err(AnotherService));
}

#[test]
fn an_earlier_name_that_is_in_use_or_leads_to_two_places_is_refused() {
    let read = |fields: &str, keys: &str| {
        let text = format!(
            "service = \"s\"\nversion = 2\nname = \"S\"\nsummary = \"S\"\n[[section]]\nid = \"a\"\ntitle = \"A\"\n{keys}\n\
             field = [{fields}]\n"
        );
        Definition::read(&text).map_err(|error| error.to_string())
    };
    let was = |names: &str| field("x", &format!("kind = \"text\", was = [{names}]"));
    assert!(read(&was("\"y\", \"b.z\""), "was = [\"b\"]").is_ok());
    let many = |count: usize| (0..count).map(|n| format!("\"n{n}\"")).collect::<Vec<_>>().join(", ");
    assert!(read(&was(&many(16)), "").is_ok());
    for (fields, keys, told) in [
        (was("\"x\""), "", "line 9: `x` is in use"),
        (was("\"y\", \"y\""), "", "line 9: `y` is in use, or was"),
        ([was("\"y\""), field("z", "kind = \"text\", was = [\"a.y\"]")].concat(), "", "line 9: `a.y` is in use"),
        (was("\"Y\""), "", "line 9: `Y` is no id"),
        (was("\"b.c.d\""), "", "line 9: `b.c.d` is no id"),
        (was(&many(17)), "", "line 9: at most 16"),
        (field("x", TEXT), "was = [\"a\"]", "line 8: `a` is in use"),
        (field("x", TEXT), "was = [\"b\", \"b\"]", "line 8: `b` is in use"),
        (field("x", TEXT), "was = \"b\"", "line 8: invalid type"),
    ] {
        let error = read(&fields, keys).expect_err(told);
        assert!(error.contains(told), "{error} is not {told}");
    }
}
