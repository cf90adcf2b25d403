//! The snapshot makes opening quick and changes no answer, whatever becomes of it.

use std::fs;
use std::path::{Path, PathBuf};

use satchel_store::journal_file::JOURNAL;
use satchel_store::{Finding, RecordId, Summarize, Table, Vault};
use serde_json::{Value, json};

use crate::support::{Desk, Outcome, copy_folder};

const SNAPSHOT: &str = "snapshot.satchel";
const RECORDS: u8 = 40;

/// Shows the title, and counts on disk how many summaries it made.
struct Titles {
    version: u64,
    counted: PathBuf,
}

impl Summarize for Titles {
    fn version(&self) -> u64 {
        self.version
    }

    fn shows(&self, table: Table) -> bool {
        table == Table::Drafts
    }

    fn summary(&self, _: Table, _: RecordId, json: &[u8]) -> Option<Vec<u8>> {
        let made = fs::read(&self.counted).unwrap_or_default().len();
        fs::write(&self.counted, vec![b'x'; made + 1]).ok()?;
        let value: Value = serde_json::from_slice(json).ok()?;
        Some(format!("{} {}", self.version, value["title"].as_str()?).into_bytes())
    }
}

fn id(number: u8) -> RecordId {
    RecordId::from_bytes([number; 16])
}

/// Opens a vault and returns what its list shows, with how many summaries were made for that.
fn list(desk: &Desk, version: u64) -> anyhow::Result<(Vault, Vec<String>, usize, Vec<Finding>)> {
    let (mut vault, findings) = desk.try_open()?;
    let counted = desk.place.path().join("counted");
    fs::remove_file(&counted).ok();
    vault.summarize(Titles { version, counted: counted.clone() });
    let shown = vault.summaries(Table::Drafts).map(|(_, text)| String::from_utf8_lossy(text).into_owned()).collect();
    Ok((vault, shown, fs::read(counted).unwrap_or_default().len(), findings))
}

fn expected(version: u64) -> Vec<String> {
    (1..=RECORDS).map(|number| format!("{version} draft {number}")).collect()
}

/// A vault with a snapshot and one change after it, closed.
fn filled() -> anyhow::Result<Desk> {
    let desk = Desk::new()?;
    drop(desk.create()?);
    let (mut vault, ..) = list(&desk, 1)?;
    for number in 1..=RECORDS {
        vault.put(Table::Drafts, id(number), &json!({ "title": format!("draft {number}") }))?;
    }
    vault.put(Table::Settings, id(1), &json!({ "title": "a setting" }))?;
    vault.put(Table::Drafts, id(1), &json!({ "title": "before" }))?;
    vault.keep_snapshot()?;
    vault.change(Table::Drafts, id(1), &json!({ "title": "draft 1" }))?;
    Ok(desk)
}

/// A record that was deleted and put again begins at the first revision again, which is that of the snapshot's summary as well.
#[test]
fn a_summary_of_what_was_deleted_is_not_that_of_what_was_put_again() -> Outcome {
    let desk = Desk::new()?;
    drop(desk.create()?);
    let (mut vault, ..) = list(&desk, 1)?;
    vault.put(Table::Drafts, id(1), &json!({ "title": "first" }))?;
    vault.keep_snapshot()?;
    vault.delete(Table::Drafts, id(1))?;
    vault.put(Table::Drafts, id(1), &json!({ "title": "second" }))?;
    drop(vault);
    assert_eq!(list(&desk, 1)?.1, ["1 second"]);
    Ok(())
}

