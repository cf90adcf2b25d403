//! Exports and imports on a disk that is full: told, nothing is left, and with room they go on.

use std::fs;
use std::process::Command;

use satchel_store::{DraftsFault, ExportError, ExportScope, FirstWay, InMemoryKeyring, RestoreError, Table, Vault};

use super::{Full, as_it_is, go_on, names, opened_files, records, stamp};
use crate::crashes::limit_files;
use crate::support::{Outcome, Process, child_command, child_folder, random};

/// Bytes that each file may have, one after the other.
const LIMITS: [u64; 6] = [0, 300, 1_000, 3_000, 66_000, 69_000];

#[test]
fn child_exports_and_imports_on_a_full_disk() -> Outcome {
    let Some(folder) = child_folder() else { return Ok(()) };
    let mut full = Full::new(&[70_000])?;
    let (path, _) = full.export(ExportScope::Vault)?;
    let keyring = InMemoryKeyring::new();
    let mut other = Vault::create(&folder.join("other"), &keyring, random())?;
    let way = FirstWay::Keyring(&keyring);
    let (out, target) = (folder.join("out"), folder.join("out").join("copy.satchel"));
    fs::create_dir(&out)?;
    for limit in LIMITS {
        let export = full.vault.begin_export(ExportScope::Vault)?;
        limit_files(&limit.to_string())?;
        let exported = export.write(&target, &full.keys(), &stamp(), &mut random(), &mut go_on);
        let restored = full.open(&path)?.restore(&folder.join("restored"), &way, random(), &mut go_on);
        let came_in = full.open(&path)?.drafts(&mut other, &mut as_it_is, &mut random(), &mut go_on);
        limit_files("unlimited")?;
        assert!(matches!(exported, Err(ExportError::DiskFull(_))), "{limit}: {exported:?}");
        assert!(matches!(restored, Err(RestoreError::DiskFull(_) | RestoreError::Create(_))), "{limit}: {restored:?}");
        let fault = came_in.map_err(|stopped| stopped.fault);
        assert!(matches!(fault, Err(DraftsFault::NotWritten(_) | DraftsFault::Write(_))), "{limit}: {fault:?}");
        assert!(names(&out)?.is_empty() && !folder.join("restored").exists() && !folder.join("restored.new").exists());
        assert!(
            names(&folder.join("other/attachments"))?.is_empty() && other.ids(Table::Attachments).is_empty(),
            "{limit}"
        );
        assert!(!other.ids(Table::Drafts).contains(&full.drafts[0].into()), "{limit}");
    }
    let export = full.vault.begin_export(ExportScope::Vault)?;
    export.write(&target, &full.keys(), &stamp(), &mut random(), &mut go_on)?;
    full.open(&path)?.drafts(&mut other, &mut as_it_is, &mut random(), &mut go_on)?;
    let (mut restored, _) = full.open(&target)?.restore(&folder.join("restored"), &way, random(), &mut go_on)?;
    assert_eq!(records(&mut restored)?, records(&mut full.vault)?);
    assert_eq!((opened_files(&mut restored)?.len(), opened_files(&mut other)?.len()), (2, 1));
    println!("\nwent on");
    Ok(())
}

#[test]
fn a_full_disk_is_told_and_leaves_nothing() -> Outcome {
    let place = tempfile::tempdir()?;
    // The kernel sends a signal with the error, which ends a process that does not ignore it.
    let child = child_command("exports::full_disk::child_exports_and_imports_on_a_full_disk", place.path())?;
    let mut shell = Command::new("sh");
    shell.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]).arg(child.get_program()).args(child.get_args());
    shell.envs(child.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let mut child = Process::start(shell)?;
    assert!(child.next("went on")?.is_some());
    assert!(child.finish()?);
    Ok(())
}
