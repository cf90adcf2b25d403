//! Drafts that come into a vault with records of its own.

use std::collections::BTreeMap;
use std::fs;

use satchel_store::{AttachmentRecord, ExportScope, ImportedDrafts, NewIds, NotUsable, RecordId, Table};
use satchel_terms::OrderId;
use serde_json::{Value, json};

use super::{Full, REGION, as_it_is, attach, go_on, names, opened_files, records};
use crate::support::{Desk, Outcome, random};

fn ids(orders: &[OrderId]) -> Vec<RecordId> {
    let mut ids: Vec<_> = orders.iter().copied().map(RecordId::from).collect();
    ids.sort();
    ids
}

#[test]
fn one_draft_comes_in_as_a_new_one_however_often() -> Outcome {
    let mut full = Full::new(&[0, 9, REGION + 1])?;
    let (path, _) = full.export(ExportScope::Draft(full.drafts[0]))?;
    let desk = Desk::new()?;
    let mut other = desk.create()?;
    other.put(Table::Settings, RecordId::make(&mut random()), &json!({ "mine": true }))?;
    let mut drafts = Vec::new();
    for round in 1..=2_usize {
        let mut told = None;
        let mut adapt = |draft: &mut Value, ids: &NewIds| {
            told = Some(ids.clone());
            draft["title"] = json!(format!("round {round}"));
            Ok(())
        };
        let report = full.open(&path)?.drafts(&mut other, &mut adapt, &mut random(), &mut go_on)?;
        let told = told.ok_or_else(|| anyhow::anyhow!("it was adapted"))?;
        assert_eq!(report, ImportedDrafts { came_in: vec![told.draft], ..ImportedDrafts::default() });
        assert_eq!(told.draft.0, full.drafts[0].into());
        drafts.push(told.draft.1);
        assert_eq!(told.attachments.keys().copied().collect::<Vec<_>>(), {
            let mut files = full.files.clone();
            files.sort();
            files
        });
        for (old, new) in told.attachments {
            let record: AttachmentRecord =
                other.read(Table::Attachments, new)?.ok_or_else(|| anyhow::anyhow!("listed"))?;
            assert!(old != new && RecordId::from(record.order) == drafts[round - 1]);
        }
        assert_eq!(other.ids(Table::Drafts).len(), round);
        assert_eq!(opened_files(&mut other)?.len(), 3 * round);
        let draft: Value = other.read(Table::Drafts, drafts[round - 1])?.unwrap_or_default();
        assert_eq!(
            draft,
            json!({ "title": format!("round {round}"), "list": [1, { "a": "b" }], "note": "changed since", "count": 0 })
        );
    }
    assert_ne!(drafts[0], drafts[1]);
    assert_eq!((other.ids(Table::Settings).len(), other.ids(Table::Keys).len()), (1, 0));
    drop(other);
    assert_eq!(opened_files(&mut desk.open()?)?.len(), 6, "nothing was taken for a leftover");
    // Into the vault that it came from as well.
    let before = records(&mut full.vault)?;
    let import = full.open(&path)?;
    import.drafts(&mut full.vault, &mut as_it_is, &mut random(), &mut go_on)?;
    let after = records(&mut full.vault)?;
    assert!(before.iter().all(|(place, record)| after.get(place) == Some(record)));
    assert_eq!(after.len(), before.len() + 4);
    Ok(())
}

#[test]
fn of_a_vault_the_drafts_that_are_not_here_come_in_and_nothing_else() -> Outcome {
    let mut full = Full::new(&[0, 1000])?;
    let (path, _) = full.export(ExportScope::Vault)?;
    let desk = Desk::new()?;
    let mut other = desk.create()?;
    let [first, second, submitted] = full.drafts;
    let report = full.open(&path)?.drafts(&mut other, &mut as_it_is, &mut random(), &mut go_on)?;
    let came_in: Vec<_> = report.came_in.iter().map(|(old, new)| (*old == *new).then_some(*old)).collect();
    assert_eq!(came_in, ids(&[first, second]).into_iter().map(Some).collect::<Vec<_>>());
    assert_eq!(report.submitted, ids(&[submitted]));
    let theirs = records(&mut full.vault)?;
    let of_draft = |table: Table, id: RecordId| table == Table::Attachments && full.files.contains(&id);
    let expected: BTreeMap<_, _> = theirs
        .into_iter()
        .filter(|((table, id), _)| of_draft(*table, *id) || *table == Table::Drafts && *id != submitted.into())
        .collect();
    assert_eq!(records(&mut other)?, expected);
    assert_eq!(opened_files(&mut other)?.len(), 2);
    // Again: one is as it was, one was changed here, and what was submitted here does not come back.
    other.change(Table::Drafts, second, &json!({ "title": "mine" }))?;
    let before = records(&mut other)?;
    let report = full.open(&path)?.drafts(&mut other, &mut as_it_is, &mut random(), &mut go_on)?;
    assert_eq!(report.already_here, ids(&[first]));
    assert_eq!(report.other_version_here, ids(&[second]));
    assert!(report.came_in.is_empty());
    other.delete(Table::Drafts, second)?;
    other.put(Table::Orders, second, &json!({ "receipt": "…" }))?;
    let report = full.open(&path)?.drafts(&mut other, &mut as_it_is, &mut random(), &mut go_on)?;
    assert_eq!(report.other_version_here, ids(&[second]));
    let after = records(&mut other)?;
    assert!(before.iter().all(|(place, record)| place.1 == second.into() || after.get(place) == Some(record)));
    Ok(())
}

