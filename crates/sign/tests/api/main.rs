//! Signing and verifying through the public interface, and the vectors of docs/FORMATS.md.

// `cfg(test)` says what is true anyway, and lets the lints know that helpers here may panic as tests do.
#[cfg(test)]
mod attacks;
#[cfg(test)]
mod chains;
#[cfg(test)]
mod elsewhere;
#[cfg(test)]
mod jws;
#[cfg(test)]
mod statements;
#[cfg(test)]
mod vectors;
