//! The power goes off at any moment of everything that a vault does, on a disk that keeps no more than it must: what was acknowledged
//! is there, and every vault opens. And each wait for the disk is needed: without it, something would be lost.

pub(crate) mod disk;
mod script;
pub(crate) mod states;

use std::collections::{BTreeMap, BTreeSet};
use std::panic::Location;
use std::path::Path;

use satchel_store::DiskStep;

use crate::power_cuts::disk::{Disk, Tree};
use crate::power_cuts::script::{Recorded, record};
use crate::power_cuts::states::{Checked, Desk, cuts, few_cuts, record_opening, states};
use crate::support::{Outcome, files_below};

/// How many states of each kind are looked at once more, with a power cut while they are opened.
const OF_A_KIND: usize = 2;

/// Makes a folder that no disk holds, where there is such a place: the cache waits for the real disk.
fn in_memory() -> std::io::Result<tempfile::TempDir> {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir())
}

/// Records everything on a disk that is real, and compares the one in memory with it: nothing went past the log.
fn recorded(place: &Path) -> anyhow::Result<Recorded> {
    let (root, source) = (place.join("disk"), place.join("authorization.pdf"));
    std::fs::create_dir(&root)?;
    std::fs::write(&source, [7; 5_000])?;
    let recorded = record(&root, &source, &place.join("caches"))?;
    let mut disk = Disk::with(&root, &recorded.before)?;
    recorded.steps.iter().try_for_each(|step| disk.step(step))?;
    let is_cache = |path: &Path| path.iter().any(|name| name.to_string_lossy().starts_with("cache"));
    let mut real = Tree::new();
    for path in files_below(&root)? {
        let below = path.strip_prefix(&root)?.to_owned();
        if !is_cache(&below) {
            real.insert(below, Some(std::fs::read(&path)?));
        }
    }
    let now: Tree = disk.now().into_iter().filter(|(_, bytes)| bytes.is_some()).collect();
    let differing = now.iter().filter(|(path, bytes)| real.get(*path) != Some(bytes)).map(|(path, _)| path);
    let differing: Vec<_> = differing.chain(real.keys().filter(|path| !now.contains_key(*path))).collect();
    anyhow::ensure!(differing.is_empty(), "went past the log: {differing:?}");
    Ok(recorded)
}

#[test]
fn after_a_power_cut_at_any_moment_everything_acknowledged_is_there() -> Outcome {
    let place = in_memory()?;
    let recorded = recorded(place.path())?;
    let desk = Desk::new(place.path());
    let mut kinds = BTreeMap::<String, Vec<(usize, Checked)>>::new();
    let all = states(&recorded, None, cuts)?;
    for (number, state) in all.iter().enumerate() {
        let checked = desk.check(&recorded, state)?;
        kinds.entry(checked.kind(&state.tree)).or_default().push((number, checked));
    }
    let mut again = 0;
    for (number, checked) in kinds.values().flat_map(|of_a_kind| of_a_kind.iter().take(OF_A_KIND)) {
        let Some(state) = all.get(*number) else { continue };
        let opening = record_opening(&place.path().join(format!("opening-{number}")), state, checked)?;
        for state in states(&opening, None, cuts)? {
            desk.check(&opening, &state)?;
            again += 1;
        }
    }
    println!("{} states of {} steps, of {} kinds; {again} while opening", all.len(), recorded.steps.len(), kinds.len());
    assert!(all.len() > 500 && kinds.len() > 20 && again > 100, "too few states to say anything");
    Ok(())
}

/// Waits without which nothing that was acknowledged is lost, and why they are there.
const NOT_NEEDED: [(&str, &str); 3] = [
    ("journal_file::replace: sync_folder(folder)", "the key file, which is written next, waits for the same folder"),
    (
        "journal_file::move_cut: journal.sync_data()?;",
        "the next entry, which is written at once, waits for the same file",
    ),
    ("settling::settle: sync_folder(folder)?;", "what is undone by a power cut is done again by the next opening"),
];
/// All waits of the sources but those of an erasure, and of what follows an error of the disk.
const WAITS: usize = 17;

/// Takes each wait for the disk away in turn, as if the line were not in the source.
#[test]
fn each_wait_for_the_disk_is_needed() -> Outcome {
    let place = in_memory()?;
    let recorded = recorded(place.path())?;
    let desk = Desk::new(place.path());
    let mut needless = needless(&recorded, &waits(&recorded), &desk)?;
    let mut known = waits(&recorded);
    for (number, state) in
        states(&recorded, None, cuts)?.iter().enumerate().filter(|(_, state)| state.is_to_be_mended())
    {
        if known.len() == WAITS {
            break;
        }
        let checked = desk.check(&recorded, state)?;
        let opening = record_opening(&place.path().join(format!("opening-{number}")), state, &checked)?;
        let new = waits(&opening).difference(&known).copied().collect();
        needless.extend(self::needless(&opening, &new, &desk)?);
        known.extend(new);
    }
    let expected: BTreeSet<String> = NOT_NEEDED.iter().map(|(wait, _)| (*wait).to_owned()).collect();
    assert_eq!(needless, expected, "waits without which nothing is lost");
    assert_eq!(known.len(), WAITS);
    Ok(())
}

/// Names those of some waits without which nothing is lost.
fn needless(recorded: &Recorded, waits: &Waits, desk: &Desk) -> anyhow::Result<BTreeSet<String>> {
    let with_all = states(recorded, None, few_cuts)?;
    let mut needless = BTreeSet::new();
    for wait in waits {
        let more = states(recorded, Some(wait), few_cuts)?.into_iter().filter(|state| !state.is_among(&with_all));
        match more.map(|state| desk.check(recorded, &state)).find_map(Result::err) {
            Some(error) => println!("{}: {error:#}", name(wait)?),
            None => drop(needless.insert(name(wait)?)),
        }
    }
    Ok(needless)
}

type Waits = BTreeSet<&'static Location<'static>>;

fn waits(recorded: &Recorded) -> Waits {
    let by = |step: &DiskStep| match step {
        DiskStep::FileSynced { by, .. } | DiskStep::FolderSynced { by, .. } => Some(*by),
        DiskStep::FolderMade(_)
        | DiskStep::FileOpened { .. }
        | DiskStep::Wrote { .. }
        | DiskStep::LengthSet { .. }
        | DiskStep::Renamed { .. }
        | DiskStep::Removed(_) => None,
    };
    recorded.steps.iter().filter_map(by).collect()
}

/// Names a place in the sources by its function and its line, so that the name stays when lines are added above.
fn name(place: &Location<'_>) -> anyhow::Result<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = std::fs::read_to_string(root.join(place.file()))?;
    let lines: Vec<_> = text.lines().take(place.line() as usize).map(str::trim).collect();
    let function = lines.iter().rev().find_map(|line| {
        let (before, behind) = line.split_once("fn ")?;
        let is_function = before.is_empty() || before.starts_with("pub");
        is_function.then(|| behind.split(['(', '<']).next().unwrap_or_default())
    });
    let file = Path::new(place.file()).file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok(format!("{file}::{}: {}", function.unwrap_or_default(), lines.last().copied().unwrap_or_default()))
}
