//! Sending orders through the public interface: the machine by its table and under a model of the other side, and the
//! driver against HTTP on loopback.

// `cfg(test)` says what is true anyway, and lets the lints know that helpers here may panic as tests do.
#[cfg(test)]
mod agenda;
#[cfg(test)]
mod double;
#[cfg(test)]
mod model;
#[cfg(test)]
mod notebook;
#[cfg(test)]
mod office;
#[cfg(test)]
mod questions;
#[cfg(test)]
mod returned;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod transitions;
#[cfg(test)]
mod uploads;
#[cfg(test)]
mod uploads_refused;
#[cfg(test)]
mod whole;
