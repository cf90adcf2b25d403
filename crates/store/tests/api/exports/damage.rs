//! Whatever happens to a file is found, and nothing of it comes in.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use satchel_seal::EXPORT_CHUNK_BYTES;
use satchel_store::{DraftsFault, ExportScope, FirstWay, ImportError, RestoreError, Vault};

use super::{Full, as_it_is, go_on, names, records};
use crate::support::{Desk, Outcome, random};

/// Tries to bring drafts in, and says what was told.
fn refusal(full: &Full, path: &Path, vault: &mut Vault) -> anyhow::Result<ImportError> {
    let import = match full.open(path) {
        Err(error) => return Ok(error),
        Ok(import) => import,
    };
    match import.drafts(vault, &mut as_it_is, &mut random(), &mut go_on).map_err(|stopped| stopped.fault) {
        Err(DraftsFault::Import(error)) => Ok(error),
        other => anyhow::bail!("{other:?}"),
    }
}

#[test]
fn every_flipped_byte_of_a_small_file_is_found() -> Outcome {
    let full = Full::new(&[20])?;
    let (path, _) = full.export(ExportScope::Draft(full.drafts[0]))?;
    let whole = fs::read(&path)?;
    let desk = Desk::new()?;
    let mut vault = desk.create()?;
    let damaged_path = desk.place.path().join("damaged.satchel");
    for at in 0..whole.len() {
        for flipped in [0x01, 0x80] {
            let mut damaged = whole.clone();
            damaged[at] ^= flipped;
            fs::write(&damaged_path, &damaged)?;
            let told =
                refusal(&full, &damaged_path, &mut vault).map_err(|error| error.context(format!("byte {at}")))?;
            let expected = match at {
                0..8 => matches!(told, ImportError::NotAnExport),
                8..10 => matches!(told, ImportError::Newer),
                _ => matches!(
                    told,
                    ImportError::Damaged
                        | ImportError::WrongSecret(_)
                        | ImportError::NoSuchWay(_)
                        | ImportError::Derive(_)
                ),
            };
            assert!(expected, "byte {at}: {told:?}");
            assert_eq!(told.to_string().matches('\n').count(), 0);
        }
    }
    assert!(records(&mut vault)?.is_empty() && names(&desk.folder().join("attachments"))?.is_empty());
    Ok(())
}

#[test]
fn cuts_and_added_bytes_are_found_before_anything_comes_in() -> Outcome {
    let full = Full::new(&[3 * EXPORT_CHUNK_BYTES])?;
    let (path, _) = full.export(ExportScope::Vault)?;
    let whole = fs::read(&path)?;
    let head = 12 + usize::from(u16::from_be_bytes([whole[10], whole[11]]));
    let around = (0..5)
        .flat_map(|chunk| [-17, -1, 0, 1, 16, 300].map(move |more| (head + chunk * (EXPORT_CHUNK_BYTES + 16), more)));
    let mut lengths: BTreeSet<usize> = around.filter_map(|(at, more)| at.checked_add_signed(more)).collect();
    lengths.extend([0, 1, 8, 11, 12, whole.len() - 1, whole.len() - 16]);
    let desk = Desk::new()?;
    let mut vault = desk.create()?;
    let cut = desk.place.path().join("cut.satchel");
    for length in lengths.into_iter().filter(|length| *length < whole.len()) {
        fs::write(&cut, &whole[..length])?;
        refusal(&full, &cut, &mut vault).map_err(|error| error.context(format!("{length} bytes")))?;
        let Ok(import) = full.open(&cut) else { continue };
        let empty = Desk::new()?;
        let restored = import.restore(&empty.folder(), &FirstWay::Keyring(&empty.keyring), random(), &mut go_on);
        assert!(matches!(restored, Err(RestoreError::Import(ImportError::Damaged))), "{length} bytes: {restored:?}");
        assert!(names(empty.place.path())?.is_empty(), "{length} bytes");
    }
    fs::write(&cut, [&whole[..], b"\0"].concat())?;
    assert!(matches!(refusal(&full, &cut, &mut vault)?, ImportError::Damaged));
    assert!(records(&mut vault)?.is_empty() && names(&desk.folder().join("attachments"))?.is_empty());
    Ok(())
}

#[test]
fn what_is_no_export_is_told_as_that() -> Outcome {
    let full = Full::new(&[])?;
    let desk = Desk::new()?;
    let mut vault = desk.create()?;
    let path = desk.place.path().join("some.satchel");
    for text in ["", "SATCHELJ and more", "%PDF-1.7"] {
        fs::write(&path, text)?;
        assert!(matches!(refusal(&full, &path, &mut vault)?, ImportError::NotAnExport), "{text}");
    }
    assert!(matches!(refusal(&full, desk.place.path(), &mut vault)?, ImportError::NotAnExport), "a folder");
    assert!(matches!(refusal(&full, &desk.place.path().join("none"), &mut vault)?, ImportError::Read(_)));
    Ok(())
}