#[test]
fn only_what_was_written_since_is_read() -> Outcome {
    let desk = filled()?;
    let (mut vault, shown, made, findings) = list(&desk, 1)?;
    assert_eq!((shown, made, findings), (expected(1), 1, vec![]));
    let verification = vault.take_verification().ok_or_else(|| anyhow::anyhow!("the rest is to be read"))?;
    assert_eq!(verification.run(|| true)?, []);
    assert!(vault.take_verification().is_none());
    drop(vault);
    // Other rules make other summaries.
    let (vault, shown, made, _) = list(&desk, 2)?;
    assert_eq!((shown, made), (expected(2), usize::from(RECORDS)));
    drop(vault);
    fs::remove_file(desk.folder().join(SNAPSHOT))?;
    let (mut vault, shown, made, findings) = list(&desk, 1)?;
    assert_eq!((shown, made, findings), (expected(1), usize::from(RECORDS), vec![]));
    assert!(vault.take_verification().is_none(), "all of it was read");
    Ok(())
}

#[test]
fn what_changed_is_told_once() -> Outcome {
    let desk = filled()?;
    let (mut vault, ..) = list(&desk, 1)?;
    assert!(vault.take_changed().is_empty());
    vault.put(Table::Drafts, id(3), &json!({ "title": "new" }))?;
    vault.put(Table::Settings, id(1), &json!({ "title": "new" }))?;
    vault.delete(Table::Drafts, id(4))?;
    let changed: Vec<_> = vault.take_changed().into_iter().collect();
    assert_eq!(changed, [(Table::Drafts, id(3)), (Table::Drafts, id(4))]);
    assert_eq!(vault.summary(Table::Drafts, id(3)).map(|summary| &**summary), Some(&b"1 new"[..]));
    assert!(vault.summary(Table::Drafts, id(4)).is_none());
    assert!(vault.take_changed().is_empty());
    Ok(())
}

/// The answers are those of the journal; a snapshot that was tampered with, cut or of another vault is not used.
#[test]
fn no_damaged_or_foreign_snapshot_changes_an_answer() -> Outcome {
    let desk = filled()?;
    let path = desk.folder().join(SNAPSHOT);
    let whole = fs::read(&path)?;
    let other = filled()?;
    let mut tried = vec![Vec::new(), whole[..whole.len() - 1].to_vec(), [&whole[..], b"x"].concat(), vec![0; 5_000]];
    tried.push(fs::read(other.folder().join(SNAPSHOT))?);
    // Without its last chunk, and with a length that claims more than is there.
    tried.push(whole[..16].to_vec());
    tried.push([&whole[..16], &u32::MAX.to_be_bytes(), &whole[20..]].concat());
    for at in (0..whole.len()).step_by(whole.len() / 60) {
        let mut damaged = whole.clone();
        damaged[at] ^= 4;
        tried.push(damaged);
    }
    for bytes in tried {
        fs::write(&path, &bytes)?;
        let (_, shown, made, findings) = list(&desk, 1)?;
        assert_eq!((shown, findings), (expected(1), vec![]));
        assert_eq!(made, usize::from(RECORDS), "all of it was read");
    }
    fs::write(&path, whole)?;
    assert_eq!(list(&desk, 1)?.2, 1, "used again");
    Ok(())
}

/// An older journal under a newer snapshot, an older snapshot under a newer journal, and one from before a compaction.
#[test]
fn a_snapshot_that_does_not_fit_the_journal_is_not_used() -> Outcome {
    let desk = filled()?;
    let (older, path) = (desk.place.path().join("older"), desk.folder().join(SNAPSHOT));
    copy_folder(&desk.folder(), &older)?;
    let (mut vault, ..) = list(&desk, 1)?;
    vault.put(Table::Drafts, id(1), &json!({ "title": "newer" }))?;
    vault.keep_snapshot()?;
    drop(vault);
    let newer = fs::read(desk.folder().join(JOURNAL))?;
    fs::copy(older.join(JOURNAL), desk.folder().join(JOURNAL))?;
    let (vault, shown, _, findings) = list(&desk, 1)?;
    assert_eq!((shown, findings), (expected(1), vec![Finding::OlderCopy]));
    drop(vault);
    fs::write(desk.folder().join(JOURNAL), newer)?;
    fs::copy(older.join(SNAPSHOT), &path)?;
    let newest = |shown: &[String]| shown.first().is_some_and(|first| first == "1 newer");
    let (mut vault, shown, made, _) = list(&desk, 1)?;
    assert!(newest(&shown) && made == 1, "an older one serves as far as it goes: {shown:?}");
    vault.compact()?;
    drop(vault);
    let (_, shown, made, _) = list(&desk, 1)?;
    assert!(newest(&shown) && made == usize::from(RECORDS), "{made}");
    Ok(())
}

