//! The vectors of the format, tests/vectors/inert-text.json.

use std::path::PathBuf;

use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    note: String,
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Vector {
    Stored { name: String, input: String, stored: String, notices: Vec<Told> },
    Refused { name: String, input: String, refused: String },
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    kind: String,
    text: String,
}

#[test]
fn vectors_hold() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/inert-text.json");
    let file: File = serde_json::from_str(&std::fs::read_to_string(path).expect("vectors")).expect("vectors");
    assert!(!file.note.is_empty() && file.vectors.len() >= 40);
    for vector in file.vectors {
        match vector {
            Vector::Stored { name, input, stored: expected, notices } => {
                assert_eq!(stored(&input), expected, "{name}");
                let told = neutralize(&input, LIMIT).expect("accepted").notices.iter().map(told).collect::<Vec<_>>();
                assert_eq!(told, notices, "{name}");
            }
            Vector::Refused { name, input, refused } => {
                let error = neutralize(&input, LIMIT).expect_err(&name).to_string();
                assert!(error.contains(&format!("{refused} ")), "{name}: {error}");
            }
        }
    }
}

fn told(notice: &Notice<'_>) -> Told {
    let kind = match notice.change {
        Change::Removed => "removed",
        Change::Rebracketed => "rebracketed",
    };
    Told { kind: kind.to_owned(), text: notice.text.to_owned() }
}
