//! What whoever writes an order, or a definition, tries against whoever reads it.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use satchel_order::catalogue::{Definition, built_in};
use satchel_order::document::{CompactText, FieldValue, Fields, OrderCopy, OrderDocument};
use satchel_order::{counted, quote, validate};
use satchel_terms::{FileName, MediaType, QuoteError, parse};
use serde_json::{Value, json};

/// Far above what any of these takes, and far below what a slow algorithm would.
const AT_ONCE: Duration = Duration::from_secs(5);

fn records() -> Definition {
    built_in().expect("the built-in definitions are right").remove(0)
}

/// A good order of the vectors.
fn order() -> Value {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/statements.json");
    let vectors: Value = serde_json::from_slice(&std::fs::read(path).expect("the vectors can be read")).expect("JSON");
    let documents = vectors["documents"].as_array().expect("a list");
    let with_files = documents.iter().filter(|document| document["kind"] == "order" && document["refused"].is_null());
    let mut orders = with_files.map(|document| {
        let payload = document["payload"].as_str().expect("a payload");
        serde_json::from_str::<Value>(payload).expect("JSON")
    });
    orders.find(|order| order["files"].as_array().is_some_and(|files| !files.is_empty())).expect("one with files")
}

fn read(order: &Value) -> bool {
    OrderDocument::from_payload(order.to_string().as_bytes()).is_ok()
}

#[test]
fn markup_gets_into_no_place_of_a_document() {
    let with = |value: Value| {
        let mut order = order();
        order["fields"]["attack.here"] = value;
        read(&order)
    };
    assert!(with(json!("words")));
    for text in
        ["<img src=x onerror=alert(1)>", "</title>", "<!--", "<?x", "a<b", "end <", "\0", "a\u{202E}b", "\u{1b}[2J"]
    {
        for value in [
            json!(text),
            json!(["words", text]),
            json!({"line1": "words", "line2": text}),
            json!([{"a": "words"}, {"a": text}]),
            json!([{"a": ["words", text]}]),
            json!([{"a": {"b": text}}]),
        ] {
            assert!(!with(value.clone()), "{value}");
        }
        for name in ["a.<b>", "a.b<", "<a.b", "__proto__.a", "a.__proto__", "a.\u{430}", "a.b\n", "a..b", ".b", "a."] {
            assert!(parse::<Fields>(json!({name: "x"}).to_string().as_bytes(), 1_000).is_err(), "{name}");
        }
    }
}

