//! What the tests share.

mod desk;
mod hostile;
mod order;
pub(crate) mod way_back;

pub(crate) use desk::{Desk, NOW, TestClock, key, practice, rng, start, tampered, time};
pub(crate) use hostile::{Storage, Trick};
pub(crate) use order::{Change, Draft, TestOrder, attached, fields, put_block, url_of};
