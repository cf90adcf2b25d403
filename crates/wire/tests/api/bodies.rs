//! Bodies are read strictly and written as they are read.

use satchel_terms::parse;
use satchel_wire::{CommitRequest, FeedAnswer, OrderAnswer, TicketsAnswer, TicketsRequest, WorkspaceKeyRequest};
use serde_json::{Value, json};

use crate::samples;

#[test]
fn every_sample_is_read() {
    for sample in samples::all() {
        assert!(!sample.values.is_empty(), "{}", sample.name);
        for value in &sample.values {
            assert!((sample.reads)(value.to_string().as_bytes()), "{}: {value}", sample.name);
        }
    }
}

/// Every object in a value, by the way to it.
fn objects(value: &Value, way: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            found.push(way.to_owned());
            members.iter().for_each(|(name, member)| objects(member, &format!("{way}/{name}"), found));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(n, item)| objects(item, &format!("{way}/{n}"), found));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn no_object_takes_one_member_more_or_less() {
    for sample in samples::all() {
        let value = &sample.values[0];
        let mut ways = Vec::new();
        objects(value, "", &mut ways);
        for way in ways {
            let mut more = value.clone();
            more.pointer_mut(&way).expect("it is there")["more"] = json!(1);
            assert!(!(sample.reads)(more.to_string().as_bytes()), "{}{way} with a member more", sample.name);
            let members = value.pointer(&way).and_then(Value::as_object).expect("an object");
            for name in members.keys() {
                let mut less = value.clone();
                less.pointer_mut(&way).and_then(Value::as_object_mut).expect("an object").remove(name);
                assert!(!(sample.reads)(less.to_string().as_bytes()), "{}{way} without {name}", sample.name);
            }
        }
    }
}

#[test]
fn texts_that_are_almost_right_are_refused() {
    let refused = [
        parse::<TicketsRequest>(br#"{"manifest":"a.b.c","manifest":"a.b.c"}"#, 1000).is_err(),
        parse::<TicketsRequest>(br#"["a.b.c"]"#, 1000).is_err(),
        parse::<TicketsRequest>(br#"{"manifest":"a.b.c"} x"#, 1000).is_err(),
        parse::<CommitRequest>(br#"{"manifest":"a.b"}"#, 1000).is_err(),
        parse::<FeedAnswer>(br#"{"entries":[],"next":-1}"#, 1000).is_err(),
        parse::<WorkspaceKeyRequest>(br#"{"wrapped":"AAAA"}"#, 1000).is_err(),
        parse::<OrderAnswer>(br#"{}"#, 1000).is_err(),
        parse::<TicketsAnswer>(br#"{"tickets":[],"committed":["r0/document"]}"#, 1000).is_err(),
    ];
    assert_eq!(refused, [true; 8]);
}
