//! The router in process, on a local store, with real tokens, manifests and sealed blobs.

// `cfg(test)` says what is true anyway, and lets the lints know that helpers here may panic as tests do.
#[cfg(test)]
mod bodies;
#[cfg(test)]
mod commits;
#[cfg(test)]
mod crashes;
#[cfg(test)]
mod feed;
#[cfg(test)]
mod isolation;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod log;
#[cfg(test)]
mod logs;
#[cfg(test)]
mod manifests;
#[cfg(test)]
mod payments;
#[cfg(test)]
mod returned;
#[cfg(test)]
mod rosters;
#[cfg(test)]
mod socket;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tokens;
#[cfg(test)]
mod workspace_keys;
