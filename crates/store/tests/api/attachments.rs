//! Files are sealed as they are attached: whole and on disk, or not at all.

use std::fs::{self, File};
use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;

use satchel_seal::{NoProgress, OpenError};
use satchel_store::{AttachError, AttachmentRecord, Finding, RecordId, Table, Vault};
use satchel_terms::sealed_length::{PLAINTEXT_BYTES_MAX, REGION_BYTES};
use satchel_terms::{FileName, Hash, MediaType, OrderId};

use crate::support::{Desk, Outcome, random};

/// A desk with an open vault and a file to attach.
struct Attaching {
    desk: Desk,
    vault: Vault,
    source: PathBuf,
}

fn with_file(bytes: &[u8]) -> anyhow::Result<Attaching> {
    let desk = Desk::new()?;
    let vault = desk.create()?;
    let source = desk.place.path().join("authorization.pdf");
    fs::write(&source, bytes)?;
    Ok(Attaching { desk, vault, source })
}

fn more_than_two_regions() -> anyhow::Result<Vec<u8>> {
    let length = usize::try_from(2 * REGION_BYTES)? + 1_000;
    Ok((0..length).map(|at| u8::try_from(at % 251).unwrap_or(0)).collect())
}

fn attach(vault: &mut Vault, source: &Path) -> anyhow::Result<(RecordId, AttachmentRecord)> {
    let sealed = vault.attachments().seal(source, &mut random(), &mut NoProgress)?;
    let name = FileName::suggest(source.file_name().unwrap_or_default());
    let media_type = MediaType::suggest(&name);
    let (id, record) = sealed.into_record(OrderId::make(&mut random()), name, media_type, 1_760_000_000_000);
    vault.put(Table::Attachments, id, &record)?;
    Ok((id, record))
}

fn kept(desk: &Desk) -> anyhow::Result<usize> {
    Ok(fs::read_dir(desk.folder().join("attachments"))?.count())
}

#[test]
fn an_attached_file_opens_as_it_was() -> Outcome {
    for bytes in [Vec::new(), b"one page".to_vec(), more_than_two_regions()?] {
        let Attaching { desk, mut vault, source } = with_file(&bytes)?;
        let (id, _) = attach(&mut vault, &source)?;
        drop(vault);
        let mut vault = desk.open()?;
        let read = vault.read::<AttachmentRecord>(Table::Attachments, id)?;
        let record = read.ok_or_else(|| anyhow::anyhow!("the record is there"))?;
        assert_eq!((record.length, record.sha256), (bytes.len() as u64, Hash::of(&bytes)));
        assert_eq!((record.name.as_str(), record.media_type.as_str()), ("authorization.pdf", "application/pdf"));
        let folder = vault.attachments();
        assert_eq!(folder.sealed_file(id)?.metadata()?.len(), record.sealed_length);
        let mut opened = Vec::new();
        folder.open(id, &record, &mut opened, &mut NoProgress)?;
        assert!(opened == bytes);
        folder.verify(id, &record, &mut NoProgress)?;
        folder.remove(id)?;
        folder.remove(id)?;
        assert!(!folder.has(id));
    }
    Ok(())
}

#[cfg(unix)]
#[test]
fn only_the_owner_reads_sealed_files() -> Outcome {
    use std::os::unix::fs::PermissionsExt as _;
    let Attaching { desk, mut vault, source } = with_file(b"one page")?;
    attach(&mut vault, &source)?;
    for (path, mode) in [(desk.folder(), 0o700), (desk.folder().join("attachments"), 0o700)] {
        assert_eq!(fs::metadata(&path)?.permissions().mode() & 0o777, mode, "{}", path.display());
    }
    for entry in fs::read_dir(desk.folder().join("attachments"))? {
        assert_eq!(entry?.metadata()?.permissions().mode() & 0o777, 0o600);
    }
    Ok(())
}

