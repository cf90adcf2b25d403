//! What a store promises, on every store there is.

mod contract;
mod local;
mod local_crash;
