//! What is acknowledged stays; what is damaged is told and kept.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use rand_core::UnwrapErr;
use satchel_seal::{ChainKey, RecordAddress, RecordKind, TableKey, VaultKey};
use satchel_store::journal::{JournalReader, Point, RECORD_BYTES_MAX, Table};
use satchel_store::journal_file::{AppendError, Condition, JOURNAL, JournalFile, OpenJournalError, VaultLock};
use satchel_store::salvage::{Gap, Taken};
use satchel_terms::VaultId;

type Outcome = anyhow::Result<()>;

/// A vault's folder with what opens its records.
struct Desk {
    folder: tempfile::TempDir,
    vault: VaultId,
    key: TableKey,
    chain: Arc<ChainKey>,
}

fn address(number: u8) -> RecordAddress {
    RecordAddress { kind: RecordKind::Put, id: [number; 16], revision: 1 }
}

impl Desk {
    fn new() -> anyhow::Result<Self> {
        let mut rng = UnwrapErr(getrandom::SysRng);
        let vault = VaultId::make(&mut rng);
        let vault_key = VaultKey::make(&mut rng);
        let key = vault_key.derive_table_key(vault, Table::Drafts.number())?;
        let chain = Arc::new(vault_key.derive_chain_key(vault)?);
        Ok(Self { folder: tempfile::tempdir()?, vault, key, chain })
    }

    fn create(&self) -> Result<JournalFile, OpenJournalError> {
        JournalFile::create(self.path(), self.vault, Arc::clone(&self.chain))
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
        let mut journal = desk.create()?;
        for number in 1..=words {
            assert_eq!(desk.append(&mut journal, number)?, u64::from(number));
        }
        Ok(desk)
    }

    /// Opens the journal and returns the words that it holds.
    fn open(&self) -> anyhow::Result<(JournalFile, Condition, Vec<String>)> {
        self.open_from(None)
    }

