//! What somebody makes who has stolen keys of the provider, or reads and writes its storage.

use std::path::{Path, PathBuf};

use satchel_seal::{Context, Metadata, NoProgress, PrivateWrappingKey, RecipientKey, open_unlisted_blob, seal_blob};
use satchel_sign::{Bundle, LogEntry, LogEvent, Operator, Role, Signed, SigningKey, Statement as _, WorkStatus};
use satchel_terms::sealed_length::plaintext_of;
use satchel_terms::{BlobName, EcPublicKey, FirmId, Hash, OrderId, Timestamp, V1};
use satchel_wire::OrderStatement;
use serde_json::{Value, json};

use super::{Scene, Tried, rng};

/// When forged entries are dated: late enough to follow those of the real operator, who has begun by then.
const LATE: u64 = 4_000_000_000;

/// Takes a key from the provider's folder, in whatever role it may serve.
pub(super) fn stolen<R: Role>(scene: &Scene, name: &str) -> Tried<SigningKey<R>> {
    let bytes = std::fs::read(scene.provider.folder().join("keys").join(name))?;
    let bytes = <[u8; 32]>::try_from(bytes).map_err(|_| "a key has 32 bytes")?;
    Ok(SigningKey::from_bytes(&bytes)?)
}

/// Reads the firm's bundle.
pub(super) fn bundle(scene: &Scene) -> Tried<Signed<Bundle>> {
    let compact = std::fs::read_to_string(firm_folder(scene)?.join("bundle.jws"))?;
    let identity = stolen::<satchel_sign::Identity>(scene, "identity")?;
    Ok(Signed::verify(&compact, [identity.public()])?)
}

fn firm_folder(scene: &Scene) -> Tried<PathBuf> {
    let firm = std::fs::read_dir(scene.provider.folder().join("firms"))?.next().ok_or("no firm")?;
    Ok(firm?.path())
}

/// A blob as it lies in the storage of a practice provider.
pub(super) struct Stored(PathBuf);

impl Stored {
    pub(super) fn of(scene: &Scene, order: &str, name: &str) -> Tried<Self> {
        let container = format!("c-{}", bundle(scene)?.statement().containers.sealed);
        let blob = format!("b-orders+{order}+{}", name.replace('/', "+"));
        Ok(Self(scene.provider.folder().join("blobs/containers").join(container).join(blob)))
    }

    fn head(&self) -> Tried<Value> {
        Ok(serde_json::from_slice(&std::fs::read(self.0.join("head.json"))?)?)
    }

    /// Reads all of it.
    pub(super) fn bytes(&self) -> Tried<Vec<u8>> {
        let head = self.head()?;
        let content = &head["content"];
        let Some(blocks) = content["blocks"]["blocks"].as_array() else {
            return Ok(std::fs::read(self.0.join(format!("data-{}", head["revision"])))?);
        };
        let folder = self.0.join(format!("g{}", content["blocks"]["generation"]));
        let mut bytes = Vec::new();
        for block in blocks {
            bytes.extend(std::fs::read(folder.join(block["id"].as_str().ok_or("no id")?))?);
        }
        Ok(bytes)
    }

    /// Puts other bytes in its place until what is returned is dropped. What stands beside them stays.
    pub(super) fn replace(&self, bytes: &[u8]) -> Tried<Replaced<'_>> {
        let before = std::fs::read(self.0.join("head.json"))?;
        let mut head = self.head()?;
        let revision = head["revision"].as_u64().ok_or("no revision")? + 1;
        head["revision"] = json!(revision);
        head["content"] = json!({ "whole": { "length": bytes.len() } });
        std::fs::write(self.0.join(format!("data-{revision}")), bytes)?;
        std::fs::write(self.0.join("head.json"), head.to_string())?;
        Ok(Replaced { folder: &self.0, before })
    }
}

/// A blob that was replaced; it is again what it was when this is dropped.
pub(super) struct Replaced<'a> {
    folder: &'a Path,
    before: Vec<u8>,
}

