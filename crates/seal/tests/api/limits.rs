//! Limits, full disks, unreadable files, and memory.

use std::io::{self, Read, Write};

use satchel_seal::{NoProgress, OpenError, SealError, open_blob, seal_blob};
use satchel_terms::sealed_length::PLAINTEXT_BYTES_MAX;

use crate::support::{Outcome, rng, sealed};

/// A disk with room for so many bytes.
struct FullDisk(usize);

impl Write for FullDisk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() > self.0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.0 -= bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A file that vanishes after its first bytes.
struct Vanishing(bool);

impl Read for Vanishing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if std::mem::replace(&mut self.0, true) {
            return Err(io::ErrorKind::NotFound.into());
        }
        buffer.fill(7);
        Ok(buffer.len())
    }
}

#[test]
fn a_full_disk_and_a_vanished_file_are_told_apart() -> Outcome {
    let full = seal_blob(&mut &b"words"[..], &mut FullDisk(3), &mut rng(), &mut NoProgress);
    assert!(matches!(&full, Err(SealError::Write(error)) if error.kind() == io::ErrorKind::StorageFull), "{full:?}");
    let gone = seal_blob(&mut Vanishing(false), &mut io::sink(), &mut rng(), &mut NoProgress);
    assert!(matches!(&gone, Err(SealError::Read(error)) if error.kind() == io::ErrorKind::NotFound), "{gone:?}");
    let (blob, bytes) = sealed(b"words")?;
    let full = open_blob(&mut &bytes[..], &blob.content_key, &blob.contents, &mut FullDisk(3), &mut NoProgress);
    assert!(matches!(full, Err(OpenError::Write(_))), "{full:?}");
    Ok(())
}

#[test]
fn a_listed_length_beyond_the_limit_is_refused_before_anything_is_read() -> Outcome {
    let (mut blob, bytes) = sealed(b"words")?;
    blob.contents.length = PLAINTEXT_BYTES_MAX + 1;
    let mut source = &bytes[..];
    let outcome = open_blob(&mut source, &blob.content_key, &blob.contents, &mut io::sink(), &mut NoProgress);
    assert!(matches!(outcome, Err(OpenError::NotListed)), "{outcome:?}");
    assert_eq!(source.len(), bytes.len());
    Ok(())
}

/// Says what this process has resident, in KiB, where the system tells.
fn resident_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// The peak of memory does not grow with the length: 256 MiB pass through, and half of that would be found.
#[test]
fn memory_is_constant() -> Outcome {
    const LENGTH: u64 = 256 * 1024 * 1024;
    let Some(before) = resident_kib() else {
        println!("skipped: this system does not tell how much memory a process has resident");
        return Ok(());
    };
    seal_blob(&mut io::repeat(7).take(LENGTH), &mut io::sink(), &mut rng(), &mut NoProgress)?;
    let added = resident_kib().unwrap_or(u64::MAX).saturating_sub(before);
    // Other tests of this binary run beside this one and hold up to three regions each.
    assert!(added < 128 * 1024, "{added} KiB were added");
    Ok(())
}
