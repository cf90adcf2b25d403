//! Randomness, from the operating system.

use getrandom::SysRng;
use rand_core::{Rng as _, UnwrapErr};

/// Returns the system's generator. Where the system has none, nothing here can go on.
pub(crate) const fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

/// Returns random digits of the hexadecimal system, for ids and secrets; an even number of them.
pub(crate) fn letters(count: usize) -> String {
    let mut bytes = vec![0; count.div_ceil(2)];
    rng().fill_bytes(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
