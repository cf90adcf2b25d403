//! What is acknowledged stays; what is damaged is told and kept.

use std::fs;
use std::path::Path;

use rand_core::UnwrapErr;
use satchel_seal::{RecordAddress, RecordKind, TableKey, VaultKey};
use satchel_store::journal::{RECORD_BYTES_MAX, Table};
use satchel_store::journal_file::{AppendError, Condition, JOURNAL, JournalFile, OpenJournalError, VaultLock};
use satchel_terms::VaultId;

type Outcome = anyhow::Result<()>;

/// A vault's folder with what opens its records.
struct Desk {
    folder: tempfile::TempDir,
    vault: VaultId,
    key: TableKey,
}

fn address(number: u8) -> RecordAddress {
    RecordAddress { kind: RecordKind::Put, id: [number; 16], revision: 1 }
}

impl Desk {
    fn new() -> anyhow::Result<Self> {
        let mut rng = UnwrapErr(getrandom::SysRng);
        let vault = VaultId::make(&mut rng);
        let key = VaultKey::make(&mut rng).derive_table_key(vault, Table::Drafts.number())?;
        Ok(Self { folder: tempfile::tempdir()?, vault, key })
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Seals a word and appends it under its number.
    fn append(&self, journal: &mut JournalFile, number: u8) -> anyhow::Result<u64> {
        let word = format!("word {number}");
        let record = self.key.seal(&address(number), word.as_bytes(), &mut UnwrapErr(getrandom::SysRng))?;
        Ok(journal.append(Table::Drafts, address(number), record)?)
    }

    /// Makes a journal of so many words and closes it.
    fn filled(words: u8) -> anyhow::Result<Self> {
        let desk = Self::new()?;
        let mut journal = JournalFile::create(desk.path(), desk.vault)?;
        for number in 1..=words {
            assert_eq!(desk.append(&mut journal, number)?, u64::from(number));
        }
        Ok(desk)
    }

    /// Opens the journal and returns the words that it holds.
    fn open(&self) -> anyhow::Result<(JournalFile, Condition, Vec<String>)> {
        let mut words = Vec::new();
        let (journal, condition) = JournalFile::open(VaultLock::take(self.path())?, self.vault, |entry, _| {
            let opened = self.key.open(&entry.address, &entry.record);
            words.extend(opened.iter().map(|word| String::from_utf8_lossy(word).into_owned()));
            opened.is_ok()
        })?;
        Ok((journal, condition, words))
    }

    fn bytes(&self) -> std::io::Result<Vec<u8>> {
        fs::read(self.path().join(JOURNAL))
    }
}

fn words(count: u8) -> Vec<String> {
    (1..=count).map(|number| format!("word {number}")).collect()
}

#[test]
fn what_was_appended_is_there_after_opening_anew() -> Outcome {
    let desk = Desk::filled(3)?;
    let (mut journal, condition, found) = desk.open()?;
    assert_eq!((condition, found), (Condition::Whole, words(3)));
    assert_eq!(desk.append(&mut journal, 4)?, 4);
    drop(journal);
    assert_eq!(desk.open()?.2, words(4));
    Ok(())
}

/// A power cut can leave any part of the last write. Every one of them is tried.
#[test]
fn a_cut_at_any_byte_of_the_last_entry_loses_only_that_entry() -> Outcome {
    let desk = Desk::filled(2)?;
    let before = desk.bytes()?.len();
    let (mut journal, _, _) = desk.open()?;
    desk.append(&mut journal, 3)?;
    drop(journal);
    let whole = desk.bytes()?;
    for length in before + 1..whole.len() {
        fs::write(desk.path().join(JOURNAL), &whole[..length])?;
        let (mut journal, condition, found) = desk.open()?;
        assert!(matches!(&condition, Condition::Cut(path) if fs::read(path)? == whole[before..length]), "{length}");
        assert_eq!(found, words(2), "{length}");
        assert_eq!(desk.append(&mut journal, 3)?, 3, "{length}");
        drop(journal);
        let (_, condition, found) = desk.open()?;
        assert_eq!((condition, found), (Condition::Whole, words(3)), "{length}");
    }
    Ok(())
}

/// NTFS and others may lengthen a file and lose power before they write to it.
#[test]
fn zeros_at_the_end_are_a_cut_and_zeros_before_something_are_damage() -> Outcome {
    for zeros in [1, 4, 94, 100_000] {
        let desk = Desk::filled(2)?;
        let whole = desk.bytes()?;
        fs::write(desk.path().join(JOURNAL), [whole.as_slice(), &vec![0; zeros]].concat())?;
        let (_, condition, found) = desk.open()?;
        assert!(
            matches!(&condition, Condition::Cut(path) if fs::read(path)? == vec![0; zeros]),
            "{zeros}: {condition:?}"
        );
        assert_eq!(found, words(2), "{zeros}");
        assert_eq!(desk.bytes()?, whole, "{zeros}");
        fs::write(desk.path().join(JOURNAL), [whole.as_slice(), &vec![0; zeros + 4], b"x"].concat())?;
        let (_, condition, found) = desk.open()?;
        assert!(matches!(condition, Condition::Damaged(_)), "{zeros}: {condition:?}");
        assert_eq!(found, words(2), "{zeros}");
    }
    Ok(())
}

#[test]
fn a_second_cut_leaves_what_the_first_one_moved_aside() -> Outcome {
    let desk = Desk::filled(1)?;
    let path = desk.path().join(JOURNAL);
    let mut aside = Vec::new();
    // Less than the length of an entry: what a write leaves that was cut at once.
    for tail in [b"\x00\x00\x01", b"\x00\x00\x02"] {
        fs::write(&path, [desk.bytes()?.as_slice(), tail].concat())?;
        let (_, condition, found) = desk.open()?;
        assert_eq!(found, words(1));
        let Condition::Cut(cut) = condition else { panic!("{condition:?}") };
        aside.push(cut);
    }
    assert_eq!(fs::read(&aside[0])?, b"\x00\x00\x01");
    assert_eq!(fs::read(&aside[1])?, b"\x00\x00\x02");
    Ok(())
}

#[test]
fn every_damaged_byte_is_found_told_and_kept() -> Outcome {
    let desk = Desk::filled(3)?;
    let whole = desk.bytes()?;
    // Headers are refused as such; behind them every byte belongs to an entry.
    for at in (40..whole.len()).step_by(7) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x20;
        fs::write(desk.path().join(JOURNAL), &damaged)?;
        let (mut journal, condition, found) = desk.open()?;
        assert!(found.len() < 3 && words(3).starts_with(&found), "byte {at}: {found:?}");
        match condition {
            Condition::Damaged(aside) => {
                assert_eq!(fs::read(&aside)?, damaged, "byte {at}");
                fs::remove_file(aside)?;
            }
            // A damaged length may point past the end, which looks like a cut; what is cut off is kept as well.
            Condition::Cut(cut) => assert!(damaged.ends_with(&fs::read(cut)?), "byte {at}"),
            Condition::Whole => panic!("byte {at} was not found"),
        }
        // It goes on behind what counts.
        let next = u8::try_from(found.len())? + 1;
        desk.append(&mut journal, next)?;
        drop(journal);
        let (_, condition, found) = desk.open()?;
        assert_eq!((condition, found), (Condition::Whole, words(next)), "byte {at}");
    }
    Ok(())
}

