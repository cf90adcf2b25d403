//! The catalogue, validation, the quote and the order document through the public interface.

// `cfg(test)` says what is true anyway, and lets the lints know that helpers here may panic as tests do.
#[cfg(test)]
mod answers;
#[cfg(test)]
mod attacks;
#[cfg(test)]
mod deadlines;
#[cfg(test)]
mod definitions;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod entries;
#[cfg(test)]
mod filler;
#[cfg(test)]
mod looks;
#[cfg(test)]
mod migrations;
#[cfg(test)]
mod ninth;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod search;
#[cfg(test)]
mod services;
#[cfg(test)]
mod summaries;
