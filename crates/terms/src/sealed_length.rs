//! Lengths of sealed blobs, which need no key to be reckoned.

/// Plaintext bytes of a region; only the last one of a blob may be shorter.
pub const REGION_BYTES: u64 = 4 * 1024 * 1024;
/// What sealing adds to each region: the nonce before it and the tag behind it.
pub const REGION_OVERHEAD_BYTES: u64 = 12 + 16;
/// The most regions of a blob: each is one block of the upload, and Azure Storage takes 50,000 blocks a blob.
pub const REGIONS_MAX: u64 = 50_000;
/// The most plaintext that one blob holds: 195 GiB.
pub const PLAINTEXT_BYTES_MAX: u64 = REGIONS_MAX * REGION_BYTES;

/// Returns the sealed length of so many plaintext bytes, or nothing above [`PLAINTEXT_BYTES_MAX`].
#[must_use]
pub const fn of_plaintext(plaintext_length: u64) -> Option<u64> {
    if plaintext_length > PLAINTEXT_BYTES_MAX {
        return None;
    }
    Some(plaintext_length + plaintext_length.div_ceil(REGION_BYTES) * REGION_OVERHEAD_BYTES)
}

/// Returns the plaintext length of a sealed blob of this length, or nothing where no plaintext has it.
#[must_use]
pub const fn plaintext_of(sealed_length: u64) -> Option<u64> {
    let regions = sealed_length.div_ceil(REGION_BYTES + REGION_OVERHEAD_BYTES);
    let Some(plaintext_length) = sealed_length.checked_sub(regions * REGION_OVERHEAD_BYTES) else {
        return None;
    };
    match of_plaintext(plaintext_length) {
        Some(sealed) if sealed == sealed_length => Some(plaintext_length),
        Some(_) | None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_at_and_around_a_region() {
        let full = REGION_BYTES + REGION_OVERHEAD_BYTES;
        for (plaintext, sealed) in [
            (0, 0),
            (1, 29),
            (REGION_BYTES - 1, full - 1),
            (REGION_BYTES, full),
            (REGION_BYTES + 1, full + 29),
            (PLAINTEXT_BYTES_MAX, PLAINTEXT_BYTES_MAX / REGION_BYTES * full),
        ] {
            assert_eq!(of_plaintext(plaintext), Some(sealed));
            assert_eq!(plaintext_of(sealed), Some(plaintext));
        }
        assert_eq!(of_plaintext(PLAINTEXT_BYTES_MAX + 1), None);
        // An empty region, a region of nothing but overhead, or less than that, is no sealed form.
        for impossible in [1, 27, 28, full + 1, full + 28, u64::MAX] {
            assert_eq!(plaintext_of(impossible), None, "{impossible}");
        }
    }
}
