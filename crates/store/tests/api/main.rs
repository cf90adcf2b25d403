//! The vault and its journal through the public interface.

// `cfg(test)` says what is true anyway, and lets the lints know that helpers here may panic as tests do.
#[cfg(test)]
mod attachments;
#[cfg(test)]
mod crashes;
#[cfg(test)]
mod damage;
#[cfg(test)]
mod exports;
#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod journal_file;
#[cfg(test)]
mod keyring;
#[cfg(test)]
mod model;
#[cfg(test)]
mod power_cuts;
#[cfg(test)]
mod read_on;
#[cfg(test)]
mod snapshots;
#[cfg(test)]
mod support;
#[cfg(test)]
mod vault;
#[cfg(test)]
mod ways;
