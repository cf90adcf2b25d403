//! Exports and imports that are cancelled, or that a lock meets, at any step.

use std::fs;
use std::ops::ControlFlow;

use satchel_store::{
    DraftsFault, ExportError, ExportScope, FirstWay, LendVault, RestoreError, Table, TransferProgress, Vault,
};

use super::{Full, as_it_is, go_on, names, opened_files, stamp};
use crate::support::{Desk, Outcome, random};

/// Says no when it is asked for the time with this number, from 0.
fn cancelling(at: usize) -> impl FnMut(TransferProgress) -> ControlFlow<()> {
    let mut asked = 0;
    move |progress| {
        assert!(progress.bytes_total == 0 || progress.bytes <= progress.bytes_total, "{progress:?}");
        asked += 1;
        if asked > at { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

#[test]
fn a_cancelled_export_leaves_nothing_and_an_older_one_stays() -> Outcome {
    let full = Full::new(&[70_000])?;
    let (target, folder) = (full.target(), full.desk.place.path().join("out"));
    fs::create_dir_all(&folder)?;
    fs::write(&target, "an older export")?;
    for at in 0.. {
        let export = full.vault.begin_export(ExportScope::Vault)?;
        match export.write(&target, &full.keys(), &stamp(), &mut random(), &mut cancelling(at)) {
            Err(ExportError::Cancelled) => {
                assert_eq!(names(&folder)?, ["copy.satchel"], "{at}");
                assert_eq!(fs::read(&target)?, b"an older export", "{at}");
            }
            Ok(_) => {
                assert!(at > 10, "asked {at} times");
                full.open(&target)?;
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

#[test]
fn a_cancelled_restoring_leaves_nothing() -> Outcome {
    let full = Full::new(&[70_000])?;
    let (path, _) = full.export(ExportScope::Vault)?;
    for at in 0.. {
        let desk = Desk::new()?;
        let way = FirstWay::Keyring(&desk.keyring);
        match full.open(&path)?.restore(&desk.folder(), &way, random(), &mut cancelling(at)) {
            Err(RestoreError::Cancelled) => {
                assert!(
                    names(desk.place.path())?.is_empty() && fs::read_dir(desk.place.path())?.next().is_none(),
                    "{at}"
                );
            }
            Ok(_) => {
                assert!(at > 10, "asked {at} times");
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

#[test]
fn a_cancelled_import_leaves_whole_drafts_or_none() -> Outcome {
    let full = Full::new(&[70_000, 3])?;
    let (path, _) = full.export(ExportScope::Vault)?;
    let desk = Desk::new()?;
    let mut vault = desk.create()?;
    for at in 0.. {
        let done = full.open(&path)?.drafts(&mut vault, &mut as_it_is, &mut random(), &mut cancelling(at));
        let came_in = match done {
            Err(stopped) if matches!(stopped.fault, DraftsFault::Cancelled) => stopped.before.came_in,
            Ok(report) => {
                assert!(at > 10, "asked {at} times");
                assert_eq!((report.came_in.len(), report.submitted.len()), (2, 1));
                return Ok(());
            }
            Err(stopped) => return Err(stopped.into()),
        };
        let there: Vec<_> = came_in.iter().map(|(_, new)| *new).collect();
        assert_eq!(vault.ids(Table::Drafts), there, "{at}");
        let files = if there.contains(&full.drafts[0].into()) { 2 } else { 0 };
        assert_eq!(opened_files(&mut vault)?.len(), files, "{at}");
        assert_eq!(names(&desk.folder().join("attachments"))?.len(), files, "{at}");
        for draft in there {
            vault.delete(Table::Drafts, draft)?;
        }
        for id in vault.ids(Table::Attachments) {
            vault.delete(Table::Attachments, id)?;
            vault.attachments().remove(id)?;
        }
    }
    Ok(())
}

/// A vault that is locked before it was lent for the time with this number.
struct Locking {
    vault: Vault,
    left: usize,
}

impl LendVault for Locking {
    fn lend<T>(&mut self, work: impl FnOnce(&mut Vault) -> T) -> Option<T> {
        self.left = self.left.checked_sub(1)?;
        Some(work(&mut self.vault))
    }
}

#[test]
fn an_import_that_the_lock_meets_leaves_whole_drafts_or_none() -> Outcome {
    let full = Full::new(&[5])?;
    let (path, _) = full.export(ExportScope::Vault)?;
    for left in 0..20 {
        let desk = Desk::new()?;
        let mut locking = Locking { vault: desk.create()?, left };
        let done = full.open(&path)?.drafts(&mut locking, &mut as_it_is, &mut random(), &mut go_on);
        let Err(stopped) = done else {
            assert!(left > 4, "lent {left} times");
            return Ok(());
        };
        assert!(matches!(stopped.fault, DraftsFault::Locked));
        let mut vault = locking.vault;
        let files = usize::from(vault.revision(Table::Drafts, full.drafts[0]).is_some());
        assert_eq!(vault.ids(Table::Drafts).len(), stopped.before.came_in.len());
        assert_eq!((opened_files(&mut vault)?.len(), names(&desk.folder().join("attachments"))?.len()), (files, files));
    }
    anyhow::bail!("it never came to its end")
}

#[test]
fn what_is_told_goes_up_to_all_of_it() -> Outcome {
    let full = Full::new(&[200_000])?;
    let (target, desk) = (full.desk.place.path().join("copy.satchel"), Desk::new()?);
    let mut other = Desk::new().and_then(|desk| Ok((desk.create()?, desk)))?;
    let (mut last, mut told) = (TransferProgress { bytes: 0, bytes_total: 0 }, 0);
    let mut hear = |at: TransferProgress| {
        let step = at.bytes.saturating_sub(last.bytes);
        assert!(at.bytes >= last.bytes && step <= 2 * 66_000, "{last:?} {at:?}");
        (last, told) = (at, told + 1);
        ControlFlow::Continue(())
    };
    let export = full.vault.begin_export(ExportScope::Vault)?;
    export.write(&target, &full.keys(), &stamp(), &mut random(), &mut hear)?;
    assert!(last.bytes == last.bytes_total && last.bytes > 200_000 && told > 10, "{last:?} {told}");
    let mut ends = Vec::new();
    for way in ["restore", "drafts"] {
        let (mut last, mut told) = (0, 0);
        let mut hear = |at: TransferProgress| {
            assert!(at.bytes >= last && at.bytes <= at.bytes_total, "{way}: {at:?}");
            (last, told) = (at.bytes, told + 1);
            ControlFlow::Continue(())
        };
        let import = full.open(&target)?;
        if way == "restore" {
            import.restore(&desk.folder(), &FirstWay::Keyring(&desk.keyring), random(), &mut hear)?;
        } else {
            import.drafts(&mut other.0, &mut as_it_is, &mut random(), &mut hear)?;
        }
        assert!(told > 10, "{way}");
        ends.push(last);
    }
    let length = fs::metadata(&target)?.len();
    assert_eq!(ends, [length, 2 * length]);
    Ok(())
}
