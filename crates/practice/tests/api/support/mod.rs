//! What the tests share.

mod desk;
mod order;

pub(crate) use desk::{Desk, NOW, TestClock, key, practice, rng, start, tampered, time};
pub(crate) use order::{Change, Draft, TestOrder, attached, fields, put_block, url_of};
