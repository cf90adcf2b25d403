use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use satchel_seal::{Passphrase, RecoveryWords};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Outcome, hex};
use crate::import::{ExportSecret, Import, ImportError, Item};

#[derive(Deserialize)]
struct Exports {
    files: Vec<File>,
}

#[derive(Deserialize)]
struct File {
    name: String,
    kind: String,
    secret: String,
    file: String,
    about: Option<Value>,
    records: Option<Vec<Value>>,
    files: Option<BTreeMap<String, String>>,
    missing: Option<Vec<String>>,
    refused: Option<String>,
}

/// What a file holds, as the vectors show it.
#[derive(Debug, Default, PartialEq)]
struct Found {
    about: Value,
    records: Vec<Value>,
    files: BTreeMap<String, String>,
    missing: Vec<String>,
}

fn digits(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn read(path: &Path, vector: &File) -> anyhow::Result<Result<Found, ImportError>> {
    let (passphrase, words);
    let secret = if vector.kind == "passphrase" {
        passphrase = Passphrase::typed(&vector.secret)?;
        ExportSecret::Passphrase(&passphrase)
    } else {
        words = RecoveryWords::typed(&vector.secret)?;
        ExportSecret::RecoveryWords(&words)
    };
    Ok(Import::open(path, &secret).and_then(|import| contents_of(&import)))
}

fn contents_of(import: &Import) -> Result<Found, ImportError> {
    let about = serde_json::to_value(import.about()).unwrap_or_default();
    let mut found = Found { about, ..Found::default() };
    let mut contents = import.contents()?;
    while let Some(item) = contents.next()? {
        match item {
            Item::Record(table, id, record) => {
                found.records.push(json!({ "table": table.number(), "id": id.to_string(), "record": record.value() }));
            }
            Item::File(id) => {
                let (mut sealed, mut piece) = (Vec::new(), [0; 7]);
                loop {
                    match contents.read_file(&mut piece)? {
                        0 => break,
                        count => sealed.extend(piece.iter().take(count)),
                    }
                }
                found.files.insert(id.to_string(), digits(&sealed));
            }
            Item::Missing(id) => found.missing.push(id.to_string()),
        }
    }
    Ok(found)
}

#[test]
fn export_files_are_read_and_refused_as_in_the_vectors() -> Outcome {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/export.json");
    let exports: Exports = serde_json::from_slice(&fs::read(path)?)?;
    let place = tempfile::tempdir()?;
    let (mut read_ones, mut refused) = (0, 0);
    for vector in &exports.files {
        let path = place.path().join("file.satchel");
        fs::write(&path, hex(&vector.file)?)?;
        match (read(&path, vector)?, &vector.refused) {
            (Err(_), Some(_)) => refused += 1,
            (Ok(found), None) => {
                read_ones += 1;
                let expected = Found {
                    about: vector.about.clone().unwrap_or_default(),
                    records: vector.records.clone().unwrap_or_default(),
                    files: vector.files.clone().unwrap_or_default(),
                    missing: vector.missing.clone().unwrap_or_default(),
                };
                assert_eq!(found, expected, "{}", vector.name);
            }
            (Ok(_), Some(reason)) => panic!("{}: taken, but it is to be refused: {reason}", vector.name),
            (Err(error), None) => panic!("{}: refused with {error:?}, but it is good", vector.name),
        }
    }
    assert!(read_ones >= 8 && refused >= 50, "{read_ones} read, {refused} refused");
    Ok(())
}