impl Drop for Replaced<'_> {
    fn drop(&mut self) {
        std::fs::write(self.folder.join("head.json"), &self.before).ok();
    }
}

fn from_hex(text: &str) -> Tried<[u8; 32]> {
    let digits = text.as_bytes().chunks(2);
    let bytes =
        digits.map(|pair| Ok(u8::from_str_radix(std::str::from_utf8(pair)?, 16)?)).collect::<Tried<Vec<_>>>()?;
    Ok(bytes.try_into().map_err(|_| "no hash")?)
}

/// What it takes to write into an order's log.
pub(super) struct Correspondence {
    firm: FirmId,
    order: OrderId,
    /// What the first entry follows.
    pub(super) manifest: Hash,
    reply_key: EcPublicKey,
}

impl Correspondence {
    /// Opens an order as an operator does who hands on what is in it.
    pub(super) fn of(scene: &Scene, order: &str) -> Tried<Self> {
        let known = bundle(scene)?;
        let known = known.statement();
        let manifest = scene.page(order)["manifestSha256"].as_str().ok_or("not received")?.to_owned();
        let document = Stored::of(scene, order, "r1/document")?;
        let sealed = document.bytes()?;
        let metadata = document.head()?["metadata"]["encryptiondata"].as_str().ok_or("no metadata")?.to_owned();
        let pem = std::fs::read_to_string(firm_folder(scene)?.join("wrapping-key.pem"))?;
        let key_id = known.wrapping_keys.first().ok_or("no key")?.key_id.as_str().to_owned();
        let key = PrivateWrappingKey::from_pem(key_id, &pem)?;
        let key = key.unwrap_content_key(&Metadata::from_json(&metadata)?.wrapped_key, &mut rng())?;
        let length = plaintext_of(sealed.len() as u64).ok_or("no sealed blob")?;
        let mut compact = Vec::new();
        open_unlisted_blob(&mut sealed.as_slice(), &key, length, &mut compact, &mut NoProgress)?;
        let payload = compact.split(|byte| *byte == b'.').nth(1).ok_or("no statement")?;
        use base64::Engine as _;
        let payload = base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(payload)?;
        let OrderStatement(document) = OrderStatement::from_payload(&payload)?;
        let manifest = Hash::from_digest(from_hex(&manifest)?);
        Ok(Self { firm: known.firm, order: order.parse()?, manifest, reply_key: document.reply_key })
    }

    /// Writes an entry that says that the order is done. `change` makes of it what the attack is.
    pub(super) fn entry(
        &self,
        signer: &SigningKey<Operator>,
        (number, previous): (u32, Hash),
        change: impl FnOnce(&mut LogEntry),
    ) -> Tried<Signed<LogEntry>> {
        let mut entry = LogEntry {
            version: V1,
            firm: self.firm,
            order: self.order,
            number: number.try_into()?,
            previous,
            at: Timestamp::try_from(LATE)?,
            event: LogEvent::Status { status: WorkStatus::Completed },
        };
        change(&mut entry);
        Ok(signer.sign(entry)?)
    }

    /// Seals an entry for the firm, as a server hands it on under this number.
    pub(super) fn sealed(&self, number: u32, entry: &Signed<LogEntry>) -> Tried<Value> {
        let mut bytes = Vec::new();
        let sealed = seal_blob(&mut entry.compact().as_bytes(), &mut bytes, &mut rng(), &mut NoProgress)?;
        let context = Context::Blob(self.firm, self.order, BlobName::LogEntry(number.try_into()?));
        let wrapped_key = RecipientKey::new(&self.reply_key)?.wrap(&sealed.content_key, &context, &mut rng())?;
        let sealed = satchel_wire::SealedEntry {
            number: number.try_into()?,
            encryption_data: Metadata { wrapped_key }.to_json()?,
            sealed: bytes.try_into().map_err(|_| "too long")?,
        };
        Ok(serde_json::to_value(sealed)?)
    }
}
