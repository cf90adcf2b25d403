//! What time it is, as whoever makes a store says.

use std::fmt::Debug;

use satchel_terms::Timestamp;

/// Tells the time. The process has one, made where it starts; tests set theirs.
pub trait Clock: Send + Sync + Debug {
    /// Returns the time now.
    fn now(&self) -> Timestamp;
}
