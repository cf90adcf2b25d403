//! What an attacker who holds the storage, the disk or another key tries.

use std::path::PathBuf;

use satchel_seal::{
    Algorithm, Contents, Context, Metadata, NoProgress, OpenError, PrivateWrappingKey, RecipientKey, RecipientSecret,
    RecordAddress, RecordKind, SlotKey, UnwrapError, VaultKey, WorkspaceKey, WrappedKey, WrappingKey, open_blob,
    verify_blob,
};
use satchel_terms::{FirmId, OrderId, RsaPublicKey, VaultId};
use serde_json::Value;

use crate::support::{Outcome, pattern, rng, sealed};

const REGION: usize = 4 * 1024 * 1024;

fn context() -> anyhow::Result<Context> {
    Ok(Context::Blob(FirmId::make(&mut rng()), OrderId::make(&mut rng()), "log/1".parse()?))
}

#[test]
fn a_wrap_of_one_kind_does_not_open_as_another() -> Outcome {
    let (context, key) = (context()?, sealed(b"words")?.0.content_key);
    let secret = RecipientSecret::make(&mut rng())?;
    let recipient = RecipientKey::new(secret.public())?;
    let workspace = WorkspaceKey::make(1, &mut rng());
    let hpke = recipient.wrap(&key, &context, &mut rng())?;
    let shared = workspace.wrap(&key, &context, &mut rng())?;
    for wrapped in [&hpke, &shared] {
        for algorithm in [Algorithm::RsaOaep256, Algorithm::Hpke, Algorithm::A256GcmKw] {
            for key_id in [&hpke.key_id, &shared.key_id] {
                let relabelled = WrappedKey { algorithm, key_id: key_id.clone(), ..wrapped.clone() };
                let opened = secret.unwrap_content_key(&relabelled, &context).is_ok();
                assert_eq!(opened, relabelled == hpke, "{algorithm:?} {key_id}");
                let opened = workspace.unwrap_content_key(&relabelled, &context).is_ok();
                assert_eq!(opened, relabelled == shared, "{algorithm:?} {key_id}");
            }
        }
    }
    // A key of 32 bytes for one role is none for another, even where the context is guessed.
    let (firm, vault) = (FirmId::make(&mut rng()), VaultId::make(&mut rng()));
    let vault_key = recipient.wrap_vault_key(&VaultKey::make(&mut rng()), firm, (vault, 1), &mut rng())?;
    assert!(secret.unwrap_workspace_key(&vault_key, firm, 1).is_err());
    let as_blob =
        WrappedKey { algorithm: Algorithm::Hpke, key_id: hpke.key_id.clone(), encrypted_key: vault_key.clone() };
    assert!(secret.unwrap_content_key(&as_blob, &Context::VaultKey(firm, vault, 1)).is_err());
    let workspace_key = recipient.wrap_workspace_key(&workspace, firm, &mut rng())?;
    assert!(secret.unwrap_vault_key(&workspace_key, firm, (vault, 1)).is_err());
    Ok(())
}

#[test]
fn points_that_are_no_key_are_refused() -> Outcome {
    let context = context()?;
    let secret = RecipientSecret::make(&mut rng())?;
    let key_id = secret.public().thumbprint().to_string();
    let mut compressed = secret.public().to_sec1();
    compressed[0] = 2;
    let mut hybrid = secret.public().to_sec1();
    hybrid[0] = 6;
    for point in [[0; 65], [4; 65], [0xff; 65], compressed, hybrid] {
        for rest in [0, 15, 16, 56, 10_000] {
            let encrypted_key = [&point[..], &vec![0; rest]].concat();
            let wrapped = WrappedKey { algorithm: Algorithm::Hpke, key_id: key_id.clone(), encrypted_key };
            let outcome = secret.unwrap_content_key(&wrapped, &context);
            assert_eq!(outcome.err(), Some(UnwrapError::NotAuthentic), "{} and {rest} bytes", point[0]);
        }
    }
    assert!(RecipientSecret::from_bytes(&[0; 32]).is_err(), "zero is no private key");
    assert!(RecipientSecret::from_bytes(&[0xff; 32]).is_err(), "nor is a number beyond the order");
    Ok(())
}

