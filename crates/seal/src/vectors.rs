//! The vectors of docs/FORMATS.md, made by a second implementation.

use std::path::PathBuf;

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use rand_core::UnwrapErr;
use satchel_terms::{EcPublicKey, FirmId, Hash, KeyBytes, VaultId};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use crate::blob::seal_under;
use crate::wrap::{Algorithm, PrivateWrappingKey, RecipientSecret, WorkspaceKey};
use crate::{
    ContentKey, Contents, Context, Metadata, NoProgress, RecordAddress, RecordKind, UnwrapError, VaultKey, WrappedKey,
    verify_blob,
};

mod exports;

type Outcome = anyhow::Result<()>;

fn vectors<T: DeserializeOwned>(name: &str) -> anyhow::Result<T> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors").join(name);
    Ok(serde_json::from_slice(&std::fs::read(path)?)?)
}

/// Says of a vector whether the outcome is the expected one.
#[track_caller]
fn holds<T, E: std::fmt::Debug>(name: &str, refused: Option<&str>, outcome: &Result<T, E>) {
    match (refused, outcome) {
        (None, Ok(_)) | (Some(_), Err(_)) => {}
        (None, Err(error)) => panic!("{name}: refused with {error:?}, but it is good"),
        (Some(reason), Ok(_)) => panic!("{name}: taken, but it is to be refused: {reason}"),
    }
}

fn hex(text: &str) -> anyhow::Result<Vec<u8>> {
    anyhow::ensure!(text.len().is_multiple_of(2), "an odd number of digits");
    let digits = text.as_bytes().chunks(2).map(|pair| Ok(u8::from_str_radix(std::str::from_utf8(pair)?, 16)?));
    digits.collect()
}

fn hex32(text: &str) -> anyhow::Result<[u8; 32]> {
    Ok(hex(text)?.as_slice().try_into()?)
}

/// The plaintext of the vectors: byte i is i mod 251.
fn pattern(length: u64) -> impl std::io::Read {
    struct Pattern(u64, u64);
    impl std::io::Read for Pattern {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let count = buffer.len().min(usize::try_from(self.1 - self.0).unwrap_or(usize::MAX));
            for byte in buffer.iter_mut().take(count) {
                *byte = u8::try_from(self.0 % 251).unwrap_or_default();
                self.0 += 1;
            }
            Ok(count)
        }
    }
    Pattern(0, length)
}

#[derive(Deserialize)]
struct SealedBlobs {
    vectors: Vec<Blob>,
    damaged: Vec<Blob>,
    encryptiondata: Vec<EncryptionData>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Blob {
    name: String,
    content_key: String,
    plaintext_length: u64,
    plaintext_sha256: String,
    sealed: Option<String>,
    sealed_length: Option<u64>,
    sealed_sha256: Option<String>,
    tags_sha256: Option<Hash>,
    #[serde(default)]
    whole_regions_before: usize,
    refused: Option<String>,
}

impl Blob {
    fn key(&self) -> anyhow::Result<ContentKey> {
        Ok(ContentKey::from_document(&KeyBytes::new(Zeroizing::new(hex32(&self.content_key)?))))
    }