#[test]
fn what_was_adapted_is_known_again() -> Outcome {
    let full = Full::new(&[5])?;
    let (path, _) = full.export(ExportScope::Vault)?;
    let mut other = Desk::new().and_then(|desk| Ok((desk.create()?, desk)))?;
    let mut adapt = |draft: &mut Value, _: &NewIds| {
        draft["adapted"] = json!(true);
        Ok(())
    };
    full.open(&path)?.drafts(&mut other.0, &mut adapt, &mut random(), &mut go_on)?;
    let report = full.open(&path)?.drafts(&mut other.0, &mut adapt, &mut random(), &mut go_on)?;
    assert_eq!((report.already_here.len(), report.other_version_here.len()), (2, 0));
    Ok(())
}

#[test]
fn a_draft_that_the_caller_cannot_use_leaves_nothing() -> Outcome {
    let full = Full::new(&[5])?;
    let (path, _) = full.export(ExportScope::Vault)?;
    let desk = Desk::new()?;
    let mut other = desk.create()?;
    let first = RecordId::from(full.drafts[0]);
    let mut adapt = |_: &mut Value, ids: &NewIds| if ids.draft.0 == first { Err(NotUsable) } else { Ok(()) };
    let report = full.open(&path)?.drafts(&mut other, &mut adapt, &mut random(), &mut go_on)?;
    assert_eq!((report.not_usable, report.came_in.len()), (vec![first], 1));
    assert!(names(&desk.folder().join("attachments"))?.is_empty());
    assert!(other.ids(Table::Attachments).is_empty());
    Ok(())
}

/// A file's id that is taken here, by a record or by a file that none lists, is not used again.
#[test]
fn files_never_take_the_place_of_others() -> Outcome {
    let full = Full::new(&[5, 6])?;
    let (path, _) = full.export(ExportScope::Vault)?;
    let desk = Desk::new()?;
    let mut other = desk.create()?;
    let (taken, unlisted) = (full.files[0], full.files[1]);
    let mine = attach(&desk, &mut other, OrderId::make(&mut random()), 50)?;
    let record: Value = other.read(Table::Attachments, mine)?.unwrap_or_default();
    other.put(Table::Attachments, taken, &record)?;
    fs::copy(other.attachments().sealed_path(mine), other.attachments().sealed_path(taken))?;
    fs::write(other.attachments().sealed_path(unlisted), "of a newer copy")?;
    let report = full.open(&path)?.drafts(&mut other, &mut as_it_is, &mut random(), &mut go_on)?;
    assert_eq!(report.came_in.len(), 2);
    let lengths: Vec<_> = opened_files(&mut other)?.into_values().collect();
    assert_eq!((lengths.iter().filter(|length| **length == 50).count(), lengths.len()), (2, 4));
    assert_eq!(fs::read(other.attachments().sealed_path(unlisted))?, b"of a newer copy");
    Ok(())
}

#[test]
fn a_file_that_was_missing_is_counted_and_not_listed() -> Outcome {
    let full = Full::new(&[5, 6])?;
    full.vault.attachments().remove(full.files[0])?;
    let (path, _) = full.export(ExportScope::Vault)?;
    let desk = Desk::new()?;
    let mut other = desk.create()?;
    let report = full.open(&path)?.drafts(&mut other, &mut as_it_is, &mut random(), &mut go_on)?;
    assert_eq!((report.files_missing, report.came_in.len()), (1, 2));
    assert_eq!(other.ids(Table::Attachments), [full.files[1]]);
    drop(other);
    desk.open()?;
    Ok(())
}
