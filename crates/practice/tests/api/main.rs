//! A provider in process, asked over HTTP on loopback as a desktop asks it.

// `cfg(test)` says what is true anyway, and lets the lints know that helpers here may panic as tests do.
#[cfg(test)]
#[cfg(unix)]
mod binary;
#[cfg(test)]
mod checkout;
#[cfg(test)]
mod edges;
#[cfg(test)]
mod intake;
#[cfg(test)]
mod intake_log;
#[cfg(test)]
mod intake_refusals;
#[cfg(test)]
mod intake_returns;
#[cfg(test)]
mod intake_storage;
#[cfg(test)]
mod onboarding;
#[cfg(test)]
mod orders;
#[cfg(test)]
mod restarts;
#[cfg(test)]
mod support;
