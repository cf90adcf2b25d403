//! What is sealed opens, whole, and only with its key.

use std::io::Read;
use std::ops::ControlFlow;

use satchel_seal::{NoProgress, OpenError, SealError, open_blob, seal_blob, verify_blob};
use satchel_terms::Hash;

use crate::support::{Outcome, pattern, rng, sealed};

const REGION: usize = 4 * 1024 * 1024;

#[test]
fn what_is_sealed_opens() -> Outcome {
    for length in [0, 1, 16, REGION - 1, REGION, REGION + 1, 2 * REGION + 7] {
        let plaintext = pattern(length);
        let (blob, bytes) = sealed(&plaintext)?;
        assert_eq!(blob.contents.length, length as u64);
        assert_eq!(blob.contents.sha256, Hash::of(&plaintext));
        assert_eq!(blob.sealed_length, bytes.len() as u64);
        let mut opened = Vec::new();
        let report = open_blob(&mut &bytes[..], &blob.content_key, &blob.contents, &mut opened, &mut NoProgress)?;
        assert!(opened == plaintext, "{length} bytes");
        assert_eq!(report.tags_sha256, blob.tags_sha256);
    }
    Ok(())
}

#[test]
fn two_sealings_share_nothing() -> Outcome {
    let (first, first_bytes) = sealed(b"the same words")?;
    let (second, second_bytes) = sealed(b"the same words")?;
    assert!(!first.content_key.is(&second.content_key));
    assert_ne!(first_bytes, second_bytes);
    let crossed = verify_blob(&mut &first_bytes[..], &second.content_key, &first.contents, &mut NoProgress);
    assert!(matches!(crossed, Err(OpenError::NotAuthentic)), "{crossed:?}");
    Ok(())
}

/// A file that arrives in small pieces, as from a slow share.
struct Dripping<'bytes>(&'bytes [u8]);

impl Read for Dripping<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        Read::take(&mut self.0, 1_000).read(buffer)
    }
}

#[test]
fn short_reads_do_not_end_a_region() -> Outcome {
    let plaintext = pattern(REGION + 5_000);
    let mut bytes = Vec::new();
    let blob = seal_blob(&mut Dripping(&plaintext), &mut bytes, &mut rng(), &mut NoProgress)?;
    assert_eq!(blob.sealed_length, bytes.len() as u64);
    verify_blob(&mut Dripping(&bytes), &blob.content_key, &blob.contents, &mut NoProgress)?;
    Ok(())
}

#[test]
fn progress_counts_up_and_can_cancel() -> Outcome {
    let plaintext = pattern(2 * REGION + 7);
    let mut heard = Vec::new();
    let mut listen = |done: u64| {
        heard.push(done);
        ControlFlow::Continue(())
    };
    seal_blob(&mut &plaintext[..], &mut Vec::new(), &mut rng(), &mut listen)?;
    assert_eq!(heard, [REGION as u64, 2 * REGION as u64, plaintext.len() as u64]);

    let mut written = Vec::new();
    let cancelled = seal_blob(&mut &plaintext[..], &mut written, &mut rng(), &mut |_| ControlFlow::Break(()));
    assert!(matches!(cancelled, Err(SealError::Cancelled)), "{cancelled:?}");
    assert_eq!(written.len(), REGION + 28, "it stops after the region at hand");
    let (blob, bytes) = sealed(&plaintext)?;
    let cancelled = verify_blob(&mut &bytes[..], &blob.content_key, &blob.contents, &mut |_| ControlFlow::Break(()));
    assert!(matches!(cancelled, Err(OpenError::Cancelled)), "{cancelled:?}");
    Ok(())
}

#[test]
fn keys_are_never_printed() -> Outcome {
    let (blob, _) = sealed(b"words")?;
    let key = blob.content_key.to_document();
    let bytes = key.expose();
    for printed in [format!("{blob:?}"), format!("{key:?}"), format!("{:?}", blob.content_key)] {
        assert!(!printed.contains(&format!("{bytes:?}")), "{printed}");
        assert!(printed.contains("(..)"), "{printed}");
    }
    Ok(())
}