    fn contents(&self) -> anyhow::Result<Contents> {
        let sha256 = Hash::from_digest(hex32(&self.plaintext_sha256)?);
        Ok(Contents { length: self.plaintext_length, sha256 })
    }
}

#[test]
fn small_blobs_open_and_damaged_ones_do_not() -> Outcome {
    let blobs: SealedBlobs = vectors("sealed-blob.json")?;
    let mut tried = 0;
    for blob in blobs.vectors.iter().chain(&blobs.damaged).filter(|blob| blob.whole_regions_before == 0) {
        let Some(sealed) = &blob.sealed else { continue };
        let sealed = hex(sealed)?;
        let outcome = verify_blob(&mut &sealed[..], &blob.key()?, &blob.contents()?, &mut NoProgress);
        holds(&blob.name, blob.refused.as_deref(), &outcome);
        tried += 1;
    }
    assert!(tried > 12, "only {tried} blobs were tried");
    Ok(())
}

/// Damaged vectors of several regions hold only what follows the whole ones; those are sealed here.
#[test]
fn damage_in_later_regions_is_found() -> Outcome {
    const SEALED_REGION: usize = 4 * 1024 * 1024 + 28;
    let blobs: SealedBlobs = vectors("sealed-blob.json")?;
    let mut tried = 0;
    for blob in blobs.damaged.iter().filter(|blob| blob.whole_regions_before > 0) {
        let mut sealed = Vec::new();
        seal_under(blob.key()?, &mut pattern(blob.plaintext_length), &mut sealed, &mut NoProgress)?;
        assert!(verify_blob(&mut &sealed[..], &blob.key()?, &blob.contents()?, &mut NoProgress).is_ok());
        sealed.truncate(blob.whole_regions_before * SEALED_REGION);
        sealed.extend(hex(blob.sealed.as_deref().unwrap_or_default())?);
        let outcome = verify_blob(&mut &sealed[..], &blob.key()?, &blob.contents()?, &mut NoProgress);
        holds(&blob.name, blob.refused.as_deref(), &outcome);
        tried += 1;
    }
    assert!(tried > 3, "only {tried} blobs were tried");
    Ok(())
}

#[test]
fn sealing_writes_the_bytes_of_the_vectors() -> Outcome {
    let blobs: SealedBlobs = vectors("sealed-blob.json")?;
    for blob in &blobs.vectors {
        let mut bytes = Vec::new();
        let sealed = seal_under(blob.key()?, &mut pattern(blob.plaintext_length), &mut bytes, &mut NoProgress)?;
        assert_eq!(sealed.contents, blob.contents()?, "{}", blob.name);
        assert_eq!(Some(sealed.sealed_length), blob.sealed_length, "{}", blob.name);
        assert_eq!(Some(sealed.tags_sha256), blob.tags_sha256, "{}", blob.name);
        let digest = Hash::from_digest(hex32(blob.sealed_sha256.as_deref().unwrap_or_default())?);
        assert_eq!(Hash::of(&bytes), digest, "{}", blob.name);
    }
    Ok(())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EncryptionData {
    name: String,
    json: String,
    key_id: Option<String>,
    encrypted_key: Option<String>,
    refused: Option<String>,
}

#[test]
fn encryption_data_is_read_strictly() -> Outcome {
    let blobs: SealedBlobs = vectors("sealed-blob.json")?;
    for vector in &blobs.encryptiondata {
        let outcome = Metadata::from_json(&vector.json);
        holds(&vector.name, vector.refused.as_deref(), &outcome);
        let Ok(metadata) = outcome else { continue };
        assert_eq!(Some(&metadata.wrapped_key.key_id), vector.key_id.as_ref(), "{}", vector.name);
        let expected = hex(vector.encrypted_key.as_deref().unwrap_or_default())?;
        assert_eq!(metadata.wrapped_key.encrypted_key, expected, "{}", vector.name);
        if vector.name == "as Satchel writes it" {
            assert_eq!(metadata.to_json()?, vector.json);
        }
    }
    Ok(())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wraps {
    rsa: PrivatePem,
    rsa3072: PrivatePem,
    hpke: HpkeKey,
    workspace: SharedKey,
    vectors: Vec<Wrap>,
    keys: Vec<OtherKey>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PrivatePem {
    private_pem: String,
    key_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HpkeKey {
    private_scalar: String,
    public_jwk: EcPublicKey,
    thumbprint: String,
}

#[derive(Deserialize)]
struct SharedKey {
    key: String,
    number: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wrap {
    name: String,
    algorithm: String,
    key_id: String,
    context: Option<Purpose>,
    encrypted_key: String,
    content_key: Option<String>,
    refused: Option<String>,
}

#[derive(Deserialize)]
struct Purpose {
    kind: String,
    firm: FirmId,
    subject: String,
}

impl Purpose {
    /// Returns the context, or nothing where our types cannot say it.
    fn context(&self) -> Option<Context> {
        let parts = self.subject.split_once('/');
        let context = match (self.kind.as_str(), parts) {
            ("blob", Some((order, name))) => Context::Blob(self.firm, order.parse().ok()?, name.parse().ok()?),
            ("workspace-key", None) => Context::WorkspaceKey(self.firm, self.subject.parse().ok()?),
            ("vault-key", Some((vault, number))) => {
                Context::VaultKey(self.firm, vault.parse().ok()?, number.parse().ok()?)
            }
            _ => return None,
        };
        // A number with a leading zero parses, but is written otherwise.
        context.bytes().ends_with(format!("\0{}", self.subject).as_bytes()).then_some(context)
    }
}

#[derive(Deserialize)]
struct OtherKey {
    name: String,
    context: Purpose,
    wrapped: String,
    refused: Option<String>,
}

fn recipient(key: &HpkeKey) -> anyhow::Result<RecipientSecret> {
    let secret = RecipientSecret::from_bytes(&hex32(&key.private_scalar)?)?;
    assert_eq!(secret.public(), &key.public_jwk);
    assert_eq!(secret.public().thumbprint().to_string(), key.thumbprint);
    Ok(secret)
}

/// Unwraps a vector with the key of the vectors that its algorithm asks for.
fn unwrap(wraps: &Wraps, vector: &Wrap) -> anyhow::Result<Result<ContentKey, UnwrapError>> {
    let wrapped = |algorithm| -> anyhow::Result<WrappedKey> {
        let encrypted_key = BASE64_STANDARD.decode(&vector.encrypted_key)?;
        Ok(WrappedKey { algorithm, key_id: vector.key_id.clone(), encrypted_key })
    };
    let context = match &vector.context {
        None => None,
        Some(purpose) => match purpose.context() {
            None => return Ok(Err(UnwrapError::NotAuthentic)),
            context => context,
        },
    };
    Ok(match (vector.algorithm.as_str(), context) {
        ("RSA-OAEP-256", None) => {
            let keys = [&wraps.rsa, &wraps.rsa3072];
            let key = keys.into_iter().find(|key| key.key_id == vector.key_id).unwrap_or(&wraps.rsa);
            let key = PrivateWrappingKey::from_pem(key.key_id.clone(), &key.private_pem)?;
            key.unwrap_content_key(&wrapped(Algorithm::RsaOaep256)?, &mut UnwrapErr(getrandom::SysRng))
        }
        ("HPKE-P256-HKDF-SHA256-A256GCM", Some(context)) => {
            let secret = recipient(&wraps.hpke)?;
            secret.unwrap_content_key(&wrapped(Algorithm::Hpke)?, &context)
        }
        ("A256GCMKW", Some(context)) => {
            let key = WorkspaceKey::from_bytes(wraps.workspace.number, &hex(&wraps.workspace.key)?);
            let key = key.ok_or_else(|| anyhow::anyhow!("the workspace key of the vectors has 32 bytes"))?;
            key.unwrap_content_key(&wrapped(Algorithm::A256GcmKw)?, &context)
        }
        (other, _) => anyhow::bail!("the vectors name {other}, which no format has"),
    })
}

#[test]
fn wrapped_content_keys_have_their_outcome() -> Outcome {
    let wraps: Wraps = vectors("wraps.json")?;
    for vector in &wraps.vectors {
        let outcome = unwrap(&wraps, vector)?;
        holds(&vector.name, vector.refused.as_deref(), &outcome);
        if let (Ok(key), Some(expected)) = (outcome, &vector.content_key) {
            assert_eq!(key.to_document().expose().as_slice(), hex(expected)?, "{}", vector.name);
        }
    }
    Ok(())
}

#[test]
fn wrapped_workspace_and_vault_keys_have_their_outcome() -> Outcome {
    let wraps: Wraps = vectors("wraps.json")?;
    let secret = recipient(&wraps.hpke)?;
    for vector in &wraps.keys {
        let wrapped = BASE64_URL_SAFE_NO_PAD.decode(&vector.wrapped)?;
        let outcome = match vector.context.context() {
            Some(Context::WorkspaceKey(firm, number)) => {
                secret.unwrap_workspace_key(&wrapped, firm, number).map(|_| ())
            }
            Some(Context::VaultKey(firm, vault, rotation)) => {
                secret.unwrap_vault_key(&wrapped, firm, (vault, rotation)).map(|_| ())
            }
            Some(Context::Blob(..)) | None => Err(UnwrapError::NotAuthentic),
        };
        holds(&vector.name, vector.refused.as_deref(), &outcome);
    }
    Ok(())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Statements {
    workspace_checks: Vec<WorkspaceCheck>,
}

#[derive(Deserialize)]
struct WorkspaceCheck {
    name: String,
    firm: FirmId,
    key: String,
    check: Hash,
}

#[test]
fn a_workspace_key_is_known_again_by_its_check() -> Outcome {
    let statements: Statements = vectors("statements.json")?;
    for vector in &statements.workspace_checks {
        let key = WorkspaceKey::from_bytes(1, &hex(&vector.key)?).ok_or_else(|| anyhow::anyhow!("32 bytes"))?;
        assert_eq!(key.check(vector.firm)?, vector.check, "{}", vector.name);
    }
    Ok(())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vault {
    vault_id: VaultId,
    vault_key: String,
    records: Vec<Record>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    name: String,
    table: u8,
    kind: u8,
    record_id: String,
    revision: u64,
    plaintext: Option<String>,
    record: String,
    refused: Option<String>,
}

#[test]
fn records_open_at_their_address_only() -> Outcome {
    let vault: Vault = vectors("vault.json")?;
    let key = VaultKey::from_bytes(&hex(&vault.vault_key)?).ok_or_else(|| anyhow::anyhow!("32 bytes"))?;
    for vector in &vault.records {
        let kind = RecordKind::from_number(vector.kind);
        // Tables and kinds that no format has are refused where numbers become tables and kinds: in the journal's reader.
        let Some(kind) = kind.filter(|_| (1..=7).contains(&vector.table)) else {
            assert!(vector.refused.is_some(), "{}", vector.name);
            continue;
        };
        let address =
            RecordAddress { kind, id: hex(&vector.record_id)?.as_slice().try_into()?, revision: vector.revision };
        let opened = key.derive_table_key(vault.vault_id, vector.table)?.open(&address, &hex(&vector.record)?);
        holds(&vector.name, vector.refused.as_deref(), &opened);
        if let (Ok(opened), Some(plaintext)) = (opened, &vector.plaintext) {
            assert_eq!(*opened, hex(plaintext)?, "{}", vector.name);
        }
    }
    Ok(())
}
