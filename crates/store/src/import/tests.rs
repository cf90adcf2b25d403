//! Files that nobody but an attacker with the secret makes: each item is authentic, and what they say together is wrong.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use rand_core::UnwrapErr;
use satchel_seal::{ExportReader, ExportWriter, RecoveryWords};
use satchel_terms::{OrderId, Timestamp, VaultId};
use serde_json::{Value, json};

use super::{DraftsFault, ExportSecret, Import, ImportError, RestoreError};
use crate::creation::FirstWay;
use crate::export::ExportCounts;
use crate::export::head::{ExportKeys, Head};
use crate::export::items::{ExportAbout, ItemWriter};
use crate::in_memory_keyring::InMemoryKeyring;
use crate::journal::Table;
use crate::record::{PLAINTEXT_BYTES_MAX, RecordId};
use crate::vault::Vault;

type Outcome = anyhow::Result<()>;
type Items<'a> = &'a dyn Fn(&mut ItemWriter<Vec<u8>>) -> std::io::Result<()>;

const FILE: RecordId = RecordId::from_bytes([7; 16]);

fn random() -> UnwrapErr<getrandom::SysRng> {
    UnwrapErr(getrandom::SysRng)
}

/// A place for files, and what opens them.
struct Place {
    folder: tempfile::TempDir,
    words: RecoveryWords,
    keyring: InMemoryKeyring,
}

