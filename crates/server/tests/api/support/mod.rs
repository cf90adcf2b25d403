//! What the tests share: a provider with client firms, whose desktops send real orders.

mod bench;
mod faults;
mod firm;
mod order;
mod token;

pub(crate) use bench::{Bench, NOW, Reply, TestClock};
pub(crate) use faults::{Fault, FaultyStore};
pub(crate) use firm::{TestFirm, key};
pub(crate) use order::{TestBlob, TestOrder, block_id, quote};
pub(crate) use token::{AUDIENCE, Claims, TestJwks, authority, encoding_key, other_encoding_key};

use rand_core::UnwrapErr;
use satchel_terms::Timestamp;

pub(crate) fn rng() -> UnwrapErr<getrandom::SysRng> {
    UnwrapErr(getrandom::SysRng)
}

pub(crate) fn time(seconds: u64) -> Timestamp {
    seconds.try_into().expect("a time")
}
