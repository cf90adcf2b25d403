//! Randomness, from the operating system.

use getrandom::SysRng;
use rand_core::UnwrapErr;

/// Returns the system's generator. Where the system has none, nothing here can go on.
pub(crate) const fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}
