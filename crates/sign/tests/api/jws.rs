//! The compact serialization: what verifies, and what never may.

use satchel_sign::{Device, Signed, SigningKey, Statement, StatementError, VerifyError};
use satchel_terms::EcPublicKey;
use serde::Deserialize;

use crate::vectors::{Faults, keys, list};

#[derive(Deserialize)]
struct Vector {
    name: String,
    typ: String,
    signers: Vec<String>,
    compact: String,
    payload: Option<String>,
    refused: Option<String>,
}

/// Any payload under one of the names of the vectors.
macro_rules! anything {
    ($($name:ident: $typ:literal),* $(,)?) => {
        $(
            #[derive(Debug)]
            struct $name(Vec<u8>);

            impl Statement for $name {
                const TYP: &'static str = $typ;

                fn to_payload(&self) -> Result<Vec<u8>, StatementError> {
                    Ok(self.0.clone())
                }

                fn from_payload(payload: &[u8]) -> Result<Self, StatementError> {
                    Ok(Self(payload.to_vec()))
                }
            }
        )*

        fn verify(typ: &str, compact: &str, signers: &[&EcPublicKey]) -> Result<Vec<u8>, VerifyError> {
            match typ {
                $($typ => Signed::<$name>::verify(compact, signers.iter().copied()).map(|s| s.statement().0.clone()),)*
                other => panic!("the vectors name the type {other}, which no format has"),
            }
        }
    };
}

anything! {
    Manifest: "satchel-manifest+jws",
    Order: "satchel-order+jws",
    Bundle: "satchel-bundle+jws",
    Roster: "satchel-roster+jws",
    Receipt: "satchel-receipt+jws",
    LogEntry: "satchel-log-entry+jws",
    Catalogue: "satchel-catalogue+jws",
    Heartbeat: "satchel-heartbeat+jws",
    Revocation: "satchel-revocation+jws",
}

#[test]
fn every_vector_has_its_outcome() {
    let mut faults = Faults::default();
    let keys = keys("jws.json");
    for vector in list::<Vector>("jws.json", "vectors") {
        let signers: Vec<&EcPublicKey> = vector.signers.iter().map(|name| &keys[name].jwk).collect();
        let outcome = verify(&vector.typ, &vector.compact, &signers);
        faults.note(&vector.name, vector.refused.as_deref(), &outcome);
        if let (Ok(payload), Some(expected)) = (outcome, vector.payload) {
            assert_eq!(payload, expected.as_bytes(), "{}", vector.name);
        }
    }
    faults.none();
}

#[test]
fn thumbprints_and_public_halves_are_those_of_the_vectors() {
    for key in keys("jws.json").values() {
        assert_eq!(key.jwk.thumbprint().to_string(), key.thumbprint, "{}", key.name);
        let private = SigningKey::<Device>::from_bytes(&key.private_bytes()).expect("a private key");
        assert_eq!(private.public(), &key.jwk, "{}", key.name);
        assert!(!format!("{private:?}").contains(&format!("{:?}", key.private_bytes())));
    }
}