#[test]
fn what_cannot_be_attached_is_told_and_nothing_is_kept() -> Outcome {
    let Attaching { desk, vault, source } = with_file(b"one page")?;
    let seal = |path: &Path| vault.attachments().seal(path, &mut random(), &mut NoProgress);
    assert!(matches!(seal(&desk.place.path().join("gone.pdf")), Err(AttachError::Vanished)));
    assert!(matches!(seal(desk.place.path()), Err(AttachError::Folder)));
    #[cfg(unix)]
    {
        let pipe = desk.place.path().join("pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status()?.success());
        assert!(matches!(seal(&pipe), Err(AttachError::NotAFile)));
        assert!(matches!(seal(Path::new("/dev/zero")), Err(AttachError::NotAFile)));
    }
    // Files with nothing in them but their length. One past the limit is refused before a byte is sealed.
    let file = File::options().write(true).open(&source)?;
    file.set_len(PLAINTEXT_BYTES_MAX + 1)?;
    let refused = vault.attachments().seal(&source, &mut random(), &mut |_| panic!("it was sealed"));
    assert!(matches!(refused, Err(AttachError::TooLong)));
    file.set_len(PLAINTEXT_BYTES_MAX)?;
    let begun = vault.attachments().seal(&source, &mut random(), &mut |_| ControlFlow::Break(()));
    assert!(matches!(begun, Err(AttachError::Cancelled)), "at the limit it is sealed, until somebody cancels");
    assert_eq!(kept(&desk)?, 0);
    Ok(())
}

type Change = fn(&Path) -> std::io::Result<()>;

#[test]
fn a_file_that_changes_while_it_is_read_is_not_attached() -> Outcome {
    let bytes = more_than_two_regions()?;
    let changes: [(&str, Change); 3] = [
        ("longer", |path| File::options().append(true).open(path)?.write_all(b"more")),
        ("shorter", |path| File::options().write(true).open(path)?.set_len(REGION_BYTES + 1)),
        // At a place that was read already, so that only the time tells.
        ("another", |path| File::options().write(true).open(path)?.write_all(b"other")),
    ];
    for (what, change) in changes {
        let Attaching { desk, vault, source } = with_file(&bytes)?;
        let mut changed = false;
        let sealed = vault.attachments().seal(&source, &mut random(), &mut |_| {
            if !changed {
                changed = true;
                change(&source).expect("the file changes");
            }
            ControlFlow::Continue(())
        });
        assert!(matches!(sealed, Err(AttachError::Changed)), "{what}: {sealed:?}");
        assert_eq!(kept(&desk)?, 0, "{what}");
    }
    Ok(())
}

#[test]
fn cancelling_keeps_nothing() -> Outcome {
    let Attaching { desk, vault, source } = with_file(&more_than_two_regions()?)?;
    let cancelled = vault.attachments().seal(&source, &mut random(), &mut |done| {
        if done > REGION_BYTES { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert!(matches!(cancelled, Err(AttachError::Cancelled)));
    assert_eq!(kept(&desk)?, 0);
    Ok(())
}

#[test]
fn opening_removes_what_has_no_key_and_nothing_else() -> Outcome {
    let Attaching { desk, mut vault, source } = with_file(b"one page")?;
    let (listed, _) = attach(&mut vault, &source)?;
    let unlisted = vault.attachments().seal(&source, &mut random(), &mut NoProgress)?.id;
    let folder = desk.folder().join("attachments");
    let part = folder.join(format!("{}.part", RecordId::make(&mut random())));
    fs::write(&part, "begun")?;
    for name in ["notes.sealed", "notes.part", "readme.txt"] {
        fs::write(folder.join(name), "not ours")?;
    }
    drop(vault);
    let vault = desk.open()?;
    assert!(vault.attachments().has(listed));
    assert!(!vault.attachments().has(unlisted) && !part.exists());
    assert_eq!(kept(&desk)?, 4, "the listed one and what is not ours");
    Ok(())
}

#[test]
fn a_sealed_file_that_is_gone_is_told() -> Outcome {
    let Attaching { desk, mut vault, source } = with_file(b"one page")?;
    let (id, record) = attach(&mut vault, &source)?;
    vault.attachments().remove(id)?;
    let missing = vault.attachments().verify(id, &record, &mut NoProgress);
    assert!(matches!(missing, Err(OpenError::Read(_))));
    drop(vault);
    let (_, findings) = desk.try_open()?;
    assert_eq!(findings, [Finding::AttachmentsMissing(vec![id])]);
    Ok(())
}

#[test]
fn every_damaged_byte_of_a_sealed_file_is_noticed() -> Outcome {
    let Attaching { desk, mut vault, source } = with_file(b"one page of an authorization")?;
    let (id, record) = attach(&mut vault, &source)?;
    let path = desk.folder().join(format!("attachments/{id}.sealed"));
    let whole = fs::read(&path)?;
    for at in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[at] ^= 1;
        fs::write(&path, damaged)?;
        let verified = vault.attachments().verify(id, &record, &mut NoProgress);
        assert!(matches!(verified, Err(OpenError::NotAuthentic)), "byte {at}");
    }
    for other in [&whole[..whole.len() - 1], &[whole.as_slice(), b"x"].concat(), b""] {
        fs::write(&path, other)?;
        assert!(vault.attachments().verify(id, &record, &mut NoProgress).is_err(), "{} bytes", other.len());
    }
    Ok(())
}
