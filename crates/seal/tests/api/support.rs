//! What the tests of this package share.

use rand_core::UnwrapErr;
use satchel_seal::{NoProgress, Sealed, seal_blob};

pub(crate) type Outcome = anyhow::Result<()>;

pub(crate) fn rng() -> UnwrapErr<getrandom::SysRng> {
    UnwrapErr(getrandom::SysRng)
}

/// Seals bytes in memory.
pub(crate) fn sealed(plaintext: &[u8]) -> anyhow::Result<(Sealed, Vec<u8>)> {
    let mut bytes = Vec::new();
    let blob = seal_blob(&mut &plaintext[..], &mut bytes, &mut rng(), &mut NoProgress)?;
    Ok((blob, bytes))
}

/// The plaintext of the vectors: byte i is i mod 251.
pub(crate) fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|i| u8::try_from(i % 251).unwrap_or_default()).collect()
}
