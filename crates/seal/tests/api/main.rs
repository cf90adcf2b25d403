//! Sealing and opening through the public interface.

// `cfg(test)` says what is true anyway, and lets the lints know that helpers here may panic as tests do.
#[cfg(test)]
mod attacks;
#[cfg(test)]
mod blobs;
#[cfg(test)]
mod damage;
#[cfg(test)]
mod exports;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod support;
#[cfg(test)]
mod wraps;