#[test]
fn an_rsa_message_of_any_length_or_value_is_refused_quietly() -> Outcome {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/wraps.json");
    let wraps: Value = serde_json::from_slice(&std::fs::read(path)?)?;
    let pem = wraps["rsa"]["privatePem"].as_str().unwrap_or_default();
    let key = PrivateWrappingKey::from_pem("k".to_owned(), pem)?;
    let messages = [vec![], vec![0], vec![0; 255], vec![0; 256], vec![0xff; 256], vec![1; 257], vec![0; 512]];
    let one = [&[0; 255][..], &[1]].concat();
    for encrypted_key in messages.into_iter().chain([one]) {
        let length = encrypted_key.len();
        let wrapped = WrappedKey { algorithm: Algorithm::RsaOaep256, key_id: "k".to_owned(), encrypted_key };
        let outcome = key.unwrap_content_key(&wrapped, &mut rng());
        assert_eq!(outcome.err(), Some(UnwrapError::NotAuthentic), "{length} bytes");
    }
    // Numbers that are no product of two primes reach the library only through a signed bundle; it must not panic then.
    for modulus in [vec![0xff; 256], [&[0x80][..], &[0; 254], &[1]].concat()] {
        let public = RsaPublicKey::new(modulus, &[1, 0, 1])?;
        WrappingKey::new("k".to_owned(), &public)?.wrap(&sealed(b"words")?.0.content_key, &mut rng())?;
    }
    Ok(())
}

#[test]
fn a_region_under_another_number_or_length_is_refused() -> Outcome {
    let plaintext = pattern(REGION + 100);
    let (blob, bytes) = sealed(&plaintext)?;
    let refused = |bytes: &[u8], listed: &Contents| {
        let mut written = Vec::new();
        let outcome = open_blob(&mut &bytes[..], &blob.content_key, listed, &mut written, &mut NoProgress);
        assert!(plaintext.starts_with(&written), "what is written is a beginning of the plaintext at most");
        outcome.is_err()
    };
    let second = 12 + REGION + 16;
    // Counted from the other end, as Java and .NET write, and from 1.
    for (at, value) in [(second, 1), (second + 7, 1), (second + 11, 2), (11, 1), (0, 1)] {
        let mut renumbered = bytes.clone();
        renumbered[at] = value;
        assert!(refused(&renumbered, &blob.contents), "byte {at}");
    }
    for length in [0, 1, REGION, REGION + 99, REGION + 101, 2 * REGION, 50_000 * REGION] {
        assert!(refused(&bytes, &Contents { length: length as u64, ..blob.contents }), "{length} bytes listed");
    }
    assert!(refused(&bytes, &Contents { length: u64::MAX, ..blob.contents }));
    // The second region of another blob of the same words.
    let (_, other) = sealed(&plaintext)?;
    assert!(refused(&[&bytes[..second], &other[second..]].concat(), &blob.contents));
    Ok(())
}

#[test]
fn a_listed_length_takes_no_memory_and_an_empty_blob_hides_nothing() -> Outcome {
    let (blob, _) = sealed(b"")?;
    let listed = Contents { length: 50_000 * REGION as u64, ..blob.contents };
    let outcome = verify_blob(&mut std::io::empty(), &blob.content_key, &listed, &mut NoProgress);
    assert!(matches!(outcome, Err(OpenError::NotListed)), "{outcome:?}");
    let mut hidden = &b"hidden"[..];
    assert!(verify_blob(&mut hidden, &blob.content_key, &blob.contents, &mut NoProgress).is_err());
    Ok(())
}

#[test]
fn a_record_opens_in_no_other_place() -> Outcome {
    let (key, vault) = (VaultKey::make(&mut rng()), VaultId::make(&mut rng()));
    let table = key.derive_table_key(vault, 1)?;
    let at = RecordAddress { kind: RecordKind::Put, id: [7; 16], revision: 2 };
    let record = table.seal(&at, b"", &mut rng())?;
    assert!(table.open(&at, &record).is_ok());
    for moved in [
        RecordAddress { kind: RecordKind::Delta, ..at },
        RecordAddress { kind: RecordKind::Delete, ..at },
        RecordAddress { id: [8; 16], ..at },
        RecordAddress { revision: 1, ..at },
        RecordAddress { revision: u64::MAX, ..at },
    ] {
        assert!(table.open(&moved, &record).is_err(), "{moved:?}");
    }
    assert!(key.derive_table_key(vault, 2)?.open(&at, &record).is_err());
    assert!(key.derive_table_key(VaultId::make(&mut rng()), 1)?.open(&at, &record).is_err());
    assert!(VaultKey::make(&mut rng()).derive_table_key(vault, 1)?.open(&at, &record).is_err());
    for length in 0..record.len() {
        assert!(table.open(&at, &record[..length]).is_err(), "{length} bytes");
    }
    for version in (0..=255).filter(|version| *version != 1) {
        assert!(table.open(&at, &[&[version], &record[1..]].concat()).is_err(), "version {version}");
    }
    Ok(())
}