#[test]
fn a_value_said_twice_or_in_two_ways_is_refused() {
    let fields = |text: &str| parse::<Fields>(text.as_bytes(), 10_000).is_ok();
    assert!(fields(r#"{"a.b":"1","a.c":[{"d":"1"},{"d":"2"}]}"#));
    for twice in [
        r#"{"a.b":"1","a\u002eb":"2"}"#,
        r#"{"a.b":{"c":"1","\u0063":"2"}}"#,
        r#"{"a.b":[{"c":"1","\u0063":"2"}]}"#,
        r#"{"a.b":[{"c":{"d":"1","\u0064":"2"}}]}"#,
    ] {
        assert!(!fields(twice), "{twice}");
    }
    for number in
        ["1.0", "1e0", "-0", "-1", "01", "+1", "0x1", "9007199254740992", "18446744073709551616", "1e400", "NaN"]
    {
        assert!(!fields(&format!("{{\"a.b\":{number}}}")), "{number}");
        assert!(!fields(&format!("{{\"a.b\":[{{\"c\":{number}}}]}}")), "{number}");
    }
    for text in [r#""\ud800""#, r#""\udc00\ud800""#, "\"\u{1}\"", r#""\x41""#, "'a'"] {
        assert!(!fields(&format!("{{\"a.b\":{text}}}")), "{text}");
    }
    assert!(parse::<Fields>(b"{\"a.b\":\"\xff\"}", 100).is_err(), "no UTF-8");
    assert!(parse::<Fields>(b"\xef\xbb\xbf{}", 100).is_err(), "a byte order mark");
}

#[test]
fn files_reach_no_blob_but_those_of_their_own_order_and_revision() {
    let with = |member: &str, value: Value| {
        let mut order = order();
        order["files"][0][member] = value;
        read(&order)
    };
    assert!(read(&order()));
    for blob in [
        "r1/document",
        "r1/copy",
        "r1/manifest",
        "log/1",
        "returns/1",
        "r4294967295/files/1",
        "r0/files/1",
        "r1/files/0",
        "r1/files/1/../../copy",
        "../r1/files/1",
        "r1/files/\u{661}",
        "r1/files/1\0",
        "R1/files/1",
        "r1//files/1",
        "",
    ] {
        assert!(!with("blob", json!(blob)), "{blob}");
    }
    for length in [json!(-1), json!(u64::MAX), json!(209_715_200_001_u64), json!("1"), json!(1.0), json!(null)] {
        assert!(!with("length", length.clone()), "{length}");
    }
    let mut twice = order();
    let file = twice["files"][0].clone();
    twice["files"].as_array_mut().expect("a list").push(file);
    assert!(!read(&twice));
    for name in [
        "../a",
        "..\\a",
        "/etc/passwd",
        "C:\\a",
        "\\\\host\\a",
        "a\0.pdf",
        "a\u{202E}fdp.exe",
        "a\r\nb",
        "..",
        "a\u{85}",
    ] {
        assert!(FileName::try_from(name.to_owned()).is_err(), "{name:?}");
    }
    for media_type in ["text/html;x", "text/html\r\nX: y", "a/b c", "a/\"b", "a/<b>", "/", "A/b", "a/b/c", "a/\u{e9}"] {
        assert!(MediaType::try_from(media_type.to_owned()).is_err(), "{media_type:?}");
    }
}

#[test]
fn nesting_ends_the_reading_and_not_the_program() {
    let start = Instant::now();
    for nested in ["[".repeat(8_000_000), "{\"version\":".repeat(700_000), "{\"a.b\":[{\"c\":".repeat(500_000)] {
        assert!(OrderDocument::from_payload(nested.as_bytes()).is_err());
        assert!(OrderCopy::from_json(nested.as_bytes()).is_err());
        assert!(parse::<Fields>(nested.as_bytes(), nested.len()).is_err());
    }
    let (arrays, tables) = ("[".repeat(200_000), "{a=".repeat(150_000));
    let dots = "a.".repeat(200_000);
    for text in [
        format!("section = {arrays}"),
        format!("section = {tables}"),
        format!("{dots}a = 1"),
        format!("[{dots}a]\nb = 1"),
        format!("section = [{{ {dots}a = 1 }}]"),
        "[[section]]\n".repeat(40_000),
        "[[section]]\n[[section.field]]\n".repeat(15_000),
        "\n".repeat(512 * 1024 + 1),
        format!("service = \"{}\"", "\\u0061".repeat(80_000)),
    ] {
        assert!(Definition::read(&text).is_err());
    }
    assert!(start.elapsed() < AT_ONCE, "{:?}", start.elapsed());
}

#[test]
fn answers_of_megabytes_are_judged_at_once() {
    let records = records();
    let names: Vec<String> =
        records.sections.iter().filter(|section| section.repeats.is_none()).fold(Vec::new(), |mut names, section| {
            names.extend(section.fields.iter().map(|field| format!("{}.{}", section.id, field.id)));
            names
        });
    let start = Instant::now();
    for pattern in ["x", "-", "@", "1", "<b>", "a@", ".", "\u{2028}"] {
        let text = pattern.repeat(256 * 1024 / pattern.len());
        let answers = names.iter().map(|name| (name.clone(), FieldValue::Text(text.clone())));
        let fields = Fields(answers.collect());
        assert!(!validate(&records, &fields).is_empty());
        assert!(counted(&records, &fields).0.len() <= fields.0.len());
        assert!(quote(&records, &fields).is_ok());
    }
    assert!(start.elapsed() < AT_ONCE, "{:?}", start.elapsed());
}

/// A definition of one section with these fields, and prices behind it.
fn definition(fields: &str, prices: &str) -> Result<Definition, String> {
    let head = "service = \"s\"\nversion = 1\nname = \"s\"\nsummary = \"s\"\n";
    let text = format!("{head}section = [{{ id = \"a\", title = \"a\", field = [{fields}] }}]\n{prices}");
    Definition::read(&text).map_err(|error| error.to_string())
}

#[test]
fn conditions_never_look_at_themselves_or_ahead() {
    let yes_no = |id: &str, on: &str| {
        format!(
            "{{ id = \"{id}\", label = \"\", kind = \"yes-no\", shown-if = {{ field = \"{on}\", is = [\"yes\"] }} }}"
        )
    };
    let first = "{ id = \"f\", label = \"\", kind = \"yes-no\" }";
    assert!(definition(&format!("{first}, {}", yes_no("g", "f")), "").is_ok());
    for fields in [
        yes_no("f", "f"),
        yes_no("f", "a.f"),
        format!("{}, {}", yes_no("f", "g"), yes_no("g", "f")),
        format!("{}, {first}", yes_no("e", "f")),
        format!("{first}, {}", yes_no("g", "a.b.f")),
        format!("{first}, {}", yes_no("g", "")),
        format!("{first}, {}", yes_no("g", ".")),
    ] {
        assert!(definition(&fields, "").is_err(), "{fields}");
    }
}

#[test]
fn a_price_that_overflows_is_an_error_and_no_small_sum() {
    let count = "{ id = \"n\", label = \"\", kind = \"count\" }";
    let price = |code: &str, unit: u64| {
        format!("[[price]]\ncode = \"{code}\"\nlabel = \"\"\nunit-cents = {unit}\ncount-of = \"a.n\"\n")
    };
    let most = (1 << 53) - 1;
    let of = |prices: &str, number: u64| {
        let definition = definition(count, prices).expect("it reads");
        let fields = Fields([("a.n".to_owned(), FieldValue::Number(number))].into());
        quote(&definition, &fields).map(|quote| quote.total().cents())
    };
    assert_eq!(of(&price("p", most), 1), Ok(most));
    assert_eq!(of(&price("p", most), 2), Err(QuoteError::TooLarge));
    assert_eq!(of(&price("p", 1), u64::from(u32::MAX)), Ok(u64::from(u32::MAX)));
    for number in [1 << 32, most, u64::MAX] {
        assert_eq!(of(&price("p", 1), number), Err(QuoteError::TooLarge), "{number}");
    }
    assert_eq!(of(&(price("p", most) + &price("q", 1)), 1), Err(QuoteError::TooLarge));
    assert!(definition(count, &price("p", 1 << 53)).is_err());
    // The answer of another kind is no number.
    let definition = definition(count, &price("p", 100)).expect("it reads");
    let text = Fields([("a.n".to_owned(), FieldValue::Text("3".to_owned()))].into());
    assert_eq!(quote(&definition, &text).map(|quote| quote.total().cents()), Ok(0));
}

#[test]
fn a_compact_text_is_three_parts_and_a_document_prints_none_of_its_words() {
    for text in [
        "",
        ".",
        "..",
        "a.b",
        "a.b.c.d",
        "a..c",
        "a.b.",
        ".b.c",
        "a.b.c\n",
        "a.b.c=",
        "a.b+.c",
        "a.b.\u{e9}",
        "a b.c.d",
    ] {
        assert!(CompactText::try_from(text.to_owned()).is_err(), "{text:?}");
    }
    let mut order = order();
    order["fields"] = json!({"marker.a": "Delgado", "marker.b": ["Delgado"], "marker.c": [{"d": {"e": "Delgado"}}]});
    order["files"][0]["name"] = json!("Delgado.pdf");
    let key = order["files"][0]["contentKey"].as_str().expect("a key").to_owned();
    let document = OrderDocument::from_payload(order.to_string().as_bytes()).expect("an order");
    let mut printed = String::new();
    write!(printed, "{document:?} {document:#?}").expect("it prints");
    assert!(!printed.contains("Delgado") && !printed.contains(&key), "{printed}");
}

/// A document of eight mebibytes must not take a gigabyte to read, and none of its lists is longer than a form's can be.
#[test]
fn rows_choices_and_names_stop_at_a_thousand() {
    let rows = |count: usize| format!("{{\"a.b\":[{}]}}", vec![r#"{"a":0}"#; count].join(","));
    let choices = |count: usize| format!("{{\"a.b\":[{}]}}", vec![r#""x""#; count].join(","));
    let names = |count: usize| {
        let fields: Vec<_> = (0..count).map(|n| format!("\"a.b{n}\":true")).collect();
        format!("{{{}}}", fields.join(","))
    };
    for text in [rows(1_000), choices(1_000), names(1_000)] {
        assert!(parse::<Fields>(text.as_bytes(), 8 * 1024 * 1024).is_ok());
    }
    for text in [rows(1_001), choices(1_001), names(1_001), rows(1024 * 1024 - 8)] {
        assert!(parse::<Fields>(text.as_bytes(), 16 * 1024 * 1024).is_err());
    }
}

#[test]
fn what_validates_can_be_frozen_and_stands_on_one_line() {
    let records = records();
    let address = json!({"line1": "\u{b}12", "city": "a\u{b}", "state": "\u{85}CA", "zip": "90001\u{b}"});
    for (name, value) in [
        ("customer.email", json!("a\u{202E}b@x.example")),
        ("customer.phone", json!("\u{85}+44 20 7946 0018")),
        ("references.bill_address", address),
        ("customer.person", json!("Dana\r\nBcc: x")),
        ("customer.phone", json!("213-555-0142 x\n\n12\u{2028}")),
        ("references.client_matter", json!("10452\n003")),
    ] {
        let mut answers = serde_json::Map::from_iter([(name.to_owned(), value.clone())]);
        answers.insert("references.bill_to".to_owned(), json!("other"));
        let fields: Fields = serde_json::from_value(Value::Object(answers)).expect("fields");
        let found = validate(&records, &fields);
        assert!(found.iter().any(|problem| problem.path.field.to_string() == name), "{value}");
    }
}

#[test]
fn nothing_is_frozen_that_no_reader_takes() {
    let bytes = order().to_string();
    let good = || OrderDocument::from_payload(bytes.as_bytes()).expect("an order");
    assert!(good().to_payload().is_ok());
    for (name, value) in [
        ("x.y", FieldValue::Choices(Vec::new())),
        ("x.y", FieldValue::Rows(vec![std::collections::BTreeMap::new()])),
        ("x.y", FieldValue::Number(u64::MAX)),
        ("no id", FieldValue::Flag(true)),
    ] {
        let mut document = good();
        document.fields.0.insert(name.to_owned(), value.clone());
        assert!(document.to_payload().is_err(), "{name}: {value:?}");
    }
    let mut document = good();
    document.files[0].length = u64::MAX;
    assert!(document.to_payload().is_err());
}

#[test]
fn what_is_sent_costs_what_was_quoted() {
    let text = concat!(
        "service=\"m\"\nversion=1\nname=\"\"\nsummary=\"\"\n",
        "section=[{id=\"l\",title=\"\",repeats={item=\"leg\",min=2,max=3},",
        "field=[{id=\"to\",label=\"\",kind=\"text\"}]}]\n",
        "[[price]]\ncode=\"leg\"\nlabel=\"\"\nunit-cents=100\nrows-of=\"l\"\n",
    );
    let legs = Definition::read(text).expect("it reads");
    let row = |to: &str| [("to".to_owned(), FieldValue::Text(to.to_owned()))].into();
    let fields = Fields([("l.rows".to_owned(), FieldValue::Rows(vec![row("a"), row(" "), row("  ")]))].into());
    let sent = counted(&legs, &fields);
    assert_eq!(quote(&legs, &fields), quote(&legs, &sent), "rows without an answer are not sent");
    assert_eq!(validate(&legs, &fields), validate(&legs, &sent));
}

#[test]
fn a_definition_that_cannot_be_quoted_or_shown_is_refused() {
    let field = "{ id = \"n\", label = \"\", kind = \"count\" }";
    let prices = |count: usize| -> String {
        (0..count).map(|n| format!("[[price]]\ncode=\"c{n}\"\nlabel=\"\"\nunit-cents=1\n")).collect()
    };
    assert!(definition(field, &prices(200)).is_ok());
    assert!(definition(field, &prices(201)).is_err());
    assert!(definition("{ id = \"n\", label = \"<script>\", kind = \"count\" }", "").is_err());
    assert!(definition("{ id = \"n\", label = \"a\u{202E}b\", kind = \"count\" }", "").is_err());
}
