//! The dates that rules of procedure set: the earliest day on which something may be done, or the latest.
//!
//! A [`Rulebook`] holds the rules as data (`deadlines/*.toml`), with their citations and the readings taken, and the
//! [`Calendar`]s that they count on (`calendars/*.toml`). [`Rulebook::deadline`] reckons a rule with what is known, says how,
//! and compares the result with the date that was entered. Beyond the end of a calendar nothing is reckoned.
//!
//! Pure: today is an input. What the rules mean is in docs/DEADLINES.md.

mod calendar;
mod count;
mod manner;
mod outcome;
mod production;
mod read;
mod reckon;
mod rule;
mod words;

pub use calendar::{Calendar, CountError, Holiday};
pub use count::{DAYS_MAX, Days, Roll, Unit, Way};
pub use manner::Manner;
pub use outcome::{
    BUFFER_DAYS_MAX, BufferError, Buffered, Buffers, Deadline, Entered, Found, Inputs, Missing, Outcome, Standing,
};
pub use production::{ConsumerNotice, Production, earliest_production, serve_notice_by};
pub use read::RulebookError;
pub use rule::{Bound, Input, InputKind, MANNER, Rule, Rulebook};