#[test]
fn metadata_written_to_break_a_reader_is_refused_at_once() {
    let key = r#"{"KeyId":"k","EncryptedKey":"AAAA","Algorithm":"RSA-OAEP-256"}"#;
    let rest = r#""EncryptionAgent":{"Protocol":"2.0","EncryptionAlgorithm":"AES_GCM_256"}"#;
    let regions = |length: &str| {
        let info = format!(r#""EncryptedRegionInfo":{{"DataLength":{length},"NonceLength":12}}"#);
        format!(r#"{{"WrappedContentKey":{key},{rest},{info}}}"#)
    };
    assert!(Metadata::from_json(&regions("4194304")).is_ok());
    for length in ["4194304.0", "4.194304e6", "-4194304", "0", "18446744073709551616", "null", "[4194304]", "04194304"]
    {
        assert!(Metadata::from_json(&regions(length)).is_err(), "{length}");
    }
    let good = regions("4194304");
    for (from, to) in [
        (r#""AAAA""#, r#""""#),
        (r#""AAAA""#, r#""AAA""#),
        (r#""AAAA""#, r#""AAB=""#),
        (r#""AAAA""#, r#"" AAAA""#),
        (r#""KeyId":"k""#, r#""KeyId":"k","K\u0065yId":"m""#),
        (r#""KeyId":"k""#, r#""keyId":"k""#),
        (r#""KeyId":"k""#, "\"KeyId\":\"\\ud800\""),
        ("RSA-OAEP-256", "rsa-oaep-256"),
        ("RSA-OAEP-256", "RSA-OAEP"),
        (r#""NonceLength":12}"#, r#""NonceLength":12},"EncryptionMode":null"#),
    ] {
        assert!(good.contains(from), "{from}");
        assert!(Metadata::from_json(&good.replacen(from, to, 1)).is_err(), "{to}");
    }
    for nested in
        ["[".repeat(8_000), r#"{"WrappedContentKey":"#.repeat(300), "{\"a\":".repeat(1_500), " ".repeat(8_193)]
    {
        assert!(Metadata::from_json(&nested).is_err());
    }
    assert!(Metadata::from_json(&good.replace("AAAA", &"AAAA".repeat(171))).is_err(), "513 bytes of wrapped key");
}

#[test]
fn no_secret_key_is_printed() -> Outcome {
    let secret = RecipientSecret::make(&mut rng())?;
    let slot = SlotKey::make(&mut rng());
    let workspace = WorkspaceKey::make(1, &mut rng());
    let vault = VaultKey::make(&mut rng());
    let table = vault.derive_table_key(VaultId::make(&mut rng()), 1)?;
    assert_eq!(
        format!("{slot:?} {vault:?} {workspace:?} {table:?}"),
        "SlotKey(..) VaultKey(..) WorkspaceKey(1) TableKey(1)"
    );
    assert_eq!(format!("{secret:?}"), format!("RecipientSecret({})", secret.public().thumbprint()));
    Ok(())
}

/// A file that somebody still writes to: its end is reached, and then there is more.
struct Growing<'pieces>(&'pieces [&'pieces [u8]]);

impl std::io::Read for Growing<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let Some((piece, rest)) = self.0.split_first() else { return Ok(0) };
        self.0 = rest;
        buffer[..piece.len()].copy_from_slice(piece);
        Ok(piece.len())
    }
}

#[test]
fn a_file_that_grows_while_it_is_sealed_is_sealed_up_to_its_end() -> Outcome {
    let mut bytes = Vec::new();
    let mut file = Growing(&[b"0123456789", b"", b"abcdefghij", b""]);
    let blob = satchel_seal::seal_blob(&mut file, &mut bytes, &mut rng(), &mut NoProgress)?;
    assert_eq!((blob.contents.length, blob.sealed_length), (10, bytes.len() as u64));
    verify_blob(&mut &bytes[..], &blob.content_key, &blob.contents, &mut NoProgress)?;
    Ok(())
}

#[test]
fn metadata_written_by_position_is_refused() {
    let key = r#"["k","AAAA","RSA-OAEP-256"]"#;
    for text in [
        format!(r#"[{key},["2.0","AES_GCM_256"],[4194304,12],["x"],"FullBlob"]"#),
        format!(r#"[{key},["2.0","AES_GCM_256"],[4194304,12]]"#),
    ] {
        assert!(Metadata::from_json(&text).is_err(), "{text}");
    }
}

#[test]
fn no_record_is_sealed_that_does_not_open() -> Outcome {
    let table = VaultKey::make(&mut rng()).derive_table_key(VaultId::make(&mut rng()), 1)?;
    let at = RecordAddress { kind: RecordKind::Delete, id: [7; 16], revision: 1 };
    assert!(table.seal(&at, b"something", &mut rng()).is_err());
    assert!(table.seal(&at, b"", &mut rng()).is_ok());
    Ok(())
}