    fn open_from(&self, from: Option<Point>) -> anyhow::Result<(JournalFile, Condition, Vec<String>)> {
        let mut words = Vec::new();
        let found = JournalFile::find(VaultLock::take(self.path())?, self.vault, Arc::clone(&self.chain))?;
        let (journal, condition) = found.open(from, |entry, _, _| {
            let opened = self.key.open(&entry.address, &entry.record);
            words.extend(opened.iter().map(|word| String::from_utf8_lossy(word).into_owned()));
            if opened.is_ok() { Taken::Yes } else { Taken::No }
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
        assert!(matches!(condition, Condition::Damaged(..)), "{zeros}: {condition:?}");
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

/// Entries by their bytes, as they stand behind the header.
fn entries(desk: &Desk, whole: &[u8]) -> anyhow::Result<Vec<Vec<u8>>> {
    let (journal, _, _) = desk.open()?;
    let start = Point::start(&desk.chain, &journal.header());
    let mut reader = JournalReader::new(&whole[40..], &desk.chain, start);
    let mut entries = Vec::new();
    let mut from = 40;
    while reader.read_next()?.is_some() {
        let to = usize::try_from(reader.point().offset)?;
        entries.push(whole[from..to].to_vec());
        from = to;
    }
    Ok(entries)
}

/// Writes a journal and opens it; returns what it holds and how many entries it lacks.
fn opened(desk: &Desk, bytes: &[u8]) -> anyhow::Result<(Vec<String>, Option<u64>)> {
    fs::write(desk.path().join(JOURNAL), bytes)?;
    let (_, condition, found) = desk.open()?;
    let lacking = match condition {
        Condition::Whole => Some(0),
        Condition::Cut(cut) => {
            anyhow::ensure!(bytes.ends_with(&fs::read(&cut)?), "what is cut off is kept");
            fs::remove_file(cut)?;
            None
        }
        Condition::Damaged(kept, gaps) => {
            anyhow::ensure!(fs::read(&kept)? == bytes, "the whole is kept");
            fs::remove_file(kept)?;
            gaps.iter().map(|gap: &Gap| gap.entries).sum()
        }
    };
    Ok((found, lacking))
}

fn without(numbers: &[u8]) -> Vec<String> {
    (1..=5).filter(|number| !numbers.contains(number)).map(|number| format!("word {number}")).collect()
}

#[test]
fn every_damaged_byte_costs_at_most_its_entry_and_the_next_and_is_told() -> Outcome {
    let desk = Desk::filled(5)?;
    let whole = desk.bytes()?;
    let ends: Vec<usize> = entries(&desk, &whole)?
        .iter()
        .scan(40, |end, entry| {
            *end += entry.len();
            Some(*end)
        })
        .collect();
    // Headers are refused as such; behind them every byte belongs to an entry.
    for at in 40..whole.len() {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x20;
        let (found, lacking) = opened(&desk, &damaged)?;
        let hit = u8::try_from(ends.iter().filter(|end| **end <= at).count())? + 1;
        let in_chain = at >= ends[usize::from(hit) - 1] - 32;
        match (hit, in_chain) {
            // Nothing follows that would prove how many there were.
            (5, _) => assert_eq!((found, lacking), (words(4), None), "byte {at}"),
            (4, true) => assert_eq!((found, lacking), (words(3), None), "byte {at}"),
            (_, true) => assert_eq!((found, lacking), (without(&[hit, hit + 1]), Some(2)), "byte {at}"),
            (_, false) => assert_eq!((found, lacking), (without(&[hit]), Some(1)), "byte {at}"),
        }
    }
    Ok(())
}

/// Whoever can write the folder but has no key cannot leave an entry out, swap two, or add one, without its being told.
#[test]
fn entries_left_out_swapped_or_added_are_told() -> Outcome {
    let desk = Desk::filled(5)?;
    let whole = desk.bytes()?;
    let parts = entries(&desk, &whole)?;
    let journal = |numbers: &[usize]| {
        let entries = numbers.iter().flat_map(|number| parts[number - 1].clone());
        [&whole[..40], &entries.collect::<Vec<u8>>()].concat()
    };
    assert_eq!(opened(&desk, &journal(&[1, 2, 3, 4, 5]))?, (words(5), Some(0)));
    // The one behind has lost what proves its place as well.
    assert_eq!(opened(&desk, &journal(&[1, 3, 4, 5]))?, (without(&[2, 3]), Some(2)));
    assert_eq!(opened(&desk, &journal(&[2, 3, 4, 5]))?, (without(&[1, 2]), Some(2)));
    assert_eq!(opened(&desk, &journal(&[1, 3, 2, 4, 5]))?, (without(&[2, 3, 4]), Some(3)));
    assert_eq!(opened(&desk, &journal(&[1, 2, 2, 3, 4, 5]))?, (words(5), Some(0)), "told, though nothing lacks");
    assert_eq!(opened(&desk, &journal(&[1, 2, 5]))?, (words(2), None));
    // Of what is cut off at the end between two entries nothing is left that could tell; the vault's generation does.
    assert_eq!(opened(&desk, &journal(&[1, 2, 3]))?, (words(3), Some(0)));
    Ok(())
}

/// A place that was noted counts as long as the journal was there once, whatever was added since.
#[test]
fn a_journal_is_read_from_a_place_where_it_was() -> Outcome {
    let desk = Desk::filled(3)?;
    let (mut journal, _, _) = desk.open()?;
    let noted = journal.end();
    desk.append(&mut journal, 4)?;
    drop(journal);
    let find = || JournalFile::find(VaultLock::take(desk.path())?, desk.vault, Arc::clone(&desk.chain));
    assert!(find()?.has_been_at(&noted)?);
    let (mut journal, condition, found) = desk.open_from(Some(noted))?;
    assert_eq!((condition, found), (Condition::Whole, vec!["word 4".to_owned()]));
    assert_eq!(desk.append(&mut journal, 5)?, 5);
    drop(journal);
    for wrong in [
        Point { offset: noted.offset - 1, ..noted },
        Point { offset: 7, ..noted },
        Point { offset: 40, ..noted },
        Point { offset: 1 << 40, ..noted },
    ] {
        assert!(!find()?.has_been_at(&wrong)?, "{wrong:?}");
    }
    assert_eq!(desk.open()?.2, words(5));
    Ok(())
}

/// What opening did not read is read behind the window, up to where the journal ended then.
#[test]
fn a_verification_finds_what_opening_did_not_read() -> Outcome {
    let desk = Desk::filled(4)?;
    let (journal, _, _) = desk.open()?;
    assert_eq!(journal.verification()?.run(|| true)?, []);
    let verification = journal.verification()?;
    let mut damaged = desk.bytes()?;
    damaged[40 + 60] ^= 1;
    fs::write(desk.path().join(JOURNAL), [&damaged, &b"being written"[..]].concat())?;
    assert_eq!(verification.run(|| true)?, [Gap { offset: 40, entries: Some(1) }]);
    assert_eq!(journal.verification()?.run(|| false)?, [Gap { offset: 40, entries: Some(1) }], "found before it ended");
    Ok(())
}

/// A disk that somebody filled with what looks like beginnings of entries costs a bounded time.
#[test]
fn a_search_behind_damage_ends() -> Outcome {
    let desk = Desk::filled(1)?;
    let mut bytes = desk.bytes()?;
    let head = [&2_000_000_u32.to_be_bytes()[..], &2_u64.to_be_bytes(), &[1, 1]].concat();
    for _ in 0..300_000 {
        bytes.extend_from_slice(&head);
    }
    assert_eq!(opened(&desk, &bytes)?, (words(1), None));
    Ok(())
}

#[test]
fn one_writer_at_a_time() -> Outcome {
    let desk = Desk::filled(1)?;
    let (first, _, _) = desk.open()?;
    assert!(matches!(VaultLock::take(desk.path()), Err(OpenJournalError::InUse)));
    assert!(matches!(desk.create(), Err(OpenJournalError::InUse)));
    drop(first);
    assert!(desk.open().is_ok());
    Ok(())
}

#[test]
fn a_vault_is_never_made_over_another_and_never_guessed() -> Outcome {
    let desk = Desk::filled(1)?;
    let before = desk.bytes()?;
    assert!(matches!(desk.create(), Err(OpenJournalError::Exists)));
    let other = VaultId::make(&mut UnwrapErr(getrandom::SysRng));
    let find = |vault| JournalFile::find(VaultLock::take(desk.path())?, vault, Arc::clone(&desk.chain));
    assert!(matches!(find(other), Err(OpenJournalError::Header(_))));
    assert_eq!(desk.bytes()?, before);
    fs::remove_file(desk.path().join(JOURNAL))?;
    assert!(matches!(find(desk.vault), Err(OpenJournalError::Missing)));
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
    let journal = JournalFile::create(&folder, parent.vault, Arc::clone(&parent.chain))?;
    let mode = |path: &Path| -> std::io::Result<u32> { Ok(fs::metadata(path)?.permissions().mode() & 0o777) };
    assert_eq!(mode(&folder)?, 0o700);
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        assert_eq!(mode(&path)?, 0o600, "{}", path.display());
    }
    drop(journal);
    Ok(())
}