#[test]
fn one_writer_at_a_time() -> Outcome {
    let desk = Desk::filled(1)?;
    let (first, _, _) = desk.open()?;
    assert!(matches!(VaultLock::take(desk.path()), Err(OpenJournalError::InUse)));
    assert!(matches!(JournalFile::create(desk.path(), desk.vault), Err(OpenJournalError::InUse)));
    drop(first);
    assert!(desk.open().is_ok());
    Ok(())
}

#[test]
fn a_vault_is_never_made_over_another_and_never_guessed() -> Outcome {
    let desk = Desk::filled(1)?;
    let before = desk.bytes()?;
    assert!(matches!(JournalFile::create(desk.path(), desk.vault), Err(OpenJournalError::Exists)));
    let other = VaultId::make(&mut UnwrapErr(getrandom::SysRng));
    assert!(matches!(
        JournalFile::open(VaultLock::take(desk.path())?, other, |_, _| true),
        Err(OpenJournalError::Header(_))
    ));
    assert_eq!(desk.bytes()?, before);
    fs::remove_file(desk.path().join(JOURNAL))?;
    assert!(matches!(
        JournalFile::open(VaultLock::take(desk.path())?, desk.vault, |_, _| true),
        Err(OpenJournalError::Missing)
    ));
    assert!(!desk.path().join(JOURNAL).exists());
    Ok(())
}

#[test]
fn a_record_that_is_too_long_is_refused_and_the_journal_goes_on() -> Outcome {
    let desk = Desk::filled(1)?;
    let (mut journal, _, _) = desk.open()?;
    let refused = journal.append(Table::Drafts, address(2), vec![0; RECORD_BYTES_MAX + 1]);
    assert!(matches!(refused, Err(AppendError::TooLong(_))), "{refused:?}");
    desk.append(&mut journal, 2)?;
    drop(journal);
    assert_eq!(desk.open()?.2, words(2));
    Ok(())
}

#[cfg(unix)]
#[test]
fn only_the_owner_reads_the_vault() -> Outcome {
    use std::os::unix::fs::PermissionsExt as _;
    let parent = Desk::new()?;
    let folder = parent.path().join("vault");
    let journal = JournalFile::create(&folder, parent.vault)?;
    let mode = |path: &Path| -> std::io::Result<u32> { Ok(fs::metadata(path)?.permissions().mode() & 0o777) };
    assert_eq!(mode(&folder)?, 0o700);
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        assert_eq!(mode(&path)?, 0o600, "{}", path.display());
    }
    drop(journal);
    Ok(())
}
