//! Reads the files in tests/vectors.

use std::collections::BTreeMap;
use std::path::PathBuf;

use satchel_terms::EcPublicKey;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Reads one list of a file of vectors.
pub(crate) fn list<T: DeserializeOwned>(file: &str, list: &str) -> Vec<T> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors").join(file);
    let text = std::fs::read(&path).expect("the vectors can be read");
    let mut lists: BTreeMap<String, serde_json::Value> = serde_json::from_slice(&text).expect("the vectors are JSON");
    let vectors: Vec<T> = serde_json::from_value(lists.remove(list).expect("the list is there")).expect("its form");
    assert!(!vectors.is_empty(), "{list} of {file} is empty");
    vectors
}

/// A key pair of the vectors.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Key {
    pub(crate) name: String,
    pub(crate) private_scalar: String,
    pub(crate) jwk: EcPublicKey,
    pub(crate) thumbprint: String,
}

impl Key {
    pub(crate) fn private_bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(self.private_scalar.as_bytes().chunks(2)) {
            let pair = std::str::from_utf8(pair).expect("digits are ASCII");
            *byte = u8::from_str_radix(pair, 16).expect("hexadecimal digits");
        }
        bytes
    }
}

/// The key pairs of a file by name.
pub(crate) fn keys(file: &str) -> BTreeMap<String, Key> {
    list::<Key>(file, "keys").into_iter().map(|key| (key.name.clone(), key)).collect()
}

/// Says what is wrong with the outcome of a vector, if anything is.
fn fault<T, E: std::fmt::Debug>(name: &str, refused: Option<&str>, outcome: &Result<T, E>) -> Option<String> {
    match (refused, outcome) {
        (None, Ok(_)) | (Some(_), Err(_)) => None,
        (None, Err(error)) => Some(format!("{name}: refused with {error:?}, but it is good")),
        (Some(reason), Ok(_)) => Some(format!("{name}: taken, but it is to be refused: {reason}")),
    }
}

/// Gathers what is wrong with the outcomes of vectors, to show all of it at once.
#[must_use]
#[derive(Default)]
pub(crate) struct Faults(Vec<String>);

impl Faults {
    pub(crate) fn note<T, E: std::fmt::Debug>(&mut self, name: &str, refused: Option<&str>, outcome: &Result<T, E>) {
        self.0.extend(fault(name, refused, outcome));
    }

    #[track_caller]
    pub(crate) fn none(self) {
        assert!(self.0.is_empty(), "{} vectors have another outcome:\n{}", self.0.len(), self.0.join("\n"));
    }
}
