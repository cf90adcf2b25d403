//! What a store promises, on every store there is.

mod azurite;
mod contract;
mod local;
mod local_crash;