impl Place {
    fn new() -> anyhow::Result<Self> {
        let (words, keyring) = (RecoveryWords::make(&mut random()), InMemoryKeyring::new());
        Ok(Self { folder: tempfile::tempdir()?, words, keyring })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn import(&self, counts: ExportCounts, items: Items<'_>) -> anyhow::Result<Import> {
        let path = self.path("hostile.satchel");
        let keys = ExportKeys { passphrase: None, recovery_words: Some(&self.words) };
        let (head, key) = Head::make(&keys, &mut random())?;
        let mut writer = ItemWriter::new(ExportWriter::begin(&key, &head.bytes, head.bytes.clone())?);
        let vault = Some(VaultId::make(&mut random()));
        writer.about(&ExportAbout::new(vault, Timestamp::EPOCH, "0.1.0", counts))?;
        items(&mut writer)?;
        std::fs::write(&path, writer.end()?)?;
        Ok(Import::open(&path, &ExportSecret::RecoveryWords(&self.words))?)
    }

    fn restore(&self, items: Items<'_>) -> anyhow::Result<Result<(), RestoreError>> {
        let import = self.import(ExportCounts::default(), items)?;
        let way = FirstWay::Keyring(&self.keyring);
        let done = import.restore(&self.path("restored"), &way, random(), &mut |_| ControlFlow::Continue(()));
        Ok(done.map(drop))
    }

    fn drafts(&self, vault: &mut Vault, items: Items<'_>) -> anyhow::Result<Result<usize, DraftsFault>> {
        let import = self.import(ExportCounts::default(), items)?;
        let done = import.drafts(vault, &mut |_, _| Ok(()), &mut random(), &mut |_| ControlFlow::Continue(()));
        Ok(done.map(|report| report.came_in.len()).map_err(|stopped| stopped.fault))
    }
}

fn bytes(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

fn attachment(order: OrderId, sealed_length: u64) -> Value {
    let hash = "A".repeat(43);
    json!({ "version": 1, "order": order, "name": "a.txt", "mediaType": "text/plain", "length": 0, "sha256": hash,
            "contentKey": hash, "sealedLength": sealed_length, "tagsSha256": hash, "attachedAtMs": 1 })
}

fn is_nothing_at(path: &Path) -> bool {
    !path.exists()
}

#[test]
fn a_record_that_is_there_twice_is_not_restored() -> Outcome {
    let place = Place::new()?;
    let (order, other) = (OrderId::make(&mut random()), OrderId::make(&mut random()));
    let draft = bytes(&json!({ "a": 1 }));
    let twice: [Items<'_>; 3] = [
        &|items| {
            items.record(Table::Keys, FILE, &draft)?;
            items.record(Table::Keys, FILE, &draft)
        },
        &|items| {
            items.record(Table::Drafts, order.into(), &draft)?;
            items.record(Table::Drafts, order.into(), &draft)
        },
        &|items| {
            for draft_of in [order, other] {
                items.record(Table::Drafts, draft_of.into(), &draft)?;
                items.record(Table::Attachments, FILE, &bytes(&attachment(draft_of, 0)))?;
                items.file(FILE, 0)?;
            }
            Ok(())
        },
    ];
    for (number, items) in twice.into_iter().enumerate() {
        let refused = place.restore(items)?;
        assert!(matches!(refused, Err(RestoreError::Import(ImportError::Rule(_)))), "{number}: {refused:?}");
        assert!(is_nothing_at(&place.path("restored")) && is_nothing_at(&place.path("restored.new")), "{number}");
    }
    Ok(())
}

#[test]
fn files_of_one_id_come_in_under_two() -> Outcome {
    let place = Place::new()?;
    let mut vault = Vault::create(&place.path("vault"), &place.keyring, random())?;
    let (first, second) = (OrderId::make(&mut random()), OrderId::make(&mut random()));
    let came_in = place.drafts(&mut vault, &|items| {
        for draft in [first, second] {
            items.record(Table::Drafts, draft.into(), b"{}")?;
            items.record(Table::Attachments, FILE, &bytes(&attachment(draft, 28 + 1)))?;
            items.file(FILE, 28 + 1)?;
            items.of_file(&[u8::from(draft == first); 28 + 1])?;
        }
        Ok(())
    })?;
    assert_eq!(came_in.ok(), Some(2));
    let ids = vault.ids(Table::Attachments);
    assert!(ids.len() == 2 && ids.iter().all(|id| vault.attachments().has(*id)), "{ids:?}");
    Ok(())
}

#[test]
fn what_stands_in_a_draft_of_another_form_is_refused_before_anything_comes_in() -> Outcome {
    let place = Place::new()?;
    let mut vault = Vault::create(&place.path("vault"), &place.keyring, random())?;
    let draft = OrderId::make(&mut random());
    let good = |items: &mut ItemWriter<Vec<u8>>| items.record(Table::Drafts, draft.into(), b"{}");
    let mut more = attachment(draft, 0);
    more["more"] = json!(1);
    let mut too_long = attachment(draft, 0);
    too_long["name"] = json!("../../etc/passwd");
    for (name, record) in [("an unknown member", more), ("a name that leads elsewhere", too_long)] {
        let refused = place.drafts(&mut vault, &|items| {
            good(items)?;
            items.record(Table::Attachments, FILE, &bytes(&record))?;
            items.file(FILE, 0)
        })?;
        assert!(matches!(refused, Err(DraftsFault::Import(ImportError::Rule(_)))), "{name}: {refused:?}");
    }
    let twice = place.drafts(&mut vault, &|items| {
        good(items)?;
        for _ in 0..2 {
            items.record(Table::Attachments, FILE, &bytes(&attachment(draft, 0)))?;
            items.file(FILE, 0)?;
        }
        Ok(())
    })?;
    assert!(matches!(twice, Err(DraftsFault::Import(ImportError::Rule(_)))), "{twice:?}");
    assert!(vault.ids(Table::Drafts).is_empty() && vault.ids(Table::Attachments).is_empty());
    assert_eq!(std::fs::read_dir(vault.attachments().path())?.count(), 0);
    Ok(())
}

/// Returns the contents of a small export of a vault, as they are before they are sealed.
fn contents(order: OrderId) -> anyhow::Result<Vec<u8>> {
    let place = Place::new()?;
    let import = place.import(ExportCounts::default(), &|items| {
        items.record(Table::Settings, FILE, b"{\"a\":1}")?;
        items.record(Table::Drafts, order.into(), b"{\"b\":[{}]}")?;
        items.record(Table::Attachments, FILE, &bytes(&attachment(order, 30)))?;
        items.file(FILE, 30)?;
        items.of_file(&[7; 30])
    })?;
    let sealed = std::fs::read(place.path("hostile.satchel"))?;
    let behind_head = sealed.get(import.head.bytes.len()..).unwrap_or_default();
    let mut reader = ExportReader::begin(&import.key, &import.head.bytes, behind_head)?;
    let mut contents = vec![0; sealed.len()];
    let length = reader.read(&mut contents)?;
    contents.truncate(length);
    Ok(contents)
}

/// Each byte of authentic contents, changed by whoever has the secret: refused, or taken as what it then is; and nothing panics.
#[test]
fn contents_that_were_changed_before_they_were_sealed_are_refused_or_whole() -> Outcome {
    let (place, order) = (Place::new()?, OrderId::make(&mut random()));
    let mut vault = Vault::create(&place.path("vault"), &place.keyring, random())?;
    let whole = contents(order)?;
    let keys = ExportKeys { passphrase: None, recovery_words: Some(&place.words) };
    let (mut refused, mut taken) = (0, 0);
    let changed = (0..whole.len()).flat_map(|at| [0x01, 0x80, 0xFF].map(|bits| (at, bits)));
    for (at, bits) in changed.chain((0..=whole.len()).map(|length| (length, 0))) {
        let mut plaintext = whole.clone();
        match plaintext.get_mut(at).filter(|_| bits > 0) {
            Some(byte) => *byte ^= bits,
            None => plaintext.truncate(at),
        }
        let (head, key) = Head::make(&keys, &mut random())?;
        let mut writer = ExportWriter::begin(&key, &head.bytes, head.bytes.clone())?;
        // Never empty, so that there is a chunk.
        writer.write_all(if plaintext.is_empty() { b"\0" } else { &plaintext })?;
        let path = place.path("changed.satchel");
        std::fs::write(&path, writer.finish()?)?;
        let import = Import::open(&path, &ExportSecret::RecoveryWords(&place.words));
        let done = import.ok().and_then(|import| {
            import.drafts(&mut vault, &mut |_, _| Ok(()), &mut random(), &mut |_| ControlFlow::Continue(())).ok()
        });
        if done.is_some() {
            taken += 1
        } else {
            refused += 1
        }
        let files = vault.ids(Table::Attachments);
        assert_eq!(std::fs::read_dir(vault.attachments().path())?.count(), files.len(), "{at} {bits}");
        assert!(vault.ids(Table::Settings).is_empty() && files.iter().all(|id| vault.attachments().has(*id)));
    }
    // What may be otherwise: ids and texts of records, bytes of the sealed file, times.
    assert!(refused > whole.len() && taken > 100, "{refused} refused, {taken} taken");
    Ok(())
}

/// What a description counts is shown, and nothing is made room for.
#[test]
fn counts_that_nobody_has_cost_nothing() -> Outcome {
    let place = Place::new()?;
    let most = (1 << 53) - 1;
    let counts = ExportCounts {
        records: most,
        drafts: most,
        under_way: most,
        orders: most,
        attachments: most,
        sealed_bytes: most,
    };
    let import = place.import(counts, &|_| Ok(()))?;
    assert_eq!(import.about().counts.records, most);
    let mut vault = Vault::create(&place.path("vault"), &place.keyring, random())?;
    let report = import.drafts(&mut vault, &mut |_, _| Ok(()), &mut random(), &mut |_| ControlFlow::Continue(()));
    assert!(report.is_ok_and(|report| report.came_in.is_empty()));
    Ok(())
}

#[test]
fn records_have_the_vaults_own_limits() -> Outcome {
    let place = Place::new()?;
    let around = r#"{"a":""}"#.len();
    let of_length = |length: usize| bytes(&json!({ "a": "x".repeat(length - around) }));
    let deep = |depth: usize| (1..depth).fold(json!({}), |value, _| json!({ "a": value }));
    for (name, json, fits) in [
        ("one byte too long", of_length(PLAINTEXT_BYTES_MAX + 1), false),
        ("65 levels", bytes(&deep(65)), false),
        ("64 levels", bytes(&deep(64)), true),
        ("the longest", of_length(PLAINTEXT_BYTES_MAX), true),
        ("a null", b"{\"a\":null}".to_vec(), false),
        ("two values", b"{}{}".to_vec(), false),
    ] {
        let done = place.restore(&|items| items.record(Table::Drafts, FILE, &json))?;
        assert_eq!(done.is_ok(), fits, "{name}: {done:?}");
        if fits {
            std::fs::remove_dir_all(place.path("restored"))?;
        }
    }
    Ok(())
}
