//! The vault's formats (docs/FORMATS.md): the journal, which is the truth, and the file of key slots.
//!
//! What is here reads and writes bytes. The vault on disk, its cache and the OS keyring come on top of it.

pub mod journal;
pub mod key_file;

#[cfg(test)]
mod vectors;
