//! Whatever happens to a sealed blob is found.

use proptest::prelude::*;
use satchel_seal::{Contents, NoProgress, OpenError, Sealed, is_authentic_region, open_unlisted_blob, verify_blob};
use satchel_terms::Hash;

use crate::support::{Outcome, pattern, sealed};

const REGION: usize = 4 * 1024 * 1024;
const SEALED_REGION: usize = REGION + 28;

fn refused(bytes: &[u8], blob: &Sealed) -> Option<OpenError> {
    verify_blob(&mut &bytes[..], &blob.content_key, &blob.contents, &mut NoProgress).err()
}

#[test]
fn every_flipped_bit_of_a_small_blob_is_found() -> Outcome {
    let (blob, bytes) = sealed(b"sealed words")?;
    for at in 0..bytes.len() * 8 {
        let mut damaged = bytes.clone();
        damaged[at / 8] ^= 1 << (at % 8);
        assert!(matches!(refused(&damaged, &blob), Some(OpenError::NotAuthentic)), "bit {at}");
    }
    Ok(())
}

#[test]
fn every_cut_and_every_added_byte_is_found() -> Outcome {
    let (blob, bytes) = sealed(b"sealed words")?;
    for length in 0..bytes.len() {
        assert!(matches!(refused(&bytes[..length], &blob), Some(OpenError::NotListed)), "{length} bytes");
    }
    let longer = [&bytes[..], &[0]].concat();
    assert!(matches!(refused(&longer, &blob), Some(OpenError::NotListed)));
    let empty = sealed(b"")?.0;
    assert!(refused(b"", &empty).is_none());
    assert!(matches!(refused(b"x", &empty), Some(OpenError::NotListed)));
    Ok(())
}

#[test]
fn swapped_repeated_and_missing_regions_are_found() -> Outcome {
    let plaintext = pattern(3 * REGION);
    let (blob, bytes) = sealed(&plaintext)?;
    let regions: Vec<&[u8]> = bytes.chunks(SEALED_REGION).collect();
    for (order, found) in [
        (&[1, 0, 2][..], OpenError::NotAuthentic),
        (&[0, 0, 2], OpenError::NotAuthentic),
        (&[0, 1], OpenError::NotListed),
        (&[0, 1, 2, 2], OpenError::NotListed),
    ] {
        let rearranged = order.iter().map(|n| regions[*n]).collect::<Vec<_>>().concat();
        let error = refused(&rearranged, &blob).map(|error| error.to_string());
        assert_eq!(error, Some(found.to_string()), "{order:?}");
    }
    Ok(())
}

/// The format alone cannot tell that regions are missing at the end: the signed document does.
#[test]
fn a_blob_cut_between_regions_is_found_by_the_document_only() -> Outcome {
    let (blob, bytes) = sealed(&pattern(2 * REGION))?;
    let cut = &bytes[..SEALED_REGION];
    let opened =
        open_unlisted_blob(&mut &cut[..], &blob.content_key, REGION as u64, &mut std::io::sink(), &mut NoProgress)?;
    assert_eq!(opened.contents.length, REGION as u64);
    assert!(matches!(refused(cut, &blob), Some(OpenError::NotListed)));
    Ok(())
}

#[test]
fn other_contents_than_listed_are_refused() -> Outcome {
    let (blob, bytes) = sealed(b"sealed words")?;
    let listed = Contents { sha256: Hash::of(b"other words"), ..blob.contents };
    let outcome = verify_blob(&mut &bytes[..], &blob.content_key, &listed, &mut NoProgress);
    assert!(matches!(outcome, Err(OpenError::NotListed)), "{outcome:?}");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_damaged_range_is_found(at in 0usize..9_000, length in 1usize..64, mask in 1u8..) {
        let (blob, mut bytes) = sealed(&pattern(9_000)).expect("seals");
        for byte in bytes.iter_mut().skip(at).take(length) {
            *byte ^= mask;
        }
        prop_assert!(matches!(refused(&bytes, &blob), Some(OpenError::NotAuthentic)));
    }
}

#[test]
fn a_region_is_known_by_its_key_its_number_and_every_bit() -> Outcome {
    let (blob, bytes) = sealed(&pattern(2 * REGION + 5))?;
    let (other, _) = sealed(b"another blob")?;
    let regions: Vec<_> = bytes.chunks(SEALED_REGION).collect();
    for (region, number) in regions.iter().zip(0_u32..) {
        assert!(is_authentic_region(region, number, &blob.content_key), "region {number}");
        assert!(!is_authentic_region(region, number + 1, &blob.content_key), "region {number} in another place");
        assert!(!is_authentic_region(region, number, &other.content_key), "region {number} of another blob");
        assert!(!is_authentic_region(&region[..region.len() - 1], number, &blob.content_key), "cut");
        for at in [0, 11, 12, region.len() / 2, region.len() - 16, region.len() - 1] {
            let mut damaged = region.to_vec();
            damaged[at] ^= 1;
            assert!(!is_authentic_region(&damaged, number, &blob.content_key), "region {number}, byte {at}");
        }
    }
    for nothing in [vec![], vec![0; 27], vec![0; 28], vec![0; SEALED_REGION + 1]] {
        assert!(!is_authentic_region(&nothing, 0, &blob.content_key), "{} bytes", nothing.len());
    }
    Ok(())
}
