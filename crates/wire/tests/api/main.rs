//! What crosses HTTP, through the public interface.

// `cfg(test)` says what is true anyway, and lets the lints know that helpers here may panic as tests do.
#[cfg(test)]
mod bodies;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod what_the_server_sees;