/// Opening by the snapshot does not see damage before it. It is told behind the window, and the next opening keeps the rest.
#[test]
fn damage_before_the_snapshot_is_found_behind_the_window() -> Outcome {
    let desk = filled()?;
    fs::remove_dir_all(desk.folder().join("cache"))?;
    let journal = desk.folder().join(JOURNAL);
    let mut damaged = fs::read(&journal)?;
    let at = damaged.windows(16).position(|window| window == id(2).as_bytes()).unwrap_or(0) + 16 + 8 + 20;
    damaged[at] ^= 1;
    fs::write(&journal, damaged)?;
    let (mut vault, shown, _, findings) = list(&desk, 1)?;
    assert_eq!((shown, findings), (expected(1), vec![]));
    assert!(vault.read::<Value>(Table::Drafts, id(2)).is_err());
    assert!(vault.read::<Value>(Table::Drafts, id(3)).is_ok());
    let gaps = vault.take_verification().ok_or_else(|| anyhow::anyhow!("the rest is to be read"))?.run(|| true)?;
    assert_eq!(gaps.iter().map(|gap| gap.entries).collect::<Vec<_>>(), [Some(1)]);
    vault.forget_snapshot()?;
    drop(vault);
    let (_, shown, _, findings) = list(&desk, 1)?;
    assert_eq!(shown.len(), usize::from(RECORDS) - 1);
    assert!(matches!(&findings[..], [Finding::JournalDamaged(_)]), "{findings:?}");
    let (_, shown, _, findings) = list(&desk, 1)?;
    assert_eq!((shown.len(), findings), (usize::from(RECORDS) - 1, vec![]), "told once");
    Ok(())
}

/// Damage on both sides of the snapshot: all that can be read is there, and the vault opens.
#[test]
fn damage_before_and_behind_the_snapshot_costs_no_more_than_it_hits() -> Outcome {
    let desk = filled()?;
    let journal = desk.folder().join(JOURNAL);
    let mut damaged = fs::read(&journal)?;
    let before = damaged.windows(16).position(|window| window == id(2).as_bytes()).unwrap_or(0) + 44;
    // The change of draft 1 behind the snapshot, which is followed by no other of it.
    let behind = damaged.windows(16).rposition(|window| window == id(1).as_bytes()).unwrap_or(0) + 44;
    damaged[before] ^= 1;
    damaged[behind] ^= 1;
    fs::write(&journal, damaged)?;
    fs::remove_dir_all(desk.folder().join("cache"))?;
    let (_, shown, _, findings) = list(&desk, 1)?;
    assert_eq!(shown.len(), usize::from(RECORDS) - 1, "{findings:?}");
    assert!(matches!(&findings[..], [Finding::JournalDamaged(_)]), "{findings:?}");
    assert_eq!(list(&desk, 1)?.1.len(), usize::from(RECORDS) - 1);
    Ok(())
}

#[test]
fn closing_keeps_one_when_enough_was_written() -> Outcome {
    let desk = Desk::new()?;
    let mut vault = desk.create()?;
    vault.put(Table::Drafts, id(1), &json!({ "title": "one" }))?;
    vault.close();
    assert!(!Path::new(&desk.folder().join(SNAPSHOT)).exists(), "not worth it");
    let mut vault = desk.open()?;
    for count in 0..300 {
        vault.change(Table::Drafts, id(1), &json!({ "title": "one", "count": count }))?;
    }
    vault.close();
    assert!(desk.folder().join(SNAPSHOT).exists());
    Ok(())
}
